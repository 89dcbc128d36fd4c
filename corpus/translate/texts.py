"""What a translation must leave alone, and how a text too long for a model is cut and joined again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

VERBATIM = re.compile(
    r"""
      `[^`\n]+`                                               # code
    | (?:https?://|www\.)[^\s<>"“”«»]*[^\s<>"“”«».,;:!?)\]}'’]  # addresses on the web, without the full stop behind
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                            # e-mail addresses
    | [@#]\w+ | \b[A-Za-z](?:\#|\+\+)(?!\w)                   # @names, #tags, C# and C++
    | \b[\w-]*[a-z][\w-]*(?:\.[a-z0-9]+)+\b                   # host names, files: example.com, node.js
    | \b\w+(?:_\w+)+\b                                        # names_like_this
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"\d+")
_CLAUSE_END = re.compile(r"[,;:、，；：。](?=\D)\s*|\s[–—-]\s|\s\(|\)\s")
_SPACE = re.compile(r"\s+")
_LOOP = re.compile(r"(?P<phrase>\b\w.{0,60}?)(?:[\s,.;:]*(?P=phrase)){3,}", re.IGNORECASE)


def verbatim_tokens(text: str) -> list[str]:
    """Return what has to stand in the translation letter by letter: addresses, code, names with signs."""
    return [match.group() for match in VERBATIM.finditer(text)]


def has_words(text: str) -> bool:
    """Whether there is anything to translate outside addresses and code: at least one letter."""
    return any(c.isalpha() for c in VERBATIM.sub(" ", text))


def lost_tokens(text: str, text_en: str) -> list[str]:
    """Return the verbatim tokens and the numbers of `text` that `text_en` does not hold.

    Numbers are compared by their digits, whatever separates thousands and decimals.
    """
    lost = [token for token in verbatim_tokens(text) if token not in text_en]
    digits = "".join(_NUMBER.findall(text_en))
    return lost + [n for n in _NUMBER.findall(VERBATIM.sub(" ", text)) if len(n) > 1 and n not in digits]


def loops(text: str, text_en: str) -> bool:
    """Whether `text_en` says a phrase four times in a row, which `text` does not: a decoder that runs in circles."""
    return bool(_LOOP.search(text_en)) and not _LOOP.search(text)


def split_long(text: str, size: Callable[[str], int], limit: int) -> list[str]:
    """Cut `text` into pieces of at most `limit` by `size`, at the clause end or space nearest to the middle.

    The pieces joined are `text` again. A text without a place to cut is cut in its middle.
    """
    if len(text) < 2 or size(text) <= limit:
        return [text]
    middle = len(text) // 2
    at = _nearest(_CLAUSE_END, text, middle) or _nearest(_SPACE, text, middle) or middle
    return split_long(text[:at], size, limit) + split_long(text[at:], size, limit)


def _nearest(pattern: re.Pattern[str], text: str, middle: int) -> int | None:
    """Return the end of a match in the middle half of `text`, the one nearest to `middle`."""
    ends = (match.end() for match in pattern.finditer(text, len(text) // 4, len(text) - len(text) // 4))
    return min((end for end in ends if 0 < end < len(text)), key=lambda end: abs(end - middle), default=None)


def edges(text: str) -> tuple[str, str, str]:
    """Return the white space before, the text itself and the white space behind."""
    core = text.strip()
    if not core:
        return text, "", ""
    start = text.index(core)
    return text[:start], core, text[start + len(core) :]
