"""Ask the summary of a graph (kg.summary): the second plans of shipped queries, and names by their fold.

A plan is a SELECT of SQLite whose columns are called ``NAME:TYPE``; it takes a query's parameters, IRIs or null, as
``:NAME``. The result is the document that Oxigraph gives, SPARQL 1.1 Results JSON, to the byte. Types are ``iri``;
``term``, a cell that the summary holds ready; ``string``; and the local names of XML Schema datatypes. A value that
is null is not bound. Texts stay the bytes that SQLite has: to decode a hundred thousand of them, put them together and
encode the whole again takes as long as the rest.
"""

from __future__ import annotations

import json
import sqlite3
from functools import cache
from typing import TYPE_CHECKING, Any

from kg import sqlite
from kg.errors import GraphError
from kg.iri import node_id
from kg.model import Relation
from kg.summary import KINDS, ROLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from kg.model import Kind

_XSD = "http://www.w3.org/2001/XMLSchema#"
_CELLS = {
    "iri": '{"type":"uri","value":"%b"}',
    "term": "%b",
    "string": '{"type":"literal","value":"%b"}',
    **{
        name: f'{{"type":"literal","value":"{sign}","datatype":"{_XSD}{name}"}}'
        for name, sign in (("integer", "%d"), ("decimal", "%b"), ("gYearMonth", "%b"))
    },
}
"""A cell of each type. Only terms hold what JSON escapes: IRIs cannot, dates and numbers do not."""


class Summary:
    """The summary of a graph, opened for reading."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            sqlite3.Error: there is none, or it is damaged.
        """
        self._database = _opened(path)
        self._database.execute("SELECT COUNT(*) FROM role").fetchone()  # damage shows when it is read
        self._documents = _opened(path)
        self._documents.text_factory = bytes  # of a whole connection, hence two

    def document(
        self, plan: str, parameters: Mapping[str, str | None], *, limit: int | None = None
    ) -> tuple[tuple[str, ...], bytes]:
        """Run a plan.

        Args:
            plan: the text of the plan.
            parameters: the IRI for each parameter, None where an optional one is not given.
            limit: give so many rows at most.

        Returns:
            The names of the columns, and the result as SPARQL Results JSON.

        Raises:
            GraphError: the summary is damaged.
        """
        text = plan if limit is None else f"{plan}LIMIT {min(limit, 2**63 - 1):d}"
        try:
            cursor = self._documents.execute(text, parameters)
            head = [tuple(column[0].split(":")) for column in cursor.description]
            names = tuple(name for name, _ in head)
            return names, _document(names, tuple(sort for _, sort in head), cursor)
        except sqlite3.OperationalError as error:
            raise RuntimeError(str(error)) from error
        except sqlite3.Error as error:
            raise damaged(error) from error

    def kinds(self) -> dict[Kind, int]:
        """Count the nodes of every kind."""
        found = self._counts("SELECT kind, COUNT(*) FROM node WHERE kind IS NOT NULL GROUP BY kind")
        return {kind: found.get(number, 0) for kind, number in KINDS.items()}

    def mentions(self) -> int:
        """Count the pieces of evidence."""
        return self._counts("SELECT 0, SUM(mentions) FROM node")[0] or 0

    def relations(self) -> dict[Relation, int]:
        """Count the edges of every relation."""
        count = "SELECT kind, SUM(roles & 1 <> 0), SUM(roles & 2 <> 0) FROM has GROUP BY kind"
        found = {
            (kind, bit): number for kind, *both in self._ask(count) for bit, number in zip((1, 2), both, strict=True)
        }
        held = {name: found.get((KINDS[kind], bit), 0) for name, (kind, bit) in ROLES.items()}
        wider, listed = self._ask("SELECT (SELECT COUNT(*) FROM broader), (SELECT SUM(listed) FROM node)")[0]
        return {**held, Relation.BROADER: wider, Relation.LISTED_IN: listed or 0}

    def months(self) -> dict[str, int]:
        """Count the papers of every month, oldest first."""
        return self._counts("SELECT month, COUNT(*) FROM node WHERE month IS NOT NULL GROUP BY month ORDER BY month")

    def top(self, kind: Kind, number: int) -> list[tuple[str, int]]:
        """Give the ids of the things of a kind that most papers have, with the number of these papers."""
        held = "SELECT thing, COUNT(*) AS papers FROM has WHERE kind = ? GROUP BY thing"
        order = "ORDER BY papers DESC, iri LIMIT ?"
        found = self._ask(f"SELECT iri, papers FROM ({held}) JOIN node ON id = thing {order}", KINDS[kind], number)  # noqa: S608  constant
        return [(node_id(address), papers) for address, papers in found]

    def _counts(self, statement: str) -> dict[Any, int]:
        return dict(self._ask(statement))

    def _ask(self, statement: str, *values: object) -> list[Any]:
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise damaged(error) from error

    def named(self, fold: str, *, known: bool) -> set[str]:
        """Give the ids of all nodes that have a name of this fold.

        Args:
            fold: the folded name.
            known: whether the vocabulary has to know the name; else the graph has to show it.
        """
        statement = "SELECT node.iri FROM name JOIN node ON node.id = name.node WHERE fold = ? AND source & ?"
        return {node_id(address) for (address,) in self._ask(statement, fold, 2 if known else 1)}

    def names(self, kinds: Collection[Kind]) -> list[tuple[str, str]]:
        """Give every name of the nodes of some kinds, folded, with the node's id; not those for look-up alone."""
        numbers = ", ".join(str(KINDS[kind]) for kind in kinds)
        places = f"name JOIN node ON node.id = name.node WHERE source & 1 AND node.kind IN ({numbers})"
        statement = f"SELECT name.fold, node.iri FROM {places}"  # noqa: S608  numbers of ours
        return [(name, node_id(address)) for name, address in self._ask(statement)]

    def interrupt(self) -> None:
        """Stop the plan that is running, in whatever thread."""
        self._documents.interrupt()


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite.readable(path)
    database.execute("PRAGMA mmap_size = 1073741824")
    database.execute("PRAGMA temp_store = MEMORY")
    return database


def damaged(error: Exception) -> GraphError:
    """Say what is wrong with a store, and what to do."""
    remedy = "Delete the folder store/ of the graph directory; it is made again from the segments."
    return GraphError("the SPARQL store", f"damaged ({' '.join(str(error).split())[:200]})", remedy)


def _document(names: tuple[str, ...], sorts: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> bytes:
    everywhere = _template(names, sorts, (True,) * len(names))
    lines = [everywhere % row if None not in row else _gapped(names, sorts, row) for row in rows]
    head = json.dumps(names, separators=(",", ":")).encode()
    return b'{"head":{"vars":%b},"results":{"bindings":[%b]}}' % (head, b",".join(lines))


def _gapped(names: tuple[str, ...], sorts: tuple[str, ...], row: tuple[object, ...]) -> bytes:
    bound = tuple(value is not None for value in row)
    return _template(names, sorts, bound) % tuple(value for value in row if value is not None)


@cache
def _template(names: tuple[str, ...], sorts: tuple[str, ...], bound: tuple[bool, ...]) -> bytes:
    """Make the template of a row in which some columns are bound."""
    found = zip(names, sorts, bound, strict=True)
    cells = (f"{json.dumps(name)}:{_CELLS[sort]}" for name, sort, is_bound in found if is_bound)
    return f"{{{','.join(cells)}}}".encode()
