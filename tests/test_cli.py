"""The command line, run as a user runs it: data on stdout, words on stderr, exit codes that mean one thing each."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import BashComplete
from explorer_blocks import blocks

from kg import __version__
from kg.cli import COMMANDS, main
from kg.writers import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Kg = Callable[..., subprocess.CompletedProcess[str]]


def records(text: str) -> list[dict[str, object]]:
    """Parse JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def test_a_command_looks_for_cycles_less_often() -> None:
    """To look for some among what a build reads took a tenth of its time, and there are none."""
    code = "import gc; from kg.cli import main; main(['formats'], standalone_mode=False); print(*gc.get_threshold())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "100000 20 20"


def test_version_and_help(kg: Kg) -> None:
    """Both answer on stdout and name every command."""
    assert kg("--version").stdout == f"kg {__version__}\n"
    text = kg("--help").stdout
    assert all(f"  {name} " in text and summary in text for name, (_, summary) in COMMANDS.items())
    for name in COMMANDS:
        assert kg(name, "--help").returncode == 0


def test_an_unknown_command_is_answered_with_near_misses(kg: Kg) -> None:
    """A slip of the finger costs one line."""
    done = kg("quary")
    assert done.returncode == 2
    assert "Did you mean query?" in done.stderr


def test_completion_knows_commands_and_formats() -> None:
    """The shell asks click, which asks the tables."""
    complete = BashComplete(main, {}, "kg", "_KG_COMPLETE")
    assert [item.value for item in complete.get_completions([], "va")] == ["validate"]
    assert "table" in [item.value for item in complete.get_completions(["query", "x", "-f"], "t")]


def test_build_says_what_it_did_and_a_second_build_does_nothing(kg: Kg, samples: Path) -> None:
    """Words go to stderr; nothing goes to stdout, for there is no data."""
    first = kg("build", samples)
    assert (first.returncode, first.stdout) == (0, "")
    assert "13 added" in first.stderr
    assert "47 papers" in first.stderr
    again = kg("build", samples)
    assert "13 unchanged" in again.stderr


def test_export_names_every_file_it_writes(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    """All formats by default; the paths are the data."""
    done = kg("export", "--graph", sample_graph_directory, "-o", "out")
    paths = done.stdout.splitlines()
    assert done.returncode == 0
    assert all((tmp_path / path).is_file() for path in paths)
    assert all(any(path.startswith(f"out/{spec.file}") for path in paths) for spec in FORMATS)


def test_an_unknown_format_is_answered_with_near_misses(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    """Nothing is written if one of the names is wrong."""
    done = kg("export", "nt", "jsnl", "--graph", sample_graph_directory, "-o", "out")
    assert done.returncode == 2
    assert "jsonl" in done.stderr
    assert not (tmp_path / "out").exists()


def test_formats_lists_the_registry(kg: Kg) -> None:
    """The table of formats is the registry."""
    text = kg("formats").stdout
    assert all(spec.name in text and spec.summary in text for spec in FORMATS)


def test_the_same_question_in_both_languages_has_one_answer(kg: Kg, sample_graph_directory: Path) -> None:
    """思维链 and chain-of-thought are one method."""
    ask = ("query", "papers-on-method", "-f", "csv", "--graph", sample_graph_directory)
    chinese, english = kg(*ask, "思维链"), kg(*ask, "method=chain-of-thought")
    assert chinese.stdout == english.stdout
    rows = list(csv.DictReader(io.StringIO(chinese.stdout)))
    assert "https://arxiv.org/abs/2201.11903" in {row["paper"] for row in rows}


def test_every_format_of_an_answer_can_be_read(kg: Kg, sample_graph_directory: Path) -> None:
    """The SPARQL result formats, and Turtle for CONSTRUCT."""
    select = ("query", "SELECT ?p WHERE { ?p a kg:Paper } ORDER BY ?p LIMIT 2", "--graph", sample_graph_directory)
    assert len(json.loads(kg(*select, "-f", "json").stdout)["results"]["bindings"]) == 2
    assert len(ET.fromstring(kg(*select, "-f", "xml").stdout)[1]) == 2  # noqa: S314  our own output
    assert kg(*select, "-f", "ttl").returncode == 2
    construct = ("query", "CONSTRUCT { ?p a kg:Paper } WHERE { ?p a kg:Paper }", "--graph", sample_graph_directory)
    assert "@prefix kg:" in kg(*construct).stdout
    ask = kg("query", "ASK { ?p a kg:Paper }", "--graph", sample_graph_directory)
    assert "true" in ask.stdout


def test_a_query_comes_from_a_file_or_stdin(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    """Both are read as UTF-8."""
    text = 'SELECT ?m WHERE { ?m skos:prefLabel "思维链"@zh }'
    (tmp_path / "ask.rq").write_text(text, "utf-8")
    for done in (
        kg("query", "ask.rq", "--graph", sample_graph_directory),
        kg("query", "-", "--graph", sample_graph_directory, stdin=text),
    ):
        assert "method/chainofthought" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("DELETE WHERE { ?s ?p ?o }",), "alter"),
        (("SELECT * WHERE { ?s ?p }",), "column 25"),
        (("papers-on-metod", "LoRA"), "papers-on-method"),
        (("papers-on-method",), "method"),
        (("top-methods", "a", "b"), "one value too many"),
        (("gone.rq",), "not readable"),
    ],
)
def test_a_wrong_question_gets_one_line(
    kg: Kg, sample_graph_directory: Path, arguments: tuple[str, ...], said: str
) -> None:
    """Updates are refused, slips are pointed out, near misses are suggested."""
    done = kg("query", *arguments, "--graph", sample_graph_directory)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_name_is_not_found(kg: Kg, sample_graph_directory: Path) -> None:
    """It ran; the data is wanting."""
    done = kg("show", "LoRAA", "--graph", sample_graph_directory)
    assert done.returncode == 1
    assert "LoRA" in done.stderr


