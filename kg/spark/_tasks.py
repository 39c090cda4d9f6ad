"""What Spark's tasks compute: functions of iterators of records, which know nothing of Spark.

Every record has a key of three: the paper's arXiv identifier, the digest, and the number of the entry in it. Records
are shuffled by the paper and sorted by the key, so that all that is to know of a paper comes to one task, in order.
"""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from kg import extractors, rdf, readers, segments, vocabulary, workers
from kg.assembly import Tally, assemble_entity, assemble_paper, tally_entities
from kg.errors import GraphError
from kg.link import link
from kg.model import DigestNode, Edge, Entity, Entry, Kind, Paper, PaperNode
from kg.segments import Header
from kg.writers import neo4j, nt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

Key: TypeAlias = tuple[str, str, int]
"""A paper's arXiv identifier (for a file, nothing), a digest (its path), the number of the entry in the digest."""
File: TypeAlias = tuple[str, bytes]
"""The path of a file and its bytes."""
Row: TypeAlias = tuple[str, str]
"""The name of a table and a line of it."""

TRIPLES = "triples"
"""The table of N-Triples; the others are those of `kg.writers.neo4j.TABLES`."""

BATCH = 64
"""Entries that go to the extractor together."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was given."""

    path: str
    """Its address."""
    digest: str
    """The id of the digest that its bytes are."""
    size: int
    """Its bytes."""
    header: Header
    """What the segment of this digest says of it."""


Record: TypeAlias = Sheet | Paper | Entry
"""What is shuffled by paper."""


class Code(NamedTuple):
    """Which code reads and extracts."""

    reader: str
    """The fingerprint of the readers."""
    extractor: str
    """The fingerprint of the extractors."""
    choice: str
    """Which components extract, see `kg.extractors.chosen`."""


def code(choice: str) -> Code:
    """Give the code of this process.

    Raises:
        InputError: there is no such component.
    """
    return Code(readers.fingerprint(), extractors.fingerprint(choice), choice)


def spread(key: Key) -> int:
    """Give a number by which records are spread over tasks: by paper, files by their paths.

    >>> spread(("2106.09685", "digest/0a", 3)) == spread(("2106.09685", "digest/0b", 1))
    True
    """
    return hashed(key[0] or key[1])


def hashed(text: str) -> int:
    """Give a number by which texts are spread over tasks; the same in every process, unlike Python's own.

    >>> hashed("digest/0a")
    2999408672
    """
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


# --- Reading -----------------------------------------------------------------------------------------------


def read(
    files: Iterable[File], named: AbstractSet[str], done: AbstractSet[str], ours: Code
) -> Iterator[tuple[Key, Sheet | Paper]]:
    """Read files: a sheet for each, and the papers of those that have no segment yet.

    Args:
        files: what lies in the places that were given.
        named: the addresses of files that were given as such; others have to be named as digests are.
        done: the segments that exist.
        ours: the code that reads; the machine of the driver must have the same.

    Raises:
        GraphError: it is other code.
    """
    _check(ours)
    for path, content in files:
        if path not in named and not readers.is_digest_name(path.rpartition("/")[2]):
            continue
        digest = readers.read_bytes(bytes(content), "")
        header = Header(digest.id, digest.dialect, ours.reader, ours.extractor, digest.findings)
        yield ("", path, 0), Sheet(path, digest.id, len(content), header)
        if header.name not in done:
            for number, paper in enumerate(digest.papers):
                yield (paper.arxiv_id, digest.id, number), paper


def _check(ours: Code) -> None:
    """Refuse to mix what different versions of kg extract."""
    if code(ours.choice) != ours:
        remedy = "Install the same version of digest-kg on the machines of the cluster."
        raise GraphError("spark", "the workers have another kg than the driver", remedy)


def intact(files: Iterable[File]) -> Iterator[str]:
    """Give the names, without folder, of the segments that are not damaged."""
    for path, content in files:
        try:
            header, _ = segments.parse(Path(path), bytes(content))
        except GraphError:
            continue  # it is made again
        yield header.name


def stored(files: Iterable[File], done: AbstractSet[str]) -> Iterator[tuple[Key, Entry]]:
    """Give the entries of the segments that exist."""
    for path, content in files:
        if "/".join(path.split("/")[-2:]) in done:
            header, entries = segments.parse(Path(path), bytes(content))
            for number, entry in enumerate(entries):
                yield (entry.paper.arxiv_id, header.digest, number), entry


