"""Reading digests: finding files, telling dialects apart, refusing what is no digest."""

from __future__ import annotations

import os
import re
import resource
import time
from pathlib import Path

import pytest

from kg import iri, readers
from kg.errors import InputError
from kg.model import Part, Severity
from kg.readers import READERS, SUFFIXES, discover, fingerprint, read_bytes, read_digest, sniff

CASES = Path(__file__).parent / "data" / "cases" / "readers"
PAGE = (CASES / "page-reasons.md").read_bytes()


def only_finding(content: bytes) -> tuple[str, str]:
    """Read bytes that are no digest, and give the one finding's place and rule."""
    digest = read_bytes(content, "a.md")
    assert (digest.papers, digest.dialect, digest.id) == ((), "", iri.digest_id(content))
    (finding,) = digest.findings
    assert finding.severity is Severity.ERROR
    return finding.where, finding.rule


@pytest.mark.parametrize(
    ("content", "where", "rule"),
    [
        (b"", "a.md:1", "empty"),
        (b"\xef\xbb\xbf\r\n \n", "a.md:1", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a.md:3", "not-text"),
        ("# 标题\n发布时间：\n".encode("utf-16"), "a.md:1", "not-text"),
        (PAGE + b"\n\0", f"a.md:{PAGE.count(10) + 2}", "not-text"),
        ("# title\n发布时间：\n".encode("gbk"), "a.md:2", "not-utf8"),
        (PAGE[:2], "a.md:1", "unknown-dialect"),
        (PAGE[:3], "a.md:1", "not-utf8"),
        (b"<!-- saved -->\n<!DOCTYPE html>\n<html><body>x</body></html>", "a.md:1", "html"),
        (b"<HTML lang=zh>", "a.md:1", "html"),
        (b"Dear diary,\n\ntoday nothing happened.\n", "a.md:1", "unknown-dialect"),
        (PAGE + b"\n" + b"x" * (readers.LONGEST_LINE + 1), f"a.md:{PAGE.count(10) + 2}", "line-too-long"),
    ],
)
def test_file_that_is_no_digest_is_one_finding(content: bytes, where: str, rule: str) -> None:
    """No papers, no dialect, and one error that says which line is to blame."""
    assert only_finding(content) == (where, rule)


def test_digest_without_entries_says_so() -> None:
    """A weekly report that was cut after its heading is not silently empty."""
    digest = read_bytes("# 本周RAG论文汇总 20240804\n<hr />\n## \n".encode(), "a.md")
    assert [finding.rule for finding in digest.findings] == ["no-link"]
    digest = read_bytes("# 本周RAG论文汇总 20240804\n\n##\t\n".encode(), "a.md")
    assert digest.findings


def test_huge_line_takes_neither_time_nor_memory(tmp_path: Path) -> None:
    """100 MB without a line end are refused on a few pieces' memory, with the id that their bytes have."""
    path = tmp_path / "huge.md"
    block = b"x" * 1_000_000
    with path.open("wb") as stream:
        stream.write(b"# one\n")
        for _ in range(100):
            stream.write(block)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    digest = read_digest(path)
    assert time.process_time() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB
    assert [(finding.where, finding.rule) for finding in digest.findings] == [("huge.md:2", "line-too-long")]
    assert digest.id == iri.digest_id(path.read_bytes())


def test_big_file_of_short_lines_is_read(tmp_path: Path) -> None:
    """The pieces in which a big file is looked through leave no seam."""
    path = tmp_path / "big.md"
    path.write_bytes(PAGE + b"\n" + b"abcdefghij\n" * 100_000)
    assert [paper.arxiv_id for paper in read_digest(path).papers] == ["2304.08485"]


@pytest.mark.parametrize("at", [0, 1, 1_000_000, 1_048_575, 1_048_576, 2_000_000])
def test_long_line_is_found_wherever_pieces_end(tmp_path: Path, at: int) -> None:
    """Looking through in pieces and reading at once refuse the same line."""
    content = b"a\n" * (at // 2) + b"x" * (readers.LONGEST_LINE + 1) + b"\nb\n"
    path = tmp_path / "a.md"
    path.write_bytes(content)
    assert read_digest(path) == read_bytes(content, "a.md")
    assert read_digest(path).findings[0].where == f"a.md:{at // 2 + 1}"


def test_file_and_its_bytes_give_the_same_digest() -> None:
    """``read_digest`` adds nothing but the reading of the file."""
    for path in CASES.glob("*.md"):
        assert read_digest(path) == read_bytes(path.read_bytes(), path.name)


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_line_ends_and_byte_order_mark_change_nothing_but_the_id(ending: str, mark: bytes) -> None:
    """A digest saved on Windows or an old Macintosh holds the same papers and findings."""
    for path in CASES.glob("*.md"):
        text = path.read_text("utf-8")
        plain, other = (
            read_bytes(content, "a") for content in (text.encode(), mark + text.replace("\n", ending).encode())
        )
        assert other.findings == plain.findings
        assert [(paper.arxiv_id, paper.passages, paper.line) for paper in other.papers] == [
            (paper.arxiv_id, paper.passages, paper.line) for paper in plain.papers
        ]


def test_control_characters_become_blanks() -> None:
    """An escape sequence, a vertical tab or a line separator must not reach an export, and is reported."""
    text = PAGE.decode().replace("Visual Instruction", "Visual\x1b[31m\u2028Instruction\x0b")
    digest = read_bytes(text.encode(), "a.md")
    assert "control-character" in [finding.rule for finding in digest.findings]
    assert not any(re.search("[\x00-\x1f\x7f-\x9f\u2028]", passage.text) for passage in digest.papers[0].passages)


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("| [^1] | [BERT](https://arxiv.org/abs/1810.04805) | 编码器 |", "catalogue"),
        ("intro\n\n[^12]: 标题", "catalogue"),
        ("#### [标题](https://arxiv.org/abs/1810.04805)\n#### BERT", "listing"),
        ("#### 标题\n发布时间：2024年01月01日", "listing"),
        ("# 本周RAG论文汇总\n## 标题", "weekly"),
        ("## 标题\n\n> x\n> https://arxiv.org/abs/1810.04805", "weekly"),
        ("# 标题\n\n发布时间：2024年01月01日", "page"),
        ("# 标题\n\n# 摘要\n\n> 文字", "page"),
        ("# Readme\n\nSee [arXiv](https://arxiv.org/abs/1810.04805).", ""),
        ("## Usage\n\n#### Options", ""),
    ],
)
def test_dialect_is_told_by_its_signs(text: str, dialect: str) -> None:
    """Each dialect by what only it has; a readme is none."""
    assert sniff(text) == dialect


