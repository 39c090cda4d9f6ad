"""The queries that kg ships: ``ontology/queries/*.rq``, each a SPARQL file that runs anywhere as it stands.

Its first lines say what it answers and what it wants to know::

    # summary: papers that propose or use a method, newest first
    # parameter: method (method) LoRA — the method

In the text, ``VALUES ?method { method:lora }`` holds the place of that parameter with the example in it. kg puts the
node that the user means there, as the term's own serialisation, which cannot hold anything but an IRI. (Binding the
variable from outside, SEP-0007, was tried: Oxigraph plans the query before it learns the binding, and *evidence* took
16 s instead of 2 ms on two million triples.)
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kg import resources
from kg.errors import InputError, QueryError
from kg.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.oxigraph import NamedNode

ENTITY = (Kind.METHOD, Kind.DATASET, Kind.TOPIC)
"""What ``(entity)`` means in a header."""

_SUMMARY = re.compile(r"# summary: (.+)")
_PARAMETER = re.compile(r"# parameter: (\w+) \(([\w, ]+)\) (.+?) — (.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that a shipped query wants to know."""

    name: str
    """The variable that it binds, such as ``method``."""
    kinds: tuple[Kind, ...]
    """What it may be."""
    optional: bool
    """Whether the query also answers without it."""
    example: str
    """A value, as a user would give it."""
    summary: str
    """What it is, in a few words."""


@dataclass(frozen=True, slots=True)
class ShippedQuery:
    """A query that kg ships."""

    name: str
    """What the user calls it: the name of its file."""
    summary: str
    """What it answers, in one line."""
    parameters: tuple[Parameter, ...]
    """What it wants to know, in the order of the file."""
    text: str
    """The SPARQL, with the examples in place."""
    plan: str = ""
    """SQL that gives the same rows from the summary of a graph (kg.plans); empty if SPARQL is quick enough."""

    def bind(self, nodes: Mapping[str, NamedNode], *, limit: int | None = None) -> str:
        """Give the SPARQL with nodes in place of the examples.

        Args:
            nodes: a node for each parameter; an optional one may be left out.
            limit: give so many rows at most.
        """
        text = self.text
        for parameter in self.parameters:
            node = nodes.get(parameter.name)
            values = "" if node is None else f"VALUES ?{parameter.name} {{ {node} }}"
            text = values.join(_place(parameter.name).split(text))
        return text if limit is None else f"{text}LIMIT {limit:d}\n"


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"VALUES \?{name} \{{[^{{}}]*\}}")


@cache
def shipped() -> tuple[ShippedQuery, ...]:
    """List the shipped queries, by name.

    Raises:
        InputError: a file of the installation is damaged.
    """
    return tuple(map(_read, sorted((resources.ontology() / "queries").glob("*.rq"))))


def find(name: str) -> ShippedQuery:
    """Find a shipped query by its name.

    Raises:
        QueryError: there is none of this name; near misses are suggested.
    """
    known = {query.name: query for query in shipped()}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.casefold(), known, n=3, cutoff=0.5)
    near += [other for other in known if name.casefold() in other and other not in near]
    meant = f"Did you mean {' or '.join(sorted(near))}?" if near else f"There are {', '.join(known)}."
    raise QueryError(name, "no such shipped query, and no SPARQL", meant)


def _read(path: Path) -> ShippedQuery:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"not readable ({error})", "Install digest-kg again.") from error
    summary = _SUMMARY.match(text)
    if summary is None:
        raise InputError(str(path), "its first line is not `# summary: …`", "Restore the file.")
    return ShippedQuery(path.stem, summary[1], tuple(_parameters(path, text)), text, _plan(path.with_suffix(".sql")))


def _plan(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _parameters(path: Path, text: str) -> list[Parameter]:
    found = []
    for line in text.splitlines():
        if not line.startswith("# parameter:"):
            continue
        match = _PARAMETER.fullmatch(line)
        if match is None or not _place(match[1]).search(text):
            raise InputError(str(path), f"a parameter that is not understood: {line}", "Restore the file.")
        words = match[2].split(", ")
        kinds = ENTITY if "entity" in words else tuple(Kind(word) for word in words if word != "optional")
        found.append(Parameter(match[1], kinds, "optional" in words, match[3], match[4]))
    return found
