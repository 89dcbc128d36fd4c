"""Random damage to real pages: whatever the bytes, a page is read or rejected with a reason, and what is read is true.

`python -m bench.fuzz [--mutations 100000] [--seed 0]`: the shipped pages, and the seeds beside the checkout, each
cut to at most 6,000 bytes and mutated: bytes flipped, removed, repeated, moved; tags, entities, lines and characters
put in; two pages spliced. Read in worker processes with caps of time and memory. Prints how often each outcome came,
and every failure: an exception, a gap between blocks, a sentence that is not where it says.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from bench.common import PAGES, print_table, shared
from corpus.identity import content_hash
from corpus.models import ParsedPage, RawPage
from corpus.settings import Settings
from corpus.spans import visible
from corpus.workers import ParseWorkers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus.models import RejectedPage

SIZE = 6_000
BATCH = 500
MARKS = (
    "<div>", "</div>", "</p>", "<p", "<a href=", "<!--", "-->", "<script>", "</script>", "<pre>", "<table><tr>", "<li>",
    "<title>", "<![CDATA[", "&#", "&amp", "&#xD800;", '"', "'", ">", "<", "\0", "\ufeff", "\u202e", "\r", "\n\n\n",
    "\u2028", "\u00a0", "É—“”…漢字", "2021-13-45", "12 Comments\n", "Share\n", "| | | |\n", "Copyright 2020\n",
    "charset=utf-16",
    "- ", "1. ", "]]((", "\ud800",
)  # fmt: skip
INSERTS = (*(mark.encode("utf-8", "surrogatepass") for mark in MARKS), b"\xff\xfe", b"\xf4\x90\x80\x80")


def mutated(pages: list[bytes], draw: random.Random) -> bytes:
    """Return one page with one to eight kinds of damage."""
    page = draw.choice(pages)
    for _ in range(draw.randint(1, 8)):
        page = draw.choice(DAMAGES)(page, pages, draw)
    return page[: 2 * SIZE]


def _flip(page: bytes, _pages: list[bytes], draw: random.Random) -> bytes:
    changed = bytearray(page)
    for _ in range(draw.randint(1, 30)):
        if changed:
            changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _remove(page: bytes, _pages: list[bytes], draw: random.Random) -> bytes:
    start = draw.randrange(len(page) + 1)
    return page[:start] + page[start + draw.randrange(400) :]


def _repeat(page: bytes, _pages: list[bytes], draw: random.Random) -> bytes:
    start = draw.randrange(len(page) + 1)
    piece = page[start : start + draw.randrange(1, 60)]
    return page[:start] + piece * draw.randrange(2, 40) + page[start:]


def _insert(page: bytes, _pages: list[bytes], draw: random.Random) -> bytes:
    for _ in range(draw.randint(1, 6)):
        start = draw.randrange(len(page) + 1)
        page = page[:start] + draw.choice(INSERTS) * draw.choice((1, 1, 1, 50)) + page[start:]
    return page


def _splice(page: bytes, pages: list[bytes], draw: random.Random) -> bytes:
    other = draw.choice(pages)
    return page[: draw.randrange(len(page) + 1)] + other[draw.randrange(len(other)) :]


def _shuffle(page: bytes, _pages: list[bytes], draw: random.Random) -> bytes:
    lines = page.split(b"\n")
    draw.shuffle(lines)
    return b"\n".join(lines)


def _truncate(page: bytes, _pages: list[bytes], draw: random.Random) -> bytes:
    return page[: draw.randrange(len(page) + 1)]


DAMAGES: tuple[Callable[[bytes, list[bytes], random.Random], bytes], ...] = (
    _flip, _remove, _repeat, _insert, _insert, _splice, _shuffle, _truncate,
)  # fmt: skip


def originals() -> list[bytes]:
    """Return the beginnings of the shipped pages, and of the seeds where they are."""
    files = [path for path in sorted(PAGES.iterdir()) if not path.name.endswith(".json")]
    if folder := shared("seeds"):
        files += sorted(folder.iterdir())
    return [path.read_bytes()[:SIZE] for path in files if path.stat().st_size]


def problems(page: ParsedPage) -> Iterator[str]:
    """Yield what is not true of a page that was read: blocks cover it, and sentences stand where they say."""
    text, media_type = page.decoded.text, page.decoded.media_type
    edge = 0
    for number, block in enumerate(page.blocks):
        if block.span.start != edge or block.span.end < edge:
            yield f"block {number} begins at {block.span.start}, not at {edge}"
        edge = block.span.end
        if block.text and visible(text[block.span.start : edge], media_type) != block.text:
            yield f"block {number} is not what its span shows"
        if not block.rule:
            yield f"block {number} has no rule"
    if edge != len(text):
        yield f"the blocks end at {edge} of {len(text)}"
    for passage in page.passages:
        for sentence in passage.sentences:
            seen = visible(text[sentence.span.start : sentence.span.end], media_type)
            if seen != sentence.text:
                yield f"sentence {sentence.sentence_no} is not where it says: {sentence.text[:40]!r}"


def fuzz(mutations: int, seed: int, settings: Settings) -> tuple[Counter[str], list[str]]:
    """Return how often each outcome came, and what went wrong: each with the number that makes its page again."""
    pages, counts, wrong = originals(), Counter[str](), list[str]()
    with ParseWorkers(settings) as workers:
        for first in range(0, mutations, BATCH):
            numbers = range(first, min(first + BATCH, mutations))
            raw = [_raw(mutated(pages, random.Random(f"{seed} {n}")), n) for n in numbers]  # noqa: S311 - no secret
            for number, read in zip(numbers, workers.parse(raw, lambda: None), strict=True):
                counts["loaded" if isinstance(read, ParsedPage) else read.code] += 1
                wrong += [f"mutation {number}: {problem}" for problem in _wrong(read)]
    return counts, wrong


def _wrong(read: ParsedPage | RejectedPage) -> list[str]:
    if isinstance(read, ParsedPage):
        return list(problems(read))[:3]
    return [f"{read.code}: {read.reason}"] if read.code in ("crash", "timeout") or not read.reason else []


def _raw(content: bytes, number: int) -> RawPage:
    return RawPage(f"mutation-{number}.{'html' if number % 2 else 'txt'}", content, content_hash(content))


def main() -> None:
    """Mutate, read, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    started = time.perf_counter()
    counts, wrong = fuzz(arguments.mutations, arguments.seed, Settings())
    print_table(
        f"{arguments.mutations:,} mutations (seed {arguments.seed}) in {time.perf_counter() - started:.0f} s",
        ("outcome", "pages"),
        counts.most_common(),
    )
    print("\n".join(wrong[:50]))
    sys.exit(f"{len(wrong)} failures" if wrong else 0)


if __name__ == "__main__":
    main()
