"""What a paper may be about: topics that the vocabulary knows and noun phrases; what the model is told of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from math import log
from operator import contains
from typing import TYPE_CHECKING

from kg.extractors._archive import PHRASE_FACTS, folded, quick, subphrases
from kg.extractors._features import CATEGORIES, categories
from kg.extractors._words import METHOD_HEADS_EN, TASK_HEADS_EN
from kg.model import Kind, Lang, Part
from kg.text import has_han

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.extractors._archive import Archive
    from kg.extractors._groups import Lookup
    from kg.extractors._notes import Notes, Span

_SCHEMES = frozenset({"task", "area"})
_FOR = (" for", " of", " on", " in", " toward", " towards", "面向", "用于", "针对", "的", "在", "中")
_VIA = (" via", " using", " with", " by", " through", " from", "通过", "基于", "利用", "使用")
_ARTICLES = (" the", " a", " an")
FIELDS = (
    *("title-zh", "title-en", "summary", "abstract-zh", "abstract-en", "places", "first", "title-at", "title-end"),
    *("title-for", "title-via", "for", "via", "before-colon", "words", "characters", "capitals", "han", "known"),
    *("task", "area", "method", "generic", "broad", "wider", "narrower", "tagged", "tag-holds", "held", "holds"),
    *("task-head", "method-head", "rivals", "labels", "longer", "other-tongue", "whole-chunk", "last-words"),
    *(f"archive-{name}" for name in ("count", *PHRASE_FACTS)),
    *CATEGORIES,
)
"""The features of a topic, in their order."""
OFTEN = 3
"""From so many places on, a phrase is frequent."""
SHORTEST = 3
"""Shorter words mean too much."""
LONGEST_ZH = 12
"""Longer Chinese phrases are clauses."""


@dataclass(slots=True)
class Topical:
    """A topic that a paper may be about."""

    key: str
    """The id of its concept, else its folded phrase."""
    concept: str = ""
    """The concept of the vocabulary; empty if it is a phrase of the text only."""
    places: list[tuple[int, Span]] = field(default_factory=list)
    """Passage and stretch of every occurrence."""
    names: dict[str, int] = field(default_factory=dict)
    """The phrases in small letters, and how often each stands."""
    whole: bool = False
    """Whether it is somewhere all that stands between two breaks."""
    last: bool = False
    """Whether it ends such a run of words."""
    values: list[float] = field(default_factory=list)
    """Its features, in the order of :data:`FIELDS`."""
    wider: frozenset[str] = frozenset()
    """The ids of all concepts wider than its own."""
    name: str = ""
    """Its most frequent phrase, English first, the longest of equally frequent ones."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its most frequent phrase."""
        return tuple(self.name.split())


