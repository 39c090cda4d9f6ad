"""What the readers share: rules for findings, the record of an entry in the making, and small recognisers.

A reader cuts a digest into entries and puts each text where it belongs (:class:`Draft`); what makes a text a passage,
and an entry a paper, is decided here once for all dialects.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.iri import arxiv_id
from kg.model import Finding, Lang, Paper, Part, Passage, Severity
from kg.text import HAN, language, printable

TYPICAL = "https://arxiv.org/abs/2106.09685"
"""The address that remedies give as an example."""


class Rule(NamedTuple):
    """What a finding says; the words between braces are filled in."""

    severity: Severity
    what: str
    remedy: str


RULES = {
    "not-text": Rule(Severity.ERROR, "a NUL byte: the file is binary or UTF-16", "Give a Markdown file in UTF-8."),
    "not-utf8": Rule(Severity.ERROR, "not UTF-8", "Save the file as UTF-8."),
    "html": Rule(Severity.ERROR, "an HTML page, not Markdown", "Give the Markdown source of the digest."),
    "empty": Rule(Severity.ERROR, "the file is empty", "Download it again."),
    "line-too-long": Rule(Severity.ERROR, "a line of more than {limit} bytes", "Digests have short lines; is it one?"),
    "unknown-dialect": Rule(Severity.ERROR, "no digest of a known dialect", "See `kg read --help` for the dialects."),
    "no-entry": Rule(Severity.ERROR, "the digest holds no entry", "Download it again."),
    "no-link": Rule(
        Severity.ERROR, "no valid arXiv link, so {title} is left out", f"Add one such as {TYPICAL} to the entry."
    ),
    "link-missing": Rule(
        Severity.WARNING, "the link of arXiv:{paper} is missing", "Title or table told the paper; add the link."
    ),
    "no-title": Rule(Severity.ERROR, "no title, so arXiv:{paper} is left out", "Add its title."),
    "no-abstract": Rule(Severity.WARNING, "arXiv:{paper} has no abstract", "Add it, or take the title for what it is."),
    "no-detail": Rule(
        Severity.WARNING, "arXiv:{paper} stands in the table only", "Add its block below, or take the table's words."
    ),
    "no-row": Rule(Severity.WARNING, "arXiv:{paper} is missing from the table", "Add a row; its block was read."),
    "table-disagrees": Rule(
        Severity.WARNING, "the {what} of arXiv:{paper} differs from the table's", "The block counts; mend the table."
    ),
    "bad-row": Rule(Severity.WARNING, "a table row without number, title or link", "Mend it; its block was read."),
    "duplicate-entry": Rule(Severity.WARNING, "arXiv:{paper} again, first on line {first}", "The first one counts."),
    "bad-tag": Rule(Severity.WARNING, "{text} is no tag of arXiv:{paper}", "Give a topic, or delete it."),
    "bad-date": Rule(Severity.WARNING, "{text} is no date", "Write it like 2024年02月29日."),
    "withdrawn": Rule(Severity.WARNING, "arXiv:{paper} has been withdrawn", "Delete the entry if it should not count."),
    "untranslated": Rule(
        Severity.WARNING, "the Chinese {part} of arXiv:{paper} is in another language", "It is kept as English."
    ),
    "linked-paper": Rule(
        Severity.WARNING,
        "arXiv:{paper} is linked and has no entry",
        "Only entries become papers; add one if it should.",
    ),
    "control-character": Rule(
        Severity.WARNING, "{count} control characters, replaced by blanks", "Check the words around them."
    ),
}
"""What a reader can find, by its stable name."""


class Report:
    """The findings on one file.

    Attributes:
        found: the findings so far.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: list[tuple[int, Finding]] = []

    @property
    def found(self) -> tuple[Finding, ...]:
        """The findings, by line; those on one line in the order they were made."""
        return tuple(finding for _, finding in sorted(self._found, key=lambda item: item[0]))

    def add(self, rule: str, line: int, **words: object) -> None:
        """Note that a rule is broken on a line."""
        severity, what, remedy = RULES[rule]
        filled = what.format_map({name: printable(str(word)) for name, word in words.items()})
        self._found.append((line, Finding(f"{self._name}:{line}", rule, f"{filled}. {remedy}", severity)))


class Line(NamedTuple):
    """A line, or part of one, with its number."""

    number: int
    text: str


