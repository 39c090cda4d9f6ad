"""Which part of a graph a page shows, and the sentences that say so: a page must not pass a part off as the whole.

A page of more than `LIMIT` nodes is slow and tells nothing. Of a larger graph the most connected part is drawn: the
methods, datasets and topics that most papers name, and the papers that name most of these. Whatever is left out stays
findable by its name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.errors import InputError, NotFoundError
from kg.graph import KnowledgeGraph
from kg.iri import month
from kg.model import DigestNode, Lang, PaperNode, Part, Relation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from kg.model import Edge

LIMIT = 24_000
"""How many nodes an explorer page draws at most; five thousand papers with all that they name are fewer."""

_ENTITIES = 3, 5  # of the nodes drawn of a large graph, so many are methods, datasets and topics
_MONTH = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")
_NO_CLAIM = (Relation.BROADER, Relation.LISTED_IN)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A part of a graph for a page."""

    asked: KnowledgeGraph
    """What the user asked for."""
    drawn: KnowledgeGraph
    """What of it is drawn: the same, unless it is too large."""
    support: Mapping[str, int]
    """For each entity, how many papers of the whole graph have an edge to it."""
    en: str
    """What was asked for, in a sentence."""
    zh: str
    """The same in Chinese."""
    left_en: str = ""
    """What is left out and by which rule; empty if nothing is."""
    left_zh: str = ""
    """The same in Chinese."""
    focus: str = ""
    """The id of the node that is chosen when the page opens; none if empty."""
    depth: int = 1
    """How many edges around it one sees at first."""


def support(graph: KnowledgeGraph) -> dict[str, int]:
    """Count the papers that have an edge to each entity."""
    return dict(Counter(target for _, target in {(edge.source, edge.target) for edge in _claims(graph)}))


def _claims(graph: KnowledgeGraph) -> list[Edge]:
    return [edge for edge in graph.edges() if edge.relation not in _NO_CLAIM]


def name(graph: KnowledgeGraph, node_id: str, lang: Lang = Lang.EN) -> str:
    """Give what a node is called, in this language if it has a name there."""
    node = graph.node(node_id)
    if isinstance(node, DigestNode):
        return node.names[0] if node.names else node_id
    if isinstance(node, PaperNode):
        names = [node.text(Part.TITLE, each) for each in (lang, *Lang)]
    else:
        names = [label.text for each in (lang, *Lang) for label in node.labels if label.lang is each]
    return next(filter(None, names), node_id)


# --- What to show -------------------------------------------------------------------------------------------


def whole(graph: KnowledgeGraph, *, limit: int = LIMIT) -> View:
    """View all of a graph, or the most connected part if it is too large."""
    return limited(View(graph, graph, support(graph), "The whole graph", "整个图谱"), limit)


def around(view: View, node_id: str, depth: int, *, limit: int = LIMIT) -> View:
    """View what lies within some edges of a node.

    Raises:
        NotFoundError: what was asked for so far does not hold the node.
    """
    if node_id not in view.asked:
        raise NotFoundError(node_id, f"not in {view.en[0].lower()}{view.en[1:]}", "Widen the topic or the months.")
    part = _near(view.asked, node_id, depth)
    en, zh = name(view.asked, node_id), name(view.asked, node_id, Lang.ZH)
    edges = f"{depth} edge" if depth == 1 else f"{depth} edges"
    words = f"Within {edges} of {en}", f"与“{zh}”相距不超过 {depth} 条连线"
    if view.en != "The whole graph":
        words = f"{words[0]}, in {view.en[0].lower()}{view.en[1:]}", f"{view.zh}中，{words[1]}"
    asked = replace(view, asked=part, drawn=part, en=words[0], zh=words[1], left_en="", left_zh="")
    return limited(replace(asked, focus=node_id, depth=depth), limit)


def about(graph: KnowledgeGraph, topic: str = "", *, since: str = "", until: str = "", limit: int = LIMIT) -> View:
    """View the papers of a topic and what is narrower, of some months, with everything that they name.

    Args:
        graph: the whole graph.
        topic: the id of the topic; any if empty.
        since: the first month (``2024-01``) or year; from the beginning if empty.
        until: the last month or year; to the end if empty.
        limit: how many nodes to draw at most.

    Raises:
        InputError: ``since`` or ``until`` is no month.
        NotFoundError: there is no such paper.
    """
    first, last = _month("since", since, "01"), _month("until", until, "12")
    on_topic = _papers_on(graph, topic) if topic else {paper.id for paper in graph.papers()}
    papers = {paper for paper in on_topic if (first or "") <= month(paper) <= (last or "9999")}
    if not papers:
        subject = name(graph, topic) if topic else ""
        raise NotFoundError(_when(subject, first, last), "no paper", _remedy(graph, on_topic, subject))
    part = with_names(graph, papers)
    en, zh = _said(graph, topic, first, last)
    view = View(part, part, support(graph), en, zh)
    return limited(view, limit)


