"""Commands that judge the graph: ``validate``, ``eval``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import confidence_option, count, emit, graph_option, report, say, table
from kg.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.breakdown import Mistake, Share
    from kg.evaluate import Counts, Scores


@click.command
@graph_option
@click.option("--shapes/--no-shapes", default=True, help="Whether to run SHACL too; on large graphs it takes long.")
@click.option("--verbose", "-v", is_flag=True, help="Show every violation.")
def validate(*, graph: Path, shapes: bool, verbose: bool) -> None:
    """Check the graph: SHACL shapes of the ontology, and every quote against its passage."""
    from kg import api

    opened = api.open_graph(graph, notice=say)
    violations = api.validate_graph(opened, shapes=shapes)
    report(violations, every=verbose)
    quotes = sum(len(edge.evidence) for edge in opened.edges())
    say(f"{count(len(violations), 'violations')} in {count(len(opened), 'nodes')} and {count(quotes, 'quotes')}.")
    if violations:
        raise click.exceptions.Exit(1)


@click.command("eval")
@click.argument("gold", type=click.Path(path_type=Path))
@graph_option
@confidence_option
@click.option("--errors", is_flag=True, help="Show everything missed or wrong, each with its sentence.")
@click.option("--json", "as_json", is_flag=True, help="Write everything as one JSON line; the same as -f json.")
@click.option("--format", "-f", "fmt", type=click.Choice(("table", "json")), default="table", show_default=True)
def evaluate(*, gold: Path, graph: Path, min_confidence: float, errors: bool, as_json: bool, fmt: str) -> None:
    """Score the graph against a gold standard: precision, recall, F1 of entities and of relations.

    With 95 % bootstrap intervals over papers; then by the language that names a thing, and by the dialect of its
    digests. A thing is named in the language of its evidence, or, if it was missed, where the text holds its name.
    """
    from kg import api

    loaded = api.open_graph(graph, min_confidence=min_confidence, notice=say)
    scores = api.score_graph(loaded, gold)
    languages, dialects, mistakes = api.break_down(loaded, scores)
    if as_json or fmt == "json":
        listed = {"errors": [asdict(item) for item in mistakes]} if errors else {}
        emit(_record(scores) | {"languages": _shares(languages), "dialects": _shares(dialects)} | listed)
    else:
        _tables(scores, languages, dialects)
        if errors:
            click.echo()
            for item in mistakes:
                click.echo(printable(_error(item)))
    if scores.absent:
        say(f"{count(len(scores.absent), 'papers')} of {gold} not in the graph: {', '.join(scores.absent[:10])} ...")
        raise click.exceptions.Exit(1)


_NUMBERS = ("precision", "recall", "F1", "right", "wrong", "missed")
_SHARES = ("precision", "recall", "F1", "relation F1", "right", "wrong", "missed")


def _levels(scores: Scores) -> list[tuple[str, Counts, list[Counts]]]:
    """Give each type, by name and by role, with its counts and those of each paper; a task has no role."""
    rows = []
    for name in scores.entity:
        mine = [item for item in scores.outcomes if item.type == name]
        rows.append((f"{name} entity", scores.entity[name], [item.entity for item in mine]))
        if name != "tasks":
            rows.append((f"{name} relation", scores.relation[name], [item.relation for item in mine]))
    return sorted(rows, key=lambda row: row[0])


def _tables(scores: Scores, languages: Sequence[Share], dialects: Sequence[Share]) -> None:
    from kg.breakdown import interval

    rows = [
        (name, *_figures(c), "[{:.3f}, {:.3f}]".format(*interval(papers)), *_counts(c))
        for name, c, papers in _levels(scores)
    ]
    table(("", "precision", "recall", "F1", "95 %", "right", "wrong", "missed"), rows, right=_NUMBERS)
    for title, shares in (("named in", languages), ("dialect", dialects)):
        click.echo()
        lines = [
            (item.type, item.name, *_figures(item.entity), f"{item.relation.f1:.3f}", *_counts(item.entity))
            for item in shares
        ]
        table(("", title, *_SHARES), lines, right=_SHARES)


def _figures(c: Counts) -> tuple[str, str, str]:
    return f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}"


def _counts(c: Counts) -> tuple[str, str, str]:
    return f"{c.right:,}", f"{c.wrong:,}", f"{c.missed:,}"


def _record(scores: Scores) -> dict[str, object]:
    from kg.breakdown import interval

    figures = {name: _scored(c) | {"f1_interval": list(interval(papers))} for name, c, papers in _levels(scores)}
    return {"papers": scores.papers, "absent": list(scores.absent), **figures}


def _scored(c: Counts) -> dict[str, object]:
    return {**asdict(c), "p": c.precision, "r": c.recall, "f1": c.f1}


def _shares(shares: Sequence[Share]) -> list[dict[str, object]]:
    return [
        {"type": item.type, "name": item.name, "entity": _scored(item.entity), "relation": _scored(item.relation)}
        for item in shares
    ]


def _error(item: Mistake) -> str:
    """Write an error as one line of columns, for a person and for ``cut``."""
    where = f"{item.part} {item.lang}, {item.digest}:{item.line}" if item.sentence else "no text of the paper names it"
    return f"{item.paper}\t{item.type}\t{item.error}\t{item.name}\t{where}\t{item.sentence}".rstrip("\t")
