"""Numbers of a text and of its translation, compared by value, however they are written."""

from __future__ import annotations

import re
from collections import Counter

_NUMBER = re.compile(r"\d+(?:[.,'’٫٬\u00a0\u202f ]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’٬\u00a0\u202f ]\d{3})+")
_SEPARATOR = re.compile(r"[.,'’٫٬\u00a0\u202f ]")
_ORIENTAL = re.compile(r"(?<![\d.,])\d[\d.,]*+\s*+[万萬亿億千百]")
_WORDS = {
    "zero": 0, "one": 1, "once": 1, "first": 1, "two": 2, "twice": 2, "second": 2, "three": 3, "third": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12, "noon": 12, "midnight": 12,
}  # fmt: skip
_WORD = re.compile(r"[a-z]+")


def changed_numbers(text: str, text_en: str) -> int:
    """Return how many numbers of `text` its English does not hold, or how many it holds that `text` has not.

    Numbers that are written differently are the same: 1.000 and 1,000, 3,5 and 3.5, 12 and twelve. What English
    adds counts from two digits on: other languages write small numbers as words.
    """
    if _ORIENTAL.search(text):  # 30万 is 300,000
        return 0
    said, said_en = Counter(_values(text)), Counter(_values(text_en))
    words = {str(_WORDS[word]) for word in _WORD.findall(text_en.lower()) if word in _WORDS}
    parts, parts_en = set(_parts(text)), set(_parts(text_en))
    lost = [
        value for value in said if value not in said_en and value not in words and not _held(value, parts_en)
    ]
    gained = [value for value in said_en if value not in said and len(value) > 1 and not _held(value, parts)]
    return max(len(lost), len(gained))


def _held(value: str, parts: set[str]) -> bool:
    """Whether a number stands on the other side in pieces: 14.30 and 14:30."""
    return all(part in parts for part in value.split("."))


def _values(text: str) -> list[str]:
    return [_value(match.group()) for match in _NUMBER.finditer(text)]


def _parts(text: str) -> list[str]:
    return [
        part.lstrip("0") or "0"
        for match in _NUMBER.finditer(text)
        for part in _SEPARATOR.split(match.group())
    ]


def _value(number: str) -> str:
    """Return a number without the signs between thousands, its decimals behind a full stop."""
    if _GROUPED.fullmatch(number):
        return _SEPARATOR.sub("", number)
    parts = _SEPARATOR.split(number)
    if len(parts) == 1:
        return number.lstrip("0") or "0"
    return ".".join(part.lstrip("0") or "0" for part in parts)
