"""The stages of a run: what each finds to do, and how it does one batch of it.

Every stage after the first asks the warehouse what is missing for the present engines and models, so that a
first run, a resumed run and a run after a change of model are one code path. `work` on a batch is a plain
function of the session: the orchestrator wraps it, and `--direct` calls it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus import parse
from corpus.identity import text_hash
from corpus.models import ParsedPage, RawPage, RejectedPage
from flows.scale_out.kinds import EMBED, JUDGE, PARSE, REREAD, TRANSLATE
from flows.session import Session, Stopwatch

if TYPE_CHECKING:
    from corpus.settings import Settings
    from corpus.sources import Stream
    from flows.scale_out.kinds import Kind
    from warehouse.values import PageOutcome

Advance = Callable[[int], None]
_BATCH_JUDGED = 5_000
_NO_VECTOR = (
    "the embedding model failed on some texts: they are found by their words, and the next run tries again (table "
    "failures)"
)
_NO_ENGLISH = (
    "a translation engine failed on some sentences: they stay as they are, and the next run tries again"
)
_BATCH_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a stage's work: a key that names it in the ledger, and its items."""

    key: str
    items: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """The batches that are to do, made as they are asked for, and how many items they hold; None: nobody knows yet."""

    total: int | None
    batches: Iterable[Batch]


@dataclass(frozen=True, slots=True)
class Stage:
    """`plan` lists the batches that are to do; `work` does one and calls `advance(n)` as items are done.

    `ahead` tells what of a batch may be made elsewhere before its turn comes, where anything may.
    """

    name: str
    unit: str
    plan: Callable[[Session], Plan]
    work: Callable[[Session, Batch, Advance], None]
    ahead: Callable[[Session, Batch], tuple[Kind[Any, Any], Sequence[Any]]] | None = None


def cut(items: Sequence[Any], size: int) -> Plan:
    """Cut `items` into batches of `size`, keyed by their number."""
    starts = range(0, len(items), size)
    return Plan(
        len(items),
        [Batch(f"{number:06d}", items[start : start + size]) for number, start in enumerate(starts)],
    )


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


def _plan_translation(session: Session) -> Plan:
    preferred = session.settings.translation_engines
    session.routes = session.translator.routes()
    pending = session.store.sentences_to_translate(session.routes, preferred)
    return cut(pending, session.settings.batch_sentences)


def _translate(session: Session, batch: Batch, advance: Advance) -> None:
    watch = Stopwatch()
    rows = session.make(TRANSLATE, batch.items, advance)
    session.store.load_translations(session.run_id, batch.key, rows, watch.seconds)
    if any(row.status == "untranslated" and " failed: " in row.reason for row in rows):
        session.warn(_NO_ENGLISH)
    session.made["translated"] += sum(row.status == "translated" for row in rows)


def _plan_advice(session: Session) -> Plan:
    pending = session.store.sentences_to_judge(session.judge.fingerprint)
    return _whole_documents(pending, _BATCH_JUDGED)


def _whole_documents(sentences: Sequence[tuple[str, str, str, bool, str]], least: int) -> Plan:
    """Cut sentences into batches of at least `least`, each of whole documents."""
    batches: list[list[tuple[str, str, str, bool, str]]] = []
    for _, document in itertools.groupby(sentences, key=lambda sentence: sentence[4]):
        if not batches or len(batches[-1]) >= least:
            batches.append([])
        batches[-1] += document
    return Plan(len(sentences), [Batch(f"{number:06d}", items) for number, items in enumerate(batches)])


def _judge(session: Session, batch: Batch, advance: Advance) -> None:
    watch = Stopwatch()
    judged = session.make(JUDGE, batch.items, advance)
    if session.judge.reason:
        session.warn(session.judge.reason)
    found = [(item.advice, item.vector) for item in judged if item.advice is not None]
    texts = {sentence_id: text for sentence_id, text, *_ in batch.items}
    session.store.load_advice(
        session.run_id,
        batch.key,
        list(texts),
        [advice for advice, _ in found],
        session.judge.fingerprint,
        watch.seconds,
        [sentence[0] for sentence, item in zip(batch.items, judged, strict=True) if item.failure],
    )
    vectors = {text_hash(texts[advice.sentence_id]): vector for advice, vector in found if vector is not None}
    if vectors:
        model, rows = session.embedder.fingerprint, np.stack(list(vectors.values()))
        session.store.load_embeddings(session.run_id, f"advice-{batch.key}", model, list(vectors), rows, 0.0)
    session.made["advice"] += len(found)


def _plan_english(_session: Session) -> Plan:
    return cut([None], 1)


def _refresh_english(session: Session, _batch: Batch, advance: Advance) -> None:
    session.store.refresh_english(session.run_id)
    advance(1)


def _plan_embedding(session: Session) -> Plan:
    pending = session.store.texts_to_embed(session.embedder.fingerprint)
    return cut(pending, session.settings.batch_passages)


def _embed(session: Session, batch: Batch, advance: Advance) -> None:
    watch = Stopwatch()
    hashes, texts = zip(*batch.items, strict=True)
    made = session.make(EMBED, texts, advance)
    done = {key: one.vector for key, one in zip(hashes, made, strict=True) if one.vector is not None}
    failed = {key: one.failure for key, one in zip(hashes, made, strict=True) if one.failure}
    session.store.load_embeddings(
        session.run_id,
        batch.key,
        session.embedder.fingerprint,
        list(done),
        np.stack(list(done.values())) if done else np.zeros((0, session.embedder.dimension), np.float32),
        watch.seconds,
        failed,
    )
    if failed:
        session.warn(_NO_VECTOR)
    session.made["embedded"] += len(done)


def _forget(session: Session, _batch: Batch, advance: Advance) -> None:
    session.made["forgotten"] += session.store.forget_derived(session.run_id)
    advance(1)


FORGET = Stage("forget", "steps", lambda _session: cut([None], 1), _forget)
REPETITION = Stage(
    "repetition",
    "pages",
    _plan_repetition,
    _reread,
    lambda session, batch: (REREAD, session.store.stored_pages(batch.items)),
)
AFTER_READING = (
    Stage(
        "translate",
        "sentences",
        _plan_translation,
        _translate,
        lambda _session, batch: (TRANSLATE, batch.items),
    ),
    Stage("advice", "sentences", _plan_advice, _judge, lambda _session, batch: (JUDGE, batch.items)),
    Stage("english", "steps", _plan_english, _refresh_english),
    Stage(
        "embed",
        "texts",
        _plan_embedding,
        _embed,
        lambda _session, batch: (EMBED, [text for _, text in batch.items]),
    ),
)
AFTER_PAGES = (REPETITION, *AFTER_READING)
