"""What the words around a name say of it, in both languages.

``we propose X``, ``X, a novel …``, ``the X dataset``, ``outperforms A and B``, 提出了…X, 名为X, X数据集, 优于A和B.
Names in a list share what is said before the first and after the last of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spacy.language import Language

from kg.extractors._notes import Notes, Span, longest, notes_of
from kg.extractors._shapes import common
from kg.extractors._words import DATASET_HEADS_ZH, METHOD_HEADS_ZH
from kg.model import Lang, Part
from kg.text import HAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

_BEFORE, _AFTER = 100, 45
_STOP_EN = r"(?:using|based|for|with|to|that|of|by|on|from|in|into|which|and|via|through|built|over|between|against|where|as|while|than|under|is|are)\b"
_GAP = rf"(?:[\s,]+(?!{_STOP_EN})[\w’'/()-]+){{0,9}}"
_NEW_VERB = (
    r"(?:propos|present|introduc|develop|design|creat|releas|construct|describ|contribut|devis|offer|publish|curat|collect|unveil|"
    r"establish|formulat|coin|explor|investigat)(?:e|es|ed|ing|s)?|buil(?:d|ds|t)|provid(?:e|es)|put forward"
)
_END = r"[\s,:\"“‘'`({\[*]*$"
_LEFT_EN = {
    "proposed": re.compile(
        rf"\b(?:we|paper|work|study|article|authors?|i|this|here|also|then|further|team)\b[^.;:]{{0,40}}?\b(?:{_NEW_VERB})\b{_GAP}{_END}",
        re.I,
    ),
    "named": re.compile(
        rf"\b(?:called|named|dubbed|termed|namely|coined|denoted as|referred to as|abbreviated as|entitled|titled|we call(?: it| this)?)(?: (?:the|as|a))?{_END}",
        re.I,
    ),
    "our": re.compile(rf"\b(?:our|the proposed|this new|our new)(?: [a-z-]+){{0,2}}{_END}", re.I),
    "used": re.compile(
        r"\b(?:using|uses?|used|utiliz(?:es?|ing|ed)|leverag(?:es?|ing|ed)|employ(?:s|ing|ed)?|appl(?:y|ies|ying|ied)|based (?:up)?on|built (?:up)?on|"
        r"buil(?:d|ds|ding) (?:up)?on|fine-?tun(?:es?|ing|ed)|adopt(?:s|ing|ed)?|adapt(?:s|ing|ed)?|extend(?:s|ing|ed)?|integrat(?:es?|ing|ed)|with|via|through|by|on top of|"
        rf"prompt(?:s|ing|ed)?|train(?:s|ing|ed)?|incorporat(?:es?|ing|ed)|combin(?:es?|ing)|evaluat(?:es?|ing|ed)|implement(?:s|ing|ed)?)(?: [a-z-]+){{0,3}}{_END}",
        re.I,
    ),
    "compared": re.compile(
        rf"\b(?:outperform(?:s|ing|ed)?|surpass(?:es|ing|ed)?|exceed(?:s|ing|ed)?|beat(?:s|ing)?|compar(?:ed?|able|ing|ison) (?:to|with|against)|than|versus|vs\.?|rival(?:s|ing)?|baselines?|over|against|unlike)(?: [a-z-]+){{0,4}}{_END}",
        re.I,
    ),
    "listed": re.compile(
        rf"\b(?:such as|including|includes?|like|e\.g\.|for example|namely|i\.e\.)(?: [a-z-]+){{0,2}}{_END}", re.I
    ),
    "measured-on": re.compile(
        rf"\b(?:evaluat\w*|experiment\w*|tests?|tested|train\w*|results?|performance|benchmark\w*|validat\w*|conduct\w*|accuracy|scores?|improve\w*|achiev\w*|points?|gains?|demonstrat\w*|%)[^.;:]{{0,60}}? on(?: (?:the|both|two|three|four|five|several|public|popular|challenging|standard|real-world|benchmarks?|datasets?|tasks?|like|such|as|including|well-known|widely|used|widely-used|a))*{_END}",
        re.I,
    ),
    "dataset-before": re.compile(
        rf"\b(?:datasets?|data sets?|benchmarks?|corpora|corpus|leaderboards?|test suites?|test sets?|collections?|challenge)\b(?:,? (?:called|named|dubbed|termed|namely|such as|including|like|i\.e\.,?|e\.g\.,?|is|are|of|from|as|the|for|which we call|we call))*{_END}",
        re.I,
    ),
    "model-before": re.compile(
        rf"\b(?:models?|methods?|frameworks?|algorithms?|approach(?:es)?|systems?|architectures?|networks?|techniques?|llms?|baselines?|agents?|module|tool|mechanism|strategy|paradigm|pipeline|optimizer|attack|metric)\b(?:,? (?:called|named|dubbed|termed|namely|such as|including|like|i\.e\.,?|e\.g\.,?|is|are|as|the|which we call|we call))*{_END}",
        re.I,
    ),
    "owner": re.compile(
        rf"\b(?:at|by|from|in|university of|researchers|according to|company|team)(?: the)?{_END}", re.I
    ),
}
_CLOSE = r"^[\s\"”’'`)}\]*]*(?:\([^)]{1,40}\)\s*)?"
_RIGHT_EN = {
    "dataset-after": re.compile(
        rf"{_CLOSE}(?:[\w-]+ ){{0,2}}?(?:data ?sets?|benchmarks?|corpus|corpora|leaderboards?|test ?sets?|test suite|challenge|shared tasks?|collections?|treebank|databases?|testbed|suite|task|subset|splits?)\b",
        re.I,
    ),
    "method-after": re.compile(
        rf"{_CLOSE}(?:(?!and |or |on |in |to |for |with |of |is |as |by |from |the )[\w-]+ ){{0,1}}?(?:models?|methods?|frameworks?|algorithms?|approach|architectures?|networks?|systems?|loss|optimizer|module|pipeline|toolkit|tool|techniques?|agents?|prompting|decoding|encoders?|decoders?|"
        r"attention|training|tuning|variants?|family|series|policy|strategy|mechanism|layers?|blocks?|embeddings?|library|platform|paradigm|attacks?|estimator|classifier|retriever|backbone|based)\b",
        re.I,
    ),
    "defined": re.compile(
        rf"{_CLOSE}[,:–—-]?\s*(?:is |are |which is |as )?(?:a|an|the first|our|the)\s(?:[\w-]+,? ){{0,5}}?(?:models?|methods?|frameworks?|algorithms?|approach|system|architecture|network|technique|dataset|benchmark|corpus|suite|agent|library|toolkit|tool|pipeline|strategy|module|loss|family|paradigm|platform|solution|attack|variant|extension|mechanism|metric|LLM|collection|scheme|procedure|policy|optimizer|resource|environment)\b",
        re.I,
    ),
    "defined-data": re.compile(
        rf"{_CLOSE}[,:–—-]?\s*(?:is |are |which is |as )?(?:a|an|the first|our|the)\s(?:[\w-]+,? ){{0,8}}?(?:data ?sets?|benchmarks?|corpus|test suite|leaderboard|collection|testbed|treebank)\b",
        re.I,
    ),
    "acts": re.compile(
        rf"{_CLOSE},?\s*(?:(?:significantly|consistently|also|not only|can|effectively|substantially|further|successfully|then|first|jointly|automatically|thus|even) )*(?:achieves?|outperforms?|surpasses|improves?|consists?|comprises?|leverages?|uses?|utilizes|employs|enables?|allows?|reduces?|demonstrates?|exhibits?|"
        r"introduces?|provides?|adopts?|combines?|integrates?|generates?|exceeds|supports?|offers?|incorporates?|contains?|includes?|covers?|features?|addresses|obtains?|yields?|delivers?|shows?|works?|learns?|extends?|builds?|operates?|features|aims?)\b",
        re.I,
    ),
    "place": re.compile(
        rf"{_CLOSE}(?:university|institute|inc\b|corp|team|et al|language|speakers|population|patients|users|company|platform|app\b|conference|workshop|score|scores|metric)",
        re.I,
    ),
}
_GAP_ZH = (
    r"(?:(?!基于|使用|利用|采用|通过|用于|以及|针对|对于|结合|将|把|在|来|从|使得|并|解决)[^，。；：、,;:（(]){0,30}?"
)
_END_ZH = r"[\s“《\"「‘'（(]*$"
_DATA_ZH, _METHOD_ZH = "|".join(DATASET_HEADS_ZH), "|".join(METHOD_HEADS_ZH)
_LEFT_ZH = {
    "proposed": re.compile(
        rf"(?:提出|引入|介绍|推出|开发|设计|构建|创建|发布|建立|呈现|展示|开源|研发|打造|命名|创造|构造|收集|编制|贡献|提供)(?:并[^，。]{{2,4}})?(?:了|出)?{_GAP_ZH}{_END_ZH}"
    ),
    "named": re.compile(
        rf"(?:名为|称为|称之为|称作|命名为|叫做|叫作|名叫|取名为|被称为|即|简称|称其为|并称之为|定义为){_END_ZH}"
    ),
    "our": re.compile(rf"(?:我们的|本文的|所提出的?|该|提出的){_END_ZH}"),
    "used": re.compile(
        rf"(?:使用|利用|采用|基于|通过|借助|应用|微调|依托|以|用|运用|结合|集成|引导|扩展|改进|将|对)(?:了)?(?:[^，。；：、]{{0,6}}的)?(?:{_METHOD_ZH}|现有|预训练)?{_END_ZH}"
    ),
    "compared": re.compile(
        rf"(?:优于|超过|超越|胜过|相比|相较于?|比|高于|超出|击败|媲美|不如|与|对比|低于)(?:[^，。；：、]{{0,8}}(?:如|的))?(?:{_METHOD_ZH})?{_END_ZH}"
    ),
    "listed": re.compile(rf"(?:例如|比如|诸如|包括|如|像|包含|分别是|分别为|即){_END_ZH}"),
    "measured-on": re.compile(rf"(?:在|对|于)(?:[^，。；：]{{0,12}}(?:如|例如|包括|的))?{_END_ZH}"),
    "dataset-before": re.compile(
        rf"(?:{_DATA_ZH})(?:名为|称为|称之为|命名为|叫做|——|：|:|，|,|如|例如|包括|即|——|是)*{_END_ZH}"
    ),
    "model-before": re.compile(
        rf"(?:{_METHOD_ZH}|方案)(?:名为|称为|称之为|命名为|叫做|——|：|:|，|,|如|例如|包括|即|——|是)*{_END_ZH}"
    ),
}
_CLOSE_ZH = r"^[\s”》\"」’'）)]*(?:[（(][^）)]{1,60}[）)]\s*)?(?:等|这一|这个|的|上的|中的)?(?:\d+个|[两三四五六七八九十]个|几个|多个)?"
_RIGHT_ZH = {
    "dataset-after": re.compile(rf"{_CLOSE_ZH}[^，。；：、（(“的]{{0,4}}?(?:{_DATA_ZH})"),
    "method-after": re.compile(rf"{_CLOSE_ZH}(?:大?语言)?(?:{_METHOD_ZH})"),
    "defined": re.compile(r"^[\s”》\"」）)]*[，,：:—]*(?:这?是|作为|即|为)?(?:一[种个套款项类]|首个|第一个|我们的)"),
    "acts": re.compile(
        r"^[\s”》\"」）)]*(?:模型|方法|框架|算法|系统|数据集)?[，,]?(?:能够?|可以?|不仅|在|通过|利用|采用|显著|将|实现|达到|取得|优于|超越|包含|包括|由|旨在|使用|引入|结合|具有|首先|还|的表现|的性能|为|有效|提供|支持)"
    ),
}
_LEFT_EN["data-sentence"] = re.compile(
    rf"\b(?:{_NEW_VERB})\b[^.;]{{0,40}}\b(?:dataset|benchmark|corpus|leaderboard|test suite)\b[^.;]{{0,50}}{_END}", re.I
)
_LEFT_ZH["data-sentence"] = re.compile(
    rf"(?:提出|引入|介绍|推出|开发|设计|构建|创建|发布|建立|收集)[^。；]{{0,40}}(?:数据集|基准|语料库|测试集|评测集|榜单)[^。；]{{0,12}}{_END_ZH}"
)
_TABLES = {Lang.EN: (_LEFT_EN, _RIGHT_EN), Lang.ZH: (_LEFT_ZH, _RIGHT_ZH)}
_LINK = re.compile(
    r"[\s\"“”'’《》`*{}]*(?:\([^()]{1,50}\)|（[^（）]{1,50}）)?[\s\"“”'’《》`*{}]*(?:,|、|，|/|;|and|or|&|, and|, or|和|与|及|以及|或|还有)[\s\"“”'’《》`*{}]*(?:the )?(?:and |or |和|以及)?[\s\"“《]*"
)
_SENTENCE = re.compile(r"[.!?](?=\s+[A-Z])|[。！？]")
_QUOTED = re.compile(r"[“\"「]([^“”\"「」，。；：,;:]{2,50})[”\"」]")
_CALLED_EN = re.compile(
    r"\b(?:called|named|dubbed|termed|coined)\s+(?:as\s+)?(?:the\s+|a\s+)?((?!as\b)[a-z][\w-]+(?: [a-z][\w-]+){0,3})(?=[,.;:(]| that| which| to| for| \()",
    re.I,
)
_CALLED_ZH = re.compile(
    rf"(?:名为|称为|称之为|命名为|叫做|叫作)[“《\"「]?([{HAN}A-Za-z0-9-]{{2,20}}?)[”》\"」]?(?=[，。；：,（(]|的|以|来|用|，|并|模型|方法|框架|数据集)"
)
_SHARED_LEFT = frozenset({"proposed", "used", "compared", "listed", "measured-on", "dataset-before", "model-before"})
_SHARED_RIGHT = frozenset({"dataset-after", "method-after"})


@Language.factory("kg_cues")
def make(nlp: Language, name: str) -> Cues:
    """Make the component."""
    del nlp, name
    return Cues()


class Cues:
    """Adds to every name what its context says."""

    def __call__(self, doc: Doc) -> Doc:
        """Note the cues of a Doc."""
        notes = notes_of(doc)
        if notes.part not in (Part.TAGS, Part.CATEGORIES):
            _called(notes)
            spans = longest(notes.marks)
            for chain in _chains(notes, spans):
                _mark_chain(notes, chain)
        return doc


def _called(notes: Notes) -> None:
    """Mark names that only their quotes or a *called* tell."""
    for match in _QUOTED.finditer(notes.plain):
        if notes.part is not Part.TITLE and not common(match[1]):
            notes.mark(match.span(1), "quoted")
    for match in (_CALLED_ZH if notes.lang is Lang.ZH else _CALLED_EN).finditer(notes.plain):
        notes.mark(match.span(1), "called")


def _chains(notes: Notes, spans: list[Span]) -> Iterator[list[Span]]:
    """Group names that stand in one list: A, B and C."""
    chain: list[Span] = []
    for span in spans:
        if chain and not _LINK.fullmatch(notes.plain, chain[-1][1], span[0]):
            yield chain
            chain = []
        chain.append(span)
    if chain:
        yield chain


def _mark_chain(notes: Notes, chain: list[Span]) -> None:
    left_table, right_table = _TABLES[notes.lang]
    shared: set[str] = set()
    own: list[set[str]] = []
    for span in chain:
        first, last = span is chain[0], span is chain[-1]
        left = _found(left_table, _left(notes.plain, span[0])) if first else set()
        right = _found(right_table, notes.plain[span[1] : span[1] + _AFTER])
        own.append(left | right)
        if first:
            shared |= left & _SHARED_LEFT
        if last:
            shared |= right & _SHARED_RIGHT
    for span, marks in zip(chain, own, strict=True):
        notes.mark(span, *marks, *shared, *(("in-list",) if len(chain) > 1 else ()))


def _left(text: str, start: int) -> str:
    """Give the sentence before a name."""
    context = text[max(0, start - _BEFORE) : start]
    cut = 0
    for match in _SENTENCE.finditer(context):
        cut = match.end()
    return context[cut:]


def _found(table: dict[str, re.Pattern[str]], context: str) -> set[str]:
    return {rule for rule, pattern in table.items() if pattern.search(context)}