def result(
    graph: KnowledgeGraph, node_ids: Collection[str], claims: Collection[tuple[str, str, str]], *, limit: int = LIMIT
) -> View:
    """View what a query gave: its edges if it gave any, else its nodes with the edges between them.

    The papers of a digest stand for it. Nodes that no edge joins are shown with what joins them to others: papers with
    what they name, the rest with the papers that name it.

    Args:
        graph: the whole graph, since a page shows evidence with every edge.
        node_ids: the nodes that the query gave.
        claims: the edges that it gave: source, relation, target. Those that the graph does not hold are left out.
        limit: how many nodes to draw at most.

    Raises:
        NotFoundError: the graph holds none of the nodes.
    """
    listed = {edge.source for edge in graph.edges(Relation.LISTED_IN) if edge.target in node_ids}
    known = {key for key in node_ids if key in graph and not isinstance(graph.node(key), DigestNode)} | listed
    if not known:
        raise NotFoundError("query", "no node of the graph in its result", "Select papers, methods or topics.")
    part = _stated(graph, known, claims) or _joined(graph, known)
    return limited(View(part, part, support(graph), "The result of a query", "查询结果"), limit)


def _stated(graph: KnowledgeGraph, known: set[str], claims: Collection[tuple[str, str, str]]) -> KnowledgeGraph | None:
    """Cut out some edges with their ends; nothing if there are none."""
    edges = [edge for edge in graph.edges() if (edge.source, edge.relation, edge.target) in claims]
    if not any(edge.relation is not Relation.LISTED_IN for edge in edges):
        return None
    listed = [edge for edge in graph.edges(Relation.LISTED_IN) if edge.source in known]
    keys = known | {end for edge in (*edges, *listed) for end in (edge.source, edge.target)}
    return KnowledgeGraph(map(graph.node, sorted(keys)), {*edges, *listed})


def _joined(graph: KnowledgeGraph, known: set[str]) -> KnowledgeGraph:
    """Cut out nodes with the edges between them, or with what joins them to others if there are none."""
    if any(edge.source in known and edge.target in known for edge in graph.edges()):
        return graph.part(known | _digests(graph, known))
    papers = {key for key in known if isinstance(graph.node(key), PaperNode)}
    if papers:
        return with_names(graph, papers, known)
    papers = {edge.source for edge in _claims(graph) if edge.target in known}
    return graph.part(known | papers | _digests(graph, papers))


def _near(graph: KnowledgeGraph, node_id: str, depth: int) -> KnowledgeGraph:
    """Cut out what lies within some edges of a node. That papers stand in one digest joins nothing."""
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for edge in graph.edges():
        if edge.relation is not Relation.LISTED_IN or node_id == edge.target:
            beside[edge.source].add(edge.target)
            beside[edge.target].add(edge.source)
    seen = _reached({node_id}, beside, depth)
    return graph.part(seen | _digests(graph, seen))


def with_names(graph: KnowledgeGraph, papers: Collection[str], others: Collection[str] = ()) -> KnowledgeGraph:
    """Cut out papers with everything that they name, what is wider than that, their digests, and some other nodes."""
    wider: defaultdict[str, set[str]] = defaultdict(set)
    for edge in graph.edges(Relation.BROADER):
        wider[edge.source].add(edge.target)
    named = {edge.target for edge in graph.edges() if edge.source in papers}
    return graph.part(_reached({*papers, *named, *others}, wider))


def _papers_on(graph: KnowledgeGraph, topic: str) -> set[str]:
    narrower: defaultdict[str, set[str]] = defaultdict(set)
    for edge in graph.edges(Relation.BROADER):
        narrower[edge.target].add(edge.source)
    topics = _reached({topic}, narrower)
    return {edge.source for edge in graph.edges(Relation.HAS_TOPIC) if edge.target in topics}


