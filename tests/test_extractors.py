"""Extraction: what the passages of a paper name, where, in what role, and how sure."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.extractors import EXTRACTORS, RULES, Extractor, _model, _rules, chosen, cues, fingerprint
from kg.extractors._notes import Notes, longest, notes_of
from kg.extractors._patterns import TABLES
from kg.extractors._resolved import resolve
from kg.extractors._tokenizer import normal, tokenized, words
from kg.extractors.gazetteer import Names, exact_patterns, loose_patterns, written
from kg.model import Concept, Kind, Label, Lang, Mention, Paper, Part, Passage, Relation
from kg.readers import read_digest
from kg.text import language, plain
from kg.vocabulary import Vocabulary, load


def concept(key: str, *labels: str, scheme: str = "", generic: bool = False, broader: tuple[str, ...] = ()) -> Concept:
    """Make a concept from its labels, the first of each language preferred."""
    tagged = [Label(text, Lang.ZH if any(char > "一" for char in text) else Lang.EN) for text in labels]
    first = {label.lang: label for label in reversed(tagged)}
    preferred = tuple(first[lang] for lang in (Lang.EN, Lang.ZH) if lang in first)
    others = tuple(sorted(label for label in tagged if label not in preferred))
    kind = Kind(key.partition("/")[0])
    return Concept(key, kind, preferred, others, scheme=scheme, broader=broader, generic=generic)


TRANSLATION = "topic/machinetranslation"
CONCEPTS = (
    concept("method/lora", "LoRA", "低秩适配", "low-rank adaptation"),
    concept("method/gpt4", "GPT-4"),
    concept("method/gpt3", "GPT-3"),
    concept("method/bert", "BERT", "BERT模型"),
    concept("method/transformer", "Transformer"),
    concept("method/llama2", "LLaMA-2", "Llama 2"),
    concept("method/chainofthought", "chain-of-thought", "思维链", "CoT"),
    concept("method/finetuning", "fine-tuning", "微调", generic=True),
    concept("method/resnet", "ResNet"),
    concept("dataset/gsm8k", "GSM8K"),
    concept("dataset/squad", "SQuAD"),
    concept(TRANSLATION, "machine translation", "机器翻译", scheme="task"),
    concept("topic/lowresourcetranslation", "low-resource machine translation", scheme="task", broader=(TRANSLATION,)),
    concept("topic/nlp", "natural language processing", "自然语言处理", scheme="area", generic=True),
    concept("topic/cscl", "cs.CL", scheme="category"),
    concept("topic/llmapplications", "LLM applications", "LLM应用", scheme="tag"),
)  # fmt: skip


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """An extractor that knows a handful of concepts, so that a richer vocabulary changes no expectation."""
    known = {item.id: item for item in sorted(CONCEPTS, key=lambda item: item.id)}
    return Extractor(Vocabulary(MappingProxyType(known), "0" * 64, MappingProxyType({})))


def paper(*texts: tuple[Part, str], arxiv_id: str = "2310.00212") -> Paper:
    """Make a paper of passages, their languages told by their text."""
    passages = tuple(Passage(part, language(text), text, line) for line, (part, text) in enumerate(texts, 1))
    return Paper(arxiv_id, "", passages, "digest/3cbfe97319c1ad88", 1)


def abstract(text: str) -> Paper:
    return paper((Part.ABSTRACT, text))


def found(mentions: tuple[Mention, ...]) -> dict[str, Relation]:
    """Give the names of mentions, each with its relation."""
    return {mention.name: mention.relation for mention in mentions}


def test_a_paper_proposes_what_the_vocabulary_says_it_introduced() -> None:
    """Whatever the words around the name; any other paper uses it."""
    known = replace(concept("method/lora", "LoRA"), introduced_by="2106.09685")
    own = Extractor(Vocabulary(MappingProxyType({known.id: known}), "0" * 64, MappingProxyType({})))
    text = (Part.ABSTRACT, "Compared with fine-tuning, LoRA trains 10,000 times fewer weights.")
    (mention,) = own.mentions(paper(text, arxiv_id="2106.09685"))
    assert (mention.relation, mention.rule) == (Relation.PROPOSES, "introduced-by")
    assert mention.surface == "LoRA"
    assert [item.relation for item in own.mentions(paper(text))] == [Relation.USES_METHOD]


def test_a_known_name_that_heads_the_title_and_is_proposed_is_new(extractor: Extractor) -> None:
    """The vocabulary need not know which paper introduced it."""
    texts = (Part.TITLE, "ResNet: Learning with Shortcuts"), (Part.ABSTRACT, "We propose ResNet, a deep network.")
    assert found(extractor.mentions(paper(*texts)))["ResNet"] == Relation.PROPOSES


# --- What holds for any text ---------------------------------------------------------------------------------

WORDS = (
    "LoRA", "GPT-4", "GPT-3.5", "C++", "TCP/IP", "3D-GS", "π0", "RL", "BERT模型", "思维链", "Zeta-Net", "(ZN)",
    "ＧＰＴ－４", "（ZN）", "we propose", "提出了", "名为", "数据集", "on the", "dataset", "a novel", "，",
    "。", ". ", ": ", "：",
    "《", "》", "“", "”", "、", " and ",
    "Pairwise Proximal Policy Optimization", "(PPPO)", "machine translation",
    "机器翻译", r"$\texttt{Se}^2$", r"\textbf{DP-Fair}", "$", "\\", "{", "https://github.com/a/b",
    r"$k$-means", r"Mat\'ern", r"{\"o}", r"$\texttt{A-B}$", "$L^2$ norm",
    "GNNs", "DeiT-Ti/S/B", "\u3000", "\t", "🦙", "BERT-based", "___", "-", "/",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=25).map(" ".join) | st.text(max_size=60)


LATEX = (
    (r"We use $k$-means and beat it.", "$k$-means", "k-means"),
    (r"Compared with $\epsilon$-greedy, it is slow.", r"$\epsilon$-greedy", "ε-greedy"),
    (r"We train a $\beta$-VAE on it.", r"$\beta$-VAE", "β-VAE"),
    (r"We use Riemannian Mat\'ern kernels.", r"Mat\'ern kernels", "Matérn kernels"),
    (r"We solve the Schr{\"o}dinger bridge problem.", r"Schr{\"o}dinger bridge", "Schrödinger bridge"),
    (r"With $L^2$ regularization it converges.", "$L^2$ regularization", "L2 regularization"),
)
"""A text, the quote and the name that LaTeX spells there."""


@pytest.mark.parametrize(("text", "quote", "name"), LATEX)
def test_a_name_spelt_in_latex_is_quoted_as_it_stands_and_named_in_plain(text: str, quote: str, name: str) -> None:
    """Accents and single letters in mathematics are part of names; none is cut there."""
    notes = Notes(text, Part.ABSTRACT, Lang.EN)
    at = notes.plain.index(name)
    start, end = notes.place((at, at + len(name)))
    assert text[start:end] == quote
    assert notes.name((at, at + len(name))) == name


def test_what_latex_cuts_is_no_name(extractor: Extractor) -> None:
    """No half of a name is one, and the vocabulary knows the whole."""
    text = r"We compare $k$-means, $\epsilon$-greedy and Mat\'ern kernels with LoRA on $n$ graphs."
    names = {"$k$-means", r"$\epsilon$-greedy", r"Mat\'ern kernels", "LoRA"}
    assert {"LoRA"} <= set(found(extractor.mentions(abstract(text)))) <= names


@given(text=TEXTS)
def test_places_in_what_is_read_are_places_in_the_passage(text: str) -> None:
    """In order and inside; without LaTeX the same."""
    read = resolve(text)
    places = [read.place((at, at + 1)) for at in range(len(read.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one == other or one[1] <= other[0] for one, other in pairwise(places))
    if "\\" not in text and "$" not in text:
        assert places == [(at, at + 1) for at in range(len(text))]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(st.sampled_from(Part), TEXTS), max_size=4))
def test_mentions_are_exact_sorted_and_the_same_every_time(extractor: Extractor, texts: list[tuple[Part, str]]) -> None:
    """The quote is the passage's own text, the name is never empty, and a second look sees the same."""
    item = paper(*texts)
    mentions = extractor.mentions(item)
    for mention in mentions:
        text = item.passages[mention.passage].text
        assert text[mention.start : mention.end] == mention.surface
        assert mention.surface == mention.surface.strip() != ""
        assert mention.name == plain(mention.surface) != ""
        assert 0 < mention.confidence <= 1
        assert mention.kind in (Kind.METHOD, Kind.DATASET, Kind.TOPIC)
    assert list(mentions) == sorted(mentions)
    assert next(extractor._pipeline.run([item])) == mentions  # past its memory


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_mentions_of_methods_and_datasets_do_not_overlap(extractor: Extractor, texts: list[str]) -> None:
    """Of two names in one place the longest, then the surest is kept."""
    mentions = extractor.mentions(paper(*((Part.ABSTRACT, text) for text in texts)))
    places = [(m.passage, m.start, m.end) for m in mentions if m.kind is not Kind.TOPIC]
    for (passage, _, end), (next_passage, start, _) in pairwise(places):
        assert passage != next_passage or end <= start


