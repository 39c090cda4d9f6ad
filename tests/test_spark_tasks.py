"""What Spark's tasks compute, without Spark: the functions in the order in which `kg.spark` puts them."""

from __future__ import annotations

import sys
from collections import Counter
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from kg import api, segments, vocabulary
from kg.assembly import Tally, broader
from kg.directory import GraphDirectory
from kg.errors import GraphError, InputError, MissingExtraError
from kg.spark import _session, _tasks
from kg.writers import nt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from conftest import Run

    from kg.graph import KnowledgeGraph
    from kg.model import Entry

RULES = _tasks.code("rules")


@pytest.fixture(scope="module")
def built(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> GraphDirectory:
    """Build the samples by the local engine, with rules."""
    place = tmp_path_factory.mktemp("local") / "graph"
    api.build_graph([samples], place, workers=1, extractors="rules")
    return GraphDirectory(place)


@pytest.fixture(scope="module")
def union(built: GraphDirectory) -> KnowledgeGraph:
    """Give the graph that the local engine made."""
    return api.load_graph(built.path)


def files(folder: Path) -> Iterator[_tasks.File]:
    """Give what Spark gives to a task: paths and bytes."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            yield str(path), path.read_bytes()


def shuffled(
    records: Iterable[tuple[_tasks.Key, _tasks.Record]], tasks: int
) -> list[list[tuple[_tasks.Key, _tasks.Record]]]:
    """Spread records over tasks and sort them, as Spark does."""
    parts: list[list[tuple[_tasks.Key, _tasks.Record]]] = [[] for _ in range(tasks)]
    for record in records:
        parts[_tasks.spread(record[0]) % tasks].append(record)
    return [sorted(part, key=lambda record: record[0]) for part in parts]


def entries(
    samples: Path, *, twice: bool = False
) -> tuple[dict[str, segments.Header], list[list[tuple[_tasks.Key, Entry]]]]:
    """Read and extract the samples in three tasks."""
    read = [*_tasks.read(files(samples), frozenset(), frozenset(), RULES)] * (2 if twice else 1)
    headers = {item.digest: item.header for _, item in read if isinstance(item, _tasks.Sheet)}
    return headers, [[*_tasks.extract(part, headers.keys(), "rules")] for part in shuffled(read, 3)]


@pytest.mark.parametrize("twice", [False, True], ids=["once", "under two names"])
def test_segments_are_those_of_the_local_engine(samples: Path, built: GraphDirectory, *, twice: bool) -> None:
    """Name for name and byte for byte, whether a digest is met once or twice."""
    headers, parts = entries(samples, twice=twice)
    every = sorted(((digest, number), entry) for part in parts for (_, digest, number), entry in part)
    grouped = {digest: list(group) for digest, group in groupby(every, key=lambda item: item[0][0])}
    made = {}
    for digest, header in headers.items():
        name, text = _tasks.segment(header, [(number, entry) for (_, number), entry in grouped.get(digest, [])])
        made[f"{name[:2]}/{name}"] = text.encode() + b"\n"
    assert made == {str(path.relative_to(built.segments)): path.read_bytes() for path in built.segments.glob("*/*")}


def test_rows_are_those_of_the_exports(
    samples: Path, built: GraphDirectory, union: KnowledgeGraph, tmp_path: Path
) -> None:
    """All tasks together write the triples and the CSV of ``kg export``, each line once, and count what is there."""
    _, parts = entries(samples)
    known = vocabulary.load()
    tallies: dict[str, list[Tally | Counter[str]]] = {}
    for part in parts:
        for key, value in _tasks.tally(part):
            tallies.setdefault(key, []).append(value)
    sums = {key: reduce(_tasks.add, values) for key, values in tallies.items()}
    counts = sums.pop("")
    assert isinstance(counts, Counter)
    total: dict[str, Tally | None] = {key: value for key, value in sums.items() if isinstance(value, Tally)}
    edges = broader(total, known)
    wider = {source: list(group) for source, group in groupby(edges, key=lambda edge: edge.source)}
    extra: dict[str, Tally | None] = dict.fromkeys({edge.target for edge in edges} - total.keys())
    rows = [row for part in parts for row in _tasks.papers(part)]
    rows += _tasks.entities((total | extra).items(), wider)
    rows += [row for node in built.manifest().nodes() for row in _tasks.rows(node, [])]
    tables = {table: sorted(line for name, line in rows if name == table) for table in {name for name, _ in rows}}

    expected = b"".join(nt.render(union).__next__()[1]).decode().splitlines()
    assert tables.pop(_tasks.TRIPLES) == expected
    api.export_graph(union, ["neo4j"], tmp_path)
    for path in (tmp_path / "neo4j").glob("*.csv"):
        assert tables.pop(path.stem, []) == sorted(path.read_text("utf-8").split("\n")[1:-1]), path.name
    assert tables == {}
    assert counts == {name: n for name, n in union.counts().items() if name in counts}


def test_what_has_a_segment_is_not_extracted_again(samples: Path, built: GraphDirectory) -> None:
    """Its entries come from the segment; a damaged one counts for nothing."""
    whole = {*_tasks.intact(files(built.segments))}
    assert whole == {source.segment for source in built.manifest().sources}
    read = [*_tasks.read(files(samples), frozenset(), whole, RULES)]
    assert all(isinstance(item, _tasks.Sheet) for _, item in read)
    stored = dict(_tasks.stored(files(built.segments), whole))
    assert stored == {key: entry for part in entries(samples)[1] for key, entry in part}
    assert not [*_tasks.intact((path, content[:-3]) for path, content in files(built.segments))]


def test_workers_with_another_kg_are_refused(samples: Path) -> None:
    with pytest.raises(GraphError, match="the workers have another kg"):
        [*_tasks.read(files(samples), frozenset(), frozenset(), RULES._replace(extractor="0" * 64))]


def test_a_file_in_a_folder_has_to_be_named_like_a_digest(samples: Path) -> None:
    """One that was given as such may have any name."""
    content = next(samples.glob("*.md")).read_bytes()
    every = [(f"/d/{name}", content) for name in ("a.md", "README.md", "b.pdf")]
    found = _tasks.read(every, {"/d/b.pdf"}, frozenset(), RULES)
    assert [item.path for _, item in found if isinstance(item, _tasks.Sheet)] == ["/d/a.md", "/d/b.pdf"]


def test_without_pyspark_or_java_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingExtraError, match=r"PySpark is not installed. Run pip install 'digest-kg\[spark\]'"):
        _session._require()
    monkeypatch.setitem(sys.modules, "pyspark", sys)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(MissingExtraError, match=r"Java is not installed. Install Java 17"):
        _session._require()
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(MissingExtraError, match=r"no Java in JAVA_HOME \(/nowhere\)"):
        _session._require()


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (["--master", "local[2]"], "master: only Spark has this option"),
        (["--parts", "out"], "parts: only Spark has this option"),
        (["hdfs://somewhere/digests"], "hdfs://somewhere/digests: the local engine reads local files"),
        (["--engine", "spark", "--workers", "2"], "workers: Spark has workers of its own"),
    ],
)
def test_an_option_of_the_other_engine_is_refused(
    kg: Callable[..., Run], samples: Path, options: list[str], refusal: str
) -> None:
    done = kg("build", samples, *options)
    assert done.returncode == 2
    assert refusal in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_engine_is_refused(samples: Path) -> None:
    with pytest.raises(InputError, match=r"engine dask: no such engine"):
        api.build_graph([samples], engine="dask")


def test_the_reason_of_a_failure_is_found_among_the_lines_of_java() -> None:
    """What kg itself said in a task comes first."""
    text = (
        "org.apache.spark.SparkException: Job aborted due to stage failure: Lost task 0.0:\n"
        "kg.errors.GraphError: /g/a.jsonl: this segment is damaged. Build again.\n\tat org.apache.spark.x\n"
        "Caused by: java.io.IOException: No space left on device\n"
    )
    assert _session.reason(text) == "/g/a.jsonl: this segment is damaged. Build again"
    assert _session.reason(text.replace("kg.errors", "other")) == "IOException: No space left on device"
    assert _session.reason("") == "no reason given"
