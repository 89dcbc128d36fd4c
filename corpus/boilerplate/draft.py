"""A page while it is judged: its visible units in order, what each looks like, and the verdicts so far."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.boilerplate.phrases import CJK, Tokens, fold, tokenize_folded
from corpus.boilerplate.stems import Stems, stems_of
from corpus.boilerplate.wrapping import ITEM, groups
from corpus.models import Block, Kind, MediaType, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

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
_MARKS = ("“”", "«»", "「」", "『』", "„“", "»«")
QUOTED_UNITS = 8
TABLE_ROWS = 3

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
    """The units of a page and their verdicts: `kinds[i]` is None while unit `i` is of the article.

    `repeated` are the places of units that stand on many pages of the same host.
    """

    media_type: MediaType
    units: list[Unit]
    repeated: frozenset[int] = frozenset()
    kinds: list[Kind | None] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    title_known: bool = False
    body_start: int = 0
    body_end: int = 0
    _stems: Stems | None = None

    def __post_init__(self) -> None:
        self.kinds = [None] * len(self.units)
        self.rules = [""] * len(self.units)

    @property
    def stems(self) -> Stems:
        """Return the words to read the page with, in its language."""
        if self._stems is None:
            self._stems = stems_of(self.units)
        return self._stems

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


def draft_of(
    blocks: Sequence[Block], media_type: MediaType, repeated: AbstractSet[str] = frozenset()
) -> Draft:
    """Build the draft of a page from the blocks that are ARTICLE so far; `repeated` are texts of blocks."""
    found, gaps = groups(blocks, media_type)
    again = (
        n for n, group in enumerate(found) if repeated and all(blocks[i].text in repeated for i in group)
    )
    units = _with_tables([_unit(blocks, group, gap) for group, gap in zip(found, gaps, strict=True)])
    draft = Draft(media_type, _with_quotations(units), frozenset(again))
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
    item = shape is Shape.LIST_ITEM or bool(ITEM.match(text))
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


def _with_quotations(units: list[Unit]) -> list[Unit]:
    """Note the paragraphs of a quotation that goes over several: opened in one, closed a few sentences below."""
    for place, unit in enumerate(units):
        mark = next(
            (m for m in _MARKS if unit.sentence and unit.text.count(m[0]) > unit.text.count(m[1])), None
        )
        end = _quotation_end(units, place, mark) if mark else None
        for inside in range(place + 1, end + 1 if end else place):
            units[inside] = dataclasses.replace(units[inside], quoted=True)
    return units


def _quotation_end(units: list[Unit], opened: int, mark: str) -> int | None:
    """Return where a quotation opened in one unit is closed: near, with nothing but sentences before."""
    for place in range(opened + 1, min(opened + 1 + QUOTED_UNITS, len(units))):
        text = units[place].text
        if text.count(mark[1]) > text.count(mark[0]):
            return place
        if not units[place].sentence:
            return None
    return None


def _with_tables(units: list[Unit]) -> list[Unit]:
    """Note the rows of tables that a scraper left as lines: runs of lines with as many bars each."""
    bars = [unit.text.count("|") for unit in units]
    start = 0
    for place in range(1, len(units) + 1):
        if place < len(units) and bars[place] == bars[start]:
            continue
        if bars[start : start + 1] > [0] and place - start >= TABLE_ROWS:
            for row in range(start, place):
                units[row] = dataclasses.replace(units[row], shape=Shape.TABLE)
        start = place
    return units
