"""Texts longer than a model reads: embedded in parts and averaged, so that nothing of them is cut off silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

_SLACK = 8
"""Tokens that a part may gain because it is tokenized without its neighbours."""


def embed_in_parts(
    texts: Sequence[str],
    parts: Callable[[str], list[str]],
    embed: Callable[[list[str]], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Return (texts, dimension): the vector of a text, or of one in parts their mean, at the length of the first.

    `parts` cuts a text into as many pieces of equal length as it needs; `embed` is called once, with all pieces.
    """
    pieces = [parts(text) for text in texts]
    vectors = embed([piece for of_text in pieces for piece in of_text])
    if len(vectors) == len(texts):
        return vectors
    ends = np.cumsum([len(of_text) for of_text in pieces])
    means = [_mean(vectors[end - len(p) : end]) for end, p in zip(ends, pieces, strict=True)]
    return np.asarray(np.stack(means), np.float32)


def _mean(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    if len(vectors) == 1:
        return np.asarray(vectors[0], np.float32)
    mean = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean * (float(np.linalg.norm(vectors[0])) / length if length else 1.0), np.float32)


def cut(text: str, tokenizer: Tokenizer, most: int) -> list[str]:
    """Cut `text` between tokens into the fewest pieces of about equal length that `most` tokens hold.

    `most` counts what the prompt and the marks leave of the model's limit.
    """
    room = max(1, most - _SLACK)
    if len(text) <= room:  # a token is a character at least
        return [text]
    ends = [end for _, end in tokenizer.encode(text, add_special_tokens=False).offsets]
    count = -(-len(ends) // room)
    if count <= 1:
        return [text]
    cuts = [ends[len(ends) * part // count - 1] for part in range(1, count)]
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
