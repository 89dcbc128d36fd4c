"""Themes that stay: what was in a theme stays in it, and only clear reasons split, merge or found one.

A day's advice joins the themes that most of its neighbours are in; what joins none founds themes of its own. Then each
theme is looked at alone: it splits where a part hangs together with the rest by much less than chance would have it,
and two themes merge where they hang together by much more. `MARGIN` says how much: between the two lies a band in
which yesterday's answer holds, so that themes do not flicker. On the first day there is no yesterday, and this is
Leiden alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from corpus.themes.graph import RESOLUTION, SMALLEST, partition

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Labels = NDArray[np.intp]

MARGIN = 1.6
MAJORITY = 0.5
SPLIT_FROM = 10
PART_FROM = 5
ROUNDS = 20


@dataclass(slots=True)
class Partition:
    """A label for each row, -1 for none. `splits` are (part, whence, ratio), `merges` (gone, into, ratio)."""

    labels: Labels
    splits: list[tuple[int, int, float]] = field(default_factory=list)
    merges: list[tuple[int, int, float]] = field(default_factory=list)


def follow(
    graph: csr_matrix, known: Labels, count: int, kept: Collection[int] = (), seen: float = 1.0
) -> Partition:
    """Return the partition of a graph's rows that goes on from `known` (a label from 0 to `count` - 1, or -1: new).

    New groups are labelled from `count` on. The labels in `kept` are neither split nor merged. `seen`: of which share
    of the rows the graph has the neighbours: that of new ones and of labels that are not kept. The answer depends on
    the rows and their labels, not on order.
    """
    found = Partition(join(graph, known))
    _found_new(graph, found.labels, count)
    if count:
        _split(graph, found, kept, seen)
        _merge(graph, found, kept, count, seen)
    return found


def join(graph: csr_matrix, known: Labels) -> Labels:
    """Give each new row the label that has the majority of its neighbours, until none is left that has one."""
    labels = known.copy()
    for _ in range(ROUNDS):
        new = np.flatnonzero(labels < 0)
        if not len(new) or labels.max(initial=-1) < 0:
            break
        votes = graph[new] @ _membership(labels)
        totals = np.asarray(graph[new].sum(axis=1)).ravel()
        best = np.asarray(votes.argmax(axis=1)).ravel()
        share = np.asarray(votes.max(axis=1).todense()).ravel()
        won = (share > MAJORITY * totals) & (totals > 0)
        if not won.any():
            break
        labels[new[won]] = best[won]
    return labels


def _membership(labels: Labels) -> csr_matrix:
    """Return the matrix (rows, labels) with a 1 where a row has a label."""
    from scipy.sparse import csr_matrix

    rows = np.flatnonzero(labels >= 0)
    shape = (len(labels), int(labels.max(initial=-1)) + 1)
    return csr_matrix((np.ones(len(rows)), (rows, labels[rows])), shape=shape)


def _found_new(graph: csr_matrix, labels: Labels, first_new: int) -> None:
    """Let the rows that joined nothing found groups of their own."""
    new = np.flatnonzero(labels < 0)
    if not len(new):
        return
    own = partition(graph[new][:, new])
    counts = np.bincount(own[own >= 0]) if (own >= 0).any() else np.zeros(0, int)
    big = [label for label in range(len(counts)) if counts[label] >= SMALLEST]
    for place, label in enumerate(big):
        labels[new[own == label]] = first_new + place


def _between(graph: csr_matrix, labels: Labels) -> NDArray[np.float64]:
    """Return the weight (labels, labels) between groups."""
    members = _membership(labels)
    return np.asarray((members.T @ graph @ members).todense(), np.float64)


def _split(graph: csr_matrix, found: Partition, kept: Collection[int], seen: float) -> None:
    degrees = np.asarray(graph.sum(axis=1)).ravel()
    total = degrees.sum() / seen
    names = [int(name) for name in np.unique(found.labels) if name >= 0]
    following = max(names, default=-1) + 1
    for name in names:
        rows = np.flatnonzero(found.labels == name) if name not in kept else np.zeros(0, np.intp)
        if len(rows) < SPLIT_FROM:
            continue
        own = partition(graph[rows][:, rows])
        for part in range(1, int(own.max(initial=-1)) + 1):
            inside = own == part
            rest = ~inside & (found.labels[rows] == name)
            if min(inside.sum(), rest.sum()) < PART_FROM:
                continue
            weight = float(graph[rows[inside]][:, rows[rest]].sum())
            expected = RESOLUTION * degrees[rows[inside]].sum() * degrees[rows[rest]].sum() / total
            if weight * MARGIN < expected:
                found.labels[rows[inside]] = following
                found.splits.append((following, name, weight / expected))
                following += 1


def _merge(graph: csr_matrix, found: Partition, kept: Collection[int], first_new: int, seen: float) -> None:
    """Merge the pair that hangs together most beyond chance, as long as there is one; the older, then the bigger stays.

    What was just split off, or found today, merges only into what was there before it.
    """
    weights = _between(graph, found.labels)
    total = weights.sum() / seen
    parts = {part for part, _, _ in found.splits}
    barred = np.array([name in kept or name in parts for name in range(len(weights))], bool)
    while len(weights):
        degrees = weights.sum(axis=1)
        expected = RESOLUTION * np.outer(degrees, degrees) / max(total, 1e-12)
        ratios = np.where(expected > 0, weights / np.maximum(expected, 1e-12), 0)
        np.fill_diagonal(ratios, 0)
        ratios[barred] = 0
        ratios[:, barred] = 0
        one, other = np.unravel_index(int(np.round(ratios, 9).argmax()), ratios.shape)
        if ratios[one, other] < MARGIN:
            return
        stays, goes = sorted(
            (int(one), int(other)), key=lambda name: (name >= first_new, -float(degrees[name]), name)
        )
        found.merges.append((goes, stays, float(ratios[one, other])))
        found.labels[found.labels == goes] = stays
        weights[stays] += weights[goes]
        weights[:, stays] += weights[:, goes]
        weights[goes] = 0
        weights[:, goes] = 0
