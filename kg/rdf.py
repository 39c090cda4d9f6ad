"""The graph as RDF: every record becomes triples, in one order, without a blank node.

Terms are made by constructors, never by pasting text. `node_triples` is a pure function of a node and the edges that
leave it, so that a graph can be expressed in parts, wherever they lie; `triples` streams a whole graph through it.
Nearly all triples are those of mentions: their terms are made in their order, and what recurs is made once.
`to_rdflib` and `open_rdflib` give Python users an `rdflib.Graph` on top of Oxigraph.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING
from urllib.parse import quote

from kg import iri, vocabulary
from kg.errors import GraphError
from kg.model import Entity, Kind, PaperNode, Part, Relation
from kg.oxigraph import Literal, NamedNode, RdfFormat, Store, Triple, serialize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeAlias

    import rdflib

    from kg.graph import Graph, Node
    from kg.model import DigestNode, Edge, Evidence

    About: TypeAlias = tuple[NamedNode, NamedNode | Literal]
    Subject: TypeAlias = tuple[NamedNode, list[About]]

PREFIXES = {
    "kg": iri.ONTOLOGY,
    "dcterms": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "arxiv": iri.ARXIV,
    "method": f"{iri.BASE}method/",
    "dataset": f"{iri.BASE}dataset/",
    "topic": f"{iri.BASE}topic/",
    "digest": f"{iri.BASE}digest/",
    "mention": f"{iri.BASE}mention/",
    "scheme": f"{iri.BASE}scheme/",
}
"""The prefixes of every serialisation, and what a query may use without declaring."""

CLASSES = {
    Kind.PAPER: "kg:Paper",
    Kind.METHOD: "kg:Method",
    Kind.DATASET: "kg:Dataset",
    Kind.TOPIC: "kg:Topic",
    Kind.DIGEST: "kg:Digest",
}
"""The class of each kind of node."""

SCHEMES = {"task": "scheme/tasks", "area": "scheme/areas", "category": "scheme/categories", "tag": "scheme/tags"}
"""The node id of the concept scheme behind ``Entity.scheme``."""

TEXTS = {Part.TITLE: "dcterms:title", Part.SUMMARY: "kg:summary", Part.ABSTRACT: "dcterms:abstract"}
"""The property of each part of a paper that RDF holds; tags and categories are topics there."""

_FORBIDDEN = re.compile(r"[^\w.~:/?#@!$&'()*+,;=%-]|%(?![0-9A-Fa-f]{2})")  # what a web address may not hold


@cache
def term(name: str) -> NamedNode:
    """Expand a prefixed name of `PREFIXES`.

    >>> term("kg:proposes").value
    'https://w3id.org/digest-kg/ontology#proposes'
    """
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


@lru_cache(maxsize=100_000)
def node(node_id: str) -> NamedNode:
    """Give the RDF node of a node id.

    >>> node("2310.00212").value
    'https://arxiv.org/abs/2310.00212'
    """
    return NamedNode(iri.iri(node_id))


@cache
def relation(name: Relation) -> NamedNode:
    """Give the property that a relation is in RDF.

    >>> relation(Relation.BROADER).value
    'http://www.w3.org/2004/02/skos/core#broader'
    """
    return term(f"skos:{name}" if name is Relation.BROADER else f"kg:{name}")


def triples(graph: Graph, *, introduced_by: Mapping[str, str] | None = None) -> Iterator[Triple]:
    """Stream the graph, each triple once: nodes by id, a node's triples by property, its mentions after it.

    Args:
        graph: what to express.
        introduced_by: for the id of a concept, the arXiv identifier of the paper that introduced it. No
            entity carries it, since it is knowledge of the vocabulary: by default the vocabulary is asked.
    """
    known = introductions() if introduced_by is None else introduced_by
    for record, edges in graph.described():
        yield from node_triples(record, edges, introduced_by=known.get(record.id, ""))


@cache
def introductions() -> Mapping[str, str]:
    """Ask the vocabulary which paper introduced a concept: arXiv identifiers by concept id."""
    return {concept.id: concept.introduced_by for concept in vocabulary.load() if concept.introduced_by}


def node_triples(record: Node, edges: Iterable[Edge], *, introduced_by: str = "") -> Iterator[Triple]:
    """Stream one node, with the edges that leave it and the mentions behind them.

    Args:
        record: the node.
        edges: all edges that leave it, in any order.
        introduced_by: for a concept, the arXiv identifier of the paper that introduced it; nothing if unknown.
    """
    for subject, about in subjects(record, edges, introduced_by=introduced_by):
        yield from map(Triple, repeat(subject), *zip(*about, strict=True))


def subjects(record: Node, edges: Iterable[Edge], *, introduced_by: str = "") -> Iterator[Subject]:
    """Give what `node_triples` gives by subject: the node, then each mention by its id; sorted, each statement once."""
    edges = list(edges)
    about = [(relation(edge.relation), node(edge.target)) for edge in edges]
    if introduced_by and isinstance(record, Entity) and record.concept:
        about.append((term("kg:introducedBy"), node(introduced_by)))
    yield node(record.id), sorted({*_description(record), *about}, key=lambda pair: (pair[0].value, str(pair[1])))
    mentions = {iri.mention_id(edge, item): (edge, item) for edge in edges for item in edge.evidence}
    for mention in sorted(mentions):
        yield NamedNode(iri.iri(mention)), _mention(*mentions[mention])


def _description(record: Node) -> Iterator[About]:
    if isinstance(record, PaperNode):
        return _paper(record)
    return _entity(record) if isinstance(record, Entity) else _digest(record)


def _paper(paper: PaperNode) -> Iterator[About]:
    yield term("rdf:type"), term("kg:Paper")
    yield term("dcterms:identifier"), Literal(paper.id)
    yield term("kg:month"), Literal(iri.month(paper.id), datatype=term("xsd:gYearMonth"))
    if is_date(paper.published):
        yield term("dcterms:issued"), Literal(paper.published, datatype=term("xsd:date"))
    for passage in paper.passages:
        if passage.part in TEXTS:
            yield term(TEXTS[passage.part]), Literal(passage.text, language=passage.lang)
    for url in repositories(paper):
        yield term("schema:codeRepository"), url


def repositories(paper: PaperNode) -> list[NamedNode]:
    """Give the addresses of a paper's code, each once, sorted; what cannot be an IRI is left out."""
    found = {url for address in paper.code if (url := _web(address)) is not None}
    return sorted(found, key=attrgetter("value"))


