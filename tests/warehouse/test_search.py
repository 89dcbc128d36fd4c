from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from warehouse_pages import HashingEmbedder, begin, complete, load, raw

from corpus.errors import SettingsError, WarehouseError
from corpus.settings import Settings
from warehouse import Warehouse
from warehouse.search.diversity import spread
from warehouse.search.question import _most_of_unknown
from warehouse.signs import signs
from warehouse.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = {
    "a": ("a.example", "en", "The migration to S/4HANA must wait for clean data. Nobody plans for it.\n"),
    "b": ("b.example", "en", "Ask every vendor for a price in writing. You must keep the letters.\n"),
    "c": (
        "c.example",
        "it",
        "Prima di passare a S/4HANA il CIO deve pulire gli archivi. Costa molto tempo.\n",
    ),
    "d": ("d.example", "it", "La città è più fredda. L'università perché sì.\n"),
    "e": ("e.example", "zh-Hans", "怎样测试备份和防范勒索软件。备份要演练。\n"),
    "f": ("a.example", "en", "Vendors and vendor managers like long letters. A price is a price.\n"),
}


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Store.open(tmp_path_factory.mktemp("search") / "w.duckdb") as store:
        run_id = begin(store)
        for name, (host, language, text) in PAGES.items():
            load(store, run_id, [raw(name, text, f"https://{host}/{name}")], name, language=language)
        complete(store, run_id)
        assert store.check() == []
        path = store.publish()
    with Warehouse.open(path, embedder=HashingEmbedder) as warehouse:
        yield warehouse


def uris(warehouse: Warehouse, query: str, k: int = 10, **filters: object) -> list[str]:
    return [hit.uri for hit in warehouse.search(query, k, **filters)]  # type: ignore[arg-type]


def test_a_name_finds_its_passages_in_every_language(searched: Warehouse) -> None:
    hits = searched.search("What does S/4HANA cost?")

    assert {hit.uri for hit in hits[:2]} == {"a", "c"}
    assert all("4hana" in hit.words and (hit.word_score or 0) > 0 for hit in hits[:2])


def test_forms_of_a_word_and_words_without_their_accents_match(searched: Warehouse) -> None:
    assert {"b", "f"} == {hit.uri for hit in searched.search("vendor pricing") if "vendor" in hit.words}
    assert searched.search("citta universita perche")[0].words == ("citta", "perche", "universita")
    assert "备份" in searched.search("如何做备份")[0].words


def test_a_quotation_comes_first_whatever_its_case_and_spaces(searched: Warehouse) -> None:
    assert uris(searched, "costa  MOLTO tempo. ", 1) == ["c"]  # three words: by words alone
    assert uris(searched, "like LONG   letters. A price", 1) == ["f"]
    assert uris(searched, 'who says "price in writing"?', 1) == ["b"]


def test_a_hit_says_why_and_where_it_is(searched: Warehouse) -> None:
    hit = searched.search("clean data", 1)[0]

    text = searched.sql("select text from pages where uri = 'a'").rows()[0][0]
    assert str(text)[hit.span_start : hit.span_end] == hit.text
    assert (hit.first_line, hit.last_line) == (1, 1)
    assert hit.words == ("clean", "data")
    assert hit.score == pytest.approx((hit.similarity + 0.5 * 1.0) / 1.5, abs=0.2)


def test_every_filter_lets_through_what_it_says_and_k_are_found(searched: Warehouse) -> None:
    assert uris(searched, "x", author="WRITER")
    assert not uris(searched, "x", author="nobody")
    assert set(uris(searched, "x", language="zh")) == {"e"}
    assert set(uris(searched, "price", host="a.example")) == {"a", "f"}
    assert len(uris(searched, "price", 3)) == 3
    assert uris(searched, "x", since=date(2024, 2, 29), until="2024-02-29")
    assert not uris(searched, "x", since="2024-03-01")
    assert not uris(searched, "x", until="2024-02-28")
    assert set(uris(searched, "x", advice_only=True)) == {"a", "b", "c"}
    assert set(uris(searched, "x", least_trust=1.0)) == {"a", "b", "f"}
    assert uris(searched, "x", theme="no such theme") == []


@pytest.mark.parametrize(
    "wrong", [{"since": "soon"}, {"until": "2024-13-01"}, {"least_trust": 2.0}, {"least_trust": -0.1}]
)
def test_filters_that_make_no_sense_are_refused(searched: Warehouse, wrong: dict[str, object]) -> None:
    with pytest.raises(WarehouseError, match="expected"):
        uris(searched, "x", **wrong)


def test_many_questions_are_one_table_of_what_each_finds(searched: Warehouse) -> None:
    queries = ["price in writing", "S/4HANA", "备份"]

    table = searched.search_many(queries, 2).arrow()

    assert table.column_names[:3] == ["query_no", "rank", "passage_id"]
    singly = [hit.passage_id for query in queries for hit in searched.search(query, 2)]
    assert table["passage_id"].to_pylist() == singly
    assert table["rank"].to_pylist() == [1, 2, 1, 2, 1, 2]
    assert len(searched.search_many([], 2)) == 0
    assert searched.similar_many(["a price"], 1).arrow()["uri"].to_pylist()[0] in ("b", "f")


