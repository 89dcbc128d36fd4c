"""Train the advice model: `python -m bench.train_advice [--write]`.

Logistic regressions over language-centred sentence vectors and what is seen beside them (corpus/advice/features.py),
on the training part of `bench.labelled_advice`. Nothing of the held-out part is read here; its figures come from
`bench.advice_model`.
Prints figures of folds by page; `--write` writes the two files of the model under corpus/advice/data.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bench.common import ROOT, print_table
from bench.labelled_advice import Labelled, labelled
from corpus.advice import explain
from corpus.advice.features import FEATURES, seen
from corpus.advice.model import CLIP, centred
from corpus.embed import load
from corpus.embed.prior import prior_vectors
from corpus.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus.advice.features import Seen

    Floats = NDArray[np.float32]

DATA = ROOT / "corpus" / "advice" / "data"
TARGETS = ("cio", "it-staff", "vendor", "business", "anybody")
VECTORS, CONTEXTS, WORDS, FIRST, STRENGTH = 8.0, 4.0, 8.0, 8.0, 0.1
MISSED = 0.003
"""The share of the advice found by the vectors that the first look may cost."""
FOLDS = 5
PROBES = (
    "Sell the project before you build it.",
    "Der Server wurde 2012 gekauft.",
    "Non firmate mai un contratto senza uscita.",
    "每个季度都要做一次恢复演练。",
)


def main() -> None:
    """Print cross-validated figures and, if asked, write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the model's files")
    arguments = parser.parse_args()
    sentences = [sentence for sentence in labelled() if not sentence.held_out]
    embedder = load(Settings.load())
    vectors, sight = inputs(sentences, embedder)
    sight, centre, scale = scaled(sight)
    truth = np.array([sentence.advice for sentence in sentences])
    pages = [sentence.page for sentence in sentences]
    table, glance = table_of(vectors, sight), first_table(sight)
    thought, threshold = out_of_fold(table, truth, pages)
    at_first, _ = out_of_fold(glance, truth, pages)
    least = float(np.quantile(at_first[truth & (thought >= threshold)], MISSED))
    both = (thought >= threshold) & (at_first >= least)
    figures = [
        ("F1 by folds", f1(both, truth)),
        ("without the first look", f1(thought >= threshold, truth)),
        ("threshold", threshold),
        ("threshold of the first look", least),
        ("sentences that get a vector", float((at_first >= least).mean())),
    ]
    print_table(
        f"Advice model, {len(sentences)} sentences, {truth.sum()} advice", ("figure", "value"), figures
    )
    by_language(sentences, both, truth)
    if arguments.write:
        weights = fitted(table, truth, threshold, sentences, vectors.shape[1], sight.contexts.shape[1])
        weights |= first_weights(regression(STRENGTH).fit(glance, truth), least, sight.meanings.shape[1])
        weights |= {"centre": centre, "scale": scale, "probe": embedder.embed_passages(PROBES)}
        write(weights, {"trained on": f"{len(sentences)} sentences", **dict(figures)})


