/* What the page says to those who come with no question. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom } = kg;
  const { make } = dom;
  const TOP = 10;

  /* Papers about each thing, and papers a month, of what is shown. */
  function tally(app) {
    const { graph, scene } = app;
    const about = new Int32Array(graph.size);
    const months = graph.months.map(() => 0);
    const last = new Int32Array(graph.size).fill(-1);
    for (let edge = 0; edge < graph.edges.count; edge += 1) {
      const paper = graph.edges.source[edge];
      const target = graph.edges.target[edge];
      if (!scene.passed[edge] || paper >= graph.papers || last[target] === paper) continue;
      last[target] = paper; // edges stand by paper: two relations to one thing count once
      about[target] += 1;
    }
    for (let paper = 0; paper < graph.papers; paper += 1) if (scene.passes[paper]) months[graph.month[paper]] += 1;
    return { about, months };
  }

  function tiles(app) {
    const { graph, scene } = app;
    const tile = (name, count, all, kind) => make("div", { is: "tile" },
      make("b", { textContent: words.number(count) }), make("span", { is: "what" }, dom.shape(kind), name),
      count < all ? make("small", { textContent: words.say("shownOf", words.number(count), words.number(all)) }) : null);
    return make("div", { is: "tiles" },
      ...graph.kindNames.map((kind, at) => tile(words.kindName(kind, true), scene.passing[at], graph.totals[kind], kind)));
  }

  function row(app, node, count, most, note = "") {
    const bar = make("span", { is: `bar ${app.graph.kindOf(node)}`, "aria-hidden": "true" });
    bar.style.width = `${Math.max(2, Math.round((100 * count) / most))}%`;
    return make("li", {}, make("button", { type: "button", is: "ranked", on: { click: () => app.choose(node) } },
      make("span", { is: "name" }, dom.foreign(dom.short(app.graph.name(node), 60))),
      make("span", { is: "count", textContent: note || words.number(count) }), bar));
  }

  function ranking(app, kind, title, about) {
    const { graph } = app;
    const found = [];
    for (let node = graph.papers; node < graph.size; node += 1) if (graph.kindOf(node) === kind && about[node]) found.push(node);
    found.sort((a, b) => about[b] - about[a] || a - b);
    if (!found.length) return null;
    const box = make("ol", { is: "ranking" }, ...found.slice(0, TOP).map((node) => row(app, node, about[node], about[found[0]])));
    dom.rove(box, "button.ranked");
    return make("section", {}, make("h3", {}, dom.shape(kind), make("span", { textContent: title }),
      make("span", { is: "count", textContent: words.say("top") })), box);
  }

  function rising(app) {
    const { since, nodes } = app.graph.overview.rising;
    if (!nodes.length || app.narrowed) return null;
    const most = Math.max(...nodes.map(([, now]) => now));
    const box = make("ol", { is: "ranking rising" }, ...nodes.map(([node, now, before]) => row(app, node, now, most, words.say("risingCounts", words.number(now), words.number(before)))));
    dom.rove(box, "button.ranked");
    return make("section", {}, make("h3", {}, make("span", { textContent: words.say("rising", since) })), box);
  }

  function draw(app) {
    const { graph, state } = app;
    const lang = words.language.now;
    const { about, months } = tally(app);
    const left = graph.view.left[lang];
    const pinned = state.pin.length ? make("section", {}, make("h3", { textContent: words.say("pinned") }),
      ...state.pin.map((node) => make("div", { is: "head" }, dom.shape(graph.kindOf(node)), kg.details.go(app, node)))) : null;
    return [make("h2", { textContent: words.say("overview") }),
      graph.view[lang] ? make("p", { is: "lead", textContent: graph.view[lang] }) : null,
      left ? make("p", { is: "note", textContent: left }) : null,
      tiles(app),
      make("p", { is: "fact", textContent: words.say("linksSaid", words.number(app.scene.countPassed)) }),
      app.scene.count ? make("p", { is: "fact", textContent: words.say("start") }) : make("p", { is: "note", textContent: words.say("nothingShown") }),
      pinned,
      graph.months.length > 1 ? make("section", {}, make("h3", {}, make("span", { textContent: words.say("papersByMonth") })),
        kg.months.chart(graph.months, state.from || state.to ? graph.overview.months : months, { from: state.from, to: state.to, pick: (from, to) => app.change({ from, to }) }),
        make("p", { is: "fact", textContent: words.say("monthsHint") })) : null,
      ranking(app, "method", words.say("topMethods"), about),
      ranking(app, "dataset", words.say("topDatasets"), about),
      ranking(app, "topic", words.say("topTopics"), about),
      rising(app)];
  }

  kg.overview = { draw };
})();
