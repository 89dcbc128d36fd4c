"""From the cues that fire in a sentence to one score, one cue and one polarity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.advice import clauses

if TYPE_CHECKING:
    from corpus.advice.cues import Cue, CueSet, Polarity

PRIOR = -3.0
"""Log-odds of a sentence without any cue: about one in twenty is advice all the same."""
SECOND = 0.25
"""What every further cue for advice adds, as a share of its weight: cues are far from independent."""
SECOND_MOST = 1.0
QUESTION = -4.0
QUOTED = -1.3
ASKED = 3.0
PLAIN = 2.5


@dataclass(frozen=True, slots=True)
class Fired:
    """A cue that fired: its name, its weight there (log-odds, negative: against) and the characters it matched."""

    name: str
    weight: float
    polarity: Polarity
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules think of one sentence.

    `score` lies in 0..1; `cue` is the strongest cue for advice, `polarity` that of the first one that is more than a
    hint: what is told first counts. Both are None where none fired; `fired` holds everything, strongest first.
    """

    score: float
    cue: str | None
    polarity: Polarity | None
    fired: tuple[Fired, ...]


NOTHING = Judgement(0.0, None, None, ())


def judgement(text: str, cue_set: CueSet, *, heading: bool) -> Judgement:
    """Weigh every cue of `cue_set` in `text`."""
    straight = cue_set.read(clauses.straighten(text))
    found = _fired(straight, cue_set, heading=heading)
    pros = [fired for fired in found if fired.weight > 0]
    if not pros:
        return Judgement(0.0, None, None, tuple(found))
    against = sum(fired.weight for fired in found if fired.weight < 0)
    more = min(SECOND_MOST, SECOND * sum(fired.weight for fired in pros[1:]))
    score = _probability(PRIOR + pros[0].weight + more + against)
    return Judgement(score, pros[0].name, _polarity(pros), tuple(found))


def _polarity(pros: list[Fired]) -> Polarity:
    """Return the polarity of the first cue in the sentence, or of a stronger one that overlaps with it."""
    plain = [fired for fired in pros if fired.weight >= PLAIN] or pros[:1]
    first = min(plain, key=lambda fired: (fired.start, fired.end, fired.name))
    there = [fired for fired in plain if fired.start < first.end]
    return max(there, key=lambda fired: (fired.weight, fired.name)).polarity


def _probability(log_odds: float) -> float:
    return round(1.0 / (1.0 + math.exp(-log_odds)), 4)


def _fired(text: str, cue_set: CueSet, *, heading: bool) -> list[Fired]:
    places = clauses.starts(text, cue_set.openers)
    quotes = clauses.quoted(text)
    hits = (_find(cue, text, places, quotes) for cue in cue_set.cues if cue.applies(heading=heading))
    found = [hit for hit in hits if hit]
    if clauses.is_question(text) and not _tells_what_to_ask(text, found):
        found.append(Fired("question:mark", QUESTION, "do", len(text) - 1, len(text), text[-1:]))
    return sorted(
        found, key=lambda fired: (-fired.weight if fired.weight > 0 else -fired.weight / 100, fired.name)
    )


def _tells_what_to_ask(text: str, found: list[Fired]) -> bool:
    """Whether a cue for advice stands before the colon that the question comes after: "Ask them: who pays?"."""
    colon = max(text.rfind(":"), text.rfind("："))
    return any(hit.weight >= ASKED and hit.end <= colon for hit in found)


def _find(cue: Cue, text: str, places: clauses.Starts, quotes: tuple[tuple[int, int], ...]) -> Fired | None:
    """Return where `cue` fires outside quotations, else where it fires inside one, at a discount."""
    inside: Fired | None = None
    for begin, end in _spans(cue, text, places):
        if not any(left <= begin < right for left, right in quotes):
            return Fired(cue.name, cue.weight, cue.polarity, begin, end, text[begin:end])
        if inside is None and (cue.weight < 0 or cue.weight + QUOTED > 0):
            weight = cue.weight if cue.weight < 0 else cue.weight + QUOTED
            inside = Fired(cue.name, weight, cue.polarity, begin, end, text[begin:end])
    return inside


def _spans(cue: Cue, text: str, places: clauses.Starts) -> list[tuple[int, int]]:
    if cue.at == "any":
        return [match.span() for match in cue.pattern.finditer(text)]
    positions = {
        "start": places.start,
        "main": places.main,
        "clause": places.clause,
        "phrase": places.phrase,
    }[cue.at]
    hits = (cue.pattern.match(text, position) for position in positions)
    return [hit.span() for hit in hits if hit]
