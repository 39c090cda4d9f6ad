"""What `synthetic.py` fills its papers with: sentences of our own in both languages, and words to put into them.

Braces name what goes there: ``{new}`` the paper's own invention, ``{method}``, ``{dataset}`` and ``{task}`` names of
the vocabulary, ``{coined}`` a name that nobody knows, ``{a}`` a quality, ``{n}`` a thing, ``{v}`` an activity, ``{p}``
a number.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TITLES_EN = (
    "{new}: {A} {N} for {Task}",
    "{new}: Towards {A} {Task} with {method}",
    "{A} {N} in {Task}: A {A2} Study",
    "On the {N} of {method} for {A} {Task}",
    "Rethinking {N} and {N2} in {Task}",
    "{A} {Task} via {A2} {N}",
    "Does {method} Need {A} {N}?",
    "{new}: A {A} Benchmark for {Task}",
)
TITLES_ZH = (
    "{new}：面向{task}的{a}{n}",
    "{new}：借助{method}实现{a}的{task}",
    "{task}中的{a}{n}：一项{a2}研究",
    "论{method}在{task}中的{n}",
    "重新思考{task}中的{n}与{n2}",
    "以{a2}{n}实现{a}{task}",
)
OPENINGS_EN = (
    "{Task} is of great importance in many {a} settings, and yet its {n} remains poorly understood.",
    "Recent progress rests on {a} {n}, which costs more with every new {n2}.",
    "Despite much effort, {a} {n} still limits what can be done outside the laboratory.",
    "Existing work treats {n} and {n2} apart, although each depends on the other.",
    "Practitioners who apply {method} to {task} often meet {a} {n} that no {n2} explains.",
    "A long line of research asks how {n} relates to {n2}, mostly under {a} assumptions.",
)
MIDDLES_EN = (
    "In this paper, we propose {new}, a {a} framework that combines {n} with {n2}.",
    "We introduce {new}, which builds on {method} and replaces its {n} by a {a} {n2}.",
    "To this end, we present a {a} approach called {new} that learns {n} without {a2} supervision.",
    "The key idea is to {v} the {n} before the {n2}, so that errors do not accumulate.",
    "Our method first {v}s each {n} and then refines the {a} {n2} in a second pass.",
    "We {v} {a} {n} from unlabelled {n2} and keep only what agrees.",
    "Unlike {method}, it needs neither {a} {n} nor a separate {n2}.",
    "A theoretical analysis shows that the {n} converges whenever the {n2} is {a}.",
    "We further {v} the {n} by a {a} regulariser that penalises redundant {n2}.",
    "The design is modular: any {n} can be exchanged, and the {n2} stays {a}.",
    "It is trained on {a} {n} and fine-tuned on a small amount of {n2}.",
    "For this purpose we collect {coined}, a {a} corpus of {p} thousand examples with expert labels.",
    "The {n} is formulated as a {a} optimisation problem and solved by alternating updates of the {n2}.",
    "We observe that {a} {n} tends to hide {a2} {n2}, and we quantify by how much.",
    "In contrast to earlier attempts, the {n} is estimated from data rather than set by hand.",
    "An {a2} variant, {coined}, trades a little {n} for a much smaller {n2}.",
    "The {n} of each layer is kept fixed while the {a} {n2} adapts to the task at hand.",
    "This {v}s the gap between {n} and {n2} and makes the procedure {a} in practice.",
)
RESULTS_EN = (
    "Experiments on {dataset} show that {new} outperforms earlier work by {p} points.",
    "It reaches an accuracy of {p}% and surpasses {method} and {method2}.",
    "We evaluate on {dataset} and find consistent gains of {p}% over strong baselines.",
    "Across {p} tasks, the {n} improves while the {a} cost falls by a factor of {p2}.",
    "Extensive experiments confirm that the {a} {n} transfers to new domains without further training.",
    "Ablations reveal that the {n} matters more than the {n2}, in particular for {a} inputs.",
    "Human evaluation agrees with these findings in {p} of {p2} cases.",
    "Results hold for models of different size and for {a} {n} alike.",
)
CLOSINGS_EN = (
    "Code is available at https://github.com/{owner}/{repository}.",
    "We discuss limits of the {n} and sketch how {task2} could profit from it.",
    "These findings suggest that {a} {n} deserves more attention in {task}.",
    "We release the data and the {n} to encourage further work on {task}.",
    "We hope that this serves as a {a} starting point for research on {n} and {n2}.",
)
SUMMARIES_ZH = (
    "本文提出{new}，一种结合{n}与{n2}的{a}框架，优于以往的方法。",
    "{new}以{method}为基础，用{a}的{n2}代替{n}，显著提升了{task}的效果。",
    "这项研究分析了{task}中{n}与{n2}的关系，发现{a}的{n}更为重要。",
    "研究者介绍了一种名为{new}的{a}方法，无需{a2}的监督即可学习{n}，并且易于实现。",
    "通过对{n}进行{v}，本文取得了{a}的结果，成本降低了{p}%。",
)
SENTENCES_ZH = (
    "{task}在许多{a}场景中十分重要，但其{n}至今没有得到充分理解。",
    "尽管已有许多努力，{a}的{n}仍然限制着实际应用。",
    "已有工作大多把{n}和{n2}分开处理，忽视了二者之间的联系。",
    "本文提出了{new}，这是一种{a}框架，将{n}与{n2}结合起来。",
    "我们引入名为{new}的方法，它建立在{method}之上，并以{a}的{n2}取代原有的{n}。",
    "与以往的做法不同，它既不需要{a}的{n}，也不需要单独的{n2}。",
    "核心思想是先对{n}进行{v}，再处理{n2}，从而避免误差累积。",
    "理论分析表明，只要{n2}是{a}的，{n}就会收敛。",
    "为此我们构建了{coined}数据集，包含{p}千条由专家标注的样本。",
    "在{dataset}上的实验表明，{new}比以往的方法高出{p}个百分点。",
    "该方法的准确率达到{p}%，优于{method}。",
    "消融实验说明{n}比{n2}更重要，对{a}的输入尤其如此。",
    "大量实验证明，{a}的{n}无需再训练即可迁移到新的领域。",
    "我们还从无标注数据中得到{a}的{n}，并保留一致的部分。",
)

QUALITIES_EN = _words(
    "adaptive robust scalable causal sparse latent hierarchical contrastive probabilistic structured efficient dynamic "
    "multilingual compositional continual federated geometric interpretable noisy private symbolic temporal uncertain "
    "weakly-labelled sequential stochastic relational personalised modular lightweight joint heterogeneous generic "
    "fine-grained equivariant discrete decentralised cross-domain calibrated bilingual asynchronous amortised abstract"
)
QUALITIES_ZH = _words(
    "自适应 鲁棒 可扩展 因果 稀疏 潜在 分层 对比 概率 结构化 高效 动态 "
    "多语言 组合 持续 联邦 几何 可解释 含噪 隐私 符号 "
    "时序 不确定 弱标注 序列 随机 关系 个性化 模块化 轻量 联合 异构 通用 "
    "细粒度 等变 离散 去中心化 跨域 校准 双语 异步 摊销 抽象 "
)
THINGS_EN = _words(
    "representations gradients prompts rewards tokens embeddings priors kernels policies features labels samples "
    "dependencies uncertainty diversity alignment supervision memory attention curricula constraints feedback "
    "structure context evidence bias variance noise geometry topology invariance redundancy consistency sparsity "
    "confidence preferences trajectories hypotheses annotations outliers neighbourhoods clusters boundaries schedules "
    "objectives modules templates queries documents dialogues graphs images signals markets portfolios preferences"
)
THINGS_ZH = _words(
    "表示 梯度 提示 奖励 词元 嵌入 先验 核函数 策略 特征 标签 样本 "
    "依赖关系 不确定性 多样性 对齐方式 监督信号 记忆 注意力 "
    "课程 约束 反馈 结构 上下文 证据 偏差 方差 噪声 几何 拓扑 不变性 "
    "冗余 一致性 稀疏性 置信度 偏好 轨迹 假设 标注 离群点 "
    "邻域 聚类 边界 调度 目标函数 模块 模板 查询 文档 对话 图结构 图像 "
    "信号 市场 投资组合 "
)
ACTIVITIES_EN = _words(
    "align compress decode disentangle distil enrich filter generalise ground group index infer mask mix "
    "normalise order partition project prune rank recover refine retrieve reweight sample segment select smooth sort "
    "stabilise weight"
)
ACTIVITIES_ZH = _words(
    "对齐 压缩 解码 解耦 蒸馏 增强 过滤 泛化 落实 分组 索引 推断 "
    "遮蔽 混合 归一化 排序 划分 投影 剪枝 排名 恢复 细化 检索 加权 "
    "采样 分割 选择 平滑 稳定 "
)
SYLLABLES = _words("ar bo cen dal el fir gan hex il jor kal lum mer nov or pel qua rin sol tev un vex wil xan yor zet")
ENDINGS = ("Net", "Former", "GPT", "Bench", "RL", "Diff", "LM", "Graph", "Tune", "-2", "-XL", "")
TAGS = ("LLM应用", "LLM理论", "Agent", "RAG", "机器翻译", "问答系统", "信息检索", "计算机视觉")
