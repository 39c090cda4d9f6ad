"""Turtle cannot say: in which order anything stood. It says everything else that RDF says, and people can read it.

Nodes stand in the order of their ids, each with its mentions after it.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from kg import rdf
from kg.oxigraph import RdfFormat, serialize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import Graph
    from kg.oxigraph import Triple

BATCH = 100
"""How many nodes are written at once."""


def render(graph: Graph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph as ``graph.ttl``, with the prefixes of :data:`kg.rdf.PREFIXES`."""
    yield "graph.ttl", _document(graph)


def _document(graph: Graph) -> Iterator[bytes]:
    """Write some nodes at a time. Nothing in Turtle reaches from subject to subject but the prefixes at its head."""
    nodes = _nodes(graph)
    head = True
    while batch := list(islice(nodes, BATCH)):
        prefixes, body = _divided(chain.from_iterable(batch))
        if head:
            yield prefixes
            head = False
        yield body


def _nodes(graph: Graph) -> Iterator[Iterator[Triple]]:
    known = rdf.introductions()
    for record, edges in graph.described():
        yield rdf.node_triples(record, edges, introduced_by=known.get(record.id, ""))


def _divided(statements: Iterable[Triple]) -> tuple[bytes, bytes]:
    """Write triples, and divide the lines of the prefixes from the rest."""
    document = serialize(statements, format=RdfFormat.TURTLE, prefixes=dict(sorted(rdf.PREFIXES.items()))) or b""
    *prefixes, body = document.split(b"\n", len(rdf.PREFIXES))
    return b"".join(line + b"\n" for line in prefixes), body
