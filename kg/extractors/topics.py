"""Topics: the digest's tags, the arXiv categories, and the tasks of the vocabulary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extractors._notes import Component, Notes, Topic
from kg.model import Kind, Part

if TYPE_CHECKING:
    from kg.vocabulary import Vocabulary

_TAG = re.compile(r"[^·]+")
_CATEGORY = re.compile(
    r"\b(?:cs|math|stat|eess|econ|q-bio|q-fin|physics|astro-ph|cond-mat|nlin)\.[A-Za-z]{2}(?:-[a-z]+)?\b|"
    r"\b(?:quant-ph|math-ph|gr-qc|hep-(?:th|ph|ex|lat)|nucl-(?:th|ex)|cmp-lg|astro-ph|cond-mat)\b"
)


class Topics(Component):
    """Notes the tags and categories of an entry."""

    def __init__(self) -> None:
        self.vocabulary: Vocabulary | None = None

    def learn(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary's topics in."""
        self.vocabulary = vocabulary

    def note(self, notes: Notes) -> None:
        """Note the topics of a passage."""
        if notes.part is Part.TAGS:
            self._note(notes, _TAG, "tag", ("tag", "area", "task"))
        elif notes.part is Part.CATEGORIES:
            self._note(notes, _CATEGORY, "category", ("category",))

    def _note(self, notes: Notes, pattern: re.Pattern[str], rule: str, schemes: tuple[str, ...]) -> None:
        for match in pattern.finditer(notes.text):
            name = match[0].strip()
            if name:
                start = match.start() + match[0].index(name)
                notes.topics.append(Topic((start, start + len(name)), rule, self._concept(name, schemes)))

    def _concept(self, name: str, schemes: tuple[str, ...]) -> str:
        """Give the topic of that name, the scheme that fits best first; empty if there is none or it is unclear."""
        found = self.vocabulary.find(name, Kind.TOPIC) if self.vocabulary else ()
        fitting = [concept for concept in found if concept.scheme in schemes]
        return min(fitting, key=lambda concept: (schemes.index(concept.scheme), concept.id)).id if fitting else ""
