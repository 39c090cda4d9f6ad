"""Laws of reading, over arbitrary bytes and over digests with lines lost, doubled, cut and swapped."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg import iri
from kg.model import Digest, Lang, Part, Severity
from kg.readers import RULES, read_bytes, sniff

CASES = Path(__file__).parent / "data" / "cases" / "readers"
TEXTS = [path.read_text("utf-8") for path in sorted(CASES.glob("*.md"))]
JUNK = [
    "", "> ", "# ", "## ", "#### ", "[^1]:", "[^1]: ", "| [^1] | [a](https://arxiv.org/abs/2106.09685) | b |", "`",
    "```", "`a`", "发布时间：", "发布时间：2024年99月99日", "[Arxiv](https://arxiv.org/abs/)", "[Arxiv](x", "# 摘要",
    "<hr />", "    ", "    https://arxiv.org/abs/2106.09685v9", "    text", "\t", "(arXiv:)", "\u2028", "\x0c",
    "    T. (arXiv:9999.99999v1 [cs.CL])", "#### [a](https://arxiv.org/abs/cs/0112017)", "抱歉，无法分类。",
    "arXiv:2403.20009v1 Announce Type:", "[^2]: # > 标题：", "分类：", "    > `x`", "> > # y",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Take a case and lose, double, cut, swap or add lines."""
    lines = draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(len(lines) - 1, 0)))
        kind = draw(st.sampled_from(["lose", "double", "cut", "swap", "add", "tail"]))
        match kind:
            case "lose":
                del lines[at : at + draw(st.integers(1, 4))]
            case "double":
                lines[at:at] = lines[at : at + draw(st.integers(1, 12))]
            case "cut" if lines:
                lines[at] = lines[at][: draw(st.integers(0, 40))]
            case "swap" if lines:
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "tail":
                del lines[draw(st.integers(0, len(lines))) :]
            case _:
                lines.insert(at, draw(st.sampled_from(JUNK) | st.text(max_size=30)))
    return "\n".join(lines)


def check(digest: Digest, text: str) -> None:
    """Hold a digest against everything that its records promise."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert len({paper.arxiv_id for paper in digest.papers}) == len(digest.papers)
    for paper in digest.papers:
        assert paper.source == digest.id
        assert iri.arxiv_id(paper.arxiv_id) == paper.arxiv_id
        assert 1 <= paper.line <= len(lines)
        assert any(passage.part is Part.TITLE for passage in paper.passages)
        assert len({(passage.part, passage.lang, passage.text) for passage in paper.passages}) == len(paper.passages)
        for passage in paper.passages:
            assert passage.text == passage.text.strip() != ""
            assert len(passage.text.splitlines()) == 1
            assert passage.lang in Lang
            assert passage.text.split()[0] in lines[passage.line - 1]
    for finding in digest.findings:
        assert finding.rule in RULES
        assert len(finding.message.splitlines()) == 1
        assert 1 <= int(finding.where.rpartition(":")[2]) <= len(lines)
    if not digest.papers:
        assert any(finding.severity is Severity.ERROR for finding in digest.findings)


@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf")
@example(b"\r")
@settings(deadline=None, max_examples=200)
def test_arbitrary_bytes_never_raise(content: bytes) -> None:
    """Whatever stands in a file, reading gives papers or findings."""
    digest = read_bytes(content, "a.md")
    assert digest.id == iri.digest_id(content)
    assert digest.papers or digest.findings


@given(st.lists(st.sampled_from(JUNK) | st.text(max_size=20), max_size=25).map("\n".join))
@settings(deadline=None, max_examples=300)
def test_arbitrary_lines_keep_every_promise(text: str) -> None:
    """Lines as dialects have them, in an order that none has."""
    content = text.encode("utf-8", "replace")
    check(read_bytes(content, "a.md"), content.decode())


@given(mutated())
@settings(deadline=None, max_examples=400)
def test_damaged_digests_keep_every_promise(text: str) -> None:
    """A digest with lines lost, doubled, cut or swapped is read as far as it goes."""
    content = text.encode("utf-8", "replace")
    check(read_bytes(content, "a.md"), content.decode())


@given(mutated())
@settings(deadline=None, max_examples=100)
def test_reading_is_deterministic_and_indifferent_to_line_ends(text: str) -> None:
    """Twice the same bytes, twice the same digest; CRLF changes the id and nothing else."""
    text = text.encode("utf-8", "replace").decode().replace("\r", "")
    plain, again = (read_bytes(text.encode(), "a.md") for _ in range(2))
    windows = read_bytes(text.replace("\n", "\r\n").encode(), "a.md")
    assert plain == again
    assert windows.findings == plain.findings
    assert [(paper.arxiv_id, paper.published, paper.passages) for paper in windows.papers] == [
        (paper.arxiv_id, paper.published, paper.passages) for paper in plain.papers
    ]


@given(mutated())
@settings(deadline=None, max_examples=100)
def test_lines_before_a_digest_shift_its_line_numbers(text: str) -> None:
    """Blank lines at the top move every line number by as many, and change nothing else."""
    text = text.encode("utf-8", "replace").decode()
    plain, shifted = read_bytes(text.encode(), "a"), read_bytes(b"\n\n\n" + text.encode(), "a")
    if sniff(text) and plain.papers:
        assert [(paper.arxiv_id, paper.line + 3) for paper in plain.papers] == [
            (paper.arxiv_id, paper.line) for paper in shifted.papers
        ]
        for old, new in zip(plain.papers, shifted.papers, strict=True):
            assert [(p.text, p.line + 3) for p in old.passages] == [(p.text, p.line) for p in new.passages]
