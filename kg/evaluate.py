"""Score extraction against a gold standard, exactly as the annotation guideline lays down.

A predicted entity matches a gold item of the same type if any of its names has the same :func:`key` as any of the
item's names. A gold item is matched once: a second prediction that matches it is wrong. A prediction that matches an
optional item is left out of the count. Counts are summed over all papers (micro average). ``entity`` asks for type
and name, ``relation`` for the role too. Papers of the gold standard that are absent count as missed, and are named.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.errors import InputError
from kg.model import Relation
from kg.text import has_han

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

TYPES = ("methods", "datasets", "tasks")
"""The types that a gold standard annotates, as its fields are called."""

_ROLES = {
    Relation.PROPOSES.value: "proposes",
    Relation.USES_METHOD.value: "uses",
    Relation.INTRODUCES.value: "introduces",
    Relation.USES_DATASET.value: "uses",
}
_ALLOWED_ROLES = {"methods": ("proposes", "uses"), "datasets": ("introduces", "uses"), "tasks": ("",)}


@lru_cache(maxsize=100_000)
def key(name: str) -> str:
    """Fold a name as the guideline compares names: NFKC, case, only letters, digits and ``+``, no plural ``s``.

    >>> key("Chain-of-Thoughts"), key("ＧＰＴ－４"), key("C++"), key("思维链（CoTs）")
    ('chainofthought', 'gpt4', 'c++', '思维链cots')
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    kept = "".join(char for char in folded if char.isalnum() or char == "+")
    return kept[:-1] if kept.endswith("s") and not has_han(kept) else kept


@dataclass(frozen=True, slots=True)
class GoldItem:
    """One thing that the entry names, as annotated."""

    names: tuple[str, ...]
    """Every form of its name, the best label first; never empty."""
    role: str
    """``proposes``, ``introduces`` or ``uses``; empty for a task."""
    required: bool
    """Whether a careful reader would expect it in the graph."""

    @property
    def keys(self) -> frozenset[str]:
        """The folded names."""
        return frozenset(filter(None, map(key, self.names)))


@dataclass(frozen=True, slots=True)
class GoldPaper:
    """One annotated paper."""

    id: str
    """Its arXiv identifier."""
    items: Mapping[str, tuple[GoldItem, ...]]
    """The items by type, a key of :data:`TYPES`."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many predictions were right, wrong and wanting."""

    right: int = 0
    """Predictions that match a required gold item."""
    wrong: int = 0
    """Predictions that match nothing, or something already matched."""
    missed: int = 0
    """Required gold items that no prediction matches."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """The share of predictions that are right; 0 if there are none.

        >>> Counts(right=3, wrong=1, missed=2).precision
        0.75
        """
        return self.right / (self.right + self.wrong) if self.right else 0.0

    @property
    def recall(self) -> float:
        """The share of required items that were found; 0 if there are none.

        >>> Counts(right=3, wrong=1, missed=2).recall
        0.6
        """
        return self.right / (self.right + self.missed) if self.right else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall.

        >>> round(Counts(right=3, wrong=1, missed=2).f1, 4)
        0.6667
        """
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0


@dataclass(frozen=True, slots=True)
class Prediction:
    """An entity of a record, reduced to what is scored."""

    label: str
    """How to call it in a list of errors."""
    keys: frozenset[str]
    """Its folded names."""
    role: str
    """``proposes``, ``introduces`` or ``uses``; empty for a task."""
    evidence: tuple[Mapping[str, Any], ...] = ()
    """Where the paper says so, as the record has it."""


