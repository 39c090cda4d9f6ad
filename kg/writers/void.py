"""VoID cannot say: what any one thing is. It says what the whole is: how much of what, in which words, in which files.

One Turtle file for catalogues of data, in VoID and DCAT. The links to dumps and pages are relative, so that they lead
to the files that ``kg export`` writes beside it, wherever the folder is served. Nothing is said of licence, publisher
or date of issue, which the graph does not know.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import count, groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from kg import iri, rdf, runs
from kg.oxigraph import Literal, NamedNode, RdfFormat, Triple, serialize
from kg.rdf import PREFIXES
from kg.writers import _rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import Graph
    from kg.rdf import Subject

_PREFIXES = {
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": PREFIXES["dcterms"],
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": PREFIXES["rdf"],
    "xsd": PREFIXES["xsd"],
}
_HERE = "here://export/"  # stands for wherever the file lies, and is taken out again; unlike every other address
_MEDIA = "https://www.iana.org/assignments/media-types/"
_FEATURE = "http://www.w3.org/ns/formats/"

DUMPS = {
    "jsonl": ("graph.jsonl", "dcterms:format", "https://jsonlines.org/"),
    "nt": ("graph.nt", "dcat:mediaType", f"{_MEDIA}application/n-triples"),
    "ttl": ("graph.ttl", "dcat:mediaType", f"{_MEDIA}text/turtle"),
    "jsonld": ("graph.jsonld", "dcat:mediaType", f"{_MEDIA}application/ld+json"),
    "graphml": ("graph.graphml", "dcterms:format", "http://graphml.graphdrawing.org/xmlns"),
    "neo4j": ("neo4j/", "dcat:mediaType", f"{_MEDIA}text/csv"),
}
"""For each format of data: its file or folder, and what says its type (by IANA's registry, if that has it)."""

PAGES = {"explorer": "explorer.html", "html": "graph.html"}
"""For each format that is a page for people: its file."""

_FEATURES = {"nt": "N-Triples", "ttl": "Turtle", "jsonld": "JSON-LD"}
"""The formats that are RDF, by their names at W3C."""

_TITLE = (("Knowledge graph of research digests", "en"), ("研究摘要知识图谱", "zh"))
_ABOUT = (
    ("Papers, methods, datasets and topics of research digests; behind each edge stands a literal quote.", "en"),
    ("研究摘要中的论文、方法、数据集与主题；每条边都有原文引语为证。", "zh"),
)
_WORDS = ("kg", "dcterms", "skos", "prov", "schema", "rdf")  # the vocabularies that triples are made of

_HASH = 16  # bytes of a hash: of a thousand million terms, two are alike once in 10^20 graphs
_REMEMBERED = 100_000  # terms


def render(graph: Graph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the description as ``graph.void.ttl``."""
    about = sorted(set(_description(graph)), key=str)
    prefixes = dict(sorted(_PREFIXES.items()))
    document = serialize(about, format=RdfFormat.TURTLE, prefixes=prefixes, base_iri=_HERE) or b""
    yield "graph.void.ttl", [line for line in document.splitlines(keepends=True) if not line.startswith(b"@base ")]


def _term(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(_PREFIXES[prefix] + local)


def _say(subject: str, *about: tuple[str, NamedNode | Literal]) -> Iterator[Triple]:
    """State something of a place in this document."""
    return (Triple(NamedNode(_HERE + subject), _term(name), value) for name, value in about)


def _number(number: int) -> Literal:
    return Literal(str(number), datatype=_term("xsd:integer"))


def _description(graph: Graph) -> Iterator[Triple]:
    whole = NamedNode(f"{_HERE}#graph")
    yield from _say("", ("rdf:type", _term("void:DatasetDescription")), ("foaf:primaryTopic", whole))
    yield from _say("#graph", ("rdf:type", _term("void:Dataset")), ("rdf:type", _term("dcat:Dataset")))
    for text, lang in _TITLE:
        yield from _say("#graph", ("dcterms:title", Literal(text, language=lang)), ("dcterms:language", Literal(lang)))
    for text, lang in _ABOUT:
        yield from _say("#graph", ("dcterms:description", Literal(text, language=lang)))
    for space in (iri.ARXIV, iri.BASE):
        yield from _say("#graph", ("void:uriSpace", Literal(space)))
    yield from _period(graph)
    yield from _counts(graph)
    yield from _dumps()


def _period(graph: Graph) -> Iterator[Triple]:
    """State from when to when the papers are, and name one as an example."""
    dates = _rows.period(graph)
    if any(dates):
        first, last = (Literal(date, datatype=_term("xsd:date")) for date in dates)
        period = ("rdf:type", _term("dcterms:PeriodOfTime"))
        yield from _say("#graph", ("dcterms:temporal", NamedNode(f"{_HERE}#papers-dated")))
        yield from _say("#papers-dated", period, ("dcat:startDate", first), ("dcat:endDate", last))
    for paper in islice(graph.papers(), 1):
        yield from _say("#graph", ("void:exampleResource", NamedNode(iri.iri(paper.id))))


class _Counted(NamedTuple):
    """What is counted of the triples."""

    triples: int
    subjects: int
    objects: int
    properties: Counter[NamedNode]
    classes: Counter[NamedNode]


def _count(graph: Graph) -> _Counted:
    known = rdf.introductions()
    described = (
        subject
        for record, edges in graph.described()
        for subject in rdf.subjects(record, edges, introduced_by=known.get(record.id, ""))
    )
    properties, classes, subjects = Counter[NamedNode](), Counter[NamedNode](), count()
    objects = _distinct(_tallied(described, properties, classes, subjects))
    return _Counted(properties.total(), next(subjects), objects, properties, classes)


def _tallied(
    described: Iterable[Subject], properties: Counter[NamedNode], classes: Counter[NamedNode], subjects: Iterator[int]
) -> Iterator[NamedNode | Literal]:
    """Give every object, and count on the way what else there is."""
    of_class = _term("rdf:type")
    for _, about in described:
        next(subjects)
        properties.update(name for name, _ in about)
        classes.update(value for name, value in about if name == of_class and isinstance(value, NamedNode))
        yield from (value for _, value in about)


def _distinct(terms: Iterable[NamedNode | Literal]) -> int:
    """Count how many terms are different, by their hashes, sorted: they are too many to remember."""
    hashes = (hashlib.blake2b(str(term).encode(), digest_size=_HASH).digest() for term in _fresh(terms))
    return sum(1 for _ in groupby(runs.ordered(hashes)))


def _fresh(terms: Iterable[NamedNode | Literal]) -> Iterator[NamedNode | Literal]:
    """Leave out terms that came a short while ago."""
    seen: set[NamedNode | Literal] = set()
    for term in terms:
        if term not in seen:
            if len(seen) >= _REMEMBERED:
                seen.clear()
            seen.add(term)
            yield term


def _counts(graph: Graph) -> Iterator[Triple]:
    found = _count(graph)
    numbers = {
        "triples": found.triples,
        "entities": len(graph),
        "distinctSubjects": found.subjects,
        "distinctObjects": found.objects,
        "properties": len(found.properties),
        "classes": len(found.classes),
    }
    for name, number in numbers.items():
        yield from _say("#graph", (f"void:{name}", _number(number)))
    for prefix in _WORDS:
        if any(name.value.startswith(PREFIXES[prefix]) for name in found.properties):
            yield from _say("#graph", ("void:vocabulary", NamedNode(PREFIXES[prefix])))
    for kind, what, counted in (("property", "triples", found.properties), ("class", "entities", found.classes)):
        for counts, number in counted.items():
            part = f"#{kind}-{_short(counts.value)}"
            yield from _say("#graph", (f"void:{kind}Partition", NamedNode(_HERE + part)))
            yield from _say(
                part,
                ("rdf:type", _term("void:Dataset")),
                (f"void:{kind}", counts),
                (f"void:{what}", _number(number)),
            )


def _short(address: str) -> str:
    """Give a name for a part of this document, such as ``kg-proposes``.

    >>> _short("http://www.w3.org/2004/02/skos/core#broader")
    'skos-broader'
    """
    prefix = next(name for name in _WORDS if address.startswith(PREFIXES[name]))
    return f"{prefix}-{address.removeprefix(PREFIXES[prefix])}"


def _dumps() -> Iterator[Triple]:
    for path in PAGES.values():
        yield from _say("#graph", ("dcat:landingPage", NamedNode(_HERE + path)))
        yield from _say(path, ("rdf:type", _term("foaf:Document")), ("dcterms:format", NamedNode(f"{_MEDIA}text/html")))
    for name, (path, predicate, kind) in DUMPS.items():
        file = NamedNode(_HERE + path)
        yield from _say("#graph", ("dcat:distribution", NamedNode(f"{_HERE}#file-{name}")))
        yield from _say(
            f"#file-{name}",
            ("rdf:type", _term("dcat:Distribution")),
            ("dcterms:title", Literal(path)),
            ("dcat:accessURL" if path.endswith("/") else "dcat:downloadURL", file),
            (predicate, NamedNode(kind)),
        )
    for name, feature in _FEATURES.items():
        dump = NamedNode(_HERE + DUMPS[name][0])
        yield from _say("#graph", ("void:dataDump", dump), ("void:feature", NamedNode(_FEATURE + feature)))
