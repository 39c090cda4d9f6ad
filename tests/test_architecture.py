"""The shape of the package: who may import whom, what stays out of a cold start, how large things grow.

The tables below are the design (docs/architecture.md); the tests walk the source with ``ast``.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "kg"
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = (
    {"errors"},
    {"model"},
    {"text"},
    {"iri", "files", "runs", "resources", "oxigraph", "sqlite"},
    {"cache"},
    {"vocabulary", "readers"},
    {"extractors", "link"},
    {"communities", "forces", "assembly"},
    {"graph"},
    {"rdf", "layout", "views"},
    {"wording"},
    {"segments", "pool", "ledger", "summary"},
    {"plans"},
    {"directory", "checking"},
    {"assembling", "stored", "sealing"},
    {"keeping"},
    {"store"},
    {"writers", "shipped", "names", "query", "validate", "evaluate", "candidates", "describe", "stats"},
    {"workers", "endpoint", "push", "diff", "breakdown", "pages"},
    {"build"},
    {"spark"},
    {"api"},
    {"cli"},
)
"""Bottom first; a module imports only from layers below its own, or from beside it where ``BESIDE`` says so."""

BESIDE = {
    ("iri", "resources"),
    ("describe", "query"),
    ("stats", "query"),
    ("query", "shipped"),
    ("query", "names"),
}
"""Neighbours in one layer that may meet, from importer to imported."""

HOMES = {
    "click": {"cli"},
    "rich": {"cli"},
    "spacy": {"extractors"},
    "ahocorasick_rs": {"extractors"},
    "networkx": {"graph"},
    "numpy": {"forces", "extractors"},
    "rdflib": {"rdf", "validate"},  # validate names the type that pySHACL takes
    "oxrdflib": {"rdf"},
    "pyoxigraph": {"oxigraph"},
    "pyshacl": {"validate"},
    "pyvis": {"writers"},
    "neo4j": {"push"},
    "pyspark": {"spark"},
    "py4j": {"spark"},  # comes with PySpark, and its errors are its interface
}
"""Where each third-party library lives; no other library is imported."""

HEAVY = {"neo4j", "pyspark", "py4j", "spacy", "networkx", "rdflib", "pyvis", "pyshacl", "numpy"}
"""What ``kg --help`` must not load."""

MAX_MODULE = 400
MAX_FUNCTION = 40


def unit(path: Path) -> str:
    """Name the part of the package that a file belongs to: its module, or the folder it stands in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """List the absolute names of everything a file imports, type-checking imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def level(name: str) -> int:
    """Give the layer of a part, bottom first."""
    return next(number for number, layer in enumerate(LAYERS) if name in layer)


def test_every_module_has_a_layer() -> None:
    """A new module must take a place in the table."""
    known = set().union(*LAYERS) | {"__init__", "__main__"}
    assert {unit(path) for path in MODULES} <= known


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    """A module imports from lower layers, from its own folder, or from a neighbour that the table names."""
    here = unit(path)
    if here in {"__init__", "__main__"}:
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "kg" or parts[1] in {here, "__version__"}:
            continue
        allowed = level(parts[1]) < level(here) or (here, parts[1]) in BESIDE
        assert allowed, f"{here} must not import {name}"


@pytest.mark.parametrize("folder", ["extractors", "readers", "writers"])
def test_siblings_do_not_import_one_another(folder: str) -> None:
    """The members of a plural folder are interchangeable: they share private modules (``_name``) and nothing else."""
    for path in sorted((PACKAGE / folder).glob("*.py")):
        if path.stem == "__init__":
            continue
        for name in imports(path):
            parts = name.split(".")
            if parts[:2] == ["kg", folder] and len(parts) > 2 and (PACKAGE / folder / f"{parts[2]}.py").exists():
                assert parts[2].startswith("_"), f"{path.name} imports its sibling {parts[2]}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_has_one_home(path: Path) -> None:
    """Third-party libraries are imported where the table says, and no others are."""
    for name in imports(path):
        top = name.split(".")[0]
        if top == "kg" or top in sys.stdlib_module_names:
            continue
        assert unit(path) in HOMES.get(top, set()), f"{unit(path)} imports {top}"


@pytest.mark.parametrize("module", ["kg", "kg.cli", "kg.link", "kg.readers", "kg.query", "kg.store", "kg.writers"])
def test_a_cold_start_loads_nothing_heavy(module: str) -> None:
    """Importing the command line costs none of the large libraries; one process a module."""
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    """400 lines a module, 40 a function, docstring apart."""
    source = path.read_text("utf-8")
    assert source.count("\n") <= MAX_MODULE, f"{path.name} wants splitting"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert lines <= MAX_FUNCTION, f"{path.name}: {node.name} has {lines} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    """The library neither prints nor ends the process."""
    if unit(path) in {"cli", "__main__"}:
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"print", "exit", "quit", "sys.exit", "sys.stdout.write", "sys.stderr.write"}, name


WRITING = {"write_text", "write_bytes", "open", "fdopen", "mkstemp"}
MAY_WRITE = {"files", "directory", "spark"}
"""``files`` writes files; ``directory`` opens the lock; ``spark`` opens and writes what Hadoop holds."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_one_function_writes_files(path: Path) -> None:
    """Files are written by ``kg.files.write`` alone, whole or not at all."""
    if unit(path) in MAY_WRITE:
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in WRITING:
            reading = ast.unparse(node).endswith(("open('rb')", "open('r')", 'open("rb")'))
            assert reading, f"{path.name}:{node.lineno}: {ast.unparse(node)}"


def test_the_public_surface_is_what_we_mean() -> None:
    """``import kg`` offers these names, sorted, and no more."""
    import kg  # noqa: PLC0415  the module under test

    assert kg.__all__ == sorted(kg.__all__)
    assert set(kg.__all__) == {
        "Edge",
        "Entity",
        "Evidence",
        "KgError",
        "Kind",
        "KnowledgeGraph",
        "PaperNode",
        "Relation",
        "__version__",
        "build_graph",
        "export_graph",
        "extract_entries",
        "load_graph",
        "open_graph",
        "query_graph",
        "read_digests",
        "score_graph",
        "validate_graph",
    }
    assert all(getattr(kg, name) is not None for name in kg.__all__)
