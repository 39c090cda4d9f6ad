"""Score decisions on annotated papers, choose thresholds, calibrate."""

from __future__ import annotations

import random
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from kg import evaluate, graph, link
from kg.extractors._decide import logit
from kg.extractors._model import sigmoid
from kg.extractors._tasks import CONSIDERED, chosen, pair
from kg.model import Entry
from kg.writers import jsonl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from samples import Sample

    from kg.extractors._decide import Judge
    from kg.extractors._taskfeatures import Topical

GRID = [round(0.2 + 0.02 * step, 2) for step in range(21)]
DRAWS = 400
REQUIRED = 2
"""Labels of names up to this one are of required things (``samples.DATASET``)."""
LIKELY = 0.2
"""Only topics of at least this probability tell what makes two of them one."""
KNOTS = [-6 + 0.25 * step for step in range(49)]
IDENTITY = {kind: (KNOTS, [sigmoid(knot) for knot in KNOTS]) for kind in ("method", "dataset", "topic")}
"""No calibration."""
Row = tuple[str, float, bool]
"""A claim on a paper: kind of edge, confidence, whether it is right."""


def records(judge: Judge, samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Decide on papers and give their records, as kg exports them."""
    mentions = judge.decide([item.paper for item in samples], [item.notes for item in samples])
    words = judge.lookup.vocabulary
    linked = [link.link(Entry(item.paper, found), words) for item, found in zip(samples, mentions, strict=True)]
    return list(jsonl.records(graph.assemble(linked, (), words)))


def outcomes(samples: Iterable[Sample], found: Iterable[Mapping[str, Any]]) -> list[evaluate.Outcome]:
    """Score records, paper by paper and type by type."""
    by_id = {row["id"]: row for row in found}
    return [
        evaluate.score(
            item.gold.id, type_, item.gold.items[type_], evaluate.predictions(by_id.get(item.gold.id, {}), type_)
        )
        for item in samples
        for type_ in evaluate.TYPES
    ]


def table(rows: Sequence[evaluate.Outcome]) -> str:
    """Write the scores down, a line a type, with 95 % bootstrap intervals over papers."""
    lines = ["| type | required | entity P | R | F1 | relation F1 |", "|---|---|---|---|---|---|"]
    for type_ in evaluate.TYPES:
        mine = [row for row in rows if row.type == type_]
        entity = sum((row.entity for row in mine), evaluate.Counts())
        relation = sum((row.relation for row in mine), evaluate.Counts())
        lines.append(
            f"| {type_} | {entity.right + entity.missed} | {entity.precision:.3f} | {entity.recall:.3f} | "
            f"**{entity.f1:.3f}** ({interval([row.entity for row in mine])}) | "
            f"**{relation.f1:.3f}** ({interval([row.relation for row in mine])}) |"
        )
    return "\n".join(lines)


def interval(counts: Sequence[evaluate.Counts]) -> str:
    """Give the 95 % bootstrap interval of F1 over papers."""
    draw = random.Random(0)  # noqa: S311  statistics
    numbers = np.array([(item.right, item.wrong, item.missed) for item in counts])
    sums = [numbers[draw.choices(range(len(numbers)), k=len(numbers))].sum(axis=0) for _ in range(DRAWS)]
    scores = sorted(2 * right / max(1, 2 * right + wrong + missed) for right, wrong, missed in sums)
    return f"{scores[int(DRAWS * 0.025)]:.3f} to {scores[int(DRAWS * 0.975)]:.3f}"


def name_threshold(odds: Sequence[float], labels: Sequence[int], required: int) -> float:
    """Choose the threshold with the best F1 over names."""
    sure = np.array([sigmoid(value) for value in odds])
    kind = np.array(labels)

    def score(threshold: float) -> float:
        right, wrong = (
            int(((sure >= threshold) & (kind > 0) & (kind <= REQUIRED)).sum()),
            int(((sure >= threshold) & (kind == 0)).sum()),
        )
        return 2 * right / max(1, right + wrong + required)

    return max(GRID, key=lambda threshold: (round(score(threshold), 5), -threshold))


def likeness(samples: Sequence[Sample], odds: Sequence[Sequence[float]]) -> list[float]:
    """Fit the weights by which two likely topics of a paper are taken for one (``_tasks.PAIR``)."""
    rows, answers = [], []
    for sample, values in zip(samples, odds, strict=True):
        items = sorted(zip(values, sample.topics, strict=True), key=lambda row: (-row[0], row[1].key))
        likely = [item for value, item in items if sigmoid(value) >= LIKELY][:CONSIDERED]
        owners = [
            {at for at, gold in enumerate(sample.gold.items["tasks"]) if gold.keys & sample.topic_keys[item.key]}
            for item in likely
        ]
        for one, other in combinations(range(len(likely)), 2):
            if owners[one] and owners[other]:
                rows.append(pair(likely[one], likely[other]))
                answers.append(bool(owners[one] & owners[other]))
    fitted = LogisticRegression(fit_intercept=False, solver="liblinear").fit(rows, answers)
    return [round(float(weight), 4) for weight in fitted.coef_[0]]


def task_threshold(
    found: Sequence[Sequence[Topical]],
    odds: Sequence[Sequence[float]],
    samples: Sequence[Sample],
    weights: Sequence[float],
) -> float:
    """Choose the threshold with the best F1 over tasks."""
    ranked = [
        sorted(zip(values, items, strict=True), key=lambda row: (-row[0], row[1].key))
        for values, items in zip(odds, found, strict=True)
    ]

    def score(threshold: float) -> float:
        total = evaluate.Counts()
        for rows, sample in zip(ranked, samples, strict=True):
            predicted = [
                evaluate.Prediction("", frozenset(sample.topic_keys[item.key]), "")
                for _, item in chosen(rows, threshold, weights)
            ]
            total += evaluate.score("", "tasks", sample.gold.items["tasks"], predicted).entity
        return total.f1

    return max(GRID, key=lambda threshold: (round(score(threshold), 5), -threshold))


def claims(samples: Iterable[Sample], found: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Give every edge with its confidence and whether it is right; edges to optional things are left out."""
    by_id = {row["id"]: row for row in found}
    rows: list[Row] = []
    for sample in samples:
        record = by_id.get(sample.gold.id, {})
        for type_, kind in (("methods", "method"), ("datasets", "dataset"), ("tasks", "topic")):
            shown = [
                row
                for row in record.get("topics" if type_ == "tasks" else type_, ())
                if type_ != "tasks" or row["source"] == "task"
            ]
            left = list(sample.gold.items[type_])
            for row, said in zip(shown, evaluate.predictions(record, type_), strict=True):
                fitting = [item for item in left if item.keys & said.keys]
                best = min(fitting, key=lambda item: (not item.required, item.role != said.role), default=None)
                if best is None:
                    rows.append((kind, row["confidence"], False))
                elif best.required:
                    left.remove(best)
                    rows.append((kind, row["confidence"], best.role == said.role))
    return rows


def calibrate(rows: Sequence[Row]) -> dict[str, tuple[list[float], list[float]]]:
    """Fit, by kind of edge, how often an edge of some log-odds is right: isotonic, in at most a dozen points."""
    curves = {}
    for kind in ("method", "dataset", "topic"):
        mine = sorted((logit(sure), right) for of, sure, right in rows if of == kind)
        curve = IsotonicRegression(y_min=0.02, y_max=0.99).fit([odds for odds, _ in mine], [right for _, right in mine])
        parts = np.array_split(np.array([odds for odds, _ in mine]), 12)
        xs = sorted({round(float(part.mean()), 3) for part in parts if len(part)})
        curves[kind] = (xs, [round(float(value), 4) for value in curve.predict(xs)])
    return curves


def through(curve: tuple[Sequence[float], Sequence[float]], sure: float) -> float:
    """Calibrate a confidence."""
    return float(np.interp(logit(sure), *curve))


def calibrated(folds: Sequence[Sequence[Row]]) -> list[Row]:
    """Calibrate the claims of each fold on the others."""
    found = []
    for at, rows in enumerate(folds):
        curves = calibrate([row for other, part in enumerate(folds) if other != at for row in part])
        found += [(kind, through(curves[kind], sure), right) for kind, sure, right in rows]
    return found


def error(folds: Sequence[Sequence[Row]]) -> str:
    """Give the expected calibration error by kind: how far confidence and truth lie apart, over ten bands of 0.1."""
    found = []
    for kind in ("method", "dataset", "topic"):
        mine = [(sure, right) for rows in folds for of, sure, right in rows if of == kind]
        bands = [[row for row in mine if int(min(row[0], 0.999) * 10) == band] for band in range(10)]
        apart = [abs(sum(sure for sure, _ in band) - sum(right for _, right in band)) for band in bands]
        found.append(f"{kind} {sum(apart) / max(1, len(mine)):.3f}")
    return ", ".join(found)


def reliability(rows: Sequence[Row]) -> str:
    """Write down how often edges are right, by confidence."""
    lines = ["| confidence | methods | datasets | tasks |", "|---|---|---|---|"]
    edges = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01]
    for low, high in pairwise(edges):
        cells = []
        for kind in ("method", "dataset", "topic"):
            mine = [(sure, right) for of, sure, right in rows if of == kind and low <= sure < high]
            cells.append(
                f"{np.mean([sure for sure, _ in mine]):.2f} → {np.mean([right for _, right in mine]):.2f} ({len(mine)})"
                if mine
                else ""
            )
        lines.append(f"| {low:.2f} to {min(high, 1):.2f} | {' | '.join(cells)} |")
    return "\n".join(lines)
