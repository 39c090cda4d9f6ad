/* The page of kg: draws a laid-out graph, and shows for every node and edge what the digests say.
   Text of the graph is only ever written by textContent and on the canvas; it is never parsed as HTML. */
"use strict";
(() => {
  const graph = JSON.parse(document.getElementById("graph").textContent);
  const KINDS = {
    paper: { en: "Papers", zh: "论文", shape: "square", path: "M2 2h10v10H2z" },
    method: { en: "Methods", zh: "方法", shape: "dot", path: "M7 1a6 6 0 1 0 .01 0z" },
    dataset: { en: "Datasets", zh: "数据集", shape: "diamond", path: "M7 0l7 7-7 7-7-7z" },
    topic: { en: "Topics", zh: "主题", shape: "triangle", path: "M7 1l7 12H0z" },
    digest: { en: "Digests", zh: "摘要文件", shape: "star", path: "M7 0l2 5h5l-4 3 2 6-5-4-5 4 2-6-4-3h5z" },
  };
  const RELATIONS = {
    proposes: ["proposes", "提出", "proposed by", "提出者"],
    usesMethod: ["uses", "使用", "used by", "使用者"],
    introduces: ["introduces", "发布", "introduced by", "发布者"],
    usesDataset: ["uses", "使用", "used by", "使用者"],
    hasTopic: ["is about", "主题", "papers", "论文"],
    broader: ["is part of", "上位", "is wider than", "下位"],
    listedIn: ["listed in", "收录于", "lists", "收录"],
  };
  const PARTS = { title: "title 标题", summary: "summary 一句话", abstract: "abstract 摘要", tags: "tags 标签", categories: "categories 分类" };
  const FIRST = 40; // rows of a list before "more"
  const QUOTES = 3; // quotes of an edge before "more"
  const AROUND = 70; // characters shown on either side of a quote

  const $ = (id) => document.getElementById(id);
  const styles = getComputedStyle(document.documentElement);
  const color = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, styles.getPropertyValue(`--${kind}`).trim()]));
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const edgesOf = new Map(graph.nodes.map((node) => [node.id, []]));
  graph.edges.forEach((edge, index) => {
    edge.id = index;
    edgesOf.get(edge.from).push(edge);
    edgesOf.get(edge.to).push(edge);
  });
  const shown = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, kind !== "digest"]));
  const name = (node) => node.en || node.zh || node.id;
  const other = (node) => (node.en && node.zh !== node.en ? node.zh : "");
  const short = (text, most) => (text.length > most ? `${[...text.slice(0, 2 * most)].slice(0, most).join("")}…` : text);

  /* --- Building the document ------------------------------------------------------------------------- */

  function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
      if (key in made) made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== "" && child !== null));
    return made;
  }

  function shape(kind) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 14 14");
    svg.setAttribute("class", `shape ${kind}`);
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", KINDS[kind].path);
    svg.append(path);
    return svg;
  }

  function link(address, text) {
    if (!/^https?:\/\/[^\s]+$/i.test(address)) return document.createTextNode(text);
    return element("a", { href: address, target: "_blank", rel: "noopener noreferrer", textContent: text });
  }

  const arxiv = (id) => `https://arxiv.org/abs/${id.split("/").map(encodeURIComponent).join("/")}`;

  function list(items, draw, first = FIRST) {
    const box = element("div");
    const grow = (from) => {
      const to = from ? from + FIRST : first;
      box.append(...items.slice(from, to).map(draw));
      const left = items.length - to;
      if (left <= 0) return;
      const more = element("button", { className: "more", type: "button", textContent: `${left} more · 更多` });
      more.addEventListener("click", () => { more.remove(); grow(to); });
      box.append(more);
    };
    grow(0);
    return box;
  }

  /* --- The drawing ----------------------------------------------------------------------------------- */

  const everyNode = new vis.DataSet(graph.nodes.map((node) => ({
    id: node.id, x: node.x, y: node.y, size: node.size, shape: KINDS[node.kind].shape, color: color[node.kind],
    title: short([node.en, node.zh].filter(Boolean).join(" · "), 300),
  })));
  const drawnNodes = new vis.DataView(everyNode, { filter: (node) => shown[nodes.get(node.id).kind] });
  const drawnEdges = new vis.DataView(new vis.DataSet(graph.edges.map((edge) => ({
    id: edge.id, from: edge.from, to: edge.to, width: edge.width,
  }))), { filter: (edge) => shown[nodes.get(edge.from).kind] && shown[nodes.get(edge.to).kind] });
  const network = new vis.Network($("network"), { nodes: drawnNodes, edges: drawnEdges }, {
    ...graph.options,
    nodes: { borderWidth: 1, borderWidthSelected: 3, chosen: { node: (values) => { values.borderColor = "#0f172a"; } } },
    edges: {
      smooth: false, selectionWidth: 1, hoverWidth: 0.5,
      color: { color: "#b8c4d6", highlight: "#334155", hover: "#64748b" },
      arrows: { to: { enabled: true, scaleFactor: 0.35 } },
    },
  });
  let chosen = null; // the id of the chosen node
  let near = new Set(); // the ids of its neighbours
  let hovered = null;

  const fonts = styles.getPropertyValue("font-family") || "sans-serif";
  const family = getComputedStyle(document.body).fontFamily || fonts;
  const widths = new Map();
  const byWeight = [...graph.nodes].sort((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1));

  function labelOf(node) {
    return node.kind === "paper" && node.id !== chosen ? short(name(node), 42) : short(name(node), 60);
  }

  function labelWidth(context, text) { // in em
    if (!widths.has(text)) {
      context.font = `100px ${family}`;
      widths.set(text, context.measureText(text).width / 100);
    }
    return widths.get(text);
  }

  /* Labels are drawn by importance, each where no label stands yet: none overlap, whatever the zoom. */
  function drawLabels(context) {
    const scale = network.getScale();
    const places = network.getPositions();
    const centre = network.getViewPosition();
    const half = { x: $("network").clientWidth / 2, y: $("network").clientHeight / 2 };
    const taken = [];
    const first = [chosen, hovered, ...near].filter((id) => id !== null && nodes.has(id)).map((id) => nodes.get(id));
    context.textAlign = "center";
    context.textBaseline = "top";
    context.lineJoin = "round";
    const seen = new Set();
    for (const node of [...first, ...byWeight]) {
      const place = places[node.id];
      if (!place || seen.has(node.id)) continue;
      seen.add(node.id);
      const important = node.id === chosen || node.id === hovered || near.has(node.id);
      if (!important && (chosen !== null && scale < 0.7)) continue;
      if (!important && node.kind === "paper" && scale < 0.9) continue;
      const x = (place.x - centre.x) * scale + half.x;
      const y = (place.y - centre.y) * scale + half.y;
      if (x < -80 || y < -20 || x > 2 * half.x + 80 || y > 2 * half.y) continue;
      const text = labelOf(node);
      const size = node.id === chosen ? 15 : Math.max(11, Math.min(15, 9 + node.size / 5));
      const width = labelWidth(context, text) * size;
      const top = y + node.size * scale + 2;
      const box = [x - width / 2 - 6, top - 3, x + width / 2 + 6, top + size + 4];
      if (taken.some((held) => box[0] < held[2] && held[0] < box[2] && box[1] < held[3] && held[1] < box[3])) continue;
      taken.push(box);
      if (taken.length > 160) break;
      context.globalAlpha = important || chosen === null && near.size === 0 ? 1 : 0.6;
      context.font = `${node.id === chosen ? "600 " : ""}${size / scale}px ${family}`;
      context.lineWidth = 4 / scale;
      context.strokeStyle = "rgba(251,252,254,.92)";
      context.fillStyle = node.kind === "paper" ? "#0f172a" : color[node.kind];
      const at = { x: place.x, y: place.y + node.size + 2 / scale };
      context.strokeText(text, at.x, at.y);
      context.fillText(text, at.x, at.y);
    }
    context.globalAlpha = 1;
  }

  network.on("afterDrawing", drawLabels);
  network.once("afterDrawing", () => {
    performance.mark("drawn");
    document.documentElement.dataset.drawn = "true";
  });
  network.on("hoverNode", (event) => { hovered = event.node; network.redraw(); });
  network.on("blurNode", () => { hovered = null; network.redraw(); });
  network.on("click", (event) => {
    if (event.nodes.length) choose(event.nodes[0]);
    else if (event.edges.length) chooseEdge(graph.edges[event.edges[0]]);
    else clear();
  });

  function count() {
    const visible = graph.nodes.filter((node) => shown[node.kind]).length;
    $("status").textContent = `${visible} of ${graph.nodes.length} nodes shown · 显示 ${visible}/${graph.nodes.length}`;
  }

  function refresh() {
    drawnNodes.refresh();
    drawnEdges.refresh();
    count();
  }

  /* --- Choosing -------------------------------------------------------------------------------------- */

  /* Let what is not about the choice step back. */
  function dim() {
    const bright = (id) => near.size === 0 && chosen === null || id === chosen || near.has(id);
    everyNode.update(graph.nodes.map((node) => ({ id: node.id, opacity: bright(node.id) ? 1 : 0.3 })));
    network.redraw();
  }

  function choose(id, { move = false } = {}) {
    const node = nodes.get(id);
    if (!shown[node.kind]) {
      shown[node.kind] = true;
      $(`show-${node.kind}`).checked = true;
      refresh();
    }
    chosen = id;
    near = new Set(edgesOf.get(id).map((edge) => (edge.from === id ? edge.to : edge.from)));
    network.selectNodes([id]);
    if (move) network.fit({ nodes: [id, ...near].filter((end) => shown[nodes.get(end).kind]), maxZoomLevel: 1.2, animation: false });
    fill(describe(node));
    dim();
  }

  function chooseEdge(edge) {
    chosen = null;
    near = new Set([edge.from, edge.to]);
    fill([closer(), element("h2", { textContent: RELATIONS[edge.relation].slice(0, 2).join(" · ") }), ...claim(edge, null)]);
    dim();
  }

  function clear() {
    chosen = null;
    near = new Set();
    network.unselectAll();
    fill(overview());
    dim();
  }

  function fill(children) {
    $("panel").replaceChildren(...children);
    $("panel").scrollTop = 0;
  }

  /* --- The panel ------------------------------------------------------------------------------------- */

  function closer() {
    const button = element("button", { className: "close", type: "button", "aria-label": "Close · 关闭", textContent: "×" });
    button.addEventListener("click", clear);
    return button;
  }

  function go(node, text = name(node)) {
    const button = element("button", { className: "go", type: "button", dir: "auto", textContent: short(text, 300) });
    button.addEventListener("click", () => choose(node.id, { move: true }));
    return button;
  }

  function kindOf(node) {
    const { en, zh } = KINDS[node.kind];
    const scheme = node.scheme ? ` · ${node.scheme}` : "";
    return element("span", { className: `kind ${node.kind}` }, shape(node.kind), `${en.replace(/s$/, "")} · ${zh}${scheme}`);
  }

  function describe(node) {
    const rows = [closer(), kindOf(node), element("h2", { dir: "auto", textContent: short(name(node), 600) })];
    if (other(node)) rows.push(element("p", { className: "other", dir: "auto", textContent: short(other(node), 600) }));
    if (node.kind === "paper") rows.push(...paperFacts(node));
    if (node.aliases.length) {
      rows.push(element("h3", { textContent: "Also called · 别名" }));
      const chips = node.aliases.slice(0, 60).map((alias) => element("span", { dir: "auto", textContent: short(alias, 120) }));
      rows.push(element("div", { className: "aliases" }, ...chips));
    }
    return [...rows, ...relations(node)];
  }

  function paperFacts(node) {
    const rows = [element("p", { className: "fact" }, `${node.date || node.month} · `, link(arxiv(node.id), `arXiv:${node.id}`))];
    for (const address of node.code) rows.push(element("p", { className: "fact" }, "code · 代码 ", link(address, address)));
    const summary = node.passages.find((passage) => passage.part === "summary");
    if (summary) rows.push(element("p", { dir: "auto", textContent: summary.text }));
    for (const passage of node.passages.filter((item) => item.part === "abstract")) {
      const title = element("summary", { textContent: passage.lang === "zh" ? "摘要" : "Abstract" });
      rows.push(element("details", {}, title, element("p", { dir: "auto", textContent: passage.text })));
    }
    return rows;
  }

  function relations(node) {
    const groups = new Map();
    for (const edge of edgesOf.get(node.id)) {
      const key = `${edge.relation} ${edge.from === node.id ? 0 : 2} ${edge.from === node.id ? nodes.get(edge.to).kind : ""}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(edge);
    }
    const order = Object.keys(RELATIONS);
    const keys = [...groups.keys()].sort((a, b) => order.indexOf(a.split(" ")[0]) - order.indexOf(b.split(" ")[0]));
    return keys.flatMap((key) => {
      const [relation, side, kind] = key.split(" ");
      const words = RELATIONS[relation].slice(Number(side), Number(side) + 2).join(" · ");
      const what = kind && kind !== "digest" ? ` ${KINDS[kind].en.toLowerCase()}` : "";
      const edges = groups.get(key).sort((a, b) => compare(nodes.get(end(a, node)), nodes.get(end(b, node))));
      const heading = element("h3", { textContent: `${words}${what} (${edges.length})` });
      return [heading, list(edges, (edge) => element("div", { className: "item" }, ...claim(edge, node)))];
    });
  }

  const end = (edge, node) => (edge.from === node.id ? edge.to : edge.from);

  function compare(a, b) { // papers by date, newest first; others by name
    if (a.kind === "paper" && b.kind === "paper") return (b.date || b.month).localeCompare(a.date || a.month) || (a.id < b.id ? 1 : -1);
    return name(a) < name(b) ? -1 : 1;
  }

  function claim(edge, from) {
    const ends = from ? [nodes.get(end(edge, from))] : [nodes.get(edge.from), nodes.get(edge.to)];
    const rows = ends.map((node) => {
      const date = node.kind === "paper" ? ` ${node.date || node.month} · ` : " ";
      const address = node.kind === "paper" ? link(arxiv(node.id), `arXiv:${node.id}`) : "";
      const words = element("div", {}, go(node), element("span", { className: "fact" }, date, address));
      return element("div", { className: "head" }, shape(node.kind), words);
    });
    rows.push(list(edge.evidence, (item) => quotation(edge, item), QUOTES));
    return rows;
  }

  function quotation(edge, item) {
    const passage = nodes.get(edge.from).passages[item.passage];
    const place = nodes.get(item.digest);
    const file = place ? name(place) : item.digest;
    const sure = `${Math.round(item.confidence * 100)} %`;
    const facts = `${PARTS[item.part]} · ${short(file, 80)}:${item.line} · ${item.rule} · ${sure}`;
    const words = passage ? [...passage.text] : [...item.quote];
    const [start, stop] = passage ? [item.start, item.end] : [0, words.length];
    const before = words.slice(Math.max(0, start - AROUND), start).join("");
    const after = words.slice(stop, stop + AROUND).join("");
    const quote = element("blockquote", { dir: "auto" },
      `${start > AROUND ? "…" : ""}${before}`,
      element("mark", { textContent: words.slice(start, stop).join("") }),
      `${after}${stop + AROUND < words.length ? "…" : ""}`);
    return element("div", {}, quote, element("p", { className: "fact", textContent: facts }));
  }

  function overview() {
    const rows = [element("h2", { textContent: document.title })];
    for (const sentence of graph.left) rows.push(element("p", { className: "fact", textContent: sentence }));
    rows.push(element("p", { className: "fact", textContent: "Choose a node or an edge, or search. · 点击节点或连线，或搜索。" }));
    for (const kind of ["topic", "method", "dataset"]) {
      const top = byWeight.filter((node) => node.kind === kind).slice(0, 8);
      if (!top.length) continue;
      rows.push(element("h3", { textContent: `Most connected ${KINDS[kind].en.toLowerCase()} · 最常见的${KINDS[kind].zh}` }));
      rows.push(...top.map((node) => element("div", {}, go(node, [node.en, other(node)].filter(Boolean).join(" · ") || name(node)),
        element("span", { className: "fact", textContent: ` ${edgesOf.get(node.id).length}` }))));
    }
    return rows;
  }

  /* --- Search ---------------------------------------------------------------------------------------- */

  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s_-]+/g, "");
  const index = byWeight.map((node) => [node, [node.en, node.zh, node.id, ...node.aliases].filter(Boolean).map((text) => fold(short(text, 400)))]);
  let marked = -1;

  function find(query) {
    const wanted = fold(query);
    if (!wanted) return [];
    const rank = (texts) => {
      if (texts.includes(wanted)) return 0;
      if (texts.some((text) => text.startsWith(wanted))) return 1;
      return texts.some((text) => text.includes(wanted)) ? 2 : 3;
    };
    return index.map(([node, texts]) => [rank(texts), node]).filter(([worth]) => worth < 3)
      .sort((a, b) => a[0] - b[0]).slice(0, 30).map(([, node]) => node);
  }

  function suggest() {
    const found = find($("query").value);
    const rows = found.map((node, at) => {
      const text = [name(node), other(node)].filter(Boolean).join(" · ");
      const row = element("li", { role: "option", id: `hit-${at}`, "aria-selected": "false" }, shape(node.kind),
        element("span", { className: "name", dir: "auto", textContent: short(text, 160) }));
      row.addEventListener("mousedown", (event) => { event.preventDefault(); pick(node); });
      return row;
    });
    const none = element("li", { className: "none", textContent: "Nothing found · 未找到" });
    const asked = fold($("query").value) !== "";
    $("hits").replaceChildren(...(rows.length ? rows : [none]));
    $("hits").hidden = !asked;
    $("query").setAttribute("aria-expanded", String(asked));
    mark(rows.length ? 0 : -1);
  }

  function mark(at) {
    marked = at;
    [...$("hits").children].forEach((row, place) => row.setAttribute("aria-selected", String(place === at)));
    if (at >= 0) {
      $("query").setAttribute("aria-activedescendant", `hit-${at}`);
      $("hits").children[at].scrollIntoView({ block: "nearest" });
    } else $("query").removeAttribute("aria-activedescendant");
  }

  function pick(node) {
    $("hits").hidden = true;
    $("query").setAttribute("aria-expanded", "false");
    choose(node.id, { move: true });
  }

  $("query").addEventListener("input", suggest);
  $("query").addEventListener("focus", suggest);
  $("query").addEventListener("blur", () => { $("hits").hidden = true; });
  $("query").addEventListener("keydown", (event) => {
    const rows = $("hits").querySelectorAll("[role=option]").length;
    if (event.key === "Escape") $("hits").hidden = true;
    if (!rows || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    mark((marked + (event.key === "ArrowDown" ? 1 : rows - 1)) % rows);
  });
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const found = find($("query").value);
    if (found.length) pick(found[Math.max(0, marked)]);
  });

  /* --- Filters and tools ----------------------------------------------------------------------------- */

  for (const [kind, { en, zh }] of Object.entries(KINDS)) {
    const total = graph.nodes.filter((node) => node.kind === kind).length;
    if (!total) continue;
    const box = element("input", { type: "checkbox", id: `show-${kind}`, checked: shown[kind] });
    box.addEventListener("change", () => { shown[kind] = box.checked; refresh(); });
    const number = element("span", { className: "count", textContent: String(total) });
    $("kinds").append(element("label", {}, box, shape(kind), `${en} ${zh} `, number));
  }
  const zoom = (factor) => network.moveTo({ scale: network.getScale() * factor });
  $("closer").addEventListener("click", () => zoom(1.4));
  $("farther").addEventListener("click", () => zoom(1 / 1.4));
  $("whole").addEventListener("click", () => network.fit({ animation: false }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== $("query")) { event.preventDefault(); $("query").focus(); }
    if (event.key === "Escape" && document.activeElement !== $("query")) clear();
  });
  count();
  if (nodes.has(graph.focus)) choose(graph.focus);
  else fill(overview());
})();
