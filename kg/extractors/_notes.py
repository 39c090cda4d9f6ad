"""What the components find out about a passage, and the tables that they share.

Each component adds *marks* to stretches of the passage: short names of what speaks for (or against) a name there.
One decision per name and paper is taken at the end, from all marks of all its places (``_decide.py``).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from kg import text as texts
from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.tokens import Doc

Span = tuple[int, int]
"""Start and end in the passage, in characters."""

_plain = lru_cache(maxsize=50_000)(texts.plain)
KEY = "kg"
"""Where a Doc's ``user_data`` holds its notes."""

_WEB = r"(?:https?://|www\.)[^\s，。；）)]+"
_SITE = r"\b\w+\.(?:com|org|net|io|ai)/\S+"
_ADDRESS = re.compile(rf"{_WEB}|\S+@\S+\.\w+|{_SITE}")
_WEB_ADDRESS = re.compile(rf"{_WEB}|{_SITE}")  # the same where there is no @: that alternative looks far ahead
_MATH = re.compile(r"\$[^$]{1,60}\$")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?\s?\{?|[{}$]|\\(?=[%&_#])")
_STYLED = re.compile(r"\\(?:text|math(?:rm|bf|it|sf|tt))")
_SYMBOL = re.compile(r"[^\W\d_][\w+*-]*", re.ASCII)
_GREEK_NAME = re.compile(r"[α-ωΑ-Ω]\d")


@dataclass(slots=True)
class Topic:
    """A topic found in a passage."""

    span: Span
    """Where it stands."""
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
    """The passage with LaTeX and addresses blanked out, character for character as long as it."""
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

    def __post_init__(self) -> None:
        self.plain = mask(self.text)

    def mark(self, span: Span, *rules: str) -> Span:
        """Note what speaks for a name; give its stretch without blanks around it."""
        start, end = span
        name = self.plain[start:end]
        start, end = start + len(name) - len(name.lstrip()), end - len(name) + len(name.rstrip())
        if start < end:
            self.marks.setdefault((start, end), set()).update(rules)
        return start, end

    def name(self, span: Span) -> str:
        """Give the plain text of a stretch."""
        return _plain(self.text[span[0] : span[1]])


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


def mask(text: str) -> str:
    r"""Blank out LaTeX and addresses, keeping every offset; a name set in mathematics becomes one word.

    >>> mask(r"\textbf{DP-Fair} and $\texttt{Se}^2$, see https://a.org/b.")
    '        DP-Fair  and Se2____________, see                 '
    """
    if "\\" in text or "$" in text:
        text = _MATH.sub(lambda match: _symbol(match[0]), text)
        text = _COMMAND.sub(_blank, text)
    if "@" in text:
        return _ADDRESS.sub(_blank, text)
    return _WEB_ADDRESS.sub(_blank, text) if "/" in text else text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _symbol(formula: str) -> str:
    """Turn a formula into a word if it is a name, else into blanks."""
    name = texts.plain(formula)
    is_name = _SYMBOL.fullmatch(name) and _STYLED.search(formula)
    if (is_name or _GREEK_NAME.fullmatch(name)) and len(name) > 1:
        return name.ljust(len(formula), "_")
    return " " * len(formula)


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
