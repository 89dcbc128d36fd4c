from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.translate.apertium_stream import END, decode, encode, unmark
from corpus.translate.checks.numbers import changed_numbers
from corpus.translate.routes import language_code, routes_to_english
from corpus.translate.texts import Source, edges, holds, prepare, split_long

texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t[]{}\\^$/<>*@#"), max_size=80
)


@given(texts)
def test_a_stream_that_no_tool_touched_is_the_text_again(text: str) -> None:
    assert encode(Source(text)).endswith(END)
    assert decode(encode(Source(text))) == text


@given(texts)
def test_signs_of_the_author_are_not_taken_for_marks_of_the_engine(text: str) -> None:
    stream, marked = unmark(encode(Source(text)))
    assert decode(stream) == text
    assert not marked


def test_marks_are_counted_by_word_and_removed() -> None:
    stream, marked = unmark("El *CIO debe [\\*]#hablar con @mario\\/*CIO.[]")
    assert decode(stream) == "El CIO debe *hablar con mario/CIO"
    assert marked == {"cio": 2, "hablar": 1, "mario": 1}


def test_what_the_generator_of_an_early_step_does_not_know_is_no_unknown_word() -> None:
    stream = "La #primero *reazione @va.[]"
    assert unmark(stream, is_last=False) == ("La primero reazione va.[]", {"reazione": 1, "va": 1})
    assert unmark(stream)[1] == {"primero": 1, "reazione": 1, "va": 1}


def test_control_characters_cannot_end_a_sentence_early() -> None:
    assert "\0" not in encode(Source("uno\0due"))


@given(texts, st.integers(1, 20))
def test_pieces_of_a_long_text_join_to_the_text_and_keep_the_limit(text: str, limit: int) -> None:
    pieces = split_long(text, len, limit)
    assert "".join(pieces) == text
    assert all(len(piece) <= limit for piece in pieces)


def test_a_long_text_is_cut_behind_a_clause_rather_than_in_a_word() -> None:
    assert split_long("prima il problema, poi la piattaforma", len, 25) == [
        "prima il problema, ",
        "poi la piattaforma",
    ]


@given(texts)
def test_edges_and_core_are_the_whole_text(text: str) -> None:
    assert "".join(edges(text)) == text


def test_addresses_code_and_names_with_signs_are_kept() -> None:
    text = "Vai su https://example.com/a_b?c=1. Scrivi a m.r@azienda.it, usa `x = 1`, "
    text += "C#, C++ e node.js @mario #cloud a_b_c PowerPoint iPhone"
    expected = [
        "https://example.com/a_b?c=1",
        "m.r@azienda.it",
        "`x = 1`",
        "C#",
        "C++",
        "node.js",
        "@mario",
        "#cloud",
    ]
    assert prepare(text).tokens == [*expected, "a_b_c", "PowerPoint", "iPhone"]


@pytest.mark.parametrize(
    "text", ["- Vendere", "• Vendere", "3. Vendere", "b) Vendere", "(b) Vendere", "ii. Vendere"]
)
def test_the_marker_of_a_list_is_kept(text: str) -> None:
    assert prepare(text).tokens == [text.split()[0]]


@given(texts)
def test_the_pieces_of_a_prepared_text_are_the_text(text: str) -> None:
    source = prepare(text)
    assert "".join(piece for _, piece in source.pieces()) == source.text == text
    assert source.lost(text) == [] or any(not holds(text, token) for token in source.tokens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12 – 34", False), ("https://example.com", False), ("reparto", True), ("云", True)],
)
def test_a_text_of_signs_and_addresses_has_nothing_to_translate(text: str, expected: bool) -> None:
    assert prepare(text).has_words is expected


def test_a_token_is_held_as_a_word_of_its_own() -> None:
    assert holds("the IT department", "IT")
    assert not holds("the ITALIAN department", "IT")
    assert holds("see C#, then", "C#")


PLAIN = "Il responsabile compra un server. "


@pytest.mark.parametrize(
    "piece", ["a", "a-", "a_", "1", "1.", "a@", "@", "x.y-", ".", "https://", "`", "A.", "_", "1 "]
)
def test_no_text_takes_the_patterns_much_longer_than_plain_words(piece: str) -> None:
    def seconds(repeated: str) -> float:
        text = (repeated * 30_000)[:30_000]
        begun = time.process_time()
        prepare(text)
        changed_numbers(text, text)
        return time.process_time() - begun

    plain = max(seconds(PLAIN) for _ in range(3))
    assert seconds(piece) < 100 * plain


def test_the_shortest_chain_wins_and_spanish_is_the_better_pivot() -> None:
    pairs = [("it", "ca"), ("ca", "en"), ("it", "es"), ("es", "ca"), ("es", "en"), ("fr", "it"), ("de", "nl")]
    assert routes_to_english(pairs) == {
        "es": ("es", "en"),
        "ca": ("ca", "en"),
        "it": ("it", "es", "en"),
        "fr": ("fr", "it", "es", "en"),
    }


def test_languages_have_one_name_whichever_norm_a_pair_follows() -> None:
    assert [language_code(code) for code in ("ita", "it", "zho", "xyz")] == ["it", "it", "zh", "xyz"]
