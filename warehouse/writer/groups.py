"""What binds documents and advice together: near duplicates and themes. Each is replaced as a whole."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from time import monotonic
from typing import TYPE_CHECKING

from corpus.theme_models import KnownTheme, SubTheme
from warehouse.writer.session import Session, now

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from corpus.theme_models import Dissent, Theme, ThemeEvent

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
_MEMBERS = "select theme_id, advice_id, sub_theme_id from theme_members order by theme_id, rank"
_KNOWN = "select theme_id, label, keywords, named_from, looked_from from themes order by theme_id"
_PARTS = "select sub_theme_id, theme_id, label, keywords from sub_themes order by sub_theme_id"
_FIRST_RUNS = "select theme_id, first_run_id from themes"
_DROP = (
    "delete from theme_members",
    "delete from themes",
    "delete from sub_themes",
    "delete from theme_dissent",
)
_DROP_EVENTS = "delete from theme_events where run_id = ?"
_SUB_THEMES = "insert into sub_themes by name from incoming"
_EVENTS = "insert into theme_events by name from incoming"
_DISSENT = "insert into theme_dissent by name from incoming"
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
        return {theme.theme_id: theme.members for theme in self.known_themes() if theme.members}

    def known_themes(self) -> list[KnownTheme]:
        """Return the themes as the last clustering left them, by id."""
        members: dict[str, set[str]] = defaultdict(set)
        inside: dict[str, list[str]] = defaultdict(list)
        for theme, advice, part in self._rows(_MEMBERS):
            members[str(theme)].add(str(advice))
            if part is not None:
                inside[str(part)].append(str(advice))
        parts: dict[str, list[SubTheme]] = defaultdict(list)
        for part, theme, label, keywords in self._rows(_PARTS):
            parts[str(theme)].append(
                SubTheme(str(part), str(label), tuple(keywords), tuple(inside[str(part)]))
            )
        return [
            KnownTheme(
                theme,
                label,
                tuple(keywords),
                named_from or 0,
                frozenset(members[theme]),
                tuple(parts[theme]),
                looked_from or 0,
            )
            for theme, label, keywords, named_from, looked_from in self._rows(_KNOWN)
        ]

    def load_themes(
        self,
        run_id: str,
        themes: Sequence[Theme],
        fingerprint: str = "",
        *,
        events: Sequence[ThemeEvent] = (),
        dissent: Sequence[Dissent] = (),
        pinned: Collection[str] = (),
    ) -> None:
        """Replace all themes, their parts, members and contradictions, and add what happened to them.

        A theme that was there before keeps the run that first found it. `pinned` are the ids that a person pinned.
        """
        began = monotonic()
        first = {str(theme): run for theme, run in self._rows(_FIRST_RUNS)}
        rows: list[dict[str, object]] = [
            {
                "theme_id": theme.theme_id,
                "label": theme.label,
                "keywords": list(theme.keywords),
                "run_id": run_id,
                "first_run_id": first.get(theme.theme_id, run_id),
                "named_from": theme.named_from,
                "looked_from": theme.looked_from,
                "is_kept": theme.theme_id in pinned,
            }
            for theme in themes
        ]
        happened = [
            {"run_id": run_id, "event_no": number, **dataclasses.asdict(event), "happened_at": now()}
            for number, event in enumerate(events)
        ]
        with self._batch(run_id, "themes", "all", fingerprint) as batch:
            for statement in _DROP:
                self._connection.execute(statement)
            self._connection.execute(_DROP_EVENTS, [run_id])
            self._load(_THEMES, "from themes limit 0", rows)
            self._load(_SUB_THEMES, "from sub_themes limit 0", _part_rows(run_id, themes))
            self._load(_EVENTS, "from theme_events limit 0", happened)
            self._load(_DISSENT, "from theme_dissent limit 0", [dataclasses.asdict(pair) for pair in dissent])
            batch.rows = self._load(_THEME_MEMBERS, "from theme_members limit 0", _member_rows(themes))
            batch.seconds = monotonic() - began


def _member_rows(themes: Sequence[Theme]) -> list[dict[str, object]]:
    part_of = {
        advice: part.sub_theme_id for theme in themes for part in theme.sub_themes for advice in part.members
    }
    return [
        {
            "theme_id": theme.theme_id,
            "advice_id": advice,
            "similarity": similarity,
            "rank": rank,
            "sub_theme_id": part_of.get(advice),
        }
        for theme in themes
        for rank, (advice, similarity) in enumerate(theme.members, start=1)
    ]


def _part_rows(run_id: str, themes: Sequence[Theme]) -> list[dict[str, object]]:
    return [
        {
            "sub_theme_id": part.sub_theme_id,
            "theme_id": theme.theme_id,
            "label": part.label,
            "keywords": list(part.keywords),
            "run_id": run_id,
        }
        for theme in themes
        for part in theme.sub_themes
    ]
