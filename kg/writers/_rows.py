"""What several formats ask of a node or edge."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeAlias

from kg.model import DigestNode, Entity, Kind, Lang, PaperNode, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph import KnowledgeGraph
    from kg.model import Edge, Evidence

Node: TypeAlias = PaperNode | Entity | DigestNode


def nodes(graph: KnowledgeGraph) -> Iterator[Node]:
    """Give every node: papers, methods, datasets, topics, digests, each kind sorted by id."""
    yield from graph.papers()
    for kind in (Kind.METHOD, Kind.DATASET, Kind.TOPIC):
        yield from graph.entities(kind)
    yield from graph.digests()


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


def best(edge: Edge) -> Evidence | None:
    """Give the evidence with the highest confidence, the first of several; nothing for an edge that needs none."""
    return max(edge.evidence, key=lambda item: item.confidence, default=None)
