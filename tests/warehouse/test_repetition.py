from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from warehouse_pages import begin, load, parse, raw

from corpus.identity import page_id
from corpus.models import Kind

if TYPE_CHECKING:
    from corpus.models import RawPage, Rereading
    from warehouse.store import Store

SLOGAN = "Trusted by IT leaders since 1998."


def page(number: int, *, host: str = "h.example", extra: str = "", article: str | None = None) -> RawPage:
    text = article or f"Article {'abcdefghijklmnop'[number % 16] * 9} says a thing of its own at length.\n"
    return raw(f"{host}/{number}", f"{text}{extra}{SLOGAN}\n", url=f"https://{host}/{number}")


def lines(store: Store) -> dict[str, tuple[int, int, bool]]:
    found = store._connection.execute(
        "select line, page_count, host_page_count, is_repeated from host_lines"
    ).fetchall()
    return {line: (pages, of, repeated) for line, pages, of, repeated in found}


def reread(stored: Rereading) -> object:
    """Read a stored page again, with its repeated lines taken for a footer."""
    parsed = parse(dataclasses.replace(stored.page, content=stored.decoded.text.encode()))
    blocks = tuple(
        dataclasses.replace(block, kind=Kind.FOOTER, rule="repetition:host")
        if block.text in stored.repeated
        else block
        for block in parsed.blocks
    )
    kept = parsed.passages[0]
    sentences = tuple(s for s in kept.sentences if s.text not in stored.repeated)
    passage = dataclasses.replace(kept, sentences=sentences, text=sentences[0].text, span=sentences[0].span)
    return dataclasses.replace(parsed, blocks=blocks, passages=(passage,))


def test_a_line_on_two_pages_is_counted_and_not_yet_repeated(store: Store) -> None:
    run = begin(store)
    load(store, run, [page(0), page(1)])

    store.count_host_lines(run, store.repetition_source())

    assert lines(store) == {"trusted by it leaders since #.": (2, 2, False)}
    assert store.pages_to_reread() == []


def test_the_third_page_makes_it_repeated_on_all_three(store: Store) -> None:
    run = begin(store)
    load(store, run, [page(0), page(1)])
    store.count_host_lines(run, store.repetition_source())
    load(store, run, [page(2)], key="1")

    store.count_host_lines(run, store.repetition_source())

    found = store.pages_to_reread()
    assert len(found) == 3
    assert {texts for _, texts, _ in found} == {(SLOGAN,)}


def test_numbers_in_a_line_do_not_tell_pages_apart(store: Store) -> None:
    run = begin(store)
    load(store, run, [page(n, extra=f"{n} people liked this page.\n") for n in range(3)])

    store.count_host_lines(run, store.repetition_source())

    assert lines(store)["# people liked this page."] == (3, 3, True)


def test_the_same_article_under_three_addresses_counts_once(store: Store) -> None:
    run = begin(store)
    article = (
        "The same article.\n\nWith the same second paragraph.\n\nAnd a third one, longest of all of them.\n"
    )
    printed = [page(n, article=article + f"\n| {n}\n") for n in range(3)]
    load(store, run, printed)

    store.count_host_lines(run, store.repetition_source())

    assert lines(store) == {}


def test_hosts_do_not_mix_and_a_page_without_one_is_left_alone(store: Store) -> None:
    run = begin(store)
    pages = [page(0), page(1, host="other.example"), raw("no-host", f"Nowhere at all.\n{SLOGAN}\n")]
    load(store, run, pages)

    store.count_host_lines(run, store.repetition_source())

    assert lines(store) == {}


@pytest.mark.parametrize(("pages", "needed"), [(30, 3), (50, 5), (200, 10)])
def test_a_tenth_of_the_pages_is_enough_and_ten_always_are(store: Store, pages: int, needed: int) -> None:
    run = begin(store)
    words = [f"{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}{'uvwxyz'[n // 100]}" for n in range(pages)]
    batch = [
        raw(f"p{n}", f"Only {word} is here.\n{'Enough is here.' if n < needed else word}\n"
            f"{'Too few.' if n < needed - 1 else word + word}\n", url=f"https://h.example/{n}")
        for n, word in enumerate(words)
    ]  # fmt: skip
    load(store, run, batch)

    store.count_host_lines(run, store.repetition_source())

    assert lines(store)["enough is here."] == (needed, pages, True)
    assert lines(store)["too few."][2] is False


def test_a_page_read_again_loses_the_line_and_is_not_asked_for_again(store: Store) -> None:
    run = begin(store)
    pages = [page(n) for n in range(3)]
    load(store, run, pages)
    store.count_host_lines(run, store.repetition_source())
    pending = store.pages_to_reread()

    stored = store.stored_pages(pending)
    store.load_reread(run, "0", pending, [reread(item) for item in stored], "p", 0.1)  # type: ignore[misc] # a test's page

    assert {item.page.uri for item in stored} == {p.uri for p in pages}
    assert store.pages_to_reread() == []
    assert store._connection.execute(
        "select count(*) from sentences where text = ?", [SLOGAN]
    ).fetchone() == (0,)
    assert store._connection.execute("select count(*) from documents").fetchone() == (3,)
    shown = store._connection.execute(
        "select distinct rule from stripped where text = ?", [SLOGAN]
    ).fetchall()
    assert shown == [("repetition:host",)]


def test_a_page_of_which_nothing_would_be_left_stays_and_is_not_asked_for_again(store: Store) -> None:
    run = begin(store)
    load(store, run, [page(n) for n in range(3)])
    store.count_host_lines(run, store.repetition_source())
    pending = store.pages_to_reread()

    store.load_reread(run, "0", pending, [], "p", 0.1)

    assert store.pages_to_reread() == []
    assert store._connection.execute(
        "select count(*) from sentences where text = ?", [SLOGAN]
    ).fetchone() == (3,)


def test_a_line_that_no_longer_repeats_brings_its_pages_back(store: Store) -> None:
    run = begin(store)
    load(store, run, [page(n) for n in range(3)])
    store.count_host_lines(run, store.repetition_source())
    pending = store.pages_to_reread()
    store.load_reread(run, "0", pending, [], "p", 0.1)

    later = begin(store)
    changed = raw("h.example/2", "It is rewritten and does not brag.\n", url="https://h.example/2")
    load(store, later, [changed])
    store.count_host_lines(later, store.repetition_source())

    assert [(texts, digest) for _, texts, digest in store.pages_to_reread()] == [((), ""), ((), "")]
    assert page_id(changed.uri, changed.sha256) not in {name for name, _, _ in store.pages_to_reread()}


def test_counting_is_asked_for_only_where_pages_came_or_went(store: Store) -> None:
    run = begin(store)
    load(store, run, [page(0)])
    source = store.repetition_source()
    store.count_host_lines(run, source)

    assert store.last_fingerprint("host_lines") == source
    load(store, run, [page(1)], key="1")
    assert store.repetition_source() != source
