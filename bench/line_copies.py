"""Copies of labelled pages as other scrapers, or other editors, might have left them: more to learn from.

`trimmed` takes most of what stands above and below an article away, or all of it. `grafted` puts what interrupts the
articles of other pages of the language (pitches, teasers, forms) between paragraphs, and another page's end below: what
a line is must be told from what it says and where it stands, and cannot be learnt by heart.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from bench.line_network import IN_DOUBT
from corpus.models import Kind

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

KINDS = (
    Kind.ARTICLE, Kind.TITLE, Kind.BYLINE, Kind.NAVIGATION, Kind.COOKIE, Kind.SHARE, Kind.NEWSLETTER, Kind.COMMENT,
    Kind.AUTHOR_BOX, Kind.RELATED, Kind.FOOTER, Kind.LEGAL, Kind.PROMOTION, Kind.OTHER,
)  # fmt: skip
NUMBERS = {kind.value: number for number, kind in enumerate(KINDS)}
# Trimmed: the share with nothing but the article, and of the others the share that end (or begin) with it, and the mean
# number of lines left where they do not.
BARE, EDGE, ABOVE, BELOW = 0.3, 0.3, 8, 10
# Grafted: the share that end as another page does, the most interruptions, their most lines, and the share of pages
# with blank lines whose interruptions have them too.
OTHER_END, INTERRUPTIONS, LONGEST, SPACED = 0.6, 3, 6, 0.7
_INTERRUPTING = frozenset(
    NUMBERS[kind] for kind in (Kind.PROMOTION, Kind.NEWSLETTER, Kind.RELATED, Kind.OTHER, Kind.SHARE)
)
_OFFERING = frozenset((NUMBERS[Kind.PROMOTION],))


class Labelled(NamedTuple):
    """A page's lines and what each is: the place of its kind in KINDS, IN_DOUBT or NOT_ARTICLE. `domain`: a number."""

    lines: Sequence[str]
    told: Sequence[int]
    domain: int
    group: str
    language: str


def trimmed(page: Labelled, draw: random.Random) -> Labelled:
    """Return a page that has an article as another scraper, or an extractor, might have left it."""
    places = [n for n, told in enumerate(page.told) if told == 0]
    if draw.random() < BARE:
        front = {NUMBERS[kind] for kind in (Kind.TITLE, Kind.BYLINE)} if draw.random() < 0.5 else set[int]()
        kept = [
            n for n, told in enumerate(page.told) if told == 0 or told in front or not page.lines[n].strip()
        ]
    else:
        above, below = (
            0 if draw.random() < EDGE else int(draw.expovariate(1 / mean)) for mean in (ABOVE, BELOW)
        )
        kept = list(range(max(0, places[0] - above), min(len(page.lines), places[-1] + 1 + below)))
    group = "trimmed" if page.group == "written" else page.group
    return page._replace(lines=[page.lines[n] for n in kept], told=[page.told[n] for n in kept], group=group)


def grafted(page: Labelled, others: Sequence[Labelled], draw: random.Random) -> Labelled:
    """Return a page with an article that is interrupted, and perhaps ends, as `others` are and do."""
    first, end = _article(page)
    lines, told = list(page.lines[:end]), list(page.told[:end])
    ending = draw.choice(others) if draw.random() < OTHER_END else page
    for _ in range(draw.randint(1, INTERRUPTIONS)):
        other = draw.choice(others)
        taken = _interruptions(other)
        places = [n for n in range(first + 1, len(lines)) if told[n] == told[n - 1] == 0]
        if taken and places:
            spaced = any(not line.strip() for line in lines[first:]) and draw.random() < SPACED
            gap = slice(0, 1 if spaced else 0)
            run, place = draw.choice(taken), draw.choice(places)
            lines[place:place] = [*[""][gap], *(other.lines[n] for n in run), *[""][gap]]
            told[place:place] = [*[IN_DOUBT][gap], *(other.told[n] for n in run), *[IN_DOUBT][gap]]
    below = _article(ending)[1]
    lines, told = [*lines, *ending.lines[below:]], [*told, *ending.told[below:]]
    return page._replace(lines=lines, told=told, group="trimmed")


def _article(page: Labelled) -> tuple[int, int]:
    """Return where the article begins and ends."""
    places = [n for n, told in enumerate(page.told) if told == 0]
    return places[0], places[-1] + 1


def _interruptions(page: Labelled) -> list[list[int]]:
    """Return the places of lines that interrupt the article, twice, and of offers below it, run by run."""
    first, end = _article(page)
    inside = _runs(page, range(first, end), _INTERRUPTING)
    return [*inside, *inside, *_runs(page, range(end, len(page.lines)), _OFFERING)]


def _runs(page: Labelled, places: range, kinds: frozenset[int]) -> list[list[int]]:
    written = (n for n in places if page.lines[n].strip())
    runs = [list(run) for of_these, run in groupby(written, lambda n: page.told[n] in kinds) if of_these]
    return [run for run in runs if len(run) <= LONGEST]
