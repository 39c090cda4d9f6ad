"""Where names begin and end, and which of them are one."""

from __future__ import annotations

import pytest
from test_extractors import CONCEPTS, paper

from kg import vocabulary
from kg.extractors import Extractor
from kg.extractors._groups import group
from kg.extractors._notes import Notes
from kg.extractors._pipeline import Pipeline
from kg.model import Part
from kg.text import language
from kg.vocabulary import Vocabulary

ABSTRACT, TITLE = Part.ABSTRACT, Part.TITLE


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """A pipeline that knows the concepts of ``test_extractors``."""
    known = {item.id: item for item in sorted(CONCEPTS, key=lambda item: item.id)}
    return Pipeline(Vocabulary(known, "0" * 64, {}))


def grouped(pipeline: Pipeline, *rows: tuple[Part, str]) -> list[set[str]]:
    """Give the names that passages hold, those of one thing together."""
    passages = [Notes(text, part, language(text)) for part, text in rows]
    for step in pipeline.steps:
        for notes in passages:
            step(notes)
    return [item.names for item in group(passages, pipeline.lookup)]


def named(pipeline: Pipeline, *rows: tuple[Part, str]) -> set[str]:
    """Give every name that passages hold."""
    return set().union(*grouped(pipeline, *rows))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("In this study, we introduce the Data Weaver, a solution.", "Data Weaver"),
        ("Data Weaver reads tables.", "Data Weaver"),
        ("我们提出了MDP Meadow，一个平台。", "MDP Meadow"),
        ("MDP Meadow是一个平台。", "MDP Meadow"),
        ("The Stone-Net Biochem是一个框架。", "Stone-Net Biochem"),
        ("We call it QAB$^2$E, which is short.", "QAB2E"),
        ("We add a G^2-Check step.", "G^2-Check"),
        (r"The ABSA-T{\AE}RT model.", "ABSA-TÆRT"),
        ("Counterfactual contrast ($K^3$) helps.", "K3"),
        ("It is a PyTorchbased library.", "PyTorch"),
        ("It is a Quoka-grounded planner.", "Quoka"),
    ],
)
def test_a_name_is_not_cut(pipeline: Pipeline, text: str, name: str) -> None:
    """A plain noun, a digit of LaTeX or a ligature is part of the name; what hangs on it is none."""
    assert name in named(pipeline, (ABSTRACT, text))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We compare FlanX5 and ByX5 here.", {"FlanX5", "ByX5"}),
        ("We run WebQuoka with Flan-U-Quoka.", {"WebQuoka", "Flan-U-Quoka"}),
        ("We apply VQuoka to the Visual Meadow set.", {"VQuoka", "Visual Meadow"}),
        ("We compare QPT-4 Turbo and Kimi Chat here.", {"QPT-4 Turbo", "Kimi Chat"}),
        ("We propose QPP/QPP+ here.", {"QPP", "QPP+"}),
    ],
)
def test_two_names_are_not_one(pipeline: Pipeline, text: str, names: set[str]) -> None:
    """A link between words that look like names by themselves parts them."""
    found = named(pipeline, (ABSTRACT, text))
    assert names <= found
    assert not any(all(name in each for name in names) for each in found - names)


@pytest.mark.parametrize("text", ["See arXiv:2310.15213v2 for more.", "（arXiv：2104.06022v4 [cs.CL]更新）"])
def test_the_number_of_a_preprint_is_no_name(pipeline: Pipeline, text: str) -> None:
    """It is an address like any other."""
    assert named(pipeline, (ABSTRACT, text)) == set()


