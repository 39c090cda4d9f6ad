"""What the names of one paper say of one another: names that hold it, names beside it in a list, what is proposed.

A name is decided upon alone first. Two names of one thing, or a technique and the longer name that holds it, then are
both likely, though a catalogue lists one; and a second thing that a paper would propose is doubtful. Boosted trees that
see what was said of all of them correct the first log-odds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kg.model import Part
from kg.text import fold, has_han

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.extractors._forest import Forest
    from kg.extractors._groups import Group
    from kg.extractors._notes import Notes

CONSIDERED = -4.0
"""Names of lower log-odds are out of the question, whatever the others are."""
KEPT = -0.85
"""From these log-odds on (a probability of 0.3), a name is taken for one of the paper's."""
NOTHING = -9.0
"""The log-odds of the best of none."""
SHORTEST = 3
"""A folded name of fewer characters is held by too many others."""
FIELDS = (
    *("keep", "data", "new"),
    *("phrase", "coined", "title", "characters", "names", "places", "free"),
    *("listed best", "listed mean", "listed", "inner best", "inner", "outer best", "outer"),
    *("surer inner best", "surer inner", "surer outer best", "surer outer", "longer by", "kin new", "kin data"),
    *("surer new", "surer new best", "surer new coined", "surer new title", "kept new", "kept data", "kept new data"),
)
"""What the trees are told of a name: what was said of it alone, what it looks like, the names beside it in lists, those
inside it and around it, the surer ones of these, and what else the paper proposes."""
_COINED = re.compile(r"[a-z][A-Z]|[A-Z]{2}|\d")
_LIST = re.compile(r"\s*(?:,|、|和|与|及|and|or|/|\+|, and|以及|vs\.?|或)\s*")
_GAP = 8
"""Between two names of a list stand so many characters at most."""


class Odds(NamedTuple):
    """What was said of a name alone, as log-odds."""

    keep: float
    """That the graph should hold it."""
    data: float
    """That it is a dataset."""
    new: float
    """That the paper proposes it."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A name with what the others need to know of it."""

    item: Group
    odds: Odds
    keys: tuple[str, ...]
    """Its folded names."""
    length: int
    """How long the longest of them is, in characters, unfolded."""
    coined: bool
    """Whether a form looks made up: a capital inside, capitals or digits, one word."""
    title: bool
    """Whether a title has it."""

    @property
    def kept(self) -> bool:
        """Whether it is taken for a name of the paper."""
        return self.odds.keep >= KEPT

    @property
    def new(self) -> bool:
        """Whether the paper likely proposes it."""
        return self.odds.new > 0

    @property
    def data(self) -> bool:
        """Whether it is likelier a dataset."""
        return self.odds.data > 0


def corrected(
    groups: Sequence[Sequence[Group]],
    noted: Sequence[Sequence[Notes]],
    said: Sequence[Sequence[Odds]],
    forest: Forest | None,
) -> list[list[Odds]]:
    """Correct what was said of the names of each paper alone; without trees, nothing is."""
    import numpy as np  # noqa: PLC0415  numpy is loaded late

    if forest is None:
        return [list(odds) for odds in said]
    told = [
        row
        for items, passages, odds in zip(groups, noted, said, strict=True)
        for row in rows(items, passages, odds)
        if row
    ]
    more = iter(forest.odds(np.array(told, dtype=np.float32)).tolist())
    return [
        [one._replace(keep=one.keep + next(more)) if one.keep >= CONSIDERED else one for one in odds] for odds in said
    ]


def rows(items: Sequence[Group], passages: Sequence[Notes], said: Sequence[Odds]) -> list[list[float]]:
    """Give what the trees are told of the names of one paper, in the order of :data:`FIELDS`.

    Args:
        items: all names of the paper.
        passages: the notes that they stand in.
        said: what was said of each alone.

    Returns:
        A row a name; an empty one for a name that is out of the question (:data:`CONSIDERED`).
    """
    names = [_name(item, odds) for item, odds in zip(items, said, strict=True)]
    lists = _lists(names, passages)
    kept = [name for name in names if name.kept]
    return [
        _row(name, names, kept, [names[at].odds.keep for at in sorted(lists[number])])
        if name.odds.keep >= CONSIDERED
        else []
        for number, name in enumerate(names)
    ]


def _name(item: Group, odds: Odds) -> _Name:
    return _Name(
        item,
        odds,
        tuple(sorted({fold(name) for name in item.names})),
        max(map(len, item.names)),
        any(" " not in name and _COINED.search(name) is not None for name in item.names),
        f"in-{Part.TITLE}" in item.marks,
    )


def _row(name: _Name, names: Sequence[_Name], kept: Sequence[_Name], listed: Sequence[float]) -> list[float]:
    others = [other for other in kept if other is not name]
    inner = [other for other in names if other is not name and _holds(name, other)]
    outer = [other for other in names if other is not name and _holds(other, name)]
    odds, item = name.odds, name.item
    new = [other for other in others if other.new]
    surer_new = [other for other in new if other.odds.keep >= odds.keep]
    return [
        *odds,
        all(" " in form or has_han(form) for form in item.names),
        name.coined,
        name.title,
        name.length,
        len(item.names),
        len(item.places),
        len(item.places) - len(item.nested),
        max(listed, default=NOTHING),
        sum(listed) / len(listed) if listed else NOTHING,
        len(listed),
        *_best(inner),
        *_best(outer),
        *_kin(name, inner, outer),
        len(surer_new),
        _best(surer_new)[0],
        any(other.coined for other in surer_new),
        sum(other.title for other in surer_new),
        len(new),
        sum(other.data for other in others),
        sum(other.data for other in new),
    ]


def _kin(name: _Name, inner: Iterable[_Name], outer: Iterable[_Name]) -> Iterator[float]:
    """Say what of the names inside and around a name is kept and surer."""
    inner, outer = (
        [other for other in kin if other.kept and other.odds.keep >= name.odds.keep] for kin in (inner, outer)
    )
    kin = [*outer, *inner]
    yield from (*_best(inner), *_best(outer))
    yield min((name.length - other.length for other in kin), default=0, key=abs)
    yield max((other.odds.new for other in kin), default=NOTHING)
    yield max((other.odds.data for other in kin), default=NOTHING)


def _best(names: Sequence[_Name]) -> tuple[float, int]:
    """Give the best log-odds of names, and how many there are."""
    return max((name.odds.keep for name in names), default=NOTHING), len(names)


def _holds(name: _Name, other: _Name) -> bool:
    """Tell whether a form of a name holds one of another name, and more.

    Some pairs hold each other: ``Foo`` and ``Foo model`` beside ``Foo-7B`` and ``the Foo``.
    """
    return any(len(short) >= SHORTEST and short in long and short != long for long in name.keys for short in other.keys)


def _lists(names: Sequence[_Name], passages: Sequence[Notes]) -> dict[int, set[int]]:
    """Say which names stand next to each other in a list: *A, B and C*."""
    places: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for number, name in enumerate(names):
        for index, (start, end) in name.item.places:
            places[index].append((start, end, number))
    beside: dict[int, set[int]] = defaultdict(set)
    for index, spans in places.items():
        spans.sort()
        text = passages[index].plain
        for at, (_, end, number) in enumerate(spans):
            for start, _, other in spans[at + 1 :]:
                if start > end + _GAP:
                    break
                if start >= end and other != number and _LIST.fullmatch(text, end, start):
                    beside[number].add(other)
                    beside[other].add(number)
    return beside
