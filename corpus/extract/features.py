"""What the block classifier sees: figures of each block, of its neighbours, of the elements around it, of the page.

Figures of what trafilatura and resiliparse kept are -1 where they did not see the page.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.extract.figures import OF_PAGE, OF_PLACE, OF_TEXT, TAGS, of_page, of_place, of_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.extract.layout import LaidOutBlock, Layout

Rows: TypeAlias = NDArray[np.float32]
Column: TypeAlias = NDArray[np.float32]

# Levels of elements around a block whose figures it is told: its own, its parent's and so on.
_LEVELS = 4
_AROUND = ("words", "blocks", "link share", "sentences", "trafilatura", "resiliparse")
_WINDOWS = (1, 3, 8)
_WINDOWED = ("words", "link share", "sentences", "trafilatura", "resiliparse", "paragraphs", "telling")
_SHIFTS = (-2, -1, 1, 2)
_SHIFTED = ("words", "link share", "trafilatura", "resiliparse", "heading", "tag")
_PAGE = (
    "page blocks", "page words", "page link share", "page sentences", "page trafilatura", "page resiliparse",
    "page agreement", "page paragraphs", "page comments",
)  # fmt: skip
_POSITION = (
    "place in blocks", "place in words", "blocks before", "blocks after", "since kept", "until kept", "inside kept",
    "since heading", "same element", "element changes", "row",
)  # fmt: skip
_PATH = ("path blocks", "path words", "path kept", "path link share", "path sentences")
FEATURES = (
    *OF_TEXT, "copies", *OF_PLACE, *_POSITION, *_PATH,
    *(f"{name} around {level}" for level in range(_LEVELS) for name in _AROUND),
    *(f"{name} within {window}" for window in _WINDOWS for name in _WINDOWED),
    *(f"{name} at {shift}" for shift in _SHIFTS for name in _SHIFTED),
    "trafilatura", "resiliparse", *_PAGE, *OF_PAGE,
)  # fmt: skip
_FAR = 99
_MOST_BLOCKS = 500
_MOST_ROWS = 50
_ALONE = 8
_OUTSIDE = -2


def features(raw: str, layout: Layout, trafilatura: Column | None, resiliparse: Column | None) -> Rows:
    """Return one row a block, shape (blocks, len(FEATURES)).

    `trafilatura` and `resiliparse` are the shares 0..1 of each block's text that they kept, or None.
    """
    blocks = layout.blocks
    if not blocks:
        return np.zeros((0, len(FEATURES)), np.float32)
    text = np.array([of_text(block) for block in blocks], dtype=np.float32)
    place = np.array([of_place(block) for block in blocks], dtype=np.float32)
    figures = dict(zip(OF_TEXT, text.T, strict=True)) | dict(zip(OF_PLACE, place.T, strict=True))
    figures["trafilatura"] = _or_missing(trafilatura, len(blocks))
    figures["resiliparse"] = _or_missing(resiliparse, len(blocks))
    figures["paragraphs"] = (figures["tag"] == TAGS["p"]).astype(np.float32)
    figures["telling"] = np.array([block.place is not None for block in blocks], dtype=np.float32)
    page = np.concatenate((_page(figures), of_page(raw)))
    columns = (
        text, _copies(blocks), place, _position(blocks, figures), _path(blocks, figures), _around(layout, figures),
        _windows(figures), _shifts(figures), np.stack((figures["trafilatura"], figures["resiliparse"]), axis=1),
        np.broadcast_to(page, (len(blocks), len(page))),
    )  # fmt: skip
    rows: Rows = np.concatenate(columns, axis=1, dtype=np.float32)
    return rows.round(4)


def _or_missing(kept: Column | None, count: int) -> Column:
    return np.full(count, -1, np.float32) if kept is None else kept


def _copies(blocks: Sequence[LaidOutBlock]) -> NDArray[np.int_]:
    counts = Counter(block.text for block in blocks)
    return np.array([[counts[block.text]] for block in blocks])


def _position(blocks: Sequence[LaidOutBlock], figures: dict[str, Column]) -> Rows:
    count = len(blocks)
    number = np.arange(count)
    words = figures["words"]
    element = np.array([block.around.element for block in blocks])
    same = np.concatenate(([0], element[1:] == element[:-1]))
    teller = figures["trafilatura" if figures["trafilatura"][0] >= 0 else "resiliparse"]
    since, until = _distance(teller >= 0.5), _distance(teller[::-1] >= 0.5)[::-1]
    columns = (
        number / count, (np.cumsum(words) - words) / max(1, words.sum()),
        np.minimum(number, _MOST_BLOCKS), np.minimum(count - 1 - number, _MOST_BLOCKS),
        since, until, (since < _FAR) & (until < _FAR), _distance(figures["heading"] > 0),
        same, np.cumsum(1 - same) / count, [min(block.row, _MOST_ROWS) for block in blocks],
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def _distance(marked: NDArray[np.bool_]) -> Column:
    """Return how many blocks ago the last marked one was, 99 where there was none or it is further."""
    number = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, number, -1_000))
    return np.minimum(number - last, _FAR).astype(np.float32)


def _path(blocks: Sequence[LaidOutBlock], figures: dict[str, Column]) -> Rows:
    """Tell each block of all blocks with its own path of elements and tag: what the page's template treats alike."""
    words = figures["words"]
    keys = [block.around.path * 32 + int(tag) + 1 for block, tag in zip(blocks, figures["tag"], strict=True)]
    _, path = np.unique(keys, return_inverse=True)
    blocks_in, words_in = np.bincount(path), np.bincount(path, weights=words)
    trust = np.maximum(figures["trafilatura"], figures["resiliparse"])
    columns = (
        blocks_in, words_in / max(1, words.sum()),
        np.bincount(path, weights=words * trust) / np.maximum(1, words_in),
        np.bincount(path, weights=words * figures["link share"]) / np.maximum(1, words_in),
        np.bincount(path, weights=figures["sentences"]) / blocks_in,
    )  # fmt: skip
    return np.stack(columns, axis=1)[path].astype(np.float32)


