"""The ledger says what the segments say: made at once or altered, here or in worker processes, and read as a stream."""

from __future__ import annotations

import os
import shutil
import sys
import tracemalloc
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import current, made_at_once, rows
from strategies import Item, digest, item

import kg
from kg import api, assembling, keeping, ledger, sealing, segments, store, vocabulary, wording
from kg.assembly import assemble_paper, tally_entities
from kg.build import build
from kg.directory import GraphDirectory
from kg.errors import GraphError, OutputError
from kg.graph import KnowledgeGraph
from kg.link import link
from kg.model import (
    Edge,
    Entry,
    Evidence,
    Kind,
    Lang,
    Located,
    Mention,
    Paper,
    PaperNode,
    Part,
    Passage,
    Relation,
)
from kg.segments import Header
from kg.stored import StoredGraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kg.graph import Graph

SAMPLES = Path(__file__).parent / "data" / "digests"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold digests of every paper, and two that say the same of one on other lines."""
    for number, paper in enumerate(strategies.PAPERS):
        digest(tmp_path / "digests", f"{number}.md", item(paper, title=f"Net{number}: Counting Sheep"))
    both = [item(paper, title="Both: GPT-4 Counts Sheep") for paper in strategies.PAPERS[:2]]
    digest(tmp_path / "digests", "there.md", *both)
    digest(tmp_path / "digests", "back.md", *reversed(both))
    return tmp_path / "digests"


@pytest.fixture
def place(folder: Path, tmp_path: Path) -> Path:
    """Hold a graph of these digests."""
    build([folder], tmp_path / "graph")
    return tmp_path / "graph"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold the graph of the sample digests."""
    place = tmp_path_factory.mktemp("samples") / "graph"
    build([SAMPLES], place)
    return place


def delete(folder: Path, *names: str) -> None:
    """Delete some digests."""
    for name in names:
        (folder / name).unlink()


def answers(graph: Graph) -> list[Any]:
    """Ask a graph everything that can be asked."""
    ids = [node.id for node, _ in graph.described()]
    return [
        len(graph),
        graph.counts(),
        list(graph.papers()),
        list(graph.digests()),
        *(list(graph.entities(kind)) for kind in (None, Kind.METHOD, Kind.DATASET, Kind.TOPIC)),
        *(list(graph.edges(relation)) for relation in (None, *Relation)),
        [(node, list(edges)) for node, edges in graph.described()],
        [graph.node(key) for key in ids],
        [graph.edges_of(key) for key in ids],
        [key in graph for key in (*ids, "", "method/nothing")],
    ]


# --- Made and altered --------------------------------------------------------------------------------------


def test_a_ledger_holds_what_the_segments_say(place: Path) -> None:
    assert answers(StoredGraph(current(place))) == answers(store.load(place))


