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
CONSIDERED = 12
"""So many of the likeliest topics are considered."""
PAIR = ("constant", "wider", "narrower", "shared words", "contained", "same head", "known", "other known")
"""What is said of two topics of a paper: a logistic model of it tells whether they are one."""


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
            for value, item in chosen(ranked, model.thresholds["task"], model.likeness)
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


def chosen(
    ranked: Sequence[tuple[float, Topical]], threshold: float, likeness: Sequence[float]
) -> list[tuple[float, Topical]]:
    """Choose topics one after the other, the likeliest first; what may be the same as one chosen before counts less.

    Args:
        ranked: log-odds and topics, the likeliest first.
        threshold: from which probability on a topic is chosen.
        likeness: the weights of :data:`PAIR`.
    """
    left = [(sigmoid(value), value, item) for value, item in ranked if sigmoid(value) >= threshold][:CONSIDERED]
    found: list[tuple[float, Topical]] = []
    while left and len(found) < MOST:
        sure, value, item = max(left, key=lambda row: row[0])  # the first of equals
        if sure < threshold:
            break
        found.append((value, item))
        left = [
            (rest * (1 - alike(item, other, likeness)), odds, other) for rest, odds, other in left if other is not item
        ]
    return found


def pair(one: Topical, other: Topical) -> tuple[float, ...]:
    """Say how two topics of a paper resemble each other, in the order of :data:`PAIR`."""
    first, second = set(one.words), set(other.words)
    shared = len(first & second)
    return (
        1.0,
        float(other.concept in one.wider),
        float(one.concept in other.wider),
        shared / len(first | second),
        float(first <= second or second <= first),
        float(one.words[-1] == other.words[-1]),
        float(bool(one.concept)),
        float(bool(other.concept)),
    )


def alike(one: Topical, other: Topical, likeness: Sequence[float]) -> float:
    """Tell how likely a catalogue takes two topics of a paper for one."""
    return sigmoid(sum(weight * value for weight, value in zip(likeness, pair(one, other), strict=True)))


def named(paper: Paper, passages: Sequence[Notes], item: Topical, confidence: float) -> Iterator[Mention]:
    """Give the mentions of a task: every place where it stands."""
    for index, span in item.places:
        start, end = passages[index].place(span)
        yield Mention(
            paper=paper.arxiv_id,
            passage=index,
            start=start,
            end=end,
            surface=passages[index].text[start:end],
            kind=Kind.TOPIC,
            relation=Relation.HAS_TOPIC,
            rule="vocabulary-task" if item.concept else "phrase-task",
            confidence=confidence,
            name=passages[index].name(span),
            concept=item.concept,
        )
