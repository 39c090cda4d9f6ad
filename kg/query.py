"""Ask a graph in SPARQL: refuse what alters or leaves it, keep a time limit, give rows or standard documents.

The limit needs a word. Oxigraph cannot interrupt a query, but leaves Python free while it works: a query therefore
runs in a thread of its own, rendered there into its standard form, and is abandoned when its time is up. An abandoned
query goes on in the background until it is done or the process ends, which it does not hold up; so a program that
runs for long should narrow its queries rather than rely on the limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from threading import Thread
from typing import TYPE_CHECKING, TypeAlias, cast

from kg import iri, rdf
from kg.errors import GraphError, QueryError
from kg.names import resolve, resolve_among
from kg.oxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    Variable,
    parse,
    parse_query_results,
    serialize,
)
from kg.plans import damaged
from kg.shipped import ShippedQuery, find, shipped
from kg.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from kg.model import Kind
    from kg.oxigraph import Store
    from kg.plans import Summary

__all__ = [
    "FORMATS",
    "Form",
    "Result",
    "Row",
    "ShippedQuery",
    "arguments",
    "bound",
    "find",
    "resolve",
    "run",
    "shipped",
]

Term: TypeAlias = NamedNode | Literal
"""What a cell holds; a blank node or quoted triple, which no graph of kg has, counts as one too."""
Row: TypeAlias = tuple[Term | None, ...]
"""A row of a result; None where a variable is not bound."""
Resolve: TypeAlias = "Callable[[str, Collection[Kind]], str]"
"""What turns a name into the id of a node of one of some kinds."""


class Form(StrEnum):
    """What a query gives."""

    ROWS = "rows"  # SELECT
    ANSWER = "answer"  # ASK
    GRAPH = "graph"  # CONSTRUCT, DESCRIBE


_TABULAR = {"csv": QueryResultsFormat.CSV, "json": QueryResultsFormat.JSON, "xml": QueryResultsFormat.XML}
_GRAPHIC = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES}
FORMATS = (*_TABULAR, *_GRAPHIC)
"""What `Result.render` knows: the first three for rows and answers, the others for graphs."""

_TOKEN = re.compile(
    r"""
    "{3}(?:[^"\\]|\\.|"(?!""))*"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3} | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>) | \#[^\n\r]*
    | [?$]\w+ | @\w[\w-]* | (?P<prefix>(?:\w[\w.-]*)?):(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)* | (?P<word>\w+)
    """,
    re.VERBOSE | re.DOTALL,
)
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
_ERROR = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gave."""

    form: Form
    """Rows, an answer or a graph."""
    columns: tuple[str, ...]
    """The names of the columns; ``answer`` for ASK; ``subject``, ``predicate``, ``object`` for a graph."""
    document: bytes
    """The whole result, as SPARQL Results JSON, or as sorted N-Triples for a graph."""

    @property
    def rows(self) -> list[Row]:
        """Every row as terms; parsed anew each time."""
        if self.form is Form.GRAPH:
            quads = parse(self.document, format=RdfFormat.N_TRIPLES)
            return [cast("Row", (quad.subject, quad.predicate, quad.object)) for quad in quads]
        results = parse_query_results(self.document, format=QueryResultsFormat.JSON)
        if isinstance(results, QueryBoolean):
            return [(Literal(bool(results)),)]
        return [tuple(solution) for solution in results]

    def table_rows(self) -> list[tuple[str, ...]]:
        """Give every row as texts for a terminal: nodes by id, other IRIs by prefixed name, literals by value."""
        return [tuple("" if term is None else _shown(term) for term in row) for row in self.rows]

    def render(self, fmt: str) -> bytes:
        """Give the result as a document: ``csv``, ``json`` or ``xml`` of SPARQL 1.1; a graph as ``ttl`` or ``nt``.

        Raises:
            QueryError: the format does not fit.
        """
        formats: Collection[str] = _GRAPHIC if self.form is Form.GRAPH else _TABULAR
        if fmt not in formats:
            raise QueryError(fmt, f"this query gives {_GIVES[self.form]}", f"Choose {' or '.join(formats)}.")
        document = self._render(fmt)
        return document if document.endswith(b"\n") else document + b"\n"

    def _render(self, fmt: str) -> bytes:
        if fmt in {"json", "nt"}:
            return self.document
        if self.form is Form.GRAPH:
            triples = (Triple(*row) for row in self.rows)  # type: ignore[arg-type]  # parsed from triples
            return serialize(triples, format=_GRAPHIC[fmt], prefixes=rdf.PREFIXES) or b""
        results = parse_query_results(self.document, format=QueryResultsFormat.JSON)
        return results.serialize(format=_TABULAR[fmt]) or b""


