from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warehouse_pages import HashingEmbedder, begin, embed, index, load, raw

from corpus.errors import WarehouseError
from corpus.settings import Settings
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.store import Store

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EXIT_WITHOUT_CLOSING = """
import sys
sys.path.insert(0, sys.argv[2])
from warehouse_pages import HashingEmbedder
from warehouse import Warehouse
warehouse = Warehouse.open(sys.argv[1], embedder=HashingEmbedder)
print(len(warehouse.sql("from search('project', 3)")))
"""


@pytest.fixture
def warehouse(full_file: Path) -> Iterator[Warehouse]:
    with Warehouse.open(full_file, embedder=HashingEmbedder) as opened:
        yield opened


def test_a_missing_warehouse_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"no warehouse at .*cio-advice ingest"):
        Warehouse.open(tmp_path / "none.duckdb")


def test_the_settings_say_where_the_warehouse_is(full_file: Path) -> None:
    with Warehouse.open(settings=Settings(warehouse=full_file)) as warehouse:
        assert warehouse.path == full_file


def test_files_that_are_no_warehouse_are_refused(tmp_path: Path) -> None:
    import duckdb

    (tmp_path / "text").write_text("not a database" * 2000)
    duckdb.connect(tmp_path / "other.duckdb").close()

    with pytest.raises(WarehouseError, match="cannot read"):
        Warehouse.open(tmp_path / "text")
    with pytest.raises(WarehouseError, match="not a warehouse of cio-advice"):
        Warehouse.open(tmp_path / "other.duckdb")


@pytest.mark.parametrize(("version", "words"), [(99, "newer than this program"), (0, "not a warehouse")])
def test_another_schema_version_is_refused_by_readers(full_store: Store, version: int, words: str) -> None:
    full_store._connection.execute("delete from schema_migrations where version > 1")
    full_store._connection.execute("update schema_migrations set version = ?", [version])
    path = full_store.publish()

    with pytest.raises(WarehouseError, match=words):
        Warehouse.open(path)


def test_search_finds_the_passage_and_says_where_it_is(warehouse: Warehouse) -> None:
    best, *rest = warehouse.search("sell the project before he builds", k=2)

    assert best.uri == "pages/a.txt"
    assert (best.host, best.url) == ("a.example", "https://a.example/sell")
    assert "before he builds it" in best.text
    assert best.text_en == best.text
    assert (best.first_line, best.last_line) == (2, 3)
    assert best.theme == "projects"
    assert best.score > rest[0].score
    assert len(rest) == 1


def test_search_filters_before_it_ranks(warehouse: Warehouse) -> None:
    assert {hit.language for hit in warehouse.search("project", language="it")} == {"it"}
    assert {hit.uri for hit in warehouse.search("project", host="b.example")} == {"pages/b.txt"}
    assert {hit.theme for hit in warehouse.search("project", theme="Other")} == {"other"}
    assert {hit.theme for hit in warehouse.search("project", theme="thm_other")} == {"other"}
    assert len(warehouse.search("project", advice_only=True)) == 4
    assert warehouse.search("project", language="xx") == []


def test_search_finds_the_italian_page_with_its_english(warehouse: Warehouse) -> None:
    best = warehouse.search("Il CIO deve vendere", k=1)[0]

    assert best.uri == "pages/it.txt"
    assert best.text_en == "the CIO must sell the project. the tempo passa."


@pytest.mark.parametrize("query", ["", "  \n"])
def test_an_empty_query_is_refused(warehouse: Warehouse, query: str) -> None:
    with pytest.raises(WarehouseError, match="empty"):
        warehouse.search(query)
    with pytest.raises(WarehouseError, match="empty"):
        warehouse.similar(query)


def test_a_count_below_one_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="k is 0"):
        warehouse.search("project", k=0)
    with pytest.raises(WarehouseError, match="limit is -1"):
        warehouse.runs(limit=-1)


@QUICK
@given(query=st.text(min_size=1, max_size=50).filter(str.strip))
def test_any_query_is_data(warehouse: Warehouse, query: str) -> None:
    assert len(warehouse.search(query, k=4)) == 4
    assert len(warehouse.sql("select * from search(?, 4)", [query])) == 4
    warehouse.advice(theme=query, host=query, language=query)
    with pytest.raises(WarehouseError, match=r"nothing here is called|the end of"):
        warehouse.explain(query + "\0nowhere")


