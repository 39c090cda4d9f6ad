"""Say how far two annotators agree: ``python training/agreement.py FIRST_DIR SECOND_DIR``.

Each folder holds annotation files of the same names (``03.jsonl``); only papers that both annotate are compared. One
reader is scored against the other exactly as ``kg evaluate`` scores records against a gold standard: the required items
of one are the predictions, the annotation of the other is the gold standard, and what that one holds optional is left
out of the count. A table gives precision, recall and F1 by type, for type and name (``entity``) and with the role
(``relation``), in both directions, since the two differ: what one reader requires and the other holds optional is
missed in one direction and no error in the other. The column ``optional`` counts it among the missed items.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.evaluate import TYPES, Counts, GoldItem, GoldPaper, Prediction, read_gold, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALL = "all"
Papers = dict[str, GoldPaper]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the required items of one reader score against the annotation of another."""

    entity: Counts = field(default_factory=Counts)
    """Counts by type and name."""
    relation: Counts = field(default_factory=Counts)
    """Counts by type, name and role."""
    optional: int = 0
    """How many of the missed items are optional to the reader who is scored."""

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(self.entity + other.entity, self.relation + other.relation, self.optional + other.optional)


def readings(first: Path, second: Path) -> tuple[Papers, Papers]:
    """Read what two folders annotate; only files and papers that stand in both are kept."""
    shared = sorted({path.name for path in first.glob("*.jsonl")} & {path.name for path in second.glob("*.jsonl")})
    ones, others = (
        {paper.id: paper for name in shared for paper in read_gold(folder / name)} for folder in (first, second)
    )
    ids = [id_ for id_ in ones if id_ in others]
    return {id_: ones[id_] for id_ in ids}, {id_: others[id_] for id_ in ids}


def agreement(gold: Mapping[str, GoldPaper], reader: Mapping[str, GoldPaper], type_: str) -> Agreement:
    """Score the items of one type that a reader requires against another reader, who stands as the gold standard."""
    return sum((_paper(gold[id_].items[type_], reader[id_].items[type_], type_) for id_ in gold), Agreement())


def _paper(gold: Iterable[GoldItem], items: Iterable[GoldItem], type_: str) -> Agreement:
    items, wanted = tuple(items), tuple(gold)
    required = _score(wanted, (item for item in items if item.required), type_)
    everything = _score(wanted, sorted(items, key=lambda item: not item.required), type_)
    return Agreement(required.entity, required.relation, required.entity.missed - everything.entity.missed)


def _score(gold: Iterable[GoldItem], items: Iterable[GoldItem], type_: str) -> Agreement:
    outcome = score("", type_, gold, (Prediction(item.names[0], item.keys, item.role) for item in items))
    return Agreement(outcome.entity, outcome.relation)


def _row(label: str, type_: str, found: Agreement) -> str:
    entity, relation = found.entity, found.relation
    shares = (entity.precision, entity.recall, entity.f1, relation.precision, relation.recall, relation.f1)
    counts = f"{entity.right:6}{entity.wrong:6}{entity.missed:7}{found.optional:9}"
    return f"{label:18}{type_:9}{counts}   " + "".join(f"{share:7.3f}" for share in shares)


def main(first: Path, second: Path) -> int:
    """Print the table; the exit code is 1 if no paper stands in both folders."""
    ones, others = readings(first, second)
    if not ones:
        print(f"no paper is annotated in both {first} and {second}", file=sys.stderr)
        return 1
    print(f"papers annotated by both: {len(ones)}")
    print(f"{'':53}      entity               relation")
    print(f"{'scored on':18}{'type':9} right wrong missed optional         P      R     F1      P      R     F1")
    for label, gold, reader in (("second on first", ones, others), ("first on second", others, ones)):
        by_type = {type_: agreement(gold, reader, type_) for type_ in TYPES}
        for type_, found in (by_type | {ALL: sum(by_type.values(), Agreement())}).items():
            print(_row(label, type_, found))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
