"""Scoring against a gold standard, checked against counts made by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.evaluate import Counts, evaluate, key, read_gold

if TYPE_CHECKING:
    from pathlib import Path

GOLD = {
    "id": "2310.00212",
    "methods": [
        {"names": ["PPPO", "Pairwise Proximal Policy Optimization"], "role": "proposes", "required": True},
        {"names": ["PPO", "近端策略优化"], "role": "uses", "required": True},
        {"names": ["fine-tuning", "微调"], "role": "uses", "required": False},
    ],
    "datasets": [{"names": ["TL;DR"], "role": "uses", "required": True}],
    "tasks": [{"names": ["LLM alignment", "大型语言模型对齐"], "required": True}],
}


def method(label: str, relation: str = "usesMethod", aliases: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"label": label, "aliases": list(aliases), "relation": relation}


def record(**fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "2310.00212", "methods": [], "datasets": [], "topics": [], **fields}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A gold standard of one paper."""
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(GOLD, ensure_ascii=False) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Chain-of-Thought", "chain of thoughts"),
        ("ＧＰＴ－４", "GPT-4"),
        ("C++", "c++"),
        ("GPT-3.5", "GPT3.5"),
        ("LLMs", "LLM"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("C++", "C"), ("GPT-3", "GPT-4"), ("思维链s", "思维链")])
def test_different_names_do_not_share_a_key(one: str, other: str) -> None:
    """The plus stays, digits stay, and only Latin names lose a plural s."""
    assert key(one) != key(other)


def test_role_decides_between_entity_and_relation(gold: Path) -> None:
    """Two methods right by name, one of them in the wrong role: 2 of 2 against 1 of 2."""
    scores = evaluate(gold, [record(methods=[method("PPPO"), method("PPO")])])
    assert scores.entity["methods"] == Counts(right=2, wrong=0, missed=0)
    assert scores.relation["methods"] == Counts(right=1, wrong=1, missed=1)
    assert scores.outcomes[0].misjudged == ("PPPO",)


def test_an_alias_is_as_good_as_a_label(gold: Path) -> None:
    found = method("PPO algorithm", aliases=("近端策略优化",))
    assert evaluate(gold, [record(methods=[found])]).entity["methods"] == Counts(right=1, wrong=0, missed=1)


def test_a_second_node_for_one_thing_is_wrong(gold: Path) -> None:
    scores = evaluate(gold, [record(methods=[method("PPO"), method("近端策略优化")])])
    assert scores.entity["methods"] == Counts(right=1, wrong=1, missed=1)
    assert scores.outcomes[0].doubled == ("近端策略优化",)


def test_an_optional_item_is_left_out_of_the_count(gold: Path) -> None:
    """Finding it is neither rewarded nor punished, nor is finding it twice."""
    found = [method("fine-tuning"), method("微调"), method("PPO")]
    assert evaluate(gold, [record(methods=found)]).entity["methods"] == Counts(right=1, wrong=0, missed=1)


def test_what_is_not_in_the_gold_standard_is_wrong(gold: Path) -> None:
    scores = evaluate(gold, [record(methods=[method("OpenAI")])])
    assert scores.entity["methods"] == Counts(right=0, wrong=1, missed=2)
    assert scores.outcomes[0].false == ("OpenAI",)
    assert scores.outcomes[0].missed == ("PPPO", "PPO")


def test_a_dataset_taken_for_a_method_is_wrong_and_missed(gold: Path) -> None:
    scores = evaluate(gold, [record(methods=[method("TL;DR")])])
    assert scores.entity["methods"] == Counts(wrong=1, missed=2)
    assert scores.entity["datasets"] == Counts(missed=1)


def test_of_the_topics_only_tasks_are_scored(gold: Path) -> None:
    topics = [
        {"label": "cs.CL", "aliases": [], "source": "category"},
        {"label": "LLM应用", "aliases": [], "source": "tag"},
        {"label": "alignment", "aliases": ["LLM alignment"], "source": "task"},
    ]
    assert evaluate(gold, [record(topics=topics)]).entity["tasks"] == Counts(right=1)


def test_two_gold_items_that_share_a_name_choose_by_role(tmp_path: Path) -> None:
    """A prediction matches the item whose role agrees, so that the other stays for the next one."""
    items = [
        {"names": ["EAGLE"], "role": "uses", "required": True},
        {"names": ["EAGLE", "EAGLE-2"], "role": "proposes", "required": True},
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"id": "1", "methods": items}), "utf-8")
    scores = evaluate(path, [{"id": "1", "methods": [method("EAGLE", "proposes"), method("EAGLE")]}])
    assert scores.relation["methods"] == Counts(right=2)


def test_an_absent_paper_is_named_and_counts_as_missed(gold: Path) -> None:
    scores = evaluate(gold, [{**record(), "id": "2401.00001"}])
    assert scores.absent == ("2310.00212",)
    assert scores.entity["methods"] == Counts(missed=2)
    assert scores.papers == 1


def test_figures_follow_from_counts() -> None:
    """3 right, 1 wrong, 2 missed: P 3/4, R 3/5, F1 6/9; nothing found at all is 0, not an error."""
    counts = Counts(right=2, wrong=1, missed=1) + Counts(right=1, missed=1)
    assert (counts.precision, counts.recall) == (0.75, 0.6)
    assert counts.f1 == pytest.approx(6 / 9)
    assert (Counts().precision, Counts().recall, Counts().f1) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "no JSON"),
        ("[]", "no record with an id"),
        ('{"methods": []}', "no record with an id"),
        ('{"id": "1", "methods": {}}', "methods is no list"),
        ('{"id": "1", "methods": [{"names": []}]}', "an item of methods has no names"),
        (
            '{"id": "1", "methods": [{"names": ["A"], "role": "introduces", "required": true}]}',
            "'A' has role 'introduces'",
        ),
        ('{"id": "1", "tasks": [{"names": ["A"], "required": "yes"}]}', "required 'yes'"),
        (json.dumps(GOLD), "annotated twice"),
    ],
)
def test_a_malformed_line_is_named_with_its_number(gold: Path, line: str, what: str) -> None:
    gold.write_text(gold.read_text("utf-8") + "\n" + line + "\n", "utf-8")
    with pytest.raises(InputError, match=r"gold\.jsonl:3") as caught:
        read_gold(gold)
    assert what in str(caught.value)


def test_a_file_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_gold(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n", "utf-8")
    with pytest.raises(InputError, match="no annotated paper"):
        read_gold(tmp_path / "empty.jsonl")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["PPPO", "PPO", "微调", "GPT-4", "TL;DR"]), max_size=8))
def test_every_required_item_is_found_or_missed_and_every_other_prediction_accounted_for(names: list[str]) -> None:
    """Right and missed add up to the gold items; right, wrong and left out to the predictions."""
    from kg.evaluate import GoldItem, predictions, score  # noqa: PLC0415  beside what it is about

    gold = [GoldItem(tuple(item["names"]), item["role"], item["required"]) for item in GOLD["methods"]]  # type: ignore[index]
    outcome = score("1", "methods", gold, predictions(record(methods=[method(name) for name in names]), "methods"))
    assert outcome.entity.right + outcome.entity.missed == 2
    assert outcome.entity.right + outcome.entity.wrong == len([name for name in names if name != "微调"])
    assert outcome.relation.right + outcome.relation.wrong == outcome.entity.right + outcome.entity.wrong
