"""The stage `gone`: pages that their source has no longer are marked, and unmarked when they are back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.sqlfiles import query
from warehouse.writer.session import Session, now

if TYPE_CHECKING:
    from collections.abc import Callable

_UNSEEN = """
select uri from pages
where is_current and gone_at is null and uri not in (select uri from run_pages where run_id = ?)
"""
_BACK = """
update pages set gone_at = null
where
    gone_at is not null
    and uri in (select uri from run_pages where run_id = ? and outcome <> 'quarantined')
"""
_MARK = "update pages set gone_at = ? where is_current and gone_at is null and uri in (select unnest(?::varchar[]))"


class Gone(Session):
    """Who is still there; it asks what the run has seen, so it comes after all pages."""

    def mark_gone(self, run_id: str, has_lost: Callable[[str], bool]) -> int:
        """Mark pages unseen by this run of whose uri `has_lost` says so, and what a server has lost (404, 410).

        What was seen again is unmarked. Returns how many are newly gone.
        """
        lost = [str(row[0]) for row in self._rows(_UNSEEN, [run_id]) if has_lost(str(row[0]))]
        lost += [str(row[0]) for row in self._rows(query("gone_from_the_web"), {"run_id": run_id})]
        with self._batch(run_id, "gone", "all", "") as batch:
            self._change(_BACK, [run_id])
            batch.rows = self._change(_MARK, [now(), lost])
            return batch.rows
