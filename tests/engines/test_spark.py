"""Spark makes the graph of the local engine, byte for byte: on two threads, and on a cluster that loses a worker."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import servers
import spark_fixtures

from kg import api
from kg.errors import KgError

if TYPE_CHECKING:
    from spark_fixtures import Cluster

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OPTIONS: dict[str, Any] = {"extractors": "rules"}
"""The trained model adds nothing to these tests but time."""


@pytest.fixture(scope="module")
def digests(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give digests of every kind: the samples, malformed ones, one under two names, one whose name is a pattern."""
    place = tmp_path_factory.mktemp("digests") / "all"
    shutil.copytree(samples, place)
    shutil.copytree(samples.parent / "digests-dirty", place / "dirty")
    first = min(samples.glob("*.md"))
    shutil.copy(first, place / "again [1] {2}, 汉字 and so on.md")
    (place / "empty.md").touch()
    (place / "binary.md").write_bytes(b"\x00\xff\n")
    (place / "README.md").write_text("no digest", "utf-8")
    return place


def local(*places: Path, graph: Path, **options: Any) -> dict[str, Any]:  # noqa: ANN401  options of the build
    """Build by the local engine; give its report as JSON would."""
    try:
        done = api.build_graph(places, graph, workers=1, **OPTIONS, **options)
    except KgError as error:
        return {"error": f"{type(error).__name__}: {error}", "exit_code": error.exit_code}
    report: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(done)))
    return report


def held(graph: Path) -> dict[str, bytes]:
    """Give what a graph directory holds but its store: names and bytes."""
    files = (path for path in sorted(graph.rglob("*")) if path.is_file())
    names = {str(path.relative_to(graph)): path for path in files}
    return {name: path.read_bytes() for name, path in names.items() if name.split("/")[0] not in {"store", "lock"}}


