r"""Cypher for Neo4j 5: literals that no text can break out of, and an idempotent script.

Neo4j resolves ``\uXXXX`` before it splits a statement into tokens, so that ``\u0027`` *ends* a string. Quotes
are therefore escaped by a backslash, never by their number; numbers are for what has no meaning in Cypher
and cannot be seen: controls, direction marks, separators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Value: TypeAlias = "str | bool | int | float | list[str]"
Properties: TypeAlias = "dict[str, Value]"

BATCH = 200
"""How many rows a statement holds."""

_ESCAPES = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


def literal(value: Value) -> str:
    r"""Write a value as a Cypher literal.

    >>> print(literal("it's\n"), literal(["a", "b"]), literal(True), literal(0.5))
    'it\'s\n' ['a', 'b'] true 0.5
    """
    match value:
        case str():
            return f"'{_visible(value.translate(_ESCAPES))}'"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case _:
            return repr(value)


def _visible(text: str) -> str:
    """Write by number what cannot be seen."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _numbered(char) for char in text)


def _numbered(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2))


def script(
    nodes: Mapping[str, Sequence[Properties]],
    edges: Mapping[tuple[str, str, str], Sequence[tuple[str, str, Properties]]],
) -> Iterator[str]:
    """Write the statements that bring a database to hold a graph; run twice, they change nothing.

    Args:
        nodes: for each label the properties of its nodes, each with ``id``.
        edges: for each (label, type, label) the source id, target id and properties of its relationships.
    """
    yield _HEAD
    for label in nodes:
        yield f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE;\n"
        # A text index takes labels of up to 32 kB; a range index would refuse the node.
        yield f"CREATE TEXT INDEX {label.lower()}_label IF NOT EXISTS FOR (n:{label}) ON (n.label);\n"
    yield "CREATE INDEX paper_date IF NOT EXISTS FOR (n:Paper) ON (n.date);\n"
    yield "CALL db.awaitIndexes();\n"
    for label, rows in nodes.items():
        merge = f"MERGE (n:{label} {{id: row.id}}) SET n = row"
        yield from _statements([_map(row) for row in rows], merge)
    for (source, kind, target), links in sorted(edges.items()):
        ends = f"MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}})"
        merge = f"{ends} MERGE (a)-[r:{kind}]->(b) SET r = row.properties"
        yield from _statements([_link(*link) for link in links], merge)


def _statements(rows: Sequence[str], clause: str) -> Iterator[str]:
    for at in range(0, len(rows), BATCH):
        joined = ",\n  ".join(rows[at : at + BATCH])
        yield f"UNWIND [\n  {joined}\n] AS row {clause};\n"


def _link(source: str, target: str, properties: Properties) -> str:
    return f"{{source: {literal(source)}, target: {literal(target)}, properties: {_map(properties)}}}"


def _map(properties: Properties) -> str:
    pairs = (f"{key}: {_property(key, value)}" for key, value in properties.items())
    return f"{{{', '.join(pairs)}}}"


def _property(key: str, value: Value) -> str:
    return f"date({literal(value)})" if key == "date" else literal(value)


_HEAD = """\
// A knowledge graph of research digests, for Neo4j 5. Run it as often as you like: nothing is doubled.
//   cypher-shell -a bolt://localhost:7687 -u neo4j -f graph.cypher
"""
