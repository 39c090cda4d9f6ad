"""Measure what each mark of extraction is worth on annotated papers, and write it to ``kg/extractors/_weights.py``.

    python benchmarks/rule_confidence.py GOLD.jsonl DIGESTS [--write]

GOLD is a gold standard whose lines say in ``file`` which digest below the folder DIGESTS holds the paper; it must be
the training set, never the one that is measured on. Each mark (a cue, a look, a place; see ``kg/extractors``) is
counted on the names and tasks of the papers: how many carry it, and how many of those a careful reader would expect.
Marks overlap, so the weights are fitted together: logistic regression with an L2 penalty, by Newton's method.
Five-fold cross-validation says what to expect on papers not seen.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kg import evaluate, graph, link, readers, vocabulary
from kg.extractors import _weights
from kg.extractors._decide import decide
from kg.extractors._groups import Lookup, group
from kg.extractors._pipeline import Pipeline
from kg.extractors._tasks import candidates
from kg.model import Entry, Lang
from kg.writers import jsonl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from kg.extractors._notes import Notes
    from kg.model import Paper
    from kg.vocabulary import Vocabulary

PENALTY = 2.0
"""The weight of the L2 penalty: as if two papers said that a mark means nothing."""
RARE = 8
"""Marks on fewer names than this get no weight."""
FOLDS = 5
TARGET = Path(__file__).resolve().parent.parent / "kg" / "extractors" / "_weights.py"
NEW_ROLES = ("proposes", "introduces")
Row = tuple[set[str], bool]
"""The marks of a name, and whether it is what is asked for."""


@dataclass
class Sample:
    """An annotated paper with everything noted about it."""

    paper: Paper
    notes: list[Notes]
    gold: evaluate.GoldPaper
    rows: dict[str, list[Row]] = field(default_factory=dict)
    """By table: the names (or tasks) of the paper; optional ones are left out of KEEP and TASK."""


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("digests", type=Path)
    parser.add_argument("--write", action="store_true", help="rewrite kg/extractors/_weights.py")
    options = parser.parse_args()
    words = vocabulary.load()
    pipeline = Pipeline(words)
    samples = load(options.gold, options.digests, pipeline)
    print(f"{len(samples)} papers; five-fold cross-validation:")
    show(cross_validate(samples, pipeline, options.gold))
    tables = learn(samples)
    measured = measure(samples)
    for mark, (count, share) in sorted(measured.items(), key=lambda item: -item[1][1]):
        print(f"{mark:24} {count:5} {share:.2f}")
    if options.write:
        TARGET.write_text(render(tables, measured), "utf-8")


def load(gold: Path, digests: Path, pipeline: Pipeline) -> list[Sample]:
    """Read the annotated papers and note everything about them."""
    files = {row["id"]: row["file"] for row in map(json.loads, gold.read_text("utf-8").splitlines())}
    papers: dict[str, Paper] = {}
    for file in sorted(set(files.values())):
        for paper in readers.read_digest(digests / file).papers:
            if files.get(paper.arxiv_id) == file:
                papers.setdefault(paper.arxiv_id, paper)
    annotated = [item for item in evaluate.read_gold(gold) if item.id in papers]
    chosen = [papers[item.id] for item in annotated]
    samples = [Sample(*row) for row in zip(chosen, pipeline.notes(chosen), annotated, strict=True)]
    for sample in samples:
        label(sample, pipeline)
    return samples


def label(sample: Sample, pipeline: Pipeline) -> None:
    """Compare the names and tasks of a paper with its annotation."""
    tables: dict[str, list[Row]] = {"KEEP": [], "DATASET": [], "NEW": [], "TASK": []}
    for lang in (None, *Lang):  # as it is, and as if it were in one language only
        compare([notes for notes in sample.notes if lang in (None, notes.lang)], sample.gold, pipeline.lookup, tables)
    sample.rows = tables


def compare(passages: list[Notes], gold: evaluate.GoldPaper, lookup: Lookup, tables: dict[str, list[Row]]) -> None:
    """Compare the names and tasks of passages with the annotation of their paper."""
    for item in group(passages, lookup):
        found = match(names(item.names, item.concept, lookup.vocabulary), gold, ("methods", "datasets"))
        if found is None or found[1].required:
            tables["KEEP"].append((item.marks, found is not None))
        if found is not None:
            tables["DATASET"].append((item.marks, found[0] == "datasets"))
            tables["NEW"].append((item.marks, found[1].role in NEW_ROLES))
    for key, (marks, _) in candidates(passages, lookup.vocabulary).items():
        found = match(names(set(), key, lookup.vocabulary), gold, ("tasks",))
        if found is None or found[1].required:
            tables["TASK"].append((marks, found is not None))


def names(found: set[str], concept: str, words: Vocabulary) -> set[str]:
    """Give the folded names of a thing, those of its concept included."""
    known = words.concepts.get(concept)
    labels = {item.text for item in (*known.labels, *known.aliases)} if known else set()
    return {evaluate.key(name) for name in found | labels} - {""}


def match(keys: set[str], gold: evaluate.GoldPaper, types: Iterable[str]) -> tuple[str, evaluate.GoldItem] | None:
    """Find the gold item that has one of the names, a required one if there is a choice."""
    found = [(type_, item) for type_ in types for item in gold.items[type_] if item.keys & keys]
    return min(found, key=lambda row: not row[1].required, default=None)


def learn(samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Fit the weights of all tables."""
    return {table: fit([row for sample in samples for row in sample.rows[table]]) for table in samples[0].rows}


