from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.themes import AdvicePoint, cluster
from corpus.themes.graph import find_communities, in_context, unit
from corpus.themes.lineage import name_themes
from corpus.themes.words import stop_words

SELL = [
    "Sell the project before you build it.",
    "You must sell a project to the board.",
    "Always sell your project.",
]
PATCH = [
    "Patch every server within two days.",
    "Never leave a server without its patch.",
    "Patch servers first.",
]
CENTRES = np.eye(8, dtype=np.float32)


def points(sentences: list[str], first: int = 0, language: str = "en") -> list[AdvicePoint]:
    return [
        AdvicePoint(
            f"adv_{first + n:03}", text, None if language != "en" else text, language, f"doc_{first + n}"
        )
        for n, text in enumerate(sentences)
    ]


def around(centre: int, count: int, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed + centre).normal(0, 0.15, (count, 8)).astype(np.float32)
    return unit(CENTRES[centre] + noise)


def two_themes() -> tuple[list[AdvicePoint], np.ndarray]:
    return points(SELL * 4) + points(PATCH * 4, 100), np.concatenate([around(0, 12), around(1, 12)])


def test_two_subjects_become_two_themes_with_words_of_their_own() -> None:
    themes = cluster(*two_themes(), {})
    assert [len(theme.members) for theme in themes] == [12, 12]
    labels = {theme.label for theme in themes}
    assert any(label.startswith(("sell", "project")) for label in labels)
    assert any("patch" in label and "server" in label for label in labels)
    assert all(theme.label == " · ".join(theme.keywords[:3]) for theme in themes)


def test_members_are_ordered_by_likeness_to_the_centre() -> None:
    for theme in cluster(*two_themes(), {}):
        scores = [score for _, score in theme.members]
        assert scores == sorted(scores, reverse=True)
        assert 0 < scores[0] <= 1


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(source: object) -> None:
    given_points, vectors = two_themes()
    order = list(range(len(given_points)))
    source.shuffle(order)  # type: ignore[attr-defined]  # Hypothesis hands over a random.Random
    assert cluster([given_points[i] for i in order], vectors[order], {}) == cluster(given_points, vectors, {})


def test_the_same_points_give_the_same_themes_every_time() -> None:
    vectors = unit(np.random.default_rng(3).normal(size=(200, 8)).astype(np.float32))
    first = find_communities(vectors)
    assert all(find_communities(vectors) == first for _ in range(5))


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_sentences_make_no_theme(count: int) -> None:
    assert cluster(points(SELL[:count]), around(0, count), {}) == []


def test_two_like_sentences_make_a_theme_and_two_unlike_none() -> None:
    assert len(cluster(points(SELL[:2]), around(0, 2), {})) == 1
    assert cluster(points(SELL[:2]), np.stack([CENTRES[0], -CENTRES[0]]), {}) == []


def test_advice_that_fits_nowhere_stays_out() -> None:
    given_points, vectors = two_themes()
    lonely = AdvicePoint("adv_999", "Feed the cat.", "Feed the cat.", "en", "doc_z")
    away = unit(np.ones((1, 8), np.float32) * -1)
    themes = cluster([*given_points, lonely], np.concatenate([vectors, away]), {})
    assert "adv_999" not in {advice_id for theme in themes for advice_id, _ in theme.members}


def test_zero_vectors_are_in_no_theme() -> None:
    assert cluster(points(SELL), np.zeros((3, 8), np.float32), {}) == []


def test_a_theme_keeps_its_name_when_it_grows_and_a_new_one_gets_a_new_name() -> None:
    given_points, vectors = two_themes()
    before = {t.theme_id: frozenset(a for a, _ in t.members) for t in cluster(given_points, vectors, {})}
    more = points(SELL * 5, 200) + points(["Hire for attitude.", "Hire and train."] * 6, 300)
    grown = cluster(given_points + more, np.concatenate([vectors, around(0, 15, 9), around(2, 12)]), before)
    kept = {t.theme_id for t in grown} & set(before)
    assert kept == set(before)
    assert len(grown) == 3


def test_a_theme_that_splits_gives_its_name_to_the_likelier_half_only() -> None:
    whole = frozenset("abcdefgh")
    names = name_themes([frozenset("abcde"), frozenset("fgh")], {"thm_old": whole})
    assert names[0] == "thm_old"
    assert names[1] not in {"thm_old", ""}


def test_a_new_theme_never_takes_a_name_that_another_bears() -> None:
    group = frozenset("xy")
    [name] = name_themes([group], {})
    other = name_themes([frozenset("abc"), group], {name: frozenset("abc")})
    assert other[0] == name
    assert other[1] != name


def test_context_brings_sentences_of_one_passage_together() -> None:
    sentences = unit(np.random.default_rng(1).normal(size=(4, 8)).astype(np.float32))
    passages = CENTRES[[0, 0, 1, 1]]
    mixed = in_context(sentences, passages, ["a", "a", "b", "b"])
    assert mixed[0] @ mixed[1] > sentences[0] @ sentences[1]
    assert np.allclose(np.linalg.norm(mixed, axis=1), 1, atol=1e-5)


def test_a_theme_without_english_is_called_by_its_own_words() -> None:
    chinese = points(
        ["项目要先推销给董事会。", "先推销项目，再开发。", "推销项目是你的工作。"], language="zh"
    )
    [theme] = cluster(chinese, around(0, 3), {})
    assert "项目" in theme.keywords
    assert "推销" in theme.keywords


def test_translations_name_a_theme_in_english() -> None:
    italian = [
        AdvicePoint(f"adv_{n}", "Vendete il progetto.", text, "it", f"d{n}") for n, text in enumerate(SELL)
    ]
    [theme] = cluster(italian, around(0, 3), {})
    assert "sell" in theme.keywords
    assert "vendete" not in theme.keywords


def test_trade_words_name_no_theme() -> None:
    assert {"cio", "company", "it", "technology"} <= stop_words()
