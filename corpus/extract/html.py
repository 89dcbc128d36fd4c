"""HTML to visible blocks that know where they stand, without a tree: nesting may be as broken as it likes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.extract.layout import LaidOutBlock, Layout, with_whole_rows
from corpus.extract.places import CONTAINERS, Places
from corpus.extract.weight import Weigher
from corpus.markup import BLOCK_TAGS, HIDDEN, OPEN, SPACING_TAGS, TEXT, tokens
from corpus.models import Shape, Span
from corpus.spans import collapsed, unescaped

if TYPE_CHECKING:
    from corpus.markup import Token

_SHAPES = {
    "li": Shape.LIST_ITEM, "dd": Shape.LIST_ITEM, "blockquote": Shape.QUOTE,
    "table": Shape.TABLE, "pre": Shape.CODE,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "dt"), Shape.HEADING),
}  # fmt: skip
_ENDS_HEADING = frozenset("p div section article ul ol dl dt dd table h1 h2 h3 h4 h5 h6".split())
_LISTS = frozenset(("ul", "ol", "dl"))
_BOLD = frozenset(("b", "strong"))
# A heading inside a list item is a heading; a list item inside a table is a list item.
_PRECEDENCE = (Shape.CODE, Shape.HEADING, Shape.LIST_ITEM, Shape.QUOTE, Shape.TABLE)
_PRE_END = re.compile(r"</[pP][rR][eE](?=[\s/>])")
_HREF = re.compile(r"\s[hH][rR][eE][fF]\s*+=")


def html_blocks(raw: str) -> Layout:
    """Return the visible blocks of a page in order, each with a span; the spans leave only markup between them.

    A block takes the tags that stand on its own raw lines; whole lines of markup belong to nobody yet.
    Linear in the length of the page, whatever its nesting.
    """
    return _Reader(raw, Weigher(raw)).read()


@dataclass(slots=True)
class _Reader:
    """Walks the tokens once and closes a block at every block-level tag."""

    raw: str
    weigher: Weigher
    places: Places = field(default_factory=Places)
    open_shapes: dict[Shape, int] = field(default_factory=dict)
    blocks: list[LaidOutBlock] = field(default_factory=list)
    current: LaidOutBlock | None = None
    hidden: list[Span] = field(default_factory=list)
    gap: list[Token] = field(default_factory=list)
    in_link: bool = False
    in_bold: int = 0
    tag: str = ""
    row: int = 0
    next_pre_end: int = -1
    code_from: int = 0

    def read(self) -> Layout:
        for token in tokens(self.raw):
            if token.kind == TEXT:
                self._text(token)
            else:
                self.gap.append(token)
                if token.kind == HIDDEN:
                    self.hidden.append(Span(token.start, token.end))
                else:
                    self._tag(token)
        self._end_last()
        for block in self.blocks:
            block.text = collapsed("".join(block.pieces))
            block.pieces.clear()
        return Layout(with_whole_rows(self.blocks), self.hidden, self.places.parents, self.weigher.weight())

    def _text(self, token: Token) -> None:
        text = self.raw[token.start : token.end]
        characters = 0 if text.isspace() else len((text := unescaped(text)).strip())
        if not characters:
            self.gap.append(token)
            if self.current:
                self.current.pieces.append(" ")
            return
        if self.current is None:
            self.current = self._begin(token)
        block = self.current
        block.pieces.append(text)
        block.runs.append(Span(max(token.start, block.start), token.end))
        block.characters += characters
        block.linked += characters if self.in_link else 0
        block.bold += characters if self.in_bold else 0
        self.gap.clear()

    def _begin(self, token: Token) -> LaidOutBlock:
        """Begin a block, and settle where the one before it ends: the markup between them is known now."""
        edge = self._end_last()
        block = LaidOutBlock([], self._shape(), self.places.current(), self.tag, self.row)
        block.gap = token.start - edge
        block.start = _line_start(self.raw, self.gap, edge, token)
        self.blocks.append(block)
        return block

    def _end_last(self) -> int:
        if not self.blocks:
            return 0
        last = self.blocks[-1]
        last.end = _line_end(self.raw, last.runs[-1].end, self.gap)
        return last.end

    def _tag(self, token: Token) -> None:
        name, opens = token.name, token.kind == OPEN
        self.weigher.tag(token, opens)
        if name in BLOCK_TAGS:
            self.current = None
            self.tag = name if opens else f"/{name}"
            self._track_shape(token, opens)
        elif self.current:
            if name in SPACING_TAGS:
                self.current.pieces.append(" ")
            self.current.breaks += name == "br"
        self._track_inline(token, opens)
        if not opens:
            self.places.close(name)
        elif name in CONTAINERS:
            self.places.open_tag(name, self.raw[token.start : token.end])

    def _track_inline(self, token: Token, opens: bool) -> None:
        if token.name == "a":
            self.in_link = opens and bool(_HREF.search(self.raw, token.start, token.end))
            if self.in_link and self.current:
                self.current.links += 1
        elif token.name in _BOLD:
            self.in_bold = max(0, self.in_bold + (1 if opens else -1))

    def _track_shape(self, token: Token, opens: bool) -> None:
        """Count open shapes; end tags that HTML lets authors leave out are made up for by what follows."""
        name = token.name
        if opens and name in _ENDS_HEADING:
            self.open_shapes[Shape.HEADING] = 0
        if not opens and name in _LISTS:
            self.open_shapes[Shape.LIST_ITEM] = self.open_shapes[Shape.HEADING] = 0
        if name == "table" or (name == "tr" and opens):
            self.row += 1
        if name == "pre":
            self._track_code(token, opens)
        elif shape := _SHAPES.get(name):
            self.open_shapes[shape] = max(0, self.open_shapes.get(shape, 0) + (1 if opens else -1))

    def _track_code(self, token: Token, opens: bool) -> None:
        """Take `pre` for code where it is closed before the next one opens; else it would make the rest code."""
        if not opens:
            self.open_shapes[Shape.CODE] = 0
            return
        if self.open_shapes.get(Shape.CODE):
            for block in self.blocks[self.code_from :]:
                block.shape = Shape.PARAGRAPH
        if self.next_pre_end < token.end:
            closing = _PRE_END.search(self.raw, token.end)
            self.next_pre_end = closing.start() if closing else len(self.raw)
        self.open_shapes[Shape.CODE] = int(self.next_pre_end < len(self.raw))
        self.code_from = len(self.blocks)

    def _shape(self) -> Shape:
        return next((shape for shape in _PRECEDENCE if self.open_shapes.get(shape)), Shape.PARAGRAPH)


def _line_start(raw: str, gap: list[Token], edge: int, text: Token) -> int:
    """Return where the markup on the text's own line begins, never inside a tag or a script, nor before `edge`."""
    first = text.start + _leading_space(raw, text)
    newline = raw.rfind("\n", max(edge, text.start), first)
    if newline != -1:
        return newline + 1
    for token in reversed(gap):
        if token.end <= edge:
            break
        newline = raw.rfind("\n", max(edge, token.start), token.end)
        if newline != -1:
            return newline + 1 if token.kind == TEXT else token.end
    return edge


def _leading_space(raw: str, token: Token) -> int:
    text = raw[token.start : token.end]
    return len(text) - len(text.lstrip())


def _line_end(raw: str, text_end: int, gap: list[Token]) -> int:
    """Return where the text's last line ends, or where a tag or script that spans lines begins."""
    for token in gap:
        newline = raw.find("\n", token.start, token.end)
        if newline != -1:
            return newline + 1 if token.kind == TEXT else token.start
    return text_end
