"""Write what `scale.py` measured as Markdown: ``python benchmarks/scale_report.py FILE.json``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

QUESTIONS = ("papers-on-method", "co-used-methods", "methods-by-month", "related-papers", "evidence")
TO_GRAPH = ("read", "vocabulary", "match", "networkx", "rdflib")
"""The stages of the peer from digests to a graph that can be asked."""
GROWING = ("kg build", "kg build --extractors rules")
MILLION = 1_000_000
KIBIBYTE = 1024


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Make a Markdown table, its numbers to the right."""
    align = [":--", *["--:"] * (len(head) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, align, *rows))


def report(results: dict[str, Any]) -> str:
    """Write everything."""
    parts = [
        about(results),
        "Cost by size:\n\n" + growth(results["rows"]) + linear(results["rows"]),
        "Other commands:\n\n" + commands(results["rows"]) + proof(results),
        *(beside(peer, results["rows"]) for peer in results["peers"]),
        "On disk:\n\n" + disk(results),
        results["queries"].strip() + "\n" if results["queries"] else "",
    ]
    return "\n".join(part for part in parts if part)


def about(results: dict[str, Any]) -> str:
    """Say what was measured, and where."""
    machine, found = results["machine"], results["input"]
    kind = "made by rule (benchmarks/synthetic.py)" if found["kind"] == "synthetic" else "given"
    loads = f"load {machine['load_before']} before, {machine.get('load_after', '?')} after"
    where = (
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, {machine['system']}, "
        f"Python {machine['python']}, kg {machine['kg']}; {loads}."
    )
    what = (
        f"Digests {kind}: {found['digests']:,} of {found['days']:,} days, {found['bytes'] / MILLION:,.1f} MB, "
        f"{found['papers']:,} papers in {found['entries']:,} entries. Extractors: {found['extractors']}."
    )
    memory = "Memory is the sum of the resident sets of all processes at the worst moment."
    lines = [f"`{results['command']}`", "", where, what, memory]
    if measure.busy(machine["load_before"], machine["cores"]):
        lines.append("**The machine was busy before it began: times by the clock are too high.**")
    return "\n".join(lines) + "\n"


def growth(rows: list[dict[str, Any]]) -> str:
    """Write what a build takes at each fraction."""
    head = ("command", "of the archive", "papers", "entries", "s", "CPU s", "MiB", "µs a paper", "µs an entry", "runs")
    lines = [
        (
            f"`{row['what']}`",
            part(row["size"]),
            f"{row['papers']:,}",
            f"{row['entries']:,}",
            *figures(row),
            f"{MILLION * row['seconds'] / max(1, row['papers']):,.0f}",
            f"{MILLION * row['seconds'] / max(1, row['entries']):,.0f}",
            str(row["runs"]),
        )
        for row in sorted(rows, key=lambda row: row["what"])
        if row["what"] in GROWING
    ]
    return table(head, lines)


def part(size: str) -> str:
    """Name a part of the archive."""
    return "all" if size == "1" else size


def linear(rows: list[dict[str, Any]]) -> str:
    """Say whether the cost grows as the archive does: what a further entry costs at first, and later."""
    found = [row for row in rows if row["what"] == "kg build"]
    if len(found) < 3:  # noqa: PLR2004  two differences
        return ""
    first, middle, last = found[0], found[-2], found[-1]
    early, late = slope(first, middle), slope(middle, last)
    ratio = f", {late / early:.2f} times as much" if early > 0 else ""
    return (
        f"\nA further entry costs {early:,.0f} µs of processor time between {first['size']} and {middle['size']} "
        f"of the archive, {late:,.0f} µs beyond{ratio}.\n"
    )


def slope(less: dict[str, Any], more: dict[str, Any]) -> float:
    """Give the microseconds of processor time of a further entry."""
    cost = float(more["cpu"]) - float(less["cpu"])
    return MILLION * cost / max(1, int(more["entries"]) - int(less["entries"]))


def figures(row: dict[str, Any]) -> tuple[str, str, str]:
    """Write seconds, processor seconds and MiB."""
    digits = 1 if row["seconds"] >= 10 else 2 if row["seconds"] >= 1 else 3  # noqa: PLR2004  three that count
    seconds = f"gave up {row['gave_up']}" if row["gave_up"] else f"{row['seconds']:,.{digits}f}"
    return seconds, f"{row['cpu']:,.{digits}f}", f"{row['peak']:,.0f}"


