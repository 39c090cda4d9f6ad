"""Pages of one file that load nothing: a template, the scripts and styles it names, and a policy that names these."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ASSETS = Path(__file__).parent / "assets"
"""Where the templates, scripts and styles are."""

_FILE = re.compile(r"<(script|style)>\{\{([\w./-]+)\}\}</\1>")
_PLACE = re.compile(r"\{\{([\w./-]+)\}\}")
_ELEMENTS = ("script", "style")


def filled(folder: Path, places: Mapping[str, str]) -> str:
    """Fill ``page.html`` of a folder.

    ``<script>{{NAME}}</script>`` and ``<style>{{NAME}}</style>`` become the files of that name; ``{{policy}}`` the
    policy that lets these run and nothing else; other places what is given for them, which must be safe as HTML.
    """
    template = asset(folder / "page.html")
    files = {name: asset(folder / name) for _, name in _FILE.findall(template)}
    texts = {kind: [files[name] for found, name in _FILE.findall(template) if found == kind] for kind in _ELEMENTS}
    rule = policy(scripts=texts["script"], styles=texts["style"], images="data: blob:")
    known = {**files, **places, "policy": escape(rule)}
    return _PLACE.sub(lambda match: known[match[1]], template)


def asset(path: Path) -> str:
    """Read a text of the package."""
    return path.read_text(encoding="utf-8")


def policy(*, scripts: Iterable[str], styles: Iterable[str], images: str = "data:") -> str:
    """Write the Content-Security-Policy: these scripts, these styles, and nothing from anywhere."""
    sources = {"default-src": "'none'", "script-src": _hashes(scripts), "style-src": _hashes(styles)}
    sources |= {"img-src": images, "base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{name} {value}" for name, value in sources.items())


def _hashes(texts: Iterable[str]) -> str:
    return " ".join(map(_hash, texts)) or "'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
