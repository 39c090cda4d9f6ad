"""The graph as RDF: which triples, in which order, and that any text survives them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdf_sample import CODE, FIRST, INTRODUCED, LATER, LORA, OLD, sample_graph, sample_store
from rdflib.query import ResultRow
from writers_sample import HOSTILE, hostile_graph

from kg import iri, rdf, vocabulary
from kg.errors import GraphError
from kg.graph import KnowledgeGraph
from kg.model import DigestNode, Entity, Kind, Label, Lang, Located, PaperNode, Part
from kg.oxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize

if TYPE_CHECKING:
    from pathlib import Path

TRIPLES = list(rdf.triples(sample_graph(), introduced_by=INTRODUCED))


def records(graph: KnowledgeGraph) -> list[PaperNode | Entity | DigestNode]:
    """List every node of a graph."""
    return [*graph.papers(), *graph.entities(), *graph.digests()]


def selected(graph: rdflib.Graph, query: str) -> list[str]:
    """Give the first column of a SELECT."""
    return [str(row[0]) for row in graph.query(query) if isinstance(row, ResultRow)]


def values(node_id: str, name: str) -> list[str]:
    """Give the values that a node has for a property, as N-Triples."""
    key = (rdf.node(node_id), rdf.term(name))
    return [str(triple.object) for triple in TRIPLES if (triple.subject, triple.predicate) == key]


# --- What is said ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node_id", "name", "expected"),
    [
        (LATER, "rdf:type", ["<https://w3id.org/digest-kg/ontology#Paper>"]),
        (OLD, "dcterms:identifier", ['"cs/0112017"']),
        (LATER, "dcterms:issued", ['"2023-09-30"^^<http://www.w3.org/2001/XMLSchema#date>']),
        (CODE, "dcterms:issued", []),  # it is dated to the month only
        (OLD, "kg:month", ['"2001-12"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>']),
        (LORA, "dcterms:title", ['"LoRA: Low-Rank Adaptation with GLUE"@en', '"LoRA：低秩适配与GLUE"@zh']),
        (CODE, "schema:codeRepository", ["<https://github.com/a/math%20bench>"]),
        (LORA, "kg:proposes", ["<https://w3id.org/digest-kg/id/method/lora>"]),
        (LORA, "kg:listedIn", [f"<https://w3id.org/digest-kg/id/{FIRST}>"]),
        ("method/lora", "skos:prefLabel", ['"LoRA"@en', '"低秩适配"@zh']),
        ("method/lora", "skos:altLabel", ['"Low-Rank Adaptation"@en']),
        ("method/lora", "skos:inScheme", ["<https://w3id.org/digest-kg/id/scheme/methods>"]),
        ("method/lora", "kg:introducedBy", ["<https://arxiv.org/abs/2106.09685>"]),
        ("method/qlora", "rdf:type", ["<https://w3id.org/digest-kg/ontology#Method>"]),
        ("method/qlora", "skos:inScheme", []),  # the vocabulary does not know it
        ("topic/reasoning", "skos:broader", ["<https://w3id.org/digest-kg/id/topic/language>"]),
        ("topic/reasoning", "skos:inScheme", ["<https://w3id.org/digest-kg/id/scheme/tasks>"]),
        ("topic/冷门", "skos:inScheme", ["<https://w3id.org/digest-kg/id/scheme/tags>"]),
        (FIRST, "kg:fileName", ['"a.md"', '"copy of a.md"']),
        (FIRST, "dcterms:identifier", ['"0123456789abcdef"']),
        (FIRST, "kg:dialect", ['"listing"']),
    ],
)
def test_records_become_these_triples(node_id: str, name: str, expected: list[str]) -> None:
    """The table of the design, node by node."""
    assert values(node_id, name) == expected


def test_a_mention_spells_its_edge_and_its_quote_out() -> None:
    """Everything about a piece of evidence is on one node, which is named by what it says."""
    (edge,) = (edge for edge in sample_graph().edges() if (edge.source, edge.target) == (LATER, "method/qlora"))
    (evidence,) = edge.evidence
    mention = rdf.node(iri.mention_id(edge, evidence))
    found = {triple.predicate.value: str(triple.object) for triple in TRIPLES if triple.subject == mention}
    xsd = rdf.PREFIXES["xsd"]
    assert found == {
        rdf.term("rdf:type").value: "<https://w3id.org/digest-kg/ontology#Mention>",
        rdf.term("kg:paper").value: "<https://arxiv.org/abs/2310.00212>",
        rdf.term("kg:relation").value: "<https://w3id.org/digest-kg/ontology#proposes>",
        rdf.term("kg:entity").value: "<https://w3id.org/digest-kg/id/method/qlora>",
        rdf.term("kg:quote").value: '"QLoRA"@en',
        rdf.term("kg:part").value: '"title"',
        rdf.term("kg:rule").value: '"cue"',
        rdf.term("kg:confidence").value: f'"0.9"^^<{xsd}decimal>',
        rdf.term("kg:start").value: f'"0"^^<{xsd}integer>',
        rdf.term("kg:end").value: f'"5"^^<{xsd}integer>',
        rdf.term("kg:line").value: f'"2"^^<{xsd}integer>',
        rdf.term("prov:wasDerivedFrom").value: f"<https://w3id.org/digest-kg/id/{FIRST}>",
    }


def test_every_piece_of_evidence_has_its_own_mention() -> None:
    """As many mentions as evidence, and none stands behind two edges."""
    count = sum(len(edge.evidence) for edge in sample_graph().edges())
    mentions = [triple for triple in TRIPLES if triple.object == rdf.term("kg:Mention")]
    assert len({triple.subject for triple in mentions}) == len(mentions) == count > 10


def test_who_introduced_a_concept_is_asked_of_the_vocabulary() -> None:
    """Without a word from the caller, the shipped vocabulary says it, and of its concepts alone."""
    concept = next(concept for concept in vocabulary.load() if concept.introduced_by)
    for known in (True, False):
        entity = Entity(concept.id, concept.kind, concept.labels, concept=known)
        found = [triple.object for triple in rdf.triples(KnowledgeGraph([entity], []))]
        assert (rdf.node(concept.introduced_by) in found) is known


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/a/b", "https://github.com/a/b"),
        ("https://github.com/a/b#c#d", "https://github.com/a/b#c%23d"),
        ('https://x.org/<script>"\\{}|^`', "https://x.org/%3Cscript%3E%22%5C%7B%7D%7C%5E%60"),
        ("https://x.org/100%/%41", "https://x.org/100%25/%41"),
        ("https://x.org/思维链 \n", "https://x.org/思维链%20%0A"),
        ("no address", None),
    ],
)
def test_addresses_that_people_type_become_iris(address: str, expected: str | None) -> None:
    """What an IRI may not hold is percent-encoded; what cannot be one is left out."""
    found = list(rdf.node_triples(PaperNode("2310.00212", (), "", (address,)), ()))
    links = [str(triple.object) for triple in found if triple.predicate == rdf.term("schema:codeRepository")]
    assert links == ([f"<{expected}>"] if expected else [])


# --- In which order ----------------------------------------------------------------------------------------


def test_each_triple_comes_once_and_no_node_is_blank() -> None:
    """The stream is a set, of IRIs and literals."""
    assert len(set(TRIPLES)) == len(TRIPLES)
    assert all(isinstance(triple.subject, NamedNode) for triple in TRIPLES)
    assert all(isinstance(triple.object, NamedNode | Literal) for triple in TRIPLES)


def test_nodes_come_by_id_and_their_triples_by_property() -> None:
    """Subjects stand together, in the order of their ids; each mention follows its paper."""
    order = [iri.node_id(subject.strip("<>")) for subject, _ in groupby(TRIPLES, key=lambda item: str(item.subject))]
    assert len(set(order)) == len(order)
    nodes = [key for key in order if not key.startswith("mention/")]
    assert nodes == sorted(nodes)
    for _, group in groupby(TRIPLES, key=lambda triple: triple.subject):
        keys = [(triple.predicate.value, str(triple.object)) for triple in group]
        assert keys == sorted(keys)


def test_the_order_in_which_a_graph_was_made_leaves_no_trace() -> None:
    """Nodes and edges in reverse give the same stream."""
    graph = sample_graph()
    reverse = KnowledgeGraph(reversed(records(graph)), reversed(graph.edges()))
    assert list(rdf.triples(reverse, introduced_by=INTRODUCED)) == TRIPLES


def test_the_graph_is_the_sum_of_its_nodes() -> None:
    """A store that is kept up to date node by node ends with the same triples."""
    graph = sample_graph()
    found: set[Triple] = set()
    for record in records(graph):
        outgoing = [edge for edge in graph.edges_of(record.id) if edge.source == record.id]
        found |= set(rdf.node_triples(record, outgoing, introduced_by=INTRODUCED.get(record.id, "")))
    assert found == set(TRIPLES)


# --- That text survives ------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def _graph(text: str) -> KnowledgeGraph:
    entity = Entity(iri.entity_id(Kind.METHOD, text), Kind.METHOD, (Label(text, Lang.ZH),))
    return KnowledgeGraph([PaperNode("2310.00212", (Located(Part.TITLE, Lang.EN, text, FIRST, 1),)), entity], [])


@settings(deadline=None, max_examples=60)
@given(TEXTS | st.sampled_from([text.replace("\0", "") for text in HOSTILE]))
def test_any_text_survives_every_syntax(text: str) -> None:
    """Quotes, backslashes, line ends, direction marks and markup come back as they went, and name what they named."""
    expected = set(rdf.triples(_graph(text)))
    for syntax in (RdfFormat.N_TRIPLES, RdfFormat.TURTLE):
        document = serialize(expected, format=syntax, prefixes=rdf.PREFIXES)
        assert {quad.triple for quad in pyoxigraph.parse(document, format=syntax)} == expected
    lines = serialize(expected, format=RdfFormat.N_TRIPLES)
    titles = rdflib.Graph().parse(data=lines, format="nt").objects(None, rdflib.DCTERMS.title)
    assert [str(title) for title in titles] == [text]


def test_hostile_graphs_survive_rdflib() -> None:
    """A graph of attacks has as many triples, and the same ones, after a way through rdflib's Turtle."""
    expected = set(rdf.triples(hostile_graph()))
    turtle = rdf.to_rdflib(hostile_graph()).serialize(format="turtle")
    assert {quad.triple for quad in pyoxigraph.parse(turtle, format=RdfFormat.TURTLE)} == expected


