from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_page_lines import DRAFTS, _parsed
from test_repetition import SLOGAN, page, reread
from warehouse_pages import FINGERPRINT, begin, complete, judge, load, parse, raw, run_all, translate

from corpus.errors import WarehouseError
from corpus.models import Kind, RejectedPage
from warehouse import Warehouse, WhyNot
from warehouse.explain import lines_of
from warehouse.store import Store
from warehouse.why_not import why_not

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus.models import RawPage

STEPS = ["seen", "read", "kept", "language", "english", "embedded", "advice", "canonical", "themes"]
ADDRESS = "https://www.News.example:443/IT/rip%C3%B2-ünï/?page=2&utm_source=mail&id=7"
ADVICE = "The CIO must sell the project. Much is said about money.\n"
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def warehouse(full_file: Path) -> Iterator[Warehouse]:
    with Warehouse.open(full_file) as opened:
        yield opened


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Three pages of one site, one of them in quarantine."""
    with Store.open(tmp_path_factory.mktemp("addresses") / "addresses.duckdb") as store:
        site = [raw(ADDRESS, ADVICE), raw("file:///pages/a%20b.html", "B.\n", "http://other.example/a")]
        run = begin(store)
        load(store, run, [*site, raw("https://gone.example/x", "-")], unreadable=["https://gone.example/x"])
        store.finish_run(run, "finished")
        path = store.publish()
    with Warehouse.open(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("lines") / "lines.duckdb") as opened:
        yield opened


def why(store: Store, name: str) -> WhyNot:
    return why_not(store._connection, name)


def codes(answer: WhyNot) -> dict[str, tuple[str, str]]:
    return {step.stage: (step.state, step.code) for step in answer.steps}


def refuse(store: Store, run: str, refused: RawPage, code: str, reason: str, key: str = "9") -> None:
    """Load a page that could not be had, as fetching or reading says it."""
    classified = store.classify([refused], FINGERPRINT)
    store.load_pages(run, key, classified, [], [RejectedPage(refused, code, reason)], FINGERPRINT, 0.1)


def test_a_page_that_counts_passed_every_step_in_order(warehouse: Warehouse) -> None:
    answer = warehouse.why_not("a.txt")

    assert [step.stage for step in answer.steps] == STEPS
    assert {step.state for step in answer.steps} == {"passed"}
    assert (answer.code, answer.stopped_at) == ("counted", None)
    assert (answer.is_known, answer.in_warehouse, answer.is_counted) == (True, True, True)
    assert answer.document_id is not None
    assert answer.document_id in answer.message
    assert "2 passages, 2 pieces of advice, 2 in 2 themes" in answer.message
    run = warehouse.runs()[0].run_id
    assert {step.run_id for step in answer.steps if step.stage != "advice"} == {run}
    assert [step.count for step in answer.steps] == [1, 1, 3, 29, 2, 2, 2, 0, 2]


def test_lines_taken_off_are_counted_by_kind_and_the_largest_shown(warehouse: Warehouse) -> None:
    answer = warehouse.why_not("a.txt")

    kept = answer.steps[2]
    assert (kept.code, kept.rule, kept.message) == (
        "lines-stripped",
        "links:bar",
        "3 lines kept; 2 dropped: 2 navigation",
    )
    assert [(v.kind, v.kept, v.rule, v.lines) for v in answer.verdicts] == [
        ("article", True, "main:text", 3),
        ("navigation", False, "links:bar", 2),
        ("blank", False, "blank:line", 1),
    ]
    assert [(p.first_line, p.text) for p in answer.dropped] == [(5, "| Share | Like"), (1, "| Home | Blog")]


@pytest.mark.parametrize("name", ["page_id", "document_id", "passage_id", "advice_id", "sentence_id"])
def test_ids_name_their_page(warehouse: Warehouse, name: str) -> None:
    ids = warehouse.sql(f"""
        select {name} from documents join passages using (document_id)
        join sentences using (document_id, passage_id) join advice using (document_id, passage_id, sentence_id)
        where uri = 'pages/b.txt'
    """).rows()  # noqa: S608 - names of our own columns

    assert warehouse.why_not(str(ids[0][0])).uri == "pages/b.txt"


@pytest.mark.parametrize(
    "written",
    [
        ADDRESS,
        "http://news.example/IT/ripò-ünï?page=2&id=7",
        "HTTP://NEWS.EXAMPLE:80/IT/rip%c3%b2-%C3%BCn%C3%AF/?page=2&id=7#comments",
        "news.example/IT/ripò-ünï?utm_medium=x&page=2&fbclid=y&id=7&",
        "  https://news.example/IT/ripò-ünï/?page=2&id=7 ",
    ],
)
def test_an_address_is_found_however_it_is_written(addressed: Warehouse, written: str) -> None:
    assert addressed.why_not(written).uri == ADDRESS


@QUICK
@given(
    scheme=st.sampled_from(["http://", "https://", "HTTPS://", ""]),
    host=st.sampled_from(["gone.example", "www.gone.example", "GONE.Example", "gone.example:443"]),
    slash=st.sampled_from(["", "/"]),
    query=st.lists(st.sampled_from(["utm_source=a", "UTM_campaign=b", "gclid=c", ""]), max_size=3),
    fragment=st.sampled_from(["", "#", "#top", "#/a?b"]),
)
def test_quarantined_addresses_are_found_in_every_spelling(
    addressed: Warehouse, scheme: str, host: str, slash: str, query: list[str], fragment: str
) -> None:
    written = f"{scheme}{host}/x{slash}{'?' + '&'.join(query) if query else ''}{fragment}"

    answer = addressed.why_not(written)

    assert (answer.uri, answer.code, answer.stopped_at) == ("https://gone.example/x", "binary", "read")


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example/it/ripò-ünï/?page=2&id=7",  # a path has its case
        "https://news.example/IT/ripò-ünï/?page=3&id=7",
        "https://blog.news.example/IT/ripò-ünï/?page=2&id=7",
        "https://news.example:8080/IT/ripò-ünï/?page=2&id=7",
        "https://gone.example/",
        "file://gone.example/x",
    ],
)
def test_another_address_is_not_taken_for_it(addressed: Warehouse, other: str) -> None:
    assert addressed.why_not(other).code == "never-seen"


def test_explain_finds_an_address_however_it_is_written(addressed: Warehouse) -> None:
    assert addressed.explain("other.example/a/#top").uri == "file:///pages/a%20b.html"
    assert addressed.why_not("a b.html").uri == "file:///pages/a%20b.html"


def test_a_name_that_no_run_saw_gets_the_nearest_and_the_sources(warehouse: Warehouse) -> None:
    answer = warehouse.why_not("https://b.example/cost")

    assert (answer.code, answer.is_known, answer.stopped_at, answer.steps) == (
        "never-seen",
        False,
        "seen",
        (),
    )
    assert answer.suggestions == ("https://b.example/costs",)
    assert answer.sources == ("pages",)
    assert answer.message == (
        "no run has seen 'https://b.example/cost'; did you mean https://b.example/costs? the runs read: pages"
    )
    assert (
        warehouse.why_not("https://elsewhere.example/blog/vendere").suggestions[0]
        == "https://it.example/vendere"
    )
    assert warehouse.why_not("nothing like it at all").suggestions == ()


@pytest.mark.parametrize("name", ["", " \n"])
def test_an_empty_name_is_refused(warehouse: Warehouse, name: str) -> None:
    with pytest.raises(WarehouseError, match="nothing to look for"):
        warehouse.why_not(name)


def test_the_end_of_several_uris_is_refused_and_names_them(warehouse: Warehouse) -> None:
    with pytest.raises(
        WarehouseError, match=r"'.txt' is the end of 3 pages, say more: pages/a.txt, pages/b.txt"
    ):
        warehouse.why_not(".txt")


@settings(QUICK, max_examples=8)
@given(name=st.text(min_size=1, max_size=60).filter(str.strip))
def test_any_name_is_data(addressed: Warehouse, name: str) -> None:
    for written in (f"{name}\0nowhere", f"https://x.example/{name}?{name}#{name}", f"https://{name}"):
        assert not addressed.why_not(written + "|nowhere").is_known
    assert addressed.sql("select count(*) from pages").rows() == [(2,)]


@pytest.mark.parametrize(
    "name", ["'; drop table pages --", "%", "\0", "\udcff", chr(0xD800), "https://[", "a" * 100_000]
)
def test_hostile_names_are_never_seen(addressed: Warehouse, name: str) -> None:
    answer = addressed.why_not(name)

    assert answer.code == "never-seen"
    assert len(answer.message) < 1_000


@pytest.mark.parametrize(
    ("code", "reason", "said"),
    [
        (
            "robots",
            "the robots.txt of https://h.example does not allow it to cio-advice",
            "give it as a file",
        ),
        ("http-error", "status 503", "the next run that is given the address asks again"),
        (
            "private-address",
            "10.0.0.1; the setting fetch_private allows it",
            "10.0.0.1; the setting fetch_private",
        ),
        ("timeout", "not finished within 60 seconds", "page_timeout_seconds"),
        ("no-such-code", "a reason of its own.", "a reason of its own"),
    ],
)
def test_a_page_in_quarantine_says_code_reason_and_remedy(
    store: Store, code: str, reason: str, said: str
) -> None:
    run = begin(store)
    refuse(store, run, raw("https://h.example/p", ""), code, reason)

    answer = why(store, "http://h.example/p/")

    read = answer.steps[1]
    assert (answer.code, answer.stopped_at, answer.in_warehouse) == (code, "read", False)
    assert (read.state, read.code, read.rule, read.run_id, read.count) == ("stopped", code, code, run, 1)
    assert read.at is not None
    assert said in answer.message
    assert answer.message.count("fetch_private") <= 1
    assert {step.state for step in answer.steps[2:]} == {"not reached"}
    assert answer.steps[0].message.endswith("(quarantined)")


def test_a_page_read_before_whose_newest_bytes_are_in_quarantine_stands_by_its_older_reading(
    store: Store,
) -> None:
    run_all(store, [raw("p", ADVICE)])
    refuse(store, begin(store), raw("p", "gone"), "http-error", "status 404")

    answer = why(store, "p")

    assert codes(answer)["read"] == ("partly", "older-reading")
    assert (answer.code, answer.stopped_at, answer.is_counted) == ("older-reading", None, True)
    assert "Its newest bytes are in quarantine (http-error: status 404" in answer.message
    assert "is in the warehouse and counted" in answer.message
    assert answer.steps[0].count == 2


def test_an_exact_duplicate_follows_the_chain_to_the_page_that_stands_for_it(store: Store) -> None:
    run = run_all(store, [raw("first", ADVICE + "One.\n"), raw("second", ADVICE), raw("third", ADVICE)])
    ids = dict(store._connection.execute("select uri, document_id from documents").fetchall())
    store.load_duplicates(run, [(ids["second"], ids["first"], 0.8)])

    answer = why(store, "third")

    assert [(copy.kind, copy.uri, copy.similarity) for copy in answer.copies] == [
        ("exact", "second", 1.0),
        ("near", "first", 0.8),
    ]
    assert (answer.code, answer.stopped_at) == ("exact-duplicate", "read")
    assert codes(answer)["canonical"] == ("stopped", "near-copy")
    assert [step.uri for step in answer.steps] == ["third"] * 2 + ["second"] * 7
    assert answer.is_counted  # in the theme of `first`
    assert answer.message.startswith("It has the same bytes as second, which stands for it.")


def test_a_near_copy_says_of_what_and_that_its_advice_does_not_count(store: Store) -> None:
    run = begin(store)
    load(store, run, [raw("first", ADVICE), raw("second", ADVICE + "Two.\n")])
    complete(store, run)
    ids = dict(store._connection.execute("select uri, document_id from documents").fetchall())
    store.load_duplicates(run, [(ids["second"], ids["first"], 0.75)])
    store.load_themes(run, [])

    copy, original = why(store, "second"), why(store, "first")

    assert (copy.code, copy.stopped_at, copy.is_counted) == ("near-copy", "canonical", False)
    assert (
        copy.message
        == "It is a near copy (0.75) of first, so that its advice does not count (1 piece of advice)."
    )
    assert copy.steps[-1].message == "The advice of first counts in its place"
    assert original.steps[-2].count == 1
    assert (original.code, original.stopped_at) == ("no-theme", "themes")


def test_an_older_version_says_which_one_superseded_it(store: Store) -> None:
    run_all(store, [raw("p", ADVICE)])
    ((old,),) = store._connection.execute("select page_id from pages").fetchall()
    newer = run_all(store, [raw("p", ADVICE + "Newer.\n")])

    by_id, by_uri = why(store, str(old)), why(store, "p")

    assert (by_id.code, by_id.stopped_at, by_id.uri) == ("superseded", "read", "p")
    assert str(by_uri.page_id) in by_id.message
    assert by_id.steps[1].run_id == newer
    assert by_uri.code == "counted"
    assert by_uri.steps[1].message.endswith("it replaced 1 older version")


def test_lines_that_the_host_repeats_are_named_as_such(store: Store) -> None:
    run = begin(store)
    load(store, run, [page(n) for n in range(3)])
    store.count_host_lines(run, store.repetition_source())
    pending = store.pages_to_reread()
    judged = [reread(stored) for stored in store.stored_pages(pending)]
    store.load_reread(run, "0", pending, judged, "p", 0.1)  # type: ignore[arg-type] # a test's page

    answer = why(store, "h.example/1")

    kept = answer.steps[2]
    assert "1 of these because other pages of h.example have them, too" in kept.message
    assert kept.rule == "repetition:host"
    assert answer.dropped[0].text == SLOGAN


def test_pieces_kept_by_the_setting_are_told_from_the_article(store: Store) -> None:
    read = parse(raw("p", "An article.\nA comment of somebody.\n"))
    comment = dataclasses.replace(read.blocks[1], kind=Kind.COMMENT, rule="comments:section", wanted=True)
    read = dataclasses.replace(read, blocks=(read.blocks[0], comment))
    store.load_pages(begin(store), "0", store.classify([read.page], "f"), [read], [], "f", 0.0)

    answer = why(store, "p")

    assert answer.steps[2].message == "2 lines kept, of them 1 comment by the setting keep_kinds"
    assert ("comment", True) in {(verdict.kind, verdict.kept) for verdict in answer.verdicts}


def test_a_page_without_english_says_why_and_counts_all_the_same(store: Store) -> None:
    run = begin(store)
    load(store, run, [raw("p", "Der CIO must das Projekt verkaufen.\n")], language="de")
    complete(store, run)

    answer = why(store, "p")

    assert codes(answer)["english"] == ("stopped", "untranslated")
    assert answer.steps[4].message == "0 of 1 passage in English: no engine translates de"
    assert answer.steps[3].message.endswith("though the page declares en-GB")
    assert (answer.code, answer.stopped_at, answer.is_counted) == ("counted", None, True)


def test_a_page_without_a_language_or_advice_stops_there(store: Store) -> None:
    run = begin(store)
    load(store, run, [raw("p", "12 34.\n")], language="und")
    load(store, run, [raw("q", "It rained in May.\n")], "1")
    complete(store, run)

    assert why(store, "p").stopped_at == "language"
    answer = why(store, "q")
    assert (answer.code, answer.stopped_at) == ("no-advice", "advice")
    assert answer.message == "No advice found: 1 sentence judged."
    assert answer.steps[-1].message == "It has no advice"


def test_stages_that_were_not_done_are_said(store: Store) -> None:
    run = begin(store)
    load(store, run, [raw("p", ADVICE)])

    answer = why(store, "p")
    assert codes(answer)["embedded"] == ("stopped", "no-vectors")
    assert codes(answer)["advice"] == ("stopped", "not-judged")
    translate(store, run, {})
    judge(store, run)
    assert codes(why(store, "p"))["themes"] == ("stopped", "no-theme")


def test_of_pages_with_one_address_the_one_with_text_answers_and_the_others_are_named(store: Store) -> None:
    address = "https://a.example/x"
    run = begin(store)
    load(store, run, [raw("a first", ADVICE, address)])
    load(store, run, [raw("z copy", ADVICE, address)], "1")

    answer = why(store, "http://a.example/x/")

    assert (answer.uri, answer.others) == ("a first", ("z copy",))
    with Warehouse.open(store.publish()) as opened:
        assert opened.explain(address).uri == "a first"


def test_uris_of_files_are_found_by_their_names(store: Store) -> None:
    named = "file:///x/" + quote("日本語 ünï.txt")
    load(store, begin(store), [raw(named, ADVICE)])

    assert why(store, "日本語 ünï.txt").uri == named


@settings(max_examples=8, deadline=None)
@given(drafts=st.lists(DRAFTS, min_size=2, max_size=8), first=st.integers(1, 4), more=st.integers(0, 4))
def test_the_lines_of_explain_are_those_of_page_lines(
    shared_store: Store, drafts: list[tuple[str, set[int], list[Kind]]], first: int, more: int
) -> None:
    run = begin(shared_store)
    pages = [raw(f"{run}/{number}", draft[0] + f"{run}{number}") for number, draft in enumerate(drafts)]
    parsed = [_parsed(read, *draft[1:]) for read, draft in zip(pages, drafts, strict=True)]
    outcomes = shared_store.classify(pages, run)
    shared_store.load_pages(run, "0", outcomes, parsed, [], run, 0.0)

    for outcome in outcomes:
        sql = "select line_no, kind, kept, rule, text from page_lines where page_id = ? order by line_no, block_no"
        rows = shared_store._connection.execute(sql, [outcome.page_id]).fetchall()
        for start, end in ((None, None), (first, first + more)):
            lines = lines_of(shared_store._connection, outcome.page_id, start, end)
            assert [dataclasses.astuple(line) for line in lines] == [
                row for row in rows if start is None or end is None or start <= row[0] <= end
            ]
