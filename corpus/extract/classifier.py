"""Which blocks of a page are its article: boosted trees over what the block is, where it stands and who kept it.

The trees give each block a probability, blocks that the page's template treats alike lend each other theirs, and the
page keeps the blocks that make the expected F1 of its words greatest (Lewis 1995, "Evaluating and optimizing
autonomous text classification systems"), so that a page of which little is certain is cut lower than a clear one.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from corpus.extract.features import FEATURES, features
from corpus.extract.places import BITS
from corpus.models import Kind
from corpus.trees import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.extract.layout import Layout
    from corpus.extract.witnesses import Witnesses
    from corpus.trees import Trees

MODEL = files("corpus.extract") / "data" / "blocks.json"
_AT_ONCE = 500
_TEMPLATE = 0.5
_LOWEST, _HIGHEST = 0.25, 0.5
_ARTICLE_WORDS = 300


@cache
def shipped() -> Trees:
    """Return the model that is part of the project. Raises ModelError where it is missing or damaged."""
    return load(MODEL, FEATURES)


def kept(raw: str, layout: Layout, witnesses: Witnesses, trees: Trees) -> NDArray[np.bool_]:
    """Return which blocks are the article, shape (blocks,)."""
    if not layout.blocks:
        return np.zeros(0, dtype=np.bool_)
    rows = features(raw, layout, witnesses.trafilatura, witnesses.resiliparse)
    words = np.maximum(rows[:, FEATURES.index("words")], 1)
    found = _with_template(layout, _probability(trees, rows), words)
    found = _without_comments(layout, found, words)
    chosen: NDArray[np.bool_] = found >= _threshold(found, words)
    return chosen


def _probability(trees: Trees, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Evaluate some rows at a time: what the trees need in between is then small, whatever the page."""
    return np.concatenate(
        [trees.probability(rows[at : at + _AT_ONCE]) for at in range(0, len(rows), _AT_ONCE)]
    )


def _with_template(
    layout: Layout, found: NDArray[np.float32], words: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Draw each probability half way to the mean, by words, of the blocks on the same path of elements."""
    path = np.array([block.around.path for block in layout.blocks])
    mean = np.bincount(path, weights=found * words)[path] / np.bincount(path, weights=words)[path]
    drawn: NDArray[np.float32] = ((1 - _TEMPLATE) * found + _TEMPLATE * mean).astype(np.float32)
    return drawn


def _without_comments(
    layout: Layout, found: NDArray[np.float32], words: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Take comments for none of the article where there is one beside them; in a forum they are the page."""
    comment = np.array([bool(block.around.flags & BITS[Kind.COMMENT.value]) for block in layout.blocks])
    if words[(found >= _HIGHEST) & ~comment].sum() < _ARTICLE_WORDS:
        return found
    return np.where(comment, np.float32(0), found)


def _threshold(found: NDArray[np.float32], words: NDArray[np.float32]) -> float:
    """Return the probability from which on blocks are kept: where the expected F1 of the page's words is greatest."""
    order = np.argsort(-found, kind="stable")
    right = np.cumsum((found * words)[order])
    expected = 2 * right / (np.cumsum(words[order]) + right[-1] + 1e-9)
    return float(np.clip(found[order][expected.argmax()], _LOWEST, _HIGHEST))
