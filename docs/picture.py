"""Take the picture of the sample page that README shows: ``python docs/picture.py`` (needs Chromium and playwright)."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "exports" / "explorer.html"
SEARCH = "思维链"


def main() -> None:
    """Open the golden page, choose a method by its Chinese name, and save what is seen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(PAGE.as_uri())
        page.fill("input[placeholder]", SEARCH)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1500)
        page.screenshot(path=HERE / "page.png")
        browser.close()


if __name__ == "__main__":
    main()
