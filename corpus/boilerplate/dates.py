"""Dates as seven languages write them, as ISO dates. Where day and month cannot be told apart, there is no date."""

from __future__ import annotations

import datetime
import re
import unicodedata
from functools import cache

from corpus.boilerplate.phrases import fold, month_numbers

_NUMERIC = (
    re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日"),
    re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})(?!\d)"),
)
_SLASHED = re.compile(r"(?<!\d)(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{4})(?!\d)")


@cache
def _named() -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted(map(re.escape, month_numbers()), key=len, reverse=True))
    return (
        re.compile(
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|°)?[\s-]+(?:de\s+|of\s+)?(?P<n>{names})\b\.?,?"
            rf"[\s-]*(?:de\s+|del\s+)?(?P<y>\d{{4}})(?!\d)"
        ),
        re.compile(rf"\b(?P<n>{names})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})(?!\d)"),
        re.compile(
            rf"\b(?P<n>{names})\s+(?P<d>\d{{1,2}})\s+\d\d:\d\d:\d\d\s+(?:[a-z]{{2,5}}\s+)?(?P<y>\d{{4}})(?!\d)"
        ),
    )


def find_date(text: str) -> tuple[str, int, int] | None:
    """Return the first date of `text` and where it stands, as (ISO date, start, end), or None."""
    folded = _fold_in_place(text)
    for pattern in (*_NUMERIC, *_named()):
        match = pattern.search(folded)
        if match is None:
            continue
        parts = match.groupdict()
        month = month_numbers()[parts["n"]] if "n" in parts else int(parts["m"])
        found = _iso(int(parts["y"]), month, int(parts["d"]))
        if found:
            return found, match.start(), match.end()
    return _find_slashed(folded)


def has_date(text: str) -> bool:
    """Whether a date stands in `text`, also one whose day and month cannot be told apart."""
    return find_date(text) is not None or _SLASHED.search(text) is not None


def without_date(text: str) -> str:
    """Return `text` without its first date."""
    found = find_date(text)
    if found:
        return text[: found[1]] + " " + text[found[2] :]
    return _SLASHED.sub(" ", text, count=1)


def _fold_in_place(text: str) -> str:
    """Fold character by character, so that places in the result are places in `text`."""
    if text.isascii():
        return text.lower()
    return "".join(folded[0] if (folded := fold(c)) else c for c in unicodedata.normalize("NFC", text))


def _find_slashed(folded: str) -> tuple[str, int, int] | None:
    match = _SLASHED.search(folded)
    if match is None:
        return None
    first, second = int(match["a"]), int(match["b"])
    if min(first, second) > 12 or (max(first, second) <= 12 and first != second):
        return None
    day, month = (first, second) if first > 12 else (second, first)
    found = _iso(int(match["y"]), month, day)
    return (found, match.start(), match.end()) if found else None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat() if 1990 <= year <= 2100 else None
    except ValueError:
        return None
