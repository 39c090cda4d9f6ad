"""Build a graph on Spark: what `kg.build` does, as map and reduce over the same functions.

::

    files ─read─▶ papers ─shuffle by paper─▶ extract ─▶ entries ─shuffle by digest─▶ segments
                                                          │
                                                          ├─link, tally─▶ shuffle by entity ─▶ rows of entities
                                                          └─link, assemble─▶ rows of papers ──▶ parts

All entries of a paper come to one task: that one extracts equal ones once, and assembles the paper without another
shuffle of texts. Entries are kept on the disks of the workers between the jobs; what a lost worker had is made again.
The manifest is written by the driver, last, as `kg.build` writes it.
"""

from __future__ import annotations

import secrets
from collections import Counter
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kg import build, directory, extractors, vocabulary
from kg.assembly import broader
from kg.directory import MANIFEST, GraphDirectory, Manifest
from kg.errors import GraphError, InputError
from kg.model import Kind, Relation
from kg.segments import Header
from kg.spark import _parts, _tasks
from kg.spark._hadoop import Hadoop, literal, plain
from kg.spark._session import session
from kg.spark._tasks import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyspark import Broadcast
    from pyspark.rdd import RDD
    from pyspark.sql import SparkSession

    from kg.assembly import Tally
    from kg.build import BuildReport, Plan
    from kg.model import Edge, Entry
    from kg.spark._hadoop import Found
    from kg.spark._tasks import File, Key, Record, Row

PIECE = 16_000_000
"""Bytes of digests a task. Their entries are sorted on disk where they do not fit into memory."""
MOST = 8_000
"""No more tasks a stage than this: a shuffle costs as many fetches as its square."""


def build_graph(  # noqa: PLR0913  the options of one step, all but two by keyword
    digests: Sequence[str],
    graph: str,
    *,
    master: str = "",
    parts: str = "",
    strict: bool = False,
    keep_missing: bool = False,
    chosen: str = extractors.ALL,
    quiet: bool = True,
) -> BuildReport:
    """Add digests to a graph directory, or update it, on Spark.

    Args:
        digests: files, folders and patterns (``hdfs://namenode/digests/2024-*``) on any filesystem Spark can reach.
        graph: the graph directory, on any such filesystem.
        master: where Spark runs; empty for what is configured.
        parts: a folder for N-Triples and CSV in parts; empty for none.
        strict: stop at the first finding, before anything is extracted.
        keep_missing: keep digests whose files are gone from a folder.
        chosen: which components extract.
        quiet: whether Spark's log is kept off stderr.

    Raises:
        InputError: there are no such digests, or no such master.
        StrictError: the first finding under ``strict``.
        GraphError: the graph is damaged, locked or of other code, or a task failed.
        OutputError: something cannot be written; the graph is what it was.
        MissingExtraError: PySpark or Java is not installed.
    """
    ours = _tasks.code(chosen)
    with session(master, quiet=quiet) as spark:
        files = Hadoop(spark)
        found = [item for text in digests for item in files.find(text)]
        _check_names(found)
        if parts:
            parts = files.address(parts)
            _parts.check(files, parts)
        work = _Work(spark, ours, graph)
        with work.locked():
            return work.build(found, parts, strict=strict, keep_missing=keep_missing)


class _Made(NamedTuple):
    """Entries, and what they call their entities."""

    entries: RDD[tuple[Key, Entry]]
    """By paper; sorted within each part."""
    tallies: RDD[tuple[str, Tally | Counter[str]]]
    """By entity id; under no id, counts of papers and edges."""


