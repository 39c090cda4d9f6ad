"""From the lines of segments to the rows of a ledger and the triples of a store, some papers at a time.

What a paper is follows from its entries alone, so that a batch of papers is a task for a worker process. Entries
that say the same, and differ only in digest and lines, are decoded and linked once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from kg import ledger, rdf, segments, vocabulary, wording
from kg.assembly import add_tally, assemble_entity, tally_entities, unite
from kg.link import link
from kg.model import Passage
from kg.oxigraph import RdfFormat, serialize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kg.assembly import Tally
    from kg.graph import Node
    from kg.ledger import Count, EdgeRow, NameRow, NodeRow
    from kg.model import Edge, Entry, Paper

    Batch: TypeAlias = Sequence[tuple[str, Sequence["Place"]]]
    """Papers, each with the places of all its entries."""

PAPERS = 256
"""Papers that a worker takes at a time; some 6 MB of triples."""

ENTITIES = 1024
"""Entities that a worker takes at a time."""

SEGMENTS = 64
"""Segments that a worker looks through at a time."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands."""

    digest: str
    """The id of its digest."""
    segment: str
    """The name of the segment."""
    start: int
    """Where its line starts in the segment, in bytes."""
    length: int
    """How long the line is, in bytes."""


@dataclass(frozen=True, slots=True)
class Share:
    """What some papers are in the ledger and in the store."""

    nodes: list[NodeRow]
    """The papers."""
    edges: list[EdgeRow]
    """What leaves them, in order."""
    names: list[tuple[str, bytes]]
    """For each of them, what its entries call entities."""
    counts: list[Count]
    """The sums of these."""
    triples: bytes
    """The N-Triples of the papers."""


@dataclass(frozen=True, slots=True)
class Named:
    """What some entities are in the ledger and in the store."""

    nodes: list[NodeRow]
    """The entities."""
    tallies: list[tuple[str, str]]
    """How often entries call them what."""
    triples: bytes
    """Their N-Triples."""


def look_through(folder: Path, sources: Sequence[tuple[str, str]]) -> list[tuple[str, str, int, int]]:
    """Verify segments, and list their entries: paper, digest, start and length.

    Args:
        folder: the folder of segments.
        sources: the ids of digests, and the names of their segments.

    Raises:
        GraphError: a segment is missing or damaged.
    """
    return [
        (paper, digest, start, length)
        for digest, segment in sources
        for paper, start, length in segments.places(folder / segment)
    ]


def assemble(folder: Path, batch: Batch) -> Share:
    """Assemble papers.

    Args:
        folder: the folder of segments, which are verified.
        batch: the papers, with the places of all their entries.

    Raises:
        GraphError: an entry is not what kg writes.
    """
    share = Share([], [], [], [], b"")
    total: dict[str, Tally] = {}
    lines = _lines(folder, (place for _, places in batch for place in places))
    triples = []
    for paper, places in batch:
        entries, times, papers = _distinct(folder, [(place, lines[place]) for place in places])
        linked = [link(entry, vocabulary.load()) for entry in entries]
        record, edges = unite(papers, linked)
        tallies = tally_entities(linked, times)
        share.nodes.append(ledger.node_row(record))
        share.edges.extend(map(ledger.edge_row, edges))
        share.names.append(ledger.names_row(paper, tallies))
        triples.append(described(record, edges))
        for entity, tally in tallies.items():
            add_tally(total.setdefault(entity, replace(tally, names=Counter(), schemes=Counter())), tally)
    share.counts.extend(row for entity in sorted(total) for row in ledger.counts(entity, total[entity]))
    return replace(share, triples=b"".join(triples))


def described(record: Node, edges: Iterable[Edge]) -> bytes:
    """Give the N-Triples of a node and the edges that leave it."""
    known = rdf.introductions().get(record.id, "")
    return serialize(rdf.node_triples(record, edges, introduced_by=known), format=RdfFormat.N_TRIPLES) or b""


def entities(_folder: Path, batch: Sequence[tuple[str, Sequence[NameRow], Sequence[Edge]]]) -> Named:
    """Make entities.

    Args:
        batch: the id of each, what it is called, nothing if no entry names it, and the edges that leave it.
    """
    made = Named([], [], b"")
    triples = []
    for key, rows, edges in batch:
        tally = ledger.tally(key, rows) if rows else None
        record = assemble_entity(key, tally, vocabulary.load())
        made.nodes.append(ledger.node_row(record))
        if tally is not None:
            made.tallies.append((key, ledger.tally_text(key, tally)))
        triples.append(described(record, edges))
    return replace(made, triples=b"".join(triples))


def _lines(folder: Path, places: Iterable[Place]) -> dict[Place, bytes]:
    """Read the lines of some entries, segment by segment."""
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places:
        found[place.segment].append(place)
    return {
        place: line
        for segment, group in found.items()
        for place, line in zip(
            group, segments.cut(folder / segment, [(item.start, item.length) for item in group]), strict=True
        )
    }


def _distinct(folder: Path, lines: Iterable[tuple[Place, bytes]]) -> tuple[list[Entry], list[int], list[Paper]]:
    """Decode the entries of a paper: those that say different things, how often each stands there, and all papers."""
    groups: defaultdict[bytes, list[tuple[Place, tuple[int, ...], bytes]]] = defaultdict(list)
    for place, line in lines:
        said, numbers = wording.content(line)
        groups[said].append((place, numbers, line))
    entries, papers = [], []
    for (place, _, line), *others in groups.values():
        entry = segments.decode(folder / place.segment, line, place.digest)
        entries.append(entry)
        papers += [entry.paper, *(_moved(entry.paper, other.digest, numbers) for other, numbers, _ in others)]
    return entries, [len(group) for group in groups.values()], papers


def _moved(paper: Paper, digest: str, numbers: Sequence[int]) -> Paper:
    """Give the same paper as it stands in another digest."""
    lines = zip(paper.passages, numbers[1:], strict=True)
    passages = tuple(Passage(item.part, item.lang, item.text, line) for item, line in lines)
    return replace(paper, source=digest, line=numbers[0], passages=passages)
