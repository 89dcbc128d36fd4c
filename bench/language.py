"""How well the language of a text is known: ours beside langdetect, ELD, lingua and py3langid.

`python -m bench.language [--fit]` on language_samples.tsv (lingua-py's test data, Apache-2.0: 28 languages, 60
sentences and 60 pairs of words each). Macro accuracy over the languages, on the even rows, which the weights were
chosen on, and on the odd ones; texts a second of CPU; and whether the confidence means what it says. `--fit` prints the
weights of the confidence, fitted on the even rows and on pieces of them.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.common import print_table, shared
from corpus.language import detect, primary
from corpus.language.detection import evidence
from corpus.language.opinions import by_eld, by_langdetect, opinion
from corpus.language.scripts import by_script, count_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from corpus.models import Detection

BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
KINDS = ("sentences", "word-pairs")
_NORWEGIAN = {"nb": "no", "nn": "no"}


class Sample(NamedTuple):
    """A text and its language, a primary code."""

    language: str
    kind: str
    text: str


def samples() -> list[Sample]:
    """Return the samples in the order of the file."""
    path = shared("data/language_samples.tsv")
    lines = path.read_text("utf-8").splitlines() if path else []
    return [Sample(*line.split("\t", 2)) for line in lines]


def best_of(scores: dict[str, float]) -> str:
    """Return the code with the best score."""
    return max(sorted(scores), key=scores.__getitem__, default="und")


def peers() -> dict[str, Callable[[str], str]]:
    """Return what each peer answers to a text, as a primary code; their models are loaded."""
    import lingua
    import py3langid

    detector = lingua.LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def by_lingua(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "und"

    return {
        "langdetect": lambda text: best_of(by_langdetect(text)),
        "eldc": lambda text: best_of(by_eld(text)),
        "lingua": by_lingua,
        "py3langid": lambda text: str(py3langid.classify(text)[0]),
    }


def accuracy(rows: Sequence[Sample], answers: Sequence[str], kind: str) -> float:
    """Return the mean over the languages of the share of right answers on one kind of text."""
    right: dict[str, list[bool]] = defaultdict(list)
    for row, answer in zip(rows, answers, strict=True):
        if row.kind == kind:
            right[row.language].append(_NORWEGIAN.get(answer, answer) == row.language)
    return float(np.mean([np.mean(found) for found in right.values()])) if right else 0.0


def floor_figures(step: int = 1) -> dict[str, float]:
    """Return what is gated: accuracy on every `step`th of the odd rows."""
    rows = samples()[1 :: 2 * step]
    answers = [primary(detect(row.text).code) for row in rows]
    return {f"language: {kind}": accuracy(rows, answers, kind) for kind in KINDS}


def reliability(
    rows: Sequence[Sample], found: Sequence[tuple[str, float]]
) -> list[tuple[str, int, float, float]]:
    """Return for each bin of confidence how many answers it has, their mean confidence and the share that is right."""
    table = []
    right = np.array([code == row.language for row, (code, _) in zip(rows, found, strict=True)])
    sure = np.array([confidence for _, confidence in found])
    for low, high in zip(BINS, (*BINS[1:], 1.1), strict=True):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            name = f"{low:.2f}-{min(high, 1.0):.2f}" if low < 1 else "1.00"
            table.append((name, int(inside.sum()), float(sure[inside].mean()), float(right[inside].mean())))
    return table


def calibration_error(table: Sequence[tuple[str, int, float, float]]) -> float:
    """Return the expected calibration error: the mean distance of confidence and accuracy over the bins."""
    total = sum(count for _, count, _, _ in table)
    return sum(count * abs(sure - right) for _, count, sure, right in table) / max(1, total)


def _pieces(rows: Sequence[Sample]) -> list[Sample]:
    """Return texts of all lengths: the rows, and their first words."""
    cut = [
        Sample(row.language, row.kind, " ".join(row.text.split()[:words]))
        for row in rows
        for words in (1, 3, 6, 10)
        if row.kind == "sentences" and len(row.text.split()) > words
    ]
    return [*rows, *cut]


def fitted(rows: Sequence[Sample]) -> list[float]:
    """Return the weights of the confidence: logistic regression by Newton's method, with a small ridge."""
    values, right = [], []
    for row in _pieces(rows):
        found, letters = opinion(row.text), count_letters(row.text)
        if found and letters and not by_script(row.text):
            values.append(evidence(found, letters))
            right.append(found.code == row.language)
    x, y = np.array(values), np.array(right, dtype=float)
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (y - p) - 0.1 * weights
        weights += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + 0.1 * np.eye(x.shape[1]), gradient)
    return [round(float(weight), 3) for weight in weights]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="print the weights of the confidence")
    rows = samples()
    if not rows:
        return
    if parser.parse_args().fit:
        print(fitted(rows[0::2]))
        return
    ours: dict[str, Callable[[str], str]] = {"ours": lambda text: primary(detect(text).code)}
    table = []
    for name, answer in (ours | peers()).items():
        answer(rows[0].text)
        begun = time.process_time()
        answers = [answer(row.text) for row in rows]
        seconds = time.process_time() - begun
        halves = [accuracy(rows[start::2], answers[start::2], kind) for kind in KINDS for start in (0, 1)]
        table.append(
            (name, *halves, *(accuracy(rows, answers, kind) for kind in KINDS), round(len(rows) / seconds))
        )
    header = (
        "detector",
        "sentences, even",
        "odd",
        "word pairs, even",
        "odd",
        "sentences",
        "word pairs",
        "texts a CPU s",
    )
    print_table(
        f"Macro accuracy, {len(rows)} texts in {len({row.language for row in rows})} languages", header, table
    )
    odd = _pieces(rows[1::2])
    for name, find in {"ours": _ours, "langdetect": _langdetect}.items():
        bins = reliability(odd, [find(row.text) for row in odd])
        title = f"Confidence of {name}, {len(odd)} texts (odd rows and their first words)"
        print_table(
            f"{title}, error {calibration_error(bins):.3f}",
            ("confidence", "texts", "mean", "right"),
            list(bins),
        )


def _ours(text: str) -> tuple[str, float]:
    found: Detection = detect(text)
    return primary(found.code), found.confidence


def _langdetect(text: str) -> tuple[str, float]:
    scores = by_langdetect(text)
    code = best_of(scores)
    return code, scores.get(code, 0.0)


if __name__ == "__main__":
    main()
