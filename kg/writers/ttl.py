"""Turtle cannot say: in which order anything stood. It says everything else that RDF says, and people can read it.

Nodes stand in the order of their ids, each with its mentions after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.oxigraph import RdfFormat, serialize
from kg.rdf import PREFIXES, triples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import KnowledgeGraph


def render(graph: KnowledgeGraph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph as ``graph.ttl``, with the prefixes of :data:`kg.rdf.PREFIXES`."""
    document = serialize(triples(graph), format=RdfFormat.TURTLE, prefixes=dict(sorted(PREFIXES.items()))) or b""
    yield "graph.ttl", [document]
