"""Time extraction on one core: ``python benchmarks/extraction.py DIGESTS [--extractors all|rules] [--runs 5]``.

Distinct papers only, also from run to run, so that nothing that is remembered helps. Processor time is counted, not
wall time; reading is left out, loading is given apart. The median of the runs is what counts.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kg import readers, vocabulary
from kg.extractors import ALL, Extractor

if TYPE_CHECKING:
    from kg.model import Paper

WARM = 64
"""So many further papers are extracted first, and are no part of the time."""


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digests", type=Path, nargs="+")
    parser.add_argument("--extractors", default=ALL)
    parser.add_argument("--papers", type=int, default=800)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    papers = read(options.digests, options.papers * options.runs + WARM)
    start = time.process_time()
    extractor = Extractor(vocabulary.load(), options.extractors)
    list(extractor.entries(papers[:WARM]))
    print(f"--extractors {options.extractors}: loading and first {WARM} papers {time.process_time() - start:.1f} s")
    rates = sorted(rate(extractor, papers[WARM + run :: options.runs]) for run in range(options.runs))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{options.runs} runs of {len(papers) // options.runs} papers: {statistics.median(rates):.0f} a second "
        f"({rates[0]:.0f} to {rates[-1]:.0f}); peak {peak:.0f} MiB"
    )


def read(digests: list[Path], count: int) -> list[Paper]:
    """Read distinct papers, from files spread over all that there are."""
    files = readers.discover(digests)
    papers: dict[str, Paper] = {}
    step = max(1, len(files) * 10 // count)
    for path in [file for start in range(step) for file in files[start::step]]:
        for paper in readers.read_digest(path).papers:
            papers.setdefault(paper.arxiv_id, paper)
        if len(papers) >= count:
            break
    return list(papers.values())[:count]


def rate(extractor: Extractor, papers: list[Paper]) -> float:
    """Give how many papers a second are extracted."""
    start = time.process_time()
    for _ in extractor.entries(papers):
        pass
    return len(papers) / (time.process_time() - start)


if __name__ == "__main__":
    main()
