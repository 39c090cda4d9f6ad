"""What is kept between processes is a short cut: right if it is there, and not missed if it is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import cache, resources, vocabulary
from kg.extractors import gazetteer

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE = {"名": ["a", "b\0"], "x": [1, 0.5, None]}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep things in a folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "digest-kg"


def never() -> object:
    raise AssertionError("made again")


def test_a_thing_is_made_once(place: Path) -> None:
    assert cache.kept("thing", "k1", lambda: VALUE) == VALUE
    assert cache.kept("thing", "k1", never) == VALUE
    assert [path.name for path in place.iterdir()] == ["thing-k1.json"]


def test_what_follows_from_something_else_is_another_thing() -> None:
    cache.kept("thing", "k1", lambda: VALUE)
    assert cache.kept("thing", "k2", lambda: ["new"]) == ["new"]
    assert cache.key("a", "b") != cache.key("ab")
    assert cache.key(sources=[Path(__file__)]) != cache.key(sources=[Path(cache.__file__)])


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-3]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"0.5", b"0.6")),
        lambda path: path.write_bytes(b"null"),
    ],
    ids=["emptied", "cut off", "altered", "other"],
)
def test_what_is_damaged_is_made_again(place: Path, harm: Callable[[Path], object]) -> None:
    cache.kept("thing", "k1", lambda: VALUE)
    harm(place / "thing-k1.json")
    assert cache.kept("thing", "k1", lambda: VALUE) == VALUE
    assert cache.kept("thing", "k1", never) == VALUE


def test_where_nothing_can_be_written_it_is_made_every_time(place: Path) -> None:
    place.write_text("a file in the way")
    assert cache.kept("thing", "k1", lambda: VALUE) == VALUE
    assert cache.kept("thing", "k1", lambda: VALUE) == VALUE


def test_old_versions_do_not_pile_up(place: Path) -> None:
    for number in range(cache.VERSIONS + 3):
        cache.kept("thing", f"k{number}", lambda: VALUE)
    cache.kept("other", "k", lambda: VALUE)
    assert len(list(place.glob("thing-*"))) == cache.VERSIONS
    assert len(list(place.glob("other-*"))) == 1


def test_the_kept_vocabulary_is_what_its_files_say(monkeypatch: pytest.MonkeyPatch) -> None:
    said = vocabulary.read(resources.ontology() / "vocab")
    folded = said._folded()
    for make in (vocabulary.load.__wrapped__, vocabulary.load.__wrapped__):  # made, then kept
        known = make()
        assert known.concepts == said.concepts
        assert list(known.concepts) == list(said.concepts)
        assert known.hidden_labels == said.hidden_labels
        assert known.fingerprint == said.fingerprint == vocabulary.fingerprint()
        assert [item.id for item in known.find("思维链")] == [item.id for item in said.find("思维链")] != []
        assert known._index == folded
        monkeypatch.setattr(vocabulary, "read", None)
        monkeypatch.setattr(vocabulary.Vocabulary, "_folded", None)


def test_the_kept_spellings_are_those_that_are_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known = vocabulary.load()
    made = gazetteer._spelt(known)
    monkeypatch.setattr(gazetteer, "_spellings", None)
    assert gazetteer._spelt(known) == made
    assert "\0LoRA\0" in made[0][0]


def test_extraction_loads_no_spacy() -> None:
    """It costs most of a second, and only its Docs need it."""
    code = (
        "import sys; from kg import workers; from kg.model import *;"
        "paper = Paper('2106.09685', '', (Passage(Part.TITLE, Lang.EN, 'LoRA', 1),), 'digest/a', 1);"
        "assert workers.extractor().entry(paper).mentions; print(*sorted({'spacy', 'rdflib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_user_without_a_home_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container with a number for a user, say."""
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", classmethod(lambda _: (_ for _ in ()).throw(RuntimeError("no home"))))
    assert cache.kept("thing", "k1", lambda: VALUE) == VALUE
    assert cache.kept("thing", "k1", lambda: ["again"]) == ["again"]
