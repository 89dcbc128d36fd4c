"""Public pages as text dumps with line labels: what a scraper would leave of them, aligned with their true content.

The pages are the WCXB development split (CC-BY-4.0). A line is one visible block of the page. Its label is found by
aligning it with `main_content`: long lines by their word sequences of five, short ones by standing in the truth
between the places of the long lines around them. Lines in doubt have no label.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.common import shared
from corpus.boilerplate.phrases import tokenize
from corpus.extract.html import html_blocks
from corpus.models import RawPage
from corpus.spans import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus.boilerplate.phrases import Tokens

SHINGLE = 5
SURE, UNSURE = 0.8, 0.25
LEAST_ARTICLE = 3
LABELS = ("article", "title", "other", "")


@dataclass(frozen=True)
class PublicDump:
    """A public page as lines; `labels[n]` is `article`, `title`, `other`, or empty where in doubt."""

    name: str
    domain: str
    page_type: str
    lines: list[str]
    labels: list[str]


@dataclass(frozen=True)
class _Truth:
    tokens: Tokens
    lines: Counter[Tokens]
    places: dict[Tokens, list[int]] = field(default_factory=dict)


def public_dumps(step: int = 1) -> Iterator[PublicDump]:
    """Yield every `step`th public page whose truth is found in it."""
    folder = shared("data/web_pages")
    if folder is None:
        return
    for entry in json.loads((folder / "index.json").read_text("utf-8"))[::step]:
        truth = json.loads((folder / "truth" / f"{entry['id']}.json").read_text("utf-8"))["ground_truth"]
        lines = page_lines(folder / "html" / f"{entry['id']}.html.gz")
        labels = label_lines(lines, truth["main_content"] or "", truth["title"] or "")
        if labels.count("article") >= LEAST_ARTICLE:
            yield PublicDump(entry["id"], entry["domain"], entry["type"], lines, labels)


def page_lines(path: Path) -> list[str]:
    """Return the visible text of a page as a scraper leaves it, one block a line."""
    from corpus.decode import decode

    html = decode(RawPage("page.html", gzip.decompress(path.read_bytes()), ""), 10**9).text
    texts = (visible(html[block.start : block.end], "html") for block in html_blocks(html).blocks)
    return [text for text in texts if text]


def label_lines(lines: list[str], main_content: str, title: str) -> list[str]:
    """Return the label of each line."""
    truth = _truth(main_content)
    tokens = [tokenize(line) for line in lines]
    anchors = [_anchor(line, truth) for line in tokens]
    windows = _windows(anchors, len(truth.tokens))
    title_tokens = tokenize(title)
    copies = Counter(tokens)
    return [
        _label(line, anchor, window, truth, title_tokens, copies[line])
        for line, anchor, window in zip(tokens, anchors, windows, strict=True)
    ]


def _truth(main_content: str) -> _Truth:
    lines = [tokenize(re.sub(r"^[-*•]\s|[|]", " ", line)) for line in main_content.split("\n")]
    tokens = tuple(token for line in lines for token in line)
    truth = _Truth(tokens, Counter(line for line in lines if line))
    for place in range(len(tokens) - SHINGLE + 1):
        truth.places.setdefault(tokens[place : place + SHINGLE], []).append(place)
    return truth


def _anchor(line: Tokens, truth: _Truth) -> tuple[float, int]:
    """Return the share of a long line's words that stand in the truth in sequence, and where it begins there."""
    starts = range(len(line) - SHINGLE + 1)
    if len(line) < 2 * SHINGLE:
        return -1.0, -1
    covered, first = set[int](), -1
    for start in starts:
        places = truth.places.get(line[start : start + SHINGLE])
        if places:
            covered.update(range(start, start + SHINGLE))
            first = max(places[0] - start, 0) if first < 0 and len(places) == 1 else first
    return len(covered) / len(line), first


def _windows(anchors: list[tuple[float, int]], end: int) -> list[tuple[int, int]]:
    """Return for each line the range of the truth that lies between the sure long lines above and below it."""
    placed = [place if share >= SURE else -1 for share, place in anchors]
    above, low = [], 0
    for place in placed:
        above.append(low)
        low = max(low, place) if place >= 0 else low
    below, high = [], end
    for place in reversed(placed):
        below.append(high)
        high = min(high, place) if place >= 0 else high
    return list(zip(above, reversed(below), strict=True))


def _label(
    line: Tokens,
    anchor: tuple[float, int],
    window: tuple[int, int],
    truth: _Truth,
    title: Tokens,
    copies: int,
) -> str:
    if not line:
        return ""
    if title and line == title:
        return "title"
    if title and len(title) >= 3 and line[: len(title)] == title and len(line) <= len(title) + 8:
        return ""
    share, _ = anchor
    if share >= 0:
        return "article" if share >= SURE else "other" if share <= UNSURE else ""
    return _short_label(line, window, truth, copies)


def _short_label(line: Tokens, window: tuple[int, int], truth: _Truth, copies: int) -> str:
    low, high = window
    near = _holds(truth.tokens[low:high], line)
    if near and truth.lines[line] >= copies:
        return "article"
    if near and high - low < len(truth.tokens) // 2 and (len(line) >= 2 or truth.lines[line]):
        return "article" if copies == 1 or truth.lines[line] else ""
    if truth.lines[line] or (len(line) >= 2 and _holds(truth.tokens, line)):
        return ""
    return "other"


def _holds(tokens: Tokens, line: Tokens) -> bool:
    """Whether `line` is a run of `tokens`."""
    width = len(line)
    place = -1
    try:
        while True:
            place = tokens.index(line[0], place + 1)
            if tokens[place : place + width] == line:
                return True
    except ValueError:
        return False
