"""The stages over the whole warehouse: copies, themes, and what search reads.

They are made anew when any row they are made from has changed, or their own code or model; the ledger says for
what they were last made, so that a run killed between two of them goes on with the second.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corpus.identity import code_fingerprint, digest
from flows.stages import Advance, Batch, Plan, Stage, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from corpus.themes.orders import ThemeOrders
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
    from corpus.themes import AdvicePoint
    from corpus.themes.dissent import find_dissent
    from corpus.themes.history import follow_themes

    matrix = session.store.advice_matrix(session.embedder.fingerprint)
    columns = (matrix.ids, matrix.sentences, matrix.sentences_en, matrix.languages, matrix.document_ids)
    english = (matrix.passages_en, matrix.titles_en)
    points = [AdvicePoint(*row) for row in zip(*columns, *english, strict=True)]
    if not points:
        session.store.load_themes(session.run_id, [], *batch.items)
        advance(1)
        return
    raw = (matrix.vectors, matrix.passages)
    means = [language_means(vectors, matrix.languages, session.prior) for vectors in raw]
    sentences, passages = (
        centre(vectors, matrix.languages, mean, "passage") for vectors, mean in zip(raw, means, strict=True)
    )

    def encode(words: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
        return centre(session.embedder.embed_passages(words), languages, means[0], "passage")

    orders = _orders(session)
    found = follow_themes(points, sentences, session.store.known_themes(), passages, encode, orders)
    for name in found.unknown:
        session.warn(f"themes file {session.settings.themes_file}: there is no theme {name}")
    session.store.load_themes(
        session.run_id,
        found.themes,
        *batch.items,
        events=found.events,
        dissent=find_dissent(found.themes, points, sentences, matrix.polarities, matrix.hosts),
        pinned=orders.pin,
    )
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


def _orders(session: Session) -> ThemeOrders:
    from corpus.themes.orders import read

    name = session.settings.themes_file
    return read(Path(name).expanduser() if name else None)


def _plan_themes(session: Session) -> Plan:
    """Make the themes anew where a person ordered something else, too."""
    fingerprint = digest(_fingerprint(session), _orders(session).fingerprint)
    return cut([] if session.store.last_fingerprint("themes") == fingerprint else [fingerprint], 1)


DERIVED = (
    Stage("duplicates", "steps", _unless_done("duplicates"), _find_duplicates),
    Stage("themes", "steps", _plan_themes, _find_themes),
    Stage("search", "steps", _unless_done("search", "duplicates", "themes"), _build_search),
)
