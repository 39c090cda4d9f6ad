"""What kg knows beforehand: the methods, datasets and topics of ``ontology/vocab``, in both languages.

Three sorts of names, and what each may be used for:

* ``skos:prefLabel`` and ``skos:altLabel`` (:attr:`Concept.labels`, :attr:`Concept.aliases`) name the concept wherever
  they stand, also in the middle of a sentence. Within a kind no two concepts share one.
* ``skos:hiddenLabel`` (:meth:`Vocabulary.hidden`) is for look-up alone: a tag or a person's question that says
  ``planning`` or ``MT`` means the task, a sentence that says so need not. Two concepts may share one.
"""

from __future__ import annotations

import functools
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kg import cache, iri, resources
from kg.errors import InputError
from kg.model import Concept, Kind, Label, Lang
from kg.oxigraph import Literal, NamedNode, read_turtle
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_PREFERRED, _ALTERNATIVE, _HIDDEN = f"{_SKOS}prefLabel", f"{_SKOS}altLabel", f"{_SKOS}hiddenLabel"
_BROADER, _IN_SCHEME = f"{_SKOS}broader", f"{_SKOS}inScheme"
_INTRODUCED, _GENERIC = f"{iri.ONTOLOGY}introducedBy", f"{iri.ONTOLOGY}generic"
_LABELS = (_PREFERRED, _ALTERNATIVE, _HIDDEN)
_NOTES = (f"{_SKOS}definition", f"{_SKOS}scopeNote", f"{_SKOS}closeMatch", f"{_SKOS}exactMatch")
_KNOWN = frozenset({_TYPE, _BROADER, _IN_SCHEME, _INTRODUCED, _GENERIC, *_LABELS, *_NOTES})
_KINDS = {
    f"{iri.ONTOLOGY}Method": Kind.METHOD,
    f"{iri.ONTOLOGY}Dataset": Kind.DATASET,
    f"{iri.ONTOLOGY}Topic": Kind.TOPIC,
}
_SCHEMES = {
    Kind.METHOD: {f"{iri.BASE}scheme/methods": ""},
    Kind.DATASET: {f"{iri.BASE}scheme/datasets": ""},
    Kind.TOPIC: {
        f"{iri.BASE}scheme/tasks": "task",
        f"{iri.BASE}scheme/areas": "area",
        f"{iri.BASE}scheme/categories": "category",
        f"{iri.BASE}scheme/tags": "tag",
    },
}
_CONCEPT, _SCHEME = f"{_SKOS}Concept", f"{_SKOS}ConceptScheme"
_KIND = {kind.value: kind for kind in Kind}
_LANGS: dict[str | None, Lang] = {lang.value: lang for lang in Lang}
_VALUES = (Literal, NamedNode)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The concepts of ``ontology/vocab``; nothing in it can be changed.

    >>> [concept.id for concept in load().find("自然语言处理")]
    ['topic/naturallanguageprocessing']
    """

    concepts: Mapping[str, Concept]
    """Every concept by its id, sorted by id."""
    fingerprint: str
    """The SHA-256 of the files' names and bytes, in hexadecimal digits."""
    hidden_labels: Mapping[str, tuple[Label, ...]]
    """The names for look-up alone, by the id of the concept; only concepts that have some."""

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts.values())

    def __len__(self) -> int:
        return len(self.concepts)

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self.concepts

    def find(self, name: str, kind: Kind | None = None) -> tuple[Concept, ...]:
        """Look a name up: what has it as label or alias comes first, then what has it as hidden label, each by id.

        >>> [concept.id for concept in load().find("cs.CL", Kind.TOPIC)], load().find("cs.CL", Kind.METHOD)
        (['topic/cscl'], ())
        """
        found = (self.concepts[key] for key in self._index.get(fold(name), ()))
        return tuple(concept for concept in found if kind is None or concept.kind is kind)

    def hidden(self, concept_id: str) -> tuple[Label, ...]:
        """Give the names of a concept that are for look-up alone, sorted.

        Raises:
            KeyError: there is no such concept.
        """
        return self.hidden_labels.get(self.concepts[concept_id].id, ())

    def ancestors(self, concept_id: str) -> tuple[str, ...]:
        """Give the ids of all wider concepts, each once: the next wider ones first, sorted, then those above them.

        Raises:
            KeyError: there is no such concept.
        """
        if (known := self._above.get(concept_id)) is not None:
            return known
        found: dict[str, None] = {}
        level = self.concepts[concept_id].broader
        while level:
            found.update(dict.fromkeys(level))
            above = {wider for key in level for wider in self.concepts[key].broader}
            level = tuple(sorted(above - found.keys()))
        return self._above.setdefault(concept_id, tuple(found))

    @cached_property
    def _above(self) -> dict[str, tuple[str, ...]]:
        """What :meth:`ancestors` has found, which extraction asks for at every topic."""
        return {}

    def folds(self, kind: Kind) -> set[str]:
        """Give the folds of all names of one kind, hidden ones too."""
        return {name for name, keys in self._index.items() if any(self.concepts[key].kind is kind for key in keys)}

    @cached_property
    def _index(self) -> Mapping[str, list[str]]:
        """Concept ids by fold, on the first look-up: folding takes long, so that of the shipped one is kept."""
        if self.fingerprint != fingerprint():
            return self._folded()
        index: dict[str, list[str]] = cache.kept("folds", _key(), self._folded)
        return index

    def _folded(self) -> dict[str, list[str]]:
        index: dict[str, dict[str, None]] = defaultdict(dict)
        for concept in self:
            for label in concept.labels + concept.aliases:
                index[fold(label.text)][concept.id] = None
        for key, labels in self.hidden_labels.items():
            for label in labels:
                index[fold(label.text)][key] = None
        return {name: list(keys) for name, keys in index.items()}


