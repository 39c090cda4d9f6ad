"""The ``page`` dialect: one paper a file.

::

    # Chinese title

    发布时间：2024年06月11日

    `LLM应用` `机器翻译`

    > English title

    # 摘要

    > Chinese abstract

    > English abstract

    [Arxiv](https://arxiv.org/abs/…)

An abstract may run over several lines, of which only the first is marked; a second line of a title is a translation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.model import Part
from kg.readers import _tags
from kg.readers._lines import Draft, Line, first_linked

if TYPE_CHECKING:
    from kg.readers._lines import Report

_DATE = re.compile(r"发布(?:时间|日期)\s*[:：]")
_ABSTRACT = re.compile(r"#+\s*摘要\s*$")
_LINK = re.compile(r"\[arxiv\]\(", re.IGNORECASE)
_IMAGE = ("![", "<img")


def read(lines: list[str], report: Report) -> list[Draft]:
    """Read the one entry of a page."""
    numbered = [Line(number, text) for number, text in enumerate(lines, 1) if not text.startswith(_IMAGE)]
    start = next((index for index, line in enumerate(numbered) if line.text.startswith("#")), 0)
    middle = next(
        (index for index, line in enumerate(numbered) if index > start and _ABSTRACT.match(line.text)), len(numbered)
    )
    draft = Draft(numbered[start].number if numbered else 1)
    _read_head(draft, numbered[start:middle], report)
    _read_abstracts(draft, numbered[middle + 1 :])
    return [draft]


def _read_head(draft: Draft, lines: list[Line], report: Report) -> None:
    """Read title, date, tags and English title."""
    quote = next((index for index, line in enumerate(lines) if line.text.startswith(">")), len(lines))
    date = next((index for index, line in enumerate(lines[:quote]) if _DATE.match(line.text)), None)
    tick = next((index for index, line in enumerate(lines[:quote]) if line.text.startswith("`")), quote)
    end = tick if date is None else date
    blank = next((index for index, line in enumerate(lines[:end]) if not line.text.strip()), end)
    for line in lines[:blank]:
        draft.add(Part.TITLE, [line])
    if date is not None:
        draft.date(lines[date], report)
    draft.add_tags(*_tags.from_ticks(lines[end if date is None else date + 1 : quote]))
    draft.add(Part.TITLE, [line for line in lines[quote:] if not _add_link(draft, line)])


def _read_abstracts(draft: Draft, lines: list[Line]) -> None:
    """Read the abstracts: a quote mark after a blank line opens the next one."""
    paragraph: list[Line] = []
    blank, order = True, 0
    for line in lines:
        if _add_link(draft, line):
            continue
        if line.text.startswith(">") and blank and paragraph:
            draft.add(Part.ABSTRACT, paragraph, chinese=order == 0)
            paragraph, order = [], order + 1
        if line.text.strip():
            paragraph.append(line)
        blank = not line.text.strip()
    draft.add(Part.ABSTRACT, paragraph, chinese=order == 0)


def _add_link(draft: Draft, line: Line) -> bool:
    """Take the identifier from a line that is the link to the paper."""
    if not _LINK.match(line.text):
        return False
    draft.paper = draft.paper or first_linked(line.text)
    return True
