"""The stages over the whole warehouse: search vectors, copies, themes.

They are made anew when any row they are made from has changed, or their own code or model; the ledger says for
what they were last made, so that a run killed between two of them goes on with the second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.identity import code_fingerprint, digest
from flows.stages import Advance, Batch, Plan, Stage, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from flows.session import Session

_CODE = ("corpus.embed", "corpus.duplicates", "corpus.themes")


def _fingerprint(session: Session) -> str:
    return digest(session.store.derived_from(), code_fingerprint(*_CODE), session.embedder.fingerprint)


def _unless_done(stage: str) -> Callable[[Session], Plan]:
    def plan(session: Session) -> Plan:
        fingerprint = _fingerprint(session)
        return cut([] if session.store.last_fingerprint(stage) == fingerprint else [fingerprint], 1)

    return plan


def _centre(session: Session, batch: Batch, advance: Advance) -> None:
    from corpus.embed.centre import centre, language_means

    ids, languages, vectors = session.store.passage_matrix(session.embedder.fingerprint)
    if ids:
        means = language_means(vectors, languages, session.prior)
        vectors = centre(vectors, languages, means, "passage")
        session.store.load_centred(session.run_id, session.model_info, means, ids, vectors, *batch.items)
    advance(1)


def _find_duplicates(session: Session, batch: Batch, advance: Advance) -> None:
    """The canonical copy is the one published first, then the first by address."""
    from corpus.duplicates import near_duplicates

    documents = session.store.documents_for_duplicates()
    copies = near_duplicates([(name, text, f"{day or '9999'} {uri}") for name, text, day, uri in documents])
    rows = [(copy.document_id, copy.canonical_id, copy.similarity) for copy in copies]
    session.store.load_duplicates(session.run_id, rows, *batch.items)
    advance(1)


def _find_themes(session: Session, batch: Batch, advance: Advance) -> None:
    from corpus.embed.centre import centre, language_means
    from corpus.themes import AdvicePoint, cluster

    matrix = session.store.advice_matrix(session.embedder.fingerprint)
    columns = (matrix.ids, matrix.sentences, matrix.sentences_en, matrix.languages, matrix.document_ids)
    english = (matrix.passages_en, matrix.titles_en)
    points = [AdvicePoint(*row) for row in zip(*columns, *english, strict=True)]
    if not points:
        session.store.load_themes(session.run_id, [], *batch.items)
        advance(1)
        return
    means = [
        language_means(raw, matrix.languages, session.prior) for raw in (matrix.vectors, matrix.passages)
    ]
    sentences, passages = (
        centre(raw, matrix.languages, mean, "passage")
        for raw, mean in zip((matrix.vectors, matrix.passages), means, strict=True)
    )

    def encode(words: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
        return centre(session.embedder.embed_passages(words), languages, means[0], "passage")

    themes = cluster(points, sentences, session.store.previous_themes(), passages, encode)
    session.store.load_themes(session.run_id, themes, *batch.items)
    advance(1)


DERIVED = (
    Stage("centre", "steps", _unless_done("vectors"), _centre),
    Stage("duplicates", "steps", _unless_done("duplicates"), _find_duplicates),
    Stage("themes", "steps", _unless_done("themes"), _find_themes),
)