def _reached(start: set[str], steps: Mapping[str, set[str]], depth: int | None = None) -> set[str]:
    """Follow steps from some nodes, to the end or so many."""
    seen, rim = set(start), set(start)
    while rim and depth != 0:
        rim = {there for here in rim for there in steps.get(here, ())} - seen
        seen |= rim
        depth = None if depth is None else depth - 1
    return seen


def _digests(graph: KnowledgeGraph, papers: Collection[str]) -> set[str]:
    return {edge.target for edge in graph.edges(Relation.LISTED_IN) if edge.source in papers}


# --- Months -------------------------------------------------------------------------------------------------


def _month(option: str, text: str, missing: str) -> str:
    """Read a month or a year.

    >>> _month("since", "2024", "01"), _month("until", "2024", "12"), _month("since", "", "01")
    ('2024-01', '2024-12', '')
    """
    match = _MONTH.fullmatch(text.strip())
    if text and match is None:
        raise InputError(f"--{option} {text}", "no month", "Write it as 2024-01, or a year as 2024.")
    return f"{match[1]}-{match[2] or missing}" if match else ""


def _said(graph: KnowledgeGraph, topic: str, first: str, last: str) -> tuple[str, str]:
    """Say in both languages which papers are meant."""
    since, until = (f" since {first}" if first else "", f" until {last}" if last else "")
    on = f" on {name(graph, topic)}" if topic else ""
    span = f"{first or '最早'} 至 {last or '最新'}，" if first or last else ""
    subject = f"关于“{name(graph, topic, Lang.ZH)}”的" if topic else ""
    return f"Papers{on}{since}{until}", f"{span}{subject}论文"


def _when(subject: str, first: str, last: str) -> str:
    parts = (subject, f"since {first}" if first else "", f"until {last}" if last else "")
    return " ".join(filter(None, parts)) or "graph"


def _remedy(graph: KnowledgeGraph, papers: Collection[str], subject: str) -> str:
    if papers:
        months = sorted(month(paper) for paper in papers)
        return f"There are papers from {months[0]} to {months[-1]}; widen --since and --until."
    return f"Nothing is filed under {subject}; try a wider topic." if graph.papers() else "Build it: kg build DIGESTS."


# --- Size ---------------------------------------------------------------------------------------------------


def limited(view: View, limit: int) -> View:
    """Draw so many nodes at most: the focus and what is beside it, then the most connected ones."""
    total = len(view.asked) - len(view.asked.digests())
    if total <= limit:
        return view
    kept = _connected(view, limit)
    drawn = view.asked.part(kept | _digests(view.asked, kept))
    rule_en = "the methods, datasets and topics that most papers name, and the papers that name most of these"
    rule_zh = "提及论文最多的方法、数据集和主题，以及提及它们最多的论文"
    return replace(
        view,
        drawn=drawn,
        left_en=f"{len(kept):,} of {total:,} nodes are drawn: {rule_en}.",
        left_zh=f"图中画出 {total:,} 个节点中的 {len(kept):,} 个：{rule_zh}。",
    )


def _connected(view: View, limit: int) -> set[str]:
    """Choose entities by their papers, papers by these entities, and of the entities those that these papers name."""
    first, claims = _beside(view, limit // 2), _claims(view.asked)
    papers = [paper.id for paper in view.asked.papers()]
    room = max(limit * _ENTITIES[0] // _ENTITIES[1], limit - len(papers))
    named = set(_ranked((entity.id for entity in view.asked.entities()), support(view.asked), first)[:room])
    worth = Counter(edge.source for edge in claims if edge.target in named)
    kept = set(_ranked(papers, worth, first)[: limit - room])
    worth = Counter(edge.target for edge in claims if edge.source in kept)
    return kept | set(_ranked({*worth, *first} - kept, worth, first)[:room])


def _beside(view: View, most: int) -> set[str]:
    """Give the focus and, if they are not too many, its neighbours."""
    if not view.focus:
        return set()
    edges = (edge for edge in view.asked.edges_of(view.focus) if edge.relation is not Relation.LISTED_IN)
    near = {end for edge in edges for end in (edge.source, edge.target)} | {view.focus}
    return near if len(near) <= most else {view.focus}


def _ranked(node_ids: Iterable[str], worth: Mapping[str, int], first: Collection[str]) -> list[str]:
    """Rank nodes: those to come first, then by worth; of equals the later id (the newer paper), whatever its kind."""
    ranked = sorted(node_ids, key=lambda node: (node.rpartition("/")[2], node), reverse=True)
    return sorted(ranked, key=lambda node: (node not in first, -worth.get(node, 0)))
