r"""The text that the components read: LaTeX resolved where it is part of a name, blanked out where it is not.

``Mat\'ern`` is read as *Matérn*, ``$k$-means`` as *k-means*, ``$\texttt{Se}^2$`` as *Se2*; a formula, a command and an
address are blanks. What is found is placed back into the passage by `Resolved.place`, so that a quote is literal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from kg import text as texts

Span = tuple[int, int]
"""Start and end, in characters."""

_WEB = r"(?:https?://|www\.)[^\s，。；）)]+"
_SITE = r"\b\w+\.(?:com|org|net|io|ai)/\S+"
_ADDRESS = re.compile(rf"{_WEB}|\S+@\S+\.\w+|{_SITE}")
_WEB_ADDRESS = re.compile(rf"{_WEB}|{_SITE}")  # the same where there is no @: that alternative looks far ahead
_COMMAND = re.compile(r"\\[A-Za-z]+\*?\s?\{?|[{}$]|\\(?=[%&_#])")
_RAISED = r"[\^_]\{?\d\}?"
_UNIT = re.compile(
    rf"(?P<math>\$[^$]{{1,60}}\$)|(?P<accent>{texts.ACCENT.pattern})|(?P<raised>(?<=[A-Z])\^\{{?\d\}}?(?=-?[A-Z]))"
)
_DIGIT = re.compile(rf"\${_RAISED}\$")
"""A digit that is part of the name around it: *FAC$^2$E*."""
_POWER = re.compile(r"\$[A-Z]\^\{?\d\}?\$")
"""What is a name where it stands in brackets of its own or heads a title: *($C^3$)*."""
_PREPRINT = re.compile(r"\barXiv\s?[:：]\s?\S*?\d{4}\.\d{4,5}(?:v\d+)?(?: \[[\w.-]+\])?", re.IGNORECASE)
_STYLED = re.compile(r"\\(?:text|math(?:rm|bf|it|sf|tt))")
_SYMBOL = re.compile(r"[^\W\d_][\w+*-]*", re.ASCII)
_GREEK_NAME = re.compile(r"[α-ωΑ-Ω]\d")
_LETTER = re.compile(r"[^\W\d_]\d?|[Lℓl][\dpq]|\d[Dd]")
"""What is a word with the hyphen beside it (*k*-means, *L2*-norm), and nothing without."""

_NORM = re.compile(r"[Lℓ][12]")
"""What is a word before a blank as well: *L2 regularization*."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A passage as the components read it."""

    text: str
    """What they read."""
    starts: tuple[int, ...] = ()
    """By character: where it begins in the passage; empty if both have the same offsets."""
    ends: tuple[int, ...] = ()
    """By character: where it ends in the passage."""

    def place(self, span: Span) -> Span:
        """Give the stretch of the passage that a stretch of the text stands for."""
        start, end = span
        return (self.starts[start], self.ends[end - 1]) if self.starts and start < end else span

    def whole(self, span: Span) -> Span:
        """Widen a stretch so that it holds no mere part of a name that stands for a formula."""
        start, end = span
        if self.starts and start < end:
            while start > 0 and self.starts[start - 1] == self.starts[start]:
                start -= 1
            while end < len(self.text) and self.starts[end] == self.starts[end - 1]:
                end += 1
        return start, end


def resolve(passage: str) -> Resolved:
    r"""Resolve a passage.

    >>> resolve(r"\textbf{DP-Fair}, $k$-means, see https://a.org/b.").text
    '        DP-Fair , k-means, see                 '
    >>> found = resolve(r"R\'enyi's $\texttt{Se}^2$ of $n$ kernels")
    >>> found.text, found.place((0, 5)), found.place((8, 11))
    ("Rényi's Se2 of     kernels", (0, 7), (10, 25))
    >>> resolve(r"FAC$^2$E and F^2-Check beat B{\AE}RT ($C^3$) at $N^2$, arXiv:2310.15213v1").text
    'FAC2E and F2-Check beat BÆRT (C3) at      ,                   '
    """
    if "\\" not in passage and "$" not in passage and "^" not in passage:
        return Resolved(_without_addresses(passage))
    parts, widths, at = [], [], 0
    for unit in _UNIT.finditer(passage):
        parts += [passage[at : unit.start()], _read(unit, passage)]
        widths += [(part := parts[-2], len(part)), (parts[-1], unit.end() - unit.start())]
        at = unit.end()
    parts.append(passage[at:])
    widths.append((parts[-1], len(parts[-1])))
    text = _without_addresses(_COMMAND.sub(_blank, "".join(parts)))
    if len(text) == len(passage):
        return Resolved(text)
    return Resolved(text, *_offsets(widths))


def _offsets(widths: list[tuple[str, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give where each character begins and ends, for parts of a text and how wide each is in the passage."""
    starts: list[int] = []
    ends: list[int] = []
    for (part, width), end in zip(widths, accumulate(width for _, width in widths), strict=True):
        if len(part) == width:
            starts += range(end - width, end)
            ends += range(end - width + 1, end + 1)
        else:  # a name in place of what spells it: no part of it has a place of its own
            starts += [end - width] * len(part)
            ends += [end] * len(part)
    return tuple(starts), tuple(ends)


def _read(unit: re.Match[str], passage: str) -> str:
    """Read a letter with its accent, or a formula: a word if it is a name or part of one, else blanks."""
    if unit["accent"]:
        return texts.plain(unit[0])
    if unit["raised"]:
        return unit[0].strip("^{}")
    name = texts.plain(unit[0])
    if _raised(unit, passage):
        return name
    is_name = _SYMBOL.fullmatch(name) and _STYLED.search(unit[0])
    if (is_name or _GREEK_NAME.fullmatch(name)) and len(name) > 1:
        return name
    before, after = passage[: unit.start()], passage[unit.end() : unit.end() + 2]
    joined = re.match(r"-[^\W\d_]", after) or re.search(r"[^\W\d_]-$", before[-2:])
    joined = joined or (_NORM.fullmatch(name) and re.match(r" [a-z]", after))
    return name if joined and _LETTER.fullmatch(name) else " " * len(unit[0])


def _raised(unit: re.Match[str], passage: str) -> bool:
    """Tell whether a formula is a digit inside or at the end of a name, or a power that is itself a name."""
    before, after = passage[max(0, unit.start() - 2) : unit.start()], passage[unit.end() : unit.end() + 1]
    if _DIGIT.fullmatch(unit[0]):
        return before[-1:].isascii() and before[-1:].isalpha() and (before[-1:].isupper() or after.isupper())
    alone = before[-1:] in ("(", "（") and after in (")", "）")
    return bool(_POWER.fullmatch(unit[0])) and (alone or (not before and after in (":", "：")))


def _without_addresses(text: str) -> str:
    if "rXiv" in text:
        text = _PREPRINT.sub(_blank, text)
    if "@" in text:
        return _ADDRESS.sub(_blank, text)
    return _WEB_ADDRESS.sub(_blank, text) if "/" in text else text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
