"""Words that decide: stop lists, cue words and head words, written from knowledge of the field.

Everything here is compared in lower case.
"""

from __future__ import annotations


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


GENERIC = _set(
    """
    ai agi genai gai ml dl nlp nlg nlu cv ir qa vqa odqa mt nmt smt asr tts stt s2t ner re ie el ee ocr kg kgs
    kgc kgqa llm llms slm slms vlm vlms lvlm lvlms mllm mllms mm-llm mm-llms mmllm lmm lmms lm lms plm plms nn
    nns dnn dnns ann anns rs recsys rec crs sota hci vr ar xr ui ux gui api apis sdk url urls id ids iid ood id3
    pii sql nosql xml json html http https csv pdf rdf owl sparql cpu cpus gpu gpus tpu tpus npu fpga cuda ram
    rom ssd iot 5g 6g wifi 2d 3d 4d 1d rgb rgbd rgb-d uav uavs ehr ehrs emr emrs ct mri fmri eeg ecg pet covid
    covid-19 covid19 sars-cov-2 hiv adhd dna rna mrna usa us uk eu un uae nsf nist nasa ieee acm acl emnlp naacl
    eacl coling neurips nips icml iclr aaai ijcai cvpr iccv eccv sigir kdd www cikm wsdm interspeech icassp
    arxiv github gitlab kaggle huggingface hugging twitter facebook google openai microsoft meta amazon apple
    nvidia deepmind anthropic alibaba baidu tencent huawei bytedance tiktok youtube reddit instagram wechat
    weibo linkedin netflix spotify uber airbnb pinterest etsy ebay tesla intel amd samsung ibm oracle salesforce
    adobe stanford mit cmu harvard berkeley oxford cambridge tsinghua english chinese french german spanish
    italian portuguese russian japanese korean arabic hindi urdu bengali tamil telugu turkish vietnamese thai
    indonesian persian farsi hebrew greek latin dutch swedish danish norwegian finnish polish czech ukrainian
    hungarian romanian bulgarian croatian serbian swahili yoruba hausa amharic sanskrit mandarin cantonese
    kannada marathi gujarati punjabi malayalam nepali sinhala sinhalese welsh irish basque catalan brazilian
    american european african asian indian british western eastern china india japan germany france italy spain
    russia africa europe asia america canada australia brazil mexico iran israel turkey korea bleu rouge rouge-l
    rouge-1 rouge-2 rouge-n meteor chrf ter wer cer f1 f1-score macro-f1 micro-f1 f-score auc auroc auc-roc roc
    auprc map mrr ndcg ndcg@10 recall@k mae mse rmse mape psnr ssim fid iou miou ece acc em top-1 top-5 top-k
    pass@1 pass@k hit@1 hits@1 hits@10 hit rate r2 bpb bpc ppl mos pcc flop flops tflops mb gb tb ms kb p-value
    python java javascript typescript c c++ c# go rust matlab latex linux windows android ios aws azure gcp
    january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday bayesian gaussian markov euclidean boolean pareto monte carlo
    hilbert cartesian riemannian fourier phd msc dr mr prof et al fig figure table section appendix sec eq
    equation theorem lemma algorithm i ii iii iv vi vii viii ix q1 q2 q3 q4 i.e e.g vs a b d e f g h j k l m n o
    p q r s t u v w x y z non state-of-the-art end-to-end step-by-step ground-truth real-world large-scale
    pre-trained fine-tuned open-source low-resource high-quality well-known so-called self-supervised
    semi-supervised few-shot zero-shot one-shot multi-task multi-modal cross-lingual multi-agent multi-turn
    multi-hop multi-head long-term short-term human-in-the-loop artificial intelligence machine learning deep
    neural network networks language large model models foundation multimodal generative natural processing
    computer vision information retrieval knowledge graph graphs data science internet things web semantic
    mllms’ llms’ hf ppm pos nl nle cs lg stat math econ pde pdes ode odes sde sdes sme smes ngo ceo hr pr gdpr
    hipaa fda who cdc nhs icu stem k-12 llm-based llm-generated aigc ugc poi pois ctr cvr gmv roi faq faqs
    e-commerce o2o b2b b2c dag dags mdp pomdp mdps i.i.d vram roman christian muslim islam quran bible
    wikipedia's ukraine turing nobel llm-powered ai-generated ai-driven ai-powered ai-based llm-driven rl-based
    gpt-based nmt-based hitl icd-9 icd-10 icd
    """
)
"""What looks like a name and is no method or dataset: fields, families, firms, venues, languages, metrics, units."""

