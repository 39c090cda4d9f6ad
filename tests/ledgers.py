"""What tests ask of ledgers: where that of a graph lies, what it holds, and what one made at once would hold."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from kg import keeping, ledger, sqlite, store
from kg.directory import GraphDirectory

if TYPE_CHECKING:
    from pathlib import Path


def current(place: Path) -> Path:
    """Name the ledger of a graph."""
    return place / "store" / store.state(GraphDirectory.find(place).manifest()) / store.LEDGER


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read everything that a ledger holds."""
    with closing(sqlite.readable(path)) as opened:
        return {name: sorted(opened.execute(f"SELECT * FROM {name}")) for name in ledger.TABLES}  # noqa: S608


def made_at_once(place: Path, path: Path, workers: int = 1) -> dict[str, list[tuple[Any, ...]]]:
    """Make the ledger of a graph from nothing, and give its rows."""
    directory = GraphDirectory.find(place)
    for _ in keeping.make(path, directory, directory.manifest(), workers):
        pass
    return rows(path)
