from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates import Duplicate, jaccard, near_duplicates, shingle

ARTICLE = (
    "The chief of a hospital's computers told her board that the new record system would cost twice what was "
    "planned. She had counted the licences, the training and the nights, and nobody had asked her about the "
    "nights before. The board sat silent for a minute and then the treasurer laughed, because he had guessed it."
)
CHINESE = (
    "医院的信息主管告诉董事会，新的病历系统要花两倍的钱。她算过许可、培训和夜班，以前没有人问过她夜班的事。"
)


def test_a_copy_with_small_edits_is_found_and_points_to_the_older_page() -> None:
    copy = ARTICLE.replace("computers", "machines").replace("sat silent", "was silent")
    [found] = near_duplicates([("doc_b", copy, "2024-05-01"), ("doc_a", ARTICLE, "2023-01-01")])
    assert (found.document_id, found.canonical_id) == ("doc_b", "doc_a")
    assert 0.5 < found.similarity < 1


def test_a_copy_with_every_sixth_word_changed_is_still_a_copy() -> None:
    words = ARTICLE.split()
    copy = " ".join("perhaps" if place % 6 == 3 else word for place, word in enumerate(words))
    [found] = near_duplicates([("a", ARTICLE, "1"), ("b", copy, "2")])
    assert (found.document_id, found.canonical_id) == ("b", "a")


def test_a_reprint_with_other_case_width_and_punctuation_is_the_same_text() -> None:
    reprint = ARTICLE.upper().replace(",", " –").replace("'", "’")
    assert near_duplicates([("a", ARTICLE, "1"), ("b", reprint, "2")]) == [Duplicate("b", "a", 1.0)]


def test_different_articles_are_nobodys_copies() -> None:
    other = "Bees need flowers from spring to autumn, and a garden that is never mown feeds more of them than a lawn."
    assert near_duplicates([("a", ARTICLE, "1"), ("b", other, "2"), ("c", CHINESE, "3")]) == []


def test_chinese_is_compared_by_characters() -> None:
    [found] = near_duplicates([("a", CHINESE, "1"), ("b", CHINESE.replace("两倍", "三倍"), "2")])
    assert found.canonical_id == "a"
    assert found.similarity > 0.7


def test_copies_of_copies_belong_to_the_first() -> None:
    words = ARTICLE.split()
    second = " ".join(words[8:])
    third = " ".join(words[16:])
    found = near_duplicates([("c", third, "3"), ("b", second, "2"), ("a", ARTICLE, "1")])
    assert [(d.document_id, d.canonical_id) for d in found] == [("b", "a"), ("c", "a")]


def test_texts_without_a_word_are_nobodys_copies_and_short_ones_only_of_their_equals() -> None:
    found = near_duplicates(
        [("a", "", "1"), ("b", "…", "2"), ("c", "Hello!", "3"), ("d", "hello", "4"), ("e", "no", "5")]
    )
    assert found == [Duplicate("d", "c", 1.0)]


@given(
    st.lists(
        st.sampled_from([ARTICLE, CHINESE, "Hello", "", ARTICLE[40:], "eine ganz andere Seite"]), max_size=8
    )
)
def test_order_does_not_matter_and_a_canonical_document_is_never_a_copy(texts: list[str]) -> None:
    documents = [(f"doc_{n}", text, f"{n:02}") for n, text in enumerate(texts)]
    found = near_duplicates(documents)
    assert found == near_duplicates(documents[::-1])
    assert not {d.canonical_id for d in found} & {d.document_id for d in found}


@given(st.text(), st.text())
def test_jaccard_is_symmetric_and_one_for_equals(one: str, other: str) -> None:
    a, b = shingle(one), shingle(other)
    assert jaccard(a, b) == jaccard(b, a)
    assert 0 <= jaccard(a, b) <= 1
    assert not a or jaccard(a, a) == 1
