"""Sort more than memory holds: sorted runs in temporary files without names, merged as they are read.

The files lie where temporary files lie (``TMPDIR`` says where else) and are gone as soon as the process is, however
it ends.
"""

from __future__ import annotations

import heapq
import tempfile
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING

from kg.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HELD = 64_000_000
"""How many bytes are held in memory and sorted at once."""

MERGED = 64
"""How many runs are kept apart; so many become one, so that neither open files nor their buffers grow in number."""

_LENGTH = 4  # bytes that say how long an item is
_BUFFER = 1 << 17  # bytes that are read or written at once
_OBJECT = 48  # bytes that Python adds to each item


def ordered(items: Iterable[bytes], *, held: int | None = None) -> Iterator[bytes]:
    """Sort byte strings by their bytes; equal ones stay as many as they are.

    Args:
        items: what to sort; gone through once.
        held: how many bytes to hold in memory, `HELD` unless given; what is more goes to temporary files.

    Raises:
        OutputError: there is no room for temporary files.
    """
    most = HELD if held is None else held
    with ExitStack() as stack:
        runs: list[IO[bytes]] = []
        batch: list[bytes] = []
        size = 0
        for item in items:
            batch.append(item)
            size += len(item) + _OBJECT
            if size >= most:
                runs.append(stack.enter_context(_run(sorted(batch))))
                batch, size = [], 0
            if len(runs) == MERGED:
                runs = _merged(runs, stack)
        batch.sort()
        yield from heapq.merge(*map(_read, runs), batch) if runs else batch


def _merged(runs: list[IO[bytes]], stack: ExitStack) -> list[IO[bytes]]:
    """Make one run of several, which are closed."""
    merged = stack.enter_context(_run(heapq.merge(*map(_read, runs))))
    for run in runs:
        run.close()
    return [merged]


def _run(items: Iterable[bytes]) -> IO[bytes]:
    """Put items into a temporary file, to be read from its beginning."""
    try:
        file: IO[bytes] = tempfile.TemporaryFile(buffering=_BUFFER)  # noqa: SIM115  the caller closes it
    except OSError as error:
        raise _refusal(error) from error
    try:
        for item in items:
            file.write(len(item).to_bytes(_LENGTH, "big"))
            file.write(item)
        file.seek(0)
    except OSError as error:
        raise _refusal(error) from error
    return file


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while head := file.read(_LENGTH):
        yield file.read(int.from_bytes(head, "big"))


def _refusal(error: OSError) -> OutputError:
    remedy = "Free some space there, or set TMPDIR to a folder that has more."
    return OutputError(tempfile.gettempdir(), f"cannot write temporary files ({error.strerror or error})", remedy)
