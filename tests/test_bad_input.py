"""Bad input costs one line that says where, what and the remedy, the right exit code, and nothing else."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Kg = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).resolve().parent.parent
GOOD = """#### [标题](https://arxiv.org/abs/2106.09685)
#### LoRA: Low-Rank Adaptation
发布时间：2021年06月17日
> 我们提出LoRA。
> We propose LoRA.
Agent
"""


def tree(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder but the lock."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in {"lock", "LOCK", "LOG"})
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def one_line(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Check the exit code, and that one line on stderr holds the words."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_a_missing_path(kg: Kg, tmp_path: Path) -> None:
    """Could not run: nothing is made."""
    one_line(kg("build", "gone.md"), 2, "gone.md", "no such file", "Check the path")
    assert not (tmp_path / "graph").exists()


def test_an_empty_folder(kg: Kg, tmp_path: Path) -> None:
    """Could not run: it says what digests end with."""
    (tmp_path / "empty").mkdir()
    one_line(kg("build", "empty"), 2, "empty", "no digest", ".md")
    assert not (tmp_path / "graph").exists()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"\x7fELF\x00\x01\x02" * 100, "binary"),
        ("#### [标题](https://arxiv.org/abs/2106.09685)".encode("gb18030"), "UTF-8"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        (b"", "empty"),
        (b"# Dear diary\n\nNothing today.\n", "dialect"),
    ],
)
def test_a_file_that_is_no_digest_costs_that_file(kg: Kg, tmp_path: Path, content: bytes, rule: str) -> None:
    """The others are built; the exit code says that something was lost."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad.md").write_bytes(content)
    (tmp_path / "in" / "good.md").write_text(GOOD, "utf-8")
    done = kg("build", "in")
    assert done.returncode == 1
    assert "bad.md" in done.stderr
    assert rule.lower() in done.stderr.lower()
    assert "graph holds 1 paper." in done.stderr
    assert kg("show", "2106.09685").returncode == 0


def test_a_hundred_megabytes_in_one_line(kg: Kg, tmp_path: Path) -> None:
    """Refused by its longest line, without holding it in memory for long."""
    with (tmp_path / "long.md").open("wb") as stream:
        for _ in range(100):
            stream.write(b"a" * 1_000_000)
    done = kg("build", "long.md")
    assert done.returncode == 1
    assert "long.md" in done.stderr


def test_an_entry_without_a_link_costs_that_entry(kg: Kg, tmp_path: Path) -> None:
    """File, line and remedy are named; the rest of the file is read."""
    (tmp_path / "a.md").write_text(
        GOOD + "#### [没有链接]()\n#### No link\n> 摘要\n" + GOOD.replace("2106.09685", "2305.14314"), "utf-8"
    )
    done = kg("build", "a.md")
    assert done.returncode == 1
    assert "a.md:7" in done.stderr
    assert "arxiv" in done.stderr.lower()
    assert "holds 2 papers" in done.stderr


def test_a_duplicate_entry_is_a_warning(kg: Kg, tmp_path: Path) -> None:
    """The first is kept, nothing is lost, the exit code is 0."""
    (tmp_path / "a.md").write_text(GOOD + GOOD, "utf-8")
    done = kg("build", "a.md")
    assert done.returncode == 0
    assert "warning: a.md:" in done.stderr
    assert "holds 1 paper." in done.stderr


def test_strict_stops_at_the_first_finding_and_changes_nothing(kg: Kg, tmp_path: Path) -> None:
    """Ran, and the data is wanting: the graph is as it was."""
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    kg("build", "a.md")
    before = (tmp_path / "graph" / "kg.json").read_bytes()
    (tmp_path / "b.md").write_text(GOOD + GOOD.replace("2106.09685", "2305.14314") * 2, "utf-8")
    one_line(kg("build", "b.md", "--strict"), 1, "b.md:")
    assert (tmp_path / "graph" / "kg.json").read_bytes() == before
    assert kg("show", "2305.14314").returncode == 1


@pytest.mark.parametrize("command", [("export",), ("view", "--no-open")])
def test_an_output_folder_that_cannot_be_written(
    kg: Kg, sample_graph_directory: Path, command: tuple[str, ...]
) -> None:
    """Even root cannot write to /proc; the message says where and what to do."""
    done = kg(*command, "--graph", sample_graph_directory, "-o", "/proc/kg/out")
    assert done.returncode == 2
    assert "/proc/kg" in done.stderr
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_graph_folder_that_cannot_be_written(kg: Kg, tmp_path: Path) -> None:
    """The same for the graph directory."""
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    one_line(kg("build", "a.md", "--graph", "/proc/kg/graph"), 2, "/proc/kg")