# --- Extracting --------------------------------------------------------------------------------------------


def extract(
    records: Iterable[tuple[Key, Record]], wanted: AbstractSet[str], choice: str
) -> Iterator[tuple[Key, Entry]]:
    """Make entries of papers, for digests that are wanted, each once.

    Records are sorted, so that the entries of one paper follow one another: the extractor, which remembers what it saw
    last, extracts equal ones once.
    """
    extractor = workers.extractor(choice)
    every = (next(group) for _, group in groupby(records, key=lambda record: record[0]))
    mine = ((key, value) for key, value in every if key[0] and key[1] in wanted)
    while batch := list(islice(mine, BATCH)):
        made = extractor.entries(value for _, value in batch if isinstance(value, Paper))
        for key, value in batch:
            if isinstance(value, Entry):
                yield key, value
            elif isinstance(value, Paper):
                yield key, next(made)


def segment(header: Header, entries: Iterable[tuple[int, Entry]]) -> Row:
    """Give the file name and the text of a segment, without its last line feed."""
    ordered = [entry for _, entry in sorted(entries, key=lambda item: item[0])]
    return header.name.rpartition("/")[2], segments.render(header, ordered)[0].decode("utf-8").removesuffix("\n")


# --- Assembling --------------------------------------------------------------------------------------------


def tally(records: Iterable[tuple[Key, Entry]]) -> Iterator[tuple[str, Tally | Counter[str]]]:
    """Count what entries call their entities, by entity id; and, under no id, the papers and their edges."""
    counts: Counter[str] = Counter()
    known = vocabulary.load()
    for _, group in groupby(records, key=lambda record: record[0][0]):
        linked = [link(entry, known) for _, entry in group]
        _, edges = assemble_paper(linked)
        counts[Kind.PAPER] += 1
        counts.update(edge.relation for edge in edges)
        yield from tally_entities(linked).items()
    yield "", Counter({str(name): number for name, number in counts.items()})


def add(one: Tally | Counter[str], other: Tally | Counter[str]) -> Tally | Counter[str]:
    """Add two counts of one key up; neither is altered."""
    if isinstance(one, Tally) and isinstance(other, Tally):
        return Tally(one.kind, one.names + other.names, one.schemes + other.schemes)
    return Counter(one) + Counter(other)  # type: ignore[arg-type]  # a key has values of one type


def papers(records: Iterable[tuple[Key, Entry]]) -> Iterator[Row]:
    """Give the rows of papers and of the edges that leave them."""
    known = vocabulary.load()
    for _, group in groupby(records, key=lambda record: record[0][0]):
        yield from rows(*assemble_paper([link(entry, known) for _, entry in group]))


def entities(tallies: Iterable[tuple[str, Tally | None]], wider: Mapping[str, list[Edge]]) -> Iterator[Row]:
    """Give the rows of entities and of the ``broader`` edges that leave them.

    Args:
        tallies: entity ids with what entries call them, or with nothing where only the vocabulary names them.
        wider: the edges by source.
    """
    known = vocabulary.load()
    for key, counted in tallies:
        yield from rows(assemble_entity(key, counted, known), wider.get(key, []))


def rows(node: PaperNode | Entity | DigestNode, edges: list[Edge]) -> Iterator[Row]:
    """Give the rows of a node and of the edges that leave it, in every table."""
    for block in nt.blocks(node, edges, introduced_by=rdf.introductions().get(node.id, "")):
        yield from ((TRIPLES, _text(line)) for line in block.splitlines(keepends=True))
    yield neo4j.table(_kind(node)), _row(neo4j.node_row(node))
    for edge in edges:
        yield neo4j.table(edge.relation), _row(neo4j.edge_row(edge))


def _kind(node: PaperNode | Entity | DigestNode) -> Kind:
    if isinstance(node, Entity):
        return node.kind
    return Kind.PAPER if isinstance(node, PaperNode) else Kind.DIGEST


def _row(cells: list[str]) -> str:
    return _text(b"".join(neo4j.lines([cells])))


def _text(line: bytes) -> str:
    return line.decode("utf-8").removesuffix("\n")
