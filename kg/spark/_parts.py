"""Parts: the graph as N-Triples and as CSV for Neo4j, each in as many files as there were tasks.

::

    DIR/
      graph.nt/part-00000.nt …          each sorted: `sort -m` makes graph.nt of them
      neo4j/papers/header.csv           a table a folder: what `kg export neo4j` writes, its header apart
      neo4j/papers/part-00000.csv …
      neo4j/import.sh                   gives them to neo4j-admin database import full
      neo4j/constraints.cypher          constraints and indexes, for the new database
      _SUCCESS                          written last

The parts of an earlier run are replaced when the new ones are complete.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from kg.errors import OutputError
from kg.spark import _tasks
from kg.writers import _cypher, neo4j

if TYPE_CHECKING:
    from pyspark.rdd import RDD
    from pyspark.sql import SparkSession

    from kg.spark._hadoop import Hadoop

DONE = "_SUCCESS"
"""The empty file that says that all is there, as Hadoop's programs write it."""
ASIDE = ".kg-"
"""What the names of folders begin with that are being written."""
_FOLDERS = ("graph.nt", "neo4j")


def check(files: Hadoop, folder: str) -> None:
    """Refuse to write parts into a folder of something else.

    Raises:
        OutputError: it holds other things than parts.
    """
    names = [name for name in files.names(folder) if not name.startswith(ASIDE)]
    if set(names) - {*_FOLDERS, DONE} or (DONE not in names and not set(names) <= set(_FOLDERS)):
        raise OutputError(folder, "this folder holds something else", "Name an empty or a new one with --parts.")


def write_rows(spark: SparkSession, rows: RDD[_tasks.Row], folder: str) -> None:
    """Write lines into a folder for each table, a file for each task, sorted.

    Spark gives a task that dies or runs twice a place of its own, and moves what the successful one wrote.
    """
    frame = spark.createDataFrame(rows, "table string, line string", verifySchema=False)
    frame.sortWithinPartitions("table", "line").write.partitionBy("table").option("compression", "none").text(folder)


def write(spark: SparkSession, files: Hadoop, rows: RDD[_tasks.Row], folder: str) -> None:
    """Write rows as parts.

    Raises:
        OutputError: a file cannot be written.
    """
    aside = f"{folder}/{ASIDE}{secrets.token_hex(4)}"
    try:
        write_rows(spark, rows, f"{aside}/rows")
        _arrange(files, f"{aside}/rows", aside)
        files.remove(f"{folder}/{DONE}")
        for name in _FOLDERS:
            files.remove(f"{folder}/{name}")
            files.rename(f"{aside}/{name}", f"{folder}/{name}")
        files.write(f"{folder}/{DONE}", b"")
    finally:
        for name in files.names(folder):
            if name.startswith(ASIDE):
                files.remove(f"{folder}/{name}")


def _arrange(files: Hadoop, rows: str, target: str) -> None:
    """Name the files of Spark as people expect them, and add what goes with them."""
    for old in sorted(files.walk(rows)):
        table, name = (part.rpartition("=")[2] for part in old.split("/")[-2:])
        number = name.split("-")[1]
        place = f"graph.nt/part-{number}.nt" if table == _tasks.TRIPLES else f"neo4j/{table}/part-{number}.csv"
        files.rename(old, f"{target}/{place}")
    for of in neo4j.TABLES:
        files.write(f"{target}/neo4j/{neo4j.table(of)}/header.csv", b"".join(neo4j.lines([neo4j.header(of)])))
    groups = {of: _group(files, target, neo4j.table(of)) for of in neo4j.TABLES}
    files.write(f"{target}/neo4j/import.sh", neo4j.import_script(groups).encode())
    schema = "".join(f"{statement};\n" for statement in _cypher.schema(neo4j.LABELS.values()))
    files.write(f"{target}/neo4j/constraints.cypher", schema.encode())


def _group(files: Hadoop, target: str, table: str) -> str:
    """Name the files of a table for the import tool: the header, then a pattern of parts if there are any."""
    has_parts = len(files.names(f"{target}/neo4j/{table}")) > 1
    return f"{table}/header.csv" + (f",{table}/part-.*\\\\.csv" if has_parts else "")
