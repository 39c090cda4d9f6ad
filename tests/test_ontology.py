"""The authored files of ``ontology/``: every term defined and used, in both languages, readable by everyone."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
import rdflib
from rdf_sample import sample_graph

from kg import iri, rdf, resources
from kg.model import Relation
from kg.oxigraph import read_turtle
from kg.writers import jsonld, nt

if TYPE_CHECKING:
    from pathlib import Path

ONTOLOGY = resources.ontology()
TURTLE = sorted(ONTOLOGY.rglob("*.ttl"), key=str)
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OWL = "http://www.w3.org/2002/07/owl#"


def facts() -> dict[str, dict[str, list[str]]]:
    """Read what ``kg.ttl`` says of each of its terms: N-Triples terms by property, by local name."""
    found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for triple in read_turtle(ONTOLOGY / "kg.ttl"):
        subject = str(triple.subject).strip("<>")
        if subject.startswith(iri.ONTOLOGY):
            found[subject.removeprefix(iri.ONTOLOGY)][triple.predicate.value].append(str(triple.object))
    return {name: dict(values) for name, values in found.items()}


DEFINED = facts()
PROPERTIES = sorted(name for name in DEFINED if name[0].islower())


def used() -> set[str]:
    """List the local names of every ``kg:`` term outside ``kg.ttl``."""
    files = [*(ONTOLOGY / "vocab").glob("*.ttl"), *(ONTOLOGY / "queries").glob("*.rq")]
    files += [ONTOLOGY / "shapes.ttl", ONTOLOGY / "context.jsonld", resources.ontology().parent / "kg" / "rdf.py"]
    text = "\n".join(path.read_text("utf-8") for path in files)
    relations = {str(relation) for relation in Relation if relation is not Relation.BROADER}
    return set(re.findall(r"\bkg:(\w+)", text)) | relations


def test_every_term_that_is_used_is_defined() -> None:
    """No graph, shape, query, context or vocabulary speaks of a term that ``kg.ttl`` does not explain."""
    assert used() - DEFINED.keys() == set()


def test_every_term_that_is_defined_is_used() -> None:
    """No term is left over."""
    assert DEFINED.keys() - used() == set()


@pytest.mark.parametrize("name", sorted(DEFINED))
def test_every_term_is_explained_in_both_languages(name: str) -> None:
    """Each has one label and one comment in English and in Chinese."""
    for word in ("label", "comment"):
        languages = sorted(text.rpartition("@")[2] for text in DEFINED[name][RDFS + word])
        assert languages == ["en", "zh"], word


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_says_what_it_joins(name: str) -> None:
    """Domain and range are stated, and a domain is a class of ours."""
    (domain,) = DEFINED[name][RDFS + "domain"]
    assert domain.strip("<>").removeprefix(iri.ONTOLOGY) in set(DEFINED) - set(PROPERTIES)
    assert len(DEFINED[name][RDFS + "range"]) == 1


@pytest.mark.parametrize("path", TURTLE, ids=lambda path: path.name)
def test_rdflib_and_oxigraph_read_the_same(path: Path) -> None:
    """Both parsers find as many triples in every Turtle file."""
    assert len(set(read_turtle(path))) == len(rdflib.Graph().parse(path))


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("Paper", "http://purl.org/spar/fabio/ResearchPaper"),
        ("Paper", "https://schema.org/ScholarlyArticle"),
        ("Paper", "https://linkedpaperswithcode.com/class/paper"),
        ("Method", "https://w3id.org/cskg/ontology#Method"),
        ("Dataset", "https://schema.org/Dataset"),
        ("Dataset", "http://www.w3.org/ns/dcat#Dataset"),
        ("Dataset", "https://w3id.org/cskg/ontology#Material"),
        ("Topic", "http://www.w3.org/2004/02/skos/core#Concept"),
        ("Topic", "https://w3id.org/cskg/ontology#Task"),
        ("Mention", "http://www.w3.org/ns/prov#Entity"),
        ("introducedBy", "https://linkedpaperswithcode.com/property/introducedBy"),
    ],
)
def test_terms_are_aligned_with_those_that_others_use(name: str, home: str) -> None:
    """A reader who knows FaBiO, CS-KG, Linked Papers With Code, schema.org, DCAT or PROV finds the way."""
    relations = (RDFS + "subClassOf", RDFS + "subPropertyOf", SKOS + "closeMatch")
    assert f"<{home}>" in [value for relation in relations for value in DEFINED[name].get(relation, [])]


def test_the_ontology_introduces_itself() -> None:
    """Its header states version, licence and the prefix that kg uses."""
    graph = rdflib.Graph().parse(ONTOLOGY / "kg.ttl")
    header = rdflib.URIRef(iri.ONTOLOGY.rstrip("#"))
    assert (header, rdflib.RDF.type, rdflib.URIRef(f"{OWL}Ontology")) in graph
    assert str(graph.value(header, rdflib.URIRef(f"{OWL}versionInfo"))).count(".") == 2
    assert graph.value(header, rdflib.DCTERMS.license) is not None
    assert str(graph.value(header, rdflib.URIRef("http://purl.org/vocab/vann/preferredNamespaceUri"))) == iri.ONTOLOGY


# --- context.jsonld ----------------------------------------------------------------------------------------


def context() -> dict[str, object]:
    """Read the JSON-LD context."""
    document: dict[str, dict[str, object]] = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8"))
    return document["@context"]


def test_the_context_names_every_term_and_prefix() -> None:
    """Every term of the ontology has a name in JSON-LD, and every prefix of kg is there."""
    terms = {value["@id"] if isinstance(value, dict) else value for value in context().values()}
    assert {f"kg:{name}" for name in DEFINED} <= terms
    assert rdf.PREFIXES.items() <= context().items()


def test_json_that_a_person_writes_with_the_context_means_the_same_triples() -> None:
    """Language maps, dates, numbers and references need no type in the document."""
    document = {
        "@context": context(),
        "@id": "arxiv:2310.00212",
        "@type": "Paper",
        "title": {"en": ["A", "B"], "zh": "甲"},
        "issued": "2023-09-30",
        "month": "2023-10",
        "usesMethod": ["method:lora", "method:c%23"],
    }
    expected = """
        arxiv:2310.00212 a kg:Paper ; dcterms:title "A"@en, "B"@en, "甲"@zh ; kg:month "2023-10"^^xsd:gYearMonth ;
        dcterms:issued "2023-09-30"^^xsd:date ; kg:usesMethod method:lora, <https://w3id.org/digest-kg/id/method/c%23> .
    """
    prefixes = "".join(f"@prefix {name}: <{base}> .\n" for name, base in rdf.PREFIXES.items())
    turtle = set(pyoxigraph.parse(prefixes + expected, format=pyoxigraph.RdfFormat.TURTLE))
    found = set(pyoxigraph.parse(json.dumps(document), format=pyoxigraph.RdfFormat.JSON_LD))
    assert found == turtle


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib, of its own parser
def test_expanded_json_ld_equals_n_triples() -> None:
    """What the writer says by way of the context is what N-Triples say, to rdflib as to Oxigraph."""
    ((_, chunks),) = jsonld.render(sample_graph())
    document = b"".join(chunks)
    ((_, lines),) = nt.render(sample_graph())
    expected = set(pyoxigraph.parse(b"".join(lines), format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert set(pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.JSON_LD)) == expected
    by_rdflib = rdflib.Graph().parse(data=document, format="json-ld").serialize(format="nt")
    assert set(pyoxigraph.parse(by_rdflib, format=pyoxigraph.RdfFormat.N_TRIPLES)) == expected
