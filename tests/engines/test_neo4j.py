"""Neo4j itself takes the export: the CSV by its import tool, the script by its shell; both say what the graph says."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import re
import socket
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import servers
from neo4j import GraphDatabase
from neo4j.time import Date

from kg import api, iri, push, query
from kg.errors import KgError, OutputError
from kg.model import Evidence
from kg.oxigraph import NamedNode, Quad, Store
from kg.rdf import triples
from kg.writers import _cypher, _rows, neo4j

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j import Driver

    from kg.graph import KnowledgeGraph

ROOT = Path(__file__).resolve().parents[2]
Properties = dict[str, object]
Contents = tuple[dict[str, Properties], dict[tuple[str, str, str], Properties]]


class Loaded:
    """A graph, its export, and a running Neo4j, which each test brings into the state that it needs.

    Tests run in any order, on any worker: what one of them leaves is no other's condition.
    """

    def __init__(self, graph: KnowledgeGraph, files: Path, server: servers.Neo4j) -> None:
        self.graph = graph
        self.files = files
        self.server = server
        self.report = ""
        self.driver: Driver
        self._state = ""
        self._running = ExitStack()

    def close(self) -> None:
        """Stop the server."""
        self._running.close()

    def rows(self, cypher: str, **parameters: object) -> list[tuple[object, ...]]:
        """Ask in Cypher."""
        records, _, _ = self.driver.execute_query(cypher, parameters, database_="neo4j")
        return [tuple(record.values()) for record in records]

    def imported(self) -> None:
        """Hold what the import tool leaves; the server is stopped and filled anew only if a test has written to it."""
        if self._state != "imported":
            self._running.close()
            command = ("sh", self.files / "import.sh", "neo4j", "--overwrite-destination")
            done = servers.call(*command, environment=self.server.environment)
            assert done.returncode == 0, done.stdout
            self.report, self._state = done.stdout, "imported"
            self._start()

    def emptied(self) -> None:
        """Hold nothing: no node, no constraint, no index."""
        if not self._state:
            self._start()
        self._state = "other"
        self.rows("MATCH (n) DETACH DELETE n")
        for (name,) in self.rows("SHOW CONSTRAINTS YIELD name"):
            self.rows(f"DROP CONSTRAINT {name}")
        for (name,) in self.rows("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
            self.rows(f"DROP INDEX {name}")

    def scripted(self) -> None:
        """Hold what ``graph.cypher`` leaves."""
        if self._state != "scripted":
            self.emptied()
            self.run_script()
            self._state = "scripted"

    def run_script(self) -> None:
        """Run ``graph.cypher`` in cypher-shell."""
        done = self.server.shell("-f", self.files / "graph.cypher")
        assert done.returncode == 0, done.stdout

    def _start(self) -> None:
        """Start the server, and a driver that waits for nothing an earlier database has seen."""
        self._running.enter_context(self.server.started())
        driver = GraphDatabase.driver(self.server.url, auth=("neo4j", servers.PASSWORD))
        self.driver = self._running.enter_context(driver)


@pytest.fixture(scope="module")
def loaded(graph: KnowledgeGraph, neo4j_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Export the graph and give a Neo4j for it, which starts with the first test that asks for a state."""
    place = tmp_path_factory.mktemp("neo4j")
    api.export_graph(graph, ["neo4j"], place)
    with closing(Loaded(graph, place / "neo4j", servers.neo4j(neo4j_home, place))) as made:
        yield made


@pytest.fixture
def imported(loaded: Loaded) -> Loaded:
    """Give the database as the import tool leaves it."""
    loaded.imported()
    return loaded


@pytest.fixture
def scripted(loaded: Loaded) -> Loaded:
    """Give the database as the script leaves it."""
    loaded.scripted()
    return loaded


@pytest.fixture
def emptied(loaded: Loaded) -> Loaded:
    """Give the database empty."""
    loaded.emptied()
    return loaded


