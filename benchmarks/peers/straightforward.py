"""Build the same graph the straightforward way: ``python benchmarks/peers/straightforward.py DIGESTS OUTPUT``.

What somebody who knows the usual tools writes in an afternoon, and writes well: regular expressions split the digests,
spaCy's ``PhraseMatcher`` finds the names of the vocabulary in both languages, networkx holds the graph, rdflib makes
RDF of it and answers SPARQL, pyvis draws it. It takes each paper once, longest names first, the nearest cue for the
role. It has no trained model, finds no name that the vocabulary does not know, and keeps everything in memory.

Prints a JSON line a stage: its seconds by the clock and of the processor, and the largest resident memory in MiB so
far. ``--patience`` is how long a question or the page may take before it is given up.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import resource
import signal
import statistics
import sys
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import rdflib
import spacy
from pyvis.network import Network
from rdflib.namespace import DCTERMS, PROV, RDF, SKOS, XSD
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

ONTOLOGY = Path(__file__).resolve().parent.parent.parent / "ontology"
KG = rdflib.Namespace("https://w3id.org/digest-kg/ontology#")
BASE = rdflib.Namespace("https://w3id.org/digest-kg/id/")
ARXIV = rdflib.Namespace("https://arxiv.org/abs/")
KINDS = {KG.Method: "method", KG.Dataset: "dataset", KG.Topic: "topic"}
ROLES = {"method": ("proposes", "usesMethod"), "dataset": ("introduces", "usesDataset"), "topic": ("hasTopic",) * 2}
"""What an edge is called after a cue of novelty, and without one."""

LINK = re.compile(r"arxiv\.org/abs/((?:[\w-]+(?:\.[A-Z]{2})?/)?\d[\d.]*\d)")
SPLIT = re.compile(r"^(?=\[\^\d+\]:|####? ?\[|## (?!#)|# (?!摘要|详细|本周))", re.MULTILINE)
MARK = re.compile(r"^(?:\[\^\d+\]:|#+|>)\s*|\s*\(arXiv:[^()]*\)\s*$|^\[(?=[^\]]*\]\()|\]\(https?:\S+\)$")
NOISE = re.compile(r"^(?:[\[<]?https?://|!\[|```|`|发布时间|\[Arxiv\]|\||#\s*摘要)", re.IGNORECASE)
HAN = re.compile(r"[\u4e00-\u9fff]")
NOVEL = re.compile(
    r"propos|introduc|present|develop|we (?:call|build|release)|提出|引入|介绍|构建|发布|设计", re.IGNORECASE
)
LETTER = re.compile(r"[A-Za-z0-9]")
BEFORE = 60
"""Characters before a name in which a cue counts."""
QUESTIONS = ("papers-on-method", "co-used-methods", "methods-by-month", "related-papers", "evidence")


class Text(NamedTuple):
    """A paragraph of a paper."""

    lang: str
    line: int
    text: str


class Found(NamedTuple):
    """A name found in a paragraph."""

    concept: str
    role: str
    text: Text
    start: int
    end: int


class Paper:
    """A paper: its texts as they first came, and the digests that list it."""

    def __init__(self, name: str, texts: list[Text]) -> None:
        self.id = name
        self.texts = texts
        self.digests: list[str] = []
        self.found: list[Found] = []


class GaveUpError(Exception):
    """A stage took too long."""


# --- Read ---------------------------------------------------------------------------------------------------


def read(folder: Path) -> dict[str, Paper]:
    """Split every digest into papers; a paper that comes again only gains a digest."""
    papers: dict[str, Paper] = {}
    for path in sorted(p for p in folder.rglob("*.md") if p.name != "README.md"):
        for line, block in blocks(path.read_text("utf-8")):
            link = LINK.search(block)
            if link is None:
                continue
            if link[1] not in papers:
                papers[link[1]] = Paper(link[1], list(texts(block, line)))
            papers[link[1]].digests.append(path.name)
    return papers


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """Split a digest at the heads of its entries; give the line and the text of each."""
    starts = [match.start() for match in SPLIT.finditer(text)]
    line, before = 1, 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        line, before = line + text.count("\n", before, start), start
        yield line, text[start:end]


def texts(block: str, line: int) -> Iterator[Text]:
    """Give the titles, summaries and abstracts of an entry: its lines that say something."""
    for offset, raw in enumerate(block.split("\n")):
        text = MARK.sub("", raw.strip()).strip()
        if text and not NOISE.match(text):
            yield Text("zh" if len(HAN.findall(text)) * 4 > len(text) else "en", line + offset, MARK.sub("", text))


# --- Match --------------------------------------------------------------------------------------------------


class Names:
    """The names of the vocabulary, and two matchers for each language: the case counts in names that have any."""

    def __init__(self) -> None:
        self.graph = rdflib.Graph()
        for path in sorted((ONTOLOGY / "vocab").glob("*.ttl")):
            self.graph.parse(path)
        self.kinds = {str(node): name for kind, name in KINDS.items() for node in self.graph.subjects(RDF.type, kind)}
        self.nlp = {lang: spacy.blank(lang) for lang in ("en", "zh")}
        self.matchers = {lang: list(self.learn(lang)) for lang in self.nlp}

    def labels(self, *properties: rdflib.URIRef) -> Iterator[tuple[str, rdflib.Literal]]:
        """Give every label of every concept."""
        for about in properties:
            for node, label in self.graph.subject_objects(about):
                if str(node) in self.kinds and isinstance(label, rdflib.Literal):
                    yield str(node), label

    def learn(self, lang: str) -> Iterator[PhraseMatcher]:
        """Make the matchers of a language; names in Latin letters stand in Chinese texts too."""
        nlp = self.nlp[lang]
        for attribute in ("ORTH", "LOWER"):
            matcher = PhraseMatcher(nlp.vocab, attr=attribute)
            names: dict[str, list[str]] = defaultdict(list)
            for node, label in self.labels(SKOS.prefLabel, SKOS.altLabel):
                if (label.language == lang or label.isascii()) and (label.lower() == label) == (attribute == "LOWER"):
                    names[node].append(str(label))
            for node, labels in names.items():
                matcher.add(node, [nlp.make_doc(label) for label in labels])
            yield matcher

    def find(self, text: Text) -> Iterator[Found]:
        """Find names, the longest first; a cue of novelty in front says that the paper brings the thing."""
        doc = self.nlp[text.lang].make_doc(text.text)
        spans = [span for matcher in self.matchers[text.lang] for span in matcher(doc, as_spans=True)]
        for span in filter_spans(spans):
            start, end = span.start_char, span.end_char
            if inside_word(text.text, start, end):
                continue
            novel = NOVEL.search(text.text, max(0, start - BEFORE), start)
            roles = ROLES[self.kinds[span.label_]]
            yield Found(span.label_, roles[0] if novel else roles[1], text, start, end)


def inside_word(text: str, start: int, end: int) -> bool:
    """Tell whether a name is only a part of a longer word; spaCy takes Chinese text letter by letter."""
    before, after = text[max(0, start - 1) : start + 1], text[end - 1 : end + 1]
    return any(len(LETTER.findall(pair)) == 2 for pair in (before, after) if len(pair) == 2)  # noqa: PLR2004  a pair


def match(papers: dict[str, Paper], names: Names) -> int:
    """Find the names in every text of every paper; give how many there are."""
    for paper in papers.values():
        paper.found = [found for text in paper.texts for found in names.find(text)]
    return sum(len(paper.found) for paper in papers.values())


# --- Graphs -------------------------------------------------------------------------------------------------


def network(papers: dict[str, Paper], names: Names) -> nx.MultiDiGraph:
    """Put papers, concepts and edges into networkx, with the evidence on the edges."""
    graph = nx.MultiDiGraph()
    labels = {node: str(label) for node, label in names.labels(SKOS.prefLabel) if label.language == "en"}
    for paper in papers.values():
        graph.add_node(paper.id, kind="paper", label=paper.texts[0].text if paper.texts else paper.id)
        for found in paper.found:
            kind = names.kinds[found.concept]
            graph.add_node(found.concept, kind=kind, label=labels.get(found.concept, found.concept))
            if not graph.has_edge(paper.id, found.concept, found.role):
                graph.add_edge(paper.id, found.concept, found.role, evidence=[])
            graph.edges[paper.id, found.concept, found.role]["evidence"].append(found)
    return graph


def triples(papers: dict[str, Paper], graph: nx.MultiDiGraph, names: Names) -> rdflib.Graph:
    """Make RDF of it, in the words of the ontology."""
    result = rdflib.Graph()
    for name in (rdflib.URIRef(name) for name, kind in graph.nodes(data="kind") if kind != "paper"):
        for about, value in names.graph.predicate_objects(name):
            result.add((name, about, value))
    for paper in papers.values():
        for about, value in about_paper(paper):
            result.add((ARXIV[paper.id], about, value))
    for source, target, role, evidence in graph.edges(keys=True, data="evidence"):
        result.add((ARXIV[source], KG[role], rdflib.URIRef(target)))
        for found in evidence:
            add_mention(result, papers[source], role, found)
    return result


def about_paper(paper: Paper) -> Iterator[tuple[Node, Node]]:
    """Say what there is to say of a paper itself."""
    yield RDF.type, KG.Paper
    yield DCTERMS.identifier, rdflib.Literal(paper.id)
    if re.match(r"\d{4}\.", paper.id):
        yield KG.month, rdflib.Literal(f"20{paper.id[:2]}-{paper.id[2:4]}", datatype=XSD.gYearMonth)
    for order, text in enumerate(paper.texts):
        yield (DCTERMS.title if order < 2 else DCTERMS.abstract), rdflib.Literal(text.text, lang=text.lang)  # noqa: PLR2004
    for digest in paper.digests:
        yield KG.listedIn, BASE[f"digest/{hashlib.sha256(digest.encode()).hexdigest()[:16]}"]


def add_mention(result: rdflib.Graph, paper: Paper, role: str, found: Found) -> None:
    """Add a piece of evidence."""
    key = f"{paper.id} {found.text.line} {found.start} {found.end} {found.concept} {role}"
    mention = BASE[f"mention/{hashlib.sha256(key.encode()).hexdigest()[:20]}"]
    digest = BASE[f"digest/{hashlib.sha256(paper.digests[0].encode()).hexdigest()[:16]}"]
    quote = rdflib.Literal(found.text.text[found.start : found.end], lang=found.text.lang)
    values = {"paper": ARXIV[paper.id], "entity": rdflib.URIRef(found.concept), "relation": KG[role], "quote": quote}
    plain = {"part": "text", "rule": "phrase", "start": found.start, "end": found.end, "line": found.text.line}
    literals = {name: rdflib.Literal(value) for name, value in (plain | {"confidence": 1.0}).items()}
    result.add((mention, RDF.type, KG.Mention))
    result.add((mention, PROV.wasDerivedFrom, digest))
    for name, value in (values | literals).items():
        result.add((mention, KG[name], value))


# --- Ask and write ------------------------------------------------------------------------------------------


def parameters(graph: nx.MultiDiGraph) -> dict[str, str]:
    """Choose what to ask for: the method that most papers have, and the paper that has most of them beside it."""
    users = Counter(target for _, target, role in graph.edges(keys=True) if role in ROLES["method"])
    method = min(users, key=lambda node: (-users[node], node))
    paper = min(graph.predecessors(method), key=lambda node: (-graph.out_degree(node), node))
    return {"method": method, "paper": ARXIV[paper], "entity": method}


def chosen(method: str, paper: str) -> dict[str, str]:
    """Ask for what the caller names: the id of a method and of a paper, as kg writes them."""
    return {"method": BASE[method], "paper": ARXIV[paper], "entity": BASE[method]}


def ask(result: rdflib.Graph, name: str, values: dict[str, str]) -> int:
    """Ask one of the questions that kg ships, in the same SPARQL; give the number of rows."""
    text = (ONTOLOGY / "queries" / f"{name}.rq").read_text("utf-8")
    for variable, value in values.items():
        text = re.sub(rf"VALUES \?{variable} {{[^{{}}]*}}", f"VALUES ?{variable} {{ <{value}> }}", text)
    if name == "methods-by-month":  # of every method: the aggregate over the whole graph
        text = re.sub(r"VALUES \?method {[^{}]*}", "", text)
    return len(list(result.query(text)))


def write_tables(graph: nx.MultiDiGraph, output: Path) -> None:
    """Write JSON Lines, and CSV for the import tool of Neo4j."""
    with (
        (output / "graph.jsonl").open("w", encoding="utf-8") as records,
        (output / "nodes.csv").open("w", encoding="utf-8", newline="") as nodes,
        (output / "relationships.csv").open("w", encoding="utf-8", newline="") as relationships,
    ):
        node_rows, edge_rows = csv.writer(nodes), csv.writer(relationships)
        node_rows.writerow([":ID", ":LABEL", "name"])
        edge_rows.writerow([":START_ID", ":END_ID", ":TYPE", "quotes:string[]"])
        for node, about in graph.nodes(data=True):
            node_rows.writerow([node, about["kind"], about["label"]])
            records.write(json.dumps({"id": node, **about}, ensure_ascii=False) + "\n")
        for source, target, role, evidence in graph.edges(keys=True, data="evidence"):
            quotes = [found.text.text[found.start : found.end] for found in evidence]
            edge_rows.writerow([source, target, role, ";".join(quotes)])
            record = {"source": source, "target": target, "relation": role, "quotes": quotes}
            records.write(json.dumps(record, ensure_ascii=False) + "\n")


def page(graph: nx.MultiDiGraph, output: Path) -> int:
    """Draw it by pyvis, as its documentation shows; give the bytes of the page."""
    net = Network(height="100vh", directed=True, cdn_resources="in_line")
    for node, about in graph.nodes(data=True):
        net.add_node(node, label=about["label"][:60], group=about["kind"])
    for source, target, role in graph.edges(keys=True):
        net.add_edge(source, target, title=role)
    html: str = net.generate_html()
    (output / "graph.html").write_text(html, "utf-8")
    return len(html)


# --- Stages -------------------------------------------------------------------------------------------------


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Give up what takes longer than so many seconds."""

    def ring(*_: object) -> None:
        raise GaveUpError

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def peak() -> int:
    """Give the largest resident memory so far, in MiB."""
    try:
        status = Path("/proc/self/status").read_text("utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024
    except (OSError, IndexError):
        unit = 2**20 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


def tell(stage: str, **facts: object) -> None:
    """Print the figures of a stage, at once: the next one may be the last."""
    print(json.dumps({"stage": stage, **facts, "peak_mib": peak()}, ensure_ascii=False), flush=True)


@contextmanager
def stage(name: str) -> Iterator[dict[str, object]]:
    """Time a stage; what is put into the record is told with it."""
    facts: dict[str, object] = {}
    start, used = time.perf_counter(), time.process_time()
    yield facts
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    tell(name, seconds=round(seconds, 3), cpu=round(cpu, 3), **facts)


def patiently(name: str, work: Iterator[int], patience: float) -> None:
    """Do something as often as the iterator has it, and tell the median; or that it was given up."""
    seconds: list[float] = []
    result = 0
    try:
        while True:
            start = time.perf_counter()
            with alarm(patience):
                result = next(work)
            seconds.append(time.perf_counter() - start)
    except StopIteration:
        tell(name, seconds=round(statistics.median(seconds), 4), result=result)
    except GaveUpError:
        tell(name, gave_up=f"after {patience:,.0f} s")


def main() -> None:
    """Run the stages, and print what each took."""
    parser = argparse.ArgumentParser(description="The straightforward way: spaCy, networkx, rdflib, pyvis.")
    parser.add_argument("digests", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--patience", type=float, default=60, help="seconds that a question or the page may take")
    parser.add_argument("--method", help="what to ask for, such as method/lora; chosen by itself if not given")
    parser.add_argument("--paper", default="2106.09685", help="a paper that has it")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with stage("read") as facts:
        papers = read(options.digests)
        facts["papers"] = len(papers)
    with stage("vocabulary"):
        names = Names()
    with stage("match") as facts:
        facts["names"] = match(papers, names)
    with stage("networkx") as facts:
        graph = network(papers, names)
        facts["edges"] = graph.number_of_edges()
    with stage("rdflib") as facts:
        result = triples(papers, graph, names)
        facts["triples"] = len(result)
    for file in ("nt", "ttl"):
        with stage(file):
            result.serialize(options.output / f"graph.{file}", format=file, encoding="utf-8")
    with stage("jsonl, csv"):
        write_tables(graph, options.output)
    values = parameters(graph) if options.method is None else chosen(options.method, options.paper)
    tell("parameters", **values)
    for name in QUESTIONS:
        patiently(name, (ask(result, name, values) for _ in range(3)), options.patience)
    patiently("pyvis", (page(graph, options.output) for _ in range(1)), options.patience)


if __name__ == "__main__":
    main()
