"""What a page says of itself, as it stands: meta tags, scripts, headings, bylines, dates and lines, read in one pass.

Nothing is judged here. A clue knows its place, so that those who judge can tell the title's neighbourhood from a list
of related articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from corpus.extract.marks import DATE_MARKS, HEADINGS, VOID, mark_of
from corpus.extract.names import clean
from corpus.extract.places import Places
from corpus.markup import CLOSE, HIDDEN, OPEN, TEXT, attributes, tokens
from corpus.spans import visible

if TYPE_CHECKING:
    from corpus.markup import Token
    from corpus.models import Kind

_ANCHOR_SIGNS = "¶#§ \u200b"
_MAX_LINES = 3_000
_MAX_CLUES = 300
_MAX_LINE = 400
_MAX_PARTS = 200
_MAX_ELEMENT = 3_000
_MAX_OPEN = 6
_MAX_METAS = 500
_MAX_JSON = 2_000_000
_MAX_SCRIPTS = 50


class Clue(NamedTuple):
    """Something an element says: what kind of element it is, its text, where it starts, what its place is.

    `before` is the text that stands before it in its line ("Last updated:"); `label` its class and item property.
    """

    source: str
    text: str
    start: int
    place: Kind | None
    before: str = ""
    label: str = ""


class Line(NamedTuple):
    """A visible line of the page: its first characters, and where it starts."""

    text: str
    start: int
    place: Kind | None


@dataclass(slots=True)
class Head:
    """The raw material. `metas` has every value of a name, in order; names are in lower case."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    canonical: str = ""
    base: str = ""
    language: str = ""
    title: str = ""
    scripts: list[str] = field(default_factory=list)
    headings: list[Clue] = field(default_factory=list)
    authors: list[Clue] = field(default_factory=list)
    dates: list[Clue] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def meta(self, *names: str) -> str:
        """Return the first value of the first of `names` that the page gives, or an empty string."""
        return next((self.metas[name][0] for name in names if name in self.metas), "")


@dataclass(slots=True)
class _Element:
    """An open element whose text will be a clue."""

    name: str
    source: str
    start: int
    place: Kind | None
    before: str
    label: str
    nested: int = 0
    stated: str = ""


def read_head(raw: str) -> Head:
    """Read a page once, from its first tag to its last."""
    reader = _Reader(raw)
    for token in tokens(raw):
        reader.read(token)
    reader.end_line()
    return reader.head


class _Reader:
    """Walks the tokens and closes a line at every block-level tag."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.head = Head()
        self._places = Places()
        self._open: list[_Element] = []
        self._line: list[str] = []
        self._line_start = 0
        self._line_length = 0

    def read(self, token: Token) -> None:
        if token.kind == TEXT:
            self._text(token)
        elif token.kind == HIDDEN:
            _read_hidden(self.raw, token, self.head)
        elif token.kind == OPEN:
            self._opened(token)
        elif token.kind == CLOSE:
            self._closed(token)

    def _text(self, token: Token) -> None:
        if self._line_length < _MAX_LINE and len(self._line) < _MAX_PARTS:
            text = self.raw[token.start : min(token.end, token.start + _MAX_LINE)]
            if not self._line:
                self._line_start = token.start
            self._line.append(text)
            self._line_length += len(text.strip())

    def _opened(self, token: Token) -> None:
        if token.breaks or token.name == "br":
            self.end_line()
        elif token.separates and len(self._line) < _MAX_PARTS:
            self._line.append(" ")
        found = attributes(self.raw, token)
        _read_tag(token.name, found, self.head)
        for element in self._open:
            element.nested += element.name == token.name
            self._inner(element, found)
        self._places.open(token.name, found)
        source = mark_of(token.name, found)
        if not source and self._open and "name" in found.get("itemprop", "").lower().split():
            source = "microdata-name"
        if source:
            self._begin(token, source, found)

    def _inner(self, element: _Element, found: dict[str, str]) -> None:
        """Take what a person's own element states in an attribute: `<meta itemprop="name" content="Jane Roe">`."""
        if element.source == "microdata" and found.get("itemprop") == "name" and "content" in found:
            element.stated = element.stated or found["content"]

    def _begin(self, token: Token, source: str, found: dict[str, str]) -> None:
        place = self._places.current()[0]
        before = clean("".join(self._line))[-60:]
        label = f"{found.get('class', '')[:200]} {found.get('itemprop', '')} {found.get('property', '')[:50]}".strip()
        stated = found.get("content") or found.get("datetime") or ""
        element = _Element(token.name, source, token.end, place, before, label, 0, stated)
        if token.name in VOID or (stated and source in DATE_MARKS):
            self._finish(element, stated)
        elif len(self._open) < _MAX_OPEN:
            self._open.append(element)

    def _closed(self, token: Token) -> None:
        if token.breaks:
            self.end_line()
        self._places.close(token.name)
        for element in list(self._open):
            if element.name == token.name:
                element.nested -= 1
            long = token.start - element.start > _MAX_ELEMENT
            if element.nested < 0 or long:
                self._open.remove(element)
                if not long:
                    self._finish(
                        element, element.stated or visible(self.raw[element.start : token.start], "html")
                    )

    def _name_inside(self, text: str) -> None:
        """Give the name of a person (`itemprop="name"`) to the author's element that it stands in."""
        for element in self._open:
            if element.source == "microdata":
                element.stated = element.stated or text

    def _finish(self, element: _Element, text: str) -> None:
        text = clean(text).rstrip(_ANCHOR_SIGNS)
        if element.source == "microdata-name":
            self._name_inside(text)
            return
        kept = _kept_in(self.head, element.source)
        if text and len(kept) < _MAX_CLUES:
            kept.append(
                Clue(element.source, text, element.start, element.place, element.before, element.label)
            )

    def end_line(self) -> None:
        """Close the line that is being read."""
        if self._line:
            text = clean("".join(self._line))
            if text and len(self.head.lines) < _MAX_LINES:
                self.head.lines.append(Line(text, self._line_start, self._places.current()[0]))
            self._line, self._line_length = [], 0


def _kept_in(head: Head, source: str) -> list[Clue]:
    if source in HEADINGS:
        return head.headings
    return head.dates if source in DATE_MARKS else head.authors


def _read_hidden(raw: str, token: Token, head: Head) -> None:
    if token.name == "title" and not head.title:
        element = raw[token.start : min(token.end, token.start + 5_000)]
        head.title = clean(re.sub(r"^<[^>]*>|</title[^>]*>$", "", element, flags=re.I))
    elif token.name == "script" and len(head.scripts) < _MAX_SCRIPTS:
        _read_script(raw, token, head)


def _read_script(raw: str, token: Token, head: Head) -> None:
    opening = raw[token.start : min(token.end, token.start + 300)].partition(">")[0]
    room = _MAX_JSON - sum(map(len, head.scripts))
    if "ld+json" in opening.lower() and token.end - token.start < room:
        element = raw[token.start : token.end]
        head.scripts.append(element[element.find(">") + 1 : element.rfind("</")])


def _read_tag(name: str, found: dict[str, str], head: Head) -> None:
    if name == "meta":
        _read_meta(found, head)
    elif name == "link" and "canonical" in found.get("rel", "").lower().split():
        head.canonical = head.canonical or clean(found.get("href", ""))
    elif name == "base":
        head.base = head.base or clean(found.get("href", ""))
    elif name == "html":
        head.language = head.language or clean(found.get("lang", "") or found.get("xml:lang", ""))


def _read_meta(found: dict[str, str], head: Head) -> None:
    content = clean(found.get("content", ""))
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        key = found.get(attribute, "").strip().lower()
        if key and content and (key in head.metas or len(head.metas) < _MAX_METAS):
            values = head.metas.setdefault(key, [])
            if len(values) < 50:
                values.append(content)
