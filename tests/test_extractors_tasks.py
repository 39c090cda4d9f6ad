"""Which of the likely topics of a paper are chosen: what is one thing under two names is chosen once."""

from __future__ import annotations

import pytest

from kg.extractors import _model
from kg.extractors._taskfeatures import Topical
from kg.extractors._tasks import MOST, PAIR, alike, chosen, pair

NEVER = (-20.0, *(0.0,) * (len(PAIR) - 1))
"""Weights by which no two topics are one."""
SHIPPED = _model.load().likeness


def topic(name: str, concept: str = "", *wider: str) -> Topical:
    return Topical(concept or name, concept, name=name, wider=frozenset(wider))


def test_the_shipped_model_weighs_every_trait_of_a_pair() -> None:
    assert len(SHIPPED) == len(PAIR) == len(pair(topic("machine translation"), topic("summarization")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (topic("machine translation"), topic("neural machine translation")),
        (
            topic("recommendation", "topic/recommendation"),
            topic("news recommendation", "topic/news", "topic/recommendation"),
        ),
    ],
    ids=["one holds the other", "one is wider"],
)
def test_what_is_likely_one_thing_is_chosen_once(one: Topical, other: Topical) -> None:
    """The likelier of the two stays, whichever it is; without likeness both would."""
    for first, second in ((one, other), (other, one)):
        ranked = [(0.5, first), (0.2, second)]
        assert [item for _, item in chosen(ranked, 0.4, SHIPPED)] == [first]
        assert [item for _, item in chosen(ranked, 0.4, NEVER)] == [first, second]


def test_two_things_are_two() -> None:
    one, other = topic("machine translation"), topic("speech recognition")
    assert alike(one, other, SHIPPED) < 0.5
    assert len(chosen([(2.0, one), (1.9, other)], 0.4, SHIPPED)) == 2


def test_no_more_than_four_and_none_below_the_threshold() -> None:
    words = ("parsing", "tagging", "dialogue", "retrieval", "captioning", "planning")
    ranked = [(3.0 - at / 10, topic(word)) for at, word in enumerate(words)]
    assert [item.name for _, item in chosen(ranked, 0.4, NEVER)] == list(words[:MOST])
    assert chosen(ranked, 0.99, NEVER) == []
