"""The words of `cues.toml`, compiled: what says "not", "must", "should" or "may" in a language."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

MOODS = "must", "should", "may"
_NO_SPACES = frozenset(("zh",))


@dataclass(frozen=True, slots=True)
class Cues:
    """The words of a language that carry negation and obligation, and how long English is beside it."""

    negation: re.Pattern[str]
    negative: re.Pattern[str] | None
    moods: dict[str, re.Pattern[str]]
    like: dict[str, re.Pattern[str]]
    length: float

    def moods_of(self, text: str) -> list[str]:
        """Return those of must, should and may that `text` surely speaks in, the strongest first."""
        return [name for name in MOODS if self.moods[name].search(text)]


def cues_of(language: str) -> Cues | None:
    """Return the cues of a language (a primary code), if there are any."""
    return _all().get(language)


@cache
def _all() -> dict[str, Cues]:
    told = tomllib.loads((resources.files(__package__) / "cues.toml").read_text("utf-8"))
    return {language: _read(table, language) for language, table in told.items()}


def _read(table: dict[str, str | float], language: str) -> Cues:
    def words(name: str) -> re.Pattern[str]:
        edge = "" if language in _NO_SPACES else r"\b"
        return re.compile(rf"{edge}(?:{table[name]}){edge}", re.IGNORECASE)

    moods, like = ({name: words(name + kind) for name in MOODS} for kind in ("", "_like"))
    negative = words("negative") if "negative" in table else None
    return Cues(words("negation"), negative, moods, like, float(table["length"]))
