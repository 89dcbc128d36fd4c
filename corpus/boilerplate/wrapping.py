"""Pages whose paragraphs are cut into lines of one width, like mails: which lines go on from the line above."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.models import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import Block

ITEM = re.compile(r"^(?:[•·▪■●○◦‣*►▸–—-]\s|\(?\d{1,2}[.)、]\s?(?!\d)\S|\(?[a-z]\)\s)")
_ENDED = re.compile(r"[.!?…:。！？：;；|]\W*$")
LONG = 50
WIDEST = 105
LEAST_LINES = 8
LEAST_PAIRS = 3
FEW_BEYOND = 10


def groups(blocks: Sequence[Block], media_type: str) -> tuple[list[list[int]], list[bool]]:
    """Return the numbers of the blocks of each paragraph, and whether a gap stands above it.

    Blocks that are blank or not ARTICLE belong to none.
    """
    width = wrap_width(blocks) if media_type == "text" else 0
    found: list[list[int]] = []
    gaps: list[bool] = []
    gap = True
    for number, block in enumerate(blocks):
        if block.kind is not Kind.ARTICLE or not block.text.strip():
            gap = True
            continue
        if found and not gap and width and _continues(blocks[found[-1][-1]], block, width):
            found[-1].append(number)
        else:
            found.append([number])
            gaps.append(gap)
        gap = False
    return found, gaps


def wrap_width(blocks: Sequence[Block]) -> int:
    """Return the width at which a page's lines are wrapped, or 0.

    Either there are several long lines and next to none far beyond them, or few, some of which go on in lower case.
    """
    lengths = [len(b.text) for b in blocks if b.kind is Kind.ARTICLE and b.text.strip()]
    long = sorted(n for n in lengths if LONG <= n <= WIDEST)
    beyond = sum(n > WIDEST for n in lengths)
    if not long or beyond * FEW_BEYOND > len(long):
        return 0
    wrapped = sum(_goes_on(above.text, below.text) for above, below in pairwise(blocks))
    several = len(long) >= LEAST_LINES and (not beyond or wrapped >= LEAST_PAIRS)
    width = long[len(long) * 19 // 20]  # a few lines may run over
    return width if several or (wrapped >= LEAST_PAIRS and 3 * wrapped >= len(long)) else 0


def _goes_on(above: str, below: str) -> bool:
    return LONG <= len(above) <= WIDEST and below[:1].islower() and not _ENDED.search(above[-8:])


def _continues(before: Block, block: Block, width: int) -> bool:
    """Whether a line goes on from the one above it: that one is full, and neither begins anew."""
    if len(block.text) > WIDEST or len(before.text) > WIDEST or ITEM.match(block.text):
        return False
    if len(before.text) < 0.55 * width:
        return False
    first_word = block.text.split(" ", 1)[0]
    return len(before.text) + 1 + len(first_word) > 0.85 * width
