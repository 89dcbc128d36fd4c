"""Where the article begins and ends, and what lies outside of it.

The article is the run of units that is worth most, paragraphs counting for it and marked lines against it
(maximum subsequence segmentation: Pasternack and Roth, WWW 2009).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.boilerplate import comments, front, links, sections
from corpus.boilerplate.widgets import edge_phrase, is_answer, is_pitch
from corpus.models import Kind, Shape

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit

MARKED = -4.0
MARKED_RUN = -16.0
MENU_ENTRIES = frozenset({Kind.PROMOTION, Kind.NEWSLETTER, Kind.FOOTER, Kind.RELATED, Kind.AUTHOR_BOX})
CONTEXT = frozenset({Kind.TITLE, Kind.BYLINE})


def locate(draft: Draft) -> None:
    """Note where the article begins, as far as the surest verdicts tell."""
    draft.body_start, draft.body_end = find(draft)


def mark_edges(draft: Draft) -> None:
    """Mark what lies above and below the article by weaker signs than inside it."""
    first, end = _without_pitches(draft, *find(draft))
    _mark_head(draft, first)
    _mark_tail(draft, end)
    _mend_menu(draft)


def _mend_menu(draft: Draft) -> None:
    """Call "Subscribe" or "Events" among the links above the title what it is there: an entry of the menu."""
    title = next((i for i, kind in enumerate(draft.kinds) if kind is Kind.TITLE), 0)
    for place in range(title):
        beside = draft.kinds[max(place - 1, 0) : place + 2]
        if _menu_entry(draft, place) and draft.units[place].size <= 4 and Kind.NAVIGATION in beside:
            draft.mark(place, Kind.NAVIGATION, "navigation:menu", again=True)


def _menu_entry(draft: Draft, place: int) -> bool:
    advertisement = draft.kinds[place] is Kind.PROMOTION and ":line" in draft.rules[place]
    return draft.kinds[place] in MENU_ENTRIES and not advertisement


def _without_pitches(draft: Draft, first: int, end: int) -> tuple[int, int]:
    """Move both ends of the article inwards over paragraphs that pitch something and lines already marked."""
    places = [i for i in range(first, end) if draft.kinds[i] is None and not is_pitch(draft.units[i])]
    return (places[0], places[-1] + 1) if places else (first, end)


def find(draft: Draft) -> tuple[int, int]:
    """Return the half-open range of units that is the article."""
    best, best_range, total, start, run = 0.0, (0, len(draft.units)), 0.0, 0, 0.0
    for place, unit in enumerate(draft.units):
        value, run = _value(draft, place, unit, run)
        if total <= 0:
            total, start = 0.0, place
        total += value
        if total > best:
            best, best_range = total, (start, place + 1)
    return best_range


def _value(draft: Draft, place: int, unit: Unit, run: float) -> tuple[float, float]:
    """Return what a unit is worth, and the cost of the marked run it stands in: a run's cost is bounded."""
    kind = draft.kinds[place]
    if kind is Kind.COMMENT and draft.rules[place].startswith("comment:"):
        return MARKED - 0.3 * unit.size, run
    if kind is not None and kind not in CONTEXT:
        cost = max(MARKED, MARKED_RUN - run)
        return cost, run + cost
    if unit.prose:
        return min(unit.size, 60.0) / 2, 0.0
    if kind is not None:
        return 0.0, run
    return (3.0 if unit.sentence else 1.0 if unit.item else -0.5), run


def _mark_head(draft: Draft, first: int) -> None:
    """Mark menus and widgets above the article; below the title only what is surely one."""
    titles = [i for i in range(min(draft.head_end, len(draft.units))) if draft.kinds[i] is Kind.TITLE]
    title = titles[-1] if titles else None
    menu_end = (
        title if title is not None and front.sentences_above(draft, title) <= front.MENU_SENTENCES else 0
    )
    for place in draft.open_places(0, max(first, draft.head_end)):
        unit = draft.units[place]
        found = links.edge_rule(unit, head=True)
        phrase = (
            None
            if unit.sentence and unit.size < 12 and title is not None and place > title
            else edge_phrase(unit)
        )
        if found:
            draft.mark(place, *found)
        elif phrase and not is_answer(unit):
            draft.mark(place, phrase.kind, phrase.rule)
        elif place < menu_end and draft.media_type == "text" and not unit.prose:
            draft.mark(place, Kind.NAVIGATION, "navigation:above-title")


def _mark_tail(draft: Draft, end: int) -> None:
    """Mark what lies below the article; lines without a sign of their own belong to the section they stand in."""
    section: Kind | None = None
    lines = 0
    thread = comments.is_thread(draft)
    for place in range(end, len(draft.units)):
        unit, kind = draft.units[place], draft.kinds[place]
        phrase = sections.opener(unit, tail=True)
        if phrase and kind in (None, phrase.kind):
            draft.mark(place, phrase.kind, phrase.rule)
            section, lines = phrase.kind, 0
        elif kind is not None:
            begins = section is not Kind.COMMENT or kind in (Kind.FOOTER, Kind.RELATED)
            framed = draft.rules[place].startswith(("frame:", "comment:signed"))
            section, lines = (None if framed else kind if begins else section), 0
        elif not (thread and unit.sentence):
            lines += 1
            long_biography = section is Kind.AUTHOR_BOX and lines > sections.BIOGRAPHY_LINES
            _mark_tail_line(draft, place, Kind.OTHER if long_biography else section)


def _mark_tail_line(draft: Draft, place: int, section: Kind | None) -> None:
    unit = draft.units[place]
    found = links.edge_rule(unit, head=False)
    phrase = edge_phrase(unit)
    if found and section is None:
        draft.mark(place, *found)
    elif comments.is_marker(unit):
        draft.mark(place, Kind.COMMENT, "comment:marker")
    elif phrase and not (phrase.list == "edge" and is_answer(unit)):
        draft.mark(place, phrase.kind, phrase.rule)
    elif found:
        draft.mark(place, *found)
    elif (kind := sections.family_kind(section)) and unit.shape not in (Shape.CODE, Shape.TABLE):
        draft.mark(place, kind, f"{kind.value.replace('_', '-')}:tail-section")
