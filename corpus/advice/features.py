"""The features of a sentence that the advice model has beside its vector.

The cue rules' verdict, what any language shows, its words, and what it and its document mean in the eyes of the small
encoder (`corpus.meaning`): all of it costs a hundredth of the vector.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus import meaning
from corpus.advice import clauses
from corpus.advice.ngrams import ngrams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from corpus.advice.scoring import Judgement

    Floats = NDArray[np.float32]

_ALONE = (
    "score", "strongest", "further", "against", "count", "fired", "at the start", "do", "dont", "question", "quotation",
    "heading", "length", "full stop", "colon", "bullet", "digit", "opens quoting", "before", "after", "around",
)  # fmt: skip
LANGUAGES = ("de", "en", "es", "fr", "it", "pt", "zh")
# how far the rules are to be trusted differs: there is no imperative in Chinese to have a pattern for
_BY_LANGUAGE = ("score", "strongest", "further", "against", "fired", "heading")
FEATURES = (
    *_ALONE,
    *LANGUAGES,
    *(f"{feature} in {language}" for feature in _BY_LANGUAGE for language in LANGUAGES),
)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Features:
    """Of n sentences: `rows` (n, FEATURES), `words` (n, ngrams.SIZE), unit vectors `meanings` and `contexts` (n, M)."""

    rows: Floats
    words: csr_matrix
    meanings: Floats
    contexts: Floats

    def part(self, numbers: Sequence[int]) -> Features:
        """Return the features of some of the sentences."""
        return Features(
            self.rows[numbers], self.words[numbers], self.meanings[numbers], self.contexts[numbers]
        )


def featurize(
    sentences: Sequence[tuple[str, bool]],
    verdicts: Sequence[Judgement],
    documents: Sequence[str],
    languages: Sequence[str],
) -> Features:
    """Return the features of (text, is_heading) and the rules' verdicts.

    `documents` name the document of each sentence; the sentences of one stand together and in order, and their
    features do not hang on the other documents. `languages` are primary codes.
    """
    rows = rule_features(sentences, verdicts, documents, languages)
    texts = [text for text, _ in sentences]
    meanings = _meanings(texts, documents)
    return Features(rows, ngrams(texts, languages), meanings, contexts(meanings, documents))


def _meanings(texts: Sequence[str], documents: Sequence[str]) -> Floats:
    """Return unit vectors of the small encoder: a document at a time, or its last digits would tell the company."""
    encoder = meaning.shipped()
    bounds = [n for n in range(1, len(texts)) if documents[n] != documents[n - 1]]
    found = np.zeros((len(texts), encoder.dimension), np.float32)
    for start, end in itertools.pairwise((0, *bounds, len(texts))):
        if end > start:
            found[start:end] = encoder.encode(texts[start:end])
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), np.float32)


def rule_features(
    sentences: Sequence[tuple[str, bool]],
    verdicts: Sequence[Judgement],
    documents: Sequence[str],
    languages: Sequence[str],
) -> NDArray[np.float32]:
    """Return (sentences, features), in the order of FEATURES."""
    rows = [
        _row(text, heading, verdict) for (text, heading), verdict in zip(sentences, verdicts, strict=True)
    ]
    alone = np.asarray(rows, np.float32).reshape(len(rows), len(_ALONE) - 3)
    spoken = (np.asarray(languages, str)[:, None] == np.asarray(LANGUAGES)[None, :]).astype(np.float32)
    told = [spoken * alone[:, [_ALONE.index(feature)]] for feature in _BY_LANGUAGE]
    return np.hstack([alone, _neighbours(alone[:, 0], documents), spoken, *told])


def contexts(vectors: NDArray[np.float32], documents: Sequence[str]) -> NDArray[np.float32]:
    """Return for each sentence's unit vector (n, dimension) the direction of its document's mean."""
    _, places = np.unique(np.asarray(documents), return_inverse=True)
    sums = np.zeros((places.max(initial=-1) + 1, vectors.shape[1]), np.float32)
    np.add.at(sums, places, vectors)
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)[
        places
    ]


def _neighbours(scores: NDArray[np.float32], documents: Sequence[str]) -> NDArray[np.float32]:
    """Return the rules' scores of the sentence before and after each, and the mean of all others of its document."""
    _, places = np.unique(np.asarray(documents), return_inverse=True)
    sums, counts = np.bincount(places, scores), np.bincount(places)
    same = places[1:] == places[:-1] if len(places) else np.zeros(0, bool)
    before = np.concatenate([[0.0], scores[:-1] * same]) if len(scores) else scores
    after = np.concatenate([scores[1:] * same, [0.0]]) if len(scores) else scores
    around = (sums[places] - scores) / np.maximum(counts[places] - 1, 1)
    return np.stack([before, after, around], axis=1).astype(np.float32)


def _row(text: str, heading: bool, verdict: Judgement) -> list[float]:
    pros = [fired for fired in verdict.fired if fired.weight > 0]
    return [
        verdict.score,
        pros[0].weight if pros else 0.0,
        sum(fired.weight for fired in pros[1:]),
        sum(fired.weight for fired in verdict.fired if fired.weight < 0),
        float(len(pros)),
        float(bool(pros)),
        float(bool(pros) and pros[0].start == 0),
        float(verdict.polarity == "do"),
        float(verdict.polarity == "dont"),
        float(clauses.is_question(text)),
        float(bool(clauses.quoted(text))),
        float(heading),
        math.log1p(len(text)),
        float(text[-1:] in ".!。！"),
        float(text[-1:] in ":："),
        float(text[:1] in "-–•*·"),
        float(_DIGIT.search(text) is not None),
        float(text[:1] in "\"'“„«»「"),
    ]
