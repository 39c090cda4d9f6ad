"""Names by their look: LoRA, GPT-3.5, T5, 3D-GS, *Chain of Thought*, and any Latin name inside Chinese text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spacy.language import Language

from kg.extractors._notes import Notes, notes_of
from kg.extractors._shapes import NAME, common, shape
from kg.model import Lang, Part

if TYPE_CHECKING:
    from spacy.tokens import Doc

_LINK = r"(?: (?:of|for|and|in|the|with|from|to|on|via|through|by|as|de|&))*"
_PHRASE = re.compile(rf"(?<![\w-])[A-Z0-9][\w’'-]*(?:{_LINK} [A-Z0-9][\w’'.+-]*)+")
_START = re.compile(r"(?:^|[.!?:;。！？：；(（\[\"“”‘•|]|[.!?][\"”’)])\s*$")
_SKIPPED = frozenset({Part.TAGS, Part.CATEGORIES})


@Language.factory("kg_names")
def make(nlp: Language, name: str) -> Names:
    """Make the component."""
    del nlp, name
    return Names()


class Names:
    """Marks every stretch that looks like a name."""

    def __call__(self, doc: Doc) -> Doc:
        """Note the names of a Doc."""
        notes = notes_of(doc)
        if notes.part not in _SKIPPED:
            _single(notes)
            _phrases(notes)
        return doc


def _single(notes: Notes) -> None:
    """Mark single words by their shape; a mere capital counts only where a sentence does not ask for it."""
    text, chinese = notes.plain, notes.lang is Lang.ZH
    for match in NAME.finditer(text):
        word = match[0].rstrip("_")
        look = shape(word)
        if not look or common(word):
            continue
        start = match.start()
        if (
            look == "capital"
            and not chinese
            and (notes.part is Part.TITLE or _START.search(text[max(0, start - 4) : start]))
        ):
            continue
        notes.mark((start, start + _singular(word, match[0])), f"looks-{look}", *(("in-chinese",) if chinese else ()))


def _singular(word: str, whole: str) -> int:
    """Give the length without the plural ``s`` of an acronym (GNNs): the mention ends before it."""
    if len(word) == len(whole) and len(word) > 3 and word[-1] == "s" and word[-3:-1].isupper():
        return len(word) - 1
    return len(whole)


def _phrases(notes: Notes) -> None:
    """Mark runs of capitalised words inside a sentence; in a title every word has a capital, so not there."""
    if notes.part is Part.TITLE and notes.lang is Lang.EN:
        return
    for match in _PHRASE.finditer(notes.plain):
        start, words = match.start(), match[0].split(" ")
        while words and common(words[0]):
            start += len(words.pop(0)) + 1
        while words and (common(words[-1]) or not words[-1][:1].isupper() and not words[-1][:1].isdigit()):
            words.pop()
        phrase = " ".join(words).rstrip(".,'’-")
        if len(words) > 1 and len(words) < 9:
            notes.mark(
                (start, start + len(phrase)), "looks-phrase", *(("in-chinese",) if notes.lang is Lang.ZH else ())
            )
