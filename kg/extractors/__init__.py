"""Extraction: what a paper's passages name, as mentions with rule and confidence.

One pipeline for mixed Chinese and English text. Its components are listed in :data:`EXTRACTORS` and run in that
order; each notes what it sees. Then one decision is taken per name and paper, from all places in both languages.
spaCy can run the same components (``_spacy.py``); it is loaded for whoever asks for its Docs, and for nobody else.
"""

from __future__ import annotations

import gc
import hashlib
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import InputError
from kg.extractors.links import code_links
from kg.model import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model import Mention, Paper
    from kg.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ExtractorSpec:
    """A component of the pipeline."""

    name: str
    """What it is called in a spaCy pipeline."""
    summary: str
    """What it finds, in one line."""
    target: str
    """Its module and class."""
    knows: bool = False
    """Whether it is given the vocabulary."""

    @property
    def short(self) -> str:
        """Its name as people choose it."""
        return self.name.removeprefix("kg_")


EXTRACTORS = (
    ExtractorSpec(
        "kg_gazetteer",
        "methods, datasets and tasks that the vocabulary knows",
        "kg.extractors.gazetteer:Gazetteer",
        knows=True,
    ),
    ExtractorSpec("kg_names", "names by their look: LoRA, GPT-3.5, Chain of Thought", "kg.extractors.names:Names"),
    ExtractorSpec("kg_titles", "names that head a title: X: subtitle, 《X》：", "kg.extractors.titles:Titles"),
    ExtractorSpec(
        "kg_acronyms",
        "definitions in brackets: Long Form (LF), 长名称（LF）",
        "kg.extractors.acronyms:Acronyms",
        knows=True,
    ),
    ExtractorSpec("kg_phrases", "noun phrases that may name a technique or a task", "kg.extractors.phrases:Phrases"),
    ExtractorSpec("kg_cues", "what the words around a name say: we propose X, X 数据集", "kg.extractors.cues:Cues"),
    ExtractorSpec("kg_topics", "the digest's tags and the arXiv categories", "kg.extractors.topics:Topics", knows=True),
)
"""The components of the pipeline, in the order in which they run."""

MODEL = "model"
"""The trained model, which may decide; else rules do."""
ALL, RULES = "all", "rules"
SETS = {
    ALL: (*(spec.short for spec in EXTRACTORS), MODEL),
    RULES: tuple(spec.short for spec in EXTRACTORS if spec.name != "kg_phrases"),  # only the model knows what they are
}
"""The sets that have a name: everything, which is the default, and what is fast."""

REMEMBERED = 4096
"""How many entries an extractor remembers: a paper stands in up to eight digests of neighbouring days."""


def chosen(choice: str) -> tuple[str, ...]:
    """Give the components that a choice names, in their order: a set of :data:`SETS`, or a list such as ``names,cues``.

    >>> chosen("cues, gazetteer")
    ('gazetteer', 'cues')

    Raises:
        InputError: there is no such component, or none is named.
    """
    names = [name.strip() for name in choice.split(",") if name.strip()]
    wanted = {part for name in names for part in SETS.get(name, (name,))}
    unknown = sorted(wanted - set(SETS[ALL]))
    if unknown or not wanted - {MODEL}:
        near = get_close_matches(unknown[0], [*SETS, *SETS[ALL]], n=1) if unknown else []
        remedy = f"Did you mean {near[0]}?" if near else f"Choose of {', '.join([*SETS, *SETS[ALL]])}."
        raise InputError(f"extractors {choice}", f"no component {(unknown or [choice])[0]!r}", remedy)
    return tuple(name for name in SETS[ALL] if name in wanted)


class Extractor:
    """Extracts mentions; make one and use it for all papers.

    Args:
        vocabulary: what is known beforehand.
        choice: which components run, see :func:`chosen`.

    Raises:
        InputError: there is no such component.
    """

    def __init__(self, vocabulary: Vocabulary, choice: str = ALL) -> None:
        self.vocabulary = vocabulary
        self.components = chosen(choice)
        self._known: OrderedDict[Any, tuple[Mention, ...]] = OrderedDict()

    @cached_property
    def _pipeline(self) -> Any:  # noqa: ANN401  spaCy is loaded late
        from kg.extractors._pipeline import Pipeline  # noqa: PLC0415  spaCy is loaded late

        return Pipeline(self.vocabulary, self.components)

    def mentions(self, paper: Paper) -> tuple[Mention, ...]:
        """Give what a paper names, sorted."""
        return self.entry(paper).mentions

    def entry(self, paper: Paper) -> Entry:
        """Give a paper with everything extracted from it."""
        return next(self.entries([paper]))

    def entries(self, papers: Iterable[Paper]) -> Iterator[Entry]:
        """Give papers with everything extracted from them, in their order; equal texts are read once."""
        for batch in _batches(papers):
            new = list({_key(paper): paper for paper in batch if _key(paper) not in self._known}.values())
            found = self._found(new) if new else {}
            for paper in batch:
                key = _key(paper)
                mentions = found[key] if key in found else self._known[key]
                yield Entry(paper, mentions, code_links(passage.text for passage in paper.passages))
            self._remember(found)

    def _found(self, papers: list[Paper]) -> dict[Any, tuple[Mention, ...]]:
        """Run the pipeline; what it makes is free of cycles, and looking for some takes a fifth of the time."""
        with _uncollected():
            return {_key(paper): mentions for paper, mentions in zip(papers, self._pipeline.run(papers), strict=True)}

    def _remember(self, found: dict[Any, tuple[Mention, ...]]) -> None:
        self._known.update(found)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Have Python look for no cycles for a while."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _key(paper: Paper) -> Any:  # noqa: ANN401  a key to compare
    return paper.arxiv_id, tuple((passage.part, passage.lang, passage.text) for passage in paper.passages)


def _batches(papers: Iterable[Paper], size: int = 16) -> Iterator[list[Paper]]:
    batch: list[Paper] = []
    for paper in papers:
        batch.append(paper)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@cache
def fingerprint(choice: str = ALL) -> str:
    """Give the SHA-256 of everything that decides what is extracted: code, word lists, model, vocabulary, choice.

    Raises:
        InputError: there is no such component.
    """
    from kg import vocabulary  # noqa: PLC0415  read when asked

    folder = Path(__file__).parent
    files = [
        *sorted(folder.glob("*.py")),
        *sorted((folder / "model").glob("*.*")),
        folder.parent / "text.py",
        folder.parent / "vocabulary.py",
    ]
    digest = hashlib.sha256(vocabulary.fingerprint().encode())
    digest.update("\0".join(chosen(choice)).encode())
    for file in files:
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
