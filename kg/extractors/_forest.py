"""Boosted trees, evaluated by numpy for many rows at once; no training library is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees in flat arrays: node ``n`` asks ``row[feature[n]] <= threshold[n]`` and goes left or right.

    A left child stands right before the right one. A leaf points to itself, so that all rows can take as many steps as
    the deepest tree has.
    """

    feature: NDArray[Any]
    """By node: the column to look at; 0 in a leaf."""
    threshold: NDArray[Any]
    """By node: the largest value that goes left; minus infinity in a leaf."""
    right: NDArray[Any]
    """By node: the right child; in a leaf the node itself."""
    value: NDArray[Any]
    """By node: what a leaf adds to the log-odds."""
    roots: NDArray[Any]
    """The first node of each tree."""
    depth: int
    """How many steps lead to the deepest leaf."""

    def odds(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Give the log-odds of each row.

        Args:
            rows: a matrix of float32, a row a thing to judge.
        """
        import numpy as np  # noqa: PLC0415  numpy is loaded late

        if not len(rows):
            return np.zeros(0)
        width = rows.shape[1]
        flat = rows.ravel()
        base = np.repeat(np.arange(len(rows), dtype=np.int32) * width, len(self.roots))
        nodes = np.tile(self.roots, len(rows))
        for _ in range(self.depth):
            goes_left = flat.take(base + self.feature.take(nodes)) <= self.threshold.take(nodes)
            nodes = self.right.take(nodes)
            nodes -= goes_left  # a left child stands right before the right one
        return self.value[nodes].reshape(len(rows), -1).sum(axis=1)  # type: ignore[no-any-return]


def build(trees: Sequence[Mapping[str, Any]]) -> Forest:
    """Make a forest of trees as LightGBM dumps them (``tree_structure``)."""
    import numpy as np  # noqa: PLC0415  numpy is loaded late

    table: list[list[float]] = []
    roots, deepest = [], 0
    for tree in trees:
        roots.append(len(table))
        table.append([])
        waiting = [(tree, len(table) - 1, 0)]
        while waiting:
            node, at, level = waiting.pop()
            deepest = max(deepest, level)
            if "leaf_value" in node:
                table[at] = [0, float("-inf"), at, node["leaf_value"]]
                continue
            table[at] = [node["split_feature"], _down(node["threshold"]), len(table) + 1, 0.0]
            waiting += [(node["left_child"], len(table), level + 1), (node["right_child"], len(table) + 1, level + 1)]
            table += [[], []]
    columns = list(zip(*table, strict=True))
    kinds = ("int32", "float32", "int32", "float32")
    arrays = [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]
    feature, threshold, right, value = arrays
    return Forest(feature, threshold, right, value, np.array(roots, dtype="int32"), deepest)


def _down(threshold: float) -> float:
    """Give the largest float32 that is not above a threshold, so that float32 values go the same way."""
    import numpy as np  # noqa: PLC0415  numpy is loaded late

    near = np.float32(threshold)
    return float(near if near <= threshold else np.nextafter(near, np.float32(-np.inf)))
