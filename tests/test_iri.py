"""Addresses are functions of what they name, and lead back to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import iri
from kg.model import Kind
from kg.oxigraph import NamedNode

NAMES = st.text(min_size=1).filter(str.strip)


@given(st.sampled_from([Kind.METHOD, Kind.DATASET, Kind.TOPIC]), NAMES)
def test_every_name_has_a_valid_iri_that_leads_back(kind: Kind, name: str) -> None:
    """Whatever the name holds, its IRI is one that an RDF parser takes, and maps back to the node id."""
    node = iri.entity_id(kind, name.encode("utf-8", "ignore").decode() or "x")
    assert NamedNode(iri.iri(node)).value == iri.iri(node)
    assert iri.node_id(iri.iri(node)) == node
    assert iri.kind_of(node) is kind


@pytest.mark.parametrize("arxiv", ["2310.00212", "0704.0001", "cs/0112017", "hep-th/9711200", "math/0309136"])
def test_papers_of_every_age_have_an_address(arxiv: str) -> None:
    """New and old identifiers are recognised in addresses, with version or without, and lead back."""
    for address in (f"https://arxiv.org/abs/{arxiv}", f"http://arxiv.org/pdf/{arxiv}v2", f"(arXiv:{arxiv}v1 [cs.CL])"):
        assert iri.arxiv_id(address) == arxiv
    assert iri.node_id(iri.iri(arxiv)) == arxiv
    assert iri.kind_of(arxiv) is Kind.PAPER


def test_the_subject_class_is_no_part_of_an_old_identifier() -> None:
    """Both addresses lead to one paper."""
    assert iri.arxiv_id("https://arxiv.org/abs/math.GT/0309136") == iri.arxiv_id("math/0309136") == "math/0309136"


def test_han_characters_stay_readable() -> None:
    """A Chinese concept keeps its characters; what an IRI may not hold is encoded."""
    assert iri.iri("topic/机器翻译") == "https://w3id.org/digest-kg/id/topic/机器翻译"
    assert iri.iri("method/c#") == "https://w3id.org/digest-kg/id/method/c%23"


def test_a_copy_is_the_same_digest() -> None:
    """The id of a digest depends on its bytes alone."""
    assert iri.digest_id(b"a") == iri.digest_id(b"a") != iri.digest_id(b"b")


@pytest.mark.parametrize(
    ("arxiv", "month"), [("hep-th/9108001", "1991-08"), ("cs/0112017", "2001-12"), ("0704.0001", "2007-04")]
)
def test_months_of_both_centuries(arxiv: str, month: str) -> None:
    """The archive began in 1991: a smaller two-digit year is of this century."""
    assert iri.month(arxiv) == month


@pytest.mark.parametrize("text", ["2313.12345", "https://example.org/12345", "abs/9999.0000", "", "cs/0113001"])
def test_what_is_no_identifier_is_none(text: str) -> None:
    """There is no thirteenth month."""
    assert iri.arxiv_id(text) == ""
