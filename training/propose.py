"""List what many digests name and the vocabulary lacks: ``python training/propose.py DIGESTS GOLD...``.

For the people who grow ``ontology/vocab/``: they read the list and decide. No annotated paper is counted (GOLD are the
files to leave out), so that what the vocabulary learns here says nothing of papers that measure it. A line a name:
the papers that have it, what speaks for its kind, its most frequent spellings, and where it stands, once or twice.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import survey

from kg import vocabulary
from kg.extractors._archive import folded, name_facts, subphrases
from kg.extractors._groups import group
from kg.extractors._pipeline import Pipeline
from kg.model import Lang, Part
from kg.text import fold, has_han

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extractors._groups import Lookup
    from kg.extractors._notes import Notes, Span
    from kg.model import Paper

SHOWN = 2
AROUND = 45
"""So many characters are shown on each side of a name."""


@dataclass(slots=True)
class Proposal:
    """A name that the vocabulary lacks."""

    papers: int = 0
    spellings: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    places: list[str] = field(default_factory=list)

    def add(self, spelling: str, facts: list[str], place: str) -> None:
        """Count one more paper."""
        self.papers += 1
        self.spellings[spelling] += 1
        self.facts.update(facts)
        if len(self.places) < SHOWN and place:
            self.places.append(place)


def around(notes: Notes, span: Span) -> str:
    """Show a place of a name."""
    start, end = max(0, span[0] - AROUND), span[1] + AROUND
    return re.sub(r"\s+", " ", f"{notes.text[start : span[0]]}[{notes.text[slice(*span)]}]{notes.text[span[1] : end]}")


def names(found: dict[str, Proposal], passages: list[Notes], lookup: Lookup) -> None:
    """Count the candidates of a paper that no concept explains."""
    for item in group(passages, lookup):
        if any(mark.startswith("known-") and mark != "known-topic" for mark in item.marks):
            continue
        index, span = next((place for place in item.places if passages[place[0]].part is Part.ABSTRACT), item.places[0])
        for name in sorted({fold(text): text for text in sorted(item.names)}.values()):
            if name.lower() in passages[index].text.lower():
                found.setdefault(fold(name), Proposal()).add(name, name_facts(item), around(passages[index], span))


def phrases(found: dict[str, Proposal], passages: list[Notes]) -> None:
    """Count the phrases of a paper, each once."""
    seen: set[str] = set()
    for notes in passages:
        for start, end in notes.chunks if notes.part not in (Part.TAGS, Part.CATEGORIES) else ():
            chunk = notes.plain[start:end]
            for text, _ in subphrases(chunk, notes.lang, only_last=False):
                if (notes.lang is Lang.EN and " " not in text) or (key := folded(text)) in seen:
                    continue
                seen.add(key)
                facts = ["title"] if notes.part is Part.TITLE else []
                item = found.setdefault(key, Proposal())
                item.add(text, facts, around(notes, (start, end)) if len(text) == len(chunk) else "")


def known(lookup: Lookup) -> set[str]:
    """Give every folded name of the vocabulary."""
    words = lookup.vocabulary
    return {
        form(label.text)
        for concept in words
        for label in (*concept.labels, *concept.aliases, *words.hidden(concept.id))
        for form in (fold, folded)
    }


def lines(found: dict[str, Proposal], sort: str, least: int, left_out: set[str]) -> Iterator[str]:
    """Write the proposals down, the most frequent first."""
    ranked = sorted(found.items(), key=lambda row: (-row[1].papers, row[0]))
    for key, item in ranked:
        if item.papers < least or key in left_out or (sort == "phrase" and len(key) < 2 + 4 * (not has_han(key))):
            continue
        spellings = " | ".join(name for name, _ in item.spellings.most_common(3))
        facts = " ".join(f"{fact}:{count}" for fact, count in item.facts.most_common(6))
        yield "\t".join([sort, str(item.papers), spellings, facts, " ¦ ".join(item.places)]) + "\n"


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digests", type=Path)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--most", type=int, default=30_000)
    parser.add_argument("--least", type=int, default=4, help="papers that a name must stand in")
    parser.add_argument("--least-phrase", type=int, default=12, help="papers that a phrase must stand in")
    options = parser.parse_args()
    pipeline = Pipeline(vocabulary.load())
    chosen: list[Paper] = survey.papers(options.digests, survey.annotated(options.gold), 0, 1, options.most)
    tables: dict[str, dict[str, Proposal]] = {"name": {}, "phrase": {}}
    for at in range(0, len(chosen), 256):
        for passages in pipeline.notes(chosen[at : at + 256]):
            names(tables["name"], passages, pipeline.lookup)
            phrases(tables["phrase"], passages)
    left_out = known(pipeline.lookup)
    sys.stdout.writelines(lines(tables["name"], "name", options.least, left_out))
    sys.stdout.writelines(lines(tables["phrase"], "phrase", options.least_phrase, left_out | set(tables["name"])))


if __name__ == "__main__":
    main()
