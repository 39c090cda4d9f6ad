"""The tokenizer of mixed Chinese and English text: a Han character a token, Latin words whole, nothing lost.

spaCy's own choices fail on digests: ``blank("zh")`` splits ``LoRA`` into letters, ``blank("xx")`` glues Han text
together. Hyphens and slashes stand apart, so that *Transformer* is found in ``Transformer-based`` and both spellings
of a name need no more than two patterns; a decimal point, ``C++``, ``C#`` and ``A*`` stay whole, so that *GPT-3* is
not found in ``GPT-3.5``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from spacy.attrs import LOWER, SHAPE
from spacy.tokens import Doc

from kg.text import HAN

if TYPE_CHECKING:
    from spacy.vocab import Vocab

HYPHENS = frozenset("-‐‑–－")
_TOKEN = re.compile(
    rf"""(
      [{HAN}]                                     # a Han character
    | [^\W{HAN}]+ (?: (?<=\d)\.(?=\d) [^\W{HAN}]+ )*  # a word, a number, 3.5, GPT4, π0, ＧＰＴ
      (?: \+\+ | \#(?![^\W{HAN}]) | (?<=[A-Z])\* )?       # C++, C#, A*
    | .                                           # anything else, one character at a time
    )([ ]?)""",
    re.VERBOSE | re.DOTALL,
)


def words(text: str) -> list[str]:
    """Split a text into tokens; a single blank after a token is no token.

    >>> words("用LoRA微调GPT-3.5 和C++")
    ['用', 'LoRA', '微', '调', 'GPT', '-', '3.5', '和', 'C++']
    """
    return [word for word, _ in _TOKEN.findall(text)]


@lru_cache(maxsize=100_000)
def normal(token: str) -> str:
    """Give the plain form of a token: half-width, every hyphen the same.

    >>> normal("ＧＰＴ"), normal("－"), normal("LoRA")
    ('GPT', '-', 'LoRA')
    """
    return "-" if token in HYPHENS else token if token.isascii() else normalize("NFKC", token)


def prepare(vocab: Any) -> None:  # noqa: ANN401  spaCy's Vocab states no type for its getters
    """Let spaCy compute of a new word only what is matched: its plain form and that in small letters.

    The plain form takes the place of spaCy's SHAPE, which nothing here reads: a PhraseMatcher can match on it.
    """
    vocab.lex_attr_getters = {SHAPE: normal, LOWER: lambda token: normal(token).lower()}


class MixedTokenizer:
    """A spaCy tokenizer for mixed text: ``tokenizer(text).text == text``, always."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Tokenize a text."""
        found = _TOKEN.findall(text)
        return Doc(self.vocab, words=[word for word, _ in found], spaces=[bool(blank) for _, blank in found])
