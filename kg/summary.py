"""A summary of the graph beside the store: what the shipped queries count and join, in whole numbers, in SQLite.

SPARQL defines what a query gives; where Oxigraph takes too long over a whole archive, ``ontology/queries/NAME.sql``
gives the same rows from here (docs/decisions/0017-second-plans.md). The summary holds every paper, method, dataset
and topic once, with its IRI and the label that is shown; who has what, since when, and how sure it is that he brought
it; each paper under all topics that are wider than its own, and what so many papers of a topic have; and every name by
its fold. `make` fills one and takes nodes as they come, a few at a time in memory; `alter` brings a copy of one to
what the graph has become, and holds the nodes that changed.
"""

from __future__ import annotations

import json
from contextlib import closing
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from kg import iri, rdf, sqlite, vocabulary
from kg.model import Entity, Kind, Lang, PaperNode, Part, Relation
from kg.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from kg.model import DigestNode, Edge, Label, Located

    Node: TypeAlias = PaperNode | Entity | DigestNode
    Row: TypeAlias = tuple[str | int | None, ...]

FILE = "summary.db"
"""What it is called in the folder of a store."""

ROLES = {
    Relation.PROPOSES: (Kind.METHOD, 1),
    Relation.USES_METHOD: (Kind.METHOD, 2),
    Relation.INTRODUCES: (Kind.DATASET, 1),
    Relation.USES_DATASET: (Kind.DATASET, 2),
    Relation.HAS_TOPIC: (Kind.TOPIC, 1),
}
"""What a relation joins a paper with, and its bit in ``has.roles``: one row says all that a paper does with a thing."""

BRINGS = {Relation.PROPOSES, Relation.INTRODUCES}
"""The relations that say where a thing is from; how sure that is stands in ``has.sure``."""

KINDS = {kind: number for number, kind in enumerate(Kind)}
"""How kinds are written: numbers that the plans say, too."""

_SCHEMA = f"""
CREATE TABLE node (
  id INTEGER PRIMARY KEY,
  iri TEXT NOT NULL UNIQUE,
  kind INTEGER, -- null as long as only edges speak of it
  month TEXT, -- of a paper
  date TEXT, -- of a paper: its date, else its month
  label TEXT, -- the label or title that is shown, English first, as a cell of SPARQL Results JSON
  mentions INTEGER NOT NULL DEFAULT 0, -- pieces of evidence behind the edges that leave it
  listed INTEGER NOT NULL DEFAULT 0 -- digests that list it
);
CREATE TABLE has (
  kind INTEGER, thing INTEGER, month TEXT, paper INTEGER, roles INTEGER,
  sure TEXT, -- the confidence that the paper brought it, a decimal; null unless there is evidence that it did
  PRIMARY KEY (kind, thing, month, paper)
) WITHOUT ROWID;
CREATE TABLE introduced (thing INTEGER PRIMARY KEY, paper TEXT); -- as the vocabulary knows; the IRI of a paper
CREATE TABLE broader (narrow INTEGER, wide INTEGER, PRIMARY KEY (narrow, wide)) WITHOUT ROWID;
CREATE TABLE about (topic INTEGER, paper INTEGER, PRIMARY KEY (topic, paper)) WITHOUT ROWID;
CREATE TABLE within ( -- how many papers about a topic have a method or dataset
  topic INTEGER, kind INTEGER, thing INTEGER, papers INTEGER, PRIMARY KEY (topic, kind, thing)
) WITHOUT ROWID;
CREATE TABLE code (paper INTEGER, address TEXT, PRIMARY KEY (paper, address)) WITHOUT ROWID;
CREATE TABLE name (fold TEXT, node INTEGER, source INTEGER, PRIMARY KEY (fold, node)) WITHOUT ROWID;
CREATE TABLE role (kind INTEGER, bit INTEGER, iri TEXT);
CREATE VIEW method AS SELECT thing AS method, month, paper, roles FROM has WHERE kind = {KINDS[Kind.METHOD]};
CREATE VIEW dataset AS SELECT thing AS dataset, month, paper, roles FROM has WHERE kind = {KINDS[Kind.DATASET]};
CREATE VIEW topic AS SELECT thing AS topic, month, paper FROM has WHERE kind = {KINDS[Kind.TOPIC]};
CREATE VIEW method_role AS SELECT bit, iri FROM role WHERE kind = {KINDS[Kind.METHOD]};
CREATE VIEW dataset_role AS SELECT bit, iri FROM role WHERE kind = {KINDS[Kind.DATASET]};
"""  # noqa: S608  numbers of ours

