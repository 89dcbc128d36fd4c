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

FEATURES = (
    "score", "strongest", "further", "against", "count", "fired", "at the start", "do", "dont", "question", "quotation",
    "heading", "length", "full stop", "colon", "bullet", "digit", "opens quoting",
)  # fmt: skip
_DIGIT = re.compile(r"\d")


def features(sentences: Sequence[tuple[str, bool]], verdicts: Sequence[Judgement]) -> NDArray[np.float32]:
    """Return (sentences, features) of (text, is_heading) and the rules' verdicts, in the order of FEATURES."""
    rows = [_row(text, heading, verdict) for (text, heading), verdict in zip(sentences, verdicts, strict=True)]
    return np.asarray(rows, np.float32).reshape(len(rows), len(FEATURES))


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