class Verdict(StrEnum):
    """What became of a prediction."""

    RIGHT = "right"
    ROLE = "role"  # a required item, in another role
    WRONG = "wrong"  # nothing of the gold standard
    DOUBLE = "double"  # what another prediction matched before
    OPTIONAL = "optional"  # left out of the count


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one type in one paper."""

    paper: str
    """The arXiv identifier."""
    type: str
    """A key of :data:`TYPES`."""
    entity: Counts
    """Counts by type and name."""
    relation: Counts
    """Counts by type, name and role."""
    missed: tuple[str, ...] = ()
    """The best labels of the required items that were not found."""
    false: tuple[str, ...] = ()
    """The labels of the predictions that match nothing."""
    doubled: tuple[str, ...] = ()
    """The labels of the predictions that match what another one matched before."""
    misjudged: tuple[str, ...] = ()
    """The labels of the predictions whose role is wrong."""
    judged: tuple[tuple[Prediction, Verdict], ...] = ()
    """Every prediction with what became of it."""
    lost: tuple[GoldItem, ...] = ()
    """The required items that were not found."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a set of records against a gold standard."""

    entity: Mapping[str, Counts]
    """By type: right if type and name are."""
    relation: Mapping[str, Counts]
    """By type: right if the role is too; a task has none, so it scores as its entity does."""
    outcomes: tuple[Outcome, ...]
    """Per paper and type, in the order of the gold standard; for error analysis."""
    papers: int
    """How many papers the gold standard holds."""
    absent: tuple[str, ...] = ()
    """The papers of the gold standard that no record is about, sorted; all their items count as missed."""


@dataclass(slots=True)
class _Tally:
    """What one type of one paper came to, while it is counted."""

    judged: list[tuple[Prediction, Verdict]] = field(default_factory=list)

    def labels(self, verdict: Verdict) -> tuple[str, ...]:
        """Give the labels of the predictions with a verdict."""
        return tuple(prediction.label for prediction, found in self.judged if found is verdict)


def evaluate(gold: Path, records: Iterable[Mapping[str, Any]]) -> Scores:
    """Score records, as ``kg export jsonl`` writes them, against a gold standard.

    Args:
        gold: a file with one annotated paper a line.
        records: one mapping a paper with ``id``, ``methods``, ``datasets`` and ``topics``; papers that the gold
            standard does not hold are left aside.

    Raises:
        InputError: the gold standard cannot be read or is malformed; the message names file and line.
    """
    papers = read_gold(gold)
    wanted = {paper.id for paper in papers}
    found = {record["id"]: record for record in records if record["id"] in wanted}
    outcomes = tuple(
        score(paper.id, type_, paper.items[type_], predictions(found.get(paper.id, {}), type_))
        for paper in papers
        for type_ in TYPES
    )
    return Scores(
        entity={type_: _total(item.entity for item in outcomes if item.type == type_) for type_ in TYPES},
        relation={type_: _total(item.relation for item in outcomes if item.type == type_) for type_ in TYPES},
        outcomes=outcomes,
        papers=len(papers),
        absent=tuple(sorted(wanted - found.keys())),
    )


def _total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


def predictions(record: Mapping[str, Any], type_: str) -> tuple[Prediction, ...]:
    """Reduce the entities of a record to what is scored; of the topics, only tasks are."""
    rows = record.get("topics" if type_ == "tasks" else type_, ())
    return tuple(
        Prediction(
            label=row["label"],
            keys=frozenset(filter(None, map(key, (row["label"], *row.get("aliases", ()))))),
            role=_ROLES.get(row.get("relation", ""), ""),
            evidence=tuple(row.get("evidence", ())),
        )
        for row in rows
        if type_ != "tasks" or row.get("source") == "task"
    )


def score(paper: str, type_: str, gold: Iterable[GoldItem], predicted: Iterable[Prediction]) -> Outcome:
    """Score the predictions of one type in one paper, in the order given."""
    required = [item for item in gold if item.required]
    optional = frozenset[str]().union(*(item.keys for item in gold if not item.required))
    open_, matched, tally = list(required), frozenset[str](), _Tally()
    for prediction in predicted:
        item = _best(open_, prediction)
        if item is not None:
            open_.remove(item)
            matched |= item.keys
            verdict = Verdict.RIGHT if item.role == prediction.role else Verdict.ROLE
        elif prediction.keys & matched:
            verdict = Verdict.DOUBLE
        else:
            verdict = Verdict.OPTIONAL if prediction.keys & optional else Verdict.WRONG
        tally.judged.append((prediction, verdict))
    return _outcome(paper, type_, open_, tally)


