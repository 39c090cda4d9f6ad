"""What a name looks like, and which words that look like one are none."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.extractors._words import GENERIC, SENTENCE_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTER = "0-9A-Za-zÀ-ɏͰ-Ͽ０-９Ａ-Ｚａ-ｚ²³¹⁰-⁹₀-₉_"
"""What names are made of, for use inside a regular expression's character class."""

_INNER = rf"(?:(?:[-‐‑–－’'@:&*]|\.(?=\d)|/(?=[A-Z])|\+(?=[A-Za-z]))[{LETTER}]+)*(?:\+\+?|#|(?<=[A-Z])\*)?"
NAME = re.compile(rf"(?<![{LETTER}])(?=[a-z'’-]*[^\Wa-z])[{LETTER}]+{_INNER}")
"""A word with a capital, a digit or a Greek letter; hyphens inside, points before digits, slashes before capitals."""

_SUFFIX = re.compile(
    r"[-‐‑–](?:based|like|style|driven|powered|enhanced|augmented|generated|aware|guided|trained|tuned|only|free|"
    r"related|"
    r"specific|level|inspired|assisted|centric|compatible|enabled|oriented|type|family|series|grounded|integrated|"
    r"equipped|infused|agnostic|independent|dependent|derived|supported|backed|native|finetuned|fine-tuned)$",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<=\w{3})(?<!de)based$")
"""What hangs on a name without the hyphen that a line break has cost: *PyTorchbased*."""
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    {
        *("a", "an", "and", "as", "at", "by", "for", "from", "in", "of"),
        *("on", "or", "the", "to", "via", "with", "under", "through"),
    }
)
_HANGS = re.compile(r"[-‐‑–’']")
_POSSESSIVE = re.compile(r"[’']s?$")


def trimmed(word: str) -> str:
    """Cut off what hangs on a name: a possessive, ``-based``.

    >>> trimmed("BERT-based"), trimmed("LoRA's"), trimmed("Keras"), trimmed("PyTorchbased")
    ('BERT', 'LoRA', 'Keras', 'PyTorch')
    """
    if "-" in word or "'" in word or "’" in word or "–" in word:
        return _SUFFIX.sub("", _POSSESSIVE.sub("", word))
    return _GLUED.sub("", word) if word.endswith("based") else word


def whole(word: str) -> str:
    """Cut off a filler of LaTeX, what hangs on a name, and the plural of an acronym, which no name ends with.

    >>> whole("GNNs"), whole("GNN-based"), whole("NAS"), whole("Keras"), whole("Lens")
    ('GNN', 'GNN', 'NAS', 'Keras', 'Lens')
    """
    word = trimmed(word)
    if len(word) > 3 and word[-1] == "s" and word[-2].isupper():  # noqa: PLR2004  two capitals and more
        return word[:-1]
    return word


@lru_cache(maxsize=50_000)
def shape(word: str) -> str:
    """Tell why a word looks like a name; empty if it does not.

    >>> [shape(word) for word in ("GLUE", "LoRA", "T5", "GPT-3.5", "Transformer", "tuning", "2023", "π0", "C++")]
    ['acronym', 'camel', 'digit', 'digit', 'capital', '', '', 'digit', 'symbol']
    """
    word = unicodedata.normalize("NFKC", word)
    letters = [char for char in word if char.isalpha()]
    if not letters:
        return ""
    upper = sum(char.isupper() for char in letters)
    if len(letters) < len(word.replace("-", "")) and any(char.isdigit() for char in word):
        return "digit" if upper or not letters[0].isascii() or _lower_digit(word) else ""
    if word[-1] in "+#*" and upper:
        return "symbol"
    if upper == len(letters):
        return "acronym" if upper > 1 else ""
    if upper > 1 or (upper and not word[0].isupper()):
        return "title-hyphen" if _is_hyphenated_title(word) else "camel"
    return "capital" if word[0].isupper() and len(word) > 1 else ""


def _lower_digit(word: str) -> bool:
    """Tell whether a word in small letters with a digit is a name (wav2vec), not a quantity (10k, 3-shot, 1st)."""
    return re.match(r"[a-z]{2,}[\d-]", word) is not None


def _is_hyphenated_title(word: str) -> bool:
    """Tell whether a word is made of capitalised plain words (Retrieval-Augmented), as in headings."""
    parts = word.split("-")
    return len(parts) > 1 and all((part[:1].isupper() and part[1:].islower()) or part.islower() for part in parts)


