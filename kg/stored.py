"""The graph in a ledger: it answers what can be asked of a graph by reading no more than that.

Whoever goes through all of it holds a node at a time in memory, and gets everything in the order that
`kg.graph.Graph` promises.
"""

from __future__ import annotations

import sqlite3
import zlib
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any
from weakref import finalize

from kg import ledger, sqlite
from kg.errors import GraphError
from kg.model import Kind, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TypeVar

    from kg.graph import Node
    from kg.model import DigestNode, Edge, Entity, PaperNode

    Row = TypeVar("Row")

_NODES = "SELECT id, kind, record FROM nodes"
_EDGES = "SELECT source, relation, target, confidence, evidence FROM edges"
_ORDER = "ORDER BY source, relation, target"

_SURE = "confidence >= :least AND (relation <> 'broader' OR source IN named)"
"""The edges of a graph that leaves out what is less sure."""

_KEPT = "(kind IN ('paper', 'digest') OR id IN named)"
"""The nodes of a graph that leaves out what is less sure."""

_NAMED = """
INSERT INTO named WITH RECURSIVE reached (id) AS (
  SELECT target FROM edges WHERE confidence >= :least AND evidence <> ''
  UNION
  SELECT target FROM reached JOIN edges ON source = id AND relation = 'broader' AND confidence >= :least
) SELECT id FROM reached
"""
"""What the sure edges reach, and what is wider than that; see `KnowledgeGraph.confident`."""

_OPENING = (
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
    "CREATE TEMP TABLE named (id TEXT PRIMARY KEY) WITHOUT ROWID",
    _NAMED,
)
"""How a ledger is opened: with 64 MB of cache, and, if only what is sure is wanted, with the ids of that."""


class StoredGraph:
    """A graph that lies in a ledger: a `kg.graph.Graph`.

    Attributes:
        path: the file of the ledger.
    """

    def __init__(self, path: Path, least: float = 0.0) -> None:
        """Open a ledger.

        Args:
            path: its file.
            least: leave out the edges that are less sure, and what then nothing reaches.

        Raises:
            GraphError: it cannot be read.
        """
        self.path = path
        self._least = least
        self._some = least > 0
        try:
            self._opened = sqlite.readable(path)
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        finalize(self, self._opened.close)
        for statement in _OPENING if self._some else _OPENING[:1]:
            list(self._stream(statement, tuple))

    def __contains__(self, node_id: str) -> bool:
        return next(self._nodes("id = :id", id=node_id), None) is not None

    def __len__(self) -> int:
        return sum(self._kinds().values())

    def node(self, node_id: str) -> Node:
        """Give the record of a node.

        Raises:
            KeyError: there is no such node.
        """
        for found in self._nodes("id = :id", id=node_id):
            return found
        raise KeyError(node_id)

    def papers(self) -> Iterator[PaperNode]:
        """Stream the papers, by arXiv identifier."""
        return self._of_kind(Kind.PAPER)

    def entities(self, kind: Kind | None = None) -> Iterator[Entity]:
        """Stream the methods, datasets and topics, or those of one kind, by id."""
        if kind is not None:
            return self._of_kind(kind)
        kinds = sorted((Kind.DATASET, Kind.METHOD, Kind.TOPIC))  # an id begins with its kind
        return chain.from_iterable(map(self._of_kind, kinds))

    def digests(self) -> Iterator[DigestNode]:
        """Stream the digests, by id."""
        return self._of_kind(Kind.DIGEST)

    def edges(self, relation: Relation | None = None) -> Iterator[Edge]:
        """Stream the edges, or those of one relation, by source, relation and target."""
        return self._edges("relation = :relation" if relation else "", relation=relation)

    def described(self) -> Iterator[tuple[Node, list[Edge]]]:
        """Stream every node, by id, with the edges that leave it, by relation and target."""
        groups = groupby(self._edges(), key=lambda edge: edge.source)
        source, group = next(groups, ("", iter(())))
        for record in self._nodes():
            if record.id != source:
                yield record, []
            else:
                yield record, list(group)
                source, group = next(groups, ("", iter(())))

    def leaving(self, node_id: str) -> list[Edge]:
        """List the edges that leave a node, by relation and target; none if there is no such node."""
        return list(self._edges("source = :id", id=node_id))

    def edges_of(self, node_id: str) -> list[Edge]:
        """List the edges that leave or reach a node, by source, relation and target.

        Raises:
            KeyError: there is no such node.
        """
        self.node(node_id)
        return list(self._edges("(source = :id OR target = :id)", id=node_id))

    def counts(self) -> dict[str, int]:
        """Count the nodes of every kind, then the edges of every relation."""
        query = f"SELECT relation, COUNT(*) FROM edges {self._where('', _SURE)} GROUP BY relation"  # noqa: S608
        kinds, relations = self._kinds(), dict(self._stream(query, tuple))
        return {
            str(name): tally.get(name, 0) for tally, names in ((kinds, Kind), (relations, Relation)) for name in names
        }

    def confident(self, least: float) -> StoredGraph:
        """Leave out the edges that are less sure, and the methods, datasets and topics that no other edge reaches."""
        return StoredGraph(self.path, max(least, self._least))

    def _kinds(self) -> dict[str, int]:
        query = f"SELECT kind, COUNT(*) FROM nodes {self._where('', _KEPT)} GROUP BY kind"  # noqa: S608
        return dict(self._stream(query, tuple))

    def _of_kind(self, kind: Kind) -> Iterator[Any]:
        return self._nodes("kind = :kind", kind=kind)

    def _nodes(self, which: str = "", **values: object) -> Iterator[Node]:
        return self._stream(f"{_NODES} {self._where(which, _KEPT)} ORDER BY id", ledger.node, **values)

    def _edges(self, which: str = "", **values: object) -> Iterator[Edge]:
        return self._stream(f"{_EDGES} {self._where(which, _SURE)} {_ORDER}", ledger.edge, **values)

    def _where(self, which: str, sure: str) -> str:
        """Give the clause for what is asked, of what is sure."""
        clauses = [clause for clause in (which, sure if self._some else "") if clause]
        return f"WHERE {' AND '.join(clauses)}" if clauses else ""

    def _stream(self, query: str, make: Callable[[Any], Row], **values: object) -> Iterator[Row]:
        """Ask for rows, and make each into something."""
        try:
            for row in self._opened.execute(query, {"least": self._least, **values}):
                yield make(row)
        except (sqlite3.DatabaseError, zlib.error, ValueError, KeyError, TypeError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> GraphError:
        remedy = f"Delete {self.path.parent}; it is made again from the segments."
        return GraphError(str(self.path), f"damaged ({error})", remedy)
