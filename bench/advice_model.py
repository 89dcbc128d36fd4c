"""Advice by the model, by the cue rules alone and by meaning alone, on the labelled sentences that were held out.

`python -m bench.advice_model`. The sentences and their split are those of `bench.labelled_advice`; the rules were tuned
and the model was trained on the rest. Meaning alone is a logistic regression on the vectors of the training part.
Polarity and target are measured on the held-out advice that the model finds; a target is right by chance as often as
the commonest one is right.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.common import print_table
from bench.labelled_advice import Labelled, labelled
from bench.train_advice import STRENGTH, VECTORS, by_language, f1, inputs, regression
from corpus.advice import Judge, judge
from corpus.embed import load
from corpus.embed.prior import prior_vectors
from corpus.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus.models import Advice

    Said = NDArray[np.bool_]

FLOOR = Settings().advice_floor


def found_by(sentences: Sequence[Labelled], embedder: Any) -> tuple[dict[int, Advice], dict[int, Advice]]:
    """Return the advice by its place in `sentences`, of the model and of the rules."""
    rows = [(str(n), s.text, s.language, s.heading) for n, s in enumerate(sentences)]
    pages = [sentence.page for sentence in sentences]
    means = prior_vectors(embedder, Settings.load().models_dir / "priors").passages
    deciding = Judge(FLOOR, embedder, means)
    if deciding.reason:
        raise SystemExit(deciding.reason)
    by_model = {int(advice.sentence_id): advice for advice in deciding(rows, pages)[0]}
    return by_model, {int(advice.sentence_id): advice for advice in judge(rows, FLOOR)}


def by_meaning(sentences: Sequence[Labelled], embedder: Any) -> Said:
    """Return which sentences vectors alone take for advice."""
    vectors, _ = inputs(sentences, embedder)
    known = np.array([not sentence.held_out for sentence in sentences])
    truth = np.array([sentence.advice for sentence in sentences])
    model = regression(STRENGTH).fit(VECTORS * vectors[known], truth[known])
    return np.asarray(model.predict_proba(VECTORS * vectors)[:, 1] >= 0.35)


def details(sentences: Sequence[Labelled], found: dict[int, Advice]) -> list[tuple[str, int, float, float]]:
    """Return (what, advice judged, share right, share right of always the commonest) for polarity and target."""
    pairs = [
        (sentences[n], advice) for n, advice in found.items() if sentences[n].held_out and sentences[n].advice
    ]
    rows = []
    for name, told in (
        ("do or don't", [(s.polarity, a.polarity) for s, a in pairs]),
        ("to whom", [(s.target, a.target or "") for s, a in pairs]),
    ):
        commonest = Counter(truth for truth, _ in told).most_common(1)[0][1]
        rows.append((name, len(told), sum(t == s for t, s in told) / len(told), commonest / len(told)))
    recalled = [s == "dont" for t, s in ((s.polarity, a.polarity) for s, a in pairs) if t == "dont"]
    rows.append(("don't, recall", len(recalled), sum(recalled) / max(1, len(recalled)), 0.0))
    return rows


def measured() -> tuple[list[Labelled], dict[str, Said], dict[int, Advice]]:
    """Return the sentences, what each way says of them, and the model's advice."""
    sentences = labelled()
    embedder = load(Settings.load())
    model, rules = found_by(sentences, embedder)
    places = range(len(sentences))
    ways = {
        "model": np.array([n in model for n in places]),
        "cues": np.array([n in rules for n in places]),
        "meaning": by_meaning(sentences, embedder),
    }
    return sentences, ways, model


def held_out_f1() -> float:
    """Return F1 of the model on the held-out sentences, without reading the others."""
    sentences = [sentence for sentence in labelled() if sentence.held_out]
    model, _ = found_by(sentences, load(Settings.load()))
    said = np.array([n in model for n in range(len(sentences))])
    return f1(said, np.array([sentence.advice for sentence in sentences]))


def main() -> None:
    """Print the tables."""
    sentences, ways, model = measured()
    held_out = [n for n, sentence in enumerate(sentences) if sentence.held_out]
    codes = np.array([sentences[n].language for n in held_out])
    truth = np.array([sentences[n].advice for n in held_out])
    print_table(
        "Advice on held-out sentences",
        ("language", "sentences", "advice", *(f"F1 {way}" for way in ways), "P", "R"),
        by_language(codes, truth, {way: said[held_out] for way, said in ways.items()}),
    )
    print_table("Of the advice found", ("what", "advice", "right", "commonest"), details(sentences, model))


if __name__ == "__main__":
    main()
