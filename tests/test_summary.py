"""The summary beside the store: second plans give what SPARQL gives, and an altered summary is a fresh one."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from rdf_sample import CODE, INTRODUCED, LATER, LORA, OLD, sample_graph

from kg import iri, names, plans, query, rdf, sealing, shipped, stats, store, summary
from kg.directory import GraphDirectory
from kg.errors import GraphError, NotFoundError, QueryError
from kg.graph import KnowledgeGraph
from kg.model import Edge, Kind, Lang, Located, PaperNode, Part, Relation
from kg.oxigraph import Quad, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.plans import Summary
    from kg.summary import Node

PLANNED = [item for item in shipped.shipped() if item.plan]
LIMITS = (None, 0, 1, 3)
HOSTILE = '"\\%s%d {"type":"uri"}\n\t\u0007\u2028\x7f 攻击 𝕏'


def described(graph: KnowledgeGraph) -> Iterator[tuple[Node, list[Edge]]]:
    """Give every node with the edges that leave it."""
    return ((graph.node(key), outgoing(graph, key)) for key in graph.network)


def outgoing(graph: KnowledgeGraph, key: str) -> list[Edge]:
    """Give the edges that leave a node; none if it is not there."""
    return [edge for edge in graph.edges_of(key) if edge.source == key] if key in graph else []


def made(graph: KnowledgeGraph, place: Path) -> Path:
    """Make the summary of a graph."""
    place.unlink(missing_ok=True)
    summary.make(place, described(graph), introduced_by=INTRODUCED)
    return place


def loaded(graph: KnowledgeGraph) -> Store:
    """Load a graph into a store in memory."""
    found = Store()
    found.bulk_extend(Quad(*triple) for triple in rdf.triples(graph, introduced_by=INTRODUCED))
    return found


def difficult_graph() -> KnowledgeGraph:
    """Add to the sample what is rare: hostile or several titles, no label, two roles, crossing paths, no evidence."""
    graph = sample_graph()
    nodes = {key: graph.node(key) for key in graph.network}
    for key, texts in {OLD: (HOSTILE,), LORA: ("Z last", "A first"), LATER: ()}.items():
        paper = nodes[key]
        assert isinstance(paper, PaperNode)
        kept = tuple(item for item in paper.passages if item.lang is Lang.ZH and key == OLD)
        titles = tuple(Located(Part.TITLE, Lang.EN, text, "digest/0123456789abcdef", 2) for text in texts)
        nodes[key] = replace(paper, passages=titles + kept, code=("https://x.org/a!b", "http://[", "https://x.org/#q"))
    evidence = next(edge.evidence for edge in graph.edges() if edge.evidence)
    certain = replace(evidence[0], confidence=1.0)
    extra = [
        Edge(LORA, Relation.USES_METHOD, "method/lora", evidence),
        Edge(LATER, Relation.HAS_TOPIC, "topic/language", evidence),
        Edge(LATER, Relation.HAS_TOPIC, "topic/machinetranslation", evidence),
        Edge("topic/machinetranslation", Relation.BROADER, "topic/reasoning"),
        Edge("topic/冷门", Relation.BROADER, "topic/machinetranslation"),
        Edge("method/qlora", Relation.BROADER, "method/lora"),
        Edge(LATER, Relation.PROPOSES, "method/lora", (certain,)),
        Edge(CODE, Relation.PROPOSES, "method/lora", (certain,)),
        Edge(OLD, Relation.PROPOSES, "method/lora", (replace(certain, confidence=0.00001, start=7, end=9), *evidence)),
        Edge(OLD, Relation.INTRODUCES, "dataset/glue"),
    ]
    return KnowledgeGraph(nodes.values(), [*graph.edges(), *extra])


@pytest.fixture(scope="module")
def difficult(tmp_path_factory: pytest.TempPathFactory) -> tuple[KnowledgeGraph, Store, Summary]:
    """Give the difficult graph, its store and its summary."""
    graph = difficult_graph()
    return graph, loaded(graph), plans.Summary(made(graph, tmp_path_factory.mktemp("difficult") / summary.FILE))


@pytest.fixture(scope="module")
def sampled(sample_graph_directory: Path, sample_graph: KnowledgeGraph) -> tuple[KnowledgeGraph, Store, Summary]:
    """Give the graph of the sample digests, as it is opened from its directory."""
    return sample_graph, *store.open_both(sample_graph_directory)


def cases(item: query.ShippedQuery, graph: KnowledgeGraph) -> list[dict[str, str]]:
    """Give every choice of parameters that a graph has for a query."""
    if not item.parameters:
        return [{}]
    (parameter,) = item.parameters
    found = [key for key in graph.network if iri.kind_of(key) in parameter.kinds]
    return [{parameter.name: key} for key in found] + ([{}] if parameter.optional else [])


# --- Second plans ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", PLANNED, ids=lambda item: item.name)
@pytest.mark.parametrize("content", ["difficult", "sampled"])
def test_a_second_plan_gives_what_sparql_gives(
    content: str, item: query.ShippedQuery, request: pytest.FixtureRequest
) -> None:
    """The same columns, terms and order, with and without a limit, for every node that the query can be asked about."""
    graph, opened, beside = request.getfixturevalue(content)
    for parameters in cases(item, graph):
        for limit in LIMITS:
            given = parameters if limit is None else {**parameters, "limit": str(limit)}
            by_sparql = query.run(opened, item.name, parameters=given)
            assert query.run(opened, item.name, parameters=given, summary=beside) == by_sparql, given


def test_what_is_slow_on_an_archive_has_a_second_plan() -> None:
    """Evidence alone has none: it follows an edge or two from one paper, to what no summary holds."""
    assert {item.name for item in shipped.shipped()} - {item.name for item in PLANNED} == {"evidence"}


def test_a_query_of_ones_own_is_sparql(difficult: tuple[KnowledgeGraph, Store, Summary]) -> None:
    """The text of a shipped query, given as a text, is evaluated by Oxigraph: nothing is guessed."""
    _, opened, beside = difficult
    assert query.run(Store(), shipped.find("top-methods").text, summary=beside).rows == []
    assert query.run(opened, shipped.find("top-methods").text, summary=beside).rows != []


def test_a_plan_that_takes_too_long_is_stopped(difficult: tuple[KnowledgeGraph, Store, Summary]) -> None:
    """SQLite, unlike Oxigraph, can be interrupted."""
    _, _, beside = difficult
    endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) AS 'x:integer' FROM n"
    with pytest.raises(QueryError, match=r"no result within 0\.2 s"):
        query._within(0.2, "", lambda: query.Result(query.Form.ROWS, *beside.document(endless, {})), beside.interrupt)
    assert beside.kinds()[Kind.PAPER] == 4


# --- Names and counts --------------------------------------------------------------------------------------


def outcome(ask: Callable[[], str]) -> str:
    """Give what a name means, or what is said if it means nothing or too much."""
    try:
        return ask()
    except (NotFoundError, QueryError) as error:
        return str(error)


@pytest.mark.parametrize("content", ["difficult", "sampled"])
def test_names_mean_the_same_with_the_summary(content: str, request: pytest.FixtureRequest) -> None:
    """Every label, alias and title, as written, shouted, in pieces, misspelt; and names for look-up alone."""
    graph, opened, beside = request.getfixturevalue(content)
    every = sorted({quad.object.value for name in ("skos:prefLabel", "skos:altLabel", "dcterms:title")
                    for quad in opened.quads_for_pattern(None, rdf.term(name), None)})  # fmt: skip
    for label in [*random.Random(3).sample(every, min(60, len(every))), "planning", "MT", "", "nothing like it"]:  # noqa: S311  any will do
        for text in (label, label.upper(), label.replace(" ", " - "), label[:-1] + "q"):
            for kind in (None, Kind.METHOD, Kind.PAPER):
                expected = outcome(lambda: names.resolve(opened, text, kind))  # noqa: B023  called at once
                assert outcome(lambda: names.resolve(opened, text, kind, summary=beside)) == expected  # noqa: B023  likewise
    assert len(graph) > 10


@pytest.mark.parametrize("content", ["difficult", "sampled"])
def test_counts_are_those_of_sparql(content: str, request: pytest.FixtureRequest) -> None:
    """Nodes, evidence, edges, months, and what most papers are about."""
    _, opened, beside = request.getfixturevalue(content)
    assert stats.statistics(opened, beside) == stats.statistics(opened)


def test_an_empty_graph_has_a_summary(tmp_path: Path) -> None:
    """Nothing is counted, nothing is found."""
    empty = KnowledgeGraph([], [])
    beside = plans.Summary(made(empty, tmp_path / summary.FILE))
    assert stats.statistics(Store(), beside) == stats.statistics(Store())
    assert query.run(Store(), "topic-tree", summary=beside).rows == []


# --- Altering ----------------------------------------------------------------------------------------------


def content_of(place: Path) -> dict[str, list[tuple[object, ...]]]:
    """Give all that a summary says, with nodes by their IRIs."""
    statements = {
        "node": "SELECT iri, kind, month, date, label, mentions, listed FROM node",
        "has": "SELECT kind, thing AS node, month, paper AS node, roles, sure FROM has",
        "introduced": "SELECT thing AS node, paper FROM introduced",
        "within": "SELECT topic AS node, kind, thing AS node, papers FROM within",
        "broader": "SELECT narrow AS node, wide AS node FROM broader",
        "about": "SELECT topic AS node, paper AS node FROM about",
        "code": "SELECT paper AS node, address FROM code",
        "name": "SELECT fold, node, source FROM name",
        "role": "SELECT * FROM role",
    }
    with closing(sqlite3.connect(place)) as database:
        addresses = dict(database.execute("SELECT id, iri FROM node"))
        found = {}
        for name, text in statements.items():
            rows = database.execute(text)
            columns = [column[0] for column in rows.description]
            named = (zip(columns, row, strict=True) for row in rows)
            found[name] = sorted(
                (tuple(addresses[value] if column == "node" else value for column, value in row) for row in named),
                key=repr,
            )
        return found


def some_of(graph: KnowledgeGraph, choice: random.Random) -> KnowledgeGraph:
    """Cut out some papers with their topics, methods and datasets, and drop some edges and texts."""
    papers = [node for node in graph.papers() if choice.random() < 0.7]
    edges = [edge for edge in graph.edges() if edge.relation is Relation.BROADER or choice.random() < 0.9]
    kept = {paper.id for paper in papers}
    claims = [edge for edge in edges if edge.source in kept]
    reached = {edge.target for edge in claims}
    for _ in range(8):
        reached |= {edge.target for edge in edges if edge.source in reached and edge.relation is Relation.BROADER}
    wider = [edge for edge in edges if edge.source in reached and choice.random() < 0.9]
    shortened = [replace(paper, passages=paper.passages[choice.randrange(2) :]) for paper in papers]
    entities = [node for node in graph.entities() if node.id in reached]
    return KnowledgeGraph([*shortened, *entities, *graph.digests()], [*claims, *wider])


def test_an_altered_summary_is_a_fresh_one(
    difficult: tuple[KnowledgeGraph, Store, Summary], sample_graph: KnowledgeGraph, tmp_path: Path
) -> None:
    """Whatever comes, goes or changes, one step after another, and every node may be named as changed."""
    for number, whole in enumerate([difficult[0], sample_graph] * 6):
        choice = random.Random(number)  # noqa: S311  a cut like any other
        graphs = [some_of(whole, choice) for _ in range(3)] + [whole]
        place = made(graphs[0], tmp_path / f"{number}.db")
        for before, after in pairwise(graphs):
            changed = [
                (key, after.node(key) if key in after else None, outgoing(after, key))
                for key in sorted({*before.network, *after.network})
                if choice.random() < 0.1 or facts(before, key) != facts(after, key)
            ]
            summary.alter(place, changed, introduced_by=INTRODUCED)
            assert content_of(place) == content_of(made(after, tmp_path / "fresh.db"))


def facts(graph: KnowledgeGraph, key: str) -> object:
    """Give all that a graph says of a node."""
    return (graph.node(key), outgoing(graph, key)) if key in graph else None


# --- In the store ------------------------------------------------------------------------------------------


def _cut(place: Path) -> None:
    os.truncate(place, place.stat().st_size // 2)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "gone": lambda place: place.unlink(),
    "cut off": _cut,
    "garbage": lambda place: place.write_bytes(b"garbage" * 1000),
    "empty": lambda place: place.write_bytes(b""),
}


@pytest.fixture
def place(samples: Path, tmp_path: Path) -> Path:
    """Build a graph of two digests."""
    from kg.build import build  # noqa: PLC0415  the others need none

    build(sorted(samples.rglob("*.md"))[:2], tmp_path / "graph")
    return tmp_path / "graph"


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_summary_is_made_again_and_that_is_said(place: Path, kind: str) -> None:
    """It is sealed with the store."""
    folder = place / "store" / store.state(GraphDirectory.find(place).manifest())
    expected = stats.statistics(*store.open_both(place))
    DAMAGE[kind](folder / summary.FILE)
    said: list[str] = []
    assert stats.statistics(*store.open_both(place, notice=said.append)) == expected
    assert len(said) == 1
    assert "made again from the segments" in said[0]


@pytest.mark.parametrize("by", ["build", "query"])
def test_a_store_with_an_older_summary_is_made_again(place: Path, samples: Path, by: str) -> None:
    """An earlier kg knew fewer tables and columns; its store has another name, since that follows from the code."""
    from kg.build import build  # noqa: PLC0415  the others need none

    now = place / "store" / store.state(GraphDirectory.find(place).manifest())
    old = now.rename(now.with_name("0" * 16))
    with closing(sqlite3.connect(old / summary.FILE)) as database:
        database.executescript("DROP TABLE within; DROP TABLE introduced; ALTER TABLE has DROP COLUMN sure")
    sealing.close(old, {**sealing.seal(old), "derivation": "of an earlier kg"})
    if by == "build":
        build(sorted(samples.rglob("*.md"))[:2], place)
        assert [path.name for path in now.parent.glob("*")] == [now.name]
    said: list[str] = []
    opened, beside = store.open_both(place, notice=said.append)
    assert [("behind the graph" in line) for line in said] == [True] * (by == "query")
    for method, *_ in query.run(opened, "top-methods", summary=beside).rows[:5]:
        given = {"entity": getattr(method, "value", "")}
        by_sparql = query.run(opened, "introduced-by", parameters=given)
        assert query.run(opened, "introduced-by", parameters=given, summary=beside) == by_sparql


def test_damage_that_shows_while_a_query_runs_is_one_line(
    difficult: tuple[KnowledgeGraph, Store, Summary], tmp_path: Path
) -> None:
    """Large stores are checked by size alone; what SQLite then finds is said, with the remedy."""
    place = made(difficult[0], tmp_path / summary.FILE)
    content = bytearray(place.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    place.write_bytes(content)
    with pytest.raises((GraphError, sqlite3.Error)) as caught:
        query.run(Store(), "top-methods", summary=plans.Summary(place))
    if isinstance(caught.value, GraphError):
        assert "Delete the folder store/" in str(caught.value)


def test_what_cannot_be_written_is_said(place: Path, samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves the graph and says so."""
    from kg.build import build  # noqa: PLC0415  the others need none
    from kg.errors import OutputError  # noqa: PLC0415  likewise

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(summary, "make", full)
    monkeypatch.setattr(summary, "alter", full)
    with pytest.raises(OutputError, match=r"cannot write the store \(database or disk is full\)"):
        build(sorted(samples.rglob("*.md"))[:3], place)
