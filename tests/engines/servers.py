"""Neo4j and Fuseki as the tests need them: found, started on loopback with data of their own, stopped."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PASSWORD = "correct-horse"  # noqa: S105  of a server that lives as long as a test
SHORT_LIVED = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1"}
"""What makes Java start sooner, and work slower later on."""
PATIENCE = 180
"""Seconds that a server may take to start on a busy machine."""

Done = subprocess.CompletedProcess[str]


def home(variable: str, name: str, program: str) -> Path:
    """Find an engine: where the variable points, or where ``setup.sh`` puts it; skip the test if it is absent."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "digest-kg" / "engines"
    cache = Path(os.environ.get("KG_ENGINES") or cache)
    places = [Path(os.environ[variable])] if variable in os.environ else sorted(cache.glob(f"{name}-*"), reverse=True)
    found = next((place for place in places if (place / "bin" / program).exists()), None)
    if found is None or shutil.which("java") is None:
        absent = f"{name} is not installed: run tests/engines/setup.sh, or set {variable}"
        if os.environ.get("KG_REQUIRE_ENGINES"):
            pytest.fail(absent)
        pytest.skip(absent)
    return found


def free_port() -> int:
    """Ask the system for a port on loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def call(*command: str | Path, environment: dict[str, str] | None = None, cwd: Path | None = None) -> Done:
    """Run a program and give its output, stderr within stdout."""
    return subprocess.run(
        [*map(str, command)],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, **SHORT_LIVED, **(environment or {})},
        cwd=cwd,
        timeout=300,
    )


@contextmanager
def running(
    command: Sequence[str | Path], environment: dict[str, str], log: Path, ready: Callable[[], bool]
) -> Iterator[None]:
    """Start a server, wait until it answers, stop it."""
    with log.open("w") as stream:
        process = subprocess.Popen(
            [*map(str, command)],
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={**os.environ, **SHORT_LIVED, **environment},
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{command[0]} did not start:\n{log.read_text('utf-8')}")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(60)


class Neo4j(NamedTuple):
    """An installation of Neo4j with data and configuration of its own."""

    home: Path
    place: Path
    port: int

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its programs are told, password included, which no command line may hold."""
        return {
            "NEO4J_HOME": str(self.home),
            "NEO4J_CONF": str(self.place / "conf"),
            "NEO4J_USERNAME": "neo4j",
            "NEO4J_PASSWORD": PASSWORD,
            "HEAP_SIZE": "1g",
        }

    def admin(self, *arguments: str) -> Done:
        """Run ``neo4j-admin``."""
        return call(self.home / "bin" / "neo4j-admin", *arguments, environment=self.environment)

    def shell(self, *arguments: str | Path) -> Done:
        """Run ``cypher-shell`` on the running server; it stops at the first error."""
        return call(
            self.home / "bin" / "cypher-shell", "-a", self.url, "--format", "plain", "--fail-fast", *arguments,
            environment=self.environment,
        )  # fmt: skip

    @contextmanager
    def started(self) -> Iterator[None]:
        """Run the server."""
        log = self.place / "console.log"
        with running(
            [self.home / "bin" / "neo4j", "console"],
            self.environment,
            log,
            lambda: "INFO  Started." in log.read_text("utf-8"),
        ):
            yield


def neo4j(installed: Path, place: Path) -> Neo4j:
    """Make an empty Neo4j: its data, its configuration, its password."""
    server = Neo4j(installed, place, free_port())
    settings = {
        "server.directories.data": place / "data",
        "server.directories.logs": place / "logs",
        "server.directories.run": place / "run",
        "server.directories.import": place / "import",
        "server.directories.transaction.logs.root": place / "transactions",
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{server.port}",
        "server.http.enabled": "false",
        "server.memory.heap.max_size": "1g",
        "server.memory.pagecache.size": "64m",
        "dbms.usage_report.enabled": "false",
    }
    for name in ("conf", "data", "logs", "run", "import", "transactions"):
        (place / name).mkdir()
    lines = [f"{name}={value}\n" for name, value in settings.items()]
    (place / "conf" / "neo4j.conf").write_text("".join(lines), "utf-8")
    done = server.admin("dbms", "set-initial-password", PASSWORD)
    assert done.returncode == 0, done.stdout
    return server


