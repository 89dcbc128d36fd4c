"""A linear, forgiving HTML tokenizer that knows where everything stands.

It never fails and never builds a tree: what a browser would do with broken nesting does not matter here, only
which characters are text, which are tags, and which elements separate one visible block from the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT, OPEN, CLOSE, HIDDEN = "text", "open", "close", "hidden"

BLOCK_TAGS = frozenset(
    "address article aside blockquote body button caption center dd details dialog div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html label legend li main menu nav noframes ol"
    " optgroup option p pre search section select summary table tbody tfoot thead tr ul".split()
)
_SPACING_TAGS = frozenset("br td th img input video audio canvas object wbr".split()) - {"wbr"}
_HIDDEN_TAGS = frozenset("script style template title textarea svg math iframe noembed object".split())
# Without its end tag, what a browser hides to the end of the page; of the others it shows what follows.
_HIDE_TO_THE_END = frozenset("script style title textarea".split())
_TAG_NAME = re.compile(r"</?([a-zA-Z][^\s/>\x00]*)")
_TAG_REST = re.compile(r"""(?:[^>=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|=)*+>""")


class Token(NamedTuple):
    """`kind` is text, open, close or hidden (comments, scripts and the like); `name` is a lower-case tag name."""

    kind: str
    name: str
    start: int
    end: int

    @property
    def breaks(self) -> bool:
        """Whether this tag ends one visible block and begins another."""
        return self.kind in (OPEN, CLOSE) and self.name in BLOCK_TAGS

    @property
    def separates(self) -> bool:
        """Whether this tag shows as white space at least."""
        return self.kind in (OPEN, CLOSE) and (self.name in BLOCK_TAGS or self.name in _SPACING_TAGS)


def tokens(raw: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Yield the tokens of `raw[start:end]`, which together cover it without gaps."""
    end = len(raw) if end is None else end
    position = start
    while position < end:
        mark = raw.find("<", position, end)
        while mark != -1 and not _opens_markup(raw, mark, end):
            mark = raw.find("<", mark + 1, end)
        if mark == -1:
            yield Token(TEXT, "", position, end)
            return
        if mark > position:
            yield Token(TEXT, "", position, mark)
        token = _markup_at(raw, mark, end)
        yield token
        position = token.end


def _opens_markup(raw: str, mark: int, end: int) -> bool:
    following = raw[mark + 1 : min(mark + 3, end)]
    return following[:1] in ("!", "?") or (
        following[:1].isascii()
        and (
            following[:1].isalpha()
            or (following[:1] == "/" and following[1:].isascii() and following[1:].isalpha())
        )
    )


def _markup_at(raw: str, mark: int, end: int) -> Token:
    if raw.startswith("<!--", mark, end):
        return Token(HIDDEN, "", mark, _after(raw, "-->", mark + 4, end))
    if raw[mark + 1] in "!?":
        return Token(HIDDEN, "", mark, _after(raw, ">", mark + 2, end))
    name_match = _TAG_NAME.match(raw, mark, end)
    name = name_match[1].lower() if name_match else ""
    rest = _TAG_REST.match(raw, name_match.end() if name_match else mark, end)
    tag_end = rest.end() if rest else _after(raw, ">", mark + 1, end)
    if raw[mark + 1] == "/":
        return Token(CLOSE, name, mark, tag_end)
    if name in _HIDDEN_TAGS and raw[tag_end - 2 : tag_end] != "/>":
        return Token(HIDDEN, name, mark, _after_element(raw, name, tag_end, end))
    return Token(OPEN, name, mark, tag_end)


def _after(raw: str, closer: str, position: int, end: int) -> int:
    found = raw.find(closer, position, end)
    return end if found == -1 else found + len(closer)


def _after_element(raw: str, name: str, position: int, end: int) -> int:
    closing = re.compile(rf"</{re.escape(name)}(?=[\s/>])[^>]*+>?", re.IGNORECASE).search(raw, position, end)
    if closing:
        return closing.end()
    return end if name in _HIDE_TO_THE_END else position


_ATTRIBUTE = re.compile(r"""([^\s=>"'/][^\s=>/]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?""")


def attributes(raw: str, token: Token) -> dict[str, str]:
    """Return the attributes of an opening tag, names in lower case, values as they stand (entities unresolved)."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(raw, token.start + 1 + len(token.name), token.end - 1):
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
        if len(found) >= 200:
            break
    return found
