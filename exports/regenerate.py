"""Make the golden exports of the sample digests again: ``python exports/regenerate.py``.

The files beside this script are what ``kg build tests/data/digests && kg export`` gives, byte for byte; SHA256SUMS
names them all. A test compares them with what the code makes today.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from kg.build import build
from kg.files import write
from kg.store import load
from kg.writers import FORMATS, export

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "tests" / "data" / "digests"
AUTHORED = {"regenerate.py", "README.md", "SHA256SUMS"}


def regenerate(folder: Path) -> None:
    """Write every format, and SHA256SUMS, into a folder."""
    with tempfile.TemporaryDirectory() as place:
        graph = Path(place) / "graph"
        build([SAMPLES], graph)
        written = export(load(graph), [spec.name for spec in FORMATS], folder)
    write(folder / "SHA256SUMS", [sums(folder, written).encode()])


def sums(folder: Path, files: list[Path]) -> str:
    """Give the lines of SHA256SUMS, as ``sha256sum --check`` reads them."""
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in sorted(files))
    return "".join(lines)


def clear(folder: Path) -> None:
    """Remove what was generated before."""
    for path in folder.iterdir():
        if path.name not in AUTHORED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__":
    clear(HERE)
    regenerate(HERE)