_FUSEKI = """
PREFIX : <http://jena.apache.org/fuseki#>
PREFIX ja: <http://jena.hpl.hp.com/2005/11/Assembler#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
[] a :Server ; :passwd "{place}/passwd" ; :auth "basic" ; :services (<#kg> <#other> <#disk> <#closed>) .
<#kg> :name "kg" ; :dataset [ a ja:MemoryDataset ] .
<#other> :name "other" ; :dataset [ a ja:MemoryDataset ] .
<#disk> :name "disk" ; :dataset [ a tdb2:DatasetTDB2 ; tdb2:location "{place}/disk" ] .
<#closed> :name "closed" ; :dataset [ a ja:MemoryDataset ] ; :allowedUsers "ann" .
"""
_ENDPOINTS = """
<#{name}> a :Service ; :endpoint [ :operation :query ; :name "query" ] , [ :operation :update ; :name "update" ] ,
    [ :operation :gsp-rw ; :name "data" ] , [ :operation :query ] , [ :operation :update ] , [ :operation :gsp-rw ] .
"""


class Fuseki(NamedTuple):
    """A running Fuseki with empty datasets: two in memory, one on disk, one for user ``ann`` alone."""

    home: Path
    log: Path
    port: int

    @property
    def url(self) -> str:
        """Where its dataset in memory is."""
        return self.dataset("kg")

    def dataset(self, name: str) -> str:
        """Where one of its datasets is: ``kg``, ``other``, ``disk``, or ``closed``, which asks for a password."""
        return f"http://127.0.0.1:{self.port}/{name}"

    def riot(self, *arguments: str | Path) -> Done:
        """Run ``riot``, the parser of Jena."""
        return call(self.home / "bin" / "riot", *arguments)


@contextmanager
def fuseki(installed: Path, place: Path) -> Iterator[Fuseki]:
    """Run a Fuseki."""
    server = Fuseki(installed, place / "fuseki.log", free_port())
    program = installed / "bin" / "fuseki-server"
    (place / "disk").mkdir()
    (place / "passwd").write_text(f"ann: {PASSWORD}\n", "utf-8")
    services = "".join(_ENDPOINTS.format(name=name) for name in ("kg", "other", "disk", "closed"))
    (place / "config.ttl").write_text(_FUSEKI.format(place=place) + services, "utf-8")
    config = str(place / "config.ttl")
    command = [str(program), "--ping", "--localhost", "--port", str(server.port), "--config", config]
    with running(command, {"FUSEKI_BASE": str(place)}, server.log, lambda: _answers(server.port)):
        yield server


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/$/ping", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@contextmanager
def breaking(port: int, *, after: int, stall: bool = False) -> Iterator[int]:
    """Give a port that passes everything on to another one, until so many bytes have gone there: then all ends.

    Or it stalls: connections stay open, and nothing more comes through.
    """
    left = [after]
    held: list[socket.socket] = []
    over = threading.Event()

    def copy(source: socket.socket, sink: socket.socket, cost: int) -> None:
        with suppress(OSError):
            while left[0] > 0 and (data := source.recv(4096)):
                left[0] -= cost * len(data)
                sink.sendall(data)
        if stall:
            over.wait(PATIENCE)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = entry.accept()
                server = socket.create_connection(("127.0.0.1", port))
                held.extend((client, server))
                threading.Thread(target=copy, args=(client, server, 1), daemon=True).start()
                threading.Thread(target=copy, args=(server, client, 0), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as entry:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield int(entry.getsockname()[1])
        finally:
            over.set()
            entry.shutdown(socket.SHUT_RDWR)
    for end in held:
        end.close()
