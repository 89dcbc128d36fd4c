"""What a text dump says of itself: read from the blocks that `judge` called title and byline."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from corpus.boilerplate import byline
from corpus.boilerplate.dates import Dated, loose_dates
from corpus.boilerplate.draft import Unit, unit_of
from corpus.boilerplate.names import handle, is_nobody, names, opening
from corpus.boilerplate.phrases import fold, one_of
from corpus.boilerplate.stems import language_of
from corpus.models import Block, Kind, Metadata, Sourced
from corpus.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

CHOSEN = "title:line"  # the rule of the title that the classifier is surest of
MOST_LINE = 300
LOOKED_AT = 200  # lines of each sort; of a monster, those at its ends
BELOW = 4  # how many lines below the first paragraph a byline may be its own
CROWD = 3  # where so many people have a box of their own, the boxes are those of answers
BEFORE = 40
LINE, BESIDE = 80, 6  # how long a first paragraph is, and how many lines below it may be its poster's
_AROUND = frozenset((Kind.NAVIGATION, Kind.FOOTER, Kind.LEGAL, Kind.OTHER))
_BESIDE = frozenset((Kind.BYLINE, Kind.AUTHOR_BOX, Kind.COMMENT, Kind.OTHER))
_SUFFIX = re.compile(r"^(?P<head>.{12,}\S)\s+(?P<mark>[|–—-])\s+(?P<tail>\S[^|]{0,40})$")
_LETTER = re.compile(r"[^\W\d_]")
_FRAMES = ("frame:name", "frame:between")
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}(?!\d)")


def text_metadata(blocks: Sequence[Block]) -> Metadata:
    """Return title, author, date, site and original URL of a text page from its judged blocks.

    Sources are `title-line`, `byline`, `date-line`, `from-line`, `post` (who wrote the first post of a thread) and
    `author-box`. Authors and sources that name nobody ("User", "Internet") are left out; several authors are joined
    by a comma.
    """
    lines = [(unit, byline.read(unit)) for unit in _units(b for b in blocks if b.kind is Kind.BYLINE)]
    url = next((read.url for _, read in lines if read.url), "")
    around = {
        fold(block.text) for block in _ends(blocks) if block.kind in _AROUND and len(block.text) <= LINE
    }
    title, title_site = _title([block for block in blocks if block.kind is Kind.TITLE], around)
    site = next((Sourced(read.site, "from-line") for _, read in lines if read.site), None)
    return Metadata(
        title=Sourced(title, "title-line") if title else None,
        author=_author(blocks),
        published_on=_date(blocks),
        site=site or (Sourced(title_site, "title-line") if title_site else None),
        url=Sourced(url, "from-line") if url else None,
        host=_host(url),
    )


def _ends(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return the first and last blocks: what is asked of all need not be asked of a monster's middle."""
    return [*blocks[:LOOKED_AT], *blocks[LOOKED_AT:][-LOOKED_AT:]]


def _units(blocks: Iterable[Block]) -> list[Unit]:
    """Return each block as a unit of its own, whatever its kind."""
    return [unit_of(block.text, block.shape) for block in blocks if block.text]


def _title(titles: Sequence[Block], site: AbstractSet[str]) -> tuple[str, str]:
    """Return the title as a person would give it, and the site's name where a copy of the title carries it."""
    plain = [_plain(block.text) for block in titles if _plain(block.text)]
    if not plain:
        return "", ""
    chosen = next((_plain(block.text) for block in titles if block.rule == CHOSEN), min(plain, key=len))
    shortest = min((t for t in plain if fold(chosen).startswith(fold(t))), key=len, default=chosen)
    longer = next((t for t in plain if fold(t) != fold(shortest) and fold(t).startswith(fold(shortest))), "")
    found = _SUFFIX.match(shortest)
    if found and (found["mark"] == "|" or fold(found["tail"]) in site):
        return found["head"], found["tail"]
    return shortest, longer[len(shortest) :].strip(" |｜–—_»-·:")


def _plain(title: str) -> str:
    unit = unit_of(title)
    return byline.read(unit).title or unit.bare


def _author(blocks: Sequence[Block]) -> Sourced | None:
    """Return who wrote the page: a byline above says it best, then the frame of a first post, bylines below, boxes."""
    first = next(
        (n for n, b in enumerate(blocks) if b.kind is Kind.ARTICLE and len(b.text) > LINE), len(blocks)
    )
    above, below = blocks[: first + BELOW], blocks[first + BELOW :]
    site = {fold(block.text) for block in _ends(blocks) if block.kind is Kind.NAVIGATION}
    return (
        _signed(above, site, blocks)
        or _poster(blocks, blocks[: first + BESIDE])
        or _signed(below, site, blocks)
        or _described(blocks, blocks[:first])
    )