def test_a_query_that_takes_too_long_is_given_up(kg: Kg, sample_graph_directory: Path) -> None:
    """The limit holds for the command as a whole."""
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }"
    done = kg("query", slow, "--timeout", "0.5", "--graph", sample_graph_directory)
    assert done.returncode == 2
    assert "--timeout" in done.stderr or "0.5" in done.stderr


@pytest.mark.parametrize("name", ["LoRA", "低秩适配", "method/lora", "https://w3id.org/digest-kg/id/method/lora"])
def test_show_finds_a_thing_by_any_of_its_names(kg: Kg, sample_graph_directory: Path, name: str) -> None:
    """With its names, its papers and the words that say so."""
    done = kg("show", name, "--graph", sample_graph_directory)
    assert done.returncode == 0
    assert done.stdout.startswith("LoRA  [method method/lora]")
    assert "2305.14314" in done.stdout
    assert "[LoRA]" in done.stdout


def test_show_as_json_quotes_literally(kg: Kg, sample_graph_directory: Path) -> None:
    """Every claim about a method has a quote with its place."""
    found = json.loads(kg("show", "LoRA", "-f", "json", "--graph", sample_graph_directory).stdout)
    claims = [claim for claim in found["claims"] if claim["relation"] == "usesMethod"]
    assert claims
    assert all(quote["text"] and quote["line"] > 0 for claim in claims for quote in claim["quotes"])


def test_show_a_paper(kg: Kg, sample_graph_directory: Path) -> None:
    """A paper shows both titles and what it is about."""
    done = kg("show", "2106.09685", "--graph", sample_graph_directory)
    assert "Low-Rank Adaptation" in done.stdout
    assert "method/lora" in done.stdout


def test_stats_count_what_the_graph_holds(kg: Kg, sample_graph_directory: Path) -> None:
    """As a table for people, as JSON for programs."""
    found = json.loads(kg("stats", "-f", "json", "--graph", sample_graph_directory).stdout)
    assert found["kinds"]["paper"] == 47
    assert sum(found["months"].values()) == 47
    assert "47" in kg("stats", "--graph", sample_graph_directory).stdout


def test_candidates_ask_questions(kg: Kg, sample_graph_directory: Path) -> None:
    """Every question names its nodes and why it is asked."""
    found = records(kg("candidates", "-f", "json", "--graph", sample_graph_directory).stdout)
    assert all(item["one"] and item["other"] and item["because"] for item in found)


def test_read_shows_the_records(kg: Kg, samples: Path) -> None:
    """One paper a line, whatever the dialect."""
    found = records(kg("read", samples).stdout)
    assert len({record["id"] for record in found}) == 47
    assert all(record["passages"] for record in found)


