"""What kind a line is of that only the classifier drops: by its phrases and words, its neighbours and its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.boilerplate import byline
from corpus.boilerplate.dates import has_date
from corpus.boilerplate.widgets import edge_phrase
from corpus.models import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus.boilerplate.draft import Draft

SURE_WORDS = 2.0
NEAR = 6
# The groups of stems that name a kind, the tellingest first; `site` and `meta` depend on the place.
GROUPS = {
    "cookie": Kind.COOKIE,
    "newsletter": Kind.NEWSLETTER,
    "comment": Kind.COMMENT,
    "share": Kind.SHARE,
    "legal": Kind.LEGAL,
    "promotion": Kind.PROMOTION,
    "related": Kind.RELATED,
    "author": Kind.AUTHOR_BOX,
    "media": Kind.OTHER,
}
# What goes on below a line of its kind until something else begins.
SECTIONS = frozenset(
    (
        Kind.COMMENT,
        Kind.RELATED,
        Kind.NEWSLETTER,
        Kind.PROMOTION,
        Kind.AUTHOR_BOX,
        Kind.FOOTER,
        Kind.LEGAL,
        Kind.COOKIE,
    )
)


def infer(draft: Draft, place: int, part: str, words: Mapping[str, float]) -> Kind:
    """Return the kind of a unit in the `head`, the `tail` or `inside`; `words` counts its stems by group."""
    unit = draft.units[place]
    phrase = edge_phrase(unit)
    if phrase:
        return phrase.kind
    if part == "head" and (byline.is_dated(unit) or byline.is_name(unit.bare)) and _near_title(draft, place):
        return Kind.BYLINE
    told = {group: count for group, count in words.items() if group in GROUPS}
    best = max(told, key=lambda group: told[group], default="")
    if best and (told[best] >= SURE_WORDS or (part == "inside" and told[best])):
        return GROUPS[best]
    section = _section(draft, place) if part != "head" else None
    if section is not None and not (section is Kind.COMMENT and words.get("site", 0) >= SURE_WORDS):
        return section
    if best:
        return GROUPS[best]
    if part == "tail" and has_date(unit.text) and unit.size <= NEAR:
        return Kind.COMMENT
    return _by_place(draft, place, part)


def _near_title(draft: Draft, place: int) -> bool:
    return Kind.TITLE in draft.kinds[max(0, place - NEAR) : place + 2]


def _section(draft: Draft, place: int) -> Kind | None:
    """Return the kind of the section that the nearest marked lines above a unit are of."""
    for above in range(place - 1, max(-1, place - 1 - NEAR), -1):
        kind = draft.kinds[above]
        if kind is None:
            return None
        if kind in SECTIONS:
            return kind
        if kind is not Kind.OTHER:
            return None
    return None


def _by_place(draft: Draft, place: int, part: str) -> Kind:
    if part == "head":
        title = Kind.TITLE in draft.kinds[:place]
        return Kind.OTHER if title else Kind.NAVIGATION
    if part == "inside":
        return Kind.OTHER
    quarter = place >= len(draft.units) - max(3, len(draft.units) // 10)
    return Kind.FOOTER if quarter else Kind.RELATED
