"""The engines, and graphs of two kinds for them: the samples, and one in which every text is an attack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import servers
from writers_sample import hostile_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph import KnowledgeGraph

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in this hook too, and without this it does so before
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what needs an engine on one worker, so that one server runs at a time (pytest --dist loadgroup)."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.engines)
            item.add_marker(pytest.mark.xdist_group("engines"))


@pytest.fixture(scope="session")
def neo4j_home() -> Path:
    """Give the folder of Neo4j."""
    return servers.home("NEO4J_HOME", "neo4j", "neo4j-admin")


@pytest.fixture(scope="session")
def fuseki_home() -> Path:
    """Give the folder of Fuseki."""
    return servers.home("FUSEKI_HOME", "fuseki", "fuseki-server")


@pytest.fixture(scope="module", params=["samples", "hostile"])
def graph(request: pytest.FixtureRequest) -> KnowledgeGraph:
    """Give the graph of the samples, then the hostile one."""
    return (
        hostile_graph()
        if request.param == "hostile"
        else cast("KnowledgeGraph", request.getfixturevalue("sample_graph"))
    )


@pytest.fixture(scope="module")
def fuseki(fuseki_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Fuseki]:
    """Run a Fuseki for the tests of a module."""
    with servers.fuseki(fuseki_home, tmp_path_factory.mktemp("fuseki")) as server:
        yield server
