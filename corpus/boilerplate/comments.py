"""Readers' comments: "6yThis is…", "Ada says:", Reply, and the section that begins at "12 Comments"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.boilerplate.dates import has_date
from corpus.boilerplate.links import edge_rule
from corpus.boilerplate.phrases import CJK, Phrase, phrases, words
from corpus.boilerplate.sections import opener
from corpus.boilerplate.widgets import SHORT, edge_phrase
from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit

WINDOW = 14
HEADLINE_SIZE = 32.0
POSTS = 3
COUNTERS = 3
POST_SIZE = 14.0
SIGNATURE = 60
_NUMBER = re.compile(r"\d")
_SIGNED = re.compile(r"\s[–—-]\s?\S[^.!?,–—]{1,24}\s[^.!?,–—]{0,24}\d[^–—,]{0,16}$")


@cache
def _age() -> re.Pattern[str]:
    latin = [a for a in words("comment", "ages") if not re.match(f"[{CJK}]", a)]
    either = "|".join(sorted(map(re.escape, latin), key=len, reverse=True))
    return re.compile(rf"^\d{{1,2}}\s?(?:{either})(?=[A-ZÀ-ÖØ-Þ\"“«¡¿@])")


@cache
def _age_alone() -> re.Pattern[str]:
    every = "|".join(sorted(map(re.escape, words("comment", "ages")), key=len, reverse=True))
    return re.compile(rf"^(?:vor |hace |há |il y a |about )?\d{{1,2}}\s?(?:{every})\.?$", re.IGNORECASE)


@cache
def _says() -> re.Pattern[str]:
    verbs = "|".join(sorted(map(re.escape, words("comment", "says")), key=len, reverse=True))
    return re.compile(
        rf"^.{{1,48}}?[\s\d](?:{verbs})(?:\s.{{0,40}})?[:：]$|^[{CJK}\w]{{1,12}}(?:{verbs})[:：]$",
        re.IGNORECASE,
    )


def mark(draft: Draft) -> None:
    """Mark comments: from the section's heading, or from the first comment that shows its age, to the end."""
    if draft.media_type == "html" and len(draft.units) < 4:
        return
    _mark_signed(draft)
    start = _section_start(draft)
    if start is None and is_thread(draft):
        return
    aged = [i for i in draft.open_places() if _age().match(draft.units[i].text)]
    if aged and draft.prose_places() and aged[0] > draft.head_end:
        first = _with_headline(draft, aged[0])
        start = first if start is None else min(start, first)
    reader = _reader_place(draft)
    if reader is not None:
        start = reader if start is None else min(start, reader)
    if start is not None:
        _mark_section(draft, start)


def is_thread(draft: Draft) -> bool:
    """Whether the page is a thread: dates of posts from above the first paragraphs to the last part of the page."""
    if draft.media_type == "html":
        return False
    dated = [p for p, u in enumerate(draft.units) if u.size <= POST_SIZE and not u.item and "#" in u.tokens
             and has_date(u.text)]  # fmt: skip
    if len(dated) < POSTS or dated[-1] < len(draft.units) // 2:
        return False
    sizes = [unit.size if unit.prose or unit.sentence else 0.0 for unit in draft.units]
    between = [sum(sizes[a + 1 : b]) for a, b in pairwise(dated)]
    posts = sum(size > 0 for size in between)
    return (
        posts >= POSTS - 1 and sum(sizes[: dated[0]]) <= 0.1 * sum(sizes) and max(between) <= 0.6 * sum(sizes)
    )


def _mark_signed(draft: Draft) -> None:
    """Mark the short comments of question pages: they end with a dash, a name and a date."""
    if draft.media_type == "html":
        return
    for place in draft.open_places():
        text = draft.units[place].text
        signed = _SIGNED.search(text[-SIGNATURE:])
        if signed and has_date(signed[0]):
            draft.mark(place, Kind.COMMENT, "comment:signed")


