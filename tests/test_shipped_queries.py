"""The queries of ``ontology/queries``: what each answers on a graph known by heart."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
import rdflib
from rdf_sample import CODE, INTRODUCED, LATER, LORA, OLD, sample_graph, sample_store
from rdflib.query import ResultRow

from kg import query, rdf, shipped
from kg.errors import InputError, NotFoundError, QueryError
from kg.oxigraph import Literal, NamedNode, Quad, Store

if TYPE_CHECKING:
    from pathlib import Path

STORE = sample_store()
TITLES = {
    OLD: "Statistical Translation of Sentences",
    LORA: "LoRA: Low-Rank Adaptation with GLUE",
    LATER: "QLoRA from LoRA with GLUE and Chain-of-Thought",
    CODE: "MathBench: Chain-of-Thought and LoRA",
}

COT = ("method/chainofthought", "chain-of-thought")
GLUE, BENCH = ("dataset/glue", "GLUE"), ("dataset/mathbench", "MathBench")
EXPECTED = [
    ("co-used-methods", {"method": "LoRA"}, [(*COT, "2"), ("method/qlora", "QLoRA", "1")]),
    ("datasets-of-topic", {"topic": "语言"}, [(*GLUE, "1"), (*BENCH, "1")]),
    ("datasets-of-topic", {"topic": "machine translation"}, [(*BENCH, "1")]),
    ("datasets-with-method", {"method": "低秩适配"}, [(*GLUE, "2"), (*BENCH, "1")]),
    (
        "introduced-by",
        {"entity": "LoRA"},
        [(LORA, "vocabulary", "", TITLES[LORA]), (LORA, "extracted", "0.97", TITLES[LORA])],
    ),
    ("introduced-by", {"entity": "GLUE"}, [("1804.07461", "vocabulary", "", "")]),
    ("introduced-by", {"entity": "MathBench"}, [(CODE, "extracted", "0.9", TITLES[CODE])]),
    (
        "methods-by-month",
        {},
        [
            ("2021-06", "method/lora", "LoRA", "1"),
            ("2023-10", *COT, "1"),
            ("2023-10", "method/lora", "LoRA", "1"),
            ("2023-10", "method/qlora", "QLoRA", "1"),
            ("2024-02", *COT, "1"),
            ("2024-02", "method/lora", "LoRA", "1"),
        ],
    ),
    ("methods-by-month", {"method": "CoT"}, [("2023-10", *COT, "1"), ("2024-02", *COT, "1")]),
    (
        "methods-of-topic",
        {"topic": "language"},
        [(*COT, "2"), ("method/lora", "LoRA", "2"), ("method/qlora", "QLoRA", "1")],
    ),
    ("methods-proposed-by", {"paper": LATER}, [("method/qlora", "QLoRA", "0.9")]),
    ("methods-proposed-by", {"paper": LORA}, [("method/lora", "LoRA", "0.97")]),
    (
        "newest-papers",
        {"topic": "language"},
        [(CODE, "2024-02", TITLES[CODE]), (LATER, "2023-09-30", TITLES[LATER]), (OLD, "2001-12", TITLES[OLD])],
    ),
    ("newest-papers", {"topic": "冷门"}, [(LORA, "2021-06-17", TITLES[LORA])]),
    (
        "papers-on-dataset",
        {"dataset": "GLUE"},
        [(LATER, "kg:usesDataset", "2023-10", TITLES[LATER]), (LORA, "kg:usesDataset", "2021-06", TITLES[LORA])],
    ),
    ("papers-on-dataset", {"dataset": "MathBench"}, [(CODE, "kg:introduces", "2024-02", TITLES[CODE])]),
    (
        "papers-on-method",
        {"method": "LoRA"},
        [
            (CODE, "kg:usesMethod", "2024-02", TITLES[CODE]),
            (LATER, "kg:usesMethod", "2023-10", TITLES[LATER]),
            (LORA, "kg:proposes", "2021-06", TITLES[LORA]),
        ],
    ),
    (
        "papers-with-code",
        {"topic": "reasoning"},
        [(CODE, "2024-02", "https://github.com/a/math%20bench", TITLES[CODE])],
    ),
    # LoRA is in three papers; chain-of-thought and GLUE are in two: 1/3 + 1/2.
    ("related-papers", {"paper": LATER}, [(CODE, "0.8333", "2", TITLES[CODE]), (LORA, "0.8333", "2", TITLES[LORA])]),
    ("related-papers", {"paper": OLD}, []),
    ("top-datasets", {}, [(*GLUE, "2"), (*BENCH, "1")]),
    ("top-methods", {}, [("method/lora", "LoRA", "3"), (*COT, "2"), ("method/qlora", "QLoRA", "1")]),
    (
        "topic-tree",
        {},
        [
            ("0", "", "topic/language", "language", "0", "3"),
            ("1", "topic/language", "topic/machinetranslation", "machine translation", "2", "2"),
            ("1", "topic/language", "topic/reasoning", "reasoning", "2", "2"),
        ],
    ),
    ("topic-tree", {"root": "推理"}, [("1", "topic/language", "topic/reasoning", "reasoning", "2", "2")]),
]


def rows(name: str, **parameters: str) -> list[tuple[str, ...]]:
    """Run a shipped query and give its rows as texts."""
    return query.run(STORE, name, parameters=parameters).table_rows()


@pytest.mark.parametrize(("name", "parameters", "expected"), EXPECTED, ids=lambda value: str(value)[:24])
def test_it_answers_what_its_summary_says(
    name: str, parameters: dict[str, str], expected: list[tuple[str, ...]]
) -> None:
    """Rows and their order, on the sample."""
    assert rows(name, **parameters) == expected


def test_evidence_gives_the_words_and_their_place() -> None:
    """The quotes of an edge in both languages, the surest first, with file, line and offsets."""
    found = [row[:10] for row in rows("evidence", paper=LATER, entity="思维链")]
    digest = "digest/0123456789abcdef"
    assert found == [
        ("kg:usesMethod", "Chain-of-Thought", "title", "30", "46", "0.9", "cue", digest, "a.md", "2"),
        ("kg:usesMethod", "思维链", "title", "19", "22", "0.8", "cue", digest, "a.md", "3"),
    ]
    assert TITLES[LATER][30:46] == "Chain-of-Thought"


def test_every_query_is_tested() -> None:
    """Nobody ships a query without a row in this module."""
    assert {item.name for item in query.shipped()} == {name for name, _, _ in EXPECTED} | {"evidence"}


def example(item: query.ShippedQuery) -> dict[str, str]:
    """Give values for the parameters of a query that the sample can resolve."""
    known = {
        "paper": LATER,
        "method": "LoRA",
        "dataset": "GLUE",
        "topic": "language",
        "entity": "LoRA",
        "root": "language",
    }
    return {parameter.name: known[parameter.name] for parameter in item.parameters}


@pytest.mark.parametrize("item", query.shipped(), ids=lambda item: item.name)
def test_the_order_of_the_store_leaves_no_trace(item: query.ShippedQuery) -> None:
    """ORDER BY is total: a store filled in another order gives the same bytes."""
    triples = list(rdf.triples(sample_graph(), introduced_by=INTRODUCED))
    random.Random(7).shuffle(triples)  # noqa: S311  any order but the first will do
    shuffled = Store()
    shuffled.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    documents = [query.run(store, item.name, parameters=example(item)).document for store in (STORE, shuffled)]
    assert documents[0] == documents[1]


@pytest.mark.parametrize("item", query.shipped(), ids=lambda item: item.name)
def test_the_file_runs_elsewhere_as_it_stands(item: query.ShippedQuery) -> None:
    """It declares its prefixes and holds an example where its parameter goes, so that rdflib runs it too."""
    STORE.query(item.text)
    graph = rdf.to_rdflib(sample_graph())
    nodes = {name: rdf.node(query.resolve(STORE, value)) for name, value in example(item).items()}
    bare = rdflib.Graph()
    for triple in graph:
        bare.add(triple)  # without the prefixes that kg binds
    by_rdflib = [row for row in bare.query(item.bind(nodes)) if isinstance(row, ResultRow)]
    if item.name != "introduced-by":  # there the sample's vocabulary speaks, which this graph has not heard
        found = query.run(STORE, item.name, parameters=example(item)).rows
        assert [[_plain(term) for term in row] for row in by_rdflib] == [
            [_plain(term) for term in row] for row in found
        ]


def _plain(term: object) -> object:
    """Give what a term of either library says: a number for a number, else a text."""
    text = "" if term is None else str(getattr(term, "value", term) if isinstance(term, Literal | NamedNode) else term)
    number = str(getattr(term, "datatype", "")).strip("<>").endswith(("#integer", "#decimal"))
    return float(text) if number else text


@pytest.mark.parametrize("item", query.shipped(), ids=lambda item: item.name)
def test_the_header_tells_a_user_what_to_say(item: query.ShippedQuery) -> None:
    """A summary in one line, and for each parameter an example of a kind that it accepts."""
    assert item.summary
    assert not item.summary.endswith(".")
    for parameter in item.parameters:
        assert parameter.kinds
        assert parameter.example
        assert parameter.summary
        nodes = {each.name: rdf.node("method/x") for each in item.parameters if each is not parameter}
        assert f"VALUES ?{parameter.name} " not in item.bind(nodes)


# --- Parameters --------------------------------------------------------------------------------------------


def test_a_limit_keeps_the_first_rows() -> None:
    """Every shipped query takes one."""
    assert rows("top-methods", limit="2") == rows("top-methods")[:2]


def test_a_limit_must_be_a_number() -> None:
    """Nothing else gets into the query."""
    with pytest.raises(QueryError, match="top-methods: the limit '1 OFFSET 1' is no number"):
        rows("top-methods", limit="1 OFFSET 1")


def test_a_missing_parameter_is_asked_for() -> None:
    """With an example."""
    with pytest.raises(QueryError, match=r"parameter 'method' is missing \(the method\)\. Say method=NAME, .*='LoRA'"):
        rows("papers-on-method")


def test_an_unknown_parameter_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(QueryError, match=r"no parameter 'methd'\. It wants method, limit"):
        rows("papers-on-method", methd="LoRA")


def test_a_parameter_of_the_wrong_kind_is_not_found() -> None:
    """GLUE is a dataset, and no method."""
    with pytest.raises(NotFoundError, match="GLUE: no method in the graph"):
        rows("papers-on-method", method="GLUE")


@pytest.mark.parametrize("name", ["LoRA } } ; DROP ALL #", "> ?x", "method/lora> . ?s ?p ?o", "\\", '"', "$0 \\1", ""])
def test_a_hostile_name_is_a_name(name: str) -> None:
    """It is looked up like any other and gets nowhere near the query."""
    with pytest.raises(NotFoundError):
        rows("papers-on-method", method=name)


def test_an_unknown_query_is_met_with_near_misses() -> None:
    """Sorted by name."""
    with pytest.raises(QueryError, match=r"paper-on-methods: no such shipped query.* Did you mean .*papers-on-method"):
        rows("paper-on-methods")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT * {}", "its first line"),
        ("# summary: x\n# parameter: method LoRA\nSELECT * {}", "not understood: # parameter: method LoRA"),
        ("# summary: x\n# parameter: method (method) LoRA — the method\nSELECT * {}", "not understood"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str, complaint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that lost a header says so, and where."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "broken.rq").write_text(text, "utf-8")
    monkeypatch.setattr("kg.resources.ontology", lambda: tmp_path)
    with pytest.raises(InputError, match=rf"broken\.rq: .*{complaint}"):
        shipped.shipped.__wrapped__()
