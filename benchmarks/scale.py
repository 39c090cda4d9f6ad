"""Measure kg as an archive grows: ``python benchmarks/scale.py [DIGESTS] [--full] [--json FILE]``.

Runs the command line in fresh processes, as users do, and prints Markdown tables: building at growing fractions of the
archive, an unchanged archive, one more digest with the proof that the result equals a rebuild, exports, cold starts,
the shipped queries, and the straightforward script of `peers/` on the same input with its ratios. Without DIGESTS it
makes some by rule (`synthetic.py`). Short runs are repeated and their median counts; memory is the sum of the resident
sets of all processes of a command at its worst moment (`measure.py`).

``--full`` takes more fractions, and builds without the trained model at each; the default ends in a few minutes. What
is measured is saved after each step with ``--json``; `scale_report.py` makes the tables of such a file again,
`costmodel.py` says what follows for larger archives.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shlex
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import archive
import measure
import scale_report
import synthetic

import kg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).resolve().parent
PEER = HERE / "peers" / "straightforward.py"
QUERIES = HERE / "queries.py"
"""Prints what the shipped queries take on a graph directory, warm, as a Markdown table."""
PAPERS = 1000
"""How many papers are made for those who give no digests."""
FRACTIONS = {False: ("1/4", "1/2", "1"), True: ("1/16", "1/8", "1/4", "1/2", "1")}
RUNS = 5
ENOUGH = {False: 4.0, True: 20.0}
"""A command is run again until it was run so often, or took so many seconds in all; more in full."""
EXPORTS = ("nt", "jsonl", "neo4j")
MEBIBYTE = 2**20


@dataclass
class Row:
    """What a command took."""

    what: str
    size: str
    """The fraction of the archive."""
    papers: int
    entries: int
    seconds: float
    """By the clock; the median of the runs, as the processor seconds are."""
    cpu: float
    peak: float
    """MiB; the largest of the runs."""
    runs: int
    gave_up: str = ""


@dataclass
class Results:
    """What was measured, as it goes into a file."""

    command: str
    machine: dict[str, Any]
    input: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    disk: dict[str, int] = field(default_factory=dict)
    """Bytes, by what holds them."""
    counts: dict[str, int] = field(default_factory=dict)
    """Triples, nodes and relationships."""
    proof: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of the N-Triples after the increment and after the rebuild."""
    peers: list[dict[str, Any]] = field(default_factory=list)
    queries: str = ""
    """The table of `queries.py`."""


