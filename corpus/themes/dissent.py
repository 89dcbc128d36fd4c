"""Which advice of a theme contradicts other advice in it: one source says do, another don't, of the same thing.

An embedding hardly hears a "not", so a do and a don't about the same thing lie closer together than either lies to the
rest of its theme; words that both share make it surer. Only pairs of different sources count, and only the likeliest:
precise rather than many. What it cannot tell is a do and a don't that agree ("speak plainly", "no jargon"): about a
third of the pairs. Two sources that tell people to do different things ("rent it", "keep it at home") are not found:
nobody says don't.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from corpus.models import Dissent
from corpus.themes.words import own_terms, terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus.models import Theme
    from corpus.themes import AdvicePoint

    Vectors = NDArray[np.float32]

LEAST = 0.5
SHARED = 0.3
NEAREST = 10
MIDDLE, STEEPNESS = 0.35, 10.0  # on pages with planted contradictions (bench/dissent.py)
MOST = 20
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
    dont, `sources` the hosts; copies are not among the points. Each piece of advice is in one pair at most.
    """
    row_of = {point.advice_id: row for row, point in enumerate(points)}
    found = []
    for theme in themes:
        rows = [row_of[name] for name, _ in theme.members]
        dos = [row for row in rows if polarities[row] == "do"]
        donts = [row for row in rows if polarities[row] == "dont"]
        if dos and donts:
            pairs = _pairs(points, vectors, dos, donts, sources)
            found += [Dissent(theme.theme_id, points[do].advice_id, points[dont].advice_id, score) for score, do, dont in pairs]  # noqa: E501 # fmt: skip
    return found


def _pairs(
    points: Sequence[AdvicePoint], vectors: Vectors, dos: list[int], donts: list[int], sources: Sequence[str]
) -> list[tuple[float, int, int]]:
    """Return (score, do, dont) of the surest pairs of different sources, no row twice."""
    rows = [*dos, *donts]
    names = np.unique(np.asarray(sources, dtype=str)[rows], return_inverse=True)[1]
    commonness = _commonness(vectors[rows], names)
    nearness = (
        2 * vectors[dos] @ vectors[donts].T - commonness[: len(dos), None] - commonness[None, len(dos) :]
    )
    nearness[names[: len(dos), None] == names[None, len(dos) :]] = -1
    likely = np.argwhere(nearness + SHARED >= MIDDLE)
    scored = [
        (_score(float(nearness[one, other]), points[dos[one]], points[donts[other]]), dos[one], donts[other])
        for one, other in likely
    ]
    scored.sort(key=lambda pair: (-pair[0], points[pair[1]].advice_id, points[pair[2]].advice_id))
    taken: set[int] = set()
    pairs: list[tuple[float, int, int]] = []
    for score, do, dont in scored:
        if score >= LEAST and not {do, dont} & taken and len(pairs) < MOST:
            taken |= {do, dont}
            pairs.append((score, do, dont))
    return pairs


def _commonness(vectors: Vectors, names: NDArray[np.intp]) -> Vectors:
    """Return how near each row lies to the ten rows of other sources nearest to it, on average.

    What is near everything is near nothing: the correction of Conneau et al. 2018 (arXiv:1710.04087), CSLS.
    """
    found = []
    width = min(NEAREST, len(vectors))
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        cosines = vectors[start : start + ROWS_AT_ONCE] @ vectors.T
        cosines[names[start : start + ROWS_AT_ONCE, None] == names[None, :]] = -1
        nearest = -np.partition(-cosines, width - 1, axis=1)[:, :width]
        found.append(
            np.where(nearest > -1, nearest, 0).sum(axis=1) / np.maximum((nearest > -1).sum(axis=1), 1)
        )
    return np.concatenate(found).astype(np.float32)


def _score(nearness: float, do: AdvicePoint, dont: AdvicePoint) -> float:
    """Return a score in 0..1 from how near two sentences lie and which share of their words both have."""
    height = nearness + SHARED * _overlap(do, dont) - MIDDLE
    return round(1 / (1 + math.exp(-STEEPNESS * height)), 4)


def _overlap(one: AdvicePoint, other: AdvicePoint) -> float:
    """Return the share of the shorter sentence's words that both have, in English or in the language of both."""
    if one.english and other.english:
        left, right = set(terms(one.english)), set(terms(other.english))
    elif one.language == other.language:
        left, right = (
            set(own_terms(one.sentence, one.language)),
            set(own_terms(other.sentence, other.language)),
        )
    else:
        return 0.0
    return len(left & right) / max(1, min(len(left), len(right)))
