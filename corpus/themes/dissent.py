"""Which advice of a theme contradicts other advice in it: one source says do, another don't, of the same thing.

An embedding hardly hears a "not", so a do and a don't about the same thing lie close together; words that both share
make it surer. Only pairs of different sources count, and only the likeliest: precise rather than many. Two sources that
tell people to do different things ("rent it" and "keep it at home") are not found: nobody says don't.
"""

from __future__ import annotations

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
CONSIDERED = 0.3
MOST = 20


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
    cosines = vectors[dos] @ vectors[donts].T
    names = np.asarray(sources, dtype=object)
    cosines[names[dos][:, None] == names[donts][None, :]] = -1
    near = np.argwhere(cosines >= CONSIDERED)
    scored = sorted(
        (-_score(float(cosines[one, other]), points[dos[one]], points[donts[other]]), points[dos[one]].advice_id, points[donts[other]].advice_id, dos[one], donts[other])  # noqa: E501
        for one, other in near
    )  # fmt: skip
    taken: set[int] = set()
    pairs: list[tuple[float, int, int]] = []
    for negative, _, _, do, dont in scored:
        if -negative >= LEAST and not {do, dont} & taken and len(pairs) < MOST:
            taken |= {do, dont}
            pairs.append((-negative, do, dont))
    return pairs


def _score(cosine: float, do: AdvicePoint, dont: AdvicePoint) -> float:
    return round(min(1.0, cosine + SHARED * _overlap(do, dont)), 4)


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