class _Work:
    """One build: a session, the code, and the graph directory."""

    def __init__(self, spark: SparkSession, ours: _tasks.Code, graph: str) -> None:
        self.spark = spark
        self.context = spark.sparkContext
        self.files = Hadoop(spark)
        self.ours = ours
        self.graph = self.files.address(graph)
        self.aside = f"{self.graph}/segments/.spark-{secrets.token_hex(4)}"
        self.local = GraphDirectory.create(Path(self.graph)) if self.graph.startswith("/") else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the right to write, where there are locks; remove at the end what is half done."""
        with self.local.locked() if self.local is not None else nullcontext():
            self._tidy()
            try:
                yield
            finally:
                self._tidy()

    def _tidy(self) -> None:
        folder = f"{self.graph}/segments"
        for name in self.files.names(folder):
            if name.startswith(".spark-"):
                self.files.remove(f"{folder}/{name}")

    def build(self, found: Sequence[Found], parts: str, *, strict: bool, keep_missing: bool) -> BuildReport:
        """Do everything, in order; the manifest comes last."""
        before = self.manifest()
        done = self._intact()
        tasks = self._tasks(found)
        records, sheets = self._read(found, done, tasks)
        plan = self._plan(before, found, sheets, keep_missing=keep_missing)
        headers = self._headers(before, plan, sheets, done)
        if strict:
            for digest, paths in plan.digests().items():
                build.refuse(build.named(headers[digest], plan.shown(paths[0])) if paths[0] in plan.given else ())
        made = self._extract(records, frozenset(headers), tasks)
        new = {digest: header for digest, header in headers.items() if header.name not in done}
        self._write_segments(made.entries, new, tasks)
        after = build.manifest(plan, headers, self.ours.extractor)
        counts = self._finish(made, after, parts, tasks)
        self._commit(before, after)
        return build.report(plan, headers, set(new), counts)

    # --- What there is -------------------------------------------------------------------------------------

    def manifest(self) -> Manifest:
        """Read the manifest; without one the graph is empty."""
        if self.local is not None:
            return self.local.manifest()
        content = self.files.read(f"{self.graph}/{MANIFEST}")
        return Manifest() if content is None else directory.parse(Path(self.graph, MANIFEST), content)

    def _intact(self) -> frozenset[str]:
        """Give the segments that are whole, those included that a build left which did not come to its end."""
        folder = f"{self.graph}/segments"
        if not self.files.names(folder):
            return frozenset()
        return frozenset(self._files([folder]).mapPartitions(_tasks.intact).collect())

    def _files(self, roots: Sequence[str]) -> RDD[File]:
        """Read all files in some places; what Hadoop takes for hidden, ``_`` or ``.`` at its beginning, is left out."""
        reader = self.spark.read.format("binaryFile").option("recursiveFileLookup", "true")
        frame = reader.load([literal(root) for root in roots]).select("path", "content")
        return frame.rdd.map(_plain)

    def _tasks(self, found: Sequence[Found]) -> int:
        size = sum(item.size for item in found)
        least: int = self.context.defaultParallelism
        return min(MOST, max(least, size // PIECE))

    # --- What there will be --------------------------------------------------------------------------------

    def _read(
        self, found: Sequence[Found], done: frozenset[str], tasks: int
    ) -> tuple[RDD[tuple[Key, Record]], list[Sheet]]:
        """Read what was given, and the segments there are; shuffle papers and entries together by paper."""
        named = frozenset(item.address for item in found if not item.is_folder)
        roots = list(dict.fromkeys(item.address for item in found))
        read = partial(_tasks.read, named=named, done=done, ours=self.ours)
        empty = [(path, b"") for root in roots for path in self.files.empty(root) if not _is_hidden(path, root)]
        files = self._files(roots).union(self.context.parallelize(empty, 1)) if empty else self._files(roots)
        records: RDD[tuple[Key, Record]] = files.mapPartitions(read)
        if done:
            stored = partial(_tasks.stored, done=done)
            records = records.union(self._files([f"{self.graph}/segments"]).mapPartitions(stored))
        records = records.repartitionAndSortWithinPartitions(tasks, _tasks.spread)
        sheets = records.values().filter(_is_sheet).collect()
        return records, sorted({sheet.path: sheet for sheet in sheets}.values(), key=lambda sheet: sheet.path)

    def _plan(self, before: Manifest, found: Sequence[Found], sheets: Sequence[Sheet], *, keep_missing: bool) -> Plan:
        for item in found:
            if item.is_folder and not any(_is_in(sheet.path, item.address) for sheet in sheets):
                raise InputError(item.address, "no digest in this folder", "Digests end with .md, .markdown, .txt.")
        roots = [item.address for item in found if item.is_folder]
        given = {sheet.path: _shown(sheet.path, found) for sheet in sheets}
        here = {sheet.path: sheet.digest for sheet in sheets}
        sizes = {sheet.digest: sheet.size for sheet in sheets}
        return build.planned(before, given, here, sizes, [] if keep_missing else roots, exists=self.files.exists)

    def _headers(
        self, before: Manifest, plan: Plan, sheets: Sequence[Sheet], done: frozenset[str]
    ) -> dict[str, Header]:
        """Give the header of every digest, those of other runs included.

        Raises:
            GraphError: the graph holds digests that were not given, and that this code did not extract.
        """
        headers = {sheet.digest: sheet.header for sheet in sheets}
        old = {source.digest: source for source in before.sources}
        for digest, paths in plan.digests().items():
            if digest not in headers:
                headers[digest] = Header(digest, old[digest].dialect, self.ours.reader, self.ours.extractor)
                if headers[digest].name not in done:
                    remedy = "Give its digest as well, or name a new graph; kg build --engine local updates it."
                    what = "another kg or choice of --extractors made its part of the graph, or it is damaged"
                    raise GraphError(paths[0], what, remedy)
        return {digest: headers[digest] for digest in plan.digests()}

    # --- Making it -----------------------------------------------------------------------------------------

    def _extract(self, records: RDD[tuple[Key, Record]], wanted: frozenset[str], tasks: int) -> _Made:
        from pyspark import StorageLevel  # noqa: PLC0415  an extra, and heavy

        extract = partial(_extract, wanted=self.context.broadcast(wanted), choice=self.ours.choice)
        entries = records.mapPartitions(extract).persist(StorageLevel.DISK_ONLY)
        return _Made(entries, entries.mapPartitions(_tasks.tally).reduceByKey(_tasks.add, tasks, _tasks.hashed))

    def _write_segments(self, entries: RDD[tuple[Key, Entry]], new: Mapping[str, Header], tasks: int) -> None:
        """Write the segments that there are not yet: aside, then each renamed into its place."""
        if not new:
            return
        headers = self.context.broadcast(new)
        seeds = self.context.parallelize([(digest, None) for digest in new], tasks)
        numbered = entries.flatMap(partial(_by_digest, headers=headers))
        grouped = seeds.union(numbered).groupByKey(tasks, _tasks.hashed)
        _parts.write_rows(self.spark, grouped.map(partial(_segment, headers=headers)), self.aside)
        for old in self.files.walk(self.aside):
            name = old.split("/")[-2].rpartition("=")[2]
            self.files.rename(old, f"{self.graph}/segments/{name[:2]}/{name}")

    def _finish(self, made: _Made, after: Manifest, parts: str, tasks: int) -> dict[str, int]:
        """Write the parts, if they are wanted, and count what the graph holds."""
        known = vocabulary.load()
        named = made.tallies.filter(_is_entity).persist()
        concepts = set(named.keys().filter(known.concepts.__contains__).collect())
        edges = broader(concepts, known)
        extra = sorted({edge.target for edge in edges} - concepts)
        if parts:
            wider: dict[str, list[Edge]] = {}
            for edge in edges:
                wider.setdefault(edge.source, []).append(edge)
            every = named.union(self.context.parallelize([(key, None) for key in extra], 1))
            digests = self.context.parallelize(after.nodes(), tasks).flatMap(partial(_tasks.rows, edges=[]))
            rows = made.entries.mapPartitions(_tasks.papers)
            rows = rows.union(every.mapPartitions(partial(_tasks.entities, wider=wider))).union(digests)
            _parts.write(self.spark, self.files, rows.coalesce(tasks), parts)
        counts = Counter(*made.tallies.filter(_is_count).values().collect())
        counts.update(str(key.partition("/")[0]) for key in extra)
        counts.update(named.keys().map(_kind).countByValue())
        counts.update({str(Kind.DIGEST): len(after.nodes()), str(Relation.BROADER): len(edges)})
        return {str(name): counts[str(name)] for of in (Kind, Relation) for name in of}

    def _commit(self, before: Manifest, after: Manifest) -> None:
        """Write the manifest and remove the segments that it does not name."""
        if self.local is not None:
            self.local.commit(after)
            self.local.sweep(after)
            return
        if self.manifest() != before:
            remedy = "Run it again: what was extracted is kept."
            raise GraphError(self.graph, "another kg has written to this graph meanwhile", remedy)
        self.files.write(f"{self.graph}/{MANIFEST}", directory.render(after))
        kept = {source.segment for source in after.sources}
        for address in list(self.files.walk(f"{self.graph}/segments")):
            if "/".join(address.split("/")[-2:]) not in kept:
                self.files.remove(address)


# --- Functions that Spark sends to its workers --------------------------------------------------------------


def _plain(row: tuple[str, bytes]) -> File:
    return plain(row[0]), row[1]


def _is_sheet(value: object) -> bool:
    return isinstance(value, Sheet)


def _is_entity(item: tuple[str, object]) -> bool:
    return bool(item[0])


def _is_count(item: tuple[str, object]) -> bool:
    return not item[0]


def _kind(key: str) -> str:
    return key.partition("/")[0]


def _extract(
    records: Iterator[tuple[Key, Record]], wanted: Broadcast[frozenset[str]], choice: str
) -> Iterator[tuple[Key, Entry]]:
    return _tasks.extract(records, wanted.value, choice)


def _by_digest(
    record: tuple[Key, Entry], headers: Broadcast[Mapping[str, Header]]
) -> list[tuple[str, tuple[int, Entry]]]:
    (_, digest, number), entry = record
    return [(digest, (number, entry))] if digest in headers.value else []


def _segment(group: tuple[str, Iterator[tuple[int, Entry] | None]], headers: Broadcast[Mapping[str, Header]]) -> Row:
    digest, entries = group
    return _tasks.segment(headers.value[digest], [item for item in entries if item is not None])


# --- Names -------------------------------------------------------------------------------------------------


def _is_in(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")


def _is_hidden(path: str, root: str) -> bool:
    """Tell whether Hadoop takes a file in a folder for hidden."""
    return any(name.startswith(("_", ".")) for name in path[len(root) :].split("/"))


def _shown(path: str, found: Sequence[Found]) -> str:
    """Give the address of a file as the user gave it, or the folder that it is in."""
    for item in found:
        if path == item.address or (item.is_folder and _is_in(path, item.address)):
            return item.text + path[len(item.address.rstrip("/")) :]
    return path


def _check_names(found: Sequence[Found]) -> None:
    """Refuse files that Hadoop takes for hidden, rather than lose them.

    Raises:
        InputError: there is one.
    """
    for item in found:
        if item.address.rpartition("/")[2].startswith(("_", ".")):
            raise InputError(item.address, "Spark does not read what begins with _ or a dot", "Give it another name.")
