"""Annotated papers with everything noted about them, and what each name of theirs is by the annotation."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg import evaluate, readers
from kg.extractors._groups import Group, group
from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.extractors._notes import Notes
    from kg.extractors._pipeline import Pipeline
    from kg.extractors._taskfeatures import Topical, Topicals
    from kg.model import Paper
    from kg.vocabulary import Vocabulary

NONE, METHOD, DATASET, MAYBE_METHOD, MAYBE_DATASET = range(5)
"""What a name is: nothing, a method or dataset that the graph should hold, or one that it may hold."""
_KEPT = (
    lambda notes: notes.lang is Lang.EN,
    lambda notes: notes.part is Part.ABSTRACT,
    lambda notes: notes.lang is Lang.ZH,
    lambda notes: notes.part is Part.ABSTRACT and notes.lang is Lang.EN,
)
"""What a digest may hold of a paper."""
NEW_ROLES = frozenset({"proposes", "introduces"})


@dataclass(slots=True)
class Sample:
    """An annotated paper."""

    paper: Paper
    gold: evaluate.GoldPaper
    source: str
    """The file that holds the annotation."""
    notes: list[Notes] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    """By group: what it is."""
    new: list[bool] = field(default_factory=list)
    """By group: whether the paper proposes it."""
    topics: list[Topical] = field(default_factory=list)
    """The topics that it may be about."""
    topic_labels: list[int] = field(default_factory=list)
    """By topic: 1 if it is one, 2 if it may be called one, else 0."""
    topic_keys: dict[str, set[str]] = field(default_factory=dict)
    """By key of a topic: its folded names."""


def read(digests: Path, files: Iterable[Path]) -> list[Sample]:
    """Read annotated papers, each once, in the order of the annotations.

    An annotation that names no file is of the digests in the folder ``seeds``.
    """
    seeds = _seeds(digests)
    wanted: dict[str, dict[str, tuple[evaluate.GoldPaper, str]]] = {}
    order: list[str] = []
    for path in files:
        rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line)
        where = {row["id"]: row.get("file") or seeds[row["id"]] for row in rows}
        for item in evaluate.read_gold(path):
            if item.id not in order:
                order.append(item.id)
                wanted.setdefault(where[item.id], {})[item.id] = item, path.name
    found: dict[str, Sample] = {}
    for file, papers in sorted(wanted.items()):
        for paper in readers.read_digest(digests / file).papers:
            if paper.arxiv_id in papers:
                found.setdefault(paper.arxiv_id, Sample(paper, *papers[paper.arxiv_id]))
    return [found[key] for key in order if key in found]


def _seeds(digests: Path) -> dict[str, str]:
    """Say in which of the seed digests a paper stands."""
    files = sorted((digests / "seeds").glob("*.txt"))
    return {
        paper.arxiv_id: str(file.relative_to(digests)) for file in files for paper in readers.read_digest(file).papers
    }


def prepare(samples: list[Sample], pipeline: Pipeline) -> None:
    """Note everything about papers, and label their names."""
    for sample, notes in zip(samples, pipeline.notes([sample.paper for sample in samples]), strict=True):
        sample.notes = notes
        sample.groups = group(notes, pipeline.lookup)
        label(sample, pipeline.lookup.vocabulary)


def parts(samples: list[Sample], pipeline: Pipeline) -> list[Sample]:
    """Give each paper as if a digest held less of it: one language, or abstracts without titles, in turn.

    Digests of other dialects do; without such papers the model leans on what is there in nearly every one of these.
    """
    found = []
    for number, sample in enumerate(samples):
        kept = [notes for notes in sample.notes if _KEPT[number % len(_KEPT)](notes)]
        part = Sample(sample.paper, sample.gold, sample.source, kept)
        part.groups = group(kept, pipeline.lookup)
        label(part, pipeline.lookup.vocabulary)
        found.append(part)
    return found


def label(sample: Sample, words: Vocabulary) -> None:
    """Compare the names of a paper with its annotation; of two names for one thing, the second is wrong."""
    keys = [names(item.names, item.concept, words) for item in sample.groups]
    sample.labels, sample.new = [NONE] * len(keys), [False] * len(keys)
    for type_, required, optional in (("methods", METHOD, MAYBE_METHOD), ("datasets", DATASET, MAYBE_DATASET)):
        for item in sorted(sample.gold.items[type_], key=lambda item: item.required):
            fitting = [at for at, found in enumerate(keys) if found & item.keys]
            if not fitting:
                continue
            best = max(fitting, key=lambda at: _standing(sample.groups[at], keys[at], item))
            for at in fitting if not item.required else [best]:
                sample.labels[at] = required if item.required else optional
                sample.new[at] = item.role in NEW_ROLES


def label_topics(sample: Sample, topicals: Topicals, words: Vocabulary) -> None:
    """Find the topics that a paper may be about, and compare them with its annotation."""
    sample.topics = topicals.find(sample.notes)
    sample.topic_keys = {item.key: names(item.names, item.concept, words) for item in sample.topics}
    sample.topic_labels = []
    for topic in sample.topics:
        found = [item for item in sample.gold.items["tasks"] if item.keys & sample.topic_keys[topic.key]]
        sample.topic_labels.append(0 if not found else 1 if any(item.required for item in found) else 2)


def _standing(group_: Group, keys: frozenset[str] | set[str], item: evaluate.GoldItem) -> tuple[bool, bool, int]:
    return bool(group_.concept), evaluate.key(item.names[0]) in keys, len(group_.places)


def names(found: Iterable[str], concept: str, words: Vocabulary) -> set[str]:
    """Give the folded names of a thing, those of its concept included."""
    known = words.concepts.get(concept)
    labels = [item.text for item in (*known.labels, *known.aliases)] if known else []
    return {evaluate.key(name) for name in (*found, *labels)} - {""}


def frequent(samples: Iterable[Sample], least: int) -> list[str]:
    """Give the marks that at least so many names carry, sorted."""
    counts = Counter(mark for sample in samples for item in sample.groups for mark in (*item.marks, *item.said))
    return sorted(mark for mark, count in counts.items() if count >= least)
