"""The title of a page: the heading that its title tags repeat, or what they state without the site's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from corpus.extract.marks import HEADINGS
from corpus.extract.names import clean, likeness, squashed, words
from corpus.models import Kind, Sourced

if TYPE_CHECKING:
    from corpus.extract.head import Clue, Head
    from corpus.extract.names import Site

_SEPARATOR = re.compile(r"(\s+(?:[|｜·•»«›‹—–~-]|::|:|/)\s+|\s*[|｜]\s*)")
_SEPARATOR_CJK = re.compile(r"(\s*[|｜_]\s*|\s*[—–-]+\s*)")
_PIPES = frozenset("|｜·•»«")
_SITE_WORDS = 5
_ALIKE = 0.45
_SENTENCE = 8
_SURE = 0.9
_FIRST_LINES = 400
_FEW = 2
_ELSEWHERE = frozenset((Kind.COMMENT, Kind.RELATED, Kind.FOOTER, Kind.COOKIE, Kind.NEWSLETTER))


class Title(NamedTuple):
    """The title, and the heading on the page that bears it."""

    fact: Sourced | None
    heading: Clue | None


def read_title(head: Head, headline: str, site: Site) -> Title:
    """Return the title of the page; `headline` is what JSON-LD calls the article."""
    stated = [(source, text) for source, text in _stated(head, headline, site) if not site.is_exactly(text)]
    heading, score = _best_heading(head, [text for _, text in stated], site)
    if heading and (score >= _ALIKE or (not stated and score > -1) or _stands_alone(heading, score, head)):
        return Title(Sourced(without_site(heading.text, site, guess=False), "heading"), heading)
    if not stated:
        return Title(Sourced(head.title, "title-tag") if head.title else None, None)
    source, text = stated[0]
    if source == "title-tag":
        if repeated := _repeated(head):
            return Title(Sourced(repeated, source), None)
        if only := _only_heading(head, site):
            return Title(Sourced(only.text, "heading"), only)
    return Title(Sourced(text, source), None)


def _repeated(head: Head) -> str:
    """Return the longest beginning of the title tag, up to a separator, that a line of the page repeats."""
    lines = {squashed(line.text) for line in head.lines[:_FIRST_LINES]}
    pieces = _pieces(head.title)
    begun = ("".join(pieces[:end]).strip() for end in range(len(pieces) - 2, 0, -2))
    return next((text for text in begun if len(words(text)) >= _FEW and squashed(text) in lines), "")


def _only_heading(head: Head, site: Site) -> Clue | None:
    """Return the one heading of its level, of the first level that a page without anything better has."""
    for level in sorted(HEADINGS):
        clues = [
            c for c in head.headings if c.source == level and c.place not in _ELSEWHERE and squashed(c.text)
        ]
        if clues:
            return clues[0] if len(clues) == 1 and not site.is_named(clues[0].text) else None
    return None


def _stated(head: Head, headline: str, site: Site) -> list[tuple[str, str]]:
    found = [
        ("json-ld", clean(headline)),
        ("open-graph", head.meta("og:title")),
        ("twitter", head.meta("twitter:title")),
        ("dublin-core", head.meta("dc.title", "dcterms.title", "citation_title")),
        ("title-tag", head.title),
    ]
    stated = [(source, without_site(text, site).strip('"“” ')) for source, text in found]
    return [(source, text) for source, text in stated if text]


def _best_heading(head: Head, stated: list[str], site: Site) -> tuple[Clue | None, float]:
    """Return the heading that is most like what the page states, and how alike: h1 before h2, first before last."""
    best: tuple[Clue | None, float] = (None, -1.0)
    for level in sorted(HEADINGS):
        for clue in head.headings:
            if clue.source != level or not squashed(clue.text):
                continue
            score = max((_fit(clue.text, text) for text in stated), default=0.0)
            if level != "h1" and score < _SURE:
                score = -0.5
            if score < _SURE and (site.is_exactly(clue.text) or clue.place in _ELSEWHERE):
                score = -1.0
            if score > best[1]:
                best = (clue, score)
    return best


def _stands_alone(heading: Clue, score: float, head: Head) -> bool:
    """Whether the title tag says nothing of the only h1 there is, which is long enough to be no slogan."""
    only = heading.source == "h1" and sum(clue.source == "h1" for clue in head.headings) == 1
    return only and 0 <= score < 0.1 and len(words(heading.text)) >= _SENTENCE


def _fit(heading: str, stated: str) -> float:
    """Return how well a heading fits a stated title; a title that was cut short is fit by the whole."""
    short = stated.rstrip(".… ")
    cut = len(short) >= 20 and squashed(heading).startswith(squashed(short))
    return max(likeness(heading, stated), 0.97 if cut else 0.0)


def without_site(title: str, site: Site, *, guess: bool = True) -> str:
    """Return `Article` of `Article | Site`, `Site :: Article` or `Article - Site`; guess at unknown sites' names."""
    pieces = _pieces(title)
    whole = list(pieces)
    while len(pieces) > 2 and site.is_named(pieces[-1]):
        pieces = pieces[:-2]
    while len(pieces) > 2 and site.is_exactly(pieces[0]):
        pieces = pieces[2:]
    if guess and pieces == whole and len(pieces) > 2 and _looks_like_site(pieces):
        pieces = pieces[:-2]
    return "".join(pieces).strip()


def _pieces(title: str) -> list[str]:
    """Split a title tag into pieces and what separates them: pieces at even places."""
    cjk = not title.isascii() and " " not in title.strip()
    return (_SEPARATOR_CJK if cjk else _SEPARATOR).split(title.strip())


def _looks_like_site(pieces: list[str]) -> bool:
    """Whether the last piece is short beside the rest, after a sign that seldom stands inside titles."""
    rest, last = "".join(pieces[:-2]), pieces[-1]
    short = len(last.split()) <= _SITE_WORDS and len(last) < len(rest)
    return short and (bool(_PIPES & set(pieces[-2])) or len(last.split()) <= 3)
