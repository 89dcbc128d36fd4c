"""How much each word speaks for a theme: class-based TF-IDF over the English of its advice.

c-TF-IDF: Grootendorst 2022, arXiv:2203.05794. Here a document has one vote in a theme, long or short; the passages
that the advice stands in and the titles count too, but less; a word that only one document of several uses, that
stands where verbs stand, that names a person, or that no author wrote but a machine's translation, counts little.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from corpus.themes.graph import unit
from corpus.themes.words import names, nounness, surfaces, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from corpus.themes import AdvicePoint

# bench/themes.py measures these on the shipped pages
SENTENCE, PASSAGE, TITLE = 1.0, 0.5, 0.5
BREADTH = 0.5  # a document's vote is its weight to this power: many documents beat one that insists
TRANSLATED_ONLY = 0.5
RARE_KIND = 0.1
UNSHARED = 0.001
CONSIDERED = 100


class Evidence:
    """What the English of some advice says, for any group of its rows."""

    def __init__(self, points: Sequence[AdvicePoint], vectors: NDArray[np.float32]) -> None:
        self._points, self._vectors = points, vectors
        texts = dict.fromkeys(text for point in points for text in _texts(point))
        self._bags = {text: terms(text) for text in texts}
        self.surfaces = surfaces(self._bags.values())
        self._nounness = nounness(texts)
        self._names = names(texts)
        self._written = {
            term for p in points if p.language == "en" for text in _texts(p) for term in self._bags[text]
        }
        self._kinds: dict[str, float] = {}
        self._holders: dict[str, list[int]] = defaultdict(list)
        for row, point in enumerate(points):
            for term in dict.fromkeys(term for text in _texts(point) for term in self._bags[text]):
                self._holders[term].append(row)

    def scores(
        self, groups: Sequence[Sequence[int]], centres: NDArray[np.float32], wanted: Collection[int]
    ) -> list[dict[str, float]]:
        """Return for each group of rows its best terms and their scores; `centres` are (groups, dimension).

        The groups whose places are not `wanted` have their say in what is rare, and no terms.
        """
        votes = [self._votes(sorted(group)) for group in groups]
        masses = [{term: sum(v) for term, v in vote.items()} for vote in votes]
        totals: dict[str, float] = defaultdict(float)
        for mass in masses:
            for term, weight in mass.items():
                totals[term] += weight
        average = sum(totals.values()) / max(len(groups), 1)
        rarity = {term: math.log(1 + average / total) for term, total in totals.items()}
        scores = [
            self._score(group, vote, mass, rarity) if place in wanted else {}
            for place, (group, vote, mass) in enumerate(zip(groups, votes, masses, strict=True))
        ]
        return self._by_closeness(scores, centres)

    def _votes(self, group: Iterable[int]) -> dict[str, list[float]]:
        """Return for each term the votes of the documents that use it."""
        documents: dict[str, list[AdvicePoint]] = defaultdict(list)
        for row in group:
            documents[self._points[row].document_id].append(self._points[row])
        votes: dict[str, list[float]] = defaultdict(list)
        for document in sorted(documents):
            for term, weight in self._weights(documents[document]).items():
                votes[term].append(weight**BREADTH)
        return votes

    def _weights(self, points: Sequence[AdvicePoint]) -> dict[str, float]:
        """Return what share of one document's advice, passages and title uses each term, weighted."""
        passages = list(dict.fromkeys(point.passage_en for point in points if point.passage_en))
        titles = dict.fromkeys(point.title_en for point in points if point.title_en)
        shares = [(point.english, SENTENCE / len(points)) for point in points if point.english]
        shares += [(text, PASSAGE / len(passages)) for text in passages]
        shares += [(text, TITLE) for text in titles]
        weights: dict[str, float] = defaultdict(float)
        for text, share in shares:
            for term in self._bags[text]:
                weights[term] += share
        return weights

    def _score(
        self,
        group: Sequence[int],
        votes: dict[str, list[float]],
        masses: dict[str, float],
        rarity: dict[str, float],
    ) -> dict[str, float]:
        several = len({self._points[row].document_id for row in group if self._points[row].english}) > 1
        repeated = self._repeated(group)
        scores = {
            term: mass
            * rarity[term]
            * self._kind(term)
            * (1 if term in repeated and (len(votes[term]) > 1 or not several) else UNSHARED)
            for term, mass in masses.items()
        }
        best = sorted(scores, key=lambda term: (-round(scores[term], 9), term))[:CONSIDERED]
        return {term: scores[term] for term in best}

    def _repeated(self, group: Sequence[int]) -> set[str]:
        """Return the terms in two or more passages (or sentences, where there is no passage in English) or titles."""
        texts = {
            (point.document_id, text)
            for point in (self._points[row] for row in group)
            for text in (point.passage_en or point.english, point.title_en)
            if text
        }
        counts = Counter(term for _, text in texts for term in self._bags[text])
        return {term for term, count in counts.items() if count > 1}

    def _kind(self, term: str) -> float:
        """Return how fit for a label a term is by its kind, up to 1."""
        if term not in self._kinds:
            self._kinds[term] = self._fitness(term)
        return self._kinds[term]

    def _fitness(self, term: str) -> float:
        words = term.split()
        nouns = [self._nounness.get(word, 0.5) for word in words]
        fit = sum(nouns) / len(nouns) * (1 if term in self._written else TRANSLATED_ONLY)
        if len(words) > 1 and nouns[-1] < 0.5:
            fit *= RARE_KIND
        holders = {self._points[row].document_id for row in self._holders[term]}
        if len(holders) < 2 and any(word in self._names for word in words):
            fit *= UNSHARED
        return fit

    def _by_closeness(
        self, scores: Sequence[dict[str, float]], centres: NDArray[np.float32]
    ) -> list[dict[str, float]]:
        """Weigh each term by how near all advice around it lies to a theme's centre: a cosine, kept above zero."""
        from scipy.sparse import csr_matrix

        terms = sorted({term for score in scores for term in score})
        if not terms:
            return [dict(score) for score in scores]
        holders = [self._holders[term] for term in terms]
        bounds = np.cumsum([0, *map(len, holders)])
        shares = np.repeat([1 / len(rows) for rows in holders], [len(rows) for rows in holders])
        shape = (len(terms), len(self._points))
        around = csr_matrix((shares.astype(np.float32), np.concatenate(holders), bounds), shape=shape)
        means = dict(zip(terms, unit(np.asarray(around @ self._vectors)), strict=True))
        return [
            {term: value * max(float(means[term] @ centre), 0.05) for term, value in score.items()}
            for score, centre in zip(scores, centres, strict=True)
        ]


def _texts(point: AdvicePoint) -> list[str]:
    """Return the English sentence, passage and title that there are."""
    return [text for text in (point.english, point.passage_en, point.title_en) if text]
