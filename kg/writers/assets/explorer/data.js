/* Reads the blocks that the exporter wrote (DATA.md) into arrays that the other parts share. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words } = kg;

  function bytes(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const result = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) result[at] = binary.charCodeAt(at);
    return result;
  }

  /* Decode a block; null if it is empty. */
  async function block(id) {
    const element = document.getElementById(id);
    const text = element.textContent.trim();
    element.remove();
    if (!text) return null;
    const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }

  const sums = (counts) => {
    const result = new Int32Array(counts.length + 1);
    for (let at = 0; at < counts.length; at += 1) result[at + 1] = result[at] + counts[at];
    return result;
  };

  function kindsOf(kinds, size) {
    const result = new Uint8Array(size);
    let at = 0;
    kinds.forEach(([, count], index) => { result.fill(index, at, at + count); at += count; });
    return result;
  }

  function edgesOf(raw, size) {
    const count = raw.target.length;
    const source = new Int32Array(count);
    for (let node = 0, edge = 0; node < size; node += 1) {
      for (let left = raw.out[node]; left > 0; left -= 1) { source[edge] = node; edge += 1; }
    }
    return { count, source, target: Int32Array.from(raw.target), relation: Uint8Array.from(raw.relation),
      confidence: Uint16Array.from(raw.confidence), evidence: raw.evidence, claims: sums(raw.evidence) };
  }

  /* For each node, the edges at it: those numbered list[start[n]] to list[start[n + 1] - 1]. */
  function adjacency(edges, size) {
    const degree = new Int32Array(size);
    for (let edge = 0; edge < edges.count; edge += 1) {
      degree[edges.source[edge]] += 1;
      degree[edges.target[edge]] += 1;
    }
    const start = sums(degree);
    const next = start.slice();
    const list = new Int32Array(2 * edges.count);
    for (let edge = 0; edge < edges.count; edge += 1) {
      for (const end of [edges.source[edge], edges.target[edge]]) { list[next[end]] = edge; next[end] += 1; }
    }
    return { degree, start, list };
  }

  /* Make the graph that the page works on from the block `kg-graph`. */
  function graphOf(raw) {
    const { nodes } = raw;
    const size = nodes.id.length;
    const edges = edgesOf(raw.edges, size);
    const { degree, start, list } = adjacency(edges, size);
    const papers = nodes.date.length;
    const graph = {
      ...raw, size, edges, degree, papers,
      kindNames: raw.kinds.map(([name]) => name),
      kind: kindsOf(raw.kinds, size),
      id: nodes.id, en: nodes.en, zh: nodes.zh, aliases: nodes.aliases, support: nodes.papers,
      x: Float64Array.from(nodes.x), y: Float64Array.from(nodes.y), community: Int32Array.from(nodes.community || []),
      date: nodes.date, month: nodes.month, listed: nodes.digests, code: nodes.code,
      byId: new Map(nodes.id.map((id, at) => [id, at])),
    };
    graph.at = (node) => list.subarray(start[node], start[node + 1]);
    graph.end = (edge, node) => (edges.source[edge] === node ? edges.target[edge] : edges.source[edge]);
    graph.kindOf = (node) => graph.kindNames[graph.kind[node]];
    graph.relationOf = (edge) => raw.relations[edges.relation[edge]];
    graph.schemeOf = (node) => (node < papers ? "" : raw.schemes[nodes.scheme[node - papers]]);
    graph.monthOf = (node) => raw.months[graph.month[node]];
    graph.nameIn = (node, lang) => graph[lang][node] || graph[lang === "en" ? "zh" : "en"][node] || graph.id[node];
    graph.name = (node) => graph.nameIn(node, words.language.now);
    graph.otherName = (node) => {
      const second = graph[words.language.now === "en" ? "zh" : "en"][node];
      return second && second !== graph.name(node) ? second : "";
    };
    return graph;
  }

  /* Make a reader of evidence from the block `kg-evidence`. */
  function evidenceOf(graph, raw) {
    const { texts, claims } = raw;
    const first = sums(texts.count);
    const textAt = (at) => ({
      part: graph.parts[texts.part[at]], lang: graph.langs[texts.lang[at]], line: texts.line[at], cut: texts.cut[at],
      digest: texts.digest[at] < 0 ? "" : graph.digests.name[texts.digest[at]], text: texts.text[at],
    });
    const ofPaper = (paper) => {
      const result = [];
      for (let at = first[paper]; at < first[paper + 1]; at += 1) result.push(textAt(at));
      return result;
    };
    const ofEdge = (edge) => {
      const result = [];
      for (let at = graph.edges.claims[edge]; at < graph.edges.claims[edge + 1]; at += 1) {
        result.push({ ...textAt(first[graph.edges.source[edge]] + claims.text[at]), start: claims.start[at],
          length: claims.length[at], rule: graph.rules[claims.rule[at]], confidence: claims.confidence[at] / 1000, number: claims.text[at] });
      }
      return result;
    };
    return { whole: raw.whole, ofPaper, ofEdge };
  }

  kg.data = { block, graphOf, evidenceOf, kindsOf };
})();
