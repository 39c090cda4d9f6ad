"""Pure functions on text: language, folding, LaTeX, terminal safety.

Nothing here knows of papers or graphs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kg.model import Lang

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""The Han ranges, for use inside a regular expression's character class."""

_HAN = re.compile(f"[{HAN}]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]{2,}")
_STAR = re.compile(r"(?<![^\W_])([A-Z])\*")  # A*, Q*: an algorithm's name, not Markdown
_KEPT = re.compile(r"[^\w+#*.]|_")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_MARKUP = re.compile(r"[\\$*`~{}]")
_LATEX_COMMAND = re.compile(
    r"\\(?:text(?:tt|sc|bf|it|rm|sf|up|md|normal)?|emph|math(?:rm|bf|it|sf|tt|cal|bb|scr|frak)|underline|mbox|operatorname|url)\*?\s*\{([^{}]*)\}"
)
_MARK = r"""\\(?:['"`^~=.]\s?|[cHuvkr](?![A-Za-z])\s?)"""
_LETTERS = {
    "AE": "Æ", "ae": "æ", "OE": "Œ", "oe": "œ", "AA": "Å", "aa": "å", "ss": "ß", "O": "Ø", "o": "ø", "L": "Ł", "l": "ł",
}  # fmt: skip
_LETTER = rf"(?:{'|'.join(_LETTERS)})"
ACCENT = re.compile(
    rf"{_MARK}(?:\{{\\?[A-Za-z]\}}|\\?[A-Za-z](?![A-Za-z]*\{{))|\{{\\['\"`^~=.][A-Za-z]\}}"
    rf"|\{{\\{_LETTER}\}}|\\{_LETTER}(?:\{{\}}|(?![A-Za-z]))"
)
r"""A letter with its accent, as LaTeX spells it, or one of its own: ``\'e``, ``\"{o}``, ``{\'\i}``, ``{\AE}``."""
_ACCENTS = {
    "'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "H": "\u030b", "u": "\u0306", "v": "\u030c", "k": "\u0328", "r": "\u030a",
}  # fmt: skip
_LATEX_SWITCH = re.compile(r"\{?\\(?:em|bf|it|tt|sc|rm|sf)\s+([^{}$]*)\}?")
_SENTENCE = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bet al)(?<!\bvs)(?<!\bcf)[.!?](?=\s+[^\W\da-z])|[。！？]")
_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ",
    "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
    "infty": "∞", "star": "*", "ast": "*", "times": "×", "pm": "±", "to": "→", "rightarrow": "→", "ell": "ℓ",
}  # fmt: skip
_GREEK_COMMAND = re.compile(r"\\(" + "|".join(sorted(_GREEK, key=len, reverse=True)) + r")(?![A-Za-z])")


def has_han(text: str) -> bool:
    """Tell whether a Han character occurs.

    >>> has_han("BERT模型"), has_han("BERT")
    (True, False)
    """
    return _HAN.search(text) is not None


def language(text: str) -> Lang:
    """Decide the language of a passage: Chinese if its Han characters are at least a fifth as many as its Latin words.

    A Latin word weighs about as much as two Han characters, and a Chinese passage may hold many Latin names.

    >>> language("提出了LoRA，一种低秩适配方法"), language("LoRA: Low-Rank Adaptation 低秩")
    (<Lang.ZH: 'zh'>, <Lang.EN: 'en'>)
    """
    if text.isascii():
        return Lang.EN
    han = sum(map(len, _HAN_RUN.findall(text)))
    if han * 2 > (len(text) - han) // 2:  # there cannot be more Latin words than that
        return Lang.ZH
    return Lang.ZH if han and han * 2 > len(_LATIN_WORD.findall(text)) else Lang.EN


def label_language(name: str) -> Lang:
    """Give the language tag of a name: ``zh`` if it holds a Han character, else ``en``.

    >>> label_language("BERT模型"), label_language("π0")
    (<Lang.ZH: 'zh'>, <Lang.EN: 'en'>)
    """
    return Lang.ZH if has_han(name) else Lang.EN


