"""Which names of a paper are one: by definition, as sizes of one name, as its plural, with its kind behind it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from kg.extractors._shapes import is_own, matches
from kg.text import fold, has_han

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.extractors._groups import Lookup
    from kg.extractors._notes import Notes, Span

_SIZED = re.compile(r"-?\d+(?:\.\d+)?[bm](?:chat|instruct|base)?$|(?<=\w{3})(?:chat|instruct|base|large|small|tiny)$")
_SIZES = ("b", "m", "chat", "instruct", "base", "large", "small", "tiny")  # what the pattern above can end with
_KIND = re.compile(
    r"(?: (?:[mM]odel|[aA]lgorithm|[mM]ethod|[fF]ramework|[tT]echnique|[sS]ystem|[aA]rchitecture)s?| [aA]pproach(?:es)?"
    r"| [tT]oolkit| [pP]ipeline|模型|算法|方法|框架)$"
)
_KINDS = (
    *("odel", "odels", "lgorithm", "lgorithms", "ethod", "ethods", "ramework", "rameworks", "echnique", "echniques"),
    *("ystem", "ystems", "rchitecture", "rchitectures", "pproach", "pproaches", "oolkit", "ipeline"),
    *("模型", "算法", "方法", "框架"),
)  # what the pattern above can end with
_DATA_CUES = frozenset({"dataset-before", "dataset-after", "defined-data"})
LONG_FORM = 10
"""A folded name of so many characters is a long form."""
BEGINNING = 15
"""Two long forms of one acronym that begin with so many characters in common are spellings of one."""
ALIKE = 0.8
"""Two long forms this similar (difflib's ratio) are spellings of one, as in ``kg.link``."""


def united(passages: Sequence[Notes], keys: Mapping[tuple[int, Span], str], lookup: Lookup) -> dict[str, str]:
    """Say which keys are one: by definition, as sizes of one name (Foo-7B is Foo), or as its plural."""
    parent: dict[str, str] = {}
    for short, long in _defined(passages, keys, lookup):
        _unite(parent, short, long)
    present = set(keys.values())
    data: set[str] | None = None
    for key in sorted(present):
        base = _SIZED.sub("", key) if key.endswith(_SIZES) else key
        if base != key and base in present:
            data = _data(passages, keys) if data is None else data
            if key not in data:  # Foo-Instruct may be what Foo is trained on
                _unite(parent, base, key)
        if f"{key}s" in present:
            _unite(parent, key, f"{key}s")
    return parent


def _defined(
    passages: Sequence[Notes], keys: Mapping[tuple[int, Span], str], lookup: Lookup
) -> Iterator[tuple[str, str]]:
    """Give the keys of what the paper says to be one: a short form and a long form of it.

    A long form that two acronyms share, of which one ends as the other, is that of the other: before MADTP stands only
    the end of its own.
    """
    pairs = [(short, long) for name, short, long in _pairs(passages, keys) if _agree(short, long, name, lookup)]
    for short, long in pairs:
        if not any(long == other_long and _ends(short, other) for other, other_long in pairs):
            yield short, long


def _pairs(passages: Sequence[Notes], keys: Mapping[tuple[int, Span], str]) -> Iterator[tuple[str, str, str]]:
    """Give the short form, its key and the key of the long form of every definition between two names."""
    for index, notes in enumerate(passages):
        for short, long in notes.pairs:
            one, other = keys.get((index, short)), keys.get((index, long))
            if one is not None and other is not None:
                name = notes.name(short)
                if not _is_version(one, other, name, notes.name(long)):
                    yield name, one, other


def _ends(short: str, other: str) -> bool:
    return short != other and short.endswith(other) and "/" not in short


def _data(passages: Sequence[Notes], keys: Mapping[tuple[int, Span], str]) -> set[str]:
    """Give the keys that the paper calls a dataset somewhere."""
    return {key for (index, span), key in keys.items() if not _DATA_CUES.isdisjoint(passages[index].marks[span])}


def without_kinds(passages: Sequence[Notes], keys: Mapping[tuple[int, Span], str]) -> dict[tuple[int, Span], str]:
    """Leave out the places that are a name with its kind behind it: *GPT-4 models*, where *GPT-4* is a name there.

    A name that the vocabulary knows with its kind (*Knuth-Morris-Pratt algorithm*) is kept, and what stands in it is
    the same.
    """
    kept = dict(keys)
    for (index, (start, end)), key in keys.items():
        text = passages[index].plain[start:end]
        if text.endswith(_KINDS):
            short = _KIND.sub("", text)
            base = index, (start, start + len(short))
            if base in keys and base != (index, (start, end)) and is_own(short.split(" ")[-1]):
                if "/" not in key:
                    kept.pop((index, (start, end)), None)
                elif "/" not in keys[base]:
                    kept[base] = key
    return kept


def redefine(passages: Sequence[Notes], keys: dict[tuple[int, Span], str], lookup: Lookup) -> set[str]:
    """Believe the paper where it defines a known acronym as something else: LoRA as *local rain analysis* is none.

    Returns:
        The new keys of such acronyms.
    """
    own = {
        short: fold(name)
        for name, short, long in _pairs(passages, keys)
        if "/" in short and not _may_mean(short, long, lookup)
    }
    for place, key in keys.items():
        keys[place] = own.get(key, key)
    return set(own.values())


def _is_version(one: str, other: str, short: str, long: str) -> bool:
    """Tell whether a long form is that of an earlier thing: *BLIP-2: Bootstrapping Language-Image Pre-training*.

    Args:
        one: the key of the short form.
        other: the key of the long form.
        short: the short form.
        long: the long form.
    """
    return "/" in other and one != other and short[-1:].isdigit() and not any(map(str.isdigit, long))


def _may_mean(concept: str, long: str, lookup: Lookup) -> bool:
    """Tell whether a long form may be that of a concept: a Chinese one, or one that is spelt much like its own."""
    if "/" in long or has_han(long):
        return long == concept or "/" not in long
    labels = (*lookup.vocabulary.concepts[concept].labels, *lookup.vocabulary.concepts[concept].aliases)
    longer = [key for label in labels if len(key := fold(label.text)) >= LONG_FORM and not has_han(key)]
    return not longer or any(_begins_alike(long, key) or _ratio(long, key) >= ALIKE for key in longer)


def _begins_alike(long: str, other: str) -> bool:
    """Tell whether two long forms are one but for their end: *partially observable MDP*, *generative pre-training*."""
    return long[:BEGINNING] == other[:BEGINNING] and len(long) >= BEGINNING


def _ratio(long: str, other: str) -> float:
    return SequenceMatcher(None, long, other).ratio()


def _agree(short: str, long: str, name: str, lookup: Lookup) -> bool:
    """Doubt a definition by a name that the vocabulary knows, if that has no label that spells the acronym.

    Before a bracket may stand only the end of the long form: 半透过最大似然估计（SMILE） defines no maximum likelihood.
    """
    if "/" not in long or "/" in short:
        return True
    concept = lookup.vocabulary.concepts[long]
    return any(matches(name, label.text) for label in (*concept.labels, *concept.aliases))


def root(parent: dict[str, str], key: str) -> str:
    while key in parent:
        key = parent[key]
    return key


def _unite(parent: dict[str, str], one: str, other: str) -> None:
    """Make two keys one; two concepts never meet, and a concept's key is kept."""
    one, other = root(parent, one), root(parent, other)
    if one == other or ("/" in one and "/" in other):
        return
    if "/" in other:
        one, other = other, one
    parent[other] = one
