"""How likely characters are what was meant: bytes read in a wrong charset make words that no language writes."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice, pairwise

_RUN = re.compile(r"[^\x00-\x7f]+")
_RUNS = 4_000
_RUN_LENGTH = 200
# No text: controls, private use, noncharacters, box drawing and blocks, halfwidth katakana, what could not be decoded.
_RUBBISH = re.compile("[\x80-\x9f\u2500-\u259f\ue000-\uf8ff\ufdd0-\ufdef\uff61-\uff9f\ufffd-\uffff]")
_LATIN_RUN = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]{4,}")
_IN_WORD = re.compile(
    r"(?<=[^\W\d_])[\u00a1-\u00a9\u00ac\u00ae-\u00b4\u00b6\u00b8-\u00b9\u00bc-\u00bf\u02c6-\u02dd\u2020-\u2022\u2026"
    r"\u2030\u20ac\u2122\u201a\u201e\u2039\u203a\u00d7\u00f7](?=[^\W\d_])"
)
_FOREIGN = r"\u0370-\u03ff\u0400-\u052f\u0590-\u05ff\u0600-\u06ff\u0e00-\u0e7f"
_MIXED = re.compile(rf"[A-Za-z\u00c0-\u024f](?=[{_FOREIGN}])|[{_FOREIGN}](?=[A-Za-z\u00c0-\u024f])")
# A single character of Chinese, Japanese or Korean in an English word: two letters of it were taken for one.
_LONE = re.compile("(?<=[A-Za-z])[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3](?=[\x00-\x7f])")
_HAN = re.compile("[\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]")
_CASED = re.compile(r"[^\W\d_][^\W\d_]+")


def strangeness(text: str) -> float:
    """Return how strange the characters beyond ASCII are: 0 is text, 1 or more is a wrong charset.

    Judged by the first 4,000 runs of such characters with their neighbours, so its cost does not grow with a page.
    """
    strange = count = 0
    for match in islice(_RUN.finditer(text), _RUNS):
        end = min(match.end(), match.start() + _RUN_LENGTH)
        count += end - match.start()
        strange += _strange(text[max(0, match.start() - 1) : end + 1])
    return strange / count if count else 0.0


def _strange(piece: str) -> int:
    found = 2 * len(_RUBBISH.findall(piece)) + len(_IN_WORD.findall(piece)) + len(_MIXED.findall(piece))
    found += len(_LONE.findall(piece))
    found += sum(len(run) for run in _LATIN_RUN.findall(piece))
    if han := _HAN.findall(piece):
        found += sum(character not in _common_han() for character in han)
    return found + sum(_case_breaks(word) for word in _CASED.findall(piece))


def _case_breaks(word: str) -> int:
    """Count capitals after small letters: KOI8 read as windows-1251 turns the case of every letter."""
    return sum(a.islower() and b.isupper() and (a > "\x7f" or b > "\x7f") for a, b in pairwise(word))


@cache
def _common_han() -> frozenset[str]:
    """Return the characters that the first levels of the Chinese, Japanese and Korean standards hold."""
    levels = (("gb2312", 0xB0, 0xD8), ("euc_jp", 0xB0, 0xD0), ("euc_kr", 0xB0, 0xC9))
    rows = [bytes((lead, trail)).decode(charset, "ignore") for charset, first, last in levels
            for lead in range(first, last) for trail in range(0xA1, 0xFF)]  # fmt: skip
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    rows += [bytes((lead, trail)).decode("big5", "ignore") for lead in range(0xA4, 0xC7) for trail in trails]
    return frozenset("".join(rows))
