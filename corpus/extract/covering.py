"""Blocks that together cover the page: what lies between two of them is markup or white space."""

from __future__ import annotations

from corpus.models import Block, Kind, Shape, Span


def cover(raw: str, blocks: list[Block]) -> list[Block]:
    """Fill the gaps between `blocks` with markup and blank blocks, so that together they cover `raw`."""
    covered: list[Block] = []
    edge = 0
    for block in blocks:
        if block.span.start > edge:
            covered.append(_gap(raw, edge, block.span.start))
        covered.append(block)
        edge = block.span.end
    if edge < len(raw):
        covered.append(_gap(raw, edge, len(raw)))
    return covered


def _gap(raw: str, start: int, end: int) -> Block:
    blank = raw[start:end].isspace()
    kind, rule = (Kind.BLANK, "blank:line") if blank else (Kind.MARKUP, "markup:no-visible-text")
    return Block(Span(start, end), "", Shape.NONE, kind, rule)
