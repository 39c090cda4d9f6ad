"""The explorer in a real browser: addresses, languages, themes, keys, sizes, contrast, what it saves, hostile text."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from explorer_sample import (
    COT,
    GSM,
    PAPERS,
    address,
    middle,
    opened,
    paper_id,
    saved,
    small_graph,
    table,
    written,
)
from writers_sample import HOSTILE, hostile_graph, large_graph

from kg import views
from kg.writers import explorer

if TYPE_CHECKING:
    from pathlib import Path

    from browsing import Visit
    from playwright.sync_api import Browser


pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("hostile"), explorer.page(views.whole(hostile_graph())))


# --- Addresses, language, theme, keys ----------------------------------------------------------------------------


def test_a_deep_link_opens_what_it_names_and_back_works(browser: Browser, small_page: Path) -> None:
    with opened(browser, small_page, f"#node={COT}&depth=2&lang=zh&from=2023-10&hide=dataset") as visit:
        page = visit.page
        assert visit.heading == "思维链"
        assert page.input_value("#depth") == "2"
        assert page.get_attribute("html", "lang") == "zh"
        assert page.get_attribute("#kind-dataset", "aria-pressed") == "false"
        assert "2023-10" in page.inner_text("#chips")
        page.click("#panel button.go >> nth=0")
        page.wait_for_function("document.querySelector('#content h2').textContent !== '思维链'")
        page.go_back()
        page.wait_for_function("document.querySelector('#content h2').textContent === '思维链'")
        assert address(page)["node"] == COT


def test_an_address_that_names_nothing_known_opens_the_overview(browser: Browser, small_page: Path) -> None:
    with opened(browser, small_page, "#node=method/none&depth=99&from=x&topic=,&path=a,b&edge=a~b~c&hide=x") as visit:
        assert visit.heading == "Overview"
        assert visit.complaints == []
        assert address(visit.page)["lang"] == "en"


def test_an_address_may_name_months_without_papers(browser: Browser, small_page: Path) -> None:
    with opened(browser, small_page, "#from=2020-01&to=2023-10") as visit:
        assert visit.page.inner_text("#kind-paper .count") == str(PAPERS // 2)
        assert "2020-01 – 2023-10" in visit.page.inner_text("#chips")


def test_the_language_is_that_of_the_browser_and_is_switched(browser: Browser, small_page: Path) -> None:
    with opened(browser, small_page, locale="zh-CN") as visit:
        page = visit.page
        assert page.inner_text("#kind-method").startswith("方法")
        assert visit.heading == "概览"
        page.click("#language")
        assert page.inner_text("#kind-method").startswith("Methods")
        assert page.get_attribute("html", "lang") == "en"
        assert address(page)["lang"] == "en"
        han = page.evaluate("document.querySelector('main').innerText.match(/\\p{Script=Han}/gu)")
        assert han is None or set(han) <= set("论文摘要图谱")


def test_the_theme_follows_the_system_and_is_switched(browser: Browser, small_page: Path) -> None:
    corner = "[...document.getElementById('canvas').getContext('2d').getImageData(2, 2, 1, 1).data.slice(0, 3)]"
    with opened(browser, small_page, color_scheme="dark") as visit:
        assert visit.page.get_attribute("html", "data-theme") == "dark"
        assert sum(visit.page.evaluate(corner)) < 200
        visit.page.click("#theme")
        assert visit.page.get_attribute("html", "data-theme") == "light"
        assert sum(visit.page.evaluate(corner)) > 600


def test_everything_is_reached_by_keys_alone(browser: Browser, small_page: Path) -> None:
    """Search, read, walk to a neighbour, isolate, undo, filter, leave."""
    with opened(browser, small_page) as visit:
        page = visit.page
        page.keyboard.press("/")
        page.keyboard.type("LoRA")
        page.keyboard.press("Enter")
        assert visit.heading == "LoRA"
        assert page.evaluate("document.activeElement.id") == "panel"
        page.keyboard.press("n")
        assert "Press Enter" in page.inner_text("#status")
        page.focus("#canvas")
        page.keyboard.press("Enter")
        assert visit.heading.startswith("Study")
        page.keyboard.press("2")
        assert address(page)["depth"] == "2"
        page.keyboard.press("o")
        assert address(page)["only"] == "1"
        page.keyboard.press("Control+z")
        page.wait_for_function("!location.hash.includes('only')")
        page.keyboard.press("Escape")
        assert visit.heading == "Overview"
        page.keyboard.press("f")
        assert page.evaluate("document.querySelector('#filters').contains(document.activeElement)")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert address(page)["from"] == "2023-10"
        page.keyboard.press("Escape")
        page.keyboard.press("l")
        assert page.get_attribute("html", "lang") == "zh"


def test_keys_move_and_zoom_the_map(browser: Browser, small_page: Path) -> None:
    with opened(browser, small_page) as visit:
        page = visit.page
        page.focus("#canvas")
        picture = "document.getElementById('canvas').toDataURL()"
        for key in ("ArrowRight", "ArrowDown", "+", "0"):
            before = page.evaluate(picture)
            page.keyboard.press(key)
            page.wait_for_function(f"old => {picture} !== old", arg=before)


def test_focus_is_visible_and_every_control_has_a_name(visit: Visit) -> None:
    page = visit.page
    visit.search("LoRA")
    page.click("#open-filters")
    nameless = """() => [...document.querySelectorAll('button, input, select, a, [role]')]
        .filter(one => one.offsetParent
        && !(one.getAttribute('aria-label') || one.title || one.textContent.trim() || (one.labels && one.labels.length)
        || one.closest('fieldset')?.querySelector('legend')?.textContent)).map(one => one.outerHTML.slice(0, 120))"""
    assert [one for one in page.evaluate(nameless) if 'role="status"' not in one and 'id="zoom"' not in one] == []
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.click("#filters .close")


# --- Sizes and colours -------------------------------------------------------------------------------------------


def test_it_fits_a_phone_and_is_used_by_touch(browser: Browser, small_page: Path) -> None:
    size = {"width": 390, "height": 844}
    with opened(browser, small_page, viewport=size, has_touch=True, is_mobile=True, device_scale_factor=2) as visit:
        page = visit.page
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        box = page.locator("#canvas").bounding_box()
        assert box
        assert box["height"] > 300
        controls = page.locator("#bar button:visible, #legend button:visible").all()
        boxes = [found for control in controls if (found := control.bounding_box())]
        assert min(found["height"] for found in boxes) >= TOUCHED
        assert max(found["x"] + found["width"] for found in boxes) <= size["width"]
        visit.search("LoRA")
        page.tap("#grip")
        panel = page.locator("#panel").bounding_box()
        assert panel
        assert panel["height"] > 500
        page.tap("#panel .close")
        assert visit.heading == "Overview"
        assert visit.complaints == []


def test_a_tap_chooses_a_node(browser: Browser, tmp_path: Path) -> None:
    path = written(tmp_path, explorer.page(views.whole(small_graph().part({paper_id(1)}))))
    with opened(browser, path, viewport={"width": 900, "height": 700}, has_touch=True) as visit:
        visit.page.touchscreen.tap(*middle(visit.page))
        visit.page.wait_for_selector("body.chosen")
        assert visit.heading == "Study 1 of models"


TOUCHED = 36
"""The least height of what a finger meets, in pixels."""

INNER = """all => all.map(one => {
  const box = one.getBBox();
  return [box.x + 1, box.y + 2, box.x + box.width - 1, box.y + box.height - 2];
})"""
"""The boxes of texts, less the room above and below their letters."""

CONTRAST = """() => {
  const rgb = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = c => { const [r, g, b] = c.map(v => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = one => { const layers = [];
    for (let at = one; at; at = at.parentElement) layers.unshift(rgb(getComputedStyle(at).backgroundColor));
    return layers.reduce((under, top) => over(top, under), [255, 255, 255, 1]); };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05); };
  const low = [];
  for (const one of document.querySelectorAll('body *')) {
    const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !one.offsetParent || one.disabled || one.closest('#status, script, style')) continue;
    const style = getComputedStyle(one);
    const found = ratio(over(rgb(style.color), ground(one)), ground(one));
    if (found < 4.5) low.push(`${found.toFixed(2)} ${one.tagName}.${one.className} ${one.textContent.slice(0, 30)}`);
  }
  const named = name => { const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16)).concat(1); };
  for (const ink of ['--paper', '--method', '--dataset', '--topic', '--ink', '--soft', '--place']) {
    for (const under of ['--ground', '--sheet', '--raised', '--well', ...[0, 1, 2, 3, 4, 5].map(at => `--land${at}`)]) {
      const found = ratio(named(ink), named(under));
      if (found < 4.5) low.push(`${found.toFixed(2)} ${ink} on ${under}`);
    }
  }
  return low;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_enough_contrast(browser: Browser, small_page: Path, theme: str) -> None:
    """WCAG 2.1 AA: 4.5 to 1, in the document and for every colour of the map on every colour of its ground."""
    with opened(browser, small_page, color_scheme=theme) as visit:
        page = visit.page
        low = page.evaluate(CONTRAST)
        page.click("#panel .month >> nth=0")
        page.click("#open-filters")
        low += page.evaluate(CONTRAST)
        page.fill("#query", "study")
        low += page.evaluate(CONTRAST)
        visit.search("chain")
        page.click("#kind-dataset")
        page.click("#only")
        low += page.evaluate(CONTRAST)
        page.click("#path")
        page.click("#help")
        low += page.evaluate(CONTRAST)
        assert low == []


