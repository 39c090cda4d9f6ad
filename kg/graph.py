"""The knowledge graph in memory: a union of linked entries, held in a networkx MultiDiGraph.

Node ids are arXiv identifiers (``2310.00212``) and ``kind/fold`` (``method/lora``); an edge's key is its relation.
Both carry their record in the attribute ``record``. Nothing depends on the order in which entries arrive.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.model import DigestNode, Edge, Entity, Evidence, Kind, Label, Lang, Located, PaperNode, Relation
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    import networkx as nx

    from kg.link import Linked
    from kg.model import Paper
    from kg.vocabulary import Vocabulary

    Node: TypeAlias = PaperNode | Entity | DigestNode

SCHEMES = ("task", "area", "category", "tag", "")
"""The schemes of a topic; where entries disagree, the first of these holds."""


class KnowledgeGraph:
    """Papers, methods, datasets, topics and digests, and what joins them.

    Attributes:
        network: the graph itself, for analysis with networkx. Treat it as read-only.
    """

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
        from networkx import MultiDiGraph  # noqa: PLC0415  heavy: only those pay who hold a graph

        self.network: nx.MultiDiGraph = MultiDiGraph()
        for node in sorted(nodes, key=lambda item: item.id):
            self.network.add_node(node.id, record=node)
        for edge in sorted(edges, key=_edge_key):
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
        return sorted((edge for edge in every if relation in {None, edge.relation}), key=_edge_key)

    def edges_of(self, node_id: str) -> list[Edge]:
        """List the edges that leave or reach a node, by source, relation and target.

        Raises:
            KeyError: there is no such node.
        """
        self.node(node_id)
        out = self.network.out_edges(node_id, data="record")
        into = self.network.in_edges(node_id, data="record")
        return sorted({_edge_key(record): record for _, _, record in (*out, *into)}.values(), key=_edge_key)

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


def _edge_key(edge: Edge) -> tuple[str, str, str]:
    return edge.source, edge.relation, edge.target


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
    entries = list(linked)
    papers = _papers(entries)
    entities = {entity.id: entity for entity in _entities(entries, vocabulary)}
    broader = list(_broader(entities, vocabulary))
    for edge in broader:
        entities.setdefault(edge.target, _from_vocabulary(edge.target, vocabulary))
    listed = {Edge(item.entry.paper.arxiv_id, Relation.LISTED_IN, item.entry.paper.source) for item in entries}
    claims = _claims(entries, papers)
    return KnowledgeGraph([*papers.values(), *entities.values(), *digests], [*claims, *broader, *listed])


# --- Papers ------------------------------------------------------------------------------------------------


def _papers(entries: list[Linked]) -> dict[str, PaperNode]:
    groups: defaultdict[str, list[Linked]] = defaultdict(list)
    for item in entries:
        groups[item.entry.paper.arxiv_id].append(item)
    return {arxiv_id: _paper(arxiv_id, group) for arxiv_id, group in sorted(groups.items())}


def _paper(arxiv_id: str, group: list[Linked]) -> PaperNode:
    dates = sorted(item.entry.paper.published for item in group if item.entry.paper.published)
    code = {address for item in group for address in item.entry.code}
    passages = _passages([item.entry.paper for item in group])
    return PaperNode(arxiv_id, passages, dates[0] if dates else "", tuple(sorted(code)))


def _passages(papers: list[Paper]) -> tuple[Located, ...]:
    """Keep every distinct text once, at its smallest place; the one that most digests hold comes first."""
    tally: Counter[tuple[str, str, str]] = Counter()
    places: dict[tuple[str, str, str], Located] = {}
    for paper in papers:
        for item in paper.passages:
            key = (item.part, item.lang, item.text)
            here = Located(item.part, item.lang, item.text, paper.source, item.line)
            tally[key] += 1
            places[key] = min(places.get(key, here), here)
    order = sorted(places, key=lambda key: (key[0], key[1], -tally[key], key[2]))
    return tuple(places[key] for key in order)


# --- Entities ----------------------------------------------------------------------------------------------


def _entities(entries: list[Linked], vocabulary: Vocabulary) -> Iterator[Entity]:
    names: defaultdict[str, Counter[Label]] = defaultdict(Counter)
    schemes: defaultdict[str, set[str]] = defaultdict(set)
    kinds: dict[str, Kind] = {}
    for item in entries:
        for entity in item.entities:
            names[entity.id].update((*entity.labels, *entity.aliases))
            schemes[entity.id].add(entity.scheme)
            kinds[entity.id] = entity.kind
    for key in sorted(names):
        known = key in vocabulary.concepts
        entity = _from_vocabulary(key, vocabulary) if known else _coined(key, kinds[key], names[key])
        scheme = entity.scheme if known else min(schemes[key], key=SCHEMES.index)
        yield replace(entity, scheme=scheme, aliases=_aliases(entity, names[key]))


def _from_vocabulary(concept_id: str, vocabulary: Vocabulary) -> Entity:
    concept = vocabulary.concepts[concept_id]
    return Entity(concept.id, concept.kind, concept.labels, concept.aliases, concept.scheme, concept=True)


def _coined(key: str, kind: Kind, names: Counter[Label]) -> Entity:
    """Name an entity that the vocabulary does not know, by its most frequent name a language."""
    ranked = sorted(names, key=lambda label: (not key.endswith(f"/{fold(label.text)}"), -names[label], label))
    labels = [next((label for label in ranked if label.lang is lang), None) for lang in (Lang.EN, Lang.ZH)]
    return Entity(key, kind, tuple(label for label in labels if label is not None))


def _aliases(entity: Entity, names: Iterable[Label]) -> tuple[Label, ...]:
    """Collect the other names, each once whatever its case."""
    seen = {label.text.casefold() for label in entity.labels}
    kept = []
    for label in (*entity.aliases, *sorted(names)):
        if label.text.casefold() not in seen:
            seen.add(label.text.casefold())
            kept.append(label)
    return tuple(sorted(kept))


# --- Edges -------------------------------------------------------------------------------------------------


def _broader(entities: Iterable[str], vocabulary: Vocabulary) -> Iterator[Edge]:
    """Follow ``broader`` from every concept up to the widest."""
    known = {key for key in entities if key in vocabulary.concepts}
    reached = known | {wider for key in known for wider in vocabulary.ancestors(key)}
    for key in sorted(reached):
        for wider in vocabulary.concepts[key].broader:
            yield Edge(key, Relation.BROADER, wider)


def _claims(entries: list[Linked], papers: dict[str, PaperNode]) -> Iterator[Edge]:
    """Unite what the entries claim, each piece of evidence once."""
    united: defaultdict[tuple[str, Relation, str], dict[tuple[object, ...], Evidence]] = defaultdict(dict)
    places = {(paper.id, item.part, item.lang, item.text): item for paper in papers.values() for item in paper.passages}
    for item in entries:
        texts = {(text.part, text.lang, text.line): text.text for text in item.entry.paper.passages}
        for edge in item.edges:
            store = united[edge.source, edge.relation, edge.target]
            for evidence in edge.evidence:
                text = texts[evidence.part, evidence.lang, evidence.line]
                _keep(store, evidence, places[edge.source, evidence.part, evidence.lang, text])
    for (source, relation, target), store in sorted(united.items()):
        yield Edge(source, relation, target, tuple(sorted(store.values())))


def _keep(store: dict[tuple[object, ...], Evidence], evidence: Evidence, place: Located) -> None:
    """Keep evidence at the place where its text is located; of equals the surest, then the first."""
    here = replace(evidence, digest=place.digest, line=place.line)
    key = (here.part, here.lang, here.quote, here.start, here.end, here.rule)
    old = store.get(key)
    if old is None or (-here.confidence, here.digest, here.line) < (-old.confidence, old.digest, old.line):
        store[key] = here
