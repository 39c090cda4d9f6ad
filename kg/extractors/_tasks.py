"""Which tasks a paper works on: those of the vocabulary that it names in its title, often, or in both languages."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from kg.extractors import _weights
from kg.model import Kind, Lang, Mention, Part, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extractors._notes import Notes, Span
    from kg.model import Paper
    from kg.vocabulary import Vocabulary

THRESHOLD = 0.35
"""Tasks below this confidence are not emitted."""
MOST = 4
"""A paper works on so many tasks at most."""
OFTEN = 3
"""From so many places on, a task is frequent."""


def tasks(paper: Paper, passages: Sequence[Notes], vocabulary: Vocabulary) -> Iterator[Mention]:
    """Give the mentions of the tasks that a paper works on."""
    found = candidates(passages, vocabulary)
    scored = sorted((-_probability(marks), key) for key, (marks, _) in found.items())
    for negative, key in scored[:MOST]:
        if -negative >= THRESHOLD:
            for index, span in found[key][1]:
                text = passages[index].text[span[0] : span[1]]
                yield Mention(
                    paper=paper.arxiv_id,
                    passage=index,
                    start=span[0],
                    end=span[1],
                    surface=text,
                    kind=Kind.TOPIC,
                    relation=Relation.HAS_TOPIC,
                    rule="vocabulary-task",
                    confidence=round(-negative, 4),
                    name=passages[index].name(span),
                    concept=key,
                )


def _probability(marks: set[str]) -> float:
    total = _weights.TASK[""] + sum(sorted(_weights.TASK.get(mark, 0.0) for mark in marks))
    return 1 / (1 + exp(-total))


def candidates(passages: Sequence[Notes], vocabulary: Vocabulary) -> dict[str, tuple[set[str], list[tuple[int, Span]]]]:
    """Give the tasks that a paper names, with what speaks for each and where it stands."""
    found: dict[str, tuple[set[str], list[tuple[int, Span]]]] = {}
    for index, notes in enumerate(passages):
        for topic in notes.known_topics:
            if vocabulary.concepts[topic.concept].scheme == "task":
                marks, places = found.setdefault(topic.concept, (set(), []))
                places.append((index, topic.span))
                marks.add(f"in-{notes.part}")
                marks.add(f"in-{notes.part}-{notes.lang}")
    wider = {above for key in found for above in vocabulary.ancestors(key)}
    for key, (marks, places) in found.items():
        _judge_whole(marks, places)
        concept = vocabulary.concepts[key]
        facts = {
            "wider": key in wider,
            "broad": not concept.broader,
            "generic": concept.generic,
            "alone": len(found) == 1,
            "crowded": len(found) > MOST,
        }
        marks.update(mark for mark, holds in facts.items() if holds)
    return found


def _judge_whole(marks: set[str], places: list[tuple[int, Span]]) -> None:
    if len(places) >= OFTEN:
        marks.add("many")
    elif len(places) == 1:
        marks.add("once")
    if any(mark.endswith(f"-{Lang.ZH}") for mark in marks) and any(mark.endswith(f"-{Lang.EN}") for mark in marks):
        marks.add("both-languages")
    if f"in-{Part.TITLE}" not in marks and f"in-{Part.SUMMARY}" not in marks:
        marks.add("abstract-only")
