"""Keep the ledger: make it from all segments, or alter a copy of one by what changed.

Both come to the same rows. To make one, the papers are assembled in worker processes, and their triples are handed
on as they come. To alter one, the papers with entries in digests that come or go are assembled again, and the
entities whose names are then others, with those above them that come or go with that.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import zlib
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from kg import assembling, ledger, pool, segments, sqlite, vocabulary
from kg.assembling import Place
from kg.assembly import Tally, add_tally, assemble_entity, broader
from kg.directory import Manifest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import TypeVar

    from kg.assembling import Share
    from kg.directory import GraphDirectory, Source
    from kg.ledger import EdgeRow, NameRow, NodeRow
    from kg.model import Edge
    from kg.vocabulary import Vocabulary

    Item = TypeVar("Item")

_LEAVING = "SELECT * FROM edges WHERE source = ? ORDER BY relation, target"

_INSERT = {
    "fresh": "INSERT INTO fresh VALUES (?, ?, ?, ?)",
    "counts": "INSERT INTO counts VALUES (?, ?, ?, ?)",
    "sources": "INSERT INTO sources VALUES (?, ?, ?, ?)",
    "entries": "INSERT INTO entries VALUES (?, ?, ?, ?)",
    "nodes": "INSERT INTO nodes VALUES (?, ?, ?)",
    "edges": "INSERT INTO edges VALUES (?, ?, ?, ?, ?)",
    "names": "INSERT INTO names VALUES (?, ?)",
    "tallies": "INSERT INTO tallies VALUES (?, ?)",
}

_ENTRIES = "SELECT paper, digest, segment, start, length FROM entries CROSS JOIN sources USING (digest)"
_OF_PAPER = f"{_ENTRIES} WHERE paper = ? ORDER BY digest, start"


# --- Making ------------------------------------------------------------------------------------------------


def make(path: Path, directory: GraphDirectory, manifest: Manifest, workers: int) -> Generator[bytes, None, None]:
    """Make the ledger of a manifest, and give the N-Triples of its nodes as they are made.

    Args:
        path: a new file, which is finished when all triples have been taken.
        directory: the graph directory.
        manifest: what the ledger has to hold.
        workers: how many processes.

    Raises:
        GraphError: a segment is missing or damaged, or a worker died.
        sqlite3.Error: the ledger cannot be written.
    """
    with closing(ledger.create(path)) as made, pool.started(workers) as helpers:
        made.executemany(_INSERT["sources"], map(_source_row, manifest.sources))
        looks = _batches([(source.digest, source.segment) for source in manifest.sources], assembling.SEGMENTS)
        for rows in helpers.each(assembling.look_through, directory.segments, looks):
            made.executemany(_INSERT["fresh"], rows)
        made.execute("INSERT INTO entries SELECT * FROM fresh ORDER BY paper, digest, start")
        made.execute("DROP TABLE fresh")
        for share in helpers.each(assembling.assemble, directory.segments, _batches(_papers(made), assembling.PAPERS)):
            _insert(made, share)
            yield share.triples
        for named in helpers.each(assembling.entities, directory.segments, _entities(made)):
            made.executemany(_INSERT["nodes"], named.nodes)
            made.executemany(_INSERT["tallies"], named.tallies)
            yield named.triples
        for digest in manifest.nodes():
            made.execute(_INSERT["nodes"], ledger.node_row(digest))
            yield assembling.described(digest, ())
        ledger.finish(made)


def _source_row(source: Source) -> tuple[str, str, str, str]:
    return source.digest, source.dialect, source.segment, json.dumps(source.names)


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    every = iter(items)
    while batch := list(islice(every, size)):
        yield batch


def _papers(opened: sqlite3.Connection) -> Iterator[tuple[str, list[Place]]]:
    """Give all papers by id, each with the places of its entries."""
    query = f"{_ENTRIES} ORDER BY paper, digest, start"
    for paper, rows in groupby(opened.execute(query), key=itemgetter(0)):
        yield paper, [Place(*row[1:]) for row in rows]


def _insert(made: sqlite3.Connection, share: Share) -> None:
    made.executemany(_INSERT["nodes"], share.nodes)
    made.executemany(_INSERT["edges"], share.edges)
    made.executemany(_INSERT["names"], share.names)
    made.executemany(_INSERT["counts"], share.counts)


def _entities(made: sqlite3.Connection) -> Iterator[list[tuple[str, list[NameRow], list[Edge]]]]:
    """Give the entities, when all papers are there, by id in batches; and insert the edges between them."""
    named = [key for (key,) in made.execute("SELECT DISTINCT entity FROM counts")]
    edges = broader(named, vocabulary.load())
    made.executemany(_INSERT["edges"], map(ledger.edge_row, edges))
    outgoing = _by_source(edges)
    wider = {edge.target for edge in edges}.difference(named)
    every = chain(_summed(made), ((key, []) for key in sorted(wider)))
    yield from _batches(((key, rows, outgoing.get(key, [])) for key, rows in every), assembling.ENTITIES)


def _summed(made: sqlite3.Connection) -> Iterator[tuple[str, list[NameRow]]]:
    """Give the entities that entries name, each with the sums of what they call it."""
    query = "SELECT entity, name, lang, SUM(number) FROM counts GROUP BY entity, name, lang ORDER BY entity, name, lang"
    for entity, rows in groupby(made.execute(query), key=itemgetter(0)):
        yield entity, [row[1:] for row in rows]


def _by_source(edges: Iterable[Edge]) -> dict[str, list[Edge]]:
    return {source: list(group) for source, group in groupby(edges, key=lambda edge: edge.source)}


# --- Altering ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Difference:
    """How the digests of a manifest differ from those of a ledger."""

    old: dict[str, tuple[str, str, str, str]]
    """The rows that are in the ledger and not to stay so, by digest."""
    new: dict[str, tuple[str, str, str, str]]
    """The rows that are to be, by digest."""

    @property
    def gone(self) -> list[str]:
        """The digests whose entries go."""
        return [key for key, row in self.old.items() if self.new.get(key, row)[2] != row[2] or key not in self.new]

    @property
    def come(self) -> list[str]:
        """The digests whose entries come."""
        return [key for key, row in self.new.items() if self.old.get(key, row)[2] != row[2] or key not in self.old]


def alter(base: Path, path: Path, directory: GraphDirectory, manifest: Manifest, share: int) -> list[str] | None:
    """Make the ledger of a manifest by altering a copy of another, if few digests differ.

    Args:
        base: the other ledger, by the same code and vocabulary.
        path: a new file.
        directory: the graph directory.
        manifest: what the ledger has to hold.
        share: at most one digest in so many may differ.

    Returns:
        The ids of the nodes that are new, gone or altered, sorted; None if too much differs or the base is damaged.

    Raises:
        GraphError: a segment is missing or damaged.
        OSError: the ledger cannot be copied.
    """
    try:
        with closing(sqlite.readable(base)) as opened:
            difference = _difference(opened, manifest)
        if len({*difference.gone, *difference.come}) * share > len(manifest.sources):
            return None
        shutil.copyfile(base, path)
        with closing(ledger.alterable(path)) as opened:
            changed = _Alteration(opened, directory.segments).run(difference, manifest)
            ledger.close(opened)
    except (sqlite3.Error, zlib.error, ValueError):  # damage that only shows when it is read
        path.unlink(missing_ok=True)
        return None
    return sorted(changed)


def _difference(opened: sqlite3.Connection, manifest: Manifest) -> _Difference:
    old = {row[0]: row for row in opened.execute("SELECT digest, dialect, segment, names FROM sources")}
    new = {source.digest: _source_row(source) for source in manifest.sources}
    return _Difference(
        {key: row for key, row in old.items() if new.get(key) != row},
        {key: row for key, row in new.items() if old.get(key) != row},
    )


@dataclass(slots=True)
class _Alteration:
    """A ledger that is being altered, and the nodes that were so far."""

    opened: sqlite3.Connection
    folder: Path
    changed: set[str] = field(default_factory=set)
    deltas: dict[str, Tally] = field(default_factory=dict)
    """By how much the tallies of entities change."""

    def run(self, difference: _Difference, manifest: Manifest) -> set[str]:
        """Alter everything, and give the nodes whose record or edges are new, gone or others."""
        for batch in _batches(self._sources(difference), assembling.PAPERS):
            self._papers(batch, verified=set(difference.come))
        self._entities(self._tallies())
        self._digests(difference, manifest)
        return self.changed

    def _sources(self, difference: _Difference) -> list[str]:
        """Replace sources and entries, and give the papers that this is about."""
        gone = [(digest,) for digest in difference.gone]
        papers = {row[0] for key in gone for row in self._ask("SELECT paper FROM entries WHERE digest = ?", *key)}
        self.opened.executemany("DELETE FROM entries WHERE digest = ?", gone)
        self.opened.executemany("DELETE FROM sources WHERE digest = ?", [(digest,) for digest in difference.old])
        self.opened.executemany(_INSERT["sources"], difference.new.values())
        come = [(digest, difference.new[digest][2]) for digest in difference.come]
        rows = assembling.look_through(self.folder, come)
        self.opened.executemany(_INSERT["entries"], rows)
        return sorted(papers | {row[0] for row in rows})

    def _papers(self, papers: Sequence[str], verified: set[str]) -> None:
        """Assemble some papers again."""
        found = {key: [Place(*row[1:]) for row in self._ask(_OF_PAPER, key)] for key in papers}
        touched = {place.segment for places in found.values() for place in places if place.digest not in verified}
        for name in sorted(touched):
            segments.check(self.folder / name)
        share = assembling.assemble(self.folder, [(key, places) for key, places in found.items() if places])
        edges = {key: list(rows) for key, rows in groupby(share.edges, key=itemgetter(0))}
        records, names = {row[0]: row for row in share.nodes}, dict(share.names)
        for key in papers:
            self._rename(key, names.get(key))
            self._replace(key, records.get(key), edges.get(key, []))

    def _rename(self, paper: str, names: bytes | None) -> None:
        """Take away what a paper called entities, and add what it calls them now."""
        (old,) = next(self._ask("SELECT tallies FROM names WHERE paper = ?", paper), (None,))
        if old == names:
            return
        self.opened.execute("DELETE FROM names WHERE paper = ?", (paper,))
        for blob, times in ((old, -1), (names, 1)):
            for entity, tally in ({} if blob is None else ledger.read_names(blob)).items():
                add_tally(self.deltas.setdefault(entity, Tally(tally.kind)), tally, times)
        if names is not None:
            self.opened.execute(_INSERT["names"], (paper, names))

    def _replace(self, key: str, row: NodeRow | None, edges: Sequence[EdgeRow]) -> None:
        """Make a node and the edges that leave it what they are now; without a row they go."""
        if next(self._ask("SELECT * FROM nodes WHERE id = ?", key), None) != row:
            self.opened.execute("DELETE FROM nodes WHERE id = ?", (key,))
            if row is not None:
                self.opened.execute(_INSERT["nodes"], row)
            self.changed.add(key)
        if list(self._ask(_LEAVING, key)) != edges:
            self.opened.execute("DELETE FROM edges WHERE source = ?", (key,))
            self.opened.executemany(_INSERT["edges"], edges)
            self.changed.add(key)

    def _tallies(self) -> set[str]:
        """Add up tallies, and give the entities that are called otherwise, or more or less often, than before."""
        touched = {entity for entity, delta in self.deltas.items() if delta.names or delta.schemes}
        for entity in sorted(touched):
            tally = self._tally(entity) or Tally(self.deltas[entity].kind)
            add_tally(tally, self.deltas[entity])
            self.opened.execute("DELETE FROM tallies WHERE entity = ?", (entity,))
            if tally.schemes:
                self.opened.execute(_INSERT["tallies"], (entity, ledger.tally_text(entity, tally)))
        return touched

    def _tally(self, entity: str) -> Tally | None:
        (text,) = next(self._ask("SELECT tally FROM tallies WHERE entity = ?", entity), (None,))
        return None if text is None else ledger.read_tally(entity, text)

    def _entities(self, touched: set[str]) -> None:
        """Make again the entities that are touched, and those that come or go because others do."""
        known = vocabulary.load()
        wider = {above for key in touched if key in known for above in known.ancestors(key)}
        after = self._staying(touched | wider, known)
        outgoing = _by_source(broader(after, known))
        for key in sorted(touched | {key for key in wider if (key in after) != self._has_node(key)}):
            row = ledger.node_row(assemble_entity(key, self._tally(key), known)) if key in after else None
            self._replace(key, row, [ledger.edge_row(edge) for edge in outgoing.get(key, ())] if row else [])

    def _staying(self, keys: Iterable[str], known: Vocabulary) -> set[str]:
        """Give those of some entities that are in the graph: entries name them, or something narrower."""
        narrower: dict[str, list[str]] = {}
        for concept in known:
            for above in concept.broader:
                narrower.setdefault(above, []).append(concept.id)

        @cache
        def stays(key: str) -> bool:
            return self._tally(key) is not None or any(map(stays, narrower.get(key, ())))

        return {key for key in keys if stays(key)}

    def _has_node(self, key: str) -> bool:
        return next(self._ask("SELECT 1 FROM nodes WHERE id = ?", key), None) is not None

    def _digests(self, difference: _Difference, manifest: Manifest) -> None:
        """Make again the digests that come, go or have other names."""
        keys = {*difference.old, *difference.new}
        held = Manifest(tuple(source for source in manifest.sources if source.digest in keys))
        nodes = {node.id: node for node in held.nodes()}
        for key in sorted(keys):
            self._replace(key, ledger.node_row(nodes[key]) if key in nodes else None, [])

    def _ask(self, query: str, *values: str) -> sqlite3.Cursor:
        return self.opened.execute(query, values)
