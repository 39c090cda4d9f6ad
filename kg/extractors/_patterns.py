"""The cues: what words before and after a name say of it, by language. Chosen on the training set only.

A pattern on the left ends where the name begins, one on the right begins where it ends.
"""

from __future__ import annotations

import re

from kg.extractors._words import DATASET_HEADS_ZH, METHOD_HEADS_ZH
from kg.model import Lang
from kg.text import HAN

# --- English --------------------------------------------------------------------------------------------------

_END = r"[\s,:\"“‘'`({\[*]*$"
_STOP = (
    r"(?:using|based|for|with|to|that|of|by|on|from|in|into|which|and|via|through|built|over|between|against|where|"
    r"as|while|than|"
    r"under|is|are)\b"
)
_GAP = rf"(?:[\s,]+(?!{_STOP})[\w’'/()-]+){{0,9}}"
_NEW = (
    r"(?:(?:propos|present|introduc|develop|design|creat|releas|construct|describ|contribut|devis|offer|publish|"
    r"curat|collect|unveil|"
    r"establish|formulat|coin|explor|investigat)(?:e|es|ed|ing|s)?|buil(?:d|ds|t)|provid(?:e|es)|put forward)"
)
_CALLED = (
    r"(?:called|named|dubbed|termed|namely|such as|including|like|i\.e\.,?|e\.g\.,?|is|are|as|the|which we call|"
    r"we call)"
)
_DATA = r"(?:data ?sets?|benchmarks?|corpora|corpus|leaderboards?|test ?suites?|test ?sets?|collections?|challenge)"
_METHOD = (
    r"(?:models?|methods?|frameworks?|algorithms?|approach(?:es)?|systems?|architectures?|networks?|techniques?|"
    r"llms?|baselines?|"
    r"agents?|module|tool|mechanism|strategy|paradigm|pipeline|optimizer|attack|metric)"
)
_USE = (
    r"(?:using|uses?|used|utiliz(?:es?|ing|ed)|leverag(?:es?|ing|ed)|employ(?:s|ing|ed)?|appl(?:y|ies|ying|ied)|"
    r"based (?:up)?on|"
    r"built (?:up)?on|buil(?:d|ds|ding) (?:up)?on|fine-?tun(?:es?|ing|ed)|adopt(?:s|ing|ed)?|adapt(?:s|ing|ed)?|"
    r"extend(?:s|ing|ed)?|"
    r"integrat(?:es?|ing|ed)|with|via|through|by|on top of|prompt(?:s|ing|ed)?|train(?:s|ing|ed)?|incorporat(?:es?|"
    r"ing|ed)|"
    r"combin(?:es?|ing)|evaluat(?:es?|ing|ed)|implement(?:s|ing|ed)?)"
)
_RIVAL = (
    r"(?:outperform(?:s|ing|ed)?|surpass(?:es|ing|ed)?|exceed(?:s|ing|ed)?|beat(?:s|ing)?|compar(?:ed?|able|ing|ison) "
    r"(?:to|with|against)|than|versus|vs\.?|rival(?:s|ing)?|baselines?|over|against|unlike)"
)
_MEASURE = (
    r"(?:evaluat\w*|experiment\w*|tests?|tested|train\w*|results?|performance|benchmark\w*|validat\w*|conduct\w*|"
    r"accuracy|scores?|"
    r"improve\w*|achiev\w*|points?|gains?|demonstrat\w*|%)"
)
_ON = (
    r" on(?: (?:the|both|two|three|four|five|several|public|popular|challenging|standard|real-world|benchmarks?|"
    r"datasets?|tasks?|like|"
    r"such|as|including|well-known|widely|used|widely-used|a))*"
)
_CLOSE = r"^[\s\"”’'`)}\]*]*(?:\([^)]{1,40}\)\s*)?"
_ARTICLE = r"[,:–—-]?\s*(?:is |are |which is |as )?(?:a|an|the first|our|the)\s"
_TOOL = (
    r"(?:models?|methods?|frameworks?|algorithms?|approach|architectures?|networks?|systems?|loss|optimizer|module|"
    r"pipeline|toolkit|"
    r"tool|techniques?|agents?|prompting|decoding|encoders?|decoders?|attention|training|tuning|variants?|family|"
    r"series|policy|strategy|"
    r"mechanism|layers?|blocks?|embeddings?|library|platform|paradigm|attacks?|estimator|classifier|retriever|"
    r"backbone|based)"
)
_THING = (
    r"(?:models?|methods?|frameworks?|algorithms?|approach|system|architecture|network|technique|dataset|benchmark|"
    r"corpus|suite|agent|"
    r"library|toolkit|tool|pipeline|strategy|module|loss|family|paradigm|platform|solution|attack|variant|extension|"
    r"mechanism|metric|LLM|"
    r"collection|scheme|procedure|policy|optimizer|resource|environment)"
)
_ADVERB = (
    r"(?:(?:significantly|consistently|also|not only|can|effectively|substantially|further|successfully|then|first|"
    r"jointly|automatically|"
    r"thus|even) )*"
)
_ACT = (
    r"(?:achieves?|outperforms?|surpasses|improves?|consists?|comprises?|leverages?|uses?|utilizes|employs|enables?|"
    r"allows?|reduces?|"
    r"demonstrates?|exhibits?|introduces?|provides?|adopts?|combines?|integrates?|generates?|exceeds|supports?|"
    r"offers?|incorporates?|"
    r"contains?|includes?|covers?|features?|addresses|obtains?|yields?|delivers?|shows?|works?|learns?|extends?|"
    r"builds?|operates?|aims?)"
)
_PLACE = (
    r"(?:university|institute|inc\b|corp|team|et al|language|speakers|population|patients|users|company|platform|"
    r"app\b|conference|"
    r"workshop|scores?|metric)"
)
_NO_LINK = r"(?!and |or |on |in |to |for |with |of |is |as |by |from |the )"

