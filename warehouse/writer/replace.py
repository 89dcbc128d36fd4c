"""Readings of pages: written, and taken away for a new version; what was read may move to a duplicate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.identity import advice_id, document_id, passage_id, sentence_id
from warehouse.sqlfiles import query
from warehouse.writer import rows
from warehouse.writer.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corpus.models import ParsedPage

_DERIVED = (
    """
    delete from passage_vectors where passage_id in (
        select passages.passage_id from passages inner join documents using (document_id)
        where documents.page_id in (select unnest(?::varchar[]))
    )
    """,
    """
    delete from advice where document_id in (
        select document_id from documents where page_id in (select unnest(?::varchar[]))
    )
    """,
    """
    delete from sentences where document_id in (
        select document_id from documents where page_id in (select unnest(?::varchar[]))
    )
    """,
    """
    delete from passages where document_id in (
        select document_id from documents where page_id in (select unnest(?::varchar[]))
    )
    """,
    "delete from documents where page_id in (select unnest(?::varchar[]))",
)
_BLOCKS = "delete from blocks where page_id in (select unnest(?::varchar[]))"
_PAGES = "delete from pages where page_id in (select unnest(?::varchar[]))"
_TABLES = {
    "pages": ("insert into pages by name from incoming", "from pages limit 0"),
    "blocks": ("insert into blocks by name from incoming", "from blocks limit 0"),
    "documents": ("insert into documents by name from incoming", "from documents limit 0"),
    "passages": ("insert into passages by name from incoming", "from passages limit 0"),
    "sentences": ("insert into sentences by name from incoming", "from sentences limit 0"),
    "run_pages": ("insert into run_pages by name from incoming", "from run_pages limit 0"),
}
_MEMBERS = """
delete from theme_members where advice_id in (
    select advice.advice_id from advice inner join documents using (document_id)
    where documents.page_id in (select unnest(?::varchar[]))
)
"""
_OLD_VERSIONS = """
select page_id from pages
where is_current and uri in (select unnest(?::varchar[])) and page_id not in (select unnest(?::varchar[]))
"""
_BYTES = "select distinct sha256 from pages where page_id in (select unnest(?::varchar[]))"
_RETIRE = "update pages set is_current = false where page_id in (select unnest(?::varchar[]))"
_HEIRS = """
select duplicate_of, min_by(page_id, uri) from pages
where
    is_current
    and duplicate_of in (select unnest(?::varchar[]))
    and page_id not in (select unnest(?::varchar[]))
