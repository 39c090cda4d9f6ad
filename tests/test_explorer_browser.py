"""The explorer in a real browser: it opens, finds, filters, walks, and shows the evidence of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import pytest
from explorer_sample import (
    COT,
    GSM,
    LORA,
    MONTHS,
    PAPERS,
    address,
    counts,
    joined,
    middle,
    opened,
    paper_id,
    saved,
    small_graph,
    table,
    written,
)
from writers_sample import large_graph

from kg import views
from kg.iri import entity_id
from kg.model import Kind
from kg.writers import explorer

if TYPE_CHECKING:
    from pathlib import Path

    from browsing import Visit
    from playwright.sync_api import Browser


pytestmark = pytest.mark.browser

# --- Opening -----------------------------------------------------------------------------------------------------


def test_it_opens_from_a_file_and_asks_for_nothing_else(browser: Browser, small_page: Path) -> None:
    with opened(browser, small_page) as visit:
        assert visit.requests == [small_page.as_uri()]
        assert visit.complaints == []
        assert visit.page.evaluate("performance.getEntriesByName('drawn').length") == 1
        assert visit.page.evaluate("typeof kgExplorer") == "undefined"
        assert address(visit.page) == {"lang": "en"}


def test_the_overview_counts_and_ranks(visit: Visit) -> None:
    assert counts(visit.page) == {"paper": PAPERS, "method": 2, "dataset": 1, "topic": 1}
    panel = visit.page.inner_text("#panel")
    assert f"{small_graph().network.number_of_edges() - PAPERS} links" in panel
    ranked = visit.page.locator("#panel .ranked").all_inner_texts()
    assert [text.split("\n")[0] for text in ranked] == ["chain-of-thought", "LoRA", "GSM8K", "reasoning"]
    assert visit.page.locator("#panel .month").count() == len(MONTHS)


def test_the_policy_stops_a_script_that_is_put_into_the_page(browser: Browser, small_page: Path) -> None:
    with opened(browser, small_page) as visit:
        make = "const made = document.createElement('script'); made.textContent = 'window.__owned = 1';"
        visit.page.evaluate(f"() => {{ {make} document.body.append(made); }}")
        assert visit.page.evaluate("window.__owned") is None
        assert any("Content Security Policy" in text for text in visit.complaints)


# --- Searching ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("思维链", "chain-of-thought"),
        ("Chain of Thought", "chain-of-thought"),
        ("cot", "chain-of-thought"),
        ("ＬｏＲＡ", "LoRA"),
        ("low rank", "LoRA"),
        ("模型研究之3", "Study 3 of models"),
        (paper_id(5), "Study 5 of models"),
        (f"https://arxiv.org/abs/{paper_id(6)}v2", "Study 6 of models"),
    ],
)
def test_search_finds_by_labels_aliases_and_arxiv_id(visit: Visit, query: str, found: str) -> None:
    visit.search(query)
    assert visit.heading == found


def test_suggestions_tell_the_kind_and_are_walked_by_keys(visit: Visit) -> None:
    visit.page.fill("#query", "study 1")
    options = visit.page.locator("#hits [role=option]")
    assert "Paper" in options.first.inner_text()
    visit.page.press("#query", "ArrowDown")
    second = options.nth(1).locator("bdi").first.inner_text()
    assert options.nth(1).get_attribute("aria-selected") == "true"
    assert visit.page.get_attribute("#query", "aria-activedescendant") == options.nth(1).get_attribute("id")
    visit.page.press("#query", "Enter")
    assert visit.heading == second
    visit.page.fill("#query", "no such thing")
    assert "Nothing found" in visit.page.inner_text("#hits")
    visit.page.press("#query", "Escape")
    assert not visit.page.is_visible("#hits")


def test_what_a_large_page_leaves_out_is_found_and_said(browser: Browser, tmp_path: Path) -> None:
    graph = large_graph(60)
    view = views.whole(graph, limit=60)
    assert view.left_en
    drawn = {paper.id for paper in view.drawn.papers()}
    left = next(paper.id for paper in graph.papers() if paper.id not in drawn)
    with opened(browser, written(tmp_path, explorer.page(view))) as visit:
        assert view.left_en in visit.page.inner_text("#panel")
        visit.page.fill("#query", left)
        visit.page.wait_for_selector("#hits .outside")
        text = visit.page.inner_text("#hits .outside")
        assert "not on this map" in text
        assert f'kg view --focus "{left}"' in text
        assert visit.page.get_attribute("#hits .outside a", "href") == f"https://arxiv.org/abs/{left}"


# --- Filtering ---------------------------------------------------------------------------------------------------


def test_the_legend_hides_a_kind_and_undo_brings_it_back(visit: Visit) -> None:
    page = visit.page
    page.click("#kind-paper")
    assert page.get_attribute("#kind-paper", "aria-pressed") == "false"
    assert address(page)["hide"] == "paper"
    assert page.inner_text("#status") == f"4 of {PAPERS + 4} shown"
    page.click("#undo")
    page.wait_for_selector("#kind-paper[aria-pressed=true]")
    assert "hide" not in address(page)
    page.click("#redo")
    page.wait_for_selector("#kind-paper[aria-pressed=false]")


def test_choosing_the_same_again_is_no_step_to_undo(visit: Visit) -> None:
    visit.search("GSM8K")
    visit.search("LoRA")
    visit.search("LoRA")
    visit.page.click("#undo")
    visit.page.wait_for_function("document.querySelector('#content h2').textContent === 'GSM8K'")


def test_months_filter_by_bars_and_the_chip_clears(visit: Visit) -> None:
    page = visit.page
    page.click("#panel .month >> nth=1")
    assert counts(page)["paper"] == PAPERS / len(MONTHS)
    page.click("#panel .month >> nth=2", modifiers=["Shift"])
    assert counts(page)["paper"] == 2 * PAPERS / len(MONTHS)
    assert (address(page)["from"], address(page)["to"]) == ("2023-10", "2023-11")
    page.click("#chips .chip")
    assert counts(page)["paper"] == PAPERS


def test_topics_confidence_and_support_filter(visit: Visit) -> None:
    page = visit.page
    page.click("#open-filters")
    page.check("#facet-topic input[type=checkbox]")
    assert counts(page) == {"paper": PAPERS - PAPERS // 3, "method": 1, "dataset": 1, "topic": 1}
    page.fill("#confidence", "80")
    assert counts(page)["paper"] == (PAPERS - PAPERS // 3) / 2
    assert page.inner_text("#open-filters") == "Filters (2)"
    page.click("#chips .tiny")
    page.fill("#support", "3")
    assert counts(page) == {"paper": PAPERS, "method": 2, "dataset": 0, "topic": 1}
    page.fill("#support", "0")
    page.keyboard.press("Escape")
    assert not page.is_visible("#filters")


def test_a_facet_is_searched_by_either_language(browser: Browser, tmp_path: Path) -> None:
    graph = large_graph(60)
    expected = {edge.source for edge in graph.edges() if edge.target == entity_id(Kind.TOPIC, "Tag23")}
    with opened(browser, written(tmp_path, explorer.page(views.whole(graph)))) as visit:
        visit.page.click("#open-filters")
        visit.page.fill("#find-topic", "Tag23（中")
        assert visit.page.locator("#facet-topic .row").all_inner_texts()[0].startswith("Tag23")
        visit.page.check("#facet-topic input[type=checkbox]")
        assert counts(visit.page)["paper"] == len(expected)


# --- Evidence ----------------------------------------------------------------------------------------------------


def test_what_is_chosen_shows_labels_aliases_and_marked_quotes(visit: Visit) -> None:
    visit.search("CoT")
    panel = visit.page.inner_text("#panel")
    assert "思维链" in panel
    assert "CoT" in visit.page.inner_text("#panel .aliases")
    last = visit.page.locator("#panel .item").first
    assert last.locator("mark").first.inner_text() == "chain-of-thought"
    assert last.locator("blockquote").first.inner_text().startswith("We study chain-of-thought and reasoning")
    index = PAPERS - 1
    assert last.locator(".source").first.inner_text().split() == [
        *("abstract", "(en)", f"2023_sample.md:{10 + index}", "rule", "cue", "90", "%"),
    ]
    link = last.locator("a").first
    assert link.get_attribute("href") == f"https://arxiv.org/abs/{paper_id(index)}"
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_every_listed_paper_has_its_quote(visit: Visit) -> None:
    visit.search("LoRA")
    assert visit.page.locator("#panel .item").count() == PAPERS // 3
    assert visit.page.locator("#panel .item:has(mark)").count() == PAPERS // 3


def test_a_paper_shows_its_texts_and_leads_on(visit: Visit) -> None:
    visit.search(paper_id(PAPERS - 1))
    assert set(visit.page.locator("#panel .words mark").all_inner_texts()) == {"chain-of-thought", "reasoning", "GSM8K"}
    visit.page.click("#panel button.go >> text=GSM8K")
    assert visit.heading == "GSM8K"


@pytest.mark.parametrize(
    ("nodes", "heading", "quotes"), [({paper_id(1)}, "Study 1 of models", 0), ({paper_id(1), LORA}, "uses", 1)]
)
def test_a_click_on_a_node_or_an_edge_chooses_it(
    browser: Browser,
    tmp_path: Path,
    nodes: set[str],
    heading: str,
    quotes: int,
) -> None:
    """In the middle of the map stands the only node, or the middle of the only edge."""
    with opened(browser, written(tmp_path, explorer.page(views.whole(small_graph().part(nodes))))) as visit:
        visit.page.mouse.click(*middle(visit.page))
        visit.page.wait_for_selector("body.chosen")
        assert visit.heading == heading
        assert visit.page.locator("#panel mark").count() == quotes
        assert visit.complaints == []


# --- Walking -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_slider_sets_how_far_the_neighbourhood_goes(visit: Visit, depth: int) -> None:
    visit.search("LoRA")
    visit.page.fill("#depth", str(depth))
    near = nx.single_source_shortest_path_length(joined(small_graph()), LORA, cutoff=depth)
    assert visit.page.inner_text("#status") == f"LoRA chosen: {len(near) - 1} things joined to it"
    assert address(visit.page) == {"node": LORA, "depth": str(depth), "lang": "en"}
    visit.page.click("#only")
    assert len(table(saved(visit.page, "nodes"))) == len(near)


def test_the_shortest_path_is_found_and_each_step_has_its_quote(visit: Visit) -> None:
    visit.search("LoRA")
    visit.page.click("#path")
    assert "choose where to" in visit.page.inner_text("#chips")
    visit.page.fill("#query", "思维链")
    visit.page.press("#query", "Enter")
    steps = nx.shortest_path_length(joined(small_graph()), LORA, COT)
    panel = visit.page.inner_text("#panel")
    assert f"{steps} steps" in panel
    assert visit.page.locator("#panel .step").count() == steps
    assert visit.page.locator("#panel .step:has(mark)").count() == steps
    assert address(visit.page)["path"] == f"{LORA},{COT}"
    assert {row["id"] for row in table(saved(visit.page, "nodes"))} >= {LORA, COT, GSM}


def test_a_filter_cuts_a_path(visit: Visit) -> None:
    visit.page.evaluate(f"location.hash = '#lang=en&path={LORA},{COT}&to=2023-09'")
    visit.page.wait_for_selector("#panel .note")
    assert "No path" in visit.page.inner_text("#panel")


def test_pinned_things_outlast_filters_and_folding_hides_leaves(visit: Visit) -> None:
    page = visit.page
    visit.search("LoRA")
    page.click("#collapse")
    assert page.inner_text("#status") == "LoRA chosen: 1 things joined to it"  # paper 0 also hangs on GSM8K
    page.click("#collapse")
    page.click("#pin")
    page.keyboard.press("Escape")
    page.click("#kind-method")
    assert {row["id"] for row in table(saved(page, "nodes")) if row["kind"] == "method"} == {LORA}


def test_only_this_is_expanded_step_by_step(visit: Visit) -> None:
    page = visit.page
    visit.search("GSM8K")
    page.click("#only")
    around = {row["id"] for row in table(saved(page, "nodes"))}
    assert around == {GSM, paper_id(0), paper_id(PAPERS - 1)}
    page.click(f"#panel button.go >> text=Study {PAPERS - 1} of models")
    page.click("#only")
    page.click("#undo")
    page.click("#undo")
    page.wait_for_function("document.querySelector('#content h2').textContent === 'GSM8K'")
    assert address(page)["only"] == "1"