LEFT_EN = {
    "proposed": (
        r"\b(?:we|paper|work|study|article|authors?|i|this|here|also|then|further|team)\b[^.;:]{0,40}?"
        rf"\b{_NEW}\b{_GAP}{_END}"
    ),
    "named": (
        r"\b(?:called|named|dubbed|termed|namely|coined|denoted as|referred to as|abbreviated as|entitled|titled|"
        rf"we call(?: it| this)?)(?: (?:the|as|a))?{_END}"
    ),
    "our": rf"\b(?:our|the proposed|this new|our new)(?: [a-z-]+){{0,2}}{_END}",
    "used": rf"\b{_USE}(?: [a-z-]+){{0,3}}{_END}",
    "compared": rf"\b{_RIVAL}(?: [a-z-]+){{0,4}}{_END}",
    "listed": rf"\b(?:such as|including|includes?|like|e\.g\.|for example|namely|i\.e\.)(?: [a-z-]+){{0,2}}{_END}",
    "measured-on": rf"\b{_MEASURE}[^.;:]{{0,60}}?{_ON}{_END}",
    "dataset-before": rf"\b{_DATA}\b(?:,? (?:{_CALLED}|of|from|for))*{_END}",
    "model-before": rf"\b{_METHOD}\b(?:,? {_CALLED})*{_END}",
    "data-sentence": (
        rf"\b{_NEW}\b[^.;]{{0,40}}\b(?:dataset|benchmark|corpus|leaderboard|test suite)\b[^.;]{{0,50}}{_END}"
    ),
    "owner": rf"\b(?:at|by|from|in|university of|researchers|according to|company|team)(?: the)?{_END}",
}
RIGHT_EN = {
    "dataset-after": (
        rf"{_CLOSE}(?:[\w-]+ ){{0,2}}?"
        rf"(?:{_DATA}|shared tasks?|treebank|databases?|testbed|suite|task|subset|splits?)\b"
    ),
    "method-after": rf"{_CLOSE}(?:{_NO_LINK}[\w-]+ ){{0,1}}?{_TOOL}\b",
    "defined": rf"{_CLOSE}{_ARTICLE}(?:[\w-]+,? ){{0,5}}?{_THING}\b",
    "defined-data": rf"{_CLOSE}{_ARTICLE}(?:[\w-]+,? ){{0,8}}?(?:{_DATA}|testbed|treebank)\b",
    "acts": rf"{_CLOSE},?\s*{_ADVERB}{_ACT}\b",
    "place": rf"{_CLOSE}{_PLACE}",
}

# --- Chinese --------------------------------------------------------------------------------------------------

