/* The map: moves a finished picture at once, and paints the next one beside it. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { d3, paint: painter, dom } = kg;

  const MARGIN = 0.25; // of the window, painted beyond each side, so that a drag has something to show
  const SETTLE = 110; // ms after the last zoom before the picture is painted anew
  const BUSY = 9; // ms of painting a frame while something moves
  const CALM = 24;
  const NEAR = 14; // pixels from a thing that still count as on it
  const ON_LINK = 5;
  const MANY = 2500; // links among which none is meant by a click
  const CLOSE = 0.4; // unless one is so near

  function pictureAt(width, height, ratio) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(width * ratio);
    canvas.height = Math.ceil(height * ratio);
    const context = canvas.getContext("2d", { alpha: false });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { canvas, context, view: null };
  }

  /* Make the map in a canvas. `hooks` are told of what the reader does: choose(node), chooseLink(edge), clear(), moved(node, place),
     hover(node, x, y), only(node), painted(facts); inset() tells what is covered at the top and the bottom. */
  function mapOf(graph, canvas, hooks) {
    const context = canvas.getContext("2d", { alpha: false });
    const land = kg.land.survey(graph);
    const model = { graph, land, rank: painter.rankOf(graph), sizes: painter.sizesOf(graph), px: graph.x.slice(), py: graph.y.slice(),
      scene: null, state: null, palette: null, ground: null, measure: null, moved: false };
    let size = { width: 1, height: 1, ratio: 1 };
    let t = d3.zoomIdentity;
    let front = null;
    let job = null; // {work, picture}
    let stale = false;
    let frameAsked = false;
    let lastMove = 0;
    let settle = 0;
    let tree = null;
    let hovered = -1;
    let dragged = null; // {node, x, y} while a node is dragged
    const selection = d3.select(canvas);
    const probe = document.createElement("canvas").getContext("2d");

    /* --- Painting -------------------------------------------------------------------------------------------- */

    function start() {
      stale = false;
      const across = Math.round(size.width * MARGIN);
      const down = Math.round(size.height * MARGIN);
      const picture = pictureAt(size.width + 2 * across, size.height + 2 * down, size.ratio);
      picture.view = { k: t.k, x: t.x + across, y: t.y + down, width: size.width + 2 * across, height: size.height + 2 * down, across, down };
      job = { picture, work: painter.paint(picture.context, model, picture.view) };
    }

    /* Go on painting for so many milliseconds. */
    function advance(budget) {
      const until = performance.now() + budget;
      let step;
      do {
        step = job.work.next();
        if (budget < Infinity) probe.drawImage(job.picture.canvas, 0, 0, 1, 1, 0, 0, 1, 1); // else strokes pile up unpainted
      } while (!step.done && performance.now() < until);
      if (!step.done) return;
      front = job.picture;
      job = null;
      hooks.painted(step.value);
    }

    function show() {
      const { view } = front;
      const s = t.k / view.k;
      const x = t.x - view.x * s;
      const y = t.y - view.y * s;
      const { ratio } = size;
      context.setTransform(1, 0, 0, 1, 0, 0);
      const covers = x <= 0 && y <= 0 && x + view.width * s >= size.width && y + view.height * s >= size.height;
      if (!covers) {
        context.fillStyle = model.palette.ground;
        context.fillRect(0, 0, canvas.width, canvas.height);
      }
      context.imageSmoothingEnabled = s !== 1;
      const whole = s === 1 ? Math.round : (value) => value;
      context.drawImage(front.canvas, whole(x * ratio), whole(y * ratio), front.canvas.width * s, front.canvas.height * s);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      if (hovered >= 0) overlay(hovered);
    }

    /* What the pointer or the keys are on: it and its links, above the picture. */
    function overlay(node) {
      if (!model.scene.nodes[node]) return;
      const { palette, scene, px, py } = model;
      const at = (one) => [px[one] * t.k + t.x, py[one] * t.k + t.y];
      context.globalAlpha = 0.9;
      context.lineWidth = 1.4;
      context.strokeStyle = palette.ink;
      context.beginPath();
      for (const edge of graph.at(node).subarray(0, 600)) {
        if (!scene.links[edge]) continue;
        context.moveTo(...at(node));
        context.lineTo(...at(graph.end(edge, node)));
      }
      context.globalAlpha = 0.45;
      context.stroke();
      context.globalAlpha = 1;
      const scale = painter.grown(t.k);
      const [x, y] = at(node);
      const r = Math.max(5, 1.15 * painter.radiusOf(model, node, scale));
      context.beginPath();
      painter.trace(context, graph.kindOf(node), x, y, r);
      context.fillStyle = palette[graph.kindOf(node)];
      context.fill();
      painter.ring(context, x, y, 1.25 * r + 3, palette.ink, 2);
    }

    function frame() {
      frameAsked = false;
      if (!model.scene || !model.palette) return;
      if (stale && !job) start();
      if (job) advance(front ? (performance.now() - lastMove < 200 ? BUSY : CALM) : Infinity);
      if (front) show();
      if (job || stale) ask();
    }

    function ask() {
      if (frameAsked) return;
      frameAsked = true;
      requestAnimationFrame(frame);
    }

    function repaint() {
      job = null;
      stale = true;
      ask();
    }

    /* Paint at once, for a first view and for what must be seen without delay. */
    function paintNow() {
      if (!model.scene || !model.palette || size.width < 2) return;
      start();
      advance(Infinity);
      show();
    }

    /* --- Moving ---------------------------------------------------------------------------------------------- */

    function needsMore() {
      const { view } = front;
      const s = t.k / view.k;
      const slack = Math.min(-(t.x - view.x * s), -(t.y - view.y * s), t.x - view.x * s + view.width * s - size.width,
        t.y - view.y * s + view.height * s - size.height);
      return slack < 0.4 * Math.min(view.across, view.down);
    }

    function onZoom(event) {
      const zoomed = event.transform.k !== t.k;
      t = event.transform;
      lastMove = performance.now();
      if (!front) return;
      if (t.k !== front.view.k) {
        clearTimeout(settle);
        settle = setTimeout(repaint, SETTLE);
        if (zoomed) job = null;
      } else if (!job && needsMore()) stale = true;
      ask();
    }

    const placeOf = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };

    function nodeAt([x, y]) {
      if (!model.scene) return -1;
      if (!tree) {
        const shown = [];
        model.scene.nodes.forEach((yes, node) => { if (yes) shown.push(node); });
        tree = d3.quadtree(shown, (node) => model.px[node], (node) => model.py[node]);
      }
      const reach = Math.max(NEAR, 24 * painter.grown(t.k)) / t.k;
      const found = tree.find((x - t.x) / t.k, (y - t.y) / t.k, reach);
      if (found === undefined) return -1;
      const far = Math.hypot(model.px[found] * t.k + t.x - x, model.py[found] * t.k + t.y - y);
      return far <= Math.max(NEAR, 1.3 * painter.radiusOf(model, found, painter.grown(t.k))) ? found : -1;
    }

    function linkAt([x, y]) {
      const { px, py, scene } = model;
      if (!scene.lit && scene.countLinks > MANY && t.k < CLOSE) return -1; // from afar, links lie everywhere
      let best = -1;
      let least = ON_LINK;
      for (let edge = 0; edge < graph.edges.count; edge += 1) {
        if (!scene.links[edge]) continue;
        const [a, b] = [graph.edges.source[edge], graph.edges.target[edge]];
        if (scene.lit && !(scene.lit[a] && scene.lit[b])) continue;
        const [ax, ay, bx, by] = [px[a] * t.k + t.x, py[a] * t.k + t.y, px[b] * t.k + t.x, py[b] * t.k + t.y];
        const along = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2 || 1)));
        const far = Math.hypot(ax + along * (bx - ax) - x, ay + along * (by - ay) - y);
        if (far < least) { least = far; best = edge; }
      }
      return best;
    }

    const zoom = d3.zoom().scaleExtent([0.005, 6]).clickDistance(5).tapDistance(12)
      .filter((event) => {
        if (event.type === "mousedown" && nodeAt(placeOf(event)) >= 0) return false; // a node is dragged, not the map
        if (event.type === "dblclick" && nodeAt(placeOf(event)) >= 0) return false;
        return !event.button && (!event.ctrlKey || event.type === "wheel");
      })
      .on("zoom", onZoom);
    selection.call(zoom);

    function hover(node, event) {
      if (node !== hovered) { hovered = node; canvas.style.cursor = node >= 0 ? "pointer" : ""; ask(); }
      const [x, y] = event ? placeOf(event) : node >= 0 ? [model.px[node] * t.k + t.x, model.py[node] * t.k + t.y] : [0, 0];
      hooks.hover(node, x, y);
    }

    canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" || event.button) return;
      const node = nodeAt(placeOf(event));
      if (node < 0) return;
      dragged = { node, from: placeOf(event), going: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      if (!dragged) { if (!event.buttons) hover(nodeAt(placeOf(event)), event); return; }
      const [x, y] = placeOf(event);
      dragged.going = dragged.going || Math.hypot(x - dragged.from[0], y - dragged.from[1]) > 5;
      if (!dragged.going) return;
      hooks.hover(-1, 0, 0);
      model.px[dragged.node] = (x - t.x) / t.k;
      model.py[dragged.node] = (y - t.y) / t.k;
      lastMove = performance.now();
      ask();
    });
    canvas.addEventListener("pointerup", () => {
      if (!dragged) return;
      const { node, going } = dragged;
      dragged = going ? { node: -1, from: [0, 0], going: false, done: true } : null;
      if (going) { tree = null; hooks.moved(node, [Math.round(model.px[node]), Math.round(model.py[node])]); }
    });
    canvas.addEventListener("pointerleave", () => hover(-1, null));
    canvas.addEventListener("click", (event) => {
      if (dragged) { dragged = null; return; }
      const place = placeOf(event);
      const node = nodeAt(place);
      if (node >= 0) { hooks.choose(node); return; }
      const edge = linkAt(place);
      if (edge >= 0) hooks.chooseLink(edge); else hooks.clear();
    });
    canvas.addEventListener("dblclick", (event) => {
      const node = nodeAt(placeOf(event));
      if (node >= 0) hooks.only(node);
    });

    /* --- What others ask of the map -------------------------------------------------------------------------- */

    function boundsOf(nodes) {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (const node of nodes) {
        box[0] = Math.min(box[0], model.px[node]); box[1] = Math.min(box[1], model.py[node]);
        box[2] = Math.max(box[2], model.px[node]); box[3] = Math.max(box[3], model.py[node]);
      }
      return box;
    }

    function shownNodes() {
      const result = [];
      if (model.scene) model.scene.nodes.forEach((yes, node) => { if (yes) result.push(node); });
      return result;
    }

    /* Show these nodes, or all, as large as they fit. */
    function fit(nodes = shownNodes(), closest = 1.4) {
      if (!nodes.length || size.width < 2) return;
      const [x0, y0, x1, y1] = boundsOf(nodes);
      const pad = Math.min(56, size.width / 8);
      const { top, bottom } = hooks.inset();
      const height = size.height - top - bottom;
      const k = Math.max(0.005, Math.min(closest, (size.width - 2 * pad) / Math.max(1, x1 - x0), (height - pad) / Math.max(1, y1 - y0)));
      selection.call(zoom.transform, d3.zoomIdentity.translate(size.width / 2, top + height / 2).scale(k).translate(-(x0 + x1) / 2, -(y0 + y1) / 2));
    }

    /* Move so that a node is in sight, not too small; as little as needed. */
    function reveal(node, near = []) {
      const some = [node, ...near];
      const [x0, y0, x1, y1] = boundsOf(some);
      const across = (x1 - x0) * t.k < size.width * 0.85 && (y1 - y0) * t.k < size.height * 0.85;
      const inside = some.every((one) => {
        const [x, y] = [model.px[one] * t.k + t.x, model.py[one] * t.k + t.y];
        return x > 50 && y > 50 && x < size.width - 50 && y < size.height - 50;
      });
      if (inside && t.k > 0.3) return;
      if (near.length && !across) { fit(some); return; }
      const k = Math.max(t.k, 0.45);
      const fitting = near.length ? Math.min(k, (size.width * 0.8) / Math.max(1, x1 - x0), (size.height * 0.8) / Math.max(1, y1 - y0)) : k;
      const [cx, cy] = near.length ? [(x0 + x1) / 2, (y0 + y1) / 2] : [model.px[node], model.py[node]];
      selection.call(zoom.transform, d3.zoomIdentity.translate(size.width / 2, size.height / 2).scale(fitting).translate(-cx, -cy));
    }

    function resize() {
      const box = canvas.parentElement.getBoundingClientRect();
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      const next = { width: Math.round(box.width), height: Math.round(box.height), ratio };
      if (next.width === size.width && next.height === size.height && next.ratio === size.ratio) return false;
      const shift = [(next.width - size.width) / 2, (next.height - size.height) / 2];
      const known = size.width > 1;
      size = next;
      canvas.width = Math.max(1, Math.round(size.width * ratio));
      canvas.height = Math.max(1, Math.round(size.height * ratio));
      canvas.style.width = `${size.width}px`;
      canvas.style.height = `${size.height}px`;
      if (known) selection.call(zoom.transform, d3.zoomIdentity.translate(t.x + shift[0], t.y + shift[1]).scale(t.k));
      if (front) paintNow();
      return true;
    }

    /* Take the colours and fonts of the page as they are now. */
    function dress() {
      model.palette = painter.paletteOf();
      model.measure = kg.labels.ruler(document.createElement("canvas").getContext("2d"), model.palette.family);
      model.ground = land && kg.land.picture(land, model.palette.tints);
      if (front) paintNow();
    }

    /* Show a scene. `places` says where nodes stand other than on the map. */
    function set(scene, state, places) {
      model.scene = scene;
      model.state = state;
      model.moved = places.size > 0;
      model.px.set(graph.x);
      model.py.set(graph.y);
      Object.entries(state.moved || {}).forEach(([node, [x, y]]) => { model.px[node] = x; model.py[node] = y; });
      places.forEach(([x, y], node) => { model.px[node] = x; model.py[node] = y; });
      tree = null;
      if (hovered >= 0 && !scene.nodes[hovered]) hovered = -1;
      if (front) repaint();
    }

    /* What is in sight: nodes in the order of their importance. */
    function inSight() {
      return graph.order.filter((node) => {
        if (!model.scene.nodes[node]) return false;
        const [x, y] = [model.px[node] * t.k + t.x, model.py[node] * t.k + t.y];
        return x >= 0 && y >= 0 && x <= size.width && y <= size.height;
      });
    }

    const view = () => ({ k: t.k, x: t.x, y: t.y, width: size.width, height: size.height });

    function picture(ratio = 2) {
      const result = pictureAt(size.width, size.height, ratio);
      const work = painter.paint(result.context, model, view());
      while (!work.next().done);
      return result.canvas;
    }

    return {
      set, dress, resize, fit, reveal, paintNow, inSight, picture, view, model,
      zoomBy: (factor) => selection.call(zoom.scaleBy, factor),
      panBy: (dx, dy) => selection.call(zoom.translateBy, dx / t.k, dy / t.k),
      point: (node) => hover(node, null),
      get pointed() { return hovered; },
      placeOf: (node) => [model.px[node] * t.k + t.x, model.py[node] * t.k + t.y],
      get settled() { return Boolean(front) && !job && !stale && front.view.k === t.k; },
    };
  }

  kg.map = { mapOf };
})();
