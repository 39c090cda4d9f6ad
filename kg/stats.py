"""Counts over a graph directory: what ``kg stats`` prints.

SPARQL says what is counted; since Oxigraph takes many seconds to count millions of triples, the same numbers come
from the summary of the graph where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg import iri, query, rdf
from kg.model import Kind, Relation

if TYPE_CHECKING:
    from kg.oxigraph import Store
    from kg.plans import Summary

_KINDS = "SELECT ?class (COUNT(?node) AS ?count) WHERE { ?node a ?class } GROUP BY ?class"
_RELATIONS = "SELECT ?relation (COUNT(*) AS ?count) WHERE { ?from ?relation ?to } GROUP BY ?relation"
_MONTHS = "SELECT ?month (COUNT(?paper) AS ?count) WHERE { ?paper kg:month ?month } GROUP BY ?month ORDER BY ?month"
_SHOWN = 10
_TOP = f"""
SELECT ?node (COUNT(DISTINCT ?paper) AS ?count) WHERE {{
  VALUES ?relation {{ %s }} ?paper ?relation ?node
}} GROUP BY ?node ORDER BY DESC(?count) ?node LIMIT {_SHOWN}
"""
_ABOUT = {
    Kind.METHOD: (Relation.PROPOSES, Relation.USES_METHOD),
    Kind.DATASET: (Relation.INTRODUCES, Relation.USES_DATASET),
    Kind.TOPIC: (Relation.HAS_TOPIC,),
}


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much there is of what."""

    kinds: dict[str, int]
    """Nodes by kind; ``mention`` counts the evidence."""
    relations: dict[str, int]
    """Edges by relation."""
    months: dict[str, int]
    """Papers by the month that their identifier stands for, oldest first."""
    top: dict[str, list[tuple[str, int]]]
    """For methods, datasets and topics: the ten node ids with most papers."""


def statistics(store: Store, summary: Summary | None = None) -> Statistics:
    """Count nodes, edges and months, and find what most papers are about.

    Args:
        store: an opened graph.
        summary: its summary; the result is the same without it.
    """
    return _of_store(store) if summary is None else _of_summary(summary)


def _of_store(store: Store) -> Statistics:
    classes = _tally(store, _KINDS)
    relations = _tally(store, _RELATIONS)
    kinds = {str(kind): classes.get(rdf.term(rdf.CLASSES[kind]).value, 0) for kind in Kind}
    return Statistics(
        {**kinds, "mention": classes.get(rdf.term("kg:Mention").value, 0)},
        {str(relation): relations.get(rdf.relation(relation).value, 0) for relation in Relation},
        _tally(store, _MONTHS),
        {str(kind): _top(store, kind) for kind in _ABOUT},
    )


def _of_summary(summary: Summary) -> Statistics:
    kinds, relations = summary.kinds(), summary.relations()
    return Statistics(
        {**{str(kind): kinds.get(kind, 0) for kind in Kind}, "mention": summary.mentions()},
        {str(relation): relations.get(relation, 0) for relation in Relation},
        summary.months(),
        {str(kind): summary.top(kind, _SHOWN) for kind in _ABOUT},
    )


def _tally(store: Store, text: str) -> dict[str, int]:
    rows = query.run(store, text).rows
    return {first.value: int(second.value) for first, second in rows if first is not None and second is not None}


def _top(store: Store, kind: Kind) -> list[tuple[str, int]]:
    relations = " ".join(f"<{rdf.relation(relation).value}>" for relation in _ABOUT[kind])
    return [(iri.node_id(address), count) for address, count in _tally(store, _TOP % relations).items()]
