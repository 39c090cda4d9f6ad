"""One thing of the graph, with everything that is said of it and where: what ``kg show`` prints.

Works on the store by look-ups alone, so that it takes no longer on fifty thousand papers than on fifty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg import rdf
from kg.iri import kind_of, node_id
from kg.model import Kind, Lang, Part, Relation
from kg.oxigraph import Literal, NamedNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.oxigraph import Quad, Store

CONTEXT = 60
"""Characters shown on either side of a quote."""


@dataclass(frozen=True, slots=True, order=True)
class Quote:
    """A piece of evidence, with the words around it."""

    confidence: float
    """The probability that it is right, between 0 and 1."""
    before: str
    """Up to `CONTEXT` characters before the quote; empty for tags and categories."""
    text: str
    """The quote."""
    after: str
    """Up to `CONTEXT` characters after it."""
    part: str
    """Title, summary, abstract, tags or categories."""
    lang: str
    """The language of the passage."""
    digest: str
    """The first file name of the digest."""
    line: int
    """Its line, counted from 1."""
    rule: str
    """The rule or model that found it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An edge, seen from the thing described."""

    relation: Relation
    """What it says."""
    outgoing: bool
    """Whether the thing described is its source."""
    other: str
    """The node id at its other end."""
    label: str
    """What that node is called."""
    quotes: tuple[Quote, ...]
    """Its evidence, surest first."""

    @property
    def confidence(self) -> float:
        """The confidence of its best evidence; 1 where none is needed."""
        return max((quote.confidence for quote in self.quotes), default=1.0)


@dataclass(frozen=True, slots=True)
class Description:
    """A node with its names, facts and claims."""

    id: str
    """The node id."""
    kind: Kind
    """Its kind."""
    labels: tuple[tuple[str, str], ...]
    """Language and preferred label or title, English first; a digest's file names have no language."""
    aliases: tuple[str, ...]
    """Every other name, sorted."""
    facts: tuple[tuple[str, str], ...]
    """Name and value of every other property, sorted."""
    claims: tuple[Claim, ...]
    """Its edges, by relation, newest paper first."""
    total: int
    """How many edges it has; more than ``claims`` if they were limited."""


def describe(store: Store, name: str, *, limit: int = 50) -> Description:
    """Describe a node.

    Args:
        store: the store of a graph directory.
        name: a node id that is in the store.
        limit: how many edges to describe, the newest papers first.
    """
    subject = rdf.node(name)
    kind = kind_of(name)
    pairs = _edges(store, subject)
    claims = tuple(_claim(store, subject, edge) for edge in pairs[:limit])
    facts = tuple(sorted(set(_facts(store, subject))))
    return Description(name, kind, labels_of(store, subject), _aliases(store, subject), facts, claims, len(pairs))


def labels_of(store: Store, subject: NamedNode) -> tuple[tuple[str, str], ...]:
    """Give the preferred labels or titles of a node with their languages, English first."""
    found = []
    for name in ("skos:prefLabel", "dcterms:title", "kg:fileName"):
        values = (quad.object for quad in store.quads_for_pattern(subject, rdf.term(name), None))
        found += [(value.language or "", value.value) for value in values if isinstance(value, Literal)]
    return tuple(sorted(found))


def _aliases(store: Store, subject: NamedNode) -> tuple[str, ...]:
    return tuple(sorted(_values(store, subject, "skos:altLabel")))


def _values(store: Store, subject: NamedNode, name: str) -> Iterator[str]:
    for quad in store.quads_for_pattern(subject, rdf.term(name), None):
        yield _text(quad)


def _text(quad: Quad) -> str:
    return quad.object.value if isinstance(quad.object, Literal | NamedNode) else str(quad.object)


_FACTS = {
    "dcterms:issued": "published",
    "kg:month": "month",
    "schema:codeRepository": "code",
    "kg:introducedBy": "introduced by",
    "skos:inScheme": "scheme",
    "kg:dialect": "dialect",
}


def _facts(store: Store, subject: NamedNode) -> Iterator[tuple[str, str]]:
    for name, shown in _FACTS.items():
        for value in _values(store, subject, name):
            yield shown, value.removeprefix("https://w3id.org/digest-kg/id/scheme/")


_Edge = tuple[Relation, bool, str]


def _edges(store: Store, subject: NamedNode) -> list[_Edge]:
    """List the edges of a node: relation by relation, the newest paper first."""
    found: list[_Edge] = []
    for relation in Relation:
        predicate = rdf.relation(relation)
        out = _ends(quad.object for quad in store.quads_for_pattern(subject, predicate, None))
        into = _ends(quad.subject for quad in store.quads_for_pattern(None, predicate, subject))
        found += [(relation, True, other) for other in out] + [(relation, False, other) for other in into]
    return found


def _ends(terms: Iterable[object]) -> list[str]:
    return sorted((node_id(term.value) for term in terms if isinstance(term, NamedNode)), reverse=True)


def _claim(store: Store, subject: NamedNode, edge: _Edge) -> Claim:
    relation, outgoing, other = edge
    end = rdf.node(other)
    paper, entity = (subject, end) if outgoing else (end, subject)
    labels = labels_of(store, end)
    quotes = sorted(_quotes(store, paper, relation, entity), key=lambda quote: (-quote.confidence, quote))
    return Claim(relation, outgoing, other, labels[0][1] if labels else other, tuple(quotes))


def _quotes(store: Store, paper: NamedNode, relation: Relation, entity: NamedNode) -> Iterator[Quote]:
    """Find the mentions behind an edge, starting from the rarer end."""
    about = {quad.subject for quad in store.quads_for_pattern(None, rdf.term("kg:paper"), paper)}
    for mention in about:
        quads = store.quads_for_pattern(mention, None, None)
        fields = {quad.predicate: quad.object for quad in quads if isinstance(quad.object, Literal | NamedNode)}
        if fields[rdf.term("kg:entity")] == entity and fields[rdf.term("kg:relation")] == rdf.relation(relation):
            yield _quote(store, paper, {predicate.value: value for predicate, value in fields.items()})


def _quote(store: Store, paper: NamedNode, fields: dict[str, Literal | NamedNode]) -> Quote:
    def value(name: str) -> str:
        return fields[rdf.term(name).value].value

    quote = fields[rdf.term("kg:quote").value]
    lang = (quote.language if isinstance(quote, Literal) else "") or Lang.EN
    start, end = int(value("kg:start")), int(value("kg:end"))
    text = _passage(store, paper, value("kg:part"), lang, (start, end, quote.value))
    names = sorted(_values(store, NamedNode(value("prov:wasDerivedFrom")), "kg:fileName"))
    return Quote(
        float(value("kg:confidence")),
        text[max(0, start - CONTEXT) : start],
        quote.value,
        text[end : end + CONTEXT],
        value("kg:part"),
        lang,
        names[0] if names else value("prov:wasDerivedFrom"),
        int(value("kg:line")),
        value("kg:rule"),
    )


def _passage(store: Store, paper: NamedNode, part: str, lang: str, quote: tuple[int, int, str]) -> str:
    """Find the text that a quote stands in; empty for tags and categories, which RDF does not hold."""
    start, end, words = quote
    if Part(part) not in rdf.TEXTS:
        return ""
    for quad in store.quads_for_pattern(paper, rdf.term(rdf.TEXTS[Part(part)]), None):
        term = quad.object
        if isinstance(term, Literal) and term.language == lang and term.value[start:end] == words:
            return term.value
    return ""
