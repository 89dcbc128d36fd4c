"""The marks of the search benches stand where they say, and a passage answers only on the page that is marked."""

from __future__ import annotations

import dataclasses

from bench.question_set import Question, answers, misplaced, questions

ASKED = Question("it", "fact", "quante?", (("due.html", "Sono dodici, non undici."),))


def test_every_mark_stands_exactly_once_on_its_page() -> None:
    assert misplaced(questions()) == []


def test_a_mark_that_is_not_on_its_page_is_told() -> None:
    question = next(q for q in questions() if q.kind == "quote")
    (file, fragment), *_ = question.right
    moved = dataclasses.replace(question, right=((file, fragment + " No."),))
    assert misplaced([moved]) == [(file, fragment + " No.", 0)]


def test_a_passage_answers_whatever_its_line_breaks() -> None:
    rows = [
        ("a", "mirror/host/due.html", "Contate bene. Sono\n dodici,\u00a0non undici. Sempre."),
        ("b", "due.html", "Sono dodici."),
    ]
    assert answers(ASKED, rows) == {"a"}


def test_the_same_words_on_another_page_are_no_answer() -> None:
    assert answers(ASKED, [("a", "file:///pages/trentadue.html", "Sono dodici, non undici.")]) == set()
