"""The decisions on a paper: which names are worth a mention, of what kind, in what role, and which tasks."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from kg.extractors import _weights
from kg.extractors._groups import Group, Lookup, forms, group, surviving
from kg.extractors._tasks import tasks
from kg.model import Kind, Mention, Part, Relation
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.extractors._notes import Notes, Span
    from kg.model import Paper

_ROLES = {
    (Kind.METHOD, True): Relation.PROPOSES,
    (Kind.METHOD, False): Relation.USES_METHOD,
    (Kind.DATASET, True): Relation.INTRODUCES,
    (Kind.DATASET, False): Relation.USES_DATASET,
}
THRESHOLD = 0.4
"""Mentions of methods and datasets below this confidence are not emitted: of 0.3, 0.35, 0.4 and 0.45 the best by
relation F1 in cross-validation on the training set (``benchmarks/rule_confidence.py``)."""

OWN = 0.98
"""How sure it is that a paper proposes what the vocabulary says that this very paper introduced."""

HEADED = 0.9
"""How sure it is that a paper proposes what heads its title and is said to be proposed, though it is known by now."""

TITLE_HEADS = frozenset({"title-name", "title-shaped", "title-phrase"})
PROPOSALS = frozenset({"proposed", "named", "our"})

KNOWN_KIND = 0.97
"""How often a name that the vocabulary knows as a method (dataset) is one where a paper uses it."""

STATED = {"tag": 0.9, "category": 0.99}
"""How often what a digest states itself is right: a language model chose the tags, the authors the categories."""

RULES = (
    *(
        "title-name",
        "title-shaped",
        "title-phrase",
        "acronym",
        "expansion",
        "translated",
        "named",
        "called",
        "proposed",
        "defined",
    ),
    *("dataset-after", "dataset-before", "measured-on", "method-after", "model-before", "our", "compared", "used"),
    *("listed", "acts", "quoted", "looks-camel", "looks-digit", "looks-symbol", "looks-acronym"),
    *("looks-title-hyphen", "looks-phrase", "looks-capital"),
)
"""What a mention's ``rule`` can say besides ``vocabulary`` and ``introduced-by``, the most telling first."""


def probability(weights: Mapping[str, float], marks: Iterable[str]) -> float:
    """Turn marks into a probability: each has a weight (log-odds), ``""`` is the weight of none."""
    total = weights[""] + sum(sorted(weights.get(mark, 0.0) for mark in marks))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def decide(paper: Paper, passages: Sequence[Notes], lookup: Lookup) -> tuple[Mention, ...]:
    """Take all decisions on a paper."""
    mentions = [*_names(paper, passages, lookup), *_topics(paper, passages), *tasks(paper, passages, lookup.vocabulary)]
    return tuple(sorted(mentions))


def _names(paper: Paper, passages: Sequence[Notes], lookup: Lookup) -> Iterator[Mention]:
    verdicts = [_verdict(item, paper, lookup) for item in group(passages, lookup)]
    likely = [verdict for verdict in verdicts if verdict.confidence >= THRESHOLD]
    for verdict, places in surviving([(verdict.confidence, verdict.group.places, verdict) for verdict in likely]):
        yield from _mentions(paper, passages, verdict, places)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a name is taken for."""

    group: Group
    """The name."""
    kind: Kind
    """Method or dataset."""
    relation: Relation
    """What the paper does with it."""
    confidence: float
    """The probability that all of it is right."""
    own: bool = False
    """Whether the vocabulary says that this very paper introduced it."""


def _verdict(item: Group, paper: Paper, lookup: Lookup) -> Verdict:
    data = _data(item)
    own = _is_own(item, paper, lookup)
    new = OWN if own else _new(item)
    kind = Kind.DATASET if data > 0.5 else Kind.METHOD  # noqa: PLR2004  the likelier one
    relation = _ROLES[kind, new > 0.5]  # noqa: PLR2004  the likelier one
    sure = probability(_weights.KEEP, item.marks)
    if own:  # what a paper is known for is one of its names
        sure = max(sure, OWN)
    return Verdict(item, kind, relation, round(sure * max(data, 1 - data) * max(new, 1 - new), 4), own)


def _is_own(item: Group, paper: Paper, lookup: Lookup) -> bool:
    """Tell whether the vocabulary says that this very paper introduced the thing."""
    concept = lookup.vocabulary.concepts.get(item.concept)
    return concept is not None and concept.introduced_by == paper.arxiv_id


def _new(item: Group) -> float:
    """Tell how likely the paper proposes the thing. Few papers of the training set propose what is known by now."""
    new = probability(_weights.NEW, item.marks)
    if item.concept and TITLE_HEADS & item.marks and PROPOSALS & item.marks:
        return max(new, HEADED)
    return new


def _mentions(
    paper: Paper, passages: Sequence[Notes], verdict: Verdict, places: list[tuple[int, Span]]
) -> Iterator[Mention]:
    item = verdict.group
    concept = item.concept if item.concept.startswith(verdict.kind) else ""
    longer = _long_forms(passages, item)
    for index, span in places:
        notes = passages[index]
        name = notes.name(span)
        yield Mention(
            paper=paper.arxiv_id,
            passage=index,
            start=span[0],
            end=span[1],
            surface=notes.text[span[0] : span[1]],
            kind=verdict.kind,
            relation=verdict.relation,
            rule="introduced-by" if verdict.own else _rule(notes, span, concept),
            confidence=verdict.confidence,
            name=name,
            concept=concept,
            same_as=longer.get((index, span)) or longer.get(fold(name)) or _base(name, item),
        )


def _data(item: Group) -> float:
    """Tell how likely a name is a dataset: what the vocabulary knows it to be is seldom anything else."""
    known = {"known-method", "known-dataset"} & item.marks
    if item.concept and len(known) == 1:
        return KNOWN_KIND if "known-dataset" in known else 1 - KNOWN_KIND
    return probability(_weights.DATASET, item.marks)


def _long_forms(passages: Sequence[Notes], item: Group) -> dict[object, str]:
    """Give the long form by place of definition, and by folded short form for all other places."""
    found: dict[object, str] = {}
    for index, notes in enumerate(passages):
        for short, long in notes.pairs:
            if (index, short) in item.places and (index, long) in item.places:
                found[index, short] = notes.name(long)
                found.setdefault(fold(notes.name(short)), notes.name(long))
    return found


def _base(name: str, item: Group) -> str:
    """Give the name without its size, if the paper uses that too: ``Foo-7B`` is ``Foo``."""
    bases = {fold(other): other for other in sorted(item.names)}
    return next((bases[fold(form)] for form in forms(name)[1:] if fold(form) in bases and form != name), "")


def _rule(notes: Notes, span: Span, concept: str) -> str:
    if concept and span in notes.concepts:
        return "vocabulary"
    marks = notes.marks[span]
    return next((rule for rule in RULES if rule in marks), "repeated")


def _topics(paper: Paper, passages: Sequence[Notes]) -> Iterator[Mention]:
    """Give the tags and categories, which the digest states itself."""
    for index, notes in enumerate(passages):
        if notes.part in (Part.TAGS, Part.CATEGORIES):
            for topic in notes.topics:
                start, end = topic.span
                yield Mention(
                    paper=paper.arxiv_id,
                    passage=index,
                    start=start,
                    end=end,
                    surface=notes.text[start:end],
                    kind=Kind.TOPIC,
                    relation=Relation.HAS_TOPIC,
                    rule=topic.rule,
                    confidence=STATED[topic.rule],
                    name=notes.name(topic.span),
                    concept=topic.concept,
                )
