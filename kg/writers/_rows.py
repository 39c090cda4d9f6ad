"""What several formats ask of a node or edge."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from kg.model import Entity, Kind, Lang, PaperNode, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import Graph, Node
    from kg.model import Edge, Evidence


def nodes(graph: Graph) -> Iterator[Node]:
    """Give every node: papers, methods, datasets, topics, digests, each kind sorted by id."""
    for each in Kind:
        yield from of_kind(graph, each)


def of_kind(graph: Graph, kind: Kind) -> Iterable[Node]:
    """Give the nodes of a kind, by id."""
    if kind is Kind.PAPER:
        return graph.papers()
    return graph.digests() if kind is Kind.DIGEST else graph.entities(kind)


def kind(node: Node) -> Kind:
    """Tell what a node is."""
    if isinstance(node, Entity):
        return node.kind
    return Kind.PAPER if isinstance(node, PaperNode) else Kind.DIGEST


def label(node: Node, lang: Lang) -> str:
    """Give the label of an entity, the title of a paper or the name of a digest; empty if the language has none.

    A digest's file name is in no language; it counts as English.
    """
    if isinstance(node, PaperNode):
        return node.text(Part.TITLE, lang)
    if isinstance(node, Entity):
        return next((item.text for item in node.labels if item.lang is lang), "")
    return node.names[0] if lang is Lang.EN and node.names else ""


def name(node: Node) -> str:
    """Give the one name that a node is shown by: the English label, else the Chinese one, else the id."""
    return label(node, Lang.EN) or label(node, Lang.ZH) or node.id


def aliases(entity: Entity) -> list[str]:
    """Give every name of an entity but its labels, each once, in order."""
    taken = {item.text for item in entity.labels}
    return [text for text in dict.fromkeys(item.text for item in entity.aliases) if text not in taken]


def date(paper: PaperNode) -> str:
    """Give the date of a paper if it is one of the calendar, written ``2024-02-29``; else nothing."""
    try:
        return dt.date.fromisoformat(paper.published).isoformat()
    except ValueError:
        return ""


def period(graph: Graph) -> tuple[str, str]:
    """Give the first and the last date of the papers; nothing if none is dated."""
    first = last = ""
    for paper in graph.papers():
        if day := date(paper):
            first, last = min(first or day, day), max(last, day)
    return first, last


def best(edge: Edge) -> Evidence | None:
    """Give the evidence with the highest confidence, the first of several; nothing for an edge that needs none."""
    return max(edge.evidence, key=lambda item: item.confidence, default=None)
