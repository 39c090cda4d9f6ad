"""Find the node that a name means: by id, label, alias or title, in either language, and near misses if there is none.

The store answers what a look-up answers. For a name that is written otherwise (``chain of thoughts!``) and for near
misses every name has to be folded, 160,000 of them in an archive: the summary holds them folded. Without it they are
folded anew, which takes a minute there.
"""

from __future__ import annotations

import difflib
from heapq import nlargest
from typing import TYPE_CHECKING, cast

from kg import iri, rdf, vocabulary
from kg.errors import NotFoundError, QueryError
from kg.model import Kind, Lang
from kg.oxigraph import Literal
from kg.text import fold, printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from kg.oxigraph import NamedNode, Quad, Store
    from kg.plans import Summary

_LABELS = ("skos:prefLabel", "skos:altLabel")
_TITLE = "dcterms:title"
_NAMED = (Kind.PAPER, Kind.METHOD, Kind.DATASET, Kind.TOPIC)
_SHOWN = 5  # near misses and candidates in a message
_COMPARED = 200  # names that are compared letter by letter with one that is not found


def resolve(store: Store, name: str, kind: Kind | None = None, *, summary: Summary | None = None) -> str:
    """Find the node that a name means: a node id, an IRI, a label or alias in either language, a title.

    A node whose own name it is comes first, then a label written alike, then one that the vocabulary knows, then
    whatever has a label of equal fold.

    Args:
        store: an opened graph.
        name: what a user calls the node.
        kind: what it has to be.
        summary: the summary of the same graph; without it the last of these ways takes a minute on an archive.

    Raises:
        NotFoundError: nothing in the graph has this name; near misses are suggested.
        QueryError: several things have it; they are listed.
    """
    return resolve_among(store, name, _NAMED if kind is None else (kind,), summary)


def resolve_among(store: Store, name: str, kinds: Collection[Kind], summary: Summary | None = None) -> str:
    """Find the node of one of some kinds that a name means; see `resolve`."""
    name = name.strip()
    for found in _looks(store, name, kinds, summary):
        if len(found) == 1:
            return found.pop()
        if found:
            listed = ", ".join(sorted(found)[:_SHOWN])
            raise QueryError(name, f"{len(found)} things have this name", f"Say which by its id: {listed}.")
    raise _unknown(store, name, kinds, summary)


def _looks(store: Store, name: str, kinds: Collection[Kind], summary: Summary | None) -> Iterator[set[str]]:
    """Look in one way after the other."""
    yield _by_id(store, name, kinds)
    yield _by_own_name(store, name, kinds)
    yield _by_label(store, name, kinds)
    if summary is None:
        yield _by_vocabulary(store, name, kinds)
        yield {key for key, label in _labels(store, kinds) if fold(label) == fold(name)}
        return
    for known in (True, False):
        yield {key for key in summary.named(fold(name), known=known) if iri.kind_of(key) in kinds}


def _in(store: Store, node_id: str) -> bool:
    """Tell whether the graph describes a node."""
    of_class = rdf.term(rdf.CLASSES[iri.kind_of(node_id)])
    try:
        return next(store.quads_for_pattern(rdf.node(node_id), rdf.term("rdf:type"), of_class), None) is not None
    except ValueError:  # no text of this shape is an IRI
        return False


def _by_id(store: Store, name: str, kinds: Collection[Kind]) -> set[str]:
    ids = {iri.node_id(name)} | ({iri.arxiv_id(name)} - {""} if Kind.PAPER in kinds else set())
    allowed = {*kinds, Kind.DIGEST} if set(kinds) == set(_NAMED) else kinds
    return {key for key in ids if iri.kind_of(key) in allowed and _in(store, key)}


def _by_own_name(store: Store, name: str, kinds: Collection[Kind]) -> set[str]:
    if not name:
        return set()
    ids = {iri.entity_id(kind, name) for kind in kinds if kind is not Kind.PAPER}
    return {key for key in ids if _in(store, key)}


