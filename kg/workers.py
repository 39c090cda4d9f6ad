"""Read and extract digests, here or in worker processes, and leave a segment of each.

A worker writes the segments itself and hands back only what the manifest needs. Results come in the order of the
jobs, whoever is done first. What is finished stays, whatever happens afterwards: a segment is named by what it was
made from, so that the next build finds it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from kg import extractors, readers, segments, vocabulary
from kg.errors import GraphError, InputError, KgError
from kg.model import Finding
from kg.pool import cores, processes
from kg.segments import Header

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from queue import SimpleQueue

    from kg.extractors import Extractor
    from kg.model import Digest

BATCH = 32
"""Digests that a worker takes at a time: neighbours by name often hold the same papers, extracted once."""

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


def run(jobs: Sequence[Job], folder: Path, workers: int) -> Iterator[Header]:
    """Write the segment of each job and give its header, in the order of the jobs.

    Args:
        jobs: what to do.
        folder: the folder of segments.
        workers: how many processes; with one, everything happens in this one.

    Raises:
        GraphError: a worker died, or a digest is gone whose segment is damaged.
        OutputError: a segment cannot be written.
    """
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            yield do(job, folder)
        return
    size = max(1, min(BATCH, len(jobs) // (workers * 2)))
    batches = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    number = min(workers, len(batches))
    with ThreadPoolExecutor(number) as threads, processes(number, "from kg import workers; workers.serve") as idle:
        futures = [threads.submit(_delegate, idle, batch, folder) for batch in batches]
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


def do(job: Job, folder: Path) -> Header:
    """Write the segment of one job and give its header.

    Raises:
        GraphError: no file has the digest's bytes any more, and there is no old segment or it is damaged.
        OutputError: the segment cannot be written.
    """
    digest = _read(job)
    version = extractors.fingerprint(job.extractors)
    if digest is not None:
        findings = tuple(_without_name(item, digest.name) for item in digest.findings)
        header = Header(digest.id, digest.dialect, readers.fingerprint(), version, findings)
        papers = digest.papers
    elif job.old:
        old, entries = segments.read(folder / job.old)
        header = Header(old.digest, old.dialect, old.reader, version, old.findings)
        papers = tuple(entry.paper for entry in entries)
    else:
        remedy = "Restore it, or build a folder that no longer holds it: it then leaves the graph."
        raise GraphError(job.paths[0], "its part of the graph is damaged and the file is gone or has changed", remedy)
    segments.write(folder, header, extractor(job.extractors).entries(papers))
    return header


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


def serve(handle: int) -> None:
    """Do batches of jobs until the other end of the pipe is closed: what a worker process runs."""
    with Connection(handle) as pipe, suppress(EOFError, ConnectionError):
        while True:
            jobs, folder = pipe.recv()
            try:
                pipe.send([do(job, folder) for job in jobs])
            except KgError as error:
                pipe.send(error)


def _delegate(idle: SimpleQueue[Connection], jobs: Sequence[Job], folder: Path) -> list[Header]:
    """Have an idle worker do a batch."""
    pipe = idle.get()
    try:
        pipe.send((jobs, folder))
        result: list[Header] | KgError = pipe.recv()
    except (EOFError, OSError) as error:
        remedy = "Run it again, with --workers 1 if memory is short; what was finished is kept."
        raise GraphError(str(folder.parent), "a worker process died", remedy) from error
    finally:
        idle.put(pipe)
    if isinstance(result, KgError):
        raise result
    return result