group by duplicate_of
"""
_SELF_CANONICAL = """
update documents set canonical_document_id = document_id, similarity = null
where canonical_document_id not in (select document_id from documents)
"""
_IDS_OF_PAGE = """
select 'document' as what, document_id as id, 0 as number from documents where page_id = $page
union all
select 'passage', passages.passage_id, passages.passage_no
from passages inner join documents using (document_id) where documents.page_id = $page
union all
select 'sentence', sentences.sentence_id, sentences.sentence_no
from sentences inner join documents using (document_id) where documents.page_id = $page
"""
_NEW_IDS = "select null::varchar as old_id, null::varchar as new_id limit 0"
_COPY_BLOCKS = """
insert into blocks by name
select * replace ($heir as page_id) from blocks where page_id = $page
"""
_FOLLOW_HEIR = """
update pages set duplicate_of = $heir where is_current and duplicate_of = $page and page_id <> $heir
"""
_DROP_TEXT = "update pages set text = null, repeated = null, duplicate_of = $heir where page_id = $page"
_MOVE_DOCUMENT = """
update documents set page_id = heir.page_id, uri = heir.uri, url = heir.url, host = heir.host
from pages as heir
where heir.page_id = $heir and documents.page_id = $page
"""
_RENAME = (
    "update theme_members set advice_id = new_id from incoming where advice_id = old_id",
    "update advice set advice_id = new_id from incoming where advice_id = old_id",
    "update advice set sentence_id = new_id from incoming where sentence_id = old_id",
    "update advice set passage_id = new_id from incoming where passage_id = old_id",
    "update advice set document_id = new_id from incoming where document_id = old_id",
    "update passage_vectors set passage_id = new_id from incoming where passage_id = old_id",
    "update sentences set sentence_id = new_id from incoming where sentence_id = old_id",
    "update sentences set passage_id = new_id from incoming where passage_id = old_id",
    "update sentences set document_id = new_id from incoming where document_id = old_id",
    "update passages set passage_id = new_id from incoming where passage_id = old_id",
    "update passages set document_id = new_id from incoming where document_id = old_id",
    "update documents set document_id = new_id from incoming where document_id = old_id",
    "update documents set canonical_document_id = new_id from incoming where canonical_document_id = old_id",
)


class Replace(Session):
    """Statements of the stages `pages` and `repetition`; they run inside their transactions."""

    def _forget(self, pages: Sequence[str]) -> None:
        """Delete versions of pages and all that was read from them, to be written again.

        Memberships in themes stay until the themes are made again: the same advice comes back.
        """
        self._forget_readings(pages)
        self._connection.execute(_PAGES, [list(pages)])

    def _forget_readings(self, pages: Sequence[str]) -> None:
        """Delete what was read from pages, not the pages."""
        for statement in (*_DERIVED, _BLOCKS):
            self._connection.execute(statement, [list(pages)])

    def _insert_readings(self, parsed: Sequence[ParsedPage], run_id: str) -> None:
        """Write what was read from pages that are there."""
        self._insert("documents", (rows.document_row(page, run_id) for page in parsed))
        self._insert("blocks", (row for page in parsed for row in rows.block_rows(page)))
        self._insert("passages", (row for page in parsed for row in rows.passage_rows(page)))
        self._insert("sentences", (row for page in parsed for row in rows.sentence_rows(page)))

    def _insert(self, table: str, incoming: Iterable[rows.Row]) -> int:
        statement, shape = _TABLES[table]
        return self._load(statement, shape, list(incoming))

    def _supersede(self, uris: Sequence[str], current: Sequence[str]) -> None:
        """Retire every version of `uris` that is not in `current`, with its document."""
        old = [str(row[0]) for row in self._rows(_OLD_VERSIONS, [list(uris), list(current)])]
        for page, heir in self._rows(_HEIRS, [old, old]):
            self._inherit(str(page), str(heir))
        self._place_duplicates([row[0] for row in self._rows(_BYTES, [old])])
        for statement in (_MEMBERS, *_DERIVED, _RETIRE):
            self._connection.execute(statement, [old])
        self._connection.execute(_SELF_CANONICAL)

    def _inherit(self, page: str, heir: str) -> None:
        """Give text, blocks and document of `page` to `heir`, which has the same bytes, under its ids.

        The stage `repetition` reads the heir again: what a page is may hang on where it stands.
        """
        names = {"page": page, "heir": heir}
        ids = self._connection.execute(_IDS_OF_PAGE, {"page": page}).fetchall()
        self._connection.execute(_COPY_BLOCKS, names)
        self._connection.execute(query("inherit_text"), names)
        self._connection.execute(_FOLLOW_HEIR, names)
        self._connection.execute(_MOVE_DOCUMENT, names)
        renamed = _renamed(ids, document_id(heir))
        for statement in _RENAME:
            self._load(statement, _NEW_IDS, renamed)

    def _settle_holders(self, hashes: Sequence[str]) -> None:
        """Let the first page by address hold what pages of the same bytes say, whichever came first."""
        for page, heir in self._rows(query("holders_to_settle"), {"hashes": list(hashes)}):
            self._inherit(str(page), str(heir))
            self._connection.execute(_BLOCKS, [[page]])
            self._connection.execute(_DROP_TEXT, {"page": page, "heir": heir})
        self._place_duplicates(hashes)

    def _place_duplicates(self, hashes: Sequence[str]) -> None:
        self._rows(query("place_duplicates"), {"hashes": list(hashes)})


def _renamed(ids: Sequence[tuple[str, str, int]], document: str) -> list[dict[str, object]]:
    """Return old and new ids of a document that moves, and of everything in it."""
    pairs: list[tuple[str, str]] = []
    for what, old, number in ids:
        if what == "document":
            pairs.append((old, document))
        elif what == "passage":
            pairs.append((old, passage_id(document, number)))
        else:
            new = sentence_id(document, number)
            pairs += [(old, new), (advice_id(old), advice_id(new))]
    return [{"old_id": old, "new_id": new} for old, new in pairs]
