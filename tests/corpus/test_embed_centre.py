from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corpus.embed.centre import centre, language_means
from corpus.embed.prior import PriorVectors

EN, IT = np.array([1, 0, 0, 0], np.float32), np.array([0, 1, 0, 0], np.float32)
PRIOR = PriorVectors({"en": EN, "it": IT}, {"en": EN * 0.5, "it": IT * 0.5})
SUBJECTS = np.random.default_rng(0).normal(0, 0.3, (40, 4)).astype(np.float32)


def test_a_text_and_its_translation_lie_together_once_centred() -> None:
    vectors = np.concatenate([SUBJECTS + EN, SUBJECTS + IT])
    languages = ["en"] * 40 + ["it"] * 40
    centred = centre(vectors, languages, language_means(vectors, languages, PRIOR), "passage")
    nearest = (centred[:40] @ centred[40:].T).argmax(axis=1)
    assert (nearest == np.arange(40)).all()


def test_a_language_with_one_passage_keeps_what_the_passage_says() -> None:
    vectors = np.concatenate([SUBJECTS + EN, SUBJECTS[:1] + IT])
    languages = ["en"] * 40 + ["it"]
    centred = centre(vectors, languages, language_means(vectors, languages, PRIOR), "passage")
    assert centred[40] @ centred[0] > 0.9


def test_many_passages_outweigh_the_prior() -> None:
    vectors = np.tile(np.array([[0, 0, 3, 0]], np.float32), (5000, 1))
    means = language_means(vectors, ["en"] * 5000, PRIOR)
    weight, mean = means["passage", "en"]
    assert weight == 5000
    assert np.allclose(mean, [0, 0, 3, 0], atol=0.02)


def test_every_language_has_a_mean_for_both_roles_and_others_take_the_unknown_one() -> None:
    means = language_means(SUBJECTS[:2], ["en", "sw"], PRIOR)
    assert set(means) == {(r, c) for r in ("passage", "query") for c in ("en", "it", "sw", "und")}
    other, unknown = (centre(SUBJECTS[:1], [code], means, "query") for code in ("fi", "und"))
    assert np.array_equal(other, unknown)


def test_an_empty_corpus_leaves_the_prior() -> None:
    means = language_means(np.zeros((0, 4), np.float32), [], PRIOR)
    assert np.allclose(means["passage", "it"][1], IT)
    assert centre(np.zeros((0, 4), np.float32), [], means, "passage").shape == (0, 4)


def test_a_vector_that_is_its_own_mean_stays_as_it_came() -> None:
    means = language_means(np.zeros((0, 4), np.float32), [], PRIOR)
    assert np.allclose(centre(EN[None], ["en"], means, "passage"), EN)


@settings(max_examples=50)
@given(
    arrays(np.float32, st.tuples(st.integers(0, 6), st.just(4)), elements=st.floats(-2, 2, width=32)),
    st.data(),
)
def test_centred_vectors_are_numbers_of_length_one_or_zero(vectors: np.ndarray, data: st.DataObject) -> None:
    codes = st.lists(st.sampled_from(["en", "it", "zh", "und"]), min_size=len(vectors), max_size=len(vectors))
    languages = data.draw(codes)
    centred = centre(vectors, languages, language_means(vectors, languages, PRIOR), "passage")
    lengths = np.linalg.norm(centred, axis=1)
    assert np.isfinite(centred).all()
    assert np.logical_or(np.isclose(lengths, 1, atol=1e-4), lengths == 0).all()
