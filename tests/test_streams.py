"""Exports and checks go through a graph as a stream: no iterator is gone through twice, and memory does not grow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import pytest
from writers_sample import DIGEST, hostile_graph, large_graph

from kg import candidates, rdf, runs, validate, writers
from kg.graph import KnowledgeGraph
from kg.iri import entity_id
from kg.model import DigestNode, Edge, Entity, Evidence, Kind, Lang, Located, PaperNode, Part, Relation
from kg.writers import FORMATS, _rows, jsonl, jsonld, neo4j, nt, void

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kg.graph import Graph, Node

T = TypeVar("T")

STREAMED = [spec.name for spec in FORMATS if not spec.whole]


class Once(Generic[T]):
    """An iterator over which one goes once: it has no length, and who begins again is told so."""

    def __init__(self, items: Iterable[T]) -> None:
        self._items = iter(items)
        self._begun = False

    def __iter__(self) -> Iterator[T]:
        assert not self._begun, "a second pass over one stream"
        self._begun = True
        return self._items


class Streamed:
    """A graph that gives everything as streams, as one in a file does."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __contains__(self, node_id: str) -> bool:
        return node_id in self._graph

    def __len__(self) -> int:
        return len(self._graph)

    def node(self, node_id: str) -> Node:
        return self._graph.node(node_id)

    def papers(self) -> Iterable[PaperNode]:
        return Once(self._graph.papers())

    def entities(self, kind: Kind | None = None) -> Iterable[Entity]:
        return Once(self._graph.entities(kind))

    def digests(self) -> Iterable[DigestNode]:
        return Once(self._graph.digests())

    def edges(self, relation: Relation | None = None) -> Iterable[Edge]:
        return Once(self._graph.edges(relation))

    def described(self) -> Iterable[tuple[Node, Sequence[Edge]]]:
        return Once((node, tuple(edges)) for node, edges in self._graph.described())

    def edges_of(self, node_id: str) -> list[Edge]:
        raise AssertionError(f"one look-up a node is a pass too many: {node_id}")

    def counts(self) -> dict[str, int]:
        return self._graph.counts()

    def confident(self, least: float) -> Graph:
        return Streamed(self._graph.confident(least))


class Endless(Streamed):
    """So many papers of one shape, made as one asks for them; they share a few methods, datasets and topics."""

    def __init__(self, papers: int) -> None:
        self._papers = papers
        self._small = large_graph(20)

    def __len__(self) -> int:
        return self._papers + len(self._small.entities()) + 1

    def __contains__(self, node_id: str) -> bool:
        return node_id.startswith("2310.") or node_id in self._small

    def node(self, node_id: str) -> Node:
        month, _, index = node_id.partition(".")
        return self._paper(int(index)) if month == "2310" else self._small.node(node_id)

    def papers(self) -> Iterable[PaperNode]:
        return Once(map(self._paper, range(self._papers)))

    def entities(self, kind: Kind | None = None) -> Iterable[Entity]:
        return Once(self._small.entities(kind))

    def digests(self) -> Iterable[DigestNode]:
        return Once(self._small.digests())

    def edges(self, relation: Relation | None = None) -> Iterable[Edge]:
        every = chain.from_iterable(map(self._claims, range(self._papers)))
        return Once(edge for edge in every if relation in {None, edge.relation})

    def described(self) -> Iterable[tuple[Node, Sequence[Edge]]]:
        papers = ((self._paper(index), self._claims(index)) for index in range(self._papers))
        rest: Iterator[Node] = chain(self._small.digests(), self._small.entities())
        return Once(chain(papers, ((node, ()) for node in rest)))

    def counts(self) -> dict[str, int]:
        return {**self._small.counts(), "paper": self._papers}

    def _paper(self, index: int) -> PaperNode:
        text = f"Paper {index} of LoRA. " * 20
        passages = (Located(Part.TITLE, Lang.EN, text, DIGEST, index), Located(Part.ABSTRACT, Lang.EN, text, DIGEST, 1))
        return PaperNode(f"2310.{index:05}", passages, "2023-10-01")

    def _claims(self, index: int) -> list[Edge]:
        def found(start: int) -> Evidence:
            return Evidence(Part.TITLE, Lang.EN, f"Paper {index}"[: 5 + start], 0, 5 + start, "cue", 0.8, DIGEST, index)

        paper = f"2310.{index:05}"
        shared = [
            (Relation.HAS_TOPIC, entity_id(Kind.TOPIC, f"Area {index % 7}")),
            (Relation.USES_DATASET, entity_id(Kind.DATASET, f"Set{index % 11}")),
            (Relation.USES_METHOD, "method/gpt4"),
        ]
        claims = [Edge(paper, relation, target, tuple(map(found, range(3)))) for relation, target in shared]
        return sorted([*claims, Edge(paper, Relation.LISTED_IN, DIGEST)], key=lambda edge: edge.relation)


