"""One page through every text stage: the pure function that the workers run."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from corpus import boilerplate
from corpus.decode import decode
from corpus.error_pages import is_error_page
from corpus.errors import PageError
from corpus.extract import extract
from corpus.extract.text import with_headings
from corpus.identity import code_fingerprint, digest
from corpus.language import UNDETERMINED, of_blocks, vote
from corpus.models import Kind, Metadata, ParsedPage, RejectedPage, Shape, Sourced
from corpus.segment import segment, word_count
from corpus.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import Block, DecodedPage, RawPage, Rereading
    from corpus.settings import Settings

_MODULES = (
    "corpus.decode", "corpus.markup", "corpus.spans", "corpus.extract", "corpus.boilerplate", "corpus.meaning",
    "corpus.language", "corpus.segment", "corpus.error_pages", "corpus.urls", "corpus.trees", "corpus.parse",
)  # fmt: skip
_LIBRARIES = ("trafilatura", "resiliparse", "langdetect", "sentencex", "ftfy", "chardetng-py", "tokenizers")
_FETCHERS = frozenset(("sidecar", "record", "warc", "fetch"))
_LEAST_WORDS = 20
_BYLINE_BLOCKS = 8


def fingerprint(settings: Settings) -> str:
    """Name everything that decides what parsing makes of a page, and after a colon how long it may take."""
    choices = f"{settings.page_max_bytes} {settings.passage_words} {','.join(sorted(settings.keep_kinds))}"
    return f"{digest(code_fingerprint(*_MODULES, libraries=_LIBRARIES), choices)}:{settings.page_timeout_seconds}"


def parse(page: RawPage, settings: Settings) -> ParsedPage | RejectedPage:
    """Return what the page says, or why it cannot be read. Raises nothing that the page is to blame for."""
    try:
        return _read(page, decode(page, settings.page_max_bytes), frozenset(), settings)
    except PageError as error:
        return RejectedPage(page, error.code, error.reason)


def reread(stored: Rereading, settings: Settings) -> ParsedPage | RejectedPage:
    """Return what a page says that was decoded before, now that some of its lines are known to repeat."""
    try:
        return _read(stored.page, stored.decoded, stored.repeated, settings)
    except PageError as error:
        return RejectedPage(stored.page, error.code, error.reason)


def _read(page: RawPage, decoded: DecodedPage, repeated: frozenset[str], settings: Settings) -> ParsedPage:
    blocks, metadata = extract(decoded, page.url.value if page.url else "", _day_of(page.fetched_at))
    judged = boilerplate.judge(blocks, decoded.media_type, repeated)
    if decoded.media_type == "text":
        metadata = boilerplate.text_metadata(judged)
        judged = tuple(with_headings(judged))
    elif metadata.author is None or metadata.published_on is None:
        metadata = _with_byline(blocks, metadata)
    judged = _title_is_metadata(judged, metadata)
    _refuse_without_article(judged)
    judged = _with_wanted(judged, settings.keep_kinds)
    language = vote(_voters(judged))
    languages = of_blocks([block.text if block.kept else "" for block in judged], language)
    languages = [_code_has_none(block, code) for block, code in zip(judged, languages, strict=True)]
    passages = segment(decoded, judged, languages, settings.passage_words)
    metadata = _placed(page, metadata)
    return ParsedPage(page, decoded, judged, metadata, language, tuple(passages))


def _day_of(time: Sourced | None) -> str:
    return time.value[:10] if time else ""


def _with_wanted(blocks: Sequence[Block], kinds: Sequence[str]) -> tuple[Block, ...]:
    return tuple(dataclasses.replace(b, wanted=True) if b.kind in kinds and b.text else b for b in blocks)


def _refuse_without_article(blocks: Sequence[Block]) -> None:
    text = "\n".join(block.text for block in blocks if block.kept)
    words = word_count(text)
    if words < _LEAST_WORDS:
        seen = sum(bool(block.text) for block in blocks)
        raise PageError(
            "no-content", f"no article: under {_LEAST_WORDS} words are left of its {seen} visible blocks"
        )
    if is_error_page(text, words):
        raise PageError("no-content", f"no article but a server's message: {text[:100]!r}")


def _with_byline(blocks: Sequence[Block], metadata: Metadata) -> Metadata:
    """Read author and date from the lines around the title, as in a text dump, where no tag tells them."""
    lines = [block for block in blocks if block.text]
    title = metadata.title.value if metadata.title else ""
    place = next((number for number, block in enumerate(lines) if block.text == title), 0)
    around = lines[place : place + _BYLINE_BLOCKS]
    fresh = [dataclasses.replace(block, kind=Kind.ARTICLE, rule="") for block in around]
    found = boilerplate.text_metadata(boilerplate.judge(fresh, "text"))
    return dataclasses.replace(
        metadata,
        author=metadata.author or found.author,
        published_on=metadata.published_on or found.published_on,
    )


def _title_is_metadata(blocks: Sequence[Block], metadata: Metadata) -> tuple[Block, ...]:
    """Give the blocks that only repeat the title their kind: the title is in the metadata."""
    if metadata.title is None:
        return tuple(blocks)
    title = metadata.title.value.casefold()
    return tuple(
        dataclasses.replace(block, kind=Kind.TITLE, rule="title:repeats-metadata")
        if block.kept and block.text.casefold() == title
        else block
        for block in blocks
    )


def _voters(blocks: Sequence[Block]) -> list[str]:
    """Return the texts that say in which language the article is: its prose; headings only where there is no prose."""
    told = [block for block in blocks if block.kind is Kind.ARTICLE and block.shape is not Shape.CODE]
    return [b.text for b in told if b.shape is not Shape.HEADING] or [b.text for b in told]


def _code_has_none(block: Block, language: str) -> str:
    return UNDETERMINED.code if block.shape is Shape.CODE else language


def _placed(page: RawPage, metadata: Metadata) -> Metadata:
    """Settle URL and host: who fetched the page knows best, then the page itself, then its path."""
    url = page.url if page.url and page.url.source in _FETCHERS else metadata.url or page.url
    if url is None:
        return metadata
    host = host_of(url.value)
    return dataclasses.replace(metadata, url=url, host=Sourced(host, url.source) if host else None)
