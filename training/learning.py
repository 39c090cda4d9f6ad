"""Fit one yes-or-no question: a linear model of hashed words, and boosted trees that see what it says.

What the trees see of the linear model during training comes from linear models that did not see the row, as later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from kg.extractors._forest import Forest, build
from kg.extractors._hashed import BITS
from kg.extractors._model import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SEED = 20
INNER = 3
"""In so many parts the training papers are cut to let linear models speak of papers that they have not seen."""
TREES = {"keep": 400, "data": 80, "new": 100, "task": 260}
STRENGTH = {"keep": 0.08, "data": 0.3, "new": 0.3, "task": 0.05}
"""The inverse of the L2 penalty of the linear models."""
RATE = {"keep": 0.03, "data": 0.05, "new": 0.05, "task": 0.03}
"""How much each tree adds."""
LEAVES = {"keep": 31, "data": 15, "new": 15, "task": 15}
TOGETHER = {"n_estimators": 80, "learning_rate": 0.04, "num_leaves": 20}
"""What corrects a name by the others starts where the first decision ends: it needs few trees."""
SHAPE = {
    "objective": "binary", "max_depth": 9, "min_child_samples": 20,
    "subsample": 0.8, "subsample_freq": 1, "colsample_bytree": 0.3, "reg_lambda": 5.0, "random_state": SEED,
    "n_jobs": 1, "deterministic": True, "force_row_wise": True, "verbose": -1,
}  # fmt: skip


def sparse(hashed: Sequence[Sequence[int]]) -> Any:  # noqa: ANN401  scipy states no types
    """Make the matrix of hashed columns."""
    ends = np.cumsum([0, *map(len, hashed)])
    columns = np.concatenate([np.array(row, dtype=np.int32) for row in hashed]) if hashed else np.zeros(0)
    return csr_matrix((np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(hashed), 1 << BITS))


def linear(
    matrix: Any,  # noqa: ANN401  scipy states no types
    answers: NDArray[Any],
    weights: NDArray[Any],
    strength: float,
) -> NDArray[Any]:
    """Fit a linear model; the last weight is the constant."""
    model = LogisticRegression(C=strength, max_iter=40, tol=0.01, solver="liblinear", random_state=SEED)
    model.fit(matrix, answers, sample_weight=weights)
    found = np.append(model.coef_[0], model.intercept_[0])
    return np.where(np.abs(found) < 1e-3, 0, found).astype(np.float16).astype(np.float32)  # noqa: PLR2004  noise


def said(matrix: Any, weights: NDArray[Any]) -> NDArray[Any]:  # noqa: ANN401  scipy
    """Give what a linear model says of rows."""
    return np.asarray(matrix @ weights[:-1]) + weights[-1]


def fit(  # noqa: PLR0913  what a question consists of
    name: str,
    rows: NDArray[Any],
    matrix: Any,  # noqa: ANN401  scipy states no types
    answers: NDArray[Any],
    papers: NDArray[Any],
    *,
    weights: NDArray[Any],
    use_linear: bool = True,
) -> Question:
    """Fit a question.

    Args:
        name: which one, a key of :data:`TREES`.
        rows: the features, a row a thing.
        matrix: the hashed columns, a row a thing.
        answers: yes or no.
        papers: the number of the paper that each thing stands in.
        weights: how much each thing counts.
        use_linear: whether the linear model may speak.
    """
    speech = np.zeros(len(rows), dtype=np.float32)
    whole = np.zeros((1 << BITS) + 1, dtype=np.float32)
    if use_linear:
        for part in range(INNER):
            out = (papers // 5) % INNER == part
            speech[out] = said(matrix[out], linear(matrix[~out], answers[~out], weights[~out], STRENGTH[name]))
        whole = linear(matrix, answers, weights, STRENGTH[name])
    model = lightgbm.LGBMClassifier(
        n_estimators=TREES[name], learning_rate=RATE[name], num_leaves=LEAVES[name], **SHAPE
    )
    model.fit(np.column_stack([rows, speech]).astype(np.float32), answers, sample_weight=weights)
    trees = model.booster_.dump_model()["tree_info"]
    return Question(whole, build([tree["tree_structure"] for tree in trees]), 0.0)


def correction(rows: NDArray[Any], odds: NDArray[Any], answers: NDArray[Any], weights: NDArray[Any]) -> Forest:
    """Fit the trees that correct a name by the others.

    Args:
        rows: what they are told (``_together.FIELDS``), a row a name.
        odds: what was said of each alone by a model that had not seen its paper.
        answers: yes or no.
        weights: how much each name counts.
    """
    shape = {**SHAPE, **TOGETHER, "min_child_samples": 30, "colsample_bytree": 0.5, "reg_lambda": 10.0}
    model = lightgbm.LGBMClassifier(**shape)
    model.fit(rows, answers, sample_weight=weights, init_score=odds)
    return build([tree["tree_structure"] for tree in model.booster_.dump_model()["tree_info"]])
