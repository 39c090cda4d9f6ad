"""Read digests: bytes in, papers and findings out.

A reader is a module with ``read(lines, report) -> drafts``; :data:`READERS` names them all. What is malformed costs
its entry, never the file; what is no digest at all costs the file, never the run.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kg.errors import InputError
from kg.iri import digest_id, hashed_digest_id
from kg.model import Digest
from kg.readers._lines import RULES, Report, finish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kg.readers._lines import Draft

__all__ = [
    "LONGEST_LINE",
    "READERS",
    "RULES",
    "SUFFIXES",
    "ReaderSpec",
    "discover",
    "fingerprint",
    "is_digest_name",
    "read_bytes",
    "read_digest",
    "sniff",
]

SUFFIXES = (".md", ".markdown", ".txt")
"""What the names of digests end with; a file that is named explicitly may end otherwise."""
LONGEST_LINE = 1_000_000
"""Bytes; the longest line of 18,000 real digests has fewer than 10,000."""


class ReaderSpec(NamedTuple):
    """A dialect."""

    name: str
    """What the dialect is called."""
    summary: str
    """What it looks like, in one line."""
    signs: tuple[str, ...]
    """Regular expressions, each of which some line matches; so a dialect is told from those below it."""
    target: str
    """The module and function that read it."""


READERS = (
    ReaderSpec(
        "catalogue",
        "a reference table, then a numbered block a paper",
        (r"^\[\^\d+\]:|^\|\s*\[\^\d+\]\s*\|",),
        "kg.readers.catalogue:read",
    ),
    ReaderSpec(
        "listing",
        "two level-four headings, a date and two quotes a paper",
        (r"^####[ \t]*\[.*\]\([^()\n]*\)[ \t]*\n\s*####|^####[ \t]*\S.*\n\s*发布时间",),
        "kg.readers.listing:read",
    ),
    ReaderSpec(
        "weekly",
        "a level-two heading, a date and one quote with a bare link a paper",
        (r"^##[ \t]", r"^#[ \t]*本周.*论文汇总|^>[ \t]*https?://arxiv\.org/\S+[ \t]*$|^##[ \t]+\S.*\n\s*发布时间"),
        "kg.readers.weekly:read",
    ),
    ReaderSpec(
        "page",
        "one paper a file: title, date, back-ticked tags, abstract, link",
        (r"^#[ \t]*\S", r"^发布(?:时间|日期)|^#+[ \t]*摘要"),
        "kg.readers.page:read",
    ),
)
"""The dialects, told apart from the top to the bottom."""

_SIGNS = tuple((spec.name, [re.compile(sign, re.MULTILINE) for sign in spec.signs]) for spec in READERS)
_HTML = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--.*?-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(r"\r\n?")
# Controls other than tab and line feed, Unicode's line ends and what XML forbids: none may reach an export.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_CHUNK = 1 << 20


def discover(paths: Sequence[Path]) -> list[Path]:
    """Find digests: files as named, folders walked in full; sorted, each once.

    In folders, what is hidden is passed over, and so are their README files, which describe digests and are none.

    Raises:
        InputError: a path does not exist, is neither file nor folder, or a folder holds no digest.
    """
    return sorted({file for path in paths for file in _expand(Path(path))})


def _expand(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.exists():
        raise InputError(str(path), "no such file or folder", "Check the path.")
    if not path.is_dir():
        raise InputError(str(path), "neither a file nor a folder", "Give a digest or a folder of digests.")
    found = list(_walk(path))
    if not found:
        raise InputError(str(path), "no digest in this folder", f"Digests end with {', '.join(SUFFIXES)}.")
    return found


def _walk(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise _unreadable(Path(str(error.filename)), error)

    for here, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(here, name)
            if is_digest_name(name) and file.is_file():
                yield file


def is_digest_name(name: str) -> bool:
    """Tell whether a file of this name, found in a folder, is taken for a digest.

    >>> is_digest_name("2024-01-15_cs.CL.md"), is_digest_name("README.md"), is_digest_name("notes.pdf")
    (True, False, False)
    """
    return not name.lower().startswith((".", "readme.")) and Path(name).suffix.lower() in SUFFIXES


def sniff(text: str) -> str:
    """Tell the dialect of a digest; empty if it is none.

    >>> sniff("[^1]: 标题"), sniff("Dear diary")
    ('catalogue', '')
    """
    return next((name for name, signs in _SIGNS if all(sign.search(text) for sign in signs)), "")


def read_digest(path: Path) -> Digest:
    """Read a digest file; what cannot be read gives a digest without papers and one finding.

    A file with a monstrous line is refused without being held in memory.

    Raises:
        InputError: the file is missing or may not be read.
    """
    try:
        refused = _refuse_stream(path) if path.stat().st_size > LONGEST_LINE else None
        return refused or read_bytes(path.read_bytes(), path.name)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(str(path), f"cannot read ({error.strerror or error})", "Check the path and its permissions.")


def _refuse_stream(path: Path) -> Digest | None:
    """Look through a big file in pieces; give its refusal if a line is too long, else nothing."""
    sha, number, length, found = hashlib.sha256(), 1, 0, 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            sha.update(chunk)
            if found:
                continue
            head, *tail = chunk.split(b"\n")
            for piece in (head, *(b"\n" + rest for rest in tail)):
                number, length = (number + 1, len(piece) - 1) if piece[:1] == b"\n" else (number, length + len(piece))
                found = found or (number if length > LONGEST_LINE else 0)
    if not found:
        return None
    return _refused(hashed_digest_id(sha.hexdigest()), path.name, "line-too-long", found)


def _refused(digest: str, name: str, rule: str, line: int = 1) -> Digest:
    report = Report(name)
    report.add(rule, line, limit=f"{LONGEST_LINE:,}")
    return Digest(digest, name, "", (), report.found)


def read_bytes(content: bytes, name: str) -> Digest:
    """Read a digest from its bytes; nothing in them raises."""
    digest = digest_id(content)
    refusal = _check_bytes(content)
    if refusal:
        return _refused(digest, name, *refusal)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _refused(digest, name, "not-utf8", content.count(b"\n", 0, error.start) + 1)
    return _read_text(_BREAK.sub("\n", text) if "\r" in text else text, digest, name)


def _check_bytes(content: bytes) -> tuple[str, int] | None:
    """Find what makes bytes no text: the rule that they break and the line."""
    if not content.strip().removeprefix(b"\xef\xbb\xbf"):
        return "empty", 1
    longest = max(content.split(b"\n"), key=len) if len(content) > LONGEST_LINE else b""
    if len(longest) > LONGEST_LINE:
        return "line-too-long", content.count(b"\n", 0, content.index(longest)) + 1
    nul = content.find(0)
    return ("not-text", content.count(b"\n", 0, nul) + 1) if nul >= 0 else None


def _read_text(text: str, digest: str, name: str) -> Digest:
    report = Report(name)
    if controls := _controls(text):
        first = _CONTROL.search(text)
        report.add("control-character", text.count("\n", 0, first.start() if first else 0) + 1, count=len(controls))
        text = _CONTROL.sub(" ", text)
    dialect = sniff(text)
    if not dialect:
        return _refused(digest, name, "html" if _HTML.match(text) else "unknown-dialect")
    papers = finish(_reader(dialect)(text.split("\n"), report), text, digest, report)
    if not papers and not report.found:
        report.add("no-entry", 1)
    return Digest(digest, name, dialect, papers, report.found)


def _controls(text: str) -> list[str]:
    """Find control characters; most lines are printable, which is told ten times as fast."""
    return [found for line in text.split("\n") if not line.isprintable() for found in _CONTROL.findall(line)]


@cache
def _reader(dialect: str) -> Callable[[list[str], Report], list[Draft]]:
    """Load the function that reads a dialect."""
    module, _, function = next(spec.target for spec in READERS if spec.name == dialect).partition(":")
    found: Callable[[list[str], Report], list[Draft]] = getattr(import_module(module), function)
    return found


@cache
def fingerprint() -> str:
    """Give the SHA-256 of the source that decides what a digest says: segments of another one are stale."""
    folder = Path(__file__).parent
    files = [*sorted(folder.glob("*.py")), *(folder.parent / name for name in ("iri.py", "model.py", "text.py"))]
    sha = hashlib.sha256()
    for file in files:
        sha.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return sha.hexdigest()
