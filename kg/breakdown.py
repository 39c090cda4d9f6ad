"""Break scores down: by the language that names a thing, by the dialect of its digests; say where each error stands.

A prediction counts for the language of its evidence, a missed item for the language in which one of its names stands:
only ``zh``, only ``en``, ``both``, or ``none`` where the text holds no name of it as annotated.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from kg.evaluate import TYPES, Counts, Verdict, count
from kg.model import Lang, Part
from kg.text import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kg.evaluate import GoldItem, Outcome, Prediction, Scores

    Record = Mapping[str, Any]

LANGUAGES = ("zh only", "en only", "both", "none")
"""In which language a thing is named."""
DRAWS = 400
"""So many times papers are drawn anew for an interval."""
ABSENT = "absent"
"""What stands for the dialect of a paper that is not in the graph."""
_TEXTS = (Part.TITLE, Part.SUMMARY, Part.ABSTRACT)
_GAP = r"[\s‐‑–-]*"
_WRONG = {Verdict.WRONG: "wrong", Verdict.DOUBLE: "double", Verdict.ROLE: "role"}


@dataclass(frozen=True, slots=True)
class Share:
    """The scores of one type in one part of the gold standard."""

    type: str
    """A key of :data:`kg.evaluate.TYPES`."""
    name: str
    """The language, or the dialect."""
    entity: Counts
    """Counts by type and name."""
    relation: Counts
    """Counts by role too."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One error, and where it stands."""

    paper: str
    """The arXiv identifier."""
    type: str
    """A key of :data:`kg.evaluate.TYPES`."""
    error: str
    """``missed``, ``wrong``, ``double`` or ``role``."""
    name: str
    """What the gold standard calls what was missed; the label of what is wrong."""
    sentence: str = ""
    """The sentence that names it; empty if none of the paper's texts does."""
    part: str = ""
    """The passage that holds the sentence."""
    lang: str = ""
    """Its language."""
    digest: str = ""
    """The digest that it stands in."""
    line: int = 0
    """The line of that digest; 0 if there is no sentence."""


def by_language(scores: Scores, records: Iterable[Record]) -> list[Share]:
    """Score by the language that names a thing, for every type; parts without anything are left out."""
    by_id = {record["id"]: record for record in records}

    def languages(outcome: Outcome) -> Iterator[tuple[str, Verdict | None]]:
        for prediction, verdict in outcome.judged:
            yield _language({row["lang"] for row in prediction.evidence}), verdict
        for item in outcome.lost:
            texts = _texts(by_id.get(outcome.paper, {}))
            yield _language({text["lang"] for text in texts if _find(item, text["text"])}), None

    return list(_shares(scores, languages, LANGUAGES))


def by_dialect(scores: Scores, records: Iterable[Record], dialects: Mapping[str, str]) -> list[Share]:
    """Score by the dialect of the digests that hold a paper, joined by ``+`` if they are several.

    Args:
        scores: the scores.
        records: one a paper, with its ``digests``.
        dialects: the dialect of each digest.
    """
    here = {
        record["id"]: "+".join(sorted({dialects[digest] for digest in record["digests"]} - {""})) for record in records
    }

    def dialect(outcome: Outcome) -> Iterator[tuple[str, Verdict | None]]:
        name = here.get(outcome.paper) or ABSENT
        yield from ((name, verdict) for _, verdict in outcome.judged)
        yield from ((name, None) for _ in outcome.lost)

    return list(_shares(scores, dialect, sorted({*here.values(), ABSENT})))


def _shares(
    scores: Scores, told: Callable[[Outcome], Iterable[tuple[str, Verdict | None]]], names: Sequence[str]
) -> Iterator[Share]:
    for type_ in TYPES:
        rows = list(chain.from_iterable(told(outcome) for outcome in scores.outcomes if outcome.type == type_))
        for name in names:
            verdicts = [verdict for found, verdict in rows if found == name and verdict is not None]
            counts = count(verdicts, rows.count((name, None)))
            if counts[0] != Counts():
                yield Share(type_, name, *counts)


def interval(counts: Sequence[Counts]) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of F1 over papers; always the same draws.

    >>> interval([Counts(right=1)] * 3)
    (1.0, 1.0)
    """
    draw = random.Random(0)  # noqa: S311  statistics
    rows = [(item.right, item.wrong, item.missed) for item in counts]
    sums = (map(sum, zip(*draw.choices(rows, k=len(rows)), strict=True)) for _ in range(DRAWS))
    scores = sorted(Counts(*row).f1 for row in sums)
    return scores[int(DRAWS * 0.025)], scores[int(DRAWS * 0.975)]


def mistakes(scores: Scores, records: Iterable[Record]) -> Iterator[Mistake]:
    """Give every missed and every wrong thing with its sentence, in the order of the gold standard."""
    by_id = {record["id"]: record for record in records}
    for outcome in scores.outcomes:
        texts = _texts(by_id.get(outcome.paper, {}))
        for item in outcome.lost:
            yield _missed(outcome, item, texts)
        for prediction, verdict in outcome.judged:
            if verdict in _WRONG:
                yield _wrong(outcome, prediction, _WRONG[verdict], texts)


def _missed(outcome: Outcome, item: GoldItem, texts: Sequence[Record]) -> Mistake:
    for text in texts:
        if place := _find(item, text["text"]):
            return _stands(outcome, "missed", item.names[0], text, place)
    return Mistake(outcome.paper, outcome.type, "missed", item.names[0])


def _wrong(outcome: Outcome, prediction: Prediction, error: str, texts: Sequence[Record]) -> Mistake:
    for row in prediction.evidence:
        for text in texts:
            if all(text[name] == row[name] for name in ("part", "lang", "digest", "line")):
                return _stands(outcome, error, prediction.label, text, (row["start"], row["end"]))
    return Mistake(outcome.paper, outcome.type, error, prediction.label)


def _stands(outcome: Outcome, error: str, name: str, text: Record, place: tuple[int, int]) -> Mistake:
    said = sentence(text["text"], *place)
    return Mistake(
        outcome.paper, outcome.type, error, name, said, text["part"], text["lang"], text["digest"], text["line"]
    )


def _texts(record: Record) -> list[Record]:
    """Give the running texts of a paper, titles first."""
    texts = [text for text in record.get("passages", ()) if text["part"] in _TEXTS]
    return sorted(texts, key=lambda text: (_TEXTS.index(text["part"]), text["lang"]))


def _language(langs: set[str]) -> str:
    return "both" if len(langs) == len(Lang) else next((f"{lang} only" for lang in langs), "none")


def _find(item: GoldItem, text: str) -> tuple[int, int] | None:
    """Find the first name of an item that a text holds."""
    found = (_pattern(name).search(text) for name in item.names)
    return next((match.span() for match in found if match), None)


@lru_cache(maxsize=10_000)
def _pattern(name: str) -> re.Pattern[str]:
    """Make the pattern of a name: case, blanks, hyphens and a plural *s* make no difference."""
    body = _GAP.join(map(re.escape, re.split(r"[\s‐‑–-]+", name.strip())))
    left = r"(?<![A-Za-z0-9])" if name[:1].isascii() else ""
    right = r"s?(?![A-Za-z0-9])" if name[-1:].isascii() else ""
    return re.compile(left + body + right, re.IGNORECASE)
