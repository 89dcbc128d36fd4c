from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from warehouse_pages import (
    FINGERPRINT,
    HashingEmbedder,
    begin,
    complete,
    embed,
    judge,
    load,
    parse,
    raw,
    reject,
)

from corpus.errors import StepError, WarehouseError
from corpus.identity import page_id
from corpus.models import Advice, Metadata, Sourced

if TYPE_CHECKING:
    from warehouse.store import Store


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    return store._connection.execute(sql).fetchall()


def outcomes(store: Store, run_id: str) -> list[str]:
    sql = "select outcome from run_pages where run_id = ? order by batch_key, page_no"
    return [row[0] for row in store._connection.execute(sql, [run_id]).fetchall()]


def current(store: Store) -> dict[object, object]:
    return dict(rows(store, "select uri, page_id from pages where is_current"))


def test_a_new_page_is_loaded_and_the_same_page_again_is_unchanged(store: Store) -> None:
    first, second = begin(store), begin(store)

    assert load(store, first, [raw("a", "One.\n")]) == ["new"]
    assert load(store, second, [raw("a", "One.\n")]) == ["unchanged"]

    assert outcomes(store, first) == ["loaded"]
    assert outcomes(store, second) == ["unchanged"]
    assert rows(store, "select count(*) from documents") == [(1,)]


def test_metadata_and_counts_of_a_page_are_stored(store: Store) -> None:
    load(
        store,
        begin(store),
        [raw("a", "One two.\nÄ three.\n", "https://h.example/x", "2024-05-06T07:08:09+02:00")],
    )

    assert rows(
        store,
        "select url, url_source, host, charset, byte_count, fetched_at::varchar, fetched_source, is_current from pages",
    ) == [
        ("https://h.example/x", "sidecar", "h.example", "utf-8", 19, "2024-05-06 05:08:09", "sidecar", True)
    ]
    assert rows(
        store,
        "select title, author, published_on::varchar, declared_language, word_count, language from documents",
    ) == [("Title of a", "A. Writer", "2024-02-29", "en-GB", 4, "en")]
    assert rows(store, "select first_line, last_line, text from sentences order by sentence_no") == [
        (1, 1, "One two."),
        (2, 2, "Ä three."),
    ]
    assert rows(store, "select first_line, last_line from passages") == [(1, 2)]


def test_a_page_twice_in_a_batch_counts_twice_and_is_loaded_once(store: Store) -> None:
    run_id = begin(store)

    load(store, run_id, [raw("a", "One.\n"), raw("a", "One.\n")])

    assert outcomes(store, run_id) == ["loaded", "unchanged"]
    assert rows(store, "select count(*) from pages") == [(1,)]


@pytest.mark.parametrize("batches", [1, 2])
def test_the_same_bytes_at_two_places_are_one_document_and_a_duplicate(store: Store, batches: int) -> None:
    run_id = begin(store)
    pages = [raw("a", "One.\n", "https://h.example/"), raw("b", "One.\n")]

    for number in range(batches):
        load(store, run_id, pages[number::batches], str(number))

    assert outcomes(store, run_id) == ["loaded", "duplicate"]
    assert rows(store, "select uri, text, duplicate_of, host from pages order by uri") == [
        ("a", "One.\n", None, "h.example"),
        ("b", None, page_id("a", raw("a", "One.\n").sha256), "h.example"),
    ]
    assert rows(store, "select uri from documents") == [("a",)]
    assert rows(store, "select kind, uri, original_uri from copies") == [("exact", "b", "a")]
    assert load(store, begin(store), pages, "again") == ["unchanged", "unchanged"]


def test_batches_classified_before_an_earlier_one_was_loaded_still_find_its_duplicates(store: Store) -> None:
    run_id = begin(store)
    pages = [raw("a", "One.\n"), raw("b", "One.\n")]
    classified = [store.classify([page], FINGERPRINT) for page in pages]

    for number, batch in enumerate(classified):
        store.load_pages(run_id, str(number), batch, [parse(batch[0].page)], [], FINGERPRINT, 0.0)

    assert outcomes(store, run_id) == ["loaded", "duplicate"]


