"""Train the advice model: `python -m bench.train_advice [--write]`.

Logistic regressions over language-centred sentence vectors and features (corpus/advice/features.py),
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
from corpus.advice.features import FEATURES, featurize
from corpus.advice.model import CLIP, centred
from corpus.embed import load
from corpus.embed.prior import prior_vectors
from corpus.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus.advice.features import Features

    Floats = NDArray[np.float32]

DATA = ROOT / "corpus" / "advice" / "data"
TARGETS = ("cio", "it-staff", "vendor", "business", "anybody")
VECTORS, CONTEXTS, WORDS, PREFILTER, STRENGTH = 8.0, 4.0, 8.0, 8.0, 0.1
MISSED = 0.003
"""The share of the advice found by the vectors that the prefilter may cost."""
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
    vectors, features = inputs(sentences, embedder)
    features, centre, scale = scaled(features)
    truth = np.array([sentence.advice for sentence in sentences])
    pages = [sentence.page for sentence in sentences]
    table, cheap = table_of(vectors, features), prefilter_table(features)
    thought, threshold = out_of_fold(table, truth, pages)
    kept, _ = out_of_fold(cheap, truth, pages)
    least = float(np.quantile(kept[truth & (thought >= threshold)], MISSED))
    both = (thought >= threshold) & (kept >= least)
    figures = [
        ("F1 by folds", f1(both, truth)),
        ("without the prefilter", f1(thought >= threshold, truth)),
        ("threshold", threshold),
        ("threshold of the prefilter", least),
        ("sentences that get a vector", float((kept >= least).mean())),
    ]
    print_table(
        f"Advice model, {len(sentences)} sentences, {truth.sum()} advice", ("figure", "value"), figures
    )
    codes = np.array([sentence.language for sentence in sentences])
    header = ("language", "sentences", "advice", "F1", "P", "R")
    print_table("By folds", header, by_language(codes, truth, {"model": both}))
    if arguments.write:
        weights = fitted(table, truth, threshold, sentences, vectors.shape[1], features.contexts.shape[1])
        weights |= prefilter_weights(
            regression(STRENGTH).fit(cheap, truth), least, features.meanings.shape[1]
        )
        weights |= {"centre": centre, "scale": scale, "probe": embedder.embed_passages(PROBES)}
        write(weights, {"trained on": f"{len(sentences)} sentences", **dict(figures)})


def by_language(
    codes: NDArray[np.str_], truth: NDArray[np.bool_], ways: dict[str, NDArray[np.bool_]]
) -> list[tuple[Any, ...]]:
    """Return (language, sentences, advice, F1 of each way, precision and recall of the first), and a row of all."""
    rows: list[tuple[Any, ...]] = []
    for code in (*sorted(set(codes)), "all"):
        part = (codes == code) | (code == "all")
        first = next(iter(ways.values()))[part]
        right = float((first & truth[part]).sum())
        scores = [f1(said[part], truth[part]) for said in ways.values()]
        shares = (right / max(1, first.sum()), right / max(1, truth[part].sum()))
        rows.append((code, int(part.sum()), int(truth[part].sum()), *scores, *shares))
    return rows


def inputs(sentences: Sequence[Labelled], embedder: Any) -> tuple[Floats, Features]:
    """Return language-centred vectors of sentences, and their features."""
    raw = embedder.embed_passages([sentence.text for sentence in sentences])
    means = dict(prior_vectors(embedder, Settings.load().models_dir / "priors").passages)
    verdicts = [explain(sentence.text, sentence.language, sentence.heading) for sentence in sentences]
    pages = [sentence.page for sentence in sentences]
    codes = [sentence.language for sentence in sentences]
    texts = [(sentence.text, sentence.heading) for sentence in sentences]
    return centred(raw, codes, means), featurize(texts, verdicts, pages, codes)


def scaled(features: Features) -> tuple[Features, Floats, Floats]:
    """Return it with features of mean 0 and deviation 1, and the means and deviations that they had."""
    centre, scale = features.rows.mean(axis=0), features.rows.std(axis=0) + 1e-6
    return replace(features, rows=np.clip((features.rows - centre) / scale, -CLIP, CLIP)), centre, scale


def table_of(vectors: Floats, features: Features) -> csr_matrix:
    """Return what the model learns from: vectors, documents, features, words."""
    dense = np.hstack([VECTORS * vectors, CONTEXTS * features.contexts, features.rows])
    return csr_matrix(hstack([csr_matrix(dense), WORDS * features.words]))


def prefilter_table(features: Features) -> csr_matrix:
    """Return what the prefilter learns from: what sentence and document mean to the small encoder, features, words."""
    dense = np.hstack([PREFILTER * features.meanings, PREFILTER * features.contexts, features.rows])
    return csr_matrix(hstack([csr_matrix(dense), WORDS * features.words]))


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
    end = vectors + contexts
    told = [n for n in chosen if sentences[n].target]
    documents = table[told][:, vectors:end].toarray() * (VECTORS / CONTEXTS)
    whom = regression(STRENGTH).fit(documents, [TARGETS.index(sentences[n].target) for n in told])
    coefficients = np.zeros((len(TARGETS), table.shape[1]))
    coefficients[:, vectors:end] = whom.coef_ * (VECTORS / CONTEXTS)
    columns = np.vstack([advice.coef_, dont.coef_, coefficients]).T
    return {
        "vectors": VECTORS * columns[:vectors],
        "contexts": CONTEXTS * columns[vectors:end],
        "features": columns[end : end + len(FEATURES)],
        "words": WORDS * columns[end + len(FEATURES) :, :2],
        "bias": np.concatenate([advice.intercept_ - shift, dont.intercept_, whom.intercept_]),
    }


def prefilter_weights(model: LogisticRegression, least: float, meanings: int) -> dict[str, Floats]:
    """Return the weights of the prefilter; its threshold, the chance `least`, lies at 0."""
    column = model.coef_[0]
    after = 2 * meanings + len(FEATURES)
    return {
        "prefilter meanings": PREFILTER * column[:meanings],
        "prefilter contexts": PREFILTER * column[meanings : 2 * meanings],
        "prefilter features": column[2 * meanings : after],
        "prefilter words": WORDS * column[after:],
        "prefilter bias": model.intercept_ - np.log(least / (1 - least)),
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
        "prefilter": f"the same, without vectors; it misses {MISSED:.1%} of the advice that they would have shown",
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
