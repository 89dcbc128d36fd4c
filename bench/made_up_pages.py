"""Any number of pages, made from the shipped ones by a seed: what runs are measured on where size counts.

    python -m bench.made_up_pages 1000 pages.jsonl [--seed 1]

A page keeps the frame of a shipped one (menus, widgets, footers, markup), and says other things in the same language:
each sentence of its article gives way to one from all articles and dumps of this project, in which every fifth longer
word is another word of that language. So hardly any sentence comes twice, and their lengths are real. Hosts have about
20 pages each; one page in 50 is a copy of another, one in 50 an edited copy, one in 100 cannot be read.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bench.common import PAGES, ROOT
from corpus.models import ParsedPage
from corpus.parse import parse
from corpus.settings import Settings
from corpus.sources import open_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_DUMPS = ROOT / "tests" / "data" / "dumps" / "tuned"
_PAGES_A_HOST = 20
_LONG = re.compile(r"[^\W\d_]{5,}")
_CLAUSE = re.compile(r"(?<=[，、；：])")
_SPLIT = re.compile(r"(?<=[.!?。！？])\s*")
_BAD = ("", "\x89PNG\r\n\x1a\n" + "\0" * 500, "<html><body>404 Not Found</body></html>")


@dataclass(frozen=True)
class Template:
    """A shipped page: its characters, its language, and where its sentences stand, from the last to the first."""

    text: str
    is_html: bool
    language: str
    spans: tuple[tuple[int, int], ...]


class Generator:
    """Makes pages from templates and sentences by language."""

    def __init__(self, templates: Sequence[Template], sentences: dict[str, list[str]]) -> None:
        self._templates, self._sentences = templates, sentences

    @classmethod
    def of_the_project(cls) -> Generator:
        """Read the shipped pages and the written dumps."""
        settings = Settings()
        parsed = [
            parse(page, settings) for page in open_sources([str(PAGES)], settings) if hasattr(page, "content")
        ]
        pages = [page for page in parsed if isinstance(page, ParsedPage)]
        sentences: dict[str, list[str]] = defaultdict(list)
        for page in pages:
            for passage in page.passages:
                for sentence in passage.sentences:
                    sentences[_primary(sentence.language)].append(sentence.text)
        for dump in sorted(_DUMPS.glob("*.dump")):
            lines = dump.read_text("utf-8").splitlines()
            article = [line.partition("\t")[2] for line in lines if line.startswith("article\t")]
            sentences[dump.name[:2]] += [s for line in article for s in _SPLIT.split(line) if len(s) > 5]
        return cls([_template(page) for page in pages], dict(sentences))

    def sentences(self, language: str) -> list[str]:
        """Return the sentences of a language that pages are made of."""
        return self._sentences[language]

    @cached_property
    def _words(self) -> dict[str, list[str]]:
        return {code: _LONG.findall(" ".join(texts)) for code, texts in self._sentences.items()}

    def page(self, template: Template, draw: random.Random) -> str:
        """Return the page with other sentences."""
        text = template.text
        for start, end in template.spans:
            said = self._sentence(template.language, draw)
            text = text[:start] + (html.escape(said) if template.is_html else said) + text[end:]
        return text

    def _sentence(self, language: str, draw: random.Random) -> str:
        said = draw.choice(self._sentences[language])
        if language == "zh":
            clauses = [draw.choice(_CLAUSE.split(draw.choice(self._sentences["zh"]))) for _ in range(2)]
            return "".join([*clauses, *_CLAUSE.split(said)[-1:]])
        words = self._words[language]
        return _LONG.sub(lambda word: draw.choice(words) if draw.random() < 0.2 else word[0], said)

    def records(self, count: int, seed: int) -> Iterator[dict[str, str]]:
        """Make `count` records as of a JSON Lines source."""
        draw = random.Random(seed)  # noqa: S311 - it only varies
        last: dict[str, str] = {}
        for number in range(count):
            host = f"www.made-up-{draw.randrange(max(1, count // _PAGES_A_HOST))}.example"
            place = {"url": f"https://{host}/{seed}/{number}", "fetched_at": "2026-01-31T05:00:00Z"}
            chance = draw.random()
            if chance < 0.01:
                yield place | {"html": draw.choice(_BAD)}
            elif chance < 0.05 and last:
                (key,) = last
                edited = last[key] if chance < 0.03 else last[key].replace("e ", "a ", 20)
                yield place | {key: edited}
            else:
                template = draw.choice(self._templates)
                last = {"html" if template.is_html else "text": self.page(template, draw)}
                yield place | last


def write(path: Path, count: int, seed: int = 1) -> Path:
    """Write `count` pages as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for record in Generator.of_the_project().records(count, seed):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def _template(page: ParsedPage) -> Template:
    spans = [(s.span.start, s.span.end) for passage in page.passages for s in passage.sentences]
    is_html = page.decoded.media_type == "html"
    return Template(
        page.decoded.text, is_html, _primary(page.language.code), tuple(sorted(spans, reverse=True))
    )


def _primary(language: str) -> str:
    return language.partition("-")[0]


def main() -> None:
    """Write a file of pages."""
    from pathlib import Path

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    write(arguments.path, arguments.count, arguments.seed)


if __name__ == "__main__":
    main()
