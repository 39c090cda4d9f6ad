"""N-Triples cannot say: in which order anything stood. It says everything else that RDF says, at ten times the size.

The lines are sorted and in canonical form, so that two exports compare with ``diff`` and ``comm``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.oxigraph import RdfFormat, serialize
from kg.rdf import triples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import KnowledgeGraph
    from kg.oxigraph import Triple


def render(graph: KnowledgeGraph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph as ``graph.nt``: one triple a line, sorted by its bytes."""
    yield "graph.nt", lines(triples(graph))


def lines(statements: Iterable[Triple]) -> Iterator[bytes]:
    """Give one canonical line a triple, each with its newline, sorted and without duplicates."""
    # Line feeds inside literals are escaped, so that a line is a triple.
    document = serialize(statements, format=RdfFormat.N_TRIPLES) or b""
    yield from sorted(set(document.splitlines(keepends=True)))
