"""Fuseki takes the RDF exports without a word, and answers as Oxigraph and rdflib do."""

from __future__ import annotations

import re
import urllib.request
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import rdflib

from kg import api, endpoint, iri, query, rdf, shipped
from kg.errors import InputError, KgError, NotFoundError, OutputError, QueryError
from kg.oxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse
from kg.rdf import triples

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from servers import Fuseki

    from kg.graph import KnowledgeGraph

TYPES = {"nt": "application/n-triples", "ttl": "text/turtle", "jsonld": "application/ld+json"}


@pytest.fixture(scope="module")
def exported(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the graph as RDF."""
    place = tmp_path_factory.mktemp("rdf")
    api.export_graph(graph, list(TYPES), place)
    return place


@pytest.fixture(scope="module")
def served(graph: KnowledgeGraph, fuseki: Fuseki) -> str:
    """Push the graph to the server and give the address for queries."""
    assert endpoint.push(f"{fuseki.url}/data", graph) == len(set(triples(graph)))
    return f"{fuseki.url}/query"


def put(address: str, kind: str, content: bytes) -> None:
    """Replace a graph by the Graph Store Protocol, without kg."""
    request = urllib.request.Request(address, content, {"Content-Type": kind}, method="PUT")  # noqa: S310  our own
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310  likewise
        assert response.status in {200, 201, 204}


def everything(address: str) -> set[tuple[query.Term | None, ...]]:
    """Read the default graph of a server."""
    return set(endpoint.run(address, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }").rows)


def own(graph: KnowledgeGraph) -> set[tuple[query.Term | None, ...]]:
    """Give the triples of the graph in the same shape."""
    return {(item.subject, item.predicate, item.object) for item in triples(graph)}  # type: ignore[misc]


class TestExports:
    """What the parsers of Jena say of our files."""

    @pytest.mark.parametrize("name", TYPES)
    def test_riot_has_nothing_to_say(self, fuseki: Fuseki, exported: Path, name: str) -> None:
        done = fuseki.riot("--validate", "--strict", exported / f"graph.{name}")
        assert done.returncode == 0, done.stdout
        assert not re.search(r"WARN|ERROR", done.stdout), done.stdout

    @pytest.mark.parametrize("name", TYPES)
    def test_each_file_loads_without_a_warning_and_comes_back_whole(
        self, fuseki: Fuseki, graph: KnowledgeGraph, exported: Path, name: str
    ) -> None:
        said = fuseki.log.stat().st_size
        put(f"{fuseki.url}/data?default", TYPES[name], (exported / f"graph.{name}").read_bytes())
        assert everything(f"{fuseki.url}/query") == own(graph)
        assert not re.search(r"WARN|ERROR", fuseki.log.read_bytes()[said:].decode())


def comparable(rows: Iterable[Iterable[object]]) -> list[tuple[object, ...]]:
    """Make rows of any engine alike: numbers by value, since engines may write 0.10 or 1.0E-1; order is left out."""

    def cell(term: object) -> object:
        if term is None:
            return ""
        if isinstance(term, NamedNode | rdflib.URIRef):
            return str(getattr(term, "value", term))
        text, kind, lang = (
            (term.value, term.datatype.value, term.language)
            if isinstance(term, Literal)
            else (str(term), str(getattr(term, "datatype", None) or ""), getattr(term, "language", None))
        )
        number = kind.rpartition("#")[2] in {"integer", "decimal", "double"}
        return round(float(Decimal(text)), 6) if number else (text, lang or "")

    return sorted((tuple(map(cell, row)) for row in rows), key=repr)


@pytest.fixture(scope="module")
def store(graph: KnowledgeGraph) -> Store:
    """Load the graph into Oxigraph."""
    loaded = Store()
    loaded.extend(Quad(item.subject, item.predicate, item.object) for item in triples(graph))
    return loaded


@pytest.fixture(scope="module")
def in_rdflib(graph: KnowledgeGraph) -> rdflib.Graph:
    """Load the graph into rdflib."""
    return rdf.to_rdflib(graph)


def asked(graph: KnowledgeGraph, name: str) -> str:
    """Give a shipped query about what the graph has: the example, else the busiest thing; then one joined to that."""
    found = shipped.find(name)
    nodes: dict[str, str] = {}
    for each in found.parameters:
        within = graph.neighbourhood(next(iter(nodes.values()))) if nodes else graph
        every = [*(paper.id for paper in within.papers()), *(entity.id for entity in within.entities())]
        things = [key for key in every if iri.kind_of(key) in each.kinds]
        example = iri.entity_id(each.kinds[0], each.example)
        nodes[each.name] = example if example in within else max(things, key=lambda key: len(graph.edges_of(key)))
    return found.bind({name: rdf.node(key) for name, key in nodes.items()})


@pytest.mark.parametrize("name", [item.name for item in shipped.shipped()])
def test_every_shipped_query_gives_the_same_rows_in_three_engines(
    graph: KnowledgeGraph, served: str, store: Store, in_rdflib: rdflib.Graph, name: str
) -> None:
    """Where nothing is found, rdflib is left out: its GROUP BY then gives a row of nothing, against the standard."""
    text = asked(graph, name)
    ours = comparable(query.run(store, text).rows)
    assert comparable(endpoint.run(served, text).rows) == ours
    if ours:
        assert comparable(in_rdflib.query(text)) == ours  # type: ignore[arg-type]
    else:
        assert graph.counts()["digest"] == 1, f"{name} finds nothing in the samples"


def test_rows_come_in_the_same_order(graph: KnowledgeGraph, served: str, store: Store) -> None:
    """Every shipped query ends in ORDER BY over all that tells rows apart."""
    for item in shipped.shipped():
        text = asked(graph, item.name)
        theirs = [row[:1] for row in endpoint.run(served, text).table_rows()]
        assert theirs == [row[:1] for row in query.run(store, text).table_rows()], item.name


class TestPush:
    """``kg push sparql``: whole or not at all, as often as you like."""

    def test_replaces_adds_and_writes_named_graphs(self, fuseki: Fuseki, graph: KnowledgeGraph) -> None:
        data, ask = f"{fuseki.url}/data", f"{fuseki.url}/query"
        put(f"{data}?default", "application/n-triples", b"<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n")
        endpoint.push(data, graph, add=True)
        assert len(everything(ask)) == len(own(graph)) + 1
        for _ in range(2):
            endpoint.push(data, graph)
            assert everything(ask) == own(graph)
        endpoint.push(data, graph, named="http://e.org/graph?ü=/&x")
        rows = endpoint.run(ask, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").table_rows()
        assert rows == [(str(len(own(graph))),)]
        put(f"{data}?graph=http%3A%2F%2Fe.org%2Fgraph%3F%C3%BC%3D%2F%26x", "application/n-triples", b"")


@pytest.mark.parametrize("graph", ["samples"], indirect=True)
class TestQuery:
    """``kg query --endpoint``: the same answers as from the graph directory, errors in one line."""

    @pytest.mark.parametrize(
        ("name", "parameters"),
        [
            ("papers-on-method", {"method": "LoRA"}),
            ("papers-on-method", {"method": "method/lora", "limit": "2"}),
            ("papers-on-method", {"method": "低秩适配"}),
            ("newest-papers", {"topic": "机器翻译"}),
            ("related-papers", {"paper": "https://arxiv.org/abs/2106.09685v2"}),
            ("methods-proposed-by", {"paper": "LoRA: Low-Rank Adaptation of Large Language Models"}),
            ("evidence", {"paper": "2106.09685", "entity": "https://w3id.org/digest-kg/id/method/lora"}),
        ],
    )
    def test_parameters_are_names_or_ids(
        self, served: str, store: Store, name: str, parameters: dict[str, str]
    ) -> None:
        expected = query.run(store, name, parameters=parameters).table_rows()
        assert expected
        assert endpoint.run(served, name, parameters=parameters).table_rows() == expected

    def test_ask_and_construct_are_answers_and_graphs(self, served: str) -> None:
        assert endpoint.run(served, "ASK { ?s a kg:Paper }").table_rows() == [("true",)]
        made = endpoint.run(served, "CONSTRUCT { ?p a kg:Paper } { ?p a kg:Paper } LIMIT 3")
        assert made.form is query.Form.GRAPH
        assert len(list(parse(made.render("nt"), format=RdfFormat.N_TRIPLES))) == 3

    @pytest.mark.parametrize(
        ("text", "parameters", "kind", "words"),
        [
            ("SELECT * { ?s ?p", {}, QueryError, "the server rejects it"),
            ("papers-on-methods", {}, QueryError, "no such shipped query"),
            ("papers-on-method", {}, QueryError, "is missing"),
            ("papers-on-method", {"methot": "LoRA"}, QueryError, "there is no parameter"),
            ("papers-on-method", {"method": "LoRA", "limit": "x"}, QueryError, "is no number"),
            ("papers-on-method", {"method": 'a" } ?x "\\u0022'}, NotFoundError, "has this name"),
            ("SELECT * {}", {"a": "b"}, QueryError, "takes no parameters"),
        ],
    )
    def test_a_wrong_question_is_told_in_one_line(
        self, served: str, text: str, parameters: dict[str, str], kind: type[KgError], words: str
    ) -> None:
        with pytest.raises(kind, match=words) as caught:
            endpoint.run(served, text, parameters=parameters)
        assert "\n" not in str(caught.value)

    def test_a_wrong_address_is_told_in_one_line(self, served: str, graph: KnowledgeGraph) -> None:
        base = served.rpartition("/")[0]
        with pytest.raises(InputError, match="404"):
            endpoint.run(f"{base}x/query", "ASK {}")
        with pytest.raises(OutputError, match=r"405|404"):
            endpoint.push(served, graph)
        with pytest.raises(InputError, match="cannot name a graph"):
            endpoint.push(served, graph, named="no iri")
        with pytest.raises(InputError, match=r"405|not with SPARQL results"):
            endpoint.run(base.rpartition("/")[0] + "/$/ping", "ASK {}")
