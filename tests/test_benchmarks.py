"""The benchmarks run: what measures is right about what is known, what is made by rule is clean, no table has holes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kg import readers, shipped
from kg.model import Kind

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import archive  # noqa: E402  the scripts lie beside the tests
import costmodel  # noqa: E402
import measure  # noqa: E402
import queries  # noqa: E402
import scale_report  # noqa: E402
import synthetic  # noqa: E402

MEBIBYTE = 2**20


# --- Measuring ----------------------------------------------------------------------------------------------

HOLD = "import time; held = bytearray({size}); held[::4096] = b'x' * len(held[::4096]); time.sleep({seconds})"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_memory_of_children_counts_with_that_of_the_parent() -> None:
    """Two processes that hold 60 MiB at once are 120 MiB, and not 60."""
    child = HOLD.format(size=60 * MEBIBYTE, seconds=1)
    parent = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {child!r}]); {child}; p.wait()"
    assert 120 < measure.run(python(parent)).peak < 240


def test_output_status_and_time_are_told() -> None:
    """A command's own words and exit status come back, with the seconds it took and used."""
    run = measure.run(
        python("import sys, time; time.sleep(0.3); print('out'); print('err', file=sys.stderr); sys.exit(3)")
    )
    assert (run.output, run.errors, run.status, run.gave_up) == ("out\n", "err\n", 3, "")
    assert run.seconds >= 0.3 > run.cpu - 0.3


def test_what_takes_too_long_is_ended() -> None:
    run = measure.run(python("import time; time.sleep(60)"), seconds=0.5)
    assert run.gave_up == "after 0 s"
    assert run.status < 0
    assert run.seconds < 30


def test_what_takes_too_much_memory_is_ended() -> None:
    run = measure.run(python(HOLD.format(size=300 * MEBIBYTE, seconds=60)), mebibytes=150)
    assert run.gave_up == "at 150 MiB"
    assert run.status < 0


def test_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    """The command runs in a session of its own, so that the terminal does not end it: we do."""
    place = tmp_path / "pid"
    child = f"import os, pathlib, time; pathlib.Path({str(place)!r}).write_text(str(os.getpid())); time.sleep(60)"
    code = f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r}); import measure; measure.run({python(child)!r})"
    with subprocess.Popen(python(code), stderr=subprocess.DEVNULL) as bench:
        while not (place.exists() and place.read_text("utf-8")):
            time.sleep(0.05)
        bench.send_signal(signal.SIGINT)
    with pytest.raises(ProcessLookupError):
        os.kill(int(place.read_text("utf-8")), 0)


# --- Digests made by rule -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", list(synthetic.DIALECTS))
def test_digests_made_by_rule_are_read_without_findings(dialect: str, tmp_path: Path) -> None:
    """Every dialect is told by its look, and every paper in it is read whole."""
    synthetic.write(tmp_path, 30, dialect=dialect)
    digests = [readers.read_digest(path) for path in readers.discover([tmp_path])]
    assert {digest.dialect for digest in digests} == {dialect}
    assert [finding for digest in digests for finding in digest.findings] == []
    assert len({paper.arxiv_id for digest in digests for paper in digest.papers}) == 30
    parts = {passage.part for digest in digests for paper in digest.papers for passage in paper.passages}
    assert {"title", "abstract"} <= {part.value for part in parts}


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    """Hash order and the order of calls have no say; another seed gives other papers."""
    code = (
        f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r}); import synthetic; print(sorted(synthetic.digests(20)))"
    )
    texts = {subprocess.run(python(code), check=True, capture_output=True).stdout for _ in range(2)}
    assert texts == {f"{sorted(synthetic.digests(20))}\n".encode()}
    assert dict(synthetic.digests(20, seed=1)).keys().isdisjoint(dict(synthetic.digests(20, seed=2)))


def test_papers_appear_as_often_as_in_real_archives() -> None:
    """In 3.4 digests on average, in eight at most; the counts stand in the module."""
    found = list(synthetic.papers(600, 1))
    digests = synthetic.places(found, 1)
    times = [sum(paper is other for entries in digests.values() for other, _ in entries) for paper in found[:200]]
    assert 3.1 < sum(map(len, digests.values())) / 600 < 3.7
    assert max(times) == 8


def test_no_invented_paper_is_a_real_one() -> None:
    """Their numbers are higher than any that arXiv has given."""
    assert all(int(paper.id.partition(".")[2]) >= synthetic.FIRST_NUMBER for paper in synthetic.papers(50, 1))


# --- Parts of an archive ------------------------------------------------------------------------------------


def test_fractions_are_nested_and_of_consecutive_days(tmp_path: Path) -> None:
    synthetic.write(tmp_path, 80)
    digests = archive.read(tmp_path)
    days = sorted({digest.day for digest in digests})
    before: list[archive.Digest] = []
    for text in ("1/16", "1/8", "1/4", "1/2", "1"):
        part = archive.first(digests, Fraction(text))
        taken = sorted({digest.day for digest in part})
        assert part[: len(before)] == before
        assert taken == days[: len(taken)]
        before = part
    assert before == digests
    half = archive.size(archive.first(digests, Fraction("1/2"))).entries / archive.size(digests).entries
    assert 0.4 < half < 0.6