_END_ZH = r"[\s“《\"「‘'（(]*$"
_GAP_ZH = (
    r"(?:(?!基于|使用|利用|采用|通过|用于|以及|针对|对于|结合|将|把|在|来|从|使得|并|解决)[^，。；：、,;:（(]){0,30}?"
)
_DATA_ZH, _METHOD_ZH = "|".join(DATASET_HEADS_ZH), "|".join(METHOD_HEADS_ZH)
_NEW_ZH = (
    r"(?:提出|引入|介绍|推出|开发|设计|构建|创建|发布|建立|呈现|展示|开源|研发|打造|命名|创造|构造|收集|编制|贡献|提供)"
)
_CALLED_ZH = r"(?:名为|称为|称之为|命名为|叫做|——|：|:|，|,|如|例如|包括|即|——|是)*"
_CLOSE_ZH = (
    r"^[\s”》\"」’'）)]*(?:[（(][^）)]{1,60}[）)]\s*)?(?:等|这一|这个|的|上的|中的)?"
    r"(?:\d+个|[两三四五六七八九十]个|几个|多个)?"
)
_IS_ZH = r"^[\s”》\"」）)]*[，,：:—]*(?:这?是|作为|即|为)?(?:一[种个套款项类]|首个|第一个|我们的)"
_USE_ZH = r"(?:使用|利用|采用|基于|通过|借助|应用|微调|依托|以|用|运用|结合|集成|引导|扩展|改进|将|对)"
_RIVAL_ZH = r"(?:优于|超过|超越|胜过|相比|相较于?|比|高于|超出|击败|媲美|不如|与|对比|低于)"
_ACT_ZH = (
    r"(?:能够?|可以?|不仅|在|通过|利用|采用|显著|将|实现|达到|取得|优于|超越|包含|包括|由|旨在|使用|引入|结合|具有|首先|还|的表现|"
    r"的性能|为|有效|提供|支持)"
)

LEFT_ZH = {
    "proposed": rf"{_NEW_ZH}(?:并[^，。]{{2,4}})?(?:了|出)?{_GAP_ZH}{_END_ZH}",
    "named": rf"(?:名为|称为|称之为|称作|命名为|叫做|叫作|名叫|取名为|被称为|即|简称|称其为|并称之为|定义为){_END_ZH}",
    "our": rf"(?:我们的|本文的|所提出的?|该|提出的){_END_ZH}",
    "used": rf"{_USE_ZH}(?:了)?(?:[^，。；：、]{{0,6}}的)?(?:{_METHOD_ZH}|现有|预训练)?{_END_ZH}",
    "compared": rf"{_RIVAL_ZH}(?:[^，。；：、]{{0,8}}(?:如|的))?(?:{_METHOD_ZH})?{_END_ZH}",
    "listed": rf"(?:例如|比如|诸如|包括|如|像|包含|分别是|分别为|即){_END_ZH}",
    "measured-on": rf"(?:在|对|于)(?:[^，。；：]{{0,12}}(?:如|例如|包括|的))?{_END_ZH}",
    "dataset-before": rf"(?:{_DATA_ZH}){_CALLED_ZH}{_END_ZH}",
    "model-before": rf"(?:{_METHOD_ZH}|方案){_CALLED_ZH}{_END_ZH}",
    "data-sentence": (
        r"(?:提出|引入|介绍|推出|开发|设计|构建|创建|发布|建立|收集)[^。；]{0,40}"
        rf"(?:数据集|基准|语料库|测试集|评测集|榜单)[^。；]{{0,12}}{_END_ZH}"
    ),
}
RIGHT_ZH = {
    "dataset-after": rf"{_CLOSE_ZH}[^，。；：、（(“的]{{0,4}}?(?:{_DATA_ZH})",
    "method-after": rf"{_CLOSE_ZH}(?:大?语言)?(?:{_METHOD_ZH})",
    "defined": _IS_ZH,
    "defined-data": rf"{_IS_ZH}[^，。]{{0,25}}?(?:数据集|基准|语料库|榜单|测试集|评测集)",
    "acts": rf"^[\s”》\"」）)]*(?:模型|方法|框架|算法|系统|数据集)?[，,]?{_ACT_ZH}",
}


