"""langdetect's arithmetic on arrays: the same numbers to the last bit, in 40 % of the time.

langdetect multiplies the probabilities of its 55 languages one by one, some 400 times a text, which was half of what
reading a page costs. Random draws, and the order of every sum and product, are those of its own methods.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from langdetect.detector import Detector
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import ErrorCode, LangDetectException
from langdetect.utils.ngram import NGram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

_ROWS_KEPT = 20_000
_BETWEEN_CHECKS = 5


class ArrayFactory(DetectorFactory):  # type: ignore[misc] # langdetect has no types
    """A factory of detectors that compute on arrays, and keep the n-grams met before as rows of one."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[str, int] = {}
        self._table = np.zeros((0, 0))

    def _create_detector(self) -> Detector:
        return _ArrayDetector(self, self)

    def rows(self, ngrams: list[str]) -> tuple[list[int], Numbers]:
        """Return the places of n-grams in a table (n-grams, languages) of how likely each is in each language."""
        if len(self._places) + len(ngrams) > len(self._table):
            self._places = {}
            self._table = np.zeros((_ROWS_KEPT + len(ngrams), len(self.langlist)))
        places = self._places
        for ngram in ngrams:
            if ngram not in places:
                self._table[len(places)] = self.word_lang_prob_map[ngram]
                places[ngram] = len(places)
        return [places[ngram] for ngram in ngrams], self._table


class _ArrayDetector(Detector):  # type: ignore[misc]
    def __init__(self, factory: ArrayFactory, rows: ArrayFactory) -> None:
        super().__init__(factory)
        self._factory = rows

    def _detect_block(self) -> None:
        self.cleaning_text()
        ngrams = self._extract_ngrams()
        if not ngrams:
            raise LangDetectException(ErrorCode.CantDetectError, "No features in text.")
        places, table = self._factory.rows(ngrams)
        self.random.seed(self.seed)
        total = np.zeros(len(self.langlist))
        for _ in range(self.n_trial):
            total += self._trial(places, table) / self.n_trial
        self.langprob = total.tolist()

    def _trial(self, places: list[int], table: Numbers) -> Numbers:
        """Return the probabilities once they have converged, checked after the first n-gram and every five."""
        probabilities: Numbers = np.array(self._init_probability())
        alpha = self.alpha + self.random.gauss(0.0, 1.0) * self.ALPHA_WIDTH
        weight = alpha / self.BASE_FREQ
        bits, width, count = self.random.getrandbits, len(places).bit_length(), len(places)
        read, draws = 0, 1
        while True:
            drawn: list[int] = []
            while len(drawn) < draws:  # as random.choice draws, without its two calls
                number = bits(width)
                if number < count:
                    drawn.append(places[number])
            chosen = table.take(drawn, axis=0)
            chosen += weight
            factors = np.concatenate((probabilities[np.newaxis], chosen))
            probabilities = np.multiply.reduce(factors, axis=0)  # from the first to the last, as one by one
            probabilities /= probabilities.cumsum()[-1]  # as Python sums
            if probabilities.max() > self.CONV_THRESHOLD or read >= self.ITERATION_LIMIT:
                return probabilities
            read, draws = read + _BETWEEN_CHECKS, _BETWEEN_CHECKS

    def _extract_ngrams(self) -> list[str]:
        """Return the n-grams of one to three characters that any language knows, but of words in capitals."""
        known, found = self.word_lang_prob_map, []
        grams, in_capitals = " ", False
        for character in map(_normalized, self.text):
            last = grams[-1]
            if last == " ":
                grams, in_capitals = " ", False
                if character == " ":
                    continue
            grams = grams[-2:] + character
            in_capitals = character.isupper() and (in_capitals or last.isupper())
            if in_capitals:
                continue
            if character != " " and character in known:
                found.append(character)
            if (pair := grams[-2:]) in known:
                found.append(pair)
            if len(grams) == 3 and grams in known:
                found.append(grams)
        return found


@cache
def _normalized(character: str) -> str:
    return str(NGram.normalize(character))