@dataclass(slots=True)
class Draft:
    """An entry in the making."""

    line: int
    """Where it starts."""
    paper: str = ""
    """The arXiv identifier, as soon as it is known."""
    published: str = ""
    """The date as ``2024-02-29``, or empty."""
    passages: list[Passage] = field(default_factory=list)
    """What was read so far."""
    complaints: list[tuple[str, int, str]] = field(default_factory=list)
    """Rule, line and words: what to find once the identifier is known."""
    seen: set[tuple[Part, str]] = field(default_factory=set)
    """The texts of the passages."""

    def add(self, part: Part, lines: list[Line], *, chinese: bool = False) -> None:
        """Take a text over as a passage, if it says anything that is not there yet."""
        start, text = _joined(lines, _OPENERS.get(part))
        if not text:
            return
        lang = Lang.EN if part is Part.CATEGORIES else language(text)
        if chinese and lang is not Lang.ZH:
            self.complaints.append(("untranslated", start, part.value))
        if (part, text) not in self.seen:
            self.seen.add((part, text))
            self.passages.append(Passage(part, lang, text, start))

    def add_tags(self, tags: list[Line], refused: list[Line]) -> None:
        """Take over the tags, and complain about what is none."""
        if tags:
            self.passages.append(Passage(Part.TAGS, Lang.ZH, SEPARATOR.join(t.text for t in tags), tags[0].number))
        self.complaints.extend(("bad-tag", line.number, line.text) for line in refused)

    def date(self, line: Line, report: Report) -> None:
        """Take over the date in a line such as ``发布时间：2024年02月29日``."""
        self.published = self.published or iso_date(line.text)
        if not self.published:
            report.add("bad-date", line.number, text=shorten(line.text.strip()))

    def has(self, part: Part) -> bool:
        """Tell whether there is a passage of this part."""
        return any(passage.part is part for passage in self.passages)


SEPARATOR = " · "
"""What stands between the tags of a paper."""

# ``arXiv:2403.20009v1 Announce Type: new  Abstract:`` and what translators made of it.
_ANNOUNCED = (
    r"(?:\S[:：]\s?)?arXiv\s?[:：]\s?\d{4}\.\d{4,5}(?:v\d+)?\s*"
    rf"(?:(?:Announce Type|[{HAN}]{{0,4}}(?:类型|类别|通告)[{HAN}]{{0,2}})\s?[:：]\s*"
    r"(?:.{0,30}?(?:Abstract|摘要|文摘|提要|抽象|概要|简介)\s?[:：]|[^\s。]{1,12}(?:\s|。)|交叉|新的?)?)?"
)
# ``翻译过的论文标题：`` and the like: the translator's words, not the paper's.
_TRANSLATED = r"(?:\S{0,3}这里是|这是|以下是)?(?:中[文国]|英文|翻译|总结|[出过后的该此]|论?文|一句话)*"
_ABSTRACT_OPENER = re.compile(
    rf"\**(?:{_ANNOUNCED}|Abstract\s?[:：]|{_TRANSLATED}(?:摘要|要点|翻译|总结|译文)\s?[:：])\**\s*", re.IGNORECASE
)
_TITLE_OPENER = re.compile(rf"\**(?:{_TRANSLATED}(?:标题|题目|翻译|译文)(?:已翻译)?为?\s?[:：]|Title\s?:)\**\s*")
_OPENERS = {Part.TITLE: _TITLE_OPENER, Part.ABSTRACT: _ABSTRACT_OPENER, Part.SUMMARY: _ABSTRACT_OPENER}
_MARKERS = re.compile(r"(?:>\s*|#{1,6}\s+)+")
_LABEL = re.compile(r"#*\s*(?:\*\*)?(?:摘要|Abstract)(?:\*\*)?\s*[:：]?", re.IGNORECASE)
_FENCE = re.compile(r"```\w*")


def _joined(lines: list[Line], opener: re.Pattern[str] | None) -> tuple[int, str]:
    """Join lines with blanks, and say where what is left of them starts."""
    start = 0
    texts: list[str] = []
    for number, line in lines:
        text = line.strip()
        if text[:1] in "#>`":
            text = _bare(text)
        if not texts and opener is not None:
            found = opener.match(text)
            text = text[found.end() :] if found else text
        if text:
            start = start or number
            texts.append(text)
    return start, " ".join(texts)


def _bare(text: str) -> str:
    """Take quote marks, heading marks, code fences and the bare word 摘要 off a line."""
    if found := _MARKERS.match(text):
        text = text[found.end() :].strip()
    return "" if text in {">", "#"} or _LABEL.fullmatch(text) or _FENCE.fullmatch(text) else text


_DATE = re.compile(r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})")


def iso_date(text: str) -> str:
    """Find a date and give it as ISO 8601; empty if there is none in the calendar.

    >>> iso_date("发布时间：2024年02月29日"), iso_date("2023年02月29日")
    ('2024-02-29', '')
    """
    found = _DATE.search(text)
    try:
        return dt.date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


# What follows must be no letter or digit: a longer number is no identifier.
_ID = r"(?:\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?![0-9A-Za-z])"
_ADDRESS = re.compile(rf"arxiv\.org/+(?:abs|pdf|html|format|ps|e-print)/+({_ID})")
_CITATION = re.compile(rf"arXiv\s?:\s?({_ID})", re.IGNORECASE)
_FIVE_DIGITS = (
    "1501"  # since January 2015 the number has five digits (https://info.arxiv.org/help/arxiv_identifier.html)
)
_FIRST_NEW = "0704"  # before April 2007 identifiers began with the archive


