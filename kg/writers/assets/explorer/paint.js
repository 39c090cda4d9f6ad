/* Paints the map: land, links, things, labels. Painting goes in slices, so that nothing waits for it. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom, labels } = kg;

  const LINKS = 6000; // links painted at once, at most; which, `rank` says
  const PER_NODE = 1.2; // and for each thing in sight
  const FEWEST = 900; // but so many are never too many
  const GHOSTS = 1500; // links painted behind what stands out
  const SLICE = 400; // strokes between two looks at the clock
  const DENSE = 8000; // square pixels that a label has to itself
  const SPARSE = 17_000; // and where communities are named
  const REACH = 1.8; // labels tried for each that may be set
  const FAR = 0.62; // zoom from which titles of papers are set

  const VARIABLES = ["ground", "ink", "soft", "line-map", "line-faint", "halo", "place", "paper", "method", "dataset", "topic",
    "land0", "land1", "land2", "land3", "land4", "land5"];

  /* Read the colours of the theme from the style sheet. */
  function paletteOf() {
    const styles = getComputedStyle(document.documentElement);
    const palette = Object.fromEntries(VARIABLES.map((name) => [name, styles.getPropertyValue(`--${name}`).trim()]));
    palette.family = getComputedStyle(document.body).fontFamily;
    palette.tints = [0, 1, 2, 3, 4, 5].map((at) => palette[`land${at}`]);
    return palette;
  }

  /* The radius of each node on the map at zoom 1; busy things are bigger. */
  function sizesOf(graph) {
    return Float32Array.from({ length: graph.size }, (_, node) => (node < graph.papers
      ? 5.5 : Math.min(24, 4.5 + 1.7 * Math.sqrt(graph.degree[node]))));
  }

  const grown = (zoom) => (zoom >= 1 ? Math.min(1.5, zoom ** 0.35) : Math.max(0.14, zoom ** 0.45));

  /* Which links are painted first where there are too many: those that tell most. A link within a community tells more than
     one across the map, and one to a rare thing more than one to what everything is joined to; the rest is chance. */
  function rankOf(graph) {
    const { source, target, count } = graph.edges;
    const score = Float64Array.from({ length: count }, (_, edge) => {
      const chance = ((edge * 2654435761) >>> 0) / 4294967296;
      const across = graph.community[source[edge]] === graph.community[target[edge]] ? 1 : 2;
      return (0.2 + chance) * across * Math.log2(2 + graph.degree[target[edge]]);
    });
    return Int32Array.from({ length: count }, (_, edge) => edge).sort((a, b) => score[a] - score[b] || a - b);
  }

  function trace(path, kind, x, y, r) {
    if (r < 1.9 || kind === "paper") {
      const half = kind === "paper" ? 0.88 * r : r;
      path.rect(x - half, y - half, 2 * half, 2 * half);
    } else if (kind === "method") {
      path.moveTo(x + r, y);
      path.arc(x, y, r, 0, 2 * Math.PI);
    } else if (kind === "dataset") {
      const w = 1.2 * r;
      path.moveTo(x, y - w); path.lineTo(x + w, y); path.lineTo(x, y + w); path.lineTo(x - w, y); path.closePath();
    } else {
      const w = 1.2 * r;
      path.moveTo(x, y - w); path.lineTo(x + 1.04 * w, y + 0.72 * w); path.lineTo(x - 1.04 * w, y + 0.72 * w); path.closePath();
    }
  }

  /* What the painter needs to know of the moment.
     view: {k, x, y, width, height}; x on the picture is k * place + x. */
  function sightOf(model, view) {
    const { graph, px, py, scene } = model;
    const edge = 60;
    const inside = new Uint8Array(graph.size);
    const seen = [];
    for (let node = 0; node < graph.size; node += 1) {
      if (!scene.nodes[node]) continue;
      const x = px[node] * view.k + view.x;
      const y = py[node] * view.k + view.y;
      if (x > -edge && y > -edge && x < view.width + edge && y < view.height + edge) { inside[node] = 1; seen.push(node); }
    }
    return { inside, seen, scale: grown(view.k) };
  }

  const isLit = (scene, edge, graph) => scene.lit && (scene.litEdges ? scene.litEdges.has(edge)
    : scene.lit[graph.edges.source[edge]] && scene.lit[graph.edges.target[edge]]);

  /* Sort the links in sight into those that are painted and those that stand out. */
  function linksInSight(model, view, sight) {
    const { graph, px, py, scene, rank } = model;
    const { source, target } = graph.edges;
    const plain = [];
    const lit = [];
    let all = 0;
    const most = scene.lit ? GHOSTS : Math.min(LINKS, Math.max(FEWEST, Math.round(PER_NODE * sight.seen.length)));
    const crowded = scene.countLinks > 3000;
    for (const edge of rank) {
      if (!scene.links[edge]) continue;
      const from = source[edge];
      const to = target[edge];
      if (!sight.inside[from] && !sight.inside[to]) {
        if (crowded) continue;
        const x = [px[from] * view.k + view.x, px[to] * view.k + view.x];
        const y = [py[from] * view.k + view.y, py[to] * view.k + view.y];
        if (Math.max(...x) < 0 || Math.min(...x) > view.width || Math.max(...y) < 0 || Math.min(...y) > view.height) continue;
      }
      all += 1;
      if (isLit(scene, edge, graph)) { if (lit.length < LINKS) lit.push(edge); }
      else if (plain.length < most) plain.push(edge);
    }
    return { plain, lit, all };
  }

  function* strokes(context, edges, model, view) {
    const { px, py, graph } = model;
    const { source, target } = graph.edges;
    for (let at = 0; at < edges.length; at += SLICE) {
      context.beginPath();
      for (const edge of edges.slice(at, at + SLICE)) {
        context.moveTo(px[source[edge]] * view.k + view.x, py[source[edge]] * view.k + view.y);
        context.lineTo(px[target[edge]] * view.k + view.x, py[target[edge]] * view.k + view.y);
      }
      context.stroke();
      yield;
    }
  }

  function* paintLinks(context, model, view, links) {
    const { palette, scene, graph } = model;
    context.lineWidth = view.k > 0.5 ? 1 : 0.7;
    context.strokeStyle = scene.lit ? palette["line-faint"] : palette["line-map"];
    yield* strokes(context, links.plain, model, view);
    const entityKind = (edge) => graph.kindOf(graph.edges.target[edge]);
    const [alpha, width] = links.lit.length > 2000 ? [0.16, 1] : links.lit.length > 400 ? [0.4, 1] : links.lit.length > 80 ? [0.55, 1.2] : [0.85, 1.6];
    context.globalAlpha = alpha;
    context.lineWidth = width;
    for (const kind of graph.kindNames) {
      context.strokeStyle = palette[kind];
      yield* strokes(context, links.lit.filter((edge) => entityKind(edge) === kind), model, view);
    }
    context.globalAlpha = 1;
  }

  /* How large a node is painted; what stands out is never too small to see. */
  function radiusOf(model, node, scale) {
    const r = model.sizes[node] * scale;
    const { scene, state } = model;
    if (state.node === node || state.path.includes(node)) return Math.max(r, 6);
    return scene.lit && scene.lit[node] ? Math.max(r, scene.litCount > 300 ? 1.5 : 3.4) : r;
  }

  function* paintNodes(context, model, view, sight, faint) {
    const { graph, px, py, scene, palette } = model;
    const nodes = sight.seen.filter((node) => Boolean(scene.lit && !scene.lit[node]) === faint);
    context.globalAlpha = faint ? 0.22 : 1;
    for (const [kind, name] of [...graph.kindNames.entries()]) {
      const those = nodes.filter((node) => graph.kind[node] === kind);
      context.fillStyle = palette[name];
      context.strokeStyle = palette.halo;
      context.lineWidth = 1.2;
      for (let at = 0; at < those.length; at += SLICE) {
        context.beginPath();
        let outlined = false;
        for (const node of those.slice(at, at + SLICE)) {
          const r = radiusOf(model, node, sight.scale);
          outlined = outlined || r > 3.2;
          trace(context, name, px[node] * view.k + view.x, py[node] * view.k + view.y, r);
        }
        context.fill();
        if (outlined && !faint) context.stroke();
        yield;
      }
    }
    context.globalAlpha = 1;
  }

  function ring(context, x, y, r, color, width) {
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }

  /* Mark what is chosen, pinned and folded. */
  function paintMarks(context, model, view, sight) {
    const { px, py, palette, state } = model;
    const at = (node) => [px[node] * view.k + view.x, py[node] * view.k + view.y, radiusOf(model, node, sight.scale)];
    for (const node of [state.node, ...state.path].filter((one) => one >= 0 && sight.inside[one])) {
      const [x, y, r] = at(node);
      ring(context, x, y, 1.25 * r + 4, palette.ink, 2.5);
    }
    for (const node of state.pin.filter((one) => sight.inside[one])) {
      const [x, y, r] = at(node);
      context.beginPath();
      context.arc(x + r, y - r, 3.6, 0, 2 * Math.PI);
      context.fillStyle = palette.ink;
      context.fill();
      ring(context, x + r, y - r, 4.2, palette.halo, 1.2);
    }
    for (const node of state.fold.filter((one) => sight.inside[one])) {
      const [x, y, r] = at(node);
      ring(context, x, y, 1.25 * r + 2.5, palette[model.graph.kindOf(node)], 1.2);
    }
  }

  /* --- Labels ------------------------------------------------------------------------------------------------ */

  function titled(model, node, most) {
    return labels.brief(labels.plain(dom.short(model.graph.name(node), most)), most);
  }

  /* Names of communities, as names of countries stand on a map: while one sees it as a whole. */
  function placeNames(model, view) {
    const { graph, land, scene } = model;
    if (!land || scene.lit || model.moved) return [];
    const share = (place) => Math.sqrt(place.size) * 40 * view.k; // roughly the width of its land
    return land.places.filter((place) => scene.nodes[place.names[0]] && share(place) < 1100).slice(0, Math.min(32, Math.round((view.width * view.height) / 20_000))).map((place) => ({
      x: place.x * view.k + view.x, y: place.y * view.k + view.y, radius: 0, centred: true, nodes: place.names, place: true,
      text: titled(model, place.names[0], 34), size: Math.max(13.5, Math.min(23, 12 + share(place) / 26)), weight: 700, color: model.palette.place,
    })).filter((item) => item.x > 0 && item.y > 0 && item.x < view.width && item.y < view.height && graph.size > 60);
  }

  function nodeLabels(model, view, sight) {
    const { graph, scene, px, py, sizes, palette, state } = model;
    const few = sight.seen.length <= 60;
    const litCount = scene.lit ? sight.seen.filter((node) => scene.lit[node]).length : 0;
    const wanted = (node) => {
      if (!sight.inside[node]) return false;
      if (scene.lit && !scene.lit[node]) return false;
      if (node >= graph.papers) return true;
      return few || view.k > FAR || (scene.lit && litCount <= 160);
    };
    const chosen = [state.node, ...state.path].filter((node) => node >= 0);
    const first = [...chosen, ...state.pin];
    const wide = Math.max(24, Math.min(70, Math.round((view.width - 2 * (view.across || 0)) / 11)));
    const item = (node) => {
      const special = chosen.includes(node);
      const paper = node < graph.papers;
      return {
        node, x: px[node] * view.k + view.x, y: py[node] * view.k + view.y, radius: 1.1 * radiusOf(model, node, sight.scale),
        text: titled(model, node, special ? wide : paper ? 40 : 44), weight: special ? 700 : paper ? 400 : 500,
        size: special ? 15 : paper ? 11.5 : Math.max(11.5, Math.min(15, 9.5 + sizes[node] * sight.scale / 2.6)),
        color: special ? palette.ink : palette[graph.kindOf(node)], must: special,
      };
    };
    const seen = new Set();
    return [...first, ...graph.order].filter((node) => wanted(node) && !seen.has(node) && seen.add(node)).map(item);
  }

  /* On a path, each link says what it is. */
  function linkLabels(model, view) {
    const { scene, graph, px, py, palette, state } = model;
    if (state.path.length !== 2 || !scene.litEdges) return [];
    return [...scene.litEdges].map((edge) => {
      const ends = [graph.edges.source[edge], graph.edges.target[edge]];
      const middle = (places, shift) => ((places[ends[0]] + places[ends[1]]) / 2) * view.k + shift;
      return { x: middle(px, view.x), y: middle(py, view.y), radius: 0, centred: true, text: words.relationName(graph.relationOf(edge)),
        size: 11.5, weight: 400, color: palette.soft };
    });
  }

  /* Choose the labels of a view, with their places. */
  function labelsOf(model, view, sight) {
    const taken = labels.takenBoxes();
    const { scene, px, py, sizes } = model;
    for (const node of sight.seen) { // a label does not cover a thing that matters
      const r = sizes[node] * sight.scale;
      if ((scene.lit ? scene.lit[node] : true) && r > 4.5) {
        const x = px[node] * view.k + view.x;
        const y = py[node] * view.k + view.y;
        taken.take([x - 0.8 * r, y - 0.8 * r, x + 0.8 * r, y + 0.8 * r]);
      }
    }
    const { across = 0, down = 0 } = view;
    const frame = [across, down, view.width - across, view.height - down]; // what is in the window
    const names = labels.set(placeNames(model, view), model.measure, 40, { frame });
    names.forEach((item) => taken.take([item.lx - item.width / 2 - 8, item.ly - item.size / 2 - 6, item.lx + item.width / 2 + 8, item.ly + item.size / 2 + 6]));
    const most = Math.round((view.width * view.height) / (names.length ? SPARSE : DENSE));
    const named = new Set(names.map((item) => item.nodes[0]));
    const items = nodeLabels(model, view, sight).filter((item) => !named.has(item.node)).slice(0, REACH * most); // what is minor stays unsaid
    return [...names, ...labels.set([...linkLabels(model, view), ...items], model.measure, most, { taken, frame, strict: names.length > 0 })];
  }

  function* paintLabels(context, model, items) {
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.strokeStyle = model.palette.halo;
    for (const [at, item] of items.entries()) {
      context.font = `${item.weight} ${item.size}px ${model.palette.family}`;
      context.lineWidth = item.place ? 5 : 3.6;
      context.strokeText(item.text, item.lx, item.ly);
      context.fillStyle = item.color;
      context.fillText(item.text, item.lx, item.ly);
      if (at % 40 === 39) yield;
    }
  }

  /* --- The whole --------------------------------------------------------------------------------------------- */

  function paintLand(context, model, view) {
    if (!model.land || model.moved) return;
    const { grid } = model.land;
    context.imageSmoothingEnabled = true;
    context.globalAlpha = model.scene.lit ? 0.55 : 1;
    context.drawImage(model.ground, grid.x * view.k + view.x, grid.y * view.k + view.y,
      grid.columns * grid.cell * view.k, grid.rows * grid.cell * view.k);
    context.globalAlpha = 1;
  }

  /* Paint a view, yielding between slices. The last value tells what was painted. */
  function* paint(context, model, view) {
    context.fillStyle = model.palette.ground;
    context.fillRect(0, 0, view.width, view.height);
    paintLand(context, model, view);
    yield;
    const sight = sightOf(model, view);
    const links = linksInSight(model, view, sight);
    yield;
    yield* paintLinks(context, model, view, links);
    if (model.scene.lit) yield* paintNodes(context, model, view, sight, true);
    yield* paintNodes(context, model, view, sight, false);
    paintMarks(context, model, view, sight);
    const items = labelsOf(model, view, sight);
    yield;
    yield* paintLabels(context, model, items);
    return { drawn: links.plain.length + links.lit.length, all: links.all, lit: Boolean(model.scene.lit), nodes: sight.seen.length };
  }

  kg.paint = { paint, paletteOf, radiusOf, sizesOf, rankOf, trace, ring, grown, sightOf, linksInSight, labelsOf };
})();
