"""What kg knows beforehand: the reader of ``ontology/vocab``, and the vocabulary itself."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import vocabulary
from kg.errors import InputError
from kg.iri import entity_id
from kg.model import Kind, Label, Lang
from kg.text import fold, has_han

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.model import Concept

SHIPPED = vocabulary.load()
TOPICS = [concept for concept in SHIPPED if concept.kind is Kind.TOPIC]
PREFIXES = """
@prefix kg: <https://w3id.org/digest-kg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix method: <https://w3id.org/digest-kg/id/method/> .
@prefix dataset: <https://w3id.org/digest-kg/id/dataset/> .
@prefix topic: <https://w3id.org/digest-kg/id/topic/> .
@prefix scheme: <https://w3id.org/digest-kg/id/scheme/> .
"""
TWINS = {
    ("Diffuser", "Diffusers"): "a planner for offline reinforcement learning, and a library of Hugging Face",
    ("SPECTER", "Spectre"): "embeddings of papers, and an attack on processors",
}
"""Names of two things that differ as a plural or the British spelling of one thing would, and which they are."""
SPELLINGS = {"isation": "ization", "ising": "izing", "ised": "ized", "yse": "yze", "our": "or", "lling": "ling",
             "lled": "led", "tre": "ter"}  # fmt: skip
LORA = 'method:lora a kg:Method, skos:Concept ; skos:prefLabel "LoRA"@en ; skos:inScheme scheme:methods '


def read(folder: Path, files: Mapping[str, str]) -> vocabulary.Vocabulary:
    """Write Turtle files, each below the usual prefixes, and read them as a vocabulary."""
    for name, body in files.items():
        (folder / name).write_text(PREFIXES + body, encoding="utf-8")
    return vocabulary.read(folder)


def method(name: str, *broader: str) -> str:
    """State a method in Turtle."""
    wider = "".join(f"; skos:broader method:{other} " for other in broader)
    return LORA.replace("lora", name).replace("LoRA", name) + wider + ".\n"


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_concept_comes_out_as_the_file_states_it(tmp_path: Path) -> None:
    """Labels, aliases, hidden labels, wider concepts, the introducing paper and genericness."""
    body = (
        LORA + '; skos:prefLabel "低秩适配"@zh ; skos:altLabel "低秩自适应"@zh, "Low-Rank Adaptation"@en ;'
        'skos:hiddenLabel "lo-ra"@en ; skos:broader method:peft ; kg:generic true ;'
        "kg:introducedBy <https://arxiv.org/abs/2106.09685> .\n"
    )
    concept = read(tmp_path, {"methods.ttl": body + method("peft")}).concepts["method/lora"]
    assert concept.kind is Kind.METHOD
    assert concept.labels == (Label("LoRA", Lang.EN), Label("低秩适配", Lang.ZH))
    assert concept.aliases == (Label("Low-Rank Adaptation", Lang.EN), Label("低秩自适应", Lang.ZH))
    assert (concept.broader, concept.introduced_by, concept.generic) == (("method/peft",), "2106.09685", True)


def test_a_topic_says_its_scheme_and_may_stand_above_one_of_another_file(tmp_path: Path) -> None:
    """Files of one folder are one vocabulary, and a scheme is no concept."""
    found = read(
        tmp_path,
        {
            "a.ttl": "topic:nlp a kg:Topic, skos:Concept ; skos:prefLabel 'NLP'@en ; skos:inScheme scheme:areas .\n"
            "scheme:areas a skos:ConceptScheme ; skos:prefLabel 'Areas'@en .",
            "b.ttl": "topic:ner a kg:Topic, skos:Concept ; skos:prefLabel 'NER'@en ; skos:broader topic:nlp ;"
            "skos:inScheme scheme:tasks .",
        },
    )
    assert [(concept.id, concept.scheme) for concept in found] == [("topic/ner", "task"), ("topic/nlp", "area")]


def test_names_that_an_iri_cannot_hold_are_read_too(tmp_path: Path) -> None:
    """C# and A* keep what tells them from C and A."""
    body = LORA.replace("method:lora", "<https://w3id.org/digest-kg/id/method/c%23>").replace("LoRA", "C#") + "."
    assert [concept.id for concept in read(tmp_path, {"m.ttl": body})] == ["method/c#"]


