"""Commands that show the graph in the terminal: ``show``, ``stats``, ``candidates``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kg.cli.console import count, emit, graph_option, say, table
from kg.model import Kind
from kg.text import printable

if TYPE_CHECKING:
    from pathlib import Path

    from kg.describe import Claim, Description, Quote
    from kg.stats import Statistics

_format = click.option(
    "--format", "-f", "fmt", type=click.Choice(("table", "json")), default="table", show_default=True
)


@click.command
@click.argument("name")
@graph_option
@click.option("--kind", "-k", type=click.Choice([str(kind) for kind in Kind]), help="If the name is several things.")
@click.option("--limit", "-n", type=click.IntRange(min=1), default=20, show_default=True, help="How many edges.")
@_format
def show(name: str, graph: Path, kind: str | None, limit: int, fmt: str) -> None:
    """Show one paper, method, dataset or topic with its evidence; NAME in either language, an alias or an id."""
    from kg import describe, names, store

    opened, summary = store.open_both(graph, notice=say)
    node = names.resolve(opened, name, Kind(kind) if kind else None, summary=summary)
    found = describe.describe(opened, node, limit=limit)
    if fmt == "json":
        emit(asdict(found))
        return
    for line in _described(found):
        click.echo(line)


def _described(found: Description) -> list[str]:
    name = found.labels[0][1] if found.labels else found.id
    rest = [f"  {lang or 'name':<14}{label}" for lang, label in found.labels[1:]]
    also = [f"  {'also':<14}{' · '.join(found.aliases)}"] if found.aliases else []
    facts = [f"  {fact:<14}{value}" for fact, value in found.facts]
    claims = [line for claim in found.claims for line in _claim(claim)]
    left = found.total - len(found.claims)
    more = [f"... and {count(left, 'edges')} more; -n shows more."] if left > 0 else []
    head = f"{name}  [{found.kind} {found.id}]"
    return [printable(line) for line in (head, *rest, *also, *facts, "", *claims, *more)]


def _claim(claim: Claim) -> list[str]:
    arrow = f"{claim.relation} →" if claim.outgoing else f"← {claim.relation}"
    sure = f"  {claim.confidence:.2f}" if claim.quotes else ""
    return [f"{arrow:<16}{claim.other}  {claim.label}{sure}", *map(_quote, claim.quotes[:2])]


def _quote(quote: Quote) -> str:
    where = f"{quote.part} {quote.lang}, {quote.digest}:{quote.line}, {quote.rule}"
    return f"{'':<18}{quote.before}[{quote.text}]{quote.after}\n{'':<18}{where}"


@click.command
@graph_option
@_format
def stats(graph: Path, fmt: str) -> None:
    """Count what the graph holds: nodes, edges, months, and what most papers are about."""
    from kg import stats as counting
    from kg import store

    opened, summary = store.open_both(graph, notice=say)
    found = counting.statistics(opened, summary)
    if fmt == "json":
        emit(asdict(found))
        return
    _tables(found)


def _tables(found: Statistics) -> None:
    table(("nodes", "count"), [(name, f"{number:,}") for name, number in found.kinds.items()], right=("count",))
    click.echo()
    table(("edges", "count"), [(name, f"{number:,}") for name, number in found.relations.items()], right=("count",))
    click.echo()
    table(("month", "papers"), [(name, f"{number:,}") for name, number in found.months.items()], right=("papers",))
    for kind, ranked in found.top.items():
        click.echo()
        table((f"{kind}s most written about", "papers"), [(name, f"{n:,}") for name, n in ranked], right=("papers",))


@click.command
@graph_option
@click.option("--limit", "-n", type=click.IntRange(min=1), default=50, show_default=True, help="How many questions.")
@_format
def candidates(graph: Path, limit: int, fmt: str) -> None:
    """List nodes that may be one thing, and names that may be two: for a person to settle in the vocabulary."""
    from kg import api
    from kg import candidates as asking

    found = asking.candidates(api.open_graph(graph, notice=say))
    if fmt == "json":
        for item in found:
            emit(asdict(item))
        return
    rows = [(item.reason, item.one, item.other, item.because, f"{item.papers:,}") for item in found[:limit]]
    table(("question", "one", "other", "because", "papers"), rows, right=("papers",))
    if len(found) > limit:
        say(f"... and {count(len(found) - limit, 'questions')} more; -n shows more.")
