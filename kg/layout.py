"""Where the nodes of a graph are drawn: by forces, so that what belongs together stands together.

The same graph has the same positions on every run, whatever the hash seed, thread count or processor: the
computation uses only addition, multiplication, division and square root of 64-bit floats, which IEEE 754
rounds correctly everywhere, and it rounds forces to a fixed fraction before it adds them up, so that the sum is
exact and does not depend on the order in which vector instructions take it. No sine, no
logarithm, no matrix product, no random number. The result is rounded to integers.

The model is that of ForceAtlas2 (Jacomy et al. 2014, doi:10.1371/journal.pone.0098679) with weaker links to
hubs. Nodes with one neighbour are left out of the simulation and set around that neighbour like petals. Beyond
a thousand nodes, repulsion comes from the cells of a grid instead of from each node.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kg.model import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from kg.graph import KnowledgeGraph

    Floats: TypeAlias = NDArray[np.float64]
    Integers: TypeAlias = NDArray[np.int64]
    Place: TypeAlias = tuple[float, float]

SPACING = 40
"""The least distance between two neighbouring nodes, in the units of the result (pixels at zoom 1)."""

_EXACT = 1000  # beyond so many nodes, repulsion is that of a grid
_GRID = 28  # cells a side
_WORK = 100_000_000  # node pairs that the simulation may look at: about two seconds
_ROUNDS = (60, 300)  # the least and greatest number of rounds
_TIDY = 60  # rounds of pushing apart, at most
_CACHE = 16_384  # numbers that a block of a table may hold
_UNIT = 2.0**12  # forces are added up as multiples of its inverse: exact below 2**41
_GOLDEN = (-0.7373688780783197, 0.6754902942615238)  # cosine and sine of the golden angle
_HEAT = 6.0 * SPACING  # how far a node may move in the first round
_ATTRACTION = 2.0
_REPULSION = 900.0
_GRAVITY = 0.1
_LOOSE = 1.5  # the spread of the nodes, against that of a disc which they would fill


@dataclass(frozen=True, slots=True)
class Map:
    """A graph as it is drawn."""

    places: dict[str, tuple[int, int]]
    """Where each node stands."""
    community: dict[str, int]
    """The number of the community of each node that has an edge, the largest community first."""


def arrange(graph: KnowledgeGraph) -> Map:
    """Give each node its place and its community."""
    return Map(positions(graph), {})


def positions(graph: KnowledgeGraph) -> dict[str, tuple[int, int]]:
    """Give each node its place.

    Nodes that nothing joins to others stand in rows below the rest, digests in a row above.
    """
    links = _links(graph)
    degree: dict[str, int] = {}
    for pair in links:
        for end in pair:
            degree[end] = degree.get(end, 0) + 1
    petals = _petals(links, degree)
    core = [node for node in sorted(degree) if node not in petals]
    placed = _simulate(core, links, petals)
    _flower(placed, petals)
    result = {node: (round(x), round(y)) for node, (x, y) in placed.items()}
    _rows(result, graph)
    return dict(sorted(result.items()))


def _links(graph: KnowledgeGraph) -> list[tuple[str, str]]:
    """Give the pairs that hold together, each once; being listed in a digest is no bond."""
    edges = (edge for edge in graph.edges() if edge.relation is not Relation.LISTED_IN and edge.source != edge.target)
    return sorted({(min(edge.source, edge.target), max(edge.source, edge.target)) for edge in edges})


def _petals(links: list[tuple[str, str]], degree: dict[str, int]) -> dict[str, str]:
    """Map each node with a single neighbour to that neighbour; of a lonely pair, the second to the first."""
    petals = {}
    for one, other in links:
        if degree[other] == 1:
            petals[other] = one
        elif degree[one] == 1:
            petals[one] = other
    return petals


def _flower(placed: dict[str, Place], petals: dict[str, str]) -> None:
    """Set the petals of each node around it, from the inside out, a golden angle apart."""
    counts: dict[str, int] = {}
    turns: dict[str, Place] = {}
    for petal, centre in sorted(petals.items()):
        counts[centre] = counts.get(centre, 0) + 1
        turns[centre] = _turned(*turns.get(centre, (1.0, 0.0)))
        reach = _reach(counts[centre])
        (x, y), (across, down) = placed[centre], turns[centre]
        placed[petal] = (x + across * reach, y + down * reach)


def _turned(x: float, y: float) -> Place:
    """Turn a vector by the golden angle, each operation rounded by itself (complex numbers may be fused on ARM)."""
    cosine, sine = _GOLDEN
    return x * cosine - y * sine, x * sine + y * cosine


def _reach(petals: int) -> float:
    """Give the radius at which the last of so many petals stands."""
    return SPACING * math.sqrt(0.55 + 0.45 * petals) if petals else 0.0


def _rows(result: dict[str, tuple[int, int]], graph: KnowledgeGraph) -> None:
    """Line up digests above the rest and other nodes without a bond below it."""
    ys = [y for _, y in result.values()] or [0]
    columns = max(10, round(len(result) ** 0.5))
    for index, digest in enumerate(graph.digests()):
        result[digest.id] = (2 * SPACING * (index % columns), min(ys) - 3 * SPACING - 2 * SPACING * (index // columns))
    known = [*(paper.id for paper in graph.papers()), *(entity.id for entity in graph.entities())]
    for index, node in enumerate(sorted(set(known) - result.keys())):
        result[node] = (2 * SPACING * (index % columns), max(ys) + 3 * SPACING + 2 * SPACING * (index // columns))


# --- Simulation: places and forces are arrays of two rows, x and y ------------------------------------------


def _simulate(core: list[str], links: list[tuple[str, str]], petals: dict[str, str]) -> dict[str, Place]:
    import numpy as np  # noqa: PLC0415  heavy: only those pay who draw

    index = {node: at for at, node in enumerate(core)}
    pairs = [(index[one], index[other]) for one, other in links if one in index and other in index]
    ends: Integers = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    leaves: Integers = np.bincount([index[centre] for centre in petals.values()], minlength=len(core))
    degree: Integers = np.bincount(ends.ravel(), minlength=len(core)) + leaves
    place = _spiral(len(core))
    rounds = _rounds(len(core))
    for at in range(rounds):
        place = place + _step(place, ends, degree, _HEAT * (1.0 - at / rounds))
    radius = np.array([_reach(int(count)) for count in leaves]) + SPACING / 2
    place = _separate(_scaled(place, radius), radius)
    return {node: (float(place[0, at]), float(place[1, at])) for at, node in enumerate(core)}


def _rounds(nodes: int) -> int:
    bodies = nodes if nodes <= _EXACT else _GRID * _GRID
    least, greatest = _ROUNDS
    return max(least, min(greatest, _WORK // max(1, nodes * bodies)))


def _spiral(count: int) -> Floats:
    """Start in the order of a sunflower: even, and without a random number."""
    import numpy as np  # noqa: PLC0415

    x, y, places = 1.0, 0.0, []
    for at in range(count):
        x, y = _turned(x, y)
        reach = SPACING * 1.5 * math.sqrt(at + 1)
        places.append((x * reach, y * reach))
    return np.array(places, dtype=np.float64).reshape(-1, 2).T.copy()


def _step(place: Floats, ends: Integers, degree: Integers, heat: float) -> Floats:
    """Give the displacement of one round, no longer than ``heat``."""
    import numpy as np  # noqa: PLC0415

    mass: Floats = degree.astype(np.float64) + 1.0
    force: Floats = (_repulsion(place, mass) + _attraction(place, ends, degree)) / mass - _GRAVITY * place
    length = np.sqrt(force[0] * force[0] + force[1] * force[1])
    step: Floats = force * (np.minimum(length, heat) / np.maximum(length, 1e-9))
    return step


def _repulsion(place: Floats, mass: Floats) -> Floats:
    import numpy as np  # noqa: PLC0415

    bodies, weights = (place, mass) if mass.size <= _EXACT else _cells(place, mass)
    force: Floats = np.empty_like(place)
    for rows in _blocks(mass.size, weights.size):
        apart = place[:, rows, None] - bodies[:, None, :]
        pull = apart[0] * apart[0]
        pull += apart[1] * apart[1]
        pull += SPACING
        np.divide((mass[rows] * _REPULSION)[:, None] * weights, pull, out=pull)
        apart *= pull
        force[:, rows] = _total(apart)
    return force


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    """Cut a table into blocks of rows that stay in a processor's cache."""
    height = max(1, _CACHE // max(1, columns))
    return (slice(at, at + height) for at in range(0, rows, height))


def _cells(place: Floats, mass: Floats) -> tuple[Floats, Floats]:
    """Gather the nodes in the cells of a grid: the centre of mass and the mass of each that is not empty."""
    import numpy as np  # noqa: PLC0415

    low, high = place.min(axis=1, keepdims=True), place.max(axis=1, keepdims=True)
    cell = ((place - low) / np.maximum(high - low, 1.0) * (_GRID - 0.001)).astype(np.int64)
    found, inverse = np.unique(cell[0] * _GRID + cell[1], return_inverse=True)
    weight = _gathered(mass, inverse, len(found))
    moment = [_gathered(row * mass, inverse, len(found)) for row in place]
    return np.array(moment) / weight, weight


def _attraction(place: Floats, ends: Integers, degree: Integers) -> Floats:
    """Pull linked nodes together, the weaker the more links the busier of the two has."""
    import numpy as np  # noqa: PLC0415

    one, other = ends
    strength = _ATTRACTION / np.sqrt(np.maximum(degree[one], degree[other]).astype(np.float64))
    pull = (place[:, other] - place[:, one]) * strength
    count = place.shape[1]
    return np.array([_gathered(row, one, count) - _gathered(row, other, count) for row in pull])


def _scaled(place: Floats, radius: Floats) -> Floats:
    """Bring the drawing to the size at which its nodes with their petals fill a fair share of it."""
    import numpy as np  # noqa: PLC0415

    spread = float(_total(np.concatenate([place[0] * place[0], place[1] * place[1]]))) or 1.0
    return place * (_LOOSE * math.sqrt(float(_total(radius * radius)) * radius.size / spread))


def _separate(place: Floats, radius: Floats) -> Floats:
    """Push apart what overlaps, in a few rounds."""
    import numpy as np  # noqa: PLC0415

    for _ in range(min(_TIDY, _WORK // 4 // max(1, radius.size**2))):
        force: Floats = np.empty_like(place)
        for rows in _blocks(radius.size, radius.size):
            apart = place[:, rows, None] - place[:, None, :]
            distance = np.sqrt(apart[0] * apart[0] + apart[1] * apart[1])
            missing = np.maximum(radius[rows, None] + radius - distance, 0.0)
            apart *= missing / (distance + 1.0) * 0.4  # a node is no distance away from itself
            force[:, rows] = _total(apart)
        if not force.any():
            break
        place = place + force
    return place


def _total(values: Floats) -> Floats:
    """Add up along the last axis, rounded to a fixed fraction: such sums are exact, so their order is no matter."""
    import numpy as np  # noqa: PLC0415

    values *= _UNIT
    total: Floats = np.rint(values, out=values).sum(axis=-1) / _UNIT
    return total


def _gathered(values: Floats, group: Integers, groups: int) -> Floats:
    """Add up by group, exactly likewise."""
    import numpy as np  # noqa: PLC0415

    total: Floats = np.bincount(group, weights=np.rint(values * _UNIT), minlength=groups) / _UNIT
    return total
