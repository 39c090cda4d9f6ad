"""Time the shipped queries and the cold starts: ``python benchmarks/queries.py GRAPH [--rdflib GRAPH] [--runs N]``.

For every shipped query, with the examples of its header: rows, and the median time, warm, in milliseconds, as ``kg
query`` runs it (the second plan where there is one) and as plain SPARQL in Oxigraph (once, since some take many
seconds). With ``--rdflib`` the same queries run on a smaller graph, in kg and in rdflib's own SPARQL over its own
memory, and the ratio is printed; rdflib would need gigabytes and hours for an archive. A query that rdflib does not
answer in ``--patience`` seconds is given up. Times are of the processor, so that what else the machine does counts
little, but for cold starts, which are both. `figures` gives the numbers to other benchmarks.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg import names, query, rdf, store
from kg.errors import KgError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.oxigraph import Store
    from kg.plans import Summary
    from kg.shipped import ShippedQuery

STARTS = (
    ("--help",),
    ("query", "ASK {}"),
    ("query", "papers-on-method", "LoRA", "limit=5"),
    ("show", "LoRA"),
    ("stats",),
)
"""Commands that are timed from the start of the process to its end."""


@dataclass(frozen=True)
class Figures:
    """What was measured of one query."""

    name: str
    """The query with its parameters."""
    rows: int
    """How many it gives."""
    ours: float
    """Milliseconds as kg runs it; median."""
    sparql: float
    """Milliseconds of its SPARQL in Oxigraph."""
    planned: bool
    """Whether it has a second plan."""
    rdflib: float | None = None
    """Milliseconds of its SPARQL in rdflib; none if it was given up or not asked."""


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Give the median of the processor time of some runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def figures(place: Path, *, runs: int = 5, patience: float = 0) -> list[Figures]:
    """Time every shipped query on a graph; also in rdflib, with so many seconds of patience, unless that is none."""
    opened, summary = store.open_both(place)
    graph = rdf.to_rdflib(store.load(place)) if patience else None
    found = []
    for item in query.shipped():
        given = {each.name: each.example for each in item.parameters if not each.optional}
        try:
            found.append(measured(opened, summary, item, given, runs))
        except KgError as error:  # a small graph may lack the example
            sys.stderr.write(f"{item.name}: {error}\n")
            continue
        if graph is not None:
            text = item.bind({name: rdf.node(names.resolve(opened, value)) for name, value in given.items()})
            found[-1] = Figures(**{**vars(found[-1]), "rdflib": patient(lambda: list(graph.query(text)), patience)})  # noqa: B023  called at once
    return found


def measured(opened: Store, summary: Summary, item: ShippedQuery, given: dict[str, str], runs: int) -> Figures:
    """Time one query in kg and in Oxigraph."""

    def ask(beside: Summary | None) -> query.Result:
        return query.run(opened, item.name, parameters=given, timeout=600, summary=beside)

    rows = len(ask(summary).rows)
    ours = milliseconds(lambda: ask(summary), runs)
    name = " ".join((item.name, *given.values()))
    return Figures(name, rows, ours, milliseconds(lambda: ask(None), 1) if item.plan else ours, bool(item.plan))


def patient(work: Callable[[], object], patience: float) -> float | None:
    """Time some work in a process of its own, which is ended when patience is; then there is no time."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=lambda: theirs.send(milliseconds(work, 1)))
    process.start()
    done = ours.recv() if ours.poll(patience) else None
    process.kill()
    process.join()
    return done


def cold(place: Path, runs: int) -> list[tuple[str, float, float]]:
    """Time commands from a fresh process: command, wall and processor milliseconds; medians, the first run apart."""
    found = []
    for command in STARTS:
        options = [] if command == ("--help",) else ["--graph", str(place)]
        walls, used = [], []
        for _ in range(runs + 1):
            before, start = children(), time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "kg", *command, *options],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            walls.append((time.perf_counter() - start) * 1000)
            used.append((children() - before) * 1000)
        found.append((" ".join(command), statistics.median(walls[1:]), statistics.median(used[1:])))
    return found


def children() -> float:
    """Give the processor seconds of all processes that were started and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def show(found: list[Figures], *, with_rdflib: bool = False) -> None:
    """Print a table of queries."""
    head = f"{'query':<42}{'rows':>8}{'kg, ms':>10}{'Oxigraph':>10}{'ratio':>8}"
    print(head + (f"{'rdflib':>10}{'ratio':>8}" if with_rdflib else ""))
    for item in found:
        ratio = f"{item.sparql / item.ours:.0f}" if item.planned else ""
        line = f"{item.name:<42}{item.rows:>8,}{item.ours:>10.1f}{item.sparql:>10.1f}{ratio:>8}"
        if with_rdflib:
            line += (
                f"{'given up':>10}" if item.rdflib is None else f"{item.rdflib:>10.0f}{item.rdflib / item.ours:>8.0f}"
            )
        print(line, flush=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graph", type=Path)
    parser.add_argument("--rdflib", type=Path, metavar="GRAPH", help="a smaller graph, which rdflib is asked as well")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--patience", type=float, default=60, help="seconds")
    options = parser.parse_args()
    show(figures(options.graph, runs=options.runs))
    print()
    for command, wall, used in cold(options.graph, options.runs):
        print(f"kg {command:<42}{wall:>8.0f} ms {used:>8.0f} ms of the processor")
    if options.rdflib:
        print(f"\n{options.rdflib.name}, {len(store.load(options.rdflib).papers()):,} papers")
        show(figures(options.rdflib, runs=options.runs, patience=options.patience), with_rdflib=True)


if __name__ == "__main__":
    main()
