"""The footer that a cloud vendor puts below reprinted articles: from its first line to the end of the page.

The anchor is a sentence that only such a footer holds (whose opinion the page is not, where to report plagiarism).
The heading above it ("Contact Us") and all that follows (free trial, support offers) go with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.boilerplate.phrases import phrases
from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft

ANCHORS = ("content-source-disclaimer", "plagiarism-notice", "abuse-mail")


def mark(draft: Draft) -> None:
    """Mark everything from the anchor, and the short heading above it, to the end of the page."""
    for place, unit in enumerate(draft.units):
        held = phrases().within(unit.tokens, *ANCHORS)
        if held and (place > 0 and len(draft.units) - place <= max(30, len(draft.units) // 2)):
            _cut(draft, place, held[0].list)
            return


def _cut(draft: Draft, anchor: int, name: str) -> None:
    first = anchor
    while first > 0 and phrases().whole(draft.units[first - 1].tokens, "before"):
        first -= 1
    for place in range(first, len(draft.units)):
        draft.mark(place, Kind.FOOTER, f"hosting-footer:{name if place == anchor else 'cut'}")
