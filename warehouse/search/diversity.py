"""Hits that do not repeat one another: maximal marginal relevance (Carbonell and Goldstein 1998)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RELEVANCE = 0.6
_SAME_SOURCE = 0.9


def spread(
    scores: Sequence[float], vectors: NDArray[np.float32], sources: Sequence[str], k: int
) -> list[int]:
    """Return the places of `k` hits, best first: each as relevant, and as unlike those before it, as can be.

    `scores` are positive, `vectors` of length 1, shape (n, dimension). Two hits of a source count as nearly the same.
    """
    relevance = np.asarray(scores, float) / max(max(scores, default=0.0), 1e-9)
    likeness = np.clip(vectors @ vectors.T, 0, 1)
    names = np.asarray(sources, dtype=object)
    likeness = np.maximum(likeness, _SAME_SOURCE * (names[:, None] == names[None, :]))
    chosen: list[int] = []
    repeated = np.zeros(len(relevance))
    open_places = np.ones(len(relevance), dtype=bool)
    while open_places.any() and len(chosen) < k:
        gain = np.where(open_places, RELEVANCE * relevance - (1 - RELEVANCE) * repeated, -np.inf)
        best = int(gain.argmax())
        chosen.append(best)
        open_places[best] = False
        repeated = np.maximum(repeated, likeness[best])
    return chosen
