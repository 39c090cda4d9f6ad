"""Acronym definitions in brackets of both scripts, after Schwartz & Hearst (PSB 2003).

``Long Form (LF)``, ``LF (Long Form)``, ``长名称（LF）``, ``中文名（English Name, EN）``, ``中文名（English Name）``.
Chinese words have no blanks between them, so where a Chinese name begins is told by punctuation, by words that no name
holds, or by the vocabulary; where nothing tells, nothing is defined.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from kg.extractors._notes import Component, Notes, Span
from kg.extractors._shapes import NAME, long_form, matches, shape, spells, whole
from kg.model import Lang, Part
from kg.text import HAN, fold, has_han

if TYPE_CHECKING:
    from kg.vocabulary import Vocabulary

_BRACKET = re.compile(r"[(（]\s*([^()（）]{2,120}?)\s*[)）]")
_SHORT = re.compile(r"[^\W\d_][\w+&*’'/.-]{0,14}(?:[ -][A-Z0-9][\w.-]{0,6})?|\d?[A-Z][\w+*-]*", re.ASCII)
_INTRO = re.compile(
    r"^(?:i\.e\.,?|即|简称为?|缩写为?|also known as|abbreviated as|short for|or|termed|called|denoted as|dubbed|又称|"
    r"称为|全称为?|英文)[\s，,：:]*",
    re.IGNORECASE,
)
_APPOSED = re.compile(
    r"[:：,—–-] ?(?:(?:which )?(?:short|stands|standing|is short) for )?(?:an? |the |our )?"
    r"(?:(?:novel|new|simple|first|general|unified|efficient|effective) )?"
    r"(?P<long>[A-Z][\w’'-]*(?:(?: (?:of|for|and|in|the|with|to|via|on|from|by|as))* [A-Z][\w’'-]*){1,9})"
)
_BEFORE = re.compile(r"(?<![\w-])[A-Z][\w+&-]{1,14}(?=\s?$)")
"""A short form and, behind a comma or a colon, words with capitals that may spell it."""
_CUT = re.compile(
    r"[^\w\s·-]|[的了是种个将为及把被让从]|一套|一款|优于|超过|名称|叫|作为|包含|引导|实施|借助|采取|融合|针对|关于|属于|比|由|提出|引入|介绍|使用|利用|采用|基于|通过|结合|开发|设计|"
    r"构建|名为|称为|称之为|叫做|叫作|包括|例如|比如|以及|我们|本文|该|一类|(?<![成配])对(?![比抗齐话称偶])|"
    r"在|与|和(?!谐)|或|用于|应用|进行|实现|有效|新型|新颖|全新|创新性?"
)
_HAN_TAIL = re.compile(rf"[{HAN}A-Za-z0-9\s·-]+$")
_WINDOW = 110
_LONGEST = 15
"""No acronym is longer."""
_SHORTEST_ZH, _LONGEST_ZH = 3, 24
"""How long a Chinese long form is."""
_LEAD = re.compile(
    r"^(?:只|仅|并|也|再|则|先|还|首先|然后|最后|更新|推广|讨论|考察|考虑|证明|展示|选择|评测|评估|研究|探索|探讨|分析|比较|回顾|综述|"
    r"涉及|依赖|需要|获得|得到|形成|给出|定义|执行|部署|运行|替换|取代|加入|添加|引导|扩展|改进|以|用|其|此|这|那|所|即|如|一)+"
)
"""What stands before a name without a blank, and no name begins with."""
_PLAIN_ZH = re.compile(
    r"^(?:多智能体|大型?|语言|深度学习|机器学习|人工智能|神经|统一|端到端|两阶段|多阶段|三阶段|多模态|通用|轻量级?|自动化?|开源|生成式?|智能|"
    r"预训练|检索|高效|混合|分层|级联|动态|简单|强大|可扩展|在线|离线|基础|综合|基准|数据|评估|训练|推理|测试)*"
    r"(?:框架|模型|方法|系统|网络|算法|技术|策略|机制|基准|数据集|数据库|语料库|模块|平台|工具包?|代理|智能体|范式|流程|架构|套件|方案)$"
)
"""A description of what a thing is, which is no name of it: 多智能体框架."""
_ENGLISH = re.compile(r"[A-Za-z][\w+’'.-]*(?: [A-Za-z0-9][\w+’'.-]*){1,6}", re.ASCII)


class Acronyms(Component):
    """Notes pairs of short and long form, and of a name and its translation."""

    def __init__(self) -> None:
        self.vocabulary: Vocabulary | None = None

    def learn(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary in, whose names tell where a Chinese one begins."""
        self.vocabulary = vocabulary

    def note(self, notes: Notes) -> None:
        """Note the definitions of a passage."""
        if notes.part not in (Part.TAGS, Part.CATEGORIES):
            for match in _BRACKET.finditer(notes.plain):
                self._define(notes, match)
            if notes.lang is Lang.EN:
                _appose(notes)

    def _define(self, notes: Notes, match: re.Match[str]) -> None:
        """Read one bracket: what stands in it, and what stands before it."""
        pieces = _pieces(match[1], match.start(1))
        shorts = [piece for piece in pieces if is_short(piece[1])]
        longs = [piece for piece in pieces if piece not in shorts]
        offset = max(0, match.start() - _WINDOW)
        before = notes.plain[offset : match.start()].rstrip(" \"”’'_")
        if len(shorts) == 1:  # several are a list of names, no definition
            short = shorts[0]
            known = self._known(notes, offset + len(before), short[1])
            found = [known] if known else _longs(before, offset, short[1])
            _define_short(notes, short, [*found, *_spelt(short[1], longs)])
        elif not shorts and (name := _last_name(before)):
            _define_short(notes, (offset + name.start(), name[0]), _spelt(name[0], longs))
        elif not shorts and len(longs) == 1 and _ENGLISH.fullmatch(longs[0][1]):
            at, english = longs[0]
            for chinese in _known_before(notes, offset + len(before)) or _chinese(before, offset):
                _pair(notes, notes.mark((at, at + len(english)), "translated"), notes.mark(chinese, "translated"))

    def _known(self, notes: Notes, end: int, short: str) -> Span | None:
        """Find a name of the vocabulary that ends before a bracket and has the acronym for another name."""
        concepts = self.vocabulary.concepts if self.vocabulary else {}
        for span in _known_before(notes, end):
            for concept in (concepts[key] for key in notes.concepts[span] if key in concepts):
                if any(fold(label.text) == fold(short) for label in (*concept.labels, *concept.aliases)):
                    return span
        return None


