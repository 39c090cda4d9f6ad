"""Segments: what was extracted from one digest, in one file of JSON lines.

A segment opens with a header (which digest, read and extracted by what, with which findings), holds one entry a
line, and closes with a checksum, so that a truncated or altered file is noticed and never half believed. Its name
is a function of the digest's bytes and of the code that read and extracted it: what has a segment of the right name
needs no work. Nothing that follows from something else is stored: a mention's surface is cut from its passage.

What was extracted from an entry, its *extract*, follows from the texts of that entry alone. Where an entry with the
same texts (:func:`key`) has been written before, its extract is copied as bytes (:class:`Copy`), whoever wrote it: the
segment is byte for byte what extracting again would give.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from kg import files, wording
from kg.errors import GraphError
from kg.model import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.model import Entry, Paper

FORMAT = 1
"""The version of the graph directory's layout; a higher one is refused."""

_FOOT = re.compile(rb'\{"crc32":"([0-9a-f]{8})","entries":(\d+)\}\n')

REPAIR = "Run kg build on its digest again; if that file is gone, restore it first."


@dataclass(frozen=True, slots=True)
class Header:
    """What a segment says of its digest."""

    digest: str
    """The id of the digest."""
    dialect: str
    """The reader that read it; empty if none could."""
    reader: str
    """The fingerprint of the readers, shortened."""
    extractor: str
    """The fingerprint of the extractors, shortened."""
    findings: tuple[Finding, ...] = ()
    """What was malformed; ``where`` is only what follows the file name (``:12``), for a digest can be renamed."""

    @property
    def name(self) -> str:
        """The file's name inside the folder of segments."""
        return name(self.digest, self.reader, self.extractor)


class Place(NamedTuple):
    """Where an extract stands: the line of an entry as far as its passages, which the next digest words anew."""

    segment: str
    """The file's name inside the folder of segments."""
    start: int
    """Its first byte."""
    size: int
    """How many bytes it has."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An entry whose extract is known."""

    paper: Paper
    """The entry as read."""
    extract: bytes
    """The extract of an entry of the same key, as it stands in its segment."""


def key(paper: Paper) -> bytes:
    """Give a hash of all that an extract follows from: the paper and its texts; 16 bytes."""
    texts = (part for item in paper.passages for part in (item.part, item.lang, item.text))
    return hashlib.blake2b("\0".join((paper.arxiv_id, *texts)).encode(), digest_size=16).digest()


def name(digest: str, reader: str, extractor: str) -> str:
    """Give the name of the segment of a digest, read and extracted by the code with these fingerprints.

    >>> name("digest/3cbfe97319c1ad88", "aaaaaaaaaaaa", "bbbbbbbbbbbb")
    '3c/3cbfe97319c1ad88-aaaaaaaa-bbbbbbbb.jsonl'
    """
    key = digest.rpartition("/")[2]
    return f"{key[:2]}/{key}-{reader[:8]}-{extractor[:8]}.jsonl"


def extracted_by(segment: str, extractor: str) -> bool:
    """Tell by a segment's name whether the extractor with this fingerprint made it.

    >>> extracted_by("3c/3cbfe97319c1ad88-aaaaaaaa-bbbbbbbb.jsonl", "bbbbbbbbbbbb")
    True
    """
    return segment.endswith(f"-{extractor[:8]}.jsonl")


def write(folder: Path, header: Header, entries: Iterable[Entry | Copy]) -> list[Place]:
    """Write a segment, whole or not at all, and give where the extract of each entry stands.

    Raises:
        OutputError: it cannot be written.
    """
    content, places = render(header, entries)
    files.write(folder / header.name, [content])
    return places


def render(header: Header, entries: Iterable[Entry | Copy]) -> tuple[bytes, list[Place]]:
    """Give the bytes of a segment, for who has no file, and where in it the extract of each entry stands."""
    lines = [wording.line(_header_record(header))]
    places: list[Place] = []
    at = len(lines[0])
    for entry in entries:
        extract = (
            wording.relined(entry.extract, entry.paper.line) if isinstance(entry, Copy) else wording.extract(entry)
        )
        places.append(Place(header.name, at, len(extract)))
        lines.append(extract + wording.rest(entry.paper))
        at += len(lines[-1])
    body = b"".join(lines)
    return body + _footer(body), places


def _copied(entry: Copy) -> bytes:
    return wording.relined(entry.extract, entry.paper.line)


def check(path: Path) -> tuple[Header, int]:
    """Verify a segment without decoding its entries, and give its header and the number of its entries.

    Raises:
        GraphError: it is missing, damaged, or written by a newer kg.
    """
    content = _content(path)
    _, entries = _verified(path, content)
    return _header(path, content[: content.index(b"\n")]), entries


def extracts(folder: Path, places: Iterable[Place]) -> dict[Place, bytes]:
    """Fetch extracts; what is no longer there is left out."""
    found: dict[Place, bytes] = {}
    for segment, here in groupby(sorted(places), key=lambda place: place.segment):
        found.update(_fetch(folder / segment, list(here)))
    return found


