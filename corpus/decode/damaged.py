"""UTF-8 with places that are not: cut characters, pasted text of another charset, pairs of surrogates."""

from __future__ import annotations

import re

from corpus.decode.detector import detected_charset
from corpus.decode.plausible import strangeness

_BAD = re.compile("[\udc80-\udcff]+")
_SEGMENT = re.compile("[^\n\r<>]+")
_SEGMENT_MAX = 20_000
_PAIRS = re.compile(
    "(?:\udced[\udca0-\udcaf][\udc80-\udcbf]\udced[\udcb0-\udcbf][\udc80-\udcbf])+"  # whole runs: one call for each
)
_TYPOGRAPHY = frozenset(b"\x80\x85\x91\x92\x93\x94\x95\x96\x97\x99\xa0\xa9\xab\xae\xb0\xb7\xbb")
_WORDS_OF_ONE = tuple(letter.encode("cp1252") for letter in "àáèéêìíòóöùúåæø")
_REPLACEMENT = "\ufffd"


def damage(text: str) -> tuple[int, int]:
    """Return how many characters beyond ASCII are UTF-8 and how many bytes are not, of text with escaped bytes."""
    clean = _BAD.sub("", text)
    return len(clean) - len(clean.encode("ascii", "ignore")), len(text) - len(clean)


def joined_pairs(text: str) -> tuple[str, int]:
    """Return text with characters that were written as two surrogates of three bytes each (CESU-8), and how many."""
    if "\udced" not in text:
        return text, 0
    joined = _PAIRS.sub(lambda match: _pairs(_raw(match[0])), text)
    return joined, (len(text) - len(joined)) // 5


def mended(text: str, repairs: list[str]) -> str:
    """Return text decoded with `surrogateescape` with every escaped byte read as what it most likely is."""
    text = _foreign_segments(text, repairs)
    count = 0

    def stray(match: re.Match[str]) -> str:
        nonlocal count
        read = _stray(match)
        count += _REPLACEMENT not in read
        return read

    text = _BAD.sub(stray, text)
    if count:
        repairs.append(f"stray-bytes-read-as-cp1252:{count}")
    return text


def _pairs(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _foreign_segments(text: str, repairs: list[str]) -> str:
    """Read the lines and text nodes that hold no UTF-8, only other bytes, in the charset that fits them together."""
    foreign = [match for match in _SEGMENT.finditer(text) if _is_foreign(match[0])]
    if not foreign:
        return text
    charset = detected_charset(b"\n".join(_raw(match[0]) for match in foreign))
    pieces, last, count = [], 0, 0
    for match in foreign:
        read = _read(match[0], charset)
        pieces += [text[last : match.start()], read or match[0]]
        count += bool(read)
        last = match.end()
    if count:
        repairs.append(f"mixed-charset:{charset} {count}")
    return "".join([*pieces, text[last:]])


def _is_foreign(segment: str) -> bool:
    if segment.isascii() or not _BAD.search(segment):
        return False
    good, bad = damage(segment[:_SEGMENT_MAX])
    return bad >= 4 and not good


def _read(segment: str, charset: str) -> str:
    """Return the segment in `charset`, or "" where that makes no words of it."""
    try:
        read = _raw(segment).decode(charset)
    except UnicodeDecodeError:
        return ""
    return read if strangeness(read) < 0.2 else ""


def _stray(match: re.Match[str]) -> str:
    """Read a byte among UTF-8 as windows-1252 where it makes a word or typography there, else as the unreadable one.

    A lead byte with continuation bytes, or at the end of the page, is what was left of a cut character.
    """
    raw = _raw(match[0])
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    if not after or (raw[0] >= 0xC0 and any(byte < 0xC0 for byte in raw[1:])):
        return _REPLACEMENT
    if all(byte in _TYPOGRAPHY for byte in raw) and len(raw) <= 3:
        return raw.decode("cp1252")
    return raw.decode("cp1252") if _is_word(raw, before, after) else _REPLACEMENT


def _is_word(raw: bytes, before: str, after: str) -> bool:
    if len(raw) > 3 or raw[0] < 0xC0:
        return False
    if raw[0] >= 0xDF:  # a small letter
        alone = not before.isalpha() and not after.isalpha()
        return (before + after).isascii() and (not alone or raw in _WORDS_OF_ONE)
    return before.isupper() or (not before.isalnum() and after.isascii() and after.isalpha())
