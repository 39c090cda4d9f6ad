"""What a query gave, as an explorer page.

A page shows evidence behind every edge, so it is made of the graph: of the nodes that the result names, and of those
of its triples that the graph holds as edges. A triple that the query made up has no evidence and is not drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg import iri, rdf, views
from kg.errors import QueryError
from kg.model import Relation
from kg.oxigraph import NamedNode
from kg.query import Form
from kg.writers import explorer

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph
    from kg.query import Result


def of_result(graph: KnowledgeGraph, result: Result, *, title: str = explorer.TITLE) -> bytes:
    """Make the page of a result: the nodes of SELECT, the nodes and edges of CONSTRUCT and DESCRIBE.

    Raises:
        QueryError: it is the answer of ASK.
        NotFoundError: the result names no node of the graph.
    """
    if result.form is Form.ANSWER:
        raise QueryError("html", "this query gives yes or no", "Ask for nodes with SELECT or CONSTRUCT.")
    view = views.result(graph, nodes(result), edges(result))
    return explorer.page(view, title=title)


def nodes(result: Result) -> set[str]:
    """Give the ids of everything in a result that can be a node."""
    terms = {term for row in result.rows for term in row if isinstance(term, NamedNode)}
    return {iri.node_id(term.value) for term in terms if term.value.startswith((iri.BASE, iri.ARXIV))}


def edges(result: Result) -> set[tuple[str, str, str]]:
    """Give the triples of a result that can be edges, as source, relation and target; none of SELECT."""
    if result.form is not Form.GRAPH:
        return set()
    relations: dict[object, Relation] = {rdf.relation(relation): relation for relation in Relation}
    found = set()
    for subject, predicate, value in result.rows:
        if predicate in relations and isinstance(subject, NamedNode) and isinstance(value, NamedNode):
            found.add((iri.node_id(subject.value), str(relations[predicate]), iri.node_id(value.value)))
    return found
