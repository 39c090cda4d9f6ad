"""One graph, in which every text is an attack, read back from every export and from both servers: all say the same.

Each export is read by somebody else's library into one common form: nodes with their properties, edges, and evidence,
as sets. What a format cannot hold, by the docstring of its module, is taken from its share of the expectation, in
`SHARES`, and from nothing else.
"""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import igraph
import networkx as nx
import pytest
import rdflib
import servers
from neo4j import GraphDatabase
from pyld import jsonld
from writers_sample import hostile_graph

from kg import api, endpoint, iri, push, rdf
from kg.model import DigestNode, Entity, Lang, PaperNode, Part, Relation
from kg.oxigraph import NamedNode, RdfFormat, parse
from kg.writers import _rows, neo4j

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from servers import Fuseki

    from kg.graph import KnowledgeGraph

FIELDS = ("part", "lang", "quote", "start", "end", "rule", "confidence", "digest", "line")
RELATIONS = {rdf.relation(relation).value: relation.value for relation in Relation}
TYPES = {kind: relation.value for relation, kind in neo4j.TYPES.items()}
TEXTS = (Part.TITLE, Part.SUMMARY, Part.ABSTRACT)
KINDS = {"Paper", "Method", "Dataset", "Topic", "Digest"}
SCHEMES = {place: name for name, place in rdf.SCHEMES.items()}


class Said(NamedTuple):
    """What an export says; numbers as texts, so that 5 and 5.0 differ."""

    nodes: set[tuple[str, str]]
    """Id and kind."""
    properties: set[tuple[str, str, str]]
    """Id, name, value: ``title@en``, ``label@zh``, ``alias``, ``scheme``, ``date``, ``code``, ``name``, ``dialect``."""
    edges: set[tuple[str, str, str]]
    """Source, relation, target."""
    evidence: set[tuple[str, ...]]
    """Source, relation, target, then `FIELDS`."""


# --- What each should say ----------------------------------------------------------------------------------


def of_graph(graph: KnowledgeGraph) -> Said:
    """Say what the graph says."""
    every = list(_rows.nodes(graph))
    edges = graph.edges()
    return Said(
        {(node.id, _rows.kind(node).value) for node in every},
        {(node.id, name, value) for node in every for name, value in about(node)},
        {(edge.source, edge.relation.value, edge.target) for edge in edges},
        {
            (edge.source, edge.relation.value, edge.target, *(str(getattr(item, name)) for name in FIELDS))
            for edge in edges
            for item in edge.evidence
        },
    )


def about(node: PaperNode | Entity | DigestNode) -> Iterator[tuple[str, str]]:
    """Give the properties of a node."""
    match node:
        case PaperNode():
            yield from ((f"{item.part}@{item.lang}", item.text) for item in node.passages)
            yield from (("code", address) for address in node.code)
            yield from ([("date", node.published)] if node.published else [])
        case Entity():
            yield from ((f"label@{label.lang}", label.text) for label in node.labels)
            yield from (("alias", label.text) for label in node.aliases)
            yield from ([("scheme", node.scheme)] if node.scheme else [])
        case DigestNode():
            yield from (("name", name) for name in node.names)
            yield "dialect", node.dialect


def mapped(said: Said, change: Callable[[str], str]) -> Said:
    """Change every text."""
    return Said(*({tuple(map(change, row)) for row in part} for part in said))  # type: ignore[arg-type]


def keeping(said: Said, wanted: Callable[[str, str], bool]) -> Said:
    """Leave out properties: those for which a test of id and name fails."""
    return said._replace(properties={row for row in said.properties if wanted(row[0], row[1])})


def is_topic_text(name: str) -> bool:
    """Tell tags and categories, which are edges to topics in every format but JSON Lines."""
    return name.partition("@")[0] in {Part.TAGS, Part.CATEGORIES}


def of_rdf(said: Said) -> Said:
    """RDF: tags and categories are topics there (`kg.rdf.TEXTS`)."""
    return keeping(said, lambda _, name: not is_topic_text(name))


def of_jsonl(said: Said) -> Said:
    """JSON Lines: no wider topics, no names of digests, nothing that no paper mentions; names are one list."""
    mentioned = {end for edge in said.edges if edge[1] != "broader" for end in (edge[0], edge[2])}
    nodes = {row for row in said.nodes if row[0] in mentioned}
    names = {
        (key, "alias" if name.startswith("label@") else name, value)
        for key, name, value in said.properties
        if key in mentioned and not key.startswith("digest/")
    }
    return Said(nodes, names, {edge for edge in said.edges if edge[1] != "broader"}, said.evidence)


