"""Title, byline, date and source lines at the head of a page (and a byline repeated below the article)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.boilerplate import byline
from corpus.boilerplate.phrases import phrases
from corpus.boilerplate.widgets import edge_phrase
from corpus.models import Kind, Shape

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit

BELOW = 4
TITLE_SIZE = 12.0
NAME_SIZE = 4.0
DATED_BELOW = 9.0
MENU_SENTENCES = 3
FEW = 4
HEAD = 120
EDGE = 200
_FULL_STOP = re.compile(r"[.。]\s+\S|[.。]\s*$")
_SEPARATORS = ("|", " - ", " – ", " — ", "_", "·", "»", "::")


def mark(draft: Draft) -> None:
    """Mark the lines about the article above it, then its title, then the title's copies."""
    first_prose = draft.head_end
    _mark_bylines(draft, min(first_prose, HEAD) + BELOW)
    title = None if draft.title_known else _title_place(draft, draft.head_end)
    if title is not None:
        draft.mark(title, Kind.TITLE, "title:head")
        _mark_copies(draft, title)
        _mark_name_below(draft, title)


def _mark_bylines(draft: Draft, end: int) -> None:
    for place in draft.open_places(0, end):
        unit = draft.units[place]
        if unit.shape is Shape.HEADING or (draft.media_type == "html" and unit.item):
            continue
        read = byline.read(unit)
        if read.title:
            draft.mark(place, Kind.TITLE, "title:labelled")
        elif read.telling:
            draft.mark(place, Kind.BYLINE, "byline:head")
        elif draft.media_type == "text" and not unit.item and _is_dated(draft, place, end - BELOW):
            draft.mark(place, Kind.BYLINE, "byline:dated")


def _is_dated(draft: Draft, place: int, first_prose: int) -> bool:
    unit = draft.units[place]
    return byline.is_dated(unit) and (place < first_prose or unit.size <= DATED_BELOW)


def _title_place(draft: Draft, first_prose: int) -> int | None:
    """Return the place of the line above the article that looks most like its title."""
    if Kind.TITLE in draft.kinds:
        return draft.kinds.index(Kind.TITLE)
    candidates = [i for i in draft.open_places(0, min(first_prose, HEAD)) if _could_be_title(draft, i)]
    if not candidates:
        return None
    return max(candidates, key=lambda i: (_title_score(draft, i, first_prose), -i))


def _could_be_title(draft: Draft, place: int) -> bool:
    unit = draft.units[place]
    if draft.media_type == "html":
        return unit.shape is Shape.HEADING and place <= 2 and unit.size >= 2
    numbers = sum(t == "#" for t in unit.tokens)
    stops = _FULL_STOP.search(unit.bare) and not unit.bare.endswith(("?", "？", "!", "！"))
    plain = (
        not unit.colon and not stops and numbers <= len(unit.tokens) / 4 and unit.bare[-1:] not in (",", "，")
    )
    return plain and (not unit.item or place == 0) and 1.5 <= unit.size <= 32 and edge_phrase(unit) is None


def _title_score(draft: Draft, place: int, first_prose: int) -> float:
    unit = draft.units[place]
    alone = len(draft.open_places(0, first_prose)) <= FEW
    score = _copies_score(draft, place) + (2.0 if alone else 0.5) * (place == 0)
    score += 2.0 * (Kind.BYLINE in draft.kinds[place + 1 : place + 3]) + 3.0 * (unit.shape is Shape.HEADING)
    score += min(unit.size, 6.0) / 2 - 0.15 * max(unit.size - TITLE_SIZE, 0.0) - 2.0 * unit.text.count("|")
    score += 1.0 * unit.bare.endswith(("?", "？")) - 3.0 * _is_person(unit) - 2.0 * _is_tag_list(unit)
    score -= 3.0 * phrases().covering(unit.tokens, "line", "edge", "open")[0]
    score -= 10.0 * (sentences_above(draft, place) > MENU_SENTENCES)
    return score - min(0.2 * len(draft.open_places(place + 1, first_prose)), 2.0)


def _is_person(unit: Unit) -> bool:
    return unit.size <= NAME_SIZE and not unit.bare.isupper() and byline.is_name(unit.bare)


def _is_tag_list(unit: Unit) -> bool:
    """Whether a line of Chinese has gaps like a list of tags."""
    return bool(byline.CJK_LINE.search(unit.bare)) and unit.bare.count(" ") >= 2 and not unit.ended


def _copies_score(draft: Draft, place: int) -> float:
    """Return what the copies of a line say for it: above the article, or in a longer line below it.

    The name of the site stands above and below, alone; the headings of a table of contents stand inside.
    """
    unit, folded = draft.units[place], draft.units[place].folded
    if unit.size < 3:
        return 0.0
    first, end = draft.head_end, len(draft.units)
    above = any(folded in draft.units[i].folded for i in range(min(first, EDGE)) if i != place)
    marked = (i for i in range(max(first, end - EDGE), end) if draft.kinds[i] or i >= draft.body_end)
    below = any(folded in draft.units[i].folded and folded != draft.units[i].folded for i in marked)
    return (1.0 if unit.size >= 4 else 0.5) * (4.0 if above else 2.0 if below else 0.0)


def sentences_above(draft: Draft, place: int) -> int:
    """Return how many unmarked sentences stand above `place`: above a title there are few."""
    return sum(draft.units[i].sentence for i in draft.open_places(0, place))


def _same_title(title: str, other: str) -> bool:
    """Whether `other` is the title again, alone or with the name of the site behind it."""
    if title == other:
        return True
    return other.startswith(title) and other[len(title) :].strip().startswith(
        tuple(s.strip() for s in _SEPARATORS)
    )


def _mark_copies(draft: Draft, title: int) -> None:
    folded = draft.units[title].folded
    for place in draft.open_places():
        if place != title and _same_title(folded, draft.units[place].folded):
            draft.mark(place, Kind.TITLE, "title:copy")


def _mark_name_below(draft: Draft, title: int) -> None:
    """Mark a name alone near the title, where the page names that person again below the article."""
    for place in draft.open_places(max(title - 1, 0), title + 4):
        name = draft.units[place].bare
        if not byline.is_name(name) or draft.units[place].shape is Shape.HEADING:
            continue
        again = [
            i for i in range(len(draft.units) // 2, len(draft.units)) if i > place and _names(draft, i, name)
        ]
        if not again:
            continue
        draft.mark(place, Kind.BYLINE, "byline:name-repeated")
        for other in again:
            if draft.units[other].bare == name:
                draft.mark(other, Kind.BYLINE, "byline:name-repeated")
        _mark_headline(draft, place + 1)
        return


def _names(draft: Draft, place: int, name: str) -> bool:
    unit = draft.units[place]
    at_edge = (
        unit.bare.startswith(name) or unit.bare.endswith(name) or (name in unit.bare and unit.size <= 14)
    )
    return at_edge or (draft.kinds[place] is not None and name in unit.text)


def _mark_headline(draft: Draft, place: int) -> None:
    """Mark what a professional network writes below a name: "Head of IT | Speaker | Runner"."""
    if (
        place < len(draft.units)
        and not draft.units[place].sentence
        and draft.units[place].text.count("|") >= 1
    ):
        draft.mark(place, Kind.AUTHOR_BOX, "author-box:headline")