def test_weak_mentions_are_not_emitted(extractor: Extractor) -> None:
    mentions = extractor.mentions(abstract("Our study of Ruritania uses LoRA, GPT-4 and perhaps Zenda in 2023."))
    assert min(m.confidence for m in mentions) >= min(min(ys) for _, ys in _model.load().calibration.values())
    assert set(found(mentions)) == {"LoRA", "GPT-4"}


def test_equal_texts_are_extracted_once(extractor: Extractor) -> None:
    """A paper of a neighbouring day's digest costs nothing and gives the same, in its own entry."""
    one = abstract("We propose Zeta-Net, a novel network that beats LoRA.")
    two = replace(one, source="digest/0000000000000000", line=9)
    first, second = extractor.entries([one, two])
    assert first.mentions is second.mentions
    assert (first.paper, second.paper) == (one, two)


def test_entries_keep_the_order_of_papers(extractor: Extractor) -> None:
    papers = [paper((Part.ABSTRACT, f"We propose Zeta-{n}Net."), arxiv_id=f"2310.{n:05}") for n in range(150)]
    assert [entry.paper for entry in extractor.entries(papers)] == papers


# --- Names are never lost, never bent ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["C++", "GPT-3.5", "TCP/IP", "3D-GS", "π0", "RL", "ＧＰＴ－４", "BERT模型", "A*", "T5", "R²"]
)
def test_a_name_is_never_dropped_for_its_characters_or_length(name: str) -> None:
    """Whatever a vocabulary names is found as it stands, in Chinese text too."""
    key = f"method/{name.lower()}"
    words = Vocabulary(MappingProxyType({key: concept(key, name)}), "0" * 64, MappingProxyType({}))
    mentions = Extractor(words).mentions(abstract(f"我们使用{name}，并与{name}相比，优于{name}模型。"))
    assert {m.surface for m in mentions} == {name}
    assert {m.concept for m in mentions} == {key}


