"""What the words before and after a place say of a name that stands there."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from kg.extractors._patterns import SENTENCE, TABLES, TELLING
from kg.model import Lang

if TYPE_CHECKING:
    from kg.extractors._notes import Notes

_BEFORE = 100
_WORD = re.compile(r"\w+")


def before(notes: Notes, start: int) -> set[str]:
    """Give the marks of what stands before a name that begins at a place."""
    return _before(notes.lang, _left(notes.plain, start))


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


def after_name(lang: Lang, context: str) -> set[str]:
    """Give the marks of what stands after a name, for the text that begins there."""
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
