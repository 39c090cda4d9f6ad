"""Names by their look: LoRA, GPT-3.5, T5, 3D-GS, *Chain of Thought*, and any Latin name inside Chinese text."""

from __future__ import annotations

import re

from kg.extractors._notes import Component, Notes
from kg.extractors._shapes import NAME, common, shape, whole
from kg.model import Lang, Part

_LINK = r"(?: (?:of|for|and|in|the|with|from|to|on|via|through|by|as|de|&))*"
_PHRASE = re.compile(rf"(?<![\w-])(?<!\d\.)[A-Z0-9][\w’'-]*(?:{_LINK} [A-Z0-9][\w’'.+-]*)+")
_START = re.compile(r"(?:^|[.!?:;。！？：；(（\[\"“”‘•|]|[.!?][\"”’)])\s*$")
LONGEST = 8
"""A longer run of capitalised words is a heading."""
_SKIPPED = frozenset({Part.TAGS, Part.CATEGORIES})


class Names(Component):
    """Marks every stretch that looks like a name."""

    def note(self, notes: Notes) -> None:
        """Note the names of a passage."""
        if notes.part not in _SKIPPED:
            _single(notes)
            _phrases(notes)


def _single(notes: Notes) -> None:
    """Mark single words by their shape; a mere capital counts only where a sentence does not ask for it."""
    for match in NAME.finditer(notes.plain):
        for start, word in _parts(notes, match.start(), match[0]):
            word = whole(word)  # noqa: PLW2901  what hangs on it is no part of the name
            look = shape(word)
            if look and not common(word) and not (look == "capital" and _asked_for(notes, start)):
                notes.mark((start, start + len(word)), f"looks-{look}", *_zh(notes))


def _zh(notes: Notes) -> tuple[str, ...]:
    return ("in-chinese",) if notes.lang is Lang.ZH else ()


def _parts(notes: Notes, start: int, word: str) -> list[tuple[int, str]]:
    """Split at slashes what is no one name: two names of which one is known, or variants (DeiT-Ti/S/B)."""
    if "/" not in word or (start, start + len(word)) in notes.concepts:
        return [(start, word)]
    parts, at = [], start
    for part in word.split("/"):
        parts.append((at, part))
        at += len(part) + 1
    known = any((at, at + len(part)) in notes.concepts for at, part in parts)
    if known or word.count("/") > 1 or all(shape(part) in ("camel", "digit") for _, part in parts):
        return [row for row in parts if len(row[1]) > 1]
    return [(start, word)]


def _asked_for(notes: Notes, start: int) -> bool:
    """Tell whether the place asks for a capital anyway: an English title, the start of an English sentence."""
    if notes.lang is Lang.ZH:
        return False
    return notes.part is Part.TITLE or _START.search(notes.plain[max(0, start - 4) : start]) is not None


def _phrases(notes: Notes) -> None:
    """Mark runs of capitalised words inside a sentence; in a title every word has a capital, so not there."""
    if notes.part is Part.TITLE and notes.lang is Lang.EN:
        return
    for match in _PHRASE.finditer(notes.plain):
        start, words = match.start(), match[0].split(" ")
        while words and common(words[0]):
            start += len(words.pop(0)) + 1
        if 1 < len(words) <= LONGEST and common(words[-1]) and words[-1].isupper():  # Stanford NER, BigQuery ML
            notes.mark((start, start + len(" ".join(words))), "looks-product", *_zh(notes))
        while words and (common(words[-1]) or not (words[-1][:1].isupper() or words[-1][:1].isdigit())):
            words.pop()
        phrase = " ".join(words).rstrip(".,'’-")
        if 1 < len(words) <= LONGEST:
            notes.mark((start, start + len(phrase)), "looks-phrase", *_zh(notes))
