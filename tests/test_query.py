"""Asking in SPARQL: what is refused, how long it may take, what comes out, what a name means."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from contextlib import suppress
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdf_sample import CODE, LATER, LORA, OLD, sample_store

from kg import iri, query, rdf
from kg.errors import GraphError, NotFoundError, QueryError
from kg.model import Kind
from kg.oxigraph import Literal, NamedNode, Quad, RdfFormat, Store

STORE = sample_store()
HARD = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?d && ?e != ?h && ?f != ?i) }"

# --- What is refused ---------------------------------------------------------------------------------------

UPDATES = [
    "INSERT DATA { kg:a kg:b kg:c }",
    "insert { ?s ?p 1 } where { ?s ?p ?o }",
    "DELETE WHERE { ?s ?p ?o }",
    "PREFIX a: <http://a/#> # SELECT\nDELETE{?s ?p ?o}WHERE{?s ?p ?o}",
    "BASE <http://x/>\n\tLOAD <http://x/y>",
    "LOAD SILENT <http://x/y>",
    "CLEAR DEFAULT",
    "DROP ALL",
    "CREATE GRAPH <http://x/>",
    "COPY DEFAULT TO <http://x/>",
    "MOVE <http://x/> TO <http://y/>",
    "ADD DEFAULT TO <http://x/>",
    "WITH <http://x/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o } ; DROP ALL",
    'SELECT * { ?s ?p "a\\"#" } ; DROP ALL',
]


@pytest.mark.parametrize("text", UPDATES)
def test_updates_are_refused(text: str) -> None:
    """Wherever the word hides; and the message says what to do instead."""
    with pytest.raises(QueryError, match=r"would alter the graph, which queries cannot\. Alter the digests and run kg"):
        query.run(STORE, text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1/sparql> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * { service silent ?x { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * { FILTER(?a<?b)SERVICE<http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * FROM <http://x/data.ttl> { ?s ?p ?o }", "FROM"),
        ("SELECT * FROM NAMED <http://x/data.ttl> { GRAPH ?g { ?s ?p ?o } }", "FROM"),
    ],
)
def test_what_leaves_the_graph_is_refused(text: str, word: str) -> None:
    """No query reaches the network or another graph."""
    with pytest.raises(QueryError, match=f"^query: {word} "):
        query.run(STORE, text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?insert { ?insert a kg:Paper }",
        "SELECT $drop { $drop a kg:Paper }",
        "SELECT ?x { ?x dcterms:title 'DELETE' }",
        'SELECT ?x { ?x dcterms:title """LOAD " "" \' x""" }',
        "SELECT ?x { ?x dcterms:title '''a '' \" CLEAR''' }",
        "SELECT ?x { ?x <http://x/#DROP> ?y }",
        "SELECT ?x { ?x kg:add ?y ; kg:service ?z }",
        "SELECT ?x { ?x a kg:Paper } # CREATE a FROM b SERVICE",
        "PREFIX load: <http://load/> SELECT ?x { ?x load:move load:copy }",
        "SELECT ?x { ?x dcterms:title 'a'@add-insert }",
    ],
)
def test_the_words_of_updates_are_harmless_elsewhere(text: str) -> None:
    """In variables, names, strings, IRIs and comments they are just words."""
    query.run(STORE, text)


@given(st.text())
def test_any_text_is_a_result_or_a_query_error(text: str) -> None:
    """No input breaks through as another exception."""
    with suppress(QueryError):
        query.run(STORE, text + " ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT ?x\nWHERE { ?x foo ?y }", r"query, line 2, column 17: unexpected '\?y }'"),
        ("SELECT ?x\nWHERE { ?x zz:p ?y }", "line 2, column 17: the prefix zz: is not declared. .* kg:, dcterms:"),
        ("SELECT ?x WHERE { ?x ?y", "the query ends too early. Mend it there."),
        ("SELECT ?s { ?s ?p ?o } GROUP BY ?p", "The SELECT contains a variable that is unbound"),
        ("SELECT (STR(?x) AS ?x) { ?x ?y ?z }", "line 1"),
    ],
)
def test_a_wrong_query_is_told_where(text: str, message: str) -> None:
    """Line, column and what stands there, or why it cannot be."""
    with pytest.raises(QueryError, match=message):
        query.run(STORE, text)


