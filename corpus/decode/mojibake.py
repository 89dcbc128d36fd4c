"""Mojibake: UTF-8 that somebody read as another charset and saved; put right, and nothing else touched."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from corpus.decode.characters import special

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEGMENT_MAX = 5_000
_BUDGET = 2_000_000  # characters of suspicious text looked at; beyond, a page is hostile or hopeless
_BOUNDARY = re.compile(r"[\n<>]")
# Letters that no mended word is made of alone: "È°" is two characters that were meant, not U+0230.
_UNLIKELY = re.compile(
    "[\u0180-\u0191\u0193-\u019f\u01b1-\u01cc\u01dd-\u0217\u021c-\u0258\u025a-\u02ff\u0700-\u08ff\ue000-\uf8ff]"
)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\s\"'“”‘’«»„`()<>\[\],;:.!?]+")
# U+201D is E2 80 9D, and 9D is nothing in windows-1252: old software left a replacement character or "?" for it.
# Three characters in a row that are nothing but typography in UTF-8: "Nameâ„¢" alone does not look bad to ftfy.
_TYPOGRAPHY = re.compile("â[€‚„…†][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_LOST_QUOTE = re.compile("â€[\ufffd\x9d]")


def mend(text: str, repairs: list[str]) -> str:
    """Return `text` with mojibake decoded, once or as often as it was encoded; the rest is the same to the letter.

    Only lines and text nodes that hold what looks like UTF-8 in another charset are given to ftfy, which changes
    them only if they decode and look bad. What looks innocent on a page where others were bad ("SÃ¥" is a word in
    no language) is read as they were. A line that also has the mended word as it should be speaks of mojibake.
    """
    if not _has_signs(special(text)):
        return text
    charsets: set[str] = set()
    spans, rest = _within_budget(text)
    fixed = [_fixed(text[start:end], charsets) for start, end in spans]
    pieces, last, count = [], 0, 0
    for (start, end), new in zip(spans, fixed, strict=True):
        mended = _read_alike(new, charsets)
        pieces += [text[last:start], mended]
        count += mended != text[start:end]
        last = end
    if count:
        repairs.append(f"mojibake:{count}")
    tail = _read_rest(text[rest:], charsets, repairs) if rest < len(text) else ""
    return "".join([*pieces, text[last:rest], tail])


def _has_signs(there: str) -> bool:
    """Whether a page has characters at all that begin a character of UTF-8 in another charset."""
    from ftfy.chardata import UTF8_CLUES

    return any(not set(UTF8_CLUES[f"utf8_first_of_{length}"]).isdisjoint(there) for length in (2, 3, 4))


def _within_budget(text: str) -> tuple[list[tuple[int, int]], int]:
    """Return the suspicious places that are looked at one by one, and where they end."""
    chosen: list[tuple[int, int]] = []
    size = 0
    for start, end in _suspicious(text):
        size += end - start
        if size > _BUDGET:
            return chosen, start
        chosen.append((start, end))
    return chosen, len(text)


def _read_rest(text: str, charsets: set[str], repairs: list[str]) -> str:
    """Read all that is left of a huge page in the charset that its first megabytes had been read in by mistake."""
    for charset in sorted(charsets):
        if (fixed := _encoded_back(text, charset)) is not None:
            repairs.append("mojibake-of-the-rest:1")
            return fixed
    repairs.append("mojibake-left:page-too-large")
    return text


def _suspicious(text: str) -> Iterator[tuple[int, int]]:
    """Yield the lines or text nodes, at most 5,000 characters of them, in which something looks like mojibake."""
    from ftfy.chardata import UTF8_DETECTOR_RE

    position = 0
    while match := UTF8_DETECTOR_RE.search(text, position):
        start = _before(text, match.start(), position)
        boundary = _BOUNDARY.search(text, match.start(), start + _SEGMENT_MAX)
        end = boundary.start() if boundary else min(start + _SEGMENT_MAX, len(text))
        if not boundary and end < len(text):
            end = _at_space(text, max(match.start() + 4, start), end)
        yield start, end
        position = end


def _before(text: str, match_start: int, position: int) -> int:
    """Return where the line or text node of a match begins, at most half a segment before it."""
    start = max(position, match_start - _SEGMENT_MAX // 2)
    return max(start, *(text.rfind(sign, start, match_start) + 1 for sign in "\n<>"))


def _at_space(text: str, start: int, end: int) -> int:
    space = text.rfind(" ", start, end)
    return space if space > start else end


def _fixed(segment: str, charsets: set[str]) -> str:
    """Return what ftfy makes of a segment, and add to `charsets` what it had been read in by mistake."""
    import ftfy

    settings = ftfy.TextFixerConfig(fix_c1_controls=False)
    candidate = _LOST_QUOTE.sub("â€\x9d", segment)
    if _TYPOGRAPHY.search(segment):
        charsets.add("sloppy-windows-1252")
    fixed, steps = ftfy.fix_encoding_and_explain(candidate, settings)
    if fixed == candidate or _speaks_of_it(segment, fixed) or _is_unlikely(segment, fixed):
        return segment
    charsets.update(step.parameter for step in steps or () if step.action == "encode")
    return fixed


def _read_alike(segment: str, charsets: set[str]) -> str:
    for charset in sorted(charsets):
        if (fixed := _encoded_back(segment, charset)) is not None:
            return segment if _speaks_of_it(segment, fixed) else fixed
    return segment


def _encoded_back(text: str, charset: str) -> str | None:
    if "\ufffd" in text:  # ftfy's charsets have a byte for it, which is a control character in UTF-8
        return None
    try:
        return text.encode(charset).decode("utf-8")
    except UnicodeError:
        return None


def _speaks_of_it(segment: str, fixed: str) -> bool:
    """Whether a word that mending brings about is there already, beside its mojibake."""
    there = Counter(_WORD.findall(segment))
    brought = Counter(_WORD.findall(fixed)) - there
    return any(word in there and not word.isascii() and _LETTER.search(word) for word in brought)


def _is_unlikely(segment: str, fixed: str) -> bool:
    """Whether mending brings about nothing but letters that hardly any page has."""
    brought = set(fixed) - set(segment)
    return bool(brought) and all(_UNLIKELY.match(character) for character in brought)
