"""From marks to names: everything that one paper says of one name, in whatever passage and language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from kg.extractors._shapes import shape, whole
from kg.extractors._united import redefine, root, united, without_kinds
from kg.extractors._words import DATA_HEADS_EN, HOMOGRAPHS, METHOD_HEADS_EN, OTHER_HEADS_EN, TASK_HEADS_EN
from kg.model import Kind, Lang, Part
from kg.text import fold, has_han

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.extractors._notes import Notes, Span
    from kg.vocabulary import Vocabulary

T = TypeVar("T")
_SIZE = re.compile(
    r"[\s_-]+(?:\d+(?:\.\d+)?[BMbm]|base|large|small|tiny|xl|xxl|chat|instruct|it|hf|turbo|mini|medium|vision|"
    r"preview|uncased|cased|\d{4})$",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"[a-z]{2}(?<!s)s$")
_HEADS = (
    ("method-head", METHOD_HEADS_EN),
    ("task-head", TASK_HEADS_EN),
    ("data-head", DATA_HEADS_EN),
    ("other-head", OTHER_HEADS_EN),
)
_ENDS = (
    (
        "data-end",
        re.compile(
            r"(?:Bench|BENCH|QA|Eval|EVAL|Corpus|Set|DB|[Bb]ank|Arena|KG|NLI|Pile|Data|Gym|Wiki|Hub|\dK|\dk|"
            r"\dM)\d*$|^(?:Wiki|Med|Multi)[A-Z]\w*QA"
        ),
    ),
    (
        "method-end",
        re.compile(
            r"(?:[Nn]et|NET|[Ff]ormer|LM|GPT|BERT|[Ll]l[aA][mM][aA]|LLM|GAN|VAE|[Aa]gent|RAG|LoRA|RL|PO|Coder|GNN|"
            r"CLIP|Diff\w*|Prompt\w*|Rec|[A-Z]{2}T)$"
        ),
    ),
)
_ENDS_ZH = (
    (
        "method-head",
        re.compile(
            r"(?:网络|算法|学习|优化|微调|提示|蒸馏|剪枝|量化|模型|框架|方法|采样|解码|编码器?|注意力|自编码器|适配器?|机制|搜索|回归|估计|训练|策略|梯度|机)$"
        ),
    ),
    (
        "task-head",
        re.compile(
            r"(?:问答|生成|识别|检测|分类|推荐|检索|预测|抽取|提取|链接|摘要|翻译|推理|理解|分割|评估|分析|规划|处理|系统|任务|语言)$"
        ),
    ),
    ("data-head", re.compile(r"(?:数据集|基准|语料库|挑战赛?|数据库|知识库|榜单|竞赛)$")),
)
TEXTS = frozenset({Part.TITLE, Part.SUMMARY, Part.ABSTRACT})
"""The parts that are running text."""
MANY = 3
"""From so many places on, a name is frequent."""
LONG = 4
"""From so many words on, a name is long."""


@dataclass(slots=True)
class Group:
    """A name, or several names of one thing, in one paper."""

    concept: str = ""
    """The method or dataset of the vocabulary; empty if unknown."""
    names: set[str] = field(default_factory=set)
    """The names in plain text."""
    places: list[tuple[int, Span]] = field(default_factory=list)
    """Passage and stretch of every occurrence."""
    marks: set[str] = field(default_factory=set)
    """What speaks for it, from all places."""
    said: set[str] = field(default_factory=set)
    """The same by language and by part: ``proposed@en``, ``proposed@title``."""
    nested: set[tuple[int, Span]] = field(default_factory=set)
    """The places that lie inside a longer name."""


class Lookup:
    """Finds the concept of a name as it stands in a text, whatever size or flavour it is given in."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.find = lru_cache(maxsize=100_000)(self._find)

    def _find(self, name: str) -> tuple[str, ...]:
        for form in forms(name):
            if found := tuple(concept.id for concept in self.vocabulary.find(form) if self._fits(form, concept.id)):
                return found
        return ()

    def _fits(self, name: str, key: str) -> bool:
        """Refuse a capitalised word for an acronym (Bloom, BLOOM) and a hidden label for a name."""
        concept = self.vocabulary.concepts[key]
        texts = [label.text for label in (*concept.labels, *concept.aliases) if fold(label.text) == fold(name)]
        if not texts:
            return False
        return (
            shape(name) != "capital"
            or name.lower() not in HOMOGRAPHS
            or any(text[1:] != text[1:].upper() for text in texts)
        )


