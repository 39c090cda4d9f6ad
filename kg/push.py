"""Bring a running Neo4j to hold a graph, over Bolt, by its official driver (extra ``neo4j``).

What is pushed is what ``kg export neo4j`` writes. Every batch is a transaction that writes only what differs from the
database, so that pushing again changes nothing, pushing a grown graph writes what grew, and a push that broke off is
mended by the next one. User and password are read from NEO4J_USERNAME and NEO4J_PASSWORD and from nowhere else, so
that no shell history or log holds them.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kg.errors import InputError, MissingExtraError, OutputError
from kg.text import printable
from kg.writers import _cypher
from kg.writers import neo4j as export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from neo4j import Session

    from kg.graph import KnowledgeGraph

    Progress = Callable[[int, int], None]
    Row = dict[str, Any]

BATCH = 500
"""How many nodes or relationships a transaction holds."""

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
OLDEST = 5
"""The oldest major version of Neo4j whose Cypher we speak."""

_PATIENCE = 15.0  # seconds that a server may take to answer a new connection
_TIMEOUT = 300  # seconds that Neo4j may take to fill its indexes
_RETRY = "Push again: what is there already stays."


@dataclass(slots=True)
class Pushed:
    """What a push did."""

    server: str = ""
    """What the server calls itself, such as ``Neo4j/5.26.30``."""
    nodes: int = 0
    """Nodes of the graph."""
    edges: int = 0
    """Relationships of the graph."""
    written: dict[str, int] = field(default_factory=dict)
    """By label or type, how many were new or differed."""
    removed: dict[str, int] = field(default_factory=dict)
    """By label or type, how many were in the database alone."""


def neo4j(
    url: str, graph: KnowledgeGraph, *, database: str = "", prune: bool = False, progress: Progress | None = None
) -> Pushed:
    """Bring a database to hold a graph.

    Args:
        url: the server, such as ``bolt://localhost:7687``.
        graph: what to push.
        database: the name of the database; the user's home database if empty.
        prune: remove nodes and relationships of our labels and types that the graph does not have.
        progress: called with the number of nodes and relationships done and the number in all.

    Raises:
        InputError: the address is none, or holds a password.
        MissingExtraError: the driver is not installed.
        OutputError: there is no such server or database, it refuses us, is too old, or the connection breaks.
    """
    _check(url)
    nodes, links = export.tables(graph)
    done = Pushed(nodes=len(graph), edges=len(graph.edges()))
    with _session(url, database) as session:
        done.server = _server(url, session)
        _index(session, nodes)
        total, finished = done.nodes + done.edges, 0
        for name, cypher, rows in _batches(nodes, links):
            count = _count(session, cypher, rows)
            done.written[name] = done.written.get(name, 0) + count
            finished += len(rows)
            if progress is not None:
                progress(finished, total)
        if prune:
            done.removed = _prune(session, nodes, links)
    return done


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, secret = parts.hostname, parts.username or parts.password
    except ValueError:
        host, secret = None, None
    if host is None or parts.scheme not in SCHEMES:
        raise InputError(printable(url), "no address of Neo4j", "Give one such as bolt://localhost:7687.")
    if secret:
        remedy = "Set NEO4J_USERNAME and NEO4J_PASSWORD."
        raise InputError(f"{parts.scheme}://{host}", "a password in an address ends up in logs", remedy)


# --- Talking -----------------------------------------------------------------------------------------------


@contextmanager
def _session(url: str, database: str) -> Iterator[Session]:
    """Connect; what the driver raises inside becomes one line."""
    try:
        import neo4j as driver  # noqa: PLC0415  an extra, and heavy
        from neo4j import exceptions  # noqa: PLC0415  likewise
    except ImportError as error:
        remedy = "Run pip install 'digest-kg[neo4j]'."
        raise MissingExtraError("neo4j", "the driver is not installed", remedy) from error
    logging.getLogger("neo4j").addHandler(logging.NullHandler())  # what matters is raised
    user, password = os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD")
    auth = None if password is None else (user, password)
    try:
        with (
            driver.GraphDatabase.driver(
                url,
                auth=auth,
                connection_timeout=_PATIENCE,
                connection_acquisition_timeout=_PATIENCE,
                max_transaction_retry_time=2 * _PATIENCE,
                notifications_min_severity="OFF",
            ) as connection,
            connection.session(database=database or None) as session,
        ):
            yield session
    except exceptions.AuthError as error:
        wanted = "is not set" if password is None else f"is not the one of {printable(user)}"
        raise OutputError(url, f"the server refuses us: NEO4J_PASSWORD {wanted}", "Set it to the right one.") from error
    except exceptions.Neo4jError as error:
        raise _refusal(url, database, error) from error
    except (exceptions.DriverError, OSError) as error:
        raise OutputError(url, f"no connection ({_reason(error)})", f"Is Neo4j running there? {_RETRY}") from error


def _refusal(url: str, database: str, error: Any) -> OutputError:  # noqa: ANN401  the driver loads late
    if (error.code or "").endswith("DatabaseNotFound"):
        return OutputError(url, f"there is no database {printable(database)!r}", "SHOW DATABASES lists them.")
    return OutputError(url, f"Neo4j refuses ({_reason(error.message or error)})", _RETRY)


def _reason(error: object) -> str:
    """Give the first sentence of a message of the driver, which may run over many lines."""
    text = printable(" ".join(str(error).split()))
    return re.split(r"(?<=\w)[.:] | \(reason", text)[0][:200].rstrip(".") or type(error).__name__


def _server(url: str, session: Session) -> str:
    """Name the server, and refuse one that is too old."""
    result = session.run("CALL dbms.components() YIELD versions RETURN versions[0] AS version")
    version = str(result.single(strict=True)["version"])
    if int(version.partition(".")[0]) < OLDEST:
        raise OutputError(url, f"this is Neo4j {version}", f"kg needs Neo4j {OLDEST} or newer.")
    return f"Neo4j {version}"


def _count(session: Session, cypher: str, rows: Sequence[object]) -> int:
    """Run a statement on rows, as one transaction that is tried again if the server is busy, and give its count."""
    return int(session.execute_write(lambda tx: tx.run(cypher, rows=rows).single(strict=True)[0]))


def _index(session: Session, labels: Sequence[str] | dict[str, Any]) -> None:
    for statement in _cypher.schema(labels):
        session.run(statement).consume()
    session.run("CALL db.awaitIndexes($seconds)", seconds=_TIMEOUT).consume()


# --- What to say -------------------------------------------------------------------------------------------


def _batches(nodes: _cypher.Nodes, links: _cypher.Links) -> Iterator[tuple[str, str, list[Row]]]:
    """Give each transaction: the label or type, the statement, its rows. Nodes come first."""
    for label, every in nodes.items():
        cypher = f"""UNWIND $rows AS row OPTIONAL MATCH (n:{label} {{id: row.id}})
            WITH row, n WHERE n IS NULL OR properties(n) <> row
            MERGE (m:{label} {{id: row.id}}) SET m = row RETURN count(*)"""
        yield from ((label, cypher, rows) for rows in _split([_typed(row) for row in every]))
    for (source, kind, target), linked in sorted(links.items()):
        cypher = f"""UNWIND $rows AS row MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}})
            OPTIONAL MATCH (a)-[r:{kind}]->(b)
            WITH row, a, b, r WHERE r IS NULL OR properties(r) <> row.properties
            MERGE (a)-[m:{kind}]->(b) SET m = row.properties RETURN count(*)"""
        rows = [{"source": start, "target": end, "properties": values} for start, end, values in linked]
        yield from ((kind, cypher, part) for part in _split(rows))


def _split(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


def _typed(values: _cypher.Properties) -> Row:
    """Give a date as a date; everything else has its type already."""
    return {name: dt.date.fromisoformat(str(value)) if name == "date" else value for name, value in values.items()}


# --- Pruning -----------------------------------------------------------------------------------------------


def _prune(session: Session, nodes: _cypher.Nodes, links: _cypher.Links) -> dict[str, int]:
    """Remove what is of our labels and types and not in the graph; relationships go with their nodes."""
    removed = {}
    for label, rows in nodes.items():
        found = session.run(f"MATCH (n:{label}) RETURN n.id, elementId(n)").values()
        known = {row["id"] for row in rows}
        cypher = "UNWIND $rows AS row MATCH (n) WHERE elementId(n) = row DETACH DELETE n RETURN count(*)"
        removed[label] = _delete(session, cypher, [place for key, place in found if key not in known])
    for kind in export.TYPES.values():
        query = f"MATCH (a)-[r:{kind}]->(b) RETURN a.id, b.id, elementId(r)"
        found = session.run(query).values()
        every = {(start, end) for key, linked in links.items() if key[1] == kind for start, end, _ in linked}
        cypher = "UNWIND $rows AS row MATCH ()-[r]->() WHERE elementId(r) = row DELETE r RETURN count(*)"
        removed[kind] = _delete(session, cypher, [place for *ends, place in found if tuple(ends) not in every])
    return removed


def _delete(session: Session, cypher: str, places: list[str]) -> int:
    return sum(_count(session, cypher, places[at : at + BATCH]) for at in range(0, len(places), BATCH))
