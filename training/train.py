"""Train the model of extraction: ``python training/train.py DIGESTS SURVEY... [--write]``.

DIGESTS is the folder below which the annotated digests lie, SURVEY what ``survey.py`` printed. Without ``--gold`` the
annotations of ``training/`` are used. Five-fold cross-validation by paper says what to expect of papers not seen,
thresholds chosen on the other folds; ``--write`` then trains on all papers and writes ``kg/extractors/model/``.
``--test FILE`` scores the final model on papers that are no part of the training. ``--without linear archive`` leaves
parts out, for comparison.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import evaluation
import numpy as np
import packing
import samples as sampling
from learning import INNER, correction, fit, sparse

from kg import evaluate, vocabulary
from kg.extractors import _features, _hashed, _tasks, _together
from kg.extractors._decide import Judge
from kg.extractors._model import FOLDER, Model
from kg.extractors._pipeline import Pipeline
from kg.extractors._taskfeatures import FIELDS, Topicals
from kg.extractors._together import corrected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kg.extractors._archive import Archive
    from kg.extractors._forest import Forest
    from kg.extractors._model import Question

HERE = Path(__file__).resolve().parent
FOLDS = 5
LEAST = 10
"""Marks on fewer names get no column."""
ALONE = ("keep", "data", "new")
"""What is asked of a name alone, in the order of ``_together.Odds``."""
GOLD_WEIGHT = 2.0
"""How much a paper of the gold standard counts in training; one of our own annotations counts 1."""


@dataclass
class Table:
    """The things that a question is asked of."""

    rows: NDArray[Any]
    """Their features."""
    words: Any
    """Their hashed columns."""
    papers: NDArray[Any]
    """The number of the paper that each stands in."""
    answers: dict[str, tuple[NDArray[Any], NDArray[Any]]]
    """By question: whether it is asked of the thing in training, and the answer."""
    weights: NDArray[Any]
    """By paper: how much what it says counts."""
    samples: list[sampling.Sample]
    """What the rows are of, in their order: the papers, then the parts of papers."""
    first: int
    """So many rows are of whole papers; the others, of papers of which a part was taken away, are for training only."""

    def odds(self, question: Question, at: NDArray[Any]) -> NDArray[Any]:
        """Ask a question about some rows."""
        return question.odds(self.rows[at], [row.indices for row in self.words[at]])

    def of(self, chosen: NDArray[Any]) -> NDArray[Any]:
        """Give the rows of whole papers among the chosen ones."""
        return np.flatnonzero(chosen[self.papers[: self.first]])


def main() -> None:
    """Cross-validate; write and test if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digests", type=Path)
    parser.add_argument("survey", type=Path, nargs="+")
    parser.add_argument("--gold", type=Path, nargs="+", default=sorted((HERE / "annotations").glob("*.jsonl")))
    parser.add_argument("--without", nargs="*", default=(), choices=("linear", "archive"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    pipeline = Pipeline(vocabulary.load())
    counts = packing.survey([] if "archive" in options.without else options.survey)
    papers = sampling.read(options.digests, options.gold)
    sampling.prepare(papers, pipeline)
    blank, tables = gather(papers, pipeline, packing.archive(counts))
    print(f"{len(papers)} papers, {len(tables['name'].rows)} names, {len(tables['task'].rows)} topics", flush=True)
    start = time.monotonic()
    settings, calibration = cross_validate(papers, tables, pipeline, blank, use_linear="linear" not in options.without)
    print(f"{time.monotonic() - start:.0f} s; {settings}")
    if options.write:
        every = np.ones(len(papers), dtype=bool)
        learnt = learn(tables, every, use_linear=True)
        packing.write(FOLDER, replace(blank, **learnt, calibration=calibration, **settings), counts)


def gather(papers: list[sampling.Sample], pipeline: Pipeline, archive: Archive) -> tuple[Model, dict[str, Table]]:
    """Gather what the questions are asked of, and make a model that has no answers yet."""
    blank = Model(
        questions={},
        together=None,
        columns={mark: at for at, mark in enumerate(sampling.frequent(papers, LEAST))},
        archive=archive,
        thresholds={},
        likeness=(),
        calibration=evaluation.IDENTITY,
    )
    topicals = Topicals(pipeline.lookup, archive)
    for paper in papers:
        sampling.label_topics(paper, topicals, pipeline.lookup.vocabulary)
    return blank, {"name": names(papers, sampling.parts(papers, pipeline), pipeline, blank), "task": topics(papers)}


def names(papers: list[sampling.Sample], parts: list[sampling.Sample], pipeline: Pipeline, blank: Model) -> Table:
    """Gather all names of all papers, then those of parts of papers, one a paper in the same order."""
    rows, hashed, owner, labels, new = [], [], [], [], []
    for number, sample in [*enumerate(papers), *enumerate(parts)]:
        rows += _features.rows(sample.groups, sample.notes, sample.paper, pipeline.lookup, blank)
        hashed += [_hashed.columns(item, sample.notes) for item in sample.groups]
        owner += [number] * len(sample.groups)
        labels += sample.labels
        new += sample.new
    kinds = np.array(labels)
    answers = {
        "keep": (kinds <= sampling.DATASET, kinds > 0),
        "data": (kinds > 0, np.isin(kinds, (sampling.DATASET, sampling.MAYBE_DATASET))),
        "new": (kinds > 0, np.array(new)),
    }
    first = sum(len(sample.groups) for sample in papers)
    matrix = np.array(rows, dtype=np.float32)
    return Table(matrix, sparse(hashed), np.array(owner), answers, weights(papers), [*papers, *parts], first)


def topics(papers: list[sampling.Sample]) -> Table:
    """Gather all topics of all papers."""
    rows, hashed, owner, labels = [], [], [], []
    for number, sample in enumerate(papers):
        rows += [item.values for item in sample.topics]
        hashed += [_tasks.columns(item, sample.notes) for item in sample.topics]
        owner += [number] * len(sample.topics)
        labels += sample.topic_labels
    kinds = np.array(labels)
    matrix = np.array(rows, dtype=np.float32).reshape(len(rows), len(FIELDS))
    answers = {"task": (kinds <= 1, kinds == 1)}
    return Table(matrix, sparse(hashed), np.array(owner), answers, weights(papers), papers, len(rows))


def weights(papers: list[sampling.Sample]) -> NDArray[Any]:
    """Let papers of which the gold standard tells count for more than those of our own readers."""
    return np.array([1.0 if paper.source[:2].isdigit() else GOLD_WEIGHT for paper in papers])


def learn(tables: dict[str, Table], chosen: NDArray[Any], *, use_linear: bool) -> dict[str, Any]:
    """Fit everything on the chosen papers: the questions, and what corrects the names by one another."""
    questions = {
        name: answer
        for table in tables.values()
        for name, answer in ask(table, chosen, tuple(table.answers), use_linear=use_linear).items()
    }
    return {"questions": questions, "together": correct(tables["name"], chosen, use_linear=use_linear)}


def ask(table: Table, chosen: NDArray[Any], names: Sequence[str], *, use_linear: bool) -> dict[str, Question]:
    """Fit some questions of a table on the chosen papers."""
    found = {}
    for name in names:
        asked, answers = table.answers[name]
        at = asked & chosen[table.papers]
        papers = table.papers[at]
        found[name] = fit(
            name,
            table.rows[at],
            table.words[at],
            answers[at],
            papers,
            weights=table.weights[papers],
            use_linear=use_linear,
        )
    return found


def correct(table: Table, chosen: NDArray[Any], *, use_linear: bool) -> Forest:
    """Fit what corrects the names by one another, on what models say of papers that they have not seen.

    Of the chosen papers a part at a time is left out and spoken of by a model of the others, so that neither model ever
    sees a paper that is not chosen.
    """
    said = {name: np.full(len(table.rows), -np.inf) for name in ALONE}
    part = np.arange(len(chosen)) // FOLDS % INNER
    for number in range(INNER):
        questions = ask(table, chosen & (part != number), ALONE, use_linear=use_linear)
        at = np.flatnonzero((chosen & (part == number))[table.papers])
        for name, question in questions.items():
            said[name][at] = table.odds(question, at)
    rows = told(table, said)
    asked, answers = table.answers["keep"]
    at = np.array([bool(row) for row in rows]) & asked
    matrix = np.array([row for row, wanted in zip(rows, at, strict=True) if wanted], dtype=np.float32)
    return correction(matrix, said["keep"][at], answers[at], table.weights[table.papers[at]])


def told(table: Table, said: dict[str, NDArray[Any]]) -> list[list[float]]:
    """Give what the correcting trees are told of all names of a table; nothing of those out of the question."""
    odds = map(_together.Odds, *(said[name].tolist() for name in ALONE))
    return [
        row
        for sample in table.samples
        for row in _together.rows(sample.groups, sample.notes, list(islice(odds, len(sample.groups))))
    ]


def names_of(papers: list[sampling.Sample], judge: Judge) -> list[float]:
    """Give the final log-odds of the names of papers, one after the other."""
    groups, noted = [paper.groups for paper in papers], [paper.notes for paper in papers]
    alone = judge.alone([paper.paper for paper in papers], noted, groups)
    return [odds.keep for one in corrected(groups, noted, alone, judge.model.together) for odds in one]


def cross_validate(
    papers: list[sampling.Sample], tables: dict[str, Table], pipeline: Pipeline, blank: Model, *, use_linear: bool
) -> tuple[dict[str, Any], Any]:
    """Print what to expect of papers not seen; give the settings and the calibration for the final model."""
    fold = np.arange(len(papers)) % FOLDS
    models, odds = [], {name: np.zeros(len(table.rows)) for name, table in tables.items()}
    for number in range(FOLDS):
        models.append(replace(blank, **learn(tables, fold != number, use_linear=use_linear)))
        at = tables["name"].of(fold == number)
        mine = [paper for paper, part in zip(papers, fold, strict=True) if part == number]
        odds["name"][at] = names_of(mine, Judge(pipeline.lookup, models[-1]))
        at = tables["task"].of(fold == number)
        odds["task"][at] = tables["task"].odds(models[-1].questions["task"], at)
    found = []
    for number, model in enumerate(models):
        mine = [paper for paper, part in zip(papers, fold, strict=True) if part == number]
        settings = choose(papers, tables, odds, fold != number)
        found.append((mine, evaluation.records(Judge(pipeline.lookup, replace(model, **settings)), mine)))
    show(papers, [row for mine, records in found for row in evaluation.outcomes(mine, records)])
    rows = [evaluation.claims(mine, records) for mine, records in found]
    print(evaluation.reliability(evaluation.calibrated(rows)))
    print(f"calibration error {evaluation.error(rows)}, calibrated {evaluation.error([evaluation.calibrated(rows)])}")
    return choose(papers, tables, odds, fold >= 0), evaluation.calibrate([row for part in rows for row in part])


def choose(
    papers: list[sampling.Sample], tables: dict[str, Table], odds: dict[str, NDArray[Any]], chosen: NDArray[Any]
) -> dict[str, Any]:
    """Choose the thresholds, and what makes two topics one, on some papers."""
    table, tasks = tables["name"], tables["task"]
    at = table.of(chosen)
    mine = [paper for paper, part in zip(papers, chosen, strict=True) if part]
    required = sum(
        item.required for paper in mine for type_ in ("methods", "datasets") for item in paper.gold.items[type_]
    )
    labels = [label for paper in mine for label in paper.labels]
    topical = iter(odds["task"][tasks.of(chosen)])
    said = [[float(next(topical)) for _ in paper.topics] for paper in mine]
    weights = evaluation.likeness(mine, said)
    thresholds = {
        "name": evaluation.name_threshold(odds["name"][at].tolist(), labels, required),
        "task": evaluation.task_threshold([paper.topics for paper in mine], said, mine, weights),
    }
    return {"thresholds": thresholds, "likeness": weights}


def show(papers: list[sampling.Sample], outcomes: list[evaluate.Outcome]) -> None:
    """Print the scores, of all and by source of the annotations."""
    sources = {paper.gold.id: paper.source for paper in papers}
    print(evaluation.table(outcomes))
    own = {key for key, source in sources.items() if source[:2].isdigit()}
    named = {name: {key for key, source in sources.items() if source == name} for name in set(sources.values())}
    parts = {name: ids for name, ids in sorted(named.items()) if ids.isdisjoint(own)}
    for name, ids in {**parts, "training/annotations": own}.items():
        if ids and len(ids) < len(papers):
            print(f"\n{name}, {len(ids)} papers:\n" + evaluation.table([row for row in outcomes if row.paper in ids]))


if __name__ == "__main__":
    main()
