"""The ``weekly`` dialect: a report with a section a paper.

::

    # 本周RAG论文汇总 20240804
    ## Chinese title
    发布时间：2024年08月01日

    ```LLM应用``` ```问答系统```

    > English title
    >
    > Chinese abstract
    >
    > https://arxiv.org/abs/…

    ![](…)

After a ruler come notices of the publisher, which are no entries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.model import Part
from kg.readers import _tags
from kg.readers._lines import Draft, Line, first_linked

if TYPE_CHECKING:
    from kg.readers._lines import Report

_HEADING = re.compile(r"##\s+(.*)")
_DATE = re.compile(r"发布(?:时间|日期)\s*[:：]")
_RULER = re.compile(r"<hr\b|---+\s*$|\*\*\*+\s*$", re.IGNORECASE)
_LINK = re.compile(r"(?:>\s*)*<?(?:\[[^\]]*\]\()?https?://\S+$")


def read(lines: list[str], report: Report) -> list[Draft]:
    """Read the entries of a weekly report."""
    return [_draft(section, report) for section in _sections(lines)]


def _sections(lines: list[str]) -> list[list[Line]]:
    """Cut the report at its headings; what follows a ruler belongs to no section."""
    sections: list[list[Line]] = []
    open_section = False
    for number, text in enumerate(lines, 1):
        if _HEADING.match(text):
            sections.append([])
            open_section = True
        elif _RULER.match(text):
            open_section = False
        if open_section:
            sections[-1].append(Line(number, text))
    return sections


def _draft(section: list[Line], report: Report) -> Draft:
    head = section[0]
    draft = Draft(head.number)
    draft.add(Part.TITLE, [head])
    ticked: list[Line] = []
    quotes: list[list[Line]] = [[]]
    for line in section[1:]:
        text = line.text.strip()
        if _DATE.match(text):
            draft.date(line, report)
        elif text.startswith("`"):
            ticked.append(line)
        elif _LINK.match(text):
            draft.paper = draft.paper or first_linked(text)
        elif text.startswith(">") and text.strip("> "):
            quotes[-1].append(line)
        elif quotes[-1]:
            quotes.append([])
    draft.add_tags(*_tags.from_ticks(ticked))
    draft.add(Part.TITLE, quotes[0])
    for order, quote in enumerate(quotes[1:]):
        draft.add(Part.ABSTRACT, quote, chinese=order == 0)
    return draft
