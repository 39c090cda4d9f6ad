"""Nothing is ever half-written: whatever goes wrong, and whenever, the graph is the old one or the new one.

Bad graph directories, damaged files, full and read-only disks, locks, and processes killed at every single step.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from strategies import digest, item

from kg import rdf, segments, store, wording
from kg.build import build
from kg.directory import GraphDirectory
from kg.errors import GraphError, KgError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERYTHING = bool(os.environ.get("CI"))
"""Whether to try every step rather than one of each sort."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold three digests."""
    for name, paper in (("a.md", "2106.09685"), ("b.md", "2201.11903"), ("c.md", "2303.06137")):
        digest(tmp_path / "digests", name, item(paper))
    return tmp_path / "digests"


@pytest.fixture
def place(folder: Path, tmp_path: Path) -> Path:
    """Hold their graph."""
    build([folder], tmp_path / "graph")
    return tmp_path / "graph"


def papers(place: Path) -> list[str]:
    return [paper.id for paper in store.load(place).papers()]


def assert_sound(place: Path) -> list[str]:
    """Check that database and ledger answer what the segments say, and give the papers."""
    graph = store.load(place)
    assert {quad.triple for quad in store.open_store(place)} == set(rdf.triples(graph))
    assert list(store.open_graph(place).described()) == list(graph.described())
    return [paper.id for paper in graph.papers()]


def assert_three_clauses(error: KgError) -> None:
    """Check that a message says where, what and the remedy, in one line."""
    assert error.where
    assert error.what
    assert error.remedy.endswith(".")
    assert "\n" not in str(error)
    assert error.exit_code == 2


# --- Directories that are no graph -------------------------------------------------------------------------


READERS_OF_A_GRAPH: tuple[Callable[[Path], object], ...] = (store.load, store.open_store, store.sparql_path)


@pytest.mark.parametrize("read", READERS_OF_A_GRAPH)
def test_a_graph_that_is_not_there(tmp_path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(GraphError, match="no graph is here") as caught:
        read(tmp_path / "graph")
    assert_three_clauses(caught.value)
    assert not (tmp_path / "graph").exists()


@pytest.mark.parametrize("read", READERS_OF_A_GRAPH)
def test_a_file_in_place_of_a_graph(tmp_path: Path, read: Callable[[Path], object]) -> None:
    (tmp_path / "graph").write_text("")
    with pytest.raises(GraphError, match="a file") as caught:
        read(tmp_path / "graph")
    assert_three_clauses(caught.value)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO])
