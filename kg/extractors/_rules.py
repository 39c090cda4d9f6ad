"""The decisions without the trained model: what speaks for a name is added up, a table says how often that is right.

``training/rules.py`` measures both on annotated papers and writes ``model/rules.json``. Weights are whole hundredths of
log-odds, so that a sum does not depend on the order of a set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

from kg.extractors._archive import Archive
from kg.extractors._decide import Judge, in_order, stated
from kg.extractors._groups import Group, Lookup, group
from kg.extractors._model import FOLDER, Model, sigmoid
from kg.extractors._taskfeatures import OFTEN, Topical
from kg.extractors._tasks import MOST, named
from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.extractors._decide import Verdict
    from kg.extractors._notes import Notes
    from kg.model import Mention, Paper
    from kg.vocabulary import Vocabulary

Weights = dict[str, int]
"""What each mark is worth, in hundredths of log-odds; ``""`` is the weight of none."""


Calibration = Mapping[str, tuple[Sequence[float], Sequence[float]]]
"""By kind of edge: log-odds, and how often such an edge is right."""


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What was measured on annotated papers."""

    weights: Mapping[str, Weights]
    """By question: ``keep``, ``data``, ``new``, ``task``."""
    model: Model
    """Thresholds and calibration; it answers no question."""


def rules(weights: Mapping[str, Weights], thresholds: Mapping[str, float], calibration: Calibration) -> Rules:
    """Make rules of weights, thresholds and calibration, as ``model/rules.json`` holds them."""
    nothing = Archive(({}, None), ({}, None))
    return Rules(weights, Model({}, None, {}, nothing, thresholds, (), calibration))


@cache
def load(folder: Path = FOLDER) -> Rules:
    """Read the shipped rules; they are read once."""
    about = json.loads((folder / "rules.json").read_text("utf-8"))
    return rules(about["weights"], about["thresholds"], about["calibration"])


def odds(weights: Weights, marks: Iterable[str]) -> float:
    """Add up what marks are worth.

    >>> odds({"": -100, "proposed": 250}, {"proposed", "unknown"})
    1.5
    """
    return (weights[""] + sum(map(weights.get, marks, repeat(0)))) / 100


class RuleJudge(Judge):
    """Takes the decisions on papers by rules alone; nothing needs numpy."""

    def __init__(self, lookup: Lookup, found: Rules) -> None:  # the model's features are not made
        self.lookup = lookup
        self.model = found.model
        self.weights = found.weights

    def decide(self, papers: Sequence[Paper], noted: Sequence[Sequence[Notes]]) -> Iterator[tuple[Mention, ...]]:
        """Give the mentions of each paper, sorted."""
        for paper, passages in zip(papers, noted, strict=True):
            verdicts = [self._weighed(item, paper) for item in group(passages, self.lookup)]
            likely = [verdict for verdict in verdicts if verdict is not None]
            names = self._names(paper, passages, likely)
            yield tuple(sorted([*names, *stated(paper, passages), *self._about(paper, passages)], key=in_order))

    def _weighed(self, item: Group, paper: Paper) -> Verdict | None:
        """Say what a name is taken for; nothing if it is unlikely a name and not known as this paper's own."""
        keep = odds(self.weights["keep"], item.marks)
        if sigmoid(keep) < self.model.thresholds["name"] and not self._is_own(item, paper):
            return None
        data, new = (odds(self.weights[name], item.marks) for name in ("data", "new"))
        return self._verdict(item, paper, keep, data, new)

    def _about(self, paper: Paper, passages: Sequence[Notes]) -> Iterator[Mention]:
        """Give the mentions of the tasks that a paper works on: those of the vocabulary that it names."""
        found = candidates(passages, self.lookup.vocabulary)
        ranked = sorted((-odds(self.weights["task"], marks), item.key, item) for item, marks in found)
        for negative, _, item in ranked[:MOST]:
            if sigmoid(-negative) >= self.model.thresholds["task"]:
                yield from named(paper, passages, item, self.model.calibrated("topic", -negative))


def candidates(passages: Sequence[Notes], vocabulary: Vocabulary) -> list[tuple[Topical, set[str]]]:
    """Give the tasks of the vocabulary that a paper names, each once, with what speaks for it."""
    found: dict[str, tuple[Topical, set[str]]] = {}
    for index, notes in enumerate(passages):
        for topic in notes.known_topics:
            if vocabulary.concepts[topic.concept].scheme == "task":
                item, marks = found.setdefault(topic.concept, (Topical(topic.concept, topic.concept), set()))
                item.places.append((index, topic.span))
                marks |= {f"in-{notes.part}", f"in-{notes.part}-{notes.lang}"}
    tagged = {topic.concept for notes in passages if notes.part is Part.TAGS for topic in notes.topics}
    wider = {above for key in found for above in vocabulary.ancestors(key)}
    for key, (item, marks) in found.items():
        concept = vocabulary.concepts[key]
        facts = {
            "wider": key in wider,
            "broad": not concept.broader,
            "generic": concept.generic,
            "tagged": key in tagged,
            "alone": len(found) == 1,
            "crowded": len(found) > MOST,
            "many": len(item.places) >= OFTEN,
            "once": len(item.places) == 1,
            "both-languages": {passages[index].lang for index, _ in item.places} == set(Lang),
            "abstract-only": marks.isdisjoint({f"in-{Part.TITLE}", f"in-{Part.SUMMARY}"}),
        }
        marks |= {mark for mark, holds in facts.items() if holds}
    return list(found.values())
