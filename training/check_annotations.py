"""Check annotation files: ``python training/check_annotations.py DIGESTS [FILE...]``.

Says for every item which of its names does not stand in the paper (after folding as the guideline compares names), and
what is malformed. Names that nowhere stand in the text are an error unless another name of the item does.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

from kg import readers
from kg.evaluate import key

HERE = Path(__file__).resolve().parent
ROLES = {"methods": {"proposes", "uses"}, "datasets": {"introduces", "uses"}, "tasks": {None}}


@cache
def texts(path: Path) -> dict[str, str]:
    """Give the folded text of every paper of a digest."""
    return {
        paper.arxiv_id: key(" ".join(item.text for item in paper.passages))
        for paper in readers.read_digest(path).papers
    }


def problems(record: dict, text: str) -> list[str]:
    """List what is wrong with the annotation of one paper."""
    found = []
    for kind, roles in ROLES.items():
        seen: set[str] = set()
        for item in record.get(kind, ()):
            names = item.get("names") or [""]
            keys = {key(name) for name in names}
            if item.get("role") not in roles or not isinstance(item.get("required"), bool) or "" in keys:
                found.append(f"{kind}: malformed item {item}")
            if keys & seen:
                found.append(f"{kind}: {names[0]} stands in two items")
            seen |= keys
            if kind != "tasks" and not any(name in text for name in keys):
                found.append(f"{kind}: {names[0]} does not stand in the entry")
    return found


def main(digests: Path, files: list[Path]) -> int:
    """Print the problems; the exit code is 1 if there are any."""
    wrong = 0
    for path in files or sorted((HERE / "annotations").glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            record = json.loads(line)
            text = texts(digests / record["file"]).get(record["id"])
            said = ["not in that digest"] if text is None else problems(record, text)
            for problem in said:
                print(f"{path.name}:{number}: {record['id']}: {problem}")
            wrong += len(said)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
