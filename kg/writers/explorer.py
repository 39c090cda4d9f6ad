"""The page cannot say: anything without JavaScript. Of a graph beyond some thousand papers it draws a part and says so.

One file that needs no network. `kg.views` says which part of the graph is drawn; columns of numbers and texts, zlib
and base64 keep five thousand papers with every quote within a few megabytes; positions and communities are computed
here. ``assets/explorer/DATA.md`` is the contract between this module and the page's script. The data stand in blocks
that no browser runs, as base64, so that no text of a digest can end a block or begin a tag; the script writes texts
by ``textContent`` alone, and the Content-Security-Policy names every script by its hash.
"""

from __future__ import annotations

import base64
import json
import zlib
from html import escape
from typing import TYPE_CHECKING

from kg import views
from kg.writers import _columns, _page, _quotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import KnowledgeGraph
    from kg.views import View

TITLE = "Research digests as a graph · 论文摘要图谱"
"""What the page is called unless the caller says otherwise."""

_LEVEL = 9


def render(graph: KnowledgeGraph, *, title: str = TITLE) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the graph, or the most connected part of a large one, as ``explorer.html``."""
    yield "explorer.html", [page(views.whole(graph), title=title)]


def page(view: View, *, title: str = TITLE) -> bytes:
    """Make the page of a part of a graph."""
    nodes = _columns.drawn(view.drawn)
    edges = _columns.claims(view.drawn, _columns.numbers(nodes))
    digests = {key: at for at, key in enumerate(_columns.digests(view.drawn))}
    blocks = {
        "kg-graph": _columns.graph(view, title, nodes, edges),
        "kg-evidence": _quotes.evidence(nodes, edges, digests),
        "kg-index": _columns.index(view),
    }
    data = "\n".join(_block(name, content) for name, content in blocks.items())
    return _page.filled(_page.ASSETS / "explorer", {"title": escape(title), "data": data}).encode()


def _block(name: str, content: object) -> str:
    return f'<script type="text/plain" id="{name}">{_packed(content)}</script>'


def _packed(content: object) -> str:
    """Write as JSON, compress, and put into the alphabet of base64."""
    if not content:
        return ""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), _LEVEL)).decode()