@functools.cache
def load() -> Vocabulary:
    """Give the vocabulary that kg ships; what its files say is kept for the next process.

    Raises:
        InputError: a file of it is damaged or contradicts another.
    """
    return _of_rows(cache.kept("vocabulary", _key(), lambda: _rows(read(_shipped()))))


@functools.cache
def fingerprint() -> str:
    """Give the fingerprint of the vocabulary that kg ships, without reading what its files say.

    Raises:
        InputError: there are none.
    """
    return _fingerprint(_files(_shipped()))


@functools.cache
def _key() -> str:
    """Give a hash of what the kept vocabulary follows from: its files, and the code that reads and folds them."""
    here = Path(__file__).parent
    sources = [here / f"{name}.py" for name in ("vocabulary", "iri", "model", "oxigraph", "text")]
    return cache.key(fingerprint(), sources=sources)


def _shipped() -> Path:
    return resources.ontology() / "vocab"


def _rows(vocabulary: Vocabulary) -> list[tuple[Any, ...]]:
    """Give a vocabulary as JSON: a row a concept."""
    return [
        (
            *(item.id, item.kind, _texts(item.labels), _texts(item.aliases), item.scheme, item.broader),
            *(item.introduced_by, item.generic, _texts(vocabulary.hidden_labels.get(item.id, ()))),
        )
        for item in vocabulary
    ]


def _texts(labels: Iterable[Label]) -> list[Any]:
    return [[label.text, label.lang] for label in labels]


def _of_rows(rows: Iterable[Any]) -> Vocabulary:
    """Make the shipped vocabulary of its rows."""
    concepts, hidden = {}, {}
    for key, kind, labels, aliases, scheme, broader, introduced_by, generic, others in rows:
        concepts[key] = Concept(
            *(key, _KIND[kind], _labels(labels), _labels(aliases), scheme, tuple(broader), introduced_by, generic)
        )
        if others:
            hidden[key] = _labels(others)
    return Vocabulary(MappingProxyType(concepts), fingerprint(), MappingProxyType(hidden))


def _labels(rows: Iterable[tuple[str, str]]) -> tuple[Label, ...]:
    return tuple(Label(text, _LANGS[lang]) for text, lang in rows)


