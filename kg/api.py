"""The steps of kg for Python users: what ``import kg`` offers, and what the command line is made of."""

from __future__ import annotations

from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from os import PathLike
    from typing import TypeAlias

    from kg.breakdown import Mistake, Share
    from kg.build import BuildReport
    from kg.evaluate import Scores
    from kg.graph import Graph, KnowledgeGraph
    from kg.model import Digest, Entry, Finding, Paper
    from kg.query import Result

    Place: TypeAlias = str | PathLike[str]


def read_digests(paths: Iterable[Place]) -> Iterator[Digest]:
    """Read digests, files or folders of them, one after the other.

    Raises:
        InputError: a path is missing, or a folder holds no digest.
    """
    from kg import readers  # noqa: PLC0415  each step loads what it needs

    for path in readers.discover([Path(path) for path in paths]):
        yield readers.read_digest(path)


def extract_entries(papers: Iterable[Paper], *, extractors: str = "all") -> Iterator[Entry]:
    """Find the methods, datasets, topics and code links in papers; the order is kept.

    Args:
        papers: where to look.
        extractors: which components look: ``all``, ``rules`` (without the trained model), or a list such as
            ``gazetteer,titles``.

    Raises:
        InputError: there is no such component.
    """
    from kg import vocabulary  # noqa: PLC0415  each step loads what it needs
    from kg.extractors import Extractor  # noqa: PLC0415

    yield from Extractor(vocabulary.load(), extractors).entries(papers)


def build_graph(  # noqa: PLR0913  the options of one step, all but two by keyword
    digests: Iterable[Place],
    graph: Place = "graph",
    *,
    workers: int | None = None,
    strict: bool = False,
    keep_missing: bool = False,
    extractors: str = "all",
    progress: Callable[[int, int], None] | None = None,
    engine: str = "local",
    master: str = "",
    parts: Place = "",
    quiet: bool = True,
) -> BuildReport:
    """Read, extract and link digests into a graph directory, which is made or updated.

    Args:
        digests: files or folders. A folder stands for the digests now in it.
        graph: the graph directory.
        workers: how many processes; chosen by the size of the job if not given.
        strict: stop at the first finding and change nothing.
        keep_missing: keep digests whose files are gone from a folder.
        extractors: which components extract, as in :func:`extract_entries`.
        progress: called with the number of digests done and the number in all; by the local engine.
        engine: ``local``, or ``spark``, which reads and writes what Hadoop can (``hdfs://…``, ``s3a://…``).
        master: for ``spark``: where it runs, such as ``local[2]``; empty for what is configured.
        parts: for ``spark``: a folder for N-Triples and CSV for Neo4j in parts.
        quiet: for ``spark``: keep its log off stderr.

    Raises:
        InputError: a path is missing, a folder holds no digest, there is no such component, or an option is of the
            other engine.
        StrictError: the first finding under ``strict``.
        GraphError: the directory is damaged, locked or written by a newer kg.
        OutputError: it cannot be written.
        MissingExtraError: PySpark or Java is not installed.
    """
    places = [fspath(path) for path in digests]
    if engine == "spark":
        from kg import spark  # noqa: PLC0415  each step loads what it needs

        if workers is not None:
            raise InputError("workers", "Spark has workers of its own", "Choose them by the master: local[2].")
        return spark.build_graph(
            places,
            fspath(graph),
            master=master,
            parts=fspath(parts),
            strict=strict,
            keep_missing=keep_missing,
            chosen=extractors,
            quiet=quiet,
        )
    _check_local(engine, [*places, fspath(graph)], spark_only={"master": master, "parts": fspath(parts)})
    from kg import build  # noqa: PLC0415  each step loads what it needs

    return build.build(
        [Path(path) for path in places],
        Path(graph),
        workers=workers,
        strict=strict,
        keep_missing=keep_missing,
        chosen=extractors,
        progress=progress,
    )


def _check_local(engine: str, places: Iterable[str], *, spark_only: Mapping[str, str]) -> None:
    """Refuse what only Spark can do.

    Raises:
        InputError: an option or address is for Spark, or there is no such engine.
    """
    if engine != "local":
        raise InputError(f"engine {engine}", "no such engine", "Choose from local, spark.")
    for name in (name for name, value in spark_only.items() if value):
        raise InputError(name, "only Spark has this option", "Choose engine spark.")
    for place in places:
        if "://" in place and not Path(place).exists():
            raise InputError(place, "the local engine reads local files", "Choose engine spark.")


