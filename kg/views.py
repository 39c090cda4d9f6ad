"""Which part of a graph a page shows, and the sentence that says so: a page must not pass a part off as the whole.

A page that draws more than `LIMIT` nodes is slow and unreadable. Of a larger graph the most connected part is drawn:
the entities that most papers name, and the papers that name most of these. What is left out stays findable by name.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model import DigestNode, PaperNode, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.graph import KnowledgeGraph

LIMIT = 24_000
"""How many nodes a page draws at most; five thousand papers with all that they name are fewer."""

_ENTITIES = 3, 5  # of the nodes drawn of a large graph, at most so many are methods, datasets and topics


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A part of a graph for a page."""

    asked: KnowledgeGraph
    """What the user asked for."""
    drawn: KnowledgeGraph
    """What of it is drawn: all, unless it is too large."""
    support: Mapping[str, int]
    """For each entity, how many papers of the whole graph have an edge to it."""
    en: str
    """What was asked for, in a sentence."""
    zh: str
    """The same in Chinese."""
    left_en: str = ""
    """What is left out and by which rule; empty if nothing is."""
    left_zh: str = ""
    """The same in Chinese."""
    focus: str = ""
    """The id of the node that is chosen when the page opens; none if empty."""
    depth: int = 1
    """How far around it one sees at first."""


def support(graph: KnowledgeGraph) -> dict[str, int]:
    """Count the papers that have an edge to each entity."""
    pairs = {(edge.source, edge.target) for edge in graph.edges() if edge.relation not in _NO_CLAIM}
    return dict(Counter(target for _, target in pairs))


_NO_CLAIM = (Relation.BROADER, Relation.LISTED_IN)


def whole(graph: KnowledgeGraph) -> View:
    """View all of a graph, or the most connected part if it is too large."""
    return limited(View(graph, graph, support(graph), "The whole graph.", "整个图谱。"))


def limited(view: View) -> View:
    """Draw no more than `LIMIT` nodes of what was asked for."""
    return view
