"""What ``kg diff`` finds between graph directories and exports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kg import api, writers
from kg.diff import diff
from kg.errors import GraphError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Run

    from kg.graph import KnowledgeGraph


@pytest.fixture(scope="module")
def exported(sample_graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the samples."""
    place = tmp_path_factory.mktemp("exported")
    writers.export(sample_graph, ["nt", "ttl", "jsonld", "jsonl"], place)
    return place


@pytest.mark.parametrize("name", ["graph.nt", "graph.ttl", "graph.jsonld", "graph.jsonl", "."])
def test_a_graph_does_not_differ_from_its_exports(sample_graph_directory: Path, exported: Path, name: str) -> None:
    assert diff(sample_graph_directory, exported / name) == []
    assert diff(exported / name, exported / name) == []


@pytest.mark.parametrize("form", ["directory", "nt", "jsonl"])
def test_a_digest_that_is_gone_takes_away_what_it_alone_said(samples: Path, tmp_path: Path, form: str) -> None:
    """And what is added one way is removed the other way."""
    files = sorted(path for path in samples.rglob("*") if path.suffix in {".md", ".txt"})[:3]
    sides = []
    for name, chosen in (("all", files), ("fewer", files[1:])):
        api.build_graph(chosen, tmp_path / name, workers=1)
        if form != "directory":
            api.export_graph(api.load_graph(tmp_path / name), [form], tmp_path / f"{name}-exported")
        sides.append(tmp_path / name if form == "directory" else tmp_path / f"{name}-exported" / f"graph.{form}")
    first, second = (api.load_graph(tmp_path / name) for name in ("all", "fewer"))
    papers = {node.id for node in first.papers()} - {node.id for node in second.papers()}
    assert papers
    found = diff(*sides)
    assert papers == {change.thing for change in found if change.sign == "-" and change.thing in first} & papers
    assert not any(change.sign == "+" for change in found)
    back = {(change.sign, change.thing, change.new, change.gone) for change in diff(*reversed(sides))}
    turned = {"-": "+", "+": "-", "~": "~"}
    assert back == {(turned[change.sign], change.thing, change.gone, change.new) for change in found}


def test_a_changed_fact_is_told_with_both_versions(exported: Path, tmp_path: Path) -> None:
    first, *rest = (exported / "graph.jsonl").read_text("utf-8").splitlines(keepends=True)
    record = json.loads(first)
    record["date"] = "1999-12-31"
    changed = tmp_path / "changed.jsonl"
    changed.write_text("".join([json.dumps(record) + "\n", *rest]), "utf-8")
    (change,) = diff(exported / "graph.jsonl", changed)
    assert (change.sign, change.thing) == ("~", record["id"])
    assert change.gone == (f"date {json.dumps(json.loads(first)['date'])}",)
    assert change.new == ('date "1999-12-31"',)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.nt", b"<a> <b>", "no export of kg"),
        ("a.nt", b"_:a <http://e/b> <http://e/c> .\n", "is no IRI"),
        ("a.jsonl", b"{", "no export of kg"),
        ("a.jsonl", b"[1]\n", "no export of kg"),
        ("a.jsonl", b"{}\n", "no export of kg"),
        ("a.jsonl", b"\xff\n", "no export of kg"),
        ("a.ttl", b"<a> <b>", "no export of kg"),
        ("a.jsonld", b"[", "no export of kg"),
        ("a.graphml", b"", "no graph that can be compared"),
    ],
)
def test_what_is_no_graph_is_told_in_one_line(
    exported: Path, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    other = exported / ("graph.jsonl" if name.endswith("jsonl") else "graph.nt")
    with pytest.raises(InputError, match=words) as caught:
        diff(other, tmp_path / name)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_compared_is_refused(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="do not say the same things"):
        diff(exported / "graph.nt", exported / "graph.jsonl")
    with pytest.raises(InputError, match="do not say the same things"):
        diff(exported / "graph.jsonl", exported / "graph.ttl")
    for absent in (tmp_path / "absent", tmp_path):
        with pytest.raises(GraphError):
            diff(exported / "graph.nt", absent)


def test_an_export_differs_from_a_grown_graph_in_what_grew(
    samples: Path, sample_graph_directory: Path, tmp_path: Path
) -> None:
    """A folder of exports that holds JSON Lines alone is compared by them."""
    api.build_graph([samples / "pages"], tmp_path / "pages", workers=1)
    before = api.load_graph(tmp_path / "pages")
    after = api.load_graph(sample_graph_directory)
    for formats in (["ttl"], ["jsonl"]):
        api.export_graph(before, formats, tmp_path / formats[0])
        found = diff(tmp_path / formats[0], sample_graph_directory)
        added = {change.thing for change in found if change.sign == "+"}
        assert {paper.id for paper in after.papers()} - {paper.id for paper in before.papers()} <= added
        assert not any(change.sign == "-" for change in found)


def test_the_command_says_what_differs_and_ends_with_1(kg: Callable[..., Run], exported: Path, tmp_path: Path) -> None:
    lines = (exported / "graph.nt").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "less.nt").write_text("".join(line for line in lines if "altLabel" not in line), "utf-8")
    done = kg("diff", exported / "graph.nt", "less.nt", "-v")
    assert done.returncode == 1
    assert "~ method/lora\n" in done.stdout
    assert '    - skos:altLabel "' in done.stdout
    assert "0 added, 0 removed" in done.stderr
    made = kg("diff", exported / "graph.nt", "less.nt", "-f", "json")
    assert {json.loads(line)["sign"] for line in made.stdout.splitlines()} == {"~"}
    assert kg("diff", exported / "graph.nt", exported / "graph.nt").returncode == 0
