"""Build or update a graph directory from digests: plan, extract what is new, commit.

What the graph holds is decided by its manifest alone, a map from files to digests. Building changes the map first in
thought, extracts what has no segment yet, makes the store, and writes the manifest last; until then the graph is what
it was. Since the graph is a union of its entries, a map arrived at step by step gives the same graph as one arrived
at at once.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kg import extractors, pool, readers, segments, store
from kg import workers as processes
from kg.directory import GraphDirectory, Manifest, Source
from kg.errors import GraphError, InputError, StrictError
from kg.model import Finding, Kind
from kg.workers import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kg.segments import Header

    Item = TypeVar("Item")
    Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; files are named as they were given, or by absolute path if they were not."""

    added: tuple[str, ...]
    """Files that the graph did not have."""
    changed: tuple[str, ...]
    """Files whose bytes are others than before."""
    removed: tuple[str, ...]
    """Files that are gone from a folder that was given; what only they held left the graph."""
    renamed: tuple[tuple[str, str], ...]
    """Files with the bytes of one that is gone: the old path and the new."""
    unchanged: tuple[str, ...]
    """Files that were given and are as before."""
    redone: tuple[str, ...]
    """Files that were as before and were extracted again: kg is newer, or their segment was damaged."""
    findings: tuple[Finding, ...]
    """What is malformed in the files that were given, by file and line; a digest under two names counts once."""
    papers: int
    """How many papers the graph holds now."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many nodes of each kind and edges of each relation it holds."""


