"""What a text dump says of itself: read from the blocks that `judge` called title and byline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.boilerplate import byline
from corpus.boilerplate.dates import Dated, loose_dates
from corpus.boilerplate.draft import Unit, unit_of
from corpus.boilerplate.names import is_nobody, names
from corpus.boilerplate.phrases import fold
from corpus.boilerplate.stems import language_of
from corpus.models import Block, Kind, Metadata, Sourced
from corpus.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHOSEN = "title:line"  # the rule of the title that the classifier is surest of
MOST_LINE = 300
CROWD = 3  # where so many people have a box of their own, the boxes are those of answers
BEFORE = 40
_PUBLISHED = re.compile(
    r"publi|post|veröff|erschien|ausgestrahlt|online seit|mis en ligne|paru|发布|發佈|发表|發表|刊登|issued|put up|first",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"updat|modif|aktualis|geänd|bearbeit|überarb|mise? à jour|aggiorn|revis|actualiz|atualiz|更新|修改|编辑|編輯|abgerufen",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:about|über|sobre|su|à propos|acerca|mehr|más|more|altri)\b", re.IGNORECASE)
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}(?!\d)")


def text_metadata(blocks: Sequence[Block]) -> Metadata:
    """Return title, author, date, site and original URL of a text page from its judged blocks.

    Sources are `title-line`, `byline`, `date-line`, `from-line`, `post` (who wrote the first post of a thread) and
    `author-box`. Authors and sources that name nobody ("User", "Internet") are left out; several authors are joined
    by a comma.
    """
    lines = [(unit, byline.read(unit)) for unit in _units(b for b in blocks if b.kind is Kind.BYLINE)]
    url = next((read.url for _, read in lines if read.url), "")
    title, title_site = _title([block for block in blocks if block.kind is Kind.TITLE])
    site = next((Sourced(read.site, "from-line") for _, read in lines if read.site), None)
    return Metadata(
        title=Sourced(title, "title-line") if title else None,
        author=_author(lines, blocks),
        published_on=_date(blocks),
        site=site or (Sourced(title_site, "title-line") if title_site else None),
        url=Sourced(url, "from-line") if url else None,
        host=_host(url),
    )


def _units(blocks: Iterable[Block]) -> list[Unit]:
    """Return each block as a unit of its own, whatever its kind."""
    return [unit_of(block.text, block.shape) for block in blocks if block.text]


def _title(titles: Sequence[Block]) -> tuple[str, str]:
    """Return the title as a person would give it, and the site's name where a copy of the title carries it."""
    plain = [_plain(block.text) for block in titles if _plain(block.text)]
    if not plain:
        return "", ""
    chosen = next((_plain(block.text) for block in titles if block.rule == CHOSEN), min(plain, key=len))
    shortest = min((t for t in plain if fold(chosen).startswith(fold(t))), key=len, default=chosen)
    longer = next((t for t in plain if fold(t) != fold(shortest) and fold(t).startswith(fold(shortest))), "")
    return shortest, longer[len(shortest) :].strip(" |｜–—_»-·:")


def _plain(title: str) -> str:
    unit = unit_of(title)
    return byline.read(unit).title or unit.bare


def _author(lines: Sequence[tuple[Unit, byline.Byline]], blocks: Sequence[Block]) -> Sourced | None:
    for unit, read in lines:
        sender = read.author.strip(" -–") if byline.is_mail_address(unit.text) else ""
        found = [sender] if sender else names(unit.text)
        if found:
            return Sourced(", ".join(found), "byline")
    poster = [
        b.text for b in blocks if b.rule in ("frame:name", "frame:between") and len(b.text.split()) <= 3
    ]
    poster = [name for name in poster if name.strip("-▲ ") and not is_nobody(name)]
    if poster:
        return Sourced(poster[0], "post")
    box = [b.text for b in blocks if b.kind is Kind.AUTHOR_BOX and byline.is_name(b.text)]
    box = [name for name in box if not is_nobody(name) and not _ABOUT.match(name)]
    return Sourced(box[0], "author-box") if 0 < len(box) < CROWD else None


def _date(blocks: Sequence[Block]) -> Sourced | None:
    """Return when the page was published: the best date of its bylines, else when it was last changed."""
    day_first = _day_first(blocks)
    found = [
        (_weight(block, dated), dated.date)
        for block in blocks
        if block.kind in (Kind.BYLINE, Kind.FOOTER, Kind.OTHER) and len(block.text) <= MOST_LINE
        for dated in loose_dates(block.text, day_first=day_first)
    ]
    found = [(weight, date) for weight, date in found if weight > 0]
    return Sourced(max(found, key=lambda pair: pair[0])[1], "date-line") if found else None


def _weight(block: Block, dated: Dated) -> int:
    """Return how much a date is the day of publication; 0: not at all."""
    before = block.text[max(0, dated.start - BEFORE) : dated.start]
    changed, published = _last(_CHANGED, before), _last(_PUBLISHED, before)
    if block.kind is not Kind.BYLINE:
        return 1 if changed >= 0 else 0
    return 4 if published > changed else 2 if changed >= 0 else 3


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def _day_first(blocks: Sequence[Block]) -> bool | None:
    """Return whether 3/4/2022 is in April: as the page's other dates tell, else as its language has it."""
    pairs = [match.groups() for block in blocks for match in _SLASHED.finditer(block.text[:MOST_LINE])]
    first, second = (sum(int(pair[place]) > 12 for pair in pairs) for place in (0, 1))
    if first != second:
        return first > second
    return None if language_of(_units(blocks)) == "en" else True


def _host(url: str) -> Sourced | None:
    host = host_of(url)
    return Sourced(host, "from-line") if host else None