@pytest.mark.parametrize("name", ["Keras", "NAS", "Lens", "Mantis", "PEGASUS", "AdaBoost-S"])
def test_a_name_is_never_singularised(extractor: Extractor, name: str) -> None:
    text = f"We propose {name}, a novel method. {name} is a novel framework that outperforms LoRA."
    item = paper(
        (Part.TITLE, f"{name}: Counting Sheep"),
        (Part.ABSTRACT, text),
        (Part.ABSTRACT, f"我们提出了{name}，一种新方法。"),
    )
    assert found(extractor.mentions(item))[name] is Relation.PROPOSES


def test_the_plural_of_an_acronym_is_left_outside(extractor: Extractor) -> None:
    """GNNs are GNN: the mention ends before the plural, so that no name ends in it."""
    mentions = extractor.mentions(abstract("We use ResNets, graph neural networks (GNNs) and BERTs as baselines."))
    assert "GNNs" not in found(mentions)
    assert {m.concept for m in mentions} >= {"method/resnet", "method/bert"}


# --- The vocabulary ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("We apply LoRA to it.", "method/lora"),
        ("We apply LORA to it.", "method/lora"),
        ("我们使用低秩适配来训练模型。", "method/lora"),
        ("Chain of thought helps.", "method/chainofthought"),
        ("Using chain-of-thoughts helps.", "method/chainofthought"),
        ("使用思维链提示。", "method/chainofthought"),
        ("The BERT-based encoder wins.", "method/bert"),
        ("a transformer-XL? No, the Transformer of before.", "method/transformer"),
        ("We fine-tune Llama-2-7B-chat on it.", "method/llama2"),
        ("与ＧＰＴ－４相比，它更好。", "method/gpt4"),
    ],
)
def test_a_known_name_is_found_in_every_spelling(extractor: Extractor, text: str, key: str) -> None:
    """In capitals, with a hyphen or a blank, in the plural, in full width, with a size, in either language."""
    assert key in {m.concept for m in extractor.mentions(abstract(text))}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("We use GPT-3.5 for it.", "method/gpt3"),
        ("A lora of birds sang.", "method/lora"),
        ("RoBERTa and AlBERTo are used.", "method/bert"),
        ("The cot was used for sleeping.", "method/chainofthought"),
    ],
)
def test_what_only_resembles_a_known_name_is_not_taken_for_it(extractor: Extractor, text: str, key: str) -> None:
    """A label with a capital is matched as written, and a name ends at its last letter or digit."""
    assert key not in {m.concept for m in extractor.mentions(abstract(text))}