def load_graph(
    graph: Place = "graph", *, min_confidence: float = 0.0, notice: Callable[[str], None] | None = None
) -> KnowledgeGraph:
    """Load a graph directory into memory.

    Args:
        graph: the graph directory.
        min_confidence: leave out edges that are less sure; the directory keeps them.
        notice: is told, in one line, when the store has to be made again from the segments.

    Raises:
        GraphError: it is missing, damaged or written by a newer kg.
    """
    from kg.graph import in_memory  # noqa: PLC0415  each step loads what it needs

    return in_memory(open_graph(graph, min_confidence=min_confidence, notice=notice))


def open_graph(
    graph: Place = "graph", *, min_confidence: float = 0.0, notice: Callable[[str], None] | None = None
) -> Graph:
    """Open a graph directory to go through it, without loading it: whatever its size, little memory is needed.

    Args:
        graph: the graph directory.
        min_confidence: leave out edges that are less sure; the directory keeps them.
        notice: is told, in one line, when the store has to be made again from the segments.

    Raises:
        GraphError: it is missing, damaged or written by a newer kg.
    """
    from kg import store  # noqa: PLC0415  each step loads what it needs

    opened = store.open_graph(Path(graph), notice=notice)
    return opened.confident(min_confidence) if min_confidence > 0 else opened


def query_graph(graph: Place, query: str, *, timeout: float = 60, **parameters: str) -> Result:
    """Ask a graph directory in SPARQL, or by the name of a shipped query with its parameters.

    Args:
        graph: the graph directory.
        query: SPARQL, or a name such as ``papers-on-method``.
        timeout: seconds until the query is given up.
        parameters: names or node ids for the parameters of a shipped query: ``method="LoRA"``.

    Raises:
        QueryError: the query is wrong, forbidden, unknown or too slow.
        NotFoundError: a parameter names nothing in the graph.
        GraphError: the directory is missing, damaged or written by a newer kg.
    """
    from kg import query as queries  # noqa: PLC0415  each step loads what it needs
    from kg import store  # noqa: PLC0415

    opened, summary = store.open_both(Path(graph))
    return queries.run(opened, query, parameters=parameters, timeout=timeout, summary=summary)


def export_graph(
    graph: Graph,
    formats: Sequence[str] = (),
    directory: Place = "exports",
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Path]:
    """Write a graph in some formats, or in all, and give the paths.

    Args:
        graph: what to write. It is streamed; only the pages (``html``, ``explorer``) take it into memory.
        formats: their names; all if there are none.
        directory: where the files go.
        progress: called with the name of a file, and how many nodes or edges of how many have been gone through for it.

    Raises:
        InputError: there is no such format.
        OutputError: a file cannot be written.
    """
    from kg import writers  # noqa: PLC0415  each step loads what it needs

    return writers.export(graph, formats, Path(directory), progress=progress)


def validate_graph(graph: Graph, *, shapes: bool = True) -> tuple[Finding, ...]:
    """Check a graph against the shapes of the ontology (unless told not to), and every quote against its passage.

    It is streamed; only the shapes take all its triples into memory.

    Raises:
        MissingExtraError: pySHACL is not installed.
    """
    from kg import validate  # noqa: PLC0415  each step loads what it needs

    return validate.validate(graph, shapes=shapes)


def score_graph(graph: Graph, gold: Place) -> Scores:
    """Measure a graph against a gold standard.

    Raises:
        InputError: the gold standard cannot be read.
    """
    from kg import evaluate  # noqa: PLC0415  each step loads what it needs
    from kg.writers import jsonl  # noqa: PLC0415

    return evaluate.evaluate(Path(gold), jsonl.records(graph))


def break_down(graph: Graph, scores: Scores) -> tuple[list[Share], list[Share], list[Mistake]]:
    """Break the scores of a graph down: by language of evidence, by dialect, and into single mistakes."""
    from kg import breakdown  # noqa: PLC0415  each step loads what it needs
    from kg.writers import jsonl  # noqa: PLC0415

    wanted = {outcome.paper for outcome in scores.outcomes}
    records = [record for record in jsonl.records(graph) if record["id"] in wanted]
    dialects = {digest.id: digest.dialect for digest in graph.digests()}
    return (
        breakdown.by_language(scores, records),
        breakdown.by_dialect(scores, records, dialects),
        list(breakdown.mistakes(scores, records)),
    )