def test_sql_finds_what_python_finds_with_the_same_filters(searched: Warehouse) -> None:
    sql = (
        "select uri from search('price', 5, host := 'a.example', since := '2020-01-01', advice_only := true)"
    )

    assert [row[0] for row in searched.sql(sql).rows()] == uris(
        searched, "price", 5, host="a.example", since="2020-01-01", advice_only=True
    )
    with pytest.raises(WarehouseError, match="k is 0"):
        searched.sql("from search('price', 0)")


def test_words_and_neighbours_need_no_python(searched: Warehouse) -> None:
    with duckdb.connect(str(searched.path), read_only=True) as plain:
        found = plain.execute("select uri, word_score from passages_with('S/4HANA', 5)").fetchall()
        assert {uri for uri, _ in found} == {"a", "c"}
        assert plain.execute("select uri from passages_with('ARCHIVI', 5)").fetchall() == [("c",)]
        passage = plain.execute("select passage_id from passages where text like 'Ask%'").fetchall()[0][0]
        near = plain.execute("select passage_id, similarity from similar_to(?, 3)", [passage]).fetchall()
    assert [row[0] for row in near] == [hit.passage_id for hit in searched.similar(passage, 3)]
    assert near[0][1] == pytest.approx(searched.similar(passage, 1)[0].similarity)


def test_a_word_that_no_passage_holds_weighs_as_the_index_weighs_words(searched: Warehouse) -> None:
    counted = "select language, count(*) from passage_vectors group by language"
    passages = {str(code): int(str(count)) for code, count in searched.sql(counted).rows()}
    weights = searched.sql(
        "select language, passage_count, most from lexemes where language in ('en', 'it')"
    ).rows()

    assert len({row[1] for row in weights}) > 1
    for language, count, most in weights:
        odds = (passages[str(language)] - float(str(count)) + 0.5) / (float(str(count)) + 0.5)
        assert most == pytest.approx(2.2 * math.log(1 + odds))
    assert _most_of_unknown(3) == pytest.approx(2.2 * math.log(1 + 3.5 / 0.5))


def test_hits_spread_over_sources_when_asked(searched: Warehouse) -> None:
    query = "clean data, managers like long letters"

    assert [hit.host for hit in searched.search(query, 2)] == ["a.example", "a.example"]
    assert [hit.host for hit in searched.search(query, 2, diverse=True)] != ["a.example", "a.example"]


def test_spreading_keeps_the_best_first_and_every_place_once() -> None:
    vectors = np.eye(3, dtype=np.float32)[[0, 0, 1, 2]]

    assert spread([0.9, 0.89, 0.5, 0.1], vectors, ["a", "a", "b", "c"], 4) == [0, 2, 1, 3]
    assert spread([], np.zeros((0, 3), np.float32), [], 4) == []


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(hnp.arrays(np.float32, st.tuples(st.integers(1, 4), st.sampled_from([7, 64, 384, 500]))))
def test_signs_tell_which_components_are_above_nothing(vectors: np.ndarray) -> None:
    words = signs(vectors)

    assert words.shape == (len(vectors), 6)
    width = min(vectors.shape[1], 384)
    for row, vector in zip(words, vectors, strict=True):
        bits = [int(row[place // 64]) >> (place % 64) & 1 for place in range(384)]
        assert bits[:width] == [int(value > 0) for value in vector[:width]]
        assert not any(bits[width:])


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=60), st.text(max_size=10), st.text(max_size=10))
def test_any_string_is_data_through_every_door(
    searched: Warehouse, query: str, host: str, author: str
) -> None:
    sql = "select count(*) from search($q, 3, host := $h, author := $a)"
    if query.strip():
        assert len(searched.search(query, 3)) == 3
        searched.search(query, 3, host=host, author=author, theme=author)
        searched.sql(sql, {"q": query, "h": host, "a": author})
    searched.sql("from passages_with($q, 3)", {"q": query})


def test_a_memory_that_nobody_understands_is_refused_and_a_small_one_holds(searched: Warehouse) -> None:
    for limit in ("much", "\ud800"):
        with pytest.raises(SettingsError, match="memory_limit"):
            Warehouse.open(searched.path, Settings(memory_limit=limit))
    with (
        Warehouse.open(searched.path, Settings(memory_limit="20MB")) as small,
        pytest.raises(WarehouseError, match=r"(?i)memory"),
    ):
        small.sql("select list(range) from range(20_000_000)")


def test_arrow_hits_have_their_types_even_when_there_are_none(searched: Warehouse) -> None:
    table = searched.search_many(["x"], 3, host="nowhere").arrow()

    assert table.num_rows == 0
    assert table.schema.field("published_on").type == pa.date32()
    assert table.schema.field("words").type == pa.list_(pa.string())


def test_what_search_reads_does_not_depend_on_the_order_of_loading(tmp_path: Path) -> None:
    found = []
    for number, names in enumerate((list(PAGES), list(PAGES)[::-1])):
        with Store.open(tmp_path / f"{number}.duckdb") as store:
            run_id = begin(store)
            for name in names:
                host, language, text = PAGES[name]
                load(store, run_id, [raw(name, text, f"https://{host}/{name}")], name, language=language)
            complete(store, run_id)
            tables = ("passage_vectors", "lexemes", "word_forms", "postings")
            found.append(
                [store._connection.execute(f"from {table} order by all").fetchall() for table in tables]
            )
    assert found[0] == found[1]
