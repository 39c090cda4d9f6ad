"""Commands that ask and look: ``query``, ``view``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import confidence_option, count, graph_option, say, table
from kg.errors import InputError, NotFoundError, QueryError
from kg.model import Kind

if TYPE_CHECKING:
    from kg.query import Result
    from kg.shipped import ShippedQuery
    from kg.views import View

FORMATS = ("table", "csv", "json", "xml", "ttl", "nt", "html")
"""What ``kg query`` prints; ``ttl`` and ``nt`` are for CONSTRUCT and DESCRIBE, ``html`` for all but ASK."""

MAX_QUERY = 1_000_000
"""Bytes of a query that is read from a file or from stdin."""


@click.command
@click.argument("query", required=False)
@click.argument("parameters", nargs=-1)
@graph_option
@click.option("--format", "-f", "fmt", type=click.Choice(FORMATS), help="[default: table; ttl for CONSTRUCT]")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=60, show_default=True, help="Seconds.")
@click.option(
    "--endpoint", metavar="URL", envvar="KG_ENDPOINT", help="Ask this SPARQL server instead of the graph directory."
)
@click.option("--sparql", is_flag=True, help="Show the SPARQL of a shipped query instead of running it.")
def query(
    *,
    query: str | None,
    parameters: tuple[str, ...],
    graph: Path,
    fmt: str | None,
    timeout: float,
    endpoint: str | None,
    sparql: bool,
) -> None:
    """Ask the graph: QUERY is SPARQL, a .rq file, - for stdin, or a shipped query with its PARAMETERS.

    Parameters are names in either language, or node ids: by position (kg query papers-on-method LoRA) or by name
    (method=LoRA limit=5). Without QUERY the shipped ones are listed.
    """
    from kg import query as queries
    from kg import shipped, store

    if query is None:
        _list(shipped.shipped())
        return
    text = _text(query)
    if sparql:
        click.echo(shipped.find(text).text, nl=False)
        return
    named = _named(text, parameters)
    if fmt == "html" and sys.stdout.isatty():
        raise InputError("-f html", "a page is no text for a terminal", "Send it to a file: add > result.html.")
    if endpoint is not None:
        from kg import endpoint as servers

        result = servers.run(endpoint, text, parameters=named, timeout=timeout)
    else:
        opened, summary = store.open_both(graph, notice=say)
        result = queries.run(opened, text, parameters=named, timeout=timeout, summary=summary)
    if fmt == "html":
        _page(result, graph)
    else:
        _show(result, fmt)


def _page(result: Result, graph: Path) -> None:
    """Write a result as an explorer page to stdout."""
    from kg import api, pages

    sys.stdout.buffer.write(pages.of_result(api.load_graph(graph, notice=say), result))
    sys.stdout.buffer.flush()


def _list(found: tuple[ShippedQuery, ...]) -> None:
    rows = []
    for item in found:
        names = (f"[{each.name}]" if each.optional else each.name for each in item.parameters)
        rows.append((" ".join((item.name, *names)), item.summary))
    table(("query", "gives"), rows)
    say("Each takes limit=N as well. kg query NAME --sparql shows the SPARQL.")


def _text(query: str) -> str:
    """Give the query itself: from stdin, from a file, or as typed.

    Raises:
        InputError: the file cannot be read, or is too large to be a query.
    """
    if query == "-":
        return _decoded(sys.stdin.buffer.read(MAX_QUERY + 1), "stdin")
    if not query.endswith((".rq", ".sparql")):
        return query
    try:
        with Path(query).open("rb") as stream:
            return _decoded(stream.read(MAX_QUERY + 1), query)
    except OSError as error:
        raise InputError(query, f"not readable ({error.strerror})", "Give a file with a SPARQL query.") from error


def _decoded(content: bytes, where: str) -> str:
    if len(content) > MAX_QUERY:
        raise InputError(where, "too large for a query", "Give a file with a SPARQL query.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(where, "not UTF-8", "Save the query as UTF-8.") from error


def _named(text: str, values: tuple[str, ...]) -> dict[str, str]:
    """Match values to parameters: ``name=value`` by name, the others in the order of the shipped query.

    Raises:
        QueryError: there are more values than parameters.
    """
    from kg import shipped

    is_name = re.fullmatch(r"\s*[\w.-]*\s*", text) is not None
    order = [each.name for each in shipped.find(text.strip()).parameters] if is_name else []
    named: dict[str, str] = {}
    for value in values:
        name, equals, rest = value.partition("=")
        if equals and (name in {*order, "limit"} or not is_name):
            named[name] = rest
            continue
        free = [name for name in order if name not in named]
        if not free:
            raise QueryError(value, "one value too many", f"{text.strip()} takes {', '.join(order) or 'no parameter'}.")
        named[free[0]] = value
    return named


def _show(result: Result, fmt: str | None) -> None:
    from kg.query import Form

    if fmt is None:
        fmt = "ttl" if result.form is Form.GRAPH else "table"
    if fmt == "table" and result.form is not Form.GRAPH:
        rows = result.table_rows()
        table(result.columns or ("answer",), rows)
        say(f"{count(len(rows), 'rows')}.")
        return
    sys.stdout.buffer.write(result.render(fmt))
    sys.stdout.buffer.flush()


@click.command
@graph_option
@click.option("--focus", metavar="NAME", help="Show what lies around one node: a name in either language, or an id.")
@click.option("--depth", type=click.IntRange(1, 5), default=1, show_default=True, help="How many edges around it.")
@click.option("--topic", metavar="NAME", help="Show the papers on a topic, narrower ones included.")
@click.option("--since", metavar="MONTH", default="", help="Show papers from this month on: 2024-01, or 2024.")
@click.option("--until", metavar="MONTH", default="", help="Show papers up to this month.")
@click.option("--simple", is_flag=True, help="Write the plain page of pyvis instead (graph.html).")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="[default: explorer.html or graph.html]"
)
@click.option("--open/--no-open", "opening", default=True, help="Open it in the browser.")
@confidence_option
def view(
    *,
    graph: Path,
    focus: str | None,
    depth: int,
    topic: str | None,
    since: str,
    until: str,
    simple: bool,
    output: Path | None,
    opening: bool,
    min_confidence: float,
) -> None:
    """Write the interactive page, one file that needs no network, and open it in the browser.

    All of the graph is shown unless --focus, --topic, --since or --until ask for a part. Of a graph too large to draw
    the page holds the most connected part and says so.
    """
    from kg import api, files, views
    from kg.writers import explorer, html

    centre = _resolved(graph, focus) if focus is not None else ""
    on = _resolved(graph, topic, Kind.TOPIC) if topic is not None else ""
    whole = api.load_graph(graph, min_confidence=min_confidence, notice=say)
    for name, node in ((focus, centre), (topic, on)):
        if node and node not in whole:
            raise NotFoundError(str(name), f"no edge of confidence {min_confidence} or more", "Lower --min-confidence.")
    limit = html.LIMIT if simple else views.LIMIT
    part = on or since or until
    shown = views.about(whole, on, since=since, until=until, limit=limit) if part else views.whole(whole, limit=limit)
    if centre:
        shown = views.around(shown, centre, depth, limit=limit)
    place = output or Path("graph.html" if simple else "explorer.html")
    files.write(place, [html.page(shown) if simple else explorer.page(shown)])
    _tell(shown)
    click.echo(place)
    if opening and click.launch(place.resolve().as_uri()) != 0:
        say(f"no browser could be opened: open {place} yourself.")


def _tell(shown: View) -> None:
    """Say what the page shows, and what it leaves out."""
    counts = shown.drawn.counts()
    kinds = ", ".join(count(counts[kind], f"{kind}s") for kind in (Kind.PAPER, Kind.METHOD, Kind.DATASET, Kind.TOPIC))
    say(f"{shown.en}{', in part' if shown.left_en else ''}: {kinds}.")
    if shown.left_en:
        say(shown.left_en)


def _resolved(graph: Path, name: str, kind: Kind | None = None) -> str:
    from kg import names, store

    opened, summary = store.open_both(graph, notice=say)
    return names.resolve(opened, name, kind, summary=summary)
