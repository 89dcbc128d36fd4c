"""What is kept of a page, and what the page says of itself.

Against the gold of the shipped pages, and on public pages (WCXB development split) beside trafilatura alone and
resiliparse alone in the same run.

`python -m bench.extraction [--step N]`: every Nth public page (default 3).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from bench.common import PAGES, gold, print_table, shared
from corpus.decode import decode
from corpus.extract import extract
from corpus.models import Metadata, ParsedPage, RawPage
from corpus.parse import parse
from corpus.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOT_ARTICLE = frozenset(("article", "blank", "markup", "mixed", "title", "byline"))


def word_f1(found: str, truth: str) -> float:
    """Return the F1 of two texts as bags of words."""
    a, b = (Counter(re.findall(r"\w+", text.lower())) for text in (found, truth))
    common = (a & b).total()
    if not common:
        return float(not a and not b)
    precision, recall = common / a.total(), common / b.total()
    return 2 * precision * recall / (precision + recall)


def line_verdicts(page: ParsedPage) -> set[int]:
    """Return the numbers (from 1) of the raw lines that hold something kept."""
    kept: set[int] = set()
    for block in page.blocks:
        if block.kept:
            first = page.decoded.text.count("\n", 0, block.span.start) + 1
            last = page.decoded.text.count("\n", 0, max(block.span.start, block.span.end - 1)) + 1
            kept |= set(range(first, last + 1))
    return kept


def on_gold() -> dict[str, float]:
    """Return shares over the shipped pages: article lines kept, other lines dropped, facts right."""
    counts: Counter[str] = Counter()
    for entry in gold():
        if "lines" not in entry:
            continue
        page = parse(raw_page(PAGES / entry["file"]), Settings())
        if not isinstance(page, ParsedPage):
            raise TypeError(f"{entry['file']} is rejected: {page.reason}")
        _count_lines(entry, line_verdicts(page), counts)
        _count_facts(entry, page.metadata, counts)
        counts["language right"] += page.language.code == entry["language"]
        counts["language"] += 1
    shares = {
        "article lines kept": counts["kept"] / counts["article"],
        "other lines dropped": counts["dropped"] / counts["other"],
        "language": counts["language right"] / counts["language"],
    }
    shares |= {fact: counts[f"{fact} right"] / counts[fact] for fact in ("title", "author", "date")}
    removed_right, removed_wrong = counts["dropped"], counts["article"] - counts["kept"]
    precision, recall = removed_right / (removed_right + removed_wrong), removed_right / counts["other"]
    return shares | {"removal f1": 2 * precision * recall / (precision + recall)}


def raw_page(path: Path) -> RawPage:
    """Return a shipped page as the source would."""
    from corpus.sources import read

    page = read(path, 20_000_000)
    if not isinstance(page, RawPage):
        raise TypeError(page.reason)
    return page


def _count_lines(entry: dict[str, Any], kept: set[int], counts: Counter[str]) -> None:
    for kind, first, last in entry["lines"]:
        lines = set(range(first, last + 1))
        if kind == "article":
            counts["article"] += len(lines)
            counts["kept"] += len(lines & kept)
        elif kind not in NOT_ARTICLE:
            counts["other"] += len(lines)
            counts["dropped"] += len(lines - kept)


def _count_facts(entry: dict[str, Any], metadata: Metadata, counts: Counter[str]) -> None:
    facts = {"title": metadata.title, "author": metadata.author, "date": metadata.published_on}
    for name, fact in facts.items():
        counts[name] += 1
        counts[f"{name} right"] += (fact.value if fact else "") == entry[name]


def _ours(html: str) -> str:
    blocks, _ = extract(decode(RawPage("page.html", html.encode(), ""), 10**9))
    return "\n".join(block.text for block in blocks if block.kept)


def _trafilatura(html: str) -> str:
    import trafilatura

    return trafilatura.extract(html, include_comments=False) or ""


def _resiliparse(html: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(html, main_content=True)
    return text


EXTRACTORS: dict[str, Callable[[str], str]] = {
    "cio-advice": _ours,
    "trafilatura": _trafilatura,
    "resiliparse": _resiliparse,
}


def on_public_pages(folder: Path, step: int) -> list[tuple[Any, ...]]:
    """Return rows of (page type, pages, word F1 of each extractor), and one of CPU seconds."""
    scores: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    seconds = dict.fromkeys(EXTRACTORS, 0.0)
    for entry in json.loads((folder / "index.json").read_text("utf-8"))[::step]:
        raw = gzip.decompress((folder / "html" / f"{entry['id']}.html.gz").read_bytes())
        html = decode(RawPage("page.html", raw, ""), 10**9).text
        truth = json.loads((folder / "truth" / f"{entry['id']}.json").read_text("utf-8"))
        main_content = truth["ground_truth"]["main_content"]
        row = []
        for name, extractor in EXTRACTORS.items():
            started = time.process_time()
            found = extractor(html)
            seconds[name] += time.process_time() - started
            row.append(word_f1(found, main_content))
        scores[entry["type"]].append(tuple(row))
        scores["all"].append(tuple(row))
    rows: list[tuple[Any, ...]] = [
        (kind, len(rows), *(sum(column) / len(rows) for column in zip(*rows, strict=True)))
        for kind, rows in sorted(scores.items(), key=lambda item: item[0] == "all")
    ]
    return [*rows, ("CPU s", "", *seconds.values())]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=3)
    arguments = parser.parse_args()
    print_table("Shipped pages against their gold", ("figure", "share"), list(on_gold().items()))
    if folder := shared("data/web_pages"):
        rows = on_public_pages(folder, arguments.step)
        print_table("Public pages (WCXB development split): word F1", ("type", "pages", *EXTRACTORS), rows)


if __name__ == "__main__":
    main()
