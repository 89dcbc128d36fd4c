"""Boxes with a heading: related articles, promotions, newsletters, biographies; and the short lines below it."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from corpus.boilerplate.phrases import Phrase, phrases
from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit

INLINE_LINES = 8
ITEM_SIZE = 24.0
BIOGRAPHY_LINES = 3


def opener(unit: Unit, *, tail: bool = False) -> Phrase | None:
    """Return the phrase by which a unit opens a section; below the article ("More in Cloud") the phrase may go on."""
    if not unit.tokens or unit.size > 12 or unit.code:
        return None
    whole = phrases().whole(unit.tokens, "open", "start")
    whole = None if whole and whole.family == "navigation" else whole
    if whole or not (unit.colon or tail):
        return whole
    start = phrases().starting(unit.tokens, "open")
    return (
        start
        if start and unit.size <= 8 and not unit.ended and (unit.colon or len(start.tokens) >= 2)
        else None
    )


def mark_inline(draft: Draft) -> None:
    """Mark boxes that stand inside the article: a heading with short lines below it, not with a paragraph."""
    paragraphs = draft.prose_places()
    for place in range(len(draft.units)):
        phrase = opener(draft.units[place])
        if phrase is None or phrase.family == "comment" or draft.kinds[place] not in (None, phrase.kind):
            continue
        if phrase.family == "author_box":
            _mark_biography(draft, place, phrase, paragraphs)
            continue
        items = _items_below(draft, place)
        if items or place + 1 == len(draft.units) or draft.kinds[place + 1] is not None:
            draft.mark(place, phrase.kind, phrase.rule)
            for item in items:
                draft.mark(item, phrase.kind, f"{phrase.family}:below-heading")


def _mark_biography(draft: Draft, place: int, phrase: Phrase, paragraphs: list[int]) -> None:
    """Mark "About the author" and up to three paragraphs below it, if no more than that is left of the article."""
    before = bisect_left(paragraphs, place)
    if before < 2 or len(paragraphs) - before > BIOGRAPHY_LINES + 1:
        return
    draft.mark(place, phrase.kind, phrase.rule)
    for below in range(place + 1, min(place + 1 + BIOGRAPHY_LINES, len(draft.units))):
        if draft.kinds[below] is not None or opener(draft.units[below]):
            return
        draft.mark(below, phrase.kind, "author-box:below-heading")


def _items_below(draft: Draft, heading: int) -> list[int]:
    """Return the places of the short lines below a heading; the article's next heading is not one of them."""
    items: list[int] = []
    for place in range(heading + 1, min(heading + 1 + INLINE_LINES, len(draft.units))):
        unit = draft.units[place]
        if (
            draft.kinds[place] is not None
            or unit.prose
            or (unit.sentence and not unit.item)
            or unit.size > ITEM_SIZE
        ):
            break
        if opener(unit):
            break
        items.append(place)
    after = heading + 1 + len(items)
    article_follows = after < len(draft.units) and draft.kinds[after] is None and draft.units[after].prose
    if items and article_follows and _is_next_heading(draft, items):
        items.pop()
    return items


def _is_next_heading(draft: Draft, items: list[int]) -> bool:
    """Whether the last short line above a paragraph is that paragraph's heading, not the box's last item."""
    last = draft.units[items[-1]]
    if not last.headline:
        return False
    others = [draft.units[i] for i in items[:-1]]
    if any(u.item for u in others):
        return True
    return (len(others) >= 1 and (last.gap, last.shape) != (others[-1].gap, others[-1].shape)) or len(
        others
    ) >= 2


def mark_orphans(draft: Draft) -> None:
    """Mark the heading of a newsletter box or an advertisement: nothing of the article stands below it."""
    kinds = tuple(draft.kinds)
    for place in draft.open_places(1, len(draft.units) - 1):
        unit, below = draft.units[place], kinds[place + 1]
        if (
            below in (Kind.NEWSLETTER, Kind.PROMOTION)
            and unit.headline
            and unit.size <= 10
            and not unit.quoted
            and not unit.code
        ):
            above = draft.units[place - 1]
            if not (
                unit.colon
                or above.colon
                or above.item
                or (kinds[place - 1] is not None and below is Kind.PROMOTION)
            ):
                draft.mark(place, below, f"{below.value}:heading-of-box")


def family_kind(kind: Kind | None) -> Kind | None:
    """Return the kind that the lines below a line of `kind` take, at the tail of a page, or None."""
    below = {
        Kind.RELATED,
        Kind.COMMENT,
        Kind.NEWSLETTER,
        Kind.PROMOTION,
        Kind.FOOTER,
        Kind.LEGAL,
        Kind.COOKIE,
        Kind.NAVIGATION,
        Kind.AUTHOR_BOX,
        Kind.OTHER,
    }
    return kind if kind in below else None
