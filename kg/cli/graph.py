"""Commands that make and export the graph: ``build``, ``export``, ``formats``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import (
    confidence_option,
    count,
    file_progress,
    graph_option,
    progress,
    report,
    say,
    table,
)
from kg.cli.extracting import extractors_option
from kg.model import Severity
from kg.writers import FORMATS

if TYPE_CHECKING:
    from kg.build import BuildReport


@click.command
@click.argument("digests", nargs=-1, required=True)
@click.option(
    "--graph", "-g", default="graph", show_default=True, envvar="KG_GRAPH", metavar="PATH", help="The graph directory."
)
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="What does the work: processes on this machine, or Spark (extra digest-kg[spark]).",
)
@click.option("--master", default="", metavar="URL", help="For Spark: local[2], spark://HOST:7077, yarn, k8s://…")
@click.option("--parts", default="", metavar="DIR", help="For Spark: also write N-Triples and Neo4j CSV in parts.")
@click.option(
    "--workers", "-w", type=click.IntRange(min=1), help="Worker processes.  [default: by the size of the job]"
)
@click.option("--strict", is_flag=True, help="Stop at the first finding and change nothing.")
@click.option("--keep-missing", is_flag=True, help="Keep digests whose files are gone from a folder.")
@extractors_option
@click.option("--verbose", "-v", is_flag=True, help="Show every finding.")
def build(
    *,
    digests: tuple[str, ...],
    graph: str,
    engine: str,
    master: str,
    parts: str,
    workers: int | None,
    strict: bool,
    keep_missing: bool,
    extractors: str,
    verbose: bool,
) -> None:
    """Read, extract, link: add digests to the graph, or update it.

    A file is added, or read again if it has changed. A folder stands for the digests now in it: those that were
    read from it before and are gone leave the graph. A graph is extracted by one choice of --extractors: with
    another one, all its digests are extracted again.

    Spark reads DIGESTS, patterns among them, from any Hadoop filesystem (hdfs://, s3a://) and writes there; -v shows
    its log.
    """
    from kg import api

    with progress("digests") as step:
        done = api.build_graph(
            digests,
            graph,
            workers=workers,
            strict=strict,
            keep_missing=keep_missing,
            extractors=extractors,
            progress=step,
            engine=engine,
            master=master,
            parts=parts,
            quiet=not verbose,
        )
    report(done.findings, every=verbose)
    say(_summary(done, graph))
    if any(finding.severity is Severity.ERROR for finding in done.findings):
        raise click.exceptions.Exit(1)


def _summary(done: BuildReport, graph: str) -> str:
    parts = [
        f"{len(names):,} {word}"
        for word, names in (
            ("added", done.added),
            ("changed", done.changed),
            ("removed", done.removed),
            ("renamed", done.renamed),
            ("unchanged", done.unchanged),
            ("of them extracted again", done.redone),
        )
        if names
    ]
    return f"digests: {', '.join(parts) or 'none'}. {graph} holds {count(done.papers, 'papers')}."


@click.command
@click.argument("formats", nargs=-1)
@graph_option
@confidence_option
@click.option("--output", "-o", type=click.Path(path_type=Path), default=Path("exports"), show_default=True)
def export(*, formats: tuple[str, ...], graph: Path, min_confidence: float, output: Path) -> None:
    """Write the graph in some FORMATS, or in all; the paths written go to stdout."""
    from kg import api

    opened = api.open_graph(graph, min_confidence=min_confidence, notice=say)
    with file_progress() as step:
        written = api.export_graph(opened, formats, output, progress=step)
    for path in written:
        click.echo(path)


@click.command("formats")
def list_formats() -> None:
    """List the formats that ``kg export`` writes."""
    table(("format", "file", "for"), [(spec.name, spec.file, spec.summary) for spec in FORMATS])
