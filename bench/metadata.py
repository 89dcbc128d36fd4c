"""What HTML pages say of themselves: title, author and date on public pages beside trafilatura and htmldate.

The pages are those of WCXB's development split beside the checkout, halved by a hash of their domain: rules were made
by looking at the tuning half, and at the other half's figures only.

`python -m bench.metadata [--step N] [--wrong FIELD]`: every Nth page; `--wrong` lists the errors of the tuning half.

What counts as right, after entities, quotes, dashes, case and white space are made alike: the same title; the same
set of names, in whatever order and however joined; the same day; nothing, where the truth has nothing. The lenient
figure takes a title or author whose words agree with F1 of 0.8 or more, and a date that is one day off (time zones).
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import hashlib
import html
import json
import re
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.common import print_table, shared
from corpus.decode import decode
from corpus.extract.metadata import html_metadata
from corpus.models import RawPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FIELDS = ("title", "author", "date")
_LENIENT_F1 = 0.8
_QUOTES = str.maketrans(
    {**dict.fromkeys("‘’ʼ′`´", "'"), **dict.fromkeys("“”„«»″", '"'), **dict.fromkeys("–—‐‑−", "-")}
)
_JOINED = re.compile(r"\s*(?:,\s*and\s|,\s*&|,|;|\s(?:and|und|et|y|e)\s|&|\|)\s*")

Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A public page with what is true of it; `held_out` pages are measured and never looked at."""

    name: str
    url: str
    kind: str
    html: str
    truth: Facts
    held_out: bool


def is_held_out(domain: str) -> bool:
    """Whether the pages of `domain` belong to the held-out half: the lowest bit of a hash of its name."""
    return bool(hashlib.sha256(domain.encode()).digest()[-1] & 1)


def labelled_pages(folder: Path, step: int = 1, *, held_out: bool | None = None) -> Iterator[LabelledPage]:
    """Yield every `step`th page of the public data in `folder`, of one half where `held_out` says so."""
    index = json.loads((folder / "index.json").read_text("utf-8"))
    for entry in [e for e in index if held_out in (None, is_held_out(e["domain"]))][::step]:
        raw = gzip.decompress((folder / "html" / f"{entry['id']}.html.gz").read_bytes())
        label = json.loads((folder / "truth" / f"{entry['id']}.json").read_text("utf-8"))
        truth = label["ground_truth"]
        facts = {"title": truth["title"], "author": truth["author"], "date": truth["publish_date"]}
        yield LabelledPage(
            entry["id"], label["url"], entry["type"], decode(RawPage("page.html", raw, ""), 10**9).text,
            {name: value or "" for name, value in facts.items()}, is_held_out(entry["domain"]),
        )  # fmt: skip


def by_this_project(page: LabelledPage) -> Facts:
    """Return the facts as `corpus.extract.metadata` reads them."""
    found = html_metadata(page.html, url=page.url)
    facts = {"title": found.title, "author": found.author, "date": found.published_on}
    return {name: fact.value if fact else "" for name, fact in facts.items()}


def by_trafilatura(page: LabelledPage) -> Facts:
    """Return the facts as trafilatura reads them, with its own settings for dates, which is htmldate's search."""
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(page.html, default_url=page.url)
    return {"title": found.title or "", "author": found.author or "", "date": found.date or ""}


def by_htmldate(page: LabelledPage) -> Facts:
    """Return the date of publication as htmldate alone finds it; it knows no titles and no authors."""
    from htmldate import find_date

    return {"title": "", "author": "", "date": find_date(page.html, original_date=True, url=page.url) or ""}


SYSTEMS: dict[str, Callable[[LabelledPage], Facts]] = {
    "cio-advice": by_this_project,
    "trafilatura": by_trafilatura,
    "htmldate": by_htmldate,
}


def same(field: str, found: str, truth: str) -> bool:
    """Whether a fact is right."""
    if field == "author":
        return set(_names(found)) == set(_names(truth))
    return _plain(found) == _plain(truth)


