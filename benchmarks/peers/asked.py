"""Ask a graph of kg what the straightforward script asks its own: ``asked.py GRAPH METHOD PAPER``.

Prints, as JSON, the median seconds of the second to the fourth time (warm, in one process, the interface for Python
included), those of the first, and the number of rows.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from kg import query, shipped, store

QUESTIONS = ("papers-on-method", "co-used-methods", "methods-by-month", "related-papers", "evidence")


def ask(graph: str, name: str, values: dict[str, str]) -> dict[str, float]:
    """Ask a question four times."""
    wanted = [parameter.name for parameter in shipped.find(name).parameters if not parameter.optional]
    given = {parameter: values[parameter] for parameter in wanted}
    seconds, rows = [], 0
    for _ in range(4):
        start = time.perf_counter()
        rows = len(query.run(store.open_store(Path(graph)), name, parameters=given).rows)
        seconds.append(time.perf_counter() - start)
    return {"first": round(seconds[0], 4), "seconds": round(statistics.median(seconds[1:]), 4), "result": rows}


def main(graph: str, method: str, paper: str) -> None:
    """Ask all questions; print what they took."""
    values = {"method": method, "entity": method, "paper": paper}
    print(json.dumps({name: ask(graph, name, values) for name in QUESTIONS}))


if __name__ == "__main__":
    main(*sys.argv[1:])
