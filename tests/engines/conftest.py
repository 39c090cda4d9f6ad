"""What the tests of engines share; it lives in modules that mypy can tell from tests/conftest.py."""

from engine_fixtures import fuseki, fuseki_home, graph, neo4j_home, pytest_collection_modifyitems
from spark_fixtures import cluster, spark

collect_ignore = ["held"]
"""No tests and no module of ours: Python's own ``sitecustomize`` may have been imported by that name."""

__all__ = ["cluster", "fuseki", "fuseki_home", "graph", "neo4j_home", "pytest_collection_modifyitems", "spark"]