@lru_cache(maxsize=200_000)
def fold(name: str) -> str:
    """Reduce a name to what identifies it; equal folds of one kind are one node.

    NFKC, case folding, and separators dropped, except that a full stop between digits stays and any other
    separator between digits becomes a hyphen (``GPT-3.5`` is not ``GPT-35``, ``Llama-2 7B`` not ``Llama-27B``).
    Letters of every script, digits, ``+``, ``#`` and the star of ``A*`` stay. Nothing is singularised. A name
    without any of these (``∇``) folds to the code points of its characters, so that no name is lost. Folding what is
    folded changes nothing, but that a star goes: without its capital it is Markdown, as in ``**BERT**``.

    >>> fold("Chain-of-Thought"), fold("chain of thought"), fold("ＧＰＴ－４"), fold("C++"), fold("A* search")
    ('chainofthought', 'chainofthought', 'gpt4', 'c++', 'a*search')
    >>> fold("GPT-3.5"), fold("Llama 2 7B"), fold("思维链"), fold("KG²RAG"), fold("∇")
    ('gpt3.5', 'llama2-7b', '思维链', 'kg2rag', 'u2207')
    """
    simple = name.replace(" ", "").replace("-", "")
    if simple.isascii() and (simple.isalpha() or (simple.isalnum() and len(simple) == len(name))):
        return simple.lower()  # most names: all that follows would change nothing more
    plain = unicodedata.normalize("NFKC", name)
    starred = {match.start() + 1 for match in _STAR.finditer(plain)}
    kept = "".join(" " if char == "*" and at not in starred else char for at, char in enumerate(plain))
    return _join(_KEPT.sub(" ", kept.casefold())) or "".join(f"u{ord(char):x}" for char in plain.strip())


def _join(text: str) -> str:
    """Drop blanks and full stops, except between digits."""
    text = re.sub(r"(?<=\d)\.(?=\d)", "\0", text)
    text = re.sub(r"(?<=\d)[\s.]+(?=\d)", "-", text)
    return re.sub(r"[\s.]+", "", text).replace("\0", ".")


def plain(text: str) -> str:
    r"""Resolve LaTeX and Markdown in a name to plain text, and collapse blanks.

    >>> plain(r"$\texttt{Se}^2$"), plain(r"\textbf{LLaVA}-1.5"), plain(r"$\pi_0$"), plain("**BERT**")
    ('Se2', 'LLaVA-1.5', 'π0', 'BERT')
    >>> plain(r"Mat\'ern"), plain(r"Schr{\"o}dinger"), plain(r"Erd\H{o}s"), plain(r"$k$-means")
    ('Matérn', 'Schrödinger', 'Erdős', 'k-means')
    >>> plain(r"B{\AE}RT"), plain(r"\O{}rsted"), plain("$")
    ('BÆRT', 'Ørsted', '$')
    """
    if text.isprintable() and not _MARKUP.search(text):
        return " ".join(text.split())  # most names: nothing is to be resolved
    written = " ".join(text.split())
    text = ACCENT.sub(_accented, text) if "\\" in text else text
    for _ in range(4):  # nested commands, from the inside out
        text, count = _LATEX_COMMAND.subn(r"\1", text)
        if not count:
            break
    text = _LATEX_SWITCH.sub(r"\1", text)
    text = _GREEK_COMMAND.sub(lambda match: _GREEK[match[1]], text)
    text = re.sub(r"\\([%&_#{}$~])", r"\1", text) if "\\" in text else text
    if "$" in text or "\\" in text:
        text = re.sub(r"[\^_]\s*\{([^{}]*)\}", r"\1", text)
        text = re.sub(r"\$([^$]*)\$", lambda match: re.sub(r"[\^_{}]", "", match[1]), text).replace("$", "")
    text = re.sub(r"\*\*([^*]+)\*\*|`([^`]+)`", lambda match: match[1] or match[2], text)
    return " ".join(_CONTROL.sub("", text).replace("~", " ").split()).strip("{}") or written


def _accented(match: re.Match[str]) -> str:
    """Compose a letter with its accent; a dotless i gets its dot back for that. A ligature is a letter of its own."""
    name = re.sub(r"[\\{}\s]", "", match[0])
    if name in _LETTERS:
        return _LETTERS[name]
    mark, *_, letter = list(name)
    return unicodedata.normalize("NFC", letter + _ACCENTS[mark])


def sentence(text: str, start: int, end: int) -> str:
    """Give the sentence around a stretch of a text, blanks collapsed; a full stop ends one if a capital follows.

    >>> sentence("We use e.g. LoRA. It is fast.", 12, 16), sentence("很快。我们用LoRA！", 6, 10)
    ('We use e.g. LoRA.', '我们用LoRA！')
    """
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    first = max((at for at in ends if at <= start), default=0)
    last = min((at for at in ends if at >= end), default=len(text))
    return " ".join(text[first:last].split())


def printable(text: str) -> str:
    r"""Make text safe to print on a terminal: escape sequences, controls and direction marks are dropped.

    >>> printable("a\x1b[31mred\u202eb")
    'a[31mredb'
    """
    return _CONTROL.sub("", text)
