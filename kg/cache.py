"""What kg has worked out from files of its own, kept for the next process: a short cut, and never more.

It lies in ``$XDG_CACHE_HOME/digest-kg``, else in ``~/.cache/digest-kg``, as JSON with a checksum. What is missing,
damaged, or made from other files is worked out again; where nothing can be written, it is worked out every time.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import files
from kg.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

VERSIONS = 8
"""Of each thing so many versions are kept, the latest: more than one installation may be in use."""


def folder() -> Path:
    """Give the folder in which everything is kept; one that cannot be, for a user without a home."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "digest-kg"
    except RuntimeError:
        return Path(os.devnull) / "digest-kg"


def kept(name: str, key: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401  any JSON
    """Give what a function makes, or made in an earlier process.

    Args:
        name: what it is called; part of a file's name.
        key: a hash of everything that it follows from, as hexadecimal digits.
        make: makes it; anything that JSON can hold, with lists for tuples.
    """
    path = folder() / f"{name}-{key[:16]}.json"
    if (found := _read(path)) is None:
        found = make()
        body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        with suppress(OutputError):
            files.write(path, [_checksum(body), b"\n", body])
            _sweep(name)
    return found


def key(*parts: str, sources: Iterable[Path] = ()) -> str:
    """Give a hash of texts and of the bytes of files."""
    sha = hashlib.sha256("\0".join(parts).encode())
    for path in sources:
        sha.update(hashlib.sha256(path.read_bytes()).digest())
    return sha.hexdigest()


def _read(path: Path) -> Any:  # noqa: ANN401  any JSON
    """Read what was kept; nothing if it is not there or not as it was."""
    try:
        checksum, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return json.loads(body) if checksum == _checksum(body) else None


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _sweep(name: str) -> None:
    """Remove all but the latest versions of a thing."""
    with suppress(OSError):
        there = sorted(folder().glob(f"{name}-*.json"), key=lambda path: path.stat().st_mtime_ns)
        for path in there[:-VERSIONS]:
            path.unlink(missing_ok=True)
