"""Where an imperative may begin: starts of the sentence, of its main clauses, of its phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 1_500
"""Characters that are looked at: a longer "sentence" is a table or a list, and its head says what it is."""

_STRAIGHT = str.maketrans("’‘ʼ\u00a0\u202f\u2009\t\n", "'''" + " " * 5)
_LEAD = re.compile(r"""[\s\-–—•·*#>►▪◦✓✔✅☐→➡➜➤👉\ufe0f\u20e3"'“”„«»‹›「『（(\[¡¿…_]*""")
_NUMBER = re.compile(
    r"""(?:\d{1,3}(?:\.\d{1,3}){1,3}\.?(?=\s)|\d{1,2}:\d{2}(?=\s)|\d(?=\ufe0f?\u20e3)|\d{1,3}(?:[.)、:．]|\s?[-–—])|[a-zA-Z][.)](?=\s)|[ivxIVX]{1,5}[.)]|第?[一二三四五六七八九十]{1,3}(?:[、是：:.，]|步\s)"""
    r"""|(?:[^\W\d_]{3,12}\s)(?:n[.o°]\s?)?\d{1,2}\s?[:.–—-])"""
)
_MAIN = re.compile(r"""(?:[:;；：。]|[.!?！？…]["'”»」』)]{0,2}(?=\s)|\s[–—-]{1,2}(?=\s)|—)""")
_COMMA = re.compile(r"[,，、]")
_QUOTED = re.compile(
    r"""“[^“”]{12,}”|«[^«»]{12,}»|„[^„“”]{12,}[“”]|"[^"]{12,}"|「[^「」]{6,}」|『[^『』]{6,}』"""
    r"""|(?<=[：:，,说道])“[^“”]{5,}”"""
)
_QUESTION = re.compile(r"""[?？؟][\s"'”»“」』)）!！…]*$""")


@dataclass(frozen=True, slots=True)
class Starts:
    """Offsets into the text, each ascending; each tuple contains the one before it."""

    start: tuple[int, ...]
    main: tuple[int, ...]
    clause: tuple[int, ...]
    phrase: tuple[int, ...]


def straighten(text: str) -> str:
    """Return the head of `text` with straight apostrophes and plain spaces; offsets stay what they were."""
    return text[:LONGEST].translate(_STRAIGHT)


def is_question(text: str) -> bool:
    """Whether the sentence ends by asking."""
    return _QUESTION.search(text[-40:]) is not None


def quoted(text: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of `text` that quote somebody: a few words at least between quotation marks."""
    return tuple(match.span() for match in _QUOTED.finditer(text))


def starts(text: str, openers: re.Pattern[str] | None) -> Starts:
    """Return where sentence, main clauses and phrases of `text` begin.

    A comma begins a main clause where the clause before it began with an opener ("If it fails, stop it").
    """
    first = _skip(text, 0)
    mains = [first, *(_skip(text, match.end()) for match in _MAIN.finditer(text, first))]
    commas = [(match.start(), _skip(text, match.end())) for match in _COMMA.finditer(text, first)]
    clauses = set(mains)
    if openers:
        clauses |= _after_openers(text, mains, commas, openers)
    phrases = clauses | {after for _, after in commas}
    end = len(text)
    return Starts(
        (first,), *(tuple(sorted(p for p in places if p < end)) for places in (set(mains), clauses, phrases))
    )


def _after_openers(
    text: str, mains: list[int], commas: list[tuple[int, int]], openers: re.Pattern[str]
) -> set[int]:
    found: set[int] = set()
    for begin, end in zip(mains, [*mains[1:], len(text)], strict=True):
        if openers.match(text, begin):
            found |= {after for comma, after in commas if begin < comma < end}
    return found


def _skip(text: str, position: int) -> int:
    """Return the first offset from `position` that is not a bullet, a number of a list, an opening quote or space."""
    for _ in range(3):
        position = _match_end(_LEAD, text, position)
        after = _match_end(_NUMBER, text, position)
        if after == position:
            break
        position = after
    return _match_end(_LEAD, text, position)


def _match_end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
