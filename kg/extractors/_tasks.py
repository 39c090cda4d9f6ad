"""Which tasks a paper works on: topics of the vocabulary and phrases of its text, one to four of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extractors import _hashed
from kg.extractors._groups import Group
from kg.extractors._model import sigmoid
from kg.extractors._taskfeatures import FIELDS
from kg.model import Kind, Mention, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extractors._model import Model
    from kg.extractors._notes import Notes
    from kg.extractors._taskfeatures import Topical, Topicals
    from kg.model import Paper

MOST = 4
"""A paper works on so many tasks at most."""


def tasks(
    papers: Sequence[Paper], noted: Sequence[Sequence[Notes]], topicals: Topicals, model: Model
) -> Iterator[list[Mention]]:
    """Give the mentions of the tasks that each paper works on."""
    found = [topicals.find(passages) for passages in noted]
    odds = iter(odds_of(found, noted, model))
    for paper, passages, items in zip(papers, noted, found, strict=True):
        ranked = sorted(((next(odds), item) for item in items), key=lambda row: (-row[0], row[1].key))
        yield [
            mention
            for value, item in chosen(ranked, model.thresholds["task"])
            for mention in named(paper, passages, item, model.calibrated("topic", value))
        ]


def odds_of(found: Sequence[Sequence[Topical]], noted: Sequence[Sequence[Notes]], model: Model) -> list[float]:
    """Ask the model about all topics of a batch of papers."""
    import numpy as np  # noqa: PLC0415  numpy is loaded late

    rows = [item.values for items in found for item in items]
    hashed = [columns(item, passages) for items, passages in zip(found, noted, strict=True) for item in items]
    matrix = np.array(rows, dtype=np.float32).reshape(len(rows), len(FIELDS))
    odds: list[float] = model.questions["task"].odds(matrix, hashed).tolist()
    return odds


def columns(item: Topical, passages: Sequence[Notes]) -> list[int]:
    """Give the hashed columns of a topic: its words, and those around its first places."""
    return _hashed.columns(Group(names={item.name}, places=item.places[:2]), passages)


def chosen(ranked: Sequence[tuple[float, Topical]], threshold: float) -> list[tuple[float, Topical]]:
    """Choose the likeliest topics, none of which holds another one."""
    found: list[tuple[float, Topical]] = []
    for value, item in ranked:
        if sigmoid(value) < threshold or len(found) == MOST:
            break
        if not any(_alike(item, other) for _, other in found):
            found.append((value, item))
    return found


def _alike(one: Topical, other: Topical) -> bool:
    """Tell whether the words of one topic are among those of the other."""
    first, second = set(one.words), set(other.words)
    return first <= second or second <= first


def named(paper: Paper, passages: Sequence[Notes], item: Topical, confidence: float) -> Iterator[Mention]:
    """Give the mentions of a task: every place where it stands."""
    for index, (start, end) in item.places:
        text = passages[index].text[start:end]
        yield Mention(
            paper=paper.arxiv_id,
            passage=index,
            start=start,
            end=end,
            surface=text,
            kind=Kind.TOPIC,
            relation=Relation.HAS_TOPIC,
            rule="vocabulary-task" if item.concept else "phrase-task",
            confidence=confidence,
            name=passages[index].name((start, end)),
            concept=item.concept,
        )
