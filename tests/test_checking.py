"""What is there before a build is looked at in full, by helpers or not, while the new day is extracted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
import strategies
from strategies import digest, item

from kg import build as building
from kg import checking, pool, readers, workers
from kg.build import build
from kg.directory import GraphDirectory
from kg.errors import GraphError, InputError
from kg.extractors import Extractor

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.checking import Found
    from kg.model import Mention, Paper

LIGHT = "topics"
"""The component that loads least."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold five digests of one paper each."""
    for number, paper in enumerate(strategies.PAPERS):
        digest(tmp_path / "digests", f"{number}.md", item(paper))
    return tmp_path / "digests"


@pytest.fixture
def place(folder: Path, tmp_path: Path) -> Path:
    """Hold their graph."""
    build([folder], tmp_path / "graph", chosen=LIGHT)
    return tmp_path / "graph"


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two helpers for however few files."""
    monkeypatch.setattr(checking, "FILES", 1)
    monkeypatch.setattr(pool, "cores", lambda: 2)


@pytest.fixture
def extracted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the papers that the pipeline is run on from now on, by an extractor that remembers none yet."""
    papers: list[str] = []
    found = Extractor._found

    def spy(self: Extractor, new: list[Paper]) -> dict[Any, tuple[Mention, ...]]:
        papers.extend(paper.arxiv_id for paper in new)
        return found(self, new)

    monkeypatch.setattr(Extractor, "_found", spy)
    workers.extractor.cache_clear()
    return papers


def looked(place: Path, folder: Path, workers: int | None = None) -> Found:
    """Look at all digests of a folder and at all segments of a graph, and at one segment that is not there."""
    paths = [str(path) for path in sorted(folder.iterdir())]
    names = [source.segment for source in GraphDirectory.find(place).manifest().sources]
    with checking.begun(place / "segments", paths, [*names, "00/gone.jsonl"], workers) as found:
        return found()


def held(place: Path) -> list[str]:
    return sorted(name for source in GraphDirectory.find(place).manifest().sources for name in source.names)


# --- Looking -----------------------------------------------------------------------------------------------


