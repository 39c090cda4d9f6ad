"""What may be one thing, or two: questions for a person, who answers them in ``ontology/vocab/``.

kg merges across papers only what the vocabulary knows, so that no digest can change what another one said. What
looks mergeable is listed here, and so is what looks merged by accident.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.iri import kind_of
from kg.link import SHORT
from kg.model import Kind, Lang, Relation
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph import Graph
    from kg.model import Entity

MIN_EXPANSION = 8
"""An alias whose fold is at least this long can be the expansion of an acronym."""
MAX_ACRONYM = 8
"""A label whose fold is at most this long can be an acronym."""


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """Two nodes that may be one, or one that may be several."""

    reason: str
    """``shared-name``, ``plural``, ``two-kinds`` or ``two-meanings``."""
    one: str
    """A node id."""
    other: str
    """The other node id; for ``two-meanings`` the same one."""
    because: str
    """The names that raise the question."""
    papers: int
    """How many papers stand behind both together: the more, the more an answer is worth."""


def candidates(graph: Graph) -> list[Candidate]:
    """List what a person should look at, the questions with most papers first.

    The methods, datasets and topics are held, and which papers each has; papers and evidence pass by.
    """
    papers = _papers(graph)
    entities = list(graph.entities())
    found = {*_shared_names(entities, papers), *_plurals(entities, papers), *_two_kinds(entities, papers)}
    return sorted(found | set(_two_meanings(entities, papers)), key=lambda item: (-item.papers, item))


def _papers(graph: Graph) -> dict[str, set[str]]:
    papers: defaultdict[str, set[str]] = defaultdict(set)
    for edge in graph.edges():
        if edge.relation is not Relation.LISTED_IN and kind_of(edge.source) is Kind.PAPER:
            papers[edge.target].add(edge.source)
    return papers


def _candidate(reason: str, one: str, other: str, because: str, papers: dict[str, set[str]]) -> Candidate:
    together = papers.get(one, set()) | papers.get(other, set())
    return Candidate(reason, min(one, other), max(one, other), because, len(together))


def _shared_names(entities: list[Entity], papers: dict[str, set[str]]) -> Iterator[Candidate]:
    """Find nodes of one kind of which a name is also a name of another.

    An acronym so short that it names neither of them is no question: it was kept from merging them on purpose.
    """
    holders: defaultdict[tuple[Kind, str], dict[str, str]] = defaultdict(dict)
    for entity in entities:
        for label in (*entity.labels, *entity.aliases):
            holders[entity.kind, fold(label.text)].setdefault(entity.id, label.text)
    for (kind, name), by_id in sorted(holders.items()):
        if len(name) <= SHORT and f"{kind}/{name}" not in by_id:
            continue
        for (one, shown), (other, _) in pairwise(sorted(by_id.items())):
            yield _candidate("shared-name", one, other, shown, papers)


def _plurals(entities: list[Entity], papers: dict[str, set[str]]) -> Iterator[Candidate]:
    """Find nodes whose ids differ by a final s only. kg never singularises by itself: Keras, NAS, Lens."""
    ids = {entity.id for entity in entities}
    for entity in entities:
        if f"{entity.id}s" in ids:
            yield _candidate("plural", entity.id, f"{entity.id}s", entity.labels[0].text, papers)


def _two_kinds(entities: list[Entity], papers: dict[str, set[str]]) -> Iterator[Candidate]:
    """Find names that are a method here and a dataset there."""
    folds: defaultdict[str, dict[Kind, Entity]] = defaultdict(dict)
    for entity in entities:
        if entity.kind is not Kind.TOPIC:
            folds[entity.id.partition("/")[2]][entity.kind] = entity
    for kinds in folds.values():
        if len(kinds) > 1:
            one, other = kinds[Kind.METHOD], kinds[Kind.DATASET]
            yield _candidate("two-kinds", one.id, other.id, one.labels[0].text, papers)


def _two_meanings(entities: list[Entity], papers: dict[str, set[str]]) -> Iterator[Candidate]:
    """Find acronyms that papers expand in different ways."""
    for entity in entities:
        if entity.concept or len(entity.id.partition("/")[2]) > MAX_ACRONYM:
            continue
        names = (label.text for label in entity.aliases if label.lang is Lang.EN)
        longer = {fold(name): name for name in names if len(fold(name)) >= MIN_EXPANSION}
        if len(longer) > 1:
            yield _candidate("two-meanings", entity.id, entity.id, " · ".join(sorted(longer.values())), papers)
