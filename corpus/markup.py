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
    " figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html label legend li main menu nav noframes"
    " noscript ol optgroup option p pre search section select summary table tbody tfoot thead tr ul".split()
)
SPACING_TAGS = BLOCK_TAGS | frozenset("br td th img input video audio canvas object".split())
_HIDDEN_TAGS = frozenset("script style template title textarea svg math iframe noembed object".split())
# Without its end tag, what a browser hides to the end of the page; of the others it shows what follows.
_HIDE_TO_THE_END = frozenset("script style title textarea".split())
# A tag ends at the first `>` outside a quoted value; one that never ends hides the rest, as in browsers.
_MARKUP = re.compile(
    r"""<(?:(/?)([a-zA-Z][^\s/>\x00]*+)((?:[^>=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|=)*+)>?|!--|[!?])"""
)
# Letters as classes, not IGNORECASE: the literal `</` in front is then searched for at the speed of memchr.
_CLOSING = {
    name: re.compile(rf"</{''.join(f'[{c}{c.upper()}]' for c in name)}(?=[\s/>])[^>]*+>?")
    for name in _HIDDEN_TAGS
}


class Token(NamedTuple):
    """`kind` is text, open, close or hidden (comments, scripts and the like); `name` is a lower-case tag name."""

    kind: str
    name: str
    start: int
    end: int

    @property
    def breaks(self) -> bool:
        """Whether this tag ends one visible block and begins another."""
        return self.name in BLOCK_TAGS and self.kind != HIDDEN

    @property
    def separates(self) -> bool:
        """Whether this tag shows as white space at least."""
        return self.name in SPACING_TAGS and self.kind != HIDDEN


def tokens(raw: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Yield the tokens of `raw[start:end]`, which together cover it without gaps, in time linear in their length."""
    end = len(raw) if end is None else end
    search = _MARKUP.search
    never_closed: set[str] = set()
    position = start
    while match := search(raw, position, end):
        mark, tag_end = match.span()
        if mark > position:
            yield Token(TEXT, "", position, mark)
        if not match[2]:
            token = _declaration(raw, mark, end)
        elif match[1]:
            token = Token(CLOSE, match[2].lower(), mark, tag_end)
        else:
            name = match[2].lower()
            token = Token(OPEN, name, mark, tag_end)
            if name in _HIDDEN_TAGS and not match[3].endswith("/"):
                token = _hidden(raw, token, end, never_closed)
        yield token
        position = token.end
    if position < end:
        yield Token(TEXT, "", position, end)


def _declaration(raw: str, mark: int, end: int) -> Token:
    if raw.startswith("<!--", mark, end):
        return Token(HIDDEN, "", mark, _after(raw, "-->", mark + 4, end))
    return Token(HIDDEN, "", mark, _after(raw, ">", mark + 2, end))


def _after(raw: str, closer: str, position: int, end: int) -> int:
    found = raw.find(closer, position, end)
    return end if found == -1 else found + len(closer)


def _hidden(raw: str, opening: Token, end: int, never_closed: set[str]) -> Token:
    """Return the element that a browser does not show; `never_closed` spares a second search to the end."""
    name = opening.name
    closing = None if name in never_closed else _CLOSING[name].search(raw, opening.end, end)
    if closing:
        return Token(HIDDEN, name, opening.start, closing.end())
    never_closed.add(name)
    return Token(HIDDEN, name, opening.start, end if name in _HIDE_TO_THE_END else opening.end)


_ATTRIBUTE = re.compile(r"""([^\s=>"'/][^\s=>/]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?""")


def attributes(raw: str, token: Token) -> dict[str, str]:
    """Return the attributes of an opening tag, names in lower case, values as they stand (entities unresolved)."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(raw, token.start + 1 + len(token.name), token.end - 1):
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
        if len(found) >= 200:
            break
    return found


def attribute_count(raw: str, token: Token) -> int:
    """Return how many attributes an opening tag has, repeated ones included."""
    return sum(1 for _ in _ATTRIBUTE.finditer(raw, token.start + 1 + len(token.name), token.end - 1))
