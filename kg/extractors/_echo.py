"""What an English title begins with, or names as its means, where the abstract repeats it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extractors._contexts import before
from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extractors._notes import Notes


def echo(passages: Sequence[Notes]) -> None:
    """Mark where the English text repeats what its title begins with, or names as its means."""
    english = [notes for notes in passages if notes.lang is Lang.EN and notes.part not in (Part.TAGS, Part.CATEGORIES)]
    for title in english:
        if title.part is Part.TITLE:
            chunks = [span for span, marks in title.marks.items() if "title-chunk" in marks]
            for start, end in chunks:
                _repeat(title.plain[start:end].lower(), [notes for notes in english if notes is not title])


def _repeat(name: str, others: Sequence[Notes]) -> None:
    for notes in others:
        low = notes.plain.lower()
        at = low.find(name) if len(low) == len(notes.plain) else -1
        while at >= 0:
            end = at + len(name)
            if not is_letter(low[at - 1 : at]) and (not is_letter(low[end : end + 1]) or low[end : end + 1] == "s"):
                notes.mark((at, end), "title-echo", *before(notes, at))
            at = low.find(name, end)


def is_letter(char: str) -> bool:
    """Tell whether a character is part of a word."""
    return char.isalnum() or char == "_"