# --- How long ----------------------------------------------------------------------------------------------


def _wide_store() -> Store:
    store = Store()
    nodes = [NamedNode(f"http://x/{number}") for number in range(2000)]
    store.bulk_extend(Quad(node, node, other) for node, other in zip(nodes, reversed(nodes), strict=True))
    return store


SLOW = f"""
import sys
sys.path[:0] = {sys.path!r}
from test_query import HARD, _wide_store
from kg import query
from kg.errors import QueryError
try:
    query.run(_wide_store(), HARD, timeout=0.3)
except QueryError as error:
    print(error)
    sys.exit(error.exit_code)
"""


def test_a_query_is_given_up_when_its_time_is_up_and_the_process_ends() -> None:
    """The message is there, the exit code is 2, and the abandoned query holds nobody up."""
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", SLOW], capture_output=True, text=True, timeout=60, check=False)
    assert "query: no result within 0.3 s. Narrow the query" in done.stdout
    assert (done.returncode, done.stderr) == (2, "")
    assert time.monotonic() - start < 30  # alone, it would run for minutes


def test_reading_the_rows_counts_as_well() -> None:
    """A query that gives its first row at once and its last one never is given up too."""
    with pytest.raises(QueryError, match=r"no result within 0\.2 s"):
        query.run(_wide_store(), "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(?a = <http://x/0> || ?c = ?d) }", timeout=0.2)


# --- What comes out ----------------------------------------------------------------------------------------

SELECT = "SELECT ?paper ?title ?none { ?paper kg:proposes method:lora ; dcterms:title ?title } ORDER BY ?title"


def test_rows_are_terms_and_texts() -> None:
    """Terms keep language and datatype; texts are for reading: nodes by id, other IRIs by prefix."""
    result = query.run(STORE, SELECT)
    assert (result.form, result.columns) == (query.Form.ROWS, ("paper", "title", "none"))
    paper = NamedNode(f"https://arxiv.org/abs/{LORA}")
    assert result.rows[0] == (paper, Literal("LoRA: Low-Rank Adaptation with GLUE", language="en"), None)
    assert result.table_rows()[0] == (LORA, "LoRA: Low-Rank Adaptation with GLUE", "")


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("kg:proposes", "kg:proposes"),
        ("method:c%23", "method/c#"),
        ("<https://arxiv.org/abs/cs/0112017>", "cs/0112017"),
        ("<http://example.org/x>", "http://example.org/x"),
        ('"a\\u001b[31mred\\n\\t b\\u202e"@en', "a[31mred b"),
        ("0.5", "0.5"),
        ('"2023-10"^^xsd:gYearMonth', "2023-10"),
        ("true", "true"),
        ("BNODE()", ""),
    ],
)
def test_texts_are_short_and_safe_for_a_terminal(term: str, text: str) -> None:
    """No escape sequence, line end or direction mark gets through."""
    ((shown,),) = query.run(STORE, f"SELECT ({term} AS ?x) {{}}").table_rows()
    assert shown == text or (not text and shown.isalnum())


def test_a_table_is_rendered_as_the_standards_say() -> None:
    """CSV, JSON and XML of SPARQL 1.1, read back by other people's parsers."""
    result = query.run(STORE, SELECT)
    first = f"https://arxiv.org/abs/{LORA}"
    table = list(csv.reader(io.StringIO(result.render("csv").decode())))
    assert table[:2] == [["paper", "title", "none"], [first, "LoRA: Low-Rank Adaptation with GLUE", ""]]
    document = json.loads(result.render("json"))
    assert document["head"]["vars"] == ["paper", "title", "none"]
    assert document["results"]["bindings"][0]["title"]["xml:lang"] == "en"
    tree = ET.fromstring(result.render("xml"))  # noqa: S314  our own output
    assert [node.text for node in tree.iter("{http://www.w3.org/2005/sparql-results#}uri")] == [first, first]
    assert all(result.render(name).endswith(b"\n") for name in ("csv", "json", "xml"))


