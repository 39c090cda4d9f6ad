"""The records that flow through kg: frozen, slotted, and free of behaviour.

digest ─read─▶ Paper ─extract─▶ Mention ─link─▶ Entity + Edge ─▶ KnowledgeGraph

Offsets count Unicode characters (code points), never bytes; lines count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a node of the graph is."""

    PAPER = "paper"
    METHOD = "method"
    DATASET = "dataset"
    TOPIC = "topic"
    DIGEST = "digest"


class Relation(StrEnum):
    """What an edge of the graph says; the value is the local name in the ``kg:`` namespace."""

    PROPOSES = "proposes"
    USES_METHOD = "usesMethod"
    INTRODUCES = "introduces"
    USES_DATASET = "usesDataset"
    HAS_TOPIC = "hasTopic"
    BROADER = "broader"
    LISTED_IN = "listedIn"


class Lang(StrEnum):
    """The language of a passage or label, as an RDF language tag."""

    EN = "en"
    ZH = "zh"


class Part(StrEnum):
    """Which part of a digest entry a passage is."""

    TITLE = "title"
    SUMMARY = "summary"
    ABSTRACT = "abstract"
    TAGS = "tags"
    CATEGORIES = "categories"


class Severity(StrEnum):
    """Whether a finding cost something."""

    ERROR = "error"  # an entry or a file was lost
    WARNING = "warning"  # the entry was kept; something about it is odd


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """A stretch of a digest entry in one language."""

    part: Part
    """Which part of the entry it is."""
    lang: Lang
    """The language it is written in, decided by its text."""
    text: str
    """The text as it stands in the digest, without Markdown markers around it."""
    line: int
    """The line of the digest on which it starts, counted from 1."""


