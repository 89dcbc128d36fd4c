"""Bytes to characters: the declared charset where it is true, a detector where it is not, every repair noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.decode.binary import refuse_known_binary, refuse_unreadable
from corpus.decode.characters import with_line_ends, without_unseen
from corpus.decode.charset import characters
from corpus.decode.media_type import is_declared_html, media_type, resolved_entities
from corpus.decode.mojibake import mend
from corpus.errors import PageError
from corpus.models import DecodedPage

if TYPE_CHECKING:
    from corpus.models import MediaType, RawPage

__all__ = ["decode"]


def decode(page: RawPage, max_bytes: int) -> DecodedPage:
    r"""Return the characters of a page, with `\n` line ends, and in `repairs` a `name:detail` for every change.

    Sources of the charset, in order: a byte order mark, zero bytes that only UTF-16 or UTF-32 explain, UTF-8 where
    the bytes are valid, then header, XML declaration and meta unless the bytes make strange words in it, then
    chardetng (the detector of Firefox). Raises PageError `empty`, `too-large` or `binary`.
    """
    if not page.content:
        raise PageError("empty", "the page has no bytes")
    if len(page.content) > max_bytes:
        raise PageError(
            "too-large", f"{len(page.content):,} bytes; the setting page_max_bytes allows {max_bytes:,}"
        )
    refuse_known_binary(page.content)
    repairs: list[str] = []
    read, charset = characters(page, repairs)
    text = without_unseen(mend(with_line_ends(read, repairs), repairs), repairs)
    if unreadable := text.count("\ufffd"):
        repairs.append(f"undecodable-characters:{unreadable}")
    refuse_unreadable(len(text), unreadable)
    text, kind = _typed(page, text, repairs)
    if not text.strip():
        raise PageError("empty", "the page holds nothing but white space")
    return DecodedPage(text, charset, kind, tuple(repairs))


def _typed(page: RawPage, text: str, repairs: list[str]) -> tuple[str, MediaType]:
    kind = media_type(page, text)
    if kind == "text" and is_declared_html(page) and "<" not in text:
        text, count = resolved_entities(text)
        if count:
            repairs.append(f"entities-resolved:{count}")
            text = without_unseen(with_line_ends(text, repairs), repairs)
    return text, kind
