"""Properties of the cue files and of judging: total, pure, bounded in time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.advice import explain, judge, languages
from corpus.advice.cues import cue_set, parse

CODES = ("de", "en", "es", "fr", "it", "pt", "zh")
WORDS = (
    "must",
    "do",
    "not",
    "if",
    ",",
    ":",
    "«",
    "”",
    "devono",
    "non",
    "ne",
    "pas",
    "Sie",
    "要",
    "先",
    "?",
    "1.",
    "se",
    "que",
)
ANY_TEXT = st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map(" ".join))
HOSTILE = (
    *(
        "a",
        "a, ",
        "don't ",
        "if ",
        "1. ",
        '"',
        "à",
        "(-",
        "não ",
        "not ",
        "x ",
        "wenn ",
        "不要",
        "先",
        "zu ",
        "ist ",
    ),
    *("the best ", "is ", ": ", "— ", "“", "no ", "prima di ", "que le ", "und dann ", "se ", "\n", "é "),
)


def test_the_seven_languages_have_cues() -> None:
    assert set(CODES) <= set(languages())


@pytest.mark.parametrize("language", languages())
def test_every_cue_compiles_has_its_own_name_and_matches_something(language: str) -> None:
    cues = cue_set(language)
    assert cues is not None
    names = [cue.name for cue in cues.cues]
    assert len(names) == len(set(names))
    for cue in cues.cues:
        assert cue.pattern.match("") is None, f"{cue.name} matches nothing at all"
        assert cue.weight != 0
        assert cue.name.startswith("against:") == (cue.weight < 0)


@pytest.mark.parametrize("language", languages())
def test_both_polarities_are_cued(language: str) -> None:
    cues = cue_set(language)
    assert cues is not None
    assert {cue.polarity for cue in cues.cues if cue.weight > 0} == {"do", "dont"}


def test_a_cue_in_an_unknown_place_is_refused() -> None:
    with pytest.raises(ValueError, match="at='nowhere'"):
        parse("xx", {"cue": [{"name": "a:b", "weight": 1, "pattern": "x", "at": "nowhere"}]})


def test_a_new_language_is_one_file_of_cues() -> None:
    data = {
        "words": {"verbs": "vendi compra"},
        "cue": [{"name": "i:v", "weight": 5, "pattern": "{verbs}\\b"}],
    }
    cues = parse("xx", data)
    assert cues.cues[0].pattern.match("Vendi subito")
    assert cues.cues[0].pattern.match("venditore") is None


@given(ANY_TEXT, st.sampled_from((*CODES, "und", "")), st.booleans())
def test_any_text_gets_a_verdict_whose_cues_slice_back(text: str, language: str, heading: bool) -> None:
    verdict = explain(text, language, heading)
    assert 0.0 <= verdict.score <= 1.0
    assert (verdict.cue is None) == (verdict.polarity is None)
    for fired in verdict.fired:
        assert 0 <= fired.start <= fired.end <= len(text)
        assert len(text[fired.start : fired.end]) == len(fired.text)
    assert verdict == explain(text, language, heading)


@given(st.lists(st.tuples(ANY_TEXT, st.sampled_from(CODES), st.booleans()), max_size=6), st.floats(0, 1))
def test_a_sentence_is_judged_alike_in_any_batch(
    sentences: list[tuple[str, str, bool]], floor: float
) -> None:
    batch = [(str(n), *sentence) for n, sentence in enumerate(sentences)]
    one_by_one = [advice for sentence in batch for advice in judge([sentence], floor)]
    assert judge(batch, floor) == one_by_one
    assert all(advice.score >= floor for advice in one_by_one)


@pytest.mark.parametrize("language", languages())
def test_hostile_strings_cost_no_more_than_a_blink(language: str) -> None:
    explain("warm up", language)
    started = time.process_time()
    for piece in HOSTILE:
        explain(piece * 100_000, language, heading := len(piece) % 2 == 0)
        explain(piece * 1_000 + "must!", language, not heading)
    assert time.process_time() - started < 0.15 * 2 * len(HOSTILE)
