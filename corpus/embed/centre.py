"""Takes the language out of vectors, so that a text and its translation lie together.

Vectors of a multilingual model group by language first. What a language adds is a mean: it is subtracted, for
passages and for questions separately, and the vectors are normalised again. A mean over few passages is their
subject rather than their language, so it is shrunk, in two steps:

    mean(language) = prior(language) + domain + share * (own - domain)      share = n / (n + prior_weight)

`prior(language)` is the mean of general sentences that say the same in each language (`corpus.embed.prior`),
`own` is how far the language's passages lie from it, and `domain` is that distance over all languages:
what the corpus's subject adds in any language. Nobody collects questions, so theirs is their prior alone: what
the corpus adds to passages is also their length and style, which questions do not share (bench/search.py:
moving the questions' mean by the same step costs a tenth of nDCG).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from corpus.language import primary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from corpus.embed.prior import PriorVectors

Role = Literal["passage", "query"]
Means = dict[tuple[Role, str], tuple[float, "NDArray[np.float32]"]]

UNKNOWN = "und"
PRIOR_WEIGHT = (
    20.0  # bench/embedding.py: 10 to 100 differ by under 0.005 MRR; less trusts single pages too much
)


def language_means(
    vectors: NDArray[np.float32],
    languages: Sequence[str],
    prior: PriorVectors,
    prior_weight: float = PRIOR_WEIGHT,
) -> Means:
    """Return what `means_of_sums` does, from passage vectors (n, dimension) and their languages."""
    codes = np.asarray(languages, dtype=object)
    sums = {
        code: (int((codes == code).sum()), vectors[codes == code].sum(axis=0, dtype=np.float64))
        for code in set(languages)
    }
    return means_of_sums(sums, prior, prior_weight)


def means_of_sums(
    sums: Mapping[str, tuple[int, NDArray[np.float64]]],
    prior: PriorVectors,
    prior_weight: float = PRIOR_WEIGHT,
) -> Means:
    """Return (weight, mean) for each role and language; `sums` are the number and the sum of passage vectors.

    `weight` is the number of passages behind the mean. There is one for each language of the corpus and of
    the prior, and for `und`, which stands in for all others: the middle of the prior's languages.
    """
    middle = {
        "passage": np.mean(list(prior.passages.values()), axis=0),
        "query": np.mean(list(prior.queries.values()), axis=0),
    }
    counts, totals = _by_language(sums)
    base = {code: prior.passages.get(code, middle["passage"]) for code in {*counts, *prior.passages, UNKNOWN}}
    own = {code: (totals[code] / counts[code]).astype(np.float32) - base[code] for code in counts}
    shares = {code: count / (count + prior_weight) for code, count in counts.items()}
    domain = _average(own, shares, np.zeros_like(middle["passage"]))
    means: Means = {}
    for code in sorted(base):
        count, share = float(counts.get(code, 0)), shares.get(code, 0.0)
        step = domain + share * (own.get(code, domain) - domain)
        means["passage", code] = count, (base[code] + step).astype(np.float32)
        means["query", code] = count, prior.queries.get(code, middle["query"]).astype(np.float32)
    return means


def _by_language(
    sums: Mapping[str, tuple[int, NDArray[np.float64]]],
) -> tuple[dict[str, int], dict[str, NDArray[np.float64]]]:
    """Add up what belongs to one language: zh-Hans and zh-Hant share a mean."""
    counts: dict[str, int] = {}
    totals: dict[str, NDArray[np.float64]] = {}
    for tag in sorted(sums):
        code, (count, total) = primary(tag), sums[tag]
        if count:
            counts[code] = counts.get(code, 0) + count
            totals[code] = totals[code] + total if code in totals else total
    return counts, totals


def _average(
    own: Mapping[str, NDArray[np.float32]], shares: Mapping[str, float], empty: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Average over languages, a language counting by its share: one with many passages outvotes none."""
    total = sum(shares.values())
    moved = [shares[code] * own[code] for code in sorted(own)]
    return np.asarray(np.sum(moved, axis=0) / total, np.float32) if total else empty


def centre(
    vectors: NDArray[np.float32], languages: Sequence[str], means: Means, role: Role
) -> NDArray[np.float32]:
    """Return `vectors` (n, dimension) less the mean of their language for `role`, each of length 1.

    A language without a mean takes that of `und`. A vector that equals its mean says nothing of its own: it
    is returned as it came, normalised; a zero vector stays zero. Nothing becomes NaN.
    """
    unknown = means.get((role, UNKNOWN), (0.0, np.zeros(vectors.shape[1], np.float32)))
    shifts = [means.get((role, primary(code)), unknown)[1] for code in languages]
    centred = vectors - np.stack(shifts) if shifts else vectors
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    kept = np.where(lengths > 1e-6, centred, vectors)
    lengths = np.linalg.norm(kept, axis=1, keepdims=True)
    return np.asarray(kept / np.where(lengths > 0, lengths, 1), np.float32)
