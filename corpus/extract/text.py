"""Text dumps: one block a line, and one for each run of blank lines."""

from __future__ import annotations

import dataclasses
import itertools
import re
from typing import TYPE_CHECKING

from corpus.models import Block, Kind, Shape, Span
from corpus.spans import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

_BULLET = re.compile(r"[•◦▪●·*–—-]\s")
_NUMBER = re.compile(
    r"\d{1,2}[.)]\s|\d{1,2}、|[一二三四五六七八九十]{1,3}[、．.]|[(（][一二三四五六七八九十\d]{1,2}[)）]"
)
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s")
_UNFINISHED = re.compile(r"[\w\"”’»)）%?？!！]$")
_HEADING_WORDS = 14
_HEADING_CHARACTERS = 100
_PARAGRAPH_CHARACTERS = 120


def line_blocks(text: str) -> list[Block]:
    """Return the lines of `text` as blocks that cover it; a line's block holds its line end."""
    blocks: list[Block] = []
    position = 0
    for line in _lines(text):
        span = Span(position, position + len(line))
        position = span.end
        if seen := visible(line, "text"):
            blocks.append(Block(span, seen, _shape(seen)))
        elif blocks and blocks[-1].kind is Kind.BLANK:
            blocks[-1] = dataclasses.replace(blocks[-1], span=Span(blocks[-1].span.start, span.end))
        else:
            blocks.append(Block(span, "", Shape.NONE, Kind.BLANK, "blank:line"))
    return blocks


def _lines(text: str) -> list[str]:
    r"""Split at `\n` only: other separators that `str.splitlines` knows are characters of a line here."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _shape(line: str) -> Shape:
    return Shape.LIST_ITEM if _BULLET.match(line) or _NUMBER.match(line) else Shape.PARAGRAPH


def with_headings(blocks: Sequence[Block]) -> list[Block]:
    """Call a short line that is no finished sentence a heading, where a paragraph follows it.

    For judged blocks: whether a line is the title or a byline is settled by then.
    """
    shaped = list(blocks)
    lines = [number for number, block in enumerate(blocks) if block.text]
    for number, following in itertools.pairwise(lines):
        marked = _MARKDOWN_HEADING.match(blocks[number].text)
        if marked or (_could_be_heading(blocks, number) and _is_paragraph(blocks[following])):
            shaped[number] = dataclasses.replace(blocks[number], shape=Shape.HEADING)
    return shaped


def _could_be_heading(blocks: Sequence[Block], number: int) -> bool:
    text = blocks[number].text
    if len(text) > _HEADING_CHARACTERS or len(text.split()) > _HEADING_WORDS or _BULLET.match(text):
        return False
    alone = number == 0 or not blocks[number - 1].text or len(blocks[number - 1].text) > _PARAGRAPH_CHARACTERS
    return alone and bool(_NUMBER.match(text) or _UNFINISHED.search(text))


def _is_paragraph(block: Block) -> bool:
    ideographs = sum("\u4e00" <= character <= "\u9fff" for character in block.text)
    return len(block.text) + 2 * ideographs >= _PARAGRAPH_CHARACTERS and block.shape is Shape.PARAGRAPH
