"""Candidates are questions that a person can answer, and no others."""

from __future__ import annotations

from kg.candidates import candidates
from kg.graph import KnowledgeGraph
from kg.model import Edge, Entity, Evidence, Kind, Label, Lang, PaperNode, Part, Relation

HERE = Evidence(Part.TITLE, Lang.EN, "x", 0, 1, "test", 0.9, "digest/0", 1)


def entity(key: str, *aliases: str, concept: bool = False) -> Entity:
    """Make an entity whose label is the second part of its id."""
    kind, _, name = key.partition("/")
    return Entity(key, Kind(kind), (Label(name, Lang.EN),), tuple(Label(a, Lang.EN) for a in aliases), concept=concept)


def asked(*entities: Entity) -> list[tuple[str, str, str]]:
    """Ask about entities that one paper each uses."""
    papers = [PaperNode(f"2310.{number:05}", ()) for number in range(len(entities))]
    edges = [
        Edge(paper.id, Relation.USES_METHOD, item.id, (HERE,)) for paper, item in zip(papers, entities, strict=True)
    ]
    found = candidates(KnowledgeGraph([*papers, *entities], edges))
    return [(item.reason, item.one, item.other) for item in found]


def test_two_nodes_that_share_a_telling_name() -> None:
    """One may be the other's long form."""
    one, other = entity("method/gnas", "Graph NAS"), entity("method/graphnas")
    assert asked(one, other) == [("shared-name", "method/gnas", "method/graphnas")]


def test_a_short_acronym_of_two_long_names_is_no_question() -> None:
    """CL is curriculum learning here and continual learning there: kept apart on purpose."""
    assert asked(entity("method/curriculumlearning", "CL"), entity("method/continuallearning", "CL")) == []


def test_a_short_acronym_that_is_a_node_is_a_question() -> None:
    """Papers that say GPR and nothing else may mean the node of the long form."""
    assert asked(entity("method/gaussianprocess", "GPR"), entity("method/gpr")) == [
        ("shared-name", "method/gaussianprocess", "method/gpr")
    ]


def test_a_final_s() -> None:
    """The program never singularises by itself; a person may."""
    assert asked(entity("method/gan"), entity("method/gans")) == [("plural", "method/gan", "method/gans")]


def test_a_name_of_two_kinds() -> None:
    """Method here, dataset there: one of the two may be a mistake."""
    assert asked(entity("method/alpaca"), entity("dataset/alpaca")) == [
        ("two-kinds", "dataset/alpaca", "method/alpaca")
    ]


def test_an_acronym_with_two_long_forms() -> None:
    """Two papers may have coined it for different things."""
    node = entity("method/pace", "Prompt And Chain Editing", "Pairwise Agreement of Contrastive Encoders")
    assert asked(node) == [("two-meanings", "method/pace", "method/pace")]
    assert asked(entity("method/bert", "Prompt And Chain Editing", "Pairwise Agreement", concept=True)) == []


def test_questions_with_most_papers_come_first() -> None:
    """An answer is worth what stands behind it."""
    names = ("method/gan", "method/gans", "method/rnn", "method/rnns")
    papers = [PaperNode(f"2310.{number:05}", ()) for number in range(5)]
    uses = [("method/gan", 0), ("method/gans", 1), ("method/rnn", 2), ("method/rnn", 3), ("method/rnns", 4)]
    edges = [Edge(papers[number].id, Relation.USES_METHOD, name, (HERE,)) for name, number in uses]
    found = candidates(KnowledgeGraph([*papers, *map(entity, names)], edges))
    assert [(item.one, item.papers) for item in found] == [("method/rnn", 3), ("method/gan", 2)]
