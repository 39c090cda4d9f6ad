"""The door to pyoxigraph: terms, parsing, serialising and the embedded store come through here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
    parse_query_results,
    serialize,
)

from kg.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BlankNode",
    "Literal",
    "NamedNode",
    "Quad",
    "QueryBoolean",
    "QueryResultsFormat",
    "QuerySolution",
    "QuerySolutions",
    "QueryTriples",
    "RdfFormat",
    "Store",
    "Triple",
    "Variable",
    "parse",
    "parse_query_results",
    "read_turtle",
    "serialize",
]


def read_turtle(path: Path) -> list[Triple]:
    """Parse a Turtle file.

    Raises:
        InputError: it cannot be read, or is no Turtle.
    """
    try:
        return [quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE)]
    except (OSError, SyntaxError) as error:
        raise InputError(str(path), f"not readable as Turtle ({error})", "Mend the file or restore it.") from error
