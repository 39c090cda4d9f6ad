"""Names that the vocabulary knows, in both languages.

A label with a capital is matched as written and in capitals, a label in small letters in any case, with the plural of
Latin script; a hyphen may be a blank and the other way round. The longest match wins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from kg.extractors._notes import Span, Topic, longest, notes_of
from kg.extractors._tokenizer import HYPHENS, words
from kg.model import Kind, Part
from kg.text import has_han

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.extractors._notes import Notes
    from kg.model import Concept
    from kg.vocabulary import Vocabulary

HYPHENATED = 3
"""Names of up to so many words are also written with hyphens."""
_SKIPPED = frozenset({Part.TAGS, Part.CATEGORIES})
_TOPIC_SCHEMES = frozenset({"task", "area"})
_PLURAL = re.compile(r"(?:[^s\W\d_]|ss)$")


@Language.factory("kg_gazetteer")
def make(nlp: Language, name: str) -> Gazetteer:
    """Make the component, which knows nothing yet."""
    del name
    return Gazetteer(nlp)


class Gazetteer:
    """Marks every stretch that is a label or alias of a vocabulary concept."""

    def __init__(self, nlp: Language) -> None:
        self.vocab = nlp.vocab
        self.exact = PhraseMatcher(nlp.vocab, attr="SHAPE")  # the plain form, see _tokenizer.prepare
        self.loose = PhraseMatcher(nlp.vocab, attr="LOWER")
        self.concepts: Mapping[str, Concept] = {}

    def learn(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary's methods, datasets, tasks and areas in."""
        self.concepts = vocabulary.concepts
        for concept in vocabulary:
            if concept.kind is Kind.TOPIC and concept.scheme not in _TOPIC_SCHEMES:
                continue
            labels = [label.text for label in (*concept.labels, *concept.aliases)]
            for matcher, patterns in ((self.exact, exact_patterns(labels)), (self.loose, loose_patterns(labels))):
                if docs := [Doc(self.vocab, words=list(pattern)) for pattern in sorted(patterns) if pattern]:
                    matcher.add(concept.id, docs)

    def __call__(self, doc: Doc) -> Doc:
        """Note the vocabulary's names in a Doc."""
        notes = notes_of(doc)
        if notes.part in _SKIPPED:
            return doc
        strings = doc.vocab.strings
        places: dict[tuple[int, int], set[str]] = {}
        for matcher in (self.exact, self.loose):
            for key, start, end in matcher(doc):
                places.setdefault((start, end), set()).add(strings[key])
        for start, end in longest(places):
            last = doc[end - 1]
            span = _without_plural(notes, doc[start].idx, last.idx + len(last))
            self._note(notes, span, sorted(places[start, end]))
        return doc

    def _note(self, notes: Notes, span: Span, keys: list[str]) -> None:
        entities = tuple(key for key in keys if self.concepts[key].kind is not Kind.TOPIC)
        if entities:
            notes.concepts[span] = entities
            notes.mark(span, "gazetteer")
        for key in keys:
            if self.concepts[key].kind is Kind.TOPIC:
                notes.known_topics.append(Topic(span, "vocabulary-task", key))


def _without_plural(notes: Notes, start: int, end: int) -> Span:
    """Leave the plural of an acronym outside (GNNs), as the components after this one do."""
    return (start, end - 1) if notes.text[end - 1] == "s" and notes.text[end - 2].isupper() else (start, end)


def exact_patterns(labels: Iterable[str]) -> set[tuple[str, ...]]:
    """Give the token patterns of labels with a capital: as written and in capitals."""
    patterns: set[tuple[str, ...]] = set()
    for label in labels:
        if label != label.lower():
            for form in {label, label.upper()} if len(label) > 2 else {label}:  # noqa: PLR2004  AI is no Ai
                patterns.update(spellings(words(form)))
                if form[-1].isascii() and form[-1].isalpha() and form[-1] not in "sS":
                    patterns.update(spellings(words(form + "s")))
    return patterns


def loose_patterns(labels: Iterable[str]) -> set[tuple[str, ...]]:
    """Give the token patterns of labels in small letters, with the plural of Latin script."""
    patterns: set[tuple[str, ...]] = set()
    for label in labels:
        long_title = len(label.split()) > 1 and not has_han(label)
        if label == label.lower() or long_title:
            patterns.update(spellings(words(label.lower())))
            if not has_han(label) and _PLURAL.search(label):
                patterns.update(spellings(words(label.lower() + "s")))
    return patterns


def spellings(tokens: list[str]) -> Iterator[tuple[str, ...]]:
    """Give a name's tokens with hyphens, and without.

    >>> list(spellings(["chain", "-", "of", "-", "thought"]))
    [('chain', '-', 'of', '-', 'thought'), ('chain', 'of', 'thought')]
    """
    tokens = [token for token in tokens if not token.isspace()]
    yield tuple(tokens)
    if "-" in tokens:
        yield tuple(part for part in tokens if part not in HYPHENS)
    elif 1 < len(tokens) <= HYPHENATED and all(part.isascii() and part.isalnum() for part in tokens):
        yield tuple(part for word in tokens for part in (word, "-"))[:-1]
