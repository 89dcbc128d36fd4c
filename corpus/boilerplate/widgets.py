"""Cookie, newsletter, share, promotion, legal, footer and navigation lines, known by their phrases."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from corpus.boilerplate.phrases import FAMILIES, Phrase, core, phrases, tokenize
from corpus.models import Kind, Shape

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit

SHORT = 30.0
NOTICE = 120.0
NOTICE_TOKENS = 25
LEAD = 16.0
COVERED = 0.75
DENSE = 0.3
PITCH_TOKENS = 12
PITCH_SIZE = 60.0
TOP = 5
HEADINGS = frozenset(("footer", "navigation", "legal"))
MENU = 4
_COLON = re.compile(r"[:：»›→|]")
_ORDER = list(FAMILIES)


def mark_sure(draft: Draft) -> None:
    """Mark what is boilerplate wherever it stands: lines made of known phrases, and short lines dense with them."""
    for place in draft.open_places():
        unit = draft.units[place]
        phrase = _sure(unit)
        if phrase and not (
            unit.code or (unit.quoted and unit.sentence) or _could_be_article(draft, place, phrase)
        ):
            draft.mark(place, phrase.kind, phrase.rule)


def _could_be_article(draft: Draft, place: int, phrase: Phrase) -> bool:
    """Whether a few words stand as an answer ("Fine by me."), in a table, or as a heading ("Contact")."""
    unit = draft.units[place]
    if draft.media_type == "html" or phrase.list == "phrase":
        return False
    if unit.shape is Shape.TABLE or is_answer(unit):
        return True
    if len(unit.tokens) > 2:
        return False
    above, below = draft.units[max(0, place - 1)], draft.units[place + 1 : place + 2]
    return phrase.family in HEADINGS and above.prose and bool(below) and below[0].prose


def is_answer(unit: Unit) -> bool:
    """Whether a very short line ends like a sentence: so do answers, and hardly any button."""
    return len(unit.tokens) <= 3 and unit.text.endswith((".", "。"))


def mark_notices(draft: Draft) -> None:
    """Mark paragraphs about cookies at the very top, with a menu or a cookie button below them, or a button above."""
    if draft.media_type == "html":
        return
    for place in draft.open_places(0, TOP):
        unit, below = draft.units[place], draft.units[place + 1 : place + 1 + MENU]
        short = sum(u.size <= 6 and not u.ended for u in below)
        if (
            unit.size < LEAD
            or unit.size > NOTICE
            or (short < MENU - 1 and Kind.COOKIE not in draft.kinds[:TOP])
        ):
            continue
        beside = draft.kinds[max(0, place - 1) : place + 2]
        if draft.stems.count(unit).get("cookie", 0) >= 1 or Kind.COOKIE in beside:
            draft.mark(place, Kind.COOKIE, "cookie:notice-at-top")


def edge_phrase(unit: Unit) -> Phrase | None:
    """Return what makes a unit boilerplate if it stands above or below the article."""
    if not unit.tokens:
        return None
    whole = phrases().whole(unit.tokens, "line", "edge", "open")
    if whole:
        return whole
    held = phrases().within(unit.tokens, "phrase")
    if held:
        return _first_family(held)
    return _covered(unit, "line", "edge", "open") or _lead(unit) or _list_lead(unit)


def _list_lead(unit: Unit) -> Phrase | None:
    """Return the word that leads a list of links without a colon: "Tags cloud, budget"."""
    phrase = phrases().starting(unit.tokens, "start")
    listed = "," in unit.text or "、" in unit.text or "，" in unit.text or unit.size <= 4
    return phrase if phrase and phrase.family == "navigation" and unit.headline and listed else None


def is_pitch(unit: Unit) -> bool:
    """Whether a paragraph at the very edge of the article pitches something: early, or more than once."""
    held = phrases().within(unit.tokens, "phrase")
    early = phrases().within(unit.tokens[:PITCH_TOKENS], "phrase")
    return unit.size <= PITCH_SIZE and (bool(early) or len({p.tokens for p in held}) >= 2)


def _sure(unit: Unit) -> Phrase | None:
    if not unit.tokens or unit.size > NOTICE:
        return None
    if unit.size > SHORT:
        return _cookie_notice(unit)
    return (
        phrases().whole(unit.tokens, "line") or _covered(unit, "line", "open") or _lead(unit) or _dense(unit)
    )


def _cookie_notice(unit: Unit) -> Phrase | None:
    """Return why a paragraph is a cookie notice: it says so early and again."""
    held = [p for p in phrases().within(unit.tokens, "phrase", "line") if p.family == "cookie"]
    early = [p for p in phrases().within(unit.tokens[:NOTICE_TOKENS], "phrase") if p.family == "cookie"]
    return early[0] if early and len(held) >= 2 else None


def _covered(unit: Unit, *lists: str) -> Phrase | None:
    """Return the commonest family of a line that phrases cover, like "Share Tweet Print 3 comments"."""
    if unit.size > SHORT or (unit.ended and unit.size > LEAD):
        return None
    share, used = phrases().covering(unit.tokens, *lists)
    if share < COVERED or len(used) < 2:
        return None
    families = Counter(p.family for p in used)
    family = "comment" if "comment" in families else families.most_common(1)[0][0]  # "Like 14 · Reply"
    return next(p for p in used if p.family == family)


def _lead(unit: Unit) -> Phrase | None:
    """Return the phrase that leads a short line: with a colon after it, or long enough to need none."""
    if unit.size > LEAD + 8:
        return None
    phrase = phrases().starting(unit.tokens, "start", "open")
    if phrase is None or (phrase.family == "author_box" and phrase.list == "open"):
        return None
    lead = _COLON.split(unit.bare, maxsplit=1)
    if len(lead) == 2 and core(tokenize(lead[0])) == phrase.tokens:
        return phrase
    long_enough = len(phrase.tokens) >= (5 if len(phrase.tokens[0]) == 1 else 2)
    return phrase if phrase.list == "start" and long_enough and not unit.ended and unit.size <= LEAD else None


def _dense(unit: Unit) -> Phrase | None:
    held = phrases().within(unit.tokens, "phrase")
    covered = sum(len(p.tokens) for p in held) / len(unit.tokens)
    if not held or (len({p.tokens for p in held}) < 2 and covered < DENSE):
        return None
    return _first_family(held)


def _first_family(held: list[Phrase]) -> Phrase:
    return min(held, key=lambda p: _ORDER.index(p.family))
