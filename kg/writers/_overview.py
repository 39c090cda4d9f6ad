"""What a page says to those who come with no question: papers a month, what most are about, what rises."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kg.iri import month
from kg.model import Kind, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.graph import KnowledgeGraph

TOP = 10
"""How many of each kind are named."""

_SHARE = 1, 3  # the newest months with at least a third of the papers are "since"
_LEAST = 3  # papers since, of a thing that rises
_GROWTH = 1.5  # how much larger its share must be
_PAPERS = 20  # fewer papers on either side tell nothing
_NO_CLAIM = (Relation.BROADER, Relation.LISTED_IN)


def overview(graph: KnowledgeGraph, months: Sequence[str], number: Mapping[str, int]) -> dict[str, Any]:
    """Count papers by month and by what they are about.

    Args:
        graph: what is drawn.
        months: every month of its papers, ascending.
        number: the position of each node.
    """
    papers = Counter(month(paper.id) for paper in graph.papers())
    about = {(edge.source, edge.target) for edge in graph.edges() if edge.relation not in _NO_CLAIM}
    counts = Counter(target for _, target in about)
    since = _since(months, papers)
    return {
        "months": [papers[name] for name in months],
        "top": {str(kind): _top(graph, kind, counts, number) for kind in (Kind.METHOD, Kind.DATASET, Kind.TOPIC)},
        "rising": {"since": since, "nodes": _rising(about, papers, since, number) if since else []},
    }


def _top(graph: KnowledgeGraph, kind: Kind, counts: Mapping[str, int], number: Mapping[str, int]) -> list[list[int]]:
    ranked = sorted((-counts[node.id], node.id) for node in graph.entities(kind) if counts[node.id])
    return [[number[node], -count] for count, node in ranked[:TOP]]


def _since(months: Sequence[str], papers: Mapping[str, int]) -> str:
    """Give the month from which on at least a third of the papers are; nothing if there are too few on either side."""
    total, newer = sum(papers.values()), 0
    for name in reversed(months):
        newer += papers[name]
        if newer * _SHARE[1] >= total * _SHARE[0]:
            return name if min(newer, total - newer) >= _PAPERS else ""
    return ""


def _rising(
    about: Iterable[tuple[str, str]], papers: Mapping[str, int], since: str, number: Mapping[str, int]
) -> list[list[int]]:
    """Find what a larger share of the papers is about since a month than before it.

    Shares are smoothed by one paper, so that two papers after none are no sensation.
    """
    newer: Counter[str] = Counter()
    older: Counter[str] = Counter()
    for paper, target in about:
        (newer if month(paper) >= since else older)[target] += 1
    after = sum(count for name, count in papers.items() if name >= since)
    before = sum(papers.values()) - after
    growth = {
        target: (count / after) / ((older[target] + 1) / (before + 1))
        for target, count in newer.items()
        if count >= _LEAST
    }
    ranked = sorted((-factor, -newer[target], target) for target, factor in growth.items() if factor >= _GROWTH)
    return [[number[target], newer[target], older[target]] for _, _, target in ranked[:TOP]]
