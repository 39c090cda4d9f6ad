"""Real builds by real processes, of which some are killed, meet a full disk, or meet one another.

A process is sabotaged by a ``sitecustomize.py`` on its path, which Python runs before anything else; it reaches the
workers too, since they get the path of their parent.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from strategies import digest, item

from kg import api, build, workers
from kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kg.segments import Header
    from kg.workers import Job

PAPERS = (
    "2106.09685",
    "2201.11903",
    "2303.06137",
    "2310.00212",
    "1706.03762",
    "1907.11692",
    "1905.00537",
    "1910.10683",
)

LIGHT = "topics"
"""The component that loads least: what is extracted does not matter here."""

PRELUDE = """
import os, pathlib, signal, sys, time
here = pathlib.Path(__file__).parent
worker = "serve" in str(sys.orig_argv)

def once(name):
    try:
        os.close(os.open(here / name, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
"""
KILLED = {
    "between two digests": """
from kg import workers
def do(job, folder, known, do=workers.do):
    if worker and job.paths[0].endswith("5.md"):
        os.kill(os.getpid(), signal.SIGKILL)
    return do(job, folder, known)
workers.do = do
""",
    "while a segment is written": """
def fsync(handle, fsync=os.fsync):
    if worker and once("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(handle)
os.fsync = fsync
""",
}
ORPHANED = """
from kg import workers
def do(job, folder, known, do=workers.do):
    if worker:
        (here / f"worker-{os.getpid()}").touch()
        if job.paths[0].endswith("5.md"):
            os.kill(os.getppid(), signal.SIGKILL)
    return do(job, folder, known)
workers.do = do
"""
FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
"""
HELD = """
from kg import build
def commit(*args, commit=build._commit):
    (here / "held").touch()
    while not (here / "go").exists():
        time.sleep(0.01)
    return commit(*args)
build._commit = commit
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold eight digests of one paper each."""
    for number, paper in enumerate(PAPERS):
        digest(tmp_path / "digests", f"{number}.md", item(paper))
    return tmp_path / "digests"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Name a graph directory that is not there yet."""
    return tmp_path / "graph"


@pytest.fixture
def start(folder: Path, place: Path, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start ``kg build`` with two workers, sabotaged or not; none outlives its test."""
    started: list[subprocess.Popen[str]] = []

    def start(sabotage: str = "") -> subprocess.Popen[str]:
        (tmp_path / "sabotage").mkdir(exist_ok=True)
        (tmp_path / "sabotage" / "sitecustomize.py").write_text(PRELUDE + sabotage if sabotage else "")
        path = os.pathsep.join((str(tmp_path / "sabotage"), str(Path(__file__).parent.parent)))
        command = [sys.executable, "-m", "kg", "build", str(folder), "-g", str(place), "-w", "2", "--extractors", LIGHT]
        environment = os.environ | {"PYTHONPATH": path}
        started.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a process, and give its exit code and what it said."""
    _, words = process.communicate(timeout=60)
    return process.returncode, words


def kept(place: Path) -> dict[str, int]:
    """Give the segments of a graph with the times at which they were written."""
    return {path.name: path.stat().st_mtime_ns for path in (place / "segments").glob("*/*.jsonl")}


def exported(place: Path, folder: Path) -> Sequence[bytes]:
    return [path.read_bytes() for path in api.export_graph(api.load_graph(place), ["nt", "jsonl"], folder)]


def assert_as_never_disturbed(folder: Path, place: Path, tmp_path: Path) -> None:
    """Check that a graph is what a build gives that nothing happened to."""
    build.build([folder], tmp_path / "fresh", workers=1, chosen=LIGHT)
    assert (place / "kg.json").read_bytes() == (tmp_path / "fresh" / "kg.json").read_bytes()
    assert exported(place, tmp_path / "one") == exported(tmp_path / "fresh", tmp_path / "other")
    assert [str(path) for path in place.rglob(".*")] == []


@pytest.mark.parametrize("moment", KILLED)
def test_a_worker_that_is_killed(
    folder: Path, place: Path, tmp_path: Path, start: Callable[..., subprocess.Popen[str]], moment: str
) -> None:
    """One line, exit code 2; what was finished is used by the same command, which ends right."""
    code, words = ended(start(KILLED[moment]))
    assert code == 2
    assert words == (
        f"kg: {place}: a worker process died. "
        "Run it again, with --workers 1 if memory is short; what was finished is kept.\n"
    )
    assert not (place / "kg.json").exists()
    before = kept(place)
    code, words = ended(start())
    assert (code, words) == (0, f"digests: 8 added. {place} holds 8 papers.\n")
    assert before.items() <= kept(place).items()
    assert_as_never_disturbed(folder, place, tmp_path)


def test_a_parent_that_is_killed_leaves_no_worker_and_what_is_finished(
    folder: Path, place: Path, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    """Its workers end by themselves, so that the same command need not wait; it goes on where it was broken off."""
    code, _ = ended(start(ORPHANED))
    assert code == -9
    orphans = [int(path.name.partition("-")[2]) for path in (tmp_path / "sabotage").glob("worker-*")]
    assert orphans
    until = time.monotonic() + 30
    while any(map(_alive, orphans)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(map(_alive, orphans))
    before = kept(place)
    assert before
    assert ended(start())[0] == 0
    assert before.items() <= kept(place).items()
    assert_as_never_disturbed(folder, place, tmp_path)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_two_builds_at_once(
    folder: Path, place: Path, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    """The second is told, and disturbs nothing."""
    first = start(HELD)
    until = time.monotonic() + 60
    while not (tmp_path / "sabotage" / "held").exists() and time.monotonic() < until:
        time.sleep(0.01)
    code, words = ended(start())
    assert code == 2
    assert words == f"kg: {place}: another kg is writing to this graph. Try again when it is done.\n"
    (tmp_path / "sabotage" / "go").touch()
    assert ended(first)[0] == 0
    assert_as_never_disturbed(folder, place, tmp_path)


def test_a_disk_that_is_full(
    folder: Path, place: Path, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    """No segment can be written: one line, exit code 2, the graph is what it was; with room again the build works."""
    build.build([folder / "0.md"], place, chosen=LIGHT)
    before = (place / "kg.json").read_bytes()
    code, words = ended(start(FULL))
    assert code == 2
    assert words.startswith(f"kg: {place}/segments/")
    assert words.endswith(": cannot write (File too large). Free some space or choose another place.\n")
    assert words.count("\n") == 1
    assert (place / "kg.json").read_bytes() == before
    assert [paper.id for paper in api.load_graph(place).papers()] == [PAPERS[0]]
    assert ended(start())[0] == 0
    assert_as_never_disturbed(folder, place, tmp_path)


@pytest.mark.parametrize("change", [lambda path: digest(path.parent, path.name, item("cs/0112017")), Path.unlink])
def test_a_digest_that_changes_while_it_is_read(
    folder: Path, place: Path, tmp_path: Path, change: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never are the bytes of one digest taken for another: the build says so, and the next one is right."""

    def do(job: Job, into: Path, known: workers.Known, do: Callable[..., Header] = workers.do) -> Header:
        if job.paths[0].endswith("5.md") and not (tmp_path / "changed").exists():
            (tmp_path / "changed").touch()
            change(folder / "5.md")
        return do(job, into, known)

    monkeypatch.setattr(workers, "do", do)
    with pytest.raises(InputError, match=r"5\.md: changed or removed while kg read it\. Run kg build again"):
        build.build([folder], place, workers=1, chosen=LIGHT)
    assert not (place / "kg.json").exists()
    before = kept(place)
    assert len(before) == 5
    build.build([folder], place, workers=1, chosen=LIGHT)
    assert before.items() <= kept(place).items()
    assert_as_never_disturbed(folder, place, tmp_path)


def test_a_digest_that_changes_after_it_was_read(
    folder: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The graph holds the bytes that were hashed, and the next build sees the others."""

    def commit(*args: object, commit: Callable[..., object] = build._commit) -> object:
        digest(folder, "5.md", item("cs/0112017"))
        return commit(*args)

    monkeypatch.setattr(build, "_commit", commit)
    build.build([folder], place, workers=1, chosen=LIGHT)
    assert {paper.id for paper in api.load_graph(place).papers()} == set(PAPERS)
    monkeypatch.undo()
    assert build.build([folder], place, workers=1, chosen=LIGHT).changed == (str(folder / "5.md"),)
    assert_as_never_disturbed(folder, place, tmp_path)