def linked_ids(text: str) -> list[str]:
    """Give the papers whose arXiv addresses occur in a text, in order.

    >>> linked_ids("[x](http://arxiv.org/abs/2310.00212v3), https://arxiv.org//pdf/cs/0112017")
    ['2310.00212', 'cs/0112017']
    """
    return [paper for match in _ADDRESS.findall(text) if (paper := _valid(match))]


def first_linked(text: str) -> str:
    """Give the first paper whose arXiv address occurs in a text; empty if there is none."""
    return next(iter(linked_ids(text)), "")


def cited_id(text: str) -> str:
    """Give the paper of a citation such as ``(arXiv:2303.06137v1 [cs.NE])``; empty if there is none.

    >>> cited_id("Title. (arXiv:2303.06137v1 [cs.NE])"), cited_id("arXiv:2399.00001")
    ('2303.06137', '')
    """
    found = _CITATION.search(text)
    return _valid(found[1]) if found else ""


def _valid(found: str) -> str:
    """Give the identifier in its normal form; empty if its number cannot be, as where a link was cut."""
    paper = arxiv_id(found)
    if not paper or "/" in paper:
        return paper
    month, _, number = paper.partition(".")
    width = 5 if month >= _FIVE_DIGITS else 4
    return paper if month >= _FIRST_NEW and len(number) == width else ""


def shorten(text: str, limit: int = 40) -> str:
    """Cut a text for a message.

    >>> shorten("a" * 50)
    '“aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…”'
    """
    line = " ".join(text.split())
    return f"“{line[:limit]}…”" if len(line) > limit else f"“{line}”"


_WITHDRAWN = re.compile(
    r"\b(?:has|have) been (?:temporarily )?withdrawn\b|\bis (?:being )?withdrawn\b|\bwithdrawn by\b"
    r"|\bwithdraw (?:this|the|our) (?:article|paper|manuscript|submission)\b|已(?:被)?撤(?:回|稿)",
    re.IGNORECASE,
)
_TELLING = frozenset({Part.SUMMARY, Part.ABSTRACT})
_HEAD = 200  # a notice of withdrawal opens a text; further on the word means money or troops


def finish(drafts: list[Draft], text: str, digest: str, report: Report) -> tuple[Paper, ...]:
    """Turn the drafts of a digest with this text into papers: identifier and title are needed, one entry a paper."""
    papers: dict[str, Paper] = {}
    for draft in drafts:
        if _complete(draft, report) and _first(draft, papers, report):
            _complain(draft, report)
            passages = tuple(sorted(draft.passages, key=lambda passage: passage.line))
            papers[draft.paper] = Paper(draft.paper, draft.published, passages, digest, draft.line)
    _report_linked(text, {draft.paper for draft in drafts}, report)
    return tuple(papers.values())


def _complete(draft: Draft, report: Report) -> bool:
    titles = [passage.text for passage in draft.passages if passage.part is Part.TITLE]
    if not draft.paper:
        report.add("no-link", draft.line, title=shorten(titles[0]) if titles else "the entry")
    elif not titles:
        report.add("no-title", draft.line, paper=draft.paper)
    return bool(draft.paper and titles)


def _first(draft: Draft, papers: dict[str, Paper], report: Report) -> bool:
    first = papers.get(draft.paper)
    if first:
        report.add("duplicate-entry", draft.line, paper=draft.paper, first=first.line)
    return first is None


def _complain(draft: Draft, report: Report) -> None:
    """Report what is odd about an entry that is kept."""
    paper = draft.paper
    for rule, line, words in draft.complaints:
        report.add(rule, line, paper=paper, text=shorten(words), part=words, what=words)
    if not draft.has(Part.ABSTRACT):
        report.add("no-abstract", draft.line, paper=paper)
    if any(_withdrawn(item.text[:_HEAD]) for item in draft.passages if item.part in _TELLING):
        report.add("withdrawn", draft.line, paper=paper)


def _withdrawn(text: str) -> bool:
    """Tell whether a text opens with a notice of withdrawal; the pattern is tried where one of its words stands."""
    return ("thdraw" in text.lower() or "撤" in text) and _WITHDRAWN.search(text) is not None


def _report_linked(text: str, known: set[str], report: Report) -> None:
    """Name the papers that are linked to and are no entries, so that no address is lost in silence."""
    if set(linked_ids(text)) <= known:
        return
    named = set(known)
    for number, line in enumerate(text.split("\n"), 1):
        for paper in linked_ids(line):
            if paper not in named:
                named.add(paper)
                report.add("linked-paper", number, paper=paper)
