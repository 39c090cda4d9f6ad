"""The tokenizer of mixed Chinese and English text: a Han character a token, Latin words whole, nothing lost.

spaCy's own choices fail on digests: ``blank("zh")`` splits ``LoRA`` into letters, ``blank("xx")`` glues Han text
together. Hyphens and slashes stand apart, so that *Transformer* is found in ``Transformer-based`` and both spellings
of a name need no more than two patterns; a decimal point, ``C++``, ``C#`` and ``A*`` stay whole, so that *GPT-3* is
not found in ``GPT-3.5``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING
from unicodedata import normalize

from kg.text import HAN

if TYPE_CHECKING:
    from collections.abc import Iterable

HYPHENS = frozenset("-‐‑–－")
SEPARATOR = "\0"
"""What stands before, between and after joined tokens."""
_WORD = rf"""(?:
      [{HAN}]                                     # a Han character
    | [^\W{HAN}]+ (?: (?<=\d)\.(?=\d) [^\W{HAN}]+ )*  # a word, a number, 3.5, GPT4, π0, ＧＰＴ
      (?: \+\+ | \#(?![^\W{HAN}]) | (?<=[A-Z])\* )?       # C++, C#, A*
    | .                                           # anything else, one character at a time
    )"""
_TOKEN = re.compile(rf"({_WORD})([ ]?)", re.VERBOSE | re.DOTALL)
_SPACED = re.compile(rf"{_WORD}[ ]?", re.VERBOSE | re.DOTALL)


def words(text: str) -> list[str]:
    """Split a text into tokens; a single blank after a token is no token.

    >>> words("用LoRA微调GPT-3.5 和C++")
    ['用', 'LoRA', '微', '调', 'GPT', '-', '3.5', '和', 'C++']
    """
    return [word for word, _ in spaced(text)]


def spaced(text: str) -> list[tuple[str, str]]:
    """Split a text into tokens, each with the single blank after it or nothing; joined, they are the text.

    >>> spaced("用LoRA 微调")
    [('用', ''), ('LoRA', ' '), ('微', ''), ('调', '')]
    """
    return _TOKEN.findall(text)


@lru_cache(maxsize=100_000)
def normal(token: str) -> str:
    """Give the plain form of a token: half-width, every hyphen the same.

    >>> normal("ＧＰＴ"), normal("－"), normal("LoRA")
    ('GPT', '-', 'LoRA')
    """
    return "-" if token in HYPHENS else token if token.isascii() else normalize("NFKC", token)


def tokenized(text: str) -> tuple[list[str], list[int]]:
    """Split a text into tokens, each with the blank after it, and give where each one ends.

    >>> tokenized("用LoRA 微调")
    (['用', 'LoRA ', '微', '调'], [1, 6, 7, 8])
    """
    tokens = _SPACED.findall(text)
    return tokens, list(accumulate(map(len, tokens)))


def joined(tokens: Iterable[str]) -> str:
    r"""Join the plain forms of tokens, so that a run of tokens is a stretch of text between two separators.

    >>> joined(["ＧＰＴ", "-", "4 "])
    '\x00GPT\x00-\x004\x00'
    """
    if len(_FORMS) > REMEMBERED:
        _FORMS.clear()
    return f"{SEPARATOR}{SEPARATOR.join(map(_FORMS.__getitem__, tokens))}{SEPARATOR}"


class _Forms(dict[str, str]):
    """The plain form of tokens without the blank after them; a third faster than a cached function."""

    def __missing__(self, token: str) -> str:
        """Find the form of a new token; what separates tokens is none."""
        self[token] = normal(token[:1] + token[1:].removesuffix(" ")).replace(SEPARATOR, " ")
        return self[token]


_FORMS = _Forms()
REMEMBERED = 100_000
"""So many tokens are remembered."""
