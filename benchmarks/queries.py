"""Time the shipped queries and the cold starts: ``python benchmarks/queries.py GRAPH [--beside GRAPH...]``.

Three Markdown tables of a graph. For every shipped query, with the examples of its header: rows, and the median time,
warm, in milliseconds, as ``kg query`` runs it (the second plan where there is one) and as plain SPARQL in Oxigraph
(once, since some take many seconds). For every query that asks about something: the same about the topics, methods,
datasets and papers that the graph has most of (``--broadest`` of each), of which the one that takes longest is shown,
with all rows and with limit=20. And how long commands take from a fresh process.

With ``--beside`` the same SPARQL runs on smaller graphs side by side, in kg and in rdflib, which parses the N-Triples
of the graph into its own memory and asks them with its own engine. A query whose example gives no rows there is asked
about what the graph has most of; where rdflib gives another number of rows, that stands behind kg's. A query that
rdflib does not answer in ``--patience`` seconds of the processor is given up; an archive of fifty thousand papers, nine
million triples, would take it gigabytes and hours.

Times are of the processor, so that what else the machine does counts little, but for cold starts, which are both.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import rdflib

from kg import names, query, rdf, store
from kg.errors import NotFoundError
from kg.iri import node_id
from kg.model import Kind
from kg.writers import nt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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

FEW = 20
"""Rows that somebody looks at."""

QUICK = 10
"""Milliseconds below which a time wants more runs to mean something."""

_PAPERS = """SELECT ?paper (COUNT(?method) AS ?number) WHERE { ?paper kg:usesMethod ?method }
GROUP BY ?paper ORDER BY DESC(?number) ?paper LIMIT %d"""
_ENTITY = """SELECT ?entity (COUNT(?mention) AS ?number)
WHERE { VALUES ?paper { %s } ?mention kg:paper ?paper ; kg:entity ?entity }
GROUP BY ?entity ORDER BY DESC(?number) ?entity LIMIT 1"""
"""The entity that most is said of in a paper."""


class Opened:
    """A graph that is asked."""

    def __init__(self, place: Path) -> None:
        """Open it."""
        self.place = place
        self.store: Store
        self.summary: Summary
        self.store, self.summary = store.open_both(place)

    def ask(self, name: str, given: Mapping[str, str], *, planned: bool = True) -> query.Result:
        """Run a query, as kg does or as plain SPARQL."""
        beside = self.summary if planned else None
        return query.run(self.store, name, parameters=given, timeout=600, summary=beside)

    def ids(self, given: Mapping[str, str]) -> dict[str, str]:
        """Give the ids of what is named.

        Raises:
            NotFoundError: the graph does not have it.
        """
        return {name: names.resolve(self.store, value, summary=self.summary) for name, value in given.items()}

    def has(self, given: Mapping[str, str]) -> bool:
        """Tell whether the graph has everything that is named."""
        try:
            self.ids(given)
        except NotFoundError:
            return False
        return True


# --- What is measured --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What was measured of one query; times in milliseconds."""

    name: str
    """The query with its parameters."""
    rows: int
    """How many it gives."""
    ours: float
    """As kg runs it; median."""
    sparql: float = 0
    """Its SPARQL in Oxigraph."""
    few: float = 0
    """As kg runs it, for a few rows."""
    planned: bool = False
    """Whether it has a second plan."""
    theirs: float | None = None
    """Its SPARQL in rdflib; none if it was given up or not asked."""
    their_rows: int = 0
    """How many rows rdflib gives."""


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Give the median of the processor time of some runs, ten times as many where they are quick."""
    times: list[float] = []
    while len(times) < runs or (runs > 1 and max(times) < QUICK and len(times) < 10 * runs):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def examples(item: ShippedQuery) -> dict[str, str]:
    """Give the examples of a query's header, for what it has to know."""
    return {each.name: each.example for each in item.parameters if not each.optional}


def measured(graph: Opened, item: ShippedQuery, given: dict[str, str], runs: int) -> Figures:
    """Time one query in kg and in Oxigraph."""
    rows = len(graph.ask(item.name, given).rows)
    ours = milliseconds(lambda: graph.ask(item.name, given), runs)
    sparql = milliseconds(lambda: graph.ask(item.name, given, planned=False), 1) if item.plan else ours
    return Figures(" ".join((item.name, *given.values())), rows, ours, sparql, planned=bool(item.plan))