def _by_label(store: Store, name: str, kinds: Collection[Kind]) -> set[str]:
    labels = [(sort, Literal(name, language=lang)) for sort in _LABELS for lang in Lang]
    return {
        key
        for sort, label in labels
        for quad in store.quads_for_pattern(None, rdf.term(sort), label)
        if iri.kind_of(key := _id(quad)) in kinds
    }


def _by_vocabulary(store: Store, name: str, kinds: Collection[Kind]) -> set[str]:
    """Look among the concepts, which know more names than a graph shows (those for look-up alone)."""
    return {concept.id for concept in vocabulary.load().find(name) if concept.kind in kinds and _in(store, concept.id)}


def _labels(store: Store, kinds: Collection[Kind]) -> Iterator[tuple[str, str]]:
    """Give every name of every node of these kinds, with the node's id."""
    names = _LABELS if set(kinds) - {Kind.PAPER} else ()
    for name in (*names, *((_TITLE,) if Kind.PAPER in kinds else ())):
        for quad in store.quads_for_pattern(None, rdf.term(name), None):
            if iri.kind_of(key := _id(quad)) in kinds:
                yield key, cast("Literal", quad.object).value


def _id(quad: Quad) -> str:
    return iri.node_id(cast("NamedNode", quad.subject).value)


# --- Near misses -------------------------------------------------------------------------------------------


def _unknown(store: Store, name: str, kinds: Collection[Kind], summary: Summary | None) -> NotFoundError:
    """Suggest names that look alike: the most similar, then those that hold the name."""
    if summary is None:
        found = {fold(label): label for _, label in sorted(_labels(store, kinds), reverse=True)}
        meant = [found[near] for near in _near(fold(name), found)]
    else:
        nodes = _nodes_by_name(summary, kinds)
        meant = [_written(store, nodes[near], near) for near in _near(fold(name), nodes)]
    what = " or ".join(kinds) if len(kinds) < len(_NAMED) else "node"
    remedy = f"Did you mean {' or '.join(map(printable, meant))}?" if meant else "Check the spelling."
    return NotFoundError(" ".join(printable(name).split()) or "''", f"no {what} in the graph has this name", remedy)


def _nodes_by_name(summary: Summary, kinds: Collection[Kind]) -> dict[str, str]:
    """Give for every fold the least id of a node that has a name of it."""
    return dict(sorted(summary.names(kinds), reverse=True))


def _written(store: Store, node_id: str, folded: str) -> str:
    """Give a name of a node as it is written: the least of those of one fold."""
    values = (
        quad.object.value
        for sort in (*_LABELS, _TITLE)
        for quad in store.quads_for_pattern(rdf.node(node_id), rdf.term(sort), None)
        if isinstance(quad.object, Literal)
    )
    return min((value for value in values if fold(value) == folded), default=folded)


def _near(name: str, others: Iterable[str]) -> list[str]:
    """Choose the names most like one, then the shortest that hold it."""
    known = list(others)
    holding = sorted((other for other in known if name and name in other), key=lambda other: (len(other), other))
    alike = [other for other in known if abs(len(other) - len(name)) <= max(2, len(name) // 3)]
    close = difflib.get_close_matches(name, _most_alike(name, alike), n=3, cutoff=0.6)
    return list(dict.fromkeys([*close, *holding]))[:_SHOWN]


def _most_alike(name: str, others: list[str]) -> list[str]:
    """Keep those that share most pairs of letters with a name, since to compare all takes seconds."""
    if len(others) <= _COMPARED:
        return others
    pairs = _pairs(name)
    return nlargest(_COMPARED, others, key=lambda other: (len(pairs & _pairs(other)) / (len(other) + 1), other))


def _pairs(name: str) -> set[str]:
    padded = f"^{name}$"
    return {padded[at : at + 2] for at in range(len(padded) - 1)}
