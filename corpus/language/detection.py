"""The language of a text, with a confidence that means how often such an answer is right."""

from __future__ import annotations

import math

from corpus.language.opinions import Opinion, opinion
from corpus.language.scripts import by_script, count_letters
from corpus.models import Detection

UNDETERMINED = Detection("und", 0.0)
_LEAST_LETTERS = 4
_MOST_LETTERS = 200
_SCRIPT_LETTERS = 12
# A logistic regression on the even half of language_samples.tsv and of pieces of its sentences, by `bench.language
# --fit`: constant, both opinions agree, logarithm of the number of letters, margin, langdetect's probability.
_WEIGHTS = (-1.33, 0.634, 0.968, 6.2, 0.563)


def detect(text: str) -> Detection:
    """Return the language of `text` as a BCP 47 tag; `und` where it has too few letters to tell.

    Chinese says its script (`zh-Hans`, `zh-Hant`) where a character tells it. The confidence is the share of such
    answers that are right (`bench/language.py` has the table). Never raises, never changes its mind.
    """
    letters = count_letters(text)
    if code := by_script(text):
        return Detection(code, round(min(1.0, letters / _SCRIPT_LETTERS), 6))
    if letters < _LEAST_LETTERS:
        return UNDETERMINED
    found = opinion(text)
    return Detection(found.code, round(confidence(found, letters), 6)) if found else UNDETERMINED


def confidence(found: Opinion, letters: int) -> float:
    """Return the probability that an opinion on a text of so many letters is right."""
    values = zip(_WEIGHTS, evidence(found, letters), strict=True)
    return 1 / (1 + math.exp(-sum(weight * value for weight, value in values)))


def evidence(found: Opinion, letters: int) -> tuple[float, ...]:
    """Return what the confidence is made of, in the order of its weights."""
    return (1.0, float(found.agree), math.log(min(letters, _MOST_LETTERS)), found.margin, found.said)


def primary(code: str) -> str:
    """Return the language of a BCP 47 tag without its script or region: `zh` of `zh-Hant`."""
    return code.partition("-")[0]