def test_a_changed_page_retires_its_old_version_with_all_that_was_read_from_it(full_store: Store) -> None:
    old = current(full_store)["pages/a.txt"]

    run_id = begin(full_store)
    load(full_store, run_id, [raw("pages/a.txt", "Nothing is advised.\n")])

    assert outcomes(full_store, run_id) == ["loaded"]
    versions = "select is_current from pages where uri = 'pages/a.txt' order by is_current"
    assert rows(full_store, versions) == [(False,), (True,)]
    assert old not in {row[0] for row in rows(full_store, "select page_id from documents")}
    for orphans in (
        "select count(*) from passages anti join documents using (document_id)",
        "select count(*) from sentences anti join documents using (document_id)",
        "select count(*) from advice anti join documents using (document_id)",
    ):
        assert rows(full_store, orphans) == [(0,)]
    assert rows(full_store, "select count(*) from passage_vectors anti join passages using (passage_id)") == [
        (0,)
    ]
    assert rows(full_store, "select count(*) from theme_members anti join advice using (advice_id)") == [(0,)]
    complete(full_store, run_id)
    assert full_store.check() == []


def test_two_versions_of_a_page_in_one_batch_leave_the_later_one(store: Store) -> None:
    run_id = begin(store)

    load(store, run_id, [raw("a", "One.\n"), raw("a", "Two.\n")])

    assert outcomes(store, run_id) == ["loaded", "loaded"]
    assert rows(store, "select text from pages where is_current") == [("Two.\n",)]
    assert rows(store, "select text from passages") == [("Two.",)]


def test_a_page_that_changes_back_is_current_again(store: Store) -> None:
    for text in ("One.\n", "Two.\n", "One.\n"):
        load(store, begin(store), [raw("a", text)])

    assert rows(store, "select text from pages where is_current") == [("One.\n",)]
    assert rows(store, "select text from passages") == [("One.",)]


def test_an_older_version_by_its_fetch_time_does_not_come_back(store: Store) -> None:
    old, new = (
        raw("a", "One.\n", None, "2024-01-01T00:00:00Z"),
        raw("a", "Two.\n", None, "2024-02-01T00:00:00Z"),
    )
    load(store, begin(store), [old])
    load(store, begin(store), [new])

    assert load(store, begin(store), [old]) == ["unchanged"]
    assert rows(store, "select text from pages where is_current") == [("Two.\n",)]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("order", list(itertools.permutations((0, 1, 2))))
def test_of_versions_the_one_fetched_last_is_current_in_whichever_order_they_come(
    store: Store, order: tuple[int, ...], together: bool
) -> None:
    pages = [raw("a", f"Version {n}.\n", None, f"2024-0{n + 1}-01T00:00:00Z") for n in order]
    for part in [pages] if together else [[page] for page in pages]:
        assert set(load(store, begin(store), part)) == {"new"}

    assert rows(store, "select text from pages where is_current") == [("Version 2.\n",)]
    assert rows(store, "select text from passages") == [("Version 2.",)]
    assert rows(store, "select count(*) from pages") == [(3,)]
    assert {failure.name for failure in store.check()} <= {"vectors"}, "nothing was embedded here"


def test_a_version_that_is_fetched_again_later_is_current_again(store: Store) -> None:
    for day, text in (("01", "One.\n"), ("02", "Two.\n"), ("03", "One.\n")):
        load(store, begin(store), [raw("a", text, None, f"2024-01-{day}T00:00:00Z")])

    assert rows(store, "select text from pages where is_current") == [("One.\n",)]


def test_of_a_file_what_is_there_now_is_current_however_old_its_time(store: Store) -> None:
    for day, text in (("02", "Two.\n"), ("01", "One.\n"), ("02", "Two.\n"), ("01", "One.\n")):
        at = Sourced(f"2024-01-{day}T00:00:00Z", "file-time")
        load(store, begin(store), [replace(raw("file:///a.txt", text), fetched_at=at)])

    assert rows(store, "select text from pages where is_current") == [("One.\n",)]


