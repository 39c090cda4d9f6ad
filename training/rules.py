"""Measure the rules that decide without the model: ``python training/rules.py DIGESTS [--gold GOLD...] [--write]``.

Each mark of a name (a cue, a look, a place) and of a task gets a weight, by logistic regression on the annotated
papers; five-fold cross-validation by paper says what to expect, gives the thresholds and calibrates the confidences.
``--write`` writes ``kg/extractors/model/rules.json``. See ``train.py`` for DIGESTS and ``--gold``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import evaluation
import numpy as np
import samples as sampling
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from kg import evaluate, vocabulary
from kg.extractors import RULES, chosen
from kg.extractors._model import FOLDER, sigmoid
from kg.extractors._pipeline import Pipeline
from kg.extractors._rules import RuleJudge, Weights, candidates, odds, rules
from kg.extractors._tasks import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.vocabulary import Vocabulary

HERE = Path(__file__).resolve().parent
FOLDS = 5
LEAST = 10
"""Marks on fewer names get no weight."""
STRENGTH = 0.5
"""The inverse of the L2 penalty."""
Rows = list[tuple[set[str], bool]]
"""The marks of a thing, and the answer."""


def main() -> None:
    """Cross-validate; write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digests", type=Path)
    parser.add_argument("--gold", type=Path, nargs="+", default=sorted((HERE / "annotations").glob("*.jsonl")))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    pipeline = Pipeline(vocabulary.load(), chosen(RULES))
    papers = sampling.read(options.digests, options.gold)
    sampling.prepare(papers, pipeline)
    parts = sampling.parts(papers, pipeline)
    words = pipeline.lookup.vocabulary
    tables = [questions([whole, part], words) for whole, part in zip(papers, parts, strict=True)]
    thresholds, calibration = cross_validate(papers, tables, pipeline)
    if options.write:
        about = {"weights": weights(tables), "thresholds": thresholds, "calibration": calibration}
        text = json.dumps(about, indent=1, sort_keys=True)
        (FOLDER / "rules.json").write_text(text + "\n", "utf-8")


def questions(samples: Iterable[sampling.Sample], words: Vocabulary) -> dict[str, Rows]:
    """Give what is asked of a paper, whole and in part, and the answers."""
    found: dict[str, Rows] = {"keep": [], "data": [], "new": [], "task": []}
    for sample in samples:
        for item, label, new in zip(sample.groups, sample.labels, sample.new, strict=True):
            if label <= sampling.DATASET:
                found["keep"].append((item.marks, label != sampling.NONE))
            if label != sampling.NONE:
                found["data"].append((item.marks, label in {sampling.DATASET, sampling.MAYBE_DATASET}))
                found["new"].append((item.marks, new))
        for topic, marks in candidates(sample.notes, words):
            gold = [item for item in sample.gold.items["tasks"] if item.keys & _names(topic.key, words)]
            if not gold or any(item.required for item in gold):
                found["task"].append((marks, bool(gold)))
    return found


def _names(key: str, words: Vocabulary) -> set[str]:
    return sampling.names((), key, words)


def weights(tables: Sequence[dict[str, Rows]]) -> dict[str, Weights]:
    """Fit what each mark is worth for each question."""
    return {name: _fit([row for table in tables for row in table[name]]) for name in tables[0]}


def _fit(rows: Rows) -> Weights:
    maker = DictVectorizer()
    matrix = maker.fit_transform([dict.fromkeys(sorted(marks), 1.0) for marks, _ in rows])
    often = np.asarray(matrix.sum(axis=0)).ravel() >= LEAST
    model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0, max_iter=200)
    model.fit(matrix[:, often], [answer for _, answer in rows])
    marks = maker.get_feature_names_out()[often]
    found = {str(mark): round(100 * float(weight)) for mark, weight in zip(marks, model.coef_[0], strict=True)}
    return {"": round(100 * float(model.intercept_[0]))} | {mark: weight for mark, weight in found.items() if weight}


def cross_validate(
    papers: list[sampling.Sample], tables: Sequence[dict[str, Rows]], pipeline: Pipeline
) -> tuple[dict[str, float], Any]:
    """Print what to expect of papers not seen; give the thresholds and the calibration for all."""
    fold = [number % FOLDS for number in range(len(papers))]
    fitted = [weights([table for table, part in zip(tables, fold, strict=True) if part != at]) for at in range(FOLDS)]
    outcomes, claims = [], []
    for at in range(FOLDS):
        mine = [paper for paper, part in zip(papers, fold, strict=True) if part == at]
        others = [(paper, fitted[part]) for paper, part in zip(papers, fold, strict=True) if part != at]
        judge = RuleJudge(pipeline.lookup, rules(fitted[at], thresholds(others, pipeline), evaluation.IDENTITY))
        records = evaluation.records(judge, mine)
        outcomes += evaluation.outcomes(mine, records)
        claims.append(evaluation.claims(mine, records))
    print(evaluation.table(outcomes))
    print(evaluation.reliability(evaluation.calibrated(claims)))
    every = thresholds([(paper, fitted[part]) for paper, part in zip(papers, fold, strict=True)], pipeline)
    return every, evaluation.calibrate([row for rows in claims for row in rows])


def thresholds(seen: Sequence[tuple[sampling.Sample, dict[str, Weights]]], pipeline: Pipeline) -> dict[str, float]:
    """Choose the thresholds on some papers, each judged by weights that were fitted on others."""
    said = [odds(table["keep"], item.marks) for paper, table in seen for item in paper.groups]
    labels = [label for paper, _ in seen for label in paper.labels]
    required = sum(
        item.required for paper, _ in seen for type_ in ("methods", "datasets") for item in paper.gold.items[type_]
    )
    words = pipeline.lookup.vocabulary
    ranked = [
        (paper, sorted((-odds(table["task"], marks), topic.key) for topic, marks in candidates(paper.notes, words)))
        for paper, table in seen
    ]
    return {
        "name": evaluation.name_threshold(said, labels, required),
        "task": max(evaluation.GRID, key=lambda value: (_task_score(ranked, value, words), -value)),
    }


def _task_score(
    ranked: Sequence[tuple[sampling.Sample, list[tuple[float, str]]]], threshold: float, words: Vocabulary
) -> float:
    total = evaluate.Counts()
    for paper, rows in ranked:
        predicted = [
            evaluate.Prediction("", frozenset(_names(key, words)), "")
            for negative, key in rows[:MOST]
            if sigmoid(-negative) >= threshold
        ]
        total += evaluate.score("", "tasks", paper.gold.items["tasks"], predicted).entity
    return round(total.f1, 5)


if __name__ == "__main__":
    main()
