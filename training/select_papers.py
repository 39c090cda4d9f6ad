"""Choose the papers to annotate: ``python training/select_papers.py DIGESTS GOLD... > training/papers.tsv``.

DIGESTS is a folder with the unpacked archives (``cn/``, ``papers/``, ``weekly_reports/``); papers of the gold files are
left out. A third is chosen for datasets and benchmarks, the rest by chance, spread evenly over months and over the two
archives. The choice hangs on the papers' ids alone (SHA-256 order), so it is the same everywhere. One line a paper:
batch, arXiv identifier, file.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from kg import readers
from kg.iri import month
from kg.model import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import Paper

BATCH = 35
BATCHES = 44
DATA = re.compile(
    r"(?:introduc|present|releas|propos|construct|creat|build|curat|collect)\w*\W+(?:\w+\W+){0,6}"
    r"(?:dataset|benchmark|corpus|corpora|test suite|leaderboard)|(?:数据集|基准|语料库)",
    re.IGNORECASE,
)


def rank(paper: str) -> str:
    """Order papers by chance, but the same everywhere."""
    return hashlib.sha256(f"annotate {paper}".encode()).hexdigest()


def entries(folder: Path) -> Iterator[tuple[str, Paper]]:
    """Read every digest below a folder; each paper with the file it stands in."""
    for path in readers.discover([folder]):
        for paper in readers.read_digest(path).papers:
            yield str(path.relative_to(folder.parent)), paper


def about_data(paper: Paper) -> bool:
    """Tell whether title or summary speak of a dataset, or the abstract of making one."""
    return any(DATA.search(item.text) for item in paper.passages if item.part in {Part.TITLE, Part.ABSTRACT})


def spread(papers: dict[str, str], number: int) -> list[str]:
    """Take papers month by month, in turn."""
    months: defaultdict[str, list[str]] = defaultdict(list)
    for paper in sorted(papers, key=rank):
        months[month(paper)].append(paper)
    order = [(place, key, paper) for key, group in months.items() for place, paper in enumerate(group)]
    return [paper for _, _, paper in sorted(order)][:number]


def main(folder: Path, gold: list[Path]) -> None:
    """Print the choice."""
    known = {json.loads(line)["id"] for path in gold for line in path.read_text("utf-8").splitlines()}
    chosen: dict[str, str] = {}
    for part, share in (("cn", 0.55), ("papers", 0.44), ("weekly_reports", 0.01)):
        plain: dict[str, str] = {}
        data: dict[str, str] = {}
        for file, paper in entries(folder / part):
            if paper.arxiv_id not in known and paper.arxiv_id not in chosen:
                (data if about_data(paper) else plain).setdefault(paper.arxiv_id, file)
        number = round(BATCH * BATCHES * share)
        for pool, wanted in ((data, number // 3), (plain, number - number // 3)):
            chosen |= {paper: pool[paper] for paper in spread(pool, wanted)}
    for place, paper in enumerate(sorted(chosen, key=rank)):
        print(f"{place // BATCH:02}", paper, chosen[paper], sep="\t")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
