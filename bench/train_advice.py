"""Train the advice model: `python -m bench.train_advice [--write]`.

Logistic regressions over language-centred sentence vectors, features (corpus/advice/features.py) and n-grams, on the
training part of `bench.labelled_advice`. Nothing of the held-out part is read here; its figures come from
`bench.advice_model`.
Prints figures of folds by page; `--write` writes the two files of the model under corpus/advice/data.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bench.common import ROOT, print_table
from bench.labelled_advice import Labelled, labelled
from corpus.advice import explain
from corpus.advice.features import FEATURES, contexts, features
from corpus.advice.model import CLIP, centred
from corpus.advice.ngrams import SIZE, ngrams
from corpus.embed import load
from corpus.embed.prior import prior_vectors
from corpus.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DATA = ROOT / "corpus" / "advice" / "data"
TARGETS = ("cio", "it-staff", "vendor", "business", "anybody")
VECTORS, CONTEXTS, WORDS, STRENGTH = 8.0, 4.0, 8.0, 0.1
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
    vectors, around, rows = inputs(sentences, embedder)
    centre, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    words = ngrams([sentence.text for sentence in sentences], [sentence.language for sentence in sentences])
    dense = [VECTORS * vectors, CONTEXTS * around, np.clip((rows - centre) / scale, -CLIP, CLIP)]
    table = csr_matrix(hstack([csr_matrix(np.hstack(dense)), WORDS * words]))
    truth = np.array([sentence.advice for sentence in sentences])
    thought, threshold = out_of_fold(table, truth, [sentence.page for sentence in sentences])
    figures = [("F1 by folds", f1(thought >= threshold, truth)), ("threshold", threshold)]
    print_table(
        f"Advice model, {len(sentences)} sentences, {truth.sum()} advice", ("figure", "value"), figures
    )
    if arguments.write:
        columns = fitted(table, truth, threshold, sentences, vectors.shape[1])
        probe = embedder.embed_passages(PROBES)
        write(columns, centre, scale, probe, {"trained on": f"{len(sentences)} sentences", **dict(figures)})


def inputs(
    sentences: Sequence[Labelled], embedder: Any
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return language-centred vectors of sentences and of their documents, and features."""
    raw = embedder.embed_passages([sentence.text for sentence in sentences])
    means = dict(prior_vectors(embedder, Settings.load().models_dir / "priors").passages)
    verdicts = [explain(sentence.text, sentence.language, sentence.heading) for sentence in sentences]
    pages = [sentence.page for sentence in sentences]
    codes = [sentence.language for sentence in sentences]
    rows = features([(sentence.text, sentence.heading) for sentence in sentences], verdicts, pages, codes)
    vectors = centred(raw, codes, means)
    return vectors, contexts(vectors, pages), rows


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
    for seen, unseen in GroupKFold(FOLDS).split(table, truth, pages):
        model = regression(STRENGTH).fit(table[seen], truth[seen])
        thought[unseen] = model.predict_proba(table[unseen])[:, 1]
    steps = np.arange(0.25, 0.65, 0.05)
    return thought, max(f1(thought >= step, truth) for step in steps) / 2


def fitted(
    table: csr_matrix,
    truth: NDArray[np.bool_],
    threshold: float,
    sentences: Sequence[Labelled],
    size: int,
) -> NDArray[np.float64]:
    """Return the weights of all columns, the last row their bias; the threshold of advice lies at 0.5.

    Whom a sentence tells is learnt from its document alone (`size` columns after as many): better than from both.
    """
    advice = regression(STRENGTH).fit(table, truth)
    shift = float(np.log(threshold / (1 - threshold)))
    chosen = [n for n, sentence in enumerate(sentences) if sentence.advice]
    dont = regression(STRENGTH).fit(table[chosen], [sentences[n].polarity == "dont" for n in chosen])
    documents = table[chosen][:, size : 2 * size].toarray() * (VECTORS / CONTEXTS)
    whom = regression(STRENGTH).fit(documents, [TARGETS.index(sentences[n].target) for n in chosen])
    coefficients = np.zeros((len(TARGETS), table.shape[1]))
    coefficients[:, size : 2 * size] = whom.coef_ * (VECTORS / CONTEXTS)
    columns = [
        np.append(advice.coef_[0], advice.intercept_[0] - shift),
        np.append(dont.coef_[0], dont.intercept_[0]),
    ]
    columns += [np.append(row, bias) for row, bias in zip(coefficients, whom.intercept_, strict=True)]
    return np.stack(columns, axis=1)


def write(
    columns: NDArray[np.float64], centre: NDArray[np.float32], scale: NDArray[np.float32], probe: NDArray[np.float32],
    about: dict[str, Any],
) -> None:  # fmt: skip
    """Write the model's two files."""
    from safetensors.numpy import save_file

    dense = len(columns) - 1 - SIZE
    size = (dense - len(FEATURES)) // 2
    weights = {"vectors": VECTORS * columns[:size], "contexts": CONTEXTS * columns[size : 2 * size]}
    weights |= {"features": columns[2 * size : dense], "bias": columns[-1]}
    weights |= {"centre": centre, "scale": scale, "probe": probe}
    tensors = {k: np.ascontiguousarray(v, np.float32) for k, v in weights.items()}
    tensors["words"] = np.ascontiguousarray(WORDS * columns[dense:-1, :2], np.float16)
    DATA.mkdir(exist_ok=True)
    save_file(tensors, DATA / "advice.safetensors")
    about |= {
        "what": "whether a sentence is advice, not to do something, and for whom",
        "method": f"logistic regressions, C {STRENGTH}, vectors times {VECTORS}, documents {CONTEXTS}, words {WORDS}",
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
