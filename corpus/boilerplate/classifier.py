"""The line classifier: what no rule knows of a text dump, and what weak rules are not sure of.

A boosted ensemble (`data/lines.json`, trained by `bench/train_lines.py` on public pages; the file names its data and
licence) gives every unit a probability of being boilerplate, from how it looks, where it stands and what the rules say.
How sure it must be depends on the place: above the title and in the tail of the page less, inside the article more,
and most for sentences there. Losing a line of the article is worse than keeping a menu.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from corpus import trees
from corpus.boilerplate import comments, kinds
from corpus.boilerplate.features import FEATURES, distance, features
from corpus.boilerplate.looks import is_weak
from corpus.models import Kind, Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.boilerplate.draft import Draft, Unit
    from corpus.boilerplate.stems import Stems

CHUNK = 4096
LEAST_UNITS, MOST_UNITS = 9, 20_000  # a fragment has no head and tail; of a monster, the rules must do
# How probable a unit must be, by place: chosen on the written dumps that are tuned on, where figures hardly move.
MENU, MENU_SENTENCE, HEAD, HEAD_SENTENCE = 0.4, 0.75, 0.65, 0.9
TAIL, TAIL_SENTENCE = 0.55, 0.65
INSIDE, INSIDE_SENTENCE, THREAD_SENTENCE = 0.7, 0.85, 0.95
NEVER = 1.1
GUARDED = 0.1  # how much surer it must be of quotations, questions, items and code
KEPT = 0.25
TAIL_PRIOR, SURE_SCORE = -1.2, 1.5
TELLING_SHARE = 0.3
NEAR_TELLING = 2
END_KINDS = frozenset((Kind.RELATED, Kind.FOOTER, Kind.LEGAL, Kind.NAVIGATION, Kind.NEWSLETTER, Kind.COOKIE))


def mark(draft: Draft) -> None:
    """Give units of a text dump that no sure rule decided a verdict, or take a weak rule's back.

    Raises ModelError where the model's file is damaged or made for other features.
    """
    if draft.media_type == "text" and LEAST_UNITS <= len(draft.units) <= MOST_UNITS:
        decide(draft, probabilities(draft))


def probabilities(draft: Draft) -> NDArray[np.float32]:
    """Return the probability of each unit of being boilerplate."""
    rows, ensemble = features(draft), _ensemble()
    parts = [ensemble.probability(rows[first : first + CHUNK]) for first in range(0, len(rows), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


@cache
def _ensemble() -> trees.Trees:
    return trees.load(resources.files(__package__) / "data" / "lines.json", FEATURES)


def decide(draft: Draft, probability: NDArray[np.float32]) -> None:
    """Weigh the probabilities by place."""
    view = _view(draft, probability)
    least = [_least(view, place) for place in range(len(draft.units))]
    _take_back(draft, probability)
    dropped = [p for p in draft.open_places() if probability[p] >= least[p]]
    kept_prose = [p for p in draft.prose_places() if probability[p] < least[p]]
    for place in dropped:
        if draft.units[place].prose and not kept_prose:
            continue
        part = "head" if place < view.first else "tail" if place >= view.tail else "inside"
        kind = kinds.infer(draft, place, part, view.stems.count(draft.units[place]))
        draft.mark(place, kind, f"classifier:{part}")


def _take_back(draft: Draft, probability: NDArray[np.float32]) -> None:
    for place, rule in enumerate(draft.rules):
        if rule and is_weak(rule) and probability[place] < KEPT:
            draft.kinds[place], draft.rules[place] = None, ""


@dataclass(frozen=True, slots=True)
class _View:
    """A page in parts: its first paragraph, its title (-1: none), the beginning of its tail.

    `near[n]` says that line n, or one close to it, says what it is.
    """

    units: list[Unit]
    first: int
    title: int
    tail: int
    thread: bool
    near: NDArray[np.bool_]
    stems: Stems


def _view(draft: Draft, probability: NDArray[np.float32]) -> _View:
    units, count = draft.units, len(draft.units)
    sure = np.array([kind is not None and not is_weak(draft.rules[p]) for p, kind in enumerate(draft.kinds)])
    first = next((p for p in range(count) if units[p].prose and not sure[p] and probability[p] < 0.5), count)
    titles = [p for p in range(min(first + 1, count)) if draft.kinds[p] is Kind.TITLE]
    thread = comments.is_thread(draft)
    stems = draft.stems
    telling = sure | np.array([_tells(unit, stems) for unit in units])
    near = telling | (np.minimum(distance(telling), distance(telling[::-1])[::-1]) <= NEAR_TELLING)
    tail = max(_tail_start(probability, sure), first, _thread_end(draft) if thread else 0)
    while tail < count and not telling[tail]:
        tail += 1  # a tail begins with something that says what it is: the article may end in short lines
    return _View(units, first, titles[-1] if titles else -1, tail, thread, near, stems)


def _tells(unit: Unit, stems: Stems) -> bool:
    return sum(stems.count(unit).values()) >= TELLING_SHARE * unit.size and bool(unit.tokens)


def _tail_start(probability: NDArray[np.float32], sure: NDArray[np.bool_]) -> int:
    """Return where the run to the end of the page begins that is likeliest to be boilerplate throughout."""
    clipped = np.clip(probability.astype(np.float64), 0.02, 0.98)
    score = np.log(clipped / (1 - clipped)) + TAIL_PRIOR
    sums = np.cumsum(np.where(sure, np.maximum(score, SURE_SCORE), score)[::-1])[::-1]
    return int(sums.argmax()) if sums.max() > 0 else len(sums)


def _thread_end(draft: Draft) -> int:
    """Return where the last post of a thread may end: at the first sure mark of another kind below its date."""
    framed = [place for place, rule in enumerate(draft.rules) if rule.startswith("frame:")]
    last = framed[-1] if framed else 0
    ends = (
        p
        for p in range(last + 1, len(draft.units))
        if draft.kinds[p] in END_KINDS and not is_weak(draft.rules[p])
    )
    return next(ends, len(draft.units))


def _least(view: _View, place: int) -> float:
    """Return how probable a unit must be boilerplate to be dropped."""
    unit = view.units[place]
    sentence = unit.prose or unit.sentence or (unit.ended and unit.size >= 2) or unit.bare[-1:] in (",", "，")
    if unit.shape is Shape.TABLE and place > view.title:
        return NEVER
    if place >= view.tail and view.near[place]:
        return TAIL_SENTENCE if sentence else TAIL
    if place < view.title:
        return MENU_SENTENCE if sentence else MENU
    if place < view.first:
        return HEAD_SENTENCE if sentence else HEAD
    if sentence and view.thread:
        return THREAD_SENTENCE
    guarded = unit.quoted or unit.item or unit.code or unit.text.endswith(("?", "？"))
    return (INSIDE_SENTENCE if sentence else INSIDE) + GUARDED * guarded
