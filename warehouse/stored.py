"""Pages as they were decoded, to be read again without their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus.models import DecodedPage, RawPage, Rereading, Sourced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime


def rereadings(rows: Iterable[tuple[Any, ...]], lines: Mapping[str, Sequence[str]]) -> list[Rereading]:
    """Turn the rows of `stored_pages.sql` into pages to read again; `lines` are the repeated ones by page_id."""
    return [
        Rereading(
            RawPage(uri, b"", sha256, None, *_place_and_time(*facts)),
            DecodedPage(text, Sourced(charset, charset_source), media_type, tuple(repairs)),
            frozenset(lines[page]),
        )
        for uri, sha256, *facts, text, charset, charset_source, media_type, repairs, page in rows
    ]


def _place_and_time(
    url: str | None, url_source: str, fetched_at: datetime | None, fetched_source: str
) -> tuple[Sourced | None, Sourced | None]:
    """Return the address and the time of fetching that the source gave, as the page was first read with them."""
    time = f"{fetched_at.isoformat(timespec='seconds')}+00:00" if fetched_at else ""
    return Sourced(url, url_source) if url else None, Sourced(time, fetched_source) if time else None
