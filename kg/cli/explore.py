"""Commands that ask and look: ``query``, ``view``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.console import graph_option, say

QUERY_FORMATS = ("table", "csv", "json", "xml", "ttl")


@click.command()
@click.argument("query", required=False)
@click.argument("parameters", nargs=-1)
@graph_option
@click.option("--format", "-f", "fmt", type=click.Choice(QUERY_FORMATS), help="[default: table; ttl for CONSTRUCT]")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=60, show_default=True, help="Seconds.")
@click.option("--sparql", is_flag=True, help="Show the SPARQL of a shipped query instead of running it.")
def query(
    *, query: str | None, parameters: tuple[str, ...], graph: Path, fmt: str | None, timeout: float, sparql: bool
) -> None:
    """Ask the graph: QUERY is SPARQL, a .rq file, - for stdin, or a shipped query with its PARAMETERS.

    Parameters are names in either language, or node ids: by position (kg query papers-on-method LoRA) or by name
    (method=LoRA limit=5). Without QUERY the shipped ones are listed.
    """
    from kg import queries, store

    if query is None:
        _list(queries.shipped())
        return
    text, named = _prepared(query, parameters)
    if sparql:
        click.echo(queries.text_of(text), nl=False)
        return
    result = queries.run(store.open_store(graph, notice=say), text, parameters=named, timeout=timeout)
    _show(result, fmt)


"""placeholder"""
