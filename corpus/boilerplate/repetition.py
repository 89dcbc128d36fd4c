"""Lines that many pages of one host share: long ones wherever they stand, short ones above and below the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.boilerplate.widgets import edge_phrase
from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft

LONG = 8.0
RULE = "repetition:host"


def mark(draft: Draft) -> None:
    """Mark repeated units; where that would leave no paragraph, the page repeats its host's article: nothing is marked.

    What a phrase names has its kind; else it is navigation above the article, footer below it, other inside.
    """
    if not draft.repeated:
        return
    paragraphs = draft.prose_places()
    own = [place for place in paragraphs if place not in draft.repeated]
    if paragraphs and not own:
        return
    first, last = (own[0], own[-1]) if own else (len(draft.units), -1)
    for place in draft.open_places():
        outside = place < first or place > last
        unit = draft.units[place]
        if place in draft.repeated and (outside or unit.prose or unit.size >= LONG):
            phrase = edge_phrase(unit)
            draft.mark(place, phrase.kind if phrase else _kind(place, first, last), RULE)


def _kind(place: int, first: int, last: int) -> Kind:
    if place < first:
        return Kind.NAVIGATION
    return Kind.FOOTER if place > last else Kind.OTHER
