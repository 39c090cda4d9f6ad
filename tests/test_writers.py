"""What every format promises, and that all of them say the same."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import rdflib
from writers_sample import HOSTILE, hostile_graph, large_graph

from kg import resources, writers
from kg.errors import InputError
from kg.graph import KnowledgeGraph
from kg.iri import iri, node_id
from kg.model import Entity, Kind, Lang, Relation
from kg.oxigraph import Literal, NamedNode, RdfFormat, parse
from kg.rdf import PREFIXES, triples
from kg.writers import FORMATS, graphml, jsonl, jsonld, neo4j

NAMES = [spec.name for spec in FORMATS]
csv.field_size_limit(10_000_000)


def rendered(name: str, graph: KnowledgeGraph) -> dict[str, bytes]:
    return {file: b"".join(chunks) for file, chunks in writers.resolve(name)(graph)}


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return hostile_graph()


@pytest.mark.parametrize("name", NAMES)
class TestEveryFormat:
    """What each member of the registry promises."""

    def test_renders_the_same_bytes_twice(self, name: str) -> None:
        assert rendered(name, hostile_graph()) == rendered(name, hostile_graph())

    def test_is_utf8_and_ends_with_a_line_feed(self, name: str, graph: KnowledgeGraph) -> None:
        for file, content in rendered(name, graph).items():
            assert content.decode("utf-8").endswith("\n"), file

    def test_names_its_files_as_the_table_says(self, name: str, graph: KnowledgeGraph) -> None:
        named = next(spec.file for spec in FORMATS if spec.name == name)
        for file in rendered(name, graph):
            assert file.startswith(named) if named.endswith("/") else file == named

    def test_says_first_what_it_cannot_say(self, name: str) -> None:
        module = import_module(next(spec.module for spec in FORMATS if spec.name == name))
        assert "cannot say" in (module.__doc__ or "").split("\n")[0]

    def test_takes_an_empty_graph(self, name: str) -> None:
        for content in rendered(name, KnowledgeGraph([], [])).values():
            assert content == b"" or content.endswith(b"\n")


def test_no_format_depends_on_hash_seed_time_zone_or_locale(tmp_path: Path) -> None:
    """Another process, seed, zone, language and working directory: the same bytes."""
    program = (
        "import sys; from pathlib import Path; from writers_sample import hostile_graph; from kg import writers;"
        "writers.export(hostile_graph(), [], Path(sys.argv[1]))"
    )
    here = Path(__file__).resolve().parent
    path = os.pathsep.join([str(here), str(here.parent)])
    other = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Kolkata", "LANG": "C", "LC_ALL": "C", "PYTHONPATH": path}
    environment = os.environ | other
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run([sys.executable, "-c", program, tmp_path / "a"], env=environment, cwd=elsewhere, check=True)
    assert list(elsewhere.iterdir()) == []  # pyvis would drop a folder lib/
    written = writers.export(hostile_graph(), [], tmp_path / "b")
    assert [hashed(path) for path in written] == [
        hashed(tmp_path / "a" / path.relative_to(tmp_path / "b")) for path in written
    ]


def hashed(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_export_writes_the_formats_asked_for_in_that_order(tmp_path: Path) -> None:
    written = writers.export(large_graph(3), ["nt", "jsonl", "nt"], tmp_path / "new" / "folder")
    assert [path.name for path in written] == ["graph.nt", "graph.jsonl"]


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="jsonl") as caught:
        writers.export(large_graph(1), ["nt", "json"], tmp_path / "out")
    assert "Did you mean" in caught.value.remedy
    assert not (tmp_path / "out").exists()


def test_what_resembles_no_format_gets_the_whole_list() -> None:
    with pytest.raises(InputError, match="Choose from jsonl, nt, ttl"):
        writers.resolve("xyzzy")


# --- All formats say the same ------------------------------------------------------------------------------

Claims = set[tuple[str, str, str]]


def claims(graph: KnowledgeGraph) -> Claims:
    return {(edge.source, edge.relation.value, edge.target) for edge in graph.edges()}


def identifiers(graph: KnowledgeGraph) -> set[str]:
    return set(graph.network.nodes)


def evidence(graph: KnowledgeGraph) -> set[tuple[Any, ...]]:
    return {
        (
            edge.source,
            edge.relation.value,
            edge.target,
            item.quote,
            item.start,
            item.end,
            item.rule,
            item.confidence,
            item.line,
        )
        for edge in graph.edges()
        for item in edge.evidence
    }


def blanked(text: str) -> str:
    """What CSV makes of a text."""
    return neo4j._UNSAFE.sub(" ", text)


def test_jsonl_holds_every_edge_of_a_paper_with_all_its_evidence(graph: KnowledgeGraph) -> None:
    lines = rendered("jsonl", graph)["graph.jsonl"].decode()
    records = [json.loads(line) for line in lines.splitlines()]
    assert records == list(jsonl.records(graph))
    assert [record["id"] for record in records] == [paper.id for paper in graph.papers()]
    rows = [
        (record["id"], row, item)
        for record in records
        for kind in ("methods", "datasets", "topics")
        for row in record[kind]
        for item in row["evidence"]
    ]
    told = {
        (
            paper,
            item["relation"],
            row["id"],
            item["quote"],
            item["start"],
            item["end"],
            item["rule"],
            item["confidence"],
            item["line"],
        )
        for paper, row, item in rows
    }
    assert told == evidence(graph)


def test_jsonl_gives_one_row_an_entity_with_the_stronger_relation(graph: KnowledgeGraph) -> None:
    for record in jsonl.records(graph):
        assert [row["relation"] for row in record["methods"]] == ["proposes"]
        assert [row["relation"] for row in record["datasets"]] == ["introduces"]
        assert {item["relation"] for item in record["methods"][0]["evidence"]} == {"proposes", "usesMethod"}
        assert [row["source"] for row in record["topics"]] == ["tag"]


def test_jsonl_keys_stand_in_their_documented_order(graph: KnowledgeGraph) -> None:
    keys = ["id", "title", "date", "month", "url", "code", "digests", "passages", "methods", "datasets", "topics"]
    row = ["id", "label", "aliases", "relation", "confidence", "evidence"]
    for record in jsonl.records(graph):
        assert list(record) == keys
        assert list(record["methods"][0]) == row


def test_nt_is_sorted_and_reads_back_as_the_triples_of_the_graph(graph: KnowledgeGraph) -> None:
    content = rendered("nt", graph)["graph.nt"]
    lines = content.splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert {quad.triple for quad in parse(content, format=RdfFormat.N_TRIPLES)} == set(triples(graph))


def test_turtle_and_json_ld_say_what_n_triples_say_to_oxigraph(graph: KnowledgeGraph) -> None:
    told = {quad.triple for quad in parse(rendered("nt", graph)["graph.nt"], format=RdfFormat.N_TRIPLES)}
    assert {quad.triple for quad in parse(rendered("ttl", graph)["graph.ttl"], format=RdfFormat.TURTLE)} == told
    assert {quad.triple for quad in parse(rendered("jsonld", graph)["graph.jsonld"], format=RdfFormat.JSON_LD)} == told


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # its JSON-LD parser uses its own ConjunctiveGraph
def test_turtle_and_json_ld_say_what_n_triples_say_to_rdflib(graph: KnowledgeGraph) -> None:
    def read(name: str, language: str) -> set[Any]:
        (content,) = rendered(name, graph).values()
        return set(rdflib.Graph().parse(data=content, format=language))

    told = read("nt", "nt")
    assert read("ttl", "turtle") == told
    assert read("jsonld", "json-ld") == told


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"kg": PREFIXES["kg"], "schema": {"@id": PREFIXES["schema"]}},
        PREFIXES
        | {"quote": "kg:quote", "paper": {"@id": "kg:paper"}, "start": {"@id": "kg:start", "@type": "xsd:string"}},
        PREFIXES
        | {
            "identifier": {"@id": "dcterms:identifier", "@type": "xsd:token"},
            "relation": {"@id": "kg:relation", "@type": "@vocab"},
        },
    ],
)
def test_json_ld_says_the_same_under_any_context(
    graph: KnowledgeGraph, context: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the context does not shorten is written out in full."""
    monkeypatch.setattr(jsonld, "_load", lambda: {"@context": context})
    content = rendered("jsonld", graph)["graph.jsonld"]
    assert {quad.triple for quad in parse(content, format=RdfFormat.JSON_LD)} == set(triples(graph))


