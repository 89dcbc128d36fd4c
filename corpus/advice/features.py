"""What the advice model sees of a sentence beside its vector: the cue rules' verdict, and what any language shows."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from corpus.advice import clauses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus.advice.scoring import Judgement

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


def features(
    sentences: Sequence[tuple[str, bool]],
    verdicts: Sequence[Judgement],
    documents: Sequence[str],
    languages: Sequence[str],
) -> NDArray[np.float32]:
    """Return (sentences, features) of (text, is_heading) and the rules' verdicts, in the order of FEATURES.

    `documents` name the document of each sentence; the sentences of one stand together and in order. `languages` are
    primary codes.
    """
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