def is_marker(unit: Unit) -> bool:
    """Whether a line shows that comments are here: an age, "X says:", Reply."""
    if _age().match(unit.text) or _age_alone().match(unit.text) or _says().match(unit.text):
        return True
    whole = phrases().whole(unit.tokens, "line")
    held = phrases().within(unit.tokens, "phrase")
    return (whole is not None and whole.family == "comment") or any(p.family == "comment" for p in held)


def _section_start(draft: Draft) -> int | None:
    """Return the place of the heading that opens the comments: below the article, with signs of comments."""
    paragraphs = draft.prose_places()
    copies = Counter(unit.tokens for unit in draft.units if unit.size <= 10 and "#" in unit.tokens)
    for place, unit in enumerate(draft.units):
        if copies[unit.tokens] >= COUNTERS:
            continue  # the counter below every answer of a page of questions
        whole = (phrases().whole(unit.tokens, "open") if unit.size <= 10 else None) or _opening(unit)
        if (
            whole is None
            or whole.family != "comment"
            or draft.kinds[place] not in (None, Kind.COMMENT, Kind.SHARE)
        ):
            continue
        before = bisect_left(paragraphs, place)
        after = len(paragraphs) - before
        if before >= 2 and (_signs(draft, place) or after == 0):
            return place
        if before == 0:
            draft.mark(place, Kind.COMMENT, whole.rule)
    return None


def _reader_place(draft: Draft) -> int | None:
    """Return the place of "Reader A B adds:" below three quarters of the article."""
    paragraphs = draft.prose_places()
    low = paragraphs[3 * len(paragraphs) // 4] if paragraphs else len(draft.units)
    for place in draft.open_places(low):
        unit = draft.units[place]
        if unit.colon and unit.size <= 8 and phrases().starting(unit.tokens, "reader"):
            return place
    return None


def _opening(unit: Unit) -> Phrase | None:
    """Return the phrase of "5 thoughts on “The title of the article”"."""
    phrase = phrases().starting(unit.tokens, "open") if unit.size <= HEADLINE_SIZE else None
    return phrase if phrase and phrase.tokens[0] == "#" and not unit.sentence else None


def _signs(draft: Draft, opener: int) -> bool:
    following = draft.units[opener + 1 : opener + 1 + WINDOW]
    signs = sum(is_marker(unit) for unit in following)
    dated = sum(unit.size <= 12 and has_date(unit.text) for unit in following)
    return signs + dated >= (1 if _NUMBER.search(draft.units[opener].text) else 2)


def _with_headline(draft: Draft, place: int) -> int:
    """Return the place of what a network writes above a comment, its author's headline, or of the comment."""
    above = draft.units[place - 1]
    alone = not above.item and not above.ended and above.size <= HEADLINE_SIZE
    known = draft.kinds[place - 1] in (None, Kind.COMMENT) and (alone or above.size <= 16)
    return place - 1 if known and place - 1 > draft.head_end else place


def _closes(draft: Draft, place: int) -> bool:
    """Whether a line below the last sign of comments begins something else: a box, or the foot of the page."""
    unit = draft.units[place]
    phrase = opener(unit, tail=True) or edge_phrase(unit)
    other = phrase is not None and phrase.family not in ("comment", "share", "cookie") and unit.size <= SHORT
    return (
        other or draft.kinds[place] in (Kind.RELATED, Kind.LEGAL) or edge_rule(unit, head=False) is not None
    )


def _mark_section(draft: Draft, start: int) -> None:
    last_sign = max((i for i, u in enumerate(draft.units) if is_marker(u)), default=start)
    for place in range(start, len(draft.units)):
        unit = draft.units[place]
        if draft.kinds[place] is Kind.FOOTER or (place > max(start, last_sign) and _closes(draft, place)):
            return
        rule = "comment:age" if _age().match(unit.text) else "comment:section"
        draft.mark(place, Kind.COMMENT, rule)
