"""A small graph whose every answer is known, its page opened in a browser, and what can be read from that."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import networkx as nx
from browsing import visited

from kg.graph import KnowledgeGraph
from kg.iri import entity_id
from kg.model import DigestNode, Edge, Entity, Evidence, Kind, Label, Lang, Located, PaperNode, Part, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browsing import Visit
    from playwright.sync_api import Browser, Download, Page

DIGEST = "digest/00000000000000aa"
COT, LORA, GSM = (
    entity_id(Kind.METHOD, "chain-of-thought"),
    entity_id(Kind.METHOD, "LoRA"),
    entity_id(Kind.DATASET, "GSM8K"),
)
REASONING = entity_id(Kind.TOPIC, "reasoning")
PAPERS = 24
MONTHS = ("2309", "2310", "2311", "2312")
NAMES = {
    COT: ("chain-of-thought", "思维链"),
    LORA: ("LoRA", "低秩适配"),
    GSM: ("GSM8K", ""),
    REASONING: ("reasoning", "推理"),
}
CLAIMS = {
    LORA: Relation.USES_METHOD,
    COT: Relation.USES_METHOD,
    GSM: Relation.USES_DATASET,
    REASONING: Relation.HAS_TOPIC,
}


def paper_id(index: int) -> str:
    return f"{MONTHS[index % 4]}.{index:05}"


def targets(index: int) -> list[str]:
    """What a paper is about: the first third uses LoRA, the others chain-of-thought; one of these also GSM8K."""
    return [LORA] if index < PAPERS // 3 else [COT, REASONING] + [GSM] * (index == PAPERS - 1)


def claim(index: int, target: str, abstract: str) -> Edge:
    quote = NAMES[target][0]
    start = abstract.index(quote)
    confidence = 0.9 if index % 2 else 0.6
    found = Evidence(Part.ABSTRACT, Lang.EN, quote, start, start + len(quote), "cue", confidence, DIGEST, 10 + index)
    return Edge(paper_id(index), CLAIMS[target], target, (found,))


def small_graph() -> KnowledgeGraph:
    """Build a graph whose every answer is known: two methods that only GSM8K's neighbours and one paper join."""
    nodes: list[PaperNode | Entity | DigestNode] = [DigestNode(DIGEST, ("2023_sample.md",), "catalogue")]
    nodes += [
        Entity(
            COT, Kind.METHOD, (Label("chain-of-thought", Lang.EN), Label("思维链", Lang.ZH)), (Label("CoT", Lang.EN),)
        ),
        Entity(
            LORA,
            Kind.METHOD,
            (Label("LoRA", Lang.EN), Label("低秩适配", Lang.ZH)),
            (Label("Low-Rank Adapters", Lang.EN),),
        ),
        Entity(GSM, Kind.DATASET, (Label("GSM8K", Lang.EN),)),
        Entity(REASONING, Kind.TOPIC, (Label("reasoning", Lang.EN), Label("推理", Lang.ZH)), scheme="task"),
    ]
    edges = []
    for index in range(PAPERS):
        abstract = f"We study {' and '.join(NAMES[target][0] for target in targets(index))} with care, number {index}."
        passages = (
            Located(Part.TITLE, Lang.EN, f"Study {index} of models", DIGEST, index + 1),
            Located(Part.TITLE, Lang.ZH, f"模型研究之{index}", DIGEST, index + 1),
            Located(Part.ABSTRACT, Lang.EN, abstract, DIGEST, 10 + index),
        )
        nodes.append(PaperNode(paper_id(index), passages, f"2023-{9 + index % 4:02}-{1 + index:02}"))
        edges += [claim(index, target, abstract) for target in targets(index)]
        edges.append(Edge(paper_id(index), Relation.LISTED_IN, DIGEST))
    title = "Study 0 of models"
    bridge = Evidence(Part.TITLE, Lang.EN, title[:5], 0, 5, "cue", 0.95, DIGEST, 1)
    edges.append(Edge(paper_id(0), Relation.USES_DATASET, GSM, (bridge,)))
    return KnowledgeGraph(nodes, edges)


def joined(graph: KnowledgeGraph) -> nx.Graph:
    """Make the network that the page walks: everything but digests."""
    edges = (edge for edge in graph.edges() if edge.relation is not Relation.LISTED_IN)
    return nx.Graph((edge.source, edge.target) for edge in edges)


def written(folder: Path, page: bytes) -> Path:
    path = folder / "explorer.html"
    path.write_bytes(page)
    return path


@contextmanager
def opened(found: Browser, path: Path, address: str = "", **options: Any) -> Iterator[Visit]:  # noqa: ANN401  as playwright takes them
    """Open the page and wait until its evidence is read."""
    with visited(found, path.as_uri() + address, "html[data-evidence]", **{"locale": "en-US", **options}) as visit:
        yield visit


def counts(page: Page) -> dict[str, int]:
    """Read how many of each kind pass the filters."""
    kinds = ("paper", "method", "dataset", "topic")
    return {kind: int(page.inner_text(f"#kind-{kind} .count").replace(",", "")) for kind in kinds}


def address(page: Page) -> dict[str, str]:
    """Read what the address says."""
    pairs: dict[str, str] = page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")
    return pairs


def middle(page: Page) -> tuple[float, float]:
    """Where the middle of what is drawn stands: in the window less what the legend covers."""
    box, legend = page.locator("#canvas").bounding_box(), page.locator("#legend").bounding_box()
    assert box
    assert legend
    return box["x"] + box["width"] / 2, box["y"] + (legend["y"] - box["y"]) / 2


def saved(page: Page, what: str) -> bytes:
    page.click("#save")
    with page.expect_download() as waiting:
        page.click(f"[data-save={what}]")
    download: Download = waiting.value
    return download.path().read_bytes()


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
