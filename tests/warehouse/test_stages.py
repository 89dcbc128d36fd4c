from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from warehouse_pages import HashingEmbedder, begin, complete, embed, group, index, judge, load, raw, translate

from corpus.errors import WarehouseError
from corpus.identity import text_hash
from corpus.models import Advice, Translation
from corpus.theme_models import Dissent, SubTheme, Theme, ThemeEvent

if TYPE_CHECKING:
    from warehouse.store import Store

ITALIAN = "Il CIO deve vendere. Il tempo passa.\n"


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    return store._connection.execute(sql).fetchall()


def test_languages_counts_distinct_sentences_that_are_not_english(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("a", "English it is.\n")], "0")
    load(store, run_id, [raw("b", ITALIAN), raw("c", ITALIAN + "| x\nIl tempo passa.\n")], "1", language="it")

    assert store.languages() == {"it": 2}


def test_without_an_engine_the_text_stays_and_says_why_and_is_asked_for_once(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("b", ITALIAN)], language="it")

    assert translate(store, run_id, {}) == 2
    assert store.sentences_to_translate({}) == []

    assert rows(store, "select text_en, translation_status, untranslated_reason from passages") == [
        (None, "untranslated", "no engine translates it")
    ]
    assert rows(store, "select source, untranslated_reason from untranslated") == [
        ("b", "no engine translates it")
    ]


def test_an_engine_that_comes_later_translates_exactly_what_was_missing(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("b", ITALIAN)], "0", language="it")
    load(store, run_id, [raw("d", "Der CIO muss verkaufen.\n")], "1", language="de")
    translate(store, run_id, {})

    assert [language for _, language in store.sentences_to_translate({"it": "words-1"})] == ["it", "it"]
    translate(store, begin(store), {"it": "words-1"})

    assert rows(
        store, "select text_en, translation_status, untranslated_reason from passages order by text"
    ) == [
        (None, "untranslated", "no engine translates de"),
        ("the CIO must sell. the tempo passa.", "translated", None),
    ]
    assert store.sentences_to_translate({"it": "words-1"}) == []


def test_another_engine_translates_again_and_a_lost_engine_takes_nothing_away(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("b", ITALIAN)], language="it")
    translate(store, run_id, {"it": "words-1"})

    assert store.sentences_to_translate({}) == []
    assert len(store.sentences_to_translate({"it": "words-2"})) == 2


def test_the_english_of_a_better_engine_stays_while_that_engine_is_away(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("b", ITALIAN)], language="it")
    translate(store, run_id, {"it": "argos 1 it-en"})

    def again(engine: str, *preferred: str) -> int:
        return len(store.sentences_to_translate({"it": engine}, preferred))

    assert again("apertium 3 ita-eng", "argos", "apertium") == 0
    assert again("argos 2 it-en", "argos", "apertium") == 2
    assert again("apertium 3 ita-eng", "apertium", "argos") == 2
    assert again("apertium 3 ita-eng", "apertium") == 2
    assert again("argos 1 it-en", "./folder", "argos") == 0
    assert again("argos 2 it-en", "./folder") == 2


def test_an_engine_that_fails_takes_no_english_away_and_is_asked_again(store: Store) -> None:
    load(store, begin(store), [raw("b", ITALIAN)], language="it")
    translate(store, begin(store), {"it": "argos 1"})
    before = rows(store, "from translations order by text")
    failed = [
        Translation(text, "it", None, "untranslated", "argos 2", "it broke off")
        for text, _ in store.sentences_to_translate({"it": "argos 2"})
    ]
    run_id = begin(store)
    store.load_translations(run_id, "0", failed, 0.1)
    store.refresh_english(run_id)
    assert len(failed) == 2
    assert rows(store, "from translations order by text") == before
    assert rows(store, "select translation_status from passages") == [("translated",)]
    assert len(store.sentences_to_translate({"it": "argos 2"}, ["argos"])) == 2


def test_a_sentence_that_the_better_engine_could_not_translate_goes_to_the_next(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("b", ITALIAN)], language="it")
    texts = [text for text, _ in store.sentences_to_translate({})]
    failed = [Translation(text, "it", None, "untranslated", "argos 1", "no answer") for text in texts]
    store.load_translations(run_id, "0", failed, 0.1)
    assert len(store.sentences_to_translate({"it": "apertium 3"}, ["argos", "apertium"])) == 2
    assert store.sentences_to_translate({"it": "argos 1"}, ["argos", "apertium"]) == []


def test_a_partly_translated_passage_keeps_the_original_of_the_rest(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("b", ITALIAN)], language="it")
    done = Translation("Il CIO deve vendere.", "it", "The CIO must sell.", "translated", "e", flags=("x",))
    missing = Translation("Il tempo passa.", "it", None, "untranslated", "e", "too hard")
    store.load_translations(run_id, "0", [done, missing], 0.0)

    store.refresh_english(run_id)

    assert rows(store, "select text_en, translation_status, untranslated_reason from passages") == [
        ("The CIO must sell. Il tempo passa.", "partly", "too hard")
    ]
    assert rows(store, "select flags from translations where text_en is not null") == [(["x"],)]