def alike(field: str, found: str, truth: str) -> bool:
    """Whether a fact is right, or nearly: words with F1 of 0.8 or more, or one day off."""
    if same(field, found, truth) or not found or not truth:
        return same(field, found, truth)
    if field == "date":
        return abs((_day(found) - _day(truth)).days) <= 1
    a, b = (Counter(re.findall(r"\w+", _plain(text))) for text in (found, truth))
    return 2 * (a & b).total() >= _LENIENT_F1 * (a.total() + b.total())


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text if len(text) == 10 else f"{text[:7]}-01")


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", html.unescape(text)).translate(_QUOTES)
    return " ".join(text.casefold().split())


def _names(text: str) -> list[str]:
    return [name for name in _JOINED.split(_plain(text)) if name]


def figures(pairs: list[tuple[str, str]], field: str) -> dict[str, float]:
    """Return the shares of (found, truth) pairs that are right.

    `right` and `lenient` are of all pages, `precision` of those where something was found, `recall` of those where the
    truth has something, `none` of those where it has nothing.
    """
    right = [same(field, found, truth) for found, truth in pairs]
    has = [bool(truth) for _, truth in pairs]
    found_right = sum(r for r, (found, _) in zip(right, pairs, strict=True) if found)
    return {
        "right": sum(right) / max(1, len(pairs)),
        "lenient": sum(alike(field, found, truth) for found, truth in pairs) / max(1, len(pairs)),
        "precision": found_right / max(1, sum(bool(found) for found, _ in pairs)),
        "recall": found_right / max(1, sum(has)),
        "none": sum(r for r, h in zip(right, has, strict=True) if not h) / max(1, len(has) - sum(has)),
    }


def held_out_shares(folder: Path, step: int = 1) -> dict[str, float]:
    """Return the share of held-out pages on which this project is right, by field: the figures that floors hold."""
    read = [(by_this_project(page), page.truth) for page in labelled_pages(folder, step, held_out=True)]
    return {
        field: figures([(found[field], truth[field]) for found, truth in read], field)["right"]
        for field in FIELDS
    }


def _half(
    pages: list[LabelledPage], found: dict[str, list[Facts]], *, held_out: bool
) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for field in FIELDS:
        for name, facts in found.items():
            if name == "htmldate" and field != "date":
                continue
            chosen = [
                (f[field], p.truth[field])
                for f, p in zip(facts, pages, strict=True)
                if p.held_out == held_out
            ]
            rows.append((field, name, len(chosen), *figures(chosen, field).values()))
    return rows


def _print_wrong(pages: list[LabelledPage], found: list[Facts], field: str) -> None:
    for page, facts in zip(pages, found, strict=True):
        if not page.held_out and not same(field, facts[field], page.truth[field]):
            print(
                f"{page.name} {page.kind:13} found {facts[field]!r}, truth {page.truth[field]!r}  {page.url}"
            )


def main() -> None:
    """Print a table for each half, and one of CPU seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--wrong", choices=FIELDS)
    arguments = parser.parse_args()
    folder = shared("data/web_pages")
    if folder is None:
        return
    pages = list(labelled_pages(folder, arguments.step))
    if arguments.wrong:
        _print_wrong(pages, [by_this_project(page) for page in pages], arguments.wrong)
        return
    found, seconds = {}, {}
    for name, system in SYSTEMS.items():
        started = time.process_time()
        found[name] = [system(page) for page in pages]
        seconds[name] = time.process_time() - started
    header = ("field", "system", "pages", "right", "lenient", "precision", "recall", "none")
    for half, held_out in (("held-out half", True), ("tuning half", False)):
        print_table(f"Facts of public pages, {half}", header, _half(pages, found, held_out=held_out))
    rows = [(name, spent, len(pages) / spent) for name, spent in seconds.items()]
    print_table(f"Cost on {len(pages)} pages", ("system", "CPU s", "pages a CPU s"), rows)


if __name__ == "__main__":
    main()
