"""What a verdict on each block alone gets wrong, put right by its neighbours.

On the public pages both rules are worth nothing (word F1 moves by 0.0005, down); they are here because a reader
misses a line out of the middle of an article more than they mind one too many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.models import Kind
from corpus.segment import word_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.extract.layout import LaidOutBlock

_GAP_BLOCKS = 2
_GAP_WORDS = 4
_GAP_LINKED = 0.1
_PROSE_WORDS = 15
_PROSE_BLOCKS = 3
_LINK_WORDS = 15
_LINK_SHARE = 0.5


def mend(layout: Sequence[LaidOutBlock], texts: Sequence[str], verdicts: list[tuple[Kind, str]]) -> None:
    """Correct `verdicts` in place; `texts[i]` is the visible text of `layout[i]`."""
    _keep_what_lies_between(layout, texts, verdicts)
    _drop_links_at_the_edges(layout, texts, verdicts)


def _keep_what_lies_between(
    layout: Sequence[LaidOutBlock], texts: Sequence[str], verdicts: list[tuple[Kind, str]]
) -> None:
    """Keep blocks left out between two kept ones: captions, odd lines, standfirsts."""
    last: int | None = None
    for number in [n for n, (kind, _) in enumerate(verdicts) if kind is Kind.ARTICLE]:
        if last is not None and number - last - 1 <= _GAP_BLOCKS:
            for inside in range(last + 1, number):
                block = layout[inside]
                plain = block.place is None and block.link_share <= _GAP_LINKED
                if plain and word_count(texts[inside]) >= _GAP_WORDS:
                    verdicts[inside] = Kind.ARTICLE, "main-content:between"
        last = number


def _drop_links_at_the_edges(
    layout: Sequence[LaidOutBlock], texts: Sequence[str], verdicts: list[tuple[Kind, str]]
) -> None:
    """Drop short lines of links before the first and after the last paragraph of prose: menus in old tables."""
    kept = [number for number, (kind, _) in enumerate(verdicts) if kind is Kind.ARTICLE]
    prose = [n for n in kept if word_count(texts[n]) >= _PROSE_WORDS and layout[n].link_share < _LINK_SHARE]
    if len(prose) < _PROSE_BLOCKS:
        return
    for number in kept:
        outside = number < prose[0] or number > prose[-1]
        if outside and layout[number].link_share >= _LINK_SHARE and word_count(texts[number]) <= _LINK_WORDS:
            verdicts[number] = Kind.NAVIGATION, "main-content:links-at-the-edge"