def test_another_model_than_the_warehouse_was_made_with_is_refused(full_file: Path) -> None:
    with Warehouse.open(full_file, embedder=lambda: HashingEmbedder("other-model")) as warehouse:
        for ask in (lambda: warehouse.search("x"), lambda: warehouse.sql("from search('x', 1)")):
            with pytest.raises(WarehouseError, match=r"hashing \(hashing-1\).*other-model"):
                ask()


def test_a_warehouse_without_vectors_says_so(store: Store) -> None:
    load(store, begin(store), [raw("a", "One.\n")])
    with (
        Warehouse.open(store.publish(), embedder=HashingEmbedder) as warehouse,
        pytest.raises(WarehouseError, match="no vectors yet"),
    ):
        warehouse.search("one")


def test_the_model_is_not_loaded_until_it_is_needed(full_file: Path) -> None:
    def never() -> HashingEmbedder:
        raise AssertionError("loaded")

    with Warehouse.open(full_file, embedder=never) as warehouse:
        passage = str(warehouse.sql("select min(passage_id) from passages").rows()[0][0])
        assert len(warehouse.similar(passage)) == 3
        assert warehouse.themes()


def test_similar_to_a_passage_leaves_it_out_and_to_its_text_finds_it(warehouse: Warehouse) -> None:
    hit = warehouse.search("promise a date", k=1)[0]

    near = warehouse.similar(hit.passage_id)
    assert hit.passage_id not in {other.passage_id for other in near}
    assert warehouse.similar(hit.text, k=1)[0].passage_id == hit.passage_id
    macro = warehouse.sql("select passage_id from similar_to(?, 10)", [hit.passage_id]).rows()
    assert [other.passage_id for other in near] == [row[0] for row in macro]
    with pytest.raises(WarehouseError, match="there is no passage psg_0000000000000000"):
        warehouse.similar("psg_0000000000000000")


def test_copies_fold_under_their_original_unless_it_is_filtered_out(full_store: Store) -> None:
    run_id = begin(full_store)
    copied = "The CIO must sell the project before he builds it. Much is said.\n"
    load(full_store, run_id, [raw("copy.txt", copied, "https://copy.example/")])
    embed(full_store, run_id, HashingEmbedder())
    ids = dict(full_store._connection.execute("select uri, document_id from documents").fetchall())
    full_store.load_duplicates(run_id, [(ids["copy.txt"], ids["pages/a.txt"], 0.8)])
    index(full_store, run_id, HashingEmbedder())

    with Warehouse.open(full_store.publish(), embedder=HashingEmbedder) as warehouse:
        hits = warehouse.search(copied)
        assert hits[0].copies == ("copy.txt",)
        assert "copy.txt" not in {hit.uri for hit in hits}
        assert [hit.uri for hit in warehouse.search(copied, host="copy.example")] == ["copy.txt"]


def test_themes_name_their_sources_and_an_example(warehouse: Warehouse) -> None:
    projects, *_ = warehouse.themes()

    assert projects.label == "projects"
    assert projects.sources == ("a.example", "b.example", "it.example")
    assert projects.languages == ("en", "it")
    assert (projects.advice_count, projects.document_count) == (3, 3)
    assert projects.example
    assert [theme.label for theme in warehouse.themes(min_hosts=2)] == ["projects"]
    assert warehouse.themes(min_hosts=4) == []


def test_advice_is_filtered_and_ranked(warehouse: Warehouse) -> None:
    assert len(warehouse.advice()) == 4
    assert {row.theme for row in warehouse.advice(theme="projects")} == {"projects"}
    assert [row.sentence_en for row in warehouse.advice(language="it")] == ["the CIO must sell the project."]
    assert [row.source for row in warehouse.advice(host="b.example")] == ["b.example"]
    nearest = warehouse.advice(query="never promise a date", limit=1)
    assert [row.sentence for row in nearest] == ["You must never promise a date."]
    assert (nearest[0].polarity, nearest[0].first_line) == ("do", 6)