def test_labels_do_not_overlap_at_the_first_view(browser: Browser, tmp_path: Path) -> None:
    """The saved drawing has the labels of the canvas; a browser measures them."""
    path = written(tmp_path, explorer.page(views.whole(large_graph(120))))
    with opened(browser, path) as visit:
        drawing = saved(visit.page, "svg").decode().split("\n", 1)[1]
        visit.page.set_content(drawing)
        boxes = visit.page.eval_on_selector_all("text", INNER)
        assert len(boxes) > 20
        overlaps = [
            (a, b)
            for at, a in enumerate(boxes)
            for b in boxes[:at]
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        ]
        assert overlaps == []


# --- Saving ------------------------------------------------------------------------------------------------------


def test_the_picture_is_a_png_of_the_map(visit: Visit) -> None:
    content = saved(visit.page, "png")
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    box = visit.page.locator("#canvas").bounding_box()
    assert box
    assert (width, height) == (2 * box["width"], 2 * box["height"])
    assert "Saved graph.png" in visit.page.inner_text("#status")


def test_the_drawing_is_an_svg_with_every_node_and_label(visit: Visit) -> None:
    root = ET.fromstring(saved(visit.page, "svg"))  # noqa: S314  made by us a moment ago
    names = {element.text for element in root.iter("{http://www.w3.org/2000/svg}title")}
    assert {"LoRA", "chain-of-thought", "GSM8K", "Study 3 of models"} <= names
    assert "LoRA" in {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}