@pytest.mark.parametrize(("kind", "answer"), [("kg:Paper", True), ("kg:Nothing", False)])
def test_ask_gives_an_answer(kind: str, answer: object) -> None:
    """In a table and in the standard formats."""
    result = query.run(STORE, f"ASK {{ ?x a {kind} }}")
    word = str(answer).lower()
    assert (result.form, result.columns, result.table_rows()) == (query.Form.ANSWER, ("answer",), [(word,)])
    assert json.loads(result.render("json"))["boolean"] is answer
    assert word in result.render("xml").decode()
    assert result.render("csv").decode().strip() == word


@pytest.mark.parametrize("text", ["CONSTRUCT { ?x a kg:Paper } { ?x a kg:Paper }", "DESCRIBE method:lora"])
def test_graphs_come_sorted_in_turtle_and_n_triples(text: str) -> None:
    """Both say the same, with the prefixes of kg; each triple once."""
    result = query.run(STORE, text)
    turtle, lines = result.render("ttl"), result.render("nt")
    assert lines.splitlines() == sorted(set(lines.splitlines()))
    assert b"@prefix kg:" in turtle
    read = [set(pyoxigraph.parse(document, format=syntax)) for document, syntax in _syntaxes(turtle, lines)]
    assert read[0] == read[1] != set()
    assert result.columns == ("subject", "predicate", "object")
    assert len(result.table_rows()) == len(read[0])


def _syntaxes(turtle: bytes, lines: bytes) -> list[tuple[bytes, RdfFormat]]:
    return [(turtle, RdfFormat.TURTLE), (lines, RdfFormat.N_TRIPLES)]


@pytest.mark.parametrize(
    ("text", "fmt", "message"),
    [
        ("SELECT * {}", "ttl", "ttl: this query gives rows. Choose csv or json or xml."),
        ("ASK {}", "nt", "this query gives yes or no"),
        ("DESCRIBE kg:x", "csv", "csv: this query gives a graph. Choose ttl or nt."),
        ("SELECT * {}", "xlsx", "this query gives rows"),
    ],
)
def test_a_format_that_does_not_fit_is_refused(text: str, fmt: str, message: str) -> None:
    """With those that do."""
    with pytest.raises(QueryError, match=message):
        query.run(STORE, text).render(fmt)


def test_an_empty_result_is_still_a_document() -> None:
    """No rows, no triples, no error."""
    assert query.run(STORE, "SELECT ?x { ?x a kg:Nothing }").render("csv") == b"x\r\n"
    assert query.run(STORE, "CONSTRUCT { ?x a kg:y } { ?x a kg:Nothing }").rows == []


def test_default_prefixes_may_be_declared_anew() -> None:
    """A query that brings its own prefixes is obeyed."""
    result = query.run(STORE, "PREFIX kg: <http://x/> ASK { ?x a kg:Paper }")
    assert result.table_rows() == [("false",)]


def test_parameters_bind_the_variables_of_a_query_of_ones_own() -> None:
    """By name, as for the shipped ones."""
    result = query.run(STORE, "SELECT ?paper ?method { ?paper kg:proposes ?method }", parameters={"method": "低秩适配"})
    assert result.table_rows() == [(LORA, "method/lora")]


def test_a_parameter_must_be_selected() -> None:
    """Oxigraph binds only what a SELECT gives; the message says which one is meant."""
    with pytest.raises(QueryError, match=r"\?method"):
        query.run(STORE, "SELECT ?paper { ?paper kg:proposes ?method }", parameters={"method": "LoRA"})


