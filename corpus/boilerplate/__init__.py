"""Which blocks of a page are not the article: rules by family, each with a kind and a name, then a line classifier.

Families are modules of their own, their phrases are data (`data/*.toml`, a file a language). They run from the surest
to the weakest, and a verdict once given stands, except that the classifier may take back one that the page as a whole
speaks against. What decides nothing is kept: losing an article line is worse than keeping a menu.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from corpus.boilerplate import (
    author_box,
    body,
    classifier,
    comments,
    contents,
    debris,
    frames,
    front,
    hosting_footer,
    links,
    paging,
    pitches,
    repetition,
    sections,
    widgets,
)
from corpus.boilerplate.draft import Draft, draft_of
from corpus.boilerplate.metadata import text_metadata
from corpus.models import Block, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from corpus.models import MediaType

__all__ = ["judge", "text_metadata"]

KEPT = "article:default"


def judge(
    blocks: Sequence[Block], media_type: MediaType, repeated: AbstractSet[str] = frozenset()
) -> tuple[Block, ...]:
    """Give every block that is ARTICLE on entry its kind and the rule that decided it.

    `blocks` are a page's, in order: lines of a text dump, or for HTML what the extractor kept among what it did not.
    Blocks of another kind are context and stay as they are. `repeated` are the visible texts of blocks that stand on
    many pages of the same host. Returns the same blocks in the same order.
    """
    draft = judge_draft(blocks, media_type, repeated)
    classifier.mark(draft)
    return judged(blocks, draft)


def judge_draft(
    blocks: Sequence[Block], media_type: MediaType, repeated: AbstractSet[str] = frozenset()
) -> Draft:
    """Return the units of a page with the verdicts of the rules."""
    draft = draft_of(blocks, media_type, repeated)
    for family in (
        hosting_footer.mark,
        widgets.mark_sure,
        widgets.mark_notices,
        pitches.mark,
        links.mark_sure,
        repetition.mark,
        debris.mark,
        paging.mark,
        contents.mark,
        body.locate,
        front.mark,
        comments.mark,
        frames.mark,
        author_box.mark,
        sections.mark_inline,
        sections.mark_orphans,
        body.mark_edges,
    ):
        family(draft)
    return draft


def judged(blocks: Sequence[Block], draft: Draft) -> tuple[Block, ...]:
    """Return the blocks with the kinds and rules of a draft of them."""
    verdicts = [_kept(block) for block in blocks]
    for place, unit in enumerate(draft.units):
        kind = draft.kinds[place]
        if kind is not None:
            for number in unit.members:
                verdicts[number] = dataclasses.replace(blocks[number], kind=kind, rule=draft.rules[place])
    return tuple(verdicts)


def _kept(block: Block) -> Block:
    return block if block.rule or block.kind is not Kind.ARTICLE else dataclasses.replace(block, rule=KEPT)
