"""The ``catalogue`` dialect: a reference table, then a footnote block a paper.

::

    | [^1] | [English title](https://arxiv.org/abs/…) | Chinese summary |

    [^1]: Chinese title

        English title. (arXiv:2106.09685v2 [cs.CL])

        [https://arxiv.org/abs/…](https://arxiv.org/abs/…)

        Chinese summary
                                        an empty slot: three blank lines
        Chinese abstract

        English abstract, mostly cut off

Every paragraph may be missing; the slot tells a summary from an abstract. The title's full stop before
``(arXiv:`` is the feed's and not the author's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kg.model import Part
from kg.readers._lines import Draft, Line, cited_id, first_linked

if TYPE_CHECKING:
    from kg.readers._lines import Report

_BLOCK = re.compile(r"\[\^(\d+)\]:")
_ROW = re.compile(r"\|\s*\[\^(\d+)\]\s*\|\s*\[(.*?)\]\(([^()\s]*)\)\s*\|(.*)")
_ROW_START = re.compile(r"\|\s*\[\^")
_LINK = re.compile(r"\[[^\[\]]*\]\(\S+\)$|<?https?://\S+>?$")
_SOURCE = re.compile(r"[(（]\s*arXiv:[^()（）]*[)）]")
_TITLES = 2
"""Paragraphs before the link: the titles."""
_SLOT = 3
"""Blank lines between a summary and the abstracts; one between other paragraphs."""
_ABSTRACTS = 2
_SUMMARIES = 2
"""Without a slot the last two texts are abstracts; before them stands a summary, in early digests one a language."""


class _Row(NamedTuple):
    """A row of the reference table."""

    line: int
    paper: str
    title: str
    summary: str


def read(lines: list[str], report: Report) -> list[Draft]:
    """Read the entries of a catalogue, in the order of their blocks, then the rows without a block."""
    starts = [index for index, line in enumerate(lines) if line[:2] == "[^" and _BLOCK.match(line)]
    rows = _rows(lines[: starts[0]] if starts else lines, report)
    ends = [*starts[1:], len(lines)]
    by_paper = {row.paper: row for row in reversed(rows.values())}
    drafts = []
    for start, end in zip(starts, ends, strict=False):
        number, paragraphs = _paragraphs(lines, start, end)
        draft = _draft(paragraphs, start + 1)
        if rows:
            _compare(draft, by_paper.get(draft.paper), rows.get(number))
        drafts.append(draft)
    known = {draft.paper for draft in drafts}
    return drafts + [_from_row(row) for row in rows.values() if row.paper not in known]


def _rows(lines: list[str], report: Report) -> dict[str, _Row]:
    """Read the table, by the number of the row."""
    rows: dict[str, _Row] = {}
    for number, line in enumerate(lines, 1):
        if not _ROW_START.match(line):
            continue
        found = _ROW.match(line)
        paper = first_linked(found[3]) if found else ""
        if not (found and paper):
            report.add("bad-row", number)
            continue
        key = found[1] if found[1] not in rows else f"{found[1]} on line {number}"
        rows[key] = _Row(number, paper, _unstopped(found[2].strip()), found[4].strip().removesuffix("|").strip())
    return rows


def _unstopped(title: str) -> str:
    """Take the feed's full stop off a title.

    >>> _unstopped("Who?."), _unstopped("LoRA"), _unstopped("And so on...")
    ('Who?', 'LoRA', 'And so on..')
    """
    return title.removesuffix(".")


class _Paragraph(NamedTuple):
    """Lines without a blank one between them."""

    gap: int
    """How many blank lines stand before it."""
    lines: list[Line]


def _paragraphs(lines: list[str], start: int, end: int) -> tuple[str, list[_Paragraph]]:
    """Cut a block into its number and its paragraphs; the first one is what stands behind the number."""
    head = _BLOCK.match(lines[start])
    number = head[1] if head else ""
    first = lines[start][head.end() if head else 0 :].strip()
    paragraphs = [_Paragraph(0, [Line(start + 1, first)])]
    gap = 0
    for index in range(start + 1, end):
        text = lines[index].strip()
        if not text:
            gap += 1
        elif text[0] == "#" and lines[index][0] == "#":
            break  # a heading of the digest, not of the block
        elif gap:
            paragraphs.append(_Paragraph(gap, [Line(index + 1, text)]))
            gap = 0
        else:
            paragraphs[-1].lines.append(Line(index + 1, text))
    return number, paragraphs


def _draft(paragraphs: list[_Paragraph], line: int) -> Draft:
    """Put the paragraphs of a block where they belong."""
    draft = Draft(line)
    link = next((index for index, paragraph in enumerate(paragraphs) if _is_link(paragraph)), None)
    at = _TITLES if link is None else link
    rest = paragraphs[at:]
    if link is not None:
        draft.paper = first_linked(paragraphs[at].lines[0].text)
        rest = paragraphs[at + 1 :]
    for order, paragraph in enumerate(paragraphs[:at]):
        _add_title(draft, paragraph.lines, chinese=order == 0)
    _add_texts(draft, rest)
    if link is None and draft.paper:
        draft.complaints.append(("link-missing", line, ""))
    return draft


def _is_link(paragraph: _Paragraph) -> bool:
    text = paragraph.lines[0].text
    return text[0:1] in "[<h" and _LINK.match(text) is not None


def _add_title(draft: Draft, lines: list[Line], *, chinese: bool) -> None:
    """Take over a title; the citation behind it holds the categories and, if there is no link, the identifier."""
    number, text = lines[-1]
    cut = max(text.rfind("("), text.rfind("（"), 0)
    if not _SOURCE.fullmatch(text, cut):
        draft.add(Part.TITLE, lines)
        return
    draft.add(Part.TITLE, [*lines[:-1], Line(number, _unstopped(text[:cut].strip()))])
    if not chinese:
        draft.add(Part.CATEGORIES, [Line(number, text[cut:])])
    draft.paper = draft.paper or cited_id(text[cut:])


def _add_texts(draft: Draft, paragraphs: list[_Paragraph]) -> None:
    """Take over summary and abstracts."""
    texts = [paragraph for paragraph in paragraphs if paragraph.lines[0].text]
    whole = min(max(len(texts) - _ABSTRACTS, 0), _SUMMARIES)
    slot = next((index for index, paragraph in enumerate(texts) if paragraph.gap >= _SLOT), whole)
    for order, paragraph in enumerate(texts):
        part = Part.SUMMARY if order < slot else Part.ABSTRACT
        translated = slot > 0 if order == 0 else order == slot
        draft.add(part, paragraph.lines, chinese=translated and (order < slot or order < len(texts) - 1))
        draft.paper = draft.paper or (cited_id(paragraph.lines[0].text[:40]) if order >= slot else "")


def _compare(draft: Draft, same_paper: _Row | None, same_number: _Row | None) -> None:
    """Check a block against its row, and take from the row what the block lacks."""
    if not draft.paper and same_number:
        draft.paper, same_paper = same_number.paper, same_number
        draft.complaints.append(("link-missing", draft.line, ""))
    if same_paper:
        _compare_texts(draft, same_paper)
    elif same_number:
        draft.complaints.append(("table-disagrees", same_number.line, "link"))
    else:
        draft.complaints.append(("no-row", draft.line, ""))


def _compare_texts(draft: Draft, row: _Row) -> None:
    for part, text in ((Part.TITLE, row.title), (Part.SUMMARY, row.summary)):
        own = [passage.text for passage in draft.passages if passage.part is part]
        if not own:
            draft.add(part, [Line(row.line, text)])
        elif text and not any(text.endswith(old) for old in own):  # openers were taken off
            draft.complaints.append(("table-disagrees", row.line, part.value))


def _from_row(row: _Row) -> Draft:
    """Make an entry of a row that has no block."""
    draft = Draft(row.line, row.paper)
    draft.add(Part.TITLE, [Line(row.line, row.title)])
    draft.add(Part.SUMMARY, [Line(row.line, row.summary)])
    draft.complaints.append(("no-detail", row.line, ""))
    return draft