def test_a_new_parser_reads_a_page_again_under_the_same_ids(full_store: Store) -> None:
    before = rows(full_store, "from passages order by all")
    page = raw("pages/b.txt", str(rows(full_store, "select text from pages where uri = 'pages/b.txt'")[0][0]))

    run_id = begin(full_store)
    assert load(full_store, run_id, [page], fingerprint="parse-2") == ["new"]
    complete(full_store, run_id)

    assert outcomes(full_store, run_id) == ["loaded"]
    assert rows(full_store, "select count(*) from pages where uri = 'pages/b.txt'") == [(1,)]
    after = rows(full_store, "from passages order by all")
    assert sorted(row[0] for row in after) == sorted(row[0] for row in before)
    assert full_store.check() == []


def test_an_unreadable_page_is_quarantined_once_and_counted_in_every_run(store: Store) -> None:
    first, second = begin(store), begin(store)

    load(store, first, [raw("bad", "\x01")], unreadable=["bad"])
    assert load(store, second, [raw("bad", "\x01")]) == ["quarantined"]

    assert outcomes(store, first) == outcomes(store, second) == ["quarantined"]
    assert rows(store, "select uri, code, reason, stage, run_id from quarantine") == [
        ("bad", "binary", "the page is not text", "pages", first)
    ]
    assert rows(store, "select count(*) from pages") == [(0,)]


def test_another_parser_tries_a_quarantined_page_again(store: Store) -> None:
    load(store, begin(store), [raw("bad", "Bad.\n")], unreadable=["bad"])

    assert load(store, begin(store), [raw("bad", "Bad.\n")], fingerprint="parse-2") == ["new"]

    assert rows(store, "select count(*) from quarantine") == [(0,)]
    assert rows(store, "select uri from documents") == [("bad",)]


def test_a_page_that_can_be_read_now_leaves_quarantine(store: Store) -> None:
    load(store, begin(store), [raw("a", "\x01")], unreadable=["a"])
    load(store, begin(store), [raw("a", "Mended.\n")])

    assert rows(store, "select count(*) from quarantine") == [(0,)]


def test_a_page_that_cannot_be_read_any_more_keeps_its_last_readable_version(store: Store) -> None:
    load(store, begin(store), [raw("a", "Readable.\n")])
    run_id = begin(store)

    load(store, run_id, [raw("a", "\x01\x02")], unreadable=["a"])

    assert outcomes(store, run_id) == ["quarantined"]
    assert rows(store, "select text from pages where is_current") == [("Readable.\n",)]
    assert rows(store, "select uri from quarantine") == [("a",)]


def test_duplicates_of_an_unreadable_page_are_quarantined_with_it(store: Store) -> None:
    run_id = begin(store)
    page, same = raw("a", "\x01"), raw("b", "\x01")

    store.load_pages(
        run_id, "0", store.classify([page, same, page], FINGERPRINT), [], [reject(page)], FINGERPRINT, 0.0
    )

    assert outcomes(store, run_id) == ["quarantined"] * 3
    assert rows(store, "select uri from quarantine order by uri") == [("a",), ("b",)]


def test_when_the_original_changes_its_duplicate_inherits_the_document(full_store: Store) -> None:
    text = str(rows(full_store, "select text from pages where uri = 'pages/a.txt'")[0][0])
    load(full_store, begin(full_store), [raw("z/copy.txt", text), raw("y/copy.txt", text)])
    before = rows(
        full_store,
        "select text, score, sentence_en from advice join passages using (passage_id) order by all",
    )

    run_id = begin(full_store)
    load(full_store, run_id, [raw("pages/a.txt", "Now something else.\n")])

    heir = current(full_store)["y/copy.txt"]
    assert rows(
        full_store, "select uri, duplicate_of from pages where is_current and uri like '%copy%' order by uri"
    ) == [
        ("y/copy.txt", None),
        ("z/copy.txt", heir),
    ]
    after = rows(
        full_store,
        "select text, score, sentence_en from advice join passages using (passage_id) order by all",
    )
    assert after == before
    assert rows(full_store, "select count(*) from theme_members anti join advice using (advice_id)") == [(0,)]
    complete(full_store, run_id)
    assert full_store.check() == []
    assert load(
        full_store, begin(full_store), [raw("y/copy.txt", text), raw("z/copy.txt", text)], "again"
    ) == [
        "unchanged",
        "unchanged",
    ]