def commands(rows: list[dict[str, Any]]) -> str:
    """Write what the other commands take."""
    head = ("command", "of the archive", "s", "CPU s", "MiB", "runs")
    return table(
        head,
        [
            (f"`{row['what']}`", part(row["size"]), *figures(row), str(row["runs"]))
            for row in sorted(rows, key=lambda row: row["what"])
            if row["what"] not in GROWING
        ],
    )


def proof(results: dict[str, Any]) -> str:
    """Say whether the increment gave what the rebuild gave."""
    sums, more = results["proof"], results["input"]["one_more"]
    if "rebuild" not in sums:
        return ""
    same = sums["increment"] == sums["rebuild"]
    verdict = "the same bytes as" if same else "**other bytes** than"
    what = f"The digest that was added has {more} entries; `kg export nt` then gives {verdict} after a rebuild"
    return f"\n{what} (SHA-256 {sums['increment'][:16]}… and {sums['rebuild'][:16]}…).\n"


def disk(results: dict[str, Any]) -> str:
    """Write what lies on the disk, and how much there is of what."""
    papers = max(1, results["input"]["papers"])
    lines = [
        (name, f"{size / MILLION:,.1f}", f"{size / papers / KIBIBYTE:,.2f}") for name, size in results["disk"].items()
    ]
    counts = ", ".join(f"{number:,} {name}" for name, number in results["counts"].items())
    return f"{table(('what', 'MB', 'KiB a paper'), lines)}\nThe graph has {counts}.\n"


# --- The peer -----------------------------------------------------------------------------------------------


def beside(peer: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """Write what kg and the straightforward script take on the same digests, and the ratios."""
    stages, ours = peer["stages"], peer["kg"]
    built = {row["what"]: row for row in rows if row["size"] == peer["size"] and row["what"] in GROWING}
    lines = [compared(f"digests to graph, s: `{what}`", row["seconds"], spent(stages)) for what, row in built.items()]
    lines += [
        compared(f"digests to graph, CPU s: `{what}`", row["cpu"], spent(stages, "cpu")) for what, row in built.items()
    ]
    lines += [
        compared(f"digests to graph, MiB: `{what}`", row["peak"], stages.get("rdflib", {}).get("peak_mib"), digits=0)
        for what, row in built.items()
    ]
    lines.append(compared("N-Triples, s", ours["nt"], told(stages, "nt")))
    lines += [
        compared(question(name, ours["asked"], stages), 1000 * ours["asked"][name]["seconds"], told(stages, name, 1000))
        for name in QUESTIONS
        if name in ours["asked"]
    ]
    lines.append(compared("page, s", ours["page"], told(stages, "pyvis")))
    size = "the whole archive" if peer["size"] == "1" else f"{peer['size']} of the archive"
    took = f"It gave up {peer['gave_up']}." if peer["gave_up"] else ""
    whole = f"{took or f'{seconds(peer)}'}"
    head = ("what", "kg", "straightforward", "ratio")
    return f"Beside the straightforward script, on {size} ({peer['papers']:,} papers). {whole}\n\n{table(head, lines)}"


def question(name: str, ours: dict[str, Any], stages: dict[str, Any]) -> str:
    """Name a question, and say how many rows either gave: the two graphs are not the same."""
    theirs = stages.get(name, {}).get("result", "?")
    return f"`{name}`, warm, ms ({ours[name]['result']} and {theirs} rows)"


def seconds(peer: dict[str, Any]) -> str:
    """Say what the peer took in all."""
    return f"It took {peer['seconds']:,.1f} s in all, {peer['peak']:,.0f} MiB at its worst."


def spent(stages: dict[str, Any], what: str = "seconds") -> float | None:
    """Add up what the peer took from digests to graph; none if it did not get there."""
    if any(name not in stages for name in TO_GRAPH):
        return None
    return sum(float(stages[name][what]) for name in TO_GRAPH)


def told(stages: dict[str, Any], name: str, factor: float = 1) -> float | str | None:
    """Give the seconds of a stage, or why it was given up."""
    stage = stages.get(name, {})
    return f"gave up {stage['gave_up']}" if "gave_up" in stage else factor * stage["seconds"] if stage else None


def compared(what: str, ours: float | str, theirs: float | str | None, *, digits: int = 2) -> tuple[str, ...]:
    """Write a line: both figures, and how many times ours theirs is."""
    ratio = ""
    if isinstance(ours, int | float) and isinstance(theirs, int | float) and ours:
        ratio = f"{theirs / ours:,.1f}"
    return what, shown(ours, digits), shown("not reached" if theirs is None else theirs, digits), ratio


def shown(value: float | str, digits: int) -> str:
    """Write a number, or what stands in its place."""
    return value if isinstance(value, str) else f"{value:,.{digits}f}"


if __name__ == "__main__":
    print(report(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
