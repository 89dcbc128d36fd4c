from __future__ import annotations

import pytest

from corpus.themes.words import names, nounness, own_terms, stem, stop_words, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [("sell", "selling"), ("project", "projects"), ("policy", "policies"), ("plan", "planned")],
)
def test_forms_of_a_word_count_as_one(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_pairs_stand_together_with_no_stop_word_or_mark_between() -> None:
    found = terms("Technical debts, backups and passwords; audit committee").values()
    assert "audit committee" in found
    assert {"debts", "backups", "passwords"} <= set(found)
    assert not {"debts backups", "backups passwords", "passwords audit"} & set(found)


def test_acronyms_of_two_letters_are_words_and_other_short_words_are_not() -> None:
    assert "ai" in terms("Write rules for AI.")
    assert "ox" not in terms("Feed the ox.")


def test_numbers_days_and_adverbs_name_nothing() -> None:
    assert not terms("On Monday eleven of them quickly fix it.")


def test_a_noun_is_told_from_a_verb_by_the_word_before() -> None:
    scores = nounness(
        ["Keep the backup in a safe.", "Your backup must migrate.", "You must migrate. Never migrate."]
    )
    assert scores[stem("backup")] > 0.5 > scores[stem("migrate")]


def test_words_with_a_capital_inside_sentences_are_names() -> None:
    found = names(["We asked Larkfield about servers.", "Servers run SAP. Then Larkfield called the server."])
    assert stem("larkfield") in found
    assert not {stem("servers"), "sap"} & found


def test_german_nouns_and_chinese_pairs_without_grammar_are_own_words() -> None:
    assert own_terms("Auch jede Tabelle braucht einen Besitzer.", "de") == ["Tabelle", "Besitzer"]
    assert own_terms("我们的试点", "zh") == ["试点"]


def test_no_word_of_the_stop_list_is_written_twice_over_a_stem_that_the_trade_needs() -> None:
    trade = "backup password budget vendor contract project board cloud data debt code training hiring security pilot"
    assert not set(trade.split()) & stop_words()
    assert not {stem(word) for word in trade.split()} & stop_words()
