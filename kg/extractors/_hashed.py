"""Words in and around a name, as hashed columns of a linear model: what no list of marks foresees."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING
from zlib import crc32

from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extractors._groups import Group
    from kg.extractors._notes import Notes

BITS = 16
"""The linear model has two to this power columns."""
MOST = 3
"""So many places of a name are looked at."""
_WORD = re.compile(r"[^\W_]+|\S")
_GRAM = 3
_G = crc32(b"g")


_ALL = (1 << BITS) - 1
_SIDES = [
    tuple([crc32(f"{mark}{side}{at}".encode()) for at in range(count)] for side, count in (("l", 3), ("r", 2)))
    for mark in ("", "t")
]
"""In running text, and in a title: the checksums that the columns of the words left and right of a name go on from."""


def _column(text: str) -> int:
    return crc32(text.encode("utf-8", "replace")) & _ALL


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
    shape = "".join(char for char, _ in groupby("".join(map(_class, name))))
    features = [f"n{low}", f"s{shape}", f"f{words[0] if words else ''}", f"e{words[-1] if words else ''}"]
    features += [f"w{word}" for word in words]
    features += [f"b{' '.join(words[-2:])}"]
    return (*map(_column, features), *_grams(f"^{low}$"))


def _class(char: str) -> str:
    """Reduce a character to what makes a shape.

    >>> "".join(map(_class, "GPT-3 用e"))
    'AAA-0 用a'
    """
    if "a" <= char <= "z":
        return "a"
    if "A" <= char <= "Z":
        return "A"
    return "0" if char.isdecimal() else char


def _grams(text: str) -> list[int]:
    """Give the columns of the letters of a text, three at a time."""
    if text.isascii():  # a letter is a byte
        code = text.encode()
        return [crc32(code[at : at + _GRAM], _G) & _ALL for at in range(len(code) - _GRAM + 1)]
    return [_column(f"g{text[at : at + _GRAM]}") for at in range(len(text) - _GRAM + 1)]


def _words(text: str, start: int, end: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the three words before and the two after a place."""
    left = _WORD.findall(text[max(0, start - 40) : start].lower())
    return tuple(left[-3:]), tuple(_WORD.findall(text[end : end + 30].lower())[:2])


def _of_context(part: Part, left: tuple[str, ...], right: tuple[str, ...]) -> Iterator[int]:
    """Give the columns of English words next to a place."""
    at_left, at_right = _SIDES[part is Part.TITLE]
    for start, word in zip(at_left, reversed(left), strict=False):
        yield crc32(word.encode("utf-8", "replace"), start) & _ALL
    for start, word in zip(at_right, right, strict=False):
        yield crc32(word.encode("utf-8", "replace"), start) & _ALL
    yield _column(f"ll{' '.join(left[-2:])}")
    yield _column(f"rr{' '.join(right)}")


@lru_cache(maxsize=100_000)
def _of_letters(left: str, right: str) -> tuple[int, ...]:
    """Give the columns of Chinese letters next to a place."""
    features = [feature for size in (1, 2, 3) for feature in (f"zl{left[-size:]}", f"zr{right[:size]}")]
    return tuple(map(_column, features))
