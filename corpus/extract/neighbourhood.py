"""The lines around a title, and whether a clue stands among them."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.extract.names import squashed
from corpus.models import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.extract.head import Clue, Head, Line

_ABOVE = 6
_BELOW = 14
_OTHERS: frozenset[Kind | None] = frozenset((Kind.COMMENT, Kind.RELATED))
ELSEWHERE = frozenset((Kind.COMMENT, Kind.RELATED, Kind.FOOTER, Kind.COOKIE))


def _line_of(heading: Clue, lines: Sequence[Line], starts: Sequence[int]) -> int:
    number = bisect.bisect_right(starts, heading.start) - 1
    begins_later = number < 0 or heading.text[:20] not in lines[number].text
    return number + 1 if begins_later and number + 1 < len(starts) else number


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The lines of a page by their place, and the number of the title's line (-1: no heading bears the title)."""

    lines: Sequence[Line]
    starts: Sequence[int]
    centre: int

    @classmethod
    def around(cls, head: Head, heading: Clue | None, title: str) -> Neighbourhood:
        """Find the title's line: that of the heading, or else the first that says the same."""
        starts = [line.start for line in head.lines]
        if heading:
            return cls(head.lines, starts, _line_of(heading, head.lines, starts))
        sought = squashed(title)
        same = (n for n, line in enumerate(head.lines) if sought and squashed(line.text) == sought)
        return cls(head.lines, starts, next(same, -1))

    def near(self) -> list[Line]:
        """Return the lines below the title, then those above it from below to above; no comments, no other articles."""
        if self.centre < 0:
            return []
        above = self.lines[max(0, self.centre - _ABOVE) : self.centre]
        return [*self.below(_BELOW), *(line for line in reversed(above) if line.place not in self._others())]

    def below(self, count: int) -> list[Line]:
        """Return the first lines below the title; no comments, no other articles."""
        lines = self.lines[self.centre + 1 : self.centre + 1 + count] if self.centre >= 0 else []
        return [line for line in lines if line.place not in self._others()]

    def _others(self) -> frozenset[Kind | None]:
        """Return the places that do not speak of this article; where the title itself stands does."""
        return _OTHERS - {self.lines[self.centre].place}

    def number(self, clue: Clue) -> int:
        """Return the number of the line that a clue stands in."""
        return bisect.bisect_right(self.starts, clue.start) - 1

    def distance(self, clue: Clue) -> int | None:
        """Return how far the clue stands from the title, those above it last, or None where it is not near."""
        if self.centre < 0:
            return None
        apart = self.number(clue) - self.centre
        return (2 * -apart + _BELOW if apart < 0 else apart) if -_ABOVE <= apart <= _BELOW else None

    def order(self, clues: Sequence[Clue]) -> list[Clue]:
        """Return the clues near the title first, nearest first, then the others outside of comments and lists."""
        near = sorted(
            ((apart, number) for number, clue in enumerate(clues) if (apart := self.distance(clue)) is not None
             and clue.place is not Kind.COMMENT)
        )  # fmt: skip
        taken = {number for _, number in near}
        others = [c for n, c in enumerate(clues) if n not in taken and c.place not in ELSEWHERE]
        return [clues[number] for _, number in near] + others