def _appose(notes: Notes) -> None:
    """Read the definitions without brackets: *NOMU: Neural Optimization-based Model Uncertainty*."""
    for match in _APPOSED.finditer(notes.plain):
        offset = max(0, match.start() - _LONGEST - 2)
        name = _BEFORE.search(notes.plain[offset : match.start()])
        if name and is_short(name[0]):
            short, (start, end) = name[0], match.span("long")
            while end > start and not _is_spelt_by(short, notes.plain[start:end]):
                end = notes.plain.rfind(" ", start, end)
            if end > start:
                _define_short(notes, (offset + name.start(), short), [(start, end)])


def _is_spelt_by(short: str, long: str) -> bool:
    return long[long.rfind(" ") + 1].isupper() and spells(short, long)


def _known_before(notes: Notes, end: int) -> list[Span]:
    """Give the name of the vocabulary, if any, that ends at a place."""
    return [span for span in notes.concepts if span[1] == end and has_han(notes.plain[span[0] : end])]


def _pair(notes: Notes, short: Span, long: Span) -> None:
    if (short, long) not in notes.pairs:
        notes.pairs.append((short, long))


def _define_short(notes: Notes, piece: tuple[int, str], longs: list[Span]) -> None:
    for long in longs:
        short = notes.mark((piece[0], piece[0] + len(whole(piece[1]))), "acronym")
        _pair(notes, short, notes.mark(long, "expansion"))


def _spelt(short: str, longs: list[tuple[int, str]]) -> list[Span]:
    """Choose the long forms that spell an acronym."""
    return [(at, at + len(long)) for at, long in longs if matches(short, long)]


def _pieces(inside: str, start: int) -> list[tuple[int, str]]:
    """Split the text of a bracket at commas, with the place of each piece; *i.e.* and its like are left out."""
    if intro := _INTRO.match(inside):
        start, inside = start + intro.end(), inside[intro.end() :]
    pieces = []
    for match in re.finditer(r"[^,，;；、]+", inside):
        piece = match[0].strip(" \"“”'‘’")
        if piece:
            pieces.append((start + match.start() + match[0].index(piece), piece))
    return pieces


def is_short(text: str) -> bool:
    """Tell whether a text can be an acronym.

    >>> is_short("PPPO"), is_short("ReC"), is_short("see below"), is_short("2023"), is_short("Yang")
    (True, True, False, False, False)
    """
    look = shape(text.replace(" ", "-"))
    return len(text) <= _LONGEST and _SHORT.fullmatch(text) is not None and look not in ("", "capital", "title-hyphen")


def _longs(before: str, offset: int, short: str) -> list[Span]:
    """Find the long form before a bracket: letters that spell it, else the Chinese words."""
    clause = re.split(r"[,;:，。；：.!?](?=\s|$)|[“”\"《》]$", before)[-1]
    words = list(re.finditer(r"\S+", clause))
    limit = min(len(letters := re.sub(r"\W", "", short)) + 5, len(letters) * 2 + 1)
    window = clause[words[-limit].start() :] if len(words) > limit else clause
    base = offset + len(before) - len(window)
    begin = long_form(short, window)
    if begin is not None and not re.search(f"[{HAN}]", window[begin:]) and len(window) - begin > len(short):
        return [(base + begin, base + len(window))]
    return _chinese(before, offset)


def _chinese(before: str, offset: int) -> list[Span]:
    """Take the Chinese words before a bracket, back to the next word that cannot belong to a name."""
    tail = _HAN_TAIL.search(before)
    if tail is None or not re.search(f"[{HAN}]\\s*$", before):
        return []
    cuts = [match.end() for match in _CUT.finditer(tail[0])]
    begin = max((cut for cut in cuts if cut < len(tail[0]) - 1), default=0)
    if lead := _LEAD.match(tail[0][begin:].lstrip()):
        begin = tail[0].index(lead[0], begin) + lead.end()
    name = tail[0][begin:].strip()
    if not _SHORTEST_ZH <= len(name) <= _LONGEST_ZH or not re.search(f"[{HAN}]{{2}}", name) or _PLAIN_ZH.match(name):
        return []
    start = offset + tail.start() + begin + tail[0][begin:].index(name)
    return [(start, start + len(name))]


def _last_name(before: str) -> re.Match[str] | None:
    """Give the acronym that stands right before a bracket."""
    found = deque(NAME.finditer(before), maxlen=1)
    last = found[0] if found else None
    return last if last and last.end() == len(before) and is_short(last[0]) else None