@dataclass(frozen=True, slots=True, order=True)
class Paper:
    """One entry of one digest."""

    arxiv_id: str
    """The arXiv identifier without version: ``2310.00212``, ``cs/0112017``."""
    published: str
    """The date of publication if the entry states it (``2024-02-29``), else empty."""
    passages: tuple[Passage, ...]
    """Its titles, summary, abstracts, tags and categories, in the order of the digest."""
    source: str
    """The id of the digest, such as ``digest/3cbfe97319c1ad88``."""
    line: int
    """The line on which the entry starts, counted from 1."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something malformed in a digest."""

    where: str
    """File and line: ``a.md:12``."""
    rule: str
    """A stable name of what was checked: ``no-link``."""
    message: str
    """What is wrong and what to do, in one line."""
    severity: Severity = Severity.ERROR
    """Whether an entry or file was lost."""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest file, read."""

    id: str
    """``digest/`` and the first 16 hexadecimal digits of the SHA-256 of its bytes."""
    name: str
    """Its file name without folder."""
    dialect: str
    """The name of the reader that read it, a key of ``kg.readers.READERS``; empty if none could."""
    papers: tuple[Paper, ...]
    """Its entries, in the order of the digest."""
    findings: tuple[Finding, ...]
    """What was malformed, in the order of the digest."""


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A name found in a passage: ``paper.passages[passage].text[start:end] == surface``, always."""

    paper: str
    """The arXiv identifier of the paper."""
    passage: int
    """The index of the passage in the paper's ``passages``."""
    start: int
    """Where the name starts in the passage, in characters."""
    end: int
    """Where it ends, exclusive, in characters."""
    surface: str
    """The text as it stands there."""
    kind: Kind
    """Method, dataset or topic."""
    relation: Relation
    """What the paper does with it."""
    rule: str
    """The rule or model that found it; a stable name such as ``vocabulary`` or ``tag``."""
    confidence: float
    """The probability that kind and relation are right, between 0 and 1."""
    name: str
    """The name in plain text: ``surface`` with LaTeX and Markdown resolved; never empty."""
    concept: str = ""
    """The id of the vocabulary concept it denotes, such as ``method/lora``; empty if none."""
    same_as: str = ""
    """The plain name of a longer form that this paper defines for it: ``PPPO`` is the same as
    ``Pairwise Proximal Policy Optimization``; empty if none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper with everything extracted from it: what a segment of the graph directory holds."""

    paper: Paper
    """The entry as read."""
    mentions: tuple[Mention, ...]
    """What was found in it, sorted."""
    code: tuple[str, ...] = ()
    """Addresses of code repositories, sorted."""


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A text with a language."""

    text: str
    """The label; never empty."""
    lang: Lang
    """Its language."""


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that the vocabulary in ``ontology/vocab`` knows."""

    id: str
    """Kind and folded English label: ``method/lora``."""
    kind: Kind
    """Method, dataset or topic."""
    labels: tuple[Label, ...]
    """The preferred labels, at most one a language, English first; never empty."""
    aliases: tuple[Label, ...] = ()
    """Every other name, sorted."""
    scheme: str = ""
    """For a topic: ``task``, ``area``, ``category`` or ``tag``; else empty."""
    broader: tuple[str, ...] = ()
    """The ids of the next wider concepts, sorted."""
    introduced_by: str = ""
    """The arXiv identifier of the paper that introduced it; empty if unknown."""
    generic: bool = False
    """Whether it is so general that a paper is seldom *about* it (fine-tuning, attention)."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A method, dataset or topic: one thing, one node, whatever it is called."""

    id: str
    """Kind and folded label: ``method/lora``."""
    kind: Kind
    """Method, dataset or topic."""
    labels: tuple[Label, ...]
    """The preferred label, at most one a language, English first; never empty."""
    aliases: tuple[Label, ...] = ()
    """Every other name, sorted."""
    scheme: str = ""
    """For a topic: ``task``, ``area``, ``category`` or ``tag``; else empty."""
    concept: bool = False
    """Whether the vocabulary knows it."""


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """Where a digest says what an edge claims: ``text[start:end] == quote`` of that passage."""

    part: Part
    """Title, summary, abstract, tags or categories."""
    lang: Lang
    """The language of the passage."""
    quote: str
    """The words, literally."""
    start: int
    """Where the quote starts in the passage, in characters."""
    end: int
    """Where it ends, exclusive, in characters."""
    rule: str
    """The rule or model that found it."""
    confidence: float
    """The probability that it is right, between 0 and 1."""
    digest: str
    """The id of the digest."""
    line: int
    """The line of the digest on which the passage starts."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A claim of the graph, from a node id to a node id."""

    source: str
    """The node that it is about: a paper's arXiv identifier or an entity id."""
    relation: Relation
    """What it says."""
    target: str
    """The other node."""
    evidence: tuple[Evidence, ...] = ()
    """Sorted; empty only for ``broader`` (authored) and ``listedIn`` (the digest itself)."""

    @property
    def confidence(self) -> float:
        """The confidence of its best evidence; 1 where none is needed.

        >>> Edge("2310.00212", Relation.LISTED_IN, "digest/3cbfe97319c1ad88").confidence
        1.0
        """
        return max((item.confidence for item in self.evidence), default=1.0)


@dataclass(frozen=True, slots=True, order=True)
class Located:
    """A distinct text of a paper, with the first place where it stands."""

    part: Part
    """Title, summary, abstract, tags or categories."""
    lang: Lang
    """Its language."""
    text: str
    """The text."""
    digest: str
    """The id of the digest; the smallest if several hold the same text."""
    line: int
    """The line of that digest."""


@dataclass(frozen=True, slots=True)
class PaperNode:
    """A paper in the graph: all its entries in one."""

    id: str
    """The arXiv identifier without version."""
    passages: tuple[Located, ...]
    """Every distinct text; within a part and language the preferred one first."""
    published: str = ""
    """The earliest date of publication that an entry states (``2024-02-29``); empty if none does."""
    code: tuple[str, ...] = ()
    """Addresses of code repositories, sorted."""

    def text(self, part: Part, lang: Lang) -> str:
        """Give the preferred text of a part in a language; empty if there is none."""
        return next((item.text for item in self.passages if item.part is part and item.lang is lang), "")


@dataclass(frozen=True, slots=True)
class DigestNode:
    """A digest in the graph."""

    id: str
    """A function of its bytes: ``digest/3cbfe97319c1ad88``."""
    names: tuple[str, ...]
    """The file names under which it was read, sorted."""
    dialect: str
    """The reader that read it."""