def test_a_graph_that_cannot_be_read(place: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuse(_path: Path) -> bytes:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(GraphError, match="cannot be read") as caught:
        store.load(place)
    assert_three_clauses(caught.value)
    monkeypatch.setattr(Path, "stat", lambda path, **_: refuse(path))
    with pytest.raises(GraphError, match="cannot be read") as caught:
        store.load(place)
    assert_three_clauses(caught.value)


@pytest.mark.parametrize("path", ["file", "file/graph"])
def test_a_file_where_a_graph_would_go(folder: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(GraphError, match="a file is in the way") as caught:
        build([folder], tmp_path / path)
    assert_three_clauses(caught.value)
    assert (tmp_path / "file").read_text() == "precious"


def test_a_folder_of_something_else_is_left_alone(folder: Path) -> None:
    """`--graph .` by mistake must not sweep a folder of the user's that happens to be called store."""
    (folder / "store" / "mine").mkdir(parents=True)
    with pytest.raises(GraphError, match="something else") as caught:
        build([folder], folder)
    assert_three_clauses(caught.value)
    assert (folder / "store" / "mine").exists()


# --- Damaged and newer manifests ---------------------------------------------------------------------------


MANIFESTS = {
    "empty": b"",
    "cut off": b'{"format": 1, "digests": [',
    "no JSON": b"\x00\xff",
    "a list": b"[]",
    "no format": b"{}",
    "format of another type": b'{"format": "1"}',
    "no digests": b'{"format": 1, "reader": "", "extractor": ""}',
    "digests of another type": b'{"format": 1, "reader": "", "extractor": "", "digests": 3}',
    "a digest of another type": b'{"format": 1, "reader": "", "extractor": "", "digests": ["x"]}',
    "a digest without path": b'{"format": 1, "reader": "", "extractor": "", "digests": [{"digest": "d", "dialect": "", '
    b'"segment": "00/0.jsonl", "paths": []}]}',
    "paths of another type": b'{"format": 1, "reader": "", "extractor": "", "digests": [{"digest": "d", "dialect": "", '
    b'"segment": "00/0.jsonl", "paths": [1]}]}',
    "a segment outside": b'{"format": 1, "reader": "", "extractor": "", "digests": [{"digest": "d", "dialect": "", '
    b'"segment": "../../x", "paths": ["a"]}]}',
    "a fingerprint of another type": b'{"format": 1, "reader": 3, "extractor": "", "digests": []}',
}


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_damaged_manifest_is_said_with_its_remedy(folder: Path, place: Path, kind: str) -> None:
    (place / "kg.json").write_bytes(MANIFESTS[kind])
    for step in (lambda: store.load(place), lambda: store.open_store(place), lambda: build([folder], place)):
        with pytest.raises(GraphError, match=r"kg\.json: damaged") as caught:
            step()
        assert_three_clauses(caught.value)
    assert (place / "kg.json").read_bytes() == MANIFESTS[kind]


def test_the_remedy_for_a_damaged_manifest_works(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deleting that one file and building again extracts nothing anew."""
    (place / "kg.json").unlink()
    monkeypatch.setattr("kg.workers.do", None)
    build([folder], place)
    assert len(assert_sound(place)) == 3


def test_a_graph_of_a_newer_kg_is_not_touched(folder: Path, place: Path) -> None:
    (place / "kg.json").write_text('{"format": 2, "whatever": []}')
    for step in (lambda: store.load(place), lambda: store.open_store(place), lambda: build([folder], place)):
        with pytest.raises(GraphError, match=r"written by a newer kg \(format 2\)\. Update digest-kg\."):
            step()
    assert (place / "kg.json").read_text() == '{"format": 2, "whatever": []}'


# --- Damaged segments --------------------------------------------------------------------------------------


def one_segment(place: Path) -> Path:
    source = min(GraphDirectory.find(place).manifest().sources, key=lambda source: source.names)
    return place / "segments" / source.segment


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _resealed(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Alter the lines of a segment and give it the right checksum for them."""
    lines = [json.loads(line) for line in path.read_bytes().splitlines()[:-1]]
    change(lines)
    body = b"".join(wording.line(line) for line in lines)
    path.write_bytes(body + segments._footer(body))


SEGMENTS: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-200]),
    "cut at a line": lambda path: path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1])),
    "a bit flipped": _flip,
    "a line too many": lambda path: path.write_bytes(path.read_bytes() + b"{}\n"),
    "an entry of another shape": lambda path: _resealed(path, lambda lines: lines[1].pop("mentions")),
    "a mention beyond the text": lambda path: _resealed(path, lambda lines: lines[1]["mentions"][0].update(passage=99)),
    "a header of another shape": lambda path: _resealed(path, lambda lines: lines[0].pop("digest")),
    "findings of another shape": lambda path: _resealed(path, lambda lines: lines[0].update(findings=[["x"]])),
}
CHECKED = [kind for kind in SEGMENTS if kind not in {"an entry of another shape", "a mention beyond the text"}]
"""Those that are seen without decoding every entry."""


@pytest.mark.parametrize("kind", SEGMENTS)
def test_a_damaged_segment_is_said_with_its_file(place: Path, kind: str) -> None:
    path = one_segment(place)
    SEGMENTS[kind](path)
    with pytest.raises(GraphError, match=f"{path.name}.*damaged") as caught:
        store.load(place)
    assert_three_clauses(caught.value)


@pytest.mark.parametrize("kind", CHECKED)
def test_a_damaged_segment_is_mended_by_the_next_build(folder: Path, place: Path, kind: str) -> None:
    """Whichever digest that build is about."""
    path = one_segment(place)
    before = path.read_bytes()
    SEGMENTS[kind](path)
    report = build([folder / "c.md"], place)
    assert report.redone == (str(folder / "a.md"),)
    assert path.read_bytes() == before
    assert_sound(place)


def test_a_damaged_segment_whose_digest_is_gone_stops_the_build(folder: Path, place: Path) -> None:
    one_segment(place).unlink()
    (folder / "a.md").unlink()
    with pytest.raises(GraphError, match=r"a\.md: .*the file is gone") as caught:
        build([folder / "c.md"], place)
    assert_three_clauses(caught.value)
    build([folder], place)
    assert papers(place) == ["2201.11903", "2303.06137"]


