"""The evidence of an explorer page as columns: the block ``kg-evidence``, described in ``assets/explorer/DATA.md``.

Of a few thousand papers every title, summary and abstract is kept. Of more, only the words around quotes are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kg.model import Located, PaperNode
from kg.writers import _columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.model import Edge, Entity, Evidence

WHOLE = 24_000_000
"""Characters of passages up to which all of them are kept whole."""

AROUND = 90
"""Characters kept on either side of a quote where passages are not."""

_BEFORE, _AFTER = 1, 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a passage that is kept."""

    passage: Located
    """The passage."""
    start: int
    """Where it starts in the passage, in characters."""
    end: int
    """Where it ends, exclusive."""

    @property
    def text(self) -> str:
        """The words."""
        return self.passage.text[self.start : self.end]

    @property
    def cut(self) -> int:
        """Whether the passage goes on before or after it."""
        return _BEFORE * (self.start > 0) + _AFTER * (self.end < len(self.passage.text))


def evidence(nodes: Sequence[PaperNode | Entity], edges: Sequence[Edge], digests: Mapping[str, int]) -> dict[str, Any]:
    """Make the block ``kg-evidence``.

    Args:
        nodes: of `_columns.drawn`.
        edges: of `_columns.claims`.
        digests: the position of each digest.
    """
    papers = [node for node in nodes if isinstance(node, PaperNode)]
    claims = {source: list(group) for source, group in groupby(edges, key=lambda edge: edge.source)}
    whole = sum(len(item.text) for paper in papers for item in paper.passages) <= WHOLE
    kept = {paper.id: _kept(paper, claims.get(paper.id, []), whole=whole) for paper in papers}
    stretches = [item for paper in papers for item in kept[paper.id]]
    return {
        "whole": whole,
        "texts": {
            "count": [len(kept[paper.id]) for paper in papers],
            "part": [_columns.PARTS.index(item.passage.part) for item in stretches],
            "lang": [_columns.LANGS.index(item.passage.lang) for item in stretches],
            "digest": [digests[item.passage.digest] for item in stretches],
            "line": [item.passage.line for item in stretches],
            "cut": [item.cut for item in stretches],
            "text": [item.text for item in stretches],
        },
        "claims": _claims(edges, {paper.id: paper for paper in papers}, kept),
    }


def ranked(edge: Edge) -> list[Evidence]:
    """List the evidence of an edge, the surest first."""
    return sorted(edge.evidence, key=lambda item: (-item.confidence, item))


def _kept(paper: PaperNode, edges: Iterable[Edge], *, whole: bool) -> list[Stretch]:
    """Choose what is kept of a paper's passages."""
    quotes: dict[Located, list[tuple[int, int]]] = {passage: [] for passage in paper.passages}
    for item in (item for edge in edges for item in edge.evidence):
        passage, start = _source(paper, item)
        quotes.setdefault(passage, []).append((start, start + len(item.quote)))
    if whole:
        return [Stretch(item, 0, len(item.text)) for item in quotes]
    return [stretch for passage, spans in quotes.items() for stretch in _stretches(passage, spans)]


def _source(paper: PaperNode, item: Evidence) -> tuple[Located, int]:
    """Find the passage that a piece of evidence quotes, and where; if the paper lacks it, the quote stands for it."""
    here = (item.part, item.lang, item.digest, item.line)
    for passage in paper.passages:
        place = (passage.part, passage.lang, passage.digest, passage.line)
        if place == here and passage.text[item.start : item.end] == item.quote:
            return passage, item.start
    return Located(item.part, item.lang, item.quote, item.digest, item.line), 0


def _stretches(passage: Located, quotes: Iterable[tuple[int, int]]) -> Iterator[Stretch]:
    """Cut out the words around quotes; what touches becomes one stretch."""
    spans = sorted((max(0, start - AROUND), min(len(passage.text), end + AROUND)) for start, end in quotes)
    while spans:
        start, end = spans.pop(0)
        while spans and spans[0][0] <= end:
            end = max(end, spans.pop(0)[1])
        yield Stretch(passage, start, end)


def _claims(
    edges: Iterable[Edge], papers: Mapping[str, PaperNode], kept: Mapping[str, Sequence[Stretch]]
) -> dict[str, list[int]]:
    rules = {rule: at for at, rule in enumerate(_columns.rules(edges))}
    rows = [
        (*_spot(papers[edge.source], kept[edge.source], item), rules[item.rule], _columns.thousandths(item.confidence))
        for edge in edges
        for item in ranked(edge)
    ]
    names = ("text", "start", "length", "rule", "confidence")
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _spot(paper: PaperNode, kept: Sequence[Stretch], item: Evidence) -> tuple[int, int, int]:
    """Give the stretch that holds a quote, and where in it the quote starts and how long it is, in UTF-16 units."""
    passage, start = _source(paper, item)
    for at, stretch in enumerate(kept):
        if stretch.passage == passage and stretch.start <= start and start + len(item.quote) <= stretch.end:
            return at, units(passage.text[stretch.start : start]), units(item.quote)
    raise LookupError(item)


def units(text: str) -> int:
    """Count UTF-16 units, as JavaScript does.

    >>> units("思维链"), units("😀")
    (3, 2)
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
