"""The formats that a knowledge graph is exported to.

Each format is a module with ``render(graph)``: a pure function that gives ``(relative name, chunks of
bytes)`` for every file. Most go through the graph as a stream and hold no more of it than a batch; those that must
see it whole say so. :func:`export` is what puts the files on disk.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from kg import files
from kg.errors import InputError
from kg.graph import in_memory
from kg.writers._watched import Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.graph import Graph

    Progress = Callable[[str, int, int], None]


class Render(Protocol):
    """What a format's ``render`` is."""

    def __call__(self, graph: Graph) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Give each file of the export: its name relative to the output folder, and its bytes."""


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """A format that the graph can be exported to."""

    name: str
    """What the user calls it."""
    file: str
    """The name of its file; with ``/`` at its end that of a folder of files."""
    summary: str
    """What it is good for, in one line."""
    module: str
    """The module that renders it, loaded on first use."""
    whole: bool = False
    """Whether its ``render`` takes a `KnowledgeGraph`, in memory, and not just any `Graph`."""


FORMATS: tuple[FormatSpec, ...] = (
    FormatSpec("jsonl", "graph.jsonl", "one record a paper, for pandas, DuckDB and jq", "kg.writers.jsonl"),
    FormatSpec("nt", "graph.nt", "RDF, one triple a line, sorted, for diff and any triple store", "kg.writers.nt"),
    FormatSpec("ttl", "graph.ttl", "RDF as Turtle with prefixes, for reading", "kg.writers.ttl"),
    FormatSpec("jsonld", "graph.jsonld", "RDF as JSON-LD with its context, for web programs", "kg.writers.jsonld"),
    FormatSpec("graphml", "graph.graphml", "nodes and edges for Gephi, yEd, igraph and networkx", "kg.writers.graphml"),
    FormatSpec("neo4j", "neo4j/", "typed CSV for neo4j-admin, and a Cypher script", "kg.writers.neo4j"),
    FormatSpec("html", "graph.html", "a plain page by pyvis, up to 3,000 nodes", "kg.writers.html", whole=True),
    FormatSpec(
        "explorer",
        "explorer.html",
        "the page to explore the graph with, offline",
        "kg.writers.explorer",
        whole=True,
    ),
    FormatSpec(
        "void",
        "graph.void.ttl",
        "what the graph holds and in which files: VoID and DCAT, for catalogues",
        "kg.writers.void",
    ),
    FormatSpec("croissant", "graph.croissant.json", "what graph.jsonl holds: Croissant", "kg.writers.croissant"),
)
"""Every format, in the order in which they are listed and written."""


def resolve(name: str) -> Render:
    """Load the ``render`` function of a format.

    Raises:
        InputError: there is no such format; near misses are suggested.
    """
    return cast("Render", import_module(_find(name).module).render)


def export(graph: Graph, formats: Sequence[str], directory: Path, *, progress: Progress | None = None) -> list[Path]:
    """Write the graph in each format (all if none is named) and give the paths of the files, in order.

    Every name is checked before the first file is written.

    Args:
        graph: in memory or in a file; what is in a file is loaded into memory only for formats that must see it whole.
        formats: names of `FORMATS`.
        directory: where the files go.
        progress: called with the name of a file, and how many nodes or edges of how many have been gone through for it.

    Raises:
        InputError: there is no such format.
        OutputError: a file cannot be written.
    """
    specs = [_find(name) for name in dict.fromkeys(formats)] or list(FORMATS)
    written = []
    for name, chunks in _rendered(graph, specs, progress):
        files.write(directory / name, chunks)
        written.append(directory / name)
    return written


def _rendered(
    graph: Graph, specs: Iterable[FormatSpec], progress: Progress | None
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Give each file of each format, and tell of the progress of the one that is being made."""
    name = ""
    watched: Graph = graph
    if progress is not None:
        watched = Watched(graph, lambda done, total: progress(name, done, total))
    for spec in specs:
        name = spec.file
        if spec.whole:
            graph = in_memory(graph)
        for name, chunks in resolve(spec.name)(graph if spec.whole else watched):
            yield name, chunks


def _find(name: str) -> FormatSpec:
    for spec in FORMATS:
        if spec.name == name:
            return spec
    known = [spec.name for spec in FORMATS]
    near = difflib.get_close_matches(name.casefold().lstrip("."), known, n=2)
    meant = f"Did you mean {' or '.join(sorted(near))}?" if near else f"Choose from {', '.join(known)}."
    raise InputError(name, "no such format", meant)
