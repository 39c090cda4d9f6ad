"""The trained model: boosted trees, a linear model of hashed words, the archive's counts, calibration.

It is read from ``kg/extractors/model/`` with numpy alone; ``training/train.py`` makes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.extractors._archive import Archive
from kg.extractors._forest import Forest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "model"
"""Where the shipped model lies."""
QUESTIONS = ("keep", "data", "new", "task")
"""What is decided: is it a name to keep, is it a dataset, does the paper propose it; is it a task of the paper."""
TOGETHER = "together"
"""How the files call the trees that correct a name by the others."""
ARRAYS = ("feature", "threshold", "right", "value", "roots")
"""The fields of a forest that the files hold, each as an array."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One yes-or-no question."""

    linear: NDArray[Any]
    """The weights of the hashed columns; the last one is the constant."""
    forest: Forest
    """The trees; their last column is what the linear model says."""
    constant: float
    """The log-odds before any tree."""

    def odds(self, rows: NDArray[Any], hashed: Sequence[Sequence[int]]) -> NDArray[Any]:
        """Give the log-odds of each thing from its features and its hashed columns."""
        import numpy as np  # noqa: PLC0415  numpy is loaded late

        if not len(rows):
            return np.zeros(0)
        starts = np.cumsum([0, *map(len, hashed)])[:-1]
        flat = np.fromiter(chain.from_iterable(hashed), dtype=np.int64)
        said = np.add.reduceat(self.linear[flat], starts) + self.linear[-1]  # every thing has a column at least
        odds: NDArray[Any] = self.forest.odds(np.column_stack([rows, said]).astype(np.float32)) + self.constant
        return odds


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything that training leaves behind."""

    questions: Mapping[str, Question]
    """By name, those of :data:`QUESTIONS`."""
    together: Forest | None
    """What corrects the log-odds of a name by those of the others (``_together.FIELDS``); none if nothing does."""
    columns: Mapping[str, int]
    """The column of each mark."""
    archive: Archive
    """What digests without labels say of names and phrases."""
    thresholds: Mapping[str, float]
    """From which calibrated probability on a name or a task is emitted."""
    likeness: Sequence[float]
    """The weights by which two topics of a paper are taken for one (``_tasks.PAIR``)."""
    calibration: Mapping[str, tuple[Sequence[float], Sequence[float]]]
    """By kind of edge: log-odds, and how often such an edge is right."""

    def calibrated(self, edge: str, odds: float) -> float:
        """Tell how often an edge of these log-odds is right: linear between the measured points."""
        xs, ys = self.calibration[edge]
        if odds <= xs[0]:
            return ys[0]
        for left, right, low, high in zip(xs, xs[1:], ys, ys[1:], strict=False):
            if odds <= right:
                return round(low + (high - low) * (odds - left) / (right - left), 4)
        return ys[-1]


def sigmoid(odds: float) -> float:
    """Turn log-odds into a probability.

    >>> sigmoid(0.0)
    0.5
    """
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))


@cache
def load(folder: Path = FOLDER) -> Model:
    """Read the model; it is read once."""
    import numpy as np  # noqa: PLC0415  numpy is loaded late

    about = json.loads((folder / "model.json").read_text("utf-8"))
    with np.load(folder / "model.npz", allow_pickle=False) as arrays:
        questions = {
            name: Question(
                arrays[f"{name}.linear"].astype(np.float32),
                _forest(arrays, name, about["depth"]),
                about["constant"][name],
            )
            for name in QUESTIONS
            if f"{name}.linear" in arrays
        }
        archive = Archive(*(_table(arrays[f"archive.{sort}"], arrays[f"archive.{sort}.counts"]) for sort in "np"))
        together = _forest(arrays, TOGETHER, about["depth"])
    columns = {mark: at for at, mark in enumerate(about["marks"])}
    return Model(questions, together, columns, archive, about["thresholds"], about["likeness"], about["calibration"])


def _forest(arrays: Mapping[str, NDArray[Any]], name: str, depth: Mapping[str, int]) -> Forest:
    return Forest(**{part: arrays[f"{name}.{part}"] for part in ARRAYS}, depth=depth[name])


def _table(keys: NDArray[Any], counts: NDArray[Any]) -> tuple[dict[int, int], NDArray[Any]]:
    return {key: at for at, key in enumerate(keys.tolist())}, counts
