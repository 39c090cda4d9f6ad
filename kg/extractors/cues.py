"""What the words around a name say of it, in both languages.

``we propose X``, ``X, a novel …``, ``the X dataset``, ``outperforms A and B``, 提出了…X, 名为X, X数据集, 优于A和B.
Names in a list share what is said before the first and after the last of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extractors._contexts import after_name, before
from kg.extractors._notes import Component, Notes, Span, longest
from kg.extractors._patterns import CALLED, LINK, QUOTED, SHARED_LEFT, SHARED_RIGHT
from kg.extractors._shapes import common
from kg.model import Part

if TYPE_CHECKING:
    from collections.abc import Iterator


_AFTER = 45


class Cues(Component):
    """Adds to every name what its context says."""

    def note(self, notes: Notes) -> None:
        """Note the cues of a passage."""
        if notes.part not in (Part.TAGS, Part.CATEGORIES):
            _called(notes)
            spans = longest(notes.marks)
            for names in _lists(notes, spans):
                _mark_list(notes, names)


def _called(notes: Notes) -> None:
    """Mark names that only their quotes or a *called* tell."""
    for match in QUOTED.finditer(notes.plain):
        if notes.part is not Part.TITLE and not common(match[1]):
            notes.mark(match.span(1), "quoted")
    for match in CALLED[notes.lang].finditer(notes.plain):
        notes.mark(match.span(1), "called")


def _lists(notes: Notes, spans: list[Span]) -> Iterator[list[Span]]:
    """Group names that stand in one list: A, B and C."""
    names: list[Span] = []
    for span in spans:
        if names and not LINK.fullmatch(notes.plain, names[-1][1], span[0]):
            yield names
            names = []
        names.append(span)
    if names:
        yield names


def _mark_list(notes: Notes, names: list[Span]) -> None:
    left = before(notes, names[0][0])
    shared = left & SHARED_LEFT
    after: set[str] = set()
    for span in names:
        context = notes.plain[span[1] : span[1] + _AFTER]
        after = after_name(notes.lang, context)
        notes.marks[span] |= after
    notes.marks[names[0]] |= left
    shared |= after & SHARED_RIGHT
    if len(names) > 1:
        shared |= {"in-list"} | _kinds(notes, names)
    for span in names:
        notes.marks[span] |= shared


def _kinds(notes: Notes, names: list[Span]) -> set[str]:
    """Say what the vocabulary knows of the names of a list."""
    return {f"beside-{key.partition('/')[0]}" for span in names for key in notes.concepts.get(span, ())}