ERRORS = {
    "no English label": (
        'method:lora a kg:Method, skos:Concept ; skos:prefLabel "低秩"@zh ; skos:inScheme scheme:methods .',
        "no English skos:prefLabel",
    ),
    "no label": ("method:lora a kg:Method, skos:Concept ; skos:inScheme scheme:methods .", "no English skos:prefLabel"),
    "an empty label": (LORA + '; skos:altLabel " "@en .', "' ' in no known language"),
    "a label without language": (LORA + '; skos:altLabel "lora" .', "'lora' in no known language"),
    "a label in another language": (LORA + '; skos:altLabel "lora"@fr .', "'lora' in no known language"),
    "two labels of one language": (LORA + '; skos:prefLabel "LORA"@en .', "two skos:prefLabel of one language"),
    "an id that does not follow": (LORA.replace("method:lora", "method:low") + ".", "does not follow from its English"),
    "an unknown wider concept": (method("lora", "peft"), "unknown skos:broader method/peft"),
    "a wider concept of another kind": (
        method("lora") + LORA.replace("method:lora", "dataset:lora").replace("kg:Method", "kg:Dataset")
        .replace("methods", "datasets") + "; skos:broader method:lora .",
        "unknown skos:broader method/lora",
    ),
    "an unknown property": (LORA + "; skos:altlabel 'lora'@en .", "unknown property"),
    "no kind": ('method:lora a skos:Concept ; skos:prefLabel "LoRA"@en .', "not of one kind"),
    "no skos:Concept": (LORA.replace(", skos:Concept", "") + ".", "not of one kind"),
    "a scheme of another kind": (LORA.replace("methods", "tasks") + ".", "no scheme that fits"),
    "no scheme": ('method:lora a kg:Method, skos:Concept ; skos:prefLabel "LoRA"@en .', "no scheme that fits"),
    "a paper with version": (LORA + "; kg:introducedBy <https://arxiv.org/abs/2106.09685v2> .", "without version"),
    "a blank node": (LORA + "; skos:broader [] .", "blank node"),
    "no Turtle": ("method:lora a", "not readable as Turtle"),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_what_contradicts_itself_is_refused_with_file_and_remedy(case: str, tmp_path: Path) -> None:
    """Each kind of mistake names the file, what is wrong and what to do."""
    body, words = ERRORS[case]
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        read(tmp_path, {"methods.ttl": body})
    assert caught.value.where == str(tmp_path / "methods.ttl")
    assert caught.value.remedy


def test_a_concept_stated_in_two_files_is_refused(tmp_path: Path) -> None:
    """The message names both files."""
    with pytest.raises(InputError, match=r"b\.ttl: method/lora is stated in a\.ttl too"):
        read(tmp_path, {"a.ttl": method("lora"), "b.ttl": method("lora")})


@pytest.mark.parametrize("circle", [("a",), ("a", "b"), ("a", "b", "c")])
def test_a_circle_of_wider_concepts_is_refused(circle: tuple[str, ...], tmp_path: Path) -> None:
    """A concept on the circle is named, not one below it."""
    body = "".join(method(name, circle[(at + 1) % len(circle)]) for at, name in enumerate(circle))
    with pytest.raises(InputError, match=r"method/[abc] is wider than itself"):
        read(tmp_path, {"m.ttl": body + method("a0below", "a")})


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A damaged installation says so."""
    with pytest.raises(InputError, match="no vocabulary file"):
        vocabulary.read(tmp_path)


def test_order_of_statements_and_files_does_not_matter(tmp_path: Path) -> None:
    """Two ways to write the same concepts give equal concepts in equal order."""
    (tmp_path / "x").mkdir()
    (tmp_path / "y").mkdir()
    one = read(tmp_path / "x", {"a.ttl": method("b", "a") + method("a"), "b.ttl": method("c", "b", "a")})
    two = read(tmp_path / "y", {"a.ttl": method("c", "a", "b"), "b.ttl": method("a") + method("b", "a")})
    assert list(one) == list(two)
    assert list(one.concepts) == ["method/a", "method/b", "method/c"]


def test_the_fingerprint_follows_the_bytes(tmp_path: Path) -> None:
    """The same files have the same fingerprint, a changed comment another."""
    first = read(tmp_path, {"a.ttl": method("a")}).fingerprint
    assert read(tmp_path, {"a.ttl": method("a")}).fingerprint == first
    assert read(tmp_path, {"a.ttl": method("a") + "# more"}).fingerprint != first


# --- looking up ------------------------------------------------------------------------------------------------------


def test_find_gives_named_before_hidden_and_filters_by_kind(tmp_path: Path) -> None:
    """A concept that merely hides a name comes after those that bear it."""
    hidden = method("a").replace(" .\n", '; skos:hiddenLabel "Z"@en .\n')
    dataset = 'dataset:z a kg:Dataset, skos:Concept ; skos:prefLabel "Z"@en ; skos:inScheme scheme:datasets .'
    found = read(tmp_path, {"a.ttl": hidden + method("z") + dataset})
    assert [concept.id for concept in found.find("z ")] == ["dataset/z", "method/z", "method/a"]
    assert [concept.id for concept in found.find("Z", Kind.METHOD)] == ["method/z", "method/a"]
    assert found.find("unheard of") == ()


def test_hidden_labels_are_no_aliases() -> None:
    """MT is machine translation to who looks it up, and nothing to who reads a sentence."""
    concept = SHIPPED.concepts["topic/machinetranslation"]
    assert "MT" in [label.text for label in SHIPPED.hidden(concept.id)]
    assert "MT" not in [label.text for label in concept.aliases]
    assert concept in SHIPPED.find("MT", Kind.TOPIC)


def test_hidden_of_an_unknown_concept_is_an_error() -> None:
    """A mistyped id must not look like a concept without hidden labels."""
    with pytest.raises(KeyError):
        SHIPPED.hidden("topic/unheardof")


def test_ancestors_come_nearest_first_and_once(tmp_path: Path) -> None:
    """A diamond: d below b and c, both below a."""
    body = method("a") + method("b", "a") + method("c", "a") + method("d", "c", "b", "a")
    found = read(tmp_path, {"m.ttl": body})
    assert found.ancestors("method/d") == ("method/a", "method/b", "method/c")
    assert found.ancestors("method/c") == ("method/a",)
    assert found.ancestors("method/a") == ()
    with pytest.raises(KeyError):
        found.ancestors("method/x")


def test_nothing_in_it_can_be_changed() -> None:
    """Everybody shares one vocabulary."""
    with pytest.raises(FrozenInstanceError):
        SHIPPED.fingerprint = ""  # type: ignore[misc]
    with pytest.raises(TypeError):
        SHIPPED.concepts["method/x"] = SHIPPED.concepts["topic/machinetranslation"]  # type: ignore[index]
    assert vocabulary.load() is SHIPPED


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(list(SHIPPED)), st.randoms(use_true_random=False))
def test_every_name_finds_its_concept_in_any_writing(concept: Concept, random: object) -> None:
    """Case, hyphens and blanks do not matter."""
    label = random.choice(concept.labels + concept.aliases)  # type: ignore[attr-defined]
    for writing in (label.text, label.text.upper().lower(), re.sub(r"(?<=[a-z]) (?=[a-z])", "-", label.text)):
        assert concept in SHIPPED.find(writing, concept.kind)


# --- the shipped vocabulary ------------------------------------------------------------------------------------------


def test_every_file_is_complete() -> None:
    """The five schemes of topics, methods and datasets are there, in the order of ids."""
    assert {concept.scheme for concept in TOPICS} == {"area", "task", "category", "tag"}
    assert list(SHIPPED.concepts) == sorted(SHIPPED.concepts)
    assert len(SHIPPED) == len(SHIPPED.concepts) == len(list(SHIPPED))


def test_every_id_follows_from_the_english_label() -> None:
    """The same thing found in a digest gets the same node without the vocabulary's help."""
    assert [c.id for c in SHIPPED if c.id != entity_id(c.kind, c.labels[0].text)] == []


def test_every_topic_has_both_languages() -> None:
    """A person who reads one of the two languages understands the topic tree."""
    assert [c.id for c in TOPICS if [label.lang for label in c.labels] != [Lang.EN, Lang.ZH]] == []


def test_language_tags_fit_the_script() -> None:
    """Han characters in an English label, or none in a Chinese one, are slips of the pen."""
    labels = [
        (concept.id, label.text)
        for concept in SHIPPED
        for label in concept.labels + concept.aliases + SHIPPED.hidden(concept.id)
        if has_han(label.text) is (label.lang is Lang.EN)
    ]
    assert [pair for pair in labels if not pair[0].startswith(("method/", "dataset/"))] == []


def names(kind: Kind) -> Iterator[tuple[str, str]]:
    """Give fold and concept id of every label and alias of a kind."""
    for concept in SHIPPED:
        if concept.kind is kind:
            yield from ((fold(label.text), concept.id) for label in concept.labels + concept.aliases)


@pytest.mark.parametrize("kind", [Kind.METHOD, Kind.DATASET, Kind.TOPIC])
def test_no_two_concepts_of_a_kind_share_a_name(kind: Kind) -> None:
    """A name means one thing of a kind; what is ambiguous has to be a hidden label."""
    owners = defaultdict(set)
    for name, concept in names(kind):
        owners[name].add(concept)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def singular(word: str) -> str:
    """Make the singular of an English word; capitals are left alone, for LATS is no plural of LAT."""
    if re.search(r"[^aeiou]ies$", word) and len(word) > len("ties"):
        return word[:-3] + "y"
    if re.search(r"(ss|x|ch|sh|z)es$", word):
        return word[:-2]
    return word[:-1] if re.search(r"[^siu]s$", word) else word


def unspelt(name: str) -> str:
    """Reduce a name to what plural, hyphen, blank and British spelling leave of it."""
    reduced = fold(" ".join(map(singular, re.split(r"[\s-]+", name))))
    for british, american in SPELLINGS.items():
        reduced = reduced.replace(british, american)
    return reduced


@pytest.mark.parametrize("kind", [Kind.METHOD, Kind.DATASET, Kind.TOPIC])
def test_no_two_concepts_of_a_kind_differ_by_plural_or_spelling(kind: Kind) -> None:
    """One thing is one concept; where two things have such names, they are listed above."""
    owners = defaultdict(set)
    for concept in SHIPPED:
        if concept.kind is kind:
            for label in concept.labels + concept.aliases:
                owners[unspelt(label.text)].add((concept.id, label.text))
    twins = [sorted(pairs) for pairs in owners.values() if len({concept for concept, _ in pairs}) > 1]
    assert [pairs for pairs in twins if tuple(name for _, name in pairs) not in TWINS] == []


@pytest.mark.parametrize("pair", TWINS)
def test_twins_that_are_two_things_are_there(pair: tuple[str, str]) -> None:
    """The list above holds nothing that the vocabulary no longer says."""
    assert unspelt(pair[0]) == unspelt(pair[1])
    assert SHIPPED.find(pair[0])[0] != SHIPPED.find(pair[1])[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fuzzy sets", "fuzzy set"),
        ("Bayesian neural networks", "Bayesian neural network"),
        ("policies", "policy"),
        ("multi-class losses", "multiclass loss"),
        ("behaviour modelling", "behavior modeling"),
        ("batch normalisation", "batch normalization"),
    ],
)
def test_plural_and_spelling_are_seen_through(one: str, other: str) -> None:
    """The reduction of the two tests above does what they rely on."""
    assert unspelt(one) == unspelt(other)


