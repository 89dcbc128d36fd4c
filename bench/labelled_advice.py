"""The labelled sentences that the advice model learns from and is measured on (docs/advice-guidelines.md).

`advice_labels.tsv` holds labels, not texts: where a sentence stands (source, page, line, piece of the line), the first
16 digits of its SHA-256, none/do/dont and, for advice, whom it tells (empty where that was not asked). Sources: `gold`
(the shipped pages; their sentences without a row are no advice), `dump` (tests/data/dumps/tuned), `page`
(tests/data/advice_pages: articles written to learn from) and `wcxb` (the public pages beside the checkout; left out
loudly where they are not there).

The split was fixed before anything was built: a page is held out where the hash of its author (or of its name, where
nobody signs) leaves no remainder by 3; of the shipped pages the half that the cue rules were never tuned on is. What
was labelled later, whole pages or the rest of one, is of the part to learn from: the held-out part stays as it was.
"""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sentencex import segment

from bench import advice
from bench.common import ROOT, shared
from bench.dumps import written_dumps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LABELS = ROOT / "bench" / "advice_labels.tsv"
PAGES = ROOT / "tests" / "data" / "advice_pages"
PARTS = 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence and its label: `polarity` and `target` are empty where it is no advice."""

    source: str
    page: str
    language: str
    text: str
    heading: bool
    polarity: str
    target: str
    held_out: bool

    @property
    def advice(self) -> bool:
        """Whether it tells somebody to do something or not to."""
        return self.polarity != ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file of labels."""

    source: str
    page: str
    language: str
    line: str
    piece: str
    sha256: str
    label: str
    target: str


def name_of(text: str) -> str:
    """Name a sentence without telling it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_held_out(group: str) -> bool:
    """Whether the pages of an author (or a page without one) are held out."""
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % PARTS == 0


def labelled() -> list[Labelled]:
    """Return every labelled sentence whose text is to be had here, in the order of the file, then the shipped pages."""
    return [*_dumps(), *_public(), *_pages(), *_gold()]


@cache
def _rows(source: str) -> dict[str, list[Row]]:
    pages: dict[str, list[Row]] = {}
    with LABELS.open(encoding="utf-8", newline="") as file:
        for fields in csv.DictReader(file, delimiter="\t"):
            row = Row(**fields)
            if row.source == source:
                pages.setdefault(row.page, []).append(row)
    return pages


def _dumps() -> Iterator[Labelled]:
    pages = _rows("dump")
    for dump in written_dumps("tuned"):
        if dump.name in pages:
            group = dump.facts["author"] or dump.name
            yield from _of_lines(pages[dump.name], dump.lines, held_out=is_held_out(group))


def _public() -> Iterator[Labelled]:
    folder = shared("data/web_pages/truth")
    if folder is None:
        return
    for page, rows in _rows("wcxb").items():
        truth = json.loads((folder / f"{page}.json").read_text("utf-8"))["ground_truth"]
        lines = str(truth["main_content"]).split("\n")
        yield from _of_lines(rows, lines, held_out=is_held_out(truth.get("author") or page))


def _pages() -> Iterator[Labelled]:
    for page, rows in _rows("page").items():
        lines = (PAGES / page).read_text("utf-8").split("\n")
        yield from _of_lines(rows, lines, held_out=False)


def _of_lines(rows: Iterable[Row], lines: list[str], *, held_out: bool) -> Iterator[Labelled]:
    for row in rows:
        line = lines[int(row.line) - 1]
        pieces = [" ".join(piece.split()) for piece in segment(row.language, " ".join(line.split()))]
        text = pieces[int(row.piece)]
        if name_of(text) != row.sha256:
            raise ValueError(f"{row.page} line {row.line}: its sentence is not the one that was labelled")
        polarity = "" if row.label == "none" else row.label
        heading = advice.is_heading(line, " ".join(line.split()), markup=False)
        yield Labelled(row.source, row.page, row.language, text, heading, polarity, row.target, held_out)


def _gold() -> Iterator[Labelled]:
    marks = {
        (page, row.sha256): (row.label, row.target) for page, rows in _rows("gold").items() for row in rows
    }
    for sentence in advice.sentences():
        polarity, target = "", ""
        if sentence.advice:
            polarity, target = marks.get((sentence.file, name_of(sentence.mark)), ("do", "cio"))
        yield Labelled(
            "gold",
            sentence.file,
            sentence.line_language,
            sentence.text,
            sentence.heading,
            polarity,
            target,
            sentence.held_out,
        )
