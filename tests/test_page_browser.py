"""The page in a real browser: it opens without a network, finds, filters, shows evidence, runs no other script."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from browsing import visited
from writers_sample import HOSTILE, hostile_graph, large_graph

from kg import writers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browsing import Visit
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PAPERS = 40


@contextmanager
def opened(browser: Browser, path: Path, *, width: int = 1440, height: int = 900) -> Iterator[Visit]:
    size = {"width": width, "height": height}
    with visited(browser, path.as_uri(), "html[data-drawn]", viewport=size) as found:
        yield found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = writers.export(large_graph(PAPERS), ["html"], tmp_path_factory.mktemp("plain"))
    return path


@pytest.fixture(scope="module")
def visit(browser: Browser, plain: Path) -> Iterator[Visit]:
    """One page for all tests that look for something: each begins with a search of its own."""
    with opened(browser, plain) as found:
        yield found


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = writers.export(hostile_graph(), ["html"], tmp_path_factory.mktemp("hostile"))
    return path


def test_the_page_opens_from_a_file_and_asks_for_nothing_else(browser: Browser, plain: Path) -> None:
    with opened(browser, plain) as visit:
        assert visit.requests == [plain.as_uri()]
        assert visit.complaints == []
        assert visit.page.evaluate("performance.getEntriesByName('drawn').length") == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [("gpt 4", "GPT-4"), ("ＧＰＴ－４", "GPT-4"), ("Area 3（中", "Area 3"), ("2310.00007", "Method7: ")],
)
def test_search_finds_by_either_language_and_by_arxiv_id(visit: Visit, query: str, found: str) -> None:
    visit.search(query)
    assert visit.heading.startswith(found)


def test_search_finds_aliases_and_says_when_nothing_is_found(browser: Browser, hostile: Path) -> None:
    with opened(browser, hostile) as visit:
        visit.search("《思维链》 alias")
        assert "思维链" in visit.heading
        visit.page.fill("#query", "no such thing")
        assert "未找到" in visit.page.inner_text("#hits")


def test_suggestions_are_walked_by_the_arrow_keys(visit: Visit) -> None:
    visit.page.fill("#query", "shared0")
    visit.page.press("#query", "ArrowDown")
    second = visit.page.inner_text("#hits [aria-selected=true]")
    visit.page.press("#query", "Enter")
    assert second.startswith(visit.heading)


def test_a_kind_that_is_unticked_is_hidden(visit: Visit) -> None:
    counts = large_graph(PAPERS).counts()
    everything = sum(counts[kind] for kind in ("paper", "method", "dataset", "topic", "digest"))
    assert visit.page.inner_text("#status").startswith(f"{everything - 1} of {everything}")
    visit.page.uncheck("#show-method")
    assert visit.page.inner_text("#status").startswith(f"{everything - 1 - counts['method']} of {everything}")
    visit.page.check("#show-digest")
    assert visit.page.inner_text("#status").startswith(f"{everything - counts['method']} of {everything}")
    visit.page.uncheck("#show-digest")
    visit.search("GPT-4")  # what is looked for is shown again
    assert visit.page.is_checked("#show-method")


def test_what_is_chosen_shows_its_evidence_with_the_quote_marked(visit: Visit) -> None:
    visit.search("Method3")
    panel = visit.page.inner_text("#panel")
    assert "（中）" in panel
    assert "sample.md:4 · cue · 80 %" in panel
    assert visit.page.locator("#panel mark").first.inner_text() == "Method"
    address = visit.page.locator("#panel a").first
    assert address.get_attribute("href") == "https://arxiv.org/abs/2310.00003"
    assert address.get_attribute("rel") == "noopener noreferrer"
    visit.page.click("#panel .close")
    assert visit.page.locator("#panel mark").count() == 0


@pytest.mark.parametrize(
    ("nodes", "heading", "quotes"),
    [({"2310.00000"}, "Method0: ", 0), ({"2310.00000", "method/method0"}, "proposes", 1)],
)
def test_a_click_on_a_node_or_an_edge_chooses_it(
    browser: Browser, tmp_path: Path, nodes: set[str], heading: str, quotes: int
) -> None:
    """In the middle of the window stands the only node, or the middle of the only edge."""
    (path,) = writers.export(large_graph(1).part(nodes), ["html"], tmp_path)
    with opened(browser, path) as visit:
        box = visit.page.locator("#network canvas").bounding_box()
        assert box
        visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        visit.page.wait_for_selector("#panel .close")
        assert visit.heading.startswith(heading)
        assert visit.page.locator("#panel mark").count() == quotes


def test_a_paper_shows_its_claims_and_leads_on_to_an_entity(visit: Visit) -> None:
    visit.search("2310.00005")
    assert "方法5" in visit.page.inner_text("#panel")
    visit.page.click("#panel button.go >> text=GPT-4")
    assert visit.heading == "GPT-4"
    assert f"({PAPERS})" in visit.page.inner_text("#panel")


def test_the_page_fits_a_phone(browser: Browser, plain: Path) -> None:
    with opened(browser, plain, width=390, height=844) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
        box = visit.page.locator("#network canvas").bounding_box()
        assert box
        assert box["height"] > 250


def test_no_script_of_a_hostile_text_runs(browser: Browser, hostile: Path) -> None:
    """Every node is looked at, and every link: nothing ran, nothing was asked for, no link runs a script."""
    with opened(browser, hostile) as visit:
        for index in range(len(HOSTILE)):
            visit.search(f"2310.{index:05}" if index else "cs/0112017")
            assert visit.heading.startswith("LoRA")
        for text in HOSTILE[:4]:
            visit.search(f"{text} {HOSTILE.index(text)}")
            assert visit.heading.startswith(text[:12])
            schemes = visit.page.eval_on_selector_all("a", "links => links.map(link => link.protocol)")
            assert set(schemes) == {"https:"}
        assert visit.page.evaluate("window.__owned") is None
        assert visit.requests == [hostile.as_uri()]
        assert visit.complaints == []
        assert visit.page.evaluate("document.images.length") == 0


def test_the_policy_stops_a_script_that_is_put_into_the_page(browser: Browser, plain: Path) -> None:
    with opened(browser, plain) as visit:
        make = "const made = document.createElement('script'); made.textContent = 'window.__owned = 1';"
        visit.page.evaluate(f"() => {{ {make} document.body.append(made); }}")
        assert visit.page.evaluate("window.__owned") is None
        assert any("Content Security Policy" in text for text in visit.complaints)