def test_the_longest_known_name_wins(extractor: Extractor) -> None:
    mentions = extractor.mentions(paper((Part.TITLE, "Low-Resource Machine Translation of Ruritanian")))
    assert {m.concept for m in mentions} == {"topic/lowresourcetranslation"}


def test_generic_families_are_no_methods(extractor: Extractor) -> None:
    text = "Large language models (LLMs), NLP, AI and OpenAI are used with fine-tuning on GPUs."
    assert found(extractor.mentions(abstract(text))) == {}


# --- Topics --------------------------------------------------------------------------------------------------


def test_tags_and_categories_become_topics(extractor: Extractor) -> None:
    """A tag that the vocabulary knows is its concept, any other a topic of its own."""
    item = paper((Part.TAGS, "LLM应用 · 数羊"), (Part.CATEGORIES, "(arXiv:2310.00212v1 [cs.CL, stat.ML])"))
    topics = [(m.name, m.rule, m.concept, m.relation) for m in extractor.mentions(item)]
    assert topics == [
        ("LLM应用", "tag", "topic/llmapplications", Relation.HAS_TOPIC),
        ("数羊", "tag", "", Relation.HAS_TOPIC),
        ("cs.CL", "category", "topic/cscl", Relation.HAS_TOPIC),
        ("stat.ML", "category", "", Relation.HAS_TOPIC),
    ]


def test_a_task_in_the_title_is_a_topic_and_an_area_is_none(extractor: Extractor) -> None:
    text = "We improve machine translation, a part of natural language processing. Machine translation is hard."
    item = paper((Part.TITLE, "Better Machine Translation"), (Part.ABSTRACT, text))
    assert {m.concept for m in extractor.mentions(item) if m.kind is Kind.TOPIC} == {TRANSLATION}