def test_explain_a_passage_shows_raw_lines_and_the_english(warehouse: Warehouse) -> None:
    hit = warehouse.search("vendere", k=1)[0]

    explanation = warehouse.explain(hit.passage_id)

    assert (explanation.what, explanation.uri, explanation.language) == ("passage", "pages/it.txt", "it")
    assert [(line.line_no, line.kind, line.text) for line in explanation.lines] == [
        (2, "article", "Il CIO deve vendere il progetto. Il tempo passa.")
    ]
    first = explanation.sentences[0]
    assert (first.text, first.text_en) == (
        "Il CIO deve vendere il progetto.",
        "the CIO must sell the project.",
    )
    assert (first.is_advice, first.engine) == (True, "words-1")


def test_explain_knows_documents_pages_advice_and_ends_of_uris(warehouse: Warehouse) -> None:
    page = warehouse.explain("a.txt")
    assert (page.what, page.title, page.author) == ("page", "Title of pages/a.txt", "A. Writer")
    assert [line.kept for line in page.lines] == [False, True, True, False, False, True]
    assert warehouse.explain("https://a.example/sell").page_id == page.page_id
    assert warehouse.explain(str(page.page_id)).lines == page.lines
    assert warehouse.explain(str(page.document_id)).what == "document"
    advice = warehouse.explain(warehouse.advice(query="never promise a date")[0].advice_id)
    assert [sentence.text for sentence in advice.sentences] == ["You must never promise a date."]
    assert [line.line_no for line in advice.lines] == [6]


def test_explain_a_quarantined_page_gives_the_reason(warehouse: Warehouse) -> None:
    explanation = warehouse.explain("broken.bin")

    assert (explanation.what, explanation.reason) == ("quarantined page", "binary: the page is not text")
    assert explanation.lines == ()


def test_explain_refuses_what_names_nothing_or_several_pages(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match=r"'.txt' is the end of 3 pages.*pages/a.txt"):
        warehouse.explain(".txt")
    with pytest.raises(WarehouseError, match="nothing here is called 'nowhere'"):
        warehouse.explain("nowhere")
    with pytest.raises(WarehouseError, match="nothing to explain"):
        warehouse.explain(" ")


def test_runs_and_quarantine_are_typed(warehouse: Warehouse) -> None:
    run = warehouse.runs()[0]
    assert (run.status, run.pages_seen, run.loaded, run.quarantined) == ("finished", 4, 3, 1)
    assert {stage.stage for stage in run.stages} >= {
        "pages",
        "translations",
        "embeddings",
        "advice",
        "themes",
    }
    row = warehouse.quarantine()[0]
    assert (row.uri, row.code, row.reason) == ("pages/broken.bin", "binary", "the page is not text")
    assert asdict(row)["byte_count"] == 2


def test_sql_gives_rows_arrow_and_pandas(warehouse: Warehouse) -> None:
    result = warehouse.sql(
        "select uri, length(text) as size from pages where uri = $uri", {"uri": "pages/b.txt"}
    )

    assert result.columns == ["uri", "size"]
    assert result.rows() == [("pages/b.txt", 64)]
    assert result.arrow().to_pylist() == [{"uri": "pages/b.txt", "size": 64}]
    assert result.pandas().to_dict("records") == [{"uri": "pages/b.txt", "size": 64}]
    assert len(result) == 1
    assert warehouse.sql("select sum(loaded) from runs where ?", [True]).rows() == [(3,)]


def test_themes_that_two_sources_share_are_one_statement(warehouse: Warehouse) -> None:
    rows = warehouse.sql("select theme, source, sentence_en, sentence from shared_advice").rows()

    assert [(row[0], row[1]) for row in rows] == [
        ("projects", "a.example"),
        ("projects", "b.example"),
        ("projects", "it.example"),
    ]
    assert rows[2][2:] == ("the CIO must sell the project.", "Il CIO deve vendere il progetto.")
    assert len(warehouse.sql("from shared_by(3)")) == 3
    assert len(warehouse.sql("from shared_by(4)")) == 0


