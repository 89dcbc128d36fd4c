"""HTML to visible blocks that know where they stand, without a tree: nesting may be as broken as it likes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.extract.places import Places
from corpus.markup import CLOSE, OPEN, TEXT, attributes, tokens
from corpus.models import Block, Kind, Shape, Span
from corpus.spans import visible

if TYPE_CHECKING:
    from corpus.markup import Token

_SHAPES = {
    "li": Shape.LIST_ITEM, "dd": Shape.LIST_ITEM, "blockquote": Shape.QUOTE, "tr": Shape.TABLE,
    "table": Shape.TABLE, "pre": Shape.CODE,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "dt"), Shape.HEADING),
}  # fmt: skip
_ENDS_HEADING = frozenset("p div section article ul ol dl dt dd table h1 h2 h3 h4 h5 h6".split())
_LISTS = frozenset(("ul", "ol", "dl"))
# A heading inside a list item is a heading; a list item inside a table is a list item.
_PRECEDENCE = (Shape.CODE, Shape.HEADING, Shape.LIST_ITEM, Shape.QUOTE, Shape.TABLE)


@dataclass(slots=True)
class LaidOutBlock:
    """One visible block: its covering span, its text runs, its shape, what its place says it is.

    `characters` and `linked` count raw characters of text, and those of them inside links.
    """

    runs: list[Span]
    shape: Shape
    place: Kind | None
    rule: str
    characters: int = 0
    linked: int = 0
    start: int = 0
    end: int = 0

    @property
    def link_share(self) -> float:
        """The share of its text that is links, 0..1."""
        return self.linked / max(1, self.characters)


@dataclass(slots=True)
class _Reader:
    """Walks the tokens once and closes a block at every block-level tag."""

    places: Places = field(default_factory=Places)
    open_shapes: dict[Shape, int] = field(default_factory=dict)
    blocks: list[LaidOutBlock] = field(default_factory=list)
    current: LaidOutBlock | None = None
    in_link: bool = False

    def read(self, raw: str) -> list[LaidOutBlock]:
        for token in tokens(raw):
            if token.kind == TEXT:
                self._text(raw, token)
            elif token.kind in (OPEN, CLOSE):
                self._tag(raw, token)
        return self.blocks

    def _text(self, raw: str, token: Token) -> None:
        if raw[token.start : token.end].isspace() or not visible(raw[token.start : token.end], "html"):
            return
        if self.current is None:
            place, rule = self.places.current()
            self.current = LaidOutBlock([], self._shape(), place, rule)
            self.blocks.append(self.current)
        self.current.runs.append(Span(token.start, token.end))
        characters = len(raw[token.start : token.end].strip())
        self.current.characters += characters
        self.current.linked += characters if self.in_link else 0

    def _tag(self, raw: str, token: Token) -> None:
        if token.breaks:
            self.current = None
        opens = token.kind == OPEN
        if token.name == "a":
            self.in_link = opens
        self._track_shape(token.name, opens)
        if opens:
            self.places.open(token.name, attributes(raw, token) if self.places.tracks(token.name) else {})
        else:
            self.places.close(token.name)

    def _track_shape(self, name: str, opens: bool) -> None:
        """Count open shapes; end tags that HTML lets authors leave out are made up for by what follows."""
        if opens and name in _ENDS_HEADING:
            self.open_shapes[Shape.HEADING] = 0
        if not opens and name in _LISTS:
            self.open_shapes[Shape.LIST_ITEM] = self.open_shapes[Shape.HEADING] = 0
        if shape := _SHAPES.get(name):
            self.open_shapes[shape] = max(0, self.open_shapes.get(shape, 0) + (1 if opens else -1))

    def _shape(self) -> Shape:
        return next((shape for shape in _PRECEDENCE if self.open_shapes.get(shape)), Shape.PARAGRAPH)


def html_blocks(raw: str) -> list[LaidOutBlock]:
    """Return the visible blocks of a page in order, each with a span; the spans leave only markup between them.

    A block takes the tags that stand on its own raw lines; whole lines of markup belong to nobody yet.
    """
    blocks = _Reader().read(raw)
    for block in blocks:
        first, last = block.runs[0], block.runs[-1]
        block.start = first.start + _leading_space(raw, first)
        block.end = last.end
    _claim_line_ends(raw, blocks)
    return blocks


def _leading_space(raw: str, run: Span) -> int:
    text = raw[run.start : run.end]
    return len(text) - len(text.lstrip())


def _claim_line_ends(raw: str, blocks: list[LaidOutBlock]) -> None:
    """Extend each block over the markup around it on its first and last raw line."""
    edge = 0
    for index, block in enumerate(blocks):
        block.start = max(edge, _line_start(raw, edge, block.start))
        limit = blocks[index + 1].runs[0].start if index + 1 < len(blocks) else len(raw)
        block.end = edge = _line_end(raw, block.runs[-1].end, limit)


def _line_start(raw: str, gap_start: int, text_start: int) -> int:
    """Return where the markup on the text's own line begins, never inside a tag or a script."""
    position = gap_start
    for token in tokens(raw, gap_start, text_start):
        newline = raw.rfind("\n", token.start, token.end)
        if newline != -1:
            position = newline + 1 if token.kind == TEXT else token.end
    return position


def _line_end(raw: str, text_end: int, gap_end: int) -> int:
    """Return where the text's last line ends, or where a tag or script that spans lines begins."""
    for token in tokens(raw, text_end, gap_end):
        newline = raw.find("\n", token.start, token.end)
        if newline != -1:
            return newline + 1 if token.kind == TEXT else token.start
    return text_end


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
