"""Linking an entry: one thing, one node, whatever it is called; and what differs stays apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.iri import entity_id
from kg.link import link
from kg.model import Concept, Entry, Kind, Label, Lang, Mention, Paper, Part, Passage, Relation
from kg.text import label_language
from kg.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kg.link import Linked


def concept(label: str, *aliases: str, kind: Kind = Kind.METHOD) -> Concept:
    """Make a concept with an English label and aliases in either language."""
    names = tuple(sorted(Label(alias, label_language(alias)) for alias in aliases))
    return Concept(entity_id(kind, label), kind, (Label(label, Lang.EN),), names)


def vocabulary(*concepts: Concept) -> Vocabulary:
    """Make a vocabulary of some concepts."""
    return Vocabulary({item.id: item for item in concepts}, "", {})


def linked(text: str, *names: str | tuple[str, str], known: Vocabulary | None = None) -> Linked:
    """Link an entry whose only abstract is ``text``, with a mention for every name, or (name, long form)."""
    mentions = []
    for item in names:
        name, same_as = (item, "") if isinstance(item, str) else item
        start = text.index(name)
        end = start + len(name)
        uses = Relation.USES_METHOD
        mentions.append(
            Mention("2310.00212", 0, start, end, name, Kind.METHOD, uses, "test", 0.9, name, same_as=same_as)
        )
    paper = Paper("2310.00212", "", (Passage(Part.ABSTRACT, Lang.EN, text, 7),), "digest/0", 1)
    return link(Entry(paper, tuple(mentions)), known or vocabulary())


def ids(result: Linked) -> list[str]:
    """List the entity ids."""
    return [entity.id for entity in result.entities]


def test_an_acronym_and_its_long_form_are_one_node_named_by_the_acronym() -> None:
    """The example of the design: PPPO, with the long form as alias."""
    result = linked("Pairwise Proximal Policy Optimization (PPPO)", ("PPPO", "Pairwise Proximal Policy Optimization"))
    assert ids(result) == ["method/pppo"]
    assert [label.text for label in result.entities[0].labels] == ["PPPO"]
    assert [alias.text for alias in result.entities[0].aliases] == ["Pairwise Proximal Policy Optimization"]


def test_a_long_form_mentioned_elsewhere_joins() -> None:
    """The long form's own mention belongs to the same node, and gives evidence."""
    long_form = "Pairwise Proximal Policy Optimization"
    result = linked(f"{long_form} (PPPO)", ("PPPO", long_form), long_form)
    assert ids(result) == ["method/pppo"]


def test_a_short_acronym_is_too_common_to_name_a_node() -> None:
    """Three letters collide between papers: the long form names the node."""
    result = linked("Contrastive Preference Optimization (CPO)", ("CPO", "Contrastive Preference Optimization"))
    assert ids(result) == ["method/contrastivepreferenceoptimization"]


def test_both_languages_and_every_alias_meet_in_the_concept() -> None:
    """思维链, chain-of-thought and CoT are one method."""
    known = vocabulary(concept("chain-of-thought", "CoT", "思维链"))
    result = linked("思维链 or chain-of-thought or CoT", "思维链", "chain-of-thought", "CoT", known=known)
    assert ids(result) == ["method/chainofthought"]
    assert result.entities[0].concept


@pytest.mark.parametrize(("one", "other"), [("GPT-3.5", "GPT-4"), ("ResNet-50", "ResNet-101"), ("LLaMA", "LLaMA-2")])
def test_versions_never_meet(one: str, other: str) -> None:
    """A version is a thing of its own."""
    assert len(ids(linked(f"{one} and {other}", one, other))) == 2


def test_two_concepts_never_meet_even_if_a_paper_says_so() -> None:
    """A definition that equates two known things does not merge them."""
    known = vocabulary(concept("BERT"), concept("Generative Pretraining"))
    result = linked(
        "BERT (Generative Pretraining)", ("BERT", "Generative Pretraining"), "Generative Pretraining", known=known
    )
    assert "method/generativepretraining" in ids(result)
    assert len(ids(result)) == len(set(ids(result)))


def test_a_homograph_is_kept_apart_by_its_expansion() -> None:
    """CoD is the chain of density of the vocabulary, unless the paper says that it is something else."""
    known = vocabulary(concept("chain of density", "CoD"))
    other = linked("chain of diagnosis (CoD) beats CoD", ("CoD", "chain of diagnosis"), known=known)
    assert ids(other) == ["method/chainofdiagnosis"]
    same = linked("chain-of-density (CoD)", ("CoD", "chain-of-density"), known=known)
    assert ids(same) == ["method/chainofdensity"]


def test_an_established_name_survives_a_clumsy_long_form() -> None:
    """LSTM is a label of its own and no short acronym: a translator's long form does not make it something else."""
    known = vocabulary(concept("LSTM", "long short-term memory"))
    long_form = "learning model based on short term memory"
    assert ids(linked(f"{long_form} (LSTM)", ("LSTM", long_form), known=known)) == ["method/lstm"]


def test_a_variant_spelling_of_a_known_long_form_is_still_the_concept() -> None:
    """Low-Rank Adaption is LoRA, and so is its Chinese translation."""
    known = vocabulary(concept("LoRA", "Low-Rank Adaptation"))
    assert ids(linked("Low-Rank Adaption (LoRA)", ("LoRA", "Low-Rank Adaption"), known=known)) == ["method/lora"]
    assert ids(linked("低秩适应（LoRA）", ("LoRA", "低秩适应"), known=known)) == ["method/lora"]


def test_every_edge_has_evidence_that_quotes_the_passage() -> None:
    """One edge a relation, one piece of evidence a passage, with line and digest."""
    result = linked("LoRA beats LoRA and BERT", "LoRA", "LoRA", "BERT")
    assert [(edge.relation, edge.target, len(edge.evidence)) for edge in result.edges] == [
        (Relation.USES_METHOD, "method/bert", 1),
        (Relation.USES_METHOD, "method/lora", 1),
    ]
    for edge in result.edges:
        for item in edge.evidence:
            assert result.entry.paper.passages[0].text[item.start : item.end] == item.quote
            assert (item.digest, item.line) == ("digest/0", 7)


def test_linking_does_not_depend_on_the_order_of_mentions() -> None:
    """Clusters that are joined late are the same clusters."""
    text = "Alpha Beta Gamma Delta (ABGD), ABGD, and Alpha Beta Gamma Delta"
    names: list[str | tuple[str, str]] = ["Alpha Beta Gamma Delta", "ABGD", ("ABGD", "Alpha Beta Gamma Delta")]
    results = [linked(text, *order) for order in (names, names[::-1], [names[2], names[0], names[1]])]
    assert all((item.entities, item.edges) == (results[0].entities, results[0].edges) for item in results)
