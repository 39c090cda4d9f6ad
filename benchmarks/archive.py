"""An archive of digests, and the growing parts of it that are measured: nested, each of consecutive days."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from kg import readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction
    from pathlib import Path

_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}年\d{1,2}月\d{1,2}日")
LAST_DAYS = 10
ONE_DAY = 50
"""How many papers the digest that is added last should have, and from how many days at the end it is chosen."""


class Digest(NamedTuple):
    """A digest file."""

    path: Path
    """Where it is."""
    name: str
    """What to call it in a folder of its own: unlike the names of all others."""
    day: str
    """The date in its name; the name itself if there is none, which makes each file a day of its own."""
    papers: tuple[str, ...]
    """The identifiers of its entries."""
    size: int
    """In bytes."""


class Size(NamedTuple):
    """How large some digests are together."""

    digests: int
    papers: int
    """Different ones."""
    entries: int
    bytes: int
    days: int


def read(folder: Path) -> list[Digest]:
    """Read the digests of a folder, by day and name.

    Raises:
        InputError: the folder is missing or holds no digest.
    """
    found = []
    for number, path in enumerate(readers.discover([folder])):
        day = _DAY.search(path.name)
        papers = tuple(paper.arxiv_id for paper in readers.read_digest(path).papers)
        name = f"{path.stem}_{number:05d}{path.suffix}"
        found.append(Digest(path, name, day[0] if day else path.name, papers, path.stat().st_size))
    return sorted(found, key=lambda digest: (digest.day, digest.name))


def size(digests: Iterable[Digest]) -> Size:
    """Measure digests together."""
    every = list(digests)
    return Size(
        len(every),
        len({paper for digest in every for paper in digest.papers}),
        sum(len(digest.papers) for digest in every),
        sum(digest.size for digest in every),
        len({digest.day for digest in every}),
    )


def left_out(digests: Sequence[Digest]) -> Digest:
    """Choose the digest that is added last: of the last days, the one whose number of papers is nearest to fifty."""
    days = sorted({digest.day for digest in digests})[-LAST_DAYS:]
    late = [digest for digest in digests if digest.day in days]
    return min(late, key=lambda digest: (abs(len(digest.papers) - ONE_DAY), digest.name))


def first(digests: Sequence[Digest], fraction: Fraction) -> list[Digest]:
    """Take the first days, so many that their entries come nearest to a fraction of all; one day at least."""
    wanted = fraction * sum(len(digest.papers) for digest in digests)
    taken: list[Digest] = []
    entries = 0
    for _, day in groupby(digests, key=lambda digest: digest.day):
        batch = list(day)
        more = entries + sum(len(digest.papers) for digest in batch)
        if taken and fraction < 1 and abs(more - wanted) > abs(entries - wanted):
            break
        taken, entries = [*taken, *batch], more
    return taken


def lay_out(digests: Iterable[Digest], folder: Path) -> None:
    """Make a folder of links to digests; those that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for digest in digests:
        link = folder / digest.name
        if not link.is_symlink():
            link.symlink_to(digest.path.resolve())
