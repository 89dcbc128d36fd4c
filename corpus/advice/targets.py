"""Whom a sentence names as the one who is told: the subject of its cue, or the one it calls."""

from __future__ import annotations

import importlib.resources
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING

from corpus.advice.clauses import straighten

if TYPE_CHECKING:
    from corpus.advice.scoring import Judgement

APPROACH = "approach"
_BETWEEN = 30  # characters between a subject and its cue, and of a call before its comma


def named_target(text: str, language: str, verdict: Judgement) -> str | None:
    """Return the target that `text` names (cio, it-staff, vendor, business), or None where it names none.

    `language` is a primary code, `verdict` what the rules say of the sentence: its strongest cue is looked at.
    """
    straight = straighten(text)
    pros = [fired for fired in verdict.fired if fired.weight > 0]
    before = straight[: pros[0].start] if pros and not pros[0].name.startswith("imperative") else ""
    inside = straight[pros[0].start : pros[0].end] if pros else ""
    for name, (subject, call) in _patterns().get(language, {}).items():
        if name == APPROACH:
            if subject.search(straight):
                return "vendor"
        elif subject.search(before) or call.match(straight) or (inside and call.match(inside + ",")):
            return name
    return None


@cache
def _patterns() -> dict[str, dict[str, tuple[re.Pattern[str], re.Pattern[str]]]]:
    """Return for each language and target a pattern of subjects, at the end of a text, and of calls, at its start."""
    told = tomllib.loads(importlib.resources.files(__package__).joinpath("targets.toml").read_text("utf-8"))
    return {
        language: {name: _pair(name, words, language) for name, words in entry.items()}
        for language, entry in told.items()
    }


def _pair(name: str, words: str, language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    edge = "" if language == "zh" else r"(?<!\w)"
    end = "" if language == "zh" else r"(?!\w)"
    if name == APPROACH:
        pattern = re.compile(f"{edge}{words}", re.IGNORECASE)
        return pattern, pattern
    subject = re.compile(rf"{edge}{words}{end}[^,;:.!?，。；：]{{0,{_BETWEEN}}}$", re.IGNORECASE)
    call = re.compile(rf"\W*(?:[^\W\d]+\s){{0,2}}{words}{end}\s*[,，:：]", re.IGNORECASE)
    return subject, call
