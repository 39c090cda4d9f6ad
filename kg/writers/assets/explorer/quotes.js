/* Shows evidence: the quote in its words, marked, and where it stands. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom } = kg;
  const AROUND = 110; // characters on either side of a quote
  const FIRST = 2; // quotes before "more"

  /* Move a position off the middle of a pair of surrogates. */
  const whole = (text, at) => (/[\udc00-\udfff]/.test(text.charAt(at)) ? at + 1 : at);

  function quoted(claim) {
    const { text, start, length, cut, lang } = claim;
    const end = start + length;
    const from = start - AROUND <= 12 ? 0 : whole(text, start - AROUND);
    const to = end + AROUND >= text.length - 12 ? text.length : whole(text, end + AROUND);
    const before = (from > 0 || cut & 1 ? "…" : "") + text.slice(from, start);
    const after = text.slice(end, to) + (to < text.length || cut & 2 ? "…" : "");
    return dom.make("blockquote", { lang, dir: "auto" }, before, dom.make("mark", { textContent: text.slice(start, end) }), after);
  }

  function source(claim) {
    const percent = Math.round(claim.confidence * 100);
    const meter = dom.make("span", { is: "meter", "aria-hidden": "true" }, dom.make("span"));
    meter.firstChild.style.width = `${percent}%`;
    const place = claim.digest ? `${claim.digest}:${claim.line}` : words.say("lineAt", claim.line);
    return dom.make("p", { is: "source" },
      dom.make("span", { textContent: `${words.partName(claim.part)} (${claim.lang})` }),
      dom.foreign(place, "place"),
      dom.make("span", { textContent: `${words.say("rule")} ` }, dom.foreign(claim.rule)),
      dom.make("span", { title: words.say("confidence") }, meter, `${percent} %`));
  }

  const piece = (claim) => dom.make("div", { is: "claim" }, quoted(claim), source(claim));

  /* The evidence of an edge. Edges of the vocabulary have none of a digest and say so. */
  function ofEdge(graph, evidence, edge, first = FIRST) {
    const mine = (claim) => (claim.lang === words.language.now ? 0 : 1);
    const claims = evidence.ofEdge(edge).sort((a, b) => mine(a) - mine(b)); // the reader's language first, then the surest
    if (!claims.length) return dom.make("p", { is: "fact", textContent: words.say("vocabulary") });
    const box = dom.make("div", { is: "claims" }, ...claims.slice(0, first).map(piece));
    if (claims.length > first) {
      box.append(dom.button(claims.length === first + 1 ? words.say("moreQuote") : words.say("moreQuotes", claims.length - first), (event) => {
        event.target.remove();
        box.append(...claims.slice(first).map(piece));
      }, { is: "more" }));
    }
    return box;
  }

  /* A text with several stretches marked: [{start, end, kind, name}]. What overlaps goes to the longer. */
  function marked(text, spans) {
    const parts = [];
    let at = 0;
    for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
      if (span.start < at) continue;
      parts.push(text.slice(at, span.start), dom.make("mark", { is: span.kind, title: span.name, textContent: text.slice(span.start, span.end) }));
      at = span.end;
    }
    parts.push(text.slice(at));
    return parts;
  }

  /* What the digests say of a paper, its methods, datasets and topics marked. */
  function texts(graph, evidence, paper) {
    const spans = new Map();
    for (const edge of graph.at(paper)) {
      const entity = graph.edges.target[edge];
      for (const claim of evidence.ofEdge(edge)) {
        if (!spans.has(claim.number)) spans.set(claim.number, []);
        spans.get(claim.number).push({ start: claim.start, end: claim.start + claim.length, kind: graph.kindOf(entity), name: graph.name(entity) });
      }
    }
    return evidence.ofPaper(paper).map((item, at) => dom.make("div", { is: "text" },
      dom.make("p", { is: "source" }, dom.make("span", { textContent: `${words.partName(item.part)} (${item.lang})` }),
        dom.foreign(item.digest ? `${item.digest}:${item.line}` : "", "place")),
      dom.make("p", { is: "words", lang: item.lang, dir: "auto" }, item.cut & 1 ? "…" : "", ...marked(item.text, spans.get(at) || []), item.cut & 2 ? "…" : "")));
  }

  kg.quotes = { ofEdge, texts };
})();
