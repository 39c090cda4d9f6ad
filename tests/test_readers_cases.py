"""Small digests, written out, and the records that each must give: ``tests/data/cases/readers``."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.readers import READERS, RULES, read_digest

if TYPE_CHECKING:
    from kg.model import Digest

CASES = Path(__file__).parent / "data" / "cases" / "readers"
DIGESTS = sorted(path for path in CASES.glob("*.md") if path.name != "README.md")


def rendered(digest: Digest) -> str:
    """Write a digest down for a person to compare: its bytes' hash is left out, for it says nothing."""
    record = dataclasses.asdict(digest)
    del record["id"]
    for paper in record["papers"]:
        del paper["source"]
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_digest_gives_the_records_beside_it(path: Path) -> None:
    """With ``KG_REGENERATE=1`` the expectation is written instead, for ``git diff`` to show."""
    expected = path.with_suffix(".json")
    actual = rendered(read_digest(path))
    if os.environ.get("KG_REGENERATE"):
        expected.write_text(actual, "utf-8")
    assert actual == expected.read_text("utf-8")


def test_cases_cover_every_dialect() -> None:
    """A dialect without a case is a dialect that can break unseen."""
    assert {read_digest(path).dialect for path in DIGESTS} == {spec.name for spec in READERS}


def test_cases_break_every_rule_on_entries() -> None:
    """Each rule about an entry is broken somewhere; those on whole files have tests of their own."""
    whole_file = {"not-text", "not-utf8", "html", "empty", "line-too-long", "unknown-dialect", "no-entry"}
    found = {finding.rule for path in DIGESTS for finding in read_digest(path).findings}
    assert found | whole_file | {"control-character"} == set(RULES)
