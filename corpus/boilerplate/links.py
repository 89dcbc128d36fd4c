"""Lines that are links and nothing else: menus with pipes, breadcrumbs, tag lists, hashtags, bare addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.boilerplate.phrases import month_numbers, phrases
from corpus.models import Kind, Shape

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit

PIECE_WORDS = 4.0
MAX_LENGTH = 2000
_HASHTAGS = re.compile(r"^[#＃][\w-]+(?:[\s,，]+[#＃][\w-]+)+[\s,，]*$")
_PIPES = re.compile(r"\s*[|｜¦•·]\s*")
_CRUMBS = re.compile(r"\s*(?:[›»→>]|&gt;|::)\s*|\s[/\\]\s")
_ARROWS = re.compile(r"^(?:←|‹|«\s|<{1,2}\s|⟵)|(?:→|›|\s»|\s>{1,2}|⟶)$")
_MARKDOWN_LINKS = re.compile(r"^(?:[-*•]\s*|\d+\.\s*)?(?:!?\[[^\]]*\]\([^)]*\)[\s|·•,]*)+$")
_CONTENTS = re.compile(r"^(?:[-*•]\s*|\d+\.\s*)?\[[^\]]+\]\(#[^)]*\)$")
_ADDRESS = re.compile(r"^(?:https?://|www\.)\S+$")


def mark_sure(draft: Draft) -> None:
    """Mark lines of hashtags and tables of contents, wherever they stand."""
    for place in draft.open_places():
        if _HASHTAGS.match(draft.units[place].text) and len(draft.units[place].text) > 3:
            draft.mark(place, Kind.NAVIGATION, "links:hashtags")
        elif place > len(draft.units) // 2 and _is_pager(draft.units[place]):
            draft.mark(place, Kind.RELATED, "links:previous-next")
        elif _CONTENTS.match(draft.units[place].text):
            draft.mark(place, Kind.NAVIGATION, "links:contents")


def _is_pager(unit: Unit) -> bool:
    """Whether a line with arrows and pipes leads to the pages before and after."""
    return bool(_ARROWS.search(unit.text)) and unit.text.count("|") >= 1


def edge_rule(unit: Unit, *, head: bool) -> tuple[Kind, str] | None:
    """Return the verdict on a line of links above (`head`) or below the article."""
    if unit.sentence or unit.prose or len(unit.text) > MAX_LENGTH or unit.shape is Shape.TABLE:
        return None
    if _ADDRESS.match(unit.text):
        return Kind.NAVIGATION, "links:address"
    if not head and _ARROWS.search(unit.text):
        return Kind.RELATED, "links:previous-next"
    if len(unit.tokens) == 2 and unit.tokens[1] == "#" and unit.tokens[0] in month_numbers():
        return Kind.NAVIGATION, "links:archive-month"
    if _MARKDOWN_LINKS.match(unit.text):
        return Kind.NAVIGATION, "links:only-links"
    if not unit.tokens and not head:
        return Kind.OTHER, "links:separator"
    pieces = [p for p in _PIPES.split(unit.bare) if p]
    if len(pieces) >= 3 and unit.size / len(pieces) <= PIECE_WORDS:
        return _menu_kind(unit, head), "links:pipes"
    crumbs = [p for p in _CRUMBS.split(unit.bare) if p]
    if (
        head
        and not unit.code
        and len(crumbs) >= 2
        and (len(crumbs) >= 3 or phrases().starting(unit.tokens, "line"))
    ):
        return Kind.NAVIGATION, "links:breadcrumbs"
    return None


def _menu_kind(unit: Unit, head: bool) -> Kind:
    families = {p.family for p in phrases().within(unit.tokens, "line", "phrase")}
    return Kind.FOOTER if not head and families & {"footer", "legal", "cookie"} else Kind.NAVIGATION
