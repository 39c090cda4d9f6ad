"""Read and extract digests, here or in worker processes, and leave a segment of each.

A worker writes the segments itself and hands back only what the manifest needs. Results come in the order of the
jobs, whoever is done first. What is finished stays, whatever happens afterwards: a segment is named by what it was
made from, so that the next build finds it.

An entry that several digests hold with the same texts is extracted once, whichever worker meets it: this process
remembers in which segment each extract stands (:class:`Known`), and a worker asks it digest by digest.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from kg import extractors, readers, segments, vocabulary
from kg.errors import GraphError, InputError, KgError
from kg.model import Finding
from kg.pool import borrowed, cores, processes
from kg.segments import Header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from queue import SimpleQueue

    from kg.extractors import Extractor
    from kg.model import Digest, Paper
    from kg.segments import Place

BATCH = 32
"""Digests that a worker takes at a time: neighbours by name often hold the same papers, and two workers that meet a
paper in the same moment both extract it."""

REMEMBERED = 1_000_000
"""Of so many extracts the place is known, some 300 MB at most; what came first is forgotten first."""

BYTES = 2_000_000
"""A further worker has to have so many bytes of digests to be worth its start."""


@dataclass(frozen=True, slots=True)
class Job:
    """A digest to read and extract."""

    digest: str
    """Its id."""
    paths: tuple[str, ...]
    """Files that have, or once had, its bytes."""
    old: str = ""
    """The name of its segment by earlier code, used if no file has its bytes any more; empty if there is none."""
    extractors: str = extractors.ALL
    """Which components extract, see :func:`kg.extractors.chosen`."""
    new: bool = False
    """Whether the graph does not hold it yet."""


class Known:
    """Where the extracts of a build stand, by the key of the entry."""

    def __init__(self) -> None:
        self._places: dict[bytes, Place] = {}

    def find(self, keys: Sequence[bytes]) -> list[Place | None]:
        """Give the place of each extract, as far as it is known."""
        return [self._places.get(key) for key in keys]

    def add(self, places: Mapping[bytes, Place]) -> None:
        """Take note of extracts that are written."""
        self._places.update(places)
        for key in list(islice(self._places, max(0, len(self._places) - REMEMBERED))):
            self._places.pop(key, None)


def run(jobs: Sequence[Job], folder: Path, workers: int) -> Iterator[Header]:
    """Write the segment of each job and give its header, in the order of the jobs.

    Args:
        jobs: what to do.
        folder: the folder of segments.
        workers: how many processes; with one, everything happens in this one.

    Raises:
        InputError: a new digest has been changed or removed since it was hashed.
        GraphError: a worker died, or a digest is gone whose segment is damaged.
        OutputError: a segment cannot be written.
    """
    known = Known()
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            yield do(job, folder, known)
        return
    size = max(1, min(BATCH, len(jobs) // (workers * 2)))
    batches = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    number = min(workers, len(batches))
    with ThreadPoolExecutor(number) as threads, processes(number, "from kg import workers; workers.serve") as idle:
        futures = [threads.submit(_delegate, idle, batch, folder, known) for batch in batches]
        try:
            for future in futures:
                yield from future.result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def choose(wanted: int | None, size: int) -> int:
    """Choose the number of workers for so many bytes of digests, unless one is wanted.

    >>> choose(3, 10), choose(None, 10)
    (3, 1)
    """
    return wanted if wanted is not None else max(1, min(cores(), size // BYTES))


def do(job: Job, folder: Path, known: Known) -> Header:
    """Write the segment of one job and give its header.

    Raises:
        InputError: the digest is new, and its file has been changed or removed since it was hashed.
        GraphError: no file has the digest's bytes any more, and there is no old segment or it is damaged.
        OutputError: the segment cannot be written.
    """
    header, papers = _source(job, folder)
    keys = [segments.key(paper) for paper in papers]
    places = known.find(keys)
    extracts = segments.extracts(folder, filter(None, places))
    new = extractor(job.extractors).entries(
        paper for paper, place in zip(papers, places, strict=True) if place not in extracts
    )
    entries = (
        segments.Copy(paper, extracts[place]) if place in extracts else next(new)
        for paper, place in zip(papers, places, strict=True)
    )
    written = segments.write(folder, header, entries)
    known.add({key: here for key, place, here in zip(keys, places, written, strict=True) if place not in extracts})
    return header


def _source(job: Job, folder: Path) -> tuple[Header, tuple[Paper, ...]]:
    """Read the papers of a digest, from its segment by earlier code if its file is gone."""
    digest = _read(job)
    version = extractors.fingerprint(job.extractors)
    if digest is not None:
        findings = tuple(_without_name(item, digest.name) for item in digest.findings)
        return Header(digest.id, digest.dialect, readers.fingerprint(), version, findings), digest.papers
    if job.old:
        old, entries = segments.read(folder / job.old)
        header = Header(old.digest, old.dialect, old.reader, version, old.findings)
        return header, tuple(entry.paper for entry in entries)
    if job.new:
        raise InputError(job.paths[0], "changed or removed while kg read it", "Run kg build again; the rest is kept.")
    remedy = "Restore it, or build a folder that no longer holds it: it then leaves the graph."
    raise GraphError(job.paths[0], "its part of the graph is damaged and the file is gone or has changed", remedy)


def _read(job: Job) -> Digest | None:
    """Read a digest from the first file that still has its bytes."""
    for path in job.paths:
        try:
            digest = readers.read_digest(Path(path))
        except InputError:
            continue
        if digest.id == job.digest:
            return digest
    return None


def _without_name(finding: Finding, name: str) -> Finding:
    return Finding(finding.where.removeprefix(name), finding.rule, finding.message, finding.severity)


@cache
def extractor(choice: str = extractors.ALL) -> Extractor:
    """Give the extractor of this process, made on first use."""
    return extractors.Extractor(vocabulary.load(), choice)


class _Asked(Known):
    """What the parent knows, for a worker: it asks through its pipe."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__()
        self._pipe = pipe

    def find(self, keys: Sequence[bytes]) -> list[Place | None]:
        self._pipe.send(("find", keys))
        found: list[Place | None] = self._pipe.recv()
        return found

    def add(self, places: Mapping[bytes, Place]) -> None:
        self._pipe.send(("add", places))


def serve(handle: int) -> None:
    """Do batches of jobs until the other end of the pipe is closed: what a worker process runs."""
    with Connection(handle) as pipe, suppress(EOFError, ConnectionError):
        known = _Asked(pipe)
        while True:
            jobs, folder = pipe.recv()
            try:
                pipe.send(("done", [do(job, folder, known) for job in jobs]))
            except KgError as error:
                pipe.send(("failed", error))


def _delegate(idle: SimpleQueue[Connection], jobs: Sequence[Job], folder: Path, known: Known) -> list[Header]:
    """Have an idle worker do a batch, and answer what it asks meanwhile."""
    with borrowed(idle, folder) as pipe:
        pipe.send((jobs, folder))
        return _conversed(pipe, known)


def _conversed(pipe: Connection, known: Known) -> list[Header]:
    """Answer a worker until it is done.

    Raises:
        KgError: what the worker could not do.
        EOFError: it died.
    """
    while True:
        word, value = pipe.recv()
        if word == "find":
            pipe.send(known.find(value))
        elif word == "add":
            known.add(value)
        elif word == "failed":
            raise value
        else:
            headers: list[Header] = value
            return headers
