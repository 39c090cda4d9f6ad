"""How an entry is worded in a segment: a line of JSON, its keys sorted.

The order is what makes it quick to tell, without decoding a line, which paper it is of (:data:`PAPER`), where its
extract ends, and whether two entries say the same. A quotation mark inside a JSON string is escaped, so that the
patterns match nowhere else.
"""

from __future__ import annotations

import json
import re
from typing import Any

from kg.model import Entry, Kind, Lang, Mention, Paper, Part, Passage, Relation

PAPER = re.compile(rb',"id":"([^"\\]*)","line":(\d+),"mentions":')
"""The arXiv identifier of an entry and its line in the digest."""
_PASSAGE = re.compile(rb'(\["[a-z]+","[a-z]+",)(\d+)')

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def line(record: dict[str, Any]) -> bytes:
    """Give a record as a line."""
    return _ENCODER.encode(record).encode("utf-8") + b"\n"


def extract(item: Entry) -> bytes:
    """Write the line of an entry as far as its passages; the keys of a line are sorted."""
    paper = item.paper
    record = {
        "id": paper.arxiv_id,
        "line": paper.line,
        "mentions": [_mention_record(each) for each in item.mentions],
        "code": list(item.code),
    }
    return line(record)[:-2]


def relined(extract: bytes, number: int) -> bytes:
    """Give an extract the line of another entry; a quote inside a string has a backslash, so the first key is it."""
    before, label, after = extract.partition(b',"line":')
    return b"".join((before, label, b"%d," % number, after.partition(b",")[2]))


def rest(paper: Paper) -> bytes:
    """Write the line of an entry from its passages on."""
    passages = [[item.part, item.lang, item.line, item.text] for item in paper.passages]
    return b"," + line({"passages": passages, "published": paper.published})[1:]


def _mention_record(mention: Mention) -> dict[str, Any]:
    record: dict[str, Any] = {
        "passage": mention.passage,
        "start": mention.start,
        "end": mention.end,
        "kind": mention.kind,
        "relation": mention.relation,
        "rule": mention.rule,
        "confidence": mention.confidence,
    }
    optional = {"concept": mention.concept, "same_as": mention.same_as}
    if mention.name != mention.surface:
        optional["name"] = mention.name
    return record | {key: value for key, value in optional.items() if value}


def content(line: bytes) -> tuple[bytes, tuple[int, ...]]:
    """Split the line of an entry into what it says and the lines of the digest on which it says so.

    Two entries that say the same differ only in their digest and in these numbers. Which of the numbers are equal
    is part of what is said, since a place is told by part, language and line.

    Returns:
        What it says, and the numbers: of the entry, then of its passages.
    """
    head = PAPER.search(line)
    start, end = head.span(2) if head is not None else (0, 0)
    numbers = [int(found[2]) for found in _PASSAGE.finditer(line, end)]
    pattern = ",".join(str(numbers.index(number)) for number in numbers)
    text = line[:start] + _PASSAGE.sub(rb"\1", line[end:]) + pattern.encode("ascii")
    return text, (int(line[start:end] or 0), *numbers)


def entry(record: dict[str, Any], digest: str) -> Entry:
    """Make an entry of what its line decodes to.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, IndexError: it is not what kg writes.
    """
    passages = tuple(_passage(item) for item in record["passages"])
    paper = Paper(record["id"], record["published"], passages, digest, record["line"])
    mentions = tuple(_mention(item, paper) for item in record["mentions"])
    return Entry(paper, mentions, tuple(record["code"]))


def _passage(item: list[Any]) -> Passage:
    part, lang, line, text = item
    return Passage(Part(part), Lang(lang), text, line)


def _mention(item: dict[str, Any], paper: Paper) -> Mention:
    start, end = item["start"], item["end"]
    surface = paper.passages[item["passage"]].text[start:end]
    return Mention(
        paper.arxiv_id,
        item["passage"],
        start,
        end,
        surface,
        Kind(item["kind"]),
        Relation(item["relation"]),
        item["rule"],
        item["confidence"],
        item.get("name", surface),
        item.get("concept", ""),
        item.get("same_as", ""),
    )
