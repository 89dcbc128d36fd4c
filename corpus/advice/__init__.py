"""Which sentences tell somebody to do something, or not to: cue rules per language, on the original text.

`judge` is what a run calls, `explain` what a person asks; both are the same rules. Cues are data
(`cues/<language>.toml`, described in `corpus.advice.cues`): a language without a file has no advice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.advice.cues import cue_set, languages
from corpus.advice.scoring import NOTHING, Fired, Judgement, judgement
from corpus.language import primary
from corpus.models import Advice

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Fired", "Judgement", "explain", "judge", "languages"]


def judge(sentences: Sequence[tuple[str, str, str, bool]], floor: float) -> list[Advice]:
    """Return the advice among `sentences`, in their order.

    Each sentence is (sentence_id, text, language code, is_heading); `floor` is the lowest score (0..1) that
    counts. A sentence is judged by itself: neither its neighbours nor the size of the batch change the answer.
    Never raises: what cannot be judged (no cue file, empty text) is not advice.
    """
    found = []
    for sentence_id, text, language, is_heading in sentences:
        verdict = explain(text, language, is_heading)
        if verdict.cue is not None and verdict.polarity is not None and verdict.score >= floor:
            found.append(Advice(sentence_id, verdict.score, verdict.cue, verdict.polarity))
    return found


def explain(text: str, language: str, is_heading: bool = False) -> Judgement:
    """Return the verdict on one sentence with every cue that fired for it and against it."""
    cues = cue_set(primary(language))
    return judgement(text, cues, heading=is_heading) if cues else NOTHING
