"""Names that the vocabulary knows, in both languages.

A label with a capital is matched as written and in capitals, a label in small letters in any case, with the plural of
Latin script; a hyphen may be a blank and the other way round. The longest match wins.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from kg import cache
from kg import vocabulary as shipped
from kg.extractors._notes import Component, Span, Topic, longest
from kg.extractors._tokenizer import HYPHENS, SEPARATOR, joined, tokenized, words
from kg.model import Kind, Part
from kg.text import has_han

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from kg.extractors._notes import Notes
    from kg.model import Concept
    from kg.vocabulary import Vocabulary

Tokens = tuple[str, ...]
"""A name, as the tokenizer cuts it."""
HYPHENATED = 3
"""Names of up to so many words are also written with hyphens."""
_BETWEEN = "\x7f"
"""What stands between two names that are written down: in no text, since readers drop it, and not escaped in JSON."""
_SKIPPED = frozenset({Part.TAGS, Part.CATEGORIES})
_TOPIC_SCHEMES = frozenset({"task", "area"})
_PLURAL = re.compile(r"(?:[^s\W\d_]|ss)$")


class Names:
    """Names as joined tokens, found all at once: the time does not depend on how many there are.

    They are kept as two long texts, which are read ten times as fast as a hundred thousand small ones.
    """

    def __init__(self, names: str, keys: str) -> None:
        """Take in names that were written down by `written`."""
        self._automaton = AhoCorasick(names.split(_BETWEEN) if names else [], store_patterns=False)
        self._keys = keys.split(_BETWEEN)

    def find(self, text: str) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
        """Give the first token and the token after the last of every name in joined tokens, and the name's ids."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        number = at = 0
        for start, end, index in sorted([(start, end, index) for index, start, end in found]):
            number, at = number + text.count(SEPARATOR, at, start), start
            yield (number, number + text.count(SEPARATOR, start + 1, end)), tuple(self._keys[index].split(" "))


def written(names: Mapping[str, Collection[str]]) -> list[str]:
    r"""Write names and the ids of what each one names down as two texts, in the order of the names.

    >>> written({"\0LoRA\0": ["method/lora"], "\0BERT\0": ["method/bert"]})
    ['\x00BERT\x00\x7f\x00LoRA\x00', 'method/bert\x7fmethod/lora']
    """
    ordered = sorted(name for name in names if _BETWEEN not in name)
    return [_BETWEEN.join(ordered), _BETWEEN.join(" ".join(sorted(names[name])) for name in ordered)]


class Gazetteer(Component):
    """Marks every stretch that is a label or alias of a vocabulary concept."""

    def __init__(self) -> None:
        self.concepts: Mapping[str, Concept] = {}
        self.exact, self.loose = Names("", ""), Names("", "")

    def learn(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary's methods, datasets, tasks and areas in."""
        self.concepts = vocabulary.concepts
        self.exact, self.loose = (Names(*texts) for texts in _spelt(vocabulary))

    def note(self, notes: Notes) -> None:
        """Note the vocabulary's names in a passage."""
        if notes.part in _SKIPPED:
            return
        tokens, ends = tokenized(notes.plain)
        places: dict[tuple[int, int], set[str]] = {}
        text = joined(tokens)
        for found in (self.exact.find(text), self.loose.find(text.lower())):
            for place, keys in found:
                places.setdefault(place, set()).update(keys)
        for start, end in longest(places):
            first, last = ends[start - 1] if start else 0, ends[end - 1] - (tokens[end - 1][1:].endswith(" "))
            self._note(notes, _without_plural(notes, first, last), sorted(places[start, end]))

    def _note(self, notes: Notes, span: Span, keys: list[str]) -> None:
        entities = tuple(key for key in keys if self.concepts[key].kind is not Kind.TOPIC)
        if entities:
            notes.concepts[notes.mark(span, "gazetteer")] = entities
        for key in keys:
            if self.concepts[key].kind is Kind.TOPIC:
                notes.known_topics.append(Topic(span, "vocabulary-task", key))


def _spelt(vocabulary: Vocabulary) -> Sequence[Sequence[str]]:
    """Give every spelling of every name with the ids of what it names, written down; of the shipped ones it is kept."""
    if vocabulary.fingerprint != shipped.fingerprint():
        return _spellings(vocabulary)
    here = Path(__file__).parent
    sources = [*sorted(here.glob("*.py")), *(here.parent / f"{name}.py" for name in ("model", "text", "vocabulary"))]
    found: list[list[str]] = cache.kept(
        "gazetteer", cache.key(vocabulary.fingerprint, sources=sources), lambda: _spellings(vocabulary)
    )
    return found


def _spellings(vocabulary: Vocabulary) -> Sequence[Sequence[str]]:
    """Work out the spellings: those that are matched as written, and those matched in small letters."""
    exact: dict[str, set[str]] = {}
    loose: dict[str, set[str]] = {}
    for concept in vocabulary:
        if concept.kind is Kind.TOPIC and concept.scheme not in _TOPIC_SCHEMES:
            continue
        labels = [label.text for label in (*concept.labels, *concept.aliases)]
        for pattern in filter(None, exact_patterns(labels)):
            exact.setdefault(joined(pattern), set()).add(concept.id)
        for pattern in filter(None, loose_patterns(labels)):
            loose.setdefault(joined(pattern).lower(), set()).add(concept.id)
    return [written(names) for names in (exact, loose)]


def _without_plural(notes: Notes, start: int, end: int) -> Span:
    """Leave the plural of an acronym outside (GNNs), as the components after this one do."""
    return (start, end - 1) if notes.plain[end - 1] == "s" and notes.plain[end - 2].isupper() else (start, end)


def exact_patterns(labels: Iterable[str]) -> set[Tokens]:
    """Give the token patterns of labels with a capital: as written and in capitals."""
    patterns: set[Tokens] = set()
    for label in labels:
        if label != label.lower():
            for form in {label, label.upper()} if len(label) > 2 else {label}:  # noqa: PLR2004  AI is no Ai
                patterns.update(spellings(words(form)))
                if form[-1].isascii() and form[-1].isalpha() and form[-1] not in "sS":
                    patterns.update(spellings(words(form + "s")))
    return patterns


def loose_patterns(labels: Iterable[str]) -> set[Tokens]:
    """Give the token patterns of labels in small letters, with the plural of Latin script."""
    patterns: set[Tokens] = set()
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