def test_the_digest_that_is_left_out_is_late_and_of_middling_size(tmp_path: Path) -> None:
    synthetic.write(tmp_path, 80)
    digests = archive.read(tmp_path)
    last = archive.left_out(digests)
    late = sorted({digest.day for digest in digests})[-archive.LAST_DAYS :]
    assert last.day in late
    nearest = min(abs(len(digest.papers) - archive.ONE_DAY) for digest in digests if digest.day in late)
    assert abs(len(last.papers) - archive.ONE_DAY) == nearest


# --- Tables -------------------------------------------------------------------------------------------------


def row(what: str, size: str, papers: int, seconds: float, peak: float) -> dict[str, Any]:
    cpu = 2 * seconds
    return {"what": what, "size": size, "papers": papers, "entries": 3 * papers, "seconds": seconds, "cpu": cpu} | {
        "peak": peak,
        "runs": 1,
        "gave_up": "",
    }


def results() -> dict[str, Any]:
    """Make results of known cost: a start of 4 s, 10 ms of a core to extract a paper, 1 ms to store it."""
    rows = [
        row(what, size, papers, (start + papers * cost) / 2, 200 + papers / 10)
        for size, papers in (("1/4", 250), ("1/2", 500), ("1", 1000))
        for what, start, cost in (
            ("kg build", 4, 0.012),
            ("kg build, segments there", 1, 0.002),
            ("kg export nt", 1, 0.004),
        )
    ]
    return {
        "command": "python benchmarks/scale.py",
        "machine": measure.machine() | {"kg": "0", "load_before": 9e9, "load_after": 0.0},
        "input": {"digests": 9, "papers": 1000, "entries": 3000, "bytes": 1, "days": 3}
        | {"kind": "given", "extractors": "all", "one_more": 50},
        "rows": rows,
        "disk": {"export: nt": 28_000_000},
        "counts": {"triples": 176_000},
        "proof": {"increment": "a" * 64, "rebuild": "a" * 64},
        "peers": [],
        "queries": "| query | ms |\n| :-- | --: |\n",
    }


def test_the_cost_model_finds_the_line_that_the_figures_lie_on() -> None:
    found = costmodel.model(results())
    assert found.start == pytest.approx(4)
    assert found.extract == pytest.approx(0.010)
    assert found.assemble == pytest.approx(0.001)
    assert found.exports == {"nt": pytest.approx(0.002)}
    assert found.memory_growth == pytest.approx(0.1)
    assert found.build(10_000, 2) == pytest.approx(4 + 10_000 * (0.010 / 2 + 0.001))
    assert found.spread(10_000, 100) == pytest.approx(1.1)
    assert found.peak(2000) == pytest.approx(400)


def test_the_cost_model_says_what_is_missing() -> None:
    with pytest.raises(ValueError, match="kg build was not measured at two sizes"):
        costmodel.model(results() | {"rows": []})


def test_the_page_of_the_cost_model_has_a_row_for_everything() -> None:
    text = costmodel.report(costmodel.model(results()), [55_924, 2_500_000], [2, 8])
    for name in ("build, 2 cores", "build, 8 cores", "cluster of 64 cores", "export nt", "memory", "disk", "triples"):
        assert f"\n| {name}" in text
    assert "| triples | 9.8 million | 440.0 million |" in text


def test_a_busy_machine_and_other_bytes_are_said_aloud() -> None:
    assert "machine was busy" in scale_report.report(results())
    assert "the same bytes as after a rebuild" in scale_report.report(results())
    differing = results() | {"proof": {"increment": "a" * 64, "rebuild": "b" * 64}}
    assert "**other bytes** than after a rebuild" in scale_report.report(differing)


def test_growth_that_is_linear_is_called_so() -> None:
    """Twice three thousand further entries cost the same each."""
    assert "4,000 µs beyond, 1.00 times as much" in scale_report.report(results())


def peer(gave_up: str) -> dict[str, Any]:
    """Make a peer that took 20 s to the graph, and asked one question; the page it gave up, and the rest if told so."""
    stages: dict[str, Any] = {
        name: {"seconds": 4.0, "cpu": 3.0, "peak_mib": 900} for name in ("read", "vocabulary", "match", "networkx")
    }
    if not gave_up:
        stages |= {"rdflib": {"seconds": 4.0, "cpu": 3.0, "peak_mib": 1000}, "nt": {"seconds": 6.0}}
        stages |= {"evidence": {"seconds": 0.5, "result": 3}, "pyvis": {"gave_up": "after 300 s"}}
    asked = {"evidence": {"seconds": 0.001, "result": 4}}
    ours = {"nt": 2.0, "nt_peak": 90.0, "page": "gave up after 300 s", "asked": asked}
    return row("straightforward", "1", 1000, 40, 1000) | {"gave_up": gave_up, "stages": stages, "kg": ours}


