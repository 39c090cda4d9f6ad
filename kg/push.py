"""Bring a running Neo4j to hold a graph, over Bolt, by its official driver (extra ``neo4j``).

What is pushed is what ``kg export neo4j`` writes. Every batch is a transaction: the database is asked what it has of
the batch, by ids that are indexed, and told what differs. Pushing again therefore changes nothing, pushing a grown
graph writes what grew, and a push that broke off is mended by the next one. User and password are read from
NEO4J_USERNAME and NEO4J_PASSWORD and from nowhere else, so that no shell history or log holds them.

The driver is the asynchronous one: it alone lets us say how long an answer may take. The other waits as long as the
server told it to, which is two minutes unless somebody changed that.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from kg.errors import InputError, MissingExtraError, OutputError
from kg.text import printable
from kg.writers import _cypher
from kg.writers import neo4j as export

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence

    from neo4j import AsyncManagedTransaction, AsyncSession

    from kg.graph import Graph

    Progress = Callable[[int, int], None]
    Row = dict[str, Any]

T = TypeVar("T")

BATCH = 1_000
"""How many nodes or relationships a transaction holds."""

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
OLDEST = 5
"""The oldest major version of Neo4j whose Cypher we speak."""

_CONNECT = 5.0  # seconds that a server may take to answer a new connection
_ANSWER = 20.0  # seconds that it may take for one statement or batch, many times what is usual
_FILL = 300.0  # seconds that it may take to fill its indexes; it is asked in between
_PAUSE = 0.2  # seconds between these questions
_RETRY = "Push again: what is there already stays."


@dataclass(slots=True)
class Pushed:
    """What a push did."""

    server: str = ""
    """What the server calls itself, such as ``Neo4j 5.26.30``."""
    nodes: int = 0
    """Nodes of the graph."""
    edges: int = 0
    """Relationships of the graph."""
    written: dict[str, int] = field(default_factory=dict)
    """By label or type, how many were new or differed."""
    removed: dict[str, int] = field(default_factory=dict)
    """By label or type, how many were in the database alone."""


def neo4j(
    url: str, graph: Graph, *, database: str = "", prune: bool = False, progress: Progress | None = None
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
        OutputError: there is no such server or database, it refuses us, is too old, or the connection breaks or stalls.
    """
    _check(url)
    return _finished(_push(url, database, *export.tables(graph), prune=prune, progress=progress))


