"""Clusters of advice across sources and languages, with stable names and readable labels.

    clustering = follow_themes(points, vectors, known=store.known_themes(), passages=passage_vectors)

A sentence of advice says little alone ("Decide beforehand who may pull the plug"): its passage and its document say
what it is about, so each point is a mix of the three (`graph.in_context`). On the shipped pages that takes the
V-measure from 0.1 to 0.65 (bench/themes.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.theme_models import KnownTheme

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from corpus.theme_models import Theme

__all__ = ["AdvicePoint", "cluster"]


@dataclass(frozen=True, slots=True)
class AdvicePoint:
    """One sentence of advice; what ends in `_en` is None where it is not to be had in English.

    `passage_en` is the passage that the sentence stands in, `title_en` the title of its document: weaker evidence
    for the words of a label.
    """

    advice_id: str
    sentence: str
    sentence_en: str | None
    language: str
    document_id: str
    passage_en: str | None = None
    title_en: str | None = None

    @property
    def english(self) -> str | None:
        """The sentence in English, if there is one."""
        return self.sentence if self.language == "en" else self.sentence_en


def cluster(
    points: Sequence[AdvicePoint],
    vectors: NDArray[np.float32],
    previous: Mapping[str, frozenset[str]],
    passages: NDArray[np.float32] | None = None,
    encode: Callable[[Sequence[str], Sequence[str]], NDArray[np.float32]] | None = None,
) -> list[Theme]:
    """Group advice into themes, biggest first; `previous` gives the members of each theme of the last run.

    The short way to `corpus.themes.history.follow_themes`, without names, parts, events and orders of yesterday.
    """
    from corpus.themes.history import follow_themes

    known = [KnownTheme(name, "", (), 0, members) for name, members in previous.items()]
    return follow_themes(points, vectors, known, passages, encode).themes
