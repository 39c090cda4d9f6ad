/* Works out from the graph and a state what is shown, and what of it stands out. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;

  /* The chosen topics and all that are narrower. */
  function withNarrower(graph, topics) {
    const found = new Set(topics);
    const queue = [...topics];
    while (queue.length) {
      const topic = queue.pop();
      for (const edge of graph.at(topic)) {
        const narrower = graph.edges.source[edge];
        if (graph.relationOf(edge) === "broader" && graph.edges.target[edge] === topic && !found.has(narrower)) {
          found.add(narrower);
          queue.push(narrower);
        }
      }
    }
    return found;
  }

  /* The papers that pass the filters of months and topics: 1 for each that does. */
  function papersThatPass(graph, state, least) {
    const low = state.from;
    const high = state.to || "9";
    const wanted = ["topic", "tag", "category"].filter((key) => state[key].length).map((key) => withNarrower(graph, state[key]));
    const result = new Uint8Array(graph.papers);
    for (let paper = 0; paper < graph.papers; paper += 1) {
      const month = graph.monthOf(paper);
      if (month < low || month > high) continue;
      result[paper] = wanted.every((topics) => graph.at(paper).some((edge) => topics.has(graph.edges.target[edge])
        && graph.edges.confidence[edge] >= least)) ? 1 : 0;
    }
    return result;
  }

  const isNarrowed = (state) => Boolean(state.from || state.to || state.topic.length || state.tag.length || state.category.length
    || state.confidence);

  /* What passes the filters, whatever kinds are hidden: 1 for each node and edge that does. */
  function filtered(graph, state) {
    const least = state.confidence * 10;
    const paper = papersThatPass(graph, state, least);
    const nodes = new Uint8Array(graph.size);
    const links = new Uint8Array(graph.edges.count);
    const narrowed = isNarrowed(state);
    nodes.set(paper);
    for (let node = graph.papers; node < graph.size; node += 1) {
      nodes[node] = !narrowed && graph.support[node] >= state.support ? 1 : 0;
    }
    const { source, target, confidence } = graph.edges;
    for (let edge = 0; edge < graph.edges.count; edge += 1) {
      if (confidence[edge] < least || graph.support[target[edge]] < state.support) continue;
      if (source[edge] < graph.papers) {
        if (!paper[source[edge]]) continue;
        links[edge] = 1;
        nodes[target[edge]] = 1;
      } else if (graph.support[source[edge]] >= state.support) links[edge] = 1;
    }
    if (narrowed) keepEdges(graph, links, nodes);
    return { nodes, links };
  }

  function keepEdges(graph, links, nodes) {
    const { source, target } = graph.edges;
    for (let edge = 0; edge < links.length; edge += 1) if (!nodes[source[edge]] || !nodes[target[edge]]) links[edge] = 0;
  }

  /* Hide what hangs on a folded node alone. */
  function fold(graph, state, nodes, links) {
    const kept = new Set([...state.pin, state.node, ...state.path]);
    for (const node of state.fold) {
      for (const edge of graph.at(node)) {
        const other = graph.end(edge, node);
        if (!links[edge] || kept.has(other)) continue;
        const free = graph.at(other).some((more) => links[more] && graph.end(more, other) !== node);
        if (!free) nodes[other] = 0;
      }
    }
  }

  /* For each node, how many steps it is from a start, plus one; 0 beyond the depth. */
  function steps(graph, start, depth, links) {
    const result = new Uint8Array(graph.size);
    let front = [start];
    result[start] = 1;
    for (let step = 2; step <= depth + 1 && front.length; step += 1) {
      const next = [];
      for (const node of front) {
        for (const edge of graph.at(node)) {
          const other = graph.end(edge, node);
          if (links[edge] && !result[other]) { result[other] = step; next.push(other); }
        }
      }
      front = next;
    }
    return result;
  }

  /* The path of fewest steps; of several, that through the least busy nodes, which says most. Empty if there is none. */
  function shortest(graph, from, to, links) {
    if (from === to) return [from];
    const via = new Map([[from, { cost: 0, edge: -1, before: -1 }]]);
    let front = [from];
    while (front.length && !via.has(to)) {
      const next = new Map();
      for (const node of front) {
        const cost = via.get(node).cost + Math.log2(1 + graph.degree[node]);
        for (const edge of graph.at(node)) {
          const other = graph.end(edge, node);
          if (!links[edge] || via.has(other)) continue;
          if (!next.has(other) || cost < next.get(other).cost) next.set(other, { cost, edge, before: node });
        }
      }
      next.forEach((value, node) => via.set(node, value));
      front = [...next.keys()];
    }
    if (!via.has(to)) return [];
    const path = [to];
    while (path[0] !== from) path.unshift(via.get(path[0]).before);
    return path;
  }

  function edgesAlong(graph, path, links) {
    const result = [];
    for (let at = 1; at < path.length; at += 1) {
      result.push(...graph.at(path[at - 1]).filter((edge) => links[edge] && graph.end(edge, path[at - 1]) === path[at]));
    }
    return result;
  }

  /* What stands out: null if nothing does. */
  function standing(graph, state, links) {
    if (state.path.length === 2) {
      const path = shortest(graph, state.path[0], state.path[1], links);
      const nodes = new Uint8Array(graph.size);
      [...state.path, ...path].forEach((node) => { nodes[node] = 2; });
      return { nodes, path, edges: new Set(edgesAlong(graph, path, links)) };
    }
    if (state.node >= 0) {
      const nodes = steps(graph, state.node, state.depth, links);
      for (const node of state.grow) {
        if (!nodes[node]) continue;
        for (const edge of graph.at(node)) if (links[edge] && !nodes[graph.end(edge, node)]) nodes[graph.end(edge, node)] = nodes[node] + 1;
      }
      return { nodes, path: [], edges: null };
    }
    if (state.edge >= 0) {
      const nodes = new Uint8Array(graph.size);
      [graph.edges.source[state.edge], graph.edges.target[state.edge]].forEach((node) => { nodes[node] = 1; });
      return { nodes, path: [], edges: new Set([state.edge]) };
    }
    return null;
  }

  const count = (array) => array.reduce((sum, value) => sum + (value ? 1 : 0), 0);

  /* Work out what is shown.
     Gives nodes and links (1 if shown), passes and passed (1 for nodes and links that pass the filters, whatever kinds are hidden),
     passing (how many of each kind pass),
     lit (for each node its steps from the chosen one plus one, or 0; null if nothing is chosen), litEdges (a set, or null
     for all between lit nodes), path, and astray (the chosen node does not pass the filters). */
  function compute(graph, state) {
    const { nodes, links } = filtered(graph, state);
    const passing = graph.kindNames.map(() => 0);
    nodes.forEach((shown, node) => { if (shown) passing[graph.kind[node]] += 1; });
    const passes = nodes.slice();
    const passed = links.slice();
    const astray = state.node >= 0 && !nodes[state.node];
    const hidden = graph.kindNames.map((kind) => state.hide.includes(kind));
    nodes.forEach((_, node) => { if (hidden[graph.kind[node]]) nodes[node] = 0; });
    const ends = state.edge >= 0 ? [graph.edges.source[state.edge], graph.edges.target[state.edge]] : [];
    for (const node of [...state.pin, ...state.path, ...ends, state.node]) if (node >= 0) nodes[node] = 1;
    if (state.edge >= 0) links[state.edge] = 1;
    keepEdges(graph, links, nodes);
    fold(graph, state, nodes, links);
    keepEdges(graph, links, nodes);
    const found = standing(graph, state, links);
    if (state.only && found) {
      const pinned = new Set(state.pin);
      nodes.forEach((_, node) => { if (!found.nodes[node] && !pinned.has(node)) nodes[node] = 0; });
      keepEdges(graph, links, nodes);
    }
    return { nodes, links, passing, passes, passed, countPassed: count(passed), astray, count: count(nodes), countLinks: count(links),
      lit: found && found.nodes, litCount: found ? count(found.nodes) : 0, litEdges: found && found.edges, path: found ? found.path : [] };
  }

  /* --- Where things stand when only a part is shown ---------------------------------------------------------- */

  const RING = 120;
  const ROOM = 64;
  const CROWD = 500;

  /* Set what is near on rings around the chosen node, each thing near what it hangs on. */
  function rings(graph, scene, centre) {
    const angle = new Map([[centre, 0]]);
    const place = new Map([[centre, [0, 0]]]);
    let radius = 0;
    for (let step = 2; step <= 7; step += 1) {
      const ring = ringOf(graph, scene, step, angle);
      radius = setRing(ring, radius, angle, place);
    }
    return place;
  }

  function ringOf(graph, scene, step, angle) {
    const found = [];
    scene.nodes.forEach((shown, node) => {
      if (!shown || scene.lit[node] !== step) return;
      const inner = [...graph.at(node)].filter((edge) => scene.links[edge]).map((edge) => graph.end(edge, node)).filter((other) => angle.has(other));
      const lean = inner.length ? angle.get(inner.reduce((best, other) => (graph.degree[other] < graph.degree[best] ? other : best))) : 0;
      found.push({ node, lean, kind: graph.kind[node] });
    });
    return found.sort((a, b) => a.lean - b.lean || a.kind - b.kind || graph.degree[b.node] - graph.degree[a.node] || a.node - b.node).map((item) => item.node);
  }

  function setRing(ring, inner, angle, place) {
    let radius = inner;
    let rest = ring;
    const lanes = [];
    while (rest.length) {
      radius += lanes.length ? ROOM : RING;
      const room = Math.max(6, Math.floor((2 * Math.PI * radius) / ROOM));
      lanes.push({ radius, count: Math.min(room, rest.length) });
      rest = rest.slice(room);
    }
    ring.forEach((node, at) => { // around the circle in order, lane by lane in turn
      const turn = (2 * Math.PI * at) / ring.length - Math.PI / 2;
      const lane = lanes[at % lanes.length];
      angle.set(node, turn);
      place.set(node, [Math.cos(turn) * lane.radius, Math.sin(turn) * lane.radius]);
    });
    return radius;
  }

  /* Where nodes stand other than on the map: a map from node to place, empty if all keep theirs. */
  function places(graph, state, scene) {
    if (!state.only || !scene.lit) return new Map();
    if (state.path.length === 2) {
      const along = scene.path.length ? scene.path : state.path;
      return new Map(along.map((node, at) => [node, [at * 240, at % 2 ? 70 : 0]]));
    }
    return scene.count > CROWD ? new Map() : rings(graph, scene, state.node); // a crowd is clearer on the map
  }

  kg.scene = { compute, places, withNarrower };
})();
