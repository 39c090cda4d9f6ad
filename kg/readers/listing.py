"""The ``listing`` dialect: headings, a date, quotes and a bare line of tags.

::

    #### [Chinese title](https://arxiv.org/abs/…)
    #### English title
    发布时间：2024年02月29日
    > Chinese abstract
    > English abstract
    LLM应用
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.model import Part
from kg.readers import _tags
from kg.readers._lines import Draft, Line, first_linked

if TYPE_CHECKING:
    from kg.readers._lines import Report

_HEADING = re.compile(r"####\s*(.*)")
_LINKED = re.compile(r"\[(.*)\]\(([^()\s]*)\)")
_DATE = re.compile(r"发布(?:时间|日期)\s*[:：]")


def read(lines: list[str], report: Report) -> list[Draft]:
    """Read the entries of a listing."""
    return [_draft(entry, report) for entry in _entries(lines)]


def _entries(lines: list[str]) -> list[list[Line]]:
    """Cut the digest where a linked heading stands, or a heading after something else than a heading."""
    entries: list[list[Line]] = []
    heading_before = False
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        found = _HEADING.match(text)
        if found and (not heading_before or _LINKED.fullmatch(found[1].strip())):
            entries.append([])
        if entries:
            entries[-1].append(Line(number, text))
        heading_before = found is not None
    return entries


def _draft(entry: list[Line], report: Report) -> Draft:
    draft = Draft(entry[0].number)
    bare: list[Line] = []
    quoted = False
    for line in entry:
        found = _HEADING.match(line.text)
        if found:
            _add_title(draft, Line(line.number, found[1]))
        elif _DATE.match(line.text):
            draft.date(line, report)
        elif line.text.startswith(">"):
            draft.add(Part.ABSTRACT, [line], chinese=not quoted)
            quoted = True
        else:
            bare.append(line)
    draft.add_tags(*_tags.from_ticks(bare) if any("`" in line.text for line in bare) else _tags.from_lines(bare))
    return draft


def _add_title(draft: Draft, line: Line) -> None:
    found = _LINKED.fullmatch(line.text.strip())
    if found:
        draft.paper = draft.paper or first_linked(found[2])
    draft.add(Part.TITLE, [Line(line.number, found[1]) if found else line])
