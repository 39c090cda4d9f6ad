"""Where the authored files of ``ontology/`` are: in the wheel, else in the checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kg.errors import InputError


@cache
def ontology() -> Path:
    """Find the ontology folder.

    The checkout comes first: an editable install must never read a stale copy.

    Raises:
        InputError: the installation is damaged.
    """
    package = Path(__file__).resolve().parent
    for folder in (package.parent / "ontology", package / "ontology"):
        if (folder / "kg.ttl").is_file():
            return folder
    raise InputError(str(package), "the folder ontology/ is missing", "Install digest-kg again.")
