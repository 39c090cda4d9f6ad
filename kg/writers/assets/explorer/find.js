/* The search box: suggestions as one types, walked by the arrow keys. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom, search } = kg;
  const { $, make } = dom;

  /* Wire the search box. Gives {open, refresh}. */
  function box(app) {
    const query = $("query");
    const hits = $("hits");
    const { graph } = app;
    let index = null;
    let beyond = null; // {columns, index} of what the page does not draw
    let found = [];
    let at = -1;

    const weight = (node) => (node < graph.papers ? 0 : 2 + graph.support[node]);

    function ready() {
      if (!index) index = search.indexOf(graph);
      return index;
    }

    async function readBeyond() {
      if (beyond) return;
      beyond = { index: null };
      const columns = await app.leftOut();
      if (!columns) return;
      beyond = { columns, index: search.indexOf(columns), kind: kg.data.kindsOf(columns.kinds, columns.id.length) };
      refresh();
    }

    const known = (hit) => [graph.en[hit.node], graph.zh[hit.node], ...graph.aliases[hit.node]].filter(Boolean)[hit.by];

    function option(hit, place) {
      const name = graph.name(hit.node);
      const by = hit.by >= 0 ? known(hit) : "";
      const kind = graph.kindOf(hit.node);
      const note = hit.node < graph.papers ? graph.monthOf(hit.node) : graph.support[hit.node] ? words.papersCount(graph.support[hit.node]) : "";
      return make("li", { role: "option", id: `hit-${place}`, "aria-selected": "false", on: { mousedown: (event) => { event.preventDefault(); take(place); } } },
        dom.shape(kind), make("span", { is: "name" }, dom.foreign(dom.short(name, 90)),
          by && by !== name ? make("small", {}, " ", dom.foreign(dom.short(by, 60))) : null),
        make("small", { is: "about", textContent: [words.kindName(kind), note].filter(Boolean).join(" · ") }));
    }

    /* What was left out of the page: says so, and how to see it. */
    function outside(hit) {
      const { columns, kind } = beyond;
      const id = columns.id[hit.node];
      const name = (words.language.now === "zh" ? columns.zh[hit.node] || columns.en[hit.node] : columns.en[hit.node] || columns.zh[hit.node]) || id;
      const kindName = columns.kinds[kind[hit.node]][0];
      const command = `kg view --focus "${id}"`;
      return make("li", { is: "outside", role: "option", "aria-selected": "false", "aria-disabled": "true" }, dom.shape(kindName),
        make("span", { is: "name" }, dom.foreign(dom.short(name, 90)), make("small", { textContent: ` ${[words.kindName(kindName), columns.papers[hit.node] ? words.papersCount(columns.papers[hit.node]) : "", words.say("notDrawn")].filter(Boolean).join(" · ")}` }),
          make("small", { is: "command" }, words.say("seeWith"), kindName === "paper" ? make("span", {}, dom.arxiv(id), " · ") : null, make("code", {}, dom.foreign(command)))));
    }

    function refresh() {
      const text = query.value;
      if (!text.trim()) { close(); return; }
      found = search.find(ready(), text, weight);
      const more = beyond && beyond.index ? search.find(beyond.index, text, (node) => beyond.columns.papers[node], 4) : [];
      if (!beyond && found.length < 4) readBeyond();
      const head = more.length ? [make("li", { is: "group", role: "presentation", textContent: words.say("leftOut") })] : [];
      hits.replaceChildren(...found.map(option), ...head, ...more.map(outside));
      if (!found.length && !more.length) hits.append(make("li", { is: "none", role: "presentation", textContent: words.say("nothingFound", dom.short(text.trim(), 60)) }));
      hits.hidden = false;
      query.setAttribute("aria-expanded", "true");
      select(found.length ? 0 : -1);
    }

    function select(place) {
      at = place;
      hits.querySelectorAll("[role=option]:not(.outside)").forEach((item, index_) => {
        item.setAttribute("aria-selected", String(index_ === at));
        if (index_ === at) item.scrollIntoView({ block: "nearest" });
      });
      if (at >= 0) query.setAttribute("aria-activedescendant", `hit-${at}`);
      else query.removeAttribute("aria-activedescendant");
    }

    function close() {
      hits.hidden = true;
      at = -1;
      query.setAttribute("aria-expanded", "false");
      query.removeAttribute("aria-activedescendant");
    }

    function take(place) {
      const hit = found[place];
      if (!hit) return;
      query.value = "";
      close();
      query.blur();
      app.choose(hit.node, { reveal: true, focus: true });
    }

    query.addEventListener("input", refresh);
    query.addEventListener("focus", () => { if (query.value) refresh(); });
    query.addEventListener("blur", (event) => { if (!hits.contains(event.relatedTarget)) close(); });
    hits.addEventListener("mousedown", (event) => { if (!event.target.closest("a")) event.preventDefault(); });
    query.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // an input method is choosing characters
      const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
      if (to !== undefined && found.length) { event.preventDefault(); select((to + found.length) % found.length); }
      if (event.key === "Enter") { event.preventDefault(); take(Math.max(0, at)); }
      if (event.key === "Escape") { event.stopPropagation(); if (query.value) { query.value = ""; close(); } else query.blur(); }
    });
    return { open: () => { query.focus(); query.select(); }, refresh: () => { if (!hits.hidden) refresh(); } };
  }

  kg.find = { box };
})();
