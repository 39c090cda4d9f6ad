"""Commands that judge the graph: ``validate``, ``eval``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import count, emit, graph_option, report, say, table

if TYPE_CHECKING:
    from kg.evaluate import Counts, Scores


@click.command(short_help="check shapes and quotes")
@graph_option
@click.option("--shapes/--no-shapes", default=True, help="Whether to run SHACL too; on large graphs it takes long.")
@click.option("--verbose", "-v", is_flag=True, help="Show every violation.")
def validate(*, graph: Path, shapes: bool, verbose: bool) -> None:
    """Check the graph: SHACL shapes of the ontology, and every quote against its passage."""
    from kg import api

    loaded = api.load_graph(graph)
    violations = api.validate_graph(loaded, shapes=shapes)
    report(violations, every=verbose)
    quotes = sum(len(edge.evidence) for edge in loaded.edges())
    say(f"{count(len(violations), 'violations')} in {count(len(loaded), 'nodes')} and {count(quotes, 'quotes')}.")
    if violations:
        raise click.exceptions.Exit(1)


@click.command("eval", short_help="score the graph against a gold standard")
@click.argument("gold", type=click.Path(path_type=Path))
@graph_option
@click.option("--errors", is_flag=True, help="Show what was missed and what was wrong, paper by paper.")
@click.option("--format", "-f", "fmt", type=click.Choice(("table", "json")), default="table", show_default=True)
def evaluate(*, gold: Path, graph: Path, errors: bool, fmt: str) -> None:
    """Score the graph against a gold standard: precision, recall, F1 of entities and of relations."""
    from kg import api

    scores = api.score_graph(api.load_graph(graph), gold)
    if fmt == "json":
        emit(_record(scores))
    else:
        table(("", "precision", "recall", "F1", "right", "wrong", "missed"), _rows(scores), right=_NUMBERS)
    if errors:
        _errors(scores)
    if scores.absent:
        say(f"{count(len(scores.absent), 'papers')} of {gold} not in the graph: {', '.join(scores.absent[:10])} ...")
        raise click.exceptions.Exit(1)


_NUMBERS = ("precision", "recall", "F1", "right", "wrong", "missed")


def _levels(scores: Scores) -> list[tuple[str, Counts]]:
    levels = [(f"{name} entity", counts) for name, counts in scores.entity.items()]
    roles = [(f"{name} relation", counts) for name, counts in scores.relation.items() if name != "tasks"]
    return sorted(levels + roles)


def _rows(scores: Scores) -> list[tuple[str, ...]]:
    return [
        (name, f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}", f"{c.right}", f"{c.wrong}", f"{c.missed}")
        for name, c in _levels(scores)
    ]


def _record(scores: Scores) -> dict[str, object]:
    figures = {name: {**asdict(c), "p": c.precision, "r": c.recall, "f1": c.f1} for name, c in _levels(scores)}
    return {"papers": scores.papers, "absent": list(scores.absent), **figures}


def _errors(scores: Scores) -> None:
    for item in scores.outcomes:
        for word, names in (
            ("missed", item.missed),
            ("wrong", item.false),
            ("double", item.doubled),
            ("role", item.misjudged),
        ):
            for name in names:
                click.echo(f"{item.paper}\t{item.type}\t{word}\t{name}")


COMMANDS = (validate, evaluate)
