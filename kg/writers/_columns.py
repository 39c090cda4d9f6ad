"""The graph of an explorer page as columns of numbers and texts: the blocks ``kg-graph`` and ``kg-index``.

What each column holds is said in ``assets/explorer/DATA.md``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kg import layout
from kg.iri import month
from kg.model import DigestNode, Entity, Kind, Lang, PaperNode, Part, Relation
from kg.writers import _overview, _regions, _rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.graph import KnowledgeGraph, Node
    from kg.layout import Map
    from kg.model import Edge
    from kg.views import View

RELATIONS = tuple(relation for relation in Relation if relation is not Relation.LISTED_IN)
"""What edges say; that a paper is listed in a digest stands with the paper."""
PARTS = tuple(Part)
LANGS = tuple(Lang)
SCHEMES = ("", "task", "area", "category", "tag")
_FINDABLE = "The others are found by their names.", "其余可按名称搜索。"
KINDS = (Kind.PAPER, Kind.METHOD, Kind.DATASET, Kind.TOPIC)
"""What is drawn, in the order of the columns."""


def drawn(graph: KnowledgeGraph) -> list[PaperNode | Entity]:
    """List the nodes that stand in columns: by kind, then by id."""
    return [node for node in _rows.nodes(graph) if not isinstance(node, DigestNode)]


def claims(graph: KnowledgeGraph, number: Mapping[str, int]) -> list[Edge]:
    """List the edges that stand in columns, by the number of their source, then relation and target."""
    edges = (edge for edge in graph.edges() if edge.relation is not Relation.LISTED_IN)
    return sorted(edges, key=lambda edge: number[edge.source])


def numbers(nodes: Iterable[Node]) -> dict[str, int]:
    """Give each node its position."""
    return {node.id: at for at, node in enumerate(nodes)}


def graph(view: View, title: str, nodes: Sequence[PaperNode | Entity], edges: Sequence[Edge]) -> dict[str, Any]:
    """Make the block ``kg-graph``.

    Args:
        view: what is shown.
        title: the heading of the page.
        nodes: of `drawn`.
        edges: of `claims`.
    """
    number = numbers(nodes)
    months = sorted({month(node.id) for node in nodes if isinstance(node, PaperNode)})
    sources = digests(view.drawn)
    plan = layout.arrange(view.drawn)
    degree = Counter(end for edge in edges for end in (edge.source, edge.target))
    return {
        "version": 1,
        "title": title,
        "view": _view(view, number),
        "totals": _totals(view),
        "kinds": _kinds(nodes),
        "relations": list(RELATIONS),
        "parts": list(PARTS),
        "langs": list(LANGS),
        "rules": rules(edges),
        "schemes": list(SCHEMES),
        "months": months,
        "digests": {"id": sources, "name": [_digest(view.drawn, key) for key in sources]},
        "nodes": _nodes(view, nodes, months, plan, degree),
        "edges": _edges(nodes, edges, number),
        "order": _order(nodes, degree),
        "communities": _regions.regions(nodes, edges, plan),
        "overview": _overview.overview(view.drawn, months, number),
    }


def digests(graph: KnowledgeGraph) -> list[str]:
    """List the ids of the digests that papers and quotes stand in, sorted."""
    passages = {passage.digest for paper in graph.papers() for passage in paper.passages}
    quoted = {item.digest for edge in graph.edges() for item in edge.evidence}
    return sorted(passages | quoted | {digest.id for digest in graph.digests()})


def _digest(graph: KnowledgeGraph, key: str) -> str:
    return _rows.name(graph.node(key)) if key in graph else key


def rules(edges: Iterable[Edge]) -> list[str]:
    """List the rules that found something, sorted."""
    return sorted({item.rule for edge in edges for item in edge.evidence})


def index(view: View) -> dict[str, Any] | str:
    """Make the block ``kg-index``: the names of what is not drawn; empty if all is."""
    if view.asked is view.drawn:
        return ""
    nodes = [node for node in drawn(view.asked) if node.id not in view.drawn]
    return {"kinds": _kinds(nodes), **_names(nodes, view.support)}


def _view(view: View, number: Mapping[str, int]) -> dict[str, Any]:
    left = {"en": "", "zh": ""}
    if view.left_en:
        left = {"en": f"{view.left_en} {_FINDABLE[0]}", "zh": f"{view.left_zh}{_FINDABLE[1]}"}
    return {"en": view.en, "zh": view.zh, "left": left, "focus": number.get(view.focus, -1), "depth": view.depth}


def _totals(view: View) -> dict[str, int]:
    counts = view.asked.counts()
    return {**{str(kind): counts[kind] for kind in KINDS}, "edges": sum(counts[relation] for relation in RELATIONS)}


def _kinds(nodes: Iterable[Node]) -> list[list[str | int]]:
    tally = Counter(map(_rows.kind, nodes))
    return [[str(kind), tally[kind]] for kind in KINDS]


def _nodes(
    view: View, nodes: Sequence[PaperNode | Entity], months: Sequence[str], plan: Map, degree: Mapping[str, int]
) -> dict[str, Any]:
    return {
        **_names(nodes, view.support),
        "degree": [degree[node.id] for node in nodes],
        **_places(nodes, plan),
        **_facts(view.drawn, nodes, months),
    }


def _names(nodes: Sequence[PaperNode | Entity], support: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": [node.id for node in nodes],
        **{str(lang): [_rows.label(node, lang) for node in nodes] for lang in LANGS},
        "aliases": [_rows.aliases(node) if isinstance(node, Entity) else [] for node in nodes],
        "papers": [support.get(node.id, 0) for node in nodes],
    }


def _places(nodes: Sequence[Node], plan: Map) -> dict[str, list[int]]:
    return {
        "x": [plan.places[node.id][0] for node in nodes],
        "y": [plan.places[node.id][1] for node in nodes],
        "community": [plan.community.get(node.id, -1) for node in nodes],
    }


def _facts(graph: KnowledgeGraph, nodes: Sequence[Node], months: Sequence[str]) -> dict[str, Any]:
    papers = [node for node in nodes if isinstance(node, PaperNode)]
    entities = [node for node in nodes if isinstance(node, Entity)]
    at = {name: position for position, name in enumerate(months)}
    listed = _listed(graph)
    return {
        "date": [_rows.date(paper) for paper in papers],
        "month": [at[month(paper.id)] for paper in papers],
        "digests": [listed.get(paper.id, []) for paper in papers],
        "code": [list(paper.code) for paper in papers],
        "scheme": [SCHEMES.index(entity.scheme) for entity in entities],
        "concept": [int(entity.concept) for entity in entities],
    }


def _listed(graph: KnowledgeGraph) -> dict[str, list[int]]:
    at = {key: position for position, key in enumerate(digests(graph))}
    listed: dict[str, list[int]] = {}
    for edge in graph.edges(Relation.LISTED_IN):
        listed.setdefault(edge.source, []).append(at[edge.target])
    return listed


def _edges(nodes: Sequence[Node], edges: Sequence[Edge], number: Mapping[str, int]) -> dict[str, list[int]]:
    out = Counter(edge.source for edge in edges)
    return {
        "out": [out[node.id] for node in nodes],
        "relation": [RELATIONS.index(edge.relation) for edge in edges],
        "target": [number[edge.target] for edge in edges],
        "confidence": [thousandths(edge.confidence) for edge in edges],
        "evidence": [len(edge.evidence) for edge in edges],
    }


def thousandths(confidence: float) -> int:
    """Give a confidence as whole thousandths.

    >>> thousandths(0.97)
    970
    """
    return round(confidence * 1000)


def _order(nodes: Sequence[Node], degree: Mapping[str, int]) -> list[int]:
    """Rank nodes by how much a reader gains from their label: busy ones first, papers (long titles) last."""
    ranked = [(isinstance(node, PaperNode), -degree[node.id], at) for at, node in enumerate(nodes)]
    return [at for _, _, at in sorted(ranked)]
