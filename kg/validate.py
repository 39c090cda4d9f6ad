"""Check a graph: against the SHACL shapes of the ontology, and for what SHACL cannot say.

SHACL knows triples, not passages. That a quote stands where it says, that no edge hangs in the air and that a node's
id follows from its name is checked here, in Python, on the records themselves.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kg import iri, rdf, resources
from kg.errors import MissingExtraError
from kg.model import Entity, Finding, Kind, PaperNode, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import rdflib

    from kg.graph import Graph
    from kg.model import Edge, Evidence, Located

_ENDS = {
    Relation.PROPOSES: (Kind.PAPER, Kind.METHOD),
    Relation.USES_METHOD: (Kind.PAPER, Kind.METHOD),
    Relation.INTRODUCES: (Kind.PAPER, Kind.DATASET),
    Relation.USES_DATASET: (Kind.PAPER, Kind.DATASET),
    Relation.HAS_TOPIC: (Kind.PAPER, Kind.TOPIC),
    Relation.LISTED_IN: (Kind.PAPER, Kind.DIGEST),
}
"""What an edge joins; ``broader`` joins two of one kind."""

REMEMBERED = 100_000
"""Of so many nodes is remembered whether they are there: most are asked for by many edges."""

_NO_EVIDENCE = frozenset({Relation.BROADER, Relation.LISTED_IN})
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SHACL = "http://www.w3.org/ns/shacl#"


def validate(graph: Graph, *, shapes: bool = True) -> tuple[Finding, ...]:
    """Check a graph by SHACL and by `check`; nothing found means that all is well.

    Args:
        graph: what to check. It is streamed; only SHACL takes all its triples into memory.
        shapes: whether to check by SHACL too, which takes seconds for a hundred papers and hours for all of arXiv.

    Returns:
        What is wrong, sorted: the node id in ``where``; rules of shapes begin with ``shacl-``.

    Raises:
        MissingExtraError: pySHACL is not installed.
    """
    by_shapes = check_shapes(rdf.to_rdflib(graph)) if shapes else ()
    return tuple(sorted({*check(graph), *by_shapes}))


# --- What SHACL cannot say ---------------------------------------------------------------------------------


def check(graph: Graph) -> Iterator[Finding]:
    """Check every quote against its passage, every edge for its ends and evidence, every id against its name."""
    for entity in graph.entities():
        yield from _check_names(entity)
    known = lru_cache(REMEMBERED)(graph.__contains__)
    for source, edges in groupby(graph.edges(), key=lambda edge: edge.source):
        record = graph.node(source) if known(source) else None
        passages = record.passages if isinstance(record, PaperNode) else ()
        for edge in edges:
            yield from _check_ends(known, edge)
            yield from _check_evidence(passages, edge)


def _check_names(entity: Entity) -> Iterator[Finding]:
    if entity.id not in {iri.entity_id(entity.kind, label.text) for label in (*entity.labels, *entity.aliases)}:
        yield Finding(entity.id, "foreign-id", "the id follows from none of its names; build the graph anew")


def _check_ends(known: Callable[[str], bool], edge: Edge) -> Iterator[Finding]:
    source, target = iri.kind_of(edge.source), iri.kind_of(edge.target)
    for end in (edge.source, edge.target):
        if not known(end):
            yield Finding(end, "dangling", f"no such node, but {_said(edge)}")
    if (source, target) != _ENDS.get(edge.relation, (source, source)):
        yield Finding(edge.source, "wrong-ends", f"{_said(edge)} joins a {source} and a {target}")


def _check_evidence(passages: Sequence[Located], edge: Edge) -> Iterator[Finding]:
    if not edge.evidence and edge.relation not in _NO_EVIDENCE:
        yield Finding(edge.source, "no-evidence", f"{_said(edge)} without evidence")
    for evidence in edge.evidence:
        if not any(_holds(passage, evidence) for passage in passages):
            place = f"{evidence.digest}:{evidence.line} {evidence.part}@{evidence.lang}"
            span = f"[{evidence.start}:{evidence.end}]"
            yield Finding(
                edge.source, "quote", f"{evidence.quote!r} is not {place} {span}, where {_said(edge)} rests on it"
            )


def _holds(passage: Located, evidence: Evidence) -> bool:
    here = (passage.part, passage.lang, passage.digest, passage.line)
    there = (evidence.part, evidence.lang, evidence.digest, evidence.line)
    return here == there and passage.text[evidence.start : evidence.end] == evidence.quote


def _said(edge: Edge) -> str:
    return f"{edge.source} {edge.relation} {edge.target}"


# --- Shapes ------------------------------------------------------------------------------------------------


def check_shapes(graph: rdflib.Graph) -> Iterator[Finding]:
    """Check triples against ``ontology/shapes.ttl``.

    Raises:
        MissingExtraError: pySHACL is not installed.
    """
    try:
        import pyshacl  # noqa: PLC0415  an extra, and heavy
    except ImportError as error:
        remedy = "Install it with: pip install 'digest-kg[validate]'"
        raise MissingExtraError("kg validate", "pySHACL is not installed", remedy) from error
    shapes = str(resources.ontology() / "shapes.ttl")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pySHACL's way with rdflib, nothing of ours
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, shacl_graph_format="turtle")
    for result in report.query(_RESULTS):
        yield _finding(result)


_RESULTS = f"""
PREFIX sh: <{_SHACL}>
SELECT ?focus ?component ?path ?value ?message WHERE {{
  ?result a sh:ValidationResult ; sh:focusNode ?focus ; sh:sourceConstraintComponent ?component .
  OPTIONAL {{ ?result sh:resultPath ?path }}
  OPTIONAL {{ ?result sh:value ?value }}
  OPTIONAL {{ ?result sh:resultMessage ?message }}
}}
"""


def _finding(result: Any) -> Finding:  # noqa: ANN401  a row of rdflib, which has no better type
    rule = str(result.component).removeprefix(_SHACL).removesuffix("ConstraintComponent")
    about = (result.path, result.value) if rule != "SPARQL" else ()  # that message names them itself
    words = [str(term) for term in (*about, result.message) if term is not None]
    message = " ".join(_short(word) for word in " ".join(words).split())
    return Finding(_short(str(result.focus)), f"shacl-{_CAPITAL.sub('-', rule).lower()}", message)


def _short(word: str) -> str:
    """Shorten an IRI to a node id or a prefixed name; leave any other word."""
    if word.startswith((iri.BASE, iri.ARXIV)):
        return iri.node_id(word)
    for prefix, namespace in rdf.PREFIXES.items():
        if word.startswith(namespace):
            return f"{prefix}:{word.removeprefix(namespace)}"
    return word
