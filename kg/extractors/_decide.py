"""The decisions on papers: which names are worth a mention, of what kind, in what role, and which tasks.

The model is asked once for all names of a batch of papers, each alone, then once more what they say of one another,
then once for all topics; what it is told is in ``_features.py``, ``_together.py`` and ``_taskfeatures.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import islice
from math import log
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from kg.extractors import _features, _hashed
from kg.extractors._groups import Group, Lookup, forms, group, surviving
from kg.extractors._model import Model, sigmoid
from kg.extractors._taskfeatures import Topicals
from kg.extractors._tasks import tasks
from kg.extractors._together import CONSIDERED, Odds, corrected
from kg.model import Kind, Mention, Part, Relation
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kg.extractors._notes import Notes, Span
    from kg.model import Paper

_ROLES = {
    (Kind.METHOD, True): Relation.PROPOSES,
    (Kind.METHOD, False): Relation.USES_METHOD,
    (Kind.DATASET, True): Relation.INTRODUCES,
    (Kind.DATASET, False): Relation.USES_DATASET,
}
OWN = 0.98
"""How sure it is that a paper proposes what the vocabulary says that this very paper introduced."""

HEADED = 0.9
"""How sure it is that a paper proposes what is said to be proposed and heads its title, though it is known by now, or
has the acronym of something known: few papers of the training set propose such."""

TITLE_HEADS = frozenset({"title-name", "title-shaped", "title-phrase"})
PROPOSALS = frozenset({"proposed", "named", "our"})

KNOWN_KIND = 0.97
"""How often a name that the vocabulary knows as a method (dataset) is one where a paper uses it."""

STATED = {"tag": 0.9, "category": 0.99}
"""How often what a digest states itself is right: a language model chose the tags, the authors the categories."""

RULES = (
    *("title-name", "title-shaped", "title-phrase", "acronym", "expansion", "translated", "named", "called"),
    *("proposed", "defined", "dataset-after", "dataset-before", "measured-on", "method-after", "model-before", "our"),
    *("compared", "used", "listed", "acts", "quoted", "looks-camel", "looks-digit", "looks-symbol", "looks-acronym"),
    *(
        "looks-title-hyphen",
        "looks-product",
        "looks-phrase",
        "looks-capital",
        "technique",
        "technique-zh",
        "before-head",
    ),
)
"""What a mention's ``rule`` can say besides ``vocabulary`` and ``introduced-by``, the most telling first."""


in_order = attrgetter(*(field.name for field in fields(Mention)))
"""The order of mentions, as they compare themselves; tuples compare many times as fast."""


