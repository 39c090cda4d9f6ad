"""Digests made by Hypothesis, in every dialect: few papers that recur, names that collide, and hostile text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PAPERS = ("2106.09685", "2201.11903", "2303.06137", "2310.00212", "cs/0112017")
"""So few that most digests share a paper."""

NAMES = (
    "LoRA", "Low-Rank Adaptation", "低秩适配", "思维链", "chain-of-thought", "CoT", "GPT-3.5", "GPT-4", "C++",
    "BERT模型", "ＧＰＴ－４", "Zeta-Net", "ZetaNet", "π0", "SQuAD", "GSM8K", "Graph Prompt Tuning (GPT)",
)  # fmt: skip
"""Names that meet, names that must not, and one acronym that a paper defines otherwise than the world does."""

TAGS = ("LLM应用", "Agent", "RAG", "机器翻译", "知识图谱", "抱歉，我无法判断", "分类：强化学习")

HOSTILE = (
    "</script><script>alert(1)</script>", "<b onload=x>&amp;", "'; MATCH (n) DETACH DELETE n; //", '"' * 3, "\\",
    "\\u0000", '\\"', "=1+1", "@SUM(A1)", "{0} %s ${x}", "a|b", "`x`", "\x1b[31m", "\u202e", "\u2028", "\t",
    "$\\texttt{Se}^2$", "\ufeff", "𝔾🦙", "]]>", "<https://example.org/> .", "[^1]:", "####", "> ", "-->",
)  # fmt: skip
"""Text that means something to HTML, Turtle, Cypher, CSV, JSON, a terminal or Markdown."""


@dataclass(frozen=True)
class Item:
    """What a digest says of a paper."""

    paper: str = "2310.00212"
    title: str = "Zeta-Net: Counting Sheep with Low-Rank Adaptation"
    title_zh: str = "Zeta-Net：用低秩适配数羊"
    summary: str = "提出了Zeta-Net，一种数羊的方法。"
    abstract: str = "We propose Zeta-Net, which fine-tunes GPT-4 with LoRA and is evaluated on the GSM8K dataset."
    abstract_zh: str = "我们提出了Zeta-Net，用LoRA微调GPT-4，并在GSM8K数据集上评估。"
    tags: tuple[str, ...] = ("LLM应用",)
    day: int = 29


@dataclass(frozen=True)
class Step:
    """Something that happens to a folder of digests."""

    action: str
    which: int
    content: bytes


def catalogue(items: Sequence[Item]) -> str:
    """Write a digest as a reference table and blocks."""
    rows = [f"| [^{n}] | [{x.title}](https://arxiv.org/abs/{x.paper}) | {x.summary} |" for n, x in _numbered(items)]
    blocks = [
        f"[^{n}]: {x.title_zh}\n\n    {x.title}\n\n"
        f"    [https://arxiv.org/abs/{x.paper}](https://arxiv.org/abs/{x.paper})\n\n"
        f"    {x.summary}\n\n    \n\n    {x.abstract_zh}\n\n"
        f"    arXiv:{x.paper}v1 Announce Type: new  Abstract: {x.abstract}\n"
        for n, x in _numbered(items)
    ]
    return "\n".join(
        ["# 摘要", "", "| Ref | Title | Summary |", "| --- | --- | --- |", *rows, "", "# 详细", "", *blocks]
    )


def listing(items: Sequence[Item]) -> str:
    """Write a digest as headings, dates and quotes."""
    return "".join(
        f"#### [{x.title_zh}](https://arxiv.org/abs/{x.paper})\n#### {x.title}\n发布时间：2024年02月{x.day:02}日\n"
        f"> {x.abstract_zh}\n> {x.abstract}\n{x.tags[0]}\n"
        for x in items
    )


def page(items: Sequence[Item]) -> str:
    """Write a digest of one paper: the first."""
    x = items[0]
    tags = " ".join(f"`{tag}`" for tag in x.tags)
    return (
        f"# {x.title_zh}\n\n发布时间：2024年02月{x.day:02}日\n\n{tags}\n\n> {x.title}\n\n"
        f"# 摘要\n\n> {x.abstract_zh}\n\n"
        f"> {x.abstract}\n\n[Arxiv](https://arxiv.org/abs/{x.paper})\n"
    )


def weekly(items: Sequence[Item]) -> str:
    """Write a digest as headings, dates and a quote with a bare link."""
    return "# 本周RAG论文汇总 20240804\n" + "".join(
        f"## {x.title_zh}\n发布时间：2024年02月{x.day:02}日\n\n> {x.title}\n>\n> {x.abstract_zh}\n>\n"
        f"> https://arxiv.org/abs/{x.paper}\n\n"
        for x in items
    )


DIALECTS: tuple[Callable[[Sequence[Item]], str], ...] = (catalogue, listing, page, weekly)


def digest(folder: Path, name: str, *items: Item, dialect: Callable[[Sequence[Item]], str] = catalogue) -> Path:
    """Write a digest file; of one item if none is given."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dialect(items or [Item()]), encoding="utf-8", newline="")
    return path


def item(paper: str, title: str = Item.title) -> Item:
    """Make an item of another paper."""
    return replace(Item(), paper=paper, title=title)


_noise = st.one_of(
    st.just(""),
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12),
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Make what a digest says of one of few papers."""
    one, other, third = (draw(st.sampled_from(NAMES)) for _ in range(3))
    noise = draw(_noise)
    return Item(
        draw(st.sampled_from(PAPERS)),
        draw(st.sampled_from([f"{one}: Counting Sheep {noise}", f"On {one} and {other}", noise or one])),
        draw(st.sampled_from([f"《{one}》：数羊{noise}", f"{other}与{one}的比较"])),
        f"提出了{one}，一种基于{other}的方法。{noise}",
        f"We propose {one}, which is built on {other} and evaluated on the {third} dataset. {noise}",
        draw(st.sampled_from([f"我们提出{one}，在{third}数据集上优于{other}。", f"We compare {other} with {third}."])),
        tuple(draw(st.lists(st.sampled_from(TAGS), min_size=1, max_size=2))),
        draw(st.integers(1, 28)),
    )


@st.composite
def digests(draw: st.DrawFn, pool: Sequence[Item]) -> bytes:
    """Make the bytes of a digest of some of the items."""
    chosen = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3, unique=True))
    return draw(st.sampled_from(DIALECTS))(chosen).encode()


@st.composite
def folders(draw: st.DrawFn, *, steps: int = 0) -> tuple[dict[str, bytes], list[Step]]:
    """Make a folder of digests, content by name, that often say the same of a paper; and what happens to it then."""
    pool = draw(st.lists(items(), min_size=1, max_size=4))
    digest = digests(pool)
    content = draw(st.dictionaries(st.sampled_from("abcdef").map("{}.md".format), digest, min_size=1, max_size=4))
    actions = st.sampled_from(["add", "add", "change", "rename", "copy", "delete"])
    step = st.builds(Step, actions, st.integers(0, 9), digest)
    return content, draw(st.lists(step, min_size=steps, max_size=steps * 2))


def _numbered(items: Sequence[Item]) -> list[tuple[int, Item]]:
    return list(enumerate(items, start=1))
