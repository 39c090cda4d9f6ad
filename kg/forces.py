"""The forces that draw a graph, in exact arithmetic: attraction, repulsion, and pushing apart what overlaps.

The same input has the same result on every run, whatever the hash seed, thread count or processor: the
computation uses only addition, multiplication, division and square root of 64-bit floats, which IEEE 754
rounds correctly everywhere, and it rounds forces to a fixed fraction before it adds them up, so that the sum is
exact and does not depend on the order in which vector instructions take it. No sine, no
logarithm, no matrix product, no random number.

The model is that of ForceAtlas2 (Jacomy et al. 2014, doi:10.1371/journal.pone.0098679) with weaker links to
hubs. Beyond a thousand nodes, repulsion comes from the cells of a grid instead of from each node, the simulation starts
from the communities of the graph, each a disc of its own, and only what is near is looked at to push it apart.

Places and forces are arrays of two rows, x and y.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

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
_NEAR = 5.0 * SPACING  # a radius beyond this is compared with every node, not with those of neighbouring cells
_CACHE = 16_384  # numbers that a block of a table may hold
_UNIT = 2.0**12  # forces are added up as multiples of its inverse: exact below 2**41
_GOLDEN = (-0.7373688780783197, 0.6754902942615238)  # cosine and sine of the golden angle
_HEAT = 6.0 * SPACING  # how far a node may move in the first round
_ATTRACTION = 2.0
_REPULSION = 900.0
_GRAVITY = 0.1
_BOND = 6.0  # the attraction of communities, against that of nodes
_GAP = 1.1  # the room of a community, against its size
_PULLS, _PULL, _PUSHES = 80, 0.95, 8  # how communities are packed: steps inwards, how far, rounds of pushing apart
_LOOSE = 1.5  # the spread of the nodes, against that of a disc which they would fill


def reach(petals: int) -> float:
    """Give the radius at which the last of so many petals of a node stands."""
    return SPACING * math.sqrt(0.55 + 0.45 * petals) if petals else 0.0


def turned(x: float, y: float) -> Place:
    """Turn a vector by the golden angle, each operation rounded by itself (complex numbers may be fused on ARM)."""
    cosine, sine = _GOLDEN
    return x * cosine - y * sine, x * sine + y * cosine


def simulate(nodes: int, links: Sequence[tuple[int, int]], petals: Sequence[int], group: Sequence[int]) -> list[Place]:
    """Give each node a place where what is linked stands together and nothing overlaps.

    Args:
        nodes: how many there are.
        links: pairs of nodes, each once.
        petals: for each node, how many more stand around it that are not simulated.
        group: the number of the community of each node.
    """
    import numpy as np  # noqa: PLC0415  heavy: only those pay who draw

    if not nodes:
        return []
    ends: Integers = np.array(links, dtype=np.int64).reshape(-1, 2).T
    leaves: Integers = np.array(petals, dtype=np.int64)
    degree: Integers = np.bincount(ends.ravel(), minlength=nodes) + leaves
    radius = np.array([reach(count) for count in petals]) + SPACING / 2
    member: Integers = np.array(group, dtype=np.int64)
    place = _separate(_discs(ends, degree, radius, member), radius)
    return [(float(x), float(y)) for x, y in place.T]


def _settled(place: Floats, mass: Floats, ends: Integers, strength: Floats) -> Floats:
    """Let forces move the nodes, less from round to round."""
    rounds = _rounds(mass.size)
    for at in range(rounds):
        place = place + _step(place, mass, ends, strength, _HEAT * (1.0 - at / rounds))
    return place


def _rounds(nodes: int) -> int:
    bodies = nodes if nodes <= _EXACT else _GRID * _GRID
    least, greatest = _ROUNDS
    return max(least, min(greatest, _WORK // max(1, nodes * bodies)))


def _spiral(count: int) -> Floats:
    """Start in the order of a sunflower: even, and without a random number."""
    import numpy as np  # noqa: PLC0415

    x, y, places = 1.0, 0.0, []
    for at in range(count):
        x, y = turned(x, y)
        out = SPACING * 1.5 * math.sqrt(at + 1)
        places.append((x * out, y * out))
    return np.array(places, dtype=np.float64).reshape(-1, 2).T.copy()


# --- Communities as discs -----------------------------------------------------------------------------------


def _discs(ends: Integers, degree: Integers, radius: Floats, group: Integers) -> Floats:
    """Lay out each community by itself, then the communities as discs of the size that they came to need."""
    import numpy as np  # noqa: PLC0415

    groups = int(group.max()) + 1
    place: Floats = np.zeros((2, group.size))
    size: Floats = np.zeros(groups)
    inner = ends[:, group[ends[0]] == group[ends[1]]]
    by_group = np.argsort(group[inner[0]], kind="stable")
    inner, cuts = inner[:, by_group], np.searchsorted(group[inner[0]][by_group], np.arange(groups + 1))
    for at in range(groups):
        members = np.flatnonzero(group == at)
        members = members[np.argsort(-degree[members], kind="stable")]
        place[:, members] = _disc(members, inner[:, cuts[at] : cuts[at + 1]], degree, radius)
        size[at] = _extent(place[:, members], radius[members])
    return place + _centres(group[ends], size)[:, group]


def _disc(members: Integers, ends: Integers, degree: Integers, radius: Floats) -> Floats:
    """Lay out a community around the origin, starting with its busiest node in the middle."""
    import numpy as np  # noqa: PLC0415

    if members.size == 1:
        return np.zeros((2, 1))
    at = np.zeros(degree.size, dtype=np.int64)
    at[members] = np.arange(members.size)
    links, mass = at[ends], degree[members].astype(np.float64) + 1.0
    place = _settled(_spiral(members.size), mass, links, _strength(links, degree[members]))
    place = _separate(_scaled(place, radius[members]), radius[members])
    centred: Floats = place - (place.min(axis=1, keepdims=True) + place.max(axis=1, keepdims=True)) / 2
    return centred


def _extent(place: Floats, radius: Floats) -> float:
    """Give the radius of the disc around the origin that holds nine in ten nodes."""
    import numpy as np  # noqa: PLC0415

    out = np.sort(np.sqrt(place[0] * place[0] + place[1] * place[1]) + radius)
    return float(out[(out.size - 1) * 9 // 10])


def _centres(ends: Integers, size: Floats) -> Floats:
    """Lay out the communities themselves, and below them in rows those that no link joins to others."""
    import numpy as np  # noqa: PLC0415

    across = ends[:, ends[0] != ends[1]]
    main = np.union1d(across.ravel(), [0])
    apart = np.setdiff1d(np.arange(size.size), main)
    place: Floats = np.zeros((2, size.size))
    place[:, main] = _neighbourly(np.searchsorted(main, across), size[main])
    low, high = (place - size)[:, main].min(axis=1), (place + size)[:, main].max(axis=1)
    place[:, apart] = _lines(size[apart], float(low[0]), float(high[0]), float(high[1]))
    return place


def _neighbourly(ends: Integers, size: Floats) -> Floats:
    """Set discs side by side, the nearer the more links join them."""
    import numpy as np  # noqa: PLC0415

    one, other = np.sort(ends, axis=0)
    pairs, counts = np.unique(one * size.size + other, return_counts=True)
    joined = np.array([pairs // size.size, pairs % size.size])
    total = np.bincount(joined.ravel(), weights=np.concatenate([counts, counts]), minlength=size.size)
    mass = (size / SPACING) * (size / SPACING)
    share = counts / np.maximum(total[joined[0]], total[joined[1]])
    strength = _BOND * _GRAVITY * share * np.minimum(mass[joined[0]], mass[joined[1]])
    place = _settled(_spiral(size.size), mass, joined, strength)
    return _packed(_scaled(place, size), size * _GAP)


def _lines(size: Floats, left: float, right: float, top: float) -> Floats:
    """Set discs in lines below a drawing, as words in a text."""
    import numpy as np  # noqa: PLC0415

    places, x, y, height = [], left, top + SPACING, 0.0
    for room in (size * _GAP).tolist():
        if x + 2 * room > right and x > left:
            x, y, height = left, y + height, 0.0
        height = max(height, 2 * room)
        places.append((x + room, y + room))
        x += 2 * room
    return np.array(places, dtype=np.float64).reshape(-1, 2).T


def _packed(place: Floats, size: Floats) -> Floats:
    """Draw discs towards the middle until they touch, keeping their order around it."""
    for _ in range(_PULLS):
        place = _separate(place * _PULL, size, rounds=_PUSHES)
    return _separate(place, size)


# --- Forces -------------------------------------------------------------------------------------------------


def _step(place: Floats, mass: Floats, ends: Integers, strength: Floats, heat: float) -> Floats:
    """Give the displacement of one round, no longer than ``heat``."""
    import numpy as np  # noqa: PLC0415

    force: Floats = (_repulsion(place, mass) + _attraction(place, ends, strength)) / mass - _GRAVITY * place
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


def _strength(ends: Integers, degree: Integers) -> Floats:
    """Give how strongly each link pulls, the weaker the more links the busier of its ends has."""
    import numpy as np  # noqa: PLC0415

    strength: Floats = _ATTRACTION / np.sqrt(np.maximum(degree[ends[0]], degree[ends[1]]).astype(np.float64))
    return strength


def _attraction(place: Floats, ends: Integers, strength: Floats) -> Floats:
    """Pull linked nodes together."""
    import numpy as np  # noqa: PLC0415

    one, other = ends
    pull = (place[:, other] - place[:, one]) * strength
    count = place.shape[1]
    return np.array([_gathered(row, one, count) - _gathered(row, other, count) for row in pull])


def _scaled(place: Floats, radius: Floats) -> Floats:
    """Bring the drawing to the size at which its nodes with their petals fill a fair share of it."""
    import numpy as np  # noqa: PLC0415

    spread = float(_total(np.concatenate([place[0] * place[0], place[1] * place[1]]))) or 1.0
    return place * (_LOOSE * math.sqrt(float(_total(radius * radius)) * radius.size / spread))


def _separate(place: Floats, radius: Floats, *, rounds: int = _TIDY) -> Floats:
    """Push apart what overlaps, in a few rounds."""
    push = _push if radius.size <= _EXACT else _push_near
    for _ in range(rounds):
        force = push(place, radius)
        if not force.any():
            break
        place = place + force
    return place


def _push(place: Floats, radius: Floats) -> Floats:
    """Compare every node with every other."""
    import numpy as np  # noqa: PLC0415

    force: Floats = np.empty_like(place)
    for rows in _blocks(radius.size, radius.size):
        apart = place[:, rows, None] - place[:, None, :]
        distance = np.sqrt(apart[0] * apart[0] + apart[1] * apart[1])
        missing = np.maximum(radius[rows, None] + radius - distance, 0.0)
        apart *= missing / (distance + 1.0) * 0.4  # a node is no distance away from itself
        force[:, rows] = _total(apart)
    return force


def _push_near(place: Floats, radius: Floats) -> Floats:
    """Compare every node with those of its cell and the cells beside it."""
    import numpy as np  # noqa: PLC0415

    one, other = _neighbours(place, min(_NEAR, 2 * float(radius.max())))
    apart = place[:, one] - place[:, other]
    distance = np.sqrt(apart[0] * apart[0] + apart[1] * apart[1])
    missing = np.maximum(radius[one] + radius[other] - distance, 0.0)
    apart *= missing / (distance + 1.0) * 0.4
    return np.array([_gathered(row, one, radius.size) - _gathered(row, other, radius.size) for row in apart])


def _neighbours(place: Floats, side: float) -> tuple[Integers, Integers]:
    """List the pairs of nodes that share a cell of this side, or stand in cells that touch, each pair once."""
    import numpy as np  # noqa: PLC0415

    cell = ((place - place.min(axis=1, keepdims=True)) / side).astype(np.int64)
    width = int(cell[1].max()) + 3
    key = cell[0] * width + cell[1]
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    found = []
    for step in (0, 1, width - 1, width, width + 1):
        first = np.arange(1, key.size + 1) if step == 0 else np.searchsorted(ranked, ranked + step, side="left")
        count = np.searchsorted(ranked, ranked + step, side="right") - first
        ahead = np.repeat(first - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        found.append((np.repeat(np.arange(key.size), count), ahead))
    one, other = (np.concatenate(side) for side in zip(*found, strict=True))
    return order[one], order[other]


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