def _fetch(path: Path, places: list[Place]) -> Iterator[tuple[Place, bytes]]:
    try:
        with path.open("rb") as stream:
            pieces = [(place, _piece(stream, place)) for place in places]
    except OSError:
        return iter(())
    return ((place, piece) for place, piece in pieces if len(piece) == place.size)


def _piece(stream: BinaryIO, place: Place) -> bytes:
    stream.seek(place.start)
    return stream.read(place.size)


def read(path: Path) -> tuple[Header, list[Entry]]:
    """Read a segment.

    Raises:
        GraphError: it is missing, damaged, or written by a newer kg.
    """
    return parse(path, _content(path))


def parse(where: Path, content: bytes) -> tuple[Header, list[Entry]]:
    """Read a segment from its bytes.

    Args:
        where: what errors call it.
        content: all of the file.

    Raises:
        GraphError: it is damaged, or written by a newer kg.
    """
    head, *lines = _lines(where, content)
    header = _header(where, head)
    return header, [decode(where, line, header.digest) for line in lines]


# --- Entry by entry ----------------------------------------------------------------------------------------


def places(path: Path) -> Iterator[tuple[str, int, int]]:
    """Verify a segment and tell of each entry the paper, where its line starts in the file and how long it is.

    Raises:
        GraphError: it is missing, damaged, or written by a newer kg.
    """
    head, *lines = _lines(path, _content(path))
    _header(path, head)
    offset = len(head) + 1
    for line in lines:
        found = wording.PAPER.search(line)
        if found is None:
            raise _damaged(path, "an entry is not what kg writes")
        yield found[1].decode("utf-8"), offset, len(line)
        offset += len(line) + 1


def cut(path: Path, where: Iterable[tuple[int, int]]) -> list[bytes]:
    """Give the lines of some entries, by offset and length; whoever calls has verified the segment.

    Raises:
        GraphError: it is missing or cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return [os.pread(stream.fileno(), length, offset) for offset, length in where]
    except FileNotFoundError as error:
        raise _damaged(path, "missing") from error
    except OSError as error:
        raise GraphError(str(path), f"cannot be read ({error.strerror or error})", "Check its permissions.") from error


def decode(path: Path, line: bytes, digest: str) -> Entry:
    """Make the entry of a line of a segment.

    Raises:
        GraphError: it is not what kg writes.
    """
    try:
        return wording.entry(json.loads(line), digest)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _damaged(path, "an entry is not what kg writes") from error


# --- Reading -----------------------------------------------------------------------------------------------


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _damaged(path, "missing") from error
    except OSError as error:
        raise GraphError(str(path), f"cannot be read ({error.strerror or error})", "Check its permissions.") from error


def _lines(path: Path, content: bytes) -> list[bytes]:
    """Give the header and entry lines of a segment whose checksum is right."""
    end, entries = _verified(path, content)
    lines = content[:end].split(b"\n")[:-1]
    if len(lines) != entries + 1:
        raise _damaged(path, "it has another number of entries")
    return lines


def _verified(path: Path, content: bytes) -> tuple[int, int]:
    """Give where the last line of a segment starts, whose checksum is right, and its number of entries.

    The number is what that line says; to count the lines would take as long as the checksum.
    """
    end = content.rfind(b"\n", 0, -1) + 1
    foot = _FOOT.fullmatch(content, end)
    if not end or foot is None or int(foot[1], 16) != zlib.crc32(memoryview(content)[:end]):
        raise _damaged(path, "its checksum is wrong")
    return end, int(foot[2])


def _footer(body: bytes) -> bytes:
    return wording.line({"crc32": f"{zlib.crc32(body):08x}", "entries": body.count(b"\n") - 1})


def _header(path: Path, line: bytes) -> Header:
    try:
        record = json.loads(line)
        version = int(record["format"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, "its header is not what kg writes") from error
    if version > FORMAT:
        raise newer(path, version)
    try:
        findings = tuple(
            Finding(where, rule, message, Severity(severity)) for where, rule, message, severity in record["findings"]
        )
        return Header(record["digest"], record["dialect"], record["reader"], record["extractor"], findings)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _damaged(path, "its header is not what kg writes") from error


def newer(path: Path, version: int) -> GraphError:
    """Make the error for something that a newer kg wrote."""
    return GraphError(str(path), f"written by a newer kg (format {version})", "Update digest-kg.")


def _damaged(path: Path, what: str) -> GraphError:
    return GraphError(str(path), f"this segment of the graph is damaged ({what})", REPAIR)


# --- Writing -----------------------------------------------------------------------------------------------


def _header_record(header: Header) -> dict[str, Any]:
    findings = [[item.where, item.rule, item.message, item.severity] for item in header.findings]
    return {
        "format": FORMAT,
        "digest": header.digest,
        "dialect": header.dialect,
        "reader": header.reader,
        "extractor": header.extractor,
        "findings": findings,
    }