def test_a_segment_of_a_newer_kg_is_said(place: Path) -> None:
    _resealed(one_segment(place), lambda lines: lines[0].update(format=2))
    with pytest.raises(GraphError, match="written by a newer kg"):
        store.load(place)


# --- Locks -------------------------------------------------------------------------------------------------


def test_a_second_writer_is_told_at_once(folder: Path, place: Path) -> None:
    with GraphDirectory.find(place).locked(), pytest.raises(GraphError, match="another kg is writing") as caught:
        build([folder], place)
    assert_three_clauses(caught.value)


def test_a_second_writer_may_wait(folder: Path, place: Path) -> None:
    ended: list[float] = []
    with GraphDirectory.find(place).locked():
        thread = threading.Thread(target=lambda: ended.append(build([folder], place, wait=True).papers))
        thread.start()
        time.sleep(0.2)
        assert not ended
    thread.join(60)
    assert ended == [3]


def test_readers_need_no_lock(place: Path) -> None:
    with GraphDirectory.find(place).locked():
        assert_sound(place)


# --- Disks that are full or read-only ----------------------------------------------------------------------


WRITES = (
    (tempfile, "mkstemp"),
    (os, "fsync"),
    (Path, "replace"),
    (Path, "rename"),
    (Path, "mkdir"),
    (store, "_load"),
    (store, "_alter"),
    (shutil, "copyfile"),
    (sqlite3, "connect"),
    (os, "open"),
)
"""What a build does to the disk, one way or another."""


class Disk:
    """A disk on which one write fails."""

    def __init__(self) -> None:
        self.left = 0
        self.code = 0

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a function count as a write."""

        def write(*args: Any, **options: Any) -> Any:  # noqa: ANN401  stands in for any function
            self.left -= 1
            if self.left == 0:
                raise OSError(self.code, os.strerror(self.code))
            return function(*args, **options)

        return write


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, place: Path) -> Disk:  # noqa: ARG001  made while all is well
    """Let every write of a build go through a disk that may fail."""
    made = Disk()
    for owner, name in WRITES:
        monkeypatch.setattr(owner, name, made.wrap(getattr(owner, name)))
    return made


def test_a_write_that_fails_leaves_the_old_graph(folder: Path, place: Path, disk: Disk) -> None:
    """Each write in turn: the build says so or does without it, and the graph is the old one or the new one."""
    before = papers(place)
    after = [*before, "2310.00212"]
    digest(folder, "d.md", item("2310.00212"))
    refused = 0
    for number in itertools.count(1):
        copy = place.with_name(f"copy-{number}")
        shutil.copytree(place, copy)
        disk.left, disk.code = number, (errno.ENOSPC, errno.EROFS, errno.EACCES)[number % 3]
        try:
            build([folder], copy, workers=1)
        except OutputError as error:
            assert_three_clauses(error)
            refused += 1
            assert papers(copy) == before
        else:
            assert papers(copy) == after
        if disk.left > 0:
            break  # there are fewer writes than that
    assert refused > 8


# --- Killed processes --------------------------------------------------------------------------------------


ZYGOTE = """
import json, os, pathlib, resource, signal, sys, warnings
from kg import link, readers, store, vocabulary, workers, writers
from kg.build import build
from kg.errors import KgError

warnings.simplefilter("ignore")
sample = pathlib.Path(sys.argv[1])
list(workers.extractor().entries(readers.read_digest(sample).papers))
vocabulary.load().find("x")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
WATCHED = "open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.copyfile", "sqlite3.connect"

def child(job, out):
    steps = []
    def watch(event, args):
        if event == "open" and not (isinstance(args[2], int) and args[2] & WRITING):
            return
        if event in WATCHED and job["graph"] in str(args[0]):
            steps.append(event + " " + os.path.relpath(str(args[0]), job["graph"]))
            if len(steps) == job["kill"]:
                os.kill(os.getpid(), signal.SIGKILL)
    if job["limit"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["limit"], job["limit"]))
    sys.addaudithook(watch)
    try:
        build([pathlib.Path(job["digests"])], pathlib.Path(job["graph"]), workers=1)
        answer = {"steps": steps}
    except KgError as error:
        answer = {"error": type(error).__name__, "says": str(error)}
    os.write(out, json.dumps(answer).encode())
    os._exit(0)

