"""Which visible blocks are the article, and what the others are.

A classifier decides (`corpus.extract.classifier`), with trafilatura and resiliparse as witnesses. What it leaves out is
named by where it stands: the element around it, by tag, class, id or role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.extract import classifier, witnesses
from corpus.extract.covering import cover
from corpus.extract.mend import mend
from corpus.extract.places import BITS
from corpus.models import Block, Kind, Span

if TYPE_CHECKING:
    from corpus.extract.layout import LaidOutBlock, Layout
    from corpus.trees import Trees

_MOST_BLOCKS = 30_000
_HALF = 0.5


def mark_main_content(raw: str, layout: Layout, trees: Trees | None = None) -> list[Block]:
    """Return blocks that cover `raw`, `article` where the main content is; `trees` stand in for the shipped model."""
    kept, rule = _kept(raw, layout, trees)
    verdicts = [_verdict(block, keep, rule) for block, keep in zip(layout.blocks, kept, strict=True)]
    _spare_most_of_the_article(layout.blocks, verdicts, rule)
    mend(layout.blocks, [block.text for block in layout.blocks], verdicts)
    blocks = [
        Block(Span(block.start, block.end), block.text, block.shape, *verdict)
        for block, verdict in zip(layout.blocks, verdicts, strict=True)
    ]
    return cover(raw, blocks)


def _kept(raw: str, layout: Layout, trees: Trees | None) -> tuple[list[bool], str]:
    """Return which blocks are kept, and the rule; a page in more pieces than any honest one is not worth a model."""
    seen = witnesses.ask(raw, layout)
    if len(layout.blocks) <= _MOST_BLOCKS:
        return classifier.kept(
            raw, layout, seen, trees or classifier.shipped()
        ).tolist(), "main-content:classifier"
    if seen.resiliparse is not None and seen.resiliparse.any():
        return (seen.resiliparse >= _HALF).tolist(), "main-content:resiliparse"
    return [block.place is None for block in layout.blocks], "main-content:place"


def _verdict(block: LaidOutBlock, keep: bool, rule: str) -> tuple[Kind, str]:
    if keep and block.place is not Kind.AUTHOR_BOX:
        return Kind.ARTICLE, rule
    hidden = block.around.flags & BITS["hidden"]
    return block.place or Kind.OTHER, block.rule or ("place:hidden" if hidden else rule)


def _spare_most_of_the_article(
    blocks: list[LaidOutBlock], verdicts: list[tuple[Kind, str]], rule: str
) -> None:
    """Take back the author boxes where they would be more than the article: then the class name lied."""
    sizes = dict.fromkeys((Kind.ARTICLE, Kind.AUTHOR_BOX), 0)
    for block, (kind, _) in zip(blocks, verdicts, strict=True):
        if kind in sizes:
            sizes[kind] += block.characters
    if sizes[Kind.AUTHOR_BOX] > sizes[Kind.ARTICLE]:
        for number, (kind, _) in enumerate(verdicts):
            if kind is Kind.AUTHOR_BOX:
                verdicts[number] = Kind.ARTICLE, rule
