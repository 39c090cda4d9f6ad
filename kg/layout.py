"""Where the nodes of a graph are drawn: by forces, so that what belongs together stands together.

The same graph has the same map on every run and every machine: `kg.communities` and `kg.forces` compute exactly, and
places are rounded to integers. Nodes with one neighbour are left out of the simulation and set around that neighbour
like petals.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

from kg.communities import communities
from kg.forces import SPACING, reach, simulate, turned
from kg.model import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.graph import KnowledgeGraph

    Place: TypeAlias = tuple[float, float]
    Link: TypeAlias = tuple[str, str]

__all__ = ["SPACING", "Map", "arrange", "positions"]


@dataclass(frozen=True, slots=True)
class Map:
    """A graph as it is drawn."""

    places: dict[str, tuple[int, int]]
    """Where each node stands, by id, sorted."""
    community: dict[str, int]
    """The number of the community of each node that has an edge, the largest community first."""


def positions(graph: KnowledgeGraph) -> dict[str, tuple[int, int]]:
    """Give each node its place.

    Nodes that nothing joins to others stand in rows below the rest, digests in a row above.
    """
    return arrange(graph).places


def arrange(graph: KnowledgeGraph) -> Map:
    """Give each node its place, as `positions` does, and its community."""
    links = _links(graph)
    community = _communities(links)
    petals = _petals(links)
    core = [node for node in community if node not in petals]
    placed = _simulated(core, links, petals, community)
    _flower(placed, petals)
    result = {node: (round(x), round(y)) for node, (x, y) in placed.items()}
    _rows(result, graph)
    return Map(dict(sorted(result.items())), community)


def _links(graph: KnowledgeGraph) -> list[Link]:
    """Give the pairs that hold together, each once; being listed in a digest is no bond."""
    edges = (edge for edge in graph.edges() if edge.relation is not Relation.LISTED_IN and edge.source != edge.target)
    return sorted({(min(edge.source, edge.target), max(edge.source, edge.target)) for edge in edges})


def _communities(links: Sequence[Link]) -> dict[str, int]:
    """Map each node that has a link to its community, by id."""
    linked = sorted({end for link in links for end in link})
    return dict(zip(linked, communities(len(linked), _numbered(links, linked)), strict=True))


def _numbered(links: Iterable[Link], nodes: Iterable[str]) -> list[tuple[int, int]]:
    """Give the links between some nodes as pairs of their positions."""
    at = dict(zip(nodes, count(), strict=False))
    return [(at[one], at[other]) for one, other in links if one in at and other in at]


def _petals(links: Iterable[Link]) -> dict[str, str]:
    """Map each node with a single neighbour to that neighbour; of a lonely pair, the second to the first."""
    links = list(links)
    degree = _tally(end for link in links for end in link)
    petals = {}
    for one, other in links:
        if degree[other] == 1:
            petals[other] = one
        elif degree[one] == 1:
            petals[one] = other
    return petals


def _tally(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts


def _simulated(
    core: Sequence[str], links: Iterable[Link], petals: Mapping[str, str], community: Mapping[str, int]
) -> dict[str, Place]:
    around = _tally(petals.values())
    counts = [around.get(node, 0) for node in core]
    places = simulate(len(core), _numbered(links, core), counts, [community[node] for node in core])
    return dict(zip(core, places, strict=True))


def _flower(placed: dict[str, Place], petals: Mapping[str, str]) -> None:
    """Set the petals of each node around it, from the inside out, a golden angle apart."""
    counts: dict[str, int] = {}
    turns: dict[str, Place] = {}
    for petal, centre in sorted(petals.items()):
        counts[centre] = counts.get(centre, 0) + 1
        turns[centre] = turned(*turns.get(centre, (1.0, 0.0)))
        out = reach(counts[centre])
        (x, y), (across, down) = placed[centre], turns[centre]
        placed[petal] = (x + across * out, y + down * out)


def _rows(result: dict[str, tuple[int, int]], graph: KnowledgeGraph) -> None:
    """Line up digests above the rest and other nodes without a bond below it."""
    ys = [y for _, y in result.values()] or [0]
    columns = max(10, round(len(result) ** 0.5))
    for index, digest in enumerate(graph.digests()):
        result[digest.id] = (2 * SPACING * (index % columns), min(ys) - 3 * SPACING - 2 * SPACING * (index // columns))
    known = [*(paper.id for paper in graph.papers()), *(entity.id for entity in graph.entities())]
    for index, node in enumerate(sorted(set(known) - result.keys())):
        result[node] = (2 * SPACING * (index % columns), max(ys) + 3 * SPACING + 2 * SPACING * (index // columns))