def test_the_peer_stands_beside_with_ratios() -> None:
    """A build of ours took 8 s."""
    text = scale_report.report(results() | {"peers": [peer("")]})
    assert "| digests to graph, s: `kg build` | 8.00 | 20.00 | 2.5 |" in text
    assert "| N-Triples, s | 2.00 | 6.00 | 3.0 |" in text
    assert "| `evidence`, warm, ms (4 and 3 rows) | 1.00 | 500.00 | 500.0 |" in text
    assert "| page, s | gave up after 300 s | gave up after 300 s |  |" in text


def test_a_peer_that_gave_up_is_told_with_what_it_did_not_reach() -> None:
    text = scale_report.report(results() | {"peers": [peer("at 8,192 MiB")]})
    assert "It gave up at 8,192 MiB." in text
    assert "| digests to graph, s: `kg build` | 8.00 | not reached |  |" in text


# --- The scripts, run as they are ---------------------------------------------------------------------------


@pytest.mark.slow
def test_the_straightforward_script_does_every_stage(samples: Path, tmp_path: Path) -> None:
    """It reads all samples, and answers its questions with something."""
    script = BENCHMARKS / "peers" / "straightforward.py"
    command = [
        sys.executable,
        str(script),
        str(samples),
        str(tmp_path),
        "--method",
        "method/transformer",
        "--paper",
        "1810.04805",
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    stages = {stage["stage"]: stage for stage in map(json.loads, done.stdout.splitlines())}
    assert stages["read"]["papers"] == 47
    assert stages["rdflib"]["triples"] > 10_000
    assert all(stages[name]["result"] > 0 for name in scale_report.QUESTIONS)
    assert {path.name for path in tmp_path.iterdir()} == {
        *("graph.nt", "graph.ttl", "graph.jsonl", "nodes.csv", "relationships.csv", "graph.html")
    }


@pytest.mark.slow
def test_the_benchmark_of_scale_fills_every_row(tmp_path: Path) -> None:
    """On a few papers, without the model and the peer: every command is there, increment equals rebuild."""
    saved = tmp_path / "scale.json"
    options = [
        "--papers",
        "24",
        "--extractors",
        "rules",
        "--no-peer",
        "--once",
        "--fractions",
        "1/2",
        "1",
        "--json",
        str(saved),
    ]
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "scale.py"), *options], check=True, capture_output=True, text=True
    )
    found = json.loads(saved.read_text("utf-8"))
    names = {entry["what"] for entry in found["rows"]}
    assert names >= {"kg --help", "kg build", "kg build, segments there", "kg build, unchanged", "kg show"}
    assert names >= {"kg build, one more digest", "kg export nt", "kg export jsonl", "kg export neo4j"}
    assert [entry["size"] for entry in found["rows"] if entry["what"] == "kg build"] == ["1/2", "1"]
    assert found["proof"]["increment"] == found["proof"]["rebuild"]
    assert all(f"| `{name}` |" in done.stdout for name in names)
    assert scale_report.report(found) == done.stdout.removesuffix("\n")
    assert costmodel.report(costmodel.model(found), [1000], [2])


# --- Queries ------------------------------------------------------------------------------------------------


def test_every_shipped_query_is_timed_broadly_and_beside_rdflib(sample_graph_directory: Path) -> None:
    """On the samples, rdflib gives the rows that kg gives, and whatever most papers have is asked about."""
    graph = queries.Opened(sample_graph_directory)
    names = {item.name for item in shipped.shipped()}
    found = queries.beside(graph, queries.parsed(graph), runs=1, patience=30)
    assert {item.name.split()[0] for item in found} == names
    for item in found:
        assert item.theirs is not None
        assert item.their_rows == item.rows, item
        assert item.theirs > item.ours > 0
        assert "> " not in " ".join(queries.row_beside(item, 30))
    broad = queries.broadest(graph, runs=1, number=3)
    assert {item.name.split()[0] for item in broad} == names - {"top-datasets", "top-methods"}
    papers = [len(graph.ask("newest-papers", {"topic": key}).rows) for key in queries.most(graph, 500)[Kind.TOPIC]]
    assert papers == sorted(papers, reverse=True)
    assert papers[0] > papers[-1] > 0


def test_a_query_that_takes_too_long_is_given_up_and_a_failure_is_none() -> None:
    """More of the processor than it may have is no figure; neither is an error."""
    assert queries.patient(lambda: iter(int, 1), 1) == (None, 0)
    assert queries.patient(lambda: "abc", 1)[1] == 3
    with pytest.raises(RuntimeError, match="it ended with status 1"):
        queries.patient(lambda: iter([1 // 0]), 1)
    given_up = queries.row_beside(queries.Figures("top-methods", 5, ours=2, sparql=10, theirs=None), 60)
    assert given_up == ("`top-methods`", "5", "2.0", "10.0", "> 60,000", "> 30,000", "> 6,000")
