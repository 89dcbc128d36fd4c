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

from corpus import parse
from corpus.identity import text_hash
from corpus.models import ParsedPage, RawPage, RejectedPage
from flows.session import Session, Stopwatch

if TYPE_CHECKING:
    from corpus.settings import Settings
    from corpus.sources import Stream

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
    """`plan` lists the batches that are to do; `work` does one and calls `advance(n)` as items are done."""

    name: str
    unit: str
    plan: Callable[[Session], Plan]
    work: Callable[[Session, Batch, Advance], None]


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
        "pages", "pages", lambda session: Plan(pages.total, _batches(pages, session.settings)), _load_pages
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


def _load_pages(session: Session, batch: Batch, advance: Advance) -> None:
    watch = Stopwatch()
    settings, store = session.settings, session.store
    fingerprint = parse.fingerprint(settings)
    found: Sequence[RawPage | RejectedPage] = batch.items
    rejected = {(i.page.uri, i.page.sha256): i for i in found if isinstance(i, RejectedPage)}
    outcomes = store.classify([i.page if isinstance(i, RejectedPage) else i for i in found], fingerprint)
    new = [outcome.page for outcome in outcomes if outcome.outcome == "new"]
    readable = [page for page in new if (page.uri, page.sha256) not in rejected]
    advance(len(found) - len(readable))
    parsed = session.workers.parse(readable, lambda: advance(1)) if readable else []
    store.load_pages(
        session.run_id,
        batch.key,
        outcomes,
        [page for page in parsed if not isinstance(page, RejectedPage)],
        [page for page in parsed if isinstance(page, RejectedPage)]
        + [rejected[page.uri, page.sha256] for page in new if (page.uri, page.sha256) in rejected],
        fingerprint,
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
    outcomes = session.workers.reread(session.store.stored_pages(batch.items), lambda: advance(1))
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
    rows = session.translator.translate(batch.items)
    session.store.load_translations(session.run_id, batch.key, rows, watch.seconds)
    if any(row.status == "untranslated" and " failed: " in row.reason for row in rows):
        session.warn(_NO_ENGLISH)
    session.made["translated"] += sum(row.status == "translated" for row in rows)
    advance(len(rows))


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
    sentences = [tuple(item[:4]) for item in batch.items]
    found, vectors = session.judge(sentences, [item[4] for item in batch.items], advance)
    if session.judge.reason:
        session.warn(session.judge.reason)
    texts = {sentence_id: text for sentence_id, text, *_ in batch.items}
    failures = {} if vectors is None else session.embedder.failures
    unread = [sentence_id for sentence_id, text in texts.items() if text in failures]
    session.store.load_advice(
        session.run_id, batch.key, list(texts), found, session.judge.fingerprint, watch.seconds, unread
    )
    advised = [(place, texts[item.sentence_id]) for place, item in enumerate(found)]
    places = {text_hash(text): place for place, text in advised if text not in failures}
    if vectors is not None and places:
        model, rows = session.embedder.fingerprint, vectors[list(places.values())]
        session.store.load_embeddings(session.run_id, f"advice-{batch.key}", model, list(places), rows, 0.0)
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
    vectors = session.embedder.embed_passages(texts, progress=advance)
    failed = {
        key: session.embedder.failures[text] for key, text in batch.items if text in session.embedder.failures
    }
    done = [place for place, key in enumerate(hashes) if key not in failed]
    session.store.load_embeddings(
        session.run_id,
        batch.key,
        session.embedder.fingerprint,
        [hashes[place] for place in done],
        vectors[done],
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
REPETITION = Stage("repetition", "pages", _plan_repetition, _reread)
AFTER_READING = (
    Stage("translate", "sentences", _plan_translation, _translate),
    Stage("advice", "sentences", _plan_advice, _judge),
    Stage("english", "steps", _plan_english, _refresh_english),
    Stage("embed", "texts", _plan_embedding, _embed),
)
AFTER_PAGES = (REPETITION, *AFTER_READING)
