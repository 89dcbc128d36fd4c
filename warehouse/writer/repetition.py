"""The stage `repetition`: count the lines that pages of a host share, and store pages that were judged again."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from corpus.identity import page_id
from corpus.models import DecodedPage, RawPage, Rereading, Sourced
from warehouse.sqlfiles import query
from warehouse.writer.replace import Replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from corpus.models import ParsedPage
    from warehouse.writer.rows import Row

    Judgement = tuple[str, tuple[str, ...], str]

_NO_COUNTS = "delete from host_lines"
_READ_FROM = """
with read as (
    select page_id, page_id || ' ' || host || ' ' || parse_fingerprint as row
    from pages where is_current and text is not null and host is not null
)

select coalesce(md5(string_agg(row, chr(10) order by page_id)), '') from read
"""
_STORED = """
select
    uri, sha256, url, url_source, fetched_at, fetched_source,
    text, charset, charset_source, media_type, repairs, page_id
from pages where page_id in (select unnest(?::varchar[])) order by page_id
"""
_NOTE = "update pages set repeated = incoming.repeated from incoming where incoming.page_id = pages.page_id"
_NOTE_SHAPE = "select page_id, repeated from pages limit 0"


class Repetition(Replace):
    """What pages of one host share, and what that makes of each."""

    def repetition_source(self) -> str:
        """Return a digest of the pages whose lines are counted: where it is the same, so are the counts."""
        return str(self._scalar(_READ_FROM))

    def count_host_lines(self, run_id: str, fingerprint: str) -> None:
        """Count anew on how many pages of its host each line stands."""
        began = monotonic()
        with self._batch(run_id, "host_lines", "all", fingerprint) as batch:
            self._connection.execute(_NO_COUNTS)
            batch.rows = self._change(query("count_host_lines"))
            batch.seconds = monotonic() - began

    def pages_to_reread(self) -> list[Judgement]:
        """Return (page_id, the lines of it that repeat, their digest) of pages judged under others."""
        return [
            (str(page), tuple(lines), str(name)) for page, lines, name in self._rows(query("pages_to_reread"))
        ]

    def stored_pages(self, pages: Sequence[Judgement]) -> list[Rereading]:
        """Return pages as they were decoded, in the order of their ids, to be judged again."""
        lines = {page: frozenset(repeated) for page, repeated, _ in pages}
        stored = self._rows(_STORED, [list(lines)])
        return [
            Rereading(
                RawPage(uri, b"", sha256, None, *_place_and_time(*facts)),
                DecodedPage(text, Sourced(charset, charset_source), media_type, tuple(repairs)),
                lines[page],
            )
            for uri, sha256, *facts, text, charset, charset_source, media_type, repairs, page in stored
        ]

    def load_reread(
        self,
        run_id: str,
        batch_key: str,
        pages: Sequence[Judgement],
        parsed: Sequence[ParsedPage],
        fingerprint: str,
        seconds: float,
    ) -> None:
        """Replace what was read from `parsed`; of all `pages` note under which repeated lines they were judged.

        A page that is not in `parsed` stays as it is: nothing would be left of it.
        """
        if self._is_done(run_id, "repetition", batch_key):
            return
        digests: list[Row] = [{"page_id": page, "repeated": digest or None} for page, _, digest in pages]
        with self._batch(run_id, "repetition", batch_key, fingerprint, seconds) as batch:
            self._forget_readings([page_id(page.page.uri, page.page.sha256) for page in parsed])
            self._insert_readings(parsed, run_id)
            self._load(_NOTE, _NOTE_SHAPE, digests)
            batch.rows = len(parsed)


def _place_and_time(
    url: str | None, url_source: str, fetched_at: datetime | None, fetched_source: str
) -> tuple[Sourced | None, Sourced | None]:
    """Return the address and the time of fetching that the source gave, as the page was first read with them."""
    time = f"{fetched_at.isoformat(timespec='seconds')}+00:00" if fetched_at else ""
    return Sourced(url, url_source) if url else None, Sourced(time, fetched_source) if time else None
