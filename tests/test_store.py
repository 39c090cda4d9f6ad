"""The store for SPARQL holds what the segments say: made anew or altered, mended when damaged, never silently wrong."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import strategies
from strategies import digest, item

from kg import directory, rdf, sealing, segments, store
from kg.build import build
from kg.directory import GraphDirectory, Manifest, Source, file_name
from kg.model import Entry, Finding, Kind, Lang, Mention, Paper, Part, Passage, Relation, Severity
from kg.segments import Header

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.graph import KnowledgeGraph


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold a digest of every paper."""
    for number, paper in enumerate(strategies.PAPERS):
        digest(tmp_path / "digests", f"{number}.md", item(paper, title=f"Net{number}: Counting Sheep"))
    return tmp_path / "digests"


@pytest.fixture
def place(folder: Path, tmp_path: Path) -> Path:
    """Hold a graph of these digests."""
    build([folder], tmp_path / "graph")
    return tmp_path / "graph"


def asked(place: Path) -> set[str]:
    return {str(quad.triple) for quad in store.open_store(place)}


def expected(place: Path) -> set[str]:
    return {str(triple) for triple in rdf.triples(store.load(place))}


def current(place: Path) -> Path:
    return place / "store" / store.state(GraphDirectory.find(place).manifest())


def test_the_store_holds_the_triples_of_the_graph(place: Path) -> None:
    assert asked(place) == expected(place) != set()


def test_the_store_is_opened_for_reading_alone(place: Path) -> None:
    with pytest.raises((OSError, RuntimeError)):
        store.open_store(place).clear()


def test_opening_a_sound_store_says_and_writes_nothing(place: Path) -> None:
    said: list[str] = []
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    store.open_store(place, notice=said.append)
    assert said == []
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before


# --- Damage ------------------------------------------------------------------------------------------------


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder)
    return folder


