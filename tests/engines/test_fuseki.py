"""Fuseki takes the RDF exports without a word, and answers as Oxigraph and rdflib do."""

from __future__ import annotations

import re
import urllib.request
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import rdflib
import servers

from kg import api, endpoint, iri, query, rdf, shipped
from kg.endpoint import Updated
from kg.errors import InputError, KgError, NotFoundError, OutputError, QueryError
from kg.oxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse
from kg.rdf import triples
from kg.writers import _rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conftest import Run
    from servers import Fuseki

    from kg.graph import KnowledgeGraph

WRONG = "wrong-one"
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
        other = fuseki.dataset("other")
        put(f"{other}/data?default", TYPES[name], (exported / f"graph.{name}").read_bytes())
        assert everything(f"{other}/query") == own(graph)
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
        data, ask = f"{fuseki.dataset('other')}/data", f"{fuseki.dataset('other')}/query"
        put(f"{data}?default", "application/n-triples", b"<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n")
        endpoint.push(data, graph, add=True)
        assert len(everything(ask)) == len(own(graph)) + 1
        for _ in range(2):
            endpoint.push(data, graph)
            assert everything(ask) == own(graph)
        endpoint.push(data, graph, named="http://e.org/graph?ü=/&x")
        rows = endpoint.run(ask, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").table_rows()
        put(f"{data}?graph=http%3A%2F%2Fe.org%2Fgraph%3F%C3%BC%3D%2F%26x", "application/n-triples", b"")
        assert rows == [(str(len(own(graph))),)]


class TestUpdate:
    """``kg push sparql --update``: what differs, on a server that keeps its data on disk and numbers by value."""

    @pytest.mark.parametrize(
        ("graph", "named"), [("samples", ""), ("hostile", "http://e.org/graph?ü=/&x")], indirect=["graph"]
    )
    def test_sends_what_grew_and_takes_back_what_shrank_and_then_nothing(
        self, fuseki: Fuseki, graph: KnowledgeGraph, named: str
    ) -> None:
        disk = fuseki.dataset("disk")
        ask, old = f"{disk}/query", {paper.id for paper in graph.papers()[:3]}
        part = graph.part({node.id for node in _rows.nodes(graph)} - old)
        grown = len(own(graph)) - len(own(part))
        where = {"queries": ask, "named": named}
        endpoint.update(f"{disk}/update", part, **where)  # type: ignore[arg-type]
        assert endpoint.update(f"{disk}/update", graph, **where) == Updated(len(own(graph)), grown, 0)  # type: ignore[arg-type]
        assert held(ask, named) == own(graph)
        assert endpoint.update(disk, graph, named=named) == Updated(len(own(graph)), 0, 0)
        assert endpoint.update(disk, part, named=named, add=True) == Updated(len(own(part)), 0, 0)
        assert endpoint.update(disk, part, named=named) == Updated(len(own(part)), 0, grown)
        assert held(ask, named) == own(part)

    @pytest.mark.parametrize("graph", ["samples"], indirect=True)
    def test_an_update_that_breaks_off_is_mended_by_the_next(
        self, fuseki: Fuseki, graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(endpoint, "BATCH", 1_000)
        other = fuseki.dataset("other")
        put(f"{other}/data?default", "application/n-triples", b"")
        with servers.breaking(fuseki.port, after=300_000) as port, pytest.raises(OutputError) as caught:
            endpoint.update(f"http://127.0.0.1:{port}/other", graph)
        assert re.search("the connection broke|no server answers", str(caught.value))
        assert "\n" not in str(caught.value)
        assert everything(f"{other}/query") < own(graph)
        assert 0 < endpoint.update(other, graph).added < len(own(graph))
        assert everything(f"{other}/query") == own(graph)

    @pytest.mark.parametrize("graph", ["hostile"], indirect=True)
    @pytest.mark.parametrize(
        ("stall", "words"), [(False, "connection broke|no server"), (True, "no answer within 2 s")]
    )
    def test_a_push_that_breaks_off_or_waits_in_vain_leaves_what_was_there(
        self, fuseki: Fuseki, graph: KnowledgeGraph, *, stall: bool, words: str
    ) -> None:
        """Of the whole graph in one request, half a request is none."""
        other = fuseki.dataset("other")
        old = b"<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n"
        put(f"{other}/data?default", "application/n-triples", old)
        with (
            servers.breaking(fuseki.port, after=300_000, stall=stall) as port,
            pytest.raises(OutputError, match=words) as caught,
        ):
            endpoint.push(f"http://127.0.0.1:{port}/other/data", graph, timeout=2)
        assert "\n" not in str(caught.value)
        assert len(everything(f"{other}/query")) == 1
        endpoint.push(f"{other}/data", graph)
        assert everything(f"{other}/query") == own(graph)

    @pytest.mark.parametrize("graph", ["samples"], indirect=True)
    def test_what_is_not_ours_is_left_or_refused_but_never_half_removed(
        self, fuseki: Fuseki, graph: KnowledgeGraph
    ) -> None:
        other = fuseki.dataset("other")
        put(f"{other}/data?default", "application/n-triples", b"_:a <http://e.org/b> <http://e.org/c> .\n")
        with pytest.raises(OutputError, match=r"holds blank nodes, .* --named"):
            endpoint.update(other, graph)
        assert len(everything(f"{other}/query")) == 1
        assert endpoint.update(other, graph, add=True).added == len(own(graph))
        assert len(everything(f"{other}/query")) == len(own(graph)) + 1

    @pytest.mark.parametrize("graph", ["samples"], indirect=True)
    def test_the_command_says_what_changed_and_keeps_the_password(
        self, fuseki: Fuseki, graph: KnowledgeGraph, sample_graph_directory: Path, kg: Callable[..., Run]
    ) -> None:
        number, closed = f"{len(own(graph)):,}", fuseki.dataset("closed")
        put_away = {"SPARQL_USERNAME": "ann", "SPARQL_PASSWORD": servers.PASSWORD}
        update = ("push", "sparql", f"{closed}/update", "--update", "--endpoint", f"{closed}/query")
        command = (*update, "--named", "http://e.org/g", "-g", str(sample_graph_directory))
        told = f"{closed}/update: {number} triples; "
        first, again = kg(*command, **put_away), kg(*command, **put_away)
        assert first.stderr == f"{told}{number} added, 0 removed, 0 unchanged.\n"
        assert again.stderr == f"{told}0 added, 0 removed, {number} unchanged.\n"
        wrong = kg(*command, SPARQL_USERNAME="ann", SPARQL_PASSWORD=WRONG)
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert re.fullmatch(r"kg: \S+: the server refuses us .401.*Is SPARQL_PASSWORD the one of ann\?\n", wrong.stderr)
        secrets = {servers.PASSWORD, WRONG}
        assert not any(secret in done.stderr for done in (first, again, wrong) for secret in secrets)
        assert "--update" in kg("push", "sparql", closed, "--endpoint", closed).stderr


def held(address: str, named: str) -> set[tuple[query.Term | None, ...]]:
    """Read a graph of a server."""
    if not named:
        return everything(address)
    return set(endpoint.run(address, f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {NamedNode(named)} {{ ?s ?p ?o }} }}").rows)


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

    @pytest.mark.parametrize(
        "arguments",
        [
            ("papers-on-method", "低秩适配", "-f", "csv"),
            ("top-datasets", "limit=3", "-f", "table"),
            ("ASK { ?s a kg:Paper }", "-f", "json"),
            ("CONSTRUCT { ?p a kg:Paper } { ?p a kg:Paper } ORDER BY ?p LIMIT 3",),
        ],
    )
    def test_the_command_prints_what_it_prints_of_the_graph_directory(
        self, served: str, sample_graph_directory: Path, kg: Callable[..., Run], arguments: tuple[str, ...]
    ) -> None:
        ours = kg("query", *arguments, "-g", sample_graph_directory)
        theirs = kg("query", *arguments, "--endpoint", served)
        assert ours.stdout
        assert (theirs.returncode, theirs.stdout, theirs.stderr) == (0, ours.stdout, ours.stderr)

    def test_the_command_takes_a_file_and_the_address_from_the_environment(
        self, served: str, tmp_path: Path, kg: Callable[..., Run]
    ) -> None:
        (tmp_path / "a.rq").write_text("SELECT (COUNT(?p) AS ?n) { ?p a kg:Paper }", "utf-8")
        assert kg("query", "a.rq", "-f", "csv", KG_ENDPOINT=served).stdout == "n\n47\n"

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            (("SELECT * { ?s ?p",), 2, "kg: query: the server rejects it"),
            (("papers-on-method", "no such thing"), 1, "kg: no such thing: nothing at "),
            (("papers-on-method",), 2, "is missing"),
        ],
    )
    def test_the_command_tells_what_is_wrong_in_one_line(
        self, served: str, kg: Callable[..., Run], arguments: tuple[str, ...], code: int, words: str
    ) -> None:
        done = kg("query", *arguments, "--endpoint", served)
        assert (done.returncode, done.stdout) == (code, "")
        assert words in done.stderr
        assert done.stderr.count("\n") == 1

    def test_a_query_that_takes_too_long_is_given_up(self, served: str) -> None:
        with pytest.raises(QueryError, match=r"no result within 0.3 s"):
            endpoint.run(served, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.3)

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
