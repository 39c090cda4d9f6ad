"""A graph that tells how far one has got in going through it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from kg.model import Kind, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kg.graph import Graph, Node
    from kg.model import DigestNode, Edge, Entity, PaperNode

T = TypeVar("T")

OFTEN = 500
"""After how many nodes or edges one is told again."""


class Watched:
    """A `Graph` like another one; whoever streams it makes it call ``step`` with what is done and of how many."""

    def __init__(self, graph: Graph, step: Callable[[int, int], None]) -> None:
        self._graph = graph
        self._step = step

    def __contains__(self, node_id: str) -> bool:
        return node_id in self._graph

    def __len__(self) -> int:
        return len(self._graph)

    def node(self, node_id: str) -> Node:
        """Give the record of a node; KeyError if there is none."""
        return self._graph.node(node_id)

    def papers(self) -> Iterator[PaperNode]:
        """Give the papers, by arXiv identifier."""
        return self._passed(self._graph.papers(), self._counts[Kind.PAPER])

    def entities(self, kind: Kind | None = None) -> Iterator[Entity]:
        """Give the methods, datasets and topics, or those of one kind, by id."""
        kinds = (Kind.METHOD, Kind.DATASET, Kind.TOPIC) if kind is None else (kind,)
        return self._passed(self._graph.entities(kind), sum(self._counts[each] for each in kinds))

    def digests(self) -> Iterator[DigestNode]:
        """Give the digests, by id."""
        return self._passed(self._graph.digests(), self._counts[Kind.DIGEST])

    def edges(self, relation: Relation | None = None) -> Iterator[Edge]:
        """Give the edges, or those of one relation, by source, relation and target."""
        relations = Relation if relation is None else (relation,)
        return self._passed(self._graph.edges(relation), sum(self._counts[each] for each in relations))

    def described(self) -> Iterator[tuple[Node, Sequence[Edge]]]:
        """Give every node, by id, with the edges that leave it, by relation and target."""
        return self._passed(self._graph.described(), len(self._graph))

    def edges_of(self, node_id: str) -> list[Edge]:
        """Give the edges that leave or reach a node, by source, relation and target; KeyError if there is none."""
        return self._graph.edges_of(node_id)

    def counts(self) -> dict[str, int]:
        """Count the nodes of every kind, then the edges of every relation."""
        return self._counts

    def confident(self, least: float) -> Graph:
        """Leave out the edges that are less sure; see `kg.graph.KnowledgeGraph.confident`. Nobody watches the rest."""
        return self._graph.confident(least)

    @cached_property
    def _counts(self) -> dict[str, int]:
        return self._graph.counts()

    def _passed(self, items: Iterable[T], total: int) -> Iterator[T]:
        for done, item in enumerate(items):
            if done % OFTEN == 0:
                self._step(done, total)
            yield item
        self._step(total, total)
