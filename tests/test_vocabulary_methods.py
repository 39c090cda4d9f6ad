"""The methods and datasets of the vocabulary: what must stay apart does, what is one thing is found as one."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import pytest

from kg import iri, vocabulary
from kg.model import Concept, Kind, Lang
from kg.text import fold

APART = [
    (Kind.METHOD, ("GPT-2", "GPT-3", "GPT-3.5", "GPT-4", "GPT-4V", "GPT-4o", "ChatGPT")),
    (Kind.METHOD, ("LLaMA", "Llama 2", "Llama 3", "Llama 3.1", "Code Llama", "TinyLlama")),
    (Kind.METHOD, ("Qwen", "Qwen1.5", "Qwen2", "Qwen2.5", "Qwen-VL")),
    (Kind.METHOD, ("ChatGLM", "ChatGLM2", "ChatGLM3", "GLM-130B", "GLM-4")),
    (Kind.METHOD, ("Claude", "Claude 2", "Claude 3", "Claude 3.5")),
    (Kind.METHOD, ("Gemini", "Gemini 1.5", "Gemma", "Gemma 2")),
    (Kind.METHOD, ("Mistral", "Mixtral")),
    (Kind.METHOD, ("BERT", "RoBERTa", "ALBERT", "DistilBERT", "mBERT")),
    (Kind.METHOD, ("DALL-E", "DALL-E 2", "DALL-E 3")),
    (Kind.METHOD, ("LSTM", "BiLSTM", "xLSTM")),
    (Kind.METHOD, ("ridge regression", "kernel ridge regression")),
    (Kind.METHOD, ("statistical machine translation", "SMT solver")),
    (Kind.METHOD, ("A2C", "A3C")),
    (Kind.DATASET, ("CIFAR-10", "CIFAR-100", "CIFAR-10-C")),
    (Kind.DATASET, ("SST-2", "SST-5")),
    (Kind.DATASET, ("MS MARCO", "MS COCO")),
    (Kind.DATASET, ("WMT14", "WMT16", "WMT19", "WMT22")),
    (Kind.DATASET, ("SQuAD", "SQuAD 2.0")),
    (Kind.DATASET, ("MIMIC", "MIMIC-III", "MIMIC-IV", "MIMIC-CXR")),
    (Kind.DATASET, ("MNIST", "Fashion-MNIST", "EMNIST")),
    (Kind.DATASET, ("FLORES-101", "FLORES-200")),
    (Kind.DATASET, ("ARC-Challenge", "ARC-Easy", "ARC-AGI")),
    (Kind.DATASET, ("MMLU", "MMLU-Pro", "CMMLU")),
]
ONE_THING = [
    (
        Kind.METHOD,
        "chain-of-thought",
        ("CoT", "Chain of Thought", "chain-of-thought prompting", "思维链", "思维链提示"),
    ),
    (Kind.METHOD, "LoRA", ("low-rank adaptation", "低秩适配")),
    (Kind.METHOD, "RLHF", ("reinforcement learning from human feedback", "基于人类反馈的强化学习")),
    (Kind.METHOD, "retrieval-augmented generation", ("RAG", "检索增强生成")),
    (Kind.METHOD, "LLaMA-2", ("Llama 2", "Llama-2-70B", "Llama-2-7b-chat")),
    (Kind.METHOD, "BERT", ("BERT-base", "BERT-large")),
    (Kind.METHOD, "knowledge distillation", ("KD", "知识蒸馏")),
    (Kind.DATASET, "MS COCO", ("COCO", "MSCOCO")),
    (Kind.DATASET, "GSM8K", ("GSM8k",)),
]
TWO_KINDS = {
    "alpaca": "a model, and the 52,000 instructions that it was tuned on",
    "gqa": "grouped-query attention, and questions about images",
}
"""Names that stand for a method and for a dataset, and why."""
TWICE_INTRODUCED = {
    "1707.01476": "ConvE and WN18RR come from one paper",
    "1903.12261": "corrupted ImageNet and corrupted CIFAR-10 come from one paper",
    "2107.03374": "Codex and HumanEval come from one paper",
}
NO_METHODS = (
    "LLM",
    "large language model",
    "language model",
    "deep learning",
    "machine learning",
    "neural network",
    "NLP",
)
NO_MATCH = {
    Kind.METHOD: ("MAE", "SAM", "IPO", "GLM", "VAR", "momentum", "boosting", "AMR", "量化", "变压器"),
    Kind.DATASET: ("ARC", "MIND", "Adult", "Iris", "arXiv", "P3", "M4", "UCI", "BOLD", "TLDR"),
}
"""Names that mean too many things to be matched in running text."""


def concepts(kind: Kind) -> list[Concept]:
    return [concept for concept in vocabulary.load() if concept.kind is kind]


def names(concept: Concept) -> set[str]:
    labels = (*concept.labels, *concept.aliases, *vocabulary.load().hidden(concept.id))
    return {label.text for label in labels}


def owners(kind: Kind) -> dict[str, set[str]]:
    found = defaultdict(set)
    for concept in concepts(kind):
        for name in names(concept):
            found[fold(name)].add(concept.id)
    return found


@pytest.mark.parametrize(("kind", "group"), APART, ids=str)
def test_versions_and_namesakes_stay_apart(kind: Kind, group: tuple[str, ...]) -> None:
    """Each name is known, and no two of them lead to one concept."""
    found = {name: {concept.id for concept in vocabulary.load().find(name, kind)} for name in group}
    assert all(len(ids) == 1 for ids in found.values()), found
    assert not [pair for pair in combinations(group, 2) if found[pair[0]] & found[pair[1]]]


@pytest.mark.parametrize(("kind", "name", "others"), ONE_THING, ids=str)
def test_every_name_of_a_thing_leads_to_it(kind: Kind, name: str, others: tuple[str, ...]) -> None:
    """English, Chinese, acronym, long form and size meet in one concept."""
    [concept] = vocabulary.load().find(name, kind)
    assert [vocabulary.load().find(other, kind) for other in others] == [(concept,)] * len(others)


@pytest.mark.parametrize("kind", [Kind.METHOD, Kind.DATASET])
def test_no_two_concepts_of_a_kind_share_a_name(kind: Kind) -> None:
    """Not even one that is for look-up alone: a name must not lead to two methods."""
    assert {name: ids for name, ids in owners(kind).items() if len(ids) > 1} == {}


def test_a_name_of_a_method_and_of_a_dataset_is_meant() -> None:
    """Every such name is listed above with its reason."""
    assert owners(Kind.METHOD).keys() & owners(Kind.DATASET).keys() == TWO_KINDS.keys()


@pytest.mark.parametrize("kind", [Kind.METHOD, Kind.DATASET])
def test_labels_say_their_language_and_make_the_address(kind: Kind) -> None:
    """The English label gives the id; a label tagged Chinese holds Han characters and no other does."""
    for concept in concepts(kind):
        assert concept.id == iri.entity_id(kind, concept.labels[0].text)
        for label in (*concept.labels, *concept.aliases):
            assert (label.lang is Lang.ZH) == any("\u4e00" <= char <= "\u9fff" for char in label.text), label


@pytest.mark.parametrize("kind", [Kind.METHOD, Kind.DATASET])
def test_names_are_clean(kind: Kind) -> None:
    """No stray blanks or separators of lists, nothing that folds to one letter."""
    texts = [name for concept in concepts(kind) for name in names(concept)]
    assert [text for text in texts if text != " ".join(text.split()) or text[-1] in ",;，；、|" or "|" in text] == []
    assert [text for text in texts if len(fold(text)) < 2] == []


def test_a_paper_introduces_one_concept_or_there_is_a_reason() -> None:
    """Two concepts of one paper are listed above."""
    papers = [concept.introduced_by for concept in vocabulary.load() if concept.introduced_by]
    assert {paper for paper in papers if papers.count(paper) > 1} == TWICE_INTRODUCED.keys()


def test_introducing_papers_are_possible() -> None:
    """Their months exist, and none is later than what the vocabulary knows of."""
    months = {iri.month(concept.introduced_by) for concept in vocabulary.load() if concept.introduced_by}
    assert all("2000-01" <= month <= "2025-12" and 1 <= int(month[5:]) <= 12 for month in months), sorted(months)


@pytest.mark.parametrize("name", NO_METHODS)
def test_areas_are_no_methods(name: str) -> None:
    """The annotation guideline counts them as topics."""
    assert vocabulary.load().find(name, Kind.METHOD) == ()


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, all_ in NO_MATCH.items() for name in all_])
def test_ambiguous_names_are_for_look_up_alone(kind: Kind, name: str) -> None:
    """They are found, and stand among neither the labels nor the aliases, which are matched in running text."""
    matched = {label.text for concept in concepts(kind) for label in (*concept.labels, *concept.aliases)}
    assert name not in matched


@pytest.mark.parametrize(
    "name", ["fine-tuning", "prompting", "attention mechanism", "data augmentation", "量化", "嵌入"]
)
def test_everyday_terms_are_generic(name: str) -> None:
    """The annotation guideline calls them optional."""
    [concept] = vocabulary.load().find(name, Kind.METHOD)
    assert concept.generic


def test_wider_methods_are_reached() -> None:
    """LoRA is a way of parameter-efficient fine-tuning, which is fine-tuning."""
    assert vocabulary.load().ancestors("method/lora") == ("method/parameterefficientfinetuning", "method/finetuning")