def read(folder: Path) -> Vocabulary:
    """Read every Turtle file of a folder as one vocabulary.

    Raises:
        InputError: a file cannot be read, or says something that cannot be: the message names file and concept.
    """
    files = _files(folder)
    drafts = sorted((draft for file in files for draft in _drafts(file)), key=attrgetter("id"))
    concepts = {draft.id: draft.concept() for draft in drafts}
    _check(concepts, drafts)
    hidden = {draft.id: labels for draft in drafts if (labels := draft.labels(_HIDDEN))}
    return Vocabulary(MappingProxyType(concepts), _fingerprint(files), MappingProxyType(hidden))


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.ttl"))
    if not files:
        raise InputError(str(folder), "no vocabulary file (.ttl) is here", "Install digest-kg again.")
    return files


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Draft:
    """A concept as a file states it, before it is believed."""

    id: str
    file: Path
    values: dict[str, list[str]]
    """Addresses and plain values, by property."""
    names: dict[str, list[Label]]
    """Labels, by property."""

    def error(self, what: str, remedy: str) -> InputError:
        return InputError(str(self.file), f"{self.id} {what}", remedy)

    def concept(self) -> Concept:
        """Believe it.

        Raises:
            InputError: it lacks something, or says something unknown.
        """
        if not (stated := self.values.keys() | self.names.keys()) <= _KNOWN:
            raise self.error(f"has the unknown property <{min(stated - _KNOWN)}>", "Correct its spelling or remove it.")
        labels = self.labels(_PREFERRED)
        kind = self.kind()
        self.check_labels(kind, labels)
        return Concept(
            id=self.id,
            kind=kind,
            labels=labels,
            aliases=self.labels(_ALTERNATIVE),
            scheme=self.scheme(kind),
            broader=tuple(sorted(map(iri.node_id, self.values.get(_BROADER, ())))),
            introduced_by=self.introduced_by(),
            generic="true" in self.values.get(_GENERIC, ()),
        )

    def labels(self, name: str) -> tuple[Label, ...]:
        """Give the labels of one sort: the preferred ones by language, English first; the others sorted by text."""
        labels = self.names.get(name, [])
        return tuple(sorted(labels, key=attrgetter("lang") if name == _PREFERRED else attrgetter("text", "lang")))

    def check_labels(self, kind: Kind, labels: tuple[Label, ...]) -> None:
        if untagged := [text for name in _LABELS for text in self.values.get(name, ())]:
            raise self.error(f"has the label {untagged[0]!r} in no known language", 'Write "text"@en or "文字"@zh.')
        if not labels or labels[0].lang is not Lang.EN:
            raise self.error("has no English skos:prefLabel", 'Add one such as skos:prefLabel "LoRA"@en.')
        if len({label.lang for label in labels}) < len(labels):
            raise self.error("has two skos:prefLabel of one language", "Is it stated twice? Keep one, or use altLabel.")
        if (expected := iri.entity_id(kind, labels[0].text)) != self.id:
            raise self.error(
                f"does not follow from its English label {labels[0].text!r}", f"Write it as <{iri.iri(expected)}>."
            )

    def kind(self) -> Kind:
        types = self.values.get(_TYPE, ())
        kinds = [_KINDS[name] for name in types if name in _KINDS]
        if len(kinds) != 1 or _CONCEPT not in types:
            raise self.error(
                "is not of one kind", "Say `a kg:Method, skos:Concept` (or kg:Dataset, kg:Topic), one of the three."
            )
        return kinds[0]

    def scheme(self, kind: Kind) -> str:
        schemes = _SCHEMES[kind]
        stated = self.values.get(_IN_SCHEME, ())
        if len(stated) != 1 or stated[0] not in schemes:
            raise self.error("is in no scheme that fits its kind", f"Say skos:inScheme <{'> or <'.join(schemes)}>.")
        return schemes[stated[0]]

    def introduced_by(self) -> str:
        papers = self.values.get(_INTRODUCED, ())
        if not papers:
            return ""
        found = iri.arxiv_id(papers[0])
        if len(papers) > 1 or iri.ARXIV + found != papers[0]:
            raise self.error(
                f"has kg:introducedBy <{papers[0]}>", f"Write one paper, without version, as <{iri.ARXIV}2106.09685>."
            )
        return found


def _drafts(file: Path) -> list[_Draft]:
    """Group the triples of a file by subject; concept schemes are left out."""
    drafts: dict[str, _Draft] = {}
    for subject, predicate, value in read_turtle(file):
        if not isinstance(subject, NamedNode) or not isinstance(value, _VALUES):
            raise InputError(str(file), f"a blank node or quoted triple near {value}", "Give everything an IRI.")
        if (draft := drafts.get(address := subject.value)) is None:
            draft = drafts[address] = _Draft(iri.node_id(address), file, {}, {})
        text = value.value
        lang = _LANGS.get(value.language) if isinstance(value, Literal) else None
        if lang and text.strip():
            draft.names.setdefault(predicate.value, []).append(Label(text, lang))
        else:
            draft.values.setdefault(predicate.value, []).append(text)
    return [draft for draft in drafts.values() if _SCHEME not in draft.values.get(_TYPE, ())]


def _check(concepts: Mapping[str, Concept], drafts: Iterable[_Draft]) -> None:
    """Check what concerns several concepts: stated once, broader ones known and of one kind, no cycle."""
    files: dict[str, Path] = {}
    for draft in drafts:
        if draft.id in files:
            raise draft.error(f"is stated in {files[draft.id].name} too", "Keep one of the two.")
        files[draft.id] = draft.file
        for wider in concepts[draft.id].broader:
            if wider not in concepts or concepts[wider].kind is not concepts[draft.id].kind:
                raise draft.error(
                    f"has the unknown skos:broader {wider}",
                    "State it too, as the same kind, or correct it.",
                )
    _check_cycles(concepts, files)


def _check_cycles(concepts: Mapping[str, Concept], files: Mapping[str, Path]) -> None:
    """Take away what has nothing wider left, again and again; what stays is on a cycle or below one."""
    left = {key: set(concept.broader) for key, concept in concepts.items() if concept.broader}
    while free := {wider for broader in left.values() for wider in broader} - left.keys():
        left = {key: rest for key, broader in left.items() if (rest := broader - free)}
    if left:
        key = _on_cycle(left)
        raise InputError(str(files[key]), f"{key} is wider than itself", "Remove one skos:broader of the circle.")


def _on_cycle(broader: Mapping[str, set[str]]) -> str:
    """Walk upwards until a concept comes again: that one is on a cycle."""
    key, seen = min(broader), set[str]()
    while key not in seen:
        seen.add(key)
        key = min(broader[key])
    return key
