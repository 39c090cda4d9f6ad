/* Saves what is seen: as a picture, a drawing, or tables. Made in the page; nothing is sent anywhere. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom, paint: painter } = kg;
  const SVG = "http://www.w3.org/2000/svg";

  function download(blob, name) {
    const address = URL.createObjectURL(blob);
    const link = dom.make("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    dom.tell(words.say("saved", name));
  }

  /* --- Tables ------------------------------------------------------------------------------------------------ */

  /* Write a cell so that no program splits it or takes it for a formula. */
  function cell(value) {
    const text = String(value);
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }

  const table = (rows) => `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

  /* The nodes that are seen: what stands out, else what is in the window. */
  function seen(app) {
    const { scene } = app;
    if (!scene.lit) return app.map.inSight();
    return app.graph.order.filter((node) => scene.nodes[node] && (scene.lit[node] || app.state.pin.includes(node)));
  }

  function nodesTable(app) {
    const { graph } = app;
    const rows = seen(app).map((node) => [graph.id[node], graph.kindOf(node), graph.en[node], graph.zh[node], graph.aliases[node].join(" | "),
      node < graph.papers ? graph.date[node] || graph.monthOf(node) : "", graph.schemeOf(node), node < graph.papers ? "" : graph.support[node],
      node < graph.papers ? `https://arxiv.org/abs/${graph.id[node]}` : ""]);
    return table([["id", "kind", "label_en", "label_zh", "aliases", "date", "scheme", "papers", "url"], ...rows]);
  }

  function linksTable(app) {
    const { graph, scene } = app;
    const among = new Set(seen(app));
    const rows = [];
    for (let edge = 0; edge < graph.edges.count; edge += 1) {
      const [source, target] = [graph.edges.source[edge], graph.edges.target[edge]];
      if (!scene.links[edge] || !among.has(source) || !among.has(target)) continue;
      if (scene.litEdges && !scene.litEdges.has(edge)) continue;
      const start = [graph.id[source], graph.name(source), graph.relationOf(edge), graph.id[target], graph.name(target), graph.edges.confidence[edge] / 1000];
      const claims = app.evidence ? app.evidence.ofEdge(edge) : [];
      if (!claims.length) rows.push([...start, "", "", "", "", "", "vocabulary"]);
      for (const claim of claims) {
        rows.push([...start, claim.text.slice(claim.start, claim.start + claim.length), claim.part, claim.lang, claim.digest, claim.line, claim.rule]);
      }
    }
    return table([["source", "source_label", "relation", "target", "target_label", "confidence", "quote", "part", "lang", "digest", "line", "rule"], ...rows]);
  }

  /* --- Drawing ----------------------------------------------------------------------------------------------- */

  function element(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const round = (value) => Math.round(value * 10) / 10;

  /* A path of a shape, by the same tracing as on the canvas. */
  function outline(kind, x, y, r) {
    const parts = [];
    painter.trace({
      rect: (left, top, width, height) => parts.push(`M${round(left)} ${round(top)}h${round(width)}v${round(height)}h${round(-width)}z`),
      moveTo: (a, b) => parts.push(`M${round(a)} ${round(b)}`),
      lineTo: (a, b) => parts.push(`L${round(a)} ${round(b)}`),
      arc: (a, b, radius) => parts.push(`a${round(radius)} ${round(radius)} 0 1 1 ${round(-2 * radius)} 0a${round(radius)} ${round(radius)} 0 1 1 ${round(2 * radius)} 0`),
      closePath: () => parts.push("z"),
    }, kind, x, y, r);
    return parts.join("");
  }

  function drawing(app) {
    const { model } = app.map;
    const { graph, scene, palette, px, py } = model;
    const view = app.map.view();
    const sight = painter.sightOf(model, view);
    const links = painter.linksInSight(model, view, sight);
    const root = element("svg", { xmlns: SVG, width: view.width, height: view.height, viewBox: `0 0 ${view.width} ${view.height}`, "font-family": "system-ui, sans-serif" });
    root.append(element("title", {}, graph.title), element("rect", { width: view.width, height: view.height, fill: palette.ground }));
    const at = (node) => [px[node] * view.k + view.x, py[node] * view.k + view.y];
    const lines = (edges, color, width) => {
      const d = edges.map((edge) => `M${at(graph.edges.source[edge]).map(round).join(" ")}L${at(graph.edges.target[edge]).map(round).join(" ")}`).join("");
      if (d) root.append(element("path", { d, stroke: color, "stroke-width": width, fill: "none" }));
    };
    lines(links.plain, scene.lit ? palette["line-faint"] : palette["line-map"], 1);
    graph.kindNames.forEach((kind) => lines(links.lit.filter((edge) => graph.kindOf(graph.edges.target[edge]) === kind), palette[kind], 1.4));
    for (const node of sight.seen) {
      const kind = graph.kindOf(node);
      const shape = element("path", { d: outline(kind, ...at(node), painter.radiusOf(model, node, sight.scale)), fill: palette[kind], stroke: palette.halo, "stroke-width": 1 });
      if (scene.lit && !scene.lit[node]) shape.setAttribute("opacity", "0.22");
      shape.append(element("title", {}, kg.labels.plain(graph.name(node))));
      root.append(shape);
    }
    for (const item of painter.labelsOf(model, view, sight)) {
      root.append(element("text", { x: round(item.lx), y: round(item.ly), "font-size": round(item.size), "font-weight": item.weight, fill: item.color,
        "text-anchor": "middle", "dominant-baseline": "central", stroke: palette.halo, "stroke-width": 3, "paint-order": "stroke", "stroke-linejoin": "round" }, item.text));
    }
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
  }

  const SAVERS = {
    png: (app) => app.map.picture(2).toBlob((blob) => download(blob, "graph.png"), "image/png"),
    svg: (app) => download(new Blob([drawing(app)], { type: "image/svg+xml" }), "graph.svg"),
    links: (app) => download(new Blob([linksTable(app)], { type: "text/csv;charset=utf-8" }), "links.csv"),
    nodes: (app) => download(new Blob([nodesTable(app)], { type: "text/csv;charset=utf-8" }), "nodes.csv"),
  };

  kg.save = { as: (app, what) => SAVERS[what](app) };
})();
