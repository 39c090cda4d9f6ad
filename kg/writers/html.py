"""The page cannot say: anything without JavaScript; it shows a graph of some thousand nodes, not of a hundred thousand.

One file that needs no network: pyvis describes the network and fills a template of our own in place of its
own, which loads from a CDN; the vis-network library that pyvis ships is in-lined. Positions are computed here,
so that the browser has nothing to simulate. The graph stands in the page as JSON, and the script writes its text
by ``textContent`` and on the canvas alone. A Content-Security-Policy names the two scripts by their hashes:
whatever a title holds, no other script runs and nothing is loaded.
"""

from __future__ import annotations

import json
from html import escape
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import layout, views
from kg.iri import month
from kg.model import DigestNode, Entity, Lang, PaperNode
from kg.writers import _page, _rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import KnowledgeGraph, Node
    from kg.model import Edge, Evidence
    from kg.views import View

TITLE = "Research digests as a graph · 论文摘要图谱"
"""What the page is called unless the caller says otherwise."""

LIMIT = 3_000
"""How many nodes the page draws at most: vis-network moves so many within a tenth of a second."""

_MORE = "The explorer page (kg view) shows more.", "探索页（kg view）可显示更多。"
_LIBRARY = "templates/lib/vis-9.1.2/vis-network.min.js"  # within pyvis 0.3.2
_OPTIONS = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {"hover": True, "tooltipDelay": 120, "hideEdgesOnZoom": False, "keyboard": False},
}
_UNSAFE = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&'\u2028\u2029"})


def render(graph: KnowledgeGraph, *, title: str = TITLE) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph, or the most connected part of a large one, as ``graph.html``."""
    yield "graph.html", [page(views.whole(graph, limit=LIMIT), title=title)]


def page(view: View, *, title: str = TITLE) -> bytes:
    """Make the page of a part of a graph."""
    return _filled(_network(view.drawn), title, view).encode()


# --- The network -------------------------------------------------------------------------------------------


def _network(graph: KnowledgeGraph) -> Any:  # noqa: ANN401  pyvis is untyped
    from pyvis.network import Network  # noqa: PLC0415  it imports IPython and Jinja: half a second

    network = Network(directed=True)  # the undirected one drops parallel edges
    degree: dict[str, int] = {}
    for edge in graph.edges():
        for end in (edge.source, edge.target):
            degree[end] = degree.get(end, 0) + 1
    places = layout.positions(graph)
    for node in _rows.nodes(graph):
        x, y = places[node.id]
        size = _size(node, degree.get(node.id, 0))
        network.add_node(node.id, label=_rows.name(node), x=x, y=y, size=size, **_record(node))
    for edge in graph.edges():
        network.add_edge(edge.source, edge.target, **_claim(edge, graph.node(edge.source)))
    return network


def _size(node: Node, degree: int) -> float:
    """Make busy nodes bigger, papers all alike."""
    return 9.0 if isinstance(node, PaperNode) else round(min(40.0, 6 + 3.5 * sqrt(degree)), 1)


def _record(node: Node) -> dict[str, Any]:
    """Give what the panel and the search want to know of a node."""
    record: dict[str, Any] = {"kind": _rows.kind(node).value, "aliases": []}
    record |= {lang.value: _rows.label(node, lang) for lang in Lang}
    match node:
        case PaperNode():
            passages = [{"part": item.part, "lang": item.lang, "text": item.text} for item in node.passages]
            record |= {"date": node.published, "month": month(node.id), "code": list(node.code), "passages": passages}
        case Entity():
            record |= {"aliases": _rows.aliases(node), "scheme": node.scheme}
        case DigestNode():
            record["aliases"] = list(node.names[1:])
    return record


def _claim(edge: Edge, source: Node) -> dict[str, Any]:
    ranked = sorted(edge.evidence, key=lambda item: (-item.confidence, item))
    evidence = [_evidence(item, source) for item in ranked]
    return {"relation": edge.relation.value, "width": round(0.4 + edge.confidence, 2), "evidence": evidence}


def _evidence(item: Evidence, source: Node) -> dict[str, Any]:
    """Give a piece of evidence, with the index of its passage or, should there be none, its quote."""
    record: dict[str, Any] = {name: getattr(item, name) for name in ("part", "start", "end", "rule", "confidence")}
    record |= {"digest": item.digest, "line": item.line}
    passages = source.passages if isinstance(source, PaperNode) else ()
    for index, passage in enumerate(passages):
        here = (passage.part, passage.lang, passage.digest, passage.line)
        if here == (item.part, item.lang, item.digest, item.line) and passage.text[item.start : item.end] == item.quote:
            return record | {"passage": index}
    return record | {"passage": -1, "quote": item.quote}


# --- The page ----------------------------------------------------------------------------------------------


def _filled(network: Any, title: str, view: View) -> str:  # noqa: ANN401  pyvis is untyped
    """Fill our template through pyvis, whose templates do not escape: everything that goes in is safe already."""
    style, script, library = _page.asset(_page.ASSETS / "page.css"), _page.asset(_page.ASSETS / "page.js"), _library()
    network.set_template_dir(f"{_page.ASSETS}/", "page.html")
    network.templateEnv.globals.update(
        title=escape(title),
        policy=escape(_page.policy(scripts=(library, script), styles=(style,))),
        style=style,
        script=script,
        library=library,
        graph=_data(network, view),
    )
    filled: str = network.generate_html()
    return filled + "\n"


def _data(network: Any, view: View) -> str:  # noqa: ANN401  pyvis is untyped
    """Write the graph as JSON that is safe inside a script element."""
    nodes = [_without(node, "label", "shape", "color") for node in network.nodes]
    edges = [_without(edge, "arrows") for edge in network.edges]
    left = [f"{view.left_en} {_MORE[0]}", f"{view.left_zh}{_MORE[1]}"] if view.left_en else []
    graph = {"options": _OPTIONS, "focus": view.focus, "left": left, "nodes": nodes, "edges": edges}
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)


def _without(options: dict[str, Any], *names: str) -> dict[str, Any]:
    """Drop what pyvis adds to each node and edge and the page sets for all."""
    return {name: value for name, value in sorted(options.items()) if name not in names}


def _library() -> str:
    """Read the drawing library that pyvis ships, without the mark that sends developer tools for its source map."""
    import pyvis.network  # noqa: PLC0415

    text = (Path(pyvis.network.__file__).parent / _LIBRARY).read_text(encoding="utf-8")
    return text.partition("//# sourceMappingURL=")[0]
