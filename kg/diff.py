"""Compare two graphs: directories, or exports as RDF or JSON Lines.

A graph is taken apart into things (nodes, and claims as ``source relation target``), each with its facts: what a node
is called, what a claim is founded on. Things in one graph alone were added or removed; those with other facts changed.
Two sides are compared by what both can say: a directory says what RDF says, or what JSON Lines say.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from kg import iri, rdf, store
from kg.errors import InputError
from kg.model import Relation
from kg.oxigraph import Literal, NamedNode, RdfFormat, parse
from kg.writers import jsonl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from kg.oxigraph import Quad, Triple

    Facts: TypeAlias = dict[str, set[str]]

_RDF = {"nt": RdfFormat.N_TRIPLES, "ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD}
"""The exports that are RDF, the quickest to read first."""

_RELATIONS = {rdf.relation(relation).value: relation for relation in Relation}


@dataclass(frozen=True, slots=True)
class Change:
    """A thing that the two graphs do not say the same about."""

    sign: str
    """``+`` if the second graph alone has it, ``-`` if the first alone has it, ``~`` if the facts differ."""
    thing: str
    """A node id, or a claim: ``2310.00212 proposes method/lora``."""
    gone: tuple[str, ...]
    """The facts of the first graph alone, sorted."""
    new: tuple[str, ...]
    """The facts of the second graph alone, sorted."""


def diff(first: Path, second: Path) -> list[Change]:
    """Compare two graphs, thing by thing, sorted.

    Args:
        first: a graph directory; an ``.nt``, ``.ttl``, ``.jsonld`` or ``.jsonl`` file of ``kg export``, or the folder
            that holds it.
        second: likewise; not JSON Lines if the first is RDF, or the other way round.

    Raises:
        InputError: one cannot be read, or they cannot be compared.
        GraphError: a directory is missing, damaged or written by a newer kg.
    """
    first, second = _export(first), _export(second)
    kinds = {_kind(first), _kind(second)}
    if "jsonl" in kinds and kinds & _RDF.keys():
        what = "RDF and JSON Lines do not say the same things"
        raise InputError(f"{first}, {second}", what, "Compare each with the graph directory.")
    before, after = (_facts(path, rdf_alike="jsonl" not in kinds) for path in (first, second))
    changes = (_change(thing, before.get(thing), after.get(thing)) for thing in sorted(before.keys() | after.keys()))
    return [change for change in changes if change.sign != "="]


def _change(thing: str, before: set[str] | None, after: set[str] | None) -> Change:
    sign = "+" if before is None else "-" if after is None else "=" if before == after else "~"
    old, new = before or set(), after or set()
    return Change(sign, thing, tuple(sorted(old - new)), tuple(sorted(new - old)))


def _export(path: Path) -> Path:
    """Give the file to read in a folder of exports: the first that there is; else the path itself."""
    if (path / "kg.json").exists():
        return path
    return next((file for kind in (*_RDF, "jsonl") if (file := path / f"graph.{kind}").is_file()), path)


def _kind(path: Path) -> str:
    if path.is_dir() or not path.exists():
        return "directory"
    kind = path.suffix.lstrip(".")
    if kind not in {*_RDF, "jsonl"}:
        remedy = "Give a graph directory, or an .nt, .ttl, .jsonld or .jsonl file."
        raise InputError(str(path), "no graph that can be compared", remedy)
    return kind


def _facts(path: Path, *, rdf_alike: bool) -> Facts:
    match _kind(path):
        case "directory":
            graph = store.open_graph(path)
            return _of_triples(rdf.triples(graph)) if rdf_alike else _of_records(jsonl.records(graph))
        case "jsonl":
            return _of_file(path, _records, _of_records)
        case _:
            return _of_file(path, _triples, _of_triples)


def _of_file(path: Path, read: Callable[[Path], Iterable[Any]], take: Callable[[Any], Facts]) -> Facts:
    try:
        return take(read(path))
    except OSError as error:
        raise InputError(str(path), f"not readable ({error.strerror})", "Give a file of kg export.") from error
    except (SyntaxError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(str(path), f"no export of kg ({reason})", "Export the graph again.") from error


# --- RDF ---------------------------------------------------------------------------------------------------


def _triples(path: Path) -> Iterator[Quad]:
    return parse(path=path, format=_RDF[path.suffix.lstrip(".")])


def _of_triples(triples: Iterable[Triple | Quad]) -> Facts:
    facts: Facts = defaultdict(set)
    mentions: dict[str, dict[str, str]] = defaultdict(dict)
    for triple in triples:
        subject, name, value = _node(triple.subject), _short(triple.predicate.value), triple.object
        if subject.startswith("mention/"):
            mentions[subject][name] = _value(value)
        elif triple.predicate.value in _RELATIONS:
            facts[subject].update()
            facts[f"{subject} {_RELATIONS[triple.predicate.value]} {_node(value)}"].update()
        else:
            facts[subject].add(f"{name} {_value(value)}")
    for about in mentions.values():
        claim = f"{about.pop('kg:paper')} {about.pop('kg:relation').partition(':')[2]} {about.pop('kg:entity')}"
        del about["rdf:type"]
        facts[claim].add(" ".join(f"{name} {value}" for name, value in sorted(about.items())))
    return facts


def _node(term: object) -> str:
    if not isinstance(term, NamedNode):
        raise ValueError(f"{term} is no IRI")  # noqa: TRY004  the export is wrong, not the program
    return iri.node_id(term.value)


def _value(term: object) -> str:
    """Write a value for people: a node by its id, a text in quotes with its language, a number as it is."""
    if isinstance(term, NamedNode):
        node_id = iri.node_id(term.value)
        return _short(term.value) if node_id == term.value else node_id
    if not isinstance(term, Literal):
        raise ValueError(f"{term} is neither an IRI nor a literal")  # noqa: TRY004  as above
    return f"{json.dumps(term.value, ensure_ascii=False)}@{term.language}" if term.language else term.value


def _short(address: str) -> str:
    for prefix, namespace in rdf.PREFIXES.items():
        if address.startswith(namespace):
            return f"{prefix}:{address.removeprefix(namespace)}"
    return address


# --- JSON Lines --------------------------------------------------------------------------------------------


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as stream:
        yield from (json.loads(line) for line in stream)


def _of_records(records: Iterable[dict[str, Any]]) -> Facts:
    facts: Facts = defaultdict(set)
    for record in records:
        paper = str(record["id"])
        for name in ("date", "url", "code", "passages"):
            value = record[name]
            facts[paper].update(f"{name} {_dump(item)}" for item in (value if isinstance(value, list) else [value]))
        for digest in record["digests"]:
            facts[f"{paper} {Relation.LISTED_IN} {digest}"].update()
        for row in (*record["methods"], *record["datasets"], *record["topics"]):
            names = ("label", "aliases", "scheme")
            facts[str(row["id"])].update(f"{name} {_dump(row[name])}" for name in names if name in row)
            for item in row["evidence"]:
                claim = f"{paper} {item['relation']} {row['id']}"
                facts[claim].add(_dump({name: value for name, value in item.items() if name != "relation"}))
    return facts


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
