"""Read every digest under folders and print what came out: papers, passages, findings by rule, files a second.

Usage: python benchmarks/read_archive.py DIR... [--samples N]

Every arXiv identifier that an ``arxiv.org`` link of a file holds must be a paper or be named in a finding; the script
ends with exit code 1 if one is not.
"""

from __future__ import annotations

import argparse
import collections
import random
import re
import resource
import sys
import time
from pathlib import Path

from kg.readers import discover, read_digest

_LINK = re.compile(rb"arxiv\.org/+(?:abs|pdf)/+(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?!\d)")


def main() -> int:
    """Read, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--samples", type=int, default=0, help="findings of each rule to show")
    options = parser.parse_args()
    counts: collections.Counter[str] = collections.Counter()
    findings: dict[str, list[str]] = collections.defaultdict(list)
    linked: set[str] = set()
    known: set[str] = set()
    began = time.process_time()
    spent = 0.0
    for path in discover(options.folders):
        linked.update(match.decode() for match in _LINK.findall(path.read_bytes()))
        start = time.process_time()
        digest = read_digest(path)
        spent += time.process_time() - start
        counts.update(["digests", f"dialect {digest.dialect or '(none)'}"])
        for paper in digest.papers:
            counts.update(["entries"])
            counts.update(f"{passage.part} {passage.lang}" for passage in paper.passages)
            known.add(paper.arxiv_id)
        for finding in digest.findings:
            findings[f"{finding.rule} ({finding.severity})"].append(str(finding))
    counts["papers"] = len(known)
    for key, count in sorted(counts.items()):
        print(f"{count:>9,}  {key}")
    for rule, texts in sorted(findings.items()):
        print(f"{len(texts):>9,}  finding {rule}")
        for text in random.Random(1).sample(texts, min(options.samples, len(texts))):  # noqa: S311  a sample to look at
            print(f"           {text}")
    named = " ".join(text for texts in findings.values() for text in texts)
    lost = sorted(paper for paper in linked - known if f"arXiv:{paper}" not in named)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(linked):>9,}  identifiers in links, {len(linked - known)} of them no entry, {len(lost)} lost {lost[:5]}"
    )
    print(
        f"reading took {spent:.1f} s of {time.process_time() - began:.1f} s of processor time, {peak:.0f} MiB at most"
    )
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
