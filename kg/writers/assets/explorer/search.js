/* Finds nodes by names in both languages, aliases and arXiv ids; the best first. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const MOST = 12;

  const lower = (text) => text.normalize("NFKC").toLowerCase();
  const words = (text) => ` ${lower(text).replace(/[\s\-_‐-―/.,:;·'"“”‘’()[\]{}<>《》（）【】、，。：；！？]+/gu, " ").trim()} `;
  const packed = (text) => words(text).replace(/ /g, "") || lower(text).trim();
  const arxiv = (text) => {
    const found = /(?:arxiv(?:\.org)?[:/ ]\s*(?:abs\/|pdf\/)?)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?\/\d{7})(?:v\d+)?(?:\.pdf)?\s*$/i.exec(text);
    return found ? found[1].toLowerCase() : "";
  };

  /* Make the index of columns `id`, `en`, `zh`, `aliases`: for each node its names, folded. */
  function indexOf(columns) {
    const { id, en, zh, aliases } = columns;
    return id.map((key, at) => {
      const names = [en[at], zh[at], ...aliases[at]].filter(Boolean).map((name) => name.slice(0, 400));
      return { key: key.toLowerCase(), names, packed: names.map(packed), words: names.map(words) };
    });
  }

  /* 0 is best; null is no match. Also tells by which name it was found. */
  function match(entry, query) {
    if (entry.key === query.id || entry.key === query.raw) return [0, -1];
    let best = null;
    for (let at = 0; at < entry.packed.length; at += 1) {
      const rank = rankOf(entry.packed[at], entry.words[at], query, at);
      if (rank !== null && (best === null || rank < best[0])) best = [rank, at];
    }
    if (best === null && query.id && entry.key.startsWith(query.id)) return [3, -1];
    return best;
  }

  function rankOf(name, spaced, query, at) {
    const later = at > 1 ? 0.5 : 0; // an alias counts a little less than a label
    if (name === query.packed) return 1 + later;
    if (name.startsWith(query.packed)) return 3 + later + Math.min(0.4, (name.length - query.packed.length) / 100);
    if (spaced.includes(` ${query.spaced}`)) return 4 + later;
    if (name.includes(query.packed)) return 5 + later;
    if (query.tokens.length > 1 && query.tokens.every((token) => spaced.includes(token))) return 6 + later;
    return null;
  }

  /* Find the nodes that match, best first; weight breaks ties, the heavier first. */
  function find(index, text, weight, most = MOST) {
    const raw = lower(text).trim();
    if (!raw) return [];
    const spaced = words(text).trim();
    const query = { raw, id: arxiv(raw) || (/^\d{4}\.\d*$/.test(raw) ? raw : ""), packed: packed(text), spaced, tokens: spaced.split(" ") };
    const hits = [];
    index.forEach((entry, node) => {
      const found = match(entry, query);
      if (found) hits.push({ node, rank: found[0], by: found[1], weight: weight(node) });
    });
    hits.sort((a, b) => a.rank - b.rank || b.weight - a.weight || a.node - b.node);
    return hits.slice(0, most);
  }

  kg.search = { indexOf, find, packed };
})();
