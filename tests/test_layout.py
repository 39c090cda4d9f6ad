"""Where nodes are drawn: always the same place, apart from one another, beside what they belong to."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from math import hypot
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from writers_sample import DIGEST, hostile_graph, large_graph

from kg import forces, layout
from kg.graph import KnowledgeGraph
from kg.model import Edge, PaperNode, Relation

Places = dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return large_graph(132)


@pytest.fixture(scope="module")
def places(graph: KnowledgeGraph) -> Places:
    return layout.positions(graph)


def distance(places: Places, one: str, other: str) -> float:
    (a, b), (c, d) = places[one], places[other]
    return hypot(a - c, b - d)


def test_every_node_has_a_place_in_whole_numbers(graph: KnowledgeGraph, places: Places) -> None:
    assert list(places) == sorted(graph.network.nodes)
    assert all(type(value) is int for place in places.values() for value in place)


def test_no_two_nodes_share_a_place(places: Places) -> None:
    assert len(set(places.values())) == len(places)


def elsewhere(**environment: str) -> str:
    """Lay the sample out in another process."""
    program = "from writers_sample import large_graph; from kg import layout; print(layout.positions(large_graph(70)))"
    here = Path(__file__).resolve().parent
    path = os.pathsep.join([str(here), str(here.parent)])
    variables = os.environ | {"PYTHONPATH": path} | environment
    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_another_hash_seed_and_thread_count_change_nothing() -> None:
    assert elsewhere(PYTHONHASHSEED="99", OMP_NUM_THREADS="1") == str(layout.positions(large_graph(70)))


def test_other_vector_instructions_change_nothing() -> None:
    """Sums are exact, so neither the width of vectors nor the order in which they add matters."""
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    assert elsewhere(NPY_DISABLE_CPU_FEATURES=" ".join(found)) == str(layout.positions(large_graph(70)))


def test_the_size_of_a_block_changes_nothing(
    places: Places, graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forces, "_CACHE", 1000)
    assert layout.positions(graph) == places


def test_repulsion_by_the_cells_of_a_grid_draws_communities_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What large graphs get: checked on a small one."""
    monkeypatch.setattr(forces, "_EXACT", 50)
    graph = large_graph(132)
    places = layout.positions(graph)
    assert places == layout.positions(graph)
    assert_communities(graph, places)


def test_papers_of_one_area_stand_nearer_together_than_papers_of_two(graph: KnowledgeGraph, places: Places) -> None:
    """Communities are visible: the sample has seven."""
    assert_communities(graph, places)


def assert_communities(graph: KnowledgeGraph, places: Places) -> None:
    papers = [paper.id for paper in graph.papers()]
    groups = {paper: index % 7 for index, paper in enumerate(papers)}
    pairs = [(one, other) for one in papers for other in papers if one < other]
    same = mean(distance(places, one, other) for one, other in pairs if groups[one] == groups[other])
    apart = mean(distance(places, one, other) for one, other in pairs if groups[one] != groups[other])
    assert same * 1.5 < apart


def test_what_has_one_neighbour_stands_beside_it(graph: KnowledgeGraph, places: Places) -> None:
    for edge in graph.edges(Relation.PROPOSES):
        assert distance(places, edge.source, edge.target) <= 2 * layout.SPACING


def test_a_digest_stands_above_the_rest(places: Places) -> None:
    assert places[DIGEST][1] < min(y for node, (_, y) in places.items() if node != DIGEST)


def test_nodes_without_bonds_and_lonely_pairs_have_places_too() -> None:
    papers = [PaperNode(f"2310.0000{index}", ()) for index in range(4)]
    places = layout.positions(KnowledgeGraph(papers, [Edge("2310.00000", Relation.HAS_TOPIC, "2310.00001")]))
    assert len(set(places.values())) == 4


@pytest.mark.parametrize(
    "graph", [KnowledgeGraph([], []), hostile_graph(), large_graph(1)], ids=["empty", "odd", "tiny"]
)
def test_small_and_odd_graphs_are_laid_out(graph: KnowledgeGraph) -> None:
    assert set(layout.positions(graph)) == set(graph.network.nodes)


def test_fifteen_hundred_nodes_take_seconds() -> None:
    """About a second on an idle core; the bound leaves room for a busy machine, not for a squared cost."""
    graph = large_graph(700)
    assert len(graph) > 1400
    start = time.process_time()
    layout.positions(graph)
    assert time.process_time() - start < 5
