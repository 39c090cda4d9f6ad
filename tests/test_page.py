"""The page, read as text: self-contained, and safe whatever a title holds."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from writers_sample import HOSTILE, hostile_graph, large_graph

from kg import views
from kg.graph import KnowledgeGraph
from kg.writers import html


class Reader(HTMLParser):
    """What a browser's parser would find: tags with attributes, and the text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.raw.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            tag, text = self.raw.pop()
            self.raw.append((tag, text + data))


def page_of(graph: KnowledgeGraph, **options: str) -> str:
    ((name, chunks),) = html.render(graph, **options)
    assert name == "graph.html"
    return b"".join(chunks).decode()


@pytest.fixture(scope="module")
def page() -> str:
    return page_of(hostile_graph())


@pytest.fixture(scope="module")
def reader(page: str) -> Reader:
    return Reader(page)


@pytest.fixture(scope="module")
def graph(reader: Reader) -> Any:  # noqa: ANN401  JSON
    return json.loads(reader.raw[1][1])


def test_nothing_is_loaded_from_anywhere(reader: Reader) -> None:
    """No tag of the page names an address, and its style none either."""
    loading = {"src", "href", "srcset", "data", "action", "poster", "background", "integrity"}
    assert [(tag, values) for tag, values in reader.tags if loading & values.keys()] == []
    assert "link" not in {tag for tag, _ in reader.tags}
    assert not re.search(r"@import|url\(", reader.raw[0][1])
    assert "sourceMappingURL" not in reader.raw[2][1]


def test_hostile_text_adds_no_tag(reader: Reader) -> None:
    """The page has the tags of its template whatever the graph holds."""
    assert [tag for tag, _ in reader.tags] == [tag for tag, _ in Reader(page_of(KnowledgeGraph([], []))).tags]
    assert [tag for tag, _ in reader.raw] == ["style", "script", "script", "script"]


def test_a_hostile_heading_is_text() -> None:
    title = "</title><script>alert(1)</script>{{ 7 * 7 }}"
    found = Reader(page_of(large_graph(1), title=title))
    assert [tag for tag, _ in found.raw] == ["style", "script", "script", "script"]
    assert "{{ 7 * 7 }}" in page_of(large_graph(1), title=title)


def test_the_data_holds_every_text_as_it_is(graph: Any) -> None:  # noqa: ANN401  JSON
    titles = {node["en"].removeprefix("LoRA ") for node in graph["nodes"] if node["kind"] == "paper"}
    assert titles == set(HOSTILE)


def test_the_data_cannot_end_its_script(reader: Reader) -> None:
    assert not set("<>&\u2028\u2029") & set(reader.raw[1][1])


def test_every_quote_is_found_in_its_passage(graph: Any) -> None:  # noqa: ANN401  JSON
    source = hostile_graph()
    passages = {node["id"]: node.get("passages", []) for node in graph["nodes"]}
    quotes = sorted(
        passages[edge["from"]][item["passage"]]["text"][item["start"] : item["end"]]
        for edge in graph["edges"]
        for item in edge["evidence"]
    )
    assert quotes == sorted(item.quote for edge in source.edges() for item in edge.evidence)


def test_the_policy_names_each_script_and_style_by_its_hash(reader: Reader) -> None:
    policy = next(values["content"] for tag, values in reader.tags if values.get("http-equiv")) or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for _, text in (reader.raw[0], *reader.raw[2:]):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_the_script_never_makes_html_of_text() -> None:
    script = (Path(html.__file__).parent / "assets" / "page.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)


def test_nodes_have_their_places_and_nothing_is_simulated(graph: Any) -> None:  # noqa: ANN401  JSON
    assert graph["options"]["physics"] == {"enabled": False}
    assert all(type(node["x"]) is int and type(node["y"]) is int for node in graph["nodes"])


def test_rendering_leaves_the_working_directory_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page_of(large_graph(2))
    assert list(tmp_path.iterdir()) == []


def test_a_neighbourhood_opens_with_its_centre_chosen() -> None:
    graph = large_graph(20)
    near = views.around(views.whole(graph), "method/gpt4", 1)
    found = json.loads(Reader(html.page(near, title="GPT-4").decode()).raw[1][1])
    assert found["focus"] == "method/gpt4"
    assert len(found["nodes"]) == len(graph.neighbourhood("method/gpt4", 1)) + len(graph.digests())


def test_the_page_of_some_hundred_papers_is_small() -> None:
    assert len(page_of(large_graph(132)).encode()) < 3_000_000


def test_a_large_graph_is_shown_in_part_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "LIMIT", 100)
    found = json.loads(Reader(page_of(large_graph(132))).raw[1][1])
    assert sum(node["kind"] != "digest" for node in found["nodes"]) == 100
    assert found["left"][0].startswith("100 of ")