def test_a_damaged_context_is_named(graph: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "context.jsonld").write_text("{", encoding="utf-8")
    monkeypatch.setattr(resources, "ontology", lambda: tmp_path)
    with pytest.raises(InputError, match=r"context\.jsonld: not readable as JSON"):
        rendered("jsonld", graph)


def test_json_ld_nodes_are_readable_and_sorted(graph: KnowledgeGraph) -> None:
    document = json.loads(rendered("jsonld", graph)["graph.jsonld"])
    papers = [node["@id"] for node in document["@graph"] if node["@type"] == "Paper" or "Paper" in node["@type"]]
    assert len(papers) == len(graph.papers())
    assert document["@context"]


def test_rdf_holds_the_edges_and_nodes_of_the_graph(graph: KnowledgeGraph) -> None:
    plain = {relation.value: relation for relation in Relation}
    told: Claims = set()
    for triple in triples(graph):
        relation = plain.get(triple.predicate.value.rpartition("#")[2])
        if relation and isinstance(triple.object, NamedNode) and isinstance(triple.subject, NamedNode):
            told.add((node_id(triple.subject.value), relation.value, node_id(triple.object.value)))
    assert {(iri(source), relation, iri(target)) for source, relation, target in told} == {
        (iri(source), relation, iri(target)) for source, relation, target in claims(graph)
    }


