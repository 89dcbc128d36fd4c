"""Which themes a run looks at anew, and the neighbours that it needs for that.

Of up to `EXACT_UNTIL` pieces of advice every run looks at all themes. Of more, a theme is looked at (it may split,
merge and get other parts) when its size has changed by about a tenth since it last was; to the others, new advice only
joins. So a day that adds one piece in a hundred costs a fraction of the first day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.themes import neighbours
from corpus.themes.neighbours import lists_of, nearest
from corpus.themes.steady import join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Vectors = NDArray[np.float32]
    Labels = NDArray[np.intp]

LEAST_CHANGE, MOST_CHANGE = 1.05, 1.15
STEPS = 64


@dataclass(frozen=True, slots=True)
class Look:
    """`due`: the labels of the themes to look at; `labels`: of each row, after new ones joined; -1: of none.

    `graph` has the neighbours of new rows and of those of the themes to look at: of the share `seen` of all rows.
    """

    graph: csr_matrix
    labels: Labels
    due: frozenset[int]
    seen: float = 1.0


def look(vectors: Vectors, labels: Labels, sizes: Sequence[int]) -> Look:
    """Return what to look at among rows with yesterday's `labels`; theme n had `sizes[n]` rows when last looked at."""
    everything = frozenset(range(len(sizes)))
    if len(vectors) <= neighbours.EXACT_UNTIL or not any(sizes):
        return Look(nearest(vectors), labels, everything)
    lists = lists_of(vectors)
    new = np.flatnonzero(labels < 0)
    graph = nearest(vectors, new, lists)
    joined = join(graph, labels)
    now = np.bincount(joined[joined >= 0], minlength=len(sizes))
    due = frozenset(n for n in everything if _has_changed(n, int(now[n]), sizes[n]))
    old = np.flatnonzero(np.isin(joined, sorted(due)) & (labels >= 0))
    graph = graph.maximum(nearest(vectors, old, lists)).tocsr()
    return Look(graph, joined, due, (len(new) + len(old)) / len(vectors))


def _has_changed(place: int, now: int, then: int) -> bool:
    """Whether a theme has changed enough; the measure differs from theme to theme, so that not all are due one day."""
    enough = LEAST_CHANGE + (MOST_CHANGE - LEAST_CHANGE) * (place % STEPS) / STEPS
    return not then / enough < now < then * enough