@lru_cache(maxsize=50_000)
def common(word: str) -> bool:
    """Tell whether a word is no name by itself, though it may look like one.

    >>> common("However"), common("LLMs"), common("LLM-based"), common("LoRA")
    (True, True, True, False)
    """
    low = unicodedata.normalize("NFKC", word).casefold().strip(".,'’-_")
    if low in GENERIC or low in SENTENCE_WORDS or not low:
        return True
    if low.endswith("s") and low[:-1] in GENERIC:
        return True
    head, dash, _ = low.partition("-")
    return bool(dash) and (head in GENERIC or head in SENTENCE_WORDS) and trimmed(low) != low


OWN_LOOKS = frozenset({"camel", "digit", "symbol"})
"""Shapes that no plain word has."""


def is_own(word: str, *, or_short: bool = True) -> bool:
    """Tell whether a word looks like a name by itself; an acronym does unless told otherwise.

    >>> is_own("ByT5"), is_own("CRF"), is_own("CRF", or_short=False), is_own("Meadow"), is_own("LLM")
    (True, True, False, False, False)
    """
    look = shape(word)
    return (look in OWN_LOOKS or (or_short and look == "acronym")) and not common(word)


def matches(short: str, long: str) -> bool:
    """Tell whether a long form spells an acronym, from its first letter on.

    >>> matches("PPPO", "Pairwise Proximal Policy Optimization"), matches("LF", "Form Long")
    (True, False)
    """
    return long_form(short, long) == 0


def long_form(short: str, text: str) -> int | None:
    """Find where the long form of an acronym begins in the text that ends with it.

    First by initials, small words left out; then as Schwartz & Hearst (2003) do, letter by letter from the end. Theirs
    alone takes the ``p`` of *optimization* for the last one of PPPO.

    >>> "we use Low-Rank Adaptation"[long_form("LoRA", "we use Low-Rank Adaptation"):]
    'Low-Rank Adaptation'
    >>> "the Area under the Curve"[long_form("AUC", "the Area under the Curve"):]
    'Area under the Curve'
    >>> "the Abstraction and Reasoning Corpus"[long_form("ARC", "the Abstraction and Reasoning Corpus"):]
    'Abstraction and Reasoning Corpus'
    """
    letters = _letters(short)
    if not letters or len(text) <= len(short):
        return None
    low = text.lower()
    found = next((at for told in _readings(letters) if (at := _by_initials(told, low)) is not None), None)
    return _by_letters(letters, low) if found is None else found


def _letters(short: str) -> list[str]:
    return [char.lower() for char in re.sub(r"(?<=[A-Z])s$", "", short) if char.isalnum()]


def _readings(letters: list[str]) -> Iterator[list[str]]:
    """Give the letters of an acronym as they stand, then with its digits told."""
    yield letters
    if any(map(str.isdigit, letters)):
        yield from _told(letters)


def _told(letters: list[str]) -> Iterator[list[str]]:
    """Say what a digit in an acronym stands for: the letter before it again (C2A), *to* (S2L), *for* (D4RL).

    >>> ["".join(told) for told in _told(list("c2a"))]
    ['cca', 'cta']
    """
    again: list[str] = []
    for letter in letters:
        again += again[-1:] * (int(letter) - 1) if letter in "2345" else [letter]
    yield again
    yield [{"2": "t", "4": "f"}.get(letter, letter) for letter in letters]


def spells(short: str, long: str) -> bool:
    """Tell whether a text is the long form of an acronym beside it, where no brackets say so.

    The first letters of its words must be letters of the acronym in this order, and begin with the first one.

    >>> spells("NOMU", "Neural Optimization-based Model Uncertainty"), spells("LoRA", "Large Model Adaptation")
    (True, False)
    >>> spells("MADTP", "Multimodal Alignment-Guided Dynamic Token Pruning"), spells("LoRA", "Lower")
    (True, False)
    """
    if not matches(short, long):
        return False
    low, letters = long.lower(), _letters(short)
    initials = [word[0] for word in low.split() if word not in _SMALL]
    left = iter(letters)
    inside = all(initial in left for initial in initials)
    return len(initials) > 1 and (inside or any(_by_initials(told, low) == 0 for told in _readings(letters)))


def _by_initials(letters: list[str], low: str) -> int | None:
    """Spell an acronym with the first letters of the last words."""
    left = list(letters)
    for word in reversed(list(_WORD.finditer(low))):
        if left and word[0][0] == left[-1] and not (len(left) == 1 and word[0] in _SMALL):
            left.pop()
            if not left:
                return word.start()
        elif word[0] not in _SMALL:
            return None
    return None


def _by_letters(letters: list[str], low: str) -> int | None:
    """Spell an acronym with letters anywhere in the last words; the first one must begin a word."""
    at = len(low)
    for index, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and (low[at] != letter or (index == 0 and at > 0 and low[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    return at
