"""The signs of vectors: what search compares first, because they are thirty times smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS, BITS = 6, 64


def signs(vectors: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return for vectors, shape (n, dimension), their signs as six words of 64 bits, shape (n, 6).

    Bit i of word w tells whether component 64 w + i is above 0: vectors that share many signs point the same way
    (Charikar 2002). Of a model with more than 384 dimensions the first 384 count.
    """
    above = np.zeros((len(vectors), WORDS * BITS), dtype=bool)
    width = min(vectors.shape[1], above.shape[1])
    above[:, :width] = vectors[:, :width] > 0
    return np.packbits(above, axis=1, bitorder="little").view("<u8")