def fit(rows: Sequence[Row]) -> dict[str, float]:
    """Fit the weights of one table; ``""`` is the weight of no mark at all."""
    counts = Counter(mark for marks, _ in rows for mark in marks)
    marks = sorted(mark for mark, count in counts.items() if count >= RARE)
    matrix = np.array([[1.0, *(float(mark in row) for mark in marks)] for row, _ in rows])
    weights = newton(matrix, np.array([float(answer) for _, answer in rows]))
    return {mark: round(float(weight), 2) for mark, weight in zip(["", *marks], weights, strict=True)}


def newton(matrix: NDArray[np.float64], answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a logistic regression with an L2 penalty on all weights but the first."""
    weights = np.zeros(matrix.shape[1])
    penalty = np.full(matrix.shape[1], PENALTY)
    penalty[0] = 1e-6
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(matrix @ weights, -30, 30)))
        slope = matrix.T @ (chance - answers) + penalty * weights
        curve = (matrix * (chance * (1 - chance))[:, None]).T @ matrix + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-6:  # noqa: PLR2004  converged
            break
    return weights


def measure(samples: Sequence[Sample]) -> dict[str, tuple[int, float]]:
    """Count the names that carry a mark, and the share of them that a careful reader would expect."""
    rows = [row for sample in samples for row in sample.rows["KEEP"]]
    carried = Counter(mark for marks, _ in rows for mark in marks)
    right = Counter(mark for marks, answer in rows if answer for mark in marks)
    return {mark: (count, round(right[mark] / count, 2)) for mark, count in sorted(carried.items()) if count >= RARE}


def cross_validate(samples: Sequence[Sample], pipeline: Pipeline, gold: Path) -> evaluate.Scores:
    """Score papers with weights that were fitted on the others."""
    linked = []
    for fold in range(FOLDS):
        use(learn([sample for number, sample in enumerate(samples) if number % FOLDS != fold]))
        for sample in samples[fold::FOLDS]:
            mentions = decide(sample.paper, sample.notes, pipeline.lookup)
            linked.append(link.link(Entry(sample.paper, mentions), pipeline.lookup.vocabulary))
    whole = graph.assemble(linked, (), pipeline.lookup.vocabulary)
    return evaluate.evaluate(gold, jsonl.records(whole))


def use(tables: Mapping[str, dict[str, float]]) -> None:
    """Let the extractor use weights in memory."""
    for name, table in tables.items():
        setattr(_weights, name, table)


def show(scores: evaluate.Scores) -> None:
    """Print a line a type."""
    for type_ in evaluate.TYPES:
        entity, relation = scores.entity[type_], scores.relation[type_]
        print(
            f"{type_:9} entity P {entity.precision:.3f} R {entity.recall:.3f} F1 {entity.f1:.3f}"
            f"   relation P {relation.precision:.3f} R {relation.recall:.3f} F1 {relation.f1:.3f}"
        )


def render(tables: Mapping[str, Mapping[str, float]], measured: Mapping[str, tuple[int, float]]) -> str:
    """Write the module."""
    lines = [
        '"""What each mark is worth, as log-odds (``""``: that of none). Made by ``benchmarks/rule_confidence.py``."""',
        "",
        "from __future__ import annotations",
    ]
    for name, table in tables.items():
        lines += ["", f"{name} = {{", *(f'    "{mark}": {weight},' for mark, weight in table.items()), "}"]
        lines.append(f'"""{MEANING[name]}"""')
    lines += ["", "MEASURED = {", *(f'    "{mark}": {row},' for mark, row in measured.items()), "}"]
    lines.append('"""By mark: how many names of the annotated papers carry it, and the share that was expected."""')
    return "\n".join(lines) + "\n"


MEANING = {
    "KEEP": "Whether a name is a method or dataset that a careful reader would expect in the graph.",
    "DATASET": "Whether such a name is a dataset.",
    "NEW": "Whether this paper proposes or introduces it.",
    "TASK": "Whether a task that the paper names is one that it works on.",
}

if __name__ == "__main__":
    main()
