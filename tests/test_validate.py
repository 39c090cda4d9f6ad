"""Checking a graph: a sound one passes, and every way of being wrong is named with the node that is."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
import rdflib
from rdf_sample import CODE, FIRST, LATER, LORA, sample_graph
from rdflib.namespace import DCTERMS, RDF, SKOS, XSD
from writers_sample import hostile_graph

from kg import iri, rdf, validate
from kg.errors import MissingExtraError
from kg.graph import KnowledgeGraph
from kg.model import DigestNode, Edge, Entity, Evidence, Kind, Label, Lang, PaperNode, Part, Relation, Severity

KG = rdflib.Namespace(iri.ONTOLOGY)


def altered(*, drop: tuple[str, str] | None = None, add: tuple[Edge | Entity, ...] = ()) -> KnowledgeGraph:
    """Copy the sample without the edges of a pair of nodes, and with other records."""
    graph = sample_graph()
    nodes: list[PaperNode | Entity | DigestNode] = [
        *graph.papers(),
        *graph.entities(),
        *graph.digests(),
        *(new for new in add if isinstance(new, Entity)),
    ]
    edges = [edge for edge in graph.edges() if (edge.source, edge.target) != drop]
    return KnowledgeGraph(nodes, [*edges, *(new for new in add if isinstance(new, Edge))])


def test_a_sound_graph_has_no_violation() -> None:
    """Neither by shapes nor by the checks of our own."""
    assert validate.validate(sample_graph()) == ()


def test_hostile_text_is_no_violation_of_any_shape() -> None:
    """Whatever titles, labels and quotes hold, the triples have their shape."""
    assert list(validate.check_shapes(rdf.to_rdflib(hostile_graph()))) == []


# --- Our own checks ----------------------------------------------------------------------------------------

GOOD = Evidence(Part.TITLE, Lang.EN, "QLoRA", 0, 5, "cue", 0.9, FIRST, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(GOOD, quote="qlora"),
        replace(GOOD, start=1),
        replace(GOOD, end=4),
        replace(GOOD, end=5000, quote="QLoRA from"),
        replace(GOOD, part=Part.ABSTRACT),
        replace(GOOD, lang=Lang.ZH, quote="QLoRA "),
        replace(GOOD, line=3),
        replace(GOOD, digest="digest/fedcba9876543210"),
    ],
)
def test_a_quote_that_does_not_stand_there_is_found(wrong: Evidence) -> None:
    """Text, offsets, part, language, digest and line must all agree."""
    edge = Edge(LATER, Relation.PROPOSES, "method/qlora", (wrong,))
    (found,) = validate.check(altered(drop=(LATER, "method/qlora"), add=(edge,)))
    assert (found.where, found.rule, found.severity) == (LATER, "quote", Severity.ERROR)
    assert "2310.00212 proposes method/qlora" in found.message


@pytest.mark.parametrize(
    ("new", "where", "rule"),
    [
        (Edge(CODE, Relation.PROPOSES, "method/qlora"), CODE, "no-evidence"),
        (Edge(LATER, Relation.PROPOSES, "dataset/glue", (GOOD,)), LATER, "wrong-ends"),
        (Edge("method/lora", Relation.BROADER, "topic/language"), "method/lora", "wrong-ends"),
        (Edge(LATER, Relation.PROPOSES, "method/nowhere", (GOOD,)), "method/nowhere", "dangling"),
        (Entity("method/other", Kind.METHOD, (Label("A name", Lang.EN),)), "method/other", "foreign-id"),
    ],
)
def test_what_no_graph_may_say_is_found(new: Edge | Entity, where: str, rule: str) -> None:
    """An edge without evidence, between the wrong kinds or into the void; an id that no name gives."""
    graph = altered(add=(new,))
    if rule == "dangling":  # networkx makes the node up, without a record
        graph.network.remove_node("method/nowhere")
        graph.network.add_edge(LATER, "dataset/glue", key="proposes", record=new)
    assert (where, rule) in {(found.where, found.rule) for found in validate.check(graph)}


# --- Shapes ------------------------------------------------------------------------------------------------

LORA_PAPER, LORA_NODE = rdflib.URIRef(iri.iri(LORA)), rdflib.URIRef(iri.iri("method/lora"))
LATER_PAPER, QLORA = rdflib.URIRef(iri.iri(LATER)), rdflib.URIRef(iri.iri("method/qlora"))


def _mentions(graph: rdflib.Graph) -> list[rdflib.URIRef]:
    return sorted(rdflib.URIRef(str(mention)) for mention in graph.subjects(RDF.type, KG.Mention))


def _broken() -> rdflib.Graph:
    """Break every shape once, each on a node of its own where that is possible."""
    graph = rdf.to_rdflib(sample_graph())
    mentions = _mentions(graph)
    graph.remove((mentions[0], KG.quote, None))
    graph.set((mentions[1], KG.end, rdflib.Literal(0)))
    graph.set((mentions[2], KG.confidence, rdflib.Literal("1.5", datatype=XSD.decimal)))
    graph.set((mentions[3], KG.part, rdflib.Literal("footnote")))
    graph.add((mentions[4], KG.start, rdflib.Literal(7)))
    graph.set((mentions[5], rdflib.URIRef(rdf.PREFIXES["prov"] + "wasDerivedFrom"), LORA_NODE))
    graph.set((mentions[6], KG.relation, KG.listedIn))
    graph.add((LORA_NODE, SKOS.prefLabel, rdflib.Literal("no language")))
    graph.add((LORA_NODE, SKOS.prefLabel, rdflib.Literal("second", lang="en")))
    graph.add((LORA_NODE, SKOS.altLabel, rdflib.Literal("LoRA", lang="fr")))
    graph.add((QLORA, KG.usesMethod, LORA_NODE))
    graph.add((LORA_PAPER, KG.proposes, rdflib.URIRef(iri.iri("dataset/glue"))))
    graph.add((LORA_PAPER, KG.usesMethod, QLORA))
    graph.set((LATER_PAPER, DCTERMS.identifier, rdflib.Literal("2310.00212v2")))
    graph.set((LATER_PAPER, KG.month, rdflib.Literal("2023-10")))
    graph.add((rdflib.URIRef("http://example.org/paper"), RDF.type, KG.Paper))
    graph.remove((rdflib.URIRef(iri.iri(FIRST)), KG.fileName, None))
    return graph


@pytest.fixture(scope="module")
def broken() -> set[tuple[str, str]]:
    """Check the broken graph once; node and rule of what was found."""
    return {(found.where, found.rule) for found in validate.check_shapes(_broken())}


def _mention(number: int) -> str:
    return iri.node_id(str(_mentions(rdf.to_rdflib(sample_graph()))[number]))


@pytest.mark.parametrize(
    ("mention", "rule"),
    [
        (0, "shacl-min-count"),  # no quote
        (1, "shacl-less-than"),  # it ends before it starts
        (2, "shacl-max-inclusive"),  # surer than sure
        (3, "shacl-pattern"),  # no such part
        (4, "shacl-max-count"),  # it starts twice
        (5, "shacl-class"),  # derived from what is no digest
        (6, "shacl-in"),  # behind a relation that needs none
    ],
)
def test_shapes_find_what_is_wrong_with_a_mention(broken: set[tuple[str, str]], mention: int, rule: str) -> None:
    """Each field of a mention is held to its kind, number and range."""
    assert (_mention(mention), rule) in broken


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        ("method/lora", "shacl-datatype"),  # a label without a language
        ("method/lora", "shacl-unique-lang"),  # two preferred labels in English
        ("method/lora", "shacl-language-in"),  # an alias in French
        ("method/qlora", "shacl-class"),  # a method uses a method
        (LORA, "shacl-class"),  # a paper proposes a dataset
        (LATER, "shacl-pattern"),  # an identifier with a version
        (LATER, "shacl-datatype"),  # a month that is mere text
        ("http://example.org/paper", "shacl-pattern"),  # no arXiv address
        ("http://example.org/paper", "shacl-min-count"),  # a paper without anything
        (FIRST, "shacl-min-count"),  # a digest without a name
        ("kg:Mention", "shacl-sparql"),  # an edge without evidence, evidence without an edge
    ],
)
def test_shapes_find_what_is_wrong_with_a_node(broken: set[tuple[str, str]], where: str, rule: str) -> None:
    """Labels, identifiers, domains, ranges and evidence."""
    assert (where, rule) in broken


def test_an_edge_without_evidence_is_told_apart_from_evidence_without_an_edge() -> None:
    """Both messages name the three nodes that are meant."""
    messages = " ".join(found.message for found in validate.check_shapes(_broken()) if found.rule == "shacl-sparql")
    assert f"{LORA} kg:usesMethod method/qlora has no mention behind it" in messages
    assert f"the mention {_mention(6)} stands behind no edge" in messages


def test_findings_are_sorted_and_one_line_each() -> None:
    """The same graph gives the same report."""
    edge = Edge(CODE, Relation.PROPOSES, "method/qlora")
    found = validate.validate(altered(add=(edge,)))
    assert list(found) == sorted(found)
    assert {item.rule for item in found} == {"no-evidence", "shacl-sparql"}
    assert not any("\n" in item.message for item in found)


def test_without_pyshacl_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is the command that installs it."""
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'digest-kg\[validate\]'"):
        validate.validate(sample_graph())
