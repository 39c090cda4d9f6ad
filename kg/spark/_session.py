"""A Spark session: started quietly, stopped when done, its errors put into one line."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import GraphError, InputError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

SETTINGS = {
    "spark.app.name": "kg build",
    # Without it Spark leaves a checksum beside every file on a local disk, which the graph directory does not know.
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""What kg needs; all else is the user's: ``--master``, ``spark-submit``, ``SPARK_CONF_DIR``."""

_OURS = re.compile(r"^kg\.errors\.\w+: (.+?)\.?$", re.MULTILINE)
_CAUSE = re.compile(r"^(?:Caused by: )?(?:[\w$]+\.)+(\w*(?:Exception|Error)): (.+)$", re.MULTILINE)


@contextmanager
def session(master: str, *, quiet: bool) -> Iterator[SparkSession]:
    """Hold a Spark session: the one that is active, else a new one, which is stopped at the end.

    Args:
        master: where the cluster is, such as ``local[2]`` or ``spark://host:7077``; empty for what is configured.
        quiet: whether Spark's log, which it writes to stderr, is kept out of sight.

    Raises:
        MissingExtraError: PySpark or Java is not installed.
        InputError: there is no such master.
        GraphError: a task failed.
    """
    _require()
    from py4j.protocol import Py4JError  # noqa: PLC0415  an extra, and heavy
    from pyspark.errors import PySparkException  # noqa: PLC0415  likewise
    from pyspark.sql import SparkSession  # noqa: PLC0415  likewise

    theirs = SparkSession.getActiveSession()
    try:
        spark = theirs or _start(master, quiet=quiet)
    except (Py4JError, PySparkException, RuntimeError) as error:
        where = f"master {master}" if master else "spark"
        raise InputError(where, f"Spark does not start ({reason(str(error))})", "-v shows its log.") from error
    try:
        yield spark
    except (Py4JError, PySparkException) as error:
        remedy = "The graph is what it was; run it again, with -v for Spark's log."
        raise GraphError("spark", reason(str(error)), remedy) from error
    finally:
        if theirs is None:
            spark.stop()


def reason(text: str) -> str:
    r"""Find what went wrong in the many lines of a Java exception: what kg itself said, else the last cause.

    >>> reason("o.a.s.SparkException: Job aborted\n\tat x\nCaused by: java.io.IOException: No space left on device\n")
    'IOException: No space left on device'
    """
    if ours := _OURS.search(text):
        return ours[1]
    causes = _CAUSE.findall(text)
    name, words = causes[-1] if causes else ("", (text.strip() or "no reason given").splitlines()[0])
    return f"{name}: {words}".removeprefix(": ")[:300]


def _require() -> None:
    """Raise what is missing.

    Raises:
        MissingExtraError: PySpark or Java is.
    """
    try:
        import pyspark  # noqa: F401, PLC0415  an extra, and heavy
    except ImportError as error:
        remedy = "Run pip install 'digest-kg[spark]'; on a cluster, in the version of the cluster's Spark."
        raise MissingExtraError("spark", "PySpark is not installed", remedy) from error
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java").exists() if home else shutil.which("java")
    if not java and "PYSPARK_GATEWAY_PORT" not in os.environ:
        what = f"no Java in JAVA_HOME ({home})" if home else "Java is not installed"
        raise MissingExtraError("spark", what, "Install Java 17 or 21 (Debian: apt install openjdk-17-jre-headless).")


def _start(master: str, *, quiet: bool) -> SparkSession:
    from pyspark.sql import SparkSession  # noqa: PLC0415  an extra, and heavy

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    if master:
        builder = builder.master(master)
    with _hushed() if quiet else _aloud():
        return builder.getOrCreate()


@contextmanager
def _hushed() -> Iterator[None]:
    """Give processes that are started meanwhile a nameless file for stderr: Java's, which holds on to it."""
    sys.stderr.flush()
    ours = os.dup(2)
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(ours, 2)
            os.close(ours)


@contextmanager
def _aloud() -> Iterator[None]:
    yield
