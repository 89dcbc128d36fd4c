"""Which advice of a theme contradicts other advice in it: one source says do, another don't, or do the opposite.

An embedding hardly hears a "not", so a do and a don't about the same thing lie closer together than either lies to the
rest of its theme; words that both share make it surer. Two sources that tell people to do different things ("rent it",
"keep it at home") are found where they stand on two sides of a choice that is known (`corpus.themes.opposites`); a do
and a don't on two sides of one agree. Only pairs of different sources count, and only the likeliest: precise rather
than many. What it cannot tell is a do and a don't that agree in other ways ("speak plainly", "no jargon").
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from corpus.theme_models import Dissent
from corpus.themes.opposites import sides
from corpus.themes.words import beginnings, own_terms, terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus.theme_models import Theme
    from corpus.themes import AdvicePoint

    Vectors = NDArray[np.float32]

LEAST = 0.5
SHARED = 0.3
OPPOSED = 0.3
MUTUAL = 0.25
NEAREST = 10
MIDDLE, STEEPNESS = 0.35, 10.0  # on pages with planted contradictions (bench/dissent.py)
MOST = 20
CENTRAL = 5_000
ROWS_AT_ONCE = 1024


def find_dissent(
    themes: Sequence[Theme],
    points: Sequence[AdvicePoint],
    vectors: Vectors,
    polarities: Sequence[str],
    sources: Sequence[str],
) -> list[Dissent]:
    """Return the contradictions within themes, at most 20 of each, the surest first.

    `vectors` (points, dimension) are language-centred unit vectors of the sentences alone, `polarities` are do or
    dont, `sources` the hosts; copies are not among the points. Each piece of advice is in one pair at most; of very
    large themes the 5,000 most central pieces are looked at. Of two that tell to do different things, the first by
    its id stands first.
    """
    row_of = {point.advice_id: row for row, point in enumerate(points)}
    found = []
    for theme in themes:
        rows = np.sort([row_of[name] for name, _ in theme.members[:CENTRAL]])
        told = [points[row] for row in rows]
        names = np.unique(np.asarray(sources, dtype=str)[rows], return_inverse=True)[1]
        donts = np.array([polarities[row] == "dont" for row in rows])
        found += [
            Dissent(theme.theme_id, told[one].advice_id, told[other].advice_id, score)
            for score, one, other in _pairs(told, vectors[rows], donts, names)
        ]
    return found


def _pairs(
    points: Sequence[AdvicePoint], vectors: Vectors, donts: NDArray[np.bool_], names: NDArray[np.intp]
) -> list[tuple[float, int, int]]:
    """Return (score, one, other) of the surest pairs of different sources, no row twice; the do stands first."""
    stands = sides([p.sentence for p in points], [p.language for p in points]).astype(np.float32)
    commonness, best = _surroundings(vectors, names)
    scored = []
    for start in range(0, len(points), ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        nearness = 2 * vectors[block] @ vectors.T - commonness[block, None] - commonness[None, :]
        opposed = stands[block] @ stands.T < 0
        contrary = donts[block, None] != donts[None, :]
        mutual = (best[block, None] == np.arange(len(points))) & (best == np.arange(len(points))[block, None])
        nearness += OPPOSED * opposed
        likely = (nearness + MUTUAL * mutual + SHARED >= MIDDLE) & (contrary != opposed)
        likely &= names[block, None] != names[None, :]
        for row, other in np.argwhere(likely):
            one = start + int(row)
            if one < other:
                pair = (int(other), one) if donts[one] and not donts[other] else (one, int(other))
                scored.append(
                    (
                        _score(
                            float(nearness[row, other]), bool(mutual[row, other]), points[one], points[other]
                        ),
                        *pair,
                    )
                )
    scored.sort(key=lambda pair: (-pair[0], points[pair[1]].advice_id, points[pair[2]].advice_id))
    taken: set[int] = set()
    pairs: list[tuple[float, int, int]] = []
    for score, one, other in scored:
        if score >= LEAST and not {one, other} & taken and len(pairs) < MOST:
            taken |= {one, other}
            pairs.append((score, one, other))
    return pairs


def _surroundings(vectors: Vectors, names: NDArray[np.intp]) -> tuple[Vectors, NDArray[np.intp]]:
    """Return how near each row lies to the ten rows of other sources nearest to it, on average, and the nearest one.

    What is near everything is near nothing: the correction of Conneau et al. 2018 (arXiv:1710.04087), CSLS. A row
    beside which there is no other source is its own nearest.
    """
    means, best = [], []
    width = min(NEAREST, len(vectors))
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        cosines = vectors[block] @ vectors.T
        cosines[names[block, None] == names[None, :]] = -1
        nearest = -np.partition(-cosines, width - 1, axis=1)[:, :width]
        means.append(
            np.where(nearest > -1, nearest, 0).sum(axis=1) / np.maximum((nearest > -1).sum(axis=1), 1)
        )
        own = np.arange(start, start + len(cosines))
        best.append(np.where(nearest.max(axis=1) > -1, cosines.argmax(axis=1), own))
    return np.concatenate(means).astype(np.float32), np.concatenate(best)


def _score(nearness: float, mutual: bool, one: AdvicePoint, other: AdvicePoint) -> float:
    """Return a score in 0..1 from how near two sentences lie and which share of their words both have.

    Two that share words, and lie nearer to each other than to all other sources (`mutual`), speak of one thing.
    """
    shared = _overlap(one, other)
    height = nearness + SHARED * shared + MUTUAL * (mutual and shared > 0) - MIDDLE
    return round(1 / (1 + math.exp(-STEEPNESS * height)), 4)


def _overlap(one: AdvicePoint, other: AdvicePoint) -> float:
    """Return the share of the shorter sentence's words that both have.

    In English, or in the language of both; else words count as the same where they begin alike ("ticket", "tickets").
    """
    if one.english and other.english:
        left, right = set(terms(one.english)), set(terms(other.english))
    elif one.language == other.language:
        left, right = (
            set(own_terms(one.sentence, one.language)),
            set(own_terms(other.sentence, other.language)),
        )
    else:
        left, right = beginnings(one.sentence), beginnings(other.sentence)
    return len(left & right) / max(1, min(len(left), len(right)))
