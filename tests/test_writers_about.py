"""What describes the exports is true, and read by the libraries that it is meant for; so are the records."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rdflib
from rdflib import DCTERMS, RDF, XSD, Literal, URIRef
from rdflib.namespace import DCAT, FOAF, VOID
from writers_sample import hostile_graph

from kg import api, writers
from kg.writers import FORMATS, croissant, void

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module", params=["samples", "hostile"])
def graph(request: pytest.FixtureRequest) -> KnowledgeGraph:
    """Give the graph of the samples, then the hostile one."""
    found: KnowledgeGraph = hostile_graph() if request.param == "hostile" else request.getfixturevalue("sample_graph")
    return found


@pytest.fixture(scope="module")
def exported(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export everything."""
    place = tmp_path_factory.mktemp("exported")
    api.export_graph(graph, (), place)
    return place


@pytest.fixture(scope="module")
def about(exported: Path) -> rdflib.Graph:
    """Read the description where it lies, so that its relative links become absolute ones."""
    return rdflib.Graph().parse(exported / "graph.void.ttl", format="turtle")


@pytest.fixture(scope="module")
def data(exported: Path) -> rdflib.Graph:
    """Read what is described."""
    return rdflib.Graph().parse(exported / "graph.nt", format="nt")


def whole(about: rdflib.Graph) -> URIRef:
    """Give the node of the dataset."""
    (found,) = about.subjects(RDF.type, DCAT.Dataset)
    assert isinstance(found, URIRef)
    assert (found, RDF.type, VOID.Dataset) in about
    return found


def number(about: rdflib.Graph, subject: Any, name: URIRef) -> int:  # noqa: ANN401  a node
    """Give a count, which is an integer and stated once."""
    (found,) = about.objects(subject, name)
    assert isinstance(found, Literal)
    assert found.datatype == XSD.integer
    return int(found)


class TestVoid:
    """``graph.void.ttl`` in VoID and DCAT, against the N-Triples beside it."""

    def test_counts_are_those_of_the_dump(self, about: rdflib.Graph, data: rdflib.Graph, graph: KnowledgeGraph) -> None:
        told = {
            name: number(about, whole(about), VOID[name])
            for name in ("triples", "entities", "distinctSubjects", "distinctObjects", "properties", "classes")
        }
        assert told == {
            "triples": len(data),
            "entities": len(graph),
            "distinctSubjects": len(set(data.subjects())),
            "distinctObjects": len(set(data.objects())),
            "properties": len(set(data.predicates())),
            "classes": len(set(data.objects(None, RDF.type))),
        }

    def test_partitions_sum_up_every_property_and_class(self, about: rdflib.Graph, data: rdflib.Graph) -> None:
        for kind, what, counted in (
            ("property", VOID.triples, Counter(data.predicates())),
            ("class", VOID.entities, Counter(data.objects(None, RDF.type))),
        ):
            parts = set(about.objects(whole(about), VOID[f"{kind}Partition"]))
            told = {about.value(part, VOID[kind]): number(about, part, what) for part in parts}
            assert len(told) == len(parts)
            assert told == dict(counted)

    def test_vocabularies_are_those_of_the_properties(self, about: rdflib.Graph, data: rdflib.Graph) -> None:
        told = {str(name) for name in about.objects(whole(about), VOID.vocabulary)}
        assert told == {re.sub(r"[^/#]+$", "", str(name)) for name in data.predicates()}
        spaces = tuple(map(str, about.objects(whole(about), VOID.uriSpace)))
        assert all(str(subject).startswith(spaces) for subject in data.subjects())

    def test_every_link_leads_to_what_kg_exports(self, about: rdflib.Graph, exported: Path) -> None:
        files = {str(path) for path in about.objects(whole(about), VOID.dataDump)}
        assert files == {(exported / f"graph.{name}").as_uri() for name in ("nt", "ttl", "jsonld")}
        dumps = set(about.objects(whole(about), DCAT.distribution))
        names = (DCAT.downloadURL, DCAT.accessURL)
        links = [link for dump in dumps for name in names for link in about.objects(dump, name)]
        pages = list(about.objects(whole(about), DCAT.landingPage))
        assert all((dump, RDF.type, DCAT.Distribution) in about for dump in dumps)
        assert all((page, RDF.type, FOAF.Document) in about for page in pages)
        assert {str(page) for page in pages} == {(exported / name).as_uri() for name in void.PAGES.values()}
        described = {spec for spec in FORMATS if spec.name not in {"void", "croissant"}}  # those do the describing
        # as_uri() leaves out the last "/" of a folder
        told = {str(link).removesuffix("/") for link in (*links, *pages)}
        assert told == {(exported / spec.file).as_uri() for spec in described}
        assert len(links) + len(pages) == len(described)
        assert all((exported / spec.file).exists() for spec in described)
        assert {spec.name for spec in described} == {*void.DUMPS, *void.PAGES}

    def test_no_node_is_blank_and_no_term_is_made_up(self, about: rdflib.Graph) -> None:
        """Rdflib's closed namespaces raise for a term that VoID, DCAT or DCMI do not have."""
        assert not any(isinstance(term, rdflib.BNode) for triple in about for term in triple)
        for name in {*about.predicates(), *about.objects(None, RDF.type)}:
            for space in (VOID, DCAT, DCTERMS):
                if str(name).startswith(str(space)):
                    assert str(name).removeprefix(str(space)) in space

    def test_the_period_is_that_of_the_papers(self, about: rdflib.Graph, data: rdflib.Graph) -> None:
        dates = sorted(data.objects(None, DCTERMS.issued), key=str)
        period = about.value(whole(about), DCTERMS.temporal)
        ends = [about.value(period, name) for name in (DCAT.startDate, DCAT.endDate)]
        assert ends == ([dates[0], dates[-1]] if dates else [None, None])


