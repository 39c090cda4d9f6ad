"""The communities of an explorer page: where each lies, what to call it, and a tint that its neighbours lack."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from kg.model import Entity, Kind
from kg.text import fold
from kg.writers import _rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.layout import Map
    from kg.model import Edge, PaperNode

TINTS = 6
"""How many tints there are; a region differs from the five nearest ones."""

NAMES = 3
"""How many nodes name a region at most."""


def regions(nodes: Sequence[PaperNode | Entity], edges: Iterable[Edge], plan: Map) -> list[dict[str, Any]]:
    """Describe each community, the largest first."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for at, node in enumerate(nodes):
        if node.id in plan.community:
            members[plan.community[node.id]].append(at)
    names = _names(nodes, edges, plan.community)
    centres = [_centre([plan.places[nodes[at].id] for at in members[key]]) for key in sorted(members)]
    tints = _tints(centres)
    return [
        {"size": len(members[key]), "names": names[key], "x": x, "y": y, "tint": tint}
        for key, (x, y), tint in zip(sorted(members), centres, tints, strict=True)
    ]


def _centre(places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(x for x, _ in places) // len(places), sum(y for _, y in places) // len(places)


def _names(
    nodes: Sequence[PaperNode | Entity], edges: Iterable[Edge], community: Mapping[str, int]
) -> defaultdict[int, list[int]]:
    """Choose the topics and methods that tell most of a community: much linked in it, and little elsewhere.

    A small community of papers and data sets alone is named by whatever it has.
    """
    degree: Counter[str] = Counter()
    inner: Counter[str] = Counter()
    for edge in edges:
        ends = (edge.source, edge.target)
        degree.update(ends)
        if community.get(edge.source) == community.get(edge.target):
            inner.update(ends)
    worth = {key: count * count / degree[key] for key, count in inner.items()}
    ranked = sorted((_sort(node), -worth.get(node.id, 0.0), at) for at, node in enumerate(nodes))
    names: defaultdict[int, list[int]] = defaultdict(list)
    taken: set[tuple[int, str]] = set()
    for sort, _, at in ranked:
        key, name = community.get(nodes[at].id, -1), fold(_rows.name(nodes[at]))
        if (key, name) not in taken and len(names[key]) < (NAMES if sort == 0 else 1):
            names[key].append(at)
            taken.add((key, name))
    return names


def _sort(node: PaperNode | Entity) -> int:
    """Give the turn of a node in naming: topics and methods, then category codes and data sets, then papers."""
    if not isinstance(node, Entity):
        return 2
    return int(node.kind is Kind.DATASET or node.scheme == "category")


def _tints(centres: Sequence[tuple[int, int]]) -> list[int]:
    """Give each region the first tint that none of the nearest ones before it has."""
    tints: list[int] = []
    for at, (x, y) in enumerate(centres):
        near = sorted(range(at), key=lambda other: ((centres[other][0] - x) ** 2 + (centres[other][1] - y) ** 2, other))
        taken = {tints[other] for other in near[: TINTS - 1]}
        tints.append(min(set(range(TINTS)) - taken))
    return tints