def expected(graph: KnowledgeGraph, *, csv: bool) -> Contents:
    """Say what a database should hold; in CSV, control characters are blanks."""

    def value(name: str, given: object) -> object:
        if name == "date":
            return Date.from_native(dt.date.fromisoformat(str(given)))
        if isinstance(given, list):
            return [value("", item) for item in given]
        return plain(given) if csv and isinstance(given, str) else given

    def values(given: _cypher.Properties) -> Properties:
        return {name: value(name, item) for name, item in given.items()}

    nodes = {str((found := values(neo4j.properties(node)))["id"]): found for node in _rows.nodes(graph)}
    keys = {node.id: str(value("", neo4j.key(node.id))) for node in _rows.nodes(graph)}
    edges = {
        (keys[edge.source], neo4j.TYPES[edge.relation], keys[edge.target]): values(neo4j.claim(edge))
        for edge in graph.edges()
    }
    return nodes, edges


def contents(loaded: Loaded) -> Contents:
    """Read everything that the database holds."""
    nodes = loaded.rows("MATCH (n) RETURN n.id, properties(n)")
    edges = loaded.rows("MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, properties(r)")
    assert len(nodes) == len({row[0] for row in nodes}), "a node is doubled"
    assert len(edges) == len({row[:3] for row in edges}), "a relationship is doubled"
    return {row[0]: row[1] for row in nodes}, {row[:3]: row[3] for row in edges}  # type: ignore[misc]


def counts(loaded: Loaded) -> dict[str, int]:
    """Count nodes by label and relationships by type."""
    rows = loaded.rows("MATCH (n) UNWIND labels(n) AS label RETURN label, count(*)")
    rows += loaded.rows("MATCH ()-[r]->() RETURN type(r), count(*)")
    return {str(name): int(str(number)) for name, number in rows}


def own_counts(graph: KnowledgeGraph) -> dict[str, int]:
    """Count the same in the graph itself."""
    names = {str(kind): name for kind, name in (*neo4j.LABELS.items(), *neo4j.TYPES.items())}
    return {names[name]: number for name, number in graph.counts().items() if number}


class TestImport:
    """``neo4j-admin database import full`` and what it leaves."""

    def test_no_line_is_rejected(self, imported: Loaded) -> None:
        numbers = {
            what: int(number)
            for number, what in re.findall(r"^  (\d+) (nodes|relationships)$", imported.report, re.MULTILINE)
        }
        assert numbers == {"nodes": len(imported.graph), "relationships": len(imported.graph.edges())}
        assert (imported.files / "import.report").read_text("utf-8") == ""
        assert "normalized" not in imported.report, "a column has a type that Cypher does not have"

    def test_counts_by_label_and_type_are_those_of_the_graph(self, imported: Loaded) -> None:
        assert counts(imported) == own_counts(imported.graph)

    def test_every_property_is_there_with_its_type(self, imported: Loaded) -> None:
        assert contents(imported) == expected(imported.graph, csv=True)

    @pytest.mark.parametrize(
        ("where", "name", "kind"),
        [
            ("(x)", "id", "STRING NOT NULL"),
            ("(x:Paper)", "date", "DATE NOT NULL"),
            ("(x:Paper)", "code", "LIST<STRING NOT NULL> NOT NULL"),
            ("(x:Method|Dataset|Topic)", "aliases", "LIST<STRING NOT NULL> NOT NULL"),
            ("(x:Method|Dataset|Topic)", "concept", "BOOLEAN NOT NULL"),
            ("()-[x]->()", "confidence", "FLOAT NOT NULL"),
            ("()-[x]->()", "start", "INTEGER NOT NULL"),
            ("()-[x]->()", "evidence", "STRING NOT NULL"),
        ],
    )
    def test_properties_have_types(self, imported: Loaded, where: str, name: str, kind: str) -> None:
        rows = imported.rows(f"MATCH {where} WHERE x.{name} IS NOT NULL RETURN DISTINCT valueType(x.{name})")
        assert rows == [(kind,)]


