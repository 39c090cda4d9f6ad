/* What the page says, in English and Chinese; how kinds look. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;

  /* Shape and colour both tell the kind, so that neither is needed alone. Paths fill a box of 14 by 14. */
  const KINDS = {
    paper: { en: ["Paper", "Papers"], zh: ["论文", "论文"], path: "M2 2h10v10H2z" },
    method: { en: ["Method", "Methods"], zh: ["方法", "方法"], path: "M7 1a6 6 0 1 0 .01 0z" },
    dataset: { en: ["Dataset", "Datasets"], zh: ["数据集", "数据集"], path: "M7 0l7 7-7 7-7-7z" },
    topic: { en: ["Topic", "Topics"], zh: ["主题", "主题"], path: "M7 1l7 12H0z" },
  };

  /* Read along the edge, and against it. */
  const RELATIONS = {
    proposes: { en: ["proposes", "proposed by"], zh: ["提出", "提出它的论文"] },
    usesMethod: { en: ["uses", "used by"], zh: ["使用", "使用它的论文"] },
    introduces: { en: ["introduces", "introduced by"], zh: ["发布", "发布它的论文"] },
    usesDataset: { en: ["uses", "used by"], zh: ["使用", "使用它的论文"] },
    hasTopic: { en: ["is about", "papers on it"], zh: ["主题", "相关论文"] },
    broader: { en: ["belongs to", "wider than"], zh: ["上位概念", "下位概念"] },
  };

  const PARTS = {
    title: { en: "title", zh: "标题" },
    summary: { en: "summary", zh: "一句话摘要" },
    abstract: { en: "abstract", zh: "摘要" },
    tags: { en: "tags", zh: "标签" },
    categories: { en: "categories", zh: "分类" },
  };

  const SCHEMES = {
    task: { en: "task", zh: "任务" },
    area: { en: "area", zh: "领域" },
    category: { en: "arXiv category", zh: "arXiv 分类" },
    tag: { en: "tag of a digest", zh: "摘要标签" },
  };

  const WORDS = {
    search: ["Search papers, methods, datasets, topics", "搜索论文、方法、数据集、主题"],
    searchShort: ["Search", "搜索"],
    nothingFound: ["Nothing found for “{0}”.", "未找到“{0}”。"],
    notDrawn: ["not on this map", "不在此图中"],
    leftOut: ["Left out of this map", "此图未画出"],
    seeWith: ["To see it: ", "查看方法："],
    filters: ["Filters", "筛选"],
    filtersOn: ["Filters ({0})", "筛选（{0}）"],
    clearFilters: ["Clear all", "全部清除"],
    close: ["Close", "关闭"],
    undo: ["Undo", "撤销"],
    redo: ["Redo", "重做"],
    save: ["Save", "导出"],
    savePng: ["Picture (PNG)", "图片（PNG）"],
    saveSvg: ["Drawing (SVG)", "矢量图（SVG）"],
    saveLinks: ["Links with quotes (CSV)", "连线与引文（CSV）"],
    saveNodes: ["Things (CSV)", "节点（CSV）"],
    saveHint: ["What the map shows now", "导出当前图中所见"],
    theme: ["Light or dark", "明暗主题"],
    language: ["中文", "English"],
    help: ["Keys", "快捷键"],
    tools: ["Tools", "工具"],
    zoom: ["Zoom", "缩放"],
    zoomIn: ["Zoom in", "放大"],
    zoomOut: ["Zoom out", "缩小"],
    fit: ["Show everything", "显示全部"],
    map: ["Map of the graph. Arrow keys move it, plus and minus zoom, N and P walk through what is joined to the chosen one, Enter chooses.",
      "图谱地图。方向键移动，加减号缩放，N 和 P 遍历相邻节点，回车选中。"],
    legend: ["Kinds: press to hide or show", "类别：点击显示或隐藏"],
    overview: ["Overview", "概览"],
    links: ["Links", "连线"],
    linksSaid: ["{0} links between them, each with its evidence.", "其间有 {0} 条连线，条条有据。"],
    shownOf: ["{0} of {1}", "{0} / {1}"],
    papersByMonth: ["Papers by month", "每月论文数"],
    monthsHint: ["Choose a month to filter; Shift extends the range.", "点击月份筛选；按住 Shift 可扩展范围。"],
    top: ["Most papers", "论文最多"],
    topMethods: ["Methods", "方法"],
    topDatasets: ["Datasets", "数据集"],
    topTopics: ["Topics", "主题"],
    rising: ["Rising since {0}", "{0} 以来上升"],
    risingCounts: ["{0} papers since, {1} before", "此后 {0} 篇，此前 {1} 篇"],
    papersCount: ["{0} papers", "{0} 篇论文"],
    onePaper: ["1 paper", "1 篇论文"],
    start: ["Click anything on the map to read what the digests say about it, word for word.", "点击图中任何一项，逐字查看摘要是怎么说的。"],
    also: ["Also called", "别名"],
    depth: ["Steps from here", "展开层数"],
    only: ["Only this", "只看这部分"],
    pin: ["Pin", "固定"],
    unpin: ["Unpin", "取消固定"],
    pinned: ["Pinned", "已固定"],
    path: ["Path to…", "路径至…"],
    pathFrom: ["Path from {0}: choose where to, on the map or by searching.", "从“{0}”出发的路径：在图中点选或搜索终点。"],
    pathTitle: ["Shortest path", "最短路径"],
    pathSteps: ["{0} steps", "{0} 步"],
    noPath: ["No path between them under these filters.", "在当前筛选条件下，两者之间没有路径。"],
    cancel: ["Cancel", "取消"],
    expand: ["Expand ({0} more)", "展开（还有 {0} 项）"],
    collapse: ["Collapse", "收起"],
    unfold: ["Unfold", "展开收起项"],
    copyLink: ["Copy link", "复制链接"],
    copied: ["Link copied.", "已复制链接。"],
    code: ["Code", "代码"],
    digests: ["Digests", "摘要文件"],
    texts: ["What the digests say", "摘要原文"],
    more: ["{0} more", "还有 {0} 项"],
    moreQuotes: ["{0} more quotes", "还有 {0} 条引文"],
    moreQuote: ["1 more quote", "还有 1 条引文"],
    confidence: ["confidence", "置信度"],
    rule: ["rule", "规则"],
    lineAt: ["line {0}", "第 {0} 行"],
    vocabulary: ["From the vocabulary of kg (ontology/vocab), not from a digest.", "来自 kg 词表（ontology/vocab），不出自摘要。"],
    evidence: ["Evidence", "证据"],
    readEvidence: ["Reading the evidence…", "正在读取证据…"],
    hidden: ["Hidden by the filters", "被筛选隐藏"],
    showAnyway: ["Clear the filters", "清除筛选"],
    topic: ["Topic or task", "主题或任务"],
    tag: ["Tag", "标签"],
    category: ["Category", "分类"],
    from: ["From", "从"],
    to: ["To", "到"],
    anyMonth: ["any", "不限"],
    leastConfidence: ["Confidence at least", "置信度不低于"],
    leastSupport: ["Papers that name it, at least", "提及它的论文不少于"],
    find: ["Find…", "查找…"],
    noMatch: ["No match", "无匹配"],
    status: ["{0} of {1} shown", "显示 {0} / {1}"],
    statusEdges: ["{0} links drawn of {1} at this zoom", "此缩放级别画出 {0} / {1} 条连线"],
    chosen: ["{0} chosen: {1} things joined to it", "已选“{0}”：{1} 项与之相连"],
    cursor: ["{0}. Press Enter to choose it.", "{0}，按回车选中。"],
    saved: ["Saved {0}.", "已导出 {0}。"],
    back: ["Back to the overview", "返回概览"],
    panel: ["Details", "详情"],
    bigger: ["Larger panel", "展开面板"],
    smaller: ["Smaller panel", "收起面板"],
    keysTitle: ["Keys", "快捷键"],
    undated: ["undated", "无日期"],
    nothingShown: ["Nothing passes these filters.", "没有任何内容符合筛选条件。"],
    old: ["This page needs a browser of 2023 or later.", "此页面需要 2023 年以后的浏览器。"],
  };

  const KEYS = [
    ["/", ["search", "搜索"]],
    ["← ↑ → ↓", ["move the map; walk a list", "移动地图；在列表中移动"]],
    ["+ − 0", ["zoom in, zoom out, show everything", "放大、缩小、显示全部"]],
    ["N P", ["next and previous thing joined to the chosen one", "下一个、上一个相邻节点"]],
    ["Enter", ["choose", "选中"]],
    ["O", ["only this neighbourhood, or everything", "只看邻域，或看全部"]],
    ["1 … 5", ["steps from the chosen one", "展开层数"]],
    ["F", ["filters", "筛选"]],
    ["Ctrl Z, Ctrl Y", ["undo, redo", "撤销、重做"]],
    ["L T", ["language, light or dark", "语言、明暗主题"]],
    ["Esc", ["close, let go", "关闭、取消选中"]],
    ["?", ["these keys", "快捷键说明"]],
  ];

  const language = { now: "en" };

  /* Give a phrase in the language of the page, its places filled. */
  function say(key, ...values) {
    const phrase = WORDS[key][language.now === "zh" ? 1 : 0];
    return phrase.replace(/\{(\d)\}/g, (_, at) => String(values[at]));
  }

  const number = (value) => value.toLocaleString("en-US");
  const either = (pair) => pair[language.now === "zh" ? 1 : 0];
  const kindName = (kind, many = false) => KINDS[kind][language.now][many ? 1 : 0];
  const relationName = (relation, against = false) => RELATIONS[relation][language.now][against ? 1 : 0];
  const partName = (part) => PARTS[part][language.now];
  const schemeName = (scheme) => (SCHEMES[scheme] ? SCHEMES[scheme][language.now] : "");
  const papersCount = (count) => (count === 1 ? say("onePaper") : say("papersCount", number(count)));

  kg.words = { KINDS, KEYS, language, say, number, either, kindName, relationName, partName, schemeName, papersCount };
})();