_GIVES = {Form.ROWS: "rows", Form.ANSWER: "yes or no", Form.GRAPH: "a graph"}


def _shown(term: Term) -> str:
    if not isinstance(term, NamedNode):
        return " ".join(printable(getattr(term, "value", str(term))).split())
    if term.value.startswith((iri.BASE, iri.ARXIV)):
        return printable(iri.node_id(term.value))
    for prefix, namespace in rdf.PREFIXES.items():
        if term.value.startswith(namespace):
            return f"{prefix}:{term.value.removeprefix(namespace)}"
    return printable(term.value)


# --- Running -----------------------------------------------------------------------------------------------


def run(
    store: Store,
    query: str,
    *,
    parameters: Mapping[str, str] | None = None,
    timeout: float = 60,
    summary: Summary | None = None,
) -> Result:
    """Run a shipped query, by name, or a text in SPARQL.

    The prefixes of `kg.rdf.PREFIXES` need no declaration. A parameter's value is a name in either language, an alias
    or a node id; ``limit`` is a number of rows that every shipped query takes. In a text of your own, parameters
    bind variables of its SELECT (SEP-0007).

    Args:
        store: an opened graph.
        query: a name such as ``papers-on-method``, or SPARQL.
        parameters: values by parameter: ``{"method": "LoRA"}``.
        timeout: seconds until the query is given up; it then goes on in the background until the process ends.
        summary: the summary of the graph; with it a shipped query takes its second plan, if it has one, and names
            are found sooner. The result is the same.

    Raises:
        QueryError: the query is wrong, alters the graph, leaves it, is unknown, lacks a parameter or takes too long.
        NotFoundError: a parameter names nothing in the graph; near misses are suggested.
    """
    given = dict(parameters or {})
    if re.fullmatch(r"\s*[\w.-]*\s*", query):
        found = find(query.strip())
        nodes, limit = arguments(found, given, lambda name, kinds: resolve_among(store, name, kinds, summary))
        text = found.bind(nodes, limit=limit)
        if summary is not None and found.plan:
            return _within(timeout, text, lambda: _planned(summary, found, nodes, limit), summary.interrupt)
        return _within(timeout, text, lambda: _evaluate(store, text, {}))
    check(query)
    bindings = {Variable(name): rdf.node(resolve(store, value, summary=summary)) for name, value in given.items()}
    return _within(timeout, query, lambda: _evaluate(store, query, bindings))


def bound(query: ShippedQuery, parameters: Mapping[str, str], resolve: Resolve) -> str:
    """Put a shipped query's parameters in place: names, which ``resolve`` turns into ids, and a ``limit``.

    Raises:
        QueryError: a parameter is unknown, missing or, if the limit, no number.
    """
    nodes, limit = arguments(query, parameters, resolve)
    return query.bind(nodes, limit=limit)


def arguments(
    query: ShippedQuery, parameters: Mapping[str, str], resolve: Resolve
) -> tuple[dict[str, NamedNode], int | None]:
    """Find the nodes that a shipped query's parameters name, and the ``limit`` among them.

    Raises:
        QueryError: a parameter is unknown, missing or, if the limit, no number.
    """
    given = dict(parameters)
    limit = _number(query, given.pop(_LIMIT)) if _LIMIT in given else None
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in given:
        if name not in known:
            wants = f"It wants {', '.join([*known, _LIMIT])}."
            raise QueryError(query.name, f"there is no parameter {name!r}", wants)
    for parameter in query.parameters:
        if parameter.name not in given and not parameter.optional:
            remedy = f"Say {parameter.name}=NAME, for example {parameter.name}={parameter.example!r}."
            raise QueryError(query.name, f"the parameter {parameter.name!r} is missing ({parameter.summary})", remedy)
    return {name: rdf.node(resolve(value, known[name].kinds)) for name, value in given.items()}, limit


def _number(query: ShippedQuery, text: str) -> int:
    if not text.isdecimal():
        raise QueryError(query.name, f"the limit {text!r} is no number", "Give a number of rows, such as limit=10.")
    return int(text)


