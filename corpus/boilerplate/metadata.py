"""What a text dump says of itself: read from the blocks that `judge` called title and byline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.boilerplate import byline
from corpus.boilerplate.draft import Unit, unit_of
from corpus.boilerplate.phrases import fold
from corpus.models import Block, Kind, Metadata, Sourced
from corpus.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def text_metadata(blocks: Sequence[Block]) -> Metadata:
    """Return title, author, date, site and original URL of a text page from its judged blocks.

    Sources are `title-line`, `byline`, `date-line`, `from-line`, `post` (who wrote the first post of a thread) and
    `author-box`. Authors and sources that name nobody ("User", "Internet") are left out.
    """
    titles = [block.text for block in blocks if block.kind is Kind.TITLE]
    lines = [(unit, byline.read(unit)) for unit in _units(b for b in blocks if b.kind is Kind.BYLINE)]
    url = next((read.url for _, read in lines if read.url), "")
    title, title_site = _title(titles)
    site = next((Sourced(read.site, "from-line") for _, read in lines if read.site), None)
    return Metadata(
        title=Sourced(title, "title-line") if title else None,
        author=_author(lines, blocks),
        published_on=next((Sourced(read.date, "date-line") for _, read in lines if read.date), None),
        site=site or (Sourced(title_site, "title-line") if title_site else None),
        url=Sourced(url, "from-line") if url else None,
        host=_host(url),
    )


def _units(blocks: Iterable[Block]) -> list[Unit]:
    """Return each block as a unit of its own, whatever its kind."""
    return [unit_of(block.text, block.shape) for block in blocks if block.text]


def _title(titles: Sequence[str]) -> tuple[str, str]:
    """Return the title as a person would give it, and the site's name where a copy of the title carries it."""
    plain = [_plain(t) for t in titles if _plain(t)]
    if not plain:
        return "", ""
    shortest = min(plain, key=len)
    longer = next((t for t in plain if fold(t) != fold(shortest) and fold(t).startswith(fold(shortest))), "")
    return shortest, longer[len(shortest) :].strip(" |｜–—_»-·:")


def _plain(title: str) -> str:
    unit = unit_of(title)
    return byline.read(unit).title or unit.bare


def _author(lines: Sequence[tuple[Unit, byline.Byline]], blocks: Sequence[Block]) -> Sourced | None:
    for unit, read in lines:
        name = read.author or (unit.bare if byline.is_name(unit.bare) and not read.telling else "")
        if name and not byline.is_placeholder(name):
            return Sourced(name, "byline")
    box = [b.text for b in blocks if b.kind is Kind.AUTHOR_BOX and byline.is_name(b.text)]
    poster = [
        b.text for b in blocks if b.rule in ("frame:name", "frame:between") and len(b.text.split()) <= 3
    ]
    if poster:
        return Sourced(poster[0], "post")
    return Sourced(box[0], "author-box") if box else None


def _host(url: str) -> Sourced | None:
    host = host_of(url)
    return Sourced(host, "from-line") if host else None
