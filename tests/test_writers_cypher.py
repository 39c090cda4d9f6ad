r"""The Cypher script: literals that read back as what went in, statements that may run twice."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from writers_sample import HOSTILE, hostile_graph, large_graph

from kg.writers import neo4j
from kg.writers._cypher import BATCH, literal

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph
    from kg.writers._cypher import Value

NAMED = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\\'\"u0027\n\u2028;/")))


def unescaped(source: str) -> str:
    r"""Do what Neo4j's character stream does first: ``\uXXXX`` anywhere, other backslashes by pairs."""
    units: list[str] = []
    at = 0
    while at < len(source):
        if source[at] != "\\":
            units.append(source[at])
            at += 1
        elif source[at + 1] == "u":
            units.append(chr(int(source[at + 2 : at + 6], 16)))
            at += 6
        else:
            units += source[at : at + 2]
            at += 2
    return "".join(units).encode("utf-16", "surrogatepass").decode("utf-16")


def read_string(tokens: str) -> tuple[str, str]:
    """Read one string literal as Neo4j's lexer does after that; give its text and what follows it."""
    assert tokens[0] == "'"
    text, at = "", 1
    while tokens[at] != "'":
        if tokens[at] == "\\":
            text += NAMED[tokens[at + 1]]
            at += 1
        else:
            text += tokens[at]
        at += 1
    return text, tokens[at + 1 :]


@settings(deadline=None, max_examples=300)
@given(TEXT)
@example("\\u0027")
@example("\\\\u0027 OR 1=1 //")
@example("'; MATCH (n) DETACH DELETE n; //")
@example("\U0001f600\u202e\x00\\")
def test_a_string_literal_reads_back_as_its_text_and_ends_where_it_ends(text: str) -> None:
    assert read_string(unescaped(f"{literal(text)}, rest")) == (text, ", rest")


@settings(deadline=None)
@given(TEXT)
def test_a_string_literal_is_one_line_that_shows_all_it_holds(text: str) -> None:
    assert literal(text).isprintable()


@settings(deadline=None)
@given(st.lists(TEXT, max_size=4))
def test_a_list_literal_reads_back_as_its_items(items: list[str]) -> None:
    rest = unescaped(literal(items)).removeprefix("[")
    read = []
    while not rest.startswith("]"):
        item, rest = read_string(rest.removeprefix(", "))
        read.append(item)
    assert read == items


def test_other_values_are_cypher_literals() -> None:
    values: list[Value] = [True, False, 3, 0.97]
    assert [literal(value) for value in values] == ["true", "false", "3", "0.97"]


def script(graph: KnowledgeGraph) -> str:
    files = {name: b"".join(chunks) for name, chunks in neo4j.render(graph)}
    return files["neo4j/graph.cypher"].decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_text_stands_in_the_script_outside_of_a_literal(text: str) -> None:
    r"""What remains of the script without its string literals is made of our own words alone."""
    bare = re.sub(r"'(?:[^'\\]|\\.)*'", "''", script(hostile_graph()))
    words = set(re.findall(r"[A-Za-z_]{3,}", bare.partition("-f graph.cypher\n")[2]))
    known = {name for columns in neo4j.NODE_COLUMNS.values() for name in columns} | set(neo4j.EVIDENCE_COLUMNS)
    known |= {*neo4j.LABELS.values(), *neo4j.TYPES.values(), "source", "target", "properties", "true", "false"}
    known |= {"param", "row", "rows"}
    known |= {"names", "titles", "OPTIONS", "indexConfig", "fulltext", "analyzer"}
    keywords = (
        "CREATE CONSTRAINT INDEX FULLTEXT EACH NOT EXISTS FOR REQUIRE UNIQUE UNWIND MERGE MATCH SET CALL awaitIndexes"
    )
    assert {word for word in words if word.rpartition("_")[2] not in {"id", "label", "date"}} <= known | set(
        keywords.split()
    )
    assert text not in bare


def test_every_statement_may_run_twice() -> None:
    """Only forms that leave a database as they find it when it already holds the graph."""
    lines = script(large_graph(5)).partition("-f graph.cypher\n")[2].splitlines()
    assert all(after.startswith("UNWIND $rows") for line, after in pairwise(lines) if line.startswith(":param"))
    statements = [line.removesuffix(";") for line in lines if not line.startswith(":param rows => [")]
    created = [text for text in statements if text.startswith("CREATE")]
    assert created
    assert all(" IF NOT EXISTS " in text for text in created)
    for text in statements:
        assert text.startswith(("CREATE", "CALL db.awaitIndexes()", "UNWIND"))
        if text.startswith("UNWIND"):
            clause = text.removeprefix("UNWIND $rows AS row ")
            wanted = r"(MATCH .*)?MERGE \S.* SET [nr] = row(\.properties|, n\.date = date\(row\.date\))?"
            assert re.fullmatch(wanted, clause)


def test_what_the_shell_cannot_read_as_a_parameter_stands_in_a_statement() -> None:
    """cypher-shell takes the escape of NUL for six characters."""
    lines = [line for line in script(hostile_graph()).splitlines() if r"\u0000" in line]
    assert lines
    assert all(line.startswith("UNWIND [{") and line.endswith(";") for line in lines)


def test_a_statement_holds_a_bounded_number_of_rows() -> None:
    graph = large_graph(BATCH + 1)
    lines = [line for line in script(graph).splitlines() if line.startswith(":param")]
    sizes = [len(re.findall(r"\{(?:id|source): ", line)) for line in lines]
    assert max(sizes) == BATCH
    assert sum(sizes) == len(graph) + len(graph.edges())


def test_the_import_script_names_every_file_and_the_list_separator() -> None:
    files = {name: b"".join(chunks) for name, chunks in neo4j.render(large_graph(2))}
    command = files["neo4j/import.sh"].decode()
    tables = [name.removeprefix("neo4j/") for name in files if name.endswith(".csv")]
    assert len(tables) == 12
    for name in tables:
        header = files[f"neo4j/{name}"].decode().splitlines()[0]
        option = "--nodes" if ":ID" in header and ":START_ID" not in header else "--relationships"
        assert f"{option}={name}" in command
    assert "neo4j-admin" in command
    assert "database import full" in command
    assert "--array-delimiter=U+001F" in command
    assert ord(neo4j.ARRAY_DELIMITER) == 0x1F
