"""What a build does with new, changed, moved, copied and missing digests, and what it says of them."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any

import pytest
import strategies
from strategies import digest, item

from kg import extractors, pool, readers, segments, store, workers
from kg.build import build
from kg.directory import GraphDirectory
from kg.errors import GraphError, InputError, OutputError, StrictError
from kg.extractors import Extractor
from kg.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.model import Entry, Paper
    from kg.segments import Header
    from kg.workers import Job


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold three digests of one paper each."""
    for name, paper in (("a.md", "2106.09685"), ("b.md", "2201.11903"), ("c.md", "2303.06137")):
        digest(tmp_path / "digests", name, item(paper))
    return tmp_path / "digests"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Name a graph directory that is not there yet."""
    return tmp_path / "graph"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the digests that are read and extracted from now on, by the name of a file."""
    names: list[str] = []

    def spy(
        job: Job, into: Path, known: workers.Known, do: Callable[[Job, Path, workers.Known], Header] = workers.do
    ) -> Header:
        names.append(Path(job.paths[0]).name)
        return do(job, into, known)

    monkeypatch.setattr(workers, "do", spy)
    return names


def names(place: Path) -> list[tuple[str, ...]]:
    return sorted(node.names for node in store.load(place).digests())


def papers(place: Path) -> list[str]:
    return [paper.id for paper in store.load(place).papers()]


def snapshot(place: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in place.rglob("*")}


def test_a_first_build_adds_everything(folder: Path, place: Path) -> None:
    report = build([folder], place)
    assert report.added == tuple(str(folder / name) for name in ("a.md", "b.md", "c.md"))
    assert (report.changed, report.removed, report.renamed, report.unchanged, report.redone) == ((), (), (), (), ())
    assert report.papers == report.counts["paper"] == 3
    assert papers(place) == ["2106.09685", "2201.11903", "2303.06137"]


def test_a_build_without_news_writes_nothing(folder: Path, place: Path, done: list[str]) -> None:
    build([folder], place)
    before = snapshot(place)
    done.clear()
    report = build([folder], place)
    assert len(report.unchanged) == 3
    assert report.papers == 3
    assert done == []
    assert snapshot(place) == before


def test_only_what_is_new_is_read_and_extracted(folder: Path, place: Path, done: list[str]) -> None:
    build([folder], place)
    done.clear()
    digest(folder, "d.md", item("2310.00212"))
    digest(folder, "b.md", item("cs/0112017"))
    report = build([folder], place)
    assert done == ["b.md", "d.md"]
    assert report.added == (str(folder / "d.md"),)
    assert report.changed == (str(folder / "b.md"),)


def test_the_old_content_of_a_changed_file_leaves_the_graph(folder: Path, place: Path) -> None:
    build([folder], place)
    digest(folder, "b.md", item("cs/0112017"))
    build([folder / "b.md"], place)
    assert papers(place) == ["2106.09685", "2303.06137", "cs/0112017"]


def test_a_folder_stands_for_its_present_files(folder: Path, place: Path) -> None:
    build([folder], place)
    (folder / "b.md").unlink()
    report = build([folder], place)
    assert report.removed == (str(folder / "b.md"),)
    assert papers(place) == ["2106.09685", "2303.06137"]


def test_missing_files_can_be_kept(folder: Path, place: Path) -> None:
    build([folder], place)
    (folder / "b.md").unlink()
    report = build([folder], place, keep_missing=True)
    assert report.removed == ()
    assert len(papers(place)) == 3


def test_a_file_stands_for_itself_alone(folder: Path, place: Path) -> None:
    """What is not beneath a folder that is given stays, even if its file is gone."""
    build([folder], place)
    (folder / "b.md").unlink()
    report = build([folder / "a.md"], place)
    assert report.removed == ()
    assert len(papers(place)) == 3


def test_a_folder_whose_name_begins_alike_is_another(tmp_path: Path, place: Path) -> None:
    digest(tmp_path / "2024", "a.md", item("2106.09685"))
    digest(tmp_path / "2024-01", "b.md", item("2201.11903"))
    build([tmp_path / "2024", tmp_path / "2024-01"], place)
    (tmp_path / "2024-01" / "b.md").unlink()
    assert build([tmp_path / "2024"], place).removed == ()


