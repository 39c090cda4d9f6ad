/* The legend that filters, the panel of filters, and the chips that say which are on. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom } = kg;
  const { make, button } = dom;
  const FACETS = { topic: ["task", "area"], tag: ["tag"], category: ["category"] };
  const SHOWN = 8; // rows of a facet before one types

  /* --- The legend -------------------------------------------------------------------------------------------- */

  function legend(app) {
    const { graph, state, scene } = app;
    return graph.kindNames.map((kind, at) => make("button", { type: "button", is: `kind ${kind}`, id: `kind-${kind}`,
      "aria-pressed": String(!state.hide.includes(kind)), on: { click: () => app.toggleKind(kind) } },
    dom.shape(kind), make("span", { textContent: words.kindName(kind, true) }), make("span", { is: "count", textContent: words.number(scene.passing[at]) })));
  }

  /* --- The panel --------------------------------------------------------------------------------------------- */

  /* Topics of some schemes, the busiest first. */
  function topicsOf(graph, schemes) {
    const found = [];
    for (let node = graph.papers; node < graph.size; node += 1) {
      if (graph.kindOf(node) === "topic" && schemes.includes(graph.schemeOf(node))) found.push(node);
    }
    return found.sort((a, b) => graph.support[b] - graph.support[a] || a - b);
  }

  function facetOf(app, key) {
    const { graph } = app;
    const all = topicsOf(graph, FACETS[key]);
    if (!all.length) return null;
    const rows = make("div", { is: "rows" });
    const row = (node) => make("label", { is: "row" },
      make("input", { type: "checkbox", checked: app.state[key].includes(node), on: { change: (event) => {
        app.change({ [key]: event.target.checked ? [...app.state[key], node] : app.state[key].filter((one) => one !== node) });
      } } }), dom.foreign(dom.short(graph.name(node), 80)), make("span", { is: "count", textContent: words.number(graph.support[node]) }));
    const fill = (text) => {
      const wanted = kg.search.packed(text);
      const names = (node) => [graph.en[node], graph.zh[node], ...graph.aliases[node]];
      const found = text.trim() ? all.filter((node) => names(node).some((name) => kg.search.packed(name.slice(0, 400)).includes(wanted))) : all;
      const first = app.state[key].filter((node) => found.includes(node));
      const rest = found.filter((node) => !first.includes(node)).slice(0, SHOWN);
      rows.replaceChildren(...[...first, ...rest].map(row));
      if (!found.length) rows.append(make("p", { is: "fact", textContent: words.say("noMatch") }));
    };
    const input = make("input", { type: "search", id: `find-${key}`, placeholder: words.say("find"), "aria-label": `${words.say(key)}: ${words.say("find")}`,
      on: { input: (event) => fill(event.target.value) } });
    fill("");
    return make("fieldset", { id: `facet-${key}` }, make("legend", { textContent: words.say(key) }), all.length > SHOWN ? input : null, rows);
  }

  function monthsOf(app) {
    const { graph, state } = app;
    if (graph.months.length < 2) return null;
    const select = (key, order) => make("select", { id: `month-${key}`, on: { change: (event) => app.change(order(event.target.value)) } },
      make("option", { value: "", textContent: words.say("anyMonth") }),
      ...graph.months.map((month) => make("option", { value: month, textContent: month, selected: state[key] === month })));
    const from = (value) => ({ from: value, to: value && app.state.to && app.state.to < value ? value : app.state.to });
    const to = (value) => ({ to: value, from: value && app.state.from > value ? value : app.state.from });
    return make("fieldset", {}, make("legend", { textContent: words.say("papersByMonth") }),
      kg.months.chart(graph.months, graph.overview.months, { from: state.from, to: state.to, pick: (low, high) => app.change({ from: low, to: high }) }),
      make("div", { is: "pair" }, make("label", {}, make("span", { textContent: words.say("from") }), select("from", from)),
        make("label", {}, make("span", { textContent: words.say("to") }), select("to", to))));
  }

  function slider(app, key, name, { max, step, unit }) {
    const output = make("output", { htmlFor: key, textContent: `${app.state[key]}${unit}` });
    const input = make("input", { type: "range", id: key, min: "0", max: String(max), step: String(step), value: String(app.state[key]),
      on: { input: (event) => { output.textContent = `${event.target.value}${unit}`; app.change({ [key]: Number(event.target.value) }, key); } } });
    return make("fieldset", { is: "slider" }, make("legend", { textContent: name }), input, output);
  }

  function panel(app) {
    return [make("div", { is: "top" }, make("h2", { textContent: words.say("filters") }),
      button(words.say("clearFilters"), () => app.clearFilters(), { is: "tiny", disabled: !app.filters }),
      button("×", () => app.openFilters(false), { is: "close", "aria-label": words.say("close") })),
    monthsOf(app), facetOf(app, "topic"), facetOf(app, "category"), facetOf(app, "tag"),
    slider(app, "confidence", words.say("leastConfidence"), { max: 100, step: 5, unit: " %" }),
    slider(app, "support", words.say("leastSupport"), { max: 30, step: 1, unit: "" })].filter(Boolean);
  }

  /* --- The chips --------------------------------------------------------------------------------------------- */

  function chip(app, text, without) {
    return make("button", { type: "button", is: "chip", "aria-label": `${text}: ${words.say("clearFilters")}`, on: { click: () => app.change(without) } },
      dom.foreign(dom.short(text, 48)), make("span", { "aria-hidden": "true", textContent: "×" }));
  }

  function chips(app) {
    const { state, graph } = app;
    const found = [];
    if (state.from || state.to) {
      found.push(chip(app, state.from === state.to ? state.from : `${state.from || "…"} – ${state.to || "…"}`, { from: "", to: "" }));
    }
    for (const key of Object.keys(FACETS)) {
      for (const node of state[key]) found.push(chip(app, graph.name(node), { [key]: state[key].filter((one) => one !== node) }));
    }
    if (state.confidence) found.push(chip(app, `${words.say("confidence")} ≥ ${state.confidence} %`, { confidence: 0 }));
    if (state.support) found.push(chip(app, `≥ ${words.papersCount(state.support)}`, { support: 0 }));
    if (found.length > 1) found.push(button(words.say("clearFilters"), () => app.clearFilters(), { is: "tiny" }));
    if (app.walking >= 0) {
      found.unshift(make("p", { is: "walk" }, words.say("pathFrom", dom.short(graph.name(app.walking), 40)), " ",
        button(words.say("cancel"), () => app.walk(-1), { is: "tiny" })));
    }
    return found;
  }

  /* How many filters are on. */
  const count = (state) => Number(Boolean(state.from || state.to)) + state.topic.length + state.tag.length + state.category.length
    + Number(state.confidence > 0) + Number(state.support > 0);

  kg.filters = { legend, panel, chips, count };
})();