QUESTIONS = [
    (
        "MATCH (p:Paper)-[:PROPOSES|USES_METHOD]->(m:Method) RETURN m.id, count(DISTINCT p)",
        "SELECT ?m (COUNT(DISTINCT ?p) AS ?n) { ?p kg:proposes|kg:usesMethod ?m } GROUP BY ?m",
    ),
    (
        "MATCH (p:Paper)-[r:INTRODUCES|USES_DATASET]->(d:Dataset) RETURN d.label_en, p.id, r.confidence",
        """SELECT ?l ?p (MAX(?c) AS ?sure) { ?d a kg:Dataset . OPTIONAL { ?d skos:prefLabel ?l FILTER(LANG(?l) = "en") }
        ?x kg:entity ?d ; kg:paper ?p ; kg:confidence ?c ; kg:relation ?r } GROUP BY ?d ?l ?p ?r""",
    ),
    (
        "MATCH (p:Paper)-[:HAS_TOPIC]->(:Topic)-[:BROADER*0..]->(t:Topic) RETURN t.id, count(DISTINCT p)",
        "SELECT ?t (COUNT(DISTINCT ?p) AS ?n) { ?p kg:hasTopic/skos:broader* ?t } GROUP BY ?t",
    ),
    (
        "MATCH (p:Paper)-[r]->(x) WHERE r.confidence >= 0.9 RETURN p.id, x.id, r.evidence_count",
        """SELECT ?p ?x (COUNT(?m) AS ?n) { ?m kg:paper ?p ; kg:entity ?x ; kg:relation ?r ; kg:confidence ?c }
        GROUP BY ?p ?x ?r HAVING(MAX(?c) >= 0.9)""",
    ),
    (
        """MATCH (p:Paper)-[:LISTED_IN]->(d:Digest) WHERE p.date >= date('2023-01-01')
        RETURN d.id, p.id, toString(p.date)""",
        """SELECT ?d ?p ?day { ?p kg:listedIn ?d ; dcterms:issued ?day FILTER(?day >= "2023-01-01"^^xsd:date) }""",
    ),
]
"""The same question in Cypher and in SPARQL: methods by use, datasets, topics with all below, sure claims, dates."""


@pytest.mark.parametrize(("cypher", "sparql"), QUESTIONS, ids=["methods", "datasets", "topics", "sure", "dates"])
def test_cypher_and_sparql_give_the_same_rows(imported: Loaded, cypher: str, sparql: str) -> None:
    """Nodes by id, numbers as numbers, texts as CSV has them."""
    store = Store()
    store.extend(Quad(item.subject, item.predicate, item.object) for item in triples(imported.graph))
    ours = [tuple(map(as_in_neo4j, row)) for row in query.run(store, sparql).rows]
    assert ours
    assert sorted(imported.rows(cypher), key=repr) == sorted(ours, key=repr)


def as_in_neo4j(term: query.Term | None) -> object:
    """Give what Neo4j has where RDF has a term."""
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return neo4j.key(iri.node_id(term.value))
    kind = term.datatype.value.rpartition("#")[2]
    return {"integer": int, "decimal": float}.get(kind, plain)(term.value)


def plain(text: str) -> str:
    """Give a text without control characters, as it stands in CSV."""
    return neo4j._UNSAFE.sub(" ", text)


class TestScript:
    """``graph.cypher`` through cypher-shell."""

    def test_it_brings_an_empty_database_to_hold_the_graph_and_changes_nothing_when_run_again(
        self, scripted: Loaded
    ) -> None:
        for again in (False, True):
            if again:
                scripted.run_script()
            assert counts(scripted) == own_counts(scripted.graph)
            assert contents(scripted) == expected(scripted.graph, csv=False)

    def test_every_label_has_its_constraint_and_every_index_is_online(self, scripted: Loaded) -> None:
        kept = scripted.rows("SHOW CONSTRAINTS YIELD labelsOrTypes, properties, type")
        assert sorted(kept, key=repr) == sorted(
            (([label], ["id"], "UNIQUENESS") for label in neo4j.LABELS.values()), key=repr
        )
        assert {state for (state,) in scripted.rows("SHOW INDEXES YIELD state")} == {"ONLINE"}

    def test_names_are_found_in_both_languages(self, scripted: Loaded) -> None:
        topic = next(node for node in scripted.graph.entities() if len(node.labels) == 2)
        for label in topic.labels:
            words = '"' + re.sub(r"\W+", " ", label.text) + '"'
            found = scripted.rows(
                "CALL db.index.fulltext.queryNodes('names', $words) YIELD node RETURN node.id", words=words
            )
            assert (neo4j.key(topic.id),) in found