def test_tables_hold_what_is_seen_with_every_quote(visit: Visit) -> None:
    visit.search("GSM8K")
    rows = table(saved(visit.page, "links"))
    assert {(row["source"], row["relation"], row["quote"], row["line"]) for row in rows} == {
        (paper_id(0), "usesDataset", "Study", "1"),
        (paper_id(PAPERS - 1), "usesDataset", "GSM8K", str(9 + PAPERS)),
    }
    assert {row["id"] for row in table(saved(visit.page, "nodes"))} == {GSM, paper_id(0), paper_id(PAPERS - 1)}


# --- Hostile text ------------------------------------------------------------------------------------------------


def test_no_script_of_a_hostile_text_runs(browser: Browser, hostile: Path) -> None:
    """Every node is looked at, in both languages: nothing ran, nothing was asked for, no link runs a script."""
    with opened(browser, hostile) as visit:
        page = visit.page
        for graph_node in [node.id for node in hostile_graph().entities()] + ["cs/0112017", "2310.00003"]:
            page.evaluate(
                "id => { location.hash = new URLSearchParams({ node: id, lang: 'en' }).toString(); }", graph_node
            )
            page.wait_for_selector("body.chosen")
            schemes = page.eval_on_selector_all("#panel a", "links => links.map(link => link.protocol)")
            assert set(schemes) == {"https:"} or graph_node == "topic/top"
        page.click("#language")
        page.fill("#query", "</script>")
        assert "<script>" in page.inner_text("#hits")
        page.click("#open-filters")
        assert page.evaluate("window.__owned") is None
        assert visit.requests == [hostile.as_uri()]
        assert visit.complaints == []
        assert page.evaluate("document.images.length") == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_hostile_names_are_shown_as_they_are_and_kept_apart(browser: Browser, hostile: Path) -> None:
    with opened(browser, hostile) as visit:
        page = visit.page
        for text in HOSTILE[:4]:
            visit.search(f"{text} {HOSTILE.index(text)}")
            assert visit.heading.startswith(text[:12])
        turned = HOSTILE.index("right\u202eto\u2066left\u200f marks\ufeff")
        visit.search(f"2310.{turned:05}")
        assert page.locator("#panel h2 > bdi").count() == 1
        assert page.evaluate("document.querySelector('#panel h2 > bdi').textContent").startswith("LoRA right\u202e")


def test_what_is_saved_of_hostile_text_harms_nobody(browser: Browser, hostile: Path) -> None:
    """The drawing is well-formed, no cell of a table begins a formula, and rows stay rows."""
    with opened(browser, hostile) as visit:
        root = ET.fromstring(saved(visit.page, "svg"))  # noqa: S314  that it parses is the test
        assert "script" not in {element.tag.rpartition("}")[2] for element in root.iter()}
        rows = table(saved(visit.page, "nodes"))
        assert {row["kind"] for row in rows} == {"paper", "method", "dataset", "topic"}
        cells = [cell for row in rows + table(saved(visit.page, "links")) for cell in row.values()]
        assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
        assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_the_state_in_an_address_is_no_way_in(browser: Browser, small_page: Path) -> None:
    attack = json.dumps("<img src=x onerror=window.__owned=1>")
    with opened(browser, small_page, f"#node={attack}&topic={attack}&lang={attack}&from={attack}") as visit:
        assert visit.page.evaluate("window.__owned") is None
        assert visit.page.evaluate("document.images.length") == 0
        assert visit.complaints == []