for line in sys.stdin:
    job = json.loads(line)
    here, there = os.pipe()
    pid = os.fork()
    if not pid:
        child(job, there)
    os.close(there)
    if job["after"]:
        import time
        time.sleep(job["after"])
        os.kill(pid, signal.SIGKILL)
    with open(here, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    print(answer.decode() or "{}", flush=True)
"""


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., dict[str, Any]]]:
    """Build in processes that are killed after so many steps or seconds, or may write files of so many bytes.

    They are forked from one process that has loaded everything but never opened a store, since threads of RocksDB
    would not survive the fork.
    """
    sample = digest(tmp_path_factory.mktemp("sample"), "a.md")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-c", ZYGOTE, str(sample)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def run(digests: Path, graph: Path, *, kill: int = 0, after: float = 0, limit: int = 0) -> dict[str, Any]:
            job = {"digests": str(digests), "graph": str(graph), "kill": kill, "after": after, "limit": limit}
            stdin.write(json.dumps(job).encode() + b"\n")
            stdin.flush()
            answer: dict[str, Any] = json.loads(stdout.readline())
            return answer

        yield run


@pytest.fixture
def changed(folder: Path, place: Path) -> list[list[str]]:
    """Change, add, rename and delete digests since the graph was made; give its papers before and after."""
    before = papers(place)
    digest(folder, "a.md", item("cs/0112017"))
    digest(folder, "d.md", item("2310.00212"))
    (folder / "b.md").unlink()
    (folder / "c.md").rename(folder / "e.md")
    return [before, ["2303.06137", "2310.00212", "cs/0112017"]]


def chosen(steps: list[str]) -> list[int]:
    """Choose one step of each sort, counted from 1; in CI every step."""
    sorts: dict[str, int] = {}
    for number, step in enumerate(steps, start=1):
        event, _, path = step.partition(" ")
        top, *_, name = path.split("/") if "/" in path else (path, "")
        sort = f"{event} {top[:4]} {name.startswith('.')}"
        if not (event == "os.remove" and name.startswith(".")):  # a temporary file that has been renamed already
            sorts.setdefault(str(number) if EVERYTHING else sort, number)
    return list(sorts.values())


def test_killed_at_any_step_the_graph_is_the_old_or_the_new_one(
    folder: Path, place: Path, changed: list[list[str]], builder: Callable[..., dict[str, Any]]
) -> None:
    """SIGKILL right before each operation on a file or database; then the graph is read, and the build run again."""
    whole = place.with_name("whole")
    shutil.copytree(place, whole)
    steps = builder(folder, whole)["steps"]
    assert papers(whole) == changed[1]
    found = []
    for number in chosen(steps):
        copy = place.with_name(f"killed-{number}")
        shutil.copytree(place, copy)
        assert builder(folder, copy, kill=number) == {}
        found.append(assert_sound(copy))
        build([folder], copy, workers=1)
        assert assert_sound(copy) == changed[1]
        assert (copy / "kg.json").read_bytes() == (whole / "kg.json").read_bytes()
        assert litter(copy) == []
    assert [state for state in found if state not in changed] == []
    assert found[0] == changed[0]
    assert found[-1] == changed[1]


def litter(place: Path) -> list[str]:
    """List what a graph directory ought not to hold after a build."""
    return sorted(str(path.relative_to(place)) for path in place.rglob(".*"))


def test_killed_at_any_moment_a_first_build_can_be_run_again(
    folder: Path, tmp_path: Path, builder: Callable[..., dict[str, Any]]
) -> None:
    """SIGKILL at random moments, in the middle of writes too."""
    moments = random.Random(7)  # noqa: S311  no secret
    for number in range(10 if EVERYTHING else 4):
        place = tmp_path / str(number)
        builder(folder, place, after=moments.uniform(0.005, 0.25))
        if (place / "kg.json").exists():
            assert_sound(place)
        build([folder], place, workers=1)
        assert len(assert_sound(place)) == 3
        assert litter(place) == []


@pytest.mark.parametrize("limit", [1_000, 20_000])
def test_a_disk_that_takes_no_more_leaves_the_old_graph(
    folder: Path, place: Path, changed: list[list[str]], builder: Callable[..., dict[str, Any]], limit: int
) -> None:
    """The operating system refuses to write: a segment at first, then a file of Oxigraph's own."""
    answer = builder(folder, place, limit=limit)
    assert answer["error"] == "OutputError"
    assert str(place) in answer["says"]
    assert assert_sound(place) == changed[0]
    build([folder], place)
    assert papers(place) == changed[1]
    assert litter(place) == []
