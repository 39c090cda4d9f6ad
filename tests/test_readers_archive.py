"""Real digests, where they are at hand: nothing that they link to gets lost."""

from __future__ import annotations

import os
import re
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.model import Part
from kg.readers import discover, read_bytes, read_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.archive

_LINK = re.compile(rb"arxiv\.org/+(?:abs|pdf)/+(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?!\d)")
_FORERUNNER = re.compile(r"^(?:arXiv\s?[:：]|[>#`|]|\*\*|Abstract:|摘要[:：])")


@pytest.fixture(scope="module")
def folder() -> Path:
    """Find the real digests."""
    path = Path(os.environ.get("KG_DIGESTS") or Path(__file__).parents[2] / "shared" / "digests")
    if not path.is_dir():
        pytest.skip("no real digests here: set KG_DIGESTS to a folder with seeds/, daily.tar.xz and pages-2024.tar.xz")
    return path


def members(archive: Path, count: int, step: int) -> Iterator[tuple[str, bytes]]:
    """Read some digests of a packed archive, from its beginning: unpacking all of it takes too long."""
    with tarfile.open(archive, "r|xz") as packed:
        for order, member in enumerate(packed):
            if order > count * step:
                return
            stream = packed.extractfile(member) if member.isfile() and order % step == 0 else None
            if stream and member.name.endswith(".md"):
                yield Path(member.name).name, stream.read()


def test_seeds_give_their_132_papers(folder: Path) -> None:
    """The four seeds hold 16, 18, 70 and 28 papers, and nothing about them is odd."""
    digests = [read_digest(path) for path in discover([folder / "seeds"])]
    assert [len(digest.papers) for digest in digests] == [16, 18, 70, 28]
    assert len({paper.arxiv_id for digest in digests for paper in digest.papers}) == 132
    assert not any(digest.findings for digest in digests)


@pytest.mark.parametrize(
    ("archive", "step", "dialects"),
    [("daily.tar.xz", 7, {"catalogue"}), ("pages-2024.tar.xz", 20, {"page", "weekly"})],
)
def test_every_link_is_a_paper_or_named_in_a_finding(folder: Path, archive: str, step: int, dialects: set[str]) -> None:
    """Over a sample; ``benchmarks/read_archive.py`` does the same over all."""
    read = 0
    for name, content in members(folder / archive, 60, step):
        digest = read_bytes(content, name)
        assert digest.dialect in dialects
        known = {paper.arxiv_id for paper in digest.papers}
        named = " ".join(map(str, digest.findings))
        lost = {link.decode() for link in _LINK.findall(content)} - known
        assert all(f"arXiv:{paper}" in named for paper in lost), (name, lost)
        read += len(digest.papers)
    assert read > 10


@pytest.mark.parametrize(("archive", "step"), [("daily.tar.xz", 7), ("pages-2024.tar.xz", 20)])
def test_passages_are_whole_and_clean(folder: Path, archive: str, step: int) -> None:
    """Each paper has a title and an abstract, and no passage begins with what is not the paper's."""
    for name, content in members(folder / archive, 60, step):
        for paper in read_bytes(content, name).papers:
            assert {Part.TITLE, Part.ABSTRACT} <= {passage.part for passage in paper.passages}
            for passage in paper.passages:
                assert passage.part is Part.CATEGORIES or not _FORERUNNER.match(passage.text), (name, passage)
