"""The door to SQLite: files that are written aside, once, and only read from then on.

So no reader ever sees a half of one, and neither a journal nor a lock is needed.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ASIDE = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
"""
"""No journal, and no waiting for the disk, since a file that is not finished is thrown away; 64 MB of cache."""


def writable(path: Path) -> sqlite3.Connection:
    """Open a new file, or a copy, that nobody else has opened; if anything fails it is to be thrown away.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    opened = sqlite3.connect(path, check_same_thread=False)
    opened.executescript(_ASIDE)
    return opened


def readable(path: Path) -> sqlite3.Connection:
    """Open a file that nobody alters any more, wherever it lies; any thread may ask it, one at a time.

    Raises:
        sqlite3.Error: there is none.
    """
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
