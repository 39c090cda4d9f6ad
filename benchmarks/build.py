"""Time the main job: ``python benchmarks/build.py DIGESTS [RUNS]``. Each run is a process of its own, from nothing.

Prints the median seconds of every stage, papers a second, and the largest resident memory.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path


def once(digests: str) -> dict[str, float]:
    """Build, load and export once; give seconds by stage, papers, and mebibytes at the peak."""
    import kg  # noqa: PLC0415  the import is part of what is timed

    marks = [("start", time.perf_counter())]
    with tempfile.TemporaryDirectory() as place:
        report = kg.build_graph([digests], f"{place}/graph")
        marks.append(("build", time.perf_counter()))
        kg.build_graph([digests], f"{place}/graph")
        marks.append(("build again, nothing new", time.perf_counter()))
        graph = kg.load_graph(f"{place}/graph")
        marks.append(("load", time.perf_counter()))
        kg.export_graph(graph, (), f"{place}/exports")
        marks.append(("export, all formats", time.perf_counter()))
    stages = {name: end - start for (_, start), (name, end) in pairwise(marks)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**stages, "papers": report.papers, "peak MiB": peak}


def main(digests: str, runs: int) -> None:
    """Run in fresh processes and print the medians."""
    command = [sys.executable, __file__, "--once", digests]
    results = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(runs)]
    medians = {name: statistics.median(result[name] for result in results) for name in results[0]}
    for name, value in medians.items():
        print(f"{name:<28}{value:>10.1f}{'' if name in {'papers', 'peak MiB'} else ' s'}")
    print(f"{'papers a second, build':<28}{medians['papers'] / medians['build']:>10.1f}")


if __name__ == "__main__":
    if sys.argv[1] == "--once":
        print(json.dumps(once(str(Path(sys.argv[2])))))
    else:
        main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3)  # noqa: PLR2004  the optional argument
