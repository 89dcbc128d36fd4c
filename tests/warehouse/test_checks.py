from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from warehouse_pages import begin, load, raw

from warehouse.sqlfiles import sql_files

if TYPE_CHECKING:
    from warehouse.store import Store

TAMPERINGS = [
    ("conservation", "delete from run_pages where outcome = 'quarantined'"),
    ("conservation", "update runs set loaded = loaded + 1"),
    ("conservation", "update runs set pages_seen = pages_seen - 1, loaded = loaded - 1"),
    ("conservation", "delete from quarantine"),
    ("conservation", "update run_pages set page_id = 'pg_gone' where outcome = 'loaded'"),
    ("conservation", "update ledger set rows_written = rows_written + 1 where stage = 'pages'"),
    ("current_pages", "update pages set is_current = false where uri = 'pages/a.txt'"),
    ("current_pages", "insert into pages by name select * replace ('pg_twin' as page_id) from pages limit 1"),
    ("current_pages", "update pages set text = null, duplicate_of = 'pg_gone' where uri = 'pages/a.txt'"),
    ("blocks_partition", "delete from blocks where block_no = 1"),
    ("blocks_partition", "update blocks set span_end = span_end - 1 where kind = 'article'"),
    ("blocks_partition", "delete from blocks"),
    ("kept_blocks", "delete from sentences where sentence_no = 0"),
    ("spans", "update sentences set span_end = span_end + 100"),
    ("spans", "update passages set span_end = span_end + 10000"),
    ("spans", "update sentences set block_no = 0 where sentence_no = 1"),
    ("spans", "update blocks set kept = false, kind = 'footer' where kind = 'article'"),
    ("orphans", "delete from documents where uri = 'pages/a.txt'"),
    ("orphans", "delete from pages where uri = 'pages/a.txt'"),
    ("orphans", "delete from sentences"),
    ("orphans", "update documents set canonical_document_id = 'doc_gone'"),
    ("theme_members", "delete from advice"),
    ("theme_members", "delete from themes where theme_id = 'thm_other'"),
    ("theme_members", "delete from theme_members"),
    ("sub_themes", "insert into sub_themes values ('sub_x', 'thm_gone', 'x', [], 'run')"),
    (
        "sub_themes",
        "insert into theme_dissent select min(advice_id), max(advice_id), 'thm_gone', 1 from advice",
    ),
    ("vectors", "delete from passage_vectors"),
    ("vectors", "delete from embeddings"),
    ("vectors", "update models set is_current = false"),
    ("vectors", "alter table passage_vectors alter vector type float[] using [1.0, 2.0]"),
    ("search_index", "insert into passage_vectors from passage_vectors limit 1"),
    ("search_index", "update passage_vectors set author = 'another'"),
    ("search_index", "update passage_vectors set is_copy = true"),
    ("search_index", "update passages set trust = 0.1"),
    ("search_index", "update documents set published_on = '1999-01-01'"),
    ("search_index", "update passage_vectors set is_advice = not is_advice"),
    ("search_index", "delete from postings where passage_no = 0"),
    ("search_index", "delete from lexemes where lexeme_no = 0"),
    ("search_index", "update postings set passage_no = 4711 where passage_no = 0"),
    ("vectors", "update embeddings set vector = [1.0, 2.0]"),
    ("translations", "delete from translations"),
    ("translations", "update translations set text_en = null"),
    ("translations", "update passages set text_en = null where language = 'it'"),
    ("translations", "update passages set text_en = 'other' where language = 'en'"),
]


def test_a_finished_run_keeps_every_law(full_store: Store) -> None:
    assert full_store.check() == []


@pytest.mark.parametrize(("name", "tampering"), TAMPERINGS)
def test_tampering_is_found_by_the_check_that_guards_it(full_store: Store, name: str, tampering: str) -> None:
    full_store._connection.execute(tampering)

    failures = {failure.name: failure for failure in full_store.check()}

    assert name in failures
    assert failures[name].count > 0
    assert all(failures[name].rows)


def test_every_check_says_why_it_matters_and_is_tried() -> None:
    assert {name for name, _ in TAMPERINGS} == {file.name for file in sql_files("checks")}
    assert all(":" in file.why or "." in file.why for file in sql_files("checks"))


def test_a_page_quarantined_and_mended_in_one_run_is_accounted_for(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("a", "\x01")], "0", unreadable=["a"])
    load(store, run_id, [raw("a", "| Mended.\n")], "1")
    store.finish_run(run_id, "finished")

    assert store.check() == []


def test_an_empty_run_keeps_every_law(store: Store) -> None:
    store.finish_run(begin(store), "finished")

    assert store.check() == []