def test_rdf_holds_every_quote_with_its_offsets(graph: KnowledgeGraph) -> None:
    found = []
    for _, group in groupby(triples(graph), key=lambda triple: triple.subject):
        values = {
            t.predicate.value.rpartition("#")[2]: t.object.value
            for t in group
            if isinstance(t.object, Literal | NamedNode)
        }
        if "quote" in values:
            found.append((values["quote"], int(values["start"]), int(values["end"]), values["rule"]))
    assert sorted(found) == sorted(
        (item.quote, item.start, item.end, item.rule) for edge in graph.edges() for item in edge.evidence
    )


def test_graphml_read_by_networkx_has_the_nodes_edges_and_types_of_the_graph(graph: KnowledgeGraph) -> None:
    read = nx.parse_graphml(rendered("graphml", graph)["graph.graphml"].decode(), force_multigraph=True)

    def legal(text: str) -> str:
        return graphml._FORBIDDEN.sub("\ufffd", text)

    assert set(read) == identifiers(graph)
    told = {(source, values["relation"], target) for source, target, values in read.edges(data=True)}
    assert told == claims(graph)
    for entity in graph.entities(Kind.METHOD):
        values = read.nodes[entity.id]
        assert values["label_en"] == legal(entity.labels[0].text)
        assert values["concept"] is False
        assert set(values["aliases"].split(graphml.SEPARATOR)) == {legal(item.text) for item in entity.aliases}
    for edge in graph.edges(Relation.PROPOSES):
        values = read.edges[edge.source, edge.target, f"{edge.source}|proposes|{edge.target}"]
        assert (values["confidence"], values["evidence_count"], values["start"]) == (0.97, 2, 0)
        assert values["quote"] == legal(
            edge.evidence[0].quote if edge.evidence[0].confidence == 0.97 else edge.evidence[1].quote
        )


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files[f"neo4j/{name}.csv"].decode().splitlines(), strict=True))


def test_neo4j_shortens_an_id_that_no_index_takes_and_keeps_ids_apart(graph: KnowledgeGraph) -> None:
    """Neo4j 5 refuses values of some 8,000 bytes in a unique constraint."""
    long = [name for name in identifiers(graph) if neo4j.key(name) != name]
    assert len(long) == len({neo4j.key(name) for name in long}) == 3
    assert max(len(neo4j.key(name).encode()) for name in identifiers(graph)) <= neo4j.MAX_KEY


def test_neo4j_csv_has_the_nodes_edges_and_evidence_of_the_graph(graph: KnowledgeGraph) -> None:
    files = rendered("neo4j", graph)
    nodes = [row for kind in neo4j.LABELS for row in table(files, f"{kind}s")]
    assert sorted(row["id:ID"] for row in nodes) == sorted(map(neo4j.key, identifiers(graph)))
    whole = {neo4j.key(name): name for name in identifiers(graph)}
    names = {kind: relation.value for relation, kind in neo4j.TYPES.items()}
    edges = [row for kind in neo4j.TYPES.values() for row in table(files, kind.lower())]
    assert {(whole[row[":START_ID"]], names[row[":TYPE"]], whole[row[":END_ID"]]) for row in edges} == claims(graph)
    told = {
        (
            whole[row[":START_ID"]],
            names[row[":TYPE"]],
            whole[row[":END_ID"]],
            item["quote"],
            item["start"],
            item["end"],
            item["rule"],
            item["confidence"],
            item["line"],
        )
        for row in edges
        if row.get("evidence")
        for item in json.loads(row["evidence"])
    }
    assert told == evidence(graph)


def test_neo4j_csv_columns_hold_what_their_headers_promise(graph: KnowledgeGraph) -> None:
    """Each cell converts to the type that the header names; one row is one line; lists split into their items."""
    forms = {"double": r"\d+\.\d+", "long": r"\d+", "boolean": "true|false", "date": r"\d{4}-\d\d-\d\d"}
    files = {name: content for name, content in rendered("neo4j", graph).items() if name.endswith(".csv")}
    for content in files.values():
        for row in csv.DictReader(content.decode().splitlines(), strict=True):
            for column, cell in row.items():
                kind = column.rpartition(":")[2] if ":" in column else ""
                assert not cell or re.fullmatch(forms.get(kind, "(?s:.*)"), cell), (column, cell)
    for row, entity in zip(table(files, "methods"), graph.entities(Kind.METHOD), strict=True):
        assert row["aliases:string[]"].split(neo4j.ARRAY_DELIMITER) == [blanked(item.text) for item in entity.aliases]
        assert row["label_zh"] == blanked(label(entity, Lang.ZH))


def label(entity: Entity, lang: Lang) -> str:
    return next(item.text for item in entity.labels if item.lang is lang)


def test_neo4j_dates_are_dates_or_absent(graph: KnowledgeGraph) -> None:
    dates = {row["date:date"] for row in table(rendered("neo4j", graph), "papers")}
    assert dates == {"", "2023-10-01"}


def test_the_hostile_texts_reach_every_format(graph: KnowledgeGraph) -> None:
    """The sample would prove little if a writer could drop what is hard: each text is found again in jsonl."""
    titles = {record["title"]["en"].removeprefix("LoRA ") for record in jsonl.records(graph)}
    assert titles == set(HOSTILE)
