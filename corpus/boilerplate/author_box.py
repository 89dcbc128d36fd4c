"""Who the author is: the biography below the article, with or without a heading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.boilerplate import byline
from corpus.boilerplate.phrases import phrases, tokenize
from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft, Unit

NAMED_PARAGRAPHS = 3
NAMED_SIZE = 9.0
MAX_NAMES = 8


def mark(draft: Draft) -> None:
    """Mark biographies: paragraphs below most of the article that begin with the author and say what they are."""
    paragraphs = draft.prose_places()
    if len(paragraphs) < 2:
        return
    _mark_tail_byline(draft, paragraphs)
    names = _author_names(draft)
    _mark_signature(draft, paragraphs)
    _mark_about(draft, paragraphs, names)
    for place in draft.open_places(paragraphs[len(paragraphs) // 2] + 1):
        if any(_is_biography(draft, place, name) for name in names):
            draft.mark(place, Kind.AUTHOR_BOX, "author-box:biography")
            _mark_name_above(draft, place, names)
    if draft.media_type == "text":
        _mark_named(draft, paragraphs, names)


def _mark_named(draft: Draft, paragraphs: list[int], names: list[str]) -> None:
    """Mark what begins with the author's whole name below all but the last paragraphs: nobody else writes so."""
    low = paragraphs[-min(len(paragraphs), NAMED_PARAGRAPHS)]
    for place in draft.open_places(max(low, paragraphs[len(paragraphs) // 2] + 1)):
        unit = draft.units[place]
        named = any(len(name) >= 3 and unit.bare.startswith(name) for name in names)
        named = named or draft.units[place - 1].bare in names or _is_labelled(unit)
        if named and not unit.quoted and (unit.prose or unit.size >= NAMED_SIZE):
            draft.mark(place, Kind.AUTHOR_BOX, "author-box:named")
            _mark_name_above(draft, place, names)


def _mark_tail_byline(draft: Draft, paragraphs: list[int]) -> None:
    """Mark "by A B" below the article, where the biography follows or nothing does."""
    for place in draft.open_places(paragraphs[len(paragraphs) // 2] + 1):
        unit = draft.units[place]
        rest = [p for p in paragraphs if p > place]
        if (
            unit.size <= 10
            and len(rest) <= 1
            and phrases().starting(unit.tokens, "by")
            and byline.read(unit).author
        ):
            draft.mark(place, Kind.BYLINE, "byline:tail")


def _is_labelled(unit: Unit) -> bool:
    """Whether a paragraph begins "Author: A B, seventeen years in IT"."""
    label = phrases().starting(unit.tokens, "by")
    return bool(label) and byline.LABEL.match(unit.bare) is not None and unit.size >= NAMED_SIZE


def _mark_about(draft: Draft, paragraphs: list[int], names: list[str]) -> None:
    """Mark "About A B", or the author's name alone, below the article, and the paragraph under it."""
    last = [p for p in paragraphs if not _below_name(draft, p, names)]
    for place in draft.open_places(paragraphs[len(paragraphs) // 2] + 1):
        unit = draft.units[place]
        sure = _is_about(unit, names, known=True) or (
            place > (last[-1] if last else 0) and _is_about(unit, names)
        )
        if unit.size <= 8 and sure:
            draft.mark(place, Kind.AUTHOR_BOX, "author-box:name")
            below = place + 1
            if below < len(draft.units) and draft.kinds[below] is None and draft.units[below].size >= 5:
                draft.mark(below, Kind.AUTHOR_BOX, "author-box:below-name")
            return


def _mark_signature(draft: Draft, paragraphs: list[int]) -> None:
    """Mark the signature of a message: the lines below "--" up to the next gap."""
    for place in draft.open_places(paragraphs[len(paragraphs) // 2]):
        if draft.units[place].text == "--":
            draft.mark(place, Kind.AUTHOR_BOX, "author-box:signature")
            for below in range(place + 1, len(draft.units)):
                if draft.units[below].gap or draft.units[below].prose:
                    return
                draft.mark(below, Kind.AUTHOR_BOX, "author-box:signature")


def _below_name(draft: Draft, place: int, names: list[str]) -> bool:
    return place > 0 and draft.units[place - 1].size <= 8 and _is_about(draft.units[place - 1], names)


def _is_about(unit: Unit, names: list[str], *, known: bool = False) -> bool:
    if unit.bare in names:
        return True
    about = phrases().starting(unit.tokens, "about")
    rest = " ".join(unit.bare.split()[len(about.tokens) :]) if about else ""
    if not rest:
        return False
    return any(rest in (name, *name.split()) for name in names) or (not known and byline.is_name(rest))


def _author_names(draft: Draft) -> list[str]:
    names = []
    for place, kind in enumerate(draft.kinds):
        unit = draft.units[place]
        if kind is Kind.BYLINE:
            names.append(byline.read(unit).author or (unit.bare if byline.is_name(unit.bare) else ""))
    return [name for name in dict.fromkeys(names) if name][:MAX_NAMES]


def _is_biography(draft: Draft, place: int, name: str) -> bool:
    """Whether a unit begins with the author's name (or surname) and a verb that biographies begin with."""
    unit = draft.units[place]
    starts = [
        n
        for n in (name, *name.split())
        if (len(n) > 2 and unit.bare.startswith((n + " ", n + ",", n + "，")))
        or (n == name and unit.bare.startswith(n))
    ]
    if not starts or unit.size < 4:
        return False
    following = tokenize(unit.bare[len(starts[0]) :])[:10]
    return any(p.family == "author_box" for p in phrases().within(following, "bio"))


def _mark_name_above(draft: Draft, place: int, names: list[str]) -> None:
    if place > 0 and draft.units[place - 1].bare in names:
        draft.mark(place - 1, Kind.AUTHOR_BOX, "author-box:name")