# --- Code ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Code: https://github.com/a/b.", "https://github.com/a/b"),
        (r"Code at \url{https://github.com/a/b\_c}.", "https://github.com/a/b_c"),
        ("代码见github.com/a/b。", "https://github.com/a/b"),
        ("您可访问https://github.com/a/b获取", "https://github.com/a/b"),
        ("(http://www.GitHub.com/a/b.git)", "https://github.com/a/b"),
        ("https://huggingface.co/datasets/a/b, and more", "https://huggingface.co/datasets/a/b"),
        ("see https://a.github.io/b/;", "https://a.github.io/b"),
    ],
)
def test_code_addresses_are_taken_without_what_hangs_on_them(extractor: Extractor, text: str, address: str) -> None:
    assert extractor.entry(abstract(text)).code == (address,)


@pytest.mark.parametrize(
    "text", ["available on GitHub", "https://github.com/", "https://example.org/a", "notgithub.com/a/b"]
)
def test_what_is_no_code_address_is_left(extractor: Extractor, text: str) -> None:
    assert extractor.entry(abstract(text)).code == ()


# --- The registry and the package ----------------------------------------------------------------------------


def test_the_pipeline_is_the_registry(extractor: Extractor) -> None:
    """Every component of the table runs, in that order, and says in one line what it finds."""
    assert extractor._pipeline.nlp.pipe_names == [spec.name for spec in EXTRACTORS]
    assert all(spec.summary and "\n" not in spec.summary for spec in EXTRACTORS)


def test_spacy_notes_what_the_extractor_notes(extractor: Extractor) -> None:
    """The extractor runs the components without a Doc; run by spaCy they see the same."""
    text = "We propose Zeta-Net (ZN), which beats LoRA, GPT-4 and BERT on the SQuAD dataset for machine translation."
    pipeline = extractor._pipeline
    ((notes,),) = pipeline.notes([abstract(text)])
    assert notes_of(pipeline.nlp(text)) == notes
    assert {key for keys in notes.concepts.values() for key in keys} >= {"method/lora", "method/gpt4", "dataset/squad"}


@pytest.mark.parametrize("digit", "0123456789")
def test_names_that_differ_in_a_digit_are_two(digit: str) -> None:
    """The matcher compares digits, whatever spaCy's own vocabulary takes for their shape."""
    known = concept("method/phi1", "Phi-1")
    extractor = Extractor(Vocabulary(MappingProxyType({known.id: known}), "0" * 64, MappingProxyType({})))
    ((notes,),) = extractor._pipeline.notes([abstract(f"We fine-tune Phi-{digit} on code.")])
    assert bool(notes.concepts) == (digit == "1")


def test_importing_the_package_loads_no_spacy() -> None:
    """It costs over a second; only who extracts pays."""
    code = "import sys, kg.extractors as x; x.Extractor(None); print('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_the_fingerprint_is_a_constant_of_the_installation() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 64


def test_the_shipped_vocabulary_can_be_matched() -> None:
    """Every method and dataset of the vocabulary is found by its English label in a sentence about it."""
    words = load()
    extractor = Extractor(words)
    known = [item for item in words if item.kind is not Kind.TOPIC and not item.generic][::20]
    papers = [
        paper((Part.ABSTRACT, f"我们使用{item.labels[0].text}，并与它比较。"), arxiv_id=f"2401.{number:05}")
        for number, item in enumerate(known)
    ]
    seen = [
        {notes_id for notes in passages for ids in notes.concepts.values() for notes_id in ids}
        for passages in extractor._pipeline.notes(papers)
    ]
    lost = [item.id for item, ids in zip(known, seen, strict=True) if item.id not in ids]
    assert lost == []


# --- Cues ----------------------------------------------------------------------------------------------------