def test_another_choice_of_extractors_extracts_everything_again(
    folder: Path, place: Path, tmp_path: Path, done: list[str]
) -> None:
    """Also what is not given, so that a graph is what one build with that choice would give."""
    build([folder], place)
    done.clear()
    report = build([folder / "a.md"], place, chosen=extractors.RULES)
    assert sorted(done) == ["a.md", "b.md", "c.md"]
    assert len(report.redone) == 3
    build([folder], tmp_path / "fresh", chosen=extractors.RULES)
    assert kept(place) == kept(tmp_path / "fresh")
    done.clear()
    build([folder], place, chosen=extractors.RULES)
    assert done == []


def test_an_unknown_extractor_changes_nothing(folder: Path, place: Path) -> None:
    with pytest.raises(InputError, match="Did you mean titles"):
        build([folder], place, chosen="title")
    assert not place.exists()


def kept(place: Path) -> dict[str, bytes]:
    """Read the segments of a graph, by name."""
    return {path.name: path.read_bytes() for path in (place / "segments").rglob("*.jsonl")}


def test_a_renamed_file_is_not_extracted_again(folder: Path, place: Path, done: list[str]) -> None:
    build([folder], place)
    done.clear()
    (folder / "b.md").rename(folder / "z.md")
    report = build([folder], place)
    assert report.renamed == ((str(folder / "b.md"), str(folder / "z.md")),)
    assert (report.added, report.removed, done) == ((), (), [])
    assert names(place) == [("a.md",), ("c.md",), ("z.md",)]


def test_a_file_that_moved_elsewhere_keeps_one_name(folder: Path, place: Path, tmp_path: Path) -> None:
    build([folder], place)
    (folder / "b.md").rename(tmp_path / "moved.md")
    report = build([tmp_path / "moved.md"], place)
    assert report.renamed == ((str(folder / "b.md"), str(tmp_path / "moved.md")),)
    assert names(place) == [("a.md",), ("c.md",), ("moved.md",)]


def test_a_copy_is_another_name_of_the_same_digest(folder: Path, place: Path, done: list[str]) -> None:
    build([folder], place)
    done.clear()
    (folder / "copy.md").write_bytes((folder / "b.md").read_bytes())
    report = build([folder], place)
    assert report.added == (str(folder / "copy.md"),)
    assert done == []
    assert names(place) == [("a.md",), ("b.md", "copy.md"), ("c.md",)]


