"""Score the shipped model on public benchmarks: ``python benchmarks/public.py FILE.jsonl... [--extractors all|rules]``.

A FILE holds one text a line: ``{"id", "text", "entities": [{"start", "end", "type"}, …]}``, the types among Method,
Dataset, Task (others are left aside), as SciREX abstracts and TDMSci can be written. What ``kg mentions`` finds in the
texts is compared: *exact* asks for the same stretch and type, *overlap* for one shared character and the same type,
each span matched once. Nothing is trained on them, and kg was never meant to find every span: it names what a paper
proposes, uses and works on, not general terms. So expect low recall.

Beside them stands :data:`PUBLISHED`: exact F1 of spaCy 3.8's default convolutional recogniser (6 MB, no vectors), which
was trained for each benchmark: on the sentences of SciREX full texts for ``scirex_abs`` (64.8 over Method, Dataset and
Task), on the training part of TDMSci for ``tdmsci`` (52.9, Metric among its types).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from kg import api
from kg.evaluate import Counts
from kg.model import Paper, Part, Passage
from kg.text import language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.model import Entry

TYPES = ("Method", "Dataset", "Task")
"""What is compared; a topic of kg is a Task."""
KINDS = {"method": "Method", "dataset": "Dataset", "topic": "Task"}
PUBLISHED = {
    "scirex_abs": {"all": 0.648, "Method": 0.706, "Dataset": 0.483, "Task": 0.589},
    "tdmsci": {"all": 0.529},
}
"""Exact F1 of the trained recogniser, by the name of the folder that a file stands in, and by type."""
Span = tuple[int, int, str]
"""Start, end, type."""


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--extractors", default="all")
    options = parser.parse_args()
    for path in options.files:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        print(f"{path.parent.name}/{path.name}: {len(rows)} texts, --extractors {options.extractors}")
        papers = [_paper(f"{number}", row["text"]) for number, row in enumerate(rows)]
        found = [spans(entry) for entry in api.extract_entries(papers, extractors=options.extractors)]
        gold = [{(item["start"], item["end"], item["type"]) for item in row["entities"]} for row in rows]
        print(table([*zip(gold, found, strict=True)], PUBLISHED.get(path.parent.name, {})))


def _paper(key: str, text: str) -> Paper:
    return Paper(key, "", (Passage(Part.ABSTRACT, language(text), text, 1),), "benchmark", 1)


def spans(entry: Entry) -> set[Span]:
    """Give what was found in a text."""
    return {(item.start, item.end, KINDS[item.kind]) for item in entry.mentions}


def table(rows: Sequence[tuple[set[Span], set[Span]]], published: dict[str, float]) -> str:
    """Write the scores down, a line a type; types that no gold span has are no types of this benchmark."""
    counted = Counter(kind for gold, _ in rows for *_, kind in gold)
    types = [name for name in TYPES if counted[name]]
    head = ("type", "spans", "exact P", "R", "F1", "overlap P", "R", "F1", "trained recogniser, exact F1")
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name in ("all", *types):
        chosen = types if name == "all" else [name]
        cells = []
        for same in (_equal, _overlap):
            c = sum((score(_of(gold, chosen), _of(found, chosen), same) for gold, found in rows), Counts())
            cells.append(f"{c.precision:.3f} | {c.recall:.3f} | **{c.f1:.3f}**")
        count = sum(counted[kind] for kind in chosen)
        known = f"{published[name]:.3f}" if name in published else ""
        lines.append(f"| {name} | {count} | {' | '.join(cells)} | {known} |")
    left = ", ".join(f"{counted[kind]} {kind}" for kind in sorted(counted) if kind not in TYPES)
    return "\n".join(lines) + (f"\nleft aside: {left}\n" if left else "\n")


def _of(spans: set[Span], types: Sequence[str]) -> list[Span]:
    return sorted(span for span in spans if span[2] in types)


def score(gold: list[Span], found: list[Span], same: Callable[[Span, Span], bool]) -> Counts:
    """Count spans that match, each once, the first of several."""
    left = list(gold)
    for span in found:
        if (other := next((other for other in left if same(span, other)), None)) is not None:
            left.remove(other)
    right = len(gold) - len(left)
    return Counts(right, len(found) - right, len(left))


def _equal(one: Span, other: Span) -> bool:
    return one == other


def _overlap(one: Span, other: Span) -> bool:
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]


if __name__ == "__main__":
    main()