def is_date(text: str) -> bool:
    """Tell a full date from a month, a year or nothing."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _web(address: str) -> NamedNode | None:
    """Make an IRI of a web address that somebody typed; None if even percent-encoding cannot."""
    page, mark, fragment = _FORBIDDEN.sub(lambda match: quote(match[0], safe=""), address).partition("#")
    try:
        return NamedNode(page + mark + fragment.replace("#", "%23"))
    except ValueError:
        return None


def _entity(entity: Entity) -> Iterator[About]:
    yield term("rdf:type"), term(CLASSES[entity.kind])
    if entity.concept or entity.kind is Kind.TOPIC:
        yield term("rdf:type"), term("skos:Concept")
    for label in entity.labels:
        yield term("skos:prefLabel"), Literal(label.text, language=label.lang)
    for label in entity.aliases:
        yield term("skos:altLabel"), Literal(label.text, language=label.lang)
    scheme = SCHEMES.get(entity.scheme, f"scheme/{entity.kind}s" if entity.concept else "")
    if scheme:
        yield term("skos:inScheme"), node(scheme)


def _digest(digest: DigestNode) -> Iterator[About]:
    yield term("rdf:type"), term("kg:Digest")
    yield term("dcterms:identifier"), Literal(digest.id.partition("/")[2])
    yield term("kg:dialect"), Literal(digest.dialect)
    for name in digest.names:
        yield term("kg:fileName"), Literal(name)


_MENTION = tuple(
    map(
        term,
        (
            "rdf:type",
            "prov:wasDerivedFrom",
            "kg:confidence",
            "kg:end",
            "kg:entity",
            "kg:line",
            "kg:paper",
            "kg:part",
            "kg:quote",
            "kg:relation",
            "kg:rule",
            "kg:start",
        ),
    )
)
"""The properties of a mention, sorted; each has one value."""


def _mention(edge: Edge, evidence: Evidence) -> list[About]:
    values = (
        term("kg:Mention"),
        node(evidence.digest),
        _confidence(evidence.confidence),
        _integer(evidence.end),
        node(edge.target),
        _integer(evidence.line),
        node(edge.source),
        _word(evidence.part),
        Literal(evidence.quote, language=evidence.lang),
        relation(edge.relation),
        _word(evidence.rule),
        _integer(evidence.start),
    )
    return list(zip(_MENTION, values, strict=True))


@lru_cache(maxsize=10_000)
def _word(text: str) -> Literal:
    return Literal(text)


@lru_cache(maxsize=20_000)
def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=term("xsd:integer"))


@lru_cache(maxsize=20_000)
def _confidence(number: float) -> Literal:
    return Literal(decimal(number), datatype=term("xsd:decimal"))


def decimal(number: float) -> str:
    """Write a confidence as a canonical xsd:decimal with at most four places, as Oxigraph gives it back.

    >>> decimal(0.97), decimal(1.0), decimal(0.00001)
    ('0.97', '1', '0')
    """
    return f"{number:.4f}".rstrip("0").rstrip(".")


def to_rdflib(graph: Graph) -> rdflib.Graph:
    """Give a graph as an `rdflib.Graph` in memory, independent of ``graph``: quick to walk, triple by triple.

    For SPARQL over many papers, `open_rdflib` is the quick one.
    """
    import rdflib  # noqa: PLC0415  heavy, and needed by Python users alone

    made = rdflib.Graph()
    document = serialize(triples(graph), format=RdfFormat.N_TRIPLES) or b""
    return _with_prefixes(made.parse(document, format="nt"))


def open_rdflib(path: Path) -> rdflib.Graph:
    """Open the Oxigraph database of a graph directory as an `rdflib.Graph` for reading; SPARQL runs in Oxigraph.

    Args:
        path: the folder of the database itself, which ``kg.store.sparql_path`` names.

    Raises:
        GraphError: there is no readable database at the path.
    """
    import rdflib  # noqa: PLC0415  heavy, and needed by Python users alone
    from oxrdflib import OxigraphStore  # noqa: PLC0415  likewise
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID  # noqa: PLC0415  likewise

    try:
        store = Store.read_only(str(path))
    except OSError as error:
        raise GraphError(str(path), f"no readable Oxigraph database ({error})", "Run kg build first.") from error
    return _with_prefixes(rdflib.Graph(OxigraphStore(store=store), identifier=DATASET_DEFAULT_GRAPH_ID))


def _with_prefixes(graph: rdflib.Graph) -> rdflib.Graph:
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph
