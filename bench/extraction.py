"""What is kept of a page, and what the page says of itself.

Against the gold of the shipped pages, which no model was trained on, with the shipped model; and on public pages
(WCXB development split) beside trafilatura alone and resiliparse alone in the same run. The shipped model has seen all
of these public pages, so they are judged by cross-validation: five models are trained afresh, and each judges the
pages of the domains that it has not seen.

`python -m bench.extraction [--step N]`: every Nth public page (default 1); training takes some minutes.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from bench.common import PAGES, gold, print_table, shared
from bench.train_blocks import labelled_pages, train_folds
from corpus.extract.classifier import kept
from corpus.extract.html import html_blocks
from corpus.extract.main_content import mark_main_content
from corpus.extract.metadata import html_metadata
from corpus.extract.witnesses import Witnesses
from corpus.language import primary
from corpus.models import Metadata, ParsedPage, RawPage
from corpus.parse import parse
from corpus.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.train_blocks import LabelledPage
    from corpus.trees import Trees

Found = TypeVar("Found")
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
        counts["language right"] += primary(page.language.code) == entry["language"]
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


def _trafilatura(html: str, *, with_metadata: bool = False) -> str:
    import trafilatura

    return trafilatura.extract(html, include_comments=False, with_metadata=with_metadata) or ""


def _resiliparse(html: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(html, main_content=True)
    return text


def _article(html: str, trees: Trees) -> str:
    blocks = mark_main_content(html, html_blocks(html), trees)
    return "\n".join(block.text for block in blocks if block.kept)


def _without_trafilatura(page: LabelledPage, trees: Trees) -> str:
    keep = kept(page.raw, page.layout, Witnesses(None, page.witnesses.resiliparse), trees)
    return "\n".join(block.text for block, article in zip(page.layout.blocks, keep, strict=True) if article)


OURS = "cio-advice (cross-validated)"


def on_public_pages(folder: Path, step: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return rows of (page type, pages, word F1 of each extractor), and rows of (what, pages a CPU second)."""
    pages = list(labelled_pages(folder))
    models = train_folds(pages)
    scores: dict[str, list[list[float]]] = defaultdict(list)
    seconds: dict[str, float] = defaultdict(float)
    for extractor in (_trafilatura, _resiliparse):
        extractor(pages[0].raw)  # imported before any clock runs
    for page in pages[::step]:
        found = _timed(page, models[page.fold], seconds)
        found["without trafilatura"] = _without_trafilatura(page, models[page.fold])
        row = [word_f1(text, page.truth) for text in found.values()]
        scores[page.kind].append(row)
        scores["all"].append(row)
    rows = [
        (kind, len(rows), *(sum(column) / len(rows) for column in zip(*rows, strict=True)))
        for kind, rows in sorted(scores.items(), key=lambda item: item[0] == "all")
    ]
    return rows, [(name, len(scores["all"]) / spent) for name, spent in seconds.items()]


def _timed(page: LabelledPage, trees: Trees, seconds: dict[str, float]) -> dict[str, str]:
    """Return what each extractor finds; `seconds` also counts main content and metadata together."""
    extractors: dict[str, Callable[[], str]] = {
        OURS: lambda: _article(page.raw, trees),
        "trafilatura": lambda: _trafilatura(page.raw),
        "resiliparse": lambda: _resiliparse(page.raw),
    }
    found = {name: _spent(name, extractor, seconds) for name, extractor in extractors.items()}
    _spent(f"{OURS}, with metadata", lambda: (_article(page.raw, trees), html_metadata(page.raw)), seconds)
    _spent("trafilatura, with metadata", lambda: _trafilatura(page.raw, with_metadata=True), seconds)
    return found


def _spent(name: str, extractor: Callable[[], Found], seconds: dict[str, float]) -> Found:
    started = time.process_time()
    found = extractor()
    seconds[name] += time.process_time() - started
    return found


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=1)
    arguments = parser.parse_args()
    print_table("Shipped pages against their gold", ("figure", "share"), list(on_gold().items()))
    if folder := shared("data/web_pages"):
        rows, speeds = on_public_pages(folder, arguments.step)
        header = ("type", "pages", OURS, "trafilatura", "resiliparse", "the same without trafilatura's view")
        print_table("Public pages (WCXB development split): word F1", header, rows)
        print_table("Throughput", ("extractor", "pages a CPU second"), speeds)


if __name__ == "__main__":
    main()
