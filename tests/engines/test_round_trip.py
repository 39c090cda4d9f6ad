"""One graph, in which every text is an attack, read back from every export and from both servers: all say the same.

Nodes, edges and evidence compare as sets. What a format leaves out by its own description is left out of its share:
JSON Lines tell of papers alone, GraphML has the best evidence of an edge. What Neo4j says is read back by
``test_neo4j``, property by property.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, NamedTuple

import igraph
import networkx as nx
import pytest
import rdflib
from pyld import jsonld
from writers_sample import hostile_graph

from kg import api, endpoint, iri, rdf
from kg.model import Relation
from kg.oxigraph import NamedNode, RdfFormat, parse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from servers import Fuseki

    from kg.graph import KnowledgeGraph

FIELDS = ("part", "lang", "quote", "start", "end", "rule", "confidence", "digest", "line")
RELATIONS = {rdf.relation(relation).value: relation.value for relation in Relation}


class Said(NamedTuple):
    """What an export says."""

    nodes: set[str]
    edges: set[tuple[str, str, str]]
    evidence: set[tuple[Any, ...]]


@pytest.fixture(scope="module")
def hostile() -> KnowledgeGraph:
    """Give the graph."""
    return hostile_graph()


@pytest.fixture(scope="module")
def exported(hostile: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export it in every format."""
    place = tmp_path_factory.mktemp("exported")
    api.export_graph(hostile, [], place)
    return place


@pytest.fixture(scope="module")
def itself(hostile: KnowledgeGraph) -> Said:
    """Say what the graph says."""
    edges = hostile.edges()
    return Said(
        set(hostile.network.nodes),
        {(edge.source, edge.relation.value, edge.target) for edge in edges},
        {
            (edge.source, edge.relation.value, edge.target, *(str(getattr(item, name)) for name in FIELDS))
            for edge in edges
            for item in edge.evidence
        },
    )


def of_triples(triples: Iterable[tuple[Any, Any, Any]]) -> Said:
    """Read RDF: addresses as texts, literals as (text, language)."""
    nodes, edges, about = set(), set(), dict[str, dict[str, Any]]()
    for subject, name, value in triples:
        key = iri.node_id(subject)
        if key.startswith("mention/"):
            about.setdefault(key, {})[re.split(r"[#/]", name)[-1]] = value
        else:
            nodes.add(key)
        if name in RELATIONS:
            edges.add((key, RELATIONS[name], iri.node_id(value)))
    evidence = set()
    for each in about.values():
        quote, lang = each["quote"]
        values = {name: each[name][0] for name in ("part", "start", "end", "rule", "confidence", "line")}
        values |= {"lang": lang, "quote": quote, "digest": iri.node_id(each["wasDerivedFrom"])}
        ends = iri.node_id(each["paper"]), RELATIONS[each["relation"]], iri.node_id(each["entity"])
        evidence.add((*ends, *(values[name] for name in FIELDS)))
    return Said(nodes, edges, evidence)


def from_oxigraph(content: bytes, form: RdfFormat) -> Said:
    """Read RDF by Oxigraph."""

    def plain(term: Any) -> Any:  # noqa: ANN401  a term
        return term.value if isinstance(term, NamedNode) else (term.value, term.language)

    return of_triples((plain(q.subject), plain(q.predicate), plain(q.object)) for q in parse(content, format=form))


def from_rdflib(graph: rdflib.Graph) -> Said:
    """Read RDF by rdflib."""

    def plain(term: Any) -> Any:  # noqa: ANN401  a term
        return str(term) if isinstance(term, rdflib.URIRef) else (str(term), term.language)

    return of_triples((plain(s), plain(p), plain(o)) for s, p, o in graph)


def test_n_triples_and_turtle_say_what_the_graph_says(exported: Path, itself: Said) -> None:
    for name, form in (("nt", RdfFormat.N_TRIPLES), ("ttl", RdfFormat.TURTLE)):
        assert from_oxigraph((exported / f"graph.{name}").read_bytes(), form) == itself
        assert from_rdflib(rdflib.Graph().parse(exported / f"graph.{name}", format=name)) == itself


def test_json_ld_says_it_to_an_independent_processor(exported: Path, itself: Said) -> None:
    document = json.loads((exported / "graph.jsonld").read_text("utf-8"))
    dataset = jsonld.to_rdf(document, {"produceGeneralizedRdf": False})
    assert set(dataset) == {"@default"}

    def plain(term: dict[str, Any]) -> Any:  # noqa: ANN401  a term
        return term["value"] if term["type"] == "IRI" else (term["value"], term.get("language"))

    triples = dataset["@default"]
    assert of_triples((plain(t["subject"]), plain(t["predicate"]), plain(t["object"])) for t in triples) == itself


def test_json_lines_say_it_of_papers(exported: Path, itself: Said) -> None:
    nodes, edges, evidence = set(), set(), set()
    for line in (exported / "graph.jsonl").read_text("utf-8").split("\n")[:-1]:
        record = json.loads(line)
        rows = [row for name in ("methods", "datasets", "topics") for row in record[name]]
        nodes |= {record["id"], *record["digests"], *(row["id"] for row in rows)}
        edges |= {(record["id"], "listedIn", digest) for digest in record["digests"]}
        for row in rows:
            for item in row["evidence"]:
                edges.add((record["id"], item["relation"], row["id"]))
                evidence.add((record["id"], item["relation"], row["id"], *(str(item[name]) for name in FIELDS)))
    assert nodes == itself.nodes - {"topic/top"}
    assert edges == {edge for edge in itself.edges if edge[1] != "broader"}
    assert evidence == itself.evidence


def legal(text: str) -> str:
    """Give what XML can hold of a text."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def test_graphml_says_it_to_networkx_and_igraph(exported: Path, itself: Said) -> None:
    network = nx.read_graphml(exported / "graph.graphml", force_multigraph=True)
    other = igraph.Graph.Read_GraphML(str(exported / "graph.graphml"))
    best = {tuple(map(legal, item)) for item in itself.evidence}
    ids = set(map(legal, itself.nodes))
    assert set(network.nodes) == set(other.vs["id"]) == ids
    edges = {(legal(source), relation, legal(target)) for source, relation, target in itself.edges}
    assert {(a, data["relation"], b) for a, b, data in network.edges(data=True)} == edges
    assert {(other.vs[e.source]["id"], e["relation"], other.vs[e.target]["id"]) for e in other.es} == edges
    for a, b, data in network.edges(data=True):
        if "quote" in data:
            assert (a, data["relation"], b, *(str(data[name]) for name in FIELDS)) in best
    assert {type(data["confidence"]) for *_, data in network.edges(data=True)} == {float}
    assert all(isinstance(edge["start"], float) for edge in other.es)  # igraph has but one type of number
    assert ET.parse(exported / "graph.graphml").getroot().tag.endswith("}graphml")  # noqa: S314  our own file


def test_a_running_fuseki_says_it(hostile: KnowledgeGraph, itself: Said, fuseki: Fuseki) -> None:
    endpoint.push(f"{fuseki.url}/data", hostile)
    made = endpoint.run(f"{fuseki.url}/query", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert from_oxigraph(made.document, RdfFormat.N_TRIPLES) == itself
