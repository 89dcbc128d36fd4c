"""From raw characters to what a reader sees, and back: every visible character knows its raw place."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.markup import TEXT, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus.models import MediaType

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_HIDDEN = re.compile("[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u202a-\u202e\u2066-\u206f]")
_PIECE = re.compile(r"\s+|&|[^\s&]+")


@dataclass(frozen=True, slots=True)
class VisibleText:
    """`text[i]` was made from the raw characters `starts[i]:ends[i]`; white space is collapsed and stripped."""

    text: str
    starts: list[int]
    ends: list[int]


def visible(raw: str, media_type: MediaType) -> str:
    """Return what a reader sees of `raw`: no tags or scripts, entities resolved, white space collapsed."""
    if media_type == "text" or ("<" not in raw and "&" not in raw):
        return collapsed(raw)
    pieces = []
    for token in tokens(raw):
        if token.kind == TEXT:
            pieces.append(unescaped(raw[token.start : token.end]))
        elif token.separates:
            pieces.append(" ")
    return collapsed("".join(pieces))


def unescaped(text: str) -> str:
    """Return a text between tags with its entities resolved."""
    return _ENTITY.sub(lambda entity: _safe(html.unescape(entity[0])), text) if "&" in text else text


def collapsed(text: str) -> str:
    """Return a text with every run of white space as one space, and none at its ends."""
    return " ".join(text.split())


def visible_text(raw: str, start: int, end: int, media_type: MediaType) -> VisibleText:
    """Return what a reader sees of `raw[start:end]`, with the raw place of every character."""
    if media_type == "text":
        return _collapse(_plain_characters(raw, start, end))
    return _collapse(_html_characters(raw, start, end))


def _plain_characters(raw: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for match in re.compile(r"\s+|\S+").finditer(raw, start, end):
        yield match[0], match.start(), 1


def _html_characters(raw: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for token in tokens(raw, start, end):
        if token.kind == TEXT:
            yield from _unescaped(raw, token.start, token.end)
        elif token.separates:
            yield " ", token.start, token.end - token.start


def _unescaped(raw: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    position = start
    while position < end:
        match = _ENTITY.match(raw, position, end) or _PIECE.match(raw, position, end)
        if match is None:
            return
        if match[0][0] == "&" and len(match[0]) > 1:
            yield _safe(html.unescape(match[0])), match.start(), len(match[0])
        else:
            yield match[0], match.start(), 1
        position = match.end()


def _safe(text: str) -> str:
    """Take out what an entity can smuggle in behind the decoder.

    NUL and lone surrogates show as U+FFFD; what commands terminals, hides or reorders text is dropped.
    """
    shown = "".join("\ufffd" if c == "\0" or 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
    return _HIDDEN.sub("", shown)


def _collapse(pieces: Iterable[tuple[str, int, int]]) -> VisibleText:
    """Join `(characters, raw start, raw width)`; width 1 means one raw character each, else all share it."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, width in pieces:
        if piece.isspace():
            if text and text[-1] != " ":
                text.append(" ")
                starts.append(start)
                ends.append(start + (1 if width == 1 else width))
        elif width == 1:
            text += piece
            starts += range(start, start + len(piece))
            ends += range(start + 1, start + len(piece) + 1)
        else:
            text += piece
            starts += [start] * len(piece)
            ends += [start + width] * len(piece)
    if text and text[-1] == " ":
        del text[-1], starts[-1], ends[-1]
    return VisibleText("".join(text), starts, ends)
