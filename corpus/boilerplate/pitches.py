"""Advertisements that read like prose: a short paragraph of offers and prices, and the button below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit
    from corpus.boilerplate.stems import Stems

SIZE = 70.0
LEAST_SIZE = 6.0
ENOUGH = 4.5
DENSE = 0.1
LABELLED = 1.0
BUTTON_SIZE = 6.0
BUTTON_SHARE = 0.3
_PRICE = re.compile(r"(?:[€$£¥￥]\s?\d|\d\s?(?:€|\$|£|%|元|折|euro?s?\b))", re.IGNORECASE)
_LABELS = ("promotion:line", "promotion:start", "promotion:open")
_ARROW = re.compile(r"(?:>>|»|→|›|👉)\W*$")


def mark(draft: Draft) -> None:
    """Mark paragraphs that offer enough, and those under a line that calls itself an advertisement."""
    if draft.media_type == "html":
        return
    stems = draft.stems
    for place in draft.open_places():
        unit = draft.units[place]
        if unit.size > SIZE or unit.size < LEAST_SIZE or unit.quoted or unit.code or unit.item:
            continue
        words = stems.count(unit).get("promotion", 0.0)
        labelled = place > 0 and draft.rules[place - 1].startswith(_LABELS)
        dense = words >= 2 and words / unit.size >= DENSE
        if (labelled and offers(unit, words) >= LABELLED) or (dense and offers(unit, words) >= ENOUGH):
            draft.mark(place, Kind.PROMOTION, "promotion:pitch")
            _mark_button(draft, place + 1, stems)


def offers(unit: Unit, words: float) -> float:
    """Return how many signs of an offer a unit has, `words` of them words."""
    signs = 1.0 * bool(_PRICE.search(unit.text)) + ("!" in unit.text or "！" in unit.text)
    signs += 1.5 * bool(_ARROW.search(unit.text)) + (unit.text.rstrip().endswith(("!", "！")))
    return min(words, 3.0) + signs + 0.5 * ("?" in unit.text or "？" in unit.text)


def _mark_button(draft: Draft, place: int, stems: Stems) -> None:
    if place < len(draft.units):
        unit = draft.units[place]
        telling = stems.count(unit).get("promotion", 0.0) >= BUTTON_SHARE * unit.size
        if telling and 0 < unit.size <= BUTTON_SIZE and not (unit.ended or unit.colon or unit.item):
            draft.mark(place, Kind.PROMOTION, "promotion:button")