def test_one_way_to_write_a_path_is_as_good_as_another(
    folder: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([folder], place)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(folder)
    report = build([Path("digests"), Path("link"), Path("digests", "..", "digests", "a.md")], place)
    assert report.added == ()
    assert names(place) == [("a.md",), ("b.md",), ("c.md",)]


def test_newer_code_extracts_everything_again(
    folder: Path, place: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is not given; and from the papers in the segment where the file is gone."""
    build([folder], place)
    done.clear()
    (folder / "c.md").unlink()
    monkeypatch.setattr(extractors, "fingerprint", lambda _="": "f" * 64)
    report = build([folder / "a.md"], place)
    assert sorted(done) == ["a.md", "b.md", "c.md"]
    assert report.redone == tuple(str(folder / name) for name in ("a.md", "b.md", "c.md"))
    assert all("-ffffffff." in path.name for path in (place / "segments").glob("*/*"))
    assert len(papers(place)) == 3


def test_what_cannot_be_read_again_by_newer_readers_is_done_once(
    folder: Path, place: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build([folder], place)
    (folder / "c.md").unlink()
    monkeypatch.setattr(readers, "fingerprint", lambda: "f" * 64)
    build([folder / "a.md"], place)
    done.clear()
    build([folder / "a.md"], place)
    assert done == []
    assert len(papers(place)) == 3


# --- Findings ----------------------------------------------------------------------------------------------


@pytest.fixture
def flawed(folder: Path) -> Path:
    """Put two digests with an entry without link beside the others."""
    for name in ("b-flawed.md", "d-flawed.md"):
        text = strategies.listing([item("2310.00212", title=name), item("1706.03762")])
        (folder / name).write_text(text.replace("https://arxiv.org/abs/1706.03762", ""), encoding="utf-8")
    return folder


def test_findings_name_the_file_as_given(flawed: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(flawed)
    report = build([Path("d-flawed.md")], place)
    assert [finding.where.partition(":")[0] for finding in report.findings] == ["d-flawed.md"] * len(report.findings)
    assert [finding.rule for finding in report.findings if finding.severity is Severity.ERROR] == ["no-link"]


def test_findings_are_said_again_under_the_present_name(flawed: Path, place: Path, done: list[str]) -> None:
    first = build([flawed / "d-flawed.md"], place).findings
    done.clear()
    (flawed / "d-flawed.md").rename(flawed / "e.md")
    again = build([flawed / "e.md"], place).findings
    assert done == []
    assert [finding.where for finding in again] == [item.where.replace("d-flawed", "e") for item in first] != []


def test_findings_of_what_is_not_given_are_not_said(flawed: Path, place: Path) -> None:
    build([flawed], place)
    assert build([flawed / "a.md"], place).findings == ()


def test_strict_stops_at_the_first_finding_and_changes_nothing(flawed: Path, place: Path) -> None:
    build([flawed / "a.md"], place)
    before = (place / "kg.json").read_bytes()
    with pytest.raises(StrictError, match="b-flawed") as caught:
        build([flawed], place, strict=True)
    assert caught.value.exit_code == 1
    assert (place / "kg.json").read_bytes() == before
    assert papers(place) == ["2106.09685"]


def test_strict_minds_findings_of_digests_that_are_in_the_graph(flawed: Path, place: Path) -> None:
    build([flawed], place)
    with pytest.raises(StrictError, match="b-flawed"):
        build([flawed], place, strict=True)


def test_strict_lets_good_digests_pass(folder: Path, place: Path) -> None:
    assert build([folder], place, strict=True).papers == 3


def test_a_file_that_is_no_digest_is_a_finding_and_no_node(folder: Path, place: Path) -> None:
    (folder / "x.md").write_bytes(b"\x7fELF\0\0")
    report = build([folder], place)
    assert [finding.severity for finding in report.findings] == [Severity.ERROR]
    assert len(names(place)) == 3


def test_nothing_but_files_that_are_no_digests_makes_an_empty_graph(tmp_path: Path, place: Path) -> None:
    for name, content in (("a.md", b"\0"), ("b.md", b"\xff\xfe"), ("c.md", b"<!doctype html>"), ("d.md", b"")):
        (tmp_path / name).write_bytes(content)
    report = build([tmp_path / f"{letter}.md" for letter in "abcd"], place)
    assert len(report.findings) == 4
    assert report.papers == len(store.load(place)) == len(store.open_store(place)) == 0


@pytest.mark.parametrize(("path", "what"), [("nowhere", "no such file or folder"), ("empty", "no digest")])
def test_input_that_is_not_there_leaves_no_graph(tmp_path: Path, place: Path, path: str, what: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=what):
        build([tmp_path / path], place)
    assert not place.exists()


def test_a_name_that_is_not_utf8_can_be_built_and_exported(tmp_path: Path, place: Path) -> None:
    path = digest(tmp_path, "a.md").rename(tmp_path / "caf\udce9.md")
    build([path], place)
    assert build([path], place).unchanged == (str(path),)
    assert names(place) == [("caf\ufffd.md",)]


# --- Repeated entries --------------------------------------------------------------------------------------


@pytest.fixture
def repeated(tmp_path: Path) -> Path:
    """Hold eight digests of the same three papers, each of which has one of two titles there."""
    papers = ("2106.09685", "2201.11903", "2303.06137")
    for number in range(8):
        titles = [f"Zeta-Net {number >> at & 1}" for at in range(3)]
        digest(tmp_path / "repeated", f"{number}.md", *map(item, papers, titles))
    return tmp_path / "repeated"


def test_a_repeated_entry_is_extracted_once(repeated: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extracted: list[Paper] = []

    def spy(extractor: Extractor, papers: Iterable[Paper], entries: Any = Extractor.entries) -> Iterator[Entry]:  # noqa: ANN401  handed through
        papers = list(papers)
        extracted.extend(papers)
        yield from entries(extractor, papers)

    monkeypatch.setattr(Extractor, "entries", spy)
    build([repeated], place, workers=1)
    assert len(extracted) == len(set(map(segments.key, extracted))) == 6
    assert sum(len(segments.read(path)[1]) for path in (place / "segments").glob("*/*")) == 24


@pytest.mark.parametrize("remembered", [0, 1, 10**6])
def test_segments_are_the_same_whoever_extracts_and_remembers(
    repeated: Path, place: Path, tmp_path: Path, remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in sorted(repeated.iterdir()):
        build([path], tmp_path / "alone", chosen="titles")
    monkeypatch.setattr(workers, "REMEMBERED", remembered)
    build([repeated], place, workers=2, chosen="titles")
    assert kept(place) == kept(tmp_path / "alone")


# --- Workers -----------------------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Hold six files that are no digests: workers that see no paper need not load a pipeline."""
    (tmp_path / "many").mkdir()
    for number in range(6):
        (tmp_path / "many" / f"{number}.md").write_bytes(b"\0" * (number + 1))
    return tmp_path / "many"


def test_small_jobs_start_no_process(many: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "Popen", None)
    assert len(build([many], place).added) == 6


@pytest.mark.parametrize(("size", "number"), [(0, 1), (3_999_999, 1), (4_000_000, 2), (10**12, 8)])
def test_workers_are_chosen_by_the_size_of_the_job(size: int, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "cores", lambda: 8)
    assert workers.choose(None, size) == number
    assert workers.choose(3, size) == 3


def test_progress_counts_what_there_is_to_do(many: Path, place: Path) -> None:
    build([many / "0.md"], place)
    steps: list[tuple[int, int]] = []
    build([many], place, workers=2, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(number, 5) for number in range(6)]


def test_a_worker_that_dies_is_said_and_costs_nothing(many: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build([many / "0.md"], place)
    before = (place / "kg.json").read_bytes()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(GraphError, match="a worker process died"):
        build([many], place, workers=2)
    assert (place / "kg.json").read_bytes() == before
    monkeypatch.undo()
    assert len(build([many], place).added) == 5


def test_an_error_in_a_worker_arrives_as_what_it_is(many: Path, place: Path) -> None:
    place.mkdir()
    (place / "segments").write_text("in the way")
    with pytest.raises(OutputError, match="segments"):
        build([many], place, workers=2)


@pytest.mark.parametrize("count", [1, 2])
def test_ctrl_c_ends_the_workers_and_keeps_what_is_finished(
    many: Path, place: Path, done: list[str], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Popen[bytes]] = []

    def start(*args: Any, **options: Any) -> Popen[bytes]:  # noqa: ANN401  handed through
        started.append(Popen(*args, **options))
        return started[-1]

    monkeypatch.setattr(pool, "Popen", start)

    def interrupt(finished: int, _total: int) -> None:
        if finished == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build([many], place, workers=count, progress=interrupt)
    assert len(started) == (count if count > 1 else 0)
    assert all(process.returncode is not None for process in started)
    assert not (place / "kg.json").exists()
    done.clear()
    assert len(build([many], place).added) == 6
    assert len(done) <= 3


def test_two_builds_at_once_do_not_mix(many: Path, place: Path) -> None:
    with GraphDirectory.create(place).locked(), pytest.raises(GraphError, match="another kg is writing"):
        build([many], place)


def test_a_report_says_the_same_of_the_same(folder: Path, place: Path) -> None:
    """Two equal builds report alike, wherever the graph is."""
    assert build([folder], place) == build([folder], place.with_name("other"))