def test_digests_are_told_by_their_bytes_and_segments_by_their_checksums(place: Path, folder: Path) -> None:
    before = looked(place, folder)
    for path, (key, size) in before.digests.items():
        assert key == readers.read_digest(Path(path)).id
        assert size == Path(path).stat().st_size
    sources = {source.segment: source.digest for source in GraphDirectory.find(place).manifest().sources}
    assert {name: header and header.digest for name, header in before.headers.items()} == {
        **sources,
        "00/gone.jsonl": None,
    }
    damaged = min(sources)
    content = bytearray((place / "segments" / damaged).read_bytes())
    content[len(content) // 2] ^= 1
    (place / "segments" / damaged).write_bytes(content)
    after = looked(place, folder)
    assert after.headers == before.headers | {damaged: None}
    assert after.digests == before.digests


def test_helpers_see_the_same(place: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = looked(place, folder)
    monkeypatch.setattr(checking, "FILES", 1)
    assert looked(place, folder, workers=3) == alone
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert looked(place, folder, workers=1) == alone
    with pytest.raises(GraphError, match="a worker process died"):
        looked(place, folder, workers=2)


def test_few_files_start_no_process(place: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "Popen", None)
    assert len(looked(place, folder).digests) == 5


@pytest.mark.usefixtures("helped")
def test_a_digest_that_cannot_be_read_is_said_by_a_helper(place: Path, folder: Path) -> None:
    (folder / "5.md").symlink_to(folder / "nowhere")
    with pytest.raises(InputError, match=r"5\.md: cannot read"):
        looked(place, folder)


# --- Building ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("helped")
def test_with_helpers_a_build_is_what_it_is_alone(place: Path, folder: Path, tmp_path: Path) -> None:
    """A day comes, a digest changes, one is renamed, one goes, and a segment is damaged."""
    damaged = min((place / "segments").glob("*/*.jsonl"), key=lambda path: b"2106.09685" not in path.read_bytes())
    damaged.write_bytes(damaged.read_bytes()[:-10])
    digest(folder, "1.md", item("2201.11903", title="Another: Counting Goats"))
    (folder / "2.md").rename(folder / "two.md")
    (folder / "3.md").unlink()
    digest(folder, "new.md", item("1706.03762"))
    report = build([folder], place, chosen=LIGHT)
    assert [Path(name).name for name in (*report.added, *report.changed, *report.removed, *report.redone)] == [
        *("new.md", "1.md", "3.md", "0.md")
    ]
    build([folder], tmp_path / "fresh", chosen=LIGHT, workers=1)
    for name in ("kg.json", *(str(path.relative_to(place)) for path in (place / "segments").glob("*/*"))):
        assert (place / name).read_bytes() == (tmp_path / "fresh" / name).read_bytes()


HELPER = """
import os, signal, sys
if "pool.serve" in str(sys.orig_argv):
    from kg import checking
    checking.digest = lambda path: os.kill(os.getpid(), signal.SIGKILL)
else:
    from kg import checking
    checking.FILES = 1
"""


def test_a_helper_that_is_killed_leaves_the_old_graph(place: Path, folder: Path, tmp_path: Path) -> None:
    """One line, exit code 2; the same command then works."""
    before = (place / "kg.json").read_bytes()
    digest(folder, "new.md", item("1706.03762"))
    (tmp_path / "sitecustomize.py").write_text(HELPER)
    paths = os.pathsep.join((str(tmp_path), str(Path(__file__).parent.parent)))
    command = [sys.executable, "-m", "kg", "build", str(folder), "-g", str(place), "--extractors", LIGHT, "-w", "2"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths}, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"kg: {place}: a worker process died. ")
    assert done.stderr.count("\n") == 1
    assert (place / "kg.json").read_bytes() == before
    assert len(build([folder], place, chosen=LIGHT).added) == 1


# --- Ahead -------------------------------------------------------------------------------------------------


def test_a_new_day_is_extracted_while_the_rest_is_looked_at(
    place: Path, folder: Path, extracted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anybody knows what has changed; and only once."""
    digest(folder, "new.md", item("1706.03762"))
    during: list[str] = []
    planned: Callable[..., building.Plan] = building.planned

    def spy(*args: object, **options: object) -> building.Plan:
        during.extend(extracted)
        return planned(*args, **options)

    monkeypatch.setattr(building, "planned", spy)
    build([folder], place, chosen=LIGHT)
    assert during == extracted == ["1706.03762"]
    assert "new.md" in held(place)


def _copied(folder: Path) -> None:
    (folder / "new.md").write_bytes((folder / "0.md").read_bytes())


def _large(folder: Path) -> None:
    digest(folder, "new.md", *(item(f"1706.{number:05}") for number in range(9)))


def _empty(folder: Path) -> None:
    (folder / "new.md").write_bytes(b"")


@pytest.mark.parametrize("come", [_copied, _large, _empty])
def test_nothing_is_extracted_ahead_that_is_known_or_much_or_no_digest(
    place: Path, folder: Path, extracted: list[str], monkeypatch: pytest.MonkeyPatch, come: Callable[[Path], object]
) -> None:
    come(folder)
    monkeypatch.setattr(building, "AHEAD", 3 * (folder / "0.md").stat().st_size)
    monkeypatch.setattr(building, "planned", None)
    with pytest.raises(TypeError):
        build([folder], place, chosen=LIGHT)
    assert extracted == []


def test_what_a_broken_off_build_has_extracted_is_not_extracted_ahead(
    place: Path, folder: Path, extracted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    digest(folder, "new.md", item("1706.03762"))
    with monkeypatch.context() as patched:
        patched.setattr(building, "_commit", None)
        with pytest.raises(TypeError):
            build([folder], place, chosen=LIGHT)
    extracted.clear()
    workers.extractor.cache_clear()
    build([folder], place, chosen=LIGHT)
    assert extracted == []
    assert "new.md" in held(place)


def test_a_digest_that_changes_after_it_was_extracted_ahead(
    place: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The graph holds what was hashed, not what was read before that."""
    digest(folder, "new.md", item("1706.03762"))

    changed = Event()

    def ahead(*args: object, ahead: Callable[..., None] = building._ahead) -> None:
        ahead(*args)
        digest(folder, "new.md", item("1907.11692"))
        changed.set()

    def look(*args: object, look: Callable[..., Found] = checking.look) -> Found:
        assert changed.wait(timeout=60)
        return look(*args)

    with monkeypatch.context() as patched:
        patched.setattr(building, "_ahead", ahead)
        patched.setattr(checking, "look", look)
        build([folder], place, chosen=LIGHT)
    build([folder], tmp_path / "fresh", chosen=LIGHT)
    assert (place / "kg.json").read_bytes() == (tmp_path / "fresh" / "kg.json").read_bytes()
    segments = {path.name: path.read_bytes() for path in (place / "segments").glob("*/*")}
    assert segments == {path.name: path.read_bytes() for path in (tmp_path / "fresh" / "segments").glob("*/*")}
    assert any(b"1907.11692" in content for content in segments.values())
