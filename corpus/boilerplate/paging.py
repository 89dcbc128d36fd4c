"""What printed pages carry beside their text, where a PDF became text: page numbers and running heads.

A number alone says nothing; what is sure is that numbers of one form go up by one, or by two, far enough apart.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from corpus.models import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.boilerplate.draft import Draft

SIZE, LENGTH = 16.0, 200
LEAST = 2
NEAREST, FARTHEST = 4, 120  # units between two pages
MOST_PAGE = 2_000
HEAD_WORDS = 3  # a head of fewer words before a number may be a heading: "Step 2"
_EDGE_NUMBER = re.compile(
    r"^(?P<before>\D{0,3}?)(?P<first>[1-9]\d{0,3})(?=\D|$)|(?<!\d)(?P<last>[1-9]\d{0,3})\D{0,3}$"
)
_OF = re.compile(
    r"(?<!\d)(?P<page>\d{1,4})(?:\s?/\s?|\s(?:of|von|di|de|sur|/)\s|\s?页\s?共\s?)(?P<all>\d{1,4})(?!\d)"
)
_PAGE_WORDS = re.compile(
    r"^\W*(?:p|pp|pg|page|s|seite|blatt|pag|pagina|pág|página|f|fls?|folio|第)?\W{0,3}\d{1,4}\W{0,3}(?:页|頁)?\W*$",
    re.IGNORECASE,
)


class _Number(NamedTuple):
    """The number of a page in a unit, and what the unit says beside it."""

    place: int
    page: int
    beside: str
    sure: bool


def mark(draft: Draft) -> None:
    """Mark the numbers of pages and the heads beside them."""
    if draft.media_type == "html":
        return
    numbers: dict[str, list[_Number]] = {}
    for place in draft.open_places():
        for number in _numbers(draft, place):
            numbers.setdefault(number.beside, []).append(number)
    paged = {place for found in numbers.values() for place in _pages(found)}
    for place in paged:
        draft.mark(place, Kind.OTHER, "paging:number")
    _mark_heads(draft, paged)


def _numbers(draft: Draft, place: int) -> Iterator[_Number]:
    """Yield the numbers that a unit may have as a page: at its beginning, at its end, "2 of 5"."""
    unit = draft.units[place]
    if unit.size > SIZE or len(unit.text) > LENGTH or unit.prose or unit.colon or "#" not in unit.tokens:
        return
    text = unit.text
    if whole := _OF.search(text):
        yield _Number(place, int(whole["page"]), text[: whole.start()] + "/" + text[whole.end("all") :], True)
        return
    alone = bool(_PAGE_WORDS.match(text))
    for found in _EDGE_NUMBER.finditer(text):
        group = "first" if found["first"] else "last"
        beside = text[: found.start(group)] + text[found.end(group) :]
        named = len(beside.split()) >= HEAD_WORDS and not unit.item and not unit.ended
        if (alone or named) and int(found[group]) <= MOST_PAGE:
            yield _Number(place, int(found[group]), " ".join(beside.split()), alone)


def _pages(found: list[_Number]) -> set[int]:
    """Return the places of numbers that go up by one or two from page to page."""
    following = [
        (a, b)
        for a, b in pairwise(found)
        if b.page - a.page in (1, 2) and NEAREST <= b.place - a.place <= FARTHEST
    ]
    places = {number.place for pair in following for number in pair}
    return places if len(places) >= LEAST else set()


def _mark_heads(draft: Draft, paged: set[int]) -> None:
    """Mark the lines at page numbers that stand at other page numbers too: the head of every page."""
    reached = sorted(paged)
    for step in (1, -1, 2, -2):
        beside: dict[str, list[int]] = {}
        for place in reached:
            other = place + step
            if (
                0 <= other < len(draft.units)
                and draft.kinds[other] is None
                and draft.units[other].size <= SIZE
            ):
                beside.setdefault(draft.units[other].folded, []).append(other)
        for places in beside.values():
            if len(places) >= LEAST:
                for place in places:
                    draft.mark(place, Kind.OTHER, "paging:head")
