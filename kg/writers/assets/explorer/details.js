/* The side panel of what is chosen: a thing, a link between two, or a path. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom } = kg;
  const { make, button, foreign } = dom;
  const LONG = 600; // characters of a name in a heading

  /* In which order a thing's links are listed: [relation, against the edge]. */
  const SECTIONS = [["proposes", false], ["introduces", false], ["usesMethod", false], ["usesDataset", false], ["hasTopic", false],
    ["proposes", true], ["introduces", true], ["usesMethod", true], ["usesDataset", true], ["hasTopic", true], ["broader", false], ["broader", true]];

  const badge = (app, node) => {
    const kind = app.graph.kindOf(node);
    const scheme = words.schemeName(app.graph.schemeOf(node));
    return make("span", { is: `badge ${kind}` }, dom.shape(kind), words.kindName(kind), scheme && scheme !== words.kindName(kind) ? ` · ${scheme}` : "");
  };

  const closer = (app) => button("×", () => app.clear(), { is: "close", "aria-label": words.say("back"), title: words.say("back") });

  const go = (app, node, most = 160) => make("button", { type: "button", is: "go", on: { click: () => app.choose(node) } },
    foreign(dom.short(app.graph.name(node), most)));

  const datum = (app, node) => (node < app.graph.papers ? app.graph.date[node] || app.graph.monthOf(node) : "");

  /* One thing in a list of what is joined to the chosen one, with what joins them. */
  function item(app, node, edge) {
    const { graph } = app;
    const facts = make("p", { is: "fact" });
    if (node < graph.papers) facts.append(datum(app, node), " · ", dom.arxiv(graph.id[node]));
    else if (graph.support[node]) facts.append(words.papersCount(graph.support[node]));
    facts.append(facts.childNodes.length ? " · " : "", button(words.say("evidence"), () => app.chooseLink(edge), { is: "tiny" }));
    return make("article", { is: "item" },
      make("div", { is: "head" }, dom.shape(graph.kindOf(node)), make("div", {}, go(app, node), facts)),
      kg.quotes.ofEdge(graph, app.evidence, edge, 1));
  }

  /* The edges at a node by section, each sorted: papers newest first, other things the busiest first. */
  function sectionsOf(app, node) {
    const { graph } = app;
    const edges = [...graph.at(node)].filter((edge) => app.scene.astray || app.scene.passed[edge]);
    const newest = (a, b) => (datum(app, graph.end(b, node)) > datum(app, graph.end(a, node)) ? 1 : datum(app, graph.end(b, node)) < datum(app, graph.end(a, node)) ? -1 : 0)
      || graph.support[graph.end(b, node)] - graph.support[graph.end(a, node)] || graph.end(a, node) - graph.end(b, node);
    return SECTIONS.map(([relation, against]) => ({ relation, against, edges: edges.filter((edge) => graph.relationOf(edge) === relation
      && (graph.edges.target[edge] === node) === against).sort(newest) })).filter((section) => section.edges.length);
  }

  function section(app, node, { relation, against, edges }) {
    const { graph } = app;
    const kind = graph.kindOf(graph.end(edges[0], node));
    const title = `${words.relationName(relation, against)}`;
    return make("section", { is: "joined" },
      make("h3", {}, make("span", { textContent: title }), make("span", { is: "count", textContent: words.number(edges.length) })),
      dom.list(edges, (edge) => item(app, graph.end(edge, node), edge), kind === "paper" ? 10 : 12));
  }

  /* --- What can be done with a thing ------------------------------------------------------------------------- */

  function toggle(text, pressed, act, properties = {}) {
    return button(text, act, { is: "toggle", "aria-pressed": String(pressed), ...properties });
  }

  function actions(app, node) {
    const { state, scene, graph } = app;
    const slider = make("input", { type: "range", id: "depth", min: "1", max: "5", step: "1", value: String(state.depth),
      on: { input: (event) => app.change({ depth: Number(event.target.value) }, "depth") } });
    const output = make("output", { textContent: String(state.depth), htmlFor: "depth" });
    const around = make("div", { is: "depth" }, make("label", { htmlFor: "depth", textContent: words.say("depth") }), slider, output);
    const hidden = state.only ? [...graph.at(node)].filter((edge) => !scene.nodes[graph.end(edge, node)]).length : 0;
    const folded = state.fold.includes(node);
    const row = make("div", { is: "actions" },
      toggle(words.say("only"), state.only, () => app.only(node), { id: "only" }),
      toggle(words.say(state.pin.includes(node) ? "unpin" : "pin"), state.pin.includes(node), () => app.pin(node), { id: "pin" }),
      toggle(words.say("path"), app.walking === node, () => app.walk(node), { id: "path" }),
      hidden && !folded ? button(words.say("expand", words.number(hidden)), () => app.grow(node), { is: "toggle", id: "expand" })
        : toggle(words.say(folded ? "unfold" : "collapse"), folded, () => app.fold(node), { id: "collapse" }),
      button(words.say("copyLink"), () => app.copyLink(), { is: "toggle", id: "copy" }));
    return make("div", { is: "doing" }, around, row);
  }

  function aliasesOf(app, node) {
    const names = app.graph.aliases[node].filter((name) => name !== app.graph.en[node] && name !== app.graph.zh[node]);
    if (!names.length) return null;
    const chip = (name) => make("span", { is: "chip" }, foreign(dom.short(name, 120)));
    return make("section", {}, make("h3", { textContent: words.say("also") }), dom.list(names, chip, 12, "aliases"));
  }

  function monthsOf(app, node) {
    const { graph, state } = app;
    const papers = new Set([...graph.at(node)].map((edge) => graph.end(edge, node)).filter((other) => other < graph.papers));
    if (papers.size < 4) return null;
    const counts = graph.months.map(() => 0);
    papers.forEach((paper) => { counts[graph.month[paper]] += 1; });
    return make("section", {}, make("h3", { textContent: words.say("papersByMonth") }),
      kg.months.chart(graph.months, counts, { from: state.from, to: state.to, pick: (from, to) => app.change({ from, to }) }));
  }

  function factsOf(app, node) {
    const { graph } = app;
    if (node >= graph.papers) return graph.support[node] ? make("p", { is: "fact", textContent: words.papersCount(graph.support[node]) }) : null;
    const code = graph.code[node].map((address) => make("span", {}, " · ", `${words.say("code")}: `, dom.link(address, dom.short(address.replace(/^https?:\/\//, ""), 60))));
    const digests = graph.listed[node].map((at) => graph.digests.name[at]);
    return make("div", {}, make("p", { is: "fact" }, datum(app, node) || words.say("undated"), " · ", dom.arxiv(graph.id[node]), ...code),
      digests.length ? make("p", { is: "fact" }, `${words.say("digests")}: `, foreign(dom.short(digests.join(", "), 300))) : null);
  }

  function ofNode(app, node) {
    const { graph } = app;
    const other = graph.otherName(node);
    const parts = [closer(app), badge(app, node),
      make("h2", {}, foreign(dom.short(graph.name(node), LONG))),
      other ? make("p", { is: "other" }, foreign(dom.short(other, LONG))) : null,
      factsOf(app, node),
      app.scene.astray ? make("p", { is: "note" }, `${words.say("hidden")}. `, button(words.say("showAnyway"), () => app.clearFilters(), { is: "tiny" })) : null,
      actions(app, node), aliasesOf(app, node), monthsOf(app, node)];
    if (!app.evidence) return [...parts, make("p", { is: "note", textContent: words.say("readEvidence") })];
    parts.push(...sectionsOf(app, node).map((one) => section(app, node, one)));
    if (node < graph.papers) {
      parts.push(make("section", {}, make("h3", { textContent: words.say("texts") }), ...kg.quotes.texts(graph, app.evidence, node)));
    }
    return parts;
  }

  /* --- A link, a path ---------------------------------------------------------------------------------------- */

  const end = (app, node) => make("div", { is: "head" }, dom.shape(app.graph.kindOf(node)), make("div", {}, go(app, node),
    node < app.graph.papers ? make("p", { is: "fact" }, datum(app, node), " · ", dom.arxiv(app.graph.id[node])) : null));

  function ofLink(app, edge) {
    const { graph } = app;
    return [closer(app), make("span", { is: "badge", textContent: words.say("links") }),
      make("h2", { textContent: words.relationName(graph.relationOf(edge)) }),
      end(app, graph.edges.source[edge]), make("p", { is: "arrow", textContent: `↓ ${words.relationName(graph.relationOf(edge))}` }), end(app, graph.edges.target[edge]),
      make("section", {}, make("h3", { textContent: words.say("evidence") }), app.evidence ? kg.quotes.ofEdge(graph, app.evidence, edge, 50)
        : make("p", { is: "note", textContent: words.say("readEvidence") }))];
  }

  function step(app, from, to) {
    const { graph, scene } = app;
    const edges = [...graph.at(from)].filter((edge) => scene.litEdges.has(edge) && graph.end(edge, from) === to);
    return edges.map((edge) => make("div", { is: "step" },
      make("p", { is: "arrow", textContent: `↓ ${words.relationName(graph.relationOf(edge), graph.edges.target[edge] === from)}` }),
      app.evidence ? kg.quotes.ofEdge(graph, app.evidence, edge, 1) : null));
  }

  function ofPath(app) {
    const { scene, state } = app;
    const { path } = scene;
    const head = [closer(app), make("span", { is: "badge", textContent: words.say("pathTitle") }),
      make("h2", {}, foreign(dom.short(app.graph.name(state.path[0]), 90)), " → ", foreign(dom.short(app.graph.name(state.path[1]), 90)))];
    if (!path.length) return [...head, make("p", { is: "note", textContent: words.say("noPath") })];
    const row = make("div", { is: "actions" }, toggle(words.say("only"), state.only, () => app.change({ only: !state.only }), { id: "only" }),
      button(words.say("copyLink"), () => app.copyLink(), { is: "toggle", id: "copy" }));
    const steps = path.flatMap((node, at) => [end(app, node), ...(at + 1 < path.length ? step(app, node, path[at + 1]) : [])]);
    return [...head, make("p", { is: "fact", textContent: words.say("pathSteps", path.length - 1) }), row, make("section", { is: "path" }, ...steps)];
  }

  kg.details = { ofNode, ofLink, ofPath, go };
})();
