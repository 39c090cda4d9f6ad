/* Puts the parts together: reads the data, keeps the state, draws what it says. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom, state: states } = kg;
  const { $ } = dom;
  const NARROW = "(max-width: 800px)";

  const stored = (key, value) => { // a page from a file may have no storage
    try {
      if (value !== undefined) window.localStorage.setItem(`kg-${key}`, value);
      return window.localStorage.getItem(`kg-${key}`) || "";
    } catch (error) {
      if (error instanceof DOMException) return "";
      throw error;
    }
  };

  function appOf(graph) {
    const app = { graph, state: states.START, scene: null, evidence: null, map: null, walking: -1, filters: 0, narrowed: false };
    let history = null;
    let merging = ""; // what the last change was about; changes of one slider are one step of the history
    let outside = null;
    let find = null;

    /* --- Changing the state ---------------------------------------------------------------------------------- */

    app.change = (patch, about = "") => {
      const next = { ...app.state, ...patch };
      if (next.node < 0 && !next.path.length) next.only = false;
      if (JSON.stringify(next) === JSON.stringify(app.state)) { draw(); return; }
      if (about && about === merging) history.replace(next); else history.push(next);
      merging = about;
    };

    app.choose = (node, { reveal = false, focus = false } = {}) => {
      if (app.walking >= 0 && app.walking !== node) {
        const from = app.walking;
        app.walking = -1;
        app.change({ path: [from, node], node: -1, edge: -1, only: false });
        app.map.fit(app.scene.path.length ? app.scene.path : [from, node], 1.1);
      } else {
        app.walking = -1;
        app.change({ node, edge: -1, path: [], grow: [], hide: app.state.hide.filter((kind) => kind !== graph.kindOf(node)) });
        if (app.state.only) app.map.fit(); else if (reveal || !app.isInSight(node)) app.map.reveal(node);
      }
      if (focus || document.activeElement === document.body) $("panel").focus({ preventScroll: true });
    };

    app.chooseLink = (edge) => app.change({ edge, node: -1, path: [], only: false });
    app.clear = () => {
      app.walking = -1;
      const { only } = app.state;
      app.change({ node: -1, edge: -1, path: [], only: false, grow: [] });
      if (only) app.map.fit();
      $("canvas").focus({ preventScroll: true });
    };
    app.only = (node) => {
      app.change({ node, edge: -1, path: [], only: node === app.state.node ? !app.state.only : true });
      if (app.state.only) app.map.fit(); else app.map.reveal(node);
    };
    app.pin = (node) => {
      const pin = app.state.pin.includes(node) ? app.state.pin.filter((one) => one !== node) : [...app.state.pin, node];
      const moved = { ...app.state.moved };
      if (!pin.includes(node)) delete moved[node];
      app.change({ pin, moved });
    };
    app.grow = (node) => {
      app.change({ grow: [...app.state.grow, node], only: true });
      app.map.fit();
    };
    app.fold = (node) => app.change({ fold: app.state.fold.includes(node) ? app.state.fold.filter((one) => one !== node) : [...app.state.fold, node] });
    app.walk = (node) => {
      app.walking = app.walking === node ? -1 : node;
      if (app.walking >= 0 && window.matchMedia(NARROW).matches) grip(false);
      draw();
      if (app.walking >= 0) dom.tell(words.say("pathFrom", dom.short(graph.name(node), 40)));
    };
    app.toggleKind = (kind) => app.change({ hide: app.state.hide.includes(kind) ? app.state.hide.filter((one) => one !== kind) : [...app.state.hide, kind] });
    app.clearFilters = () => app.change({ from: "", to: "", topic: [], tag: [], category: [], confidence: 0, support: 0, hide: [] });

    app.isInSight = (node) => {
      const { width, height, k } = app.map.view();
      const [x, y] = app.map.placeOf(node);
      return x > 20 && y > 20 && x < width - 20 && y < height - 20 && k > 0.02;
    };

    app.neighbours = () => [...new Set([...graph.at(app.state.node)].filter((edge) => app.scene.links[edge]).map((edge) => graph.end(edge, app.state.node)))];

    app.leftOut = () => {
      outside = outside || kg.data.block("kg-index");
      return outside;
    };

    app.copyLink = async () => {
      const text = window.location.href;
      if (navigator.clipboard && window.isSecureContext) await navigator.clipboard.writeText(text);
      else { // a page from a file has no clipboard of its own
        const area = dom.make("textarea", { value: text, is: "away", readOnly: true });
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      dom.tell(words.say("copied"));
    };

    /* --- Drawing the page ------------------------------------------------------------------------------------ */

    function content() {
      const { state } = app;
      if (state.edge >= 0) return kg.details.ofLink(app, state.edge);
      if (state.path.length === 2) return kg.details.ofPath(app);
      if (state.node >= 0) return kg.details.ofNode(app, state.node);
      return kg.overview.draw(app);
    }

    /* Draw a part of the page anew and leave the focus where it was. */
    function redraw(box, children) {
      const active = document.activeElement;
      const inside = box.contains(active) && active !== box;
      const again = inside && (active.id ? `#${CSS.escape(active.id)}` : active.dataset.from ? `[data-from="${active.dataset.from}"]` : "");
      box.replaceChildren(...children.filter(Boolean));
      if (!inside) return;
      const found = again && box.querySelector(again);
      (found || (box.id === "content" ? $("panel") : box.querySelector("button, input") || $("canvas"))).focus({ preventScroll: true });
    }

    let shownKey = "";

    function draw() {
      const { state, scene } = app;
      const key = `${state.node} ${state.edge} ${state.path}`;
      redraw($("content"), content());
      if (key !== shownKey) $("panel").scrollTop = 0;
      shownKey = key;
      redraw($("legend"), kg.filters.legend(app));
      redraw($("chips"), kg.filters.chips(app));
      if (!$("filters").hidden) drawFilters();
      const on = app.filters;
      $("open-filters").textContent = on ? words.say("filtersOn", on) : words.say("filters");
      $("undo").disabled = !history || !history.canUndo;
      $("redo").disabled = !history || !history.canRedo;
      document.body.classList.toggle("chosen", state.node >= 0 || state.edge >= 0 || state.path.length > 0);
      if (state.node >= 0) dom.tell(words.say("chosen", dom.short(graph.name(state.node), 60), words.number(scene.litCount - 1)));
      else if (scene.count < graph.size) dom.tell(words.say("status", words.number(scene.count), words.number(graph.size)));
    }

    function drawFilters() {
      const box = $("filters");
      const { scrollTop } = box;
      const active = document.activeElement;
      if (box.contains(active) && active.matches("input[type=range], input[type=checkbox], input[type=search]")) {
        box.querySelector(".top .tiny").disabled = !app.filters; // what is being moved is not made anew
        return;
      }
      redraw(box, kg.filters.panel(app));
      box.scrollTop = scrollTop;
    }

    app.openFilters = (open) => {
      $("filters").hidden = !open;
      $("open-filters").setAttribute("aria-expanded", String(open));
      if (open) {
        drawFilters();
        const first = $("filters").querySelector("button.month, input");
        if (first) first.focus();
      } else $("open-filters").focus();
      app.map.resize();
    };

    function arrived(state) {
      app.state = state;
      app.scene = kg.scene.compute(graph, state);
      app.filters = kg.filters.count(state);
      app.narrowed = app.filters > 0;
      app.map.set(app.scene, state, kg.scene.places(graph, state, app.scene));
      draw();
    }

    function grip(large) {
      document.body.classList.toggle("large", large);
      $("grip").setAttribute("aria-expanded", String(large));
      $("grip").setAttribute("aria-label", words.say(large ? "smaller" : "bigger"));
      if (app.map) app.map.resize();
    }

    /* --- Language and theme ---------------------------------------------------------------------------------- */

    function phrases() {
      document.documentElement.lang = words.language.now;
      for (const [name, attribute] of [["say", ""], ["sayLabel", "aria-label"], ["sayTitle", "title"], ["sayPlaceholder", "placeholder"]]) {
        const selector = `[data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`;
        document.querySelectorAll(selector).forEach((element) => {
          const text = words.say(element.dataset[name]);
          if (!attribute) element.textContent = text; else element.setAttribute(attribute, text);
          if (attribute === "title") element.setAttribute("aria-label", text);
        });
      }
      $("query").placeholder = words.say(window.matchMedia(NARROW).matches ? "searchShort" : "search");
      $("language").lang = words.language.now === "en" ? "zh" : "en";
      grip(document.body.classList.contains("large"));
    }

    app.speak = (lang) => {
      words.language.now = lang;
      stored("lang", lang);
      phrases();
      if (!app.scene) return;
      if (!$("filters").hidden) redraw($("filters"), kg.filters.panel(app));
      draw();
      history.refresh();
      app.map.dress();
      find.refresh();
    };

    app.wear = (theme) => {
      document.documentElement.dataset.theme = theme;
      if (app.map) app.map.dress();
    };

    /* --- Wiring ---------------------------------------------------------------------------------------------- */

    function menu(open) {
      $("save-menu").hidden = !open;
      $("save").setAttribute("aria-expanded", String(open));
      if (open) $("save-menu").querySelector("button").focus(); else $("save").focus();
    }

    function tip(node, x, y) {
      const box = $("tip");
      box.hidden = node < 0;
      if (node < 0) return;
      const kind = graph.kindOf(node);
      const other = graph.otherName(node);
      const note = node < graph.papers ? graph.monthOf(node) : graph.support[node] ? words.papersCount(graph.support[node]) : "";
      box.replaceChildren(dom.make("b", {}, dom.foreign(dom.short(graph.name(node), 120))), ...(other ? [dom.make("span", {}, dom.foreign(dom.short(other, 80)))] : []),
        dom.make("small", {}, dom.shape(kind), [words.kindName(kind), note].filter(Boolean).join(" · ")));
      const { width, height } = app.map.view();
      box.style.left = `${Math.max(8, Math.min(x + 14, width - box.offsetWidth - 8))}px`;
      box.style.top = `${y + 18 + box.offsetHeight > height ? Math.max(8, y - box.offsetHeight - 12) : y + 18}px`;
    }

    /* How much of the map the legend covers, at the top and at the bottom. */
    function inset() {
      const legend = $("legend").getBoundingClientRect();
      const stage = $("stage").getBoundingClientRect();
      const high = legend.top - stage.top < stage.height / 2;
      return { top: high ? legend.bottom - stage.top : 0, bottom: high ? 14 : stage.bottom - legend.top };
    }

    function painted(facts) {
      const few = facts.drawn < facts.all && !facts.lit;
      $("facts").textContent = few ? words.say("statusEdges", words.number(facts.drawn), words.number(facts.all)) : "";
    }

    function wire() {
      $("open-filters").addEventListener("click", () => app.openFilters($("filters").hidden));
      $("undo").addEventListener("click", () => history.undo());
      $("redo").addEventListener("click", () => history.redo());
      $("save").addEventListener("click", () => menu($("save-menu").hidden));
      $("save-menu").addEventListener("click", (event) => {
        const what = event.target.dataset.save;
        if (what) { menu(false); kg.save.as(app, what); }
      });
      dom.rove($("save-menu"), "[role=menuitem]");
      document.addEventListener("click", (event) => { if (!$("save-menu").hidden && !event.target.closest(".menu")) { $("save-menu").hidden = true; $("save").setAttribute("aria-expanded", "false"); } });
      $("language").addEventListener("click", () => app.speak(words.language.now === "en" ? "zh" : "en"));
      $("theme").addEventListener("click", () => {
        const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
        stored("theme", theme);
        app.wear(theme);
      });
      $("help").addEventListener("click", kg.keys.list);
      $("zoom-in").addEventListener("click", () => app.map.zoomBy(1.5));
      $("zoom-out").addEventListener("click", () => app.map.zoomBy(1 / 1.5));
      $("fit").addEventListener("click", () => app.map.fit());
      $("grip").addEventListener("click", () => grip(!document.body.classList.contains("large")));
      new ResizeObserver(() => app.map.resize()).observe($("stage"));
      window.addEventListener("popstate", (event) => { merging = ""; app.walking = -1; history.arrived(event.state, states.fromHash(graph, window.location.hash).state); });
      window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => { if (!stored("theme")) app.wear(event.matches ? "dark" : "light"); });
    }

    /* Take what the address asks for; failing that, what the exporter was asked for. */
    function asked() {
      const { state, lang } = states.fromHash(graph, window.location.hash);
      const chosen = state.node >= 0 || state.edge >= 0 || state.path.length;
      const { focus, depth } = graph.view;
      if (!chosen && focus >= 0 && !window.location.hash) return { state: { ...state, node: focus, depth: Math.max(1, depth || 1) }, lang };
      return { state, lang };
    }

    app.open = () => {
      const { state, lang } = asked();
      const own = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
      words.language.now = lang || stored("lang") || own;
      document.documentElement.dataset.theme = stored("theme") || (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
      phrases();
      app.map = kg.map.mapOf(graph, $("canvas"), {
        choose: (node) => app.choose(node), chooseLink: app.chooseLink, clear: () => { if (document.body.classList.contains("chosen")) app.clear(); },
        moved: (node, place) => app.change({ moved: { ...app.state.moved, [node]: place }, pin: app.state.pin.includes(node) ? app.state.pin : [...app.state.pin, node] }),
        only: (node) => app.only(node), hover: tip, painted, inset,
      });
      history = states.historyOf(state, (one) => states.toHash(graph, one, words.language.now), arrived);
      app.map.resize();
      app.map.dress();
      arrived(state);
      find = kg.find.box(app);
      wire();
      kg.keys.wire(app, { undo: () => history.undo(), redo: () => history.redo(), search: () => find.open(), closeMenu: () => menu(false) });
      if (state.node >= 0 && !state.only) app.map.reveal(state.node, app.neighbours().slice(0, 40)); else app.map.fit(state.path.length ? app.scene.path : undefined);
      app.map.paintNow();
    };

    app.readEvidence = async () => {
      app.evidence = kg.data.evidenceOf(graph, await kg.data.block("kg-evidence"));
      if (app.state.node >= 0 || app.state.edge >= 0 || app.state.path.length) draw();
    };

    return app;
  }

  async function begin() {
    if (typeof DecompressionStream === "undefined") {
      $("content").append(dom.make("p", { is: "note", textContent: `${words.say("old")} 此页面需要 2023 年以后的浏览器。` }));
      return;
    }
    const app = appOf(kg.data.graphOf(await kg.data.block("kg-graph")));
    app.open();
    document.documentElement.dataset.drawn = "1";
    performance.mark("drawn");
    await new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
    await app.readEvidence();
    document.documentElement.dataset.evidence = "1";
  }

  delete globalThis.kgExplorer;
  begin();
})();