def rendered(name: str, graph: Graph) -> dict[str, bytes]:
    return {file: b"".join(chunks) for file, chunks in writers.resolve(name)(graph)}


# --- Passes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STREAMED)
def test_a_stream_is_all_that_a_format_needs(name: str) -> None:
    """The bytes are those of the graph in memory, with no list, no length and no look-up a paper."""
    assert rendered(name, Streamed(hostile_graph())) == rendered(name, hostile_graph())


def test_pages_are_what_needs_a_graph_in_memory(tmp_path: Path) -> None:
    """They say so, and `export` takes the graph into memory for them."""
    assert [spec.name for spec in FORMATS if spec.whole] == ["html", "explorer"]
    (there,) = writers.export(Streamed(large_graph(3)), ["explorer"], tmp_path / "a")
    (here,) = writers.export(large_graph(3), ["explorer"], tmp_path / "b")
    assert there.read_bytes() == here.read_bytes()


def test_checks_questions_and_pushes_need_no_more_than_a_stream() -> None:
    """They find what they find in a graph in memory, wrong quotes and ends among it."""
    graph = hostile_graph()
    paper, edge = next((paper, edge) for paper, edges in graph.described() for edge in edges if edge.evidence)
    edges = [Edge(edge.source, Relation.PROPOSES, "method/nowhere", (replace(edge.evidence[0], start=1),))]
    broken = KnowledgeGraph([node for node, _ in graph.described()], [*graph.edges(), *edges])
    broken.network.remove_node("method/nowhere")
    broken.network.add_edge(paper.id, DIGEST, key="proposes", record=edges[0])
    found = list(validate.check(Streamed(broken)))
    assert {"dangling", "quote"} <= {item.rule for item in found}
    assert found == list(validate.check(broken))
    assert neo4j.tables(Streamed(graph)) == neo4j.tables(graph)  # what is pushed
    asked = candidates.candidates(Streamed(graph))
    assert asked == candidates.candidates(graph) != []


# --- Memory ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STREAMED)
def test_memory_does_not_grow_with_the_number_of_papers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five times the papers take no more memory: caches and runs have bounds, here small ones."""
    for cached in ("node", "_integer"):
        monkeypatch.setattr(rdf, cached, lru_cache(200)(getattr(rdf, cached).__wrapped__))
    for bound, small in {"HELD": 200_000, "MERGED": 4, "_BUFFER": 1_000}.items():
        monkeypatch.setattr(runs, bound, small)
    monkeypatch.setattr(void, "_REMEMBERED", 200)
    for module in (jsonl, jsonld):
        monkeypatch.setattr(module, "KEPT", 100)
    exhaust(name, 10)  # what is loaded or made once
    few, many = exhaust(name, 600), exhaust(name, 3_000)
    assert many < 1.3 * few + 50_000


def test_checks_take_no_more_memory_for_more_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is held but whether some nodes are there."""
    monkeypatch.setattr(validate, "REMEMBERED", 200)

    def sound(papers: int) -> int:
        return peak(lambda: [*validate.check(Endless(papers))] == [])

    sound(10)  # what is loaded or made once
    few, many = sound(600), sound(3_000)
    assert many < 1.3 * few + 50_000


def exhaust(name: str, papers: int) -> int:
    """Render a graph of so many papers, drop what comes, and give the peak of what was allocated, in bytes."""
    return peak(lambda: all(sum(map(len, chunks)) for _, chunks in writers.resolve(name)(Endless(papers))))


