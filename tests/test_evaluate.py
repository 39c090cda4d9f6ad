"""Scoring against a gold standard, checked against counts made by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.breakdown import by_dialect, by_language, interval, mistakes
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


# --- By language, by dialect, error by error -------------------------------------------------------------------

TEXTS = (
    {
        "part": "abstract",
        "lang": "en",
        "text": "We are glad. PPPO beats PPO on TL;DR. Done.",
        "digest": "d/1",
        "line": 3,
    },
    {"part": "abstract", "lang": "zh", "text": "很好。PPPO优于近端策略优化！完。", "digest": "d/1", "line": 4},
)


def spoken(label: str, relation: str, lang: str, start: int, end: int) -> dict[str, Any]:
    """Make a method with one piece of evidence."""
    text = next(item for item in TEXTS if item["lang"] == lang)
    where = {name: text[name] for name in ("part", "lang", "digest", "line")}
    return {**method(label, relation), "evidence": [{**where, "start": start, "end": end}]}


def broken_down() -> dict[str, Any]:
    """A record with PPPO right in English, OpenAI wrong in Chinese, PPO missed in both and TL;DR in English."""
    found = [spoken("PPPO", "proposes", "en", 9, 13), spoken("OpenAI", "usesMethod", "zh", 3, 7)]
    return {**record(methods=found), "passages": list(TEXTS), "digests": ["d/1", "d/2"]}


def test_scores_are_told_by_the_language_that_names_a_thing(gold: Path) -> None:
    """A prediction counts for its evidence, a miss for the texts that hold its name; every count is in one share."""
    found = broken_down()
    scores = evaluate(gold, [found])
    shares = {(item.type, item.name): item.entity for item in by_language(scores, [found])}
    assert shares == {
        ("methods", "zh only"): Counts(wrong=1),
        ("methods", "en only"): Counts(right=1),
        ("methods", "both"): Counts(missed=1),
        ("datasets", "en only"): Counts(missed=1),
        ("tasks", "none"): Counts(missed=1),
    }


def test_scores_are_told_by_dialect(gold: Path) -> None:
    """A paper of two dialects counts for both together; one that is absent for none."""
    found = broken_down()
    dialects = {"d/1": "page", "d/2": "catalogue"}
    shares = by_dialect(evaluate(gold, [found]), [found], dialects)
    assert {item.name for item in shares} == {"catalogue+page"}
    assert {item.type: item.entity for item in shares}["methods"] == Counts(right=1, wrong=1, missed=1)
    assert {item.name for item in by_dialect(evaluate(gold, []), [], dialects)} == {"absent"}


def test_every_error_comes_with_its_sentence(gold: Path) -> None:
    """A miss with the sentence that holds its name, a wrong one with that of its evidence; else that none does."""
    found = broken_down()
    told = {(item.error, item.name): item for item in mistakes(evaluate(gold, [found]), [found])}
    assert told["missed", "PPO"].sentence == "PPPO beats PPO on TL;DR."
    assert told["missed", "TL;DR"].line == 3
    assert told["wrong", "OpenAI"].sentence == "PPPO优于近端策略优化！"
    assert (told["missed", "LLM alignment"].sentence, told["missed", "LLM alignment"].line) == ("", 0)
    assert len(told) == 4


def test_a_name_is_found_in_a_text_whatever_its_hyphens(gold: Path) -> None:
    """But not inside another word."""
    found = broken_down() | {"methods": []}
    found["passages"] = [{**TEXTS[0], "text": "PPPOx and pairwise proximal-policy optimizations are two. A PPOs."}]
    told = {item.name: item.sentence for item in mistakes(evaluate(gold, [found]), [found])}
    assert told["PPPO"] == "PPPOx and pairwise proximal-policy optimizations are two."
    assert told["PPO"] == "A PPOs."


def test_an_interval_holds_the_score_and_is_always_the_same() -> None:
    """Three papers of different worth: the interval is wider than nothing and holds the F1 of all."""
    counts = [Counts(right=3), Counts(right=1, wrong=2, missed=1), Counts(right=2, missed=2)]
    low, high = interval(counts)
    assert low < sum(counts, Counts()).f1 < high
    assert interval(counts) == (low, high)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from(["PPPO", "PPO", "微调", "GPT-4"]), st.sampled_from(["zh", "en"])), max_size=6)
)
def test_the_shares_add_up_to_the_whole(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    """By language and by dialect alike, entity and relation."""
    path = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    path.write_text(json.dumps(GOLD), "utf-8")
    found = broken_down() | {"methods": [spoken(name, "proposes", lang, 0, 2) for name, lang in rows]}
    scores = evaluate(path, [found])
    for shares in (by_language(scores, [found]), by_dialect(scores, [found], {"d/1": "page", "d/2": "page"})):
        for type_ in scores.entity:
            mine = [item for item in shares if item.type == type_]
            assert sum((item.entity for item in mine), Counts()) == scores.entity[type_]
            assert sum((item.relation for item in mine), Counts()) == scores.relation[type_]
