"""Run what README and docs show, and put in what it prints: ``python docs/regenerate.py [--check]``.

Every fenced block marked ``console`` is run, line by line, as a user would in a checkout: lines that start with ``$ ``
are commands, the rest is replaced by what they print. Between ``<!-- begin NAME -->`` and ``<!-- end NAME -->`` stand
tables made from the registries of the code, and from what benchmarks measured (`benchmarks/results/`). ``--check``
changes nothing and ends with 1 if anything differs.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from kg.extractors import EXTRACTORS
from kg.readers import READERS, RULES

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import costmodel  # noqa: E402  scripts of another folder
import scale_report  # noqa: E402

PAGES = ("README.md", "README.zh.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REGION = re.compile(r"(?<=<!-- begin )(\w+)( -->\n).*?(?=<!-- end \1 -->)", re.DOTALL)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Make a Markdown table."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---",) * len(head), *rows))


def measured() -> dict[str, Any]:
    """Give what ``benchmarks/scale.py DIGESTS --full --json benchmarks/results/archive.json`` measured last."""
    results: dict[str, Any] = json.loads((ROOT / "benchmarks" / "results" / "archive.json").read_text("utf-8"))
    return results


TABLES = {
    "dialects": lambda: table(("dialect", "looks like"), [(f"`{spec.name}`", spec.summary) for spec in READERS]),
    "rules": lambda: table(
        ("rule", "severity", "what", "remedy"),
        [(f"`{name}`", str(rule.severity), rule.what, rule.remedy) for name, rule in RULES.items()],
    ),
    "scale": lambda: scale_report.report(measured()),
    "costs": lambda: costmodel.report(costmodel.model(measured()), list(costmodel.SIZES), costmodel.CORES),
    "extractors": lambda: table(("rule", "finds"), [(f"`{spec.name}`", spec.summary) for spec in EXTRACTORS]),
}


def run(command: str, folder: Path) -> str:
    """Run a command in a scratch folder that looks like the checkout; give all that it prints."""
    paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": paths, "COLUMNS": "100", "LANG": "C.UTF-8", "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S602  our own documentation
        command,
        shell=True,
        check=False,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def shown(block: str, folder: Path) -> str:
    """Give a block with the output of its commands made anew."""
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{line}\n{run(line.removeprefix('$ '), folder)}" for line in commands)


def page(text: str) -> str:
    """Give a page with all its blocks made anew, in one scratch folder."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("tests", "docs", "benchmarks", "exports", "ontology"):
            (folder / name).symlink_to(ROOT / name)
        text = REGION.sub(lambda match: f"{match[1]}{match[2]}{TABLES[match[1]]()}", text)
        return BLOCK.sub(lambda match: f"```console\n{shown(match[1], folder)}```", text)


def main(*, check: bool) -> int:
    """Renew the pages, or say what would change."""
    stale = 0
    for name in PAGES:
        path = ROOT / name
        if not path.exists():
            continue
        old = path.read_text("utf-8")
        new = page(old)
        if new != old:
            stale += 1
            lines = difflib.unified_diff(old.split("\n"), new.split("\n"), name, f"{name} (now)", lineterm="")
            sys.stdout.write("\n".join(lines) + "\n")
            if not check:
                path.write_text(new, "utf-8")
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
