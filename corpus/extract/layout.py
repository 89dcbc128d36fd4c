"""The visible blocks of a page as they are laid out: what they hold, where they stand, what surrounds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from corpus.models import Shape

if TYPE_CHECKING:
    from corpus.extract.places import Place
    from corpus.extract.weight import Weight
    from corpus.models import Kind, Span

_ROW_CHARACTERS = 300


@dataclass(slots=True)
class LaidOutBlock:
    """One visible block: its covering span, its text runs, its shape, the elements it stands in.

    `text` is what a reader sees of the span. `characters` and `linked` count raw characters of text, and those of
    them inside links; `links` counts those links, `bold` the characters in bold. `tag` is the last block-level tag
    before the text, `row` numbers the table row (0: none), `gap` counts the characters of markup before the block.
    """

    runs: list[Span]
    shape: Shape
    around: Place
    tag: str = ""
    row: int = 0
    gap: int = 0
    characters: int = 0
    linked: int = 0
    links: int = 0
    bold: int = 0
    breaks: int = 0
    start: int = 0
    end: int = 0
    text: str = ""
    pieces: list[str] = field(default_factory=list)

    @property
    def place(self) -> Kind | None:
        """What the innermost telling element around the block says it is."""
        return self.around.kind

    @property
    def rule(self) -> str:
        """What said so."""
        return self.around.rule

    @property
    def link_share(self) -> float:
        """The share of its text that is links, 0..1."""
        return self.linked / max(1, self.characters)

    def join(self, following: LaidOutBlock) -> None:
        """Take the next block into this one: between the two there is nothing but markup."""
        self.runs += following.runs
        self.text = f"{self.text} {following.text}"
        self.end = following.end
        for name in ("characters", "linked", "links", "bold", "breaks"):
            setattr(self, name, getattr(self, name) + getattr(following, name))


@dataclass(frozen=True, slots=True)
class Layout:
    """The visible blocks of a page in order, and what else its one reading found.

    `hidden` are the scripts, comments and pictures that no reader sees, `parents` the parent of every element around
    the blocks, `weight` is what a parser would face.
    """

    blocks: list[LaidOutBlock]
    hidden: list[Span]
    parents: list[int]
    weight: Weight


def with_whole_rows(blocks: list[LaidOutBlock]) -> list[LaidOutBlock]:
    """Join the cells of a short table row into one block, whatever elements stand in the cells."""
    whole: list[LaidOutBlock] = []
    for (row, shape), group in groupby(blocks, key=lambda block: (block.row, block.shape)):
        cells = list(group)
        if row and shape is Shape.TABLE and sum(cell.characters for cell in cells) <= _ROW_CHARACTERS:
            for cell in cells[1:]:
                cells[0].join(cell)
            del cells[1:]
        whole += cells
    return whole