def of_graphml(said: Said) -> Said:
    """GraphML: the best evidence of an edge, of a paper's texts the title, no control characters."""
    best: dict[tuple[str, ...], tuple[str, ...]] = {}
    place = 3 + FIELDS.index("confidence")
    for row in sorted(said.evidence, key=lambda row: float(row[place])):
        best[row[:3]] = row
    kept = keeping(said, lambda _, name: not re.match("(summary|abstract|tags|categories)@", name))
    titles = {(key, name.replace("title@", "label@"), value) for key, name, value in kept.properties}
    return mapped(kept._replace(properties=titles, evidence=set(best.values())), legal)


def of_csv(said: Said) -> Said:
    """Neo4j by CSV: ids cut short, no older texts of a paper; control characters are blanks but within evidence."""
    blank = of_neo4j(said)
    return Said(*(mapped(blank, spaced)[:3]), {(*map(spaced, row[:3]), *row[3:]) for row in blank.evidence})


def of_neo4j(said: Said) -> Said:
    """Neo4j over Bolt: ids cut short, no older texts of a paper."""
    keys = {key: neo4j.key(key) for key, _ in said.nodes}
    kept = of_rdf(said)
    return Said(
        {(keys[key], kind) for key, kind in kept.nodes},
        {(keys[key], name, value) for key, name, value in kept.properties},
        {(keys[source], relation, keys[target]) for source, relation, target in kept.edges},
        {(keys[source], relation, keys[target], *rest) for source, relation, target, *rest in kept.evidence},
    )


