"""Words that no noun phrase holds, and words that end one; written from knowledge of the language.

Everything here is compared in lower case.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


PHRASE_BREAKS = _set(
    """
    a an the this that these those we our ours us it its they their them there here he she his her you your i my me
    who whom whose which what when where why how whether if in on at by for from to with without within into onto of
    off over under between among amongst through throughout during before after above below against across along
    around about upon via per than then as and or but nor so yet because since while although though unless until
    despite towards toward beyond besides except regarding concerning is are was were be been being am has have had
    having do does did doing done can could may might must shall should will would cannot not no only also too very
    more most less least much many few several some any all each every both either neither none other others another
    such same different various numerous multiple certain own one two three four five six seven eight nine ten
    first second third last next former latter existing current previous recent prior past conventional typical
    however moreover furthermore therefore thus hence instead rather even still just already often usually always
    never again further additionally specifically particularly generally finally recently currently respectively
    use uses used using utilize utilizes utilized utilizing leverage leverages leveraged leveraging employ employs
    employed employing apply applies applied applying propose proposes proposed proposing present presents presented
    presenting introduce introduces introduced introducing develop develops developed developing design designs
    designed designing build builds built create creates created creating construct constructs constructed
    constructing provide provides provided providing offer offers offered offering show shows showed shown showing
    demonstrate demonstrates demonstrated demonstrating achieve achieves achieved achieving improve improves
    improved improving enhance enhances enhanced enhancing enable enables enabled enabling allow allows allowed
    allowing make makes made making take takes took taken taking give gives gave given giving get gets find finds
    found finding see seen consider considers considered considering study studies studied investigate investigates
    investigated investigating explore explores explored exploring examine examines examined examining analyze
    analyzes analyzed analyzing evaluate evaluates evaluated evaluating compare compares compared comparing
    outperform outperforms outperformed outperforming surpass surpasses surpassing exceed exceeds reduce reduces
    reduced reducing increase increases increased increasing require requires required requiring need needs needed
    address addresses addressed addressing tackle tackles tackling solve solves solved solving aim aims aimed aiming
    focus focuses focused focusing rely relies relied relying perform performs performed performing conduct conducts
    conducted conducting train trains trained generate generates generated predict predicts predicted predicting
    learn learns learned learnt capture captures captured capturing contain contains contained containing include
    includes included including consist consists comprise comprises comprising combine combines combined combining
    integrate integrates integrated integrating incorporate incorporates incorporated incorporating extend extends
    extended extending adapt adapts adapted optimize optimizes optimized obtain obtains obtained obtaining yield
    yields yielded yielding lead leads led leading result results resulting suffer suffers suffering remain remains
    become becomes became known called named termed dubbed based help helps helped helping support supports
    supported supporting suggest suggests suggested suggesting indicate indicates indicated indicating reveal
    reveals revealed revealing prove proves proved proven proving establish establishes established derive derives
    derived deriving describe describes described describing discuss discusses discussed report reports reported
    release releases released collect collects collected collecting provide identify identifies identified
    identifying determine determines determined determining detect detects detected select selects selected
    selecting choose chosen extract extracts extracted fine-tune fine-tuned fine-tunes finetune finetuned prompt
    prompts encode encodes encoded decode decodes exploit exploits exploited exploiting validate validates validated
    validating verify verifies verified ensure ensures ensuring maintain maintains maintaining preserve preserves
    preserving facilitate facilitates facilitating follow follows followed following work works working argue
    argues believe assume assumes assumed assuming represent represents represented representing rank ranks ranked
    involve involves involved involving exhibit exhibits exhibited exhibiting highlight highlights highlighted
    highlighting mitigate mitigates mitigated mitigating overcome overcomes overcoming alleviate alleviates bridge
    bridging understand exist exists come comes came go goes keep keeps let lets try tries tried like unlike due
    well better best worse able unable available possible likely difficult hard easy important crucial essential
    critical key main major significant substantial notable good great extensive experiments experimental paper work
    et al e.g i.e etc vs respectively out up down away back together well-known state-of-the-art sota namely paving
    """
)
"""Function words and the verbs of abstracts: an English noun phrase ends before and begins after them."""

LEADING = _set(
    """
    novel new simple effective efficient general unified robust powerful scalable flexible popular standard common
    traditional classical classic modern advanced innovative original basic specific additional alternative
    promising strong large small larger smaller high low lightweight comprehensive practical versatile complex
    single full fully entire overall underlying baseline so-called widely-used well-established interesting
    cutting-edge end-to-end two-stage three-stage multi-stage two-step plug-and-play open-source large-scale
    high-quality real-world human automatic automated joint final initial early late
    """
)
"""Adjectives that begin a noun phrase and belong to no name."""

THING_HEADS_EN = _set(
    """
    method methods approach approaches algorithm algorithms technique techniques framework frameworks mechanism
    mechanisms strategy strategies model models module modules loss losses network networks architecture
    architectures system systems scheme schemes procedure procedures paradigm pipeline estimator estimators
    function functions layer layers objective policy policies tool tools metric metrics baseline baselines learner
    """
)
"""Nouns that say what a name is and may stand after it: *fractional programming technique*."""

PHRASE_BREAKS_ZH = _set(
    """
    的 了 是 在 和 与 或 及 以及 为 对 将 把 被 让 使 从 由 向 到 于 并
    也 都 而 但 且 则 就 还 又 这 那 其 该 此 每 各 某 我们 本文 他们 它们 它
    研究 提出 引入 介绍 使用 利用 采用 基于 通过 结合 开发 设计 构建 包括 例如 比如 如 等 实现 进行 提供 显著
    有效 提高 提升 改进 改善 解决 应对
    针对 用于 能够 可以 可 表明 证明 发现 展示 显示 探讨 探索 分析了 评估了 一种 一个 一类 一些 一项 一套 一款 多种
    多个 不同 现有 当前 传统
    新的 新型 新颖 不仅 不 没有 无需 以 来 去 上 中 下 里 内 之间 之 时 后 前 如何 什么
    为了 因此 然而 此外 同时 此 通常 往往 具有 存在 成为
    作为 相比 优于 超过 超越 达到 取得 获得 减少 降低 增强 增加 需要 要求 考虑 关注 专注 依赖 依靠 面临 导致 引起
    产生 涉及 旨在 试图 尝试
    称为 名为 叫做 即 则是 更 最 很 非常 较 仅 只 其中 所有 任何 许多 大量 少量 几个 几种 两种 两个
    三种 三个 已 已经 正在 会 应 应该 必须 可能
    """
)
"""Words around which a Chinese sentence can be cut into phrases."""

TECHNIQUE_HEADS_ZH = _set(
    """
    学习 优化 微调 蒸馏 剪枝 量化 采样 解码 注意力 编码器 解码器 自编码器 搜索 回归 估计 训练 策略 梯度 正则化 归一化
    网络 算法 模型 聚类 推断
    推理 匹配 分解 近似 插值 投票 集成 检索 增强 提示 对齐 验证 编辑 融合 掩码 传播 卷积 机制 变换 规划 下降 滤波
    过程 树 森林 机 代理 智能体
    """
)
"""What Chinese names of techniques end with."""
