"""Read an explorer page back: its blocks, and the graph that they hold."""

from __future__ import annotations

import base64
import json
import re
import zlib
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Blocks = dict[str, Any]
Claim = tuple[str, str, str]

_BLOCK = re.compile(r'<script type="text/plain" id="kg-(\w+)">([A-Za-z0-9+/=]*)</script>')


def blocks(page: bytes) -> Blocks:
    """Unpack ``graph``, ``evidence`` and ``index``; nothing for an empty one."""
    found = dict(_BLOCK.findall(page.decode()))
    assert list(found) == ["graph", "evidence", "index"]
    return {name: json.loads(zlib.decompress(base64.b64decode(text))) if text else "" for name, text in found.items()}


def claims(found: Blocks) -> list[Claim]:
    """List the edges as ids: source, relation, target."""
    graph = found["graph"]
    ids, edges = graph["nodes"]["id"], graph["edges"]
    sources = [name for name, count in zip(ids, edges["out"], strict=True) for _ in range(count)]
    relations = [graph["relations"][at] for at in edges["relation"]]
    return list(zip(sources, relations, [ids[at] for at in edges["target"]], strict=True))


def slices(counts: list[int]) -> list[slice]:
    """Turn counts into the slices of the columns that they count."""
    return [slice(start, end) for start, end in pairwise(accumulate(counts, initial=0))]


def quotes(found: Blocks) -> Iterator[tuple[Claim, dict[str, Any]]]:
    """Give each piece of evidence with its edge: the quote as JavaScript cuts it out, what is around it, its place."""
    graph, evidence = found["graph"], found["evidence"]
    texts, pieces = evidence["texts"], evidence["claims"]
    papers = dict(zip(graph["nodes"]["id"], slices(texts["count"]), strict=False))
    edges = claims(found)
    for claim, part in zip(edges, slices(graph["edges"]["evidence"]), strict=True):
        for at in range(part.start, part.stop):
            text = papers[claim[0]].start + pieces["text"][at]
            assert text < papers[claim[0]].stop
            before, quote, after = cut(texts["text"][text], pieces["start"][at], pieces["length"][at])
            yield (
                claim,
                {
                    "quote": quote,
                    "before": before,
                    "after": after,
                    "cut": texts["cut"][text],
                    "part": graph["parts"][texts["part"][text]],
                    "lang": graph["langs"][texts["lang"][text]],
                    "digest": graph["digests"]["id"][texts["digest"][text]],
                    "line": texts["line"][text],
                    "rule": graph["rules"][pieces["rule"][at]],
                    "confidence": pieces["confidence"][at] / 1000,
                },
            )


def cut(text: str, start: int, length: int) -> tuple[str, str, str]:
    """Cut a text as JavaScript's ``slice`` does, in UTF-16 units."""
    units = text.encode("utf-16-le")
    parts = units[: 2 * start], units[2 * start : 2 * (start + length)], units[2 * (start + length) :]
    before, quote, after = (part.decode("utf-16-le") for part in parts)
    return before, quote, after