def test_search_works_in_sql_and_can_be_joined(warehouse: Warehouse) -> None:
    sql = "select d.author, s.score from Search($q, 2) as s join documents as d using (document_id) order by score desc"

    rows = warehouse.sql(sql, {"q": "promise a date"}).rows()

    assert [row[0] for row in rows] == ["A. Writer"] * 2
    assert warehouse.search("promise a date", k=1)[0].score == pytest.approx(rows[0][1])


@pytest.mark.parametrize(
    "statement",
    [
        "from read_csv('/etc/hostname')",
        "select * from '/etc/hostname'",
        "from read_text('/etc/hostname')",
        "from glob('/*')",
        "copy documents to 'out.csv'",
        "attach 'other.duckdb'",
        "detach warehouse",
        "use memory",
        "set threads = 1",
        "install httpfs",
        "load httpfs",
        "export database 'out'",
        "pragma database_list",
        "create table x (a integer)",
        "create temp table x (a integer)",
        "create macro x() as 1",
        "insert into documents select * from documents",
        "update documents set title = ''",
        "delete from documents",
        "drop view page_lines",
        "begin",
        "checkpoint",
        "call pragma_version()",
        "explain analyze insert into documents select * from documents",
        "select 1; select 2",
        "",
        "selec 1",
        "select * from nothing",
        "select ?",
    ],
)
def test_sql_that_does_not_read_the_warehouse_is_refused(warehouse: Warehouse, statement: str) -> None:
    with pytest.raises(WarehouseError):
        warehouse.sql(statement)

    assert warehouse.sql("select count(*) from documents").rows() == [(3,)]


def test_python_variables_cannot_be_reached_from_sql(warehouse: Warehouse) -> None:
    secret = warehouse.sql("select 1 as a").arrow()

    with pytest.raises(WarehouseError, match="secret"):
        warehouse.sql("from secret")
    assert secret.num_rows == 1


def test_a_warehouse_that_nobody_closed_ends_without_a_word(full_file: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            EXIT_WITHOUT_CLOSING,
            str(full_file),
            str(Path(__file__).parent),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("3\n", "")


def test_a_warehouse_closed_twice_is_closed(full_file: Path) -> None:
    warehouse = Warehouse.open(full_file)

    warehouse.close()
    warehouse.close()


def test_times_that_python_has_no_value_for_are_strings(warehouse: Warehouse) -> None:
    sql = """
        select * from (values ('290000-01-01'::date, 'infinity'::timestamp), ('2024-02-29'::date, null)) as t (d, t)
    """

    assert warehouse.sql(sql).rows() == [("290000-01-01", "infinity"), (date(2024, 2, 29), None)]
    assert warehouse.sql("select '44-01-01 (BC)'::date").rows() == [("0044-01-01 (BC)",)]


def test_counts_beyond_all_bounds_and_null_questions_are_clear_errors_or_nothing(
    warehouse: Warehouse,
) -> None:
    for ask in (
        lambda: warehouse.advice(limit=10**20),
        lambda: warehouse.runs(limit=10**20),
        lambda: warehouse.search("x", k=10**20),
        lambda: warehouse.themes(min_hosts=10**20),
    ):
        with pytest.raises(WarehouseError, match="at most"):
            ask()
    assert warehouse.sql("from search(null, 3)").rows() == []


def test_text_that_is_no_character_is_asked_for_without_harm(warehouse: Warehouse) -> None:
    assert warehouse.advice(theme="\udcff") == []
    assert warehouse.search("project \ud800", k=1)
    for name in ("\udcff", "\ud800"):
        with pytest.raises(WarehouseError, match="nothing here is called"):
            warehouse.explain(name)


def test_explain_takes_the_end_of_a_uri_as_the_file_is_called(store: Store) -> None:
    named = "file:///x/" + quote("日本語 ünï.txt")
    broken = "file:///x/" + quote("schlüssel.bin")
    load(store, begin(store), [raw(named, "One.\n"), raw(broken, "\x01")], unreadable=[broken])

    with Warehouse.open(store.publish()) as warehouse:
        assert warehouse.explain("日本語 ünï.txt").uri == named
        assert warehouse.explain(quote("日本語 ünï.txt")).uri == named
        assert warehouse.explain("schlüssel.bin").what == "quarantined page"
        assert warehouse.explain("file:///x/schlüssel.bin").uri == broken