SENTENCE_WORDS = _set(
    """
    a an the this that these those we our ours it its they their there here he she his her you your i my in on
    at by for from to with without within into onto of off over under between among through during before after
    since until while when where which who whom whose what why how if then else so thus hence therefore however
    moreover furthermore additionally also besides finally first firstly second secondly third lastly next last
    recent recently current currently existing previous prior traditional conventional most many much more some
    several few all any each every both either neither no not only such same other another new novel experiments
    experimental experiment results result extensive empirical empirically evaluation evaluations code data
    dataset datasets model models method methods approach approaches framework frameworks system systems paper
    study work research researchers although though despite because due given based using via towards toward
    inspired motivated specifically particularly especially notably importantly interestingly surprisingly
    unlike unfortunately fortunately typically generally usually often overall instead rather meanwhile
    consequently subsequently accordingly similarly conversely nevertheless nonetheless as is are was were be
    been being has have had do does did can could may might must shall should will would let lets one two three
    four five six seven eight nine ten compared comparing leveraging building understanding learning training
    training-free large human humans users user people task tasks performance project page available released
    demo homepage abstract introduction conclusion background objective objectives materials conclusions
    discussion purpose motivation note key words keywords and or but nor yet up down out than like across
    against along around about above below beyond per plus even still just too very well further comprehensive
    comprehensively evidence findings finding analysis analyses practical practically theoretically theoretical
    annotations annotation questions question answers answer text texts image images video videos audio speech
    language languages knowledge information reasoning generation generative advances advancements progress
    challenges challenge problem problems high low deep machine neural artificial natural computer automatic
    automated open source english web social media news health
    """
)
"""Words that begin sentences and headings: no names by themselves, whatever their capital."""

HEADING = _set(
    """
    data human user task project language text image video audio speech knowledge information reasoning problem
    machine neural graph graphs deep model code news health web open question answer learning system paper
    challenge method social media network computer vision event
    """
)
"""Nouns that are no name by themselves but begin one: *Data Interpreter*."""

TYPE_NOUNS = _list(
    """
    datasets? data corpus corpora benchmarks? leaderboards? models? methods? frameworks? algorithms?
    approach(?:es)? systems? architectures? networks? toolkits? tools? library platform pipeline challenge suite
    agents? dataset collection treebank series family
    """
)
"""Nouns that tell what a name is, and are no part of it."""

METHOD_HEADS_ZH = _list(
    """
    模型 方法 框架 算法 系统 架构 网络 技术 策略 机制 工具包 工具 模块 损失函数 损失 优化器 代理
    智能体 平台 范式 流程 解码 编码器 解码器
    提示 微调 管道 流水线 引擎 协议 库 注意力 分类器
    检索器 生成器 变体 系列 家族
    """
)
"""Chinese nouns after a method's name."""

DATASET_HEADS_ZH = _list(
    """
    数据集 数据 基准测试集 基准测试 基准 语料库 语料 榜单 排行榜 测试集 测试套件 数据库
    知识库 挑战赛 挑战 竞赛 题库 评测集 评测 词典 共享任务
    集合 树库 任务
    """
)
"""Chinese nouns after a dataset's name."""

