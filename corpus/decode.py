"""Bytes to characters: the declared charset where it is true, a detector where it is not, every repair noted."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from corpus.errors import PageError
from corpus.models import DecodedPage, Sourced

if TYPE_CHECKING:
    from corpus.models import MediaType, RawPage

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:.-]{2,40})", re.I
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.I)
# Browsers read these labels as their supersets (WHATWG Encoding Standard).
_SUPERSETS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "latin-1": "cp1252", "iso8859-9": "cp1254",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
    "tis-620": "cp874",
}  # fmt: skip
_NO_CHARSETS = frozenset(("unicode_escape", "raw_unicode_escape", "utf-7", "idna", "punycode", "undefined"))
_MAGIC = (
    (b"\x89PNG", "a PNG image"), (b"\xff\xd8\xff", "a JPEG image"), (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"), (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "gzip-compressed data"), (b"\x7fELF", "a program"), (b"MZ\x90", "a program"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data"), (b"BZh91AY&SY", "bzip2-compressed data"),
    (b"\xfd7zXZ", "xz-compressed data"), (b"SQLite format 3", "a database"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
)  # fmt: skip
_HTML_SIGN = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|article|section|main|table|ul|ol|h[1-6]|br|span|a\s)[\s>/]?",
    re.I,
)
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_MOJIBAKE = re.compile(r"[ÃÂâ][\u0080-\u00bf€-™]|â€")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff\ufffe\uffff]")


def decode(page: RawPage, max_bytes: int) -> DecodedPage:
    """Return the characters of a page.

    Raises PageError `empty`, `too-large` or `binary`. Sources: BOM, then sidecar/HTTP header and meta where
    the bytes obey them, then UTF-8, then chardetng (the detector of Firefox).
    """
    _refuse_unreadable(page.content, max_bytes)
    text, charset = _characters(page)
    repairs: list[str] = []
    text = _repair(text, repairs)
    if not text.strip():
        raise PageError("empty", "the page holds nothing but white space")
    return DecodedPage(text, charset, _media_type(page, text), tuple(repairs))


def _refuse_unreadable(content: bytes, max_bytes: int) -> None:
    if not content:
        raise PageError("empty", "the page has no bytes")
    if len(content) > max_bytes:
        raise PageError(
            "too-large", f"{len(content):,} bytes; the setting page_max_bytes allows {max_bytes:,}"
        )
    for magic, name in _MAGIC:
        if content.startswith(magic):
            raise PageError("binary", f"the bytes are {name}, not a page of text")


def _characters(page: RawPage) -> tuple[str, Sourced]:
    content = page.content
    for bom, charset in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(charset, "replace"), Sourced(charset, "bom")
    _refuse_binary(content)
    utf8 = _strict(content, "utf-8")
    for label, source in _declared(page):
        charset = _codec(label)
        if charset.startswith("iso2022") and b"\x1b" in content and (text := _strict(content, charset)):
            return text, Sourced(charset, source)
        if charset == "utf-8" and utf8 is not None:
            return utf8, Sourced(charset, source)
        if charset not in ("", "utf-8") and utf8 is None and (text := _strict(content, charset)) is not None:
            return text, Sourced(charset, source)
    if utf8 is not None:
        return utf8, Sourced("utf-8", "utf-8-valid")
    if (text := _damaged_utf8(content)) is not None:
        return text, Sourced("utf-8", "utf-8-damaged")
    return _detected(content)


def _refuse_binary(content: bytes) -> None:
    sample = content[:65_536]
    control = sum(sample.count(byte) for byte in range(9)) + sum(sample.count(byte) for byte in range(14, 32))
    if sample.count(0) > max(8, len(sample) * 0.01) or control > max(8, len(sample) * 0.1):
        raise PageError("binary", f"{control:,} of the first {len(sample):,} bytes are control characters")


def _declared(page: RawPage) -> list[tuple[str, str]]:
    declared = []
    if page.declared_type and (match := _HEADER_CHARSET.search(page.declared_type)):
        declared.append((match[1], "content-type"))
    if match_meta := _META_CHARSET.search(page.content[:4096]):
        declared.append((match_meta[1].decode("ascii"), "meta"))
    return declared


def _codec(label: str) -> str:
    """Return Python's name for a charset that a page may be in, or "" for what is none."""
    try:
        codec = codecs.lookup(label)
    except LookupError:
        return ""
    if codec.name in _NO_CHARSETS or not getattr(codec, "_is_text_encoding", True):
        return ""
    if codec.name.startswith(("utf-16", "utf-32")):
        return "utf-8"  # without a byte order mark the declaration itself could not have been read (WHATWG)
    return _SUPERSETS.get(codec.name, codec.name)


def _strict(content: bytes, charset: str) -> str | None:
    try:
        return content.decode(charset)
    except (UnicodeDecodeError, UnicodeError):
        return None


def _damaged_utf8(content: bytes) -> str | None:
    """Return UTF-8 with a few bad places, such as a page cut inside a character: most of what is not ASCII is right."""
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text) - bad
    return text if good >= 5 * bad else None


def _detected(content: bytes) -> tuple[str, Sourced]:
    import chardetng_py

    detector = chardetng_py.EncodingDetector()
    detector.feed(content, last=True)
    charset = _codec(detector.guess(tld=None, allow_utf8=True)) or "cp1252"
    text = content.decode(charset, "replace")
    if text.count("\ufffd") > len(text) * 0.1:
        raise PageError(
            "binary", f"no charset makes text of it; the best guess, {charset}, leaves a tenth unreadable"
        )
    return text, Sourced(charset, "detected")


def _repair(text: str, repairs: list[str]) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text, unwanted = _UNWANTED.subn("", text)
    if unwanted:
        repairs.append(f"control-characters-removed:{unwanted}")
    if "\ufffd" in text:
        repairs.append(f"undecodable-characters:{text.count(chr(0xFFFD))}")
    if _MOJIBAKE.search(text):
        import ftfy

        mended = ftfy.fix_encoding(text)
        if mended != text:
            repairs.append("mojibake")
            return _UNWANTED.sub("", mended)
    return text


def _media_type(page: RawPage, text: str) -> MediaType:
    """Sniff: a name or a header may lie, tags do not; but prose in a text file may speak of tags."""
    declared = (page.declared_type or "").lower()
    head = text[:20_000]
    if _HTML_START.match(head):
        return "html"
    signs = len(_HTML_SIGN.findall(head))
    if "html" in declared or page.uri.lower().endswith((".html", ".htm", ".xhtml")):
        return "html" if signs else "text"
    return "html" if signs >= 5 and signs * 400 > len(head) and head.lstrip().startswith("<") else "text"