def build(  # noqa: PLR0913  the options of one step, all but two by keyword
    paths: Sequence[Path],
    graph: Path,
    *,
    workers: int | None = None,
    strict: bool = False,
    keep_missing: bool = False,
    chosen: str = extractors.ALL,
    wait: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> BuildReport:
    """Add digests to a graph directory, or update it; without one it is made.

    Args:
        paths: files, each added or updated, and folders, each standing for the digests now in it.
        graph: the graph directory.
        workers: how many processes; chosen by the size of the job if not given.
        strict: stop at the first finding and change nothing.
        keep_missing: keep digests whose files are gone from a folder.
        chosen: which components extract; what other ones extracted is extracted again.
        wait: wait for another process that writes to the graph, rather than give up.
        progress: called with the number of digests done and the number to do.

    Raises:
        InputError: a path is missing or unreadable, a folder holds no digest, or there is no such component.
        StrictError: the first finding under ``strict``.
        GraphError: the directory is damaged, locked or written by a newer kg, or a worker died.
        OutputError: it cannot be written; the graph is what it was.
    """
    version = extractors.fingerprint(chosen)
    files = readers.discover(paths)
    directory = GraphDirectory.create(graph)
    with directory.locked(wait=wait):
        before = directory.manifest()
        plan = _plan(before, files, [path for path in paths if path.is_dir()], keep_missing=keep_missing)
        todo = _Work(directory, before, plan, chosen)
        headers = todo.run(processes.choose(workers, plan.size(todo.jobs)), progress, strict=strict)
        after = manifest(plan, headers, version)
        counts = _commit(directory, after, workers)
    return report(plan, headers, {job.digest for job in todo.jobs}, counts)


# --- Planning ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """Which files the graph will hold, and how that differs from what it holds."""

    given: dict[str, str]
    """From the absolute path of each file given to its path as given, in order."""
    old: dict[str, str]
    """From path to digest, before."""
    new: dict[str, str]
    """From path to digest, after."""
    renamed: tuple[tuple[str, str], ...]
    """The old path and the new."""
    removed: tuple[str, ...]
    """Paths that the graph will no longer hold."""
    sizes: dict[str, int]
    """The bytes of each digest given."""

    def digests(self) -> dict[str, tuple[str, ...]]:
        """Map each digest to its paths, those given first and in their order, then the others."""
        order = [*self.given, *sorted(self.new.keys() - self.given.keys())]
        paths: dict[str, list[str]] = {}
        for path in order:
            paths.setdefault(self.new[path], []).append(path)
        return {digest: tuple(found) for digest, found in paths.items()}

    def size(self, jobs: Iterable[Job]) -> int:
        """Add up the bytes of some digests."""
        return sum(self.sizes.get(job.digest, 0) for job in jobs)

    def shown(self, path: str) -> str:
        """Give a path as the user gave it."""
        return self.given.get(path, path)


def _plan(before: Manifest, files: Sequence[Path], folders: Sequence[Path], *, keep_missing: bool) -> Plan:
    given = {_absolute(path): str(path) for path in files}
    found = list(_at_once(_digest, map(Path, given)))
    here = {path: digest for path, (digest, _) in zip(given, found, strict=True)}
    roots = () if keep_missing else [str(folder.resolve()) for folder in folders]
    return planned(before, given, here, dict(found), roots, exists=lambda path: Path(path).exists())


def _at_once(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Apply a function that reads and hashes to each item, in threads: both let Python go on; results in order."""
    with ThreadPoolExecutor(pool.cores()) as threads:
        yield from threads.map(function, items)


def planned(  # noqa: PLR0913  what is known of the files, all by position but one
    before: Manifest,
    given: dict[str, str],
    here: dict[str, str],
    sizes: dict[str, int],
    folders: Iterable[str],
    *,
    exists: Callable[[str], bool],
) -> Plan:
    """Decide which files the graph will hold.

    Args:
        before: what it holds.
        given: from the absolute path of each file given to its path as given, in order.
        here: from these absolute paths to digests.
        sizes: the bytes of each digest given.
        folders: the absolute paths of folders that stand for what is now in them.
        exists: tells whether there is a file at an absolute path.
    """
    old = before.paths()
    gone = _gone(old, given, folders)
    moved = dict(_moved(old, here, exists))
    new = {path: digest for path, digest in old.items() if path not in gone and path not in moved} | here
    removed = tuple(path for path in sorted(gone) if path not in moved)
    return Plan(given, old, new, tuple(sorted(moved.items())), removed, sizes)


def _absolute(path: Path) -> str:
    """Give the one path of a file: its own name, even if that is a link, in the folder's real place."""
    return str(path.parent.resolve() / path.name)


def _digest(path: Path) -> tuple[str, int]:
    """Give the id of a digest and its size in bytes, without holding it in memory."""
    try:
        with path.open("rb") as stream:
            return f"{Kind.DIGEST}/{hashlib.file_digest(stream, 'sha256').hexdigest()[:16]}", stream.tell()
    except OSError as error:
        remedy = "Check the path and its permissions."
        raise InputError(str(path), f"cannot read ({error.strerror or error})", remedy) from error


def _gone(old: Iterable[str], given: Iterable[str], folders: Iterable[str]) -> set[str]:
    """Find what was read from beneath a folder and is there no more."""
    roots = tuple(f"{folder.rstrip('/')}/" for folder in folders)
    return {path for path in old if path.startswith(roots)} - set(given)


def _moved(old: dict[str, str], here: dict[str, str], exists: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Pair files that are gone with new ones of the same bytes."""
    lost: dict[str, list[str]] = {}
    for path, digest in sorted(old.items()):
        if path not in here and not exists(path):
            lost.setdefault(digest, []).append(path)
    for path, digest in sorted(here.items()):
        if path not in old and lost.get(digest):
            yield lost[digest].pop(0), path


# --- Extracting --------------------------------------------------------------------------------------------


class _Work:
    """The digests of a plan: which need work, and their headers once it is done."""

    def __init__(self, directory: GraphDirectory, before: Manifest, plan: Plan, chosen: str) -> None:
        self.folder = directory.segments
        self.plan = plan
        self.chosen = chosen
        self.version = extractors.fingerprint(chosen)
        self.old = {source.digest: source.segment for source in before.sources}
        self.ready: dict[str, Header] = {}
        self.jobs: list[Job] = []
        digests = plan.digests()
        for digest, decided in zip(digests, _at_once(self._decide, digests.items()), strict=True):
            if isinstance(decided, Job):
                self.jobs.append(decided)
            else:
                self.ready[digest] = decided

    def _decide(self, item: tuple[str, tuple[str, ...]]) -> Header | Job:
        """Decide whether a digest with these paths needs work; if not, give the header of its segment."""
        digest, paths = item
        wanted = segments.name(digest, readers.fingerprint(), self.version)
        old = self.old.get(digest, "")
        header = self._header(wanted)
        kept = self._header(old) if header is None and old else None
        if kept is not None and segments.extracted_by(old, self.version) and not _has_bytes(digest, paths):
            header = kept  # read by older code, but there is nothing left to read again
        return header or Job(digest, paths, old if kept is not None else "", self.chosen, new=not old)

    def _header(self, name: str) -> Header | None:
        """Give the header of a segment if it is there and intact."""
        if not (self.folder / name).is_file():
            return None
        try:
            return segments.check(self.folder / name)[0]
        except GraphError:
            return None  # it is made again

    def run(self, workers: int, progress: Callable[[int, int], None] | None, *, strict: bool) -> dict[str, Header]:
        """Do the work, and give the header of every digest, in the order of the plan."""
        results = processes.run(self.jobs, self.folder, workers)
        if progress is not None:
            results = _told(results, progress, len(self.jobs))
        headers: dict[str, Header] = {}
        for digest, paths in self.plan.digests().items():
            headers[digest] = self.ready[digest] if digest in self.ready else next(results)
            if strict and paths[0] in self.plan.given:
                refuse(named(headers[digest], self.plan.shown(paths[0])))
        return headers


def _told(headers: Iterator[Header], progress: Callable[[int, int], None], total: int) -> Iterator[Header]:
    progress(0, total)
    for done, header in enumerate(headers, start=1):
        progress(done, total)
        yield header


def _has_bytes(digest: str, paths: Iterable[str]) -> bool:
    """Tell whether a file still has the bytes of a digest."""
    return any(Path(path).exists() and _digest(Path(path))[0] == digest for path in paths)


def named(header: Header, name: str) -> tuple[Finding, ...]:
    """Give the findings of a digest under the name of its file."""
    return tuple(replace(finding, where=name + finding.where) for finding in header.findings)


def refuse(findings: Sequence[Finding]) -> None:
    """Stop at the first finding.

    Raises:
        StrictError: there is one.
    """
    for finding in findings[:1]:
        raise StrictError(finding.where, finding.message.rstrip("."), "Mend it or build without --strict.")


# --- Committing --------------------------------------------------------------------------------------------


def manifest(plan: Plan, headers: Mapping[str, Header], version: str) -> Manifest:
    """Give the manifest of what is planned, once every digest has a segment with one of these headers."""
    sources = (
        Source(digest, headers[digest].dialect, headers[digest].name, tuple(sorted(paths)))
        for digest, paths in plan.digests().items()
    )
    return Manifest(tuple(sorted(sources)), readers.fingerprint(), version)


def _commit(directory: GraphDirectory, manifest: Manifest, workers: int | None) -> dict[str, int]:
    """Make the store, write the manifest, then remove what is no longer needed; give the counts of the graph."""
    known = store.refresh(directory, manifest, workers=workers)
    directory.commit(manifest)
    directory.sweep(manifest)
    store.sweep(directory, manifest)
    return store.counted(known)


def report(plan: Plan, headers: Mapping[str, Header], done: set[str], counts: dict[str, int]) -> BuildReport:
    """Say what a build did.

    Args:
        plan: what was planned.
        headers: of the segment of every digest.
        done: the digests that were extracted.
        counts: the nodes of each kind and the edges of each relation that the graph holds now.
    """
    new_names = {new for _, new in plan.renamed}
    added = [path for path in plan.given if path not in plan.old and path not in new_names]
    changed = [path for path in plan.given if path in plan.old and plan.old[path] != plan.new[path]]
    same = [path for path in plan.given if plan.old.get(path) == plan.new[path]]
    firsts = {digest: paths[0] for digest, paths in plan.digests().items() if paths[0] in plan.given}
    return BuildReport(
        added=tuple(map(plan.shown, added)),
        changed=tuple(map(plan.shown, changed)),
        removed=plan.removed,
        renamed=tuple((old, plan.shown(new)) for old, new in plan.renamed),
        unchanged=tuple(map(plan.shown, same)),
        redone=tuple(path for path in sorted(plan.new) if plan.old.get(path) == plan.new[path] in done),
        findings=tuple(item for key, path in firsts.items() for item in named(headers[key], plan.shown(path))),
        papers=counts.get(Kind.PAPER, 0),
        counts=counts,
    )
