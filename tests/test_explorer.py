"""The explorer page, read as text: all of the graph with its evidence, safe, small, and honest about what it omits."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from explorer_blocks import Blocks, blocks, claims, quotes
from writers_sample import DIGEST, HOSTILE, hostile_graph, large_graph

from kg import api, pages, query, store, views
from kg.errors import InputError, NotFoundError, QueryError
from kg.graph import KnowledgeGraph
from kg.model import Edge, Entity, Evidence, Kind, Label, Lang, Located, PaperNode, Part, Relation
from kg.writers import _quotes, explorer

if TYPE_CHECKING:
    from collections.abc import Callable

ASSETS = Path(explorer.__file__).parent / "assets" / "explorer"


def page_of(graph: KnowledgeGraph, *, title: str = explorer.TITLE) -> bytes:
    ((name, chunks),) = explorer.render(graph, title=title)
    assert name == "explorer.html"
    return b"".join(chunks)


class Reader(HTMLParser):
    """What a browser's parser finds: tags with attributes, and the texts of scripts and styles."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.raw.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            tag, values, text = self.raw.pop()
            self.raw.append((tag, values, text + data))


@pytest.fixture(scope="module")
def hostile() -> bytes:
    return page_of(hostile_graph())


@pytest.fixture(scope="module")
def reader(hostile: bytes) -> Reader:
    return Reader(hostile)


def facts(graph: KnowledgeGraph) -> list[tuple[object, ...]]:
    """List every piece of evidence of a graph with its edge."""
    return sorted(
        (edge.source, edge.relation, edge.target, item.quote, item.part, item.lang, item.digest, item.line, item.rule)
        for edge in graph.edges()
        for item in edge.evidence
    )


def shown(found: Blocks) -> list[tuple[object, ...]]:
    """List every piece of evidence of a page with its edge."""
    names = ("quote", "part", "lang", "digest", "line", "rule")
    return sorted((*claim, *(item[name] for name in names)) for claim, item in quotes(found))


# --- The page holds the graph -------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", [hostile_graph(), large_graph(30)], ids=["hostile", "plain"])
def test_the_page_holds_every_node_edge_and_quote(graph: KnowledgeGraph) -> None:
    found = blocks(page_of(graph))
    digests = {node.id for node in graph.digests()}
    assert set(found["graph"]["nodes"]["id"]) == set(graph.network.nodes) - digests
    drawn = {
        (edge.source, edge.relation, edge.target) for edge in graph.edges() if edge.relation is not Relation.LISTED_IN
    }
    assert set(claims(found)) == drawn
    assert shown(found) == facts(graph)
    assert found["index"] == ""
    assert found["graph"]["view"]["left"] == {"en": "", "zh": ""}


def test_nothing_is_shown_without_evidence() -> None:
    """Only ``broader`` has none: the vocabulary states it."""
    found = blocks(page_of(hostile_graph()))
    without = {
        claim[1] for claim, count in zip(claims(found), found["graph"]["edges"]["evidence"], strict=True) if not count
    }
    assert without == {"broader"}


def test_columns_are_as_long_as_there_are_nodes() -> None:
    graph = blocks(page_of(large_graph(30)))["graph"]
    nodes, counts = graph["nodes"], dict(graph["kinds"])
    papers = {"date", "month", "digests", "code"}
    entities = {"scheme", "concept"}
    for name, column in nodes.items():
        total = (
            counts["paper"]
            if name in papers
            else sum(counts.values()) - counts["paper"]
            if name in entities
            else sum(counts.values())
        )
        assert len(column) == total, name
    assert sorted(graph["order"]) == list(range(len(nodes["id"])))
    assert graph["digests"] == {"id": [DIGEST], "name": ["sample.md"]}
    assert nodes["digests"] == [[0]] * 30


