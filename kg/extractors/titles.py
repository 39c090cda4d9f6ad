"""Names that head a title: ``X: subtitle``, ``X：副标题``, 《X》：, ``X——副标题``."""

from __future__ import annotations

import re

from kg.extractors._notes import Component, Notes
from kg.extractors._shapes import common, shape
from kg.extractors._words import GENERIC, SENTENCE_WORDS, TYPE_NOUNS
from kg.model import Part

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


def _is_common(head: str) -> bool:
    """Tell whether a word that heads a title is none of a sentence in capitals: *SAME: Sample Reconstruction*."""
    stressed = _SINGLE.fullmatch(head) and head.lower() in SENTENCE_WORDS and head.lower() not in GENERIC
    return common(head) and not stressed


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