class Bench:
    """A bench: where it works, what it has measured."""

    def __init__(self, options: argparse.Namespace, place: Path, digests: list[archive.Digest], kind: str) -> None:
        self.options = options
        self.place = place
        self.last = archive.left_out(digests)
        self.digests = [digest for digest in digests if digest is not self.last]
        machine = measure.machine() | {"kg": kg.__version__, "load_before": measure.load()}
        about = archive.size(digests)._asdict() | {"kind": kind, "extractors": options.extractors}
        about["one_more"] = len(self.last.papers)
        self.results = Results(told(options), machine, about)

    # --- One command ----------------------------------------------------------------------------------------

    def command(self, what: str, *arguments: object, **limits: float) -> measure.Run:
        """Run kg once.

        Raises:
            SystemExit: it failed by itself.
        """
        script = Path(sys.executable).parent / "kg"
        start = [str(script)] if script.exists() else [sys.executable, "-m", "kg"]
        run = measure.run([*start, *map(str, arguments)], **limits)
        wanting = run.status == 1 and "Traceback" not in run.errors  # the digests have findings
        if run.status and not wanting and not run.gave_up:
            sys.exit(f"{what} failed with status {run.status}:\n{run.errors}")
        return run

    def timed(
        self,
        what: str,
        about: archive.Size,
        *arguments: object,
        size: str = "1",
        before: Callable[[], None] | None = None,
        patience: float = float("inf"),
    ) -> list[measure.Run]:
        """Run kg some times, each after the same preparation, and note the median."""
        done: list[measure.Run] = []
        while self.again(done):
            if before is not None:
                before()
            done.append(self.command(what, *arguments, seconds=patience))
        self.note(what, about, done, size)
        return done

    def again(self, done: Sequence[measure.Run]) -> bool:
        """Tell whether a command is to be run once more."""
        if not done:
            return True
        spent = sum(run.seconds for run in done)
        return len(done) < self.options.runs and spent < ENOUGH[self.options.full] and not done[-1].gave_up

    def note(self, what: str, about: archive.Size, done: Sequence[measure.Run], size: str = "1") -> None:
        """Note what some runs took, tell it, and save everything so far."""
        row = Row(
            what,
            size,
            about.papers,
            about.entries,
            round(statistics.median(run.seconds for run in done), 3),
            round(statistics.median(run.cpu for run in done), 3),
            round(max(run.peak for run in done), 1),
            len(done),
            done[-1].gave_up,
        )
        self.results.rows.append(row)
        self.tell(f"{what} ({size}): {row.gave_up or f'{row.seconds:.2f} s, {row.peak:,.0f} MiB'}")

    def tell(self, text: str) -> None:
        """Say on stderr how far it is, and save what there is."""
        print(text, file=sys.stderr, flush=True)
        if self.options.json:
            self.options.json.write_text(json.dumps(asdict(self.results), ensure_ascii=False, indent=1), "utf-8")

    # --- The steps ------------------------------------------------------------------------------------------

    def run(self) -> Results:
        """Measure everything."""
        nothing = archive.Size(0, 0, 0, 0, 0)
        self.timed("kg --help", nothing, "--help", size="")
        wanted = self.options.fractions or FRACTIONS[self.options.full]
        for fraction in wanted:
            self.grow(fraction, first=fraction == wanted[0], last=fraction == wanted[-1])
        self.increment()
        self.look()
        self.rebuild()
        self.results.machine["load_after"] = measure.load()
        self.tell("done")
        return self.results

    def grow(self, fraction: str, *, first: bool, last: bool) -> None:
        """Build a fraction of the archive; beside it, the peer."""
        digests = archive.first(self.digests, Fraction(fraction))
        folder, graph = self.folder(fraction), self.graph(fraction)
        archive.lay_out(digests, folder)
        about = archive.size(digests)
        self.build("kg build", folder, graph, about, fraction, self.options.extractors)
        if self.options.extractors == "all" and (self.options.full or last):
            self.build("kg build --extractors rules", folder, self.graph("rules"), about, fraction, "rules")
            shutil.rmtree(self.graph("rules"))
        if self.options.peer and (self.options.full or last):
            self.peer(fraction, folder, graph, about)
        if first or last:
            self.assemble(folder, graph, about, fraction)
        if first:
            self.export(graph, about, fraction)
        if not last:
            shutil.rmtree(graph)

    def build(self, what: str, folder: Path, graph: Path, about: archive.Size, fraction: str, chosen: str) -> None:  # noqa: PLR0913, PLR0917  what a build is
        """Build from nothing."""
        self.timed(
            what,
            about,
            *("build", folder, "--graph", graph, "--extractors", chosen),
            size=fraction,
            before=lambda: shutil.rmtree(graph, ignore_errors=True),
        )

    def assemble(self, folder: Path, graph: Path, about: archive.Size, fraction: str) -> None:
        """Build where all is read and extracted: what is left is to link, to put together and to store."""

        def forget() -> None:
            for part in graph.iterdir():
                if part.name != "segments":
                    shutil.rmtree(part) if part.is_dir() else part.unlink()

        self.timed("kg build, segments there", about, *self.update(folder, graph), size=fraction, before=forget)

    def update(self, folder: Path, graph: Path) -> tuple[object, ...]:
        """Give the arguments of a build as before."""
        return ("build", folder, "--graph", graph, "--extractors", self.options.extractors)

    def increment(self) -> None:
        """Build again unchanged, then with one more digest."""
        folder, graph = self.folder("1"), self.graph("1")
        self.timed("kg build, unchanged", archive.size(self.digests), *self.update(folder, graph))
        about = archive.size([*self.digests, self.last])
        done: list[measure.Run] = []
        while self.again(done):
            if done:  # taken away, to come anew
                (folder / self.last.name).unlink()
                self.command("kg build, one digest less", *self.update(folder, graph))
            archive.lay_out([self.last], folder)
            done.append(self.command("kg build, one more digest", *self.update(folder, graph)))
        self.note("kg build, one more digest", about, done)
        self.results.disk |= {f"graph: {part.name}": held(part) for part in sorted(graph.iterdir()) if held(part)}
        self.results.disk["digests"] = about.bytes

    def export(self, graph: Path, about: archive.Size, fraction: str) -> None:
        """Export the graph, format by format."""
        for name in EXPORTS:
            output = self.place / "exports" / name
            arguments = ("export", name, "--graph", graph, "--output", output)
            self.timed(f"kg export {name}", about, *arguments, size=fraction)
            self.results.disk[f"export: {name}"] = held(output)

    def look(self) -> None:
        """Export, query and show the whole graph."""
        graph, about = self.graph("1"), archive.size([*self.digests, self.last])
        self.export(graph, about, "1")
        triples = self.place / "exports" / "nt" / "graph.nt"
        self.results.proof["increment"] = checksum(triples)
        counts = json.loads(self.command("kg stats", "stats", "--graph", graph, "-f", "json").output)
        with triples.open("rb") as lines:
            self.results.counts["triples"] = sum(1 for _ in lines)
        self.results.counts["nodes"] = sum(n for kind, n in counts["kinds"].items() if kind != "mention")
        self.results.counts["relationships"] = sum(counts["relations"].values())
        method = counts["top"]["method"][0][0]
        self.timed("kg query papers-on-method, cold", about, "query", "papers-on-method", method, "--graph", graph)
        self.timed("kg query top-methods, cold", about, "query", "top-methods", "limit=10", "--graph", graph)
        self.timed("kg show", about, "show", method, "--limit", "5", "--graph", graph)
        if QUERIES.exists():
            done = measure.run([sys.executable, str(QUERIES), str(graph)])
            self.results.queries = done.output if done.status == 0 else f"queries.py failed: {done.errors}"

    def rebuild(self) -> None:
        """Build it all from nothing, and compare with what the increment gave."""
        folder, graph = self.folder("1"), self.graph("again")
        shutil.rmtree(self.graph("1"))
        run = self.command("kg build, again", *self.update(folder, graph))
        self.note("kg build, with that digest", archive.size([*self.digests, self.last]), [run])
        output = self.place / "exports" / "again"
        self.command("kg export nt", "export", "nt", "--graph", graph, "--output", output)
        self.results.proof["rebuild"] = checksum(output / "graph.nt")

    # --- The peer -------------------------------------------------------------------------------------------

    def peer(self, fraction: str, folder: Path, graph: Path, about: archive.Size) -> None:
        """Run the straightforward script on the same digests, and ask our graph what it asked its own."""
        if any(peer["gave_up"] for peer in self.results.peers):
            return
        output = self.place / "peer"
        patience = self.options.peer_seconds
        chosen = self.chosen(graph)
        command = [sys.executable, str(PEER), str(folder), str(output), "--patience", str(min(patience, 300))]
        command += ["--method", chosen[0], "--paper", chosen[1]]
        run = measure.run(command, seconds=patience, mebibytes=self.options.peer_mib)
        if run.status and not run.gave_up:
            sys.exit(f"{PEER.name} failed with status {run.status}:\n{run.errors}")
        stages = {stage.pop("stage"): stage for stage in map(json.loads, run.output.splitlines())}
        found = asdict(Row("straightforward", fraction, about.papers, about.entries, run.seconds, run.cpu, run.peak, 1))
        ours = self.place / "exports" / "peer"
        nt = self.command("kg export nt", "export", "nt", "--graph", graph, "--output", ours)
        html = self.command("kg export explorer", "export", "explorer", "--graph", graph, "--output", ours, seconds=300)
        page = f"gave up {html.gave_up}" if html.gave_up else round(html.seconds, 3)
        asked = self.asked(graph, chosen)
        ratio = {"nt": round(nt.seconds, 3), "nt_peak": round(nt.peak, 1), "page": page, "asked": asked}
        self.results.peers.append(found | {"gave_up": run.gave_up, "stages": stages, "kg": ratio})
        self.tell(f"straightforward ({fraction}): {run.gave_up or f'{run.seconds:.1f} s, {run.peak:,.0f} MiB'}")
        shutil.rmtree(output, ignore_errors=True)

    def chosen(self, graph: Path) -> tuple[str, str]:
        """Choose what to ask for: the method that most papers have, and the newest paper that has it."""
        counts = json.loads(self.command("kg stats", "stats", "--graph", graph, "-f", "json").output)
        method = counts["top"]["method"][0][0]
        rows = self.command("kg query", "query", "papers-on-method", method, "--graph", graph, "-f", "csv").output
        return method, rows.splitlines()[1].partition(",")[0].removeprefix("https://arxiv.org/abs/")

    def asked(self, graph: Path, chosen: tuple[str, str]) -> dict[str, Any]:
        """Ask the graph the same questions, warm, in a process of its own."""
        run = measure.run([sys.executable, str(HERE / "peers" / "asked.py"), str(graph), *chosen])
        if run.status:
            sys.exit(f"asked.py failed with status {run.status}:\n{run.errors}")
        answers: dict[str, Any] = json.loads(run.output)
        return answers

    def folder(self, name: str) -> Path:
        """Name the folder of links for a fraction."""
        return self.place / "digests" / name.replace("/", "-")

    def graph(self, name: str) -> Path:
        """Name the graph directory of a fraction."""
        return self.place / "graphs" / name.replace("/", "-")


