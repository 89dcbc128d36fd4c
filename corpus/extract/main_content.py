"""Which visible blocks are the article: trafilatura's judgement, read back exactly by marks in the text.

Every text run of the page gets a short mark of Braille characters before trafilatura sees it (printable, not
letters, so that its own rules see nothing new). The marks that come out say which runs it kept, so the article
keeps its raw places and nothing has to be aligned by likeness. Where trafilatura finds under 250 characters, or
under 2,500 and under a third of what resiliparse finds, resiliparse decides.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from corpus.extract.html import cover
from corpus.extract.mend import mend
from corpus.models import Block, Kind, Span
from corpus.spans import visible

if TYPE_CHECKING:
    from corpus.extract.html import LaidOutBlock

_BASE = 255
_FIRST = 0x2801
_BRAILLE = re.compile("[\u2800-\u28ff]")
_SHORT = 250
_NEVER_SHORT = 2_500
_SHARE = 3


def mark_main_content(raw: str, layout: list[LaidOutBlock]) -> list[Block]:
    """Return blocks that cover `raw`, `article` where the main content is."""
    runs = [run for block in layout for run in block.runs]
    marked, width = _marked(raw, runs)
    kept_runs, rule = _kept_runs(marked, width)
    verdicts: list[tuple[Kind, str]] = []
    number = 0
    for block in layout:
        kept = sum(_length(raw, run) for i, run in enumerate(block.runs, number) if i in kept_runs)
        verdicts.append(_verdict(block, kept, block.characters, rule))
        number += len(block.runs)
    texts = [visible(raw[block.start : block.end], "html") for block in layout]
    _spare_most_of_the_article(layout, verdicts, rule)
    mend(layout, texts, verdicts)
    blocks = [
        Block(Span(block.start, block.end), text, block.shape, *verdict)
        for block, text, verdict in zip(layout, texts, verdicts, strict=True)
    ]
    return cover(raw, blocks)


def _spare_most_of_the_article(
    layout: list[LaidOutBlock], verdicts: list[tuple[Kind, str]], rule: str
) -> None:
    """Take back the author boxes where they would be more than the article: then the class name lied."""
    sizes = dict.fromkeys((Kind.ARTICLE, Kind.AUTHOR_BOX), 0)
    for block, (kind, _) in zip(layout, verdicts, strict=True):
        if kind in sizes:
            sizes[kind] += block.characters
    if sizes[Kind.AUTHOR_BOX] > sizes[Kind.ARTICLE]:
        for number, (kind, _) in enumerate(verdicts):
            if kind is Kind.AUTHOR_BOX:
                verdicts[number] = Kind.ARTICLE, rule


def _verdict(block: LaidOutBlock, kept: int, total: int, rule: str) -> tuple[Kind, str]:
    if kept * 2 < total:
        return block.place or Kind.OTHER, block.rule or "main-content:outside"
    return (block.place, block.rule) if block.place is Kind.AUTHOR_BOX else (Kind.ARTICLE, rule)


def _length(raw: str, run: Span) -> int:
    return len(raw[run.start : run.end].strip())


def _marked(raw: str, runs: list[Span]) -> tuple[str, int]:
    width = 2 if len(runs) < _BASE**2 else 3
    parts: list[str] = []
    position = 0
    for number, run in enumerate(runs):
        text_start = run.start + (len(raw[run.start : run.end]) - len(raw[run.start : run.end].lstrip()))
        parts.append(_BRAILLE.sub(" ", raw[position:text_start]))
        parts.append(_mark(number, width))
        position = text_start
    parts.append(_BRAILLE.sub(" ", raw[position:]))
    return "".join(parts), width


def _mark(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, _BASE)
        digits.append(chr(_FIRST + digit))
    return "".join(digits)


def _numbers(text: str, width: int) -> set[int]:
    found = set()
    for match in re.finditer(f"[\u2801-\u28ff]{{{width}}}", text):
        digits = [ord(character) - _FIRST for character in match[0]]
        found.add(sum(digit * _BASE**place for place, digit in enumerate(digits)))
    return found


def _kept_runs(marked: str, width: int) -> tuple[set[int], str]:
    ours, other = _trafilatura(marked), _resiliparse(marked)
    suspect = len(ours) < _NEVER_SHORT and len(ours) * _SHARE < len(other)
    if suspect or len(ours) < min(_SHORT, len(other)):
        return _numbers(other, width), "main-content:resiliparse"
    return _numbers(ours, width), "main-content:trafilatura"


def _trafilatura(marked: str) -> str:
    import trafilatura

    logging.getLogger("trafilatura").setLevel(
        logging.CRITICAL
    )  # what it rejects is a row here, not a log line
    return trafilatura.extract(marked, include_comments=False, include_tables=True, output_format="txt") or ""


def _resiliparse(marked: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(marked, main_content=True, alt_texts=False, preserve_formatting=False)
    return text
