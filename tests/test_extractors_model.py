"""The trained model: its trees, its calibration, and that what is shipped can be loaded and is small."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extractors import _model
from kg.extractors._forest import build
from kg.extractors._hashed import BITS

MOST_BYTES = 20_000_000


def leaf(value: float) -> dict[str, object]:
    return {"leaf_value": value}


def split(feature: int, threshold: float, left: object, right: object) -> dict[str, object]:
    return {"split_feature": feature, "threshold": threshold, "left_child": left, "right_child": right}


TREES = [
    split(0, 0.5, leaf(-1.0), split(1, 2.0, leaf(0.25), leaf(4.0))),
    split(1, 1e-35, split(0, -3.0, leaf(8.0), leaf(16.0)), leaf(32.0)),
    leaf(64.0),
]
NUMBER = st.floats(-5, 5, width=32)


def walk(tree: object, row: tuple[float, float]) -> float:
    """Walk a tree the plain way."""
    assert isinstance(tree, dict)
    if "leaf_value" in tree:
        return float(tree["leaf_value"])
    side = "left_child" if row[tree["split_feature"]] <= tree["threshold"] else "right_child"
    return walk(tree[side], row)


@settings(deadline=None)
@given(st.lists(st.tuples(NUMBER, NUMBER), max_size=8))
def test_a_forest_says_what_its_trees_say(rows: list[tuple[float, float]]) -> None:
    """However many rows are asked at once, trees of unlike depth and single leaves among them."""
    said = build(TREES).odds(np.array(rows, dtype=np.float32).reshape(-1, 2))
    assert said.tolist() == [sum(walk(tree, row) for tree in TREES) for row in rows]


def test_the_shipped_model_is_small_and_whole() -> None:
    """Every question is there, each with a weight a hashed column and a constant."""
    assert sum(path.stat().st_size for path in _model.FOLDER.iterdir()) < MOST_BYTES
    model = _model.load()
    assert set(model.questions) == set(_model.QUESTIONS)
    assert {len(question.linear) for question in model.questions.values()} == {(1 << BITS) + 1}
    assert all(0 < threshold < 1 for threshold in model.thresholds.values())


@pytest.mark.parametrize("kind", ["method", "dataset", "topic"])
def test_confidence_is_a_probability_that_grows_with_the_odds(kind: str) -> None:
    model = _model.load()
    values = [model.calibrated(kind, odds / 10) for odds in range(-100, 101)]
    assert all(0 < low <= high < 1 for low, high in pairwise(values))
