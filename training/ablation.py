"""Say what each part of extraction is worth: ``python training/ablation.py DIGESTS SURVEY... --gold GOLD...``.

Five-fold cross-validation by paper, each time with more: rules without the names of the vocabulary, rules with them,
the model on the passages of one language, the model on both. Calibration changes no score; ``train.py`` prints what it
does to the confidence.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import packing
import rules
import samples as sampling
import train

from kg import vocabulary
from kg.extractors import RULES, chosen
from kg.extractors._notes import STATED
from kg.extractors._pipeline import Pipeline
from kg.model import Kind, Lang

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.vocabulary import Vocabulary


def main() -> None:
    """Print the scores of every set-up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digests", type=Path)
    parser.add_argument("survey", type=Path, nargs="+")
    parser.add_argument("--gold", type=Path, nargs="+", required=True)
    options = parser.parse_args()
    words = vocabulary.load()
    for title, known in (("rules, no names known", unnamed(words)), ("rules and vocabulary", words)):
        print(f"\n## {title}\n", flush=True)
        by_rules(options.digests, options.gold, known)
    for title, langs in (("model, English", [Lang.EN]), ("model, Chinese", [Lang.ZH]), ("model, both", list(Lang))):
        print(f"\n## {title}\n", flush=True)
        by_model(options, langs)


def unnamed(words: Vocabulary) -> Vocabulary:
    """Leave methods and datasets out of a vocabulary; what a task or a category is stays known."""
    kept = {concept.id: concept for concept in words if concept.kind is Kind.TOPIC}
    hidden = {key: labels for key, labels in words.hidden_labels.items() if key in kept}
    return replace(words, concepts=MappingProxyType(kept), hidden_labels=MappingProxyType(hidden))


def by_rules(digests: Path, gold: Sequence[Path], words: Vocabulary) -> None:
    """Cross-validate the rules."""
    pipeline = Pipeline(words, chosen(RULES))
    papers = sampling.read(digests, gold)
    sampling.prepare(papers, pipeline)
    parts = sampling.parts(papers, pipeline)
    tables = [rules.questions([whole, part], words) for whole, part in zip(papers, parts, strict=True)]
    rules.cross_validate(papers, tables, pipeline)


def by_model(options: argparse.Namespace, langs: Sequence[Lang]) -> None:
    """Cross-validate the model on passages of some languages, tags and categories included."""
    pipeline = Pipeline(vocabulary.load())
    papers = sampling.read(options.digests, options.gold)
    for sample in papers:
        kept = (item for item in sample.paper.passages if item.part in STATED or item.lang in langs)
        sample.paper = replace(sample.paper, passages=tuple(kept))
    sampling.prepare(papers, pipeline)
    blank, tables = train.gather(papers, pipeline, packing.archive(packing.survey(options.survey)))
    train.cross_validate(papers, tables, pipeline, blank, use_linear=True)


if __name__ == "__main__":
    main()
