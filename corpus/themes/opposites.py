"""On which side of a choice a piece of advice stands: buy or build, one supplier or several, at once or later.

The choices are data (`opposites.toml`): of each, two sides with a pattern in every language. Advice that names both
sides of a choice stands on the one that it names first ("let them work at home, nobody must come to the office").
"""

from __future__ import annotations

import importlib.resources
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from corpus.language import primary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Pair = tuple[re.Pattern[str] | None, re.Pattern[str] | None]

WITHOUT_SPACES = ("zh",)
LONGEST = 1_000


def sides(texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.int8]:
    """Return (texts, choices): 1 or -1 for a text on one side or the other of a choice, 0 for one on neither."""
    found = np.zeros((len(texts), len(_axes())), np.int8)
    for row, (text, language) in enumerate(zip(texts, languages, strict=True)):
        code, head = primary(language), text[:LONGEST].replace("’", "'")
        for column, axis in enumerate(_axes()):
            one, other = axis.get(code, (None, None))
            if one and other:
                found[row, column] = _side(one.search(head), other.search(head))
    return found


def _side(one: re.Match[str] | None, other: re.Match[str] | None) -> int:
    if one and other:
        return (one.start() < other.start()) - (other.start() < one.start())
    return bool(one) - bool(other)


@cache
def _axes() -> tuple[dict[str, Pair], ...]:
    """Return for each choice the patterns of its two sides by language."""
    told = tomllib.loads(importlib.resources.files(__package__).joinpath("opposites.toml").read_text("utf-8"))
    return tuple(
        {
            language: (_pattern(pattern, language), _pattern(axis["other"].get(language), language))
            for language, pattern in axis["one"].items()
        }
        for axis in told["axis"]
    )


def _pattern(words: str | None, language: str) -> re.Pattern[str] | None:
    if words is None:
        return None
    edges = ("", "") if language in WITHOUT_SPACES else (r"(?<!\w)", r"(?!\w)")
    return re.compile(f"{edges[0]}(?:{words}){edges[1]}", re.IGNORECASE)
