"""Which points lie together: a graph of nearest neighbours by cosine, and its communities by Leiden.

Traag, Waltman, van Eck 2019, doi:10.1038/s41598-019-41695-z, as scikit-network has it. Neither the number of
communities nor their size is given beforehand, and the same points give the same communities.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Vectors = NDArray[np.float32]

# bench/themes.py measures these five on the shipped pages
SENTENCE, PASSAGE, DOCUMENT = 0.5, 0.3, 0.2
NEIGHBOURS = 15
RESOLUTION = 1.0

SMALLEST = 2
SIMILARITY_FLOOR = 0.2
ROWS_AT_ONCE = 1024
SEED = 1


@dataclass(frozen=True, slots=True)
class Community:
    """Rows that lie together, nearest to their centre first, and their cosines to it."""

    rows: tuple[int, ...]
    similarities: tuple[float, ...]


def unit(vectors: Vectors) -> Vectors:
    """Return the rows (n, dimension) at length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


def in_context(sentences: Vectors, passages: Vectors | None, documents: Sequence[str]) -> Vectors:
    """Mix each sentence's vector with its passage's and its document's; all are (n, dimension).

    The document's vector is the mean over its points of sentence and passage. Without `passages`, sentences stay
    as they are.
    """
    if passages is None or not len(sentences):
        return unit(sentences)
    _, rows = np.unique(np.asarray(documents), return_inverse=True)
    sums = np.zeros((rows.max() + 1, sentences.shape[1]), np.float32)
    np.add.at(sums, rows, sentences + passages)
    return unit(SENTENCE * sentences + PASSAGE * passages + DOCUMENT * unit(sums)[rows])


def find_communities(vectors: Vectors) -> list[Community]:
    """Return the communities of unit vectors (n, dimension), biggest first; rows near none are in none."""
    graph = _nearest(vectors)
    if graph.nnz == 0:
        return []
    from sknetwork.clustering import Leiden

    ctypes.CDLL(None).srand(
        SEED
    )  # its refinement draws from C's rand() whatever `random_state` says (0.33.5)
    labels = Leiden(resolution=RESOLUTION, random_state=SEED).fit_predict(graph)
    found = [_tighten(vectors, np.flatnonzero(labels == label)) for label in range(labels.max() + 1)]
    kept = [community for community in found if len(community.rows) >= SMALLEST]
    return sorted(kept, key=lambda community: (-len(community.rows), min(community.rows)))


def _nearest(vectors: Vectors) -> csr_matrix:
    """Return the symmetric graph (n, n) of each row's nearest rows, weighted by cosine; negative ones are none."""
    from scipy.sparse import csr_matrix

    count = len(vectors)
    width = min(NEIGHBOURS, count - 1)
    if width < 1:
        return csr_matrix((count, count))
    near, weights = [], []
    for start in range(0, count, ROWS_AT_ONCE):
        cosines = vectors[start : start + ROWS_AT_ONCE] @ vectors.T
        here = np.arange(len(cosines))
        cosines[here, start + here] = -2
        columns = np.argpartition(-cosines, width - 1, axis=1)[:, :width]
        near.append(columns)
        weights.append(np.take_along_axis(cosines, columns, axis=1))
    rows = np.repeat(np.arange(count), width)
    values = np.maximum(np.concatenate(weights).ravel().astype(np.float64), 0)
    graph = csr_matrix((values, (rows, np.concatenate(near).ravel())), shape=(count, count))
    graph = graph.maximum(graph.T).tocsr()
    graph.eliminate_zeros()
    return graph


def _tighten(vectors: Vectors, rows: NDArray[np.intp]) -> Community:
    """Order a community by likeness to its centre, and let go of the rows under the floor."""
    centre = unit(vectors[rows].mean(axis=0, keepdims=True))[0]
    cosines = np.round((vectors[rows] @ centre).astype(float), 6)
    order = [place for place in np.lexsort((rows, -cosines)) if cosines[place] >= SIMILARITY_FLOOR]
    return Community(
        tuple(int(rows[place]) for place in order), tuple(float(cosines[place]) for place in order)
    )
