"""Words in and around a name, as hashed columns of a linear model: what no list of marks foresees."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extractors._groups import Group
    from kg.extractors._notes import Notes

BITS = 16
"""The linear model has two to this power columns."""
MOST = 3
"""So many places of a name are looked at."""
_WORD = re.compile(r"[^\W_]+|\S")
_GRAM = 3


@lru_cache(maxsize=200_000)
def _column(text: str) -> int:
    return crc32(text.encode("utf-8", "replace")) & ((1 << BITS) - 1)


def columns(item: Group, passages: Sequence[Notes]) -> list[int]:
    """Give the columns of a name, sorted, each once."""
    found: set[int] = set()
    for name in item.names:
        found.update(_of_name(name))
    for index, (start, end) in item.places[:MOST]:
        notes = passages[index]
        if notes.lang is Lang.EN:
            found.update(_of_context(notes.part, *_words(notes.plain, start, end)))
        else:
            found.update(_of_letters(notes.plain[max(0, start - 3) : start], notes.plain[end : end + 3]))
    return sorted(found)


@lru_cache(maxsize=50_000)
def _of_name(name: str) -> tuple[int, ...]:
    """Give the columns of a name's words and of its letters, three at a time."""
    low = name.lower()
    words = _WORD.findall(low)
    shape = re.sub(r"(.)\1+", r"\1", re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "0", name))))
    features = [f"n{low}", f"s{shape}", f"f{words[0] if words else ''}", f"e{words[-1] if words else ''}"]
    features += [f"w{word}" for word in words]
    features += [f"b{' '.join(words[-2:])}"]
    padded = f"^{low}$"
    features += [f"g{padded[at : at + _GRAM]}" for at in range(len(padded) - _GRAM + 1)]
    return tuple(map(_column, features))


def _words(text: str, start: int, end: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the three words before and the two after a place."""
    left = _WORD.findall(text[max(0, start - 40) : start].lower())
    return tuple(left[-3:]), tuple(_WORD.findall(text[end : end + 30].lower())[:2])


@lru_cache(maxsize=100_000)
def _of_context(part: Part, left: tuple[str, ...], right: tuple[str, ...]) -> tuple[int, ...]:
    """Give the columns of English words next to a place."""
    mark = "t" if part is Part.TITLE else ""
    features = [f"{mark}l{at}{word}" for at, word in enumerate(reversed(left))]
    features += [f"{mark}r{at}{word}" for at, word in enumerate(right)]
    features += [f"ll{' '.join(left[-2:])}", f"rr{' '.join(right)}"]
    return tuple(map(_column, features))


@lru_cache(maxsize=100_000)
def _of_letters(left: str, right: str) -> tuple[int, ...]:
    """Give the columns of Chinese letters next to a place."""
    features = [feature for size in (1, 2, 3) for feature in (f"zl{left[-size:]}", f"zr{right[:size]}")]
    return tuple(map(_column, features))
