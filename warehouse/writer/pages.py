"""Load batches of pages: what was read, what could not be, and what became of every one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from corpus.errors import StepError
from corpus.identity import page_id
from corpus.models import RejectedPage
from warehouse.sqlfiles import query
from warehouse.writer import rows
from warehouse.writer.classify import Classify
from warehouse.writer.replace import Replace
from warehouse.writer.session import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import ParsedPage
    from warehouse.values import PageOutcome

_HELD = """
select page_id from pages where is_current and text is not null and page_id in (select unnest(?::varchar[]))
"""
_LEAVE_QUARANTINE = "delete from quarantine where uri in (select unnest(?::varchar[]))"
_INTO_QUARANTINE = "insert or replace into quarantine by name from incoming"


class _Verdict(NamedTuple):
    """What became of a page: exactly one of `parsed` and `rejected` is there for one just read."""

    page: PageOutcome
    outcome: Literal["loaded", "unchanged", "duplicate", "quarantined"]
    parsed: ParsedPage | None = None
    rejected: RejectedPage | None = None


class Pages(Classify, Replace):
    """The second half of the stage `pages`."""

    def load_pages(
        self,
        run_id: str,
        batch_key: str,
        classified: Sequence[PageOutcome],
        parsed: Sequence[ParsedPage],
        rejected: Sequence[RejectedPage],
        parse_fingerprint: str,
        seconds: float,
    ) -> None:
        """Store a batch: every page of `classified` gets its row in run_pages, whatever became of it.

        The pages are classified again first, so that batches may be read while others are loaded. Raises
        StepError where a page is new now that nobody read; classify and read the batch again then.
        """
        if self._is_done(run_id, "pages", batch_key):
            return
        with self._batch(run_id, "pages", batch_key, parse_fingerprint, seconds) as batch:
            verdicts = self._verdicts(classified, parsed, rejected, parse_fingerprint)
            self._write(verdicts, parse_fingerprint, run_id)
            self._quarantine(verdicts, parse_fingerprint, run_id)
            batch.rows = self._insert("run_pages", _outcome_rows(verdicts, run_id, batch_key))

    def _verdicts(
        self,
        classified: Sequence[PageOutcome],
        parsed: Sequence[ParsedPage],
        rejected: Sequence[RejectedPage],
        parse_fingerprint: str,
    ) -> list[_Verdict]:
        readable = {page_id(page.page.uri, page.page.sha256): page for page in parsed}
        refused = {page_id(page.page.uri, page.page.sha256): page for page in rejected}
        held = {str(row[0]) for row in self._rows(_HELD, [list(refused)])}
        lost = {name: page for name, page in refused.items() if name not in held}
        pages = self.classify([outcome.page for outcome in classified], parse_fingerprint)
        return [_verdict(page, readable, refused, lost) for page in pages]

    def _write(self, verdicts: Sequence[_Verdict], parse_fingerprint: str, run_id: str) -> None:
        """Write the rows of pages that were loaded or are duplicates, and retire the versions before them."""
        written = [verdict for verdict in verdicts if verdict.outcome in ("loaded", "duplicate")]
        if not written:
            return
        self._forget([verdict.page.page_id for verdict in written])
        self._insert_parsed([v.parsed for v in written if v.parsed], parse_fingerprint, run_id)
        duplicates = [
            rows.page_row(v.page.page, parse_fingerprint, run_id) | {"duplicate_of": v.page.duplicate_of}
            for v in written
            if v.outcome == "duplicate"
        ]
        self._load(query("insert_duplicates"), "from pages limit 0", duplicates)
        uris = sorted({verdict.page.page.uri for verdict in written})
        pages = [verdict.page.page_id for verdict in written]
        newest = dict(self._rows(query("newest_versions"), {"uris": uris, "pages": pages}))
        self._supersede(list(newest), list(newest.values()))
        self._settle_holders([verdict.page.page.sha256 for verdict in written])

    def _insert_parsed(self, parsed: Sequence[ParsedPage], parse_fingerprint: str, run_id: str) -> None:
        self._insert("pages", (rows.parsed_page_row(page, parse_fingerprint, run_id) for page in parsed))
        self._insert_readings(parsed, run_id)

    def _quarantine(self, verdicts: Sequence[_Verdict], parse_fingerprint: str, run_id: str) -> None:
        """Take pages that are readable now out of quarantine, and put the unreadable ones in."""
        self._connection.execute(
            _LEAVE_QUARANTINE, [[v.page.page.uri for v in verdicts if v.outcome != "quarantined"]]
        )
        incoming: dict[tuple[str, str], rows.Row] = {}
        for verdict in verdicts:
            uri, sha256 = verdict.page.page.uri, verdict.page.page.sha256
            if verdict.outcome != "quarantined":
                incoming = {key: row for key, row in incoming.items() if key[0] != uri}
            elif verdict.rejected:
                incoming[uri, sha256] = _quarantine_row(verdict.rejected, parse_fingerprint, run_id)
        self._load(_INTO_QUARANTINE, "from quarantine limit 0", list(incoming.values()))


def _verdict(
    page: PageOutcome,
    readable: dict[str, ParsedPage],
    refused: dict[str, RejectedPage],
    lost: dict[str, RejectedPage],
) -> _Verdict:
    """Say what became of a page. `lost` are the refused pages of which no older reading is kept."""
    if page.outcome == "quarantined":
        return _Verdict(page, "quarantined")
    if page.outcome == "new":
        if page.page_id in readable:
            return _Verdict(page, "loaded", parsed=readable[page.page_id])
        if page.page_id in refused:
            return _Verdict(page, "quarantined", rejected=refused[page.page_id])
        raise StepError(
            f"page {page.page.uri} is new, but neither read nor refused: classify the batch again"
        )
    same_bytes = refused.get(page.page_id) or lost.get(page.duplicate_of or "")
    if same_bytes is not None:
        rejected = RejectedPage(page.page, same_bytes.code, same_bytes.reason)
        return _Verdict(page, "quarantined", rejected=rejected)
    return _Verdict(page, page.outcome)


def _quarantine_row(rejected: RejectedPage, parse_fingerprint: str, run_id: str) -> rows.Row:
    return {
        "uri": rejected.page.uri,
        "sha256": rejected.page.sha256,
        "code": rejected.code,
        "reason": rejected.reason,
        "stage": "pages",
        "byte_count": len(rejected.page.content),
        "parse_fingerprint": parse_fingerprint,
        "run_id": run_id,
        "quarantined_at": now(),
    }


def _outcome_rows(verdicts: Sequence[_Verdict], run_id: str, batch_key: str) -> list[rows.Row]:
    return [
        {
            "run_id": run_id,
            "batch_key": batch_key,
            "page_no": number,
            "uri": verdict.page.page.uri,
            "page_id": None if verdict.outcome == "quarantined" else verdict.page.page_id,
            "outcome": verdict.outcome,
        }
        for number, verdict in enumerate(verdicts)
    ]
