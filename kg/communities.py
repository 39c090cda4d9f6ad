"""Which nodes of a graph belong together: the communities of Louvain, always the same for the same graph.

The method is that of Blondel et al. 2008 (doi:10.1088/1742-5468/2008/10/P10008): each node joins the community that
raises the modularity most, round after round, then communities become nodes, and so on. It is written here since
that of networkx changes with its version and depends on a random order; here the order is that of the nodes, weights
are whole numbers and every comparison is exact, so that no processor and no version alters a byte.
"""

from __future__ import annotations

from collections import Counter
from math import isqrt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Weights: TypeAlias = list[dict[int, int]]

_UNIT = 1 << 20  # the weight of a link between two nodes that have no other, squared
_ROUNDS = 20  # at most, of one level


def communities(nodes: int, links: Sequence[tuple[int, int]]) -> list[int]:
    """Give each node the number of its community, the largest community first.

    A link to a node with many links weighs less: two papers of one category have little in common.

    Args:
        nodes: how many there are.
        links: pairs of nodes, each once.

    >>> communities(6, [(0, 1), (1, 2), (0, 2), (3, 4), (2, 3)])
    [0, 0, 0, 1, 1, 2]
    """
    near = _weighted(nodes, links)
    loops = [0] * nodes
    member = list(range(nodes))
    while True:
        group = _numbered(_moved(near, loops))
        member = [group[at] for at in member]
        groups = max(group, default=-1) + 1
        if groups == len(near):
            return _by_size(member)
        near, loops = _merged(near, loops, group, groups)


def _weighted(nodes: int, links: Iterable[tuple[int, int]]) -> Weights:
    degree = Counter(end for link in links for end in link)
    near: Weights = [{} for _ in range(nodes)]
    for one, other in links:
        near[one][other] = near[other][one] = max(1, isqrt(_UNIT // max(degree[one], degree[other])))
    return near


def _moved(near: Weights, loops: Sequence[int]) -> list[int]:
    """Let each node in turn join the community that it fits best, until none moves."""
    weight = [sum(links.values()) + 2 * loop for links, loop in zip(near, loops, strict=True)]
    total = sum(weight)
    group = list(range(len(near)))
    mass = list(weight)
    for _ in range(_ROUNDS):
        moves = 0
        for node, links in enumerate(near):
            old = group[node]
            mass[old] -= weight[node]
            new = _best(old, _pull(links, group), mass, weight[node], total)
            mass[new] += weight[node]
            group[node] = new
            moves += new != old
        if not moves:
            break
    return group


def _pull(links: dict[int, int], group: Sequence[int]) -> dict[int, int]:
    pull: dict[int, int] = {}
    for other, weight in links.items():
        pull[group[other]] = pull.get(group[other], 0) + weight
    return pull


def _best(old: int, pull: dict[int, int], mass: Sequence[int], weight: int, total: int) -> int:
    """Choose where the gain in modularity is greatest; of equals the present one, then the first."""
    best, gain = old, pull.get(old, 0) * total - mass[old] * weight
    for group in sorted(pull):
        here = pull[group] * total - mass[group] * weight
        if here > gain:
            best, gain = group, here
    return best


def _numbered(group: Iterable[int]) -> list[int]:
    """Number groups by their first member."""
    number: dict[int, int] = {}
    return [number.setdefault(at, len(number)) for at in group]


def _merged(near: Weights, loops: Sequence[int], group: Sequence[int], groups: int) -> tuple[Weights, list[int]]:
    """Make each community a node."""
    merged: Weights = [{} for _ in range(groups)]
    inner = [0] * groups
    for node, links in enumerate(near):
        here = group[node]
        inner[here] += loops[node]
        for other, weight in links.items():
            there = group[other]
            if there != here:
                merged[here][there] = merged[here].get(there, 0) + weight
            elif other > node:
                inner[here] += weight
    return merged, inner


def _by_size(member: Sequence[int]) -> list[int]:
    sizes = Counter(member)
    rank = {group: at for at, group in enumerate(sorted(sizes, key=lambda group: (-sizes[group], group)))}
    return [rank[group] for group in member]
