"""Names survive: nothing is dropped for its characters, nothing is singularised, what differs stays apart."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.model import Lang
from kg.text import fold, has_han, language, plain, printable


@pytest.mark.parametrize(
    "name", ["C++", "GPT-3.5", "TCP/IP", "3D-GS", "π0", "RL", "ＧＰＴ－４", "BERT模型", "R", "∇", "A*", "C#", "思维链"]
)
def test_no_name_is_lost(name: str) -> None:
    """Short names and odd characters keep an identity."""
    assert fold(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPT-3", "GPT-4"),
        ("GPT-3.5", "GPT-35"),
        ("ResNet-50", "ResNet-101"),
        ("Llama 2 7B", "Llama 27B"),
        ("CIFAR-10", "CIFAR-100"),
        ("C", "C++"),
        ("C", "C#"),
        ("A*", "A"),
        ("NAS", "NA"),
        ("Keras", "Kera"),
        ("Lens", "Len"),
        ("∇", "∂"),
        ("思维链", "思维树"),
    ],
)
def test_what_differs_stays_apart(one: str, other: str) -> None:
    """Never-merge pairs: versions, sizes, symbols and final letters count."""
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPT-4", "ＧＰＴ－４"),
        ("chain-of-thought", "Chain of Thought"),
        ("GPT 3.5", "GPT-3.5"),
        ("LLaMA-2", "Llama2"),
        ("BERT_base", "BERT base"),
        ("**BERT**", "BERT"),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    """Case, width, hyphens, blanks, underscores and Markdown do not make a new thing."""
    assert fold(one) == fold(other)


@given(st.text(min_size=1))
@example("A* search")
@example("Fast-A*")
@example("2 A* 2 3")
def test_folding_is_stable(name: str) -> None:
    """Folding what is folded changes nothing, and only blanks fold to nothing; the star of A* needs its capital."""
    once = fold(name)
    assert fold(once) == once.replace("*", "")
    assert once or not name.strip()


@given(st.text())
def test_plain_and_printable_never_fail(text: str) -> None:
    """Any text becomes a single line without control characters."""
    assert "\n" not in plain(text)
    assert "\x1b" not in printable(text)
    assert "\u202e" not in printable(text)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (r"$\texttt{Se}^2$", "Se2"),
        (r"\textsc{ToolLLM}", "ToolLLM"),
        (r"{\em unknown}", "unknown"),
        (r"\textbf{\texttt{Deep}Seek}", "DeepSeek"),
        (r"$\alpha$-NeRF", "α-NeRF"),
        (r"CLIP\_score", "CLIP_score"),
        (r"$S^{2}$FT", "S2FT"),
        ("`tool`", "tool"),
        ("R&D", "R&D"),
    ],
)
def test_latex_and_markdown_are_resolved(raw: str, name: str) -> None:
    """A name reads as it is pronounced, not as it is typeset."""
    assert plain(raw) == name


def test_a_passage_is_of_the_language_that_prevails() -> None:
    """Chinese text full of English names is Chinese; English with one Chinese word is English."""
    assert language("我们比较了GPT-4、LLaMA-2、Mistral和Qwen在GSM8K与MATH上的表现") is Lang.ZH
    assert (
        language("The Chinese term 思维链 stands for chain-of-thought prompting of large language models.") is Lang.EN
    )
    assert language("") is Lang.EN
    assert has_han("㐀")
    assert not has_han("かな")
