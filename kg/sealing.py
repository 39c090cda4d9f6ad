"""How the folders of stores come and go: made aside, sealed, renamed into place, locked by who reads, removed.

A folder that is sealed and whose files have the sizes and checksums of the seal is intact, and never altered again.
"""

from __future__ import annotations

import json
import os
import secrets
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from kg import files
from kg.directory import hold, remove
from kg.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEAL = "store.json"
"""What a store's folder holds last: what it was made by, the counts of the graph, the sizes and checksums of files."""

CHECKED = 32_000_000
"""Stores of up to so many bytes are checked in full when opened; larger ones by their files' sizes (and, block by
block, by Oxigraph, and blob by blob, as they are read)."""


def is_intact(folder: Path) -> bool:
    """Tell whether a store is complete and its files are those that were written."""
    found = seal(folder)
    return bool(found) and found.get("files") == _files(folder) and (folder / "lock").is_file()


def seal(folder: Path) -> dict[str, Any]:
    """Give what the seal of a store says; empty if there is none or it is damaged."""
    return _read_json(folder / SEAL)


def close(folder: Path, record: dict[str, Any]) -> None:
    """Seal a store that is complete.

    Raises:
        OutputError: the seal cannot be written.
    """
    text = json.dumps({**record, "files": _files(folder)}, sort_keys=True)
    files.write(folder / SEAL, [text.encode("ascii"), b"\n"])


def _files(folder: Path) -> dict[str, list[int]]:
    """Give the size of every file, and its checksum if all together are small."""
    try:
        paths = sorted(path for path in [*folder.iterdir(), *(folder / "db").iterdir()] if path.is_file())
        sizes = {str(path.relative_to(folder)): path.stat().st_size for path in paths if path.name != SEAL}
        checked = sum(sizes.values()) <= CHECKED
        return {
            name: [size, zlib.crc32((folder / name).read_bytes()) if checked else 0] for name, size in sizes.items()
        }
    except OSError:
        return {}


def _read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; empty if there is none or it is damaged."""
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


@contextmanager
def workspace(stores: Path) -> Iterator[Path]:
    """Make a folder aside that nobody removes while we write in it; what is left of it at the end goes."""
    workspace = stores / f".new-{secrets.token_hex(4)}"
    try:
        workspace.mkdir(parents=True)
        handle = hold(workspace / "lock", shared=True, create=True)
    except OSError as error:
        remedy = "Free some space, or copy the graph to a place that can be written."
        raise OutputError(str(stores), f"cannot write ({error.strerror or error})", remedy) from error
    try:
        yield workspace
    finally:
        os.close(handle)
        remove(workspace)


def move(workspace: Path, here: Path) -> None:
    """Rename a workspace into place; what another process has put there meanwhile is as good."""
    try:
        if here.exists() and not is_intact(here):
            remove(here)
        if not here.exists():
            workspace.rename(here)
    except OSError as error:
        if not is_intact(here):
            remedy = f"Delete {here} and try again."
            raise OutputError(str(here), f"cannot be replaced ({error.strerror or error})", remedy) from error


_shared: dict[tuple[int, int], tuple[Path, int]] = {}
"""The stores that this process has opened: by device and inode of its lock, the folder and the open handle."""


def share(folder: Path) -> bool:
    """Take a shared lock on a store for as long as this process lives; false if the store is gone."""
    for key, (old, handle) in list(_shared.items()):
        if not old.exists():
            os.close(handle)
            del _shared[key]
    try:
        handle = hold(folder / "lock", shared=True, wait=True)
    except OSError:
        return False
    status = os.fstat(handle)
    if (status.st_dev, status.st_ino) in _shared:
        os.close(handle)
    else:
        _shared[status.st_dev, status.st_ino] = (folder, handle)
    return folder.exists()


def remove_unused(folder: Path) -> None:
    """Remove a store unless somebody holds its lock."""
    with suppress(OSError):
        handle = hold(folder / "lock", shared=False)
        (folder / SEAL).unlink(missing_ok=True)  # first, so that half a store is no store
        remove(folder)
        os.close(handle)
    if not (folder / "lock").exists():
        remove(folder)
