"""Marks that say which text runs an extractor kept: what comes out of it is read back exactly, nothing is aligned.

Every run gets a short mark of Braille characters (printable, not letters, so that an extractor's own rules see
nothing new), and the marks that come out name the runs.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import Span

_BASE = 255
_FIRST = 0x2801
# Braille of the page itself would be read as marks; at a lone surrogate libxml2 ends the page.
_UNWANTED = re.compile("[\u2800-\u28ff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """A page whose runs are marked; `width` is the length of a mark."""

    text: str
    width: int

    def numbers(self, extracted: str) -> set[int]:
        """Return the numbers of the runs whose marks are in a text that was extracted from the page."""
        found = set()
        for match in re.finditer(f"[\u2801-\u28ff]{{{self.width}}}", extracted):
            digits = [ord(character) - _FIRST for character in match[0]]
            found.add(sum(digit * _BASE**place for place, digit in enumerate(digits)))
        return found


def marked(raw: str, runs: Sequence[Span], hidden: Sequence[Span]) -> MarkedPage:
    """Return the page without what is hidden, and with a mark in front of the first character of every run.

    `runs` and `hidden` are in order and do not overlap.
    """
    raw = _UNWANTED.sub(" ", raw)
    width = 2 if len(runs) < _BASE**2 else 3 if len(runs) < _BASE**3 else 4
    starts = [_text_start(raw, run) for run in runs]
    marks = [(start, start, _mark(number, width)) for number, start in enumerate(starts)]
    parts: list[str] = []
    position = 0
    for start, end, mark in heapq.merge(marks, ((span.start, span.end, "") for span in hidden)):
        parts += (raw[position:start], mark)
        position = end
    parts.append(raw[position:])
    return MarkedPage("".join(parts), width)


def _text_start(raw: str, run: Span) -> int:
    text = raw[run.start : run.end]
    return run.end - len(text.lstrip())


def _mark(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, _BASE)
        digits.append(chr(_FIRST + digit))
    return "".join(digits)