def _signed(lines: Sequence[Block], site: AbstractSet[str], blocks: Sequence[Block]) -> Sourced | None:
    """Return the authors whom the first byline names that names a person; the site itself is none."""
    for block in lines:
        if block.kind is Kind.BYLINE or _post_of().match(block.text):
            unit = unit_of(_post_of().sub("", block.text))
            sender = byline.read(unit).author.strip(" -–") if byline.is_mail_address(unit.text) else ""
            found = [sender] if sender else [name for name in names(unit.text) if fold(name) not in site]
            if found:
                return Sourced(", ".join(_whole(name, blocks) for name in found), "byline")
    return None


def _whole(name: str, blocks: Sequence[Block]) -> str:
    """Return the full name of somebody whom the byline calls by the first, where a box about the author has it."""
    if " " in name or not name.istitle():
        return name
    full = (opening(block.text) for block in blocks if block.kind is Kind.AUTHOR_BOX)
    return next((other for other in full if other.startswith(f"{name} ")), name)


def _poster(blocks: Sequence[Block], near: Sequence[Block]) -> Sourced | None:
    """Return who wrote the first post of a thread: by a handle beside its first paragraph, or named in its frame."""
    handles = (handle(b.text) for b in near if b.kind in _BESIDE)
    named = (b.text for b in blocks if b.rule in _FRAMES and len(b.text.split()) <= 3)
    found = next((n for n in (*handles, *named) if _LETTER.search(n) and not is_nobody(n)), "")
    return Sourced(found, "post") if found else None


def _described(blocks: Sequence[Block], above: Sequence[Block]) -> Sourced | None:
    """Return whom the box about the author is about: one above the first paragraph, or below, where they are few."""
    people, all_people = _people(above), _people(blocks)
    if not people and len(all_people) < CROWD:
        people = all_people
    return Sourced(people[0], "author-box") if people else None


def _people(blocks: Iterable[Block]) -> list[str]:
    boxes = [b.text for b in blocks if b.kind is Kind.AUTHOR_BOX and not _about().match(b.text)]
    found = (text if _is_person(text) else opening(text) for text in boxes)
    return list(dict.fromkeys(name for name in found if name))


def _is_person(text: str) -> bool:
    return byline.is_name(text) and not is_nobody(text)


def _date(blocks: Sequence[Block]) -> Sourced | None:
    """Return when the page was published: the best date of its bylines, else when it was last changed."""
    short = [block for block in blocks if block.text and len(block.text) <= MOST_LINE]
    told = [block for block in short if block.kind is Kind.BYLINE][:LOOKED_AT]
    told += [block for block in short if block.kind in (Kind.FOOTER, Kind.OTHER)][-LOOKED_AT:]
    day_first = _day_first(blocks)
    found = [
        (_weight(block, dated), dated.date)
        for block in told
        for dated in loose_dates(block.text, day_first=day_first)
    ]
    found = [(weight, date) for weight, date in found if weight > 0]
    return Sourced(max(found, key=lambda pair: pair[0])[1], "date-line") if found else None


def _weight(block: Block, dated: Dated) -> int:
    """Return how much a date is the day of publication; 0: not at all."""
    before = block.text[max(0, dated.start - BEFORE) : dated.start]
    changed, published = _last("changed", before), _last("issued", before)
    if block.kind is not Kind.BYLINE:
        return 1 if changed >= 0 else 0
    return 4 if published > changed else 2 if changed >= 0 else 3


def _last(what: str, text: str) -> int:
    return max((match.start() for match in _beginnings(what).finditer(text)), default=-1)


@cache
def _beginnings(what: str) -> re.Pattern[str]:
    return re.compile(one_of("reading", what), re.IGNORECASE)


@cache
def _about() -> re.Pattern[str]:
    return re.compile(rf"(?:{one_of('reading', 'about')})\b", re.IGNORECASE)


@cache
def _post_of() -> re.Pattern[str]:
    return re.compile(rf"^(?:{one_of('reading', 'post_of')})\s+(?=[A-ZÀ-Þ])", re.IGNORECASE)


def _day_first(blocks: Sequence[Block]) -> bool | None:
    """Return whether 3/4/2022 is in April: as the page's other dates tell, else as its language has it."""
    pairs = [match.groups() for block in _ends(blocks) for match in _SLASHED.finditer(block.text[:MOST_LINE])]
    first, second = (sum(int(pair[place]) > 12 for pair in pairs) for place in (0, 1))
    if first != second:
        return first > second
    paragraphs = [block for block in blocks if block.kind is Kind.ARTICLE and block.text][:LOOKED_AT]
    return None if language_of(_units(paragraphs)) == "en" else True


def _host(url: str) -> Sourced | None:
    host = host_of(url)
    return Sourced(host, "from-line") if host else None
