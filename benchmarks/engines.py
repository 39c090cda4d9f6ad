"""Load a graph into Neo4j and Fuseki by every way there is: ``python benchmarks/engines.py GRAPH [WAY...]``.

GRAPH is a graph directory. Needs the engines (``tests/engines/setup.sh``) and the test group. Prints what the import
tool reports, what each server calls itself, the seconds of every way, and the counts side by side: those of the graph
and those that the server has after each way. A way is ``import``, ``push``, ``script`` or ``fuseki``; all if none is
given.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "engines"))

import servers
from neo4j import GraphDatabase

from kg import api, endpoint, push
from kg.writers import neo4j

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph import KnowledgeGraph

Counts = dict[str, int]
WAYS = ("import", "push", "script", "fuseki")


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something took."""
    start = time.perf_counter()
    yield
    print(f"{what:<58}{time.perf_counter() - start:>8.1f} s", flush=True)


def own_counts(graph: KnowledgeGraph) -> Counts:
    """Count nodes by label and relationships by type in the graph itself."""
    names = {str(kind): name for kind, name in (*neo4j.LABELS.items(), *neo4j.TYPES.items())}
    return {names[name]: number for name, number in graph.counts().items() if name in names}


def counts(server: servers.Neo4j) -> Counts:
    """Count the same in the database, and ask the server for its name."""
    with GraphDatabase.driver(server.url, auth=("neo4j", servers.PASSWORD)) as driver:
        rows = [
            record.values()
            for query in (
                "MATCH (n) UNWIND labels(n) AS label RETURN label, count(*)",
                "MATCH ()-[r]->() RETURN type(r), count(*)",
            )
            for record in driver.execute_query(query).records
        ]
    return {str(name): int(number) for name, number in rows}


def emptied(server: servers.Neo4j) -> None:
    """Remove all nodes, in transactions that fit into memory."""
    with GraphDatabase.driver(server.url, auth=("neo4j", servers.PASSWORD)) as driver, driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS").consume()


def load_neo4j(graph: KnowledgeGraph, place: Path, ways: list[str]) -> dict[str, Counts]:
    """Load by the import tool, by push and by the script, in this order."""
    with timed("kg export neo4j"):
        api.export_graph(graph, ["neo4j"], place)
    server, found = servers.neo4j(servers.home("NEO4J_HOME", "neo4j", "neo4j-admin"), place), {}
    if "import" in ways:
        with timed("neo4j-admin database import full"):
            done = servers.call("sh", place / "neo4j" / "import.sh", environment=server.environment)
        print(re.sub(r"(?s).*(IMPORT DONE)", r"\1", done.stdout).strip())
    with server.started():
        if "import" in ways:
            found["import"] = counts(server)
        if "push" in ways:
            emptied(server)
            found["push"] = pushed(graph, server)
        if "script" in ways:
            emptied(server)
            for again in ("", ", again"):
                with timed(f"cypher-shell -f graph.cypher{again}"):
                    done = server.shell("-f", place / "neo4j" / "graph.cypher")
                if done.returncode != 0:
                    sys.exit(done.stdout)
            found["script"] = counts(server)
    return found


def pushed(graph: KnowledgeGraph, server: servers.Neo4j) -> Counts:
    """Push twice."""
    for again in ("", ", again"):
        with timed(f"kg push neo4j{again}"):
            done = push.neo4j(server.url, graph)
        print(f"  {done.server}: {sum(done.written.values()):,} written")
    return counts(server)


def load_fuseki(graph: KnowledgeGraph, place: Path) -> None:
    """Push by both protocols, twice each."""
    with servers.fuseki(servers.home("FUSEKI_HOME", "fuseki", "fuseki-server"), place) as server:
        for way, send in (("", endpoint.push), (" --update", endpoint.update)):
            where = server.dataset("kg" if send is endpoint.push else "other")
            for again in ("", ", again"):
                with timed(f"kg push sparql{way}{again}"):
                    done = send(where, graph)
                print(f"  {done}")
            rows = endpoint.run(where, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").table_rows()
            print(f"  triples there: {int(rows[0][0]):,}")
    print(server.home.name)


def main(graph_directory: str, ways: list[str]) -> None:
    """Load, and print."""
    os.environ |= {"NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": servers.PASSWORD}
    with timed("load the graph directory"):
        graph = api.load_graph(graph_directory)
    place = Path(tempfile.mkdtemp())
    try:
        columns = {"graph": own_counts(graph)} | (
            load_neo4j(graph, place, ways) if {*ways} & {"import", "push", "script"} else {}
        )
        if "fuseki" in ways:
            load_fuseki(graph, place)
    finally:
        shutil.rmtree(place)
    print(f"{'':<14}" + "".join(f"{name:>10}" for name in columns))
    for name in columns["graph"]:
        print(f"{name:<14}" + "".join(f"{column.get(name, 0):>10,}" for column in columns.values()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] or list(WAYS))
