"""The graph that a graph directory holds: in memory from its segments, and on disk for SPARQL.

The Oxigraph store is made from the segments and named by a hash of everything that it follows from, so that a store
is either that of the graph or visibly not. It is made aside, sealed with the sizes and checksums of its files, and
renamed into place; it is never altered afterwards. When few nodes differ from a store that is there, a copy of that
one (hard links) is altered, else every triple is loaded. Whoever queries holds a shared lock on the store he opened,
and a store in use is not removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zlib
from contextlib import contextmanager, suppress
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import files, graph, link, rdf, resources, vocabulary
from kg.directory import GraphDirectory, Manifest, hold, remove
from kg.errors import GraphError, OutputError
from kg.oxigraph import Quad, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.graph import KnowledgeGraph
    from kg.model import Edge
    from kg.oxigraph import Triple

    Notice = Callable[[str], None]

SEAL = "store.json"
"""What a store's folder holds last: the sizes and checksums of its files, and the counts of the graph."""

SHARE = 4
"""A store is altered rather than made anew if at most one node in so many differs."""

CHECKED = 32_000_000
"""Stores of up to so many bytes are checked in full when opened; larger ones by their files' sizes (and, block by
block, by Oxigraph as it reads)."""

_MODULES = ("assembly", "directory", "graph", "iri", "link", "model", "oxigraph", "rdf", "store", "text", "vocabulary")
"""Whose source decides which triples follow from a segment."""


def load(path: Path) -> KnowledgeGraph:
    """Load the graph of a graph directory into memory.

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


def open_store(path: Path, *, notice: Notice | None = None) -> Store:
    """Open the graph for SPARQL, read-only; if its store lags or is damaged, it is made again from the segments.

    Args:
        path: the graph directory.
        notice: is told, in one line, when the store has to be made again.

    Raises:
        GraphError: there is no graph, it is damaged, or a newer kg wrote it.
        OutputError: the store has to be made again and cannot be written.
    """
    try:
        return Store.read_only(str(sparql_path(path, notice=notice)))
    except (OSError, RuntimeError):  # damage that only Oxigraph sees
        return Store.read_only(str(rebuild(path, notice=notice)))


def sparql_path(path: Path, *, notice: Notice | None = None) -> Path:
    """Give the folder of the Oxigraph database of a graph, made again if need be; see `open_store`."""
    directory = GraphDirectory.find(path)
    while True:
        manifest = directory.manifest()
        here = refresh(directory, manifest, notice=notice)
        if _share(here):
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
    directory: GraphDirectory,
    manifest: Manifest,
    *,
    made: KnowledgeGraph | None = None,
    notice: Notice | None = None,
) -> Path:
    """Give the folder of the store of a manifest, making it if it is not there or damaged.

    Args:
        directory: the graph directory.
        manifest: what the store has to hold.
        made: the graph of the manifest, if somebody has assembled it already.
        notice: is told, in one line, when a store has to be made.

    Raises:
        GraphError: a segment is missing or damaged.
        OutputError: the store cannot be written.
    """
    here = directory.stores / state(manifest)
    if is_intact(here):
        return here
    if notice is not None:
        what = "damaged" if here.exists() else "behind the graph"
        notice(f"{directory.stores}: the SPARQL store is {what}; it is made again from the segments.")
    content = made if made is not None else assemble(directory, manifest)
    with _workspace(directory.stores) as workspace:
        _make(workspace, content, _bases(directory, here))
        _move(workspace, here)
    return here


def counted(folder: Path) -> dict[str, int]:
    """Give the nodes of every kind and the edges of every relation that an intact store was made from."""
    found: dict[str, int] = _seal(folder)["counts"]
    return found


def sweep(directory: GraphDirectory, manifest: Manifest) -> None:
    """Remove every store but that of a manifest; those that somebody reads or writes stay for now."""
    kept = directory.stores / state(manifest)
    for folder in sorted(directory.stores.glob("*")):
        if folder != kept:
            _remove_unused(folder)


# --- Making ------------------------------------------------------------------------------------------------


def _make(workspace: Path, content: KnowledgeGraph, bases: Iterable[Path]) -> None:
    """Fill a workspace: alter a copy of a base that differs in few nodes, else load everything."""
    nodes = _Nodes(content)
    prints = nodes.prints()
    near = ((base, changes) for base in bases if (changes := _changes(_prints(base), prints)) is not None)
    base, changes = next(near, (None, set()))
    try:
        if base is None:
            _load(workspace / "db", rdf.triples(content))
        else:
            _alter(base, workspace / "db", nodes, changes)
    except (OSError, RuntimeError) as error:
        remedy = "Free some space or name another folder with --graph; the graph is what it was."
        raise OutputError(str(workspace.parent), f"cannot write the SPARQL store ({error})", remedy) from error
    _write_json(workspace / "nodes.json", {"derivation": derivation(), "nodes": prints})
    _write_json(workspace / SEAL, {"counts": content.counts(), "files": _files(workspace / "db")})


def _load(target: Path, triples: Iterable[Triple]) -> None:
    store = Store(str(target))
    store.bulk_extend(Quad(*triple) for triple in triples)
    store.flush()


def _alter(base: Path, target: Path, nodes: _Nodes, changes: Iterable[str]) -> None:
    """Copy a store and replace the triples of the nodes that differ."""
    Store.read_only(str(base / "db")).backup(str(target))
    store = Store(str(target))
    for key in sorted(changes):
        before, after = set(_stored(store, key)), {Quad(*triple) for triple in nodes.triples(key)}
        for quad in before - after:
            store.remove(quad)
        store.extend(after - before)
    store.flush()


def _stored(store: Store, key: str) -> Iterator[Quad]:
    """Give what a store holds of a node: its triples and those of the mentions in it."""
    node = rdf.node(key)
    yield from store.quads_for_pattern(node, None, None)
    for quad in store.quads_for_pattern(None, rdf.term("kg:paper"), node):
        yield from store.quads_for_pattern(quad.subject, None, None)


class _Nodes:
    """A graph node by node: its record, the edges that leave it, and the triples of both."""

    def __init__(self, content: KnowledgeGraph) -> None:
        self.content = content
        self.edges = {key: list(group) for key, group in groupby(content.edges(), key=attrgetter("source"))}
        self.introduced = rdf.introductions()

    def prints(self) -> dict[str, str]:
        """Fingerprint every node; nodes of equal fingerprint have equal triples."""
        return {key: _print(self.content.node(key), self.edges.get(key, ())) for key in self.content.network}

    def triples(self, key: str) -> Iterator[Triple]:
        """Give the triples of one node, as `rdf.triples` does; none if it is not in the graph."""
        if key not in self.content:
            return iter(())
        edges = self.edges.get(key, ())
        return rdf.node_triples(self.content.node(key), edges, introduced_by=self.introduced.get(key, ""))


def _print(record: object, edges: Iterable[Edge]) -> str:
    return hashlib.blake2b(repr((record, list(edges))).encode(errors="replace"), digest_size=10).hexdigest()


def _bases(directory: GraphDirectory, here: Path) -> Iterator[Path]:
    """Give the intact stores that the same code made."""
    for folder in sorted(directory.stores.glob("*")):
        if folder != here and is_intact(folder) and _prints(folder):
            yield folder


def _prints(folder: Path) -> dict[str, str]:
    """Give the fingerprints of the nodes of a store; none if other code made it."""
    record = _read_json(folder / "nodes.json")
    return record["nodes"] if record.get("derivation") == derivation() else {}


def _changes(old: dict[str, str], new: dict[str, str]) -> set[str] | None:
    """Give the nodes that are new, gone or altered; None if they are too many."""
    changes = {key for key, _ in old.items() ^ new.items()}
    return changes if len(changes) * SHARE <= len(new) else None


# --- Sealing and locking -----------------------------------------------------------------------------------


def is_intact(folder: Path) -> bool:
    """Tell whether a store is complete and its files are those that were written."""
    seal = _seal(folder)
    return bool(seal) and seal.get("files") == _files(folder / "db") and (folder / "lock").is_file()


def _seal(folder: Path) -> dict[str, Any]:
    return _read_json(folder / SEAL)


def _files(folder: Path) -> dict[str, list[int]]:
    """Give the size of every file, and its checksum if all together are small."""
    try:
        sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
        checked = sum(sizes.values()) <= CHECKED
        return {
            name: [size, zlib.crc32((folder / name).read_bytes()) if checked else 0] for name, size in sizes.items()
        }
    except OSError:
        return {}


def _read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; empty if there is none or it is damaged."""
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write_json(path: Path, record: dict[str, Any]) -> None:
    files.write(path, [json.dumps(record, sort_keys=True).encode("ascii"), b"\n"])