def test_mentions_of_digests_and_of_plain_texts(kg: Kg, samples: Path, tmp_path: Path) -> None:
    """Offsets count characters of the text given."""
    text = "我们用LoRA微调LLaMA-2，并在GSM8K上测试。"
    (tmp_path / "texts.jsonl").write_text(json.dumps({"id": "a", "text": text}) + "\n", "utf-8")
    found = records(kg("mentions", "texts.jsonl").stdout)
    assert {"LoRA", "GSM8K"} <= {str(item["text"]) for item in found}
    for item in found:
        start, end = item["start"], item["end"]
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert text[start:end] == item["text"]
    assert records(kg("mentions", samples / "2024-11-01_listing_samples.md").stdout)


def test_validate_finds_nothing_wrong_with_the_samples(kg: Kg, sample_graph_directory: Path) -> None:
    """No violation, and it says of how many."""
    done = kg("validate", "--graph", sample_graph_directory)
    assert done.returncode == 0, done.stderr
    assert "0 violations" in done.stderr
    assert kg("validate", "--no-shapes", "--graph", sample_graph_directory).returncode == 0


def test_eval_scores_by_the_guideline(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    """Figures on stdout; a paper that is absent is named, and the exit code says so."""
    gold = {
        "id": "2305.14314",
        "methods": [{"names": ["LoRA"], "role": "uses", "required": True}],
        "datasets": [],
        "tasks": [],
    }
    (tmp_path / "gold.jsonl").write_text(json.dumps(gold) + "\n", "utf-8")
    done = kg("eval", "gold.jsonl", "--graph", sample_graph_directory, "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["methods entity"]["right"] == 1
    assert "errors" not in figures
    assert done.stdout == kg("eval", "gold.jsonl", "--graph", sample_graph_directory, "-f", "json").stdout
    (tmp_path / "gold.jsonl").write_text(json.dumps({**gold, "id": "1001.00001"}) + "\n", "utf-8")
    done = kg("eval", "gold.jsonl", "--graph", sample_graph_directory)
    assert done.returncode == 1
    assert "1001.00001" in done.stderr


def test_eval_tells_languages_dialects_and_errors(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    """Three tables, then a line an error with the sentence that holds the name; the same in JSON."""
    items = [{"names": [name], "role": "uses", "required": True} for name in ("LoRA", "parameters", "Zyzzyva-7")]
    (tmp_path / "gold.jsonl").write_text(json.dumps({"id": "2305.14314", "methods": items}) + "\n", "utf-8")
    done = kg("eval", "gold.jsonl", "--graph", sample_graph_directory, "--errors")
    assert done.returncode == 0, done.stderr
    tables, _, errors = done.stdout.rpartition("\n\n")
    assert "95 %" in tables
    assert "named in" in tables
    assert "dialect" in tables
    lines = [line.split("\t") for line in errors.splitlines()]
    lost = next(line for line in lines if line[2:4] == ["missed", "Zyzzyva-7"])
    assert lost[4:] == ["no text of the paper names it"]
    assert all(len(line) == 6 for line in lines if line is not lost)
    told = json.loads(kg("eval", "gold.jsonl", "--graph", sample_graph_directory, "--errors", "--json").stdout)
    assert len(told["errors"]) == len(lines)
    assert {item["name"] for item in told["dialects"]} == {item["name"] for item in told["dialects"] if item["name"]}
    assert sum(item["entity"]["missed"] for item in told["languages"]) == sum(line[2] == "missed" for line in lines)


def test_unsure_edges_are_left_out_where_asked(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    """Of an export, a page and a score; without the option all is there, and the page says what it cannot show."""
    graph = ("--graph", sample_graph_directory)
    assert kg("export", "jsonl", *graph, "-o", "all").returncode == 0
    assert kg("export", "jsonl", *graph, "-o", "sure", "--min-confidence", "0.95").returncode == 0
    texts = [(tmp_path / name / "graph.jsonl").read_text("utf-8").splitlines() for name in ("all", "sure")]
    whole, sure = ([json.loads(line) for line in lines] for lines in texts)
    assert [item["id"] for item in whole] == [item["id"] for item in sure]
    for before, after in zip(whole, sure, strict=True):
        for kind in ("methods", "datasets", "topics"):
            assert after[kind] == [row for row in before[kind] if row["confidence"] >= 0.95]
    assert texts[0] != texts[1]
    gone = next(row["label"] for item in whole for row in item["topics"] if row["confidence"] < 0.5)
    done = kg("view", "--focus", gone, "--no-open", *graph, "--min-confidence", "1")
    assert done.returncode == 1
    assert "Lower --min-confidence" in done.stderr
    assert kg("export", *graph, "--min-confidence", "2").returncode == 2


def test_extractors_choose_what_extracts(kg: Kg, tmp_path: Path) -> None:
    """The model, rules, or some components; an unknown one is answered with what was meant."""
    text = "We propose ZetaNet, which beats LoRA on the GSM8K dataset."
    (tmp_path / "texts.jsonl").write_text(json.dumps({"id": "a", "text": text}) + "\n", "utf-8")
    found = {
        choice: {item["text"]: item["relation"] for item in records(kg("mentions", "texts.jsonl", *choice).stdout)}
        for choice in ((), ("--extractors", "all"), ("--extractors", "rules"), ("--extractors", "gazetteer"))
    }
    assert found[()] == found["--extractors", "all"]
    assert found["--extractors", "rules"] == {"ZetaNet": "proposes", "LoRA": "usesMethod", "GSM8K": "usesDataset"}
    assert set(found["--extractors", "gazetteer"]) == {"LoRA", "GSM8K"}
    done = kg("mentions", "texts.jsonl", "--extractors", "rule")
    assert done.returncode == 2
    assert "Did you mean rules?" in done.stderr


def test_view_writes_one_page(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    """A focus is looked up in either language; the page is a single file."""
    done = kg("view", "--focus", "思维链", "--no-open", "--graph", sample_graph_directory, "-o", "around.html")
    assert (done.returncode, done.stdout) == (0, "around.html\n")
    assert done.stderr.startswith("Within 1 edge of chain-of-thought: ")
    found = blocks((tmp_path / "around.html").read_bytes())["graph"]
    assert "2201.11903" in found["nodes"]["id"]
    assert found["nodes"]["id"][found["view"]["focus"]] == "method/chainofthought"


def test_view_writes_the_explorer_or_the_simple_page(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    for options, name, mark in (((), "explorer.html", b'id="kg-graph"'), (("--simple",), "graph.html", b"vis-network")):
        done = kg("view", *options, "--no-open", "--graph", sample_graph_directory)
        assert (done.returncode, done.stdout) == (0, f"{name}\n")
        assert mark in (tmp_path / name).read_bytes()
        assert done.stderr.startswith("The whole graph: 47 papers, ")


def test_view_shows_a_topic_of_some_months(kg: Kg, sample_graph_directory: Path, tmp_path: Path) -> None:
    done = kg(
        "view", "--topic", "机器翻译", "--until", "2019", "--no-open", "-g", sample_graph_directory, "-o", "mt.html"
    )
    assert done.returncode == 0
    assert done.stderr.startswith("Papers on machine translation until 2019-12: ")
    found = blocks((tmp_path / "mt.html").read_bytes())["graph"]
    assert found["months"]
    assert max(found["months"]) <= "2019-12"
    assert "机器翻译" in found["view"]["zh"]


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("--focus LoRRA", 1, "Did you mean LoRA"),
        ("--topic LoRA", 1, "no topic in the graph"),
        ("--topic 机器翻译 --since 2031", 1, "There are papers from"),
        ("--since soon", 2, "Write it as 2024-01"),
        ("--topic 机器翻译 --focus DeepWalk", 1, "not in papers on machine translation"),
    ],
)
def test_view_of_nothing_is_told_in_one_line(
    kg: Kg, sample_graph_directory: Path, command: str, code: int, words: str
) -> None:
    done = kg("view", *command.split(), "--no-open", "--graph", sample_graph_directory)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_query_gives_its_result_as_a_page(kg: Kg, sample_graph_directory: Path) -> None:
    done = kg("query", "papers-on-method", "思维链", "-f", "html", "--graph", sample_graph_directory)
    found = blocks(done.stdout.encode())["graph"]
    assert (done.returncode, found["kinds"][0]) == (0, ["paper", 4])
    refused = kg("query", "ASK { ?p a kg:Paper }", "-f", "html", "--graph", sample_graph_directory)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "SELECT or CONSTRUCT" in refused.stderr


def test_output_to_a_closed_pipe_is_no_error(sample_graph_directory: Path) -> None:
    """``kg … | head`` ends quietly."""
    ask = f"{sys.executable} -m kg query 'SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }}' -f csv"
    command = f"{ask} --graph {sample_graph_directory} | head -n 1"
    done = subprocess.run(command, shell=True, check=False, capture_output=True, text=True)  # noqa: S602  a pipe is meant
    assert done.stdout.startswith("s,p,o")
    assert "Traceback" not in done.stderr