LEFT = {
    "proposed": ("We propose a novel framework ", "本文提出了一种新的方法"),
    "named": ("which is called ", "该方法名为“"),
    "our": ("Unlike others, our ", "我们的"),
    "used": ("We build on ", "我们使用"),
    "compared": ("It outperforms ", "优于"),
    "listed": ("such as ", "例如"),
    "measured-on": ("Experiments on the ", "实验在"),
    "dataset-before": ("a new benchmark, ", "数据集"),
    "model-before": ("the model ", "模型"),
    "data-sentence": ("We release a dataset for counting, ", "构建了一个数羊的数据集——"),
    "owner": ("by researchers from ", ""),
}
RIGHT = {
    "dataset-after": (" dataset shows", "数据集上"),
    "method-after": (" framework wins", "模型在"),
    "defined": (", a novel framework", "，一种新方法"),
    "defined-data": (", a large dataset", "，一个大规模数据集"),
    "acts": (" significantly outperforms it", "能够做到"),
    "place": (" University has", ""),
}


@pytest.mark.parametrize("lang", Lang)
def test_every_cue_has_an_example_that_it_finds_and_ignores_plain_words(lang: Lang) -> None:
    """A pattern that can never match is a mistake that no score shows."""
    left, right = TABLES[lang]
    for table, examples, plain_text in ((left, LEFT, "sheep graze "), (right, RIGHT, " 。 ")):
        for cue, pattern in table.items():
            example = examples[cue][lang is Lang.ZH]
            assert pattern.search(example), f"{cue} misses {example!r}"
            assert not pattern.search(plain_text), f"{cue} takes {plain_text!r}"


# --- Without the model -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rules() -> Extractor:
    """An extractor that asks no model, and knows what the other one does."""
    known = {item.id: item for item in sorted(CONCEPTS, key=lambda item: item.id)}
    return Extractor(Vocabulary(MappingProxyType(known), "0" * 64, MappingProxyType({})), RULES)


def test_rules_find_names_kinds_and_roles(rules: Extractor) -> None:
    """What is proposed, what is used, on which dataset, for which task, in both languages."""
    item = paper(
        (Part.TITLE, "Zeta-Net: Better Machine Translation"),
        (Part.ABSTRACT, "We propose Zeta-Net (ZN), a novel network. It beats BERT on the SQuAD dataset."),
        (Part.ABSTRACT, "我们提出了Zeta-Net，在SQuAD数据集上优于BERT。它改进机器翻译。"),
        (Part.CATEGORIES, "cs.CL"),
    )
    assert {mention.name: mention.relation for mention in rules.mentions(item)}.items() >= {
        "Zeta-Net": Relation.PROPOSES,
        "BERT": Relation.USES_METHOD,
        "SQuAD": Relation.USES_DATASET,
        "Machine Translation": Relation.HAS_TOPIC,
        "cs.CL": Relation.HAS_TOPIC,
    }.items()


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(st.tuples(st.sampled_from(Part), TEXTS), max_size=4))
def test_mentions_by_rules_are_exact_and_sorted(rules: Extractor, texts: list[tuple[Part, str]]) -> None:
    """The same is promised as with the model."""
    item = paper(*texts)
    mentions = rules.mentions(item)
    assert list(mentions) == sorted(mentions)
    for mention in mentions:
        assert item.passages[mention.passage].text[mention.start : mention.end] == mention.surface
        assert 0 < mention.confidence <= 1
    assert next(rules._pipeline.run([item])) == mentions


def test_rules_do_not_depend_on_the_order_of_sets() -> None:
    """Weights are whole numbers: what they add up to is the same whatever the hash seed."""
    assert all(isinstance(weight, int) for table in _rules.load().weights.values() for weight in table.values())


