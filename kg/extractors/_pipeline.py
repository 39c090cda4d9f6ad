"""The pipeline behind :class:`kg.extractors.Extractor`; importing this loads numpy and every component."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from kg.extractors import ALL, EXTRACTORS, MODEL, SETS, _model, _rules
from kg.extractors._decide import Judge
from kg.extractors._groups import Lookup
from kg.extractors._notes import Notes
from kg.extractors._rules import RuleJudge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.language import Language

    from kg.extractors import ExtractorSpec
    from kg.extractors._notes import Component
    from kg.model import Mention, Paper
    from kg.vocabulary import Vocabulary


BATCH = 16
"""So many papers are noted at a time: few enough that their notes stay in the processor's cache."""


class Learner(Protocol):
    """A component that is given the vocabulary."""

    def learn(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary in."""


def component(spec: ExtractorSpec) -> Component:
    """Make a component, which knows nothing yet."""
    module, _, name = spec.target.partition(":")
    made: Component = getattr(import_module(module), name)()
    return made


class Pipeline:
    """The pipeline, from papers to mentions."""

    def __init__(self, vocabulary: Vocabulary, components: Sequence[str] = SETS[ALL]) -> None:
        self.vocabulary = vocabulary
        self.components = components
        self.steps = [self._component(spec).note for spec in EXTRACTORS if spec.short in components]
        self.lookup = Lookup(vocabulary)

    def _component(self, spec: ExtractorSpec) -> Component:
        made = component(spec)
        if spec.knows:
            cast("Learner", made).learn(self.vocabulary)
        return made

    @cached_property
    def nlp(self) -> Language:
        """The same as a spaCy pipeline, for whoever wants Docs."""
        from kg.extractors._spacy import load  # noqa: PLC0415  spaCy is loaded for those alone

        return load(self.vocabulary, self.components)

    @cached_property
    def judge(self) -> Judge:
        """What takes the decisions; the shipped model (or rules) is read when the first one is due."""
        if MODEL in self.components:
            return Judge(self.lookup, _model.load())
        return RuleJudge(self.lookup, _rules.load())

    def run(self, papers: Sequence[Paper]) -> Iterator[tuple[Mention, ...]]:
        """Give the mentions of each paper."""
        return self.judge.decide(papers, list(self.notes(papers)))

    def notes(self, papers: Sequence[Paper]) -> Iterator[list[Notes]]:
        """Give what the components note about each paper, a record a passage.

        Each component sees all of a batch before the next one does: its patterns stay in the processor's cache.
        """
        for first in range(0, len(papers), BATCH):
            batch = papers[first : first + BATCH]
            noted = [[Notes(item.text, item.part, item.lang) for item in paper.passages] for paper in batch]
            every = [notes for passages in noted for notes in passages]
            for step in self.steps:
                for notes in every:
                    step(notes)
            yield from noted