def test_oxigraph_gives_back_the_literals_that_it_was_given() -> None:
    """Numbers, dates and months are written as Oxigraph writes them, so that store and export agree to the byte."""
    assert {quad.triple for quad in sample_store()} == set(TRIPLES)


# --- rdflib ------------------------------------------------------------------------------------------------


def test_python_users_get_an_rdflib_graph() -> None:
    """It holds every triple, knows the prefixes, and tells plain strings as rdflib's own parsers do."""
    graph = rdf.to_rdflib(sample_graph())
    assert len(graph) == len(set(rdf.triples(sample_graph())))
    assert (None, rdflib.DCTERMS.identifier, rdflib.Literal(LATER)) in graph
    assert "kg:Paper" in graph.serialize(format="turtle")
    assert selected(graph, "SELECT ?paper { ?paper kg:proposes method:lora }") == ["https://arxiv.org/abs/2106.09685"]


def test_a_store_on_disk_opens_in_rdflib_for_reading(tmp_path: Path) -> None:
    """SPARQL and triple patterns work on the store itself; nothing can be written to it."""
    store = Store(str(tmp_path / "db"))
    store.bulk_extend(Quad(triple.subject, triple.predicate, triple.object) for triple in TRIPLES)
    store.flush()
    del store
    graph = rdf.open_rdflib(tmp_path / "db")
    assert len(graph) == len(TRIPLES)
    lora, kind = rdflib.URIRef(rdf.node("method/lora").value), rdflib.URIRef(rdf.term("kg:Method").value)
    assert (lora, rdflib.RDF.type, kind) in graph
    assert selected(graph, "SELECT ?paper { ?paper kg:proposes method:lora }") == ["https://arxiv.org/abs/2106.09685"]
    with pytest.raises(RuntimeError, match="only possible on read-write"):
        graph.add((lora, rdflib.RDF.type, lora))


def test_a_store_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """The message names the folder and the remedy."""
    with pytest.raises(GraphError, match=r"db: no readable Oxigraph database .* Run kg build first"):
        rdf.open_rdflib(tmp_path / "db")
