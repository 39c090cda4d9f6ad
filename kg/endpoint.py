"""SPARQL servers over their standard protocols: ask one a query, give one a graph, bring one up to date.

Queries go by the SPARQL 1.1 Protocol, whole graphs by the Graph Store HTTP Protocol, changes by SPARQL 1.1 Update;
triples travel as N-Triples. A name and a password are read from SPARQL_USERNAME and SPARQL_PASSWORD and from nowhere
else, so that no shell history or log holds them.
"""

from __future__ import annotations

import base64
import os
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from http.client import HTTPException
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from kg import iri, rdf, vocabulary
from kg.errors import InputError, NotFoundError, OutputError, QueryError
from kg.model import Kind
from kg.oxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    parse,
    parse_query_results,
)
from kg.query import Form, Result, bound
from kg.shipped import find
from kg.text import printable
from kg.writers import nt

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from kg.graph import Graph
    from kg.oxigraph import Triple

BATCH = 10_000
"""How many triples an update sends in one request."""

_RESULTS = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_UPDATE = "application/sparql-update"
_DECIMAL = rdf.term("xsd:decimal")
_NAMES = ("skos:prefLabel", "skos:altLabel", "dcterms:title")
_REFUSED = {401, 403}
_WORDS = 200  # characters of a server's answer in a message


def run(url: str, query: str, *, parameters: Mapping[str, str] | None = None, timeout: float = 60) -> Result:
    """Ask a SPARQL server a shipped query, by name, or a text in SPARQL.

    The prefixes of `kg.rdf.PREFIXES` need no declaration.

    Args:
        url: the address for queries, such as ``http://localhost:3030/kg/query``.
        query: a name such as ``papers-on-method``, or SPARQL.
        parameters: values of a shipped query by parameter: names in either language, or node ids.
        timeout: seconds to wait for the server.

    Raises:
        InputError: no server answers there, it refuses us, or it is none for SPARQL.
        QueryError: the query is wrong, unknown, lacks a parameter or takes too long.
        NotFoundError: a parameter names nothing there.
    """
    given = parameters or {}
    if re.fullmatch(r"\s*[\w.-]*\s*", query):
        query = bound(find(query.strip()), given, lambda name, kinds: _resolve(url, name.strip(), kinds, timeout))
    elif given:
        raise QueryError("query", "a server takes no parameters", "Write the values into the query.")
    return _ask(url, query, timeout)


def push(url: str, graph: Graph, *, named: str = "", add: bool = False, timeout: float = 600) -> int:
    """Give a graph to a SPARQL server by the Graph Store Protocol, in one request, and say how many triples it has.

    Args:
        url: the address of its Graph Store, such as ``http://localhost:3030/kg/data``.
        graph: what to give.
        named: the IRI of the graph to write; the default graph if empty.
        add: add to what is there, instead of replacing it.
        timeout: seconds to wait for the server.

    Raises:
        InputError: the name of the graph is no IRI.
        OutputError: no server answers there, it refuses us or breaks off (the next push mends that), or there is no
            room for temporary files.
    """
    where = f"{url}?graph={quote(_iri(named), safe='')}" if named else f"{url}?default"
    body = BytesIO()  # a list of all lines, to be joined, would take three times as much
    for _, lines in nt.render(graph):
        body.writelines(lines)
    document = body.getvalue()
    with _pushing(url, timeout):
        _send(where, document, _TRIPLES, "*/*", timeout, method="POST" if add else "PUT")
    return document.count(b"\n")


@dataclass(frozen=True, slots=True)
class Updated:
    """What `update` did, in triples."""

    triples: int
    """Of our graph."""
    added: int
    """That the server did not have."""
    removed: int
    """That it alone had."""