def _within(
    seconds: float, query: str, work: Callable[[], Result], give_up: Callable[[], None] = lambda: None
) -> Result:
    """Do some work, but wait no longer than so many seconds."""
    results: list[Result] = []
    failures: list[Exception] = []

    def attempt() -> None:
        try:
            results.append(work())
        except (GraphError, SyntaxError, RuntimeError, OSError, ValueError, MemoryError) as error:
            failures.append(error)

    thread = Thread(target=attempt, name="kg-query", daemon=True)  # a daemon, so that no process waits for it
    thread.start()
    thread.join(seconds)
    if results:
        return results[0]
    if failures:
        raise _explained(query, failures[0]) from failures[0]
    if thread.is_alive():
        give_up()
        remedy = "Narrow the query (a constant, a LIMIT in a subquery) or raise --timeout."
        raise QueryError("query", f"no result within {seconds:g} s", remedy)
    raise QueryError("query", "the engine broke down", "Simplify the query, and report it.")


def _planned(summary: Summary, query: ShippedQuery, nodes: Mapping[str, NamedNode], limit: int | None) -> Result:
    given: dict[str, str | None] = {parameter.name: None for parameter in query.parameters}
    addresses = {name: node.value for name, node in nodes.items()}
    return Result(Form.ROWS, *summary.document(query.plan, given | addresses, limit=limit))


def _evaluate(store: Store, query: str, bindings: dict[Variable, NamedNode]) -> Result:
    found = store.query(query, prefixes=rdf.PREFIXES, substitutions={**bindings})
    if isinstance(found, QuerySolutions):
        columns = tuple(variable.value for variable in found.variables)
        return Result(Form.ROWS, columns, found.serialize(format=QueryResultsFormat.JSON) or b"")
    if isinstance(found, QueryTriples):
        lines = (found.serialize(format=RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
        return Result(Form.GRAPH, ("subject", "predicate", "object"), b"".join(sorted(set(lines))))
    return Result(Form.ANSWER, ("answer",), found.serialize(format=QueryResultsFormat.JSON) or b"")


def _explained(query: str, error: Exception) -> QueryError | GraphError:
    """Say what went wrong in the words of the user's query, unless it was not the query."""
    if isinstance(error, GraphError):
        return error
    if isinstance(error, OSError | RuntimeError) and "orruption" in str(error):
        return damaged(error)
    match = _ERROR.match(str(error))
    if match is None:
        return QueryError("query", f"cannot be evaluated ({' '.join(str(error).split())})", "Mend the query.")
    line, column = int(match[1]), int(match[2])
    where = f"query, line {line}, column {column}"
    if unknown := _undeclared(query):
        known = ", ".join(f"{name}:" for name in rdf.PREFIXES)
        return QueryError(where, f"the prefix {unknown}: is not declared", f"Declare it, or use one of {known}.")
    reason = next((part for part in match[3].split(", ") if part.startswith("The ")), "")  # the engine's own words
    return QueryError(where, reason or _stumble(query, line, column), "Mend it there.")


def _stumble(query: str, line: int, column: int) -> str:
    """Show what stands where the parser gave up, from the beginning of the word."""
    lines = query.rstrip().splitlines()
    text = (lines[line - 1 : line] or [""])[0]
    if line >= len(lines) and column > len(text):
        return "the query ends too early"
    begun = re.search(r"\S*\Z", text[: column - 1])
    return f"unexpected {printable(text[begun.start() if begun else 0 :].strip())[:40]!r}"


# --- Guarding ----------------------------------------------------------------------------------------------


def check(query: str) -> None:
    """Refuse a query that would alter the graph or leave it, wherever the word hides.

    Raises:
        QueryError: it is an update, or asks another endpoint or graph.

    >>> check("SELECT * { ?drop kg:add 'DELETE' } # INSERT")
    >>> check("PREFIX a: <b:> DROP ALL")
    Traceback (most recent call last):
    ...
    kg.errors.QueryError: query: DROP would alter the graph, which queries cannot. Alter the digests and run kg build.
    """
    words = {match["word"].upper() for match in _TOKEN.finditer(query) if match["word"]}
    if forbidden := sorted(words & _UPDATES):
        remedy = "Alter the digests and run kg build."
        raise QueryError("query", f"{forbidden[0]} would alter the graph, which queries cannot", remedy)
    if "SERVICE" in words:
        raise QueryError("query", "SERVICE would ask another endpoint, and kg stays offline", "Remove it.")
    if "FROM" in words:
        raise QueryError("query", "FROM names another graph, and there is but one", "Remove the FROM clause.")


def _undeclared(query: str) -> str:
    """Give the first prefix that is used without being declared."""
    tokens = [match for match in _TOKEN.finditer(query) if match["word"] or match["prefix"] is not None]
    declared = set(rdf.PREFIXES)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token["prefix"] is None:
            continue
        if before is not None and (before["word"] or "").upper() == "PREFIX":
            declared.add(token["prefix"])
        elif token["prefix"] not in {*declared, "_"}:
            return str(token["prefix"])
    return ""