def forms(name: str) -> list[str]:
    """Give the forms of a name to look up: itself, without what hangs on it, its plural, its size or flavour.

    >>> forms("Llama-2-7B-chat"), forms("BERT-based"), forms("Event Trees")
    (['Llama-2-7B-chat', 'Llama-2-7B', 'Llama-2'], ['BERT-based', 'BERT'], ['Event Trees', 'Event Tree'])
    """
    found = [name]
    if (short := whole(name)) not in found:
        found.append(short)
    if _PLURAL.search(short):
        found.append(short[:-1])
    while (shorter := _SIZE.sub("", found[-1])) != found[-1] and shorter:
        found.append(shorter)
    return found


def group(passages: Sequence[Notes], lookup: Lookup) -> list[Group]:
    """Gather the names of a paper: those with one fold, one concept or one definition are one."""
    bilingual = any(notes.lang is Lang.EN and notes.part is Part.ABSTRACT for notes in passages)
    places = [
        (index, span)
        for index, notes in enumerate(passages)
        for span, marks in notes.marks.items()
        if not (_mere_phrase(marks) and (bilingual or _holds_known(notes, span)))
    ]
    keys = {(index, span): _key(passages[index], span, lookup) for index, span in places}
    keys = without_kinds(passages, keys)
    redefined = redefine(passages, keys, lookup)
    parent = united(passages, keys, lookup)
    groups: dict[str, Group] = {}
    for (index, span), key in keys.items():
        _add(groups.setdefault(root(parent, key), Group()), passages[index], index, span, key)
    own = {root(parent, key) for key in redefined}
    nested = [_nested(notes.marks) for notes in passages]
    for key, item in groups.items():
        item.nested = {(index, span) for index, span in item.places if span in nested[index]}
        _judge_whole(item, passages)
        if key in own:
            item.marks = item.marks - {"gazetteer"} | {"redefined"}
        else:
            item.marks |= _known(item, lookup)
    return [groups[key] for key in sorted(groups)]


def _mere_phrase(marks: set[str]) -> bool:
    """Tell whether nothing but its head makes a Chinese phrase a name: its English counterpart will do."""
    return "technique-zh" in marks and marks.isdisjoint(
        {"gazetteer", "expansion", "translated", "quoted", "called", "title-name", "title-shaped", "title-phrase"}
    )


def _holds_known(notes: Notes, span: Span) -> bool:
    return any(span[0] <= start and end <= span[1] for start, end in notes.concepts)


def _key(notes: Notes, span: Span, lookup: Lookup) -> str:
    found = notes.concepts.get(span) or lookup.find(notes.name(span))
    entities = [key for key in found if not key.startswith("topic/")]
    return entities[0] if entities else fold(whole(notes.name(span)))


def _add(item: Group, notes: Notes, index: int, span: Span, key: str) -> None:
    item.places.append((index, span))
    item.names.add(notes.name(span))
    marks = notes.marks[span]
    item.marks |= marks
    item.marks.add(f"in-{notes.part}")
    item.marks.add("says-zh" if notes.lang is Lang.ZH else "says-en")
    item.said.update(_said(notes.lang, frozenset(marks)))
    if notes.part is not Part.ABSTRACT:
        item.said.update(_said(notes.part, frozenset(marks)))
    if "/" in key:
        item.concept = key


@lru_cache(maxsize=50_000)
def _said(where: str, marks: frozenset[str]) -> tuple[str, ...]:
    return tuple(f"{mark}@{where}" for mark in marks)


