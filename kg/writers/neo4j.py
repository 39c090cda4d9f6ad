"""Neo4j cannot say: which texts of a paper are older versions, what the digest said around a quote, monstrous ids.

A folder ``neo4j/``: typed CSV with a script for ``neo4j-admin database import full`` (a new database, fast),
and ``graph.cypher`` for ``cypher-shell`` (an existing database, as often as you like). Both say the same. A
node holds its preferred title, summary and abstract in each language; a relationship its best evidence as
properties and all of it as JSON in ``evidence``. In CSV, control characters and line ends become blanks, one
each, so that offsets still hold. An id that no index would take is cut short (see :func:`key`).

Columns are typed as Cypher's own types, ``long`` and ``double``: a single-precision 0.97 would be shown as
0.9700000286102295.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING

from kg.iri import iri, kind_of, month
from kg.model import DigestNode, Entity, Kind, Lang, PaperNode, Part, Relation
from kg.writers import _rows
from kg.writers._cypher import script

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.graph import Graph, Node
    from kg.model import Edge
    from kg.writers._cypher import Ends, Link, Links, Nodes, Properties, Value

ARRAY_DELIMITER = "\x1f"
"""What joins the items of a list: a control character, which no name holds once the others are blanks."""

LABELS = {
    Kind.PAPER: "Paper",
    Kind.METHOD: "Method",
    Kind.DATASET: "Dataset",
    Kind.TOPIC: "Topic",
    Kind.DIGEST: "Digest",
}
"""The Neo4j label of each kind of node; its file is the lower-case plural."""

TYPES = {
    Relation.PROPOSES: "PROPOSES",
    Relation.USES_METHOD: "USES_METHOD",
    Relation.INTRODUCES: "INTRODUCES",
    Relation.USES_DATASET: "USES_DATASET",
    Relation.HAS_TOPIC: "HAS_TOPIC",
    Relation.BROADER: "BROADER",
    Relation.LISTED_IN: "LISTED_IN",
}
"""The Neo4j type of each relation; its file is the lower-case type."""

TABLES: tuple[Kind | Relation, ...] = (*LABELS, *TYPES)
"""What has a table: every kind of node, then every relation."""

_ENTITY = {"label": "", "label_en": "", "label_zh": "", "aliases": "string[]", "concept": "boolean", "iri": ""}
_TEXTS = {"title_en": "", "title_zh": "", "summary_en": "", "summary_zh": "", "abstract_en": "", "abstract_zh": ""}
NODE_COLUMNS: dict[Kind, dict[str, str]] = {
    Kind.PAPER: {"label": "", "date": "date", "month": "", "url": "", "code": "string[]"} | _TEXTS,
    Kind.METHOD: _ENTITY,
    Kind.DATASET: _ENTITY,
    Kind.TOPIC: _ENTITY | {"scheme": ""},
    Kind.DIGEST: {"label": "", "names": "string[]", "dialect": "", "iri": ""},
}
"""The properties of each kind of node besides ``id``, and their types in the header; empty is a string."""

EVIDENCE_COLUMNS = {
    "confidence": "double",
    "evidence_count": "long",
    "quote": "",
    "part": "",
    "lang": "",
    "start": "long",
    "end": "long",
    "rule": "",
    "digest": "",
    "line": "long",
    "evidence": "",
}
"""The properties of a relationship that was extracted; ``broader`` and ``listedIn`` have none."""

MAX_KEY = 1_000
"""Bytes of an id. A unique constraint refuses values of more than some 8,000 bytes."""

BATCH = 500
"""How many rows of CSV are written at once."""

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FIELDS = ("part", "lang", "quote", "start", "end", "rule", "confidence", "digest", "line")  # of evidence, in JSON
_BEST = tuple(EVIDENCE_COLUMNS)[2:-1]  # of the best evidence, in columns
_AUTHORED = frozenset({Relation.BROADER, Relation.LISTED_IN})  # what needs no evidence
_fields, _best = attrgetter(*_FIELDS), attrgetter(*_BEST)
_JSON = json.JSONEncoder(ensure_ascii=False)


def render(graph: Graph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph as a folder ``neo4j/``: CSV files of nodes and relationships, scripts and a README."""
    for kind in LABELS:
        yield f"neo4j/{file(kind)}", lines(chain([node_header(kind)], map(node_row, _rows.of_kind(graph, kind))))
    for relation in TYPES:
        yield f"neo4j/{file(relation)}", lines(chain([edge_header(relation)], map(edge_row, graph.edges(relation))))
    yield "neo4j/graph.cypher", (line.encode() for line in script(_nodes(graph), _links(graph)))
    yield "neo4j/import.sh", [import_script({of: file(of) for of in TABLES}).encode()]
    yield "neo4j/README.txt", [_README.encode()]