def _cut(folder: Path) -> None:
    largest = max((folder / "db").iterdir(), key=lambda path: path.stat().st_size)
    os.truncate(largest, largest.stat().st_size // 2)


def _flip(folder: Path) -> None:
    for path in (folder / "db").glob("*.sst"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "gone": shutil.rmtree,
    "empty": lambda folder: _emptied(folder).mkdir(),
    "no database": lambda folder: shutil.rmtree(folder / "db"),
    "cut off": _cut,
    "a bit flipped": _flip,
    "garbage": lambda folder: (folder / "db" / "CURRENT").write_bytes(b"garbage"),
    "a file too many": lambda folder: (folder / "db" / "999999.sst").write_bytes(b""),
    "unsealed": lambda folder: (folder / sealing.SEAL).unlink(),
    "seal garbled": lambda folder: (folder / sealing.SEAL).write_bytes(b'{"files": '),
    "seal of another shape": lambda folder: (folder / sealing.SEAL).write_bytes(b"[]"),
    "lock gone": lambda folder: (folder / "lock").unlink(),
    "a file in its place": lambda folder: _emptied(folder).write_bytes(b""),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_store_is_made_again_and_that_is_said(place: Path, kind: str) -> None:
    DAMAGE[kind](current(place))
    said: list[str] = []
    assert {str(quad.triple) for quad in store.open_store(place, notice=said.append)} == expected(place)
    assert len(said) == 1
    assert "made again from the segments" in said[0]
    store.open_store(place, notice=said.append)
    assert len(said) == 1


def test_damage_that_only_oxigraph_sees_is_mended(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a size the bytes of a store are not all read when it is opened."""
    monkeypatch.setattr(sealing, "CHECKED", 0)
    store.rebuild(place)
    manifest = next((current(place) / "db").glob("MANIFEST-*"))
    manifest.write_bytes(b"\0" * manifest.stat().st_size)
    said: list[str] = []
    store.open_store(place, notice=said.append)
    assert asked(place) == expected(place)
    assert len(said) == 1


def test_a_store_by_other_code_is_made_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer linker or vocabulary: the store is behind, and an old one is no base to alter."""
    monkeypatch.setattr(store, "derivation", lambda: "another")
    monkeypatch.setattr(store, "_alter", None)
    said: list[str] = []
    store.open_store(place, notice=said.append)
    assert "behind" in said[0]
    assert asked(place) == expected(place)


def test_a_sound_store_can_be_made_again_on_demand(place: Path) -> None:
    before = (current(place) / "lock").stat().st_ino
    store.rebuild(place)
    assert (current(place) / "lock").stat().st_ino != before
    assert asked(place) == expected(place)


# --- Updates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("together", [1, 3, store.TOGETHER])
def test_a_small_change_alters_a_copy(
    folder: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    """Whatever number of nodes is altered at once."""
    monkeypatch.setattr(store, "TOGETHER", together)
    digest(folder, "4.md", item("cs/0112017", title="Another: Counting Goats"))
    (folder / "3.md").rename(folder / "9.md")
    with monkeypatch.context() as patched:
        patched.setattr(store, "_load", None)
        patched.setattr(store, "SHARE", 1)
        build([folder], place)
    assert asked(place) == expected(place)
    build([folder], tmp_path / "fresh")
    assert asked(place) == asked(tmp_path / "fresh")


def test_a_large_change_loads_everything(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 5):
        (folder / f"{number}.md").unlink()
    monkeypatch.setattr(store, "_alter", None)
    build([folder], place)
    assert asked(place) == expected(place)


def test_old_stores_and_segments_go_when_the_new_ones_are_in_place(folder: Path, place: Path) -> None:
    (folder / "0.md").unlink()
    build([folder], place)
    assert list((place / "store").iterdir()) == [current(place)]
    assert len(list((place / "segments").glob("*/*"))) == 4


def test_what_a_killed_process_left_goes(folder: Path, place: Path) -> None:
    litter = [
        place / ".kg.json.x1",
        place / "segments" / "00" / ".00.jsonl.x2",
        place / "store" / ".new-x3" / "db" / "x",
    ]
    for path in litter:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    (folder / "0.md").unlink()
    build([folder], place)
    assert not any(path.exists() for path in litter)


def test_what_is_in_the_way_among_segments_stops_no_sweep(folder: Path, place: Path) -> None:
    (place / "segments" / "file").write_text("")
    (place / "segments" / "zz" / "folder").mkdir(parents=True)
    (folder / "0.md").unlink()
    build([folder], place)
    assert len(list((place / "segments").glob("*/*.jsonl"))) == 4
    assert (place / "segments" / "zz" / "folder").is_dir()


def test_a_store_in_use_stays_until_nobody_reads_it(folder: Path, place: Path) -> None:
    """Another process (here: another handle) reads while a build commits."""
    old = current(place)
    handle = os.open(old / "lock", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_SH)
    digest(folder, "5.md", item("1706.03762"))
    build([folder], place)
    assert (old / sealing.SEAL).exists()
    os.close(handle)
    digest(folder, "6.md", item("1810.04805"))
    build([folder], place)
    assert not old.exists()
    assert asked(place) == expected(place)


def test_whoever_opened_a_store_can_go_on_reading(folder: Path, place: Path) -> None:
    opened, before = store.open_store(place), asked(place)
    digest(folder, "5.md", item("1706.03762"))
    build([folder], place)
    assert {str(quad.triple) for quad in opened} == before < asked(place)


def test_a_graph_directory_can_be_moved(place: Path, tmp_path: Path) -> None:
    before = asked(place)
    said: list[str] = []
    shutil.copytree(place, tmp_path / "copy")
    assert {str(quad.triple) for quad in store.open_store(tmp_path / "copy", notice=said.append)} == before
    assert said == []


def test_a_commit_while_the_graph_is_loaded_is_no_damage(
    folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that took an old manifest finds segments gone, and takes the new one."""
    real = store.assemble

    def late(directory: GraphDirectory, manifest: Manifest) -> KnowledgeGraph:
        if (folder / "0.md").exists():
            (folder / "0.md").unlink()
            with monkeypatch.context() as patched:
                patched.setattr(store, "assemble", real)
                build([folder], place)
        return real(directory, manifest)

    monkeypatch.setattr(store, "assemble", late)
    assert len(store.load(place).papers()) == 4


# --- Segments and manifest ---------------------------------------------------------------------------------


def entry() -> Entry:
    passages = (Passage(Part.TITLE, Lang.EN, "Zeta\u2028Net: “羊”", 3), Passage(Part.TAGS, Lang.ZH, "智能体", 9))
    mentions = (
        Mention("2310.00212", 0, 0, 8, "Zeta\u2028Net", Kind.METHOD, Relation.PROPOSES, "title", 0.75, "Zeta Net"),
        Mention(
            "2310.00212",
            1,
            0,
            3,
            "智能体",
            Kind.TOPIC,
            Relation.HAS_TOPIC,
            "tag",
            1.0,
            "智能体",
            "topic/agents",
            "agent",
        ),
    )
    return Entry(Paper("2310.00212", "2024-02-29", passages, "digest/00ff", 3), mentions, ("https://github.com/a/b",))


def test_a_segment_gives_back_what_was_written(tmp_path: Path) -> None:
    findings = (Finding(":12", "no-link", "none.\u2028", Severity.WARNING), Finding("", "html", "a page."))
    header = Header("digest/00ff", "page", "reader", "extractor", findings)
    assert len(segments.write(tmp_path, header, [entry(), entry()])) == 2
    assert segments.read(tmp_path / header.name) == (header, [entry(), entry()])
    assert segments.check(tmp_path / header.name) == (header, 2)


def test_a_segment_is_lines_of_json(tmp_path: Path) -> None:
    header = Header("digest/00ff", "page", "reader", "extractor")
    segments.write(tmp_path, header, [entry()])
    lines = (tmp_path / header.name).read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert [min(json.loads(line)) for line in lines] == ["dialect", "code", "crc32"]


def test_a_manifest_gives_back_what_was_written(folder: Path, place: Path) -> None:
    found = GraphDirectory.find(place)
    manifest = found.manifest()
    assert len(manifest.sources) == 5
    assert manifest.paths()[str(folder.resolve() / "0.md")] in {source.digest for source in manifest.sources}
    content = (place / "kg.json").read_bytes()
    (place / "kg.json").unlink()
    found.commit(manifest)
    assert (place / "kg.json").read_bytes() == content


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_manifest_is_indented_json(number: int) -> None:
    """What is written by hand, for speed, is what json writes, whatever the names."""
    odd = ('/a "b"/\\c\n.md', "/摘要/\udcff\u2028\x7f.md")
    sources = tuple(
        Source(f"digest/{at}", "page" * (at % 2), f"{at}/{at}-a-b.jsonl", odd[: at % 2 + 1]) for at in range(number)
    )
    record = {
        "format": segments.FORMAT,
        "reader": 'r"',
        "extractor": "é",
        "digests": [
            {"digest": item.digest, "dialect": item.dialect, "segment": item.segment, "paths": item.paths}
            for item in sources
        ],
    }
    content = directory.render(Manifest(sources, 'r"', "é"))
    assert content.decode("ascii") == json.dumps(record, indent=1, sort_keys=True) + "\n"
    assert directory.parse(Path("kg.json"), content).sources == sources


def test_where_digests_lie_does_not_change_what_the_store_is(folder: Path, place: Path, tmp_path: Path) -> None:
    shutil.move(folder, tmp_path / "elsewhere")
    build([tmp_path / "elsewhere"], tmp_path / "other")
    assert current(tmp_path / "other").name == current(place).name


def test_the_names_of_a_source_are_sorted_and_each_once() -> None:
    source = Source("digest/00", "page", "00/00-a-b.jsonl", ("/a/z.md", "/b/a.md", "/c/z.md"))
    assert source.names == ("a.md", "z.md")
    assert file_name("/a/\udcff.md") == "\ufffd.md"
