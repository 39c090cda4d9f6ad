"""What the names of a paper say of one another: what the correcting trees are told, and that they correct."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extractors import _model
from kg.extractors._forest import build
from kg.extractors._groups import Group
from kg.extractors._notes import Notes
from kg.extractors._together import CONSIDERED, FIELDS, NOTHING, Odds, corrected, rows
from kg.model import Lang, Part

TEXT = "We use AlphaNet, BetaNet and GammaNet. A video diffusion model is a diffusion model; DeltaNet is not."
PASSAGE = Notes(TEXT, Part.ABSTRACT, Lang.EN)
SURE, LIKELY, UNLIKELY = Odds(3.0, -1.0, -1.0), Odds(0.5, -1.0, -1.0), Odds(-6.0, 0.0, 0.0)
NEW = Odds(3.0, -1.0, 2.0)
NAMES = ("AlphaNet", "BetaNet", "GammaNet", "video diffusion model", "diffusion model", "DeltaNet")


def name(text: str, *marks: str) -> Group:
    """Give a name with all its places in the passage."""
    starts = [at for at in range(len(TEXT)) if TEXT.startswith(text, at)]
    places = [(0, (start, start + len(text))) for start in starts]
    return Group(names={text}, places=places, marks={*marks})


def told(**said: Odds) -> dict[str, dict[str, float]]:
    """Give what the trees are told, by name and field; names that nothing is said of are likely."""
    odds = [said.get(text.replace(" ", "_"), LIKELY) for text in NAMES]
    found = rows([name(text) for text in NAMES], [PASSAGE], odds)
    return {text: dict(zip(FIELDS, row, strict=True)) for text, row in zip(NAMES, found, strict=True) if row}


def test_a_row_holds_every_field_and_an_unlikely_name_has_none() -> None:
    found = told(DeltaNet=UNLIKELY)
    assert set(found) == {*NAMES} - {"DeltaNet"}
    assert UNLIKELY.keep < CONSIDERED < LIKELY.keep


def test_names_of_a_list_hear_of_their_neighbours_alone() -> None:
    found = told(BetaNet=SURE)
    assert [found[text]["listed"] for text in NAMES] == [1, 2, 1, 0, 0, 0]
    assert found["AlphaNet"]["listed best"] == found["GammaNet"]["listed mean"] == SURE.keep
    assert found["DeltaNet"]["listed best"] == NOTHING


def test_a_name_hears_of_what_it_holds_and_what_holds_it() -> None:
    found = told(video_diffusion_model=SURE)
    short, long = found["diffusion model"], found["video diffusion model"]
    assert (short["outer"], short["outer best"], short["surer outer"]) == (1, SURE.keep, 1)
    assert (long["inner"], long["inner best"], long["surer inner"]) == (1, LIKELY.keep, 0)
    assert short["longer by"] == len("diffusion model") - len("video diffusion model")
    assert found["AlphaNet"]["inner"] == found["AlphaNet"]["outer"] == 0


def test_a_name_hears_of_what_else_the_paper_proposes() -> None:
    found = told(AlphaNet=NEW, DeltaNet=UNLIKELY)
    assert found["BetaNet"]["surer new"] == found["BetaNet"]["surer new coined"] == 1
    assert found["AlphaNet"]["surer new"] == found["AlphaNet"]["kept new"] == 0


@given(st.permutations(range(len(NAMES))))
def test_the_order_of_the_names_does_not_count(order: list[int]) -> None:
    items = [name(text) for text in NAMES]
    odds = [NEW, LIKELY, SURE, SURE, LIKELY, UNLIKELY]
    straight = rows(items, [PASSAGE], odds)
    mixed = rows([items[at] for at in order], [PASSAGE], [odds[at] for at in order])
    assert mixed == [straight[at] for at in order]


def test_the_trees_correct_the_likely_names_of_every_paper() -> None:
    """Here they doubt what a surer name holds; without trees nothing is corrected."""
    at = FIELDS.index("surer outer")
    leaves = {"left_child": {"leaf_value": 0.0}, "right_child": {"leaf_value": -2.0}}
    doubt = build([{"split_feature": at, "threshold": 0.5, **leaves}])
    groups = [[name("AlphaNet")], [], [name(text) for text in NAMES]]
    said = [[LIKELY], [], [LIKELY, LIKELY, LIKELY, SURE, LIKELY, UNLIKELY]]
    noted = [[PASSAGE]] * 3
    found = corrected(groups, noted, said, doubt)
    assert found[:2] == said[:2]
    assert [odds.keep for odds in found[2]] == [0.5, 0.5, 0.5, 3.0, -1.5, -6.0]
    assert corrected(groups, noted, said, None) == said
    assert corrected([[]], [[PASSAGE]], [[]], doubt) == [[]]


@pytest.mark.parametrize(
    ("doubted", "beside", "field"),
    [
        ("diffusion model", {"video_diffusion_model": NEW}, "surer outer"),
        ("video diffusion model", {"diffusion_model": SURE}, "surer inner"),
    ],
)
def test_the_shipped_trees_doubt_a_second_name_of_one_thing(doubted: str, beside: dict[str, Odds], field: str) -> None:
    """A name beside a surer one that holds it, or that it holds, is less likely than it would be alone."""
    trees = _model.load().together
    assert trees is not None

    def final(**said: Odds) -> float:
        odds = [said.get(text.replace(" ", "_"), UNLIKELY) for text in NAMES]
        groups = [name(text) for text in NAMES]
        return corrected([groups], [[PASSAGE]], [odds], trees)[0][NAMES.index(doubted)].keep

    assert told(**beside)[doubted][field] == 1
    itself = {doubted.replace(" ", "_"): LIKELY}
    assert final(**itself, **beside) < final(**itself)
