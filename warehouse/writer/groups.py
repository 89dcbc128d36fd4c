"""What binds documents and advice together: near duplicates and themes. Each is replaced as a whole."""

from __future__ import annotations

from collections import defaultdict
from time import monotonic
from typing import TYPE_CHECKING

from warehouse.writer.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from corpus.models import Theme

_DOCUMENTS = """
select
    documents.document_id,
    string_agg(passages.text, chr(10) order by passages.passage_no) as text,
    documents.published_on,
    documents.uri
from documents
inner join passages using (document_id)
group by all
order by documents.document_id
"""
_ALL_CANONICAL = """
update documents set canonical_document_id = document_id, similarity = null
where canonical_document_id <> document_id
"""
_COPIES = """
update documents set canonical_document_id = incoming.canonical_document_id, similarity = incoming.similarity
from incoming
where incoming.document_id = documents.document_id
"""
_COPY_SHAPE = "select document_id, canonical_document_id, similarity from documents limit 0"
_MEMBERS = "select theme_id, advice_id from theme_members"
_FIRST_RUNS = "select theme_id, first_run_id from themes"
_DROP_THEMES = "delete from themes"
_DROP_MEMBERS = "delete from theme_members"
_THEMES = "insert into themes by name from incoming"
_THEME_MEMBERS = "insert into theme_members by name from incoming"


class Groups(Session):
    """The stages `duplicates` and `themes`."""

    def documents_for_duplicates(self) -> list[tuple[str, str, date | None, str]]:
        """Return (document_id, text of the article, date of publication, uri) of each document with text."""
        rows = self._rows(_DOCUMENTS)
        return [(document, text, published_on, uri) for document, text, published_on, uri in rows]

    def load_duplicates(
        self, run_id: str, rows: Sequence[tuple[str, str, float]], fingerprint: str = ""
    ) -> None:
        """Set the canonical document of each (document_id, canonical_document_id, similarity in 0..1).

        A document that is not in `rows`, or is canonical for itself, is no copy.
        """
        began = monotonic()
        copies: list[dict[str, object]] = [
            {"document_id": document, "canonical_document_id": canonical, "similarity": similarity}
            for document, canonical, similarity in rows
            if document != canonical
        ]
        with self._batch(run_id, "duplicates", "all", fingerprint) as batch:
            self._connection.execute(_ALL_CANONICAL)
            batch.rows = self._load(_COPIES, _COPY_SHAPE, copies)
            batch.seconds = monotonic() - began

    def previous_themes(self) -> dict[str, frozenset[str]]:
        """Return the advice ids of each theme, as the last clustering left them."""
        members: dict[str, set[str]] = defaultdict(set)
        for theme, advice in self._rows(_MEMBERS):
            members[str(theme)].add(str(advice))
        return {theme: frozenset(advice) for theme, advice in members.items()}

    def load_themes(self, run_id: str, themes: Sequence[Theme], fingerprint: str = "") -> None:
        """Replace all themes and members; a theme that was there before keeps the run that first found it."""
        began = monotonic()
        first = {str(theme): run for theme, run in self._rows(_FIRST_RUNS)}
        rows: list[dict[str, object]] = [
            {
                "theme_id": theme.theme_id,
                "label": theme.label,
                "keywords": list(theme.keywords),
                "run_id": run_id,
                "first_run_id": first.get(theme.theme_id, run_id),
            }
            for theme in themes
        ]
        with self._batch(run_id, "themes", "all", fingerprint) as batch:
            self._connection.execute(_DROP_MEMBERS)
            self._connection.execute(_DROP_THEMES)
            self._load(_THEMES, "from themes limit 0", rows)
            batch.rows = self._load(_THEME_MEMBERS, "from theme_members limit 0", _member_rows(themes))
            batch.seconds = monotonic() - began


def _member_rows(themes: Sequence[Theme]) -> list[dict[str, object]]:
    return [
        {"theme_id": theme.theme_id, "advice_id": advice, "similarity": similarity, "rank": rank}
        for theme in themes
        for rank, (advice, similarity) in enumerate(theme.members, start=1)
    ]