_INDICES = """
CREATE INDEX of_paper ON has (paper);
CREATE INDEX narrower ON broader (wide);
"""  # each ends in the columns of the primary key

_WIDER = """
WITH RECURSIVE above (narrow, wide) AS (
  SELECT topic, topic FROM {papers}
  UNION
  SELECT above.narrow, broader.wide FROM above JOIN broader ON broader.narrow = above.wide
)
INSERT OR IGNORE INTO {target} SELECT above.wide, one.paper FROM {papers} AS one JOIN above ON above.narrow = one.topic
ORDER BY 1, 2
"""
_EVERY = _WIDER.format(papers="topic", target="about")
_OF_AFFECTED = f"""(
  SELECT has.thing AS topic, has.paper
  FROM affected CROSS JOIN has ON has.paper = affected.id AND has.kind = {KINDS[Kind.TOPIC]}
)"""  # noqa: S608  a number of ours
_SOME = _WIDER.format(papers=_OF_AFFECTED, target="place")

_COUNTED = f"has.kind IN ({KINDS[Kind.METHOD]}, {KINDS[Kind.DATASET]})"
_WITHIN = f"""
INSERT INTO within SELECT ?1, has.kind, has.thing, COUNT(*)
FROM about CROSS JOIN has ON has.paper = about.paper AND {_COUNTED} WHERE about.topic = ?1 GROUP BY 2, 3
"""  # noqa: S608  numbers of ours
_SHIFT = f"""
INSERT INTO shift SELECT place.topic, has.kind, has.thing, ? * COUNT(*)
FROM place CROSS JOIN has ON has.paper = place.paper AND {_COUNTED} WHERE true GROUP BY 1, 2, 3
ON CONFLICT DO UPDATE SET papers = papers + excluded.papers
"""  # noqa: S608  likewise

_BEFORE = """
CREATE TEMP TABLE gone (id INTEGER PRIMARY KEY);
CREATE TEMP TABLE turned (id INTEGER PRIMARY KEY);
CREATE TEMP TABLE affected (id INTEGER PRIMARY KEY);
CREATE TEMP TABLE place (topic INTEGER, paper INTEGER, PRIMARY KEY (topic, paper)) WITHOUT ROWID;
CREATE TEMP TABLE shift (
  topic INTEGER, kind INTEGER, thing INTEGER, papers INTEGER, PRIMARY KEY (topic, kind, thing)
) WITHOUT ROWID;
"""
"""What an alteration notes: nodes that change, topics whose wider ones change, papers that this is about, under which
topics these were and then are, and by how much the counts of ``within`` change."""

_UNUSED = f"""
DELETE FROM node WHERE id IN (SELECT id FROM gone) AND kind IS NULL
AND NOT EXISTS (SELECT 1 FROM has WHERE has.kind IN ({", ".join(map(str, KINDS.values()))}) AND has.thing = node.id)
AND NOT EXISTS (SELECT 1 FROM broader WHERE broader.wide = node.id)
"""  # noqa: S608  numbers of ours

_AFTER = """
INSERT INTO within SELECT * FROM shift WHERE papers <> 0
ON CONFLICT DO UPDATE SET papers = papers + excluded.papers;
DELETE FROM within
WHERE (topic, kind, thing) IN (SELECT topic, kind, thing FROM shift WHERE papers < 0) AND papers = 0;
"""

_AFFECTED = """
WITH RECURSIVE below (topic) AS (
  SELECT id FROM turned
  UNION
  SELECT broader.narrow FROM below JOIN broader ON broader.wide = below.topic
)
INSERT OR IGNORE INTO affected SELECT topic.paper FROM below JOIN topic ON topic.topic = below.topic
"""
"""Papers on topics that are, or were, below one whose wider topics change; to be asked before they change."""

_SAID = {"has": "paper", "introduced": "thing", "code": "paper", "broader": "narrow", "name": "node"}
"""The tables that are filled from nodes, each with the column that says from which."""

_BATCH = 1_000


