"""Spark as the tests need it: small, quiet, on loopback; a standalone cluster whose workers can be killed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 180
"""Seconds that something may take on a busy machine."""

SETTINGS = """
spark.driver.memory 512m
spark.executor.memory 512m
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1
spark.ui.enabled false
spark.executor.cores 1
spark.cores.max 2
spark.scheduler.minRegisteredResourcesRatio 1.0
spark.scheduler.maxRegisteredResourcesWaitingTime 120s
"""


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the environment that makes Spark small; skip the test if there is none."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        absent = "PySpark or Java is not installed: pip install --group spark; apt install openjdk-17-jre-headless"
        if os.environ.get("KG_REQUIRE_SPARK"):
            pytest.fail(absent)
        pytest.skip(absent)
    place = tmp_path_factory.mktemp("spark")
    (place / "spark-defaults.conf").write_text(SETTINGS, "utf-8")
    return {"SPARK_CONF_DIR": str(place), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(place / "scratch")}


class Cluster(NamedTuple):
    """A standalone master and its workers."""

    url: str
    places: dict[str, Path]
    workers: dict[str, subprocess.Popen[bytes]]

    def kill(self, name: str) -> None:
        """End a worker as a machine that loses power does: with its executors, at once."""
        os.killpg(self.workers[name].pid, signal.SIGKILL)


def wait_for(ready: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < deadline, f"{what} in vain"
        time.sleep(0.1)


@pytest.fixture
def cluster(spark: dict[str, str], tmp_path: Path) -> Iterator[Cluster]:
    """Run a master and two workers on loopback, each with one core."""
    port = servers.free_port()
    url = f"spark://127.0.0.1:{port}"
    with ExitStack() as stack:
        master = [*_class("master.Master"), "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
        _start(stack, master, spark, tmp_path / "master.log", "elected leader")
        places = {name: tmp_path / name for name in ("one", "two")}
        workers = {}
        for name, place in places.items():
            options = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g"]
            command = [*_class("worker.Worker"), *options, "--work-dir", str(place), url]
            workers[name] = _start(stack, command, spark, tmp_path / f"{name}.log", "Successfully registered")
        yield Cluster(url, places, workers)


def _class(name: str) -> list[str]:
    program = Path(str(importlib.util.find_spec("pyspark").origin)).parent / "bin" / "spark-class"  # type: ignore[union-attr]
    return [str(program), f"org.apache.spark.deploy.{name}"]


def _start(
    stack: ExitStack, command: list[str], environment: dict[str, str], log: Path, ready: str
) -> subprocess.Popen[bytes]:
    """Start a program in a group of its own, and end that group when all is over."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            stdout=stream,
            stderr=stream,
            env={**os.environ, **environment, "SPARK_DAEMON_MEMORY": "256m", "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
    stack.callback(_end, process)
    wait_for(lambda: process.poll() is not None or ready in log.read_text("utf-8"), f"waited for {command[1]}")
    assert process.poll() is None, log.read_text("utf-8")
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    for blow in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, blow)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def start_build(*arguments: str | Path, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start ``kg build --engine spark``; its words go to a file."""
    command = [sys.executable, "-m", "kg", "build", "--engine", "spark", *map(str, arguments)]
    with log.open("wb") as stream:
        return subprocess.Popen(
            command, stdout=stream, stderr=stream, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}
        )
