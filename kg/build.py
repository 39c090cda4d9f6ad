"""Build or update a graph directory from digests: plan, extract what is new, commit.

What the graph holds is decided by its manifest alone, a map from files to digests. Building changes the map first in
thought, extracts what has no segment yet, makes the store, and writes the manifest last; until then the graph is what
it was. Since the graph is a union of its entries, a map arrived at step by step gives the same graph as one arrived
at at once.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg import checking, extractors, readers, segments, store
from kg import workers as processes
from kg.directory import GraphDirectory, Manifest, Source
from kg.errors import KgError, StrictError
from kg.model import Finding, Kind
from kg.workers import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kg.segments import Header


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
        given = _absolute(files)
        with checking.begun(directory.segments, list(given), _expected(before, version), workers) as found:
            _ahead(directory, before, given, chosen, workers)
            there = found()
        roots = () if keep_missing else [str(path.resolve()) for path in paths if path.is_dir()]
        here = {path: digest for path, (digest, _) in there.digests.items()}
        plan = planned(before, given, here, dict(there.digests.values()), roots, exists=_exists)
        todo = _Work(directory, before, plan, chosen, there.headers)
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


def _expected(before: Manifest, version: str) -> list[str]:
    """Name the segments that the digests of a graph have if they are by today's code."""
    return [segments.name(source.digest, readers.fingerprint(), version) for source in before.sources]


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


def _absolute(files: Iterable[Path]) -> dict[str, str]:
    """Map the one path of each file to that given: its own name, even if that is a link, in its folder's real place."""
    real = cache(Path.resolve)  # a folder holds thousands
    return {str(real(path.parent) / path.name): str(path) for path in files}


def _exists(path: str) -> bool:
    return Path(path).exists()


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

AHEAD = 2_000_000
"""At most so many bytes of new digests are extracted ahead; of many more not all would be remembered."""


def _ahead(
    directory: GraphDirectory, before: Manifest, given: Mapping[str, str], chosen: str, workers: int | None
) -> None:
    """Extract what a graph does not hold yet, if that is little, so that the extractor of this process remembers it.

    Nothing follows from it: whatever is wrong is found, and said, when its turn comes.
    """
    new = sorted(given.keys() - before.paths().keys())
    elsewhere = workers is not None and workers > 1  # other processes will extract, which remember nothing of this
    if not before.sources or elsewhere or sum(map(_size, new)) > AHEAD:
        return
    held = {source.digest for source in before.sources}
    for path in new:
        with suppress(KgError):
            digest = readers.read_digest(Path(path))
            wanted = segments.name(digest.id, readers.fingerprint(), extractors.fingerprint(chosen))
            if digest.id not in held and not (directory.segments / wanted).is_file():
                deque(processes.extractor(chosen).entries(digest.papers), maxlen=0)


def _size(path: str) -> int:
    """Give the size of a file in bytes; of one that is gone, none."""
    with suppress(OSError):
        return Path(path).stat().st_size
    return 0


class _Work:
    """The digests of a plan: which need work, and their headers once it is done."""

    def __init__(
        self, directory: GraphDirectory, before: Manifest, plan: Plan, chosen: str, seen: Mapping[str, Header | None]
    ) -> None:
        self.folder = directory.segments
        self.plan = plan
        self.chosen = chosen
        self.version = extractors.fingerprint(chosen)
        self.old = {source.digest: source.segment for source in before.sources}
        self.seen = seen
        self.ready: dict[str, Header] = {}
        self.jobs: list[Job] = []
        for digest, paths in plan.digests().items():
            decided = self._decide(digest, paths)
            if isinstance(decided, Job):
                self.jobs.append(decided)
            else:
                self.ready[digest] = decided

    def _decide(self, digest: str, paths: tuple[str, ...]) -> Header | Job:
        """Decide whether a digest with these paths needs work; if not, give the header of its segment."""
        wanted = segments.name(digest, readers.fingerprint(), self.version)
        old = self.old.get(digest, "")
        header = self._header(wanted)
        kept = self._header(old) if header is None and old else None
        if kept is not None and segments.extracted_by(old, self.version) and not _has_bytes(digest, paths):
            header = kept  # read by older code, but there is nothing left to read again
        return header or Job(digest, paths, old if kept is not None else "", self.chosen, new=not old)

    def _header(self, name: str) -> Header | None:
        """Give the header of a segment if it is there and intact."""
        return self.seen[name] if name in self.seen else checking.header(self.folder / name)

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
    return any(Path(path).exists() and checking.digest(Path(path))[0] == digest for path in paths)


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
    store.sweep(directory, known)
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
