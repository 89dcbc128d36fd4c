"""What is gained by knowing which lines the pages of a host share.

`python -m bench.repetition [--step 8]`: hosts are made of the labelled dumps in tests/data/dumps: the frame of one dump
(menus, notices, widgets, footers: what stands on every page of a site) around the articles of the others in its
language. Their pages go through the real stages into a warehouse; lines removed are counted before and after repetition
is known.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from bench.common import print_table
from bench.dumps import Dump, written_dumps
from corpus.identity import content_hash
from corpus.models import ParsedPage, RawPage, Sourced
from corpus.parse import fingerprint, parse, reread
from corpus.settings import Settings
from warehouse.store import Store

FRAME = frozenset(("navigation", "cookie", "share", "newsletter", "promotion", "legal", "footer", "other"))
SIZES = (2, 3, 6)


class HostPage(NamedTuple):
    """A page of a made-up host: its lines, each with whether it is of the article."""

    raw: RawPage
    lines: tuple[tuple[str, bool], ...]


def main() -> None:
    """Print a row for each number of pages a host has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--step", type=int, default=8, help="the frames of every Nth dump; 1: of all, for an hour"
    )
    arguments = parser.parse_args()
    dumps = [*written_dumps("tuned"), *written_dumps("held_out")]
    rows = [(size, *before_and_after(dumps, size, arguments.step)) for size in SIZES]
    header = (
        "pages a host",
        "hosts",
        "lines",
        "removed: rules",
        "with repetition",
        "article kept: rules",
        "with repetition",
    )
    print_table("Lines of the frame that hosts repeat", header, rows)


def before_and_after(
    dumps: list[Dump], size: int, step: int = 1
) -> tuple[int, int, float, float, float, float]:
    """Return hosts, lines of frames, and the shares of them removed and of article lines kept, before and after."""
    hosts = [pages for frame in dumps[::step] if len(pages := host_pages(frame, dumps, size)) == size]
    pages = [page for host in hosts for page in host]
    settings = Settings()
    read = [parse(page.raw, settings) for page in pages]
    parsed = {page.page.uri: page for page in read if isinstance(page, ParsedPage)}
    after = parsed | _judged_again([page.raw for page in pages], list(parsed.values()), settings)
    shares = [_shares(pages, found) for found in (parsed, after)]
    frame_lines = sum(not is_article for page in pages for _, is_article in page.lines)
    return len(hosts), frame_lines, shares[0][0], shares[1][0], shares[0][1], shares[1][1]


def host_pages(frame: Dump, dumps: list[Dump], size: int) -> list[HostPage]:
    """Put the articles of other dumps in the language into the frame of one."""
    places = [n for n, kind in frame.kinds.items() if kind == "article"]
    head = [
        (text, False)
        for n, text in enumerate(frame.lines[: places[0] - 1], 1)
        if _stands_everywhere(frame, n)
    ]
    tail = [
        (text, False)
        for n, text in enumerate(frame.lines[places[-1] :], places[-1] + 1)
        if _stands_everywhere(frame, n)
    ]
    host = frame.name.removesuffix(".dump").replace("_", "-")
    pages = []
    for other in [d for d in dumps if d.language == frame.language and d.name != frame.name][:size]:
        article = [
            (text, True)
            for n, text in enumerate(other.lines, 1)
            if other.kinds.get(n, "article") == "article"
        ]
        lines = (*head, (other.facts["title"], True), ("", True), *article, ("", True), *tail)
        content = "\n".join(text for text, _ in lines).encode()
        url = f"https://{host}.example/{other.name}"
        pages.append(
            HostPage(RawPage(url, content, content_hash(content), url=Sourced(url, "record")), lines)
        )
    return pages


def _stands_everywhere(frame: Dump, line: int) -> bool:
    """Whether a line of a dump would stand on other pages of its site, too; empty lines do."""
    return frame.kinds.get(line, "other") in FRAME


def _judged_again(
    pages: list[RawPage], parsed: list[ParsedPage], settings: Settings
) -> dict[str, ParsedPage]:
    """Load the pages, count their lines and read those again that share some."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "hosts.duckdb") as store:
        run = store.start_run(["hosts"], {}, "")
        outcomes = store.classify(pages, fingerprint(settings))
        store.load_pages(run, "0", outcomes, parsed, [], fingerprint(settings), 0.0)
        store.count_host_lines(run, "")
        again = [reread(stored, settings) for stored in store.stored_pages(store.pages_to_reread())]
    return {page.page.uri: page for page in again if isinstance(page, ParsedPage)}


def _shares(pages: list[HostPage], found: dict[str, ParsedPage]) -> tuple[float, float]:
    """Return the share of frame lines removed and of article lines kept."""
    counts: Counter[tuple[bool, bool]] = Counter()
    for page in pages:
        kept = _kept_lines(found[page.raw.uri])
        counts.update(
            (is_article, n in kept) for n, (text, is_article) in enumerate(page.lines) if text and n
        )
    frame, article = counts[False, False] + counts[False, True], counts[True, False] + counts[True, True]
    return counts[False, False] / max(1, frame), counts[True, True] / max(1, article)


def _kept_lines(page: ParsedPage) -> set[int]:
    text = page.decoded.text
    kept: set[int] = set()
    for block in page.blocks:
        if block.kept or block.kind.value == "title":
            first = text.count("\n", 0, block.span.start)
            kept |= set(range(first, first + max(1, text.count("\n", block.span.start, block.span.end))))
    return kept


if __name__ == "__main__":
    main()
