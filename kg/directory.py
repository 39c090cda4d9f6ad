"""The graph directory: what is in it, who may write to it, and the one file that commits.

::

    graph/
      kg.json        the manifest: which digests the graph holds; written last, atomically: the one commit point
      segments/      one file a digest: see kg.segments
      store/         the same graph for SPARQL and row by row: see kg.store; can always be made again
      lock           held by the one process that writes

The segments are the truth. Whoever reads takes no lock: segments are never altered, only added, and those that no
manifest names are removed after the manifest is written.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg import files, segments
from kg.errors import GraphError, OutputError
from kg.model import DigestNode
from kg.segments import FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.model import Entry

MANIFEST = "kg.json"
_OURS = frozenset({MANIFEST, "segments", "store", "lock"})


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A digest of the graph."""

    digest: str
    """Its id."""
    dialect: str
    """The reader that read it; empty if none could."""
    segment: str
    """The name of its segment."""
    paths: tuple[str, ...]
    """The absolute paths of the files that have its bytes, sorted; never empty."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of these files without folders, each once, sorted."""
        return tuple(sorted({file_name(path) for path in self.paths}))


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a graph directory holds."""

    sources: tuple[Source, ...] = ()
    """Its digests, sorted by id."""
    reader: str = ""
    """The fingerprint of the readers of the last build."""
    extractor: str = ""
    """The fingerprint of the extractors of the last build."""

    def paths(self) -> dict[str, str]:
        """Map the path of every file to the id of its digest."""
        return {path: source.digest for source in self.sources for path in source.paths}

    def nodes(self) -> list[DigestNode]:
        """Give the digests as nodes; a file that no reader could read is none."""
        return [DigestNode(item.digest, item.names, item.dialect) for item in self.sources if item.dialect]


def file_name(path: str) -> str:
    """Give the file name of a path, with U+FFFD for what is not UTF-8 in it.

    >>> file_name("/digests/2024-01-15_cs.CL.md")
    '2024-01-15_cs.CL.md'
    """
    return os.fsencode(os.path.basename(path)).decode("utf-8", "replace")  # noqa: PTH119  ten times as quick, for each digest


class GraphDirectory:
    """A folder that holds a graph.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def segments(self) -> Path:
        """The folder of segments."""
        return self.path / "segments"

    @property
    def stores(self) -> Path:
        """The folder of Oxigraph stores."""
        return self.path / "store"

    @classmethod
    def find(cls, path: Path) -> GraphDirectory:
        """Find a graph that exists.

        Raises:
            GraphError: there is none.
        """
        try:
            (path / MANIFEST).stat()
        except FileNotFoundError as error:
            remedy = "Make one with kg build DIGESTS, or name it with --graph."
            raise GraphError(str(path), "no graph is here", remedy) from error
        except NotADirectoryError as error:
            remedy = "Name the folder with --graph."
            raise GraphError(str(path), "this is a file, not the folder of a graph", remedy) from error
        except OSError as error:
            raise _unreadable(path, error) from error
        return cls(path)

    @classmethod
    def create(cls, path: Path) -> GraphDirectory:
        """Open a graph, or make an empty folder for one.

        Raises:
            GraphError: there is a file in its place, or a folder of something else.
            OutputError: the folder cannot be made.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
            found = {item.name for item in path.iterdir() if not item.name.startswith(f".{MANIFEST}.")}
        except (FileExistsError, NotADirectoryError) as error:
            raise GraphError(str(path), "a file is in the way of this folder", "Name another one.") from error
        except OSError as error:
            raise _unwritable(path, error) from error
        if MANIFEST not in found and not found <= _OURS:
            raise GraphError(str(path), "this folder holds something else", "Name an empty or a new one with --graph.")
        return cls(path)

    def manifest(self) -> Manifest:
        """Read the manifest; without one the graph is empty.

        Raises:
            GraphError: it is damaged, unreadable or written by a newer kg.
        """
        path = self.path / MANIFEST
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return Manifest()
        except OSError as error:
            raise _unreadable(path, error) from error
        return parse(path, content)

    def commit(self, manifest: Manifest) -> None:
        """Write the manifest: from now on the graph is what it says.

        Raises:
            OutputError: it cannot be written; the graph is what it was.
        """
        if manifest != self.manifest() or not (self.path / MANIFEST).exists():
            files.write(self.path / MANIFEST, [render(manifest)])

    def entries(self, manifest: Manifest) -> Iterator[Entry]:
        """Stream the entries of all digests, by digest and line.

        Raises:
            GraphError: a segment is missing or damaged.
        """
        for source in manifest.sources:
            _, entries = segments.read(self.segments / source.segment)
            yield from entries

    @contextmanager
    def locked(self, *, wait: bool = False) -> Iterator[None]:
        """Hold the right to write.

        Args:
            wait: whether to wait for another process that holds it.

        Raises:
            GraphError: another process holds it.
            OutputError: the folder is read-only.
        """
        try:
            handle = hold(self.path / "lock", shared=False, wait=wait, create=True)
        except BlockingIOError as error:
            remedy = "Try again when it is done."
            raise GraphError(str(self.path), "another kg is writing to this graph", remedy) from error
        except OSError as error:
            raise _unwritable(self.path, error) from error
        try:
            yield
        finally:
            os.close(handle)

    def sweep(self, manifest: Manifest) -> None:
        """Remove segments that a manifest does not name, and what a killed process left half-written.

        A file that cannot be removed stays: it does no harm.
        """
        kept = {source.segment for source in manifest.sources}
        leftovers = [self.segments / name for name in sorted(set(_within(self.segments)) - kept)]
        for path in (*self.path.glob(f".{MANIFEST}.*"), *leftovers):
            with suppress(OSError):
                path.unlink()
        for folder in _names(self.segments) - {name.partition("/")[0] for name in kept}:
            with suppress(OSError):  # only an empty one goes
                (self.segments / folder).rmdir()


def _within(folder: Path) -> Iterator[str]:
    """Give the names of what lies in the folders in a folder: ``ab/ab12.jsonl``."""
    for inner in _names(folder):
        yield from (f"{inner}/{name}" for name in _names(folder / inner))


def _names(folder: Path) -> set[str]:
    """Give the names in a folder; none if it is no folder."""
    with suppress(OSError):
        return set(os.listdir(folder))  # noqa: PTH208  ten times as quick, for each segment
    return set()


def remove(folder: Path) -> None:
    """Remove a folder and everything in it, or a file in its place, as far as that is possible."""
    if folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.unlink(missing_ok=True)


def hold(path: Path, *, shared: bool, wait: bool = False, create: bool = False) -> int:
    """Lock a file until the handle that is given back is closed.

    Raises:
        BlockingIOError: somebody else holds it, and we do not wait.
        OSError: it cannot be opened or locked.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT if create else os.O_RDONLY, 0o666)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        os.close(handle)
        raise
    return handle