def test_rules_need_no_numpy() -> None:
    """Nor the features of the model: that is why they are fast."""
    code = (
        "import sys; from kg import vocabulary; from kg.extractors import Extractor; "
        "from kg.extractors._model import load; from kg.model import *; "
        "p = Paper('1', '', (Passage(Part.ABSTRACT, Lang.EN, 'We use LoRA.', 1),), 'd', 1); "
        "print(len(Extractor(vocabulary.load(), 'rules').mentions(p)), load.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1 0\n"


def test_a_choice_is_part_of_the_fingerprint() -> None:
    """Whatever the order in which components are named."""
    assert len({fingerprint(), fingerprint(RULES), fingerprint("gazetteer"), fingerprint("gazetteer,model")}) == 4
    assert fingerprint("names,cues") == fingerprint(" cues , names")
    assert fingerprint("all") == fingerprint()
    assert fingerprint(",".join(chosen(RULES))) == fingerprint(RULES)


@pytest.mark.parametrize("choice", ["", "model", "nothing", "names,nothing"])
def test_a_choice_without_a_component_is_refused(choice: str) -> None:
    with pytest.raises(InputError, match="no component"):
        Extractor(load(), choice)


# --- What is fast finds what is slow -----------------------------------------------------------------------------

FRAGMENTS = (*(text for pair in (*LEFT.values(), *RIGHT.values()) for text in pair), *WORDS)


@settings(deadline=None, max_examples=300)
@given(context=st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join), lang=st.sampled_from(Lang))
def test_no_cue_is_lost_by_asking_words_first(context: str, lang: Lang) -> None:
    """A pattern is tried only if a word tells that it may hold; so tried or not, the outcome is one."""
    left, right = TABLES[lang]
    assert cues._before(lang, context) == {rule for rule, pattern in left.items() if pattern.search(context)}
    assert cues._after(lang, context) == {rule for rule, pattern in right.items() if pattern.match(context)}


def test_no_cue_is_lost_in_the_samples() -> None:
    """The same at every word of every sample."""
    folder = Path(__file__).parent / "data" / "digests"
    texts = [
        passage
        for path in sorted(folder.rglob("*.md"))
        for item in read_digest(path).papers
        for passage in item.passages
        if passage.lang is Lang.EN
    ]
    left, right = TABLES[Lang.EN]
    for passage in texts:
        for at in (match.start() for match in re.finditer(r"\b", passage.text)):
            before, after = passage.text[max(0, at - 100) : at], passage.text[at : at + 45]
            assert cues._before(Lang.EN, before) == {rule for rule, each in left.items() if each.search(before)}
            assert cues._after(Lang.EN, after) == {rule for rule, each in right.items() if each.match(after)}


def test_names_are_found_with_all_that_they_name_however_they_are_written_down() -> None:
    r"""A name with U+007F, which stands between names, is left out; no text holds one, since readers drop it."""
    names = Names(*written({"\0b\0": ["y", "x"], "\0a\0": ["z"], "\0a\0b\0": ["w"], "\0a\x7f\0": ["v"]}))
    assert sorted(names.find("\0a\0b\0a\0")) == [
        ((0, 1), ("z",)),
        ((0, 2), ("w",)),
        ((1, 2), ("x", "y")),
        ((2, 3), ("z",)),
    ]
    assert list(Names(*written({})).find("\0a\0")) == []


@settings(deadline=None, max_examples=200)
@given(text=TEXTS)
def test_the_automaton_finds_every_name_that_stands_there(extractor: Extractor, text: str) -> None:
    """What comparing all patterns with all tokens finds, it finds."""
    text = resolve(text).text
    tokens = [normal(word) for word in words(text)]
    low = [token.lower() for token in tokens]
    places = set()
    for item in CONCEPTS:
        if item.kind is not Kind.TOPIC or item.scheme in {"task", "area"}:
            labels = [label.text for label in (*item.labels, *item.aliases)]
            for stream, patterns in ((tokens, exact_patterns(labels)), (low, loose_patterns(labels))):
                forms = {tuple(map(normal, pattern)) for pattern in patterns}
                for form in forms if stream is tokens else {tuple(part.lower() for part in form) for form in forms}:
                    ends = range(len(form), len(stream) + 1)
                    places |= {(end - len(form), end) for end in ends if tuple(stream[end - len(form) : end]) == form}
    ((notes,),) = extractor._pipeline.notes([abstract(text)])
    starts = [0, *tokenized(text)[1]]
    known = {*notes.concepts, *(topic.span for topic in notes.known_topics)}
    assert {start for start, _ in known} == {starts[start] for start, _ in longest(places)}
