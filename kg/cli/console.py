"""What the commands share: where words and tables go, and the options that recur."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from kg.model import Severity
from kg.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kg.model import Finding

    Progress = Callable[[int, int], None]
    FileProgress = Callable[[str, int, int], None]

SHOWN = 20
"""How many findings are shown before the rest is counted."""

graph_option = click.option(
    "--graph",
    "-g",
    type=click.Path(path_type=Path),
    default=Path("graph"),
    show_default=True,
    envvar="KG_GRAPH",
    help="The graph directory.",
)
confidence_option = click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="X",
    help="Leave out edges that are less sure; 0 to 1.  [default: all that the graph holds]",
)
digests_argument = click.argument("digests", nargs=-1, required=True, type=click.Path(path_type=Path))


def say(text: str) -> None:
    """Write words for a person to stderr."""
    click.echo(printable(text), err=True)


def emit(record: Mapping[str, object]) -> None:
    """Write one JSON line to stdout."""
    click.echo(json.dumps(record, ensure_ascii=False))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Write a table to stdout; Chinese characters take the two columns that they need."""
    cells = [tuple(map(printable, row)) for row in rows]
    if sys.stdout.isatty():
        _drawn(columns, cells, right)
    else:
        click.echo("\n".join(_lines(columns, cells, right)))


def _drawn(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str]) -> None:
    """Draw a table on a terminal, where long cells are folded to fit."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        shown.add_column(Text(column), justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*map(Text, row))
    Console(highlight=False).print(shown)


def _lines(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str]) -> Iterator[str]:
    """Give the same table for a file or a pipe, where nothing is cut; rich takes half a minute for 40,000 rows."""
    from rich.cells import cell_len

    table = [[" ".join(cell.splitlines()) for cell in row] for row in (columns, *rows)]
    widths = [
        max(len(cell) if cell.isascii() else cell_len(cell) for cell in column) for column in zip(*table, strict=True)
    ]
    for number, row in enumerate(table):
        fields = zip(columns, row, widths, strict=True)
        yield "   ".join(_field(cell, width, right=name in right) for name, cell, width in fields).rstrip()
        if number == 0:
            yield "─" * (sum(widths) + 3 * (len(widths) - 1))


def _field(cell: str, width: int, *, right: bool) -> str:
    from rich.cells import cell_len

    gap = " " * (width - (len(cell) if cell.isascii() else cell_len(cell)))
    return gap + cell if right else cell + gap


def report(findings: Sequence[Finding], *, every: bool = False) -> None:
    """Show findings, the costly ones first, and count those that are left out."""
    ordered = sorted(findings, key=lambda finding: (finding.severity is not Severity.ERROR, finding))
    shown = ordered if every else ordered[:SHOWN]
    for finding in shown:
        say(f"{finding.severity}: {finding}")
    if len(shown) < len(ordered):
        say(f"... and {len(ordered) - len(shown)} more findings; -v shows all.")


@contextmanager
def progress(words: str) -> Iterator[Progress]:
    """Give a callback (done, of how many) that draws a bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
    with Progress(*parts, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None, pace="")
        started = monotonic()

        def step(done: int, total: int) -> None:
            nonlocal started
            started = started if done else monotonic()
            bar.update(task, completed=done, total=total, pace=pace(done, total, monotonic() - started))

        yield step


def pace(done: int, total: int, seconds: float) -> str:
    """Say how many are done in a second so far, and how long the rest takes at that pace.

    >>> pace(0, 60, 0.1), pace(6, 60, 12.0), pace(1000, 50_000, 20.0)
    ('', '0.5/s, 1:48 left', '50/s, 16:20 left')
    """
    if not done or seconds <= 0:
        return ""
    speed = done / seconds
    minutes, rest = divmod(round((total - done) / speed), 60)
    return f"{speed:,.{1 if speed < 10 else 0}f}/s, {minutes}:{rest:02} left"  # noqa: PLR2004  two digits tell enough


@contextmanager
def file_progress() -> Iterator[FileProgress | None]:
    """Give a callback (file, done, of how many) that draws a bar on a terminal; none elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*parts, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda file, done, total: bar.update(task, description=file, completed=done, total=total)


def count(number: int, noun: str) -> str:
    """Put a number before its noun.

    >>> count(1, "paper"), count(2, "papers"), count(1200, "query")
    ('1 paper', '2 papers', '1,200 queries')
    """
    if number == 1:
        return f"1 {noun.removesuffix('s')}"
    plural = noun if noun.endswith("s") else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {plural}"
