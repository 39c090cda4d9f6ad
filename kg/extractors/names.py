"""Names by their look: LoRA, GPT-3.5, T5, 3D-GS, *Chain of Thought*, and any Latin name inside Chinese text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extractors._notes import Component, Notes
from kg.extractors._shapes import LETTER, NAME, common, is_own, shape, whole
from kg.extractors._words import HEADING
from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

_APART = frozenset({"with", "to", "from", "on", "in", "via", "as", "by", "through"})
"""Links that no name holds behind a word that looks like one by itself: *WebAgent with Flan-U-PaLM*."""
_LISTED = frozenset({"and", "or"})
"""Links that no name holds between two such words: *FlanT5 and ByT5*."""
_LINKS = frozenset({"the", "of", "for", "and", "de", "&"}) | _APART
"""Small words inside names."""
_LINK = rf"(?: (?:{'|'.join(sorted(_LINKS))}))*"
_PHRASE = re.compile(
    rf"(?<![{LETTER}-])(?<!\d\.)[A-Z0-9][{LETTER}’'-]*(?:{_LINK} [A-Z0-9][{LETTER}’'+-]*(?:\.[{LETTER}’'+-]+)*)+"
)
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
    variant = len({part.rstrip("+*") for _, part in parts}) == 1  # RPP/RPP+
    if known or variant or word.count("/") > 1 or all(shape(part) in ("camel", "digit") for _, part in parts):
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
        for start, words in _names_of(match.start(), match[0].split(" ")):
            _phrase(notes, start, words)


def _names_of(start: int, words: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Split a run at a link between two words that look like names by themselves.

    >>> list(_names_of(0, ["Flan-T5", "and", "ByT5"]))
    [(0, ['Flan-T5']), (12, ['ByT5'])]
    """
    first, at = 0, start
    for index, word in enumerate(words):
        if first < index and _parts_names(words[first:index], *words[index : index + 2]):
            yield start, words[first:index]
            first = next(later for later in range(index, len(words)) if words[later] not in _LINKS)
            start = at + sum(len(link) + 1 for link in words[index:first])
        at += len(word) + 1
    yield start, words[first:]


def _parts_names(before: list[str], link: str, following: str = "") -> bool:
    """Tell whether a link parts two names, by the words around it.

    >>> _parts_names(["FlanT5"], "and", "ByT5"), _parts_names(["GPT-4", "Turbo"], "and", "Kimi")
    (True, True)
    >>> _parts_names(["Read"], "and", "Reward"), _parts_names(["WebAgent"], "with", "Flan")
    (False, True)
    """
    if link in _APART:
        return is_own(before[-1], or_short=False)
    if link not in _LISTED:
        return False
    beside = is_own(before[-1]) and is_own(following)
    return beside or any(is_own(word, or_short=False) for word in before)


def _phrase(notes: Notes, start: int, words: list[str]) -> None:
    """Mark a run of capitalised words without what begins a sentence or ends a name."""
    headed = _headed(words)
    while words and common(words[0]):
        start += len(words.pop(0)) + 1
    if 1 < len(words) <= LONGEST and common(words[-1]) and words[-1].isupper():  # Stanford NER, BigQuery ML
        notes.mark((start, start + len(" ".join(words))), "looks-product", *_zh(notes))
    while words and (common(words[-1]) or not (words[-1][:1].isupper() or words[-1][:1].isdigit())):
        words.pop()
    phrase = " ".join(words).rstrip(".,'’-")
    if 1 < len(words) <= LONGEST:
        notes.mark((start, start + len(phrase)), "looks-phrase", *_zh(notes))
    if headed and words:  # Data Interpreter, MDP Playground: a plain noun before a word that is none
        notes.mark((start - len(headed) - 1, start + len(phrase)), "looks-phrase", *_zh(notes))


def _headed(words: list[str]) -> str:
    """Give the one noun that no name is by itself, but that begins one; empty if there is none.

    >>> _headed(["Data", "Interpreter"]), _headed(["MDP", "Playground"]), _headed(["The", "Interpreter"])
    ('Data', 'MDP', '')
    """
    head = words[0]
    if len(words) == 1 or not common(head) or common(words[1]) or not words[1][:1].isupper():
        return ""
    return head if head.lower() in HEADING or (head.isupper() and len(head) > 1) else ""
