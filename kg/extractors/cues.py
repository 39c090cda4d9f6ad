"""What the words around a name say of it, in both languages.

``we propose X``, ``X, a novel …``, ``the X dataset``, ``outperforms A and B``, 提出了…X, 名为X, X数据集, 优于A和B.
Names in a list share what is said before the first and after the last of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from kg.extractors._notes import Component, Notes, Span, longest
from kg.extractors._patterns import CALLED, LINK, QUOTED, SENTENCE, SHARED_LEFT, SHARED_RIGHT, TABLES, TELLING
from kg.extractors._shapes import common
from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Iterator


_BEFORE, _AFTER = 100, 45
_WORD = re.compile(r"\w+")


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
    left = _before(notes.lang, _left(notes.plain, names[0][0]))
    shared = left & SHARED_LEFT
    after: set[str] = set()
    for span in names:
        context = notes.plain[span[1] : span[1] + _AFTER]
        after = _after(notes.lang, context)
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


def _left(text: str, start: int) -> str:
    """Give the sentence before a name."""
    context = text[max(0, start - _BEFORE) : start]
    cut = 0
    for match in SENTENCE.finditer(context):
        cut = match.end()
    return context[cut:]


def _before(lang: Lang, context: str) -> set[str]:
    """Give the marks of what stands before a name."""
    table = TABLES[lang][0]
    if lang is Lang.ZH:
        return {rule for rule, pattern in table.items() if pattern.search(context)}
    likely = set(chain.from_iterable(map(_told_before, _WORD.findall(context))))
    return {rule for rule in likely if table[rule].search(context)}


def _after(lang: Lang, context: str) -> set[str]:
    """Give the marks of what stands after a name."""
    table = TABLES[lang][1]
    if lang is Lang.ZH:
        return {rule for rule, pattern in table.items() if pattern.match(context)}
    likely = set(chain.from_iterable(map(_told_after, _WORD.findall(context))))
    return {rule for rule in likely if table[rule].match(context)}


@lru_cache(maxsize=50_000)
def _told_before(word: str) -> tuple[str, ...]:
    """Give the marks whose pattern, before a name, can hold because of a word."""
    return tuple(rule for rule, pattern in TELLING[0].items() if pattern.match(word))


@lru_cache(maxsize=50_000)
def _told_after(word: str) -> tuple[str, ...]:
    """Give the marks whose pattern, after a name, can hold because of a word."""
    return tuple(rule for rule, pattern in TELLING[1].items() if pattern.match(word))
