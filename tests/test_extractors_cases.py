"""Extraction, case by case: the documents in ``tests/data/cases/extractors`` say what goes in and what comes out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_extractors import CONCEPTS, paper

from kg.extractors import Extractor
from kg.model import Part
from kg.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model import Mention

CASES = Path(__file__).parent / "data" / "cases" / "extractors"
DOCUMENTS = sorted(path for path in CASES.glob("*.md") if path.name != "README.md")
_CASE = re.compile(r"^## (?P<claim>.+)\n\n(?P<entry>(?:- .+\n)+)\n```\n(?P<expected>(?:.+\n)*)```$", re.MULTILINE)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """An extractor that knows the concepts of ``test_extractors``."""
    known = {item.id: item for item in sorted(CONCEPTS, key=lambda item: item.id)}
    return Extractor(Vocabulary(known, "0" * 64, {}))


def said(mentions: Iterable[Mention]) -> str:
    """Write mentions down, each name once."""
    lines = {
        f"{m.kind} {m.relation} {m.name}"
        + (f" = {m.concept}" * bool(m.concept))
        + (f" ~ {m.same_as}" * bool(m.same_as))
        for m in mentions
    }
    return "".join(f"{line}\n" for line in sorted(lines))


def run(extractor: Extractor, entry: str) -> str:
    """Extract from the passages of a case."""
    rows = [line.removeprefix("- ").split(": ", 1) for line in entry.splitlines()]
    return said(extractor.mentions(paper(*((Part(part), text) for part, text in rows))))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_case_gives_what_its_document_says(extractor: Extractor, path: Path) -> None:
    """The document with today's results in it is the document."""
    document = path.read_text("utf-8")
    assert len(_CASE.findall(document)) == document.count("\n## "), (
        "a case is not in the form that the README lays down"
    )

    def renewed(match: re.Match[str]) -> str:
        return f"## {match['claim']}\n\n{match['entry']}\n```\n{run(extractor, match['entry'])}```"

    actual = _CASE.sub(renewed, document)
    if os.environ.get("KG_REGENERATE"):
        path.write_text(actual, "utf-8")
    else:
        assert actual == document
