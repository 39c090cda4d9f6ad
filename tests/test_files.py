"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import files
from kg.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator


def names(folder: Path) -> list[str]:
    """List a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def test_chunks_become_a_file_in_a_folder_that_is_made(tmp_path: Path) -> None:
    """Folders are made as needed, and nothing else is left behind."""
    files.write(tmp_path / "a" / "b.txt", [b"one\n", b"two\n"])
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"one\ntwo\n"
    assert names(tmp_path / "a") == ["b.txt"]


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    """A temporary file is private; what it becomes follows the user's mask."""
    files.write(tmp_path / "a", [b""])
    (tmp_path / "b").touch()
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == stat.S_IMODE((tmp_path / "b").stat().st_mode)


def test_a_failure_of_the_source_leaves_the_old_file(tmp_path: Path) -> None:
    """The exception passes through; the old bytes stay; no temporary file is left."""
    (tmp_path / "a").write_bytes(b"old")

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        files.write(tmp_path / "a", chunks())
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("call", ["fsync", "replace", "mkstemp"])
def test_a_failure_of_the_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Wherever the disk is full, the user reads where and what, and loses nothing."""
    (tmp_path / "a").write_bytes(b"old")

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    elif call == "replace":
        monkeypatch.setattr(Path, "replace", full)
    else:
        monkeypatch.setattr(tempfile, "mkstemp", full)
    with pytest.raises(OutputError, match="No space left") as caught:
        files.write(tmp_path / "a", [b"new"])
    assert str(tmp_path / "a") in str(caught.value)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_reader_sees_the_old_bytes_or_the_new(tmp_path: Path) -> None:
    """While a file is written over and over, nobody ever reads half of one."""
    path = tmp_path / "a"
    whole = {letter * 200_000 for letter in (b"a", b"b")}
    files.write(path, [b"a" * 200_000])
    seen: set[bytes] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(20):
        letter = b"ab"[number % 2 : number % 2 + 1]
        files.write(path, (letter * 1_000 for _ in range(200)))
    done.set()
    reader.join()
    assert seen <= whole


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """It is not removed."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(OutputError):
        files.write(tmp_path / "a", [b"x"])
    assert names(tmp_path) == ["a"]