# --- Properties --------------------------------------------------------------------------------------------


def key(node_id: str) -> str:
    """Give the id that a node has in Neo4j: its own, or its beginning and a digest of it if it is monstrous.

    >>> key("method/lora")
    'method/lora'
    """
    if len(node_id.encode()) <= MAX_KEY:
        return node_id
    return f"{node_id[: MAX_KEY // 10]}~{hashlib.sha256(node_id.encode()).hexdigest()[:20]}"


def properties(node: Node) -> dict[str, Value]:
    """Give the properties of a node, those without a value left out."""
    values: dict[str, Value] = {"id": key(node.id), "label": _rows.name(node)}
    match node:
        case PaperNode():
            values |= {"date": _rows.date(node), "month": month(node.id), "url": iri(node.id), "code": list(node.code)}
            parts = (Part.TITLE, Part.SUMMARY, Part.ABSTRACT)
            values |= {f"{part}_{lang}": node.text(part, lang) for part in parts for lang in Lang}
        case Entity():
            values |= {f"label_{lang}": _rows.label(node, lang) for lang in Lang}
            values |= {"aliases": _rows.aliases(node), "concept": node.concept, "iri": iri(node.id)}
            values |= {"scheme": node.scheme} if node.kind is Kind.TOPIC else {}
        case DigestNode():
            values |= {"names": list(node.names), "dialect": node.dialect, "iri": iri(node.id)}
    return {key: value for key, value in values.items() if value not in ("", [])}


def claim(edge: Edge) -> dict[str, Value]:
    """Give the properties of a relationship: its best evidence, and all of it as JSON."""
    best = _rows.best(edge)
    if best is None:
        return {}
    values: dict[str, Value] = {"confidence": edge.confidence, "evidence_count": len(edge.evidence)}
    values |= zip(_BEST, _best(best), strict=True)
    text = _JSON.encode([dict(zip(_FIELDS, _fields(item), strict=True)) for item in edge.evidence])
    return values | {"evidence": _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)}


# --- CSV ---------------------------------------------------------------------------------------------------


def table(of: Kind | Relation) -> str:
    """Name the table of a kind of node or of a relation: its file without suffix.

    >>> table(Kind.METHOD), table(Relation.USES_METHOD)
    ('methods', 'uses_method')
    """
    return f"{of}s" if isinstance(of, Kind) else TYPES[of].lower()


def file(of: Kind | Relation) -> str:
    """Name the file of a kind of node or of a relation.

    >>> file(Kind.PAPER), file(Relation.USES_METHOD)
    ('papers.csv', 'uses_method.csv')
    """
    return f"{table(of)}.csv"


def header(of: Kind | Relation) -> list[str]:
    """Give the first row of a table: the names and types of its columns."""
    return node_header(of) if isinstance(of, Kind) else edge_header(of)


def node_header(kind: Kind) -> list[str]:
    """Give the first row of the file of a kind of node."""
    return ["id:ID", *_header(NODE_COLUMNS[kind]), ":LABEL"]


def node_row(node: Node) -> list[str]:
    """Give the row of a node, under `node_header` of its kind."""
    kind, values = _rows.kind(node), properties(node)
    return [_cell(values["id"]), *(_cell(values.get(name, "")) for name in NODE_COLUMNS[kind]), LABELS[kind]]


def edge_header(relation: Relation) -> list[str]:
    """Give the first row of the file of a relation."""
    return [":START_ID", ":END_ID", *([] if relation in _AUTHORED else _header(EVIDENCE_COLUMNS)), ":TYPE"]


