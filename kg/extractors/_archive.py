"""What many digests without labels say of a name: in how many papers it stands, and what stands around it there.

``training/survey.py`` counts, ``training/train.py`` packs the counts, this module reads them.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from kg.model import Lang, Part
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.extractors._groups import Group
    from kg.extractors._notes import Notes

_FACTS = {
    "data": {"dataset-after", "dataset-before", "defined-data"},
    "method": {"method-after", "model-before"},
    "new": {"proposed", "named", "defined", "our"},
    "used": {"used"},
    "compared": {"compared"},
    "measured": {"measured-on"},
    "listed": {"in-list"},
    "head": {"title-name", "title-shaped", "title-phrase"},
    "defined": {"acronym", "expansion", "translated"},
    "beside-method": {"beside-method"},
    "beside-dataset": {"beside-dataset"},
    "place": {"place", "owner"},
    "acts": {"acts"},
    "title": {"in-title"},
}
NAME_FACTS = tuple(_FACTS)
"""What is counted of a name."""
PHRASE_FACTS = ("title", "for", "tag", "last")
"""What is counted of a phrase: it stands in a title, after *for* (of), is a tag, ends a run of words."""
LONGEST = 4
"""Phrases of more words are not counted."""


def name_facts(item: Group) -> list[str]:
    """Say which facts hold of a name in one paper."""
    return [fact for fact, marks in _FACTS.items() if not item.marks.isdisjoint(marks)]


def phrase_facts(passages: Sequence[Notes]) -> dict[str, set[str]]:
    """Give the folded phrases of a paper with the facts that hold of them."""
    found: dict[str, set[str]] = {}
    for notes in passages:
        if notes.part is Part.TAGS:
            for topic in notes.topics:
                found.setdefault(folded(notes.text[slice(*topic.span)].lower()), set()).add("tag")
        for start, end in notes.chunks:
            before = notes.plain[max(0, start - 12) : start].lower()
            after_for = before.endswith(("for ", "task of ", "problem of ", "用于", "面向", "针对"))
            for text, last in subphrases(notes.plain[start:end], notes.lang):
                facts = found.setdefault(folded(text), set())
                if notes.part is Part.TITLE:
                    facts.add("title")
                if after_for:
                    facts.add("for")
                if last:
                    facts.add("last")
    return found


def subphrases(text: str, lang: Lang, *, only_last: bool = False) -> list[tuple[str, bool]]:
    """Give the runs of words of a phrase in small letters, and whether each ends it; a Chinese phrase is one."""
    if lang is Lang.ZH:
        return [(text.lower(), True)]
    words = text.lower().split()
    count = len(words)
    return [
        (" ".join(words[start:end]), end == count)
        for end in range(count, count - 1 if only_last else 0, -1)
        for start in range(max(0, end - LONGEST), end)
    ]


def quick(text: str) -> str:
    """Fold a phrase in small letters, fast where it is of plain letters.

    >>> quick("chain-of-thought prompting"), quick("3d 思维")
    ('chainofthoughtprompting', '3d思维')
    """
    plain = text.replace(" ", "").replace("-", "")
    return plain if plain.isascii() and plain.isalpha() and plain.islower() else fold(text)


@lru_cache(maxsize=100_000)
def folded(text: str) -> str:
    """Fold a phrase, its plural *s* dropped."""
    key = quick(text)
    return key[:-1] if len(key) > 4 and key[-1] == "s" and key.isascii() else key  # noqa: PLR2004  bus, gas


Table = tuple["Mapping[int, int]", Any]
"""The row of each hashed key, and the matrix of counts."""


class Archive:
    """The counts, by name and by phrase."""

    def __init__(self, names: Table, phrases: Table) -> None:
        self._names, self._phrases = names, phrases
        self.name = lru_cache(maxsize=100_000)(self._name)
        self.phrase = lru_cache(maxsize=200_000)(self._phrase)

    def _name(self, key: str) -> list[int] | None:
        """Give the number of papers that have a name, and in how many of them each of :data:`NAME_FACTS` holds."""
        return _row(self._names, key)

    def _phrase(self, key: str) -> list[int] | None:
        """Give the number of papers that have a phrase, and in how many of them each of :data:`PHRASE_FACTS` holds."""
        return _row(self._phrases, key)


def _row(table: Table, key: str) -> list[int] | None:
    at = table[0].get(hashed(key))
    return None if at is None else table[1][at].tolist()


def hashed(key: str) -> int:
    """Give a 40-bit hash of a folded name, the same on every machine."""
    return int.from_bytes(blake2b(key.encode(), digest_size=5).digest(), "big")
