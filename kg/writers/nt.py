"""N-Triples cannot say: in which order anything stood. It says everything else that RDF says, at ten times the size.

The lines are sorted and in canonical form, so that two exports compare with ``diff`` and ``comm``. The lines of a
subject begin with it and stand together: a block of them is sorted here, all blocks wherever there is room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg import rdf, runs
from kg.oxigraph import RdfFormat, serialize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import Graph, Node
    from kg.model import Edge
    from kg.oxigraph import Triple


def render(graph: Graph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph as ``graph.nt``: one triple a line, sorted by its bytes."""
    yield "graph.nt", runs.ordered(_blocks(graph))


def _blocks(graph: Graph) -> Iterator[bytes]:
    known = rdf.introductions()
    for record, edges in graph.described():
        yield from blocks(record, edges, introduced_by=known.get(record.id, ""))


def blocks(record: Node, edges: Iterable[Edge], *, introduced_by: str = "") -> Iterator[bytes]:
    """Give the lines of `kg.rdf.node_triples`, one block a subject: canonical, each with its newline, sorted.

    The blocks of all nodes, sorted by their bytes, are ``graph.nt``.
    """
    for subject, about in rdf.subjects(record, edges, introduced_by=introduced_by):
        start = str(subject)  # a term writes itself as in N-Triples, and line feeds in it as escapes
        yield "".join(sorted([f"{start} {predicate} {value} .\n" for predicate, value in about])).encode()


def lines(statements: Iterable[Triple]) -> Iterator[bytes]:
    """Give one canonical line a triple, each with its newline, sorted and without duplicates; all in memory."""
    # Line feeds inside literals are escaped, so that a line is a triple.
    document = serialize(statements, format=RdfFormat.N_TRIPLES) or b""
    yield from sorted(set(document.splitlines(keepends=True)))
