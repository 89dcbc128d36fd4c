"""The line classifier: what no rule knows of a text dump, and what rules are not sure of.

A convolutional network (`data/lines.safetensors`, trained by `bench/train_lines.py` on public pages and on pages
written for it; `data/lines.json` names its data and licences) reads the page as a whole and gives every unit a
probability for each kind, from how it looks, where it stands, what it means and what the rules say. Losing a line of
the article is worse than keeping a menu: only what is surely none of it goes. The title it knows better than the rules.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from corpus.boilerplate import tagger
from corpus.boilerplate.features import FEATURES, features
from corpus.boilerplate.looks import is_weak
from corpus.models import Kind, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus.boilerplate.draft import Draft, Unit

LEAST_UNITS, MOST_UNITS = 9, 20_000  # a fragment has no head and tail; of a monster, the rules must do
# How probable it must be that a unit is none of the article; below which probability the verdict of a rule is taken
# back, of a fallible family and of any other; and from which a line is the title. Chosen on folds of the written dumps
# that are tuned on, as were the fallible families: those whose verdicts, where the network doubts them, are wrong more
# often than right; marks of comments and the disclaimers of content farms are never doubted.
LEAST, TAKEN_BACK, TAKEN_BACK_SURE, LEAST_TITLE = 0.85, 0.5, 0.3, 0.15
LIKELIER = 0.5
FALLIBLE = frozenset(("contents", "cookie", "footer", "legal", "newsletter", "other", "related"))
CERTAIN, AGE = frozenset(("comment", "hosting-footer")), "comment:age"
NEVER = 1.1
RULE, TITLE_RULE = "classifier:line", "title:line"


def mark(draft: Draft) -> None:
    """Give units of a text dump that no rule decided a verdict, and take doubtful ones of rules back.

    Raises ModelError where the model's files are damaged or made for other features.
    """
    if draft.media_type == "text" and LEAST_UNITS <= len(draft.units) <= MOST_UNITS:
        decide(draft, probabilities(draft))


def probabilities(draft: Draft) -> NDArray[np.float32]:
    """Return the probability of each unit to be of each of `kinds()`, shape (units, kinds)."""
    return _tagger().probabilities(features(draft))


def kinds() -> tuple[Kind, ...]:
    """Return the kinds that the classifier knows, the article first."""
    return _tagger().kinds


@cache
def _tagger() -> tagger.Tagger:
    return tagger.load(resources.files(__package__) / "data", "lines", FEATURES)


def decide(draft: Draft, probability: NDArray[np.float32]) -> None:
    """Weigh the probabilities, shape (units, kinds). A page that had a paragraph is not left without one."""
    other, named = 1 - probability[:, 0], [kinds()[n] for n in probability[:, 1:].argmax(axis=1) + 1]
    doubted = [place for place in range(len(draft.units)) if other[place] < _taken_back(draft.rules, place)]
    for place in doubted:
        draft.kinds[place], draft.rules[place] = None, ""
    _retitle(draft, np.where(other >= LIKELIER, probability[:, kinds().index(Kind.TITLE)], 0))
    least = [_least(unit) for unit in draft.units]
    kept_prose = any(other[place] < least[place] for place in draft.prose_places())
    for place in draft.open_places():
        if other[place] >= least[place] and (kept_prose or not draft.units[place].prose):
            draft.mark(place, named[place], RULE)


def _taken_back(rules: Sequence[str], place: int) -> float:
    """Return below which probability the verdict of a rule is taken back.

    Never where a mark of comments is seen, nor on the line above one that says how old it is: its author's headline.
    """
    rule = rules[place]
    family = rule.partition(":")[0]
    below = rules[place + 1] if place + 1 < len(rules) else ""
    if family in CERTAIN and (not is_weak(rule) or below == AGE):
        return 0.0
    return TAKEN_BACK if family in FALLIBLE else TAKEN_BACK_SURE


def _retitle(draft: Draft, probability: NDArray[np.float32]) -> None:
    """Let the line be the title that most probably is, in place of one that the rules chose by its place."""
    place = int(probability.argmax())
    if draft.title_known or probability[place] < LEAST_TITLE:
        return
    chosen = draft.units[place].folded
    for other, rule in enumerate(draft.rules):
        if rule in ("title:head", "title:copy") and draft.units[other].folded != chosen:
            draft.kinds[other], draft.rules[other] = None, ""
    draft.mark(place, Kind.TITLE, TITLE_RULE, again=True)


def _least(unit: Unit) -> float:
    """Return how probable it must be that a unit is none of the article; rows of tables are never dropped."""
    return NEVER if unit.shape is Shape.TABLE else LEAST
