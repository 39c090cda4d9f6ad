"""What the tests of engines share; it lives in a module that mypy can tell from tests/conftest.py."""

from engine_fixtures import fuseki, fuseki_home, graph, neo4j_home, pytest_collection_modifyitems

__all__ = ["fuseki", "fuseki_home", "graph", "neo4j_home", "pytest_collection_modifyitems"]
