/* What the reader has asked for: one plain object, its history, and its address after the "#". */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;

  const START = {
    node: -1, edge: -1, depth: 1, only: false, path: [], hide: [], topic: [], tag: [], category: [],
    from: "", to: "", confidence: 0, support: 0, pin: [], fold: [], grow: [],
  };
  const LISTS = ["topic", "tag", "category", "pin", "fold", "grow", "path"];
  const within = (value, low, high) => Math.min(high, Math.max(low, value));

  /* Ids hold neither commas nor tildes (kg/iri.py), so these part them. */
  const edgeAddress = (graph, edge) =>
    [graph.id[graph.edges.source[edge]], graph.relationOf(edge), graph.id[graph.edges.target[edge]]].join("~");

  function edgeAt(graph, address) {
    const [source, relation, target] = address.split("~");
    const node = graph.byId.get(source);
    if (node === undefined) return -1;
    const found = graph.at(node).find((edge) => graph.relationOf(edge) === relation && graph.id[graph.edges.target[edge]] === target
      && graph.edges.source[edge] === node);
    return found === undefined ? -1 : found;
  }

  /* Write a state as the part of an address after "#". Only what differs from the start is written. */
  function toHash(graph, state, lang) {
    const query = new URLSearchParams();
    const ids = (nodes) => nodes.map((node) => graph.id[node]).join(",");
    if (state.node >= 0) { query.set("node", graph.id[state.node]); query.set("depth", String(state.depth)); }
    if (state.edge >= 0) query.set("edge", edgeAddress(graph, state.edge));
    if (state.only) query.set("only", "1");
    if (state.hide.length) query.set("hide", state.hide.join(","));
    for (const key of LISTS) if (state[key].length) query.set(key, ids(state[key]));
    for (const key of ["from", "to"]) if (state[key]) query.set(key, state[key]);
    for (const key of ["confidence", "support"]) if (state[key]) query.set(key, String(state[key]));
    query.set("lang", lang);
    return `#${query.toString().replace(/%2F/g, "/").replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%7E/g, "~")}`;
  }

  /* Read an address; what is unknown or out of range is left as at the start. */
  function fromHash(graph, hash) {
    const query = new URLSearchParams(hash.replace(/^#/, ""));
    const state = { ...START };
    const nodes = (text) => (text || "").split(",").map((id) => graph.byId.get(id)).filter((node) => node !== undefined);
    const node = graph.byId.get(query.get("node") || "");
    if (node !== undefined) state.node = node;
    if (query.get("edge")) state.edge = edgeAt(graph, query.get("edge"));
    state.depth = within(Math.round(Number(query.get("depth")) || 1), 1, 5);
    for (const key of LISTS) state[key] = nodes(query.get(key));
    if (state.path.length !== 2) state.path = [];
    state.only = query.get("only") === "1" && (state.node >= 0 || state.path.length === 2);
    state.hide = (query.get("hide") || "").split(",").filter((kind) => graph.kindNames.includes(kind));
    for (const key of ["from", "to"]) if (/^\d{4}-\d\d$/.test(query.get(key) || "")) state[key] = query.get(key);
    state.confidence = within(Number(query.get("confidence")) || 0, 0, 100);
    state.support = within(Math.round(Number(query.get("support")) || 0), 0, 1e6);
    const lang = query.get("lang");
    return { state, lang: lang === "en" || lang === "zh" ? lang : "" };
  }

  /* Keep the states one after another, in step with the history of the browser.
     Where the browser lets nothing into its history (a page inside another), the states are kept here alone. */
  function historyOf(first, address, changed) {
    const states = [first];
    let at = 0;
    let alone = false;
    const write = (how) => {
      try {
        window.history[how]({ kg: at }, "", address(states[at]));
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        alone = true;
      }
    };
    const go = (to) => {
      if (to < 0 || to >= states.length) return;
      if (alone) { at = to; changed(states[at]); } else window.history.go(to - at);
    };
    write("replaceState");
    return {
      get now() { return states[at]; },
      get canUndo() { return at > 0; },
      get canRedo() { return at < states.length - 1; },
      push(state) { states.splice(at + 1, states.length, state); at += 1; write("pushState"); changed(state); },
      replace(state) { states[at] = state; write("replaceState"); changed(state); },
      refresh() { write("replaceState"); },
      undo() { go(at - 1); },
      redo() { go(at + 1); },
      /* The browser went back or forth, or the reader typed an address. */
      arrived(entry, typed) {
        if (entry && Number.isInteger(entry.kg) && entry.kg < states.length) at = entry.kg;
        else { states.splice(at + 1, states.length, typed); at += 1; write("replaceState"); }
        changed(states[at]);
      },
    };
  }

  kg.state = { START, toHash, fromHash, historyOf };
})();
