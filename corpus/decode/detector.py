"""The detector: what a page is in that says nothing, or lies, about its charset."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.decode import labels
from corpus.decode.plausible import strangeness

if TYPE_CHECKING:
    from corpus.models import RawPage

_DETECTED = 2_000_000
_WEIGHED = 200_000
_LATIN = frozenset(("cp1250", "cp1257", "iso8859-2", "iso8859-4", "iso8859-13"))
_EAST_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_NOT_C1 = bytes([*range(0x80), *range(0xA0, 0x100)])
_COUNTRY = re.compile(r"^[a-z]+://[^/]{0,300}?\.([a-z]{2})(?::\d{1,5})?(?:[/?#]|$)", re.I)
_LANGUAGE = re.compile(rb"<html\b[^>]{0,300}?\slang=[\"']?([A-Za-z]{2})", re.I)
# Languages that are not written in windows-1252, and where they are.
_COUNTRIES = dict(pair.split(":") for pair in (
    "ar:sa be:by bg:bg bs:ba cs:cz el:gr et:ee fa:ir he:il hr:hr hu:hu ja:jp ko:kr lt:lt lv:lv mk:mk pl:pl ro:ro ru:ru"
    " sk:sk sl:si sr:rs th:th tr:tr uk:ua vi:vn zh:cn"
).split())  # fmt: skip


def detected_charset(content: bytes, tld: str = "") -> str:
    """Return the charset that chardetng, the detector of Firefox, sees in the first 2 MB, with two mends.

    `tld` is the domain of the country whose charsets are likely ("": none). UTF-8 is never returned.
    """
    return _least_strange(content, _western(content, _guess(content, tld)))


def country(page: RawPage) -> str:
    """Return the domain of the country whose charsets are likely: of the page's language, else of its host."""
    if match := _LANGUAGE.search(page.content[:4_096]):
        language = match[1].decode("ascii").lower()
        if tld := _COUNTRIES.get(language):
            return tld
    address = page.url.value if page.url else page.uri
    host = _COUNTRY.match(address[:2_000])
    return host[1].lower() if host else ""


def _guess(content: bytes, tld: str) -> str:
    import chardetng_py

    detector = chardetng_py.EncodingDetector()
    detector.feed(content[:_DETECTED], last=True)
    return labels.codec(detector.guess(tld=tld.encode() or None, allow_utf8=False)) or "cp1252"


def _western(content: bytes, detected: str) -> str:
    """Return the detected charset, or the Western one where all that speaks against it are signs read as letters.

    A pound sign read as "Ł" or a pilcrow as "ś" stands alone where no word of one letter does; a currency sign
    (A4) where the typography of windows-1252 (80 to 9F) is missing is the euro of ISO 8859-15.
    """
    if detected == "cp1252" and b"\xa4" in content and not content.translate(None, _NOT_C1):
        return "iso8859-15"
    if detected not in _LATIN:
        return detected
    sample = content[:_WEIGHED]
    read, western = sample.decode(detected, "replace"), sample.decode("cp1252", "replace")
    differ = [place for place, (a, b) in enumerate(zip(read, western, strict=True)) if a != b]
    alone = (not western[i].isalpha() and not _touches_letter(read, i) for i in differ)
    return "cp1252" if differ and all(alone) else detected


def _touches_letter(text: str, place: int) -> bool:
    return text[place - 1 : place].isalpha() or text[place + 1 : place + 2].isalpha()


def _least_strange(content: bytes, detected: str) -> str:
    """Return the detected charset, or another of East Asia where it makes no words: one bad byte misleads it."""
    sample = content[:_WEIGHED]
    strange = strangeness(sample.decode(detected, "replace"))
    if strange < 0.1:
        return detected
    others = [
        (strangeness(sample.decode(other, "replace")), other) for other in _EAST_ASIAN if other != detected
    ]
    return min(others)[1] if min(others)[0] * 3 < strange else detected
