"""Tables of contents and menus that a page has twice: a run of short lines that all stand again further down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.boilerplate.phrases import phrases, tokenize
from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit
    from corpus.boilerplate.phrases import Tokens

_EDIT = re.compile(r"\s*\[[^\]\[]{1,16}\]$")  # what a wiki writes behind its headings
SIZE = 16.0
LEAST = 3
MISSES = 1
COPIES = 4
PARAGRAPHS_ABOVE = 3
_HEADINGS = ("line", "open", "start", "edge")


def mark(draft: Draft) -> None:
    """Mark the first of the two, where few paragraphs stand above it and the second comes in the same order."""
    if draft.media_type == "html":
        return
    places: dict[Tokens, list[int]] = {}
    for place, unit in enumerate(draft.units):
        places.setdefault(_key(unit), []).append(place)
    paragraphs = [place for place, unit in enumerate(draft.units) if unit.prose]
    end = paragraphs[PARAGRAPHS_ABOVE] if len(paragraphs) > PARAGRAPHS_ABOVE else len(draft.units)
    place = 0
    while place < end:
        hits = _run(draft, place, places)
        if len(hits) >= LEAST:
            _mark_run(draft, hits)
        place = hits[-1] + 1 if hits else place + 1


def _key(unit: Unit) -> Tokens:
    """Return the words of a line without the numbers of chapters and pages; a table's lines have none."""
    numbered = ":" in unit.text and "#" in unit.tokens
    if unit.size > SIZE or numbered:
        return ()
    tokens = tokenize(_EDIT.sub("", unit.bare)) if unit.bare.endswith("]") else unit.tokens
    return tuple(word for word in tokens if word != "#")


def _run(draft: Draft, start: int, places: dict[Tokens, list[int]]) -> list[int]:
    """Return the places of a run whose lines stand again below it, each below the one before."""
    hits: list[int] = []
    first = last = -1
    misses = 0
    for place in range(start, len(draft.units)):
        if place == first:
            break  # the run has come to its own copy
        unit = draft.units[place]
        key = _key(unit)
        again = (
            next((p for p in places.get(key, ())[-COPIES:] if p > max(place + 1, last)), None)
            if key
            else None
        )
        if again is not None and not unit.sentence:
            hits.append(place)
            first = again if first < 0 else first
            last, misses = again, 0
        elif not hits or unit.prose or misses >= MISSES:
            break
        else:
            misses += 1
    return hits


def _mark_run(draft: Draft, hits: list[int]) -> None:
    above = hits[0] - 1
    if above >= 0 and phrases().whole(draft.units[above].tokens, *_HEADINGS):
        draft.mark(above, Kind.NAVIGATION, "contents:heading")
    for place in range(hits[0], hits[-1] + 1):
        draft.mark(place, Kind.NAVIGATION, "contents:line")
