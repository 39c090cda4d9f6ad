/* The land of the map: where many of one community stand together, the ground is tinted. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const CELLS = 360; // along the longer side
  const REACH = 130; // how far a node's land reaches, in units of the map
  const SHORE = 0.5; // weight at which land begins
  const SOFT = 2; // pixels a cell
  const TINTS = 6;
  const LEAST = 5; // members of a community that has land

  function frame(graph) {
    const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
    for (let node = 0; node < graph.size; node += 1) {
      if (!(graph.community[node] >= 0)) continue;
      box.x0 = Math.min(box.x0, graph.x[node]); box.x1 = Math.max(box.x1, graph.x[node]);
      box.y0 = Math.min(box.y0, graph.y[node]); box.y1 = Math.max(box.y1, graph.y[node]);
    }
    if (box.x0 > box.x1) return null;
    const cell = Math.max(12, Math.max(box.x1 - box.x0, box.y1 - box.y0) / CELLS);
    const reach = Math.max(REACH, 3.5 * cell);
    return { x: box.x0 - 2 * reach, y: box.y0 - 2 * reach, cell, reach: reach / cell,
      columns: Math.ceil((box.x1 - box.x0 + 4 * reach) / cell), rows: Math.ceil((box.y1 - box.y0 + 4 * reach) / cell) };
  }

  /* Add up what the members of one community weigh in each cell; keep in `best` and `owner` who weighs most. */
  function settle(graph, members, grid, community, best, owner) {
    const { columns, rows, reach } = grid;
    const weight = new Map();
    const wide = Math.ceil(reach);
    for (const node of members) {
      const column = (graph.x[node] - grid.x) / grid.cell;
      const row = (graph.y[node] - grid.y) / grid.cell;
      for (let r = Math.max(0, Math.floor(row) - wide); r <= Math.min(rows - 1, Math.floor(row) + wide); r += 1) {
        for (let c = Math.max(0, Math.floor(column) - wide); c <= Math.min(columns - 1, Math.floor(column) + wide); c += 1) {
          const near = 1 - ((r - row) ** 2 + (c - column) ** 2) / (reach * reach);
          if (near > 0) weight.set(r * columns + c, (weight.get(r * columns + c) || 0) + near * near);
        }
      }
    }
    weight.forEach((value, at) => { if (value > best[at]) { best[at] = value; owner[at] = community; } });
  }

  /* Survey the land once: which community owns which cell of a grid. Null if there are no communities. */
  function survey(graph) {
    const count = graph.communities.length;
    const grid = count ? frame(graph) : null;
    if (!grid) return null;
    const members = Array.from({ length: count }, () => []);
    for (let node = 0; node < graph.size; node += 1) if (graph.community[node] >= 0) members[graph.community[node]].push(node);
    const best = new Float32Array(grid.columns * grid.rows);
    const owner = new Int16Array(best.length).fill(-1);
    members.forEach((nodes, community) => { if (nodes.length >= LEAST) settle(graph, nodes, grid, community, best, owner); });
    const tint = graph.communities.map((one) => one.tint % TINTS);
    return { grid, best, owner, tint, places: placesOf(graph) };
  }

  /* Where the names of communities stand, the largest first. */
  function placesOf(graph) {
    return graph.communities.filter((one) => one.size >= LEAST && one.names.length);
  }

  /* Paint the land in the tints of a theme, on a canvas with a pixel a cell. */
  function cells(land, tints) {
    const { grid, best, owner, tint } = land;
    const canvas = document.createElement("canvas");
    canvas.width = grid.columns;
    canvas.height = grid.rows;
    const context = canvas.getContext("2d");
    const image = context.createImageData(grid.columns, grid.rows);
    const colors = tints.map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));
    for (let at = 0; at < owner.length; at += 1) {
      if (owner[at] < 0) continue;
      const rise = Math.min(1, Math.max(0, (best[at] - 0.55 * SHORE) / (0.45 * SHORE)));
      image.data.set([...colors[tint[owner[at]]], Math.round(255 * rise * rise * (3 - 2 * rise))], 4 * at);
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  /* The land with soft shores: larger, so that no cell is seen when one comes near. */
  function picture(land, tints) {
    const small = cells(land, tints);
    const canvas = document.createElement("canvas");
    canvas.width = SOFT * small.width;
    canvas.height = SOFT * small.height;
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.filter = `blur(${SOFT}px)`;
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  kg.land = { survey, picture };
})();
