"""Which charset bytes are in: a byte order mark, UTF-8, a declaration that the bytes obey, or a detector."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from typing import TYPE_CHECKING

from corpus.decode import labels
from corpus.decode.binary import refuse_controls
from corpus.decode.damaged import damage, joined_pairs, mended
from corpus.decode.detector import country, detected_charset
from corpus.decode.plausible import strangeness
from corpus.decode.wide import marked_charset, refuse_strange, unmarked_charset
from corpus.models import Sourced

if TYPE_CHECKING:
    from corpus.decode.labels import Declared
    from corpus.models import RawPage

_BOM = b"\xef\xbb\xbf"
_WEIGHED = 200_000
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
# From so many characters on, chardetng was right on each of 684 texts but for a few letters of Central European
# ones (`bench/charset.py`), if it knows the charset at all.
_ENOUGH = 10
_CENTRAL = frozenset(("cp1250", "iso8859-2"))  # Hungarian has many letters in common with Western charsets
_DETECTABLE = frozenset((
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp866", "cp874",
    "iso8859-2", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-13", "koi8-u",
    "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949",
))  # fmt: skip
# Other readings of the same label, where its first cannot read every byte.
_VARIANTS = {"euc_jp": ("euc_jis_2004",), "big5hkscs": ("cp950",), "gb18030": ("gbk",)}


def characters(page: RawPage, repairs: list[str]) -> tuple[str, Sourced]:
    """Return the characters of a page with its charset and where that was learnt; note what was mended.

    Raises PageError `binary` for what no charset makes text of.
    """
    charset, length = marked_charset(page.content)
    if charset:
        return _wide(page.content[length:], charset), Sourced(charset, "bom")
    if length:
        repairs.append("byte-order-mark-disbelieved:1")
        page = dataclasses.replace(page, content=page.content[length:])
    declared = labels.declared(page)
    repairs += [f"charset-unknown:{one.label}" for one in declared if not one.charset]
    by_server = _wide_by_server(declared)
    if charset := unmarked_charset(page.content, by_server):
        return _wide(page.content, charset), Sourced(charset, "content-type" if by_server else "zero-bytes")
    refuse_controls(page.content)
    # A declaration of UTF-16 could be read as single bytes, so it is not true (WHATWG).
    usable = [
        one._replace(charset="utf-8") if one.charset == "utf-16" else one for one in declared if one.charset
    ]
    text, found = _single_bytes(page, usable, repairs)
    repairs += [
        f"charset-disbelieved:{one.label} in {one.source}" for one in usable if not _holds(one, found, text)
    ]
    return text, found


def _wide(content: bytes, charset: str) -> str:
    text = content.decode(charset, "replace")
    refuse_strange(text)
    return text


def _wide_by_server(declared: list[Declared]) -> str:
    """Return the UTF-16 or UTF-32 that header or sidecar name: little-endian where no order is (WHATWG)."""
    for one in declared:
        if one.charset == "utf-16" and one.source == "content-type":
            return f"utf-{'32' if '32' in one.label else '16'}-{'be' if one.label.endswith('be') else 'le'}"
    return ""


def _holds(one: Declared, found: Sourced, text: str) -> bool:
    return one.charset == found.value or text.isascii()


def _single_bytes(page: RawPage, declared: list[Declared], repairs: list[str]) -> tuple[str, Sourced]:
    content = page.content.removeprefix(_BOM)
    marked = len(content) < len(page.content)
    if content.isascii() and (escaped := _stateful(content, declared)):
        return escaped
    if (valid := _strict(content, "utf-8")) is not None:
        return valid, Sourced("utf-8", _utf8_source(declared, marked=marked))
    text, pairs = joined_pairs(content.decode("utf-8", "surrogateescape"))
    good, bad = damage(text)
    if pairs and good >= bad:
        repairs.append(f"surrogate-pairs-joined:{pairs}")
    if not bad:
        return text, Sourced("utf-8", _utf8_source(declared, marked=marked))
    if good >= 5 * bad:
        return mended(text, repairs), Sourced("utf-8", "utf-8-damaged")
    says_utf8 = marked or not declared or declared[0].charset == "utf-8"
    noted: list[str] = []
    if says_utf8 and 2 * good >= bad and strangeness(read := mended(text, noted)) < 0.2:
        repairs += noted
        return read, Sourced("utf-8", "utf-8-damaged")
    return _legacy(content, declared, country(page))


def _utf8_source(declared: list[Declared], *, marked: bool) -> str:
    if marked:
        return "bom"
    return next((one.source for one in declared if one.charset == "utf-8"), "utf-8-valid")


def _stateful(content: bytes, declared: list[Declared]) -> tuple[str, Sourced] | None:
    """Read the charsets that write everything in ASCII bytes, by escapes; undeclared, only ISO-2022-JP."""
    if b"\x1b" not in content and b"~{" not in content:
        return None
    found = [(one.charset, one.source) for one in declared if one.charset in labels.STATEFUL]
    for charset, source in [*found, ("iso2022_jp_ext", "detected")]:
        sign = b"~{" if charset == "hz" else b"\x1b$"
        text = content.decode(charset, "replace") if sign in content else ""
        if not text.isascii() and strangeness(text) < 0.3:
            return text, Sourced(charset, source)
    return None


def _legacy(content: bytes, declared: list[Declared], tld: str) -> tuple[str, Sourced]:
    """Weigh what is declared against what is detected: the declaration wins unless the bytes speak against it."""
    detected = detected_charset(content, tld)
    best = content.decode(detected, "replace")
    for one in declared:
        if one.charset in ("utf-8", *labels.STATEFUL):
            continue
        text = _decoded(content, one.charset)
        if one.charset == detected or not _disbelieved(text, one.charset, best, detected):
            return text, Sourced(one.charset, one.source)
    return best, Sourced(detected, "detected")


def _disbelieved(text: str, charset: str, other: str, detected: str) -> bool:
    """Whether a declared reading makes strange words, or the detector, where it is sure, reads a fifth otherwise."""
    strange, strange_other = strangeness(text), strangeness(other)
    if strange > 0.1 and strange_other * 3 < strange:
        return True
    unsure = (
        charset not in _DETECTABLE
        or (detected == "cp1252" and charset in _CENTRAL)
        or strange_other > strange
    )
    mine, its = _BEYOND_ASCII.findall(text[:_WEIGHED]), _BEYOND_ASCII.findall(other[:_WEIGHED])
    if unsure or len(mine) < _ENOUGH:
        return False
    otherwise = Counter(its) - Counter(
        mine
    )  # one letter, however often, is a habit of the page and not a language
    return len(otherwise) >= 3 and otherwise.total() > 0.2 * len(its)


def _decoded(content: bytes, charset: str) -> str:
    for variant in (charset, *_VARIANTS.get(charset, ())):
        if (text := _strict(content, variant)) is not None:
            return text
    return content.decode(charset, "replace")


def _strict(content: bytes, charset: str) -> str | None:
    try:
        return content.decode(charset)
    except UnicodeDecodeError:
        return None
