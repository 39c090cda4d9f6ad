"""What kg makes of SPARQL servers that misbehave: one clear line, no password anywhere."""

from __future__ import annotations

import base64
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from rdf_sample import sample_graph as sample

from kg import endpoint
from kg.errors import InputError, KgError, OutputError, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Run

Seen = list[tuple[str, str, dict[str, str], bytes]]
NEWLINE = b"\n"
SECRET = "hunter2"  # noqa: S105  nobody's
RESULTS = "application/sparql-results+json"


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, Seen]]:
    """Run a web server on loopback that answers as told, and notes what it is asked."""
    seen: Seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.command, self.path, dict(self.headers), body))
            answer(self)

        do_PUT = do_POST  # noqa: N815  the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{running.server_port}/kg", seen
        finally:
            running.shutdown()


def says(status: int, kind: str, content: bytes, length: int | None = None) -> Callable[[BaseHTTPRequestHandler], None]:
    """Make a server's answer."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (says(200, "text/html", b"<html>"), InputError, "answers with text/html, not with SPARQL results"),
        (says(200, RESULTS, b"{"), InputError, "not with SPARQL results"),
        (says(200, RESULTS, b"[]"), InputError, "not with SPARQL results"),
        (says(200, RESULTS, b"{}"), InputError, "not with SPARQL results"),
        (says(200, RESULTS, b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": 1}]}}'), InputError, "not with"),
        (says(200, RESULTS, b'{"head": {', 5_000), InputError, "the connection broke"),
        (says(400, "text/plain", b"Line 1:\n\x1b[31mbad"), QueryError, "the server rejects it"),
        (says(401, "text/plain", b""), InputError, "refuses us .* Set SPARQL_USERNAME and SPARQL_PASSWORD"),
        (says(500, "text/plain", b"boom"), InputError, "the server says 500"),
        (lambda handler: handler.connection.close(), InputError, "the connection broke|no server answers"),
    ],
)
def test_a_server_that_misbehaves_is_told_in_one_line(
    answer: Callable[[BaseHTTPRequestHandler], None], kind: type[KgError], words: str
) -> None:
    with server(answer) as (url, _), pytest.raises(kind, match=words) as caught:
        endpoint.run(url, "SELECT * {}")
    assert str(caught.value).isprintable()


def test_a_server_that_is_down_or_slow_is_told_in_one_line() -> None:
    with pytest.raises(InputError, match=r"no server answers \(Connection refused\)"):
        endpoint.run("http://127.0.0.1:9/kg", "ASK {}")
    done = threading.Event()

    def sleep(_: BaseHTTPRequestHandler) -> None:
        done.wait(20)

    with server(sleep) as (url, _):
        with pytest.raises(QueryError, match="no result within"):
            endpoint.run(url, "ASK {}", timeout=0.3)
        with pytest.raises(OutputError, match="no answer within"):
            endpoint.push(url, sample(), timeout=0.3)
        done.set()


@pytest.mark.parametrize("url", ["", "kg", "file:///etc/passwd", "ftp://h/x", "http://", "http://[", "bolt://h"])
def test_only_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(InputError, match="no web address"):
        endpoint.run(url, "ASK {}")


def test_a_password_travels_in_the_header_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read from the environment, and an address that holds one is refused without repeating it."""
    with pytest.raises(InputError, match="SPARQL_PASSWORD") as caught:
        endpoint.run("http://ann:hunter2@h/kg", "ASK {}")
    assert "hunter2" not in str(caught.value)
    monkeypatch.setenv("SPARQL_USERNAME", "ann")
    monkeypatch.setenv("SPARQL_PASSWORD", "hunter2")
    with server(says(200, RESULTS, b'{"head": {}, "boolean": true}')) as (url, seen):
        assert endpoint.run(url, "ASK {}").table_rows() == [("true",)]
    ((_, path, headers, body),) = seen
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"ann:hunter2"
    assert "hunter2" not in path
    assert b"hunter2" not in body


def test_a_push_is_one_request_with_sorted_triples() -> None:
    with server(says(204, "text/plain", b"")) as (url, seen):
        number = endpoint.push(url, sample(), named="http://e.org/ü?a=b")
        endpoint.push(url, sample(), add=True)
    (method, path, headers, body), (other, default, _, _) = seen
    assert (method, path) == ("PUT", "/kg?graph=http%3A%2F%2Fe.org%2F%C3%BC%3Fa%3Db")
    assert (other, default) == ("POST", "/kg?default")
    assert headers["Content-Type"] == "application/n-triples"
    lines = body.splitlines()
    assert len(lines) == number
    assert lines == sorted(lines)


def test_the_command_pushes_and_says_how_many_triples(kg: Callable[..., Run], sample_graph_directory: Path) -> None:
    with server(says(204, "text/plain", b"")) as (url, seen):
        done = kg("push", "sparql", url, "-g", sample_graph_directory, SPARQL_USERNAME="ann", SPARQL_PASSWORD=SECRET)
    ((_, _, headers, body),) = seen
    assert done.returncode == 0
    assert done.stdout == ""
    assert f"{body.count(NEWLINE):,} triples written" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Authorization" in headers


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("push", "sparql", "http://127.0.0.1:9/kg/data"), "no server answers"),
        (("push", "neo4j", "bolt://127.0.0.1:9"), "no connection"),
        (("push", "neo4j", "http://127.0.0.1:9"), "no address of Neo4j"),
        (("push", "neo4j", "bolt://ann:hunter2@127.0.0.1:9"), "a password in an address"),
    ],
)
def test_a_push_that_cannot_be_is_one_line(
    kg: Callable[..., Run], sample_graph_directory: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = kg(*arguments, "-g", sample_graph_directory, NEO4J_PASSWORD=SECRET)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hunter2" not in done.stderr