class Judge:
    """Takes the decisions on papers."""

    def __init__(self, lookup: Lookup, model: Model) -> None:
        self.lookup = lookup
        self.model = model
        self.topicals = Topicals(lookup, model.archive)

    def decide(self, papers: Sequence[Paper], noted: Sequence[Sequence[Notes]]) -> Iterator[tuple[Mention, ...]]:
        """Give the mentions of each paper, sorted."""
        groups = [group(passages, self.lookup) for passages in noted]
        topics = tasks(papers, noted, self.topicals, self.model)
        for paper, passages, verdicts, about in zip(
            papers, noted, self.verdicts(papers, noted, groups), topics, strict=True
        ):
            named = self._names(paper, passages, verdicts)
            yield tuple(sorted([*named, *stated(paper, passages), *about], key=in_order))

    def verdicts(
        self, papers: Sequence[Paper], noted: Sequence[Sequence[Notes]], groups: Sequence[Sequence[Group]]
    ) -> Iterator[list[Verdict]]:
        """Give what each name of each paper is taken for."""
        alone = self.alone(papers, noted, groups)
        together = corrected(groups, noted, alone, self.model.together)
        for paper, items, odds in zip(papers, groups, together, strict=True):
            yield [self._verdict(item, paper, *said) for item, said in zip(items, odds, strict=True)]

    def alone(
        self, papers: Sequence[Paper], noted: Sequence[Sequence[Notes]], groups: Sequence[Sequence[Group]]
    ) -> list[list[Odds]]:
        """Give what the model says of each name of each paper, whatever it says of the others."""
        import numpy as np  # noqa: PLC0415  numpy is loaded late

        rows: list[list[float]] = []
        hashed: list[list[int]] = []
        for paper, passages, items in zip(papers, noted, groups, strict=True):
            rows += _features.rows(items, passages, paper, self.lookup, self.model)
            hashed += [_hashed.columns(item, passages) for item in items]
        matrix = np.array(rows, dtype=np.float32)
        keep = self._ask("keep", matrix, hashed)
        chosen = [at for at, odds in enumerate(keep) if odds >= CONSIDERED]
        data, new = (
            dict(zip(chosen, self._ask(name, matrix[chosen], [hashed[at] for at in chosen]), strict=True))
            for name in ("data", "new")
        )
        said = (Odds(odds, data.get(at, 0.0), new.get(at, 0.0)) for at, odds in enumerate(keep))
        return [list(islice(said, len(items))) for items in groups]

    def _ask(self, name: str, matrix: NDArray[Any], hashed: list[list[int]]) -> list[float]:
        return self.model.questions[name].odds(matrix, hashed).tolist() if len(matrix) else []

    def _verdict(self, item: Group, paper: Paper, keep: float, data: float, new: float) -> Verdict:
        own = self._is_own(item, paper)
        known = {"known-method", "known-dataset"} & item.marks
        is_data, is_new, sure = sigmoid(data), sigmoid(new), sigmoid(keep)
        if item.concept and len(known) == 1:  # what the vocabulary knows it to be is seldom anything else
            is_data = KNOWN_KIND if "known-dataset" in known else 1 - KNOWN_KIND
        headed = item.concept and TITLE_HEADS & item.marks
        if (headed or "redefined" in item.marks) and PROPOSALS & item.marks:
            is_new = max(is_new, HEADED)
        if own:  # what a paper is known for is one of its names
            is_new, sure = OWN, max(sure, OWN)
        kind = Kind.DATASET if is_data > 0.5 else Kind.METHOD  # noqa: PLR2004  the likelier one
        relation = _ROLES[kind, is_new > 0.5]  # noqa: PLR2004  the likelier one
        return Verdict(item, kind, relation, sure, sure * max(is_data, 1 - is_data) * max(is_new, 1 - is_new), own)

    def _is_own(self, item: Group, paper: Paper) -> bool:
        """Tell whether the vocabulary says that this very paper introduced the thing."""
        concept = self.lookup.vocabulary.concepts.get(item.concept)
        return concept is not None and concept.introduced_by == paper.arxiv_id

    def _names(self, paper: Paper, passages: Sequence[Notes], verdicts: list[Verdict]) -> Iterator[Mention]:
        likely = [verdict for verdict in verdicts if verdict.sure >= self.model.thresholds["name"]]
        for verdict, places in surviving([(verdict.sure, verdict.group.places, verdict) for verdict in likely]):
            confidence = OWN if verdict.own else self.model.calibrated(verdict.kind, logit(verdict.likely))
            yield from _mentions(paper, passages, verdict, places, confidence)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a name is taken for."""

    group: Group
    """The name."""
    kind: Kind
    """Method or dataset."""
    relation: Relation
    """What the paper does with it."""
    sure: float
    """How likely it is a name that the graph should hold."""
    likely: float
    """How likely all of it is right, before calibration."""
    own: bool = False
    """Whether the vocabulary says that this very paper introduced it."""


def logit(probability: float) -> float:
    """Turn a probability into log-odds.

    >>> logit(0.5)
    0.0
    """
    probability = min(max(probability, 1e-6), 1 - 1e-6)
    return log(probability / (1 - probability))


def _mentions(
    paper: Paper, passages: Sequence[Notes], verdict: Verdict, places: list[tuple[int, Span]], confidence: float
) -> Iterator[Mention]:
    item = verdict.group
    concept = item.concept if item.concept.startswith(verdict.kind) else ""
    longer = _long_forms(passages, item)
    for index, span in places:
        notes = passages[index]
        name = notes.name(span)
        start, end = notes.place(span)
        yield Mention(
            paper=paper.arxiv_id,
            passage=index,
            start=start,
            end=end,
            surface=notes.text[start:end],
            kind=verdict.kind,
            relation=verdict.relation,
            rule="introduced-by" if verdict.own else _rule(notes, span, concept),
            confidence=confidence,
            name=name,
            concept=concept,
            same_as=longer.get((index, span)) or longer.get(fold(name)) or _base(name, item),
        )


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


def stated(paper: Paper, passages: Sequence[Notes]) -> Iterator[Mention]:
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