def by_language(sentences: Sequence[Labelled], said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> None:
    """Print F1 by folds for each language."""
    codes = np.array([sentence.language for sentence in sentences])
    parts = [(code, codes == code) for code in sorted(set(codes))]
    rows = [
        (code, int(part.sum()), int(truth[part].sum()), f1(said[part], truth[part])) for code, part in parts
    ]
    print_table("By language", ("language", "sentences", "advice", "F1"), rows)


def inputs(sentences: Sequence[Labelled], embedder: Any) -> tuple[Floats, Seen]:
    """Return language-centred vectors of sentences, and what is seen beside them."""
    raw = embedder.embed_passages([sentence.text for sentence in sentences])
    means = dict(prior_vectors(embedder, Settings.load().models_dir / "priors").passages)
    verdicts = [explain(sentence.text, sentence.language, sentence.heading) for sentence in sentences]
    pages = [sentence.page for sentence in sentences]
    codes = [sentence.language for sentence in sentences]
    texts = [(sentence.text, sentence.heading) for sentence in sentences]
    return centred(raw, codes, means), seen(texts, verdicts, pages, codes)


def scaled(sight: Seen) -> tuple[Seen, Floats, Floats]:
    """Return it with features of mean 0 and deviation 1, and the means and deviations that they had."""
    centre, scale = sight.rows.mean(axis=0), sight.rows.std(axis=0) + 1e-6
    return replace(sight, rows=np.clip((sight.rows - centre) / scale, -CLIP, CLIP)), centre, scale


def table_of(vectors: Floats, sight: Seen) -> csr_matrix:
    """Return what the model learns from: vectors, documents, features, words."""
    dense = np.hstack([VECTORS * vectors, CONTEXTS * sight.contexts, sight.rows])
    return csr_matrix(hstack([csr_matrix(dense), WORDS * sight.words]))


def first_table(sight: Seen) -> csr_matrix:
    """Return what the first look learns from: what sentence and document mean to the small encoder, features, words."""
    dense = np.hstack([FIRST * sight.meanings, FIRST * sight.contexts, sight.rows])
    return csr_matrix(hstack([csr_matrix(dense), WORDS * sight.words]))


def regression(strength: float) -> LogisticRegression:
    """Return an untrained regression of this inverse strength of its penalty."""
    return LogisticRegression(C=strength, max_iter=1000)


def f1(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return the harmonic mean of precision and recall."""
    return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))


def out_of_fold(
    table: csr_matrix, truth: NDArray[np.bool_], pages: list[str]
) -> tuple[NDArray[np.float64], float]:
    """Return what models that have not seen a sentence's page think of it, and a threshold.

    The threshold is half of the best F1, where that of probabilities has its maximum (Lipton, Elkan, Naryanaswamy
    2014, arXiv:1402.1892): the best one by trial moves from training to training.
    """
    thought = np.zeros(len(truth))
    for known, unseen in GroupKFold(FOLDS).split(table, truth, pages):
        model = regression(STRENGTH).fit(table[known], truth[known])
        thought[unseen] = model.predict_proba(table[unseen])[:, 1]
    steps = np.arange(0.25, 0.65, 0.05)
    return thought, max(f1(thought >= step, truth) for step in steps) / 2


def fitted(
    table: csr_matrix, truth: NDArray[np.bool_], threshold: float, sentences: Sequence[Labelled], vectors: int,
    contexts: int,
) -> dict[str, Floats]:  # fmt: skip
    """Return the model's weights; the threshold of advice lies at 0.5. `vectors` and `contexts` are numbers of columns.

    Whom a sentence tells is learnt from its document alone: better than from both.
    """
    advice = regression(STRENGTH).fit(table, truth)
    shift = float(np.log(threshold / (1 - threshold)))
    chosen = [n for n, sentence in enumerate(sentences) if sentence.advice]
    dont = regression(STRENGTH).fit(table[chosen], [sentences[n].polarity == "dont" for n in chosen])
    seen_last = vectors + contexts
    told = [n for n in chosen if sentences[n].target]
    documents = table[told][:, vectors:seen_last].toarray() * (VECTORS / CONTEXTS)
    whom = regression(STRENGTH).fit(documents, [TARGETS.index(sentences[n].target) for n in told])
    coefficients = np.zeros((len(TARGETS), table.shape[1]))
    coefficients[:, vectors:seen_last] = whom.coef_ * (VECTORS / CONTEXTS)
    columns = np.vstack([advice.coef_, dont.coef_, coefficients]).T
    return {
        "vectors": VECTORS * columns[:vectors],
        "contexts": CONTEXTS * columns[vectors:seen_last],
        "features": columns[seen_last : seen_last + len(FEATURES)],
        "words": WORDS * columns[seen_last + len(FEATURES) :, :2],
        "bias": np.concatenate([advice.intercept_ - shift, dont.intercept_, whom.intercept_]),
    }


def first_weights(model: LogisticRegression, least: float, meanings: int) -> dict[str, Floats]:
    """Return the weights of the first look; its threshold, the chance `least`, lies at 0."""
    column = model.coef_[0]
    after = 2 * meanings + len(FEATURES)
    return {
        "first meanings": FIRST * column[:meanings],
        "first contexts": FIRST * column[meanings : 2 * meanings],
        "first features": column[2 * meanings : after],
        "first words": WORDS * column[after:],
        "first bias": model.intercept_ - np.log(least / (1 - least)),
    }


def write(weights: dict[str, Floats], about: dict[str, Any]) -> None:
    """Write the model's two files."""
    from safetensors.numpy import save_file

    tensors = {
        name: np.ascontiguousarray(value, np.float16 if name.endswith("words") else np.float32)
        for name, value in weights.items()
    }
    DATA.mkdir(exist_ok=True)
    save_file(tensors, DATA / "advice.safetensors")
    about |= {
        "what": "whether a sentence is advice, not to do something, and for whom",
        "method": f"logistic regressions, C {STRENGTH}, vectors times {VECTORS}, documents {CONTEXTS}, words {WORDS}",
        "first look": f"the same, without vectors; it misses {MISSED:.1%} of the advice that they would have shown",
        "embedding": "multilingual-e5-small, passages, language-centred by corpus/embed/prior.toml",
        "licence of the data": "CC-BY-4.0 (public pages, WCXB); this project's own (written pages)",
    }
    told = {"about": about, "targets": TARGETS, "probes": PROBES, "features": FEATURES}
    (DATA / "advice.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(
        f"\nwrote advice.json and advice.safetensors: {(DATA / 'advice.safetensors').stat().st_size / 1e3:.0f} kB"
    )


if __name__ == "__main__":
    main()
