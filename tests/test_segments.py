"""An extract is copied from one segment to another: the same bytes as if it were written there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import strategies
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import segments
from kg.model import Entry, Kind, Lang, Mention, Paper, Part, Passage, Relation
from kg.segments import Header

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PASSAGES = (Passage(Part.TITLE, Lang.EN, "Zeta-Net: Sheep", 3), Passage(Part.TAGS, Lang.ZH, "智能体", 9))
ENTRY = Entry(Paper("2310.00212", "2024-02-29", PASSAGES, "digest/00ff", 3), (), ("https://github.com/a/b",))
JSON = (',"line":7,', '"],"id":"', ',"passages":')
"""What means something in a line of a segment."""


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(st.sampled_from(strategies.HOSTILE + JSON), min_size=2, max_size=4))
def test_a_copied_extract_is_what_would_be_written(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """An entry with the same texts further down: the same bytes, though only its lines and passages are worded anew."""
    folder = tmp_path_factory.mktemp("segments")
    first = Header("digest/00ff", "page", "reader", "extractor")
    second = Header("digest/11ff", "page", "reader", "extractor")
    passages = tuple(Passage(Part.ABSTRACT, Lang.EN, text, 5) for text in texts)
    mention = Mention("2310.00212", 0, 0, len(texts[0]), texts[0], Kind.METHOD, Relation.PROPOSES, "x", 0.5, texts[1])
    paper = Paper("2310.00212", "", passages, "digest/00ff", 3)
    later = replace(paper, published="2024-02-29", passages=tuple(replace(item, line=77) for item in passages), line=70)
    places = segments.write(folder, first, [ENTRY, Entry(paper, (mention,), tuple(texts))])
    segments.write(folder, second, [Entry(later, (mention,), tuple(texts))])
    written = (folder / second.name).read_bytes()
    known = segments.extracts(folder, places)
    segments.write(folder, second, [segments.Copy(later, known[places[1]])])
    assert (folder / second.name).read_bytes() == written
    assert segments.key(paper) == segments.key(later)


def test_the_key_of_an_entry_is_its_texts() -> None:
    paper = ENTRY.paper
    one, other = paper.passages
    others = [
        replace(paper, arxiv_id="2310.00213"),
        replace(paper, passages=(one,)),
        replace(paper, passages=(other, one)),
        replace(paper, passages=(one, replace(other, part=Part.SUMMARY))),
        replace(paper, passages=(one, replace(other, lang=Lang.EN))),
        replace(paper, passages=(one, replace(other, text="智能"))),
    ]
    assert len({segments.key(item) for item in [paper, *others]}) == 7
    assert segments.key(paper) == segments.key(replace(paper, source="digest/11ff", line=9, published=""))


def test_an_extract_that_is_no_longer_there_is_left_out(tmp_path: Path) -> None:
    header = Header("digest/00ff", "page", "reader", "extractor")
    (place,) = segments.write(tmp_path, header, [ENTRY])
    assert list(segments.extracts(tmp_path, [place, place._replace(segment="00/none.jsonl")])) == [place]
    (tmp_path / header.name).write_bytes(b"{}\n")
    assert segments.extracts(tmp_path, [place]) == {}
