"""The tokenizer of mixed text loses nothing and splits where names begin and end."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.matcher import PhraseMatcher

from kg.extractors._spacy import MixedTokenizer
from kg.extractors._tokenizer import words


@pytest.fixture(scope="module")
def nlp() -> spacy.language.Language:
    """An empty pipeline with our tokenizer."""
    pipeline = spacy.blank("xx")
    pipeline.tokenizer = MixedTokenizer(pipeline.vocab)
    return pipeline


MIXED = st.text(
    st.sampled_from("用模型BERTgpt35 -/.+#*π²，。（）()ＧＰ４\n\t\u3000𠀀🦙_$\\{}")
    | st.characters(exclude_categories=["Cs"])
)


@settings(deadline=None, max_examples=300)
@given(text=MIXED)
def test_nothing_is_lost(nlp: spacy.language.Language, text: str) -> None:
    """The document's text is the passage's text, and every token stands where it says."""
    doc = nlp.make_doc(text)
    assert doc.text == text
    assert all(text[token.idx : token.idx + len(token)] == token.text for token in doc)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("用LoRA微调BERT模型", ["用", "LoRA", "微", "调", "BERT", "模", "型"]),
        ("GPT-3.5 and GPT-3.", ["GPT", "-", "3.5", "and", "GPT", "-", "3", "."]),
        ("C++、C#和A*", ["C++", "、", "C#", "和", "A*"]),
        ("TCP/IP", ["TCP", "/", "IP"]),
        ("π0与3D-GS", ["π0", "与", "3D", "-", "GS"]),
        ("ＧＰＴ－４", ["ＧＰＴ", "－", "４"]),
        ("Transformer-based", ["Transformer", "-", "based"]),
        ("**bold**", ["*", "*", "bold", "*", "*"]),
    ],
)
def test_tokens_are_han_characters_and_whole_words(text: str, tokens: list[str]) -> None:
    assert words(text) == tokens


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("LoRA", "使用LoRA进行微调", True),
        ("GLUE", "在GLUE基准上", True),
        ("数据集", "GLUE数据集。", True),
        ("GPT-3.5", "比GPT-3.5更好", True),
        ("GPT-3", "比GPT-3.5更好", False),
        ("BERT", "RoBERTa", False),
        ("BERT模型", "预训练BERT模型，", True),
        ("C++", "把C++代码", True),
        ("TCP/IP", "基于TCP/IP协议", True),
        ("π0", "机器人模型π0。", True),
        ("3D-GS", "用3D-GS渲染", True),
        ("ＧＰＴ－４", "与ＧＰＴ－４相比", True),
    ],
)
def test_a_name_is_found_in_mixed_text(nlp: spacy.language.Language, name: str, text: str, found: bool) -> None:  # noqa: FBT001  a table of cases
    """Names end at their last letter or digit, whatever script follows."""
    matcher = PhraseMatcher(nlp.vocab)
    matcher.add("name", [nlp.make_doc(name)])
    spans = [nlp.make_doc(text)[start:end].text for _, start, end in matcher(nlp.make_doc(text))]
    assert spans == ([name] if found else [])