# --- Broad -------------------------------------------------------------------------------------------------


def most(graph: Opened, number: int) -> dict[Kind, list[str]]:
    """Give the ids of the nodes of every kind with most papers: of topics, with all narrower ones.

    Of papers, those that use most methods.
    """
    tree = [(int(row[5].value), row[2].value) for row in graph.ask("topic-tree", {}).rows if row[2] and row[5]]
    topics = [address for _, address in sorted(set(tree), key=lambda pair: (-pair[0], pair[1]))[:number]]
    found = {
        Kind.TOPIC: topics,
        Kind.METHOD: first(graph.ask("top-methods", {"limit": str(number)})),
        Kind.DATASET: first(graph.ask("top-datasets", {"limit": str(number)})),
        Kind.PAPER: first(graph.ask(_PAPERS % number, {})),
    }
    return {kind: list(map(node_id, addresses)) for kind, addresses in found.items()}


def first(result: query.Result) -> list[str]:
    """Give the first column of a result, IRIs."""
    return [row[0].value for row in result.rows if row[0] is not None]


def broad(graph: Opened, item: ShippedQuery, nodes: Mapping[Kind, list[str]]) -> list[dict[str, str]]:
    """Give what a query can be asked about the nodes with most papers; nothing if it asks about no node."""
    if len(item.parameters) > 1:  # evidence
        said = [(paper, first(graph.ask(_ENTITY % rdf.node(paper), {}))) for paper in nodes[Kind.PAPER]]
        return [{"paper": paper, "entity": node_id(entities[0])} for paper, entities in said]
    return [{each.name: node} for each in item.parameters for kind in each.kinds for node in nodes[kind]]


def broadest(graph: Opened, runs: int, number: int) -> list[Figures]:
    """Time every query that asks about a node, about those with most papers, and give the worst of each."""
    nodes, found = most(graph, number), []
    for item in query.shipped():
        if cases := broad(graph, item, nodes):
            times = [(milliseconds(lambda: graph.ask(item.name, given), runs), given) for given in cases]  # noqa: B023  called at once
            ours, given = max(times, key=lambda pair: pair[0])
            few = milliseconds(lambda: graph.ask(item.name, {**given, "limit": str(FEW)}), runs)  # noqa: B023  likewise
            rows = len(graph.ask(item.name, given).rows)
            found.append(Figures(" ".join((item.name, *given.values())), rows, ours, few=few))
    return found


# --- Beside rdflib -----------------------------------------------------------------------------------------


def parsed(graph: Opened) -> rdflib.Graph:
    """Let rdflib parse the N-Triples of a graph."""
    chunks: Iterable[bytes] = next(iter(nt.render(store.open_graph(graph.place))))[1]
    return rdflib.Graph().parse(data=b"".join(chunks), format="nt")


def beside(graph: Opened, theirs: rdflib.Graph, runs: int, patience: int) -> list[Figures]:
    """Time every query in kg, in Oxigraph and in rdflib, on the same triples."""
    nodes, found = most(graph, 1), []
    for item in query.shipped():
        given = examples(item)
        if given and not (graph.has(given) and graph.ask(item.name, given).rows):
            given = broad(graph, item, nodes)[0]
        ours = measured(graph, item, given, runs)
        text = item.bind({name: rdf.node(key) for name, key in graph.ids(given).items()})
        time_taken, rows = patient(lambda: theirs.query(text), patience)  # noqa: B023  called at once
        found.append(Figures(**{**vars(ours), "theirs": time_taken, "their_rows": rows}))
    return found