class Topicals:
    """Finds the topics that papers may be about."""

    def __init__(self, lookup: Lookup, archive: Archive) -> None:
        self.vocabulary = lookup.vocabulary
        self.archive = archive
        self._topics, self._methods = (lookup.vocabulary.folds(kind) for kind in (Kind.TOPIC, Kind.METHOD))
        self.known = lru_cache(maxsize=200_000)(self._known)
        self.method = lru_cache(maxsize=100_000)(lambda name: quick(name) in self._methods)

    def _known(self, phrase: str) -> str:
        """Give the task (else area) of the vocabulary that a phrase names; empty if none or unclear."""
        if quick(phrase) not in self._topics:
            return ""
        found = [item for item in self.vocabulary.find(phrase, Kind.TOPIC) if item.scheme in _SCHEMES]
        best = [item.id for item in found if item.scheme == "task"] or [item.id for item in found]
        return best[0] if len(best) == 1 else ""

    def find(self, passages: Sequence[Notes]) -> list[Topical]:
        """Give the topics that a paper may be about, each with its features, sorted by key."""
        found: dict[str, Topical] = {}
        english = any(notes.lang is Lang.EN and notes.part in (Part.ABSTRACT, Part.TITLE) for notes in passages)
        for index, notes in enumerate(passages):
            for topic in notes.known_topics:
                item = found.setdefault(topic.concept, Topical(topic.concept, topic.concept))
                _note(item, index, topic.span, notes)
            if notes.lang is Lang.EN or not english:
                self._phrases(found, index, notes)
        tagged = {topic.concept for notes in passages if notes.part is Part.TAGS for topic in notes.topics}
        found = {key: item for key, item in found.items() if key in tagged or _likely(item, passages)}
        self._describe(found, passages)
        return [found[key] for key in sorted(found)]

    def _phrases(self, found: dict[str, Topical], index: int, notes: Notes) -> None:
        for start, end in notes.chunks:
            chunk = notes.plain[start:end]
            lower = chunk.lower()
            if len(lower) != len(chunk):  # a letter whose small form is two: offsets would be off
                continue
            for text, last in subphrases(chunk, notes.lang, only_last=notes.part is Part.ABSTRACT):
                if not self._worth(text, notes):
                    continue
                concept = self.known(text)
                key = concept or folded(text)
                item = found.setdefault(key, Topical(key, concept))
                at = start + _find(lower, text, last)
                _note(item, index, (at, at + len(text)), notes)
                item.whole = item.whole or len(text) == len(chunk)
                item.last = item.last or last

    def _worth(self, text: str, notes: Notes) -> bool:
        """Tell whether a phrase is worth a thought: of several words, or in a title and counted in the archive."""
        if notes.lang is Lang.ZH:
            return 1 < len(text) <= LONGEST_ZH and (notes.part is not Part.ABSTRACT or self._counted(text))
        if " " in text:
            return True
        return len(text) > SHORTEST and notes.part is not Part.ABSTRACT and self._counted(text)

    def _counted(self, text: str) -> bool:
        return bool(self.known(text)) or self.archive.phrase(folded(text)) is not None

    def _describe(self, found: dict[str, Topical], passages: Sequence[Notes]) -> None:
        for item in found.values():
            item.name = _best(item.names)
            item.wider = self._wider(item.concept)
        tags = [topic for notes in passages if notes.part is Part.TAGS for topic in notes.topics]
        tagged = {topic.concept for topic in tags} - {""}
        tag_text = " ".join(notes.text.lower() for notes in passages if notes.part is Part.TAGS)
        shared = categories(passages)
        wider = {above for item in found.values() for above in item.wider}
        spaced = [f" {name} " for name in sorted({item.name for item in found.values()})]
        for item in found.values():
            labels = self._labels(item.concept)
            item.values = [
                *self._standing(item, passages),
                *self._kind(item, wider, found),
                float(item.concept in tagged),
                float(any(label in tag_text for label in (*item.names, *labels))),
                *_form(item, spaced, len(found), len(labels)),
                *self._archived(item.name),
                *shared,
            ]

    def _archived(self, name: str) -> list[float]:
        """Say in how many papers of the archive a phrase stands, and in what share of them each fact holds of it."""
        counts = self.archive.phrase(folded(name)) or [0] * (1 + len(PHRASE_FACTS))
        return [log(1 + counts[0]), *(count / (counts[0] + 2) for count in counts[1:])]

    @lru_cache(maxsize=20_000)  # noqa: B019  lives as long as the pipeline
    def _labels(self, concept: str) -> tuple[str, ...]:
        known = self.vocabulary.concepts.get(concept)
        return tuple(label.text.lower() for label in (*known.labels, *known.aliases)) if known else ()

    @lru_cache(maxsize=20_000)  # noqa: B019  lives as long as the pipeline
    def _wider(self, concept: str) -> frozenset[str]:
        return frozenset(self.vocabulary.ancestors(concept)) if concept else frozenset()

    def _kind(self, item: Topical, wider: set[str], found: Mapping[str, Topical]) -> list[float]:
        """Say what the vocabulary knows of a topic."""
        concept = self.vocabulary.concepts.get(item.concept)
        if concept is None:
            method = self.method(item.name)
            return [0.0, 0.0, 0.0, float(method), 0.0, 0.0, 0.0, 0.0]
        method = any(map(self.method, item.names))
        return [
            1.0,
            float(concept.scheme == "task"),
            float(concept.scheme == "area"),
            float(method),
            float(concept.generic),
            float(not concept.broader),
            float(item.key in wider),
            float(not item.wider.isdisjoint(found)),
        ]

    def _standing(self, item: Topical, passages: Sequence[Notes]) -> list[float]:
        """Say where a topic stands."""
        counts = dict.fromkeys(("title-zh", "title-en", "summary", "abstract-zh", "abstract-en"), 0.0)
        first, title_at, title_end = 1.0, 1.0, 0.0
        title_for = title_via = after_for = after_via = colon = 0.0
        for index, (start, end) in item.places:
            notes = passages[index]
            before = " " + notes.plain[max(0, start - 16) : start].lower().rstrip()
            if before.endswith(_ARTICLES):
                before = before.rpartition(" ")[0].rstrip()
            is_for, is_via = before.endswith(_FOR), before.endswith(_VIA)
            after_for += is_for
            after_via += is_via
            where = start / (len(notes.plain) or 1)
            if notes.part is Part.TITLE:
                counts[f"title-{notes.lang}"] += 1
                title_at, title_end = min(title_at, where), max(title_end, end / (len(notes.plain) or 1))
                title_for += is_for
                title_via += is_via
                colon += ":" in notes.plain[end:] or "：" in notes.plain[end:]
            elif notes.part is Part.SUMMARY:
                counts["summary"] += 1
            else:
                counts[f"abstract-{notes.lang}"] += 1
                first = min(first, where)
        name = item.name
        return [
            *counts.values(),
            len(item.places),
            first,
            title_at,
            title_end,
            title_for,
            title_via,
            after_for,
            after_via,
            colon,
            len(name.split()),
            len(name),
            self._capitals(item, passages) / max(1, len(name)),
            float(has_han(name)),
        ]

    def _capitals(self, item: Topical, passages: Sequence[Notes]) -> int:
        index, (start, end) = item.places[0]
        return sum(map(str.isupper, passages[index].text[start:end]))