@contextmanager
def _workspace(stores: Path) -> Iterator[Path]:
    """Make a folder aside that nobody removes while we write in it; what is left of it at the end goes."""
    workspace = stores / f".new-{secrets.token_hex(4)}"
    try:
        workspace.mkdir(parents=True)
        handle = hold(workspace / "lock", shared=True, create=True)
    except OSError as error:
        remedy = "Free some space, or copy the graph to a place that can be written."
        raise OutputError(str(stores), f"cannot write ({error.strerror or error})", remedy) from error
    try:
        yield workspace
    finally:
        os.close(handle)
        remove(workspace)


def _move(workspace: Path, here: Path) -> None:
    """Rename a workspace into place; what another process has put there meanwhile is as good."""
    try:
        if here.exists() and not is_intact(here):
            remove(here)
        if not here.exists():
            workspace.rename(here)
    except OSError as error:
        if not is_intact(here):
            remedy = f"Delete {here} and try again."
            raise OutputError(str(here), f"cannot be replaced ({error.strerror or error})", remedy) from error


_shared: dict[tuple[int, int], tuple[Path, int]] = {}
"""The stores that this process has opened: by device and inode of its lock, the folder and the open handle."""


def _share(folder: Path) -> bool:
    """Take a shared lock on a store for as long as this process lives; false if the store is gone."""
    for key, (old, handle) in list(_shared.items()):
        if not old.exists():
            os.close(handle)
            del _shared[key]
    try:
        handle = hold(folder / "lock", shared=True, wait=True)
    except OSError:
        return False
    status = os.fstat(handle)
    if (status.st_dev, status.st_ino) in _shared:
        os.close(handle)
    else:
        _shared[status.st_dev, status.st_ino] = (folder, handle)
    return folder.exists()


def _remove_unused(folder: Path) -> None:
    """Remove a store unless somebody holds its lock."""
    with suppress(OSError):
        handle = hold(folder / "lock", shared=False)
        (folder / SEAL).unlink(missing_ok=True)  # first, so that half a store is no store
        remove(folder)
        os.close(handle)
    if not (folder / "lock").exists():
        remove(folder)