def limited(*arguments: str | Path, folder: Path, size: int) -> subprocess.CompletedProcess[str]:
    """Run kg where no file may grow beyond ``size`` bytes: writes then fail as on a full disk."""
    return subprocess.run(
        [sys.executable, "-m", "kg", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        timeout=120,
    )


def test_a_full_disk_leaves_the_old_graph(kg: Kg, samples: Path, tmp_path: Path) -> None:
    """A build that cannot write changes nothing, and the next one ends in the right graph."""
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    kg("build", "a.md")
    before = kg("query", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", "-f", "csv").stdout
    done = limited("build", samples, "--workers", "1", folder=tmp_path, size=20_000)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert kg("query", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", "-f", "csv").stdout == before
    assert kg("build", samples).returncode == 0
    assert kg("show", "2305.14314").returncode == 0


def test_a_full_disk_leaves_the_old_export(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    """Files are written whole or not at all."""
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "graph.nt").write_text("old\n", "utf-8")
    done = limited("export", "nt", "--graph", sample_graph_directory, folder=tmp_path, size=20_000)
    one_line(done, 2, "graph.nt", "cannot write")
    assert [path.name for path in (tmp_path / "exports").iterdir()] == ["graph.nt"]
    assert (tmp_path / "exports" / "graph.nt").read_text("utf-8") == "old\n"
    assert kg("export", "nt", "--graph", sample_graph_directory).returncode == 0


def test_ctrl_c_ends_in_one_line_and_loses_nothing(kg: Kg, samples: Path, tmp_path: Path) -> None:
    """Interrupted at any moment, the same command ends in the right graph."""
    (tmp_path / "in").mkdir()
    for number in range(40):
        shutil.copytree(samples, tmp_path / "in" / str(number))
        for path in (tmp_path / "in" / str(number)).rglob("*.md"):
            path.write_bytes(path.read_bytes() + b"\n" * number)
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "build", "in", "--workers", "1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background lets all that they start ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  one thread, nothing locked
    )
    deadline = time.monotonic() + 60
    while not any((tmp_path / "graph" / "segments").glob("*/*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 130, words
    assert words.count("\n") == 1
    assert "interrupted" in words
    assert kg("build", "in").returncode == 0
    assert "47" in kg("stats").stdout


def test_a_graph_directory_that_is_missing(kg: Kg) -> None:
    """It says how to make one."""
    for command in (("stats",), ("export",), ("show", "LoRA"), ("query", "top-methods"), ("validate",), ("view",)):
        one_line(kg(*command), 2, "graph", "kg build")


def test_a_graph_directory_that_is_damaged(kg: Kg, tmp_path: Path) -> None:
    """Whoever needs the damaged part says what it is and how to repair it; the repair works."""
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    kg("build", "a.md")
    segment = next((tmp_path / "graph" / "segments").glob("*/*"))
    segment.write_bytes(segment.read_bytes()[:-40])
    assert kg("export", "nt").returncode == 0  # the store holds all of it
    shutil.rmtree(tmp_path / "graph" / "store")
    done = kg("export", "nt")
    notice, error = done.stderr.splitlines()
    assert done.returncode == 2
    assert "made again from the segments" in notice
    assert segment.name in error
    assert "kg build" in error
    assert kg("build", "a.md").returncode == 0
    assert kg("export", "nt").returncode == 0


def test_a_manifest_that_is_damaged(kg: Kg, tmp_path: Path) -> None:
    """Neither read as an empty graph nor overwritten in silence."""
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    kg("build", "a.md")
    (tmp_path / "graph" / "kg.json").write_text('{"format": 1, "sour', "utf-8")
    for command in (("stats",), ("build", "a.md")):
        one_line(kg(*command), 2, "kg.json")


def test_a_store_that_is_damaged_is_made_again(kg: Kg, tmp_path: Path) -> None:
    """The segments are the truth: the answer comes, after a word on stderr."""
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    kg("build", "a.md")
    before = kg("query", "top-methods", "-f", "csv").stdout
    for path in (tmp_path / "graph" / "store").rglob("*.sst"):
        path.write_bytes(b"\0" * 10)
    done = kg("query", "top-methods", "-f", "csv")
    assert (done.returncode, done.stdout) == (0, before)
    assert done.stderr


def test_a_graph_directory_of_a_newer_version(kg: Kg, tmp_path: Path) -> None:
    """It is not touched; the remedy is an update."""
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    kg("build", "a.md")
    manifest = tmp_path / "graph" / "kg.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "format": 99}), "utf-8")
    before = tree(tmp_path / "graph")
    for command in (("stats",), ("build", "a.md"), ("export", "nt")):
        one_line(kg(*command), 2, "newer", "pdate")
    assert tree(tmp_path / "graph") == before


def test_a_folder_that_is_no_graph_directory_is_not_touched(kg: Kg, tmp_path: Path) -> None:
    """A slip with --graph must not fill somebody's folder."""
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("x", "utf-8")
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    one_line(kg("build", "a.md", "--graph", "thesis"), 2, "thesis")
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["chapter1.tex"]


@pytest.mark.parametrize("line", ["no json", '{"id": 1}', "[]", '{"id": "a"}'])
def test_texts_that_are_no_records(kg: Kg, tmp_path: Path, line: str) -> None:
    """File and line are named."""
    (tmp_path / "t.jsonl").write_text(f"{line}\n", "utf-8")
    one_line(kg("mentions", "t.jsonl"), 2, "t.jsonl:1")


@pytest.mark.parametrize("line", ["no json", "{}", '{"id": "1", "methods": [{"names": []}]}'])
def test_a_gold_standard_that_is_malformed(kg: Kg, sample_graph_directory: Path, tmp_path: Path, line: str) -> None:
    """File and line are named."""
    (tmp_path / "gold.jsonl").write_text(f"{line}\n", "utf-8")
    one_line(kg("eval", "gold.jsonl", "--graph", sample_graph_directory), 2, "gold.jsonl:1")


def test_hostile_names_do_not_reach_the_terminal(kg: Kg, tmp_path: Path) -> None:
    """Escape sequences in a title are not obeyed."""
    (tmp_path / "a.md").write_text(GOOD.replace("LoRA: Low", "LoRA\x1b[2J\x1b]0;owned\x07\u202e: Low"), "utf-8")
    kg("build", "a.md")
    for done in (kg("show", "2106.09685"), kg("query", "papers-on-method", "LoRA"), kg("stats")):
        assert "\x1b" not in done.stdout + done.stderr
        assert "\u202e" not in done.stdout + done.stderr
