"""The laws of the graph, on generated digests through the real readers, extractor, linker and store.

Determinism, idempotence, growth, increment = rebuild, hostile text stays text. That nothing is ever half-written
is in test_faults.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import ledgers
import strategies
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from strategies import Item, Step

from kg import graph, link, rdf, readers, store, vocabulary, workers, writers
from kg.build import build
from kg.model import DigestNode, PaperNode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from kg.graph import KnowledgeGraph

SAMPLES = Path(__file__).parent / "data" / "digests"
LOCALLY = settings(deadline=None, max_examples=15, derandomize=True)
LAW = settings(LOCALLY, max_examples=100, derandomize=False) if os.environ.get("CI") else LOCALLY
SLOW_LAW = settings(LAW, max_examples=LAW.max_examples // 2, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Several builds an example: shrinking one would take minutes."""


def united(files: Mapping[str, bytes]) -> KnowledgeGraph:
    """Make the graph of some files in memory: what `kg build` and `kg.store.load` come to."""
    known = vocabulary.load()
    read = {name: readers.read_bytes(content, name) for name, content in files.items()}
    names: dict[str, set[str]] = {}
    for name, digest in read.items():
        names.setdefault(digest.id, set()).add(name)
    papers = [paper for digest in {digest.id: digest for digest in read.values()}.values() for paper in digest.papers]
    linked = [link.link(entry, known) for entry in workers.extractor().entries(papers)]
    nodes = {
        digest.id: DigestNode(digest.id, tuple(sorted(names[digest.id])), digest.dialect) for digest in read.values()
    }
    return graph.assemble(linked, [node for node in nodes.values() if node.dialect], known)


def exports(content: KnowledgeGraph) -> dict[str, bytes]:
    """Render a graph in the two formats that leave nothing out."""
    return {name: b"".join(chunks) for form in ("nt", "jsonl") for name, chunks in writers.resolve(form)(content)}


def triples(content: KnowledgeGraph) -> list[str]:
    return sorted(str(triple) for triple in rdf.triples(content))


def stored(place: Path) -> list[str]:
    return sorted(str(quad.triple) for quad in store.open_store(place))


def edges(content: KnowledgeGraph) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.relation, edge.target) for edge in content.edges()}


@LAW
@given(strategies.folders(), st.randoms(use_true_random=False))
def test_the_order_of_digests_is_without_effect(made: tuple[dict[str, bytes], list[Step]], random: Random) -> None:
    """Determinism: the same digests in another order give the same bytes."""
    shuffled = list(made[0].items())
    random.shuffle(shuffled)
    assert exports(united(made[0])) == exports(united(dict(shuffled)))


@LAW
@given(strategies.folders())
def test_a_digest_twice_is_a_digest_once(made: tuple[dict[str, bytes], list[Step]]) -> None:
    """Idempotence: copies change nothing but the names of their digests."""
    once = united(made[0])
    twice = united(made[0] | {f"copy-of-{name}": data for name, data in made[0].items()})
    assert twice.papers() == once.papers()
    assert twice.entities() == once.entities()
    assert twice.edges() == once.edges()
    assert [digest.id for digest in twice.digests()] == [digest.id for digest in once.digests()]


@LAW
@given(strategies.folders(steps=1))
def test_another_digest_removes_nothing(made: tuple[dict[str, bytes], list[Step]]) -> None:
    """Growth: whatever is added, every node and edge stays."""
    content, steps = made
    more = {f"more-{number}.md": step.content for number, step in enumerate(steps)}
    before, after = united(content), united(content | more)
    assert set(before.network) <= set(after.network)
    assert edges(before) <= edges(after)


@LAW
@given(strategies.folders())
def test_hostile_text_stays_text(made: tuple[dict[str, bytes], list[Step]]) -> None:
    """Every quote stands in its passage, every line of an export is one record, and RDF comes back as it went in."""
    whole = united(made[0])
    for edge in whole.edges():
        for item in edge.evidence:
            paper = whole.node(edge.source)
            assert isinstance(paper, PaperNode)
            assert any(
                text.text[item.start : item.end] == item.quote
                for text in paper.passages
                if (text.part, text.lang, text.digest, text.line) == (item.part, item.lang, item.digest, item.line)
            )
    written = exports(whole)
    assert len([json.loads(line) for line in written["graph.jsonl"].splitlines()]) == len(whole.papers())
    assert len(written["graph.nt"].splitlines()) == len(triples(whole))


