"""What frames every post of a thread: lines of one form that come again and again, and the names beside them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.boilerplate.byline import is_mail_address
from corpus.boilerplate.dates import has_date, without_date
from corpus.boilerplate.phrases import tokenize
from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit
    from corpus.boilerplate.stems import Stems

SIZE = 14.0
NAME_SIZE = 6.0
POSTS = 3
NEAR = 4
FEW_WORDS = 3
_NUMBER = re.compile(r"^#?\d{1,5}$")
_TELLING = frozenset(("meta", "comment", "share"))


def mark(draft: Draft) -> None:
    """Mark the dates of posts, three of one form or more; then counters, names and signatures beside them."""
    if draft.media_type == "html":
        return
    for place in draft.open_places():
        if is_mail_address(draft.units[place].text):
            draft.mark(place, Kind.BYLINE, "frame:sender")
    free = [place for place, kind in enumerate(draft.kinds) if kind in (None, Kind.BYLINE)]
    dated = [p for p in free if _could_frame(draft.units[p]) and has_date(draft.units[p].text)]
    forms = Counter(_form(draft.units[place]) for place in dated)
    framed = {place for place in dated if forms[_form(draft.units[place])] >= POSTS}
    if not framed or not _have_posts(draft, sorted(framed)):
        return
    for place in framed:
        draft.mark(place, Kind.BYLINE, "frame:date")
    near = {place + step for place in framed for step in range(-NEAR, NEAR + 1)} & set(draft.open_places())
    _mark_counters(draft, near, draft.stems)
    _mark_names(draft, near)
    _mark_between(draft)


def _have_posts(draft: Draft, framed: list[int]) -> bool:
    """Whether something is said between most of the dates: lists of events have nothing there."""
    said = [place for place, unit in enumerate(draft.units) if unit.prose or unit.sentence]
    between = sum(bisect_left(said, b) > bisect_left(said, a) for a, b in pairwise(framed))
    return 2 * between >= len(framed) - 1


def _form(unit: Unit) -> tuple[str, str]:
    """Return what the dates of posts have in common: they are dates alone, or begin and end with the same words."""
    rest = [word for word in tokenize(without_date(unit.text)) if word != "#"]
    return ("", "") if len(rest) <= FEW_WORDS else (unit.tokens[0], unit.tokens[-1])


def _could_frame(unit: Unit) -> bool:
    return (
        unit.size <= SIZE and "#" in unit.tokens and not (unit.item or unit.quoted or unit.code or unit.ended)
    )


def _mark_counters(draft: Draft, near: set[int], stems: Stems) -> None:
    """Mark "Posts: 12" and "#3"."""
    for place in near:
        unit = draft.units[place]
        if _NUMBER.match(unit.text):
            draft.mark(place, Kind.OTHER, "frame:number")
        elif _could_frame(unit) and stems.count(unit) and _is_counter(unit, stems):
            draft.mark(place, Kind.AUTHOR_BOX, "frame:counter")


def _is_counter(unit: Unit, stems: Stems) -> bool:
    """Whether the first word of a line, or the one at a number, is of those that count posts, readers and votes."""
    beside = {unit.tokens[0]} | {a if b == "#" else b for a, b in pairwise(unit.tokens) if "#" in (a, b)}
    counts = stems.count(unit)  # of Chinese, runs of characters are counted, not words
    told = any(stems.groups(word) & _TELLING for word in beside)
    return told or (len(unit.tokens[0]) == 1 and bool(_TELLING & set(counts)))


def _mark_names(draft: Draft, near: set[int]) -> None:
    """Mark names, ranks and signatures: lines that stand twice or more, without a number."""
    copies = Counter(unit.text for unit in draft.units)
    repeated = {
        unit.text
        for unit in (draft.units[place] for place in near)
        if copies[unit.text] >= 2 and unit.size <= SIZE and "#" not in unit.tokens and not unit.colon
    }
    for place in draft.open_places():
        if draft.units[place].text in repeated:
            draft.mark(place, Kind.AUTHOR_BOX, "frame:name")


def _mark_between(draft: Draft) -> None:
    """Mark the one or two very short lines that stand between two marked ones of the same frame."""
    marked = {place for place, rule in enumerate(draft.rules) if rule.startswith("frame:")}
    for place in draft.open_places():
        unit = draft.units[place]
        between = place - 1 in marked and any(kind is not None for kind in draft.kinds[place + 1 : place + 3])
        if between and unit.size <= NAME_SIZE and not unit.ended and not unit.colon and not unit.item:
            draft.mark(place, Kind.AUTHOR_BOX, "frame:between")
            marked.add(place)
