"""What is left of pictures and layout: names of image files, photo credits, rules of dashes, quotations set large."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.boilerplate.phrases import fold, phrases
from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit

CREDIT_SIZE = 12.0
_FILE = re.compile(r"[\w()-]\.(?:gif|jpe?g|png|webp|svg|bmp)\b\W*$", re.IGNORECASE)
_IMAGE = re.compile(
    r"^!?\[[^\]]{0,200}\]\(\S{1,400}\.(?:gif|jpe?g|png|webp|svg)[^)\s]{0,200}\)$", re.IGNORECASE
)
_PHOTOGRAPHER = re.compile(r"[（(](?:[^()（）]{1,12}[攝摄]|photo|foto|ph)[)）]$", re.IGNORECASE)
_QUOTATION = re.compile(r"^[\"“«„»「『](?P<words>[^\"“”«»„「」『』]{12,200})[\"”“»«」』]\W?$")
QUOTATION_SIZE, MOST_QUOTATIONS = 5.0, 30  # of a page with more of them, none is set large
_CREDIT = re.compile(r"^\W{0,3}[^:：/／]{1,24}(?:[:：/／]|\s[-–—]\s|\s(?:by|von|di|de|par)\s)", re.IGNORECASE)


def mark(draft: Draft) -> None:
    """Mark them wherever they stand."""
    if draft.media_type == "html":
        return
    _mark_pull_quotes(draft)
    for place in draft.open_places():
        unit = draft.units[place]
        if unit.size <= 8 and not unit.sentence and (_FILE.search(unit.text) or _IMAGE.match(unit.text)):
            draft.mark(place, Kind.OTHER, "debris:image-file")
        elif _is_credit(unit):
            draft.mark(place, Kind.OTHER, "debris:photo-credit")
        elif (
            not unit.tokens
            and not unit.code
            and "|" not in unit.text
            and len(unit.text) >= 3
            and len(set(unit.text) - {" "}) <= 2
        ):
            draft.mark(place, Kind.OTHER, "debris:line")


def _is_credit(unit: Unit) -> bool:
    """Whether a line names a photographer: "Photo: A B", "(C摄)"."""
    if unit.size > CREDIT_SIZE or unit.ended:
        return False
    lead = phrases().starting(unit.tokens, "credit")
    alone = lead is not None and lead.tokens == unit.tokens
    return (
        alone
        or bool(_PHOTOGRAPHER.search(unit.text))
        or (lead is not None and bool(_CREDIT.match(unit.text)))
    )


def _mark_pull_quotes(draft: Draft) -> None:
    """Mark lines below the first paragraph that are nothing but a quotation which a paragraph has too."""
    found = [
        (place, _QUOTATION.match(draft.units[place].text)) for place in draft.open_places(draft.head_end)
    ]
    quotations = [(place, fold(match["words"]).strip(" .,!?")) for place, match in found if match]
    if len(quotations) > MOST_QUOTATIONS:
        return
    for place, words in quotations:
        size = draft.units[place].size
        if size >= QUOTATION_SIZE and any(words in u.folded for u in draft.units if u.size >= 2 * size):
            draft.mark(place, Kind.OTHER, "debris:pull-quote")