def test_original_and_copy_that_change_places_in_one_batch_end_consistent(store: Store) -> None:
    load(store, begin(store), [raw("a", "One.\n"), raw("b", "One.\n")])
    run_id = begin(store)

    load(store, run_id, [raw("a", "Two.\n"), raw("c", "One.\n")])
    complete(store, run_id)

    assert rows(store, "select uri, text from pages where is_current order by uri") == [
        ("a", "Two.\n"),
        ("b", "One.\n"),
        ("c", None),
    ]
    assert store.check() == []


def test_a_batch_loaded_twice_is_loaded_once(store: Store) -> None:
    run_id = begin(store)
    classified = store.classify([raw("a", "One.\n")], FINGERPRINT)

    for _ in range(2):
        store.load_pages(run_id, "0", classified, [parse(classified[0].page)], [], FINGERPRINT, 0.0)

    assert outcomes(store, run_id) == ["loaded"]
    assert rows(store, "select count(*) from ledger") == [(1,)]


def test_a_new_page_that_nobody_read_rolls_the_whole_batch_back(store: Store) -> None:
    run_id = begin(store)
    classified = store.classify([raw("a", "One.\n"), raw("b", "Two.\n")], FINGERPRINT)

    with pytest.raises(StepError, match="page b is new"):
        store.load_pages(run_id, "0", classified, [parse(classified[0].page)], [], FINGERPRINT, 0.0)

    assert rows(store, "select count(*) from pages") == [(0,)]
    assert rows(store, "select count(*) from ledger") == [(0,)]


def test_a_row_that_the_schema_refuses_rolls_the_whole_batch_back(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("a", "One must do it.\n")])
    sentences = store.sentences_to_judge("judge")

    bad = Advice(sentences[0][0], 0.5, "must", "maybe")  # type: ignore[arg-type] # that is the test

    with pytest.raises(WarehouseError, match="batch x of stage advice was not written"):
        store.load_advice(run_id, "x", [sentences[0][0]], [bad], "judge", 0.0)

    assert store.sentences_to_judge("judge") == sentences
    assert rows(store, "select count(*) from ledger where stage = 'advice'") == [(0,)]


def test_any_order_and_split_of_the_batches_gives_the_same_rows(store: Store) -> None:
    pages = [raw(f"p{number}", f"Page {number} must be read.\n") for number in range(6)]
    load(store, begin(store), pages[:4], "0")
    first = {row[0]: row for row in rows(store, "select passage_id, text, first_line from passages")}

    run_id = begin(store)
    load(store, run_id, pages[::-1][:3], "0")
    load(store, run_id, pages[::-1][3:], "1")
    judge(store, run_id)
    embed(store, run_id, HashingEmbedder())

    again = {row[0]: row for row in rows(store, "select passage_id, text, first_line from passages")}
    assert first.items() <= again.items()
    assert len(again) == 6


def test_a_date_that_is_none_has_no_source(store: Store) -> None:
    page = raw("a", "One.\n", fetched_at="yesterday")
    parsed = replace(parse(page), metadata=Metadata(published_on=Sourced("2023-02-30", "path")))
    store.load_pages(begin(store), "0", store.classify([page], "f"), [parsed], [], "f", 0.0)

    assert rows(store, "select published_on, published_source from documents") == [(None, None)]
    assert rows(store, "select fetched_at, fetched_source from pages") == [(None, None)]


def test_the_same_bytes_with_another_sidecar_are_read_again(store: Store) -> None:
    sidecars = [
        ("https://a.example/", None),
        ("https://b.example/", None),
        ("https://b.example/", "2024-01-01T00:00:00Z"),
        (None, None),
    ]
    for url, fetched_at in sidecars:
        page = raw("a", "One.\n", url, fetched_at)
        assert load(store, begin(store), [page]) == ["new"]
        assert load(store, begin(store), [page]) == ["unchanged"]
        assert rows(store, "select url from pages") == [(url,)]
    assert rows(store, "select count(*) from documents") == [(1,)]
