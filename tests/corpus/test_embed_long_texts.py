from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from corpus.embed.long_texts import cut, embed_in_parts

WORDS = Tokenizer(models.WordLevel({"a": 0, "?": 1}, unk_token="?"))  # noqa: S106 - no password
WORDS.pre_tokenizer = pre_tokenizers.WhitespaceSplit()  # type: ignore[assignment]


@given(st.lists(st.sampled_from(["a", "bb", "\n", "  "]), max_size=120), st.integers(9, 40))
def test_the_parts_of_a_text_are_the_text_and_none_is_too_long(words: list[str], most: int) -> None:
    text = " ".join(words)

    parts = cut(text, WORDS, most)

    assert "".join(parts) == text
    assert all(len(part.split()) <= most for part in parts)
    assert len(parts) == max(1, -(-len(text.split()) // (most - 8))) or len(text) <= most - 8


def test_parts_are_averaged_at_the_length_of_a_whole_vector() -> None:
    vectors = {"x": [3.0, 0.0], "y": [0.0, 3.0], "z": [-3.0, 0.0]}

    found = embed_in_parts(
        ["xy", "z"], list, lambda pieces: np.array([vectors[p] for p in pieces], np.float32)
    )

    np.testing.assert_allclose(found, [[3 / 2**0.5, 3 / 2**0.5], [-3, 0]], rtol=1e-6)