def _finished(work: Coroutine[Any, Any, Pushed]) -> Pushed:
    """Wait for it; in a thread if this one runs a loop already, as that of a notebook does."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _push(  # noqa: PLR0913  where, what and how
    url: str, database: str, nodes: _cypher.Nodes, links: _cypher.Links, *, prune: bool, progress: Progress | None
) -> Pushed:
    done = Pushed(nodes=sum(map(len, nodes.values())), edges=sum(map(len, links.values())))
    async with _session(url, database) as session:
        done.server = await _server(url, session)
        await _prepare(url, session, nodes)
        finished = 0
        for batch in _batches(nodes, links):
            count = await _within(session.execute_write(batch.write))
            done.written[batch.name] = done.written.get(batch.name, 0) + count
            finished += batch.size
            if progress is not None:
                progress(finished, done.nodes + done.edges)
        if prune:
            done.removed = await _prune(session, nodes, links)
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


@asynccontextmanager
async def _session(url: str, database: str) -> AsyncIterator[AsyncSession]:
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
        async with (
            driver.AsyncGraphDatabase.driver(
                url,
                auth=auth,
                connection_timeout=_CONNECT,
                connection_acquisition_timeout=_ANSWER,
                connection_write_timeout=_ANSWER,
                max_transaction_retry_time=_ANSWER,
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
    except TimeoutError as error:
        raise OutputError(url, f"no connection (no answer within {_ANSWER:g} s)", f"Is Neo4j busy? {_RETRY}") from error
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


async def _within(work: Coroutine[Any, Any, T]) -> T:
    """Wait for the server, but not for long: a connection that stalls is given up."""
    async with asyncio.timeout(_ANSWER):
        return await work


async def _rows(session: AsyncSession | AsyncManagedTransaction, /, cypher: str, **given: object) -> list[list[Any]]:
    return await (await session.run(cypher, given)).values()


async def _server(url: str, session: AsyncSession) -> str:
    """Name the server, and refuse one that is too old."""
    question = "CALL dbms.components() YIELD versions RETURN versions[0] AS version"
    version = str((await _within(_rows(session, question)))[0][0])
    if int(version.partition(".")[0]) < OLDEST:
        raise OutputError(url, f"this is Neo4j {version}", f"kg needs Neo4j {OLDEST} or newer.")
    return f"Neo4j {version}"


async def _prepare(url: str, session: AsyncSession, labels: Sequence[str] | dict[str, Any]) -> None:
    """Make constraints and indexes, and wait until they are filled."""
    for statement in _cypher.schema(labels):
        await _within(_rows(session, statement))
    question = "SHOW INDEXES YIELD name, state WHERE state = 'POPULATING' RETURN name"
    for _ in range(int(_FILL / _PAUSE)):
        if not await _within(_rows(session, question)):
            return
        await asyncio.sleep(_PAUSE)
    raise OutputError(url, f"its indexes are not filled after {_FILL:g} s", _RETRY)


# --- What to say -------------------------------------------------------------------------------------------


class _Batch(NamedTuple):
    """The rows of a transaction, by what tells one from another, and how to ask for them and write them."""

    name: str
    """The label or type."""
    ask: str
    """Gives keys, each with the properties that the database has there: as one list, which the driver reads faster."""
    tell: str
    """Writes rows."""
    keys: list[str]
    """What is asked for: the ids of nodes, or of those where relationships begin."""
    rows: dict[tuple[str, ...], Row]
    """For each key what should be there."""

    @property
    def size(self) -> int:
        """How many nodes or relationships."""
        return len(self.rows)

    async def write(self, transaction: AsyncManagedTransaction) -> int:
        """Write what differs from the database, and say how much that is."""
        held: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for *key, properties in (await _rows(transaction, self.ask, keys=self.keys))[0][0]:
            held[tuple(key)].append(properties)
        new = [[*key, row] for key, row in self.rows.items() if not held[key] or any(it != row for it in held[key])]
        if new:
            await _rows(transaction, self.tell, rows=new)
        return len(new)


def _batches(nodes: _cypher.Nodes, links: _cypher.Links) -> Iterator[_Batch]:
    """Give each transaction; nodes come first. A node is found by its id, which a constraint has put into an index."""
    for label, every in nodes.items():
        ask = f"UNWIND $keys AS key MATCH (n:{label} {{id: key}}) RETURN collect([key, properties(n)])"
        tell = f"UNWIND $rows AS row MERGE (n:{label} {{id: row[0]}}) SET n = row[1]"
        for part in _split(every):
            rows: dict[tuple[str, ...], Row] = {(str(row["id"]),): _typed(row) for row in part}
            yield _Batch(label, ask, tell, [key[0] for key in rows], rows)
    for (source, kind, target), linked in sorted(links.items()):
        ask = f"""UNWIND $keys AS key MATCH (:{source} {{id: key}})-[r:{kind}]->(b:{target})
            RETURN collect([key, b.id, properties(r)])"""
        tell = f"""UNWIND $rows AS row MATCH (a:{source} {{id: row[0]}}) MATCH (b:{target} {{id: row[1]}})
            MERGE (a)-[r:{kind}]->(b) SET r = row[2]"""
        for some in _split(linked):
            rows = {(start, end): values for start, end, values in some}
            yield _Batch(kind, ask, tell, list(dict.fromkeys(key[0] for key in rows)), rows)


def _split(rows: list[T]) -> Iterator[list[T]]:
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


def _typed(values: _cypher.Properties) -> Row:
    """Give a date as a date of Neo4j; everything else has its type already."""
    from neo4j.time import Date  # noqa: PLC0415  an extra, and heavy

    return {name: Date.from_iso_format(str(value)) if name == "date" else value for name, value in values.items()}


# --- Pruning -----------------------------------------------------------------------------------------------


async def _prune(session: AsyncSession, nodes: _cypher.Nodes, links: _cypher.Links) -> dict[str, int]:
    """Remove what is of our labels and types and not in the graph; relationships go with their nodes."""
    removed = {}
    for label, rows in nodes.items():
        found = await _within(_rows(session, f"MATCH (n:{label}) RETURN n.id, elementId(n)"))
        known = {row["id"] for row in rows}
        cypher = "UNWIND $places AS place MATCH (n) WHERE elementId(n) = place DETACH DELETE n"
        removed[label] = await _delete(session, cypher, [place for key, place in found if key not in known])
    for kind in export.TYPES.values():
        found = await _within(_rows(session, f"MATCH (a)-[r:{kind}]->(b) RETURN a.id, b.id, elementId(r)"))
        every = {(start, end) for key, linked in links.items() if key[1] == kind for start, end, _ in linked}
        cypher = "UNWIND $places AS place MATCH ()-[r]->() WHERE elementId(r) = place DELETE r"
        removed[kind] = await _delete(session, cypher, [place for *ends, place in found if tuple(ends) not in every])
    return removed


async def _delete(session: AsyncSession, cypher: str, places: list[str]) -> int:
    for part in _split(places):
        await _within(session.execute_write(_rows, cypher, places=part))
    return len(places)
