"""Say what larger archives cost: ``python benchmarks/costmodel.py FILE.json [--papers N...] [--cores N...]``.

FILE.json is what ``scale.py --json`` saved. The model has three parts, all of them measured at a small and at the
largest fraction of the archive at least, so that what a command needs to start does not count as work:

* a start, which every build pays once: the modules, the vocabulary, the model;
* reading and extracting, which any number of cores share: processor time a paper, the slope of a line through the
  builds at growing fractions, less the next part;
* putting together and storing, which one process does: the slope through builds whose segments are all there.

So a build of N papers on C cores takes ``start + N x (extract / C + assemble)``. On a cluster the last part is shared
as well, and takes ``N x (extract + assemble) / C``, without what the cluster itself needs to start and to move data. A
paper is one that appears as often as those measured; disk and exports grow with papers alone. Nothing here has been run
at the sizes beyond the one measured: it is a line drawn on.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scale_report import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SIZES = {55_924: "the archive of the issue", 2_500_000: "all of arXiv", 250_000_000: "OpenAlex"}
CORES = (2, 8, 32)
NODES = (64, 512)
"""Cores of a cluster."""
TOGETHER = "kg build, segments there"
MICRO = 1_000_000
HOUR, DAY = 3600, 86_400
UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"))
MINUTES, HOURS = 2 * 60, 2 * HOUR
"""Up to two of a unit, the smaller one is easier to read."""


@dataclass(frozen=True, slots=True)
class Model:
    """What a paper costs."""

    start: float
    """Seconds of processor time that every build needs."""
    extract: float
    """Processor seconds a paper for reading and extracting."""
    assemble: float
    """Seconds a paper, by the clock, for putting together and storing."""
    exports: Mapping[str, float]
    """Seconds a paper, by format."""
    memory: float
    """MiB at the largest size measured."""
    memory_growth: float
    """MiB that a further paper adds to the worst moment of a build."""
    disk: Mapping[str, float]
    """Bytes a paper, by what holds them."""
    counts: Mapping[str, float]
    """Triples, nodes and relationships a paper."""
    papers: int
    """How many papers were measured."""
    entries: float
    """How often each of them appears."""

    def build(self, papers: int, cores: int) -> float:
        """Give the seconds of a build on one machine."""
        return self.start + papers * (self.extract / cores + self.assemble)

    def spread(self, papers: int, cores: int) -> float:
        """Give the seconds on a cluster that shares all the work evenly."""
        return papers * (self.extract + self.assemble) / cores

    def peak(self, papers: int) -> float:
        """Give the MiB of a build."""
        return self.memory + self.memory_growth * max(0, papers - self.papers)


def model(results: Mapping[str, Any]) -> Model:
    """Fit the model to what was measured.

    Raises:
        ValueError: something was not measured at two sizes.
    """
    rows, found = results["rows"], results["input"]
    start, slope = fitted(rows, "kg build", "cpu")
    largest = [row for row in rows if row["what"] == "kg build"][-2:]  # smaller ones may run in fewer processes
    exports = dict.fromkeys(row["what"] for row in rows if row["what"].startswith("kg export "))
    return Model(
        start=max(0.0, start),
        extract=max(0.0, slope - fitted(rows, TOGETHER, "cpu")[1]),
        assemble=max(0.0, fitted(rows, TOGETHER, "seconds")[1]),
        exports={name.removeprefix("kg export "): max(0.0, fitted(rows, name, "seconds")[1]) for name in exports},
        memory=max(row["peak"] for row in rows if row["what"] == "kg build"),
        memory_growth=max(0.0, fitted(largest, "kg build", "peak")[1]),
        disk={name: size / found["papers"] for name, size in results["disk"].items()},
        counts={name: number / found["papers"] for name, number in results["counts"].items()},
        papers=found["papers"],
        entries=found["entries"] / found["papers"],
    )


def fitted(rows: Sequence[Mapping[str, Any]], what: str, figure: str) -> tuple[float, float]:
    """Fit a line through what a command took at growing sizes; give where it starts and how steep it is.

    Raises:
        ValueError: there are no two sizes.
    """
    found = [(row["papers"], row[figure]) for row in rows if row["what"] == what]
    if len({papers for papers, _ in found}) < 2:  # noqa: PLR2004  a line has two ends
        raise ValueError(f"{what} was not measured at two sizes")
    return line(*zip(*found, strict=True))


def line(across: Sequence[float], up: Sequence[float]) -> tuple[float, float]:
    """Fit a line by least squares; give where it starts and how steep it is.

    >>> line([0, 1, 2], [1, 3, 5])
    (1.0, 2.0)
    """
    middle, height = sum(across) / len(across), sum(up) / len(up)
    spread = sum((x - middle) ** 2 for x in across)
    steep = sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True)) / spread
    return height - steep * middle, steep


# --- The tables ---------------------------------------------------------------------------------------------


def report(found: Model, sizes: Sequence[int], cores: Sequence[int]) -> str:
    """Write the model and what it says."""
    head = ("", *(f"{size:,} papers{f', {SIZES[size]}' if size in SIZES else ''}" for size in sizes))
    return "\n".join((measured(found), table(head, [*times(found, sizes, cores), *amounts(found, sizes)])))


def measured(found: Model) -> str:
    """Write what a paper costs."""
    exports = ", ".join(f"{name} {MICRO * seconds:,.0f} µs" for name, seconds in found.exports.items())
    return (
        f"From {found.papers:,} papers, each in {found.entries:.1f} digests: a build starts with {found.start:.1f} s; "
        f"a paper takes {MICRO * found.extract:,.0f} µs of a core to read and extract, "
        f"{MICRO * found.assemble:,.0f} µs to put together and store; to export, {exports}. "
        f"A further thousand papers add {1000 * found.memory_growth:,.1f} MiB "
        "to the memory of a build.\n"
    )


def times(found: Model, sizes: Sequence[int], cores: Sequence[int]) -> list[tuple[str, ...]]:
    """Write the rows of times."""
    rows = [(f"build, {count} cores", *(span(found.build(size, count)) for size in sizes)) for count in cores]
    rows += [(f"cluster of {count} cores", *(span(found.spread(size, count)) for size in sizes)) for count in NODES]
    rows += [
        (f"export {name}, one process", *(span(seconds * size) for size in sizes))
        for name, seconds in found.exports.items()
    ]
    return rows


def amounts(found: Model, sizes: Sequence[int]) -> list[tuple[str, ...]]:
    """Write the rows of memory, disk and numbers."""
    return [
        ("memory of a build", *(volume(2**20 * found.peak(size)) for size in sizes)),
        *((f"disk, {name}", *(volume(bytes_ * size) for size in sizes)) for name, bytes_ in found.disk.items()),
        *((name, *(amount(number * size) for size in sizes)) for name, number in found.counts.items()),
    ]


def span(seconds: float) -> str:
    """Write a time so that two or three figures count.

    >>> span(3.21), span(600), span(9000), span(1e6)
    ('3.2 s', '10 min', '2.5 h', '12 days')
    """
    if seconds < MINUTES:
        return f"{seconds:.1f} s"
    if seconds < HOURS:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:,.0f} days"


def volume(count: float) -> str:
    """Write a number of bytes.

    >>> volume(2_340_000_000)
    '2.3 GB'
    """
    size, unit = next(((size, unit) for size, unit in UNITS if count >= size), UNITS[-1])
    return f"{count / size:,.1f} {unit}"


def amount(count: float) -> str:
    """Write a large number.

    >>> amount(9_840_000), amount(44_000_000_000)
    ('9.8 million', '44.0 billion')
    """
    return f"{count / 1e9:,.1f} billion" if count >= 1e9 else f"{count / 1e6:,.1f} million"  # noqa: PLR2004  a billion


def main() -> None:
    """Print the model of a file."""
    parser = argparse.ArgumentParser(description="Say what larger archives cost.")
    parser.add_argument("file", type=Path, help="what scale.py --json saved")
    parser.add_argument("--papers", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--cores", type=int, nargs="+", default=list(CORES))
    options = parser.parse_args()
    print(report(model(json.loads(options.file.read_text("utf-8"))), options.papers, options.cores))


if __name__ == "__main__":
    main()
