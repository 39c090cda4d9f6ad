"""The spaCy pipeline behind :class:`kg.extractors.Extractor`; importing this loads spaCy."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

import spacy

from kg.extractors import ALL, EXTRACTORS, MODEL, SETS, _model, _rules
from kg.extractors._decide import Judge
from kg.extractors._groups import Lookup
from kg.extractors._notes import Notes
from kg.extractors._rules import RuleJudge
from kg.extractors._tokenizer import MixedTokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.language import Language

    from kg.extractors._notes import Component
    from kg.model import Mention, Paper
    from kg.vocabulary import Vocabulary


BATCH = 16
"""So many papers are noted at a time: few enough that their notes stay in the processor's cache."""


class Learner(Protocol):
    """A component that is given the vocabulary."""

    def learn(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary in."""


def load(vocabulary: Vocabulary, components: Sequence[str] = SETS[ALL]) -> Language:
    """Make the spaCy pipeline: our tokenizer and the chosen components of :data:`kg.extractors.EXTRACTORS`."""
    nlp = spacy.blank("xx")
    nlp.tokenizer = MixedTokenizer(nlp.vocab)
    for spec in (spec for spec in EXTRACTORS if spec.short in components):
        import_module(spec.target)
        component = nlp.add_pipe(spec.name)
        if spec.knows:  # spaCy's configuration holds JSON only, so it cannot carry the vocabulary
            cast("Learner", component).learn(vocabulary)
    return nlp


class Pipeline:
    """The pipeline, from papers to mentions."""

    def __init__(self, vocabulary: Vocabulary, components: Sequence[str] = SETS[ALL]) -> None:
        self.nlp = load(vocabulary, components)
        self._asks_model = MODEL in components
        self.steps = [cast("Component", component).note for _, component in self.nlp.pipeline]
        self.lookup = Lookup(vocabulary)

    @cached_property
    def judge(self) -> Judge:
        """What takes the decisions; the shipped model (or rules) is read when the first one is due."""
        if self._asks_model:
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
