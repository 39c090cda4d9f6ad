"""What the components find out about a passage, and the tables that they share.

Each component adds *marks* to stretches of the passage: short names of what speaks for (or against) a name there.
One decision per name and paper is taken at the end, from all marks of all its places (``_decide.py``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from kg import text as texts
from kg.extractors._resolved import Resolved, resolve
from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.tokens import Doc

Span = tuple[int, int]
"""Start and end in the text that the components read, in characters."""

_plain = lru_cache(maxsize=50_000)(texts.plain)
STATED = frozenset({Part.TAGS, Part.CATEGORIES})
"""The parts that are no running text."""
KEY = "kg"
"""Where a Doc's ``user_data`` holds its notes."""


@dataclass(slots=True)
class Topic:
    """A topic found in a passage."""

    span: Span
    """Where it stands in the text that the components read."""
    rule: str
    """The rule that found it."""
    concept: str = ""
    """The vocabulary concept; empty if it is a topic of its own."""


@dataclass(slots=True)
class Notes:
    """Everything found in one passage."""

    text: str
    """The passage."""
    part: Part
    """Which part of the entry it is."""
    lang: Lang
    """Its language."""
    plain: str = ""
    """The passage as the components read it, LaTeX and addresses resolved; every stretch is one of this text."""
    marks: dict[Span, set[str]] = field(default_factory=dict)
    """What speaks for a name, by place."""
    concepts: dict[Span, tuple[str, ...]] = field(default_factory=dict)
    """The ids of the methods and datasets of the vocabulary that stand there."""
    known_topics: list[Topic] = field(default_factory=list)
    """Tasks and areas of the vocabulary that stand there."""
    topics: list[Topic] = field(default_factory=list)
    """Tags and categories."""
    chunks: list[Span] = field(default_factory=list)
    """Runs of words that may form noun phrases."""
    pairs: list[tuple[Span, Span]] = field(default_factory=list)
    """Acronym definitions: short form, long form."""

    _resolved: Resolved = field(init=False)

    def __post_init__(self) -> None:
        self._resolved = Resolved(self.text) if self.part in STATED else resolve(self.text)
        self.plain = self._resolved.text

    def mark(self, span: Span, *rules: str) -> Span:
        """Note what speaks for a name; give its stretch without blanks around it."""
        start, end = span
        name = self.plain[start:end]
        start, end = start + len(name) - len(name.lstrip()), end - len(name) + len(name.rstrip())
        start, end = self._resolved.whole((start, end))
        if start < end:
            self.marks.setdefault((start, end), set()).update(rules)
        return start, end

    def place(self, span: Span) -> Span:
        """Give where a stretch stands in the passage itself."""
        return self._resolved.place(span)

    def name(self, span: Span) -> str:
        """Give the plain text of a stretch."""
        start, end = self.place(span)
        return _plain(self.text[start:end])


class Component(ABC):
    """A component of the pipeline, which reads and writes notes only; spaCy may run it too.

    The extractor calls :meth:`note` itself, since making a Doc of every passage takes longer than most components do.
    """

    @abstractmethod
    def note(self, notes: Notes) -> None:
        """Note what is seen in a passage."""

    def __call__(self, doc: Doc) -> Doc:
        """Note what is seen in a Doc: what spaCy calls."""
        self.note(notes_of(doc))
        return doc


def notes_of(doc: Doc) -> Notes:
    """Give the notes of a Doc; a Doc made outside of the extractor is taken for an abstract."""
    notes: Notes | None = doc.user_data.get(KEY)
    if notes is None:
        notes = Notes(doc.text, Part.ABSTRACT, texts.language(doc.text))
        doc.user_data[KEY] = notes
    return notes


def longest(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Choose the longest of overlapping stretches, the first of equally long ones.

    >>> longest([(0, 2), (1, 5), (5, 6)])
    [(1, 5), (5, 6)]
    """
    ordered = sorted(places)
    if all(one[1] <= other[0] for one, other in pairwise(ordered)):
        return ordered
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(ordered, key=lambda place: place[0] - place[1]):
        at = bisect(chosen, (start, end))
        if (at == 0 or chosen[at - 1][1] <= start) and (at == len(chosen) or end <= chosen[at][0]):
            chosen.insert(at, (start, end))
    return chosen
