"""The one place that writes files: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable


def write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file atomically: readers see the old bytes or the new, and a failure leaves the old.

    Folders are made as needed. An exception of ``chunks`` itself passes through, with nothing written.

    Raises:
        OutputError: the folder is read-only, the disk is full, the path is a folder.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    except OSError as error:
        raise _refusal(path, error) from error
    temporary = Path(name)
    try:
        _fill(handle, chunks)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise _refusal(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _fill(handle: int, chunks: Iterable[bytes]) -> None:
    with os.fdopen(handle, "wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _refusal(path: Path, error: OSError) -> OutputError:
    return OutputError(
        str(path), f"cannot write ({error.strerror or error})", "Free some space or choose another place."
    )