def test_a_passage_is_trusted_as_its_worst_sentence_and_doubtful_ones_are_listed(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("b", ITALIAN)], "0", language="it")
    load(store, run_id, [raw("e", "It is English.\n")], "1")
    sure = Translation("Il CIO deve vendere.", "it", "The CIO must sell.", "translated", "e", trust=0.9)
    doubtful = Translation(
        "Il tempo passa.", "it", "Time, not.", "translated", "e", flags=("negation:gained",), trust=0.4
    )
    store.load_translations(run_id, "0", [sure, doubtful], 0.0)

    store.refresh_english(run_id)

    assert rows(store, "select language, trust from passages order by language") == [("en", 1.0), ("it", 0.4)]
    listed = "select trust, flags, text, text_en, uri from doubtful_translations()"
    assert rows(store, listed) == [(0.4, ["negation:gained"], "Il tempo passa.", "Time, not.", "b")]
    assert len(rows(store, "from doubtful_translations(least := 0.95)")) == 2


def test_paragraphs_stay_apart_in_english(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("b", "# Vendere\nIl CIO deve vendere.\n")], language="it")

    translate(store, run_id, {"it": "words-1"})

    assert rows(store, "select text_en from passages") == [("# sell\nthe CIO must sell.",)]


def test_the_later_of_two_translations_of_a_sentence_in_a_batch_stands(store: Store) -> None:
    twice = [Translation("Ciao.", "it", text, "translated", "e") for text in ("Bye.", "Hello.")]

    store.load_translations(begin(store), "0", twice, 0.0)

    assert rows(store, "select text_en from translations") == [("Hello.",)]


def test_advice_gets_its_place_its_passage_and_later_its_english(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("b", ITALIAN)], language="it")

    assert judge(store, run_id) == 2
    assert judge(store, run_id, key="1") == 0
    assert rows(store, "select sentence, sentence_en, polarity, cue, span_start, span_end from advice") == [
        ("Il CIO deve vendere.", None, "do", "deve", 0, 20)
    ]

    translate(store, run_id, {"it": "words-1"})
    assert rows(store, "select sentence_en from advice") == [("the CIO must sell.",)]


def test_another_judge_judges_again_and_takes_back_what_is_no_advice_any_more(full_store: Store) -> None:
    assert rows(full_store, "select count(*) from advice")[0][0] == 4
    sentences = full_store.sentences_to_judge("judge-2")
    kept = next(name for name, text, *_ in sentences if "promise" in text)

    full_store.load_advice(
        begin(full_store),
        "0",
        [s[0] for s in sentences],
        [Advice(kept, 0.7, "never", "dont")],
        "judge-2",
        0.0,
    )

    assert rows(full_store, "select sentence_id, polarity, fingerprint from advice") == [
        (kept, "dont", "judge-2")
    ]
    assert rows(full_store, "select count(*) from theme_members") == [(1,)]
    assert full_store.sentences_to_judge("judge-2") == []


def test_a_text_is_embedded_once_per_model_wherever_it_stands(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("a", "You must sell.\n"), raw("b", "You must sell.\n\nMore.\n")])
    judge(store, run_id)

    titled = rows(
        store, "select title || chr(10) || text from passages inner join documents using (document_id)"
    )
    texts = [*sorted({str(text) for (text,) in titled}), "You must sell."]
    assert store.texts_to_embed("m") == sorted((text_hash(text), text) for text in texts)
    embed(store, run_id, HashingEmbedder())
    assert store.texts_to_embed("hashing-1") == []
    assert len(store.texts_to_embed("hashing-2")) == len(texts)


def test_vectors_come_back_as_they_went_in(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("a", "One.\n"), raw("b", "Two.\n")])
    missing = store.texts_to_embed("m")
    vectors = np.random.default_rng(0).normal(size=(2, 7)).astype(np.float32)

    store.load_embeddings(run_id, "0", "m", [name for name, _ in missing], vectors, 0.0)
    stored = dict(rows(store, "select text_hash, vector from embeddings where model = 'm'"))
    for (name, _), vector in zip(missing, vectors, strict=True):
        np.testing.assert_array_equal(np.asarray(stored[name], np.float32), vector)
    sums = store.language_sums("m")
    assert set(sums) == {"en"}
    assert sums["en"][0] == 2
    np.testing.assert_allclose(sums["en"][1], vectors.sum(axis=0), rtol=1e-5)
    assert store.language_sums("other") == {}