def test_labels_aliases_and_links_are_those_of_the_graph() -> None:
    graph = blocks(page_of(hostile_graph()))["graph"]
    nodes = graph["nodes"]
    at = nodes["id"].index("2310.00003")
    assert nodes["en"][at] == f"LoRA {HOSTILE[3]}"
    assert nodes["code"][at] == ["https://github.com/a/b"]
    assert nodes["date"][at] == "2023-10-01"
    assert graph["months"][nodes["month"][at]] == "2023-10"
    top = nodes["id"].index("topic/top")
    assert (nodes["en"][top], nodes["zh"][top]) == ("Top", "顶")
    assert {alias for aliases in nodes["aliases"] for alias in aliases} >= {f"{text} alias" for text in HOSTILE}


def test_a_quote_beside_characters_beyond_the_basic_plane_is_cut_where_javascript_cuts_it() -> None:
    """Offsets count UTF-16 units."""
    title = "😀😀 uses LoRA 😀"
    paper = PaperNode("2310.00001", (Located(Part.TITLE, Lang.EN, title, DIGEST, 1),))
    quote = Evidence(Part.TITLE, Lang.EN, "LoRA 😀", 8, 14, "cue", 0.9, DIGEST, 1)
    lora = Entity("method/lora", Kind.METHOD, (Label("LoRA", Lang.EN),))
    graph = KnowledgeGraph([paper, lora], [Edge(paper.id, Relation.USES_METHOD, lora.id, (quote,))])
    ((_, item),) = quotes(blocks(page_of(graph)))
    assert (item["before"], item["quote"], item["after"]) == ("😀😀 uses ", "LoRA 😀", "")


def test_evidence_whose_passage_the_graph_lacks_is_shown_by_its_quote() -> None:
    paper = PaperNode("2310.00001", ())
    quote = Evidence(Part.ABSTRACT, Lang.EN, "LoRA", 100, 104, "cue", 0.9, DIGEST, 7)
    lora = Entity("method/lora", Kind.METHOD, (Label("LoRA", Lang.EN),))
    graph = KnowledgeGraph([paper, lora], [Edge(paper.id, Relation.USES_METHOD, lora.id, (quote,))])
    ((_, item),) = quotes(blocks(page_of(graph)))
    assert (item["quote"], item["part"], item["line"]) == ("LoRA", "abstract", 7)