def test_every_reader_is_found_and_documented() -> None:
    """The table names functions that exist, and summaries that fit a line of help."""
    for spec in READERS:
        assert callable(readers._reader(spec.name))
        assert 10 < len(spec.summary) < 80


def test_pipe_and_bracket_in_a_row_cost_nothing() -> None:
    """The table is cut at the link, not at pipes."""
    row = "| [^1] | [a | b [c] (d)](https://arxiv.org/abs/1810.04805) | 一 | 二 |"
    (paper,) = read_bytes(row.encode(), "a.md").papers
    assert [(passage.part, passage.text) for passage in paper.passages] == [
        (Part.TITLE, "a | b [c] (d)"),
        (Part.SUMMARY, "一 | 二"),
    ]


def test_title_in_brackets_is_no_citation() -> None:
    """Only ``(arXiv:…)`` is cut off a title."""
    block = "[^1]: 标题\n\n    Attention (is All You Need)\n\n    [x](https://arxiv.org/abs/1706.03762)\n"
    (paper,) = read_bytes(block.encode(), "a.md").papers
    assert [passage.text for passage in paper.passages] == ["标题", "Attention (is All You Need)"]


def test_files_are_found_in_folders_sorted_and_once(tmp_path: Path) -> None:
    """Named files as they are; folders in full, without what is hidden or no digest."""
    for name in ("b.md", "sub/a.TXT", "sub/c.markdown", ".git/d.md", ".e.md", "f.py", "named.log"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = discover([tmp_path, tmp_path / "named.log", tmp_path / "sub", tmp_path / "b.md"])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["b.md", "named.log", "sub/a.TXT", "sub/c.markdown"]


def test_missing_path_and_empty_folder_are_refused(tmp_path: Path) -> None:
    """Each with where, what and remedy."""
    with pytest.raises(InputError, match="no such file or folder"):
        discover([tmp_path / "none"])
    (tmp_path / "a.pdf").write_text("x")
    with pytest.raises(InputError, match=SUFFIXES[0]):
        discover([tmp_path])
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        discover([tmp_path / "pipe"])


def test_vanished_file_is_an_input_error(tmp_path: Path) -> None:
    """The system's words, as one sentence."""
    with pytest.raises(InputError, match="cannot read"):
        read_digest(tmp_path / "gone.md")


def test_fingerprint_is_stable_and_hexadecimal() -> None:
    """What segments are keyed with."""
    assert re.fullmatch("[0-9a-f]{64}", fingerprint())
    assert fingerprint() == fingerprint()


def test_a_readme_in_a_folder_is_no_digest(tmp_path: Path) -> None:
    """It describes the digests; named explicitly it is read like any file."""
    (tmp_path / "README.md").write_text("# About these digests\n", "utf-8")
    (tmp_path / "a.md").write_text("x\n", "utf-8")
    assert [path.name for path in discover([tmp_path])] == ["a.md"]
    assert [path.name for path in discover([tmp_path / "README.md"])] == ["README.md"]
