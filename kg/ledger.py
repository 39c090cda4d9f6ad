"""The ledger: the graph as rows of an SQLite file, with what is needed to alter it by what changed.

It holds the nodes and edges in the order in which they are asked for, which entries of which segment make which
paper, and how often entries call an entity what. All of it follows from the segments. A ledger is written once, made
or altered as a copy, inside the folder of a store, and only read from then on.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from kg import iri, sqlite
from kg.assembly import Tally
from kg.model import DigestNode, Edge, Entity, Evidence, Kind, Label, Lang, Located, PaperNode, Part, Relation

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.graph import Node

NodeRow: TypeAlias = tuple[str, str, bytes]
"""The id of a node, its kind, and its record."""
EdgeRow: TypeAlias = tuple[str, str, str, float, str]
"""Source, relation and target of an edge, its confidence and its evidence."""
NameRow: TypeAlias = tuple[str, str, int]
"""A name of an entity, its language, and how often it is called so; or a scheme and no language."""
Count: TypeAlias = tuple[str, str, str, int]
"""The id of an entity, and a row of its names."""

SCHEMA = """
PRAGMA page_size = 8192;
CREATE TABLE sources (
  digest TEXT PRIMARY KEY, dialect TEXT NOT NULL, segment TEXT NOT NULL, names TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE entries (
  paper TEXT, digest TEXT, start INTEGER, length INTEGER NOT NULL, PRIMARY KEY (paper, digest, start)
) WITHOUT ROWID;
CREATE TABLE nodes (id TEXT PRIMARY KEY, kind TEXT NOT NULL, record BLOB NOT NULL);
CREATE TABLE edges (
  source TEXT, relation TEXT, target TEXT, confidence REAL NOT NULL, evidence TEXT NOT NULL,
  PRIMARY KEY (source, relation, target)
) WITHOUT ROWID;
CREATE TABLE names (paper TEXT PRIMARY KEY, tallies BLOB NOT NULL);
CREATE TABLE tallies (entity TEXT PRIMARY KEY, tally TEXT NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE fresh (paper TEXT, digest TEXT, start INTEGER, length INTEGER);
CREATE TEMP TABLE counts (entity TEXT, name TEXT, lang TEXT, number INTEGER);
"""
"""``names`` is what the entries of a paper call entities, so that it can be taken away from ``tallies``, the sums."""

INDEXES = """
CREATE INDEX entries_by_digest ON entries (digest);
CREATE INDEX nodes_by_kind ON nodes (kind, id);
CREATE INDEX edges_by_relation ON edges (relation);
CREATE INDEX edges_by_target ON edges (target);
"""

TABLES = ("sources", "entries", "nodes", "edges", "names", "tallies")
"""Everything that a finished ledger holds, each table sorted by its first columns."""


def create(path: Path) -> sqlite3.Connection:
    """Make an empty ledger, to be filled and then finished with `finish`."""
    made = sqlite.writable(path)
    made.executescript(SCHEMA)
    made.execute("BEGIN")
    return made


def finish(made: sqlite3.Connection) -> None:
    """Add the indexes to a new ledger, and close it; what only its making needed goes."""
    made.execute("DROP TABLE counts")
    for statement in INDEXES.strip().splitlines():
        made.execute(statement)
    close(made)


def alterable(path: Path) -> sqlite3.Connection:
    """Open the copy of a ledger to alter it; `close` ends that."""
    opened = sqlite.writable(path)
    opened.execute("BEGIN")
    return opened


def close(opened: sqlite3.Connection) -> None:
    """Write what was altered, and close."""
    opened.execute("COMMIT")
    opened.close()


# --- Nodes -------------------------------------------------------------------------------------------------


def node_row(node: Node) -> NodeRow:
    """Turn a node into a row."""
    match node:
        case PaperNode():
            passages = [[item.part, item.lang, item.text, item.digest, item.line] for item in node.passages]
            return node.id, Kind.PAPER, zlib.compress(_json([node.published, node.code, passages]).encode(), 1)
        case Entity():
            labels, aliases = ([[item.text, item.lang] for item in names] for names in (node.labels, node.aliases))
            return node.id, node.kind, _json([labels, aliases, node.scheme, node.concept]).encode()
        case _:
            return node.id, Kind.DIGEST, _json([node.names, node.dialect]).encode()


def node(row: NodeRow) -> Node:
    """Turn a row back into a node."""
    key, kind, record = row
    if kind == Kind.PAPER:
        published, code, passages = json.loads(zlib.decompress(record))
        texts = (Located(_PARTS[part], _LANGS[lang], *rest) for part, lang, *rest in passages)
        return PaperNode(key, tuple(texts), published, tuple(code))
    if kind == Kind.DIGEST:
        names, dialect = json.loads(record)
        return DigestNode(key, tuple(names), dialect)
    labels, aliases, scheme, concept = json.loads(record)
    return Entity(key, Kind(kind), _labels(labels), _labels(aliases), scheme, concept=concept)


def _labels(items: Iterable[tuple[str, str]]) -> tuple[Label, ...]:
    return tuple(Label(text, _LANGS[lang]) for text, lang in items)


_PARTS = {str(part): part for part in Part}
_LANGS = {str(lang): lang for lang in Lang}
_RELATIONS = {str(relation): relation for relation in Relation}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --- Edges -------------------------------------------------------------------------------------------------


def edge_row(edge: Edge) -> EdgeRow:
    """Turn an edge into a row."""
    evidence = [
        [item.part, item.lang, item.quote, item.start, item.end, item.rule, item.confidence, item.digest, item.line]
        for item in edge.evidence
    ]
    return edge.source, edge.relation, edge.target, edge.confidence, _json(evidence) if evidence else ""


def edge(row: EdgeRow) -> Edge:
    """Turn a row back into an edge."""
    source, relation, target, _, evidence = row
    if not evidence:
        return Edge(source, _RELATIONS[relation], target)
    items = (Evidence(_PARTS[part], _LANGS[lang], *rest) for part, lang, *rest in json.loads(evidence))
    return Edge(source, _RELATIONS[relation], target, tuple(items))


# --- Tallies -----------------------------------------------------------------------------------------------


def counts(entity: str, tally: Tally) -> Iterator[Count]:
    """Spread a tally out into rows, sorted."""
    names = [(label.text, str(label.lang), number) for label, number in tally.names.items()]
    schemes = [(scheme, "", number) for scheme, number in tally.schemes.items()]
    return ((entity, *row) for row in sorted(names + schemes))


def tally(entity: str, rows: Iterable[NameRow]) -> Tally:
    """Gather rows of a name, language and number into a tally."""
    made = Tally(iri.kind_of(entity), Counter(), Counter())
    for name, lang, number in rows:
        if lang:
            made.names[Label(name, _LANGS[lang])] = number
        else:
            made.schemes[name] = number
    return made


def tally_text(entity: str, made: Tally) -> str:
    """Write a tally down."""
    return _json([row[1:] for row in counts(entity, made)])


def read_tally(entity: str, text: str) -> Tally:
    """Read a tally that was written down."""
    return tally(entity, json.loads(text))


def names_row(paper: str, tallies: dict[str, Tally]) -> tuple[str, bytes]:
    """Write down what the entries of a paper call entities."""
    rows = [row for entity in sorted(tallies) for row in counts(entity, tallies[entity])]
    return paper, zlib.compress(_json(rows).encode(), 1)


def read_names(blob: bytes) -> dict[str, Tally]:
    """Read what the entries of a paper call entities."""
    rows: dict[str, list[NameRow]] = {}
    for entity, *row in json.loads(zlib.decompress(blob)):
        rows.setdefault(entity, []).append(tuple(row))
    return {entity: tally(entity, found) for entity, found in rows.items()}
