"""What a union of linked entries says: papers, entities and edges, each a pure function of its own entries.

A paper's node and edges follow from the entries of that paper alone; an entity, from how often the entries call it
what, which is a sum; what is wider, from the vocabulary and the entities that there are. So a graph can be assembled
whole, paper by paper, in parts that are added up, or by what changed, and is the same. Nothing depends on the order
in which entries arrive.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any

from kg.model import Edge, Entity, Evidence, Kind, Label, Lang, Located, PaperNode, Relation
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.link import Linked
    from kg.model import Paper
    from kg.vocabulary import Vocabulary

SCHEMES = ("task", "area", "category", "tag", "")
"""The schemes of a topic; where entries disagree, the first of these holds."""


# --- Papers ------------------------------------------------------------------------------------------------


def assemble_paper(entries: Sequence[Linked]) -> tuple[PaperNode, list[Edge]]:
    """Unite the entries of one paper: its node, and the edges that leave it, by relation and target.

    Args:
        entries: all of the paper, at least one, in any order.
    """
    return unite([item.entry.paper for item in entries], entries)


def unite(papers: Sequence[Paper], distinct: Sequence[Linked]) -> tuple[PaperNode, list[Edge]]:
    """Unite the entries of one paper, of which those that say the same are linked once.

    What is claimed is located by its text, and so is the same whichever of several equal entries claims it.

    Args:
        papers: all entries of the paper, at least one, in any order.
        distinct: of those that differ only in digest and lines (`kg.wording.content`) at least one, linked.
    """
    node = _paper(papers, distinct)
    listed = {Edge(node.id, Relation.LISTED_IN, source) for source in {paper.source for paper in papers}}
    return node, sorted([*_claims(distinct, node), *listed], key=edge_key)


def edge_key(edge: Edge) -> tuple[str, str, str]:
    """Give what edges are sorted by: source, relation, target."""
    return edge.source, edge.relation, edge.target


def _paper(papers: Sequence[Paper], distinct: Iterable[Linked]) -> PaperNode:
    dates = [paper.published for paper in papers if paper.published]
    code = {address for item in distinct for address in item.entry.code}
    return PaperNode(papers[0].arxiv_id, _passages(papers), min(dates, default=""), tuple(sorted(code)))


def _passages(papers: Iterable[Paper]) -> tuple[Located, ...]:
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


def _claims(entries: Iterable[Linked], paper: PaperNode) -> Iterator[Edge]:
    """Unite what the entries of a paper claim, each piece of evidence once."""
    united: defaultdict[tuple[Relation, str], dict[tuple[object, ...], Evidence]] = defaultdict(dict)
    places = {(item.part, item.lang, item.text): item for item in paper.passages}
    for item in entries:
        texts = {(text.part, text.lang, text.line): text.text for text in item.entry.paper.passages}
        for edge in item.edges:
            store = united[edge.relation, edge.target]
            for evidence in edge.evidence:
                text = texts[evidence.part, evidence.lang, evidence.line]
                _keep(store, evidence, places[evidence.part, evidence.lang, text])
    for (relation, target), store in united.items():
        yield Edge(paper.id, relation, target, tuple(sorted(store.values())))


def _keep(store: dict[tuple[object, ...], Evidence], evidence: Evidence, place: Located) -> None:
    """Keep evidence at the place where its text is located; of equals the surest, then the first."""
    here = replace(evidence, digest=place.digest, line=place.line)
    key = (here.part, here.lang, here.quote, here.start, here.end, here.rule)
    old = store.get(key)
    if old is None or (-here.confidence, here.digest, here.line) < (-old.confidence, old.digest, old.line):
        store[key] = here


# --- Entities ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """How often entries call an entity what. Tallies of different entries add up, and can be taken away again."""

    kind: Kind
    """Method, dataset or topic."""
    names: Counter[Label] = field(default_factory=Counter)
    """In how many entries each name is one of its labels or aliases."""
    schemes: Counter[str] = field(default_factory=Counter)
    """In how many entries it is of each scheme."""


def tally_entities(entries: Iterable[Linked], times: Iterable[int] | None = None) -> dict[str, Tally]:
    """Count what entries call their entities, by entity id.

    Args:
        entries: the entries.
        times: how often each of them counts; once if not given.
    """
    tallies: dict[str, Tally] = {}
    for item, count in zip(entries, repeat(1) if times is None else times, strict=False):
        for entity in item.entities:
            tally = tallies.setdefault(entity.id, Tally(entity.kind))
            for label in (*entity.labels, *entity.aliases):
                tally.names[label] += count
            tally.schemes[entity.scheme] += count
    return tallies


def add_tally(total: Tally, other: Tally, times: int = 1) -> None:
    """Add a tally to another, or take it away (``times=-1``); what comes to nothing is forgotten."""
    for counts, more in ((total.names, other.names), (total.schemes, other.schemes)):
        _add(counts, more, times)


def _add(counts: Counter[Any], more: Counter[Any], times: int) -> None:
    for key, number in more.items():
        counts[key] += number * times
        if not counts[key]:
            del counts[key]


def assemble_entity(key: str, tally: Tally | None, vocabulary: Vocabulary) -> Entity:
    """Make an entity of what entries call it, or, if none names it, of what the vocabulary says.

    Raises:
        KeyError: no entry names it, and the vocabulary does not know it.
    """
    if tally is None:
        return _from_vocabulary(key, vocabulary)
    known = key in vocabulary.concepts
    entity = _from_vocabulary(key, vocabulary) if known else _coined(key, tally.kind, tally.names)
    scheme = entity.scheme if known else min(tally.schemes, key=SCHEMES.index)
    return replace(entity, scheme=scheme, aliases=_aliases(entity, tally.names))


def assemble_entities(tallies: Mapping[str, Tally], vocabulary: Vocabulary) -> tuple[list[Entity], list[Edge]]:
    """Make every entity that entries name and everything wider, and the ``broader`` edges between them."""
    edges = broader(tallies, vocabulary)
    keys = {*tallies, *(edge.target for edge in edges)}
    return [assemble_entity(key, tallies.get(key), vocabulary) for key in sorted(keys)], edges


def broader(entities: Iterable[str], vocabulary: Vocabulary) -> list[Edge]:
    """Follow ``broader`` from every concept among some entities up to the widest; sorted."""
    known = {key for key in entities if key in vocabulary.concepts}
    reached = known | {wider for key in known for wider in vocabulary.ancestors(key)}
    return [
        Edge(key, Relation.BROADER, wider)
        for key in sorted(reached)
        for wider in sorted(vocabulary.concepts[key].broader)
    ]


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
