"""The graph is a union: whatever the order of entries, nothing is counted twice and nothing is lost."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from kg.assembly import tally_entities
from kg.graph import KnowledgeGraph, assemble
from kg.link import link
from kg.model import (
    Concept,
    DigestNode,
    Entry,
    Kind,
    Label,
    Lang,
    Mention,
    Paper,
    Part,
    Passage,
    Relation,
)
from kg.vocabulary import Vocabulary

WIDE = Concept("method/adapters", Kind.METHOD, (Label("adapters", Lang.EN),))
NARROW = Concept(
    "method/lora", Kind.METHOD, (Label("LoRA", Lang.EN), Label("低秩适配", Lang.ZH)), broader=("method/adapters",)
)
KNOWN = Vocabulary({"method/adapters": WIDE, "method/lora": NARROW}, "", {})


def entry(paper: str, digest: str, text: str, *names: str, published: str = "", line: int = 3) -> Entry:
    """Make an entry that uses the methods named."""
    mentions = []
    for name in names:
        start = text.index(name)
        end = start + len(name)
        mentions.append(Mention(paper, 0, start, end, name, Kind.METHOD, Relation.USES_METHOD, "test", 0.9, name))
    passage = Passage(Part.ABSTRACT, Lang.EN, text, line)
    return Entry(Paper(paper, published, (passage,), digest, 1), tuple(mentions), ("https://github.com/a/b",))


ENTRIES = [
    entry("2106.09685", "digest/a", "We try LoRA and ABCDE.", "LoRA", "ABCDE", published="2021-06-18"),
    entry("2106.09685", "digest/b", "We try LoRA and ABCDE.", "LoRA", "ABCDE", published="2021-06-17", line=9),
    entry("2106.09685", "digest/b", "We like LoRA.", "LoRA", line=11),
    entry("2305.14314", "digest/b", "abcde beats AbCdE and ABCDE", "abcde", "AbCdE", "ABCDE"),
]
DIGESTS = [DigestNode("digest/a", ("a.md",), "catalogue"), DigestNode("digest/b", ("b.md",), "listing")]


def graph(entries: list[Entry] = ENTRIES) -> KnowledgeGraph:
    """Assemble entries."""
    return assemble((link(item, KNOWN) for item in entries), DIGESTS, KNOWN)


def records(found: KnowledgeGraph) -> list[object]:
    """List everything that a graph holds."""
    return [*found.papers(), *found.entities(), *found.digests(), *found.edges()]


def test_the_order_of_entries_does_not_matter() -> None:
    """Every permutation gives the same graph."""
    shuffled = list(ENTRIES)
    for seed in range(20):
        random.Random(seed).shuffle(shuffled)  # noqa: S311  no secret
        assert records(graph(shuffled)) == records(graph())


def test_a_paper_in_several_digests_is_one_node_with_every_text() -> None:
    """The earliest date holds, each distinct text is kept once at its first place, every digest lists it."""
    found = graph()
    paper = found.papers()[0]
    assert (paper.id, paper.published, paper.code) == ("2106.09685", "2021-06-17", ("https://github.com/a/b",))
    places = [(item.text, item.digest, item.line) for item in paper.passages]
    assert places == [("We try LoRA and ABCDE.", "digest/a", 3), ("We like LoRA.", "digest/b", 11)]
    listed = [edge.target for edge in found.edges(Relation.LISTED_IN) if edge.source == paper.id]
    assert listed == ["digest/a", "digest/b"]


def test_evidence_of_a_repeated_text_is_counted_once() -> None:
    """The same words in two digests are one piece of evidence, at the first."""
    edge = next(edge for edge in graph().edges(Relation.USES_METHOD) if edge.target == "method/lora")
    assert [(item.digest, item.line) for item in edge.evidence] == [("digest/a", 3), ("digest/b", 11)]


def test_a_coined_name_is_labelled_by_its_most_frequent_form() -> None:
    """Case variants are one node, and one label."""
    entity = graph().node("method/abcde")
    assert entity.labels == (Label("ABCDE", Lang.EN),)  # type: ignore[union-attr]
    assert entity.aliases == ()  # type: ignore[union-attr]


def test_what_is_wider_comes_with_the_concept() -> None:
    """LoRA brings its wider method, and the edge to it, though no paper names that."""
    found = graph()
    assert "method/adapters" in found
    assert [(edge.source, edge.target) for edge in found.edges(Relation.BROADER)] == [
        ("method/lora", "method/adapters")
    ]


def test_more_entries_never_take_anything_away() -> None:
    """Growth: every node and edge of a part is in the whole."""
    whole = graph()
    for size in range(len(ENTRIES)):
        part = graph(ENTRIES[:size])
        assert all(name in whole for name in part.network)
        keys = {(edge.source, edge.relation, edge.target) for edge in whole.edges()}
        assert {(edge.source, edge.relation, edge.target) for edge in part.edges()} <= keys


def test_a_neighbourhood_is_a_graph_of_its_own() -> None:
    """Depth counts edges, whichever way they point."""
    found = graph()
    near = found.neighbourhood("method/abcde", 1)
    assert set(near.network) == {"method/abcde", "2106.09685", "2305.14314"}
    assert "method/lora" in found.neighbourhood("method/abcde", 2)
    assert len(found.neighbourhood("method/abcde", 0)) == 1
    with pytest.raises(KeyError):
        found.neighbourhood("method/unknown")


def test_counts_name_every_kind_and_relation() -> None:
    """What is not there counts zero."""
    counts = graph().counts()
    assert counts["paper"] == 2
    assert counts["method"] == 3
    assert counts["dataset"] == 0
    assert counts["usesMethod"] == 3
    assert counts["listedIn"] == 3


def test_unsure_edges_can_be_left_out() -> None:
    """With them go the entities that nothing else names; papers, digests and what is wider stay."""
    unsure = Entry(
        ENTRIES[0].paper, tuple(replace(item, confidence=0.4) for item in ENTRIES[0].mentions if item.surface != "LoRA")
    )
    whole = graph([unsure, ENTRIES[2]])
    sure = whole.confident(0.5)
    assert {item.id for item in whole.entities()} - {item.id for item in sure.entities()} == {"method/abcde"}
    assert "method/adapters" in sure
    assert [item.id for item in sure.papers()] == [item.id for item in whole.papers()]
    assert sure.digests() == whole.digests()
    assert all(edge.confidence >= 0.5 for edge in sure.edges())
    assert records(whole.confident(0.0)) == records(whole)


def test_no_confidence_leaves_papers_alone() -> None:
    """Above what any edge has, only papers and digests are left."""
    left = graph().confident(1.0)
    assert left.entities() == []
    assert len(left.papers()) == 2


def test_described_gives_every_node_once_with_what_leaves_it() -> None:
    """Nodes come by id, and their edges together are all edges in order."""
    found = graph()
    described = list(found.described())
    assert [node.id for node, _ in described] == sorted(found.network)
    assert [edge for _, edges in described for edge in edges] == found.edges()


def test_tallies_add_up() -> None:
    """Counted apart and added, or counted together: an entity has the same names."""
    linked = [link(item, KNOWN) for item in ENTRIES]
    together = tally_entities(linked)
    apart = [tally_entities([item]) for item in linked]
    for key, tally in together.items():
        shares = [part[key] for part in apart if key in part]
        assert tally.names == sum((share.names for share in shares), Counter())
        assert tally.schemes == sum((share.schemes for share in shares), Counter())
