"""The stages that read pages: new and changed ones, those that are gone, those whose host repeats other lines now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus import parse
from corpus.models import ParsedPage, RawPage, RejectedPage
from flows.scale_out.kinds import PARSE, REREAD
from flows.session import Session, Stopwatch
from flows.stages import Advance, Batch, Plan, Stage, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from corpus.settings import Settings
    from corpus.sources import Stream
    from warehouse.values import PageOutcome

_BATCH_BYTES = 64_000_000
_STAYS = "of some pages that were read again nothing would be left: what they said stays (made.stayed counts)"


class Handed:
    """The pages of a stream, counted as they are handed out."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.count = 0

    @property
    def total(self) -> int | None:
        """How many there will be, where that is known."""
        return self._stream.total

    def __iter__(self) -> Iterator[RawPage | RejectedPage]:
        for page in self._stream:
            self.count += 1
            yield page


def pages_stage(pages: Handed) -> Stage:
    """Parse and load the pages that are new or changed."""
    return Stage(
        "pages",
        "pages",
        lambda session: Plan(pages.total, _batches(pages, session.settings)),
        _load_pages,
        lambda session, batch: (PARSE, _to_read(session, batch)[2]),
    )


def gone_stage(has_lost: Callable[[str], bool]) -> Stage:
    """Mark the pages that their source has no longer, as `has_lost` says of a uri."""

    def mark(session: Session, _batch: Batch, advance: Advance) -> None:
        session.made["gone"] += session.store.mark_gone(session.run_id, has_lost)
        advance(1)

    return Stage("gone", "steps", lambda _session: cut([None], 1), mark)


def _batches(pages: Iterable[RawPage | RejectedPage], settings: Settings) -> Iterator[Batch]:
    """Cut a stream into batches of `batch_pages`, or of fewer where they are large."""
    number, held, size = 0, list[RawPage | RejectedPage](), 0
    for page in pages:
        held.append(page)
        size += len(page.content) if isinstance(page, RawPage) else 0
        if len(held) >= settings.batch_pages or size >= _BATCH_BYTES:
            yield Batch(f"{number:06d}", held)
            number, held, size = number + 1, [], 0
    if held:
        yield Batch(f"{number:06d}", held)


def _to_read(session: Session, batch: Batch) -> tuple[list[PageOutcome], list[RejectedPage], list[RawPage]]:
    """Return what a batch is as things stand now: what each page is, what its source refused, what is to be read."""
    found: Sequence[RawPage | RejectedPage] = batch.items
    rejected = {(i.page.uri, i.page.sha256): i for i in found if isinstance(i, RejectedPage)}
    pages = [i.page if isinstance(i, RejectedPage) else i for i in found]
    outcomes = session.store.classify(pages, parse.fingerprint(session.settings))
    new = [outcome.page for outcome in outcomes if outcome.outcome == "new"]
    refused = [rejected[page.uri, page.sha256] for page in new if (page.uri, page.sha256) in rejected]
    return outcomes, refused, [page for page in new if (page.uri, page.sha256) not in rejected]


def _load_pages(session: Session, batch: Batch, advance: Advance) -> None:
    watch = Stopwatch()
    outcomes, refused, readable = _to_read(session, batch)
    advance(len(batch.items) - len(readable))
    parsed = session.make(PARSE, readable, advance)
    session.store.load_pages(
        session.run_id,
        batch.key,
        outcomes,
        [page for page in parsed if not isinstance(page, RejectedPage)],
        [page for page in parsed if isinstance(page, RejectedPage)] + refused,
        parse.fingerprint(session.settings),
        watch.seconds,
    )


def _plan_repetition(session: Session) -> Plan:
    """Count the lines that pages of a host share, where pages came or went, and find the pages it matters to."""
    fingerprint = session.store.repetition_source()
    if session.store.last_fingerprint("host_lines") != fingerprint:
        session.store.count_host_lines(session.run_id, fingerprint)
    return cut(session.store.pages_to_reread(), session.settings.batch_pages)


def _reread(session: Session, batch: Batch, advance: Advance) -> None:
    watch = Stopwatch()
    outcomes = session.make(REREAD, session.store.stored_pages(batch.items), advance)
    parsed = [page for page in outcomes if isinstance(page, ParsedPage)]
    session.store.load_reread(
        session.run_id, batch.key, batch.items, parsed, parse.fingerprint(session.settings), watch.seconds
    )
    session.made["reread"] += len(parsed)
    if stayed := len(outcomes) - len(parsed):
        session.made["stayed"] += stayed
        session.warn(_STAYS)


REPETITION = Stage(
    "repetition",
    "pages",
    _plan_repetition,
    _reread,
    lambda session, batch: (REREAD, session.store.stored_pages(batch.items)),
)
