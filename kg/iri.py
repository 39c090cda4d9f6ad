"""The addresses of things, each a function of what it names and of nothing else.

A *node id* is what records, Neo4j and networkx use: a paper's arXiv identifier (``2310.00212``,
``cs/0112017``) or ``kind/fold`` (``method/lora``). An *IRI* is what RDF uses. One maps to the other and back.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from kg.model import Kind
from kg.text import fold

if TYPE_CHECKING:
    from kg.model import Edge, Evidence

ONTOLOGY = "https://w3id.org/digest-kg/ontology#"
"""The ``kg:`` namespace."""
BASE = "https://w3id.org/digest-kg/id/"
"""What the IRIs of methods, datasets, topics, digests and mentions begin with."""
ARXIV = "https://arxiv.org/abs/"
"""What the IRIs of papers begin with."""

_PREFIXES = ("method/", "dataset/", "topic/", "digest/", "mention/", "scheme/")
_MONTH = r"\d\d(?:0[1-9]|1[0-2])"
_ARXIV_ID = re.compile(rf"({_MONTH}\.\d{{4,5}})|([a-z][a-z-]*)(?:\.[A-Z]{{2}})?(/{_MONTH}\d{{3}})", re.ASCII)
_ALLOWED = re.compile(r"[^\w+.*~-]")  # \w keeps the letters of every script, as an IRI may


def entity_id(kind: Kind, label: str) -> str:
    """Give the node id of a method, dataset or topic.

    >>> entity_id(Kind.METHOD, "Chain-of-Thought"), entity_id(Kind.TOPIC, "机器翻译")
    ('method/chainofthought', 'topic/机器翻译')
    """
    return f"{kind}/{fold(label)}"


def digest_id(content: bytes) -> str:
    """Give the node id of a digest: a function of its bytes, so that a copy or a new name is the same digest.

    >>> digest_id(b"")
    'digest/e3b0c44298fc1c14'
    """
    return hashed_digest_id(hashlib.sha256(content).hexdigest())


def hashed_digest_id(checksum: str) -> str:
    """Give the node id of a digest by the SHA-256 of its bytes, as hexadecimal digits, for whoever reads in pieces."""
    return f"{Kind.DIGEST}/{checksum[:16]}"


def mention_id(edge: Edge, evidence: Evidence) -> str:
    """Give the node id of the mention that stands behind an edge.

    Digest and line are left out: a text found in one more digest is the same mention.
    """
    fields = (edge.source, edge.relation, edge.target, evidence.part, evidence.lang, evidence.quote, evidence.rule)
    key = "\0".join((*fields, str(evidence.start), str(evidence.end)))
    return f"mention/{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def arxiv_id(text: str) -> str:
    """Give the arXiv identifier in an address or citation, without version; empty if there is none.

    The subject class in an old identifier is no part of it: ``math.GT/0309136`` is ``math/0309136``.

    >>> arxiv_id("https://arxiv.org/pdf/2310.00212v3"), arxiv_id("cs/0112017"), arxiv_id("example.org")
    ('2310.00212', 'cs/0112017', '')
    """
    match = _ARXIV_ID.search(text)
    return match[1] or match[2] + match[3] if match else ""


def month(arxiv: str) -> str:
    """Give the month that an arXiv identifier stands for.

    >>> month("2310.00212"), month("cs/0112017"), month("hep-th/9901001")
    ('2023-10', '2001-12', '1999-01')
    """
    digits = arxiv.rpartition("/")[2][:4]
    year = int(digits[:2])
    return f"{1900 + year if year > 90 else 2000 + year}-{digits[2:]}"  # noqa: PLR2004  arXiv began in 1991


def kind_of(node_id: str) -> Kind:
    """Tell the kind of a node by its id.

    >>> kind_of("method/lora"), kind_of("cs/0112017")
    (<Kind.METHOD: 'method'>, <Kind.PAPER: 'paper'>)
    """
    head = node_id.partition("/")[0]
    return Kind(head) if node_id.startswith(_PREFIXES[:4]) else Kind.PAPER


def iri(node_id: str) -> str:
    """Turn a node id into an IRI; what an IRI may not hold is percent-encoded, Han characters stay.

    >>> iri("2310.00212"), iri("topic/机器翻译"), iri("method/c#")
    ('https://arxiv.org/abs/2310.00212', 'https://w3id.org/digest-kg/id/topic/机器翻译', 'https://w3id.org/digest-kg/id/method/c%23')
    """
    if not node_id.startswith(_PREFIXES):
        return ARXIV + node_id
    head, _, tail = node_id.partition("/")
    return f"{BASE}{head}/{_ALLOWED.sub(lambda match: quote(match[0], safe=''), tail)}"


def node_id(address: str) -> str:
    """Turn an IRI back into a node id.

    >>> node_id("https://w3id.org/digest-kg/id/method/c%23"), node_id("https://arxiv.org/abs/2310.00212")
    ('method/c#', '2310.00212')
    """
    if address.startswith(BASE):
        return unquote(address.removeprefix(BASE))
    return address.removeprefix(ARXIV)
