"""Cues as data: one TOML file per language in `cues/`, read and compiled on first use and then kept.

A file has four parts, the first two of them only where a language needs them:

`openers`
    a regex of the words that open a clause which is not the main one ("if", "when", "instead of"): after the
    comma that ends such a clause, an imperative may begin.
`fold`
    two strings of the same length: the characters of the first are read as those of the second, in patterns and texts
    (traditional Chinese as simplified).
`[words]`
    named fragments of regex. `{name}` in a pattern or in a later fragment stands for the fragment in a
    non-capturing group; a fragment that is a plain list of words parted by white space becomes an alternation.
`[[cue]]`
    `name` (`family:detail`), `weight` (log-odds; negative speaks against), `polarity` (`do`, the default, or
    `dont`), `pattern`, `at` (where it may stand) and `heading` (true: headings only; false: running text only).

`at` is `any` (anywhere), `start` (start of the sentence), `main` (after a colon, a dash, a semicolon too), `clause`
(after the comma that ends an opened clause too), `phrase` (after any comma too). Patterns ignore case; `(?-i:…)` asks
for it back. Repetition must be bounded or cannot overlap with what follows, so that the time stays linear: a test
feeds every pattern hostile strings.
"""

from __future__ import annotations

import importlib.resources
import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, cast, get_args

Where = Literal["any", "start", "main", "clause", "phrase"]
Polarity = Literal["do", "dont"]
PLAIN_WORDS = re.compile(r"[\w'\- \n]+")


@dataclass(frozen=True)
class Cue:
    """One piece of evidence for (`weight` > 0) or against (`weight` < 0) a sentence being advice.

    Not slotted: the compiled pattern is cached on the instance.
    """

    name: str
    weight: float
    polarity: Polarity
    at: Where
    heading: bool | None
    source: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled regex; compiled when a sentence first asks for it."""
        return re.compile(self.source, re.IGNORECASE)

    def applies(self, *, heading: bool) -> bool:
        """Whether the cue speaks about headings (`heading` true) or running text (`heading` false)."""
        return self.heading is None or self.heading is heading


@dataclass(frozen=True, slots=True)
class CueSet:
    """The cues of one language; `openers` is None where the language needs none."""

    language: str
    openers: re.Pattern[str] | None
    cues: tuple[Cue, ...]
    fold: tuple[tuple[int, int], ...] = ()

    def read(self, text: str) -> str:
        """Return `text` as the patterns expect it; offsets stay what they were."""
        return text.translate(dict(self.fold)) if self.fold else text


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a cue file, sorted."""
    folder = importlib.resources.files(__package__).joinpath("cues")
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def cue_set(language: str) -> CueSet | None:
    """Return the cues of `language` (a BCP 47 primary code), or None where it has no file."""
    if language not in languages():
        return None
    path = importlib.resources.files(__package__).joinpath("cues", f"{language}.toml")
    return parse(language, tomllib.loads(path.read_text("utf-8")))


def parse(language: str, data: dict[str, Any]) -> CueSet:
    """Build a cue set from the content of a cue file.

    Raises KeyError or ValueError where a cue lacks a field or names an unknown place or polarity.
    """
    words = _words(data.get("words", {}))
    openers = data.get("openers")
    compiled = re.compile(_fill(openers, words), re.IGNORECASE) if openers else None
    unfolded, folded = data.get("fold", ("", ""))
    fold = tuple(zip(map(ord, unfolded), map(ord, folded), strict=True))
    cues = tuple(_cue(entry, words, dict(fold)) for entry in data["cue"])
    return CueSet(language, compiled, cues, fold)


def _words(raw: dict[str, str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for name, fragment in raw.items():
        plain = PLAIN_WORDS.fullmatch(fragment)
        body = "|".join(sorted(set(fragment.split()))) if plain else _fill(fragment, words)
        words[name] = f"(?:{body.strip()})"
    return words


def _fill(pattern: str, words: dict[str, str]) -> str:
    for name, fragment in words.items():
        pattern = pattern.replace(f"{{{name}}}", fragment)
    return pattern


def _cue(entry: dict[str, Any], words: dict[str, str], fold: dict[int, int]) -> Cue:
    at, polarity = entry.get("at", "any"), entry.get("polarity", "do")
    if at not in get_args(Where) or polarity not in ("do", "dont"):
        raise ValueError(
            f"cue {entry['name']!r}: at={at!r}, polarity={polarity!r}: expected a known place and do/dont"
        )
    source = _fill(entry["pattern"], words).translate(fold)
    return Cue(
        entry["name"], float(entry["weight"]), cast("Polarity", polarity), at, entry.get("heading"), source
    )
