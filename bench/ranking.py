"""How good a ranking is, and how rankings are fused by their ranks alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence

K = 10


def ndcg(ranking: Sequence[Hashable], right: Collection[Hashable]) -> float:
    """Return nDCG@10 with binary relevance (Järvelin and Kekäläinen 2002)."""
    gained = sum(1 / math.log2(place + 2) for place, name in enumerate(ranking[:K]) if name in right)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(K, len(right))))


def reciprocal_rank(ranking: Sequence[Hashable], right: Collection[Hashable]) -> float:
    """Return 1 / rank of the first right one within the first ten, else 0."""
    return next((1 / place for place, name in enumerate(ranking[:K], 1) if name in right), 0.0)


def fused(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Return the reciprocal rank fusion of two rankings (Cormack et al. 2009, k 60)."""
    scores: dict[str, float] = {}
    for ranking in (first, second):
        for rank, name in enumerate(ranking, 1):
            scores[name] = scores.get(name, 0.0) + 1 / (60 + rank)
    return sorted(scores, key=lambda name: (-scores[name], name))


def distinct(names: Sequence[str]) -> list[str]:
    """Return the names once each, where they first stand."""
    return list(dict.fromkeys(names))
