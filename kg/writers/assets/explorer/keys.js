/* What the keys do. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom } = kg;
  const { $ } = dom;
  const STEP = 90; // pixels that an arrow key moves the map

  /* Show the keys and what they do. */
  function list() {
    const box = $("keys");
    box.replaceChildren(dom.make("h2", { textContent: words.say("keysTitle") }),
      dom.make("dl", {}, ...words.KEYS.flatMap(([key, pair]) => [dom.make("dt", {}, dom.make("kbd", { textContent: key })), dom.make("dd", { textContent: words.either(pair) })])),
      dom.button(words.say("close"), () => box.close(), { is: "plain" }));
    box.showModal();
  }

  /* Listen to the keys. `ways` are those to undo, redo, search and closeMenu. */
  function wire(app, ways) {
    /* Walk through what is joined to the chosen one, or through what is in sight. */
    function walkOn(step) {
      const all = app.state.node >= 0 ? app.neighbours() : app.map.inSight().slice(0, 200);
      if (!all.length) return;
      const at = all.indexOf(app.map.pointed);
      const node = all[(at + step + all.length) % all.length] ?? all[0];
      if (!app.isInSight(node)) app.map.reveal(node);
      app.map.point(node);
      dom.tell(words.say("cursor", dom.short(app.graph.name(node), 80)));
    }

    const ON_MAP = {
      ArrowLeft: () => app.map.panBy(STEP, 0), ArrowRight: () => app.map.panBy(-STEP, 0),
      ArrowUp: () => app.map.panBy(0, STEP), ArrowDown: () => app.map.panBy(0, -STEP),
      Enter: () => { if (app.map.pointed >= 0) app.choose(app.map.pointed); else walkOn(1); },
    };
    const ANYWHERE = {
      "/": () => ways.search(), "+": () => app.map.zoomBy(1.4), "=": () => app.map.zoomBy(1.4), "-": () => app.map.zoomBy(1 / 1.4),
      0: () => app.map.fit(), n: () => walkOn(1), p: () => walkOn(-1), f: () => app.openFilters($("filters").hidden),
      o: () => { if (app.state.node >= 0) app.only(app.state.node); },
      l: () => app.speak(words.language.now === "en" ? "zh" : "en"), t: () => $("theme").click(), "?": () => list(),
      Escape: () => escape(),
    };
    for (const depth of [1, 2, 3, 4, 5]) ANYWHERE[depth] = () => { if (app.state.node >= 0) app.change({ depth }, "depth"); };

    function escape() {
      if (!$("save-menu").hidden) { ways.closeMenu(); return; }
      if (!$("filters").hidden) { app.openFilters(false); return; }
      if (app.walking >= 0) { app.walk(-1); return; }
      if (app.state.node >= 0 || app.state.edge >= 0 || app.state.path.length) app.clear();
    }

    function onKey(event) {
      if (event.isComposing || $("keys").open) return;
      if (event.ctrlKey || event.metaKey) {
        const key = event.key.toLowerCase();
        if (event.target.matches("input[type=search]") || event.altKey) return;
        if (key === "z" && !event.shiftKey) { event.preventDefault(); ways.undo(); }
        if (key === "y" || (key === "z" && event.shiftKey)) { event.preventDefault(); ways.redo(); }
        return;
      }
      if (event.altKey) return;
      const typing = event.target.matches("input[type=search], select, input[type=range]");
      if (typing && event.key !== "Escape") return;
      const act = (event.target === $("canvas") && ON_MAP[event.key]) || ANYWHERE[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return;
      event.preventDefault();
      act();
    }

    document.addEventListener("keydown", onKey);
  }

  kg.keys = { wire, list };
})();
