"""The knowledge graph in memory: a union of linked entries, held in a networkx MultiDiGraph.

Node ids are arXiv identifiers (``2310.00212``) and ``kind/fold`` (``method/lora``); an edge's key is its relation.
Both carry their record in the attribute ``record``. Nothing depends on the order in which entries arrive.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Protocol

from kg.assembly import assemble_entities, assemble_paper, edge_key, tally_entities
from kg.model import DigestNode, Entity, Kind, PaperNode, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    import networkx as nx

    from kg.link import Linked
    from kg.model import Edge
    from kg.vocabulary import Vocabulary

    Node: TypeAlias = PaperNode | Entity | DigestNode


class Graph(Protocol):
    """What can be asked of a graph wherever it lies, in memory or in a file; whoever only reads asks no more.

    What is an ``Iterable`` may be a stream: go through it once, and ask again for another time.
    """

    def __contains__(self, node_id: str) -> bool:
        """Tell whether there is such a node."""

    def __len__(self) -> int:
        """Count the nodes."""

    def node(self, node_id: str) -> Node:
        """Give the record of a node; KeyError if there is none."""

    def papers(self) -> Iterable[PaperNode]:
        """Give the papers, by arXiv identifier."""

    def entities(self, kind: Kind | None = None) -> Iterable[Entity]:
        """Give the methods, datasets and topics, or those of one kind, by id."""

    def digests(self) -> Iterable[DigestNode]:
        """Give the digests, by id."""

    def edges(self, relation: Relation | None = None) -> Iterable[Edge]:
        """Give the edges, or those of one relation, by source, relation and target."""

    def described(self) -> Iterable[tuple[Node, Sequence[Edge]]]:
        """Give every node, by id, with the edges that leave it, by relation and target."""

    def edges_of(self, node_id: str) -> list[Edge]:
        """Give the edges that leave or reach a node, by source, relation and target; KeyError if there is none."""

    def counts(self) -> dict[str, int]:
        """Count the nodes of every kind, then the edges of every relation."""

    def confident(self, least: float) -> Graph:
        """Leave out the edges that are less sure, and the methods, datasets and topics that no other edge reaches."""


class KnowledgeGraph:
    """Papers, methods, datasets, topics and digests, and what joins them, in memory: a `Graph`.

    Attributes:
        network: the graph itself, for analysis with networkx. Treat it as read-only.
    """

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
        from networkx import MultiDiGraph  # noqa: PLC0415  heavy: only those pay who hold a graph

        self.network: nx.MultiDiGraph = MultiDiGraph()
        for node in sorted(nodes, key=lambda item: item.id):
            self.network.add_node(node.id, record=node)
        for edge in sorted(edges, key=edge_key):
            self.network.add_edge(edge.source, edge.target, key=str(edge.relation), record=edge)

    def __contains__(self, node_id: str) -> bool:
        return node_id in self.network

    def __len__(self) -> int:
        return len(self.network)

    def node(self, node_id: str) -> Node:
        """Give the record of a node.

        Raises:
            KeyError: there is no such node.
        """
        record: Node = self.network.nodes[node_id]["record"]
        return record

    def papers(self) -> list[PaperNode]:
        """List the papers, by arXiv identifier."""
        return [node for node in self._nodes() if isinstance(node, PaperNode)]

    def entities(self, kind: Kind | None = None) -> list[Entity]:
        """List the methods, datasets and topics, or those of one kind, by id."""
        return [node for node in self._nodes() if isinstance(node, Entity) and kind in {None, node.kind}]

    def digests(self) -> list[DigestNode]:
        """List the digests, by id."""
        return [node for node in self._nodes() if isinstance(node, DigestNode)]

    def edges(self, relation: Relation | None = None) -> list[Edge]:
        """List the edges, or those of one relation, by source, relation and target."""
        every: Iterator[Edge] = (record for _, _, record in self.network.edges(data="record"))
        return sorted((edge for edge in every if relation in {None, edge.relation}), key=edge_key)

    def described(self) -> Iterator[tuple[Node, list[Edge]]]:
        """Give every node, by id, with the edges that leave it, by relation and target."""
        for key, record in self.network.nodes(data="record"):
            out = (edge for _, _, edge in self.network.out_edges(key, data="record"))
            yield record, sorted(out, key=edge_key)

    def edges_of(self, node_id: str) -> list[Edge]:
        """List the edges that leave or reach a node, by source, relation and target.

        Raises:
            KeyError: there is no such node.
        """
        self.node(node_id)
        out = self.network.out_edges(node_id, data="record")
        into = self.network.in_edges(node_id, data="record")
        return sorted({edge_key(record): record for _, _, record in (*out, *into)}.values(), key=edge_key)

    def counts(self) -> dict[str, int]:
        """Count the nodes of every kind, then the edges of every relation."""
        kinds = Counter(str(_kind(node)) for node in self._nodes())
        relations = Counter(str(edge.relation) for edge in self.edges())
        return {str(name): tally[name] for tally, names in ((kinds, Kind), (relations, Relation)) for name in names}

    def neighbourhood(self, node_id: str, depth: int = 1) -> KnowledgeGraph:
        """Cut out what lies within ``depth`` edges of a node, whichever way they point.

        Raises:
            KeyError: there is no such node.
        """
        self.node(node_id)
        seen = {node_id}
        rim = {node_id}
        for _ in range(depth):
            rim = {near for here in rim for near in self._beside(here)} - seen
            seen |= rim
        return self.part(seen)

    def part(self, node_ids: set[str], edges: Iterable[Edge] | None = None) -> KnowledgeGraph:
        """Cut out some nodes and the edges between them, all edges unless some are given."""
        every = self.edges() if edges is None else edges
        inside = (edge for edge in every if edge.source in node_ids and edge.target in node_ids)
        return KnowledgeGraph((node for node in self._nodes() if node.id in node_ids), inside)

    def confident(self, least: float) -> KnowledgeGraph:
        """Leave out the edges that are less sure, and the methods, datasets and topics that no other edge reaches.

        All papers and digests stay; of what stays, so does what the vocabulary says is wider.

        Args:
            least: the lowest confidence that an edge may have, by its best evidence.
        """
        kept = [edge for edge in self.edges() if edge.confidence >= least]
        wider: defaultdict[str, set[str]] = defaultdict(set)
        for edge in kept:
            if edge.relation is Relation.BROADER:
                wider[edge.source].add(edge.target)
        rim = {edge.target for edge in kept if edge.evidence}
        named: set[str] = set()
        while rim:
            named |= rim
            rim = {above for key in rim for above in wider[key]} - named
        named |= {paper.id for paper in self.papers()} | {digest.id for digest in self.digests()}
        return self.part(named, kept)

    def _beside(self, node_id: str) -> Iterator[str]:
        yield from self.network.successors(node_id)
        yield from self.network.predecessors(node_id)

    def _nodes(self) -> Iterator[Node]:
        return (record for _, record in self.network.nodes(data="record"))


def in_memory(graph: Graph) -> KnowledgeGraph:
    """Give a graph as one in memory: itself if it is one."""
    if isinstance(graph, KnowledgeGraph):
        return graph
    return KnowledgeGraph((node for node, _ in graph.described()), graph.edges())


def _kind(node: Node) -> Kind:
    if isinstance(node, Entity):
        return node.kind
    return Kind.PAPER if isinstance(node, PaperNode) else Kind.DIGEST


def assemble(linked: Iterable[Linked], digests: Iterable[DigestNode], vocabulary: Vocabulary) -> KnowledgeGraph:
    """Unite linked entries into one graph, and add what the vocabulary says is wider.

    Args:
        linked: the entries, in any order; all of those of the digests.
        digests: the digests that they stand in.
        vocabulary: gives labels, aliases and ``broader``.
    """
    groups: defaultdict[str, list[Linked]] = defaultdict(list)
    for item in linked:
        groups[item.entry.paper.arxiv_id].append(item)
    tallies = tally_entities(item for group in groups.values() for item in group)
    papers = [assemble_paper(group) for group in groups.values()]
    entities, broader = assemble_entities(tallies, vocabulary)
    claims = (edge for _, edges in papers for edge in edges)
    return KnowledgeGraph([*(node for node, _ in papers), *entities, *digests], [*claims, *broader])
