"""Time extraction on one core: ``python benchmarks/extraction.py DIGESTS [--papers 2000]``.

Distinct papers only, so that the memory of papers in several digests does not help. Processor time is counted, not wall
time; reading is left out, loading is given apart.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kg import readers, vocabulary
from kg.extractors import Extractor

if TYPE_CHECKING:
    from kg.model import Paper

WARM = 64


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digests", type=Path, nargs="+")
    parser.add_argument("--papers", type=int, default=2000)
    options = parser.parse_args()
    papers: dict[str, Paper] = {}
    for path in readers.discover(options.digests):
        for paper in readers.read_digest(path).papers:
            papers.setdefault(paper.arxiv_id, paper)
        if len(papers) >= options.papers + WARM:
            break
    chosen = list(papers.values())[: options.papers + WARM]
    start = time.process_time()
    extractor = Extractor(vocabulary.load())
    list(extractor.entries(chosen[:WARM]))
    loaded = time.process_time()
    list(extractor.entries(chosen[WARM:]))
    count = len(chosen) - WARM
    taken = time.process_time() - loaded
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"loading and first {WARM} papers {loaded - start:.1f} s")
    print(f"{count} papers in {taken:.1f} s: {count / taken:.0f} a second; peak {peak:.0f} MiB")


if __name__ == "__main__":
    main()