def peak(work: Callable[[], bool]) -> int:
    """Give the peak of what was allocated, in bytes, during work that says whether it went well."""
    tracemalloc.start()
    try:
        assert work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# --- Parts -------------------------------------------------------------------------------------------------


def test_blocks_of_n_triples_made_apart_and_sorted_are_the_file() -> None:
    """Whoever renders a graph in parts, in any order, gets the same bytes."""
    graph = hostile_graph()
    known = rdf.introductions()
    parts = [[*nt.blocks(node, edges, introduced_by=known.get(node.id, ""))] for node, edges in graph.described()]
    assert b"".join(sorted(chain.from_iterable(reversed(parts)))) == rendered("nt", graph)["graph.nt"]


def test_blocks_say_what_the_serializer_of_oxigraph_says() -> None:
    """Terms write themselves as it writes them, hostile ones too."""
    graph = hostile_graph()
    assert b"".join(nt.lines(rdf.triples(graph))) == rendered("nt", graph)["graph.nt"]


@pytest.mark.parametrize("kind", [*Kind, *Relation])
def test_rows_of_neo4j_made_apart_are_the_file(kind: Kind | Relation) -> None:
    """The header, then the rows of any division of the nodes or edges."""
    graph = hostile_graph()
    if isinstance(kind, Kind):
        header = neo4j.node_header(kind)
        rows = [neo4j.node_row(node) for node, _ in graph.described() if _rows.kind(node) is kind]
    else:
        header, rows = neo4j.edge_header(kind), [neo4j.edge_row(edge) for edge in graph.edges(kind)]
    whole = b"".join(neo4j.lines([header])) + b"".join(b"".join(neo4j.lines([row])) for row in rows)
    assert whole == rendered("neo4j", graph)[f"neo4j/{neo4j.file(kind)}"]


# --- Progress and interruption -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", STREAMED)
def test_progress_names_the_file_and_ends_with_all_of_it(name: str, tmp_path: Path) -> None:
    """What is told are nodes or edges gone through; a graph that is watched makes the same bytes."""
    told: list[tuple[str, int, int]] = []
    watched = writers.export(large_graph(5), [name], tmp_path / "a", progress=lambda *step: told.append(step))
    plain = writers.export(large_graph(5), [name], tmp_path / "b")
    assert [path.read_bytes() for path in watched] == [path.read_bytes() for path in plain]
    files = {file for file, _, _ in told}
    assert files <= {str(path.relative_to(tmp_path / "a")) for path in watched} | {"neo4j/"}
    assert all(0 <= done <= total for _, done, total in told)
    assert {file for file, done, total in told if done == total} == files != set()


@pytest.mark.parametrize("name", ["nt", "jsonl", "neo4j"])
def test_an_interrupted_export_leaves_no_half_file(name: str, tmp_path: Path) -> None:
    """Ctrl-C in the middle: the old file stays, nothing else does, in the folder or among temporary files."""
    out, temporary = tmp_path / "out", tmp_path / "tmp"
    temporary.mkdir()
    old = out / next(spec.file for spec in FORMATS if spec.name == name).replace("neo4j/", "neo4j/papers.csv")
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old\n")
    program = (
        "import signal, sys; from test_streams import Endless; from kg import api, runs; from kg.cli import main;"
        "signal.signal(signal.SIGINT, signal.default_int_handler);"  # a shell may have it ignored
        "runs.HELD = 1_000_000; api.open_graph = lambda *_, **__: Endless(10_000_000); sys.argv[1:1] = ['export'];"
        "sys.exit(main())"
    )
    here = Path(__file__).resolve().parent
    path = os.pathsep.join([str(here), str(here.parent)])
    process = subprocess.Popen(
        [sys.executable, "-c", program, name, "-o", str(out)],
        env=os.environ | {"PYTHONPATH": path, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 60
    while not [*old.parent.glob(f".{old.name}.*")]:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode != 0
    assert b"Traceback" not in stderr
    assert stdout == b""
    assert [path for path in out.rglob("*") if path.is_file()] == [old]
    assert old.read_bytes() == b"old\n"
    assert list(temporary.iterdir()) == []
