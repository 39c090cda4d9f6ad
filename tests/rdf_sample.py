"""A small graph, known by heart, for the tests of RDF, queries and shapes: four papers of two digests."""

from __future__ import annotations

from kg.graph import KnowledgeGraph
from kg.model import DigestNode, Edge, Entity, Evidence, Kind, Label, Lang, Located, PaperNode, Part, Relation
from kg.oxigraph import Quad, Store
from kg.rdf import triples

FIRST, SECOND = "digest/0123456789abcdef", "digest/fedcba9876543210"
OLD, LORA, LATER, CODE = "cs/0112017", "2106.09685", "2310.00212", "2402.00001"
INTRODUCED = {"method/lora": LORA, "dataset/glue": "1804.07461"}
"""What the vocabulary of this sample knows; GLUE's paper is not in the graph."""

_EN, _ZH = Lang.EN, Lang.ZH
_TITLES = {
    OLD: ("Statistical Translation of Sentences", "句子的统计翻译"),
    LORA: ("LoRA: Low-Rank Adaptation with GLUE", "LoRA：低秩适配与GLUE"),
    LATER: ("QLoRA from LoRA with GLUE and Chain-of-Thought", "QLoRA：源自LoRA，用GLUE与思维链"),
    CODE: ("MathBench: Chain-of-Thought and LoRA", "数学基准：思维链与LoRA"),
}


def _entity(node_id: str, en: str, zh: str = "", *aliases: str, scheme: str = "", concept: bool = True) -> Entity:
    labels = (Label(en, _EN), Label(zh, _ZH)) if zh else (Label(en, _EN),)
    kind = Kind(node_id.partition("/")[0])
    return Entity(node_id, kind, labels, tuple(Label(name, _EN) for name in aliases), scheme, concept)


_ENTITIES = (
    _entity("method/lora", "LoRA", "低秩适配", "Low-Rank Adaptation"),
    _entity("method/chainofthought", "chain-of-thought", "思维链", "CoT"),
    _entity("method/qlora", "QLoRA", concept=False),
    _entity("dataset/glue", "GLUE"),
    _entity("dataset/mathbench", "MathBench", "", "CoT", concept=False),
    _entity("topic/language", "language", "语言", scheme="area"),
    _entity("topic/machinetranslation", "machine translation", "机器翻译", scheme="task"),
    _entity("topic/reasoning", "reasoning", "推理", scheme="task"),
    _entity("topic/冷门", "冷门", scheme="tag", concept=False),
)


def _paper(arxiv_id: str, published: str = "", code: tuple[str, ...] = ()) -> PaperNode:
    en, zh = _TITLES[arxiv_id]
    tags = Located(Part.TAGS, _ZH, "机器翻译 · 推理 · 冷门", FIRST, 4)
    passages = (Located(Part.TITLE, _EN, en, FIRST, 2), Located(Part.TITLE, _ZH, zh, FIRST, 3), tags)
    return PaperNode(arxiv_id, passages, published, code)


def _claim(paper: str, relation: Relation, target: str, *quotes: str, confidence: float = 0.9) -> Edge:
    """Make an edge whose evidence is where these words stand in the titles or tags."""
    places = [(Part.TITLE, _EN, _TITLES[paper][0], 2), (Part.TITLE, _ZH, _TITLES[paper][1], 3)]
    places.append((Part.TAGS, _ZH, "机器翻译 · 推理 · 冷门", 4))
    found: list[Evidence] = []
    for quote in quotes:
        part, lang, text, line = next(place for place in places if quote in place[2])
        start = text.index(quote)
        sure = round(confidence - len(found) / 10, 2)
        found.append(Evidence(part, lang, quote, start, start + len(quote), "cue", sure, FIRST, line))
    return Edge(paper, relation, target, tuple(sorted(found)))


def sample_graph() -> KnowledgeGraph:
    """Build the graph."""
    papers = [
        _paper(OLD),
        _paper(LORA, "2021-06-17"),
        _paper(LATER, "2023-09-30"),
        _paper(CODE, "2024-02", ("https://github.com/a/math bench",)),
    ]
    edges = [
        _claim(LORA, Relation.PROPOSES, "method/lora", "LoRA", "低秩适配", confidence=0.97),
        _claim(LORA, Relation.USES_DATASET, "dataset/glue", "GLUE"),
        _claim(LATER, Relation.PROPOSES, "method/qlora", "QLoRA"),
        _claim(LATER, Relation.USES_METHOD, "method/lora", "LoRA"),
        _claim(LATER, Relation.USES_METHOD, "method/chainofthought", "Chain-of-Thought", "思维链"),
        _claim(LATER, Relation.USES_DATASET, "dataset/glue", "GLUE"),
        _claim(CODE, Relation.INTRODUCES, "dataset/mathbench", "MathBench"),
        _claim(CODE, Relation.USES_METHOD, "method/chainofthought", "思维链"),
        _claim(CODE, Relation.USES_METHOD, "method/lora", "LoRA", confidence=0.5),
        _claim(OLD, Relation.HAS_TOPIC, "topic/machinetranslation", "机器翻译"),
        _claim(LORA, Relation.HAS_TOPIC, "topic/冷门", "冷门"),
        _claim(LATER, Relation.HAS_TOPIC, "topic/reasoning", "推理"),
        _claim(CODE, Relation.HAS_TOPIC, "topic/reasoning", "推理"),
        _claim(CODE, Relation.HAS_TOPIC, "topic/machinetranslation", "机器翻译"),
        Edge("topic/machinetranslation", Relation.BROADER, "topic/language"),
        Edge("topic/reasoning", Relation.BROADER, "topic/language"),
        Edge(CODE, Relation.LISTED_IN, SECOND),
        *(Edge(paper, Relation.LISTED_IN, FIRST) for paper in _TITLES),
    ]
    digests = [DigestNode(FIRST, ("a.md", "copy of a.md"), "listing"), DigestNode(SECOND, ("b.md",), "page")]
    return KnowledgeGraph([*papers, *_ENTITIES, *digests], edges)


def sample_store() -> Store:
    """Load the graph into a store in memory."""
    store = Store()
    found = triples(sample_graph(), introduced_by=INTRODUCED)
    store.bulk_extend(Quad(triple.subject, triple.predicate, triple.object) for triple in found)
    return store
