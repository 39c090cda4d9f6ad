"""Commands that show one stage alone, as JSON lines: ``read``, ``mentions``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import count, digests_argument, emit, report, say
from kg.cli.extracting import extractors_option
from kg.errors import InputError
from kg.model import Paper, Part, Passage, Severity
from kg.readers import READERS
from kg.text import language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import Entry, Finding


@click.command(
    epilog=f"Dialects: {'; '.join(f'{spec.name} ({spec.summary})' for spec in READERS)}.",
)
@digests_argument
@click.option("--verbose", "-v", is_flag=True, help="Show every finding.")
def read(*, digests: tuple[Path, ...], verbose: bool) -> None:
    """Show what is read from DIGESTS: one paper a line, findings on stderr."""
    from kg import api

    findings: list[Finding] = []
    papers = files = 0
    for digest in api.read_digests(digests):
        files += 1
        findings += digest.findings
        for paper in digest.papers:
            papers += 1
            emit(_paper(paper, digest.name))
    report(findings, every=verbose)
    say(f"{count(files, 'digests')}, {count(papers, 'papers')}, {count(len(findings), 'findings')}.")
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise click.exceptions.Exit(1)


def _paper(paper: Paper, digest: str) -> dict[str, object]:
    passages = [{"part": item.part, "lang": item.lang, "text": item.text, "line": item.line} for item in paper.passages]
    return {
        "id": paper.arxiv_id,
        "date": paper.published,
        "digest": digest,
        "line": paper.line,
        "passages": passages,
    }


@click.command
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@extractors_option
def mentions(*, inputs: tuple[Path, ...], extractors: str) -> None:
    """Show the names found in INPUT: digests, or .jsonl files of {"id", "text"}; one mention a line."""
    from kg import api

    for entry in api.extract_entries(_papers(inputs), extractors=extractors):
        for record in _mentions(entry):
            emit(record)


def _papers(inputs: tuple[Path, ...]) -> Iterator[Paper]:
    from kg import api

    for path in inputs:
        if path.suffix == ".jsonl":
            yield from _texts(path)
        else:
            for digest in api.read_digests([path]):
                report(digest.findings)
                yield from digest.papers


def _texts(path: Path) -> Iterator[Paper]:
    """Read texts that stand alone: each is an abstract.

    Raises:
        InputError: the file is missing, or a line is no record with an id and a text.
    """
    try:
        lines = path.read_text("utf-8").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"not readable ({error})", "Give a UTF-8 file of JSON lines.") from error
    for number, line in enumerate(lines, 1):
        record = _record(line, f"{path}:{number}")
        text = record["text"]
        yield Paper(record["id"], "", (Passage(Part.ABSTRACT, language(text), text, number),), path.name, number)


def _record(line: str, where: str) -> dict[str, str]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(where, f"no JSON ({error.msg})", 'Give {"id": …, "text": …} a line.') from error
    fields = record if isinstance(record, dict) else {}
    if not all(isinstance(fields.get(name), str) for name in ("id", "text")):
        raise InputError(where, "no id and text", 'Give {"id": …, "text": …} a line.')
    return {"id": fields["id"], "text": fields["text"]}


def _mentions(entry: Entry) -> Iterator[dict[str, object]]:
    for item in entry.mentions:
        passage = entry.paper.passages[item.passage]
        yield {
            "id": item.paper,
            "start": item.start,
            "end": item.end,
            "text": item.surface,
            "kind": item.kind,
            "name": item.name,
            "relation": item.relation,
            "rule": item.rule,
            "confidence": item.confidence,
            "concept": item.concept,
            "part": passage.part,
            "lang": passage.lang,
            "line": passage.line,
        }