def update(  # noqa: PLR0913  where, what and how
    url: str,
    graph: Graph,
    *,
    queries: str = "",
    named: str = "",
    add: bool = False,
    timeout: float = 600,
    progress: Callable[[int, int], None] | None = None,
) -> Updated:
    """Bring a graph of a SPARQL server to be ours by SPARQL 1.1 Update: it is asked what it has, and told what differs.

    New triples go before old ones are removed, in requests of `BATCH`. If one fails, the next update mends it.

    Args:
        url: the address for updates, such as ``http://localhost:3030/kg/update``.
        graph: what to give.
        queries: the address for queries; the same one if empty.
        named: the IRI of the graph to write; the default graph if empty.
        add: remove nothing.
        timeout: seconds to wait for each answer.
        progress: called with the number of triples sent and the number to send.

    Raises:
        InputError: the name of the graph is no IRI.
        OutputError: no server answers there, it refuses us or breaks off, or has what an update cannot name.
    """
    into = str(NamedNode(_iri(named))) if named else ""
    ours = {_same(triple): triple for triple in rdf.triples(graph)}
    with _pushing(url, timeout):
        theirs = {_same(row): row for row in _held(queries or url, into, timeout)}
        new = [triple for key, triple in ours.items() if key not in theirs]
        gone = [] if add else [theirs[key] for key in theirs.keys() - ours.keys()]
        _refuse_blank(url, gone)
        done = 0
        for verb, lines in (("INSERT", nt.lines(new)), ("DELETE", nt.lines(gone))):
            for batch in _batches(lines):
                _send(url, _data(verb, into, batch), _UPDATE, "*/*", timeout)
                done += len(batch)
                if progress is not None:
                    progress(done, len(new) + len(gone))
    return Updated(len(ours), len(new), len(gone))


@contextmanager
def _pushing(url: str, timeout: float) -> Iterator[None]:
    """Make of what goes wrong inside that nothing could be written."""
    try:
        yield
    except (InputError, QueryError) as error:
        raise OutputError(url, error.what, error.remedy) from error
    except TimeoutError as error:
        raise OutputError(url, f"no answer within {timeout:g} s", "Push again, with a longer --timeout.") from error


def _iri(name: str) -> str:
    try:
        return NamedNode(name).value
    except ValueError as error:
        remedy = "Give an IRI such as https://example.org/digests."
        raise InputError(printable(name), "cannot name a graph", remedy) from error


def _held(url: str, graph: str, timeout: float) -> Iterator[Triple]:
    """Ask for all that a graph of a server has."""
    pattern = f"GRAPH {graph} {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    document = _ask(url, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", timeout).document
    return (quad.triple for quad in parse(document, format=RdfFormat.N_TRIPLES))


def _same(triple: Triple) -> tuple[object, ...]:
    """Give what tells a triple from others: of a decimal its value, since servers may write 1 as 1.0."""
    value = triple.object
    if isinstance(value, Literal) and value.datatype == _DECIMAL:
        with suppress(ArithmeticError):
            return triple.subject, triple.predicate, _DECIMAL, Decimal(value.value)
    return triple.subject, triple.predicate, value


def _refuse_blank(url: str, triples: Iterable[Triple]) -> None:
    if any(isinstance(term, BlankNode) for triple in triples for term in (triple.subject, triple.object)):
        what = "the graph there holds blank nodes, which are not ours and which an update cannot name"
        raise OutputError(url, what, "Push into a graph of its own with --named, or add to this one with --add.")


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    every = iter(lines)
    while batch := [*islice(every, BATCH)]:
        yield batch


def _data(verb: str, graph: str, lines: Iterable[bytes]) -> bytes:
    """Write an update; a line of N-Triples is SPARQL as it stands, since none of its escapes stands for a delimiter."""
    block = b"".join(lines)
    return b"%s DATA {\n%s}" % (verb.encode(), b"GRAPH %s {\n%s}\n" % (graph.encode(), block) if graph else block)


# --- Asking ------------------------------------------------------------------------------------------------


def _ask(url: str, query: str, timeout: float) -> Result:
    # On one line, so that the lines in a server's message are those of the user.
    prologue = " ".join(f"PREFIX {name}: <{namespace}>" for name, namespace in rdf.PREFIXES.items())
    accept = f"{_RESULTS}, {_TRIPLES};q=0.9"
    try:
        kind, document = _send(url, f"{prologue} {query}".encode(), "application/sparql-query", accept, timeout)
    except TimeoutError as error:
        raise QueryError(url, f"no result within {timeout:g} s", "Narrow the query or raise --timeout.") from error
    if kind == _TRIPLES:
        lines = sorted(set(document.splitlines(keepends=True)))
        return Result(Form.GRAPH, ("subject", "predicate", "object"), b"".join(lines))
    return _result(url, kind, document)


def _result(url: str, kind: str, document: bytes) -> Result:
    found = _parsed(document) if kind == _RESULTS else None
    if found is None:
        what = f"answers with {printable(kind) or 'nothing'}, not with SPARQL results"
        raise InputError(url, what, "Give the address for queries, such as http://localhost:3030/kg/query.")
    return found


def _parsed(document: bytes) -> Result | None:
    """Read SPARQL Results JSON to its end, and write it as we do; None if it is none."""
    form = QueryResultsFormat.JSON
    try:
        found = parse_query_results(document, format=form)
        if isinstance(found, QueryBoolean):
            return Result(Form.ANSWER, ("answer",), found.serialize(format=form) or b"")
        columns = tuple(variable.value for variable in found.variables)
        return Result(Form.ROWS, columns, found.serialize(format=form) or b"")
    except (SyntaxError, ValueError):
        return None