@pytest.mark.parametrize(
    "vectors", [np.zeros((1, 3), np.float32), np.zeros(2, np.float32), np.full((2, 3), np.nan, np.float32)]
)
def test_vectors_of_the_wrong_shape_or_without_a_number_are_refused(
    store: Store, vectors: np.ndarray
) -> None:
    with pytest.raises(WarehouseError, match=r"expected 2 vectors|not a finite number"):
        store.load_embeddings(begin(store), "0", "m", ["x", "y"], vectors, 0.0)


def test_a_changed_model_becomes_the_current_one_and_the_old_vectors_go(full_store: Store) -> None:
    run_id = begin(full_store)
    embed(full_store, run_id, HashingEmbedder("hashing-2"))
    assert rows(full_store, "select model from models where is_current") == [("hashing-1",)]

    index(full_store, run_id, HashingEmbedder("hashing-2"))

    assert rows(full_store, "select model from models where is_current") == [("hashing-2",)]
    assert rows(full_store, "select distinct model from embeddings") == [("hashing-2",)]
    assert full_store.check() == []


def test_advice_of_copies_is_not_in_the_matrix_of_advice(full_store: Store) -> None:
    documents = dict(rows(full_store, "select uri, document_id from documents"))
    everything = full_store.advice_matrix("hashing-1")
    assert len(everything.ids) == 4
    assert everything.vectors.shape == (4, 256)
    assert set(everything.hosts) == {"a.example", "b.example", "it.example"}

    copy = (str(documents["pages/b.txt"]), str(documents["pages/a.txt"]), 0.9)
    full_store.load_duplicates(begin(full_store), [copy])

    assert str(documents["pages/b.txt"]) not in full_store.advice_matrix("hashing-1").document_ids
    assert rows(full_store, "select kind, uri, original_uri, similarity from copies") == [
        ("near", "pages/b.txt", "pages/a.txt", 0.9)
    ]
    full_store.load_duplicates(begin(full_store), [])
    assert rows(full_store, "select count(*) from copies") == [(0,)]


def test_documents_for_duplicates_give_text_date_and_place(full_store: Store) -> None:
    found = {uri: (text, str(day)) for _, text, day, uri in full_store.documents_for_duplicates()}

    assert found["pages/b.txt"] == (
        "Show costs to the business. You must show what a project costs.",
        "2024-02-29",
    )
    assert "Share" not in found["pages/a.txt"][0]


def test_themes_keep_the_run_that_first_found_them(full_store: Store) -> None:
    first = rows(full_store, "select theme_id, run_id, first_run_id from themes order by all")
    run_id = begin(full_store)

    group(full_store, run_id)

    assert rows(full_store, "select theme_id, first_run_id from themes order by all") == [
        (t, f) for t, _, f in first
    ]
    assert {row[0] for row in rows(full_store, "select run_id from themes")} == {run_id}


def test_previous_themes_are_the_members_of_the_last_clustering(full_store: Store) -> None:
    previous = full_store.previous_themes()
    names = [name for members in previous.values() for name in members]

    assert set(previous) == {"thm_projects", "thm_other"}
    full_store.load_themes(
        begin(full_store), [Theme("t", "all", ("k",), tuple((name, 0.5) for name in names))]
    )
    assert full_store.previous_themes() == {"t": frozenset(names)}


def test_the_stages_that_are_done_are_not_done_again(full_store: Store) -> None:
    before = rows(full_store, "select count(*), sum(len(vector)) from embeddings")
    run_id = begin(full_store)

    assert full_store.sentences_to_translate({"it": "words-1"}) == []
    assert full_store.sentences_to_judge("judge-1") == []
    assert full_store.texts_to_embed("hashing-1") == []
    complete(full_store, run_id, {"it": "words-1"})

    assert rows(full_store, "select count(*), sum(len(vector)) from embeddings") == before


def test_themes_come_back_with_parts_and_history_and_events_add_up(full_store: Store) -> None:
    names = sorted(name for members in full_store.previous_themes().values() for name in members)
    part = SubTheme("sub_a", "part", ("p",), tuple(names[:2]))
    theme = Theme("thm_a", "all", ("k",), tuple((name, 0.5) for name in names), (part,), 7)
    for number in range(2):
        event = ThemeEvent("birth", "thm_a", None, len(names), f"reason {number}")
        pair = Dissent("thm_a", names[0], names[1], 0.9)
        full_store.load_themes(begin(full_store), [theme], events=[event], dissent=[pair], pinned={"thm_a"})
    [known] = full_store.known_themes()
    assert (known.theme_id, known.label, known.named_from, known.sub_themes) == ("thm_a", "all", 7, (part,))
    assert rows(full_store, "select reason from theme_history order by reason") == [
        ("reason 0",),
        ("reason 1",),
    ]
    assert rows(full_store, "select is_kept from themes") == [(True,)]
    assert rows(full_store, "select score, do_advice_id, dont_advice_id from dissent") == [(0.9, *names[:2])]
    assert (
        rows(full_store, "select sub_theme from document_advice where sub_theme is not null")
        == [("part",)] * 2
    )