def edge_row(edge: Edge) -> list[str]:
    """Give the row of an edge, under `edge_header` of its relation."""
    values = {} if edge.relation in _AUTHORED else claim(edge)
    cells = [] if edge.relation in _AUTHORED else [_cell(values.get(name, "")) for name in EVIDENCE_COLUMNS]
    return [_cell(key(edge.source)), _cell(key(edge.target)), *cells, TYPES[edge.relation]]


def lines(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """Write rows after RFC 4180, some at a time: an empty cell is no value, a quote is doubled, a row is a line."""
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(batch)
        yield stream.getvalue().encode()


def _header(columns: Mapping[str, str]) -> list[str]:
    return [f"{name}:{kind}" if kind else name for name, kind in columns.items()]


def _cell(value: Value) -> str:
    match value:
        case str():
            return _blanked(value)
        case bool():
            return str(value).lower()
        case list():
            return ARRAY_DELIMITER.join(map(_blanked, value))
        case _:
            return str(value)


def _blanked(text: str) -> str:
    return text if text.isprintable() else _UNSAFE.sub(" ", text)


# --- Scripts -----------------------------------------------------------------------------------------------


def tables(graph: Graph) -> tuple[Nodes, Links]:
    """Give the properties of all nodes by label, and all relationships by (label, type, label)."""
    nodes = {label: list(rows) for label, rows in _nodes(graph).items()}
    return nodes, {ends: list(rows) for ends, rows in _links(graph).items()}


def _nodes(graph: Graph) -> dict[str, Iterator[Properties]]:
    """Stream the properties of all nodes by label."""
    return {label: map(properties, _rows.of_kind(graph, kind)) for kind, label in LABELS.items()}


def _links(graph: Graph) -> dict[Ends, Iterator[Link]]:
    """Stream the relationships by (label, type, label); which of these there are takes a pass of its own."""
    found = {(_ends(edge), relation) for relation in TYPES for edge in graph.edges(relation)}
    return {ends: _between(graph, relation, ends) for ends, relation in sorted(found)}


def _ends(edge: Edge) -> Ends:
    return LABELS[kind_of(edge.source)], TYPES[edge.relation], LABELS[kind_of(edge.target)]


def _between(graph: Graph, relation: Relation, ends: Ends) -> Iterator[Link]:
    for edge in graph.edges(relation):
        if _ends(edge) == ends:
            yield key(edge.source), key(edge.target), claim(edge)


def import_script(files: Mapping[Kind | Relation, str]) -> str:
    """Write the shell script that gives files to the import tool; a table may be several, joined by commas."""
    options = ["--id-type=string", "--array-delimiter=U+001F", "--bad-tolerance=0"]
    options += [f"--nodes={files[kind]}" for kind in LABELS]
    options += [f"--relationships={files[relation]}" for relation in TYPES]
    return _IMPORT + " \\\n  ".join(['exec "$admin" database import full "$database"', *options, '"$@"']) + "\n"


_IMPORT = """#!/bin/sh
# Load these files into a new, empty database of Neo4j 5, with the server stopped:
#   sh import.sh                                  into the database "neo4j"
#   sh import.sh papers --overwrite-destination   into the database "papers", replacing it
# neo4j-admin is looked for in $NEO4J_HOME/bin if that is set, else on the path.
set -eu
cd "$(dirname "$0")"
admin="${NEO4J_HOME:+$NEO4J_HOME/bin/}neo4j-admin"
database="${1:-neo4j}"
[ "$#" -eq 0 ] || shift
"""

_README = """\
A knowledge graph of research digests, for Neo4j 5.

A new database, the server stopped (fast):

    sh import.sh

which runs neo4j-admin database import full. Then start the server and add the constraints and indexes:
they are the statements at the top of graph.cypher.

An existing database, the server running (as often as you like, nothing is doubled):

    cypher-shell -a bolt://localhost:7687 -u neo4j -f graph.cypher

Nodes: Paper, Method, Dataset, Topic, Digest; each has a unique id. Relationships: PROPOSES, USES_METHOD,
INTRODUCES, USES_DATASET, HAS_TOPIC (with the best quote, its place and confidence, and all evidence as JSON),
BROADER and LISTED_IN. Try:

    MATCH (p:Paper)-[r:PROPOSES]->(m:Method) RETURN p.title_en, m.label, r.quote LIMIT 10;
"""
