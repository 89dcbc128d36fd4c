"""The stages over the whole warehouse: copies, themes, and what search reads.

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

_CODE = (
    "corpus.embed",
    "corpus.duplicates",
    "corpus.themes",
    "corpus.words",
    "warehouse.writer.search_index",
)


def _fingerprint(session: Session) -> str:
    return digest(session.store.derived_from(), code_fingerprint(*_CODE), session.embedder.fingerprint)


def _unless_done(stage: str, *before: str) -> Callable[[Session], Plan]:
    """Return a plan that does a stage where its rows, its code, its model or the stages `before` it have changed."""

    def plan(session: Session) -> Plan:
        fingerprint = digest(
            _fingerprint(session), *(session.store.last_fingerprint(name) or "" for name in before)
        )
        return cut([] if session.store.last_fingerprint(stage) == fingerprint else [fingerprint], 1)

    return plan


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


def _build_search(session: Session, batch: Batch, advance: Advance) -> None:
    from corpus.embed.centre import centre, means_of_sums
    from corpus.words import stems

    sums = session.store.language_sums(session.embedder.fingerprint)
    if sums:
        means = means_of_sums(sums, session.prior)
        session.store.build_search(
            session.run_id,
            session.model_info,
            means,
            lambda vectors, languages: centre(vectors, languages, means, "passage"),
            stems,
            *batch.items,
        )
    advance(1)


DERIVED = (
    Stage("duplicates", "steps", _unless_done("duplicates"), _find_duplicates),
    Stage("themes", "steps", _unless_done("themes"), _find_themes),
    Stage("search", "steps", _unless_done("search", "duplicates", "themes"), _build_search),
)
