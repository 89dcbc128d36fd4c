"""What a tree builder would face: pages beyond these figures are never shown to one that is slow or drops text.

Measured on hostile pages: lxml, and so trafilatura, loses what is nested over 253 deep; trafilatura takes 40 seconds
for a million elements and lxml 86 for 200,000 attributes on one tag; resiliparse's time grows with the square of the
depth. At the limits below each takes about two seconds, resiliparse four.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.markup import BLOCK_TAGS, attribute_count

if TYPE_CHECKING:
    from corpus.markup import Token

_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr keygen frame basefont".split()
)
# What an opening tag ends where the end tag was left out.
_PARTS_OF_TABLES = frozenset("td th tr tbody thead tfoot p".split())
_ENDS = {
    **dict.fromkeys("tbody thead tfoot".split(), _PARTS_OF_TABLES),
    "tr": frozenset("td th tr p".split()),
    **dict.fromkeys("td th".split(), frozenset("td th p".split())),
    **dict.fromkeys("dt dd".split(), frozenset("dt dd p".split())),
    "li": frozenset("li p".split()),
    "option": frozenset(("option",)),
    **dict.fromkeys(
        BLOCK_TAGS - frozenset("td th tr tbody thead tfoot dt dd li option".split()), frozenset("p")
    ),
}
_LONG_TAG = 1_000
_ATTRIBUTES = 300
_LXML_DEPTH = 240
_LXML_ELEMENTS = 30_000
_LXML_CHARACTERS = 5_000_000
_RESILIPARSE_DEPTH = 2_000
_RESILIPARSE_NESTING = 100_000_000


@dataclass(frozen=True, slots=True)
class Weight:
    """What there is of a page: its characters, its elements, how deep they are nested, attributes on one of them.

    `nesting` is the sum over the elements of how many others each stands in.
    """

    characters: int
    elements: int
    depth: int
    nesting: int
    attributes: int

    @property
    def for_lxml(self) -> bool:
        """Whether trafilatura and other users of lxml read the page whole and in seconds."""
        return (
            self.depth <= _LXML_DEPTH
            and self.elements <= _LXML_ELEMENTS
            and self.attributes <= _ATTRIBUTES
            and self.characters <= _LXML_CHARACTERS
        )

    @property
    def for_resiliparse(self) -> bool:
        """Whether resiliparse reads the page in seconds."""
        return (
            self.depth <= _RESILIPARSE_DEPTH
            and self.nesting <= _RESILIPARSE_NESTING
            and self.attributes <= _ATTRIBUTES
        )


@dataclass(slots=True)
class Weigher:
    """Follows the tags of a page as a tree builder would, without a tree."""

    raw: str
    elements: int = 0
    depth: int = 0
    nesting: int = 0
    attributes: int = 0
    _stack: list[str] = field(default_factory=list)
    _open: dict[str, int] = field(default_factory=dict)

    def tag(self, token: Token, opens: bool) -> None:
        """Take note of an opening or a closing tag."""
        name, stack = token.name, self._stack
        if not opens:
            self._close(name)
            return
        self.elements += 1
        if token.end - token.start > _LONG_TAG:
            self.attributes = max(self.attributes, attribute_count(self.raw, token))
        if name in _VOID:
            return
        ended = _ENDS.get(name, ())
        while stack and stack[-1] in ended:
            self._open[stack.pop()] -= 1
        stack.append(name)
        self._open[name] = self._open.get(name, 0) + 1
        self.depth = max(self.depth, len(stack))
        self.nesting += len(stack)

    def _close(self, name: str) -> None:
        if not self._open.get(name):
            return
        while self._stack:
            popped = self._stack.pop()
            self._open[popped] -= 1
            if popped == name:
                return

    def weight(self) -> Weight:
        """Return the figures; a tag too short to have many attributes counts for none."""
        return Weight(len(self.raw), self.elements, self.depth, self.nesting, self.attributes)
