"""The graph that a graph directory holds, on disk: for SPARQL in an Oxigraph database, and row by row in a ledger.

Database and ledger are a store: they are made together from the segments, in one folder named by a hash of everything
that they follow from, so that a store is either that of the graph or visibly not. It is made aside, sealed with the
sizes and checksums of its files, and renamed into place; it is never altered afterwards. When few digests differ from
those of a store that is there, a copy of that one is altered (of the database, hard links), else everything is made
anew, in worker processes. Whoever reads holds a shared lock on the store he opened, and a store in use is not removed.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg import graph, keeping, link, pool, rdf, resources, sealing, summary, vocabulary
from kg.directory import GraphDirectory, Manifest, remove
from kg.errors import GraphError, OutputError
from kg.oxigraph import Quad, RdfFormat, Store
from kg.plans import Summary
from kg.sealing import SEAL, is_intact
from kg.stored import StoredGraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from kg.graph import KnowledgeGraph
    from kg.model import Edge
    from kg.summary import Node

    Notice = Callable[[str], None]

SHARE = 4
"""A store is altered rather than made anew if at most one digest in so many differs."""

BYTES = 10_000_000
"""A further worker has to have so many bytes of segments to be worth its start."""

TOGETHER = 64
"""Of so many nodes the triples are replaced at once: a transaction has its price."""

LEDGER = "ledger.db"
"""The ledger in the folder of a store."""

_MODULES = (
    *("assembling", "assembly", "directory", "graph", "iri", "keeping", "ledger", "link", "model", "oxigraph", "rdf"),
    *("sealing", "segments", "sqlite", "store", "summary", "text", "vocabulary", "wording"),
)
"""Whose source decides which triples and rows follow from a segment."""


def load(path: Path) -> KnowledgeGraph:
    """Assemble the graph of a graph directory in memory, from its segments alone: what the store has to hold.

    It needs no place to write, and takes minutes where `open_graph` takes seconds.

    Raises:
        GraphError: there is none, it is damaged, or a newer kg wrote it.
    """
    directory = GraphDirectory.find(path)
    while True:
        manifest = directory.manifest()
        try:
            return assemble(directory, manifest)
        except GraphError:
            if directory.manifest() == manifest:
                raise  # else another process committed meanwhile, and removed what we were reading


def assemble(directory: GraphDirectory, manifest: Manifest) -> KnowledgeGraph:
    """Make the graph that a manifest stands for.

    Raises:
        GraphError: a segment is missing or damaged.
    """
    known = vocabulary.load()
    linked = (link.link(entry, known) for entry in directory.entries(manifest))
    return graph.assemble(linked, manifest.nodes(), known)


def open_graph(path: Path, *, notice: Notice | None = None) -> StoredGraph | KnowledgeGraph:
    """Open the graph to go through it; if its store lags or is damaged, it is made again from the segments.

    Where that cannot be written, the graph is assembled in memory.

    Args:
        path: the graph directory.
        notice: is told, in one line, when the store has to be made again.

    Raises:
        GraphError: there is no graph, it is damaged, or a newer kg wrote it.
    """
    try:
        here = sparql_path(path, notice=notice)
    except OutputError:
        return load(path)
    try:
        return StoredGraph(here.parent / LEDGER)
    except GraphError:  # damage that only SQLite sees
        return StoredGraph(rebuild(path, notice=notice).parent / LEDGER)


def open_store(path: Path, *, notice: Notice | None = None) -> Store:
    """Open the graph for SPARQL, read-only; if its store lags or is damaged, it is made again from the segments.

    Args:
        path: the graph directory.
        notice: is told, in one line, when the store has to be made again.

    Raises:
        GraphError: there is no graph, it is damaged, or a newer kg wrote it.
        OutputError: the store has to be made again and cannot be written.
    """
    return open_both(path, notice=notice)[0]


def open_both(path: Path, *, notice: Notice | None = None) -> tuple[Store, Summary]:
    """Open the graph for SPARQL and the summary beside it; see `open_store`."""
    try:
        return _opened(sparql_path(path, notice=notice))
    except (OSError, RuntimeError, sqlite3.Error):  # damage that only the engines see
        return _opened(rebuild(path, notice=notice))


def _opened(database: Path) -> tuple[Store, Summary]:
    return Store.read_only(str(database)), Summary(database.parent / summary.FILE)


def sparql_path(path: Path, *, notice: Notice | None = None) -> Path:
    """Give the folder of the Oxigraph database of a graph, made again if need be; see `open_store`."""
    directory = GraphDirectory.find(path)
    while True:
        manifest = directory.manifest()
        try:
            here = refresh(directory, manifest, notice=notice)
        except GraphError:
            if directory.manifest() == manifest:
                raise
            continue  # another process committed meanwhile, and removed what we were reading
        if sealing.share(here):
            return here / "db"
        # else another process committed meanwhile, and removed it


def rebuild(path: Path, *, notice: Notice | None = None) -> Path:
    """Make the store again whatever it looks like, for when Oxigraph finds damage while it reads."""
    directory = GraphDirectory.find(path)
    (directory.stores / state(directory.manifest()) / SEAL).unlink(missing_ok=True)
    return sparql_path(path, notice=notice)


# --- What a store follows from -----------------------------------------------------------------------------


@cache
def derivation() -> str:
    """Give a fingerprint of what turns segments into triples: code and vocabulary."""
    package = Path(__file__).parent
    sources = [package / f"{name}.py" for name in _MODULES]
    digest = hashlib.sha256()
    for path in [*sources, *sorted((resources.ontology() / "vocab").glob("*.ttl"))]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def state(manifest: Manifest) -> str:
    """Give the name of the store of a manifest: a hash of all that its triples follow from."""
    sources = [[item.digest, item.dialect, item.segment, item.names] for item in manifest.sources]
    return hashlib.sha256(json.dumps([derivation(), sources]).encode()).hexdigest()[:16]


def refresh(
    directory: GraphDirectory, manifest: Manifest, *, workers: int | None = None, notice: Notice | None = None
) -> Path:
    """Give the folder of the store of a manifest, making it if it is not there or damaged.

    Args:
        directory: the graph directory.
        manifest: what the store has to hold.
        workers: how many processes at most; as many as there are processors if not given.
        notice: is told, in one line, when a store has to be made.

    Raises:
        GraphError: a segment is missing or damaged, or a worker died.
        OutputError: the store cannot be written.
    """
    here = directory.stores / state(manifest)
    if is_intact(here):
        return here
    if notice is not None:
        what = "damaged" if here.exists() else "behind the graph"
        notice(f"{directory.stores}: the SPARQL store is {what}; it is made again from the segments.")
    with sealing.workspace(directory.stores) as workspace:
        _make(workspace, directory, manifest, _bases(directory, here), workers)
        sealing.move(workspace, here)
    return here


def counted(folder: Path) -> dict[str, int]:
    """Give the nodes of every kind and the edges of every relation that an intact store was made from."""
    found: dict[str, int] = sealing.seal(folder)["counts"]
    return found


def sweep(directory: GraphDirectory, kept: Path) -> None:
    """Remove every store but one; those that somebody reads or writes stay for now."""
    for folder in sorted(directory.stores.glob("*")):
        if folder != kept:
            sealing.remove_unused(folder)


# --- Making ------------------------------------------------------------------------------------------------


def _make(
    workspace: Path, directory: GraphDirectory, manifest: Manifest, bases: Iterable[Path], workers: int | None
) -> None:
    """Fill a workspace: alter a copy of a base that differs in few digests, else make everything."""
    try:
        if not any(_altered(base, workspace, directory, manifest) for base in bases):
            number = _number(directory, manifest, workers)
            with (
                closing(keeping.make(workspace / LEDGER, directory, manifest, number)) as chunks,
                ThreadPoolExecutor(1) as aside,
            ):
                told: list[Future[None]] = []
                _load(workspace / "db", _then(chunks, lambda: told.append(aside.submit(_summarise, workspace))))
                told[0].result()
        counts = StoredGraph(workspace / LEDGER).counts()
    except (OSError, RuntimeError, sqlite3.Error) as error:
        remedy = "Free some space or name another folder with --graph; the graph is what it was."
        raise OutputError(str(workspace.parent), f"cannot write the store ({error})", remedy) from error
    sealing.close(workspace, {"derivation": derivation(), "counts": counts})


def _number(directory: GraphDirectory, manifest: Manifest, most: int | None) -> int:
    """Choose how many processes assemble, by the size of the segments."""
    sizes = (path.stat().st_size for item in manifest.sources if (path := directory.segments / item.segment).is_file())
    return max(1, min(most or pool.cores(), sum(sizes) // BYTES))


def _then(chunks: Iterator[bytes], act: Callable[[], object]) -> Iterator[bytes]:
    """Give chunks, and do something as soon as all are given: Oxigraph still has some sorting to do then."""
    yield from chunks
    act()


def _summarise(folder: Path) -> None:
    summary.make(folder / summary.FILE, StoredGraph(folder / LEDGER).described())


def _load(target: Path, chunks: Iterator[bytes]) -> None:
    """Make a database of N-Triples."""
    store = Store(str(target))
    stream = _Stream(chunks)
    try:
        store.bulk_load(io.BufferedReader(stream, 1 << 20), format=RdfFormat.N_TRIPLES, lenient=True)
    finally:  # Oxigraph passes on that reading failed, but not how
        if stream.error is not None:
            raise stream.error from None
    store.flush()


class _Stream(io.RawIOBase):
    """Chunks of bytes as a file to read, which remembers how it was broken off."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = memoryview(b"")
        self.error: BaseException | None = None

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what a BufferedReader hands over
        """Fill a buffer as far as a chunk goes, and give how far; 0 at the end."""
        try:
            while not self._rest and (chunk := next(self._chunks, None)) is not None:
                self._rest = memoryview(chunk)
        except BaseException as error:
            self.error = error
            raise
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _altered(base: Path, workspace: Path, directory: GraphDirectory, manifest: Manifest) -> bool:
    """Alter a copy of a base, unless too much differs."""
    changed = keeping.alter(base / LEDGER, workspace / LEDGER, directory, manifest, SHARE)
    if changed is None:
        return False
    try:
        _alter(base, workspace, changed)
    except GraphError:  # the ledger of the base is damaged, as only shows when it is read
        remove(workspace / "db")
        remove(workspace / LEDGER)
        remove(workspace / summary.FILE)
        return False
    return True