class Both:
    """The same builds by both engines, each on graphs of its own; all those of Spark in one session."""

    def __init__(self, place: Path, digests: Path) -> None:
        self.place = place
        self.digests = digests
        self.builds: list[dict[str, Any]] = []
        self.local: list[dict[str, Any]] = []
        self.spark: list[dict[str, Any]] = []

    def add(self, graph: str, *places: Path | str, parts: str = "", **options: Any) -> int:  # noqa: ANN401  options
        """Build by the local engine, and note what Spark has to do; give the number of the build."""
        self.local.append(local(*map(Path, places), graph=self.place / "local" / graph, **options))
        spark = {"digests": [str(item) for item in places], "graph": str(self.place / "spark" / graph)}
        self.builds.append({**spark, "parts": parts and str(self.place / parts), **OPTIONS, **options})
        return len(self.builds) - 1

    def run(self, environment: dict[str, str]) -> None:
        """Have Spark do its builds."""
        (self.place / "builds.json").write_text(json.dumps(self.builds), "utf-8")
        done = subprocess.run(
            [sys.executable, str(HERE / "spark_script.py"), str(self.place / "builds.json")],
            check=False,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        self.spark = json.loads(done.stdout)


@pytest.fixture(scope="module")
def both(spark: dict[str, str], digests: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    """Do all builds of the tests below."""
    made = Both(tmp_path_factory.mktemp("both"), digests)
    some = sorted(digests.glob("20*.md"))
    made.add("whole", digests, parts="parts")
    made.add("steps", *some[:2])
    made.add("steps", *some[1:3], digests / "dirty")
    made.add("strict", digests / "dirty", strict=True)
    made.add("none", digests / "nothing-here*")
    made.run(spark)
    return made


def test_the_graph_directory_is_that_of_the_local_engine(both: Both) -> None:
    """Segments and manifest, name for name and byte for byte; nothing else is left behind."""
    assert held(both.place / "spark" / "whole") == held(both.place / "local" / "whole")
    left = {path.name for path in (both.place / "spark" / "whole").iterdir()}
    assert left == {"kg.json", "lock", "segments"}


def test_step_by_step_is_the_same_too(both: Both) -> None:
    assert held(both.place / "spark" / "steps") == held(both.place / "local" / "steps")


def test_the_report_is_that_of_the_local_engine(both: Both) -> None:
    """Files, findings and counts, in as many words."""
    assert both.spark[:3] == both.local[:3]


def test_strict_stops_before_anything_is_written(both: Both) -> None:
    """With the same line and exit code."""
    assert both.spark[3] == both.local[3]
    assert both.spark[3]["exit_code"] == 1
    assert held(both.place / "spark" / "strict") == {}


def test_a_pattern_that_matches_nothing_costs_one_line(both: Both) -> None:
    assert both.spark[4]["error"].endswith("nothing-here*: no such file or folder. Check the path or the pattern.")
    assert both.spark[4]["exit_code"] == 2
    assert not (both.place / "spark" / "none").exists()


def test_parts_together_are_the_exports(both: Both, tmp_path: Path) -> None:
    """`sort -m` of the N-Triples gives graph.nt; the rows of the CSV parts are those of the export, headers apart."""
    api.export_graph(api.load_graph(both.place / "local" / "whole"), ["nt", "neo4j"], tmp_path)
    parts = both.place / "parts"
    triples = sorted((parts / "graph.nt").iterdir())
    assert [path.name for path in triples] == ["part-00000.nt", "part-00001.nt"]
    merged = subprocess.run(
        ["sort", "-m", *map(str, triples)],  # noqa: S607  the program of the system
        check=True,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    assert merged.stdout == (tmp_path / "graph.nt").read_bytes()
    for path in sorted((tmp_path / "neo4j").glob("*.csv")):
        header, *rows = path.read_bytes().splitlines(keepends=True)
        table = parts / "neo4j" / path.stem
        assert (table / "header.csv").read_bytes() == header
        pieces = [piece.read_bytes().splitlines(keepends=True) for piece in sorted(table.glob("part-*"))]
        assert all(piece == sorted(piece) for piece in pieces)
        assert sorted(row for piece in pieces for row in piece) == sorted(rows), path.name
    assert {path.name for path in parts.iterdir()} == {"graph.nt", "neo4j", "_SUCCESS"}


def test_neo4j_imports_the_parts_as_they_are(both: Both, neo4j_home: Path, tmp_path: Path) -> None:
    """Its import tool counts the same nodes, relationships and properties as of the export in single files."""
    server = servers.neo4j(neo4j_home, tmp_path)
    api.export_graph(api.load_graph(both.place / "local" / "whole"), ["neo4j"], tmp_path)
    reports = []
    for script in (both.place / "parts" / "neo4j" / "import.sh", tmp_path / "neo4j" / "import.sh"):
        done = servers.call("sh", script, "neo4j", "--overwrite-destination", environment=server.environment)
        assert done.returncode == 0, done.stdout
        reports.append(done.stdout.partition("Imported:")[2].split("\n")[1:4])
    counts = both.local[0]["counts"]
    nodes = sum(counts[kind] for kind in ("paper", "method", "dataset", "topic", "digest"))
    assert reports[0][0].split() == [str(nodes), "nodes"]
    assert reports[0][1].split() == [str(sum(counts.values()) - nodes), "relationships"]
    assert reports[0] == reports[1]


def test_the_local_engine_goes_on_where_spark_stopped(both: Both, tmp_path: Path) -> None:
    """Nothing is extracted again."""
    shutil.copytree(both.place / "spark" / "whole", tmp_path / "graph")
    again = local(both.digests, graph=tmp_path / "graph")
    assert (again["added"], again["changed"], again["redone"]) == ([], [], [])
    assert len(again["unchanged"]) == len(both.local[0]["added"])
    assert again["counts"] == both.local[0]["counts"]


def test_a_cluster_that_loses_a_worker_makes_the_same_graph(
    spark: dict[str, str], cluster: Cluster, both: Both, tmp_path: Path
) -> None:
    """A standalone master and two workers; one is killed, with its executor, while both extract."""
    hold = tmp_path / "held"
    hold.mkdir()
    settings = (Path(spark["SPARK_CONF_DIR"]) / "spark-defaults.conf").read_text("utf-8")
    settings += f"spark.executorEnv.KG_HELD {hold}\nspark.executorEnv.PYTHONPATH {HERE / 'held'}:{ROOT}\n"
    (tmp_path / "spark-defaults.conf").write_text(settings, "utf-8")
    environment = {**spark, "SPARK_CONF_DIR": str(tmp_path)}
    graph, parts, log = tmp_path / "graph", tmp_path / "parts", tmp_path / "build.log"
    options: list[str | Path] = ["--graph", graph, "--master", cluster.url, "--parts", parts, "--extractors", "rules"]
    with spark_fixtures.start_build(both.digests, *options, log=log, **environment) as build:
        where: dict[str, str] = {}

        def both_extract() -> bool:
            assert build.poll() is None, log.read_text("utf-8")
            where.update({path.name: path.read_text("utf-8") for path in hold.glob("task-*")})
            return all(any(name in Path(text).parts for text in where.values()) for name in cluster.places)

        spark_fixtures.wait_for(both_extract, "waited for tasks on both workers")
        cluster.kill("one")
        (hold / "go").touch()
        assert build.wait(spark_fixtures.PATIENCE) == 1  # there are findings
    words = log.read_text("utf-8")
    assert words.splitlines()[-1].endswith(f"{graph} holds {both.local[0]['papers']} papers."), words
    assert "Exception" not in words
    assert held(graph) == held(both.place / "local" / "whole")
    assert _lines(parts) == _lines(both.place / "parts")


def _lines(parts: Path) -> dict[str, list[bytes]]:
    """Give the lines of all parts by table; which task wrote what differs between a thread and a cluster."""
    tables: dict[str, list[bytes]] = {}
    for path in parts.rglob("part-*"):
        tables.setdefault(str(path.parent.relative_to(parts)), []).extend(path.read_bytes().splitlines())
    return {table: sorted(lines) for table, lines in tables.items()}
