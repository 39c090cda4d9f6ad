"""A real browser, and a page opened in it without a network."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run"]


def absent(what: str) -> None:
    """Skip where a person tests without a browser; fail where the environment demands one."""
    message = f"no {what}: install Chromium (Debian: apt install chromium) and playwright"
    if os.environ.get("KG_REQUIRE_BROWSER"):
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Have Chromium run, or do what `absent` does."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        absent("Chromium")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415
    except ImportError:
        absent("playwright")
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


class Visit:
    """A page that was opened, with everything that it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def search(self, text: str) -> None:
        """Type into the search box and take the first suggestion."""
        self.page.fill("#query", text)
        self.page.press("#query", "Enter")

    @property
    def heading(self) -> str:
        """What the panel is about."""
        return self.page.inner_text("#panel h2")


@contextmanager
def visited(browser: Browser, address: str, ready: str, **options: Any) -> Iterator[Visit]:  # noqa: ANN401  as playwright takes them
    """Open a page, without a network, and wait until what a selector says is there."""
    context = browser.new_context(offline=True, **{"viewport": {"width": 1440, "height": 900}, **options})
    visit = Visit(context.new_page())
    visit.page.goto(address)
    visit.page.wait_for_selector(ready, timeout=20_000)
    yield visit
    context.close()