def _alter(base: Path, workspace: Path, changed: Sequence[str]) -> None:
    """Copy database and summary, and replace what they say of the nodes that changed, each in a thread."""
    with ThreadPoolExecutor(1) as aside:
        told = aside.submit(_alter_summary, base, workspace, changed)
        _alter_database(base, workspace, changed)
        told.result()


def _alter_database(base: Path, workspace: Path, changed: Sequence[str]) -> None:
    """Copy a database, and replace what the two ledgers say otherwise of the nodes that changed."""
    Store.read_only(str(base / "db")).backup(str(workspace / "db"))
    store = Store(str(workspace / "db"))
    before, after = StoredGraph(base / LEDGER), StoredGraph(workspace / LEDGER)
    for start in range(0, len(changed), TOGETHER):
        keys = changed[start : start + TOGETHER]
        old, new = ({quad for key in keys for quad in _quads(content, key)} for content in (before, after))
        for quad in old - new:
            store.remove(quad)
        store.extend(new - old)
    store.flush()


def _alter_summary(base: Path, workspace: Path, changed: Sequence[str]) -> None:
    """Copy a summary, and tell it what has become of the nodes that changed."""
    shutil.copyfile(base / summary.FILE, workspace / summary.FILE)
    after = StoredGraph(workspace / LEDGER)
    summary.alter(workspace / summary.FILE, (_change(after, key) for key in changed))


def _change(content: StoredGraph, key: str) -> tuple[str, Node | None, list[Edge]]:
    """Give what has become of a node."""
    return (key, content.node(key), content.leaving(key)) if key in content else (key, None, [])


def _quads(content: StoredGraph, key: str) -> Iterator[Quad]:
    """Give what a database holds of a node; nothing if it is not in the graph."""
    if key in content:
        known = rdf.introductions().get(key, "")
        triples = rdf.node_triples(content.node(key), content.leaving(key), introduced_by=known)
        yield from (Quad(*triple) for triple in triples)


def _bases(directory: GraphDirectory, here: Path) -> Iterator[Path]:
    """Give the intact stores that the same code made."""
    for folder in sorted(directory.stores.glob("*")):
        if folder != here and is_intact(folder) and sealing.seal(folder).get("derivation") == derivation():
            yield folder
