"""See what is there before a build: digests by their bytes, segments by their checksums.

Both read everything, and an archive of thousands of files takes a second of a processor. So worker processes do it
when there are many files, and the process that builds can meanwhile do something else.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg import pool, segments
from kg.errors import GraphError, InputError
from kg.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from kg.segments import Header

    Share: TypeAlias = tuple[Sequence[str], Sequence[str]]
    """Paths of digests, and names of segments."""

FILES = 250
"""A further worker has to have so many files to look at to be worth its start."""

ROUNDS = 2
"""So many shares a worker: one that had larger files than another then does not keep it waiting for long."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is there."""

    digests: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The id and the size in bytes of the digest at each path."""
    headers: dict[str, Header | None] = field(default_factory=dict)
    """The header of each segment, None where it is missing or damaged."""


@contextmanager
def begun(
    folder: Path, paths: Sequence[str], names: Sequence[str], workers: int | None = None
) -> Iterator[Callable[[], Found]]:
    """Begin to look at files, and give what waits for the end.

    Args:
        folder: the folder of segments.
        paths: of digests.
        names: of segments.
        workers: how many processes at most; as many as there are processors if not given.

    Raises:
        InputError: a digest cannot be read; raised by what is given, as is the next one.
        GraphError: a worker died.
    """
    number = min(workers or pool.cores(), (len(paths) + len(names)) // FILES)
    parts = max(1, number * ROUNDS)
    shares = [(paths[first::parts], names[first::parts]) for first in range(parts)]
    with ThreadPoolExecutor(1) as aside, pool.started(number) as helpers:
        looking = aside.submit(list, helpers.each(look, folder, shares))
        yield lambda: _joined(looking.result())


def _joined(found: Sequence[Found]) -> Found:
    whole = Found()
    for part in found:
        whole.digests.update(part.digests)
        whole.headers.update(part.headers)
    return whole


def look(folder: Path, share: Share) -> Found:
    """Look at a share of the files.

    Raises:
        InputError: a digest cannot be read.
    """
    paths, names = share
    return Found({path: digest(Path(path)) for path in paths}, {name: header(folder / name) for name in names})


def digest(path: Path) -> tuple[str, int]:
    """Give the id of a digest and its size in bytes, without holding it in memory.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return f"{Kind.DIGEST}/{hashlib.file_digest(stream, 'sha256').hexdigest()[:16]}", stream.tell()
    except OSError as error:
        remedy = "Check the path and its permissions."
        raise InputError(str(path), f"cannot read ({error.strerror or error})", remedy) from error


def header(path: Path) -> Header | None:
    """Give the header of a segment if it is there and intact; if not, it is made again."""
    if not path.is_file():
        return None
    try:
        return segments.check(path)[0]
    except GraphError:
        return None