@pytest.mark.parametrize(("one", "other"), [("LAT", "LATS"), ("ViT", "VITS"), ("loss", "lo"), ("analysis", "analysi")])
def test_what_is_no_plural_stays_apart(one: str, other: str) -> None:
    """Capitals are part of an acronym, and not every s is an ending."""
    assert unspelt(one) != unspelt(other)


def test_no_alias_repeats_another_name_of_its_topic() -> None:
    """Writings that fold alike are one name."""
    repeated = []
    for concept in TOPICS:
        folds = Counter(fold(x.text) for x in concept.labels + concept.aliases + SHIPPED.hidden(concept.id))
        repeated += [(concept.id, name) for name, count in folds.items() if count > 1]
    assert repeated == []


def test_every_task_stands_below_an_area() -> None:
    """No orphans: every task is found by walking down from an area."""
    tasks = [concept for concept in TOPICS if concept.scheme == "task"]
    assert [c.id for c in tasks if all(SHIPPED.concepts[w].scheme != "area" for w in SHIPPED.ancestors(c.id))] == []


def test_areas_stand_below_areas_and_categories_below_their_archive() -> None:
    """A wider concept is never of a narrower sort."""
    allowed = {"area": {"area"}, "task": {"area", "task"}, "tag": {"area", "tag"}, "category": {"category", "area"}}
    wrong = [(c.id, w) for c in TOPICS for w in c.broader if SHIPPED.concepts[w].scheme not in allowed[c.scheme]]
    assert wrong == []


