"""Noun phrases in small letters: techniques that no list knows, and what a paper may be about.

There is no part-of-speech tagger for mixed text that is fast enough, so a phrase is what stands between two words that
no phrase holds (function words, verbs, punctuation). A phrase that ends with the head word of a technique (*surrogate
gradient descent*), or stands before *method*, *algorithm* and their like, is marked; the decision comes later.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from spacy.language import Language

from kg.extractors._breaks import LEADING, PHRASE_BREAKS, PHRASE_BREAKS_ZH, TECHNIQUE_HEADS_ZH, THING_HEADS_EN
from kg.extractors._notes import Component, Notes, Span
from kg.extractors._words import METHOD_HEADS_EN
from kg.model import Lang, Part
from kg.text import HAN

if TYPE_CHECKING:
    from collections.abc import Iterator


WIDEST = 4
"""Names of techniques have so many words at most."""
_WORD = re.compile(r"[^\W_][\w’'+-]*|\S")
_RUN_ZH = re.compile(rf"[{HAN}A-Za-z0-9-]+")
_BREAK_ZH = re.compile("|".join(sorted(PHRASE_BREAKS_ZH, key=len, reverse=True)))
_HEAD_ZH = re.compile(rf"(?:{'|'.join(TECHNIQUE_HEADS_ZH)})$")
_SHORTEST_ZH, _LONGEST_ZH = 3, 14
_SKIPPED = frozenset({Part.TAGS, Part.CATEGORIES})


@Language.factory("kg_phrases")
def make(nlp: Language, name: str) -> Phrases:
    """Make the component."""
    del nlp, name
    return Phrases()


class Phrases(Component):
    """Notes the noun phrases of running text, and marks those that may name a technique."""

    def note(self, notes: Notes) -> None:
        """Note the phrases of a passage."""
        if notes.part not in _SKIPPED:
            if notes.lang is Lang.EN:
                _english(notes)
            else:
                _chinese(notes)


def _english(notes: Notes) -> None:
    for chunk in _chunks(notes):
        notes.chunks.append((chunk[0][0], chunk[-1][1]))
        texts = [notes.plain[start:end].lower() for start, end in chunk]
        for at, text in enumerate(texts):
            if at and text in THING_HEADS_EN:
                _mark(notes, chunk[:at], texts[:at], "before-head")
            if at and text in METHOD_HEADS_EN:
                _mark(notes, chunk[: at + 1], texts[: at + 1], "technique")


def _mark(notes: Notes, chunk: list[Span], texts: list[str], rule: str) -> None:
    """Mark the words of a chunk that end in a head, without the adjectives that begin it and belong to no name."""
    start = next((at for at, text in enumerate(texts) if text not in LEADING), len(texts))
    start = max(start, len(texts) - WIDEST)
    for at in range(start, len(texts) - (1 if rule == "technique" else 0)):
        if at > start + 1:
            break
        span = chunk[at][0], chunk[-1][1]
        if len(texts) - at > 1 or texts[at] not in METHOD_HEADS_EN:
            notes.mark(span, rule, *(("shortened",) if at > start else ()))


def _chunks(notes: Notes) -> Iterator[list[Span]]:
    """Cut an English passage into runs of words that may form a noun phrase."""
    chunk: list[Span] = []
    for match in _WORD.finditer(notes.plain):
        if _breaks(match[0]) or (chunk and notes.plain[chunk[-1][1] : match.start()] != " "):
            if chunk:
                yield chunk
            chunk = []
        if not _breaks(match[0]):
            chunk.append(match.span())
    if chunk:
        yield chunk


@lru_cache(maxsize=50_000)
def _breaks(word: str) -> bool:
    """Tell whether a word is no part of a noun phrase."""
    low = word.lower()
    return low in PHRASE_BREAKS or not word[0].isalnum() or low.isdigit() or low.endswith("ly")


def _chinese(notes: Notes) -> None:
    for run in _RUN_ZH.finditer(notes.plain):
        for at, text in _pieces(run[0]):
            span = run.start() + at, run.start() + at + len(text)
            if len(text) > 1:
                notes.chunks.append(span)
            if _SHORTEST_ZH <= len(text) <= _LONGEST_ZH and _HEAD_ZH.search(text):
                notes.mark(span, "technique-zh")


def _pieces(run: str) -> Iterator[tuple[int, str]]:
    """Cut a run of Chinese at words that no phrase holds; give the pieces with their places."""
    at = 0
    for match in _BREAK_ZH.finditer(run):
        if match.start() > at:
            yield at, run[at : match.start()]
        at = match.end()
    if at < len(run):
        yield at, run[at:]
