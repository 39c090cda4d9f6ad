"""JSON-LD cannot say: in which order anything stood. It says everything else that RDF says, to programs that know JSON.

One node object a line, in the order of :func:`kg.rdf.triples`. The context of ``ontology/context.jsonld`` is
embedded, so that no reader has to fetch it; each value takes the shortest form that this context expands
back to the very same triple.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg import rdf, resources
from kg.errors import InputError
from kg.oxigraph import Literal, NamedNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.graph import Graph
    from kg.rdf import About

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_DELIMITERS = tuple(":/?#[]@")  # what the IRI of a prefix ends with (JSON-LD 1.1, section 4.1.5)

KEPT = 20_000
"""How many IRIs are kept with their short forms."""


@dataclass(frozen=True, slots=True)
class _Term:
    """How the context writes a property."""

    name: str
    coercion: str
    """``@id``, the IRI of a datatype, or empty."""
    container: str
    """``@language``, ``@set`` or empty."""


def render(graph: Graph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph as ``graph.jsonld``.

    Raises:
        InputError: the context of the installation is damaged.
    """
    yield "graph.jsonld", _document(graph, _load())


def _load() -> dict[str, Any]:
    path = resources.ontology() / "context.jsonld"
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"not readable as JSON ({error})", "Restore the file.") from error
    return document


def _document(graph: Graph, document: Mapping[str, Any]) -> Iterator[bytes]:
    context = _Context(document["@context"])
    yield f'{{"@context": {_dump(document["@context"])},\n"@graph": ['.encode()
    comma = ""
    known = rdf.introductions()
    for record, edges in graph.described():
        for subject, about in rdf.subjects(record, edges, introduced_by=known.get(record.id, "")):
            yield f"{comma}\n{_dump(context.node(subject, about))}".encode()
            comma = ","
    yield b"\n]}\n"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Context:
    """The terms and prefixes of a JSON-LD context, turned round: from IRI to term."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        plain = {name: value for name, value in definitions.items() if isinstance(value, str) and name[0] != "@"}
        self._prefixes = {name: value for name, value in plain.items() if value.endswith(_DELIMITERS)}
        self._vocab = str(definitions.get("@vocab") or "")
        terms = (self._term(name, value) for name, value in sorted(definitions.items()) if name[0] != "@")
        self._terms = {iri: term for iri, term in terms if not iri.endswith(_DELIMITERS)}
        self._compact = lru_cache(KEPT)(self._shortened)

    def _term(self, name: str, definition: str | Mapping[str, str]) -> tuple[str, _Term]:
        if isinstance(definition, str):
            return self._expand(definition), _Term(name, "", "")
        iri = self._expand(definition.get("@id", self._vocab + name))
        container = definition.get("@container", "")
        coercion = definition.get("@type", "")
        return iri, _Term(name, coercion if coercion.startswith("@") else self._expand(coercion), str(container))

    def _expand(self, name: str) -> str:
        prefix, colon, local = name.partition(":")
        return self._prefixes[prefix] + local if colon and prefix in self._prefixes else name

    def node(self, subject: NamedNode, about: Iterable[About]) -> dict[str, Any]:
        """Give the node object of a subject; a single value stands alone, several stand in a list."""
        kinds: dict[str, Any] = {"@id": self._compact(subject.value)}
        rest: dict[str, Any] = {}
        for each, value in about:
            predicate = each.value
            term = self._terms.get(predicate) or _Term(self._compact(predicate), "", "")
            if isinstance(value, NamedNode) and predicate == _TYPE:
                _append(kinds, "@type", self._name(value.value))
            else:
                self._add(rest, term, value)
        return kinds | rest

    def _add(self, node: dict[str, Any], term: _Term, value: NamedNode | Literal) -> None:
        if term.container == "@language" and isinstance(value, Literal) and value.language:
            _append(node.setdefault(term.name, {}), value.language, value.value)
        else:
            _append(node, term.name, self._value(term, value))

    def _value(self, term: _Term, value: NamedNode | Literal) -> Any:  # noqa: ANN401  JSON
        if isinstance(value, NamedNode):
            return self._reference(term, value.value)
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype.value == (term.coercion or _STRING):
            return value.value
        kind = {} if value.datatype.value == _STRING else {"@type": self._name(value.datatype.value)}
        return {"@value": value.value} | kind

    def _reference(self, term: _Term, iri: str) -> Any:  # noqa: ANN401  JSON
        if term.coercion == "@vocab":
            return self._name(iri)
        return self._compact(iri) if term.coercion == "@id" else {"@id": self._compact(iri)}

    def _name(self, iri: str) -> str:
        """Shorten what is looked up in the vocabulary: a class, a datatype."""
        term = self._terms.get(iri)
        return term.name if term else self._compact(iri)

    def _shortened(self, iri: str) -> str:
        """Shorten an IRI by the longest prefix that fits."""
        fits = [(len(base), name) for name, base in self._prefixes.items() if iri.startswith(base) and iri != base]
        if not fits:
            return iri
        length, name = max(fits)
        local = iri[length:]
        return iri if local.startswith("//") else f"{name}:{local}"


def _append(node: dict[str, Any], key: str, value: Any) -> None:  # noqa: ANN401  JSON
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]
