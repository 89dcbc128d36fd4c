"""Under which condition a piece of advice holds: the words of its sentence that say so."""

from __future__ import annotations

import importlib.resources
import re
import tomllib
from functools import cache

from corpus.advice.clauses import straighten

_LONGEST = 160
_SHORTEST = 6
_NOT_EVEN = "(?<!even )(?<!auch )(?<!anche )(?<!même )(?<!aun )(?<!mesmo )(?<!incluso )"


def condition(text: str, language: str) -> tuple[int, int] | None:
    """Return where in `text` its condition stands (half-open), the first if there are several; None: no condition.

    `language` is a primary code; a language without a pattern has no conditions.
    """
    pattern = _patterns().get(language)
    found = pattern.search(straighten(text)) if pattern else None
    if found is None:
        return None
    start = max(found.start(), found.end(1) if found.re.groups else 0)
    end = found.start() + len(found[0].rstrip())
    return (start, end) if end - start < len(text.strip()) else None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return the pattern of each language; a condition ends with its clause."""
    told = tomllib.loads(
        importlib.resources.files(__package__).joinpath("conditions.toml").read_text("utf-8")
    )
    return {code: re.compile(_pattern(words), re.IGNORECASE) for code, words in told.items()}


def _pattern(words: dict[str, str]) -> str:
    if "pattern" in words:
        return words["pattern"]
    rest = rf"[^,;:.!?…—–()\"“”«»]{{{_SHORTEST},{_LONGEST}}}"
    return rf"^([\W\d_]*)(?:{words['start']})\b{rest}(?=,)|(?<![\w'-]){_NOT_EVEN}(?:{words['anywhere']})(?!\w){rest}"