READ = """
import json, logging, sys
import mlcroissant
told = []
handler = logging.Handler()
handler.emit = lambda record: told.append(record.getMessage())
logging.getLogger("absl").addHandler(handler)
dataset = mlcroissant.Dataset(jsonld="graph.croissant.json")
plain = lambda v: [plain(i) for i in v] if isinstance(v, list) else v.decode() if isinstance(v, bytes) else str(v)[:10]
rows = [{name: plain(value) for name, value in row.items()} for row in dataset.records("papers")]
print(json.dumps({"rows": rows, "errors": sorted(dataset.metadata.issues.errors), "told": told}))
"""


class TestCroissant:
    """``graph.croissant.json``, by the library of MLCommons, which checks the sum of the file that it reads."""

    def test_the_reference_library_reads_the_records(self, exported: Path, graph: KnowledgeGraph) -> None:
        done = subprocess.run(
            [sys.executable, "-c", READ], cwd=exported, check=False, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["errors"] == []
        assert not [text for text in found["told"] if "recommended" not in text], "more than what we do not know"
        lines = [json.loads(line) for line in (exported / "graph.jsonl").read_text("utf-8").split("\n")[:-1]]
        assert len(lines) == len(graph.papers())
        for row, line in zip(found["rows"], lines, strict=True):
            told = {name.removeprefix("papers/"): value for name, value in row.items()}
            assert set(told) == {field.name for field in croissant.FIELDS}
            assert told["id"] == line["id"]
            assert (told["title_en"], told["title_zh"]) == (line["title"]["en"], line["title"]["zh"])
            assert {name: told[name] for name in ("month", "url", "code", "digests")} == {
                name: line[name] for name in ("month", "url", "code", "digests")
            }
            for name in ("methods", "datasets", "topics"):
                assert told[name] == [item["id"] for item in line[name]]

    def test_size_and_checksum_are_those_of_the_file(self, exported: Path) -> None:
        (file,) = json.loads((exported / "graph.croissant.json").read_text("utf-8"))["distribution"]
        content = (exported / file["contentUrl"]).read_bytes()
        assert (file["sha256"], file["contentSize"]) == (hashlib.sha256(content).hexdigest(), f"{len(content)} B")


@pytest.mark.parametrize("library", ["pandas", "duckdb"])
def test_the_one_line_of_the_docs_reads_the_records(library: str, exported: Path, graph: KnowledgeGraph) -> None:
    """Identifiers stay texts: ``2106.09680`` is no number."""
    page = (ROOT / "docs" / "graph.md").read_text("utf-8")
    (line,) = re.findall(rf"^papers = {library}\..*$", page, re.MULTILINE)
    ids = {"pandas": "papers.id.tolist()", "duckdb": "[row[0] for row in papers.project('id').fetchall()]"}[library]
    program = f"import json, {library}\n{line}\nprint(json.dumps({ids}))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=exported, check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert sorted(json.loads(done.stdout)) == [paper.id for paper in graph.papers()]


def test_no_kind_of_description_is_left_out_of_the_registry() -> None:
    assert [spec.name for spec in FORMATS][-2:] == ["void", "croissant"]
    assert writers.resolve("void") is void.render
