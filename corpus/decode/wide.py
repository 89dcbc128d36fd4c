"""UTF-16 and UTF-32: with a mark that is true, or without one, known by where their zero bytes stand."""

from __future__ import annotations

import codecs
import re
import unicodedata

from corpus.decode.binary import CONTROLS, refuse_unreadable
from corpus.decode.plausible import strangeness

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 65_536
_PLAIN = re.compile(rb"[\t\n\r -~]")
# Digits, spaces and punctuation that every language of the world writes now and then, and ASCII letters.
_COMMON = re.compile(r"[\t\n\r -~\u00a0\u0660-\u0669\u060c\u06d4\u0964\u3000-\u3002\u30fc\uff0c\uff0e\uff1a]")
_STRANGE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)


def marked_charset(content: bytes) -> tuple[str, int]:
    """Return the charset of a UTF-16 or UTF-32 byte order mark ("": none) and the length of the mark.

    A mark before single bytes (something else was appended to an empty file) is a lie: ("", length).
    """
    for mark, charset in _MARKS:
        if content.startswith(mark):
            rest = content[len(mark) : len(mark) + _SAMPLE]
            lies = len(_PLAIN.findall(rest)) >= 0.9 * max(1, len(rest))
            return "" if lies else charset, len(mark)
    return "", 0


def unmarked_charset(content: bytes, declared: str = "") -> str:
    """Return the UTF-16 or UTF-32 that a page without a byte order mark is in, or "".

    Single bytes are never taken for it: text in them has no zero bytes, and damage has no order in its zeros.
    `declared` is what the server said, `utf-16-be` for one; then a page without any zero byte may be in it too.
    """
    sample = content[:_SAMPLE]
    if not sample or not (declared or _has_controls(sample)) or _is_single_bytes(sample):
        return ""
    if declared and _is_text(text := _sampled(sample, declared)) and strangeness(text) < 0.2:
        return declared
    score, charset = max((_score(sample, name), name) for _, name in _MARKS)
    return charset if score >= 0.005 else ""


def refuse_strange(text: str) -> None:
    """Raise PageError `binary` where a charset that reads anything as characters has made no text of a page."""
    sample = text[: _SAMPLE // 2]
    no_letters = sum(
        unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\t\n\r" for c in sample
    )
    refuse_unreadable(len(sample), no_letters + sample.count("\ufffd"))


def _has_controls(sample: bytes) -> bool:
    """Whether there are bytes that single-byte text does not have: zeros, or halves of Chinese characters."""
    return sample.count(0) > 0 or len(sample) - len(sample.translate(None, CONTROLS)) > 0.01 * len(sample)


def _is_single_bytes(sample: bytes) -> bool:
    rest = sample.replace(b"\0", b"")
    return len(sample) - len(rest) < len(sample) * 0.1 and len(_PLAIN.findall(rest)) >= 0.9 * len(rest)


def _score(sample: bytes, charset: str) -> float:
    """Return the share of common characters, or 0 where this charset makes no text of the sample."""
    text = _sampled(sample, charset)
    return len(_COMMON.findall(text)) / len(text) if text and _is_text(text) else 0.0


def _sampled(sample: bytes, charset: str) -> str:
    """Return the sample as characters; what is none comes out as lone surrogates, as U+FFFD may be in the page."""
    unit = 4 if charset.startswith("utf-32") else 2
    try:
        return sample[: len(sample) - len(sample) % unit].decode(charset, "surrogatepass")
    except UnicodeDecodeError:  # beyond U+10FFFF, or cut between surrogates
        return (
            sample[: len(sample) - len(sample) % unit].decode(charset, "replace").replace("\ufffd", "\udfff")
        )


def _is_text(text: str) -> bool:
    return len(_STRANGE.findall(text)) <= max(1, len(text) * 0.01)
