"""The golden exports are what the code makes today, and what the README shows is what it prints."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import api

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "exports"


def script(path: Path) -> Any:  # noqa: ANN401  a module
    """Load a script that is part of no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_golden_exports_are_made_by_todays_code(sample_graph: KnowledgeGraph, tmp_path: Path) -> None:
    """Every file, byte for byte. `make exports` makes them anew; look at the diff before you commit it."""
    written = api.export_graph(sample_graph, (), tmp_path)
    fresh = {str(path.relative_to(tmp_path)): path.read_bytes() for path in written}
    generated = {path for path in GOLDEN.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    authored = script(GOLDEN / "regenerate.py").AUTHORED
    golden = {
        str(path.relative_to(GOLDEN)): path.read_bytes()
        for path in generated
        if path.name not in authored or path.parent != GOLDEN
    }
    assert sorted(fresh) == sorted(golden)
    assert [name for name in sorted(fresh) if fresh[name] != golden[name]] == []


def test_the_checksums_are_those_of_the_golden_exports() -> None:
    """SHA256SUMS names every generated file."""
    module = script(GOLDEN / "regenerate.py")
    files = [
        path
        for path in GOLDEN.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and (path.name not in module.AUTHORED or path.parent != GOLDEN)
    ]
    assert (GOLDEN / "SHA256SUMS").read_text("utf-8") == module.sums(GOLDEN, files)


def test_what_readme_and_docs_show_is_what_kg_prints() -> None:
    """Every command in a console block is run. `make docs` puts in what is printed today."""
    command = [sys.executable, str(ROOT / "docs" / "regenerate.py"), "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_link_in_the_docs_leads_somewhere() -> None:
    """Relative links of README and docs point to files of the repository."""
    pages = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not target.startswith(("http", "mailto")):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
