"""Take the pictures of the sample page that README and docs show: ``python docs/picture.py`` (needs Chromium)."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "exports" / "explorer.html"
VIEWS = {"page.png": "#lang=en", "evidence.png": "#node=method/chainofthought&lang=en"}
"""Pictures, and what each shows: the whole map; a method with the quotes behind its edges."""


def main() -> None:
    """Open the golden page in light colours, and save what is seen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, view in VIEWS.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
            page.goto(PAGE.as_uri() + view)
            page.wait_for_selector("html[data-drawn]")
            page.wait_for_timeout(1500)
            page.screenshot(path=HERE / name)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
