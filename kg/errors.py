"""Everything that kg raises on purpose: where, what, remedy.

KgError
├── InputError         a digest, gold file or argument that cannot be used
│   └── StrictError    the first finding under ``--strict``
├── GraphError         a graph directory that is missing, damaged, locked or too new
├── QueryError         SPARQL that is wrong, forbidden, unknown or too slow
├── NotFoundError      a name that is not in the graph
├── OutputError        a file or folder that cannot be written
└── MissingExtraError  an optional dependency that is not installed

Each error knows the exit code that the command line ends with: 1 where kg ran and the data is
wanting, 2 where it could not run.
"""

from __future__ import annotations


class KgError(Exception):
    """Base of every error that kg raises on purpose.

    Attributes:
        where: the file (and line), folder, name or option that is meant.
        what: what is wrong with it, in one clause.
        remedy: what the user can do, as a sentence; may be empty.
        exit_code: 1 if kg ran and the data is wanting, 2 if it could not run.

    >>> print(KgError("a.md:12", "no arXiv link", "Add one such as https://arxiv.org/abs/2106.09685."))
    a.md:12: no arXiv link. Add one such as https://arxiv.org/abs/2106.09685.
    """

    exit_code = 2

    def __init__(self, where: str, what: str, remedy: str = "") -> None:
        super().__init__(where, what, remedy)
        self.where = where
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.what}." + (f" {self.remedy}" if self.remedy else "")


class InputError(KgError):
    """A digest, gold file or argument cannot be used."""


class StrictError(InputError):
    """The first finding under ``--strict``."""

    exit_code = 1


class GraphError(KgError):
    """A graph directory is missing, damaged, locked or written by a newer kg."""


class QueryError(KgError):
    """A SPARQL query is wrong, forbidden, unknown or too slow."""


class NotFoundError(KgError):
    """A name is not in the graph."""

    exit_code = 1


class OutputError(KgError):
    """A file or folder cannot be written."""


class MissingExtraError(KgError):
    """An optional dependency is not installed."""
