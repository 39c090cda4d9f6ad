r"""Cypher for Neo4j 5: literals that no text can break out of, and an idempotent script.

Neo4j resolves ``\uXXXX`` before it splits a statement into tokens, so that ``\u0027`` *ends* a string. Quotes
are therefore escaped by a backslash, never by their number; numbers are for what has no meaning in Cypher
and cannot be seen: controls, direction marks, separators.

Rows are parameters (``:param`` of cypher-shell, which reads them itself), not part of the statements: Neo4j takes
seconds to plan a statement with hundreds of maps in it, and plans one over ``$rows`` once for all batches.
"""

from __future__ import annotations

from itertools import islice, starmap
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Value: TypeAlias = "str | bool | int | float | list[str]"
Properties: TypeAlias = "dict[str, Value]"
Nodes: TypeAlias = "dict[str, list[Properties]]"
"""For each label the properties of its nodes, each with ``id``."""
Ends: TypeAlias = "tuple[str, str, str]"
"""The label, type and label of a relationship."""
Link: TypeAlias = "tuple[str, str, Properties]"
"""The source id, target id and properties of a relationship."""
Links: TypeAlias = "dict[Ends, list[Link]]"
"""The relationships of each label, type and label."""

BATCH = 500
"""How many rows a statement gets."""

DATED = "Paper"
"""The label whose nodes have a ``date``, which is a text until Cypher makes a date of it."""

_DATE = ", n.date = date(row.date)"  # of nothing, nothing: then the property is removed

_FULLTEXT = (
    ("names", "Method|Dataset|Topic", ("label_en", "label_zh", "aliases")),
    ("titles", "Paper", ("title_en", "title_zh")),
)
"""The full-text indexes: name, labels, properties."""

_NUL = "\\u0000"
_ESCAPES = (
    ("\\", "\\\\"),  # first, since the others bring backslashes
    ("'", "\\'"),
    ('"', '\\"'),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    ("\b", "\\b"),
    ("\f", "\\f"),
)


def literal(value: Value) -> str:
    r"""Write a value as a Cypher literal.

    >>> print(literal("it's\n"), literal(["a", "b"]), literal(True), literal(0.5))
    'it\'s\n' ['a', 'b'] true 0.5
    """
    match value:
        case str():
            return f"'{_visible(_escaped(value))}'"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case _:
            return repr(value)


def _escaped(text: str) -> str:
    for char, escape in _ESCAPES:  # many times as fast as str.translate
        text = text.replace(char, escape)
    return text


def _visible(text: str) -> str:
    """Write by number what cannot be seen."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _numbered(char) for char in text)


def _numbered(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2))


def script(nodes: Mapping[str, Iterable[Properties]], links: Mapping[Ends, Iterable[Link]]) -> Iterator[str]:
    """Write the statements that bring a database to hold a graph; run twice, they change nothing.

    Args:
        nodes: for each label the properties of its nodes; gone through once, as they are written.
        links: for each (label, type, label) its relationships; likewise.
    """
    yield _HEAD
    yield from (f"{statement};\n" for statement in schema(nodes))
    yield "CALL db.awaitIndexes();\n"
    for label, rows in nodes.items():
        merge = f"MERGE (n:{label} {{id: row.id}}) SET n = row{_DATE if label == DATED else ''}"
        yield from _statements(map(_map, rows), merge)
    for (source, kind, target), linked in sorted(links.items()):
        match = f"MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}})"
        merge = f"{match} MERGE (a)-[r:{kind}]->(b) SET r = row.properties"
        yield from _statements(starmap(_link, linked), merge)


def schema(labels: Iterable[str]) -> Iterator[str]:
    """Write the statements for constraints and indexes, which change nothing where these exist.

    Labels and titles are in full-text indexes alone: others refuse a node whose text is too long for them.
    """
    for label in labels:
        yield f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
    yield "CREATE INDEX paper_date IF NOT EXISTS FOR (n:Paper) ON (n.date)"
    # The analyzer "cjk" knows Chinese as pairs of characters, and lower-cases everything else.
    for name, of, columns in _FULLTEXT:
        each = ", ".join(f"n.{column}" for column in columns)
        options = "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
        yield f"CREATE FULLTEXT INDEX {name} IF NOT EXISTS FOR (n:{of}) ON EACH [{each}] {options}"


def _statements(rows: Iterable[str], clause: str) -> Iterator[str]:
    """Give the rows to a statement: as a parameter, which must stand on one line.

    The shell does not know the escape of NUL, which Neo4j itself knows: rows with that, which are few, come last, as
    part of a statement.
    """
    odd: list[str] = []
    plain = _without(rows, odd)
    while batch := list(islice(plain, BATCH)):
        yield f":param rows => [{', '.join(batch)}]\n"
        yield f"UNWIND $rows AS row {clause};\n"
    yield from (f"UNWIND [{row}] AS row {clause};\n" for row in odd)


def _without(rows: Iterable[str], odd: list[str]) -> Iterator[str]:
    """Give the rows without NUL; put the others aside."""
    for row in rows:
        if _NUL in row:
            odd.append(row)
        else:
            yield row


def _link(source: str, target: str, properties: Properties) -> str:
    return f"{{source: {literal(source)}, target: {literal(target)}, properties: {_map(properties)}}}"


def _map(properties: Properties) -> str:
    return f"{{{', '.join(f'{key}: {literal(value)}' for key, value in properties.items())}}}"


_HEAD = """\
// A knowledge graph of research digests, for Neo4j 5. Run it as often as you like: nothing is doubled.
//   cypher-shell -a bolt://localhost:7687 -u neo4j -f graph.cypher
"""
