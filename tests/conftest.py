"""What the tests share: the sample digests, their graph, the real archive where there is one, the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from kg import api

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.graph import KnowledgeGraph

ROOT = Path(__file__).resolve().parent.parent

# Machines are noisy: a slow example is no failure.
settings.register_profile("kg", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kg")

Run = subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def samples() -> Path:
    """Give the folder of the bundled sample digests."""
    return ROOT / "tests" / "data" / "digests"


@pytest.fixture(scope="session")
def sample_graph_directory(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the graph directory of the samples, once."""
    place = tmp_path_factory.mktemp("samples") / "graph"
    api.build_graph([samples], place, workers=1)
    return place


@pytest.fixture(scope="session")
def sample_graph(sample_graph_directory: Path) -> KnowledgeGraph:
    """Load the graph of the samples, once; nobody may change it."""
    return api.load_graph(sample_graph_directory)


@pytest.fixture(scope="session")
def real_digests() -> Path:
    """Give the folder with the real digests, which are not part of the repository."""
    place = Path(os.environ.get("KG_DIGESTS", ROOT.parent / "shared" / "digests"))
    if not (place / "seeds").is_dir():
        if os.environ.get("KG_REQUIRE_ARCHIVE"):
            pytest.fail(f"{place}/seeds is missing")
        pytest.skip("no real digests here; set KG_DIGESTS to the folder that holds seeds/")
    return place


@pytest.fixture
def kg(tmp_path: Path) -> Callable[..., Run]:
    """Give a function that runs ``kg`` as a user does, in an empty folder, and returns code, stdout and stderr."""

    def run(*arguments: str | Path, stdin: str | None = None, **environment: str) -> Run:
        return subprocess.run(
            [sys.executable, "-m", "kg", *map(str, arguments)],
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            input=stdin,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **environment},
            timeout=120,
        )

    return run