def test_of_many_papers_only_the_words_around_quotes_are_kept(
    sample_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quotes stay literal, their passages are cut and say so."""
    whole = page_of(sample_graph)
    monkeypatch.setattr(_quotes, "WHOLE", 0)
    part = page_of(sample_graph)
    found = blocks(part)
    assert len(part) < len(whole)
    assert (found["evidence"]["whole"], blocks(whole)["evidence"]["whole"]) == (False, True)
    assert shown(found) == facts(sample_graph) == shown(blocks(whole))
    passages = {item.text for paper in sample_graph.papers() for item in paper.passages}
    for text, cut in zip(found["evidence"]["texts"]["text"], found["evidence"]["texts"]["cut"], strict=True):
        assert any(text in passage for passage in passages)
        assert (text in passages) or cut
    assert {item["cut"] for _, item in quotes(found)} == {0, 1, 2, 3}


# --- The overview, regions ----------------------------------------------------------------------------------


def dated_graph() -> KnowledgeGraph:
    """Build forty papers in two months; a topic rises, one falls, one stays."""
    names = {"old": range(20), "new": range(20, 40), "same": range(40)}
    papers = [PaperNode(f"23{10 + index // 20}.{index:05}", ()) for index in range(40)]
    topics = [Entity(f"topic/{name}", Kind.TOPIC, (Label(name, Lang.EN),), scheme="task") for name in names]
    quote = (Evidence(Part.TAGS, Lang.EN, "tag", 0, 3, "tag", 0.9, DIGEST, 1),)
    edges = [
        Edge(papers[at].id, Relation.HAS_TOPIC, f"topic/{name}", quote)
        for name, members in names.items()
        for at in members
    ]
    return KnowledgeGraph([*papers, *topics], edges)


def test_the_overview_counts_months_and_finds_what_rises() -> None:
    graph = blocks(page_of(dated_graph()))["graph"]
    number = {name: at for at, name in enumerate(graph["nodes"]["id"])}
    found = graph["overview"]
    assert (graph["months"], found["months"]) == (["2310", "2311"], [20, 20]) or graph["months"] == [
        "2023-10",
        "2023-11",
    ]
    assert found["top"]["topic"][0] == [number["topic/same"], 40]
    assert found["rising"] == {"since": "2023-11", "nodes": [[number["topic/new"], 20, 0]]}


def test_few_papers_tell_no_rise() -> None:
    rising = blocks(page_of(large_graph(12)))["graph"]["overview"]["rising"]
    assert rising == {"since": "", "nodes": []}


def test_regions_are_named_placed_and_tinted_apart() -> None:
    graph = blocks(page_of(large_graph(132)))["graph"]
    nodes, regions = graph["nodes"], graph["communities"]
    assert [region["size"] for region in regions] == sorted((region["size"] for region in regions), reverse=True)
    assert sum(region["size"] for region in regions) == sum(at >= 0 for at in nodes["community"])
    names = [nodes["en"][region["names"][0]] for region in regions]
    assert len(set(names)) == len(names) == 7
    assert {name.split("-")[0][:4] for name in names} <= {"Area", "Shar", "Tag1", "Tag2", "Tag3", "Tag4"}
    for at, region in enumerate(regions):
        near = sorted(
            (other for other in regions[:at]),
            key=lambda other: (other["x"] - region["x"]) ** 2 + (other["y"] - region["y"]) ** 2,
        )
        assert region["tint"] not in {other["tint"] for other in near[:5]}


# --- Parts of a graph ---------------------------------------------------------------------------------------


def test_a_large_graph_is_drawn_in_part_and_says_so() -> None:
    """What is drawn and what the index holds are the whole graph; the sentence names the numbers and the rule."""
    graph = large_graph(400)
    view = views.whole(graph, limit=200)
    found = blocks(explorer.page(view))
    drawn, left = found["graph"]["nodes"]["id"], found["index"]["id"]
    assert len(drawn) == 200
    assert not set(drawn) & set(left)
    assert {*drawn, *left, DIGEST} == set(graph.network.nodes)
    assert "200 of" in found["graph"]["view"]["left"]["en"]
    assert "200" in found["graph"]["view"]["left"]["zh"]
    assert found["graph"]["totals"]["paper"] == 400
    assert {count[0] for count in found["index"]["kinds"]} == {"paper", "method", "dataset", "topic"}
    counts = dict(zip(drawn, found["graph"]["nodes"]["papers"], strict=True))
    assert counts["method/gpt4"] == 400  # in the whole graph


def test_the_part_that_is_drawn_is_the_most_connected() -> None:
    graph = large_graph(400)
    drawn = views.whole(graph, limit=200).drawn
    assert "method/gpt4" in drawn
    assert {f"topic/area{at}" for at in range(7)} <= set(drawn.network.nodes)
    least = min(drawn.network.degree(entity.id) for entity in drawn.entities() if entity.id.startswith("dataset/"))
    assert least > 1
    entities = {entity.id for entity in drawn.entities()}
    named = {paper.id: sum(edge.target in entities for edge in graph.edges_of(paper.id)) for paper in graph.papers()}
    kept = {paper.id for paper in drawn.papers()}
    assert all(any(edge.source in kept for edge in drawn.edges_of(key)) for key in entities)
    assert min(named[key] for key in kept) >= max(count for key, count in named.items() if key not in kept)


def test_a_focus_and_its_neighbours_are_drawn_first() -> None:
    graph = large_graph(400)
    assert "2310.00000" not in views.whole(graph, limit=200).drawn
    view = views.around(views.whole(graph), "2310.00000", 2, limit=200)
    assert set(graph.neighbourhood("2310.00000", 1).network.nodes) <= set(view.drawn.network.nodes)
    found = blocks(explorer.page(view))["graph"]
    assert found["nodes"]["id"][found["view"]["focus"]] == "2310.00000"
    assert found["view"]["depth"] == 2


def test_a_neighbourhood_does_not_lead_through_digests() -> None:
    """Two papers of one digest have nothing in common; but the digest of each quote is known."""
    graph = large_graph(20)
    view = views.around(views.whole(graph), "method/method3", 2)
    assert [paper.id for paper in view.drawn.papers()] == ["2310.00003"]
    assert blocks(explorer.page(view))["graph"]["digests"]["name"] == ["sample.md"]


def test_a_digest_in_focus_is_shown_by_its_papers() -> None:
    view = views.around(views.whole(large_graph(20)), DIGEST, 1)
    assert len(view.drawn.papers()) == 20
    assert blocks(explorer.page(view))["graph"]["view"]["focus"] == -1


def test_a_topic_holds_what_is_narrower_and_everything_that_its_papers_name() -> None:
    graph = hostile_graph()
    view = views.about(graph, "topic/top")
    assert len(view.drawn.papers()) == len(HOSTILE)
    one = views.about(graph, "topic/top", since="2023")
    assert len(one.drawn.papers()) == len(HOSTILE) - 1  # cs/0112017 is of 2001
    assert one.en == "Papers on Top since 2023-01"
    assert "顶" in one.zh
    assert set(view.drawn.network.nodes) == set(graph.network.nodes)


@pytest.mark.parametrize(
    ("since", "until", "papers"),
    [("2023-11", "", 20), ("", "2023-10", 20), ("2023", "2023", 40), ("2023-10", "2023-11", 40)],
)
def test_months_bound_what_is_shown(since: str, until: str, papers: int) -> None:
    assert len(views.about(dated_graph(), since=since, until=until).drawn.papers()) == papers


def test_no_paper_in_these_months_is_told_with_those_that_there_are() -> None:
    with pytest.raises(NotFoundError, match="2024-05") as caught:
        views.about(dated_graph(), "topic/old", since="2024-05")
    assert "from 2023-10 to 2023-10" in caught.value.remedy


@pytest.mark.parametrize("text", ["24-01", "2024-13", "2024-1", "January"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no month"):
        views.about(dated_graph(), since=text)


def test_a_focus_outside_the_topic_is_told() -> None:
    with pytest.raises(NotFoundError, match="not in papers on old"):
        views.around(views.about(dated_graph(), "topic/old"), "topic/new", 1)


# --- Results of queries -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ask(sample_graph_directory: Path, sample_graph: KnowledgeGraph) -> Callable[[str], Blocks]:
    opened = store.open_store(sample_graph_directory)
    return lambda text: blocks(pages.of_result(sample_graph, query.run(opened, text)))


def test_a_construct_is_drawn_with_its_own_edges_and_their_evidence(ask: Callable[[str], Blocks]) -> None:
    found = ask("CONSTRUCT { ?p kg:proposes ?m } WHERE { ?p kg:proposes ?m }")
    assert {relation for _, relation, _ in claims(found)} == {"proposes"}
    assert all(found["graph"]["edges"]["evidence"])
    assert found["graph"]["view"]["en"] == "The result of a query"


def test_a_select_of_papers_is_drawn_with_what_they_name(
    ask: Callable[[str], Blocks], sample_graph: KnowledgeGraph
) -> None:
    found = ask("SELECT ?p WHERE { ?p a kg:Paper } ORDER BY ?p LIMIT 2")
    papers = [paper.id for paper in sample_graph.papers()[:2]]
    assert found["graph"]["kinds"][0] == ["paper", 2]
    assert {source for source, relation, _ in claims(found) if relation != "broader"} == set(papers)


def test_a_select_of_papers_and_methods_is_drawn_with_the_edges_between_them(ask: Callable[[str], Blocks]) -> None:
    found = ask("SELECT ?p ?m WHERE { ?p kg:usesMethod ?m } ORDER BY ?p ?m LIMIT 5")
    kinds = dict(found["graph"]["kinds"])
    assert kinds["paper"]
    assert kinds["method"]
    assert (kinds["dataset"], kinds["topic"]) == (0, 0)


def test_a_select_of_methods_is_drawn_with_the_papers_that_name_them(ask: Callable[[str], Blocks]) -> None:
    kinds = dict(ask("SELECT ?m WHERE { ?p kg:proposes ?m } ORDER BY ?m LIMIT 1")["graph"]["kinds"])
    assert (kinds["method"], bool(kinds["paper"])) == (1, True)


def test_a_digest_stands_for_its_papers(ask: Callable[[str], Blocks]) -> None:
    assert ask("SELECT ?d WHERE { ?d a kg:Digest } ORDER BY ?d LIMIT 1")["graph"]["kinds"][0][1] > 0


def test_a_triple_that_the_query_made_up_is_not_drawn(ask: Callable[[str], Blocks]) -> None:
    """It has no evidence; its nodes are drawn with the edges that the graph has."""
    found = ask("CONSTRUCT { ?m kg:proposes ?p } WHERE { ?p kg:proposes ?m }")
    assert {relation for _, relation, _ in claims(found)} >= {"proposes"}
    assert all(source.startswith(("1", "2", "c")) for source, relation, _ in claims(found) if relation == "proposes")


def test_a_result_without_nodes_is_told(ask: Callable[[str], Blocks]) -> None:
    with pytest.raises(NotFoundError, match="no node"):
        ask("SELECT ?x WHERE { VALUES ?x { 1 2 } }")
    with pytest.raises(QueryError, match="yes or no"):
        ask("ASK { ?p a kg:Paper }")


# --- Safety -------------------------------------------------------------------------------------------------


def test_hostile_text_adds_no_tag(reader: Reader) -> None:
    """The page has the tags of its template whatever the graph holds."""
    assert [tag for tag, _ in reader.tags] == [tag for tag, _ in Reader(page_of(KnowledgeGraph([], []))).tags]


@pytest.mark.parametrize("title", ["</title><script>alert(1)</script>", "{{policy}} {{data}}", '"><img src=x>'])
def test_a_hostile_heading_is_text(title: str, reader: Reader) -> None:
    page = page_of(large_graph(1), title=title)
    assert [tag for tag, _ in Reader(page).tags] == [tag for tag, _ in reader.tags]
    assert blocks(page)["graph"]["title"] == title


def test_nothing_is_loaded_from_anywhere(reader: Reader) -> None:
    loading = {"src", "href", "srcset", "data", "action", "poster", "background", "style"}
    assert [(tag, values) for tag, values in reader.tags if loading & values.keys()] == []
    assert {tag for tag, _ in reader.tags}.isdisjoint({"link", "base", "iframe", "object", "embed"})
    for tag, _, text in reader.raw:
        if tag == "style":
            assert not re.search(r"@import|url\((?!\"?data:)", text)


def test_the_policy_names_each_script_and_style_by_its_hash(reader: Reader) -> None:
    policy = next(values["content"] for _, values in reader.tags if values.get("http-equiv")) or ""
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert (rules["default-src"], rules["base-uri"], rules["form-action"]) == ("'none'", "'none'", "'none'")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        texts = [text for name, values, text in reader.raw if name == tag and "type" not in values]
        assert texts
        hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts]
        assert rules[f"{tag}-src"].split() == hashes


def test_no_script_of_ours_makes_html_of_text() -> None:
    for path in sorted(ASSETS.glob("*.js")):
        script = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script), (
            path
        )


def test_no_asset_can_end_its_element() -> None:
    for path in sorted(path for path in ASSETS.rglob("*") if path.suffix in {".js", ".css"}):
        assert not re.search(r"</(script|style)|<!--", path.read_text(encoding="utf-8"), re.IGNORECASE), path


# --- Size ---------------------------------------------------------------------------------------------------


def test_an_empty_graph_is_a_page() -> None:
    found = blocks(page_of(KnowledgeGraph([], [])))
    assert found["graph"]["nodes"]["id"] == []
    assert found["graph"]["communities"] == []
    assert found["graph"]["totals"]["paper"] == 0


@pytest.mark.archive
def test_the_page_of_the_seeds_is_small(real_digests: Path, tmp_path: Path) -> None:
    """At most 3 MB for 132 papers, with every passage whole."""
    api.build_graph([real_digests / "seeds"], tmp_path / "graph", workers=1)
    page = page_of(api.load_graph(tmp_path / "graph"))
    assert len(page) < 3_000_000
    assert blocks(page)["evidence"]["whole"]
