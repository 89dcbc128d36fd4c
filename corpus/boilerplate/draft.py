"""A page while it is judged: its visible units in order, what each looks like, and the verdicts so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.boilerplate.phrases import CJK, Tokens, fold, tokenize_folded
from corpus.models import Block, Kind, MediaType, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

_ITEM = re.compile(r"^(?:[•·▪■●○◦‣*►▸–—-]\s|\(?\d{1,2}[.)、]\s?\S|\(?[a-z]\)\s)")
_QUOTED = re.compile(r"^[\"“”«„「『‘>]")
_ENDED = re.compile(r"[.!?…。！？；;](?:[\"”»“’'」』)）\]*_]|\s)*$")
_COLON = re.compile(r"[:：]\**\s*$")
_HASHES = re.compile(r"#{1,6}\s")
_LEADING, _TRAILING = "#>*_~=- \t\u00a0", "#*_~=¶§ \t\u00a0"
_LINK = re.compile(r"!?\[([^\]\[]{0,500})\]\([^)(\s]{0,2000}(?:\s\"[^\"]{0,200}\")?\)")
_CODE = re.compile(r"^\s*(?:[$#>]\s?\w+\s+-|\w+\s*=\s*\S+$|[{}<]/?\w)|=>|::|\(\)")
_CODE_END = re.compile(r"[;{}]$")
_BEGIN, _END = 200, 24
_CJK = re.compile(rf"[{CJK}]")

PROSE_SIZE = 18.0
SENTENCE_SIZE = 5.0


@dataclass(frozen=True, slots=True)
class Unit:
    """One paragraph, heading or list item: usually one block, several where lines are hard-wrapped.

    `size` counts words; of scripts without spaces, 0.6 a character.
    """

    members: tuple[int, ...]
    text: str
    bare: str
    folded: str
    tokens: Tokens
    size: float
    shape: Shape
    gap: bool
    ended: bool
    colon: bool
    item: bool
    quoted: bool
    code: bool
    prose: bool

    @property
    def sentence(self) -> bool:
        """Whether it reads as a sentence."""
        return self.size >= SENTENCE_SIZE and (self.ended or self.colon)

    @property
    def headline(self) -> bool:
        """Whether it could be a heading: short, with no end of sentence, no item of a list."""
        return self.size <= 14 and not self.ended and not self.item


@dataclass(slots=True)
class Draft:
    """The units of a page and their verdicts: `kinds[i]` is None while unit `i` is of the article."""

    media_type: MediaType
    units: list[Unit]
    kinds: list[Kind | None] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    title_known: bool = False
    body_start: int = 0
    body_end: int = 0

    def __post_init__(self) -> None:
        self.kinds = [None] * len(self.units)
        self.rules = [""] * len(self.units)

    def mark(self, place: int, kind: Kind, rule: str, *, again: bool = False) -> None:
        """Give unit `place` a verdict; an earlier one stands unless `again`."""
        if self.kinds[place] is None or again:
            self.kinds[place], self.rules[place] = kind, rule

    def open_places(self, first: int = 0, end: int | None = None) -> list[int]:
        """Return the places in `first:end` that have no verdict."""
        end = len(self.units) if end is None else end
        return [i for i in range(max(first, 0), min(end, len(self.units))) if self.kinds[i] is None]

    def prose_places(self) -> list[int]:
        """Return the places of unmarked paragraphs."""
        return [i for i in self.open_places() if self.units[i].prose]

    @property
    def head_end(self) -> int:
        """Return the place of the first unmarked paragraph of the article."""
        for place in range(self.body_start, len(self.units)):
            if self.kinds[place] is None and self.units[place].prose:
                return place
        return len(self.units)


def draft_of(blocks: Sequence[Block], media_type: MediaType) -> Draft:
    """Build the draft of a page from the blocks that are ARTICLE so far."""
    width = _wrap_width(blocks) if media_type == "text" else 0
    groups: list[list[int]] = []
    gaps: list[bool] = []
    gap = True
    for number, block in enumerate(blocks):
        if block.kind is not Kind.ARTICLE or not block.text.strip():
            gap = True
            continue
        if groups and not gap and width and _continues(blocks[groups[-1][-1]], block, width):
            groups[-1].append(number)
        else:
            groups.append([number])
            gaps.append(gap)
        gap = False
    draft = Draft(media_type, [_unit(blocks, g, gap) for g, gap in zip(groups, gaps, strict=True)])
    draft.title_known = any(block.kind is Kind.TITLE for block in blocks)
    return draft


def unit_of(
    text: str, shape: Shape = Shape.PARAGRAPH, members: tuple[int, ...] = (), *, gap: bool = True
) -> Unit:
    """Look at a text once: what the rules ask of it is noted here."""
    if _HASHES.match(text):
        shape = Shape.HEADING
    bare = _LINK.sub(r"\1", text).lstrip(_LEADING).rstrip(_TRAILING)
    folded = fold(bare)
    tokens = tokenize_folded(folded)
    size = sum(0.6 if _CJK.match(t) else 1.0 for t in tokens)
    ended, colon = bool(_ENDED.search(text[-_END:])), bool(_COLON.search(text[-_END:]))
    item = shape is Shape.LIST_ITEM or bool(_ITEM.match(text))
    long = size >= PROSE_SIZE and text.count("|") < 2
    return Unit(
        members, text, bare, folded, tokens, size, shape, gap, ended, colon, item,
        quoted=shape is Shape.QUOTE or bool(_QUOTED.match(text)),
        code=shape is Shape.CODE or bool(_CODE.search(text[:_BEGIN])) or bool(_CODE_END.search(text[-_END:])),
        prose=long and (ended or colon or item or size >= 2 * PROSE_SIZE),
    )  # fmt: skip


def _unit(blocks: Sequence[Block], members: Sequence[int], gap: bool) -> Unit:
    text = " ".join(blocks[i].text for i in members)
    return unit_of(text, blocks[members[0]].shape, tuple(members), gap=gap)


def _wrap_width(blocks: Sequence[Block]) -> int:
    """Return the width at which a page's lines are wrapped, or 0: most lines short of it, none far beyond."""
    lengths = [len(b.text) for b in blocks if b.kind is Kind.ARTICLE and b.text.strip()]
    long = [n for n in lengths if n >= 50]
    if len(long) < 8 or max(lengths) > 105:
        return 0
    return max(long)


def _continues(before: Block, block: Block, width: int) -> bool:
    """Whether a line goes on from the one above it: that one is full, and neither begins anew."""
    if _ITEM.match(block.text) or len(before.text) < 0.55 * width:
        return False
    first_word = block.text.split(" ", 1)[0]
    return len(before.text) + 1 + len(first_word) > 0.85 * width
