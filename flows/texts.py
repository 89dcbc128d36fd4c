"""The stages over the texts of pages: their English, the advice in them, their vectors; and how `rebuild` begins."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from corpus.identity import text_hash
from flows.scale_out.kinds import EMBED, JUDGE, TRANSLATE
from flows.session import Session, Stopwatch
from flows.stages import Advance, Batch, Plan, Stage, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

_BATCH_JUDGED = 5_000
_NO_VECTOR = (
    "the embedding model failed on some texts: they are found by their words, and the next run tries again (table "
    "failures)"
)
_NO_ENGLISH = (
    "a translation engine failed on some sentences: they stay as they are, and the next run tries again"
)


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
