"""Lines that many pages of one host share."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.boilerplate import judge
from corpus.extract.text import line_blocks
from corpus.models import Kind

PROSE = [
    "Three years ago our company stopped asking departments what they wanted from IT and began to watch them work.",
    "A week in the warehouse taught us more than two years of steering committees, and it cost a pair of boots.",
    "You should write down the decision, the price and the date, and then read it aloud to somebody who has to pay.",
]
NOTICE = "Harbour Letters is written by nine people who would rather be sailing, and says what the boats cost to keep."


def kinds_of(lines: list[str], repeated: frozenset[str]) -> dict[str, tuple[Kind, str]]:
    return {
        b.text: (b.kind, b.rule) for b in judge(line_blocks("\n\n".join(lines)), "text", repeated) if b.text
    }


def test_a_long_repeated_line_goes_wherever_it_stands() -> None:
    page = ["A title of some words", PROSE[0], NOTICE, *PROSE[1:]]
    assert kinds_of(page, frozenset())[NOTICE][0] is Kind.ARTICLE
    assert kinds_of(page, frozenset([NOTICE]))[NOTICE] == (Kind.OTHER, "repetition:host")


def test_a_short_repeated_line_goes_only_above_and_below_the_article() -> None:
    inside = ["A title of some words", PROSE[0], "Next steps", *PROSE[1:]]
    below = ["A title of some words", *PROSE, "The harbour office"]
    above = ["The harbour office", "A title of some words", *PROSE]
    repeated = frozenset(["Next steps", "The harbour office"])
    assert kinds_of(inside, repeated)["Next steps"][0] is Kind.ARTICLE
    assert kinds_of(below, repeated)["The harbour office"] == (Kind.FOOTER, "repetition:host")
    assert kinds_of(above, repeated)["The harbour office"] == (Kind.NAVIGATION, "repetition:host")


def test_a_phrase_names_the_kind_of_a_repeated_line() -> None:
    notice = "We would like to tell you that all rights reserved means what it says, on every page of ours, for ever."
    found = kinds_of(["A title of some words", *PROSE, notice], frozenset([notice]))
    assert found[notice][0] is Kind.LEGAL


def test_a_page_of_repeated_paragraphs_only_keeps_them() -> None:
    found = kinds_of(["A title of some words", *PROSE], frozenset(PROSE))
    assert {found[line][0] for line in PROSE} == {Kind.ARTICLE}


@settings(max_examples=40, deadline=None)  # a busy machine is no failure
@given(st.sets(st.sampled_from([*PROSE, NOTICE, "Home", "Next steps"])))
def test_some_prose_is_left_whatever_repeats(repeated: set[str]) -> None:
    page = ["Home", "A title of some words", *PROSE, "Next steps", NOTICE]
    found = kinds_of(page, frozenset(repeated))
    assert any(found[line][0] is Kind.ARTICLE for line in [*PROSE, NOTICE])