# --- What a name means -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("LoRA", "method/lora"),
        ("lora", "method/lora"),
        (" ＬｏＲＡ ", "method/lora"),
        ("低秩适配", "method/lora"),
        ("Low-Rank Adaptation", "method/lora"),
        ("low rank adaptation", "method/lora"),
        ("method/lora", "method/lora"),
        ("https://w3id.org/digest-kg/id/method/lora", "method/lora"),
        ("语言", "topic/language"),
        ("冷门", "topic/冷门"),
        (LORA, LORA),
        (f"{LORA}v2", LORA),
        (f"https://arxiv.org/pdf/{LORA}v2.pdf", LORA),
        (OLD, OLD),
        ("句子的统计翻译", OLD),
        ("statistical translation of sentences", OLD),
        ("digest/0123456789abcdef", "digest/0123456789abcdef"),
    ],
)
def test_a_name_in_either_language_finds_its_node(name: str, node: str) -> None:
    """Label, alias, any spelling of them, id, IRI, address, title."""
    assert query.resolve(STORE, name) == node


def test_a_name_of_several_things_is_asked_about() -> None:
    """CoT is a method's alias and a dataset's; with the kind it is clear."""
    with pytest.raises(QueryError, match=r"CoT: 2 things have this name\. .* dataset/mathbench, method/chainofthought"):
        query.resolve(STORE, "CoT")
    assert query.resolve(STORE, "CoT", Kind.METHOD) == "method/chainofthought"


def test_the_vocabulary_knows_more_names_than_the_graph_shows() -> None:
    """MT is a name for look-up alone, written nowhere in the graph."""
    assert query.resolve(STORE, "MT") == "topic/machinetranslation"


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("LoRAA", None, "LoRAA: no node in the graph has this name. Did you mean .*LoRA"),
        ("机器翻", Kind.TOPIC, "no topic in the graph has this name. Did you mean 机器翻译"),
        ("Low-Rank", Kind.METHOD, "Did you mean .*Low-Rank Adaptation"),
        ("Statistical Translation", Kind.PAPER, "no paper .* Did you mean Statistical Translation of Sentences"),
        ("2401.99999", None, "2401.99999: no node in the graph"),
        ("zzzzzzzzz", None, "Check the spelling"),
        ("a\x1b[31mb", None, r"^a\[31mb: no node"),
        ("mention/x", None, "mention/x: no node"),
    ],
)
def test_an_unknown_name_is_met_with_near_misses(name: str, kind: Kind | None, message: str) -> None:
    """Those that look alike, then those that hold it."""
    with pytest.raises(NotFoundError, match=message):
        query.resolve(STORE, name, kind)


def test_a_mention_is_no_paper() -> None:
    """What has no kind of its own is not found by its id."""
    (mention, *_) = STORE.quads_for_pattern(None, rdf.term("rdf:type"), rdf.term("kg:Mention"))
    with pytest.raises(NotFoundError):
        query.resolve(STORE, iri.node_id(str(mention.subject).strip("<>")))


@given(st.text())
def test_any_name_is_found_or_not(name: str) -> None:
    """No name breaks the look-up."""
    with suppress(NotFoundError, QueryError):
        assert query.resolve(STORE, name)


def test_a_message_about_a_name_is_one_line() -> None:
    """Whatever the name holds."""
    with pytest.raises(NotFoundError, match=r"\Aa b: no node in the graph has this name\. [^\n]*\Z"):
        query.resolve(STORE, "a\r\n\x1bb")


def test_papers_of_the_sample_are_found_by_every_title() -> None:
    """English and Chinese."""
    assert query.resolve(STORE, "QLoRA：源自LoRA，用GLUE与思维链", Kind.PAPER) == LATER
    assert query.resolve(STORE, "MathBench: Chain-of-Thought and LoRA", Kind.PAPER) == CODE


def test_damage_that_the_engine_finds_is_not_blamed_on_the_query() -> None:
    """The remedy is to let the store be made again."""
    error = query._explained("SELECT * { ?s ?p ?o }", RuntimeError("Corruption: block checksum mismatch"))
    assert isinstance(error, GraphError)
    assert "store/" in str(error)
