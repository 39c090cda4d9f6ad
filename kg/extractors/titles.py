"""Names that head a title: ``X: subtitle``, ``X：副标题``, 《X》：, ``X——副标题``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extractors._breaks import LEADING
from kg.extractors._notes import Component, Notes
from kg.extractors._shapes import common, is_own, shape, whole
from kg.extractors._words import GENERIC, METHOD_HEADS_EN, SENTENCE_WORDS, TYPE_NOUNS
from kg.model import Lang, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = re.compile(
    r"\s*[《“\"'「【]?\s*(?P<head>[^:：—《》“”「」|]{1,80}?)\s*[》”\"'」】]?\s*(?:[:：]|——|—| - | – )\s*(?=\S)"
)
_BOOK = re.compile(r"《([^《》]{1,60})》")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_TYPE = re.compile(
    rf"(?:\s+(?:{'|'.join(TYPE_NOUNS)})|\s*(?:数据集|基准测试|基准|模型|框架|方法|系统|算法))+$", re.IGNORECASE
)
_VERBISH = re.compile(
    r"^(?:towards?|on|from|how|what|why|when|where|who|which|can|do|does|is|are|an?|beyond|rethinking|revisiting|"
    r"exploring|improving|learning|"
    r"understanding|evaluating|analyzing|survey|review|leveraging|using|building|enhancing|it|not|in|with|to|your|"
    r"let|no|more|less)\b",
    re.IGNORECASE,
)
_DATA = re.compile(
    r"\b(?:data ?sets?|benchmark(?!ing)s?|corpus|corpora|leaderboard|test ?suite|treebank)\b|"
    r"数据集|基准|语料库|榜单|测试集|评测集",
    re.IGNORECASE,
)
MAX_WORDS = 7
"""A longer head is a sentence."""
_AT = re.compile(
    r"[:：?!,;()（）]\s*|(?<![\w-])(?:via|with|using|through|by|for|in|on|of|to|from|under|towards?|and|against|is|are|as|at|"
    r"over|without|into)(?![\w-])",
    re.IGNORECASE,
)
_MEANS = frozenset({"via", "with", "using", "through", "by"})
"""What a title puts before the means."""
_SINGLE = re.compile(r"[A-Z]{3,}")


class Titles(Component):
    """Marks the name at the head of a title."""

    def note(self, notes: Notes) -> None:
        """Note the head of a title."""
        if notes.part is Part.TITLE:
            match = _HEAD.match(notes.plain)
            if match:
                data = ("title-of-data",) if _DATA.search(notes.plain, match.end("head")) else ()
                _mark_head(notes, match.start("head"), match["head"], *data)
            for book in _BOOK.finditer(notes.plain):
                if shape(book[1].split(" ")[0]):
                    _mark_head(notes, book.start(1), book[1])
            if notes.lang is Lang.EN:
                for start, end, rule in _chunks(notes.plain):
                    notes.mark((start, end), "title-chunk", rule)


def _chunks(title: str) -> Iterator[tuple[int, int, str]]:
    """Give the words that a title begins with, or names as its means, up to the next preposition.

    >>> list(_chunks("Coded ResNeXt for Disentangled Paths"))
    [(0, 13, 'title-first')]
    >>> [rule for *_, rule in _chunks("Lossy Compression with Quantized Hierarchical VAEs")]
    ['title-means']
    """
    at, rule = 0, "title-first"
    for link in [*_AT.finditer(title), None]:
        end = link.start() if link else len(title)
        if rule and (span := _chunk(title, at, end)):
            yield *span, rule
        at = link.end() if link else end
        rule = "title-means" if link and link[0].lower() in _MEANS else ""


def _chunk(title: str, at: int, end: int) -> tuple[int, int] | None:
    """Give two words and more without article and adjectives before them; none if they are a whole clause."""
    words = title[at:end].rstrip(" .").split()
    if words and _VERBISH.match(words[0]) and words[0].lower() not in ("a", "an"):
        return None
    kept = list(words)
    while kept and (kept[0].lower() in LEADING or kept[0].lower() in ("a", "an", "the", "our")):
        kept.pop(0)
    if not 1 < len(kept) <= MAX_WORDS or not _is_technique(kept):
        return None
    start = title.index(kept[0], at + title[at:end].index(words[0]) + sum(len(word) for word in words[: -len(kept)]))
    return start, at + len(title[at:end].rstrip(" ."))


def _is_common(head: str) -> bool:
    """Tell whether a word that heads a title is none of a sentence in capitals: *SAME: Sample Reconstruction*."""
    stressed = _SINGLE.fullmatch(head) and head.lower() in SENTENCE_WORDS and head.lower() not in GENERIC
    return common(head) and not stressed


def _is_technique(words: list[str]) -> bool:
    """Tell whether words end with what names a technique, or with a name: *Coded ResNeXt*."""
    return not all(map(common, words)) and (words[-1].lower() in METHOD_HEADS_EN or is_own(whole(words[-1])))


def _mark_head(notes: Notes, start: int, head: str, *more: str) -> None:
    if article := _ARTICLE.match(head):
        start, head = start + article.end(), head[article.end() :]
    if kind := _TYPE.search(head):
        more = (*more, "title-of-data") if _DATA.search(kind[0]) else more
        head = head[: kind.start()]
    head = head.rstrip()
    words = head.split()
    if not words or len(words) > MAX_WORDS or _VERBISH.match(head) or (len(words) == 1 and _is_common(head)):
        return
    looks = {shape(word) for word in words} - {"", "capital", "title-hyphen"}
    if len(words) == 1:
        rule = "title-name" if shape(head) else ""
    else:
        rule = "title-shaped" if looks and not all(common(word) for word in words if shape(word)) else "title-phrase"
    if rule:
        notes.mark((start, start + len(head)), rule, *more)