def _judge_whole(item: Group, passages: Sequence[Notes]) -> None:
    """Add the marks that only all places together give."""
    marks = item.marks
    if {"says-zh", "says-en"} <= marks:
        marks.add("both-languages")
    if len(item.places) >= MANY:
        marks.add("many")
    elif len(item.places) == 1:
        marks.add("once")
    if all(name == name.lower() for name in item.names):
        marks.add("lower-case")
    if all(has_han(name) for name in item.names):
        marks.add("chinese-name")
    if min(len(name.split()) for name in item.names) >= LONG:
        marks.add("long")
    if len(item.nested) == len(item.places):
        marks.add("inside")
    if "looks-capital" in marks:
        marks |= _capital(item, passages)
    marks.update(mark for name in item.names for mark in _head(name))
    langs = {notes.lang for notes in passages if notes.part in TEXTS}
    if len(langs) == 1:
        marks.add(f"only-{langs.pop()}")


def _capital(item: Group, passages: Sequence[Notes]) -> set[str]:
    """Say more of a word that only its capital marks: how often it stands, and whether in small letters too."""
    marks = {f"capital-{mark}" for mark in ("many", "both-languages", "once") if mark in item.marks}
    low = min(item.names, key=lambda name: (len(name), name)).lower()
    texts = [notes.plain for notes in passages if notes.lang is Lang.EN and low in notes.plain]
    if any(_stands(low, text) for text in texts):
        marks.add("small-too")
    return marks


def _stands(word: str, text: str) -> bool:
    """Tell whether a word stands in a text between two word boundaries; no pattern is compiled for it.

    >>> _stands("net", "a net."), _stands("net", "a network")
    (True, False)
    """
    first, last = _is_letter(word[:1]), _is_letter(word[-1:])
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if _is_letter(text[at - 1 : at]) != first and _is_letter(text[end : end + 1]) != last:
            return True
        at = text.find(word, at + 1)
    return False


def _is_letter(char: str) -> bool:
    """Tell whether a character is part of a word."""
    return char.isalnum() or char == "_"


@lru_cache(maxsize=50_000)
def _head(name: str) -> tuple[str, ...]:
    """Say what the end of a name tells of its kind."""
    if has_han(name):
        return tuple(mark for mark, pattern in _ENDS_ZH if pattern.search(name))
    words = name.lower().split()
    if len(words) > 1:
        return tuple(mark for mark, heads in _HEADS if words[-1] in heads)
    return tuple(mark for mark, pattern in _ENDS if pattern.search(name))


def _nested(spans: Iterable[Span]) -> set[Span]:
    """Give the stretches that lie inside another one.

    >>> _nested([(0, 4), (0, 2), (4, 6)])
    {(0, 2)}
    """
    found: set[Span] = set()
    furthest = -1
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):  # what holds a stretch comes before it
        if span[1] <= furthest:
            found.add(span)
        furthest = max(furthest, span[1])
    return found


def _known(item: Group, lookup: Lookup) -> set[str]:
    """Say what the vocabulary knows of a group's names."""
    ids = {key for name in item.names for key in lookup.find(name)} | ({item.concept} if item.concept else set())
    concepts = [lookup.vocabulary.concepts[key] for key in sorted(ids)]
    marks = {f"known-{concept.kind}" for concept in concepts}
    if any(concept.generic for concept in concepts if concept.kind is not Kind.TOPIC):
        marks.add("known-generic")
    if "known-topic" in marks and len(marks) == 1:
        marks.add("topic-only")
    return marks


def surviving(
    claims: Iterable[tuple[float, list[tuple[int, Span]], T]],
) -> list[tuple[T, list[tuple[int, Span]]]]:
    """Keep of overlapping places the longest, then the surest; a claim that loses all its places is dropped."""
    rows = [
        (span[0] - span[1], -sure, index, span, number, claim)
        for number, (sure, places, claim) in enumerate(claims)
        for index, span in places
    ]
    taken: dict[int, list[Span]] = {}
    kept: dict[int, tuple[T, list[tuple[int, Span]]]] = {}
    for *_, index, span, number, claim in sorted(rows, key=lambda row: row[:5]):
        if all(span[1] <= start or end <= span[0] for start, end in taken.setdefault(index, [])):
            taken[index].append(span)
            kept.setdefault(number, (claim, []))[1].append((index, span))
    return list(kept.values())
