"""Text dumps: one block a line, and one for each run of blank lines."""

from __future__ import annotations

import re

from corpus.models import Block, Kind, Shape, Span
from corpus.spans import visible

_LIST_MARK = re.compile(r"(?:[•◦▪●·*–—-]|\d{1,2}[.)])\s")


def line_blocks(text: str) -> list[Block]:
    """Return the lines of `text` as blocks that cover it; a line's block holds its line end."""
    blocks: list[Block] = []
    position = 0
    for line in _lines(text):
        end = position + len(line)
        seen = visible(line, "text")
        if seen:
            shape = Shape.LIST_ITEM if _LIST_MARK.match(seen) else Shape.PARAGRAPH
            blocks.append(Block(Span(position, end), seen, shape))
        elif blocks and blocks[-1].kind is Kind.BLANK:
            blocks[-1] = Block(Span(blocks[-1].span.start, end), "", Shape.NONE, Kind.BLANK, "blank:line")
        else:
            blocks.append(Block(Span(position, end), "", Shape.NONE, Kind.BLANK, "blank:line"))
        position = end
    return blocks


def _lines(text: str) -> list[str]:
    """Split at `\\n` only: other separators that `str.splitlines` knows are characters of a line here."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
