"""Which points lie together: communities of a graph of nearest neighbours, by Leiden.

Traag, Waltman, van Eck 2019, doi:10.1038/s41598-019-41695-z, as scikit-network has it. Neither the number of
communities nor their size is given beforehand, and the same points give the same communities.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.themes.neighbours import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Vectors = NDArray[np.float32]
    Labels = NDArray[np.intp]

# bench/themes.py measures these on the shipped pages
SENTENCE, PASSAGE, DOCUMENT = 0.5, 0.3, 0.2
RESOLUTION = 1.0

SMALLEST = 2
SIMILARITY_FLOOR = 0.2
OLD_MARGIN = 0.05
SEED = 1
ROWS_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class Community:
    """Rows that lie together, nearest to their centre first, their cosines to it, and the label they have in common."""

    rows: tuple[int, ...]
    similarities: tuple[float, ...]
    label: int = -1


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
    _, places = np.unique(np.asarray(documents), return_inverse=True)
    sums = np.zeros((places.max() + 1, sentences.shape[1]), np.float32)
    mixed = np.empty(sentences.shape, np.float32)
    blocks = [slice(start, start + ROWS_AT_ONCE) for start in range(0, len(sentences), ROWS_AT_ONCE)]
    for rows in blocks:
        np.add.at(sums, places[rows], sentences[rows] + passages[rows])
    sums = unit(sums)
    for rows in blocks:
        mixed[rows] = unit(
            SENTENCE * sentences[rows] + PASSAGE * passages[rows] + DOCUMENT * sums[places[rows]]
        )
    return mixed


def find_communities(vectors: Vectors) -> list[Community]:
    """Return the communities of unit vectors (n, dimension), biggest first; rows near none are in none."""
    labels = partition(nearest(vectors))
    return gather(vectors, labels)


def partition(graph: csr_matrix, resolution: float = RESOLUTION) -> Labels:
    """Return the community of each row of a graph, from 0; -1 where it has no neighbour."""
    count = graph.shape[0]
    labels = np.full(count, -1, np.intp)
    if graph.nnz == 0:
        return labels
    from sknetwork.clustering import Leiden

    ctypes.CDLL(None).srand(
        SEED
    )  # its refinement draws from C's rand() whatever `random_state` says (0.33.5)
    found = Leiden(resolution=resolution, random_state=SEED).fit_predict(graph)
    linked = np.diff(graph.indptr) > 0
    labels[linked] = np.asarray(found, np.intp)[linked]
    return labels


def gather(vectors: Vectors, labels: Labels, old: NDArray[np.bool_] | None = None) -> list[Community]:
    """Return the communities that labels name, biggest first, without the rows that lie too far from the centre.

    Rows that are `old`, which were in their community before, may lie a little further off.
    """
    if not len(labels):
        return []
    order = np.argsort(labels, kind="stable")
    names, starts = np.unique(labels[order], return_index=True)
    groups = np.split(order, starts[1:])
    pairs = zip(names, groups, strict=True)
    found = [_tighten(vectors, rows, int(name), old) for name, rows in pairs if name >= 0]
    kept = [community for community in found if len(community.rows) >= SMALLEST]
    return sorted(kept, key=lambda community: (-len(community.rows), min(community.rows)))


def _tighten(
    vectors: Vectors, rows: NDArray[np.intp], label: int, old: NDArray[np.bool_] | None
) -> Community:
    """Order a community by likeness to its centre, and let go of the rows under the floor."""
    centre = unit(vectors[rows].mean(axis=0, keepdims=True))[0]
    cosines = np.round((vectors[rows] @ centre).astype(float), 6)
    floor = np.full(len(rows), SIMILARITY_FLOOR)
    if old is not None:
        floor -= OLD_MARGIN * old[rows]
    order = [place for place in np.lexsort((rows, -cosines)) if cosines[place] >= floor[place]]
    return Community(
        tuple(int(rows[place]) for place in order), tuple(float(cosines[place]) for place in order), label
    )