def legal(text: str) -> str:
    """Give what XML can hold of a text."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def spaced(text: str) -> str:
    """Give a text as a cell of CSV holds it."""
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)


SHARES: dict[str, Callable[[Said], Said]] = {
    "nt": of_rdf,
    "nt by rdflib": of_rdf,
    "ttl": of_rdf,
    "ttl by rdflib": of_rdf,
    "jsonld": of_rdf,
    "fuseki": of_rdf,
    "jsonl": of_jsonl,
    "graphml": of_graphml,
    "graphml by igraph": of_graphml,
    "neo4j csv": of_csv,
    "neo4j after import": of_csv,
    "neo4j after push": of_neo4j,
}
"""What each export can hold of what the graph says."""


# --- RDF ---------------------------------------------------------------------------------------------------

NAMES = {"title": "title", "summary": "summary", "abstract": "abstract", "prefLabel": "label"}
PLAIN = {"altLabel": "alias", "fileName": "name", "dialect": "dialect", "issued": "date", "codeRepository": "code"}


def of_triples(triples: Iterable[tuple[Any, Any, Any]]) -> Said:
    """Read RDF: addresses as texts, literals as (text, language)."""
    said = Said(set(), set(), set(), set())
    mentions: dict[str, dict[str, Any]] = {}
    for subject, predicate, value in triples:
        key, name = iri.node_id(subject), re.split(r"[#/]", predicate)[-1]
        if key.startswith("mention/"):
            mentions.setdefault(key, {})[name] = value
        elif predicate in RELATIONS:
            said.edges.add((key, RELATIONS[predicate], iri.node_id(value)))
        elif name == "type":
            said.nodes.update({(key, kind.lower()) for kind in KINDS & {re.split(r"[#/]", value)[-1]}})
        elif name == "inScheme":
            said.properties.update({(key, "scheme", each) for place, each in SCHEMES.items() if value.endswith(place)})
        elif name in NAMES:
            said.properties.add((key, f"{NAMES[name]}@{value[1]}", value[0]))
        elif name in PLAIN:
            said.properties.add((key, PLAIN[name], value if isinstance(value, str) else value[0]))
    said.evidence.update(map(of_mention, mentions.values()))
    return said


def of_mention(about: dict[str, Any]) -> tuple[str, ...]:
    """Read a mention."""
    quote, lang = about["quote"]
    values = {name: about[name][0] for name in ("part", "start", "end", "rule", "confidence", "line")}
    values |= {"lang": lang, "quote": quote, "digest": iri.node_id(about["wasDerivedFrom"])}
    ends = iri.node_id(about["paper"]), RELATIONS[about["relation"]], iri.node_id(about["entity"])
    return (*ends, *(values[name] for name in FIELDS))


def by_oxigraph(content: bytes, form: RdfFormat) -> Said:
    """Read RDF by Oxigraph."""

    def plain(term: Any) -> Any:  # noqa: ANN401  a term
        return term.value if isinstance(term, NamedNode) else (term.value, term.language)

    return of_triples((plain(q.subject), plain(q.predicate), plain(q.object)) for q in parse(content, format=form))


def by_rdflib(path: Path) -> Said:
    """Read RDF by rdflib."""

    def plain(term: Any) -> Any:  # noqa: ANN401  a term
        return str(term) if isinstance(term, rdflib.URIRef) else (str(term), term.language)

    graph = rdflib.Graph().parse(path, format=path.suffix[1:])
    return of_triples((plain(s), plain(p), plain(o)) for s, p, o in graph)


def by_pyld(path: Path) -> Said:
    """Read JSON-LD by an independent processor."""

    def plain(term: dict[str, Any]) -> Any:  # noqa: ANN401  a term
        return term["value"] if term["type"] == "IRI" else (term["value"], term.get("language"))

    dataset = jsonld.to_rdf(json.loads(path.read_text("utf-8")), {"produceGeneralizedRdf": False})
    assert set(dataset) == {"@default"}
    triples = dataset["@default"]
    return of_triples((plain(t["subject"]), plain(t["predicate"]), plain(t["object"])) for t in triples)


# --- Others ------------------------------------------------------------------------------------------------


def by_json(path: Path) -> Said:
    """Read JSON Lines."""
    said = Said(set(), set(), set(), set())
    for line in path.read_text("utf-8").split("\n")[:-1]:
        record = json.loads(line)
        key = record["id"]
        said.nodes.update({(key, "paper"), *((digest, "digest") for digest in record["digests"])})
        said.edges.update((key, "listedIn", digest) for digest in record["digests"])
        said.properties.update((key, f"{item['part']}@{item['lang']}", item["text"]) for item in record["passages"])
        said.properties.update((key, "code", address) for address in record["code"])
        said.properties.update({(key, "date", record["date"])} if record["date"] else set())
        for name in ("methods", "datasets", "topics"):
            for row in record[name]:
                said.nodes.add((row["id"], name[:-1]))
                said.properties.update((row["id"], "alias", text) for text in (row["label"], *row["aliases"]))
                said.properties.update({(row["id"], "scheme", row["scheme"])} if row.get("scheme") else set())
                for item in row["evidence"]:
                    edge = key, item["relation"], row["id"]
                    said.edges.add(edge)
                    said.evidence.add((*edge, *(str(item[field]) for field in FIELDS)))
    return said


def of_network(
    nodes: Iterable[tuple[str, dict[str, Any]]], edges: Iterable[tuple[str, str, dict[str, Any]]], number: type
) -> Said:
    """Read GraphML as a library has parsed it; ``number`` is what it makes of an integer."""
    said = Said(set(), set(), set(), set())
    for key, values in nodes:
        kind = values["kind"]
        said.nodes.add((key, kind))
        labels = {} if kind == "digest" else {lang: values.get(f"label_{lang}") for lang in Lang}  # its name, once more
        said.properties.update((key, f"label@{lang}", text) for lang, text in labels.items() if text)
        names = {"aliases": "name" if kind == "digest" else "alias", "code": "code", "scheme": "scheme"}
        for name, each in (names | {"date": "date", "dialect": "dialect"}).items():
            said.properties.update((key, each, item) for item in (values.get(name) or "").split("\n") if item)
    for source, target, values in edges:
        edge = source, values["relation"], target
        said.edges.add(edge)
        if values.get("quote"):
            assert {type(values[name]) for name in ("start", "end", "line")} == {number}
            told = {name: int(values[name]) if name in {"start", "end", "line"} else values[name] for name in FIELDS}
            said.evidence.add((*edge, *map(str, told.values())))
    return said


def by_networkx(path: Path) -> Said:
    """Read GraphML by networkx."""
    network = nx.read_graphml(path, force_multigraph=True)
    return of_network(network.nodes(data=True), network.edges(data=True), int)


def by_igraph(path: Path) -> Said:
    """Read GraphML by igraph, which has but one type of number."""
    network = igraph.Graph.Read_GraphML(str(path))
    ends = ((network.vs[edge.source]["id"], network.vs[edge.target]["id"], edge.attributes()) for edge in network.es)
    return of_network(((node["id"], node.attributes()) for node in network.vs), ends, float)


def of_neo4j_rows(nodes: Iterable[tuple[str, dict[str, Any]]], edges: Iterable[tuple[str, str, str, str]]) -> Said:
    """Read nodes (label, properties) and relationships (source, type, target, evidence)."""
    said = Said(set(), set(), set(), set())
    for label, values in nodes:
        key = values["id"]
        said.nodes.add((key, label.lower()))
        told = {f"{name}@{lang}": [values.get(f"{name}_{lang}")] for name in ("label", *TEXTS) for lang in Lang}
        told |= {"alias": values.get("aliases", ()), "code": values.get("code", ()), "name": values.get("names", ())}
        told |= {name: [values.get(name)] for name in ("scheme", "date", "dialect")}
        said.properties.update((key, name, str(item)) for name, items in told.items() for item in items if item)
    for source, kind, target, found in edges:
        edge = source, TYPES[kind], target
        said.edges.add(edge)
        said.evidence.update((*edge, *(str(item[name]) for name in FIELDS)) for item in json.loads(found or "[]"))
    return said


def by_csv(folder: Path) -> Said:
    """Read the CSV of Neo4j by the csv module of Python."""
    nodes, edges = [], []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if ":TYPE" in row:
                    edges.append((row[":START_ID"], row[":TYPE"], row[":END_ID"], row.get("evidence", "")))
                    continue
                values: dict[str, Any] = {"id": row["id:ID"]}
                for head, cell in row.items():
                    name, _, kind = head.partition(":")
                    values |= (
                        {name: cell.split("\x1f") if kind == "string[]" else cell} if kind != "ID" and cell else {}
                    )
                nodes.append((row[":LABEL"], values))
    return of_neo4j_rows(nodes, edges)


def by_cypher(server: servers.Neo4j) -> Said:
    """Read a running Neo4j."""
    with GraphDatabase.driver(server.url, auth=("neo4j", servers.PASSWORD)) as driver:
        nodes = driver.execute_query("MATCH (n) UNWIND labels(n) AS label RETURN label, properties(n)").records
        edges = driver.execute_query("MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, r.evidence").records
    return of_neo4j_rows([tuple(row.values()) for row in nodes], [tuple(row.values()) for row in edges])


# --- The test ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def read(neo4j_home: Path, fuseki: Fuseki, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """Export the graph in every format, load it into both servers, and read all of it back."""
    graph, place = hostile_graph(), tmp_path_factory.mktemp("exported")
    api.export_graph(graph, [], place)
    endpoint.push(f"{fuseki.url}/data", graph)
    made = endpoint.run(f"{fuseki.url}/query", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    said = {
        "nt": by_oxigraph((place / "graph.nt").read_bytes(), RdfFormat.N_TRIPLES),
        "nt by rdflib": by_rdflib(place / "graph.nt"),
        "ttl": by_oxigraph((place / "graph.ttl").read_bytes(), RdfFormat.TURTLE),
        "ttl by rdflib": by_rdflib(place / "graph.ttl"),
        "jsonld": by_pyld(place / "graph.jsonld"),
        "fuseki": by_oxigraph(made.document, RdfFormat.N_TRIPLES),
        "jsonl": by_json(place / "graph.jsonl"),
        "graphml": by_networkx(place / "graph.graphml"),
        "graphml by igraph": by_igraph(place / "graph.graphml"),
        "neo4j csv": by_csv(place / "neo4j"),
    }
    return said | by_neo4j(graph, place, servers.neo4j(neo4j_home, tmp_path_factory.mktemp("neo4j")))


def by_neo4j(graph: KnowledgeGraph, place: Path, server: servers.Neo4j) -> dict[str, Said]:
    """Read what the import tool leaves, then what a push makes of it."""
    done = servers.call("sh", place / "neo4j" / "import.sh", environment=server.environment)
    assert done.returncode == 0, done.stdout
    with server.started(), pytest.MonkeyPatch.context() as patch:
        imported = by_cypher(server)
        patch.setenv("NEO4J_PASSWORD", servers.PASSWORD)
        push.neo4j(server.url, graph, prune=True)
        return {"neo4j after import": imported, "neo4j after push": by_cypher(server)}


@pytest.mark.parametrize("name", SHARES)
def test_every_export_says_what_the_graph_says(read: dict[str, Said], name: str) -> None:
    wanted = SHARES[name](of_graph(hostile_graph()))
    assert wanted.nodes
    assert wanted.properties
    for part in Said._fields:
        assert getattr(read[name], part) == getattr(wanted, part), part
