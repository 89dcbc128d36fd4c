"""The words of a sentence as numbers: the same ones for the same words, others for another language."""

from __future__ import annotations

import numpy as np

from corpus.advice.ngrams import SIZE, ngrams


def test_rows_have_length_one_and_do_not_hang_on_their_neighbours() -> None:
    texts, languages = ["Patch every server.", "先备份，再升级。", ""], ["en", "zh", "en"]
    rows = ngrams(texts, languages)
    assert rows.shape == (3, SIZE)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    assert np.allclose(lengths, [1, 1, 1])
    assert (ngrams(texts[1:2], languages[1:2]) != rows[1]).nnz == 0


def test_shared_words_make_rows_alike_within_a_language_only() -> None:
    rows = ngrams(["Test the backup", "Test the restore", "Test the backup"], ["en", "en", "de"]).toarray()
    assert rows[0] @ rows[1] > 0.2
    assert rows[0] @ rows[2] < 0.1
