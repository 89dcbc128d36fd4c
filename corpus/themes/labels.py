"""What a theme is called: the words that set it apart, by class-based TF-IDF and closeness to its centre.

c-TF-IDF: Grootendorst 2022, arXiv:2203.05794; a word counts once a sentence, so that nobody shouts.
Words come from the English of the advice, so that sources in several languages share them; a theme that has no English
yet is called by words of its own language.
"""

from __future__ import annotations

import importlib.resources
import math
import re
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from corpus.themes import AdvicePoint

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
WITHOUT_SPACES = ("zh", "ja")
KEYWORDS = 8
SHORTEST = 3
FEWEST = 3
COMMON = 0.08


def theme_keywords(
    points: Sequence[AdvicePoint], vectors: NDArray[np.float32], groups: Sequence[Sequence[int]]
) -> list[tuple[str, ...]]:
    """Return up to 8 keywords for each group of rows, best first; `vectors` are (points, dimension), unit length."""
    bags = _bags(points, groups)
    totals = Counter(stem for bag in bags for stem in bag)
    surfaces = _surfaces(bags)
    shown = []
    for group in groups:
        scores = _scores(points, vectors, group, bags, totals)
        best = sorted(scores, key=lambda stem: (-scores[stem], stem))[:KEYWORDS]
        shown.append(tuple(surfaces[stem] for stem in best))
    return shown


def _bags(points: Sequence[AdvicePoint], groups: Sequence[Sequence[int]]) -> list[dict[str, str]]:
    """Return for each point its stems, each with the word it came from: English, or the point's own language.

    A group that has any English has English only.
    """
    english = [_english_words(point.english or "") for point in points]
    mixed = {row for group in groups if any(english[place] for place in group) for row in group}
    own = [_own_words(point.sentence, point.language) for point in points]
    common = _common_words(points, own)
    return [
        english[row]
        if row in mixed or point.english
        else {word: word for word in own[row] if (point.language, word) not in common}
        for row, point in enumerate(points)
    ]


def _common_words(points: Sequence[AdvicePoint], bags: Sequence[dict[str, str]]) -> set[tuple[str, str]]:
    """Return (language, word) that stand in too many sentences of their language to set a theme apart."""
    sentences = Counter(point.language for point in points)
    used = Counter((point.language, word) for point, bag in zip(points, bags, strict=True) for word in bag)
    return {key for key, count in used.items() if count > max(COMMON * sentences[key[0]], FEWEST)}


def _english_words(text: str) -> dict[str, str]:
    words = (word.lower().replace("’", "'").removesuffix("'s") for word in WORD.findall(text))
    kept = [word for word in words if len(word) >= SHORTEST and word not in stop_words()]
    return {stem(word): word for word in kept if stem(word) not in stop_words()}


def _own_words(text: str, language: str) -> dict[str, str]:
    words = [word.lower() for word in WORD.findall(text)]
    if language in WITHOUT_SPACES:
        words = [run[i : i + 2] for run in words for i in range(len(run) - 1)]
    return {word: word for word in words if len(word) > SHORTEST or language in WITHOUT_SPACES}


def stem(word: str) -> str:
    """Take a plural or verbal ending off an English word, so that its forms count as one."""
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= SHORTEST:
            word = word.removesuffix(ending) + rest
            break
    if len(word) > SHORTEST + 1 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > SHORTEST + 1 else word


def _surfaces(bags: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return the word each stem is shown as: its commonest form, the shortest of equals."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for bag in bags:
        for root, word in bag.items():
            forms[root][word] += 1
    return {root: min(words, key=lambda w: (-words[w], len(w), w)) for root, words in forms.items()}


def _scores(
    points: Sequence[AdvicePoint],
    vectors: NDArray[np.float32],
    group: Sequence[int],
    bags: Sequence[dict[str, str]],
    totals: Counter[str],
) -> dict[str, float]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row in group:
        for root in bags[row]:
            rows[root].append(row)
    sizes = Counter(points[row].document_id for row in group)
    shared = {root: r for root, r in rows.items() if len({points[row].document_id for row in r}) > 1}
    centre = vectors[list(group)].mean(axis=0)
    average = sum(totals.values()) * len(group) / len(points)
    return {
        root: sum(
            1 / sizes[points[row].document_id] for row in r
        )  # each document has one vote, long or short
        * math.log(1 + average / totals[root])
        * _closeness(vectors[r], centre)
        for root, r in (shared if len(shared) >= FEWEST else rows).items()
    }


def _closeness(sentences: NDArray[np.float32], centre: NDArray[np.float32]) -> float:
    """Return how near the sentences with a word lie to the theme's centre: a cosine, kept above zero."""
    mean = sentences.mean(axis=0)
    length = float(np.linalg.norm(mean) * np.linalg.norm(centre))
    return max(float(mean @ centre) / length, 0.05) if length else 0.05


@cache
def stop_words() -> frozenset[str]:
    """Return the words no theme is called by: function words, and what every CIO's page says."""
    text = importlib.resources.files("corpus.themes").joinpath("stopwords.txt").read_text("utf-8")
    return frozenset(text.split())
