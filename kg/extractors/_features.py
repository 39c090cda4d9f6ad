"""What the model is told of a name: marks by language, places, looks, neighbours, what the archive says of it.

All features of all names of a batch of papers form one matrix, a row a name, so that the model is asked once a batch.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING

from kg.extractors._archive import NAME_FACTS
from kg.extractors._patterns import SENTENCE
from kg.model import Lang, Part
from kg.text import fold, has_han

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.extractors._archive import Archive
    from kg.extractors._groups import Group, Lookup
    from kg.extractors._model import Model
    from kg.extractors._notes import Notes
    from kg.model import Concept, Paper

_NEW = re.compile(
    r"\b(?:propos|present|introduc|develop|design|releas|construct|curat)\w*|提出|引入|介绍|推出|开发|设计|构建|发布",
    re.IGNORECASE,
)
_DATA = re.compile(
    r"\b(?:data ?sets?|benchmarks?|corpus|corpora|leaderboard|test ?set)\b|数据集|基准|语料|测试集", re.IGNORECASE
)
_TEST = re.compile(
    r"\b(?:experiment|evaluat|result|outperform|achiev|improv|compar|demonstrat|surpass)\w*|实验|评估|结果|优于|超过|提升|达到|比较",
    re.IGNORECASE,
)
CATEGORIES = ("cs.CL", "cs.CV", "cs.LG", "cs.AI", "cs.IR", "cs.RO", "cs.HC", "cs.SE", "stat", "math", "eess", "econ")
"""arXiv categories and archives: what is worth naming depends on the field."""
SENTENCES = (("new", _NEW), ("data", _DATA), ("test", _TEST))
"""Kinds of sentences, by the words that tell them."""
NUMBERS = (
    *("places", "places-zh", "places-en", "names", "characters", "words", "capitals", "digits", "hyphens"),
    *(
        "first",
        "last",
        "nested",
        "sentence-new",
        "sentence-data",
        "sentence-test",
        "sentence-first",
        "sentence-last",
        "parts",
        "passages",
    ),
    *("rivals", "share", "older", "introduced", "archive"),
    *(f"archive-{fact}" for fact in NAME_FACTS),
    *CATEGORIES,
)
"""The features that are no marks."""


@lru_cache(maxsize=2048)
def sentences(text: str) -> tuple[list[int], list[tuple[bool, ...]]]:
    """Cut a passage into sentences: where each begins, and what kinds it is of (:data:`SENTENCES`)."""
    starts = [0, *(match.end() for match in SENTENCE.finditer(text))]
    kinds = [
        tuple(pattern.search(text, start, end) is not None for _, pattern in SENTENCES)
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]
    return starts, kinds


def categories(passages: Sequence[Notes]) -> list[float]:
    """Say which of :data:`CATEGORIES` a digest states of a paper, 1 or 0 each."""
    stated = " ".join(notes.text for notes in passages if notes.part is Part.CATEGORIES)
    return [float(name in stated) for name in CATEGORIES]


def numbers(item: Group, passages: Sequence[Notes], paper: Paper, concept: Concept | None, rivals: int) -> list[float]:
    """Give the features that are no marks, in the order of :data:`NUMBERS`."""
    name = max(item.names, key=lambda text: (not has_han(text), -len(text), text))
    zh = sum(passages[index].lang is Lang.ZH for index, _ in item.places)
    letters = [char for char in name if char.isalpha()]
    by = concept.introduced_by if concept is not None else ""
    return [
        len(item.places),
        zh,
        len(item.places) - zh,
        len(item.names),
        len(name),
        len(name.split()),
        sum(map(str.isupper, letters)) / (len(letters) or 1),
        sum(map(str.isdigit, name)),
        name.count("-"),
        *_where(item, passages),
        len({passages[index].part for index, _ in item.places}),
        len(passages),
        rivals,
        len(item.places) / (rivals or 1),
        float(bool(by) and by != paper.arxiv_id),
        float(bool(by) and by == paper.arxiv_id),
    ]


def _archived(item: Group, archive: Archive) -> list[float]:
    """Say in how many papers of the archive a name stands, and in what share of them each fact holds of it."""
    rows = [row for name in item.names if (row := archive.name(fold(name))) is not None]
    if not rows or "redefined" in item.marks:  # others mean something else by it
        return [0.0] * (1 + len(NAME_FACTS))
    best = max(rows)
    return [log(1 + best[0]), *(count / (best[0] + 2) for count in best[1:])]


def _where(item: Group, passages: Sequence[Notes]) -> list[float]:
    """Say where in the passages a name stands, and in what kinds of sentences."""
    first, last, nested = 1.0, 0.0, 0
    kinds = [0.0] * len(SENTENCES)
    opening = closing = 0.0
    for index, span in item.places:
        notes = passages[index]
        nested += (index, span) in item.nested
        if notes.part is not Part.ABSTRACT:
            continue
        at = span[0] / (len(notes.plain) or 1)
        first, last = min(first, at), max(last, at)
        starts, sorts = sentences(notes.plain)
        number = bisect_right(starts, span[0]) - 1
        for position, holds in enumerate(sorts[number]):
            kinds[position] += holds
        opening += number == 0
        closing += number == len(starts) - 1
    count = len(item.places)
    return [first, last, nested / count, *(kind / count for kind in kinds), opening / count, closing / count]


def rows(
    groups: Sequence[Group], passages: Sequence[Notes], paper: Paper, lookup: Lookup, model: Model
) -> list[list[float]]:
    """Give all features of the names of a paper: the numbers, then a column a mark (0 or 1)."""
    shared = categories(passages)
    return [
        _marked(
            [
                *numbers(item, passages, paper, lookup.vocabulary.concepts.get(item.concept), len(groups)),
                *_archived(item, model.archive),
                *shared,
            ],
            item,
            model.columns,
        )
        for item in groups
    ]


def _marked(values: list[float], item: Group, columns: Mapping[str, int]) -> list[float]:
    base = len(values)
    values += [0.0] * len(columns)
    for marks in (item.marks, item.said):
        for mark in marks:
            column = columns.get(mark)
            if column is not None:
                values[base + column] = 1.0
    return values