def make(
    path: Path, described: Iterable[tuple[Node, Iterable[Edge]]], *, introduced_by: Mapping[str, str] | None = None
) -> None:
    """Make the summary of a graph.

    Args:
        path: the file to be; there is none yet.
        described: every node, each with the edges that leave it, in any order.
        introduced_by: for the id of a concept, the arXiv identifier of the paper that introduced it. No mapping: what
            the vocabulary knows.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    with closing(sqlite.writable(path)) as database:
        database.executescript(_SCHEMA)
        roles = [(KINDS[kind], bit, rdf.relation(name).value) for name, (kind, bit) in ROLES.items()]
        database.executemany("INSERT INTO role VALUES (?, ?, ?)", roles)
        _Writer(database, introduced_by).add(described)
        database.executescript(_INDICES)
        database.execute(_EVERY)
        # A topic at a time, since to sort all its counts at once takes twice as long.
        database.executemany(_WITHIN, database.execute("SELECT DISTINCT topic FROM about").fetchall())
        database.execute("ANALYZE")
        database.commit()


def alter(
    path: Path,
    changed: Iterable[tuple[str, Node | None, Iterable[Edge]]],
    *,
    introduced_by: Mapping[str, str] | None = None,
) -> None:
    """Bring a summary to what a graph has become.

    Args:
        path: a copy of a summary, which nobody else has opened; if this fails it is to be thrown away.
        changed: the id of every node that is new, gone or altered, its record (none if it is gone) and all edges
            that leave it now.
        introduced_by: as for `make`.

    Raises:
        sqlite3.Error: it cannot be read or written.
    """
    with closing(sqlite.writable(path)) as database:
        found = {key: (record, tuple(edges)) for key, record, edges in changed}
        writer = _Writer(database, introduced_by)
        _forget(database, found, writer)
        writer.add((record, edges) for record, edges in found.values() if record is not None)
        _place_again(database)
        database.execute(_UNUSED)
        database.commit()


def _forget(
    database: sqlite3.Connection, changed: Mapping[str, tuple[Node | None, tuple[Edge, ...]]], writer: _Writer
) -> None:
    """Take out what is said of nodes, and what follows from it for papers; the nodes themselves stay."""
    database.executescript(_BEFORE)
    numbers = {key: writer.number(key) for key in changed}
    database.executemany("INSERT INTO gone VALUES (?)", ((number,) for number in numbers.values()))
    turned = ((numbers[key],) for key, (_, edges) in changed.items() if _turned(database, numbers[key], edges, writer))
    database.executemany("INSERT INTO turned VALUES (?)", list(turned))
    papers = ((number,) for key, number in numbers.items() if iri.kind_of(key) is Kind.PAPER)
    database.executemany("INSERT INTO affected VALUES (?)", list(papers))
    database.execute(_AFFECTED)
    database.execute("INSERT INTO place SELECT topic, paper FROM about WHERE paper IN (SELECT id FROM affected)")
    database.execute("DELETE FROM about WHERE (topic, paper) IN (SELECT topic, paper FROM place)")
    database.execute(_SHIFT, (-1,))
    for table, column in _SAID.items():
        database.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM gone)")  # noqa: S608  from the table
    columns = "kind = NULL, month = NULL, date = NULL, label = NULL, mentions = 0, listed = 0"
    database.execute(f"UPDATE node SET {columns} WHERE id IN (SELECT id FROM gone)")  # noqa: S608  constant


def _place_again(database: sqlite3.Connection) -> None:
    """Put papers under all topics wider than their own, and count again what papers of these topics have."""
    database.execute("DELETE FROM place")
    database.execute(_SOME)
    database.execute("INSERT INTO about SELECT topic, paper FROM place")
    database.execute(_SHIFT, (1,))
    database.executescript(_AFTER)


def _turned(database: sqlite3.Connection, number: int, edges: Iterable[Edge], writer: _Writer) -> bool:
    """Tell whether what is wider than a node changes."""
    old = {wide for (wide,) in database.execute("SELECT wide FROM broader WHERE narrow = ?", (number,))}
    return old != {writer.number(edge.target) for edge in edges if edge.relation is Relation.BROADER}


class _Writer:
    """Puts nodes into a summary."""

    def __init__(self, database: sqlite3.Connection, introduced_by: Mapping[str, str] | None) -> None:
        self.database = database
        self.introduced_by = rdf.introductions() if introduced_by is None else introduced_by
        self.number = lru_cache(maxsize=100_000)(self._number)

    def _number(self, key: str) -> int:
        """Give the number of a node, a new one if it has none."""
        address = rdf.node(key).value
        found = self.database.execute("SELECT id FROM node WHERE iri = ?", (address,)).fetchone()
        if found is None:
            found = self.database.execute("INSERT INTO node (iri) VALUES (?) RETURNING id", (address,)).fetchone()
        return int(found[0])

    def add(self, described: Iterable[tuple[Node, Iterable[Edge]]]) -> None:
        """Add nodes of which nothing is said yet, and the edges that leave them."""
        nodes = iter(described)
        while batch := [(record, tuple(edges)) for record, edges in islice(nodes, _BATCH)]:
            for statement, rows in self._statements.items():
                found = [row for record, edges in batch for row in rows(record, edges)]
                self.database.executemany(statement, found)

    @property
    def _statements(self) -> dict[str, Callable[[Node, tuple[Edge, ...]], Iterable[Row]]]:
        """What is written of a node, and what gives the rows."""
        columns = "kind = ?, month = ?, date = ?, label = ?, mentions = ?, listed = ?"
        return {
            f"UPDATE node SET {columns} WHERE id = ?": self._about,  # noqa: S608  the columns above
            "INSERT INTO has VALUES (?, ?, ?, ?, ?, ?)": self._has,
            "INSERT INTO introduced VALUES (?, ?)": self._introduced,
            "INSERT INTO broader VALUES (?, ?)": self._broader,
            "INSERT INTO code VALUES (?, ?)": self._code,
            "INSERT INTO name VALUES (?, ?, ?)": self._names,
        }

    def _about(self, record: Node, edges: tuple[Edge, ...]) -> Iterator[Row]:
        mentions = sum(len(edge.evidence) for edge in edges)
        listed = sum(edge.relation is Relation.LISTED_IN for edge in edges)
        kind = KINDS[iri.kind_of(record.id)]
        month = iri.month(record.id) if isinstance(record, PaperNode) else None
        yield kind, month, _date(record), _label(record), mentions, listed, self.number(record.id)

    def _has(self, record: Node, edges: tuple[Edge, ...]) -> Iterator[Row]:
        roles: dict[tuple[int, int], int] = {}
        sure: dict[tuple[int, int], str] = {}
        for edge in edges:
            if edge.relation in ROLES:
                kind, bit = ROLES[edge.relation]
                thing = (KINDS[kind], self.number(edge.target))
                roles[thing] = roles.get(thing, 0) | bit
                if edge.relation in BRINGS and edge.evidence:
                    sure[thing] = rdf.decimal(edge.confidence)
        for thing, bits in roles.items():
            yield *thing, iri.month(record.id), self.number(record.id), bits, sure.get(thing)

    def _introduced(self, record: Node, _: tuple[Edge, ...]) -> Iterator[Row]:
        known = self.introduced_by.get(record.id)
        if known and isinstance(record, Entity) and record.concept:
            yield self.number(record.id), rdf.node(known).value

    def _broader(self, record: Node, edges: tuple[Edge, ...]) -> Iterator[Row]:
        for edge in edges:
            if edge.relation is Relation.BROADER:
                yield self.number(record.id), self.number(edge.target)

    def _code(self, record: Node, _: tuple[Edge, ...]) -> Iterator[Row]:
        for url in rdf.repositories(record) if isinstance(record, PaperNode) else ():
            yield self.number(record.id), url.value

    def _names(self, record: Node, _: tuple[Edge, ...]) -> Iterator[Row]:
        """Give every name by its fold: 1 if the graph shows it, 2 if the vocabulary knows it, 3 if both."""
        concepts = vocabulary.load()
        shown = {fold(text) for text in _texts(record)}
        known: set[str] = set()
        if (concept := concepts.concepts.get(record.id)) is not None:
            labels = (*concept.labels, *concept.aliases, *concepts.hidden(concept.id))
            known = {fold(label.text) for label in labels}
        for name in sorted(shown | known):
            yield name, self.number(record.id), int(name in shown) | 2 * int(name in known)


def _texts(record: Node) -> list[str]:
    """List the names that a graph shows of a paper, method, dataset or topic."""
    if isinstance(record, PaperNode):
        return [passage.text for passage in record.passages if passage.part is Part.TITLE]
    return [label.text for label in (*record.labels, *record.aliases)] if isinstance(record, Entity) else []


def _date(record: Node) -> str | None:
    if not isinstance(record, PaperNode):
        return None
    return record.published if rdf.is_date(record.published) else iri.month(record.id)


def _label(record: Node) -> str | None:
    """Choose the text that stands for a node in a table, as the queries do: English first, of several the least."""
    for lang in Lang:
        if texts := [label.text for label in _labels(record) if label.lang is lang]:
            text = json.dumps(min(texts), ensure_ascii=False)
            return f'{{"type":"literal","value":{text},"xml:lang":"{lang}"}}'
    return None


def _labels(record: Node) -> list[Label | Located]:
    if isinstance(record, PaperNode):
        return [passage for passage in record.passages if passage.part is Part.TITLE]
    return list(record.labels) if isinstance(record, Entity) else []