METHOD_HEADS_EN = _set(
    """
    optimization optimisation learning network networks algorithm algorithms tuning prompting attention
    distillation pruning quantization transformer transformers model models framework method methods search
    sampling decoding encoding encoder decoder autoencoder regression forest tree trees machine machines field
    fields process processes estimation likelihood inference descent loss regularization normalization policy
    gradient gradients training pretraining pre-training finetuning fine-tuning adaptation augmentation
    embedding embeddings adapter adapters agent agents experts fusion merging masking module layer mechanism
    contrast clustering factorization approximation rewriting interpolation ensemble ensembles parallelism
    caching cache editing unlearning steering alignment verification voting averaging splatting rendering flow
    matching propagation convolution pipeline toolkit engine optimizer scheduler planner retriever reranker
    generator discriminator classifier tokenizer programming attack attacks defense estimator estimators test tests
    testing filtering filter filters perceptron perceptrons bandit bandits minimization maximization bootstrap
    bootstrapping kernel kernels iteration iterations injection cross-validation actor-critic smoothing smoother
    operator operators coupling prior priors lasso net nets variables weighting reweighting rule rules diffusion
    expansion autoregression relaxation rounding debate stopping decomposition imputation adjustment probing automata
    automaton activation momentum boosting bagging stacking jailbreak jailbreaking chunking aggregation transform
    transforms walk walks correction splitting passing shaping projection projections backpropagation annealing
    crossover mutation sketching hashing indexing differences differencing discontinuity kriging spline splines
    wavelet wavelets copula copulas unrolling rollout rollouts replay lookahead backtracking pooling dropout warping
    denoising elimination exploration imitation cloning resampling sharing gating routing calibration divergence
    auction auctions game games fuzzing checking slicing expansion reformulation memory scheduling offloading
    checkpointing sparsification sparsity binarization perturbation watermarking encryption circuits reflection
    self-correction self-refinement self-reflection self-training self-consistency consistency feedback thought
    thoughts logic logics selection statistic statistics score scores distance averaging matching design rejection
    crawling grammar grammars ontology index codes coding quantile quantiles filtration homology mining unmixing
    inversion deconvolution registration stitching tessellation triangulation bisection recursion induction
    augmentations curriculum regressions classifiers encoders decoders autoencoders flows forests algorithms
    """
)
"""Last words of English phrases that name a technique."""

TASK_HEADS_EN = _set(
    """
    answering generation recognition detection classification recommendation retrieval prediction extraction
    linking summarization summarisation translation reasoning understanding segmentation evaluation analysis
    captioning completion parsing tagging disambiguation forecasting planning navigation assessment resolution
    identification simplification correction paraphrasing dialogue conversation synthesis moderation diagnosis
    tracking localization grounding processing management interaction systems system intelligence language
    languages modelling modeling comprehension similarity entailment mining simulation safety security privacy
    fairness
    """
)
"""Last words of English phrases that name a task or a field."""

DATA_HEADS_EN = _set(
    """
    dataset datasets benchmark benchmarks corpus corpora challenge leaderboard treebank bank collection suite wiki
    task arena exam
    """
)
"""Last words of English phrases that name data."""

OTHER_HEADS_EN = _set(
    """
    university institute school hospital college department laboratory lab center centre foundation inc
    corporation team group score scores rate error accuracy index ratio distance entropy disease syndrome
    disorder act law rights rule theorem hypothesis conjecture lemma bound problem equation principle theory
    test states union kingdom republic conference workshop journal association library government agency program
    project web media internet city state country people speakers efficiency
    """
)
"""Last words of English phrases that name an institution, a measure, an idea."""

HOMOGRAPHS = _set(
    """
    bloom clip sam dino opt rag cot tot mass race squad glue drop math apps spin star react self gem toss rouge
    moss swag record boss fever spider ernie cider meteor rise pal falcon gin sage dart adam cola era ham sting
    sort sift surf hog mint lime shape lamb lion ace coco mmd alpha dream dial palm bard beir mars mace mads moe
    ties dare soap muse flan zero unity arc
    """
)
"""English words and names that are acronyms in capitals: ``Bloom`` at the start of a sentence is not BLOOM."""
