"""Make digests by rule: ``python benchmarks/synthetic.py FOLDER [--papers N] [--seed S] [--dialect NAME]``.

For those who have no archive: any number of papers with invented titles and abstracts in both languages, whose
sentences name methods, datasets and tasks of the vocabulary, things that nobody has heard of, and the words by which kg
tells roles. A paper comes in up to eight digests, in neighbouring days and several categories, as in real archives: the
proportions below were counted in one of 3,464 digests. Same arguments, same bytes, as long as the vocabulary is the
same; `sentences.py` holds the words.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import random
from collections import defaultdict
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import sentences as words

from kg import vocabulary
from kg.model import Kind, Lang

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

START = dt.date(2023, 3, 13)
"""The day of the first digest; there are none at weekends."""
DAYS = 5
"""Working days a week."""
PER_DAY = 130
"""New papers a day; in a small archive fewer, so that there are days to tell apart."""
FEWEST_DAYS = 12
APPEARANCES = (15, 26, 18, 15, 10, 7, 5, 4)
"""Of a hundred papers, how many are in one digest, in two, ... in eight; on average 3.4."""
CATEGORIES = {"cs.LG": 44, "cs.AI": 26, "cs.CL": 15, "stat.ML": 7, "econ": 3, "q-fin": 2, "cs.IR": 3}
"""Of a hundred entries, how many are in the digests of each category."""
CATEGORIES_OF_A_PAPER = (45, 35, 20)
"""Of a hundred papers, how many are in the digests of one category, of two, of three."""
LATER = (0, 1, 2, 3, 4, 6, 8, 10)
"""Working days after which a paper comes again."""
FIRST_NUMBER = 50_000
"""arXiv has given no number as high as this, so that no invented paper is taken for a real one."""
ABSTRACT = 1000
"""Characters after which the digests cut an English abstract."""
LENGTH_ZH = 280
"""Characters of a Chinese abstract, more or less."""
RARE = 1.2
"""The exponent by which names get rarer, as in language (Zipf)."""


class Paper(NamedTuple):
    """An invented paper."""

    id: str
    """Its arXiv identifier."""
    day: dt.date
    """When it first appears."""
    categories: tuple[str, ...]
    """Its categories, the first one first."""
    title: str
    title_zh: str
    """The title in Chinese."""
    summary: str
    """In Chinese, short."""
    abstract: str
    """In English, cut off as digests do."""
    abstract_zh: str
    """In Chinese."""
    tags: tuple[str, ...]
    """What other dialects than the catalogue have instead of categories."""


class Name(NamedTuple):
    """What a sentence may name, in both languages."""

    en: str
    zh: str


def chances(seed: int, what: object) -> random.Random:
    """Give a source of chance for one thing, so that nothing depends on the order in which things are made."""
    return random.Random(f"{seed} {what}")  # noqa: S311  no secret is made of it


class Names:
    """The names of one kind, common and rare ones."""

    def __init__(self, kind: Kind, seed: int) -> None:
        concepts = [concept for concept in vocabulary.load() if concept.kind is kind and not concept.generic]
        labels = [{label.lang: label.text for label in concept.labels} for concept in concepts]
        self.names = [Name(found[Lang.EN], found.get(Lang.ZH, found[Lang.EN])) for found in labels]
        chances(seed, kind).shuffle(self.names)
        self.weights = list(accumulate((rank + 10) ** -RARE for rank in range(len(self.names))))

    def draw(self, chance: random.Random) -> Name:
        """Draw a name; common ones come often."""
        return chance.choices(self.names, cum_weights=self.weights)[0]


# --- Papers -------------------------------------------------------------------------------------------------


def papers(number: int, seed: int) -> Iterator[Paper]:
    """Invent papers, in the order of their days."""
    known = {kind: Names(kind, seed) for kind in (Kind.METHOD, Kind.DATASET, Kind.TOPIC)}
    a_day = per_day(number)
    for at in range(number):
        chance = chances(seed, at)
        yield paper(at, working_day(at // a_day), known, chance)


def per_day(number: int) -> int:
    """Choose the number of new papers a day."""
    return max(1, min(PER_DAY, number // FEWEST_DAYS))


def working_day(at: int) -> dt.date:
    """Give a day by its number, weekends left out.

    >>> working_day(4).isoformat(), working_day(5).isoformat()
    ('2023-03-17', '2023-03-20')
    """
    return START + dt.timedelta(weeks=at // DAYS, days=at % DAYS)


def paper(at: int, day: dt.date, known: dict[Kind, Names], chance: random.Random) -> Paper:
    """Invent a paper: what it is about is drawn once, and every sentence fills its places from that."""
    english, chinese = themes(known, chance)
    count = 1 + chance.choices(range(3), CATEGORIES_OF_A_PAPER)[0]
    categories = dict.fromkeys(chance.choices(list(CATEGORIES), list(CATEGORIES.values()), k=count))
    fill = Filler(english, words.QUALITIES_EN, words.THINGS_EN, words.ACTIVITIES_EN, chance)
    fill_zh = Filler(chinese, words.QUALITIES_ZH, words.THINGS_ZH, words.ACTIVITIES_ZH, chance)
    return Paper(
        id=f"{day:%y%m}.{FIRST_NUMBER + at % FIRST_NUMBER:05d}",
        day=day,
        categories=tuple(categories),
        title=fill.sentence(words.TITLES_EN),
        title_zh=fill_zh.sentence(words.TITLES_ZH),
        summary="".join(fill_zh.several(words.SUMMARIES_ZH, 2)),
        abstract=abstract(fill),
        abstract_zh=abstract_zh(fill_zh),
        tags=tuple(sorted(chance.sample(words.TAGS, 2))),
    )


def themes(known: dict[Kind, Names], chance: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """Draw what a paper names: its own invention, two methods, datasets and tasks; in English and in Chinese."""
    coined = {"new": invented(chance), "coined": invented(chance), "owner": invented(chance).lower()}
    english = coined | {"repository": coined["new"].lower()}
    chinese = dict(english)
    for place, kind in (("method", Kind.METHOD), ("dataset", Kind.DATASET), ("task", Kind.TOPIC)):
        for number in ("", "2"):
            english[place + number], chinese[place + number] = known[kind].draw(chance)
    return english | {"Task": capital(english["task"])}, chinese


def invented(chance: random.Random) -> str:
    """Invent a name such as TevlumFormer or KAQUA."""
    name = "".join(chance.sample(words.SYLLABLES, 2))
    return name.upper() if chance.random() < 0.3 else name.capitalize() + chance.choice(words.ENDINGS)  # noqa: PLR2004  a third


def capital(text: str) -> str:
    """Give a text with a capital at its start."""
    return text[:1].upper() + text[1:]


class Filler:
    """Fills the places of sentences: names are those of the paper, other words are drawn anew each time."""

    def __init__(
        self,
        fixed: dict[str, str],
        qualities: Sequence[str],
        things: Sequence[str],
        activities: Sequence[str],
        chance: random.Random,
    ) -> None:
        self.fixed = fixed
        self.tables = (qualities, things, activities)
        self.chance = chance

    def sentence(self, templates: Sequence[str]) -> str:
        """Fill one of some sentences."""
        return self.filled(self.chance.choice(templates))

    def filled(self, template: str) -> str:
        """Fill a sentence."""
        quality, thing, activity = (self.chance.sample(table, 2) for table in self.tables)
        drawn = {"a": quality[0], "a2": quality[1], "n": thing[0], "n2": thing[1], "v": activity[0]}
        capitals = {name.capitalize(): capital(value) for name, value in drawn.items()}
        numbers = {"p": str(self.chance.randint(2, 98)), "p2": str(self.chance.randint(100, 999))}
        return template.format_map(self.fixed | drawn | capitals | numbers)

    def several(self, templates: Sequence[str], count: int) -> list[str]:
        """Fill so many different sentences, in the order of the table."""
        return [self.filled(templates[at]) for at in sorted(self.chance.sample(range(len(templates)), count))]


def abstract(fill: Filler) -> str:
    """Write an abstract in English, and cut it as digests do."""
    parts = (
        fill.several(words.OPENINGS_EN, 2),
        fill.several(words.MIDDLES_EN, 6),
        fill.several(words.RESULTS_EN, 2),
        fill.several(words.CLOSINGS_EN, 1),
    )
    return " ".join(sentence for part in parts for sentence in part)[:ABSTRACT].rstrip()


def abstract_zh(fill: Filler) -> str:
    """Write an abstract in Chinese."""
    order = fill.several(words.SENTENCES_ZH, len(words.SENTENCES_ZH))
    kept = [sentence for sentence in order if fill.chance.random() < 0.6]  # noqa: PLR2004  makes the length right
    text = "".join(kept or order[:1])
    return text if len(text) <= 2 * LENGTH_ZH else text[: text.rindex("。", 0, 2 * LENGTH_ZH) + 1]


# --- Digests ------------------------------------------------------------------------------------------------


def places(found: Sequence[Paper], seed: int) -> dict[tuple[dt.date, str], list[tuple[Paper, bool]]]:
    """Put papers into digests, by day and category; the flag says that the paper had been there before."""
    days = sorted({paper.day for paper in found})
    digests: dict[tuple[dt.date, str], list[tuple[Paper, bool]]] = defaultdict(list)
    for each in found:
        chance = chances(seed, each.id)
        wanted = 1 + chance.choices(range(len(APPEARANCES)), APPEARANCES)[0]
        first = days.index(each.day)
        slots = [(later, category) for later in LATER for category in each.categories]
        for later, category in dict.fromkeys(slots[:wanted]):
            day = days[(first + later) % len(days)]  # at the end of the archive they come round to its beginning
            digests[day, category].append((each, later > 0))
    return {place: digests[place] for place in sorted(digests)}


def catalogue(entries: Iterable[tuple[Paper, bool]]) -> str:
    """Write a digest of the catalogue dialect: a table, then a block a paper."""
    rows, blocks = ["# 摘要\n\n| Ref | Title | Summary |\n| --- | --- | --- |\n"], ["\n# 详细\n\n"]
    for number, (each, again) in enumerate(entries, start=1):
        link = f"http://arxiv.org/abs/{each.id}"
        source = f"(arXiv:{each.id}v{1 + again} [{each.categories[0]}]{' UPDATED' if again else ''})"
        rows.append(f"| [^{number}] | [{each.title}.]({link}) | {each.summary} |\n")
        parts = (
            f"{each.title}. {source}",
            f"[{link}]({link})",
            f"{each.summary}\n\n    ",
            each.abstract_zh,
            each.abstract,
        )
        blocks.append(
            f"[^{number}]: {each.title_zh}\n\n" + "".join(f"    {part}\n\n" for part in parts)[:-1] + "    \n"
        )
    return "".join(rows + blocks)


def listing(entries: Iterable[tuple[Paper, bool]]) -> str:
    """Write a digest of the listing dialect: two headings, a date and two quotes a paper."""
    return "".join(
        f"#### [{each.title_zh}](https://arxiv.org/abs/{each.id})\n#### {each.title}\n"
        f"发布时间：{each.day:%Y年%m月%d日}\n> {each.abstract_zh}\n> {each.abstract}\n{each.tags[0]}\n"
        for each, _ in entries
    )


def weekly(entries: Iterable[tuple[Paper, bool]]) -> str:
    """Write a digest of the weekly dialect: a heading, a date, tags and a quote a paper."""
    return "# 本周论文汇总\n" + "".join(
        f"## {each.title_zh}\n发布时间：{each.day:%Y年%m月%d日}\n\n{' '.join(f'```{tag}```' for tag in each.tags)}\n\n"
        f"> {each.title}\n>\n> {each.abstract_zh}\n>\n> https://arxiv.org/abs/{each.id}\n\n"
        for each, _ in entries
    )


def page(entries: Iterable[tuple[Paper, bool]]) -> str:
    """Write the page of a paper."""
    return "".join(
        f"# {each.title_zh}\n\n发布时间：{each.day:%Y年%m月%d日}\n\n{' '.join(f'`{tag}`' for tag in each.tags)}\n\n"
        f"> {each.title}\n\n# 摘要\n\n> {each.abstract_zh}\n\n> {each.abstract}\n\n"
        f"[Arxiv](https://arxiv.org/abs/{each.id})\n"
        for each, _ in entries
    )


DIALECTS: dict[str, Callable[[Iterable[tuple[Paper, bool]]], str]] = {
    "catalogue": catalogue,
    "listing": listing,
    "weekly": weekly,
    "page": page,
}


def digests(number: int, *, seed: int = 1, dialect: str = "catalogue") -> Iterator[tuple[str, str]]:
    """Give names and texts of the digests of so many papers."""
    write = DIALECTS[dialect]
    for (day, category), entries in places(list(papers(number, seed)), seed).items():
        for part in ([entry] for entry in entries) if dialect == "page" else (entries,):
            text = write(part)
            yield f"{day.isoformat()}_{category}_{hashlib.sha256(text.encode()).hexdigest()[:7]}.md", text


def write(folder: Path, number: int, *, seed: int = 1, dialect: str = "catalogue") -> int:
    """Write the digests of so many papers into a folder; give how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, text in digests(number, seed=seed, dialect=dialect):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        count += 1
    return count


def main() -> None:
    """Write digests, and say how many."""
    parser = argparse.ArgumentParser(description="Make digests by rule, for want of real ones.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dialect", choices=list(DIALECTS), default="catalogue")
    options = parser.parse_args()
    count = write(options.folder, options.papers, seed=options.seed, dialect=options.dialect)
    print(f"{options.folder}: {count:,} digests of {options.papers:,} papers")


if __name__ == "__main__":
    main()
