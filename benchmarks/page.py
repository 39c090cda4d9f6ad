"""Time the pages: ``python benchmarks/page.py GRAPH... [--runs N] [--patience SECONDS]`` (needs Chromium, playwright).

For each graph directory: the processor time that the export takes, how large the file is, how long from opening it
until it is drawn and usable, and the median and the worst frame while the mouse pans and the wheel zooms. The peers
are measured in the same run, on the same nodes and edges: pyvis as a user writes it (`pyvis`: physics at its default;
`pyvis, still`: physics off), our own simple page, and two renderers with our places and no more around them than a
list of nodes and edges (force-graph on a canvas, sigma on WebGL). They come from npm, once, into
``~/.cache/digest-kg/bench``.

Chromium runs headless without a graphics card, so WebGL is computed by the processor: sigma is faster where there is
a card. A peer that is not drawn after so many seconds is given up (--patience).
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import tarfile
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Error, sync_playwright

import kg
from kg import layout, views
from kg.model import Relation
from kg.writers import explorer, html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from kg.graph import KnowledgeGraph

CACHE = Path.home() / ".cache" / "digest-kg" / "bench"
PACKAGES = {
    "force-graph": ("1.52.0", "package/dist/force-graph.min.js"),
    "sigma": ("3.0.2", "package/dist/sigma.min.js"),
    "graphology": ("0.26.0", "package/dist/graphology.umd.min.js"),
}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-background-networking"]
WIDTH, HEIGHT = 1440, 900
MOVES = 60
SECONDS = 15
"""How many moves a page is put through, and for how long at most."""

AFTER = "requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('drawn')))"
RECORD = """() => { window.__frames = []; let last = 0; window.__recording = true;
  const step = (now) => { if (last) window.__frames.push(now - last); last = now;
    if (window.__recording) requestAnimationFrame(step); };
  requestAnimationFrame(step); }"""
STOP = "() => { window.__recording = false; return window.__frames; }"


@dataclass(frozen=True)
class Figures:
    """What was measured of one page."""

    export: float
    """Seconds of processor time to make the file."""
    size: float
    """Megabytes of it."""
    opened: float | None
    """Seconds from opening until drawn; none if it was given up."""
    pan: tuple[float, float] = (0, 0)
    """Median and worst frame while panning, in milliseconds."""
    zoom: tuple[float, float] = (0, 0)
    """The same while zooming."""


# --- What is measured ---------------------------------------------------------------------------------------


def ours(graph: KnowledgeGraph) -> str:
    """Make the explorer page."""
    return explorer.page(views.whole(graph)).decode()


def simple(graph: KnowledgeGraph) -> str:
    """Make our simple page."""
    return html.page(views.whole(graph, limit=html.LIMIT)).decode()


def pyvis(graph: KnowledgeGraph, *, physics: bool = True) -> str:
    """Make the page that a user of pyvis writes in ten lines; ready when its physics have come to rest."""
    from pyvis.network import Network  # noqa: PLC0415  it imports IPython

    network = Network(directed=True, height="100vh", cdn_resources="in_line")
    nodes, edges = content(graph)
    for node, label in nodes:
        network.add_node(node, label=label)
    for source, target in edges:
        network.add_edge(source, target)
    network.toggle_physics(physics)
    page: str = network.generate_html()
    mark = f"network.once('{'stabilizationIterationsDone' if physics else 'afterDrawing'}', () => {{ {AFTER} }});"
    return page.replace("return network;", f"{mark} return network;")


def still(graph: KnowledgeGraph) -> str:
    """Make the same page with its physics off."""
    return pyvis(graph, physics=False)


def force_graph(graph: KnowledgeGraph) -> str:
    """Make a bare page of force-graph with our places."""
    program = """const nodes = data.nodes.map(([id, name, x, y]) => ({ id, name, fx: x, fy: y, x, y }));
      const links = data.edges.map(([source, target]) => ({ source, target }));
      const graph = new ForceGraph(document.getElementById('map')).cooldownTicks(0).graphData({ nodes, links });
      setTimeout(() => { graph.zoomToFit(0, 20); AFTER; }, 0);"""
    return bare(graph, ["force-graph"], program)


def sigma(graph: KnowledgeGraph) -> str:
    """Make a bare page of sigma with our places."""
    program = """const graph = new graphology.MultiDirectedGraph();
      for (const [id, label, x, y] of data.nodes) graph.addNode(id, { label, x, y: -y, size: 3, color: '#1d4ed8' });
      for (const [source, target] of data.edges) graph.addEdge(source, target, { size: 0.5, color: '#b8c4d6' });
      new Sigma(graph, document.getElementById('map')); AFTER;"""
    return bare(graph, ["graphology", "sigma"], program)


PAGES: dict[str, Callable[[KnowledgeGraph], str]] = {
    "explorer": ours,
    "simple page": simple,
    "force-graph": force_graph,
    "sigma, WebGL": sigma,
    "pyvis, still": still,
    "pyvis": pyvis,
}


def content(graph: KnowledgeGraph) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """List the nodes with their names and the edges, as the explorer draws them."""
    drawn = views.whole(graph).drawn
    digests = {digest.id for digest in drawn.digests()}
    nodes = [(node, views.name(drawn, node)) for node in sorted(set(drawn.network.nodes) - digests)]
    return nodes, [(edge.source, edge.target) for edge in drawn.edges() if edge.relation is not Relation.LISTED_IN]


def bare(graph: KnowledgeGraph, packages: list[str], program: str) -> str:
    """Make a page of nothing but a renderer, our places and a program."""
    nodes, edges = content(graph)
    places = layout.positions(views.whole(graph).drawn)
    data = {"nodes": [[node, name, *places[node]] for node, name in nodes], "edges": edges}
    literal = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    scripts = [*map(package, packages), f"const data = {literal};\n{program.replace('AFTER', AFTER)}"]
    elements = "".join(f"<script>{script}</script>" for script in scripts)
    style = "<style>body { margin: 0 } #map { width: 100vw; height: 100vh }</style>"
    return f'<!doctype html><meta charset="utf-8">{style}<div id="map"></div>{elements}'


def package(name: str) -> str:
    """Give the script of an npm package, fetched once."""
    version, member = PACKAGES[name]
    archive = CACHE / f"{name}-{version}.tgz"
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm") or "npm"
        subprocess.run([npm, "pack", f"{name}@{version}"], cwd=CACHE, check=True, capture_output=True)
    with tarfile.open(archive) as files:
        stream = files.extractfile(member)
        assert stream is not None, member  # noqa: S101  the versions above have it
        return stream.read().decode()


# --- Measuring ----------------------------------------------------------------------------------------------


def measured(
    browser: Browser, make: Callable[[KnowledgeGraph], str], graph: KnowledgeGraph, options: argparse.Namespace
) -> Figures:
    """Make a page, open it some times, then pan and zoom in it."""
    start = time.process_time()
    text = make(graph)
    export = time.process_time() - start
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "page.html"
        path.write_text(text, encoding="utf-8")
        size = path.stat().st_size / 1e6
        seconds: list[float] = []
        for _ in range(options.runs):
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            opened = seconds_to_open(page, path, options.patience)
            if opened is None:
                page.close(run_before_unload=False)
                return Figures(export, size, None)
            seconds.append(opened)
            if len(seconds) < options.runs:
                page.close()
        figures = Figures(export, size, statistics.median(seconds), frames(page, pan), frames(page, zoom))
        page.close()
    return figures


def seconds_to_open(page: Page, path: Path, patience: float) -> float | None:
    """Open a page and give the seconds until it marked that it was drawn."""
    page.set_default_timeout(patience * 1000)
    end = time.monotonic() + patience
    with suppress(Error):
        page.goto(path.as_uri(), wait_until="commit")
        while time.monotonic() < end:  # not wait_for_function, which the policy of our pages stops
            marks = page.evaluate("performance.getEntriesByName('drawn').map(mark => mark.startTime)")
            if marks:
                return float(marks[0]) / 1000
            page.wait_for_timeout(50)
    return None


def frames(page: Page, move: Callable[[Page], None]) -> tuple[float, float]:
    """Give the median and the worst frame while something moves, in milliseconds."""
    page.wait_for_timeout(500)
    page.evaluate(RECORD)
    move(page)
    taken = page.evaluate(STOP)
    return statistics.median(taken), max(taken)


def moves() -> Iterator[int]:
    """Count the moves of the mouse, fewer where each takes long."""
    end = time.monotonic() + SECONDS
    yield from takewhile(lambda _: time.monotonic() < end, range(MOVES))


def pan(page: Page) -> None:
    """Drag the map to and fro, from a place in its middle."""
    x, y = WIDTH * 0.45, HEIGHT * 0.45
    page.mouse.move(x, y)
    page.mouse.down()
    for at in moves():
        side = at % 20 if at % 40 < 20 else 20 - at % 20  # noqa: PLR2004  there and back
        page.mouse.move(x + 12 * side, y + 6 * side)
        page.wait_for_timeout(10)
    page.mouse.up()


def zoom(page: Page) -> None:
    """Turn the wheel in and out over the middle of the map."""
    page.mouse.move(WIDTH * 0.45, HEIGHT * 0.45)
    for at in moves():
        page.mouse.wheel(0, -60 if at % 40 < 20 else 60)  # noqa: PLR2004  in and out
        page.wait_for_timeout(10)


# --- The table ----------------------------------------------------------------------------------------------


def row(name: str, found: Figures) -> str:
    """Write one line of the table."""
    made = f"{name:<14}{found.export:>9.1f} s{found.size:>9.2f} MB"
    if found.opened is None:
        return f"{made}   given up"
    moved = "".join(f"{median:>8.0f} ({worst:.0f}) ms" for median, worst in (found.pan, found.zoom))
    return f"{made}{found.opened:>9.2f} s{moved}"


def main() -> None:
    """Measure every page of every graph."""
    parser = argparse.ArgumentParser(description="Time the pages of graph directories, and those of peers.")
    parser.add_argument("graphs", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=3, help="how often each page is opened; the median counts")
    parser.add_argument("--patience", type=float, default=60, help="seconds after which a page is given up")
    parser.add_argument("--only", nargs="+", choices=list(PAGES), default=list(PAGES), help="which pages")
    options = parser.parse_args()
    for place in options.graphs:
        graph = kg.load_graph(place)
        drawn = views.whole(graph).drawn
        nodes, edges = content(graph)
        held = f"{len(graph.papers()):,} papers, of which {len(drawn.papers()):,} are drawn"
        print(f"\n{place.name}: {held}; {len(nodes):,} nodes, {len(edges):,} edges")
        print(f"{'page':<14}{'export':>11}{'file':>12}{'open':>11}{'pan: median (worst)':>24}{'zoom':>12}")
        with sync_playwright() as driver:
            for name in options.only:
                browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
                print(row(name, measured(browser, PAGES[name], graph, options)), flush=True)
                with suppress(Error):
                    browser.close()


if __name__ == "__main__":
    main()