def patient(work: Callable[[], Iterable[object]], patience: int) -> tuple[float | None, int]:
    """Time some work in a process of its own, and count its rows; no time if it needs more of the processor.

    Raises:
        RuntimeError: it failed.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def attempt() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience + 5))
        start = time.process_time()
        rows = len(list(work()))
        theirs.send(((time.process_time() - start) * 1000, rows))

    process = context.Process(target=attempt)
    process.start()
    theirs.close()
    try:
        found: tuple[float | None, int] = ours.recv()
    except EOFError:
        found = (None, 0)
    process.join()
    if process.exitcode not in {0, -signal.SIGXCPU}:
        raise RuntimeError(f"it ended with status {process.exitcode}")
    return found


# --- Cold starts -------------------------------------------------------------------------------------------


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


# --- Printing ----------------------------------------------------------------------------------------------


def table(head: str, rows: Iterable[Iterable[str]]) -> None:
    """Print a Markdown table: names, and numbers to the right."""
    columns = [column.strip() for column in head.split("|")]
    print(f"| {' | '.join(columns)} |\n| :-- |{' --: |' * (len(columns) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
    print()


def against(other: float | None, ours: float) -> str:
    """Give a ratio, of two digits at least."""
    return "" if other is None else f"{other / ours:,.0f}" if other >= 10 * ours else f"{other / ours:.1f}"


def row_of_examples(item: Figures) -> tuple[str, ...]:
    """Give a row of the table of examples."""
    sparql = (f"{item.sparql:,.1f}", against(item.sparql, item.ours)) if item.planned else ("as kg", "")
    return f"`{item.name}`", f"{item.rows:,}", f"{item.ours:,.1f}", *sparql


def row_of_broad(item: Figures) -> tuple[str, ...]:
    """Give a row of the table of broad ones."""
    each = f"{1000 * item.ours / item.rows:,.1f}" if item.rows >= 10 * FEW else ""
    return f"`{item.name}`", f"{item.rows:,}", f"{item.ours:,.1f}", each, f"{item.few:,.1f}"


def row_beside(item: Figures, patience: int) -> tuple[str, ...]:
    """Give a row of the table of rdflib: what was given up took longer than that."""
    theirs, limit = item.theirs, patience * 1000
    rows = f"{item.rows:,}" if theirs is None or item.their_rows == item.rows else f"{item.rows:,}; {item.their_rows:,}"
    told = f"> {limit:,}" if theirs is None else f"{theirs:,.1f}"
    more = "> " if theirs is None else ""
    ratios = (more + against(theirs or limit, other) for other in (item.ours, item.sparql))
    return f"`{item.name}`", rows, f"{item.ours:,.1f}", f"{item.sparql:,.1f}", told, *ratios


def show_beside(place: Path, runs: int, patience: int) -> None:
    """Print what rdflib takes for a graph."""
    graph = Opened(place)
    start = time.process_time()
    theirs = parsed(graph)
    seconds = time.process_time() - start
    papers = graph.summary.kinds()[Kind.PAPER]
    print(f"{papers:,} papers, {len(theirs):,} triples; rdflib parses them in {seconds:,.0f} s.\n")
    head = "query | rows | kg, ms | Oxigraph, ms | rdflib, ms | rdflib : kg | rdflib : Oxigraph"
    table(head, (row_beside(item, patience) for item in beside(graph, theirs, runs, patience)))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path, nargs="?", help="the graph directory")
    parser.add_argument("--beside", type=Path, nargs="+", default=[], metavar="GRAPH", help="that rdflib is asked, too")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--broadest", type=int, default=10, help="nodes of each kind")
    parser.add_argument("--patience", type=int, default=60, help="seconds")
    options = parser.parse_args()
    if options.graph:
        graph = Opened(options.graph)
        asked = [(item, examples(item)) for item in query.shipped()]
        found = (measured(graph, item, given, options.runs) for item, given in asked if graph.has(given))
        table("query | rows | kg, ms | its SPARQL, ms | ratio", map(row_of_examples, found))
        head = f"worst of the {options.broadest} with most papers | rows | kg, ms | µs a row | limit={FEW}, ms"
        table(head, map(row_of_broad, broadest(graph, options.runs, options.broadest)))
        starts = cold(options.graph, options.runs)
        rows = ((f"`kg {command}`", f"{wall:,.0f}", f"{used:,.0f}") for command, wall, used in starts)
        table("from a fresh process | ms | of the processor", rows)
    for place in options.beside:
        show_beside(place, options.runs, options.patience)


if __name__ == "__main__":
    main()
