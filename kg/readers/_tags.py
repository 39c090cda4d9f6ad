"""What is a tag, and what is a language model talking: the second private module of the readers.

Tags come from a language model that was asked for a category and two or three topics. Mostly it answered so; at times
it gave reasons, apologised, or wrote a sentence, and the digest put that between the same back-ticks.
"""

from __future__ import annotations

import re

from kg.readers._lines import Line
from kg.text import HAN

_TICKS = re.compile(r"`+")
_FENCE = re.compile(r"```(?:markdown|text|plaintext|json|html)?\s*$", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?:(?:论文|所属|行业|领域|主题|研究|技术|最?相关的?|应用)*(?:分类|类别|归类|标签|领域|主题|关键词|答案|输出|结果)(?:为|是)?"
    r"|Categor(?:y|ies)|Tags?|Topics?|Label|Answer|Output)\s*[:：]\s*",
    re.IGNORECASE,
)
_HEDGE = re.compile(r"[（(](?:不确定|可能|推测|其他|无|分类|.{14,})[)）]$")
_REFUSAL = re.compile(
    r"抱歉|对不起|无法|不能|不适用|不确定(?!性)|未(?:知|提供|给出|提及|指定|明确)|不属于|没有|暂无|请提供|作为一[个名]"
    r"|\bsorry\b|\bcannot\b|\bcan't\b|\bunable\b|\bas an ai\b"
    r"|^(?:无|其[他它]|others?|n/?a|none|null|unknown|markdown|example|tags?|标签|分类|理由|解释|说明)$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"[。！？!?，,；;：:<>{}=\\]|\.\s|\.$|这篇|本文|[该本]论文|论文(?:主要|介绍|提出|讨论|探讨|研究了)|摘要(?:内容|中)"
    r"|^根据|因此|属于|归类|^(?:理由|因为|由于|所以|以及|基于以上)|的分类|分类[是为]"
)
_GLUE = re.compile(r"[、，,；;|·\t]+|\s+/\s+")
_HAN_WORD = rf"\S*[{HAN}]{{2}}\S*"
_SPACED = re.compile(rf"{_HAN_WORD}(?:\s+{_HAN_WORD})+")
_SLASHED = re.compile(rf"(?:[^/]*[{HAN}]{{2}}[^/]*|[A-Za-z]{{3,}})(?:/(?:[^/]*[{HAN}]{{2}}[^/]*|[A-Za-z]{{3,}}))+")
_TRIM = " \t*_~#-+•.。:：\"'“”‘’「」《》【】[]"
_LONGEST = 40
"""Characters of the longest Latin tag; a Han character counts two and a half."""
_LONGEST_LINE = 300
"""Characters of the longest line of tags; a longer one is a paragraph."""
_REPORTED = 3
"""Findings a paper: a page of reasons is one complaint, not twenty."""
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"\w")


def from_ticks(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Read tags between back-ticks; give the tags and what is none.

    Reasons follow the tag, on lines of their own. The generator cut its second answer at commas, so that there reasons
    run over the ticks: once they began, nothing that follows is a tag.

    >>> tags, refused = from_ticks([Line(3, "`分类：LLM应用"), Line(4, "理由：…"), Line(5, "` `机器翻译`")])
    >>> [tag.text for tag in tags], [line.text for line in refused]
    (['LLM应用', '机器翻译'], ['理由：…'])
    """
    candidates: list[Line] = []
    for order, segment in enumerate(_segments(lines)):
        candidates.extend(segment)
        if order and from_lines(segment)[1]:
            break
    tags, refused = from_lines(candidates)
    return tags, refused[:_REPORTED]


def _segments(lines: list[Line]) -> list[list[Line]]:
    """Cut lines at back-ticks; a segment is a list of its lines that are not blank."""
    segments: list[list[Line]] = [[]]
    for number, text in lines:
        for order, piece in enumerate(_TICKS.split(_FENCE.sub("", text))):
            if order:
                segments.append([])
            if piece.strip():
                segments[-1].append(Line(number, piece.strip()))
    return [segment for segment in segments if segment]


def from_lines(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Read tags from lines that hold one or several; give the tags, each once, and what is none.

    >>> [tag.text for tag in from_lines([Line(1, "自然语言处理、机器翻译"), Line(2, "A/B测试")])[0]]
    ['自然语言处理', '机器翻译', 'A/B测试']
    """
    tags: dict[str, Line] = {}
    refused = []
    for number, text in lines:
        body = _without_prefix(text.strip(_TRIM)) if len(text) <= _LONGEST_LINE else ""
        if not body or _is_speech(body, text):
            refused.append(Line(number, text.strip()))
            continue
        for piece in _pieces(body):
            tag = _HEDGE.sub("", piece).strip(_TRIM)
            if _is_tag(tag):
                tags.setdefault(tag, Line(number, tag))
            elif piece:
                refused.append(Line(number, piece))
    return list(tags.values()), refused


def _without_prefix(text: str) -> str:
    found = _PREFIX.match(text)
    return text[found.end() :] if found else text


def _is_speech(body: str, text: str) -> bool:
    """Tell whether a line is a sentence or an apology, of which no part is a tag."""
    closed = text.rstrip().endswith("。") and _GLUE.search(body) is not None
    long = len(body) > _LONGEST and _SENTENCE.search(body) is not None
    return closed or long or "。" in body or _REFUSAL.search(body) is not None


def _pieces(text: str) -> list[str]:
    """Split tags that are glued together.

    >>> _pieces("RAG、人工智能 机器学习/信息检索"), _pieces("AR/VR，LLM 应用")
    (['RAG', '人工智能', '机器学习', '信息检索'], ['AR/VR', 'LLM 应用'])
    """
    words = [
        word
        for piece in _GLUE.split(text)
        for word in (piece.split() if _SPACED.fullmatch(piece.strip()) else [piece.strip()])
    ]
    parts = [part for word in words for part in (word.split("/") if _SLASHED.fullmatch(word) else [word])]
    return [part for part in parts if part]


def _is_tag(text: str) -> bool:
    weight = len(text) + 1.5 * len(_HAN.findall(text))
    return bool(_WORD.search(text)) and weight <= _LONGEST and not (_REFUSAL.search(text) or _SENTENCE.search(text))
