"""What does not fit in memory is sorted in temporary files that nobody finds afterwards."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import runs
from kg.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path


@given(st.lists(st.binary(max_size=20)), st.integers(1, 400))
def test_the_order_is_that_of_the_bytes_however_little_is_held(items: list[bytes], held: int) -> None:
    """Line feeds, NUL and empty items included; what comes twice stays twice."""
    assert list(runs.ordered(iter(items), held=held)) == sorted(items)


def test_so_many_runs_become_one() -> None:
    """There are more runs here than may be open at once."""
    items = [b"%05d" % (number * 7919 % 10_007) for number in range(1_000)]
    assert len(items) > 2 * runs.MERGED
    assert list(runs.ordered(items, held=1)) == sorted(items)


def test_an_item_may_be_larger_than_what_is_held() -> None:
    """It is a run of its own."""
    items = [b"b" * 100_000, b"a" * 300_000, b""]
    assert list(runs.ordered(items, held=10)) == sorted(items)


def test_temporary_files_are_gone_when_one_stops_half_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read to the end or not, nothing is left in the folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stream = runs.ordered((b"%d" % number for number in range(1_000)), held=1_000)
    assert next(stream) == b"0"
    del stream
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fails", ["opening", "writing"])
def test_a_full_disk_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    """The message says which folder is full and how to name another one."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    class Full:
        """A file on a full disk."""

        write = full

    monkeypatch.setattr(tempfile, "TemporaryFile", full if fails == "opening" else lambda **_named: Full())
    with pytest.raises(OutputError, match=r"temporary files \(No space left on device\)\. .*TMPDIR") as caught:
        list(runs.ordered([b"a", b"b"], held=1))
    assert caught.value.where == str(tmp_path)