def told(options: argparse.Namespace) -> str:
    """Give the command line, without the names of folders here."""
    names = {str(path) for path in (options.digests, options.json, options.place) if path}
    words = ["DIGESTS" if word == str(options.digests) else word for word in sys.argv[1:]]
    kept = [word for word in words if word not in names and word not in {"--json", "--place"}]
    return shlex.join(["python", "benchmarks/scale.py", *kept])


def held(path: Path) -> int:
    """Give the bytes of a file or of all files in a folder."""
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())


def checksum(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def peer_memory() -> float:
    """Choose at how many MiB the peer is given up: at 8 GiB, or sooner where less is free."""
    free = float(str(measure.machine()["free_gib"])) * 1024
    return min(8192.0, 0.75 * free) if free else 8192.0


def command_line() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure kg as an archive grows.")
    parser.add_argument("digests", type=Path, nargs="?", help="a folder of digests; made by rule if not given")
    parser.add_argument("--full", action="store_true", help="more fractions; takes hours on a large archive")
    parser.add_argument("--extractors", choices=("all", "rules"), default="all")
    parser.add_argument("--json", type=Path, help="where to save what is measured")
    parser.add_argument("--papers", type=int, default=PAPERS, help="how many are made if no digests are given")
    parser.add_argument("--fractions", nargs="+", help="of the archive, growing; the last one is 1")
    parser.add_argument("--once", dest="runs", action="store_const", const=1, default=RUNS, help="repeat no command")
    parser.add_argument("--no-peer", dest="peer", action="store_false", help="leave the straightforward script out")
    parser.add_argument("--peer-seconds", type=float, default=3600, help="after how long it is given up")
    parser.add_argument("--peer-mib", type=float, default=peer_memory(), help="at which memory it is given up")
    parser.add_argument("--place", type=Path, help="where to work; a temporary folder by default")
    return parser.parse_args()


def main() -> int:
    """Measure, and print the tables; 1 if the increment differs from the rebuild."""
    options = command_line()
    before = measure.load()
    if measure.busy(before, measure.cores()):
        print(f"warning: the load is {before} on {measure.cores()} cores; figures will be too high", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=options.place) as name:
        place = Path(name)
        folder, kind = options.digests, "given"
        if folder is None:
            folder, kind = place / "synthetic", "synthetic"
            synthetic.write(folder, options.papers)
        results = Bench(options, place, archive.read(folder), kind).run()
    print(scale_report.report(json.loads(json.dumps(asdict(results)))))
    return 0 if results.proof["increment"] == results.proof["rebuild"] else 1


if __name__ == "__main__":
    sys.exit(main())
