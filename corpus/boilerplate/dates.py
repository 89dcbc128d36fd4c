"""Dates as seven languages write them, as ISO dates. Where day and month cannot be told apart, there is no date.

`find_date` knows full dates alone; `loose_dates` is for lines that are known to tell one: years of two digits, months
without a day (their first), Chinese numerals, and the order of day and month from who writes.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from functools import cache
from typing import NamedTuple

from corpus.boilerplate.phrases import fold, month_numbers

_NUMERIC = (
    re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日"),
    re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})(?!\d)"),
)
_SLASHED = re.compile(r"(?<!\d)(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{4})(?!\d)")
_SHORT = re.compile(
    r"(?<![\d.:/-])(?P<a>\d{1,2})(?P<mark>[./-])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4}|\d{2})(?![\d./-])"
)
_MONTH_ONLY = re.compile(r"(?P<y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月(?!\s?\d)")
_HAN_DATE = re.compile(
    r"[〇零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}[日号號]"
)
_HAN_DIGITS = {character: number for number, character in enumerate("〇一二三四五六七八九")} | {"零": 0}
_LAST_CENTURY = 90  # years of two digits from here on are of the last century


class Dated(NamedTuple):
    """An ISO date and where it begins in its text."""

    date: str
    start: int


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


def loose_dates(text: str, *, day_first: bool | None) -> list[Dated]:
    """Return every date of `text`, in order; `day_first` says how 3/4/2022 is meant, None that nobody knows."""
    folded = _fold_in_place(text)
    found: dict[int, str] = {}
    for pattern in (*_NUMERIC, *_named(), _SHORT, *_months(), _MONTH_ONLY):
        for match in pattern.finditer(folded):
            date = _loose(match.groupdict(), day_first=day_first)
            if date and not any(start <= match.start() <= start + len("2000-01-01") for start in found):
                found[match.start()] = date
    for match in _HAN_DATE.finditer(text):
        parts = [_han_number(part) for part in re.split("[年月日号號]", match[0])[:3]]
        date = _iso(*parts)
        if date:
            found[match.start()] = date
    return [Dated(date, start) for start, date in sorted(found.items())]


@cache
def _months() -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted(map(re.escape, month_numbers()), key=len, reverse=True))
    return (
        re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})\.?\s+(?P<n>{names})\.?\s+'?(?P<y>\d{{2}})(?![\d:])"),
        re.compile(rf"\b(?P<n>{names})\b\.?,?\s+(?:de\s+|del\s+)?(?P<y>\d{{4}})(?!\d)"),
    )


def _loose(parts: dict[str, str | None], *, day_first: bool | None) -> str | None:
    year = int(parts["y"] or 0)
    if year < 100:
        year += 1900 if year >= _LAST_CENTURY else 2000
    if parts.get("a"):
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        if max(first, second) <= 12 and first != second and day_first is None and parts["mark"] != ".":
            return None
        swapped = second > 12 or (first <= 12 and day_first is False and parts["mark"] != ".")
        day, month = (second, first) if swapped else (first, second)
        return _iso(year, month, day)
    name = parts.get("n")
    month = month_numbers()[name] if name else int(parts["m"] or 0)
    return _iso(year, month, int(parts.get("d") or 1))


def _han_number(text: str) -> int:
    """Return a number as Chinese writes years (digits) and days (with tens)."""
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * _HAN_DIGITS.get(tens or "一", 0) + _HAN_DIGITS.get(ones or "〇", 0)
    return int("".join(str(_HAN_DIGITS[character]) for character in text))


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
