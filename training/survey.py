"""Count how names stand in digests without labels: ``python training/survey.py DIGESTS GOLD... > survey.tsv``.

No annotated paper is counted (GOLD are the files to leave out), so a count says the same of a training paper as of one
that is new. A line a name or phrase: ``n`` or ``p``, its fold, the papers that have it, and in how many of them each of
:data:`NAME_FACTS` (:data:`PHRASE_FACTS`) holds. Papers are taken in the order of the SHA-256 of their ids.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from kg import readers, vocabulary
from kg.extractors._archive import NAME_FACTS, PHRASE_FACTS, name_facts, phrase_facts
from kg.extractors._groups import group
from kg.extractors._pipeline import Pipeline
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.extractors._groups import Lookup
    from kg.extractors._notes import Notes
    from kg.model import Paper

LEAST_NAME, LEAST_PHRASE = 3, 8
"""Names and phrases in fewer papers are left out."""


def annotated(files: Iterable[Path]) -> set[str]:
    """Give the ids of the papers that files annotate."""
    return {json.loads(line)["id"] for path in files for line in path.read_text("utf-8").splitlines() if line}


def papers(folder: Path, left_out: set[str], part: int, parts: int, most: int) -> list[Paper]:
    """Read the papers of a folder, each once, and take a share of them."""
    found: dict[str, Paper] = {}
    for path in readers.discover([folder]):
        for paper in readers.read_digest(path).papers:
            if paper.arxiv_id not in left_out:
                found.setdefault(paper.arxiv_id, paper)
    order = sorted(found, key=lambda key: hashlib.sha256(key.encode()).hexdigest())[:most]
    return [found[key] for key in order[part::parts]]


def count(chosen: Iterable[tuple[Paper, list[Notes]]], lookup: Lookup) -> dict[str, dict[str, Counter[str]]]:
    """Count names and phrases."""
    tables: dict[str, dict[str, Counter[str]]] = {"n": defaultdict(Counter), "p": defaultdict(Counter)}
    for _, notes in chosen:
        for item in group(notes, lookup):
            facts = name_facts(item)
            for key in {fold(name) for name in item.names}:
                tables["n"][key].update(["", *facts])
        for key, facts in phrase_facts(notes).items():
            tables["p"][key].update(["", *facts])
    return tables


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digests", type=Path)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--most", type=int, default=30_000)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    options = parser.parse_args()
    pipeline = Pipeline(vocabulary.load())
    chosen = papers(options.digests, annotated(options.gold), options.part, options.parts, options.most)
    noted: Iterator[tuple[Paper, list[Notes]]] = (
        pair
        for at in range(0, len(chosen), 256)
        for pair in zip(chosen[at : at + 256], pipeline.notes(chosen[at : at + 256]), strict=True)
    )
    tables = count(noted, pipeline.lookup)
    for sort, names, least in (("n", NAME_FACTS, LEAST_NAME), ("p", PHRASE_FACTS, LEAST_PHRASE)):
        for key, counter in sorted(tables[sort].items()):
            if counter[""] * options.parts >= least:
                sys.stdout.write(
                    "\t".join([sort, key, str(counter[""]), *(str(counter[name]) for name in names)]) + "\n"
                )


if __name__ == "__main__":
    main()
