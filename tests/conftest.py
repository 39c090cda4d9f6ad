"""What the tests share: the sample digests, their graph, the real archive if there is one, the shell, a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import chromium
from explorer_sample import opened, small_graph, written
from hypothesis import HealthCheck, settings

from kg import api, views
from kg.writers import explorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browsing import Visit
    from playwright.sync_api import Browser

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


# --- A browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium, once a module: playwright runs a loop, which other tests have to be without."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def small_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the explorer of the small graph whose every answer is known."""
    return written(tmp_path_factory.mktemp("small"), explorer.page(views.whole(small_graph())))


@pytest.fixture(scope="module")
def shared_visit(browser: Browser, small_page: Path) -> Iterator[Visit]:
    """Open that explorer once for all tests that only look."""
    with opened(browser, small_page) as found:
        yield found


@pytest.fixture
def visit(shared_visit: Visit) -> Visit:
    """Give that explorer as if it had just been opened."""
    shared_visit.complaints.clear()
    shared_visit.page.evaluate("window.location.hash = '#lang=en'")
    shared_visit.page.wait_for_function("document.querySelector('#content h2').textContent === 'Overview'")
    return shared_visit
