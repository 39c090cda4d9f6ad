"""Croissant cannot say: what is not in the records. It says where they are, what is in them, and how to read them.

Croissant 1.0 of MLCommons describes ``graph.jsonl``, which must lie beside it: a library for Croissant then gives one
record a paper, and tools for data sets find them. The checksum is that of the file as ``kg export jsonl`` writes it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.writers import _rows, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import Graph

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the standard asks every document to repeat."""


class Field(NamedTuple):
    """A field of a record."""

    name: str
    """What it is called."""
    column: str
    """The key in the line that holds it."""
    meaning: str
    """What it says."""
    within: dict[str, str]
    """Where in the value it is: a ``jsonPath`` or a ``regex``; empty for all of it."""
    kind: str = "sc:Text"
    """Its type."""
    several: bool = False
    """Whether the value is a list, of whose items each gives one."""


FIELDS = (
    # Taken from the address: readers that guess types make numbers of identifiers such as 2106.09680.
    Field("id", "url", "arXiv identifier, without version", {"regex": ".*/abs/(.+)"}),
    Field("title_en", "title", "title in English; empty if no digest has it", {"jsonPath": "$.en"}),
    Field("title_zh", "title", "title in Chinese; empty if no digest has it", {"jsonPath": "$.zh"}),
    Field("date", "date", "date of publication; empty if no digest has it", {}, "sc:Date"),
    Field("month", "month", "month of the identifier", {}),
    Field("url", "url", "address at arXiv", {}, "sc:URL"),
    Field("code", "code", "addresses of code repositories", {}, several=True),
    Field("digests", "digests", "ids of the digests that list the paper", {}, several=True),
    Field("methods", "methods", "ids of the methods that it proposes or uses", {"jsonPath": "$.id"}, several=True),
    Field("datasets", "datasets", "ids of the datasets that it introduces or uses", {"jsonPath": "$.id"}, several=True),
    Field("topics", "topics", "ids of its topics", {"jsonPath": "$.id"}, several=True),
)
"""The fields of a record."""

_FILE = "graph.jsonl"


def render(graph: Graph) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Render the description as ``graph.croissant.json``."""
    yield "graph.croissant.json", [json.dumps(_document(graph), ensure_ascii=False, indent=2).encode(), b"\n"]


def _document(graph: Graph) -> dict[str, Any]:
    first, last = _rows.period(graph)
    span = {"temporalCoverage": f"{first}/{last}"} if first else {}
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": "digest-kg",
        "alternateName": ["Knowledge graph of research digests", "研究摘要知识图谱"],
        "description": "Papers of research digests, Chinese and English, with the methods, datasets and topics found "
        "in them; behind each stands a literal quote.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "inLanguage": ["en", "zh"],
        "keywords": ["knowledge graph", "arXiv", "methods", "datasets", "topics"],
        **span,
        "distribution": [_file(graph)],
        "recordSet": [_records()],
    }


def _file(graph: Graph) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    for _, chunks in resolve("jsonl")(graph):
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
    return {
        "@type": "cr:FileObject",
        "@id": _FILE,
        "name": _FILE,
        "description": "One record a paper, as JSON Lines.",
        "contentSize": f"{size} B",
        "contentUrl": _FILE,
        "encodingFormat": "application/jsonlines",
        "sha256": digest.hexdigest(),
    }


def _records() -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "papers",
        "name": "papers",
        "description": "One record a paper.",
        "key": {"@id": "papers/id"},
        "field": [*map(_field, FIELDS)],
    }


def _field(field: Field) -> dict[str, Any]:
    source: dict[str, Any] = {"fileObject": {"@id": _FILE}, "extract": {"column": field.column}}
    return {
        "@type": "cr:Field",
        "@id": f"papers/{field.name}",
        "name": field.name,
        "description": field.meaning,
        "dataType": field.kind,
        **({"repeated": True} if field.several else {}),
        "source": source | ({"transform": field.within} if field.within else {}),
    }