@SLOW_LAW
@given(strategies.folders(steps=2), st.sampled_from([0, store.SHARE, 1_000_000]))
def test_step_by_step_ends_in_the_same_bytes(made: tuple[dict[str, bytes], list[Step]], share: int) -> None:
    """Increment = rebuild, in every export, in ledger and database, whether these are altered or made anew."""
    content, steps = made
    with tempfile.TemporaryDirectory() as name, patch.object(store, "SHARE", share):
        folder, place = Path(name, "digests"), Path(name, "graph")
        folder.mkdir()
        for file, data in content.items():
            (folder / file).write_bytes(data)
        build([folder], place, workers=1)
        for number, step in enumerate(steps):
            take(folder, number, step)
            build([folder], place, workers=1)
        stepwise = store.load(place)
        assert list(store.open_graph(place).described()) == list(stepwise.described())
        assert ledgers.rows(ledgers.current(place)) == ledgers.made_at_once(place, Path(name, "at-once.db"))
        assert exports(stepwise) == exports(united({file.name: file.read_bytes() for file in folder.iterdir()}))
        assert stored(place) == triples(stepwise)


def take(folder: Path, number: int, step: Step) -> None:
    """Do something to one digest of a folder; the last one is never deleted."""
    there = sorted(folder.iterdir())
    chosen = there[step.which % len(there)]
    match step.action:
        case "add":
            (folder / f"new-{number}.md").write_bytes(step.content)
        case "change":
            chosen.write_bytes(step.content)
        case "rename":
            chosen.rename(folder / f"moved-{number}.md")
        case "copy":
            (folder / f"copy-{number}.md").write_bytes(chosen.read_bytes())
        case "delete" if len(there) > 1:
            chosen.unlink()


def test_the_surroundings_are_without_effect(tmp_path: Path) -> None:
    """Determinism: hash seed, time zone, locale, working directory and the number of workers change no byte."""
    surroundings = (
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.UTF-8"},
    )
    running = [start(tmp_path / str(number), 1 + number, extra) for number, extra in enumerate(surroundings)]
    one, other = (process.communicate(timeout=120)[0] for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert json.loads(one) == json.loads(other)
    assert len(json.loads(one)) > len(writers.FORMATS)


HASHES = """
import hashlib, json, pathlib, sys
from kg import store, writers
from kg.build import build

place, workers, *digests = sys.argv[1:]
build([pathlib.Path(path) for path in digests], pathlib.Path(place), workers=int(workers))
content = store.load(pathlib.Path(place))
hashes = {
    name: hashlib.sha256(b"".join(chunks)).hexdigest()
    for form in writers.FORMATS for name, chunks in writers.resolve(form.name)(content)
}
hashes["store"] = hashlib.sha256("".join(sorted(map(str, store.open_store(pathlib.Path(place))))).encode()).hexdigest()
print(json.dumps(hashes))
"""


def start(place: Path, count: int, surroundings: dict[str, str]) -> subprocess.Popen[bytes]:
    """Build the samples in a process of its own, in reverse order if with several workers; it prints hashes."""
    place.mkdir()
    digests: Sequence[Path] = sorted(SAMPLES.rglob("*.md"), reverse=count > 1)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)} | surroundings
    command = [sys.executable, "-c", HASHES, str(place / "graph"), str(count), *map(str, digests)]
    return subprocess.Popen(command, env=environment, cwd=place, stdout=subprocess.PIPE)


def test_names_that_must_not_meet_stay_apart(tmp_path: Path) -> None:
    """A paper's own reading of an acronym is its own: another digest neither takes it over nor loses its own."""
    own = Item("2201.11903", "Graph Prompt Tuning (GPT) for Sheep", abstract="We propose Graph Prompt Tuning (GPT).")
    strategies.digest(tmp_path / "d", "a.md", own)
    strategies.digest(tmp_path / "d", "b.md", strategies.item("2303.06137", title="GPT-3.5 and GPT-4 Count Sheep"))
    build([tmp_path / "d"], tmp_path / "graph", workers=1)
    ids = {entity.id for entity in store.load(tmp_path / "graph").entities()}
    assert {"method/gpt3.5", "method/gpt4"} <= ids