def _resolve(url: str, name: str, kinds: Collection[Kind], timeout: float) -> str:
    """Find the node that a name means on the server: by id, by its own name, by what the vocabulary knows, by label."""
    ids = {iri.node_id(name), iri.arxiv_id(name), *(concept.id for concept in vocabulary.load().find(name))}
    ids |= {iri.entity_id(kind, name) for kind in kinds if kind is not Kind.PAPER}
    places = " ".join(str(rdf.node(key)) for key in sorted(ids) if iri.kind_of(key) in kinds and _is_id(key))
    classes = " ".join(rdf.CLASSES[kind] for kind in kinds)
    same = f"FILTER(LCASE(STR(?name)) = {Literal(name.lower())})"
    for pattern in (f"VALUES ?node {{ {places} }}", f"?node {'|'.join(_NAMES)} ?name {same}"):
        query = f"SELECT DISTINCT ?node {{ {pattern} ?node a ?class VALUES ?class {{ {classes} }} }} ORDER BY ?node"
        found = [str(row[0]) for row in _ask(url, query, timeout).table_rows()]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(found[:5])
            raise QueryError(name, f"{len(found)} things have this name", f"Say which by its id: {listed}.")
    raise NotFoundError(printable(name) or "''", f"nothing at {url} has this name", "Check the spelling.")


def _is_id(key: str) -> bool:
    return iri.kind_of(key) is not Kind.PAPER or (key != "" and key == iri.arxiv_id(key))


# --- Talking -----------------------------------------------------------------------------------------------


def _send(  # noqa: PLR0913  what a request is made of
    url: str, body: bytes, kind: str, accept: str, timeout: float, *, method: str = "POST"
) -> tuple[str, bytes]:
    """Send a request and give the media type and body of the answer.

    Raises:
        TimeoutError: the server takes too long.
    """
    request = _request(url, body, kind, accept, method)
    try:
        with urlopen(request, timeout=timeout) as response:  # noqa: S310  _request has seen that it is http
            return response.headers.get_content_type(), response.read()
    except HTTPError as error:
        _explain(url, error)
    except URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise error.reason from error
        reason = getattr(error.reason, "strerror", None) or error.reason
        raise InputError(url, f"no server answers ({reason})", "Start it, or mend the address.") from error
    except TimeoutError:
        raise
    except (OSError, HTTPException, ValueError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(url, f"the connection broke ({reason})", "Run the same command again.") from error


def _request(url: str, body: bytes, kind: str, accept: str, method: str) -> Request:
    try:
        parts = urlsplit(url)
        host, secret = parts.hostname, parts.username or parts.password
    except ValueError:
        host, secret = None, None
    if host is None or parts.scheme not in {"http", "https"}:
        raise InputError(printable(url), "no web address", "Give one such as http://localhost:3030/kg/query.")
    if secret:
        raise InputError(host, "a password in an address ends up in logs", "Set SPARQL_USERNAME and SPARQL_PASSWORD.")
    address = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    headers = {"Content-Type": kind, "Accept": accept}
    request = Request(address, body, headers, method=method)  # noqa: S310  seen to be http
    if name := os.environ.get("SPARQL_USERNAME"):
        pair = f"{name}:{os.environ.get('SPARQL_PASSWORD', '')}".encode()
        # Unredirected: another host must not get the password.
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(pair).decode()}")
    return request


def _explain(url: str, error: HTTPError) -> NoReturn:
    """Say what a server's refusal means."""
    status = f"{error.code} {error.reason}".strip()
    try:
        words = printable(" ".join(error.read(10_000).decode("utf-8", "replace").split()))[:_WORDS]
    except OSError:
        words = ""
    if error.code in _REFUSED:
        name = os.environ.get("SPARQL_USERNAME")
        remedy = (
            f"Is SPARQL_PASSWORD the one of {printable(name)}?" if name else "Set SPARQL_USERNAME and SPARQL_PASSWORD."
        )
        raise InputError(url, f"the server refuses us ({status})", remedy) from error
    if error.code == 400:  # noqa: PLR2004  Bad Request: what SPARQL servers say to a wrong query
        raise QueryError("query", f"the server rejects it ({words or status})", "Mend the query.") from error
    raise InputError(url, f"the server says {status}", "Mend the address, or look into the server's log.") from error
