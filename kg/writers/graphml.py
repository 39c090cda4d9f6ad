"""GraphML cannot say: more than the best quote of an edge, texts of a paper other than its title, control characters.

An edge carries its confidence, how many pieces of evidence it has, and the surest of them. Lists (aliases,
code addresses, file names) are joined by a line feed, which no name contains. Characters that XML 1.0
forbids become U+FFFD. Node ids are those of the graph; an edge's id is ``source|relation|target``.
Written by hand rather than by networkx: a stream needs no second copy of the graph, and its bytes do not
depend on which XML library is installed.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from kg.iri import iri, month
from kg.model import DigestNode, Entity, Lang, PaperNode
from kg.writers import _rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.graph import Graph, Node
    from kg.model import Edge

SEPARATOR = "\n"
"""What joins the items of a list."""

NODE_KEYS = {
    "kind": "string",
    "label": "string",
    "label_en": "string",
    "label_zh": "string",
    "aliases": "string",
    "scheme": "string",
    "concept": "boolean",
    "date": "string",
    "month": "string",
    "code": "string",
    "dialect": "string",
    "iri": "string",
}
"""The attributes of a node and their GraphML types; a node has those that apply to its kind."""

EDGE_KEYS = {
    "relation": "string",
    "confidence": "double",
    "evidence_count": "int",
    "quote": "string",
    "part": "string",
    "lang": "string",
    "start": "int",
    "end": "int",
    "rule": "string",
    "digest": "string",
    "line": "int",
}
"""The attributes of an edge and their GraphML types; from ``quote`` on, those of its best evidence."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_BLANKS = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})  # a parser would normalise them


def render(graph: Graph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph as ``graph.graphml``."""
    yield "graph.graphml", (line.encode() for line in _document(graph))


def _document(graph: Graph) -> Iterator[str]:
    yield _HEAD
    for owner, keys in (("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        for key, kind in keys.items():
            yield f'  <key id="{owner}_{key}" for="{owner}" attr.name="{key}" attr.type="{kind}"/>\n'
    yield '  <graph id="kg" edgedefault="directed">\n'
    for node in _rows.nodes(graph):
        yield f'    <node id="{_text(node.id)}">{_data("node", _node(node))}</node>\n'
    for edge in graph.edges():
        ends = f'source="{_text(edge.source)}" target="{_text(edge.target)}"'
        name = _text(f"{edge.source}|{edge.relation}|{edge.target}")
        yield f'    <edge id="{name}" {ends}>{_data("edge", _edge(edge))}</edge>\n'
    yield "  </graph>\n</graphml>\n"


def _data(owner: str, values: Mapping[str, object]) -> str:
    return "".join(f'<data key="{owner}_{key}">{_text(value)}</data>' for key, value in values.items())


def _text(value: object) -> str:
    """Make a value safe inside an element and inside an attribute."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return escape(_FORBIDDEN.sub("\ufffd", text)).translate(_BLANKS)


def _node(node: Node) -> dict[str, object]:
    values: dict[str, object] = {"kind": _rows.kind(node).value, "label": _rows.name(node)}
    values |= {f"label_{lang}": text for lang in Lang if (text := _rows.label(node, lang))}
    match node:
        case PaperNode():
            values |= {"date": node.published, "month": month(node.id), "code": SEPARATOR.join(node.code)}
        case Entity():
            values |= {"aliases": SEPARATOR.join(_rows.aliases(node)), "scheme": node.scheme, "concept": node.concept}
        case DigestNode():
            values |= {"aliases": SEPARATOR.join(node.names), "dialect": node.dialect}
    return {key: value for key, value in values.items() if value != ""} | {"iri": iri(node.id)}


def _edge(edge: Edge) -> dict[str, object]:
    values = {"relation": edge.relation.value, "confidence": edge.confidence, "evidence_count": len(edge.evidence)}
    best = _rows.best(edge)
    return values | ({key: getattr(best, key) for key in list(EDGE_KEYS)[3:]} if best else {})
