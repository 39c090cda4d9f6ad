"""Commands that meet other engines and other graphs: ``push``, ``diff``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import confidence_option, count, emit, graph_option, progress, say
from kg.text import printable

if TYPE_CHECKING:
    from kg.diff import Change

SHOWN = 40
"""How many differences are shown before the rest is counted."""


@click.group
def push() -> None:
    """Give the graph to a running server.

    Names and passwords are read from the environment alone: NEO4J_USERNAME and NEO4J_PASSWORD, SPARQL_USERNAME and
    SPARQL_PASSWORD.
    """


@push.command("neo4j", short_help="bring a Neo4j database to hold the graph")
@click.argument("url", default="bolt://localhost:7687")
@graph_option
@click.option("--database", "-d", default="", help="[default: the user's home database]")
@click.option("--prune", is_flag=True, help="Remove from the database what is of kg's labels and not in the graph.")
@confidence_option
def to_neo4j(*, url: str, graph: Path, database: str, prune: bool, min_confidence: float) -> None:
    """Bring a Neo4j database to hold the graph; what is there already is not written again.

    URL is bolt://localhost:7687 if it is not given. Needs the extra neo4j, and NEO4J_PASSWORD in the environment.
    """
    from kg import api
    from kg import push as pushing

    opened = api.open_graph(graph, min_confidence=min_confidence, notice=say)
    with progress("nodes and edges") as step:
        done = pushing.neo4j(url, opened, database=database, prune=prune, progress=step)
    written = sum(done.written.values())
    removed = f", {sum(done.removed.values()):,} removed" if prune else ""
    kept = done.nodes + done.edges - written
    say(f"{done.server} at {url}: {count(done.nodes, 'nodes')}, {count(done.edges, 'edges')}.")
    say(f"{written:,} written, {kept:,} unchanged{removed}.")


@push.command("sparql", short_help="bring a graph of a SPARQL server to be ours")
@click.argument("url")
@graph_option
@click.option("--named", metavar="IRI", default="", help="The graph to write.  [default: the default graph]")
@click.option("--add", is_flag=True, help="Add to what is there, and take nothing away.")
@click.option("--update", is_flag=True, help="Send what differs, by SPARQL Update; URL is the address for updates.")
@click.option("--endpoint", metavar="URL", default="", help="With --update: the address for queries.  [default: URL]")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=600, show_default=True, help="Seconds.")
@confidence_option
def to_sparql(
    *,
    url: str,
    graph: Path,
    named: str,
    add: bool,
    update: bool,
    endpoint: str,
    timeout: float,
    min_confidence: float,
) -> None:
    """Bring a graph of a SPARQL server to be ours.

    URL is the address of its Graph Store, such as http://localhost:3030/kg/data of Fuseki, which takes the graph in
    one request, whole or not at all. With --update it is the address for updates, such as
    http://localhost:3030/kg/update: the server is asked what it has, and told what differs.
    """
    from kg import api
    from kg import endpoint as servers

    if endpoint and not update:
        raise click.UsageError("--endpoint goes with --update.")
    opened = api.open_graph(graph, min_confidence=min_confidence, notice=say)
    if not update:
        number = servers.push(url, opened, named=named, add=add, timeout=timeout)
        say(f"{url}: {count(number, 'triples')} {'added' if add else 'written'}.")
        return
    with progress("triples") as step:
        done = servers.update(url, opened, queries=endpoint, named=named, add=add, timeout=timeout, progress=step)
    kept = done.triples - done.added
    say(f"{url}: {count(done.triples, 'triples')}; {done.added:,} added, {done.removed:,} removed, {kept:,} unchanged.")


@click.command
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--verbose", "-v", is_flag=True, help="Show every difference, with the facts that differ.")
@click.option("--format", "-f", "fmt", type=click.Choice(("text", "json")), default="text", show_default=True)
def diff(*, first: Path, second: Path, verbose: bool, fmt: str) -> None:
    """Compare two graphs: what SECOND added, removed and changed. Exit code 1 if anything.

    Each is a graph directory, a folder of kg export, or an .nt, .ttl, .jsonld or .jsonl file of it.
    """
    from kg import diff as comparing

    found = comparing.diff(first, second)
    if fmt == "json":
        for change in found:
            emit({"sign": change.sign, "thing": change.thing, "gone": change.gone, "new": change.new})
    else:
        _show(found, verbose=verbose)
    signs = [change.sign for change in found]
    say(f"{signs.count('+'):,} added, {signs.count('-'):,} removed, {signs.count('~'):,} changed.")
    if found:
        raise click.exceptions.Exit(1)


def _show(found: list[Change], *, verbose: bool) -> None:
    for change in found if verbose else found[:SHOWN]:
        click.echo(printable(f"{change.sign} {change.thing}"))
        if verbose:
            for sign, facts in (("-", change.gone), ("+", change.new)):
                for fact in facts:
                    click.echo(printable(f"    {sign} {fact}"))
    if not verbose and len(found) > SHOWN:
        say(f"... and {len(found) - SHOWN} more; -v shows all.")
