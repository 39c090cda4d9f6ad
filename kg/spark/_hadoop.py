"""Files on any Hadoop filesystem, through the driver's Java: what the driver itself lists, reads, writes and renames.

Addresses are texts as Hadoop prints them (``hdfs://namenode/digests/a.md``), but a file on a local disk is told by its
path alone (``/digests/a.md``), as it is in every graph directory.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.errors import InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

_MAGIC = re.compile(r"([\\{}\[\]*?])")


class Found(NamedTuple):
    """A file or folder."""

    address: str
    """Where it is."""
    is_folder: bool
    """Whether it is a folder."""
    size: int
    """Its bytes, with all that is in it."""
    text: str
    """What the user calls it."""


def plain(address: str) -> str:
    """Give the path of a local file, and any other address as it is.

    >>> plain("file:/digests/a.md"), plain("file:///digests/a.md"), plain("hdfs://namenode/a.md")
    ('/digests/a.md', '/digests/a.md', 'hdfs://namenode/a.md')
    """
    return re.sub("^file:/+", "/", address)


def literal(address: str) -> str:
    """Give the pattern that matches an address alone."""
    return _MAGIC.sub(r"\\\1", _with_scheme(address))


def _with_scheme(address: str) -> str:
    return f"file:{address}" if address.startswith("/") else address


class Hadoop:
    """The filesystems that a Spark session can reach."""

    def __init__(self, spark: SparkSession) -> None:
        context: Any = spark.sparkContext
        self._jvm = context._jvm  # noqa: SLF001  the one way to Hadoop's Java that PySpark has
        self._gateway = context._gateway  # noqa: SLF001  likewise
        self._settings = context._jsc.hadoopConfiguration()  # noqa: SLF001  likewise

    def address(self, text: str) -> str:
        """Give the full address of what the user typed; a local folder by its real path, as the local engine does.

        Raises:
            InputError: no connector of this Spark knows such a filesystem.
        """
        path = self._jvm.org.apache.hadoop.fs.Path(text)
        full = plain(self._system(path, text).makeQualified(path).toString())
        return str(Path(full).resolve()) if full.startswith("/") else full

    def find(self, text: str) -> list[Found]:
        """Give what a path or a pattern of the user names; a name that exists is taken literally.

        Raises:
            InputError: there is nothing.
        """
        path = self._jvm.org.apache.hadoop.fs.Path(text)
        system = self._system(path, text)
        if system.exists(path):
            return [self._found(system, system.getFileStatus(path), text.rstrip("/") or "/")]
        found = list(system.globStatus(path) or ())
        if not found:
            raise InputError(text, "no such file or folder", "Check the path or the pattern.")
        return [self._found(system, status, "") for status in found]

    def _found(self, system: Any, status: Any, text: str) -> Found:  # noqa: ANN401  objects of Java
        path = status.getPath()
        size = system.getContentSummary(path).getLength() if status.isDirectory() else status.getLen()
        here = plain(path.toString())
        if here.startswith("/"):
            real = Path(here)
            here = str(real.resolve() if status.isDirectory() else real.parent.resolve() / real.name)
        return Found(here, bool(status.isDirectory()), int(size), text or here)

    def exists(self, address: str) -> bool:
        """Tell whether there is a file or folder."""
        path = self._path(address)
        return bool(self._system(path, address).exists(path))

    def names(self, folder: str) -> list[str]:
        """List what is in a folder, sorted; nothing if there is none."""
        path = self._path(folder)
        system = self._system(path, folder)
        return sorted(item.getPath().getName() for item in system.listStatus(path)) if system.exists(path) else []

    def read(self, address: str) -> bytes | None:
        """Give the bytes of a file; None if there is none."""
        path = self._path(address)
        system = self._system(path, address)
        if not system.exists(path):
            return None
        stream = system.open(path)
        try:
            return bytes(self._jvm.org.apache.commons.io.IOUtils.toByteArray(stream))
        finally:
            stream.close()

    def write(self, address: str, content: bytes) -> None:
        """Write a file: aside, then renamed into place.

        Raises:
            OutputError: it cannot be written.
        """
        folder, _, name = address.rpartition("/")
        aside = f"{folder}/.{name}.new"
        path = self._path(aside)
        stream = self._told(address, lambda: self._system(path, aside).create(path, True))  # noqa: FBT003  Java
        try:
            self._told(address, lambda: stream.write(bytearray(content)))
        finally:
            self._told(address, stream.close)
        self.rename(aside, address)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, at once where the filesystem can; what had that name goes.

        Raises:
            OutputError: it cannot be done.
        """
        source, target = self._path(old), self._path(new)
        system = self._system(target, new)
        self._told(new, lambda: system.mkdirs(target.getParent()))
        files = self._jvm.org.apache.hadoop.fs.FileContext.getFileContext(target.toUri(), self._settings)
        self._told(new, lambda: files.rename(source, target, self._overwrite()))

    def _overwrite(self) -> Any:  # noqa: ANN401  an object of Java
        kind = self._jvm.org.apache.hadoop.fs.Options.Rename
        options = self._gateway.new_array(kind, 1)
        options[0] = kind.OVERWRITE
        return options

    def remove(self, address: str) -> None:
        """Remove a file, or a folder with all that is in it, if it is there."""
        path = self._path(address)
        self._told(address, lambda: self._system(path, address).delete(path, True))  # noqa: FBT003  Java

    def walk(self, folder: str) -> Iterator[str]:
        """Give the addresses of all files in a folder."""
        return (plain(item.getPath().toString()) for item in self._listed(folder))

    def empty(self, folder: str) -> list[str]:
        """Give the addresses of the files in a folder, or of the file itself, that have no byte: Spark skips them."""
        return [plain(item.getPath().toString()) for item in self._listed(folder) if item.getLen() == 0]

    def _listed(self, folder: str) -> Iterator[Any]:
        path = self._path(folder)
        system = self._system(path, folder)
        if system.exists(path):
            files = system.listFiles(path, True)  # noqa: FBT003  Java
            while files.hasNext():
                yield files.next()

    def _path(self, address: str) -> Any:  # noqa: ANN401  an object of Java
        return self._jvm.org.apache.hadoop.fs.Path(_with_scheme(address))

    def _system(self, path: Any, text: str) -> Any:  # noqa: ANN401  objects of Java
        from py4j.protocol import Py4JJavaError  # noqa: PLC0415  an extra

        try:
            return path.getFileSystem(self._settings)
        except Py4JJavaError as error:
            remedy = "Give Spark a connector for it (--packages of spark-submit, or jars in SPARK_HOME)."
            raise InputError(text, f"no such filesystem ({_said(error)})", remedy) from error

    def _told(self, address: str, action: Any) -> Any:  # noqa: ANN401  calls to Java
        from py4j.protocol import Py4JJavaError  # noqa: PLC0415  an extra

        try:
            return action()
        except Py4JJavaError as error:
            remedy = "Free some space or choose another place."
            raise OutputError(address, f"cannot write ({_said(error)})", remedy) from error


def _said(error: Any) -> str:  # noqa: ANN401  py4j is untyped
    return str(error.java_exception.toString()).splitlines()[0]