def test_no_wider_concept_is_stated_that_another_implies() -> None:
    """The hierarchy is drawn without short cuts."""
    cuts = [(c.id, w) for c in TOPICS for w in c.broader for other in c.broader if w in SHIPPED.ancestors(other)]
    assert cuts == []


def test_single_letters_and_pairs_are_never_matched_in_running_text() -> None:
    """Two letters mean something else in every second paper, except the few that all of the field reads alike."""
    read_alike = {"RL", "QA", "VR"}
    short = {x.text for c in TOPICS if c.scheme != "category" for x in c.labels + c.aliases if len(x.text) < 3}
    assert {text for text in short if not has_han(text)} == read_alike


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("大语言模型", "topic/largelanguagemodels"),
        ("大型语言模型", "topic/largelanguagemodels"),
        ("LLMs", "topic/largelanguagemodels"),
        ("问答系统", "topic/questionanswering"),
        ("推荐系统", "topic/recommendersystems"),
        ("LLM应用", "topic/llmapplications"),
        ("LLM理论", "topic/llmtheory"),
        ("Agent", "topic/autonomousagents"),
        ("RAG", "topic/retrievalaugmentedgeneration"),
        ("人工智能", "topic/artificialintelligence"),
        ("cs.CL", "topic/cscl"),
        ("Computation and Language", "topic/cscl"),
        ("机器学习", "topic/machinelearning"),
        ("Machine Learning (stat.ML)", "topic/statml"),
    ],
)
def test_what_digests_say_leads_to_the_topic(name: str, concept: str) -> None:
    """Tags, categories and variants of a name; an area comes before the categories of the same name."""
    assert SHIPPED.find(name, Kind.TOPIC)[0].id == concept


def test_generic_topics_are_marked() -> None:
    """A paper that says 人工智能 is seldom about artificial intelligence at large."""
    generic = {"artificialintelligence", "machinelearning", "deeplearning", "largelanguagemodels", "evaluation"}
    assert all(SHIPPED.concepts[f"topic/{name}"].generic for name in generic)
    assert not SHIPPED.concepts["topic/machinetranslation"].generic


@pytest.fixture
def digests() -> Path:
    """Find the real digests, unpacked or not, beside the checkout."""
    folder = Path(os.environ.get("KG_DIGESTS", Path(__file__).parents[2] / "shared" / "digests"))
    if not (folder / "seeds").is_dir():
        pytest.skip("the real digests are not here; set KG_DIGESTS to their folder")
    return folder


@pytest.mark.archive
def test_every_category_of_the_real_digests_is_known(digests: Path) -> None:
    """What stands behind the title as (arXiv:… [cs.CL]) is a topic."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((digests / "seeds").iterdir()))
    codes = set(re.findall(r"\(arXiv:[^)\s]+ \[([A-Za-z.-]+)\]\)", text))
    assert len(codes) > 5
    assert [code for code in sorted(codes) if not SHIPPED.find(code, Kind.TOPIC)] == []
