"""Forget what can be made again, so that the stages make it: the first step of `rebuild`."""

from __future__ import annotations

from warehouse.writer.session import Session

_FORGET = (
    "delete from translations",
    "delete from embeddings",
    "update sentences set advice_fingerprint = null",
    "delete from ledger where stage in ('host_lines', 'duplicates', 'themes', 'search')",
)
# no digest of lines: the stage `repetition` reads these pages again, and what they say stays until then
_READ_AGAIN = "update pages set repeated = 'rebuild' where is_current and text is not null"


class Rebuild(Session):
    """What `rebuild` begins with."""

    def forget_derived(self, run_id: str) -> int:
        """Forget translations, vectors and verdicts, and have every page read again; returns how many pages.

        What pages say stays until it is replaced, and themes keep their names. A run killed after this is taken up by
        the next one, whatever it is.
        """
        with self._batch(run_id, "forget", "all", "") as batch:
            for statement in _FORGET:
                self._change(statement)
            batch.rows = self._change(_READ_AGAIN)
            return batch.rows