def _compiled(table: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {mark: re.compile(pattern, re.IGNORECASE) for mark, pattern in table.items()}


TABLES = {
    Lang.EN: (_compiled(LEFT_EN), _compiled(RIGHT_EN)),
    Lang.ZH: (_compiled(LEFT_ZH), _compiled(RIGHT_ZH)),
}
"""By language: what stands before a name, what stands after it; mark → pattern."""

_NEW_WORDS = (
    r"propos|present|introduc|develop|design|creat|releas|construct|describ|contribut|devis|offer|publish|curat|collect|"
    r"unveil|establish|formulat|coin|explor|investigat|buil|provid|put"
)
_DATA_WORDS = r"data|benchmark|corp|leaderboard|test|collection|challenge"
_METHOD_WORDS = (
    r"model|method|framework|algorithm|approach|system|architecture|network|technique|llm|baseline|agent|module|"
    r"tool|mechanism|strateg|paradigm|pipeline|optimizer|attack|metric"
)
_TOLD_BEFORE = {
    "proposed": _NEW_WORDS,
    "named": r"called|named|dubbed|termed|namely|coined|denoted|referred|abbreviated|entitled|titled|we",
    "our": r"our|the|this",
    "used": (
        r"us|utiliz|leverag|employ|appl|based|buil|fine|adopt|adapt|exten|integrat|with|via|through|by|on|prompt|"
        r"train|incorporat|combin|evaluat|implement"
    ),
    "compared": r"outperform|surpass|exceed|beat|compar|than|versus|vs|rival|baseline|over|against|unlike",
    "listed": r"such|includ|like|e|for|namely|i",
    "measured-on": r"on",
    "dataset-before": _DATA_WORDS,
    "model-before": _METHOD_WORDS,
    "data-sentence": _NEW_WORDS,
    "owner": r"at|by|from|in|university|researchers|according|company|team",
}
_TOLD_AFTER = {
    "dataset-after": rf"{_DATA_WORDS}|shared|treebank|suite|task|subset|split",
    "method-after": (
        rf"{_METHOD_WORDS}|loss|prompting|decoding|encoder|decoder|attention|training|tuning|variant|family|series|"
        r"policy|layer|block|embedding|library|platform|estimator|classifier|retriever|backbone|based"
    ),
    "defined": r"a|the|our",
    "defined-data": rf"{_DATA_WORDS}|treebank",
    "acts": (
        r"achiev|outperform|surpass|improv|consist|compris|leverag|us|utiliz|employ|enabl|allow|reduc|demonstrat|exhibit|"
        r"introduc|provid|adopt|combin|integrat|generat|exceed|support|offer|incorporat|contain|includ|cover|featur|"
        r"address|obtain|yield|deliver|show|work|learn|extend|build|operat|aim"
    ),
    "place": (
        r"university|institute|inc|corp|team|et|language|speakers|population|patients|users|company|platform|app|"
        r"conference|workshop|score|metric"
    ),
}
TELLING = tuple(
    {mark: re.compile(words, re.IGNORECASE) for mark, words in table.items()} for table in (_TOLD_BEFORE, _TOLD_AFTER)
)
"""By mark of :data:`LEFT_EN`, and of :data:`RIGHT_EN`: how a word begins without which the pattern cannot hold. A word
is asked once and remembered, so that most patterns need not be tried on most contexts."""

_DECOR = r"[\s\"“”'’《》`*{}]*"
LINK = re.compile(
    rf"{_DECOR}(?:\([^()]{{1,50}}\)|（[^（）]{{1,50}}）)?{_DECOR}"
    rf"(?:,|、|，|/|;|and|or|&|, and|, or|和|与|及|以及|或|还有){_DECOR}(?:the )?(?:and |or |和|以及)?[\s\"“《]*"
)
"""What stands between two names of one list."""

SENTENCE = re.compile(r"[.!?](?=\s+[A-Z])|[。！？]")
"""Where a sentence ends."""

QUOTED = re.compile(r"[“\"「]([^“”\"「」，。；：,;:]{2,50})[”\"」]")
"""A name in quotes."""

CALLED = {
    Lang.EN: re.compile(
        r"\b(?:called|named|dubbed|termed|coined)\s+(?:as\s+)?(?:the\s+|a\s+)?"
        rf"((?!as\b)[a-z][\w-]+(?: (?!{_STOP})[a-z][\w-]+){{0,3}})(?=[,.;:(]| that| which| to| for| \()",
    ),
    Lang.ZH: re.compile(
        rf"(?:名为|称为|称之为|命名为|叫做|叫作)[“《\"「]?([{HAN}A-Za-z0-9-]{{2,20}}?)[”》\"」]?"
        r"(?=[，。；：,（(]|的|以|来|用|并|模型|方法|框架|数据集)"
    ),
}
"""A name that only its *called* tells."""

SHARED_LEFT = frozenset({"proposed", "used", "compared", "listed", "measured-on", "dataset-before", "model-before"})
"""What stands before a list and holds for all its names."""

SHARED_RIGHT = frozenset({"dataset-after", "method-after"})
"""What stands after a list and holds for all its names."""