def _around(layout: Layout, figures: dict[str, Column]) -> Rows:
    """Tell each block of the elements around it: words, links, sentences, and what the extractors kept of them."""
    parents = np.array(layout.parents)
    element = np.array([block.around.element for block in layout.blocks])
    sums = _summed_up(layout.parents, element, figures)
    words, blocks = np.maximum(1, sums[:, :1]), np.maximum(1, sums[:, 1:2])
    shares = np.concatenate(
        (sums[:, :2], sums[:, 2:3] / words, sums[:, 3:4] / blocks, sums[:, 4:] / words), axis=1
    )
    found = []
    for _ in range(_LEVELS):
        found.append(shares[element])
        element = _next_level(element, parents, sums[:, 1])
    return np.concatenate(found, axis=1).astype(np.float32)


def _summed_up(
    parents: list[int], element: NDArray[np.int_], figures: dict[str, Column]
) -> NDArray[np.float64]:
    """Return sums over what each element holds, at any depth; an element comes after its parent."""
    words = figures["words"]
    weighted = (words * figures[name] for name in ("link share", "trafilatura", "resiliparse"))
    links, ours, other = weighted
    values = (words, np.ones_like(words), links, figures["sentences"], ours, other)
    own = [np.bincount(element, weights=value, minlength=len(parents)) for value in values]
    totals: list[list[float]] = np.stack(own, axis=1).tolist()
    for number in range(len(parents) - 1, 0, -1):
        inner = totals[number]
        if inner[1]:
            totals[parents[number]] = [a + b for a, b in zip(totals[parents[number]], inner, strict=True)]
    return np.array(totals)


def _next_level(
    element: NDArray[np.int_], parents: NDArray[np.int_], blocks: NDArray[np.float64]
) -> NDArray[np.int_]:
    """Return the next element outwards that holds more: one that holds nothing else is no level of its own."""
    outer = parents[element]
    for _ in range(_ALONE):
        outer = np.where((blocks[outer] == blocks[element]) & (outer > 0), parents[outer], outer)
    return outer


def _windows(figures: dict[str, Column]) -> Rows:
    return np.stack([_mean(figures[name], window) for window in _WINDOWS for name in _WINDOWED], axis=1)


def _mean(values: Column, window: int) -> Column:
    count = len(values)
    sums = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    number = np.arange(count)
    low, high = np.maximum(0, number - window), np.minimum(count, number + window + 1)
    mean: Column = ((sums[high] - sums[low]) / (high - low)).astype(np.float32)
    return mean


def _shifts(figures: dict[str, Column]) -> Rows:
    count = len(figures["words"])
    around = np.arange(count)[:, None] + np.array(_SHIFTS)
    inside = (around >= 0) & (around < count)
    columns = [np.where(inside, figures[name][np.clip(around, 0, count - 1)], _OUTSIDE) for name in _SHIFTED]
    return np.stack(columns, axis=2).reshape(count, -1).astype(np.float32)


def _page(figures: dict[str, Column]) -> Column:
    words, ours, other = figures["words"], figures["trafilatura"], figures["resiliparse"]
    total = max(1.0, float(words.sum()))
    either = float((words * np.maximum(ours, other)).sum())
    shares = (figures["link share"], ours, other, figures["comment"])
    links, by_trafilatura, by_resiliparse, comments = (
        float((words * share).sum()) / total for share in shares
    )
    return np.array([
        len(words), total, links, figures["sentences"].sum(), by_trafilatura, by_resiliparse,
        float((words * np.minimum(ours, other)).sum()) / max(1.0, either), figures["paragraphs"].sum(), comments,
    ], dtype=np.float32)  # fmt: skip