def _best(gold: list[GoldItem], prediction: Prediction) -> GoldItem | None:
    """Choose the gold item that a prediction matches: one whose role agrees, if there is a choice."""
    fitting = [item for item in gold if item.keys & prediction.keys]
    return min(fitting, key=lambda item: item.role != prediction.role, default=None)


def _outcome(paper: str, type_: str, missed: list[GoldItem], tally: _Tally) -> Outcome:
    verdicts = [verdict for _, verdict in tally.judged]
    entity, relation = count(verdicts, len(missed))
    return Outcome(
        paper=paper,
        type=type_,
        entity=entity,
        relation=relation,
        missed=tuple(item.names[0] for item in missed),
        false=tally.labels(Verdict.WRONG),
        doubled=tally.labels(Verdict.DOUBLE),
        misjudged=tally.labels(Verdict.ROLE),
        judged=tuple(tally.judged),
        lost=tuple(missed),
    )


def count(verdicts: Sequence[Verdict], missed: int) -> tuple[Counts, Counts]:
    """Count verdicts and missed items, by type and name, and by the role too.

    >>> count([Verdict.RIGHT, Verdict.ROLE, Verdict.WRONG], 1)
    (Counts(right=2, wrong=1, missed=1), Counts(right=1, wrong=2, missed=2))
    """
    right, astray = verdicts.count(Verdict.RIGHT), verdicts.count(Verdict.ROLE)
    wrong = verdicts.count(Verdict.WRONG) + verdicts.count(Verdict.DOUBLE)
    return Counts(right + astray, wrong, missed), Counts(right, wrong + astray, missed + astray)


def read_gold(path: Path) -> tuple[GoldPaper, ...]:
    """Read a gold standard: JSON Lines, one paper a line; blank lines are passed over.

    Raises:
        InputError: the file cannot be read, a line is malformed, or a paper comes twice; with file and line.
    """
    papers: dict[str, GoldPaper] = {}
    for number, line in _lines(path):
        where = f"{path}:{number}"
        paper = _paper(where, _json(where, line))
        if paper.id in papers:
            raise InputError(where, f"the paper {paper.id} is annotated twice", "Remove one of the two lines.")
        papers[paper.id] = paper
    if not papers:
        raise InputError(str(path), "no annotated paper is in it", "Give a file with one JSON record a line.")
    return tuple(papers.values())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read ({error})", "Give a readable UTF-8 file.") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line


def _json(where: str, line: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(where, f"no JSON ({error})", "Write one record a line.") from error
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        raise InputError(where, "no record with an id", 'Write {"id": "2310.00212", "methods": […], …}.')
    return value


def _paper(where: str, value: Mapping[str, Any]) -> GoldPaper:
    items: dict[str, list[GoldItem]] = defaultdict(list)
    for type_ in TYPES:
        rows = value.get(type_, [])
        if not isinstance(rows, list):
            raise InputError(where, f"{type_} is no list", f'Write "{type_}": [].')
        items[type_] = [_item(where, type_, row) for row in rows]
    return GoldPaper(value["id"], {type_: tuple(rows) for type_, rows in items.items()})


def _item(where: str, type_: str, row: object) -> GoldItem:
    names = row.get("names") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(names, list) or not names or not all(map(_is_name, names)):
        raise InputError(where, f"an item of {type_} has no names", 'Write {"names": ["PPO", …], …}.')
    role, required = row.get("role", ""), row.get("required", True)
    if role not in _ALLOWED_ROLES[type_] or not isinstance(required, bool):
        choices = " or ".join(_ALLOWED_ROLES[type_])
        raise InputError(
            where, f"{names[0]!r} has role {role!r}, required {required!r}", f"Write {choices}; true or false."
        )
    return GoldItem(tuple(names), role, required)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
