"""The stage `repetition`: count the lines that pages of a host share, and store pages that were judged again."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from corpus.identity import page_id
from warehouse.sqlfiles import query
from warehouse.stored import rereadings
from warehouse.writer.replace import Replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import ParsedPage, Rereading
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
        lines = {page: repeated for page, repeated, _ in pages}
        return rereadings(self._rows(query("stored_pages"), {"pages": list(lines)}), lines)

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
