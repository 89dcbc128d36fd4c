"""Boosted decision trees that were trained elsewhere: numbers in a JSON file, evaluated with numpy, no code loaded.

The file is written by `bench.boost.export`; the method is Friedman's gradient boosting (2001) with logistic loss.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray

_LEAF = -1


@dataclass(frozen=True, slots=True)
class Trees:
    """An ensemble: row `t` of each array is tree `t`, column 0 its root.

    A node asks whether feature `feature` is at most `threshold` and goes `left` or `right`; where `feature` is -1 it
    is a leaf worth `value`. `about` says what it was trained on, with its licence, and how well it does.
    """

    features: tuple[str, ...]
    baseline: float
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    value: NDArray[np.float32]
    about: dict[str, Any]

    def probability(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of the positive class, shape (n,), of `rows`, shape (n, number of features)."""
        trees = np.arange(len(self.feature))[None, :]
        node = np.zeros((len(rows), len(self.feature)), dtype=np.int16)
        row = np.arange(len(rows))[:, None]
        while True:
            asked = self.feature[trees, node]
            if (asked == _LEAF).all():
                break
            below = rows[row, np.maximum(asked, 0)] <= self.threshold[trees, node]
            following = np.where(below, self.left[trees, node], self.right[trees, node])
            node = np.where(asked == _LEAF, node, following)
        score = self.baseline + self.value[trees, node].sum(axis=1, dtype=np.float64)
        return np.asarray(1.0 / (1.0 + np.exp(-score)), dtype=np.float32)


def load(file: Traversable, features: Sequence[str]) -> Trees:
    """Read an ensemble. Raises ModelError for a damaged file, or one made for other features than `features`."""
    try:
        data = json.loads(file.read_text("utf-8"))
        trees = _trees(data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"model {file.name} cannot be read: {error}; install the project again") from error
    if trees.features != tuple(features):
        raise ModelError(f"model {file.name} was trained for other features; train it again (see {__name__})")
    return trees


def _trees(data: dict[str, Any]) -> Trees:
    trees = data["trees"]
    width = max(len(tree["feature"]) for tree in trees)

    def array(name: str, kind: type[np.generic], fill: int) -> NDArray[Any]:
        table = np.full((len(trees), width), fill, dtype=kind)
        for number, tree in enumerate(trees):
            table[number, : len(tree[name])] = tree[name]
        return table

    found = Trees(
        tuple(data["features"]),
        float(data["baseline"]),
        array("feature", np.int16, _LEAF),
        array("threshold", np.float32, 0),
        array("left", np.int16, 0),
        array("right", np.int16, 0),
        array("value", np.float32, 0),
        data["about"],
    )
    _refuse_loops(found)
    return found


def _refuse_loops(trees: Trees) -> None:
    """A child always comes after its parent: so no walk is endless, and none leaves the table."""
    inner = trees.feature != _LEAF
    place = np.broadcast_to(np.arange(trees.feature.shape[1]), trees.feature.shape)
    for child in (trees.left, trees.right):
        if (inner & ((child <= place) | (child >= trees.feature.shape[1]))).any():
            raise ValueError("a node leads back or out of its tree")
    if (trees.feature >= len(trees.features)).any() or (trees.feature < _LEAF).any():
        raise ValueError("a node asks for a feature that is not there")
