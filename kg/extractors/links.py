"""Addresses of code: GitHub, GitLab, Hugging Face and their like, in any passage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HOSTS = (
    r"(?:www\.)?(?:github\.com|gitlab\.com|huggingface\.co|hf\.co|bitbucket\.org|gitee\.com|codeberg\.org|"
    r"zenodo\.org|modelscope\.cn|anonymous\.4open\.science)"
)
_ADDRESS = re.compile(
    rf"(?:https?\s?:\s?//\s?|(?<![\w./@-]))(?P<rest>{_HOSTS}/[\w.~%+#/@:?=&!,;()\[\]\\-]+|"
    rf"[\w-]+\.github\.io(?:/[\w.~%+#/-]*)?)",
    re.IGNORECASE | re.ASCII,
)
_TAIL = re.compile(r"[.,;:!?)\]}'\"\\]+$")


def code_links(texts: Iterable[str]) -> tuple[str, ...]:
    r"""Give the addresses of code in texts, sorted, without what a sentence or LaTeX hangs on them.

    >>> code_links([r"Code: \url{https://github.com/a/b\_c}.", "见github.com/a/b_c。"])
    ('https://github.com/a/b_c',)
    """
    return tuple(
        sorted({_clean(match) for text in texts if _may_hold(text) for match in _ADDRESS.finditer(text)} - {""})
    )


def _may_hold(text: str) -> bool:
    return "." in text and ("/" in text or "github.io" in text.lower())


def _clean(match: re.Match[str]) -> str:
    rest = re.sub(r"\\([_%&#~])", r"\1", match["rest"]).split("\\", 1)[0]
    rest = re.sub(r"\.git$", "", _TAIL.sub("", rest)).rstrip("/")
    host, _, path = rest.partition("/")
    host = host.lower().removeprefix("www.")
    if not path and not host.endswith(".github.io"):
        return ""
    return f"https://{host}/{path}" if path else f"https://{host}"
