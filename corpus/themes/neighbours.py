"""The nearest rows of each row by cosine, as a symmetric graph: exactly while that is cheap, else through lists.

From `EXACT_UNTIL` rows on, rows are put into lists around centres (spherical k-means on a sample), and each is compared
with the rows of the nearest lists only (inverted lists: Jégou, Douze, Schmid 2011, doi:10.1109/TPAMI.2010.57). Both
ways give the same graph for the same rows every time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.intp]

NEIGHBOURS = 15
EXACT_UNTIL = 30_000
PROBED = 12
ROUNDS = 8
SAMPLED = 40
ROWS_AT_ONCE = 1024
SEED = 1


def nearest(vectors: Vectors) -> csr_matrix:
    """Return the symmetric graph (n, n) of each unit row's nearest rows, weighted by cosine; negative ones are none."""
    from scipy.sparse import csr_matrix

    count = len(vectors)
    width = min(NEIGHBOURS, count - 1)
    if width < 1:
        return csr_matrix((count, count))
    blocks = _exact(vectors, width) if count <= EXACT_UNTIL else _through_lists(vectors, width)
    rows, columns, values = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    positive = values > 0
    graph = csr_matrix(
        (values[positive].astype(np.float64), (rows[positive], columns[positive])), shape=(count, count)
    )
    graph = graph.maximum(graph.T).tocsr()
    graph.eliminate_zeros()
    return graph


def _exact(vectors: Vectors, width: int) -> Iterator[tuple[Rows, Rows, Vectors]]:
    everything = np.arange(len(vectors))
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        yield _best(vectors, everything[start : start + ROWS_AT_ONCE], everything, width)


def _through_lists(vectors: Vectors, width: int) -> Iterator[tuple[Rows, Rows, Vectors]]:
    centres = _centres(vectors)
    probed = _nearest_lists(vectors, centres)
    home = probed[:, 0]
    order = np.argsort(home, kind="stable")
    bounds = np.searchsorted(home[order], np.arange(len(centres) + 1))
    likeness = centres @ centres.T
    beside = np.argsort(-likeness, axis=1, kind="stable")[:, :PROBED]
    for place in range(len(centres)):
        rows = order[bounds[place] : bounds[place + 1]]
        if len(rows):
            candidates = np.concatenate([order[bounds[other] : bounds[other + 1]] for other in beside[place]])
            for start in range(0, len(rows), ROWS_AT_ONCE):
                yield _best(vectors, rows[start : start + ROWS_AT_ONCE], candidates, width)


def _best(vectors: Vectors, rows: Rows, candidates: Rows, width: int) -> tuple[Rows, Rows, Vectors]:
    """Return (row, column, cosine) of the `width` candidates nearest to each row, itself left out."""
    cosines = vectors[rows] @ vectors[candidates].T
    cosines[rows[:, None] == candidates[None, :]] = -2
    width = min(width, len(candidates) - 1)
    if width < 1:
        return rows[:0], rows[:0], cosines[:0, 0]
    near = np.argpartition(-cosines, width - 1, axis=1)[:, :width]
    values = np.take_along_axis(cosines, near, axis=1)
    return np.repeat(rows, width), candidates[near].ravel(), values.ravel()


def _centres(vectors: Vectors) -> Vectors:
    """Return the centres of about sqrt(n) lists, learnt on a sample drawn by a fixed seed."""
    count = max(16, int(len(vectors) ** 0.5))
    drawn = np.random.default_rng(SEED).permutation(len(vectors))[: count * SAMPLED]
    sample = vectors[np.sort(drawn)]
    centres = sample[np.linspace(0, len(sample) - 1, count).astype(int)].copy()
    for _ in range(ROUNDS):
        home = _nearest_lists(sample, centres, 1)[:, 0]
        sums = np.zeros_like(centres)
        np.add.at(sums, home, sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.where(lengths > 0, lengths, 1), centres)
    return np.asarray(centres, np.float32)


def _nearest_lists(vectors: Vectors, centres: Vectors, width: int = 1) -> Rows:
    """Return the `width` nearest centres of each row, nearest first."""
    found = []
    for start in range(0, len(vectors), 8 * ROWS_AT_ONCE):
        cosines = vectors[start : start + 8 * ROWS_AT_ONCE] @ centres.T
        found.append(
            np.argsort(-cosines, axis=1, kind="stable")[:, :width]
            if width > 1
            else cosines.argmax(1)[:, None]
        )
    return np.concatenate(found)