def test_altered_it_is_the_one_made_at_once(
    folder: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Papers gain and lose entries, entities names, digests their file; a file that is no digest comes and goes."""
    monkeypatch.setattr(store, "SHARE", 0)
    steps: Sequence[Callable[[], object]] = (
        lambda: digest(folder, "new.md", item("2310.00212", title="Another: QLoRA Counts Goats")),
        lambda: (folder / "0.md").rename(folder / "renamed.md"),
        lambda: (folder / "copy.md").write_bytes((folder / "1.md").read_bytes()),
        lambda: digest(folder, "2.md", item("2106.09685")),
        lambda: (folder / "nothing.md").write_bytes(b"\0"),
        lambda: delete(folder, "back.md", "new.md", "nothing.md", "3.md"),
    )
    for number, step in enumerate(steps):
        step()
        with monkeypatch.context() as patched:
            patched.setattr(store, "_load", None)
            build([folder], place)
        assert rows(current(place)) == made_at_once(place, tmp_path / f"{number}.db")
        assert answers(StoredGraph(current(place))) == answers(store.load(place))


def test_what_is_wider_stays_as_long_as_something_narrower_does(tmp_path: Path) -> None:
    """No entry names it; it leaves with the last method below it, and comes back with the first."""

    def about(name: str, method: str, paper: str) -> None:
        says = f"About {method}."
        digest(tmp_path / "digests", name, Item(paper, says, says, says, says, says))

    folder, place, wide = tmp_path / "digests", tmp_path / "graph", "method/parameterefficientfinetuning"
    about("a.md", "AdaLoRA", "2310.00001")
    about("b.md", "HydraLoRA", "2310.00002")
    for number in range(12):
        about(f"other-{number}.md", "GPT-4", f"2310.1{number:04}")
    steps: Sequence[tuple[Callable[[], object], bool]] = (
        (lambda: delete(folder, "a.md"), True),
        (lambda: delete(folder, "b.md"), False),
        (lambda: about("a.md", "AdaLoRA", "2310.00001"), True),
        (lambda: about("a.md", "GPT-4", "2310.00001"), False),
    )
    build([folder], place)
    assert wide in StoredGraph(current(place))
    for number, (step, stays) in enumerate(steps):
        step()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(store, "_load", None)
            build([folder], place)
        assert (wide in StoredGraph(current(place))) == stays
        assert rows(current(place)) == made_at_once(place, tmp_path / f"{number}.db")


def test_only_what_changed_is_said_to_be(folder: Path, place: Path, tmp_path: Path) -> None:
    """A digest renamed is that digest alone; a paper listed once more is that paper, not what it is about."""
    old, directory = current(place), GraphDirectory.find(place)
    (folder / "0.md").rename(folder / "renamed.md")
    build([folder], place)
    before = directory.manifest()
    shutil.copy(current(place), tmp_path / "old.db")
    digest(folder, "more.md", item(strategies.PAPERS[4], title="Net4: Counting Sheep"), item("2310.00212"))
    build([folder], place)
    after = directory.manifest()
    renamed = next(source.digest for source in before.sources if source.names == ("renamed.md",))
    assert not old.exists()
    assert keeping.alter(tmp_path / "old.db", tmp_path / "same.db", directory, before, 0) == []
    changed = keeping.alter(tmp_path / "old.db", tmp_path / "new.db", directory, after, 0)
    new = {source.digest for source in after.sources} - {source.digest for source in before.sources}
    assert changed is not None
    assert renamed not in changed
    assert {key for key in changed if "/" not in key or key.startswith("cs/")} == {strategies.PAPERS[4], "2310.00212"}
    assert {key for key in changed if key.startswith("digest/")} == new


def test_too_great_a_difference_is_not_altered(folder: Path, place: Path, tmp_path: Path) -> None:
    digest(folder, "0.md", item("1706.03762"))
    shutil.copy(current(place), tmp_path / "old.db")
    build([folder], place)
    directory = GraphDirectory.find(place)
    assert keeping.alter(tmp_path / "old.db", tmp_path / "new.db", directory, directory.manifest(), 4) is None
    assert keeping.alter(tmp_path / "old.db", tmp_path / "new.db", directory, directory.manifest(), 3) is not None


def test_worker_processes_make_the_same(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In batches so small that there are many."""
    alone = made_at_once(samples, tmp_path / "alone.db")
    for name in ("PAPERS", "SEGMENTS", "ENTITIES"):
        monkeypatch.setattr(assembling, name, 2)
    assert made_at_once(samples, tmp_path / "together.db", workers=2) == alone
    assert alone == rows(current(samples))


def test_a_worker_that_dies_leaves_the_old_graph(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (place / "kg.json").read_bytes()
    for number in range(5):
        (folder / f"{number}.md").unlink()
    monkeypatch.setattr(store, "BYTES", 1)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", "/bin/false")
        with pytest.raises(GraphError, match="a worker process died"):
            build([folder], place, workers=2)
    assert (place / "kg.json").read_bytes() == before
    assert answers(api.open_graph(place)) == answers(store.load(place))
    build([folder], place, workers=2)
    assert answers(api.open_graph(place)) == answers(store.load(place))


# --- Linked once -------------------------------------------------------------------------------------------

TEXTS = ("LoRA and GPT-4", "LoRA", "GPT-4 and 低秩适配")
NAMES = ("LoRA", "GPT-4", "低秩适配")
lines = st.integers(1, 4)


@st.composite
def passages(draw: st.DrawFn) -> Passage:
    """Make a passage on one of few lines, so that several share one."""
    part = draw(st.sampled_from([Part.TITLE, Part.TAGS]))
    return Passage(part, draw(st.sampled_from(Lang)), draw(st.sampled_from(TEXTS)), draw(lines))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Make an entry of one paper, with mentions of what its passages name."""
    found = tuple(draw(st.lists(passages(), min_size=1, max_size=4)))
    mentions = [
        Mention("2310.00212", number, start, start + len(name), name, Kind.METHOD, relation, "test", sure, name)
        for number, passage in enumerate(found)
        for name in NAMES
        if (start := passage.text.find(name)) >= 0
        for relation in draw(st.sets(st.sampled_from([Relation.PROPOSES, Relation.USES_METHOD])))
        for sure in draw(st.sets(st.sampled_from([0.5, 0.75]), max_size=2))
    ]
    published = draw(st.sampled_from(["", "2024-02-29", "2023-01-01"]))
    return Entry(Paper("2310.00212", published, found, "digest/0", 1), tuple(sorted(mentions)), ())


@st.composite
def copies(draw: st.DrawFn) -> list[Entry]:
    """Make entries, each in several digests on whatever lines."""
    made: list[Entry] = []
    for origin in draw(st.lists(entries(), min_size=1, max_size=3)):
        for _ in range(draw(st.integers(1, 3))):
            paper = origin.paper
            moved = tuple(replace(item, line=draw(lines)) for item in paper.passages)
            here = replace(paper, source=f"digest/{len(made):02}", line=draw(lines), passages=moved)
            made.append(replace(origin, paper=here))
    return made


@settings(deadline=None, max_examples=100, derandomize=not os.environ.get("CI"))
@given(copies())
def test_linking_equal_entries_once_is_linking_each(
    tmp_path_factory: pytest.TempPathFactory, found: list[Entry]
) -> None:
    """Whatever the lines on which they stand, and which of them coincide."""
    folder, known = tmp_path_factory.mktemp("segments"), vocabulary.load()
    places = []
    for entry in found:
        header = Header(entry.paper.source, "page", "reader", "extractor")
        segments.write(folder, header, [entry])
        (row,) = assembling.look_through(folder, [(entry.paper.source, header.name)])
        places.append(assembling.Place(row[1], header.name, *row[2:]))
    share = assembling.assemble(folder, [("2310.00212", places)])
    linked = [link(entry, known) for entry in found]
    node, edges = assemble_paper(linked)
    assert [ledger.node(row) for row in share.nodes] == [node]
    assert [ledger.edge(row) for row in share.edges] == edges
    assert ledger.read_names(share.names[0][1]) == tally_entities(linked)


def test_what_an_entry_says_is_told_from_where_it_says_it() -> None:
    said = b'{"code":["[\\"tags\\",\\"en\\",7"],"id":"2310.00212","line":8,"mentions":[],"passages":%s,"published":""}'
    one, first = wording.content(said % b'[["title","en",13,"A \\"line\\":9"],["tags","zh",14,"x"]]')
    same, second = wording.content(
        said.replace(b":8,", b":3,") % b'[["title","en",4,"A \\"line\\":9"],["tags","zh",5,"x"]]'
    )
    other, third = wording.content(said % b'[["title","en",13,"A \\"line\\":9"],["tags","zh",13,"x"]]')
    assert one == same != other
    assert (first, second, third) == ((8, 13, 14), (3, 4, 5), (8, 13, 13))


# --- Read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("least", [0.0, 0.3, 0.6, 0.9, 0.99, 1.0, 1.1])
def test_what_is_sure_is_the_same_in_memory_and_in_the_ledger(samples: Path, least: float) -> None:
    loaded, opened = store.load(samples), api.open_graph(samples, min_confidence=least)
    assert answers(opened) == answers(loaded.confident(least))
    assert answers(opened.confident(0.5)) == answers(loaded.confident(least).confident(0.5))


def test_the_graph_can_be_loaded_from_the_ledger(samples: Path) -> None:
    loaded = api.load_graph(samples)
    assert isinstance(loaded, KnowledgeGraph)
    assert answers(loaded) == answers(store.load(samples))
    assert answers(api.load_graph(samples, min_confidence=0.9)) == answers(loaded.confident(0.9))


def test_a_node_that_is_not_there(samples: Path) -> None:
    opened = kg.open_graph(samples)
    with pytest.raises(KeyError):
        opened.node("method/nothing")
    with pytest.raises(KeyError):
        opened.edges_of("method/nothing")


def test_two_may_go_through_a_graph_at_once(samples: Path) -> None:
    opened = kg.open_graph(samples)
    for (one, _), (other, _) in zip(opened.described(), opened.described(), strict=True):
        assert one == other


def test_whoever_opened_a_graph_can_go_on_reading(folder: Path, place: Path) -> None:
    opened, before = api.open_graph(place), answers(store.load(place))
    every = iter(opened.described())
    next(every)
    digest(folder, "5.md", item("1706.03762"))
    build([folder], place)
    assert len(list(every)) == before[0] - 1
    assert answers(opened) == before
    assert answers(api.open_graph(place))[0] > before[0]


def nodes(number: int) -> Iterator[tuple[PaperNode, Edge]]:
    """Make papers of 20 kB, which no two share."""
    for count in range(number):
        key = f"2401.{count:05}"
        text = Located(Part.ABSTRACT, Lang.EN, f"{count} sheep " * 2_000, "digest/0", 1)
        evidence = Evidence(Part.ABSTRACT, Lang.EN, "sheep", 2, 7, "test", 0.9, "digest/0", 1)
        yield PaperNode(key, (text,)), Edge(key, Relation.USES_METHOD, "method/sheep", (evidence,) * 20)


def test_going_through_a_graph_takes_no_more_memory_than_a_node(tmp_path: Path) -> None:
    """Of papers that would fill 40 MB."""
    with closing(ledger.create(tmp_path / "large.db")) as made:
        for node, edge in nodes(2_000):
            made.execute("INSERT INTO nodes VALUES (?, ?, ?)", ledger.node_row(node))
            made.execute("INSERT INTO edges VALUES (?, ?, ?, ?, ?)", ledger.edge_row(edge))
        ledger.finish(made)
    opened = StoredGraph(tmp_path / "large.db")
    for every in (opened.described, opened.papers, opened.edges, lambda: opened.edges(Relation.USES_METHOD)):
        list(islice(every(), 10))
        tracemalloc.start()
        assert sum(1 for _ in every()) == 2_000
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2_000_000


# --- Damaged -----------------------------------------------------------------------------------------------


def _flip(path: Path, start: int = 8192) -> None:
    """Flip bits here and there, by default not on the first page, where the tables are listed."""
    content = bytearray(path.read_bytes())
    for place in range(start, len(content), 512):
        content[place] ^= 0x55
    path.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: os.truncate(path, path.stat().st_size // 2),
    "bits flipped": _flip,
    "garbage": lambda path: path.write_bytes(b"garbage" * 1000),
    "of another graph": lambda path: ledger.finish(_emptied(path)),
}


def _emptied(path: Path) -> Any:  # noqa: ANN401  a connection
    path.unlink()
    return ledger.create(path)


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_ledger_is_made_again_and_that_is_said(place: Path, kind: str) -> None:
    DAMAGE[kind](current(place))
    said: list[str] = []
    assert answers(store.open_graph(place, notice=said.append)) == answers(store.load(place))
    assert len(said) == 1
    assert "made again from the segments" in said[0]


def test_damage_that_only_shows_when_it_is_read_is_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a size the bytes of a store are not all read when it is opened; the remedy that is named works."""
    monkeypatch.setattr(sealing, "CHECKED", 0)
    store.rebuild(place)
    _flip(current(place))
    with pytest.raises(GraphError, match=r"ledger\.db: damaged") as caught:
        answers(api.open_graph(place))
    assert str(current(place).parent) in caught.value.remedy
    shutil.rmtree(current(place).parent)
    assert answers(api.open_graph(place)) == answers(store.load(place))


def test_damage_that_only_sqlite_sees_is_mended(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CHECKED", 0)
    store.rebuild(place)
    _flip(current(place), start=100)
    said: list[str] = []
    assert answers(store.open_graph(place, notice=said.append)) == answers(store.load(place))
    assert len(said) == 1


def test_a_damaged_ledger_is_no_base_to_alter(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CHECKED", 0)
    monkeypatch.setattr(store, "_alter", None)
    store.rebuild(place)
    _flip(current(place))
    digest(folder, "5.md", item("1706.03762"))
    build([folder], place)
    assert answers(api.open_graph(place)) == answers(store.load(place))


def test_a_ledger_by_other_code_is_made_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind by code or vocabulary: the old one is no base."""
    monkeypatch.setattr(store, "derivation", lambda: "another")
    monkeypatch.setattr(store, "_alter", None)
    said: list[str] = []
    assert answers(store.open_graph(place, notice=said.append)) == answers(store.load(place))
    assert "behind" in said[0]


def test_a_graph_without_a_store_is_read_where_nothing_can_be_written(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a read-only disk it is assembled in memory, from the segments."""
    shutil.rmtree(place / "store")

    def refuse(stores: Path) -> None:
        raise OutputError(str(stores), "cannot write (Read-only file system)", "Free some space.")

    monkeypatch.setattr(sealing, "workspace", refuse)
    assert answers(api.open_graph(place)) == answers(store.load(place))
    assert answers(api.open_graph(place, min_confidence=0.9)) == answers(store.load(place).confident(0.9))
    assert not (place / "store").exists()


def test_a_commit_while_a_store_is_made_is_no_damage(
    folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that took an old manifest finds segments gone, and takes the new one."""
    shutil.rmtree(place / "store")
    real = store.refresh

    def late(directory: GraphDirectory, *rest: Any, **options: Any) -> Path:  # noqa: ANN401  handed through
        if (folder / "0.md").exists():
            (folder / "0.md").unlink()
            with monkeypatch.context() as patched:
                patched.setattr(store, "refresh", real)
                build([folder], place)
            shutil.rmtree(place / "store")
        return real(directory, *rest, **options)

    monkeypatch.setattr(store, "refresh", late)
    assert len(list(api.open_graph(place).digests())) == 6
    assert answers(api.open_graph(place)) == answers(store.load(place))