def _unreadable(path: Path, error: OSError) -> GraphError:
    return GraphError(str(path), f"cannot be read ({error.strerror or error})", "Check its permissions.")


def _unwritable(path: Path, error: OSError) -> OutputError:
    remedy = "Name another folder with --graph, or free some space."
    return OutputError(str(path), f"cannot write ({error.strerror or error})", remedy)


# --- The manifest as JSON ----------------------------------------------------------------------------------


_text = json.encoder.encode_basestring_ascii
"""Words a text as ``json.dumps`` does."""


def render(manifest: Manifest) -> bytes:
    """Give the bytes of a manifest.

    They are those of ``json.dumps(..., indent=1, sort_keys=True)``, which is written in Python where it indents: for
    thousands of digests ten times as slow.
    """
    digests = ",".join(map(_rendered, manifest.sources))
    listed = f"[{digests}\n ]" if digests else "[]"
    rest = f'"extractor": {_text(manifest.extractor)},\n "format": {FORMAT},\n "reader": {_text(manifest.reader)}'
    return f'{{\n "digests": {listed},\n {rest}\n}}\n'.encode("ascii")


def _rendered(source: Source) -> str:
    paths = ",".join(f"\n    {_text(path)}" for path in source.paths)
    rows = (
        f'"dialect": {_text(source.dialect)}',
        f'"digest": {_text(source.digest)}',
        f'"paths": [{paths}\n   ]',
        f'"segment": {_text(source.segment)}',
    )
    return "\n  {\n   " + ",\n   ".join(rows) + "\n  }"


def parse(path: Path, content: bytes) -> Manifest:
    """Read a manifest from its bytes.

    Args:
        path: what errors call it.
        content: all of the file.

    Raises:
        GraphError: it is damaged or written by a newer kg.
    """
    try:
        record = json.loads(content)
    except ValueError as error:
        raise _damaged(path, "no JSON") from error
    return _manifest(path, record)


def _manifest(path: Path, record: object) -> Manifest:
    if not isinstance(record, dict) or not isinstance(record.get("format"), int):
        raise _damaged(path, "no format")
    if record["format"] > FORMAT:
        raise segments.newer(path, record["format"])
    try:
        sources = tuple(sorted(_source(item) for item in record["digests"]))
        manifest = Manifest(sources, record["reader"], record["extractor"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path, f"not what kg writes: {error}") from error
    if not _are_texts([manifest.reader, manifest.extractor]):
        raise _damaged(path, "a fingerprint is no text")
    return manifest


def _source(item: dict[str, Any]) -> Source:
    source = Source(item["digest"], item["dialect"], item["segment"], tuple(item["paths"]))
    if not _are_texts([source.digest, source.dialect, source.segment, *source.paths]) or not source.paths:
        raise ValueError("a digest is described wrongly")
    if ".." in source.segment or source.segment.startswith("/"):
        raise ValueError("a segment lies outside")
    return source


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _damaged(path: Path, what: str) -> GraphError:
    remedy = "Delete this one file and run kg build on all digests again; what was extracted is used again."
    return GraphError(str(path), f"damaged ({what})", remedy)
