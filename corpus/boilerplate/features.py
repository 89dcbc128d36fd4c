"""What the line classifier knows of each unit of a page, as numbers: how it looks, where it stands, what is around it.

What the rules have said of a unit and of its neighbours is among the features, so that one model weighs both; and so
is what it means (`meaning`), in whatever language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus import meaning
from corpus.boilerplate.looks import LOOKS, RULES, looks, rules
from corpus.models import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.boilerplate.draft import Draft

POSITION = (
    "from_head", "from_tail", "place", "words_before", "prose_before", "prose_after", "since_prose", "until_prose",
    "since_marked", "until_marked", "since_title", "below_body", "above_body", "lines", "prose_lines", "prose_share",
    "prose_words", "marked_before", "marked_after", "run_length", "run_start", "same_shape",
)  # fmt: skip
RELATIVE = ("capitals", "short words", "commas", "common", "word length")
NEIGHBOURS = (
    "words", "capitals", "common", "overlap", "ended", "prose", "item", "marked", "covered", "digits", "sentences",
    "stem share", "same frame", "dated",
)  # fmt: skip
OFFSETS = (-3, -2, -1, 1, 2, 3)
WINDOWS = (4, 12)
MEANING = 64
FEATURES = (
    *LOOKS,
    *RULES,
    *POSITION,
    *(f"relative {name}" for name in RELATIVE),
    *(f"{name} {offset:+d}" for name in NEIGHBOURS for offset in OFFSETS),
    *(f"{name} {side} {width}" for name in NEIGHBOURS for width in WINDOWS for side in ("above", "below")),
    *(f"meaning {number}" for number in range(MEANING)),
)


def features(draft: Draft) -> NDArray[np.float32]:
    """Return a row for each unit of a judged draft, columns as in FEATURES.

    Raises ModelError where the line encoder's files are damaged.
    """
    look, said = looks(draft), rules(draft)
    columns = {name: look[:, i] for i, name in enumerate(LOOKS)}
    columns |= {name: said[:, i] for i, name in enumerate(RULES)}
    meant = meaning.shipped().encode([unit.text for unit in draft.units]).astype(np.float64)
    rows = [look, said, _position(draft, columns), _relative(columns), *_around(columns), meant]
    return np.round(np.concatenate(rows, axis=1), 4).astype(np.float32)


def _position(draft: Draft, columns: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    count = len(draft.units)
    place = np.arange(count, dtype=np.float64)
    words = np.array([unit.size for unit in draft.units])
    prose, marked = columns["prose"] * (1 - columns["marked"]), columns["marked"]
    written = prose * words
    title = next((i for i, kind in enumerate(draft.kinds) if kind is Kind.TITLE), -1)
    size = np.digitize(words, (3.5, 8.5, 18, 40))
    run = _run_start(size)
    return np.column_stack([
        np.log1p(place), np.log1p(count - 1 - place), place / max(1, count),
        _before(words) / max(1.0, words.sum()), _before(written) / max(1.0, written.sum()),
        _after(written) / max(1.0, written.sum()), distance(prose > 0), distance((prose > 0)[::-1])[::-1],
        distance(marked > 0), distance((marked > 0)[::-1])[::-1],
        np.clip(place - title, -30, 60) if title >= 0 else np.full(count, 61.0),
        np.clip(place - draft.body_end, -50, 50), np.clip(draft.body_start - place, -50, 50),
        np.full(count, np.log1p(count)), np.full(count, np.log1p(prose.sum())),
        np.full(count, prose.mean() if count else 0), np.full(count, np.log1p(written.sum())),
        _before(marked) / np.maximum(1, place), _after(marked) / np.maximum(1, count - 1 - place),
        np.minimum(30, np.bincount(run)[run]) if count else place, np.minimum(30, place - _first_of(run)),
        np.concatenate([[0.0], (size[1:] == size[:-1])]) if count else place,
    ])  # fmt: skip


def _run_start(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each place the number of the run of equal values it stands in."""
    if not len(values):
        return values
    return np.concatenate([[0], np.cumsum(values[1:] != values[:-1])]).astype(np.int64)


def _first_of(run: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.searchsorted(run, run)


def _before(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.cumsum(values) - values


def _after(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return _before(values[::-1])[::-1]


def distance(flags: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how many units above each the last flagged one stands, at most 40."""
    place = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, place, -1_000))
    above = np.concatenate([[-1_000], last[:-1]]) if len(flags) else last
    far: NDArray[np.float64] = np.minimum(40, place - above).astype(np.float64)
    return far


def _relative(columns: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return how a unit differs from the page's paragraphs: what a capital means, a language decides."""
    prose = columns["prose"] > 0
    means = [columns[name][prose].mean() if prose.any() else 0.0 for name in RELATIVE]
    return np.column_stack([columns[name] - mean for name, mean in zip(RELATIVE, means, strict=True)])


def _around(columns: dict[str, NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    near = [_shifted(columns[name], offset) for name in NEIGHBOURS for offset in OFFSETS]
    far = [
        _mean(columns[name][::step], width)[::step]
        for name in NEIGHBOURS
        for width in WINDOWS
        for step in (1, -1)
    ]
    return [np.column_stack(near), np.column_stack(far)]


def _shifted(values: NDArray[np.float64], offset: int) -> NDArray[np.float64]:
    """Return for each place the value `offset` places on, -1 outside of the page."""
    shifted = np.full(len(values), -1.0)
    if abs(offset) < len(values):
        if offset > 0:
            shifted[:-offset] = values[offset:]
        else:
            shifted[-offset:] = values[:offset]
    return shifted


def _mean(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the mean of the `width` values above each place, -1 at the top."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    place = np.arange(len(values))
    first = np.maximum(0, place - width)
    counted = place - first
    return np.where(counted > 0, (sums[place] - sums[first]) / np.maximum(1, counted), -1.0)
