"""What a theme is called: the words that speak for it, those nearest in meaning to its centre first.

Words come from the English of the advice (`corpus.themes.evidence`), so that sources in several languages share them;
a theme that has no English yet is called by words of its own language. Every word stands in the theme's own pages.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from corpus.themes.evidence import Evidence
from corpus.themes.graph import unit
from corpus.themes.words import own_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from corpus.themes import AdvicePoint

    Vectors = NDArray[np.float32]
    Encode = Callable[[Sequence[str], Sequence[str]], Vectors]
    Term = tuple[str, str]  # language and the word as it is shown

KEYWORDS = 8
LABEL_SEPARATOR = " · "
LABEL_WORDS = 3
# bench/themes.py measures these on the shipped pages
CANDIDATES = 16
EVIDENCE_POWER, MEANING_POWER = 0.5, 1.5
RELEVANCE = 0.7
SAME_WORD = 0.9
SHRINK = 20

FEWEST = 3
COMMON = 0.08

# of a theme of thousands, the most central advice says what it is about, and reading all of it takes minutes
ALL_UNTIL = 30_000
CENTRAL = 300


def theme_keywords(
    points: Sequence[AdvicePoint],
    vectors: Vectors,
    groups: Sequence[Sequence[int]],
    encode: Encode | None = None,
    wanted: Collection[int] | None = None,
) -> list[tuple[str, ...]]:
    """Return up to 8 keywords for each group of rows, best first; `vectors` are (points, dimension), unit length.

    `encode` turns words and their languages into vectors (words, dimension), centred like `vectors`; without it,
    words are ranked by their evidence alone. Groups whose places are not `wanted` (None: all are) get no words. Of
    very many points only the first `CENTRAL` rows of each group speak.
    """
    wanted = range(len(groups)) if wanted is None else wanted
    if not groups or not wanted:
        return [()] * len(groups)
    centres = unit(np.stack([vectors[sorted(group)].mean(axis=0) for group in groups]))
    if len(points) > ALL_UNTIL:
        points, vectors, groups = _central(points, vectors, groups)
    evidence = Evidence(points, vectors)
    own = OwnWords(points)
    pools: list[dict[Term, float]] = []
    for place, scores in enumerate(evidence.scores(groups, centres, wanted)):
        english = {("en", evidence.surfaces[term]): score for term, score in scores.items()}
        pools.append(_best(english or own.scores(groups[place])) if place in wanted else {})
    meanings = _meanings(pools, encode) if encode else {}
    picked = [_pick(pool, centre, meanings) for pool, centre in zip(pools, centres, strict=True)]
    return [tuple(word for _, word in chosen) for chosen in picked]


def _central(
    points: Sequence[AdvicePoint], vectors: Vectors, groups: Sequence[Sequence[int]]
) -> tuple[list[AdvicePoint], Vectors, list[list[int]]]:
    """Return the points that the groups begin with, their vectors, and the groups as places among them."""
    heads = [group[:CENTRAL] for group in groups]
    rows = sorted({row for head in heads for row in head})
    places = {row: place for place, row in enumerate(rows)}
    return [points[row] for row in rows], vectors[rows], [[places[row] for row in head] for head in heads]


def _best(scores: Mapping[Term, float]) -> dict[Term, float]:
    order = sorted(scores, key=lambda term: (-round(scores[term], 9), term))
    return {term: scores[term] for term in order[:CANDIDATES]}


def _meanings(pools: Sequence[Mapping[Term, float]], encode: Encode) -> dict[Term, Vectors]:
    """Return a unit vector for each term, less what all of them share: being single words, not sentences."""
    vocabulary = sorted({term for pool in pools for term in pool})
    if not vocabulary:
        return {}
    vectors = encode([word for _, word in vocabulary], [language for language, _ in vocabulary])
    share = len(vocabulary) / (len(vocabulary) + SHRINK)
    return dict(zip(vocabulary, unit(vectors - share * vectors.mean(axis=0)), strict=True))


def _pick(pool: Mapping[Term, float], centre: Vectors, meanings: Mapping[Term, Vectors]) -> list[Term]:
    """Choose terms that speak for the theme and differ from each other, best first.

    Maximal marginal relevance: Carbonell and Goldstein 1998, doi:10.1145/290941.291025.
    """
    worth = {term: score**EVIDENCE_POWER for term, score in pool.items()}
    for term in worth.keys() & meanings.keys():
        worth[term] *= max(float(meanings[term] @ centre), 0.02) ** MEANING_POWER
    top = max(worth.values(), default=1.0)
    chosen: list[Term] = []
    while len(chosen) < min(KEYWORDS, len(pool)):
        gains = {
            term: RELEVANCE * worth[term] / top
            - (1 - RELEVANCE) * max((_likeness(term, other, meanings) for other in chosen), default=0.0)
            for term in sorted(pool)
            if term not in chosen
        }
        chosen.append(max(gains, key=lambda term: round(gains[term], 6)))
    return chosen


def _likeness(one: Term, other: Term, meanings: Mapping[Term, Vectors]) -> float:
    """Return how much two terms say the same, up to 1."""
    cosine = float(meanings[one] @ meanings[other]) if meanings else 0.0
    return max(cosine, SAME_WORD if set(one[1].split()) & set(other[1].split()) else 0.0)


class OwnWords:
    """The words of each sentence in its own language, for groups that have no English."""

    def __init__(self, points: Sequence[AdvicePoint]) -> None:
        self._bags = [[(p.language, word) for word in own_terms(p.sentence, p.language)] for p in points]
        self._used = Counter(term for bag in self._bags for term in bag)
        sentences = Counter(point.language for point in points)
        most = {language: max(COMMON * count, FEWEST) for language, count in sentences.items()}
        self._common = {term for term, count in self._used.items() if count > most[term[0]]}

    def scores(self, group: Sequence[int]) -> dict[Term, float]:
        """Score the words of a group: many of its sentences have them, few others; words of too many set none apart."""
        inside = Counter(term for row in group for term in self._bags[row])
        return {term: n**2 / self._used[term] for term, n in inside.items() if term not in self._common}