@pytest.mark.parametrize("graph", ["samples"], indirect=True)
def test_the_questions_of_the_docs_have_answers(imported: Loaded) -> None:
    """KG_WRITE_DOCS=1 puts the answers of today into the page; the columns and that there are rows are held always."""
    page = ROOT / "docs" / "neo4j.md"
    text = page.read_text("utf-8")
    blocks = re.compile(r"```cypher\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)
    assert len(blocks.findall(text)) == 10
    for statement in (*_cypher.schema(neo4j.LABELS.values()), "CALL db.awaitIndexes()"):
        imported.rows(statement)

    def answered(match: re.Match[str]) -> str:
        found = imported.driver.execute_query(match[1], database_="neo4j")
        rows = [found.keys, *([str(value) for value in record.values()] for record in found.records)]
        assert found.records, match[1]
        return f"```cypher\n{match[1]}```\n\n```text\n{''.join(' | '.join(row) + chr(10) for row in rows)}```\n"

    now = blocks.sub(answered, text)
    if os.environ.get("KG_WRITE_DOCS"):
        page.write_text(now, "utf-8")
        return
    heads = [answer.partition("\n")[0] for _, answer in blocks.findall(text)]
    assert heads == [answer.partition("\n")[0] for _, answer in blocks.findall(now)]


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment hold name and password, as a user does."""
    monkeypatch.setenv("NEO4J_USERNAME", "neo4j")
    monkeypatch.setenv("NEO4J_PASSWORD", servers.PASSWORD)


@pytest.mark.usefixtures("credentials")
class TestPush:
    """``kg push neo4j``: what is exported, over Bolt."""

    def test_brings_an_empty_database_to_hold_the_graph_and_then_writes_nothing(self, emptied: Loaded) -> None:
        url, steps = emptied.server.url, list[tuple[int, int]]()
        first = push.neo4j(url, emptied.graph, progress=lambda done, total: steps.append((done, total)))
        assert contents(emptied) == expected(emptied.graph, csv=False)
        assert first.written == own_counts(emptied.graph)
        self.check_evidence(emptied)
        assert steps[-1] == (first.nodes + first.edges,) * 2
        again = push.neo4j(url, emptied.graph)
        assert not any(again.written.values())
        assert contents(emptied) == expected(emptied.graph, csv=False)

    def check_evidence(self, emptied: Loaded) -> None:
        """Hold the evidence in the database to that of the graph, piece by piece."""
        keys = {neo4j.key(name): name for name in emptied.graph.network.nodes}
        names = {kind: relation for relation, kind in neo4j.TYPES.items()}
        rows = emptied.rows("MATCH (a)-[r]->(b) WHERE r.evidence IS NOT NULL RETURN a.id, type(r), b.id, r.evidence")
        told = {
            (keys[str(a)], names[str(kind)], keys[str(b)], Evidence(**item))
            for a, kind, b, found in rows
            for item in json.loads(str(found))
        }
        edges = emptied.graph.edges()
        assert told == {(edge.source, edge.relation, edge.target, item) for edge in edges for item in edge.evidence}

    def test_writes_what_grew_and_prunes_what_shrank(self, emptied: Loaded) -> None:
        url = emptied.server.url
        gone = {node.id for node in emptied.graph.papers()[:3]}
        part = emptied.graph.part({node.id for node in _rows.nodes(emptied.graph)} - gone)
        push.neo4j(url, part)
        grown = push.neo4j(url, emptied.graph)
        assert grown.written["Paper"] == len(gone)
        assert sum(grown.written.values()) == len(gone) + len(emptied.graph.edges()) - len(part.edges())
        assert contents(emptied) == expected(emptied.graph, csv=False)
        emptied.rows("CREATE (:Note {text: 'not ours'})")
        shrunk = push.neo4j(url, part, prune=True)
        assert shrunk.removed["Paper"] == len(gone)
        assert counts(emptied) == {**own_counts(part), "Note": 1}
        assert not any(push.neo4j(url, part).written.values())

    def test_a_connection_that_breaks_is_told_in_one_line_and_the_next_push_mends_it(
        self, emptied: Loaded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(push, "BATCH", 5)
        with servers.breaking(emptied.server.port, after=30_000) as port, pytest.raises(OutputError) as caught:
            push.neo4j(f"bolt://127.0.0.1:{port}", emptied.graph)
        assert "no connection" in str(caught.value)
        assert "\n" not in str(caught.value)
        total = len(emptied.graph) + len(emptied.graph.edges())
        assert 0 < sum(counts(emptied).values()) < total
        monkeypatch.setattr(push, "BATCH", 500)
        mended = push.neo4j(emptied.server.url, emptied.graph)
        assert 0 < sum(mended.written.values()) < total
        assert contents(emptied) == expected(emptied.graph, csv=False)

    @pytest.mark.parametrize("after", [200, 30_000], ids=["at-once", "in-the-middle"])
    def test_a_connection_that_stalls_is_given_up_in_one_line_and_the_next_push_mends_it(
        self, emptied: Loaded, monkeypatch: pytest.MonkeyPatch, after: int
    ) -> None:
        """The seconds that a user waits are those of the module; here fewer, so that the test does not wait as long."""
        assert push._CONNECT + push._ANSWER < 30
        push.neo4j(emptied.server.url, emptied.graph.part(set()))  # what is slow the first time
        monkeypatch.setattr(push, "_ANSWER", 6.0)
        monkeypatch.setattr(push, "BATCH", 5)
        start = time.monotonic()
        with servers.breaking(emptied.server.port, after=after, stall=True) as port:
            with pytest.raises(OutputError) as caught:
                push.neo4j(f"bolt://127.0.0.1:{port}", emptied.graph)
            assert time.monotonic() - start < 25
        assert "no connection" in str(caught.value)
        assert "Push again" in str(caught.value)
        assert "\n" not in str(caught.value)
        monkeypatch.undo()
        monkeypatch.setenv("NEO4J_PASSWORD", servers.PASSWORD)
        push.neo4j(emptied.server.url, emptied.graph)
        assert contents(emptied) == expected(emptied.graph, csv=False)

    def test_it_runs_where_a_loop_runs_already(self, emptied: Loaded) -> None:
        """As in a notebook."""

        async def cell() -> push.Pushed:
            return push.neo4j(emptied.server.url, emptied.graph)

        assert asyncio.run(cell()).written == own_counts(emptied.graph)

    def test_what_somebody_changed_is_set_right(self, emptied: Loaded) -> None:
        push.neo4j(emptied.server.url, emptied.graph)
        emptied.rows("MATCH (n:Method) WITH n ORDER BY n.id LIMIT 2 SET n.label = 'other'")
        emptied.rows("MATCH (:Paper)-[r:PROPOSES]->() WITH r ORDER BY elementId(r) LIMIT 3 REMOVE r.quote")
        told = push.neo4j(emptied.server.url, emptied.graph).written
        assert {name: number for name, number in told.items() if number} == {"Method": 2, "PROPOSES": 3}
        assert contents(emptied) == expected(emptied.graph, csv=False)

    def test_refusals_are_told_in_one_line_without_the_password(
        self, emptied: Loaded, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(push, "_CONNECT", 1.0)
        url = emptied.server.url

        def refusal(address: str, **options: str) -> str:
            with pytest.raises(KgError) as caught:
                push.neo4j(address, emptied.graph, **options)  # type: ignore[arg-type]
            text = str(caught.value)
            assert "\n" not in text
            assert servers.PASSWORD not in text + caplog.text
            return text

        assert "there is no database 'other'" in refusal(url, database="other")
        assert "no connection" in refusal(f"bolt://127.0.0.1:{servers.free_port()}")
        with socket.create_server(("127.0.0.1", 0)) as mute:
            assert "no connection" in refusal(f"bolt://127.0.0.1:{mute.getsockname()[1]}")
        assert "a password in an address" in refusal(f"bolt://neo4j:{servers.PASSWORD}@127.0.0.1:1")
        monkeypatch.setattr(push, "OLDEST", 99)
        assert "kg needs Neo4j 99 or newer" in refusal(url)
        monkeypatch.delenv("NEO4J_PASSWORD")
        assert "NEO4J_PASSWORD is not set" in refusal(url)
        monkeypatch.setenv("NEO4J_PASSWORD", "wrong")
        assert "NEO4J_PASSWORD is not the one of neo4j" in refusal(url)
