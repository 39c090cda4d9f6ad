"""Noun phrases in small letters: techniques that no list knows, and what a paper may be about.

There is no part-of-speech tagger for mixed text that is fast enough, so a phrase is what stands between two words that
no phrase holds (function words, verbs, punctuation). A phrase that ends with the head word of a technique (*surrogate
gradient descent*), or stands before *method*, *algorithm* and their like, is marked; the decision comes later.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, MatchKind

from kg.extractors._breaks import LEADING, PHRASE_BREAKS, PHRASE_BREAKS_ZH, TECHNIQUE_HEADS_ZH, THING_HEADS_EN
from kg.extractors._notes import Component, Notes, Span
from kg.extractors._words import METHOD_HEADS_EN
from kg.model import Lang, Part
from kg.text import HAN

if TYPE_CHECKING:
    from collections.abc import Iterator


WIDEST = 4
"""Names of techniques have so many words at most."""
_WORD = r"[^\W_][\w’'+-]*"
_RUN = re.compile(rf"{_WORD}(?: {_WORD})*")
_RUN_ZH = re.compile(rf"[{HAN}A-Za-z0-9-]+")
_BREAK_ZH = AhoCorasick(sorted(PHRASE_BREAKS_ZH), matchkind=MatchKind.LeftmostLongest)
_HEADS_ZH = tuple(sorted(TECHNIQUE_HEADS_ZH))
_HEADS_EN = THING_HEADS_EN | METHOD_HEADS_EN
_SHORTEST_ZH, _LONGEST_ZH = 3, 14
_SKIPPED = frozenset({Part.TAGS, Part.CATEGORIES})


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
    for chunk in _chunks(notes.plain):
        notes.chunks.append((chunk[0][0], chunk[-1][1]))
        if len(chunk) > 1 and not _HEADS_EN.isdisjoint(texts := [text for _, _, text in chunk]):
            _mark_heads(notes, [(start, end) for start, end, _ in chunk], texts)


def _mark_heads(notes: Notes, chunk: list[Span], texts: list[str]) -> None:
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


def _chunks(text: str) -> Iterator[list[tuple[int, int, str]]]:
    """Cut an English passage into runs of words that may form a noun phrase: start, end, the word in small letters."""
    chunk: list[tuple[int, int, str]] = []
    for run in _RUN.finditer(text):
        at = run.start()
        for word in run[0].split(" "):
            if low := _small(word):
                chunk.append((at, at + len(word), low))
            elif chunk:
                yield chunk
                chunk = []
            at += len(word) + 1
        if chunk:
            yield chunk
            chunk = []


@lru_cache(maxsize=50_000)
def _small(word: str) -> str:
    """Give a word in small letters; empty if it is no part of a noun phrase."""
    low = word.lower()
    breaks = low in PHRASE_BREAKS or not word[0].isalnum() or low.isdigit() or low.endswith("ly")
    return "" if breaks else low


def _chinese(notes: Notes) -> None:
    for run in _RUN_ZH.finditer(notes.plain):
        for at, text in _pieces(run[0]):
            span = run.start() + at, run.start() + at + len(text)
            if len(text) > 1:
                notes.chunks.append(span)
            if _SHORTEST_ZH <= len(text) <= _LONGEST_ZH and text.endswith(_HEADS_ZH):
                notes.mark(span, "technique-zh")


def _pieces(run: str) -> Iterator[tuple[int, str]]:
    """Cut a run of Chinese at words that no phrase holds; give the pieces with their places."""
    at = 0
    for _, start, end in _BREAK_ZH.find_matches_as_indexes(run):
        if start > at:
            yield at, run[at:start]
        at = end
    if at < len(run):
        yield at, run[at:]
