"""Link the mentions of one entry to entities: one thing, one node, whatever it is called.

A pure function of the entry and the vocabulary, blind to every other digest. That is what makes the graph a
union of its entries, and so the same in whatever order, and by whatever steps, they arrive: an acronym expands
only through its own paper or the vocabulary. What looks mergeable across papers is left to ``kg candidates``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from kg.iri import entity_id
from kg.model import Edge, Entity, Evidence, Kind, Label, Lang, Part
from kg.text import fold, label_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.model import Concept, Entry, Mention, Paper
    from kg.vocabulary import Vocabulary

SHORT = 3
"""Acronyms of up to this many characters collide too often between papers: the long form names the node."""

LONG = 10
"""A folded name of at least this many characters counts as a long form."""

ALIKE = 0.8
"""Two long forms whose folds are this similar (difflib's ratio) are spellings of one."""

_SCHEMES = {Part.TAGS: "tag", Part.CATEGORIES: "category"}


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry with its share of the graph."""

    entry: Entry
    """The entry itself."""
    entities: tuple[Entity, ...]
    """What it names, sorted by id; labels and aliases are those that this entry uses."""
    edges: tuple[Edge, ...]
    """What it claims, sorted."""


def link(entry: Entry, vocabulary: Vocabulary) -> Linked:
    """Resolve the mentions of an entry to entities and edges."""
    entities: dict[str, Entity] = {}
    edges: list[Edge] = []
    for kind in (Kind.METHOD, Kind.DATASET, Kind.TOPIC):
        mentions = [mention for mention in entry.mentions if mention.kind is kind]
        for cluster in _clusters(mentions, vocabulary):
            entity = _entity(cluster, entry.paper, vocabulary)
            entities[entity.id] = _joined(entities[entity.id], entity) if entity.id in entities else entity
            edges += _edges(entity.id, cluster, entry.paper)
    return Linked(entry, tuple(entities[key] for key in sorted(entities)), _united(edges))


# --- Which mentions are one thing ---------------------------------------------------------------------------


@dataclass(slots=True)
class _Cluster:
    """Mentions of one thing, and the vocabulary concept that it is, if any."""

    concept: str
    names: set[str]
    mentions: list[Mention]


def _clusters(mentions: Sequence[Mention], vocabulary: Vocabulary) -> list[_Cluster]:
    """Group mentions that share a folded name, a concept or a definition; two concepts never meet."""
    defined = {fold(mention.name): mention.same_as for mention in mentions if mention.same_as}
    clusters: list[_Cluster] = []
    for mention in mentions:
        concept = _concept(mention, defined.get(fold(mention.name), ""), vocabulary)
        new = _Cluster(concept, _keys(mention), [mention])
        apart = []
        for old in clusters:
            if _same(old, new):
                new = _merged(old, new)
            else:
                apart.append(old)
        clusters = [*apart, new]
    return clusters


def _keys(mention: Mention) -> set[str]:
    return {fold(name) for name in (mention.name, mention.same_as) if name}


def _concept(mention: Mention, long_form: str, vocabulary: Vocabulary) -> str:
    """Give the concept that a mention denotes, unless the paper itself defines the name as something else."""
    found = {mention.concept} if mention.concept else _known(mention.name, mention.kind, vocabulary)
    if long_form:
        by_long_form = _known(long_form, mention.kind, vocabulary)
        found = by_long_form or {key for key in found if _may_mean(vocabulary.concepts[key], mention.name, long_form)}
    return found.pop() if len(found) == 1 else ""


def _known(name: str, kind: Kind, vocabulary: Vocabulary) -> set[str]:
    """Look a name up; hidden labels do not count, since in running text they may mean something else."""
    key = fold(name)
    found = vocabulary.find(name, kind)
    return {item.id for item in found if any(fold(label.text) == key for label in (*item.labels, *item.aliases))}


def _may_mean(concept: Concept, name: str, long_form: str) -> bool:
    """Tell whether a long form may be that of a concept: a Chinese one, or one that is spelt much like it.

    CoD as *chain of diagnosis* is not the *chain of density* of the vocabulary; LoRA as *low-rank adaption* is LoRA,
    and so is LSTM, whatever a translator made of it: it is no mere alias, and too long to be taken by chance.
    """
    by_name = len(fold(name)) > SHORT and f"{concept.kind}/{fold(name)}" == concept.id
    if by_name or label_language(long_form) is Lang.ZH:
        return True
    names = [fold(label.text) for label in (*concept.labels, *concept.aliases) if label.lang is Lang.EN]
    longer = [name for name in names if len(name) >= LONG]
    key = fold(long_form)
    return not longer or max(SequenceMatcher(None, key, name).ratio() for name in longer) >= ALIKE


def _same(one: _Cluster, other: _Cluster) -> bool:
    if one.concept and other.concept:
        return one.concept == other.concept
    return not one.names.isdisjoint(other.names)


def _merged(one: _Cluster, other: _Cluster) -> _Cluster:
    return _Cluster(one.concept or other.concept, one.names | other.names, one.mentions + other.mentions)


# --- What it is called -------------------------------------------------------------------------------------


def _entity(cluster: _Cluster, paper: Paper, vocabulary: Vocabulary) -> Entity:
    kind = cluster.mentions[0].kind
    names = _names(cluster.mentions)
    concept = vocabulary.concepts.get(cluster.concept)
    if concept is not None:
        aliases = tuple(sorted(Label(name, label_language(name)) for name in names))
        return Entity(concept.id, kind, concept.labels, aliases, concept.scheme, concept=True)
    label = _best_name(cluster, names, vocabulary)
    aliases = tuple(sorted(Label(name, label_language(name)) for name in names if name != label))
    scheme = _scheme(cluster, paper) if kind is Kind.TOPIC else ""
    return Entity(entity_id(kind, label), kind, (Label(label, label_language(label)),), aliases, scheme)


def _names(mentions: Iterable[Mention]) -> Counter[str]:
    return Counter(name for mention in mentions for name in (mention.name, mention.same_as) if name)


def _best_name(cluster: _Cluster, names: Counter[str], vocabulary: Vocabulary) -> str:
    """Choose the name that makes the id: a telling acronym, else the most frequent name, English first."""
    acronyms = {mention.name for mention in cluster.mentions if mention.same_as}
    kind = cluster.mentions[0].kind
    telling = {name for name in acronyms if len(fold(name)) > SHORT and not vocabulary.find(name, kind)}
    longer = set(names) - acronyms
    return min(telling or longer or acronyms, key=lambda name: (label_language(name) is Lang.ZH, -names[name], name))


def _scheme(cluster: _Cluster, paper: Paper) -> str:
    parts = {paper.passages[mention.passage].part for mention in cluster.mentions}
    return min((_SCHEMES.get(part, "task") for part in parts), key=("task", "category", "tag").index)


def _joined(one: Entity, other: Entity) -> Entity:
    """Join two clusters that came to the same id (a name that folds like a defined acronym)."""
    aliases = {*one.aliases, *other.aliases, *other.labels} - set(one.labels)
    return Entity(one.id, one.kind, one.labels, tuple(sorted(aliases)), one.scheme, concept=one.concept)


# --- What is said of it ------------------------------------------------------------------------------------


def _edges(target: str, cluster: _Cluster, paper: Paper) -> Iterator[Edge]:
    """Make one edge a relation; its evidence is the surest, then first, mention of each passage."""
    best: dict[tuple[str, int], Mention] = {}
    for mention in sorted(cluster.mentions, key=lambda item: (-item.confidence, item.start, item.end, item.rule)):
        best.setdefault((mention.relation, mention.passage), mention)
    for relation in {mention.relation for mention in best.values()}:
        chosen = (mention for mention in best.values() if mention.relation is relation)
        yield Edge(paper.arxiv_id, relation, target, tuple(sorted(_evidence(item, paper) for item in chosen)))


def _evidence(mention: Mention, paper: Paper) -> Evidence:
    passage = paper.passages[mention.passage]
    return Evidence(
        passage.part,
        passage.lang,
        mention.surface,
        mention.start,
        mention.end,
        mention.rule,
        mention.confidence,
        paper.source,
        passage.line,
    )


def _united(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    united: dict[tuple[str, str, str], set[Evidence]] = {}
    for edge in edges:
        united.setdefault((edge.source, edge.relation, edge.target), set()).update(edge.evidence)
    by_key = {(edge.source, edge.relation, edge.target): edge for edge in edges}
    return tuple(
        Edge(edge.source, edge.relation, edge.target, tuple(sorted(united[key])))
        for key, edge in sorted(by_key.items(), key=lambda item: item[0])
    )
