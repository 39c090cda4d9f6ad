"""Graphs for the tests of the writers: one with every kind of hostile text, one of any size."""

from __future__ import annotations

from kg.graph import KnowledgeGraph
from kg.iri import entity_id
from kg.model import DigestNode, Edge, Entity, Evidence, Kind, Label, Lang, Located, PaperNode, Part, Relation

DIGEST = "digest/0123456789abcdef"

HOSTILE = (
    "</script><script>window.__owned = true</script>",
    '"><img src=x onerror="window.__owned = true">',
    "javascript:window.__owned=true",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "'; MATCH (n) DETACH DELETE n; //",
    "\\' \\\" \\u0027 \\\\u0027 \\",
    'a "quoted" name, with; commas | pipes\ttabs',
    '=HYPERLINK("https://example.org")',
    "]]> <!-- & &amp; --> <?xml?>",
    "right\u202eto\u2066left\u200f marks\ufeff",
    "separators\u2028and\u2029and\x85",
    "controls\x00\x01\x07\x1b[31m\x1f\x7f",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 😀 e\u0301 机器翻译，《思维链》",
    '<https://example.org/> "x"@en . <a> <b> <c> .',
    "w" * 10_000,
)


def hostile_graph() -> KnowledgeGraph:
    """Build a small graph in which every text is an attack, and every kind and relation occurs."""
    nodes: list[PaperNode | Entity | DigestNode] = [DigestNode(DIGEST, HOSTILE[:2], "catalogue")]
    edges: list[Edge] = []
    for index, text in enumerate(HOSTILE):
        paper = f"2310.{index:05}" if index else "cs/0112017"
        title, abstract = f"LoRA {text}", f"我们使用LoRA {text} 与 GLUE"
        passages = (
            Located(Part.TITLE, Lang.EN, title, DIGEST, 3),
            Located(Part.ABSTRACT, Lang.ZH, abstract, DIGEST, 5),
            Located(Part.TAGS, Lang.ZH, text, DIGEST, 6),
        )
        nodes.append(PaperNode(paper, passages, "2023-10-01" if index % 2 else "", ("https://github.com/a/b",)))
        name = f"{text} {index}"
        nodes += [_entity(kind, name, text) for kind in (Kind.METHOD, Kind.DATASET, Kind.TOPIC)]
        edges += _edges(paper, name, text, title, abstract)
    top = Entity("topic/top", Kind.TOPIC, (Label("Top", Lang.EN), Label("顶", Lang.ZH)), scheme="area", concept=True)
    edges += [Edge(node.id, Relation.BROADER, top.id) for node in nodes if node.id.startswith("topic/")]
    return KnowledgeGraph([*nodes, top], edges)


def _entity(kind: Kind, name: str, text: str) -> Entity:
    scheme = "tag" if kind is Kind.TOPIC else ""
    labels = (Label(name, Lang.EN), Label(f"名 {text}", Lang.ZH))
    return Entity(entity_id(kind, name), kind, labels, (Label(text, Lang.EN), Label(f"{text} alias", Lang.EN)), scheme)


def _edges(paper: str, name: str, text: str, title: str, abstract: str) -> list[Edge]:
    found = (
        Evidence(Part.TITLE, Lang.EN, title[:4], 0, 4, "title-name", 0.97, DIGEST, 3),
        Evidence(Part.ABSTRACT, Lang.ZH, abstract[4:8], 4, 8, "cue", 0.6, DIGEST, 5),
    )
    tag = (Evidence(Part.TAGS, Lang.ZH, text, 0, len(text), f"tag {text}", 0.9, DIGEST, 6),)
    relations = {
        Relation.PROPOSES: (Kind.METHOD, found),
        Relation.USES_METHOD: (Kind.METHOD, found[1:]),
        Relation.INTRODUCES: (Kind.DATASET, found[:1]),
        Relation.USES_DATASET: (Kind.DATASET, found),
        Relation.HAS_TOPIC: (Kind.TOPIC, tag),
    }
    claims = [Edge(paper, relation, entity_id(kind, name), items) for relation, (kind, items) in relations.items()]
    return [*claims, Edge(paper, Relation.LISTED_IN, DIGEST)]


def large_graph(papers: int) -> KnowledgeGraph:
    """Build a graph of the shape of real ones: communities of papers, shared entities, and many that stand alone."""
    nodes: dict[str, PaperNode | Entity | DigestNode] = {DIGEST: DigestNode(DIGEST, ("sample.md",), "catalogue")}
    edges: list[Edge] = []
    for index in range(papers):
        paper, group = f"2310.{index:05}", index % 7
        title = f"Method{index}: Studying Area {group} with Shared Models, Number {index}"
        passages = (
            Located(Part.TITLE, Lang.EN, title, DIGEST, index + 1),
            Located(Part.TITLE, Lang.ZH, f"方法{index}：以共享模型研究领域{group}，第{index}篇", DIGEST, index + 1),
        )
        nodes[paper] = PaperNode(paper, passages, "2023-10-01")
        names = [(Kind.METHOD, f"Method{index}"), (Kind.METHOD, f"Shared{group}-{index % 5}"), (Kind.METHOD, "GPT-4")]
        names += [
            (Kind.DATASET, f"Set{index % 11}"),
            (Kind.TOPIC, f"Area {group}"),
            (Kind.TOPIC, f"Tag{group * 6 + index // 7 % 6}"),
        ]
        for kind, name in names:
            relation = {Kind.METHOD: Relation.USES_METHOD, Kind.DATASET: Relation.USES_DATASET}.get(
                kind, Relation.HAS_TOPIC
            )
            relation = Relation.PROPOSES if name == f"Method{index}" else relation
            key = entity_id(kind, name)
            nodes[key] = Entity(key, kind, (Label(name, Lang.EN), Label(f"{name}（中）", Lang.ZH)), scheme="task")
            quote = Evidence(Part.TITLE, Lang.EN, title[:6], 0, 6, "cue", 0.8, DIGEST, index + 1)
            edges.append(Edge(paper, relation, key, (quote,)))
        edges.append(Edge(paper, Relation.LISTED_IN, DIGEST))
    return KnowledgeGraph(nodes.values(), edges)