@pytest.mark.parametrize("name", ["Read and Reward", "Chain of Meadows", "Plan and Weave"])
def test_a_name_with_a_link_in_it_stays_whole(pipeline: Pipeline, name: str) -> None:
    """No word of it looks like a name by itself."""
    assert name in named(pipeline, (ABSTRACT, f"We propose {name} for games."))


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([(TITLE, "C2Q: Client-Customized Quilting for Federated Learning")], {"C2Q", "Client-Customized Quilting"}),
        (
            [(ABSTRACT, "We propose ProQBP, a novel Progressive Quoted Behavior-augmented Prompting framework.")],
            {"ProQBP", "Progressive Quoted Behavior-augmented Prompting"},
        ),
        ([(ABSTRACT, "Client-Customized Quilting (C2Q) helps.")], {"C2Q", "Client-Customized Quilting"}),
        ([(ABSTRACT, "Pair Weaving is old. A Pair Weavings toolbox is new.")], {"Pair Weaving", "Pair Weavings"}),
    ],
)  # fmt: skip
def test_names_of_one_thing_are_one(pipeline: Pipeline, rows: list[tuple[Part, str]], names: set[str]) -> None:
    """A definition without brackets and a plural make no second thing."""
    assert any(names <= each for each in grouped(pipeline, *rows))


@pytest.mark.parametrize(
    ("rows", "one", "other"),
    [
        ([(ABSTRACT, "We train UniQuoka on the UniQuoka-Instruct dataset.")], "UniQuoka", "UniQuoka-Instruct"),
        ([(ABSTRACT, "提出了多模态对齐的动态标记修剪（MADTP）和动态标记修剪（DTP）。")], "MADTP", "DTP"),
        ([(TITLE, "LoRA: Learning Rates for All of Us")], "LoRA", "Learning Rates"),
    ],
)
def test_names_of_two_things_are_two(pipeline: Pipeline, rows: list[tuple[Part, str]], one: str, other: str) -> None:
    """Data made for a model is no size of it, and the end of a long form is not the long form."""
    found = grouped(pipeline, *rows)
    assert not any({one, other} <= each for each in found)
    assert any(one in each for each in found)


@pytest.mark.parametrize("text", ["We compare GPT-4 models.", "We train the Quoka-7B framework.", "用GPT-4模型。"])
def test_a_kind_behind_a_name_makes_no_second_name(pipeline: Pipeline, text: str) -> None:
    """The name stands there without it as well."""
    assert not any(name.endswith(("models", "framework", "模型")) for name in named(pipeline, (ABSTRACT, text)))


@pytest.mark.parametrize(
    ("title", "name", "is_one"),
    [
        ("SAME: Rebuilding Samples against Theft", "SAME", True),
        ("LLM: Rebuilding Samples against Theft", "LLM", False),
        ("The: Rebuilding Samples against Theft", "The", False),
    ],
)
def test_a_plain_word_in_capitals_may_head_a_title(pipeline: Pipeline, title: str, name: str, *, is_one: bool) -> None:
    """A word of any sentence is a name there, if it is in capitals and no field's."""
    assert (name in named(pipeline, (TITLE, title))) is is_one


def test_one_thing_in_singular_and_plural_is_named_as_one() -> None:
    """A mention of the plural says what it is the same as."""
    text = "We propose Woven Attention Trees (WAT). A Woven Attention Tree is small."
    known = {item.id: item for item in sorted(CONCEPTS, key=lambda item: item.id)}
    mentions = Extractor(Vocabulary(known, "0" * 64, {})).mentions(paper((ABSTRACT, text)))
    told = {mention.name: mention.same_as for mention in mentions}
    assert told["Woven Attention Trees"] == "Woven Attention Tree"


@pytest.mark.parametrize("behind", [": {}", " ({})", ", {}"])
def test_a_version_is_not_the_thing_that_its_long_form_was_coined_for(behind: str) -> None:
    """BLIP-2 goes by the long form of BLIP, and stays a thing of its own; BLIP and the long form are one."""
    long = "Bootstrapping Language-Image Pre-training"
    extractor = Extractor(vocabulary.load())
    for name, concept in (("BLIP-2", "method/blip2"), ("BLIP", "method/blip")):
        text = f"We propose {name}{behind.format(long)} for vision-language tasks. {name} outperforms Flamingo."
        mentions = extractor.mentions(paper((ABSTRACT, text)))
        assert {item.concept for item in mentions if text[item.start : item.end] == name} == {concept}
