"""The nearest rows of each row by cosine, as a symmetric graph: exactly while that is cheap, else through lists.

From `EXACT_UNTIL` rows on, rows are put into lists around centres (spherical k-means on a sample), and each is compared
with the rows of the nearest lists only (inverted lists: Jégou, Douze, Schmid 2011, doi:10.1109/TPAMI.2010.57). Both
ways give the same graph for the same rows every time.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Lists:
    """Rows in lists: list n holds `order[bounds[n] : bounds[n + 1]]`, the lists nearest to it are `beside[n]`."""

    order: Rows
    bounds: Rows
    beside: Rows


def lists_of(vectors: Vectors) -> Lists:
    """Put the rows into lists around centres."""
    centres = _centres(vectors)
    home = _nearest_centre(vectors, centres)
    order = np.argsort(home, kind="stable")
    bounds = np.searchsorted(home[order], np.arange(len(centres) + 1))
    beside = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, :PROBED]
    return Lists(order, bounds, beside)


def nearest(vectors: Vectors, asked: Rows | None = None, lists: Lists | None = None) -> csr_matrix:
    """Return the symmetric graph (n, n) of each unit row's nearest rows, weighted by cosine; negative ones are none.

    `asked`: the rows whose neighbours are looked for, ascending; None: all. Others are in the graph as neighbours only.
    `lists`: those of `vectors`, where they were made before.
    """
    from scipy.sparse import csr_matrix

    count = len(vectors)
    width = min(NEIGHBOURS, count - 1)
    rows = np.arange(count) if asked is None else asked
    if width < 1 or not len(rows):
        return csr_matrix((count, count))
    if count <= EXACT_UNTIL:
        blocks = _exact(vectors, rows, width)
    else:
        blocks = _through_lists(vectors, rows, width, lists or lists_of(vectors))
    sources, columns, values = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    positive = values > 0
    graph = csr_matrix(
        (values[positive].astype(np.float64), (sources[positive], columns[positive])), shape=(count, count)
    )
    graph = graph.maximum(graph.T).tocsr()
    graph.eliminate_zeros()
    return graph


def _exact(vectors: Vectors, rows: Rows, width: int) -> Iterator[tuple[Rows, Rows, Vectors]]:
    everything = np.arange(len(vectors))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield _best(vectors, rows[start : start + ROWS_AT_ONCE], everything, width)


def _through_lists(
    vectors: Vectors, rows: Rows, width: int, lists: Lists
) -> Iterator[tuple[Rows, Rows, Vectors]]:
    wanted = np.zeros(len(vectors), bool)
    wanted[rows] = True
    members = np.split(lists.order, lists.bounds[1:-1])
    for place, own in enumerate(members):
        inside = own[wanted[own]]
        if len(inside):
            candidates = np.concatenate([members[other] for other in lists.beside[place]])
            near = vectors[candidates]
            for start in range(0, len(inside), ROWS_AT_ONCE):
                yield _best(vectors, inside[start : start + ROWS_AT_ONCE], candidates, width, near)


def _best(
    vectors: Vectors, rows: Rows, candidates: Rows, width: int, near: Vectors | None = None
) -> tuple[Rows, Rows, Vectors]:
    """Return (row, column, cosine) of the `width` candidates nearest to each row, itself left out.

    `near`: the vectors of the candidates; None: those of all rows.
    """
    cosines = vectors[rows] @ (vectors if near is None else near).T
    own = np.argsort(candidates, kind="stable")
    cosines[np.arange(len(rows)), own[np.searchsorted(candidates, rows, sorter=own)]] = -2
    width = min(width, len(candidates) - 1)
    if width < 1:
        return rows[:0], rows[:0], cosines[:0, 0]
    best = np.argpartition(cosines, -width, axis=1)[:, -width:]
    values = np.take_along_axis(cosines, best, axis=1)
    return np.repeat(rows, width), candidates[best].ravel(), values.ravel()


def _centres(vectors: Vectors) -> Vectors:
    """Return the centres of about sqrt(n) lists, learnt on a sample drawn by a fixed seed."""
    from scipy.sparse import csr_matrix

    count = max(16, int(len(vectors) ** 0.5))
    drawn = np.random.default_rng(SEED).permutation(len(vectors))[: count * SAMPLED]
    sample = vectors[np.sort(drawn)]
    centres = sample[np.linspace(0, len(sample) - 1, count).astype(int)].copy()
    for _ in range(ROUNDS):
        home = _nearest_centre(sample, centres)
        members = csr_matrix(
            (np.ones(len(home), np.float32), (home, np.arange(len(home)))), (count, len(home))
        )
        sums = members @ sample
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.where(lengths > 0, lengths, 1), centres)
    return np.asarray(centres, np.float32)


def _nearest_centre(vectors: Vectors, centres: Vectors) -> Rows:
    """Return the nearest centre of each row."""
    at_once = 8 * ROWS_AT_ONCE
    blocks = [vectors[start : start + at_once] for start in range(0, len(vectors), at_once)]
    return np.concatenate([(block @ centres.T).argmax(axis=1) for block in blocks])
