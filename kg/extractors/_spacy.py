"""The pipeline's spaCy face; importing this loads spaCy, which costs most of a second and is needed for nothing else.

Whoever wants Docs gets them from the same components: :attr:`kg.extractors._pipeline.Pipeline.nlp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from kg.extractors import ALL, EXTRACTORS, SETS
from kg.extractors._pipeline import Learner, component
from kg.extractors._tokenizer import spaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.vocab import Vocab

    from kg.extractors import ExtractorSpec
    from kg.extractors._notes import Component
    from kg.vocabulary import Vocabulary


class MixedTokenizer:
    """A spaCy tokenizer for mixed text: ``tokenizer(text).text == text``, always."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Tokenize a text."""
        found = spaced(text)
        return Doc(self.vocab, words=[word for word, _ in found], spaces=[bool(blank) for _, blank in found])


def load(vocabulary: Vocabulary, components: Sequence[str] = SETS[ALL]) -> Language:
    """Make the spaCy pipeline: our tokenizer and the chosen components of :data:`kg.extractors.EXTRACTORS`."""
    nlp = spacy.blank("xx")
    nlp.tokenizer = MixedTokenizer(nlp.vocab)
    for spec in (spec for spec in EXTRACTORS if spec.short in components):
        made = nlp.add_pipe(spec.name)
        if spec.knows:  # spaCy's configuration holds JSON only, so it cannot carry the vocabulary
            cast("Learner", made).learn(vocabulary)
    return nlp


def _register(spec: ExtractorSpec) -> None:
    def make(nlp: Language, name: str) -> Component:
        del nlp, name
        return component(spec)

    Language.factory(spec.name, func=make)


for _spec in EXTRACTORS:
    _register(_spec)