def _form(item: Topical, spaced: Sequence[str], rivals: int, labels: int) -> list[float]:
    """Say what a topic looks like among the others of its paper."""
    name, han = f" {item.name} ", [has_han(text) for text in item.names]
    head = item.name.split()[-1]
    return [
        float(sum(map(contains, spaced, repeat(name))) - 1),
        float(sum(map(name.__contains__, spaced)) - 1),
        float(head in TASK_HEADS_EN),
        float(head in METHOD_HEADS_EN),
        float(rivals),
        float(labels),
        float(len(max(item.names, key=len).split())),
        float(any(han) and not all(han)),
        float(item.whole),
        float(item.last),
    ]


def _best(names: Mapping[str, int]) -> str:
    return max(names, key=lambda text: (not has_han(text), names[text], len(text), text))


def _likely(item: Topical, passages: Sequence[Notes]) -> bool:
    """Tell whether a topic is worth asking the model: known, frequent, or in a title or summary.

    That leaves one in five of the phrases, among them nine in ten of those that annotators chose.
    """
    if item.concept or (len(item.places) >= OFTEN and item.last and " " in next(iter(item.names))):
        return True
    return any(passages[index].part is not Part.ABSTRACT for index, _ in item.places)


def _note(item: Topical, index: int, span: Span, notes: Notes) -> None:
    text = " ".join(notes.plain[span[0] : span[1]].lower().split()) or notes.name(span).lower()
    if (index, span) not in item.places:
        item.places.append((index, span))
        item.names[text] = item.names.get(text, 0) + 1


def _find(chunk: str, text: str, last: bool) -> int:  # noqa: FBT001  a flag of the phrase
    """Find a phrase in its run of words, at word boundaries."""
    if last:
        return len(chunk) - len(text)
    at = f" {chunk} ".find(f" {text} ")
    return max(at, 0)
