"""JSON Lines cannot say: what is wider than what, file names of digests, languages of names, what no paper mentions.

One paper a line, for people who want pandas rather than a graph, and what ``kg eval`` scores. A method or
dataset that a paper both introduces and uses is one row with the stronger relation; each item of its
``evidence`` names the relation that it speaks for, so nothing is lost.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.iri import iri, month
from kg.model import Entity, Kind, Lang, PaperNode, Part, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.graph import Graph, Node
    from kg.model import Edge, Evidence, Located

_STRENGTH = (
    Relation.PROPOSES,
    Relation.USES_METHOD,
    Relation.INTRODUCES,
    Relation.USES_DATASET,
    Relation.HAS_TOPIC,
)
"""The relations of a paper to entities; of two to the same entity the earlier one is the stronger."""


KEPT = 20_000
"""How many entities are kept in memory, so that those which many papers name are looked up once."""


def render(graph: Graph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph as ``graph.jsonl``: one paper a line, sorted by arXiv identifier."""
    yield "graph.jsonl", map(line, records(graph))


def records(graph: Graph) -> Iterator[dict[str, Any]]:
    """Give the record of each paper, sorted by arXiv identifier; keys in a fixed order."""
    node = lru_cache(KEPT)(graph.node)
    for paper, edges in graph.described():
        if isinstance(paper, PaperNode):
            yield record(paper, edges, node)


_BREAKS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What ``str.splitlines`` takes for the end of a line and JSON does not escape."""


_BREAK = re.compile("[\x85\u2028\u2029]")
_JSON = json.JSONEncoder(ensure_ascii=False)


def line(record: dict[str, Any]) -> bytes:
    """Write a record as a line, with its newline; whatever splits lines finds no end of one within it."""
    text = _JSON.encode(record)
    return (text.translate(_BREAKS) if _BREAK.search(text) else text).encode() + b"\n"


def record(paper: PaperNode, edges: Iterable[Edge], node: Callable[[str], Node]) -> dict[str, Any]:
    """Give the record of a paper.

    Args:
        paper: the paper.
        edges: all edges that leave it, by relation and target.
        node: gives the node of an id, for the entities that the edges lead to.
    """
    edges = list(edges)
    rows = _rows(edges, node)
    return {
        "id": paper.id,
        "title": {lang.value: paper.text(Part.TITLE, lang) for lang in Lang},
        "date": paper.published,
        "month": month(paper.id),
        "url": iri(paper.id),
        "code": list(paper.code),
        "digests": sorted(edge.target for edge in edges if edge.relation is Relation.LISTED_IN),
        "passages": [_passage(item) for item in paper.passages],
        "methods": rows[Kind.METHOD],
        "datasets": rows[Kind.DATASET],
        "topics": rows[Kind.TOPIC],
    }


def _passage(item: Located) -> dict[str, Any]:
    return {
        "part": item.part.value,
        "lang": item.lang.value,
        "text": item.text,
        "digest": item.digest,
        "line": item.line,
    }


def _rows(edges: list[Edge], node: Callable[[str], Node]) -> dict[Kind, list[dict[str, Any]]]:
    """Give one row per entity, by kind, sorted by id."""
    by_target: dict[str, list[Edge]] = {}
    for edge in edges:
        if edge.relation in _STRENGTH:
            by_target.setdefault(edge.target, []).append(edge)
    rows: dict[Kind, list[dict[str, Any]]] = {kind: [] for kind in Kind}
    for target in sorted(by_target):
        entity = node(target)
        if isinstance(entity, Entity):
            rows[entity.kind].append(_row(entity, by_target[target]))
    return rows


def _row(entity: Entity, edges: list[Edge]) -> dict[str, Any]:
    edges = sorted(edges, key=lambda edge: _STRENGTH.index(edge.relation))
    row: dict[str, Any] = {"id": entity.id, "label": entity.labels[0].text, "aliases": _aliases(entity)}
    if entity.kind is Kind.TOPIC:
        row |= {"scheme": entity.scheme, "source": _source(edges)}
    else:
        row["relation"] = edges[0].relation.value
    row["confidence"] = max(edge.confidence for edge in edges)
    row["evidence"] = [_evidence(edge.relation, item) for edge in edges for item in edge.evidence]
    return row


def _aliases(entity: Entity) -> list[str]:
    """Give every name but the first label, each once."""
    names = [label.text for label in (*entity.labels[1:], *entity.aliases)]
    return [name for name in dict.fromkeys(names) if name != entity.labels[0].text]


def _source(edges: list[Edge]) -> str:
    """Tell what made a topic of a paper: its text (``task``), the digest's ``tag`` or the arXiv ``category``."""
    parts = {item.part for edge in edges for item in edge.evidence}
    if parts - {Part.TAGS, Part.CATEGORIES}:
        return "task"
    return "tag" if Part.TAGS in parts else "category"


def _evidence(relation: Relation, item: Evidence) -> dict[str, Any]:
    return {
        "relation": relation.value,
        "part": item.part.value,
        "lang": item.lang.value,
        "quote": item.quote,
        "start": item.start,
        "end": item.end,
        "rule": item.rule,
        "confidence": item.confidence,
        "digest": item.digest,
        "line": item.line,
    }
