"""Clusters of advice across sources and languages, with stable names and readable labels.

    themes = cluster(points, vectors, previous=store.previous_themes(), passages=passage_vectors)

A sentence of advice says little alone ("Decide beforehand who may pull the plug"): its passage and its document say
what it is about, so each point is a mix of the three (`graph.in_context`). On the shipped pages that takes the
V-measure from 0.1 to 0.65 (bench/themes.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.models import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["AdvicePoint", "cluster"]

LABEL_SEPARATOR = " · "
LABEL_WORDS = 3


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
    """Group advice into themes, biggest first; the order of `points` does not matter.

    `vectors` (points, dimension) are the sentences' vectors, language-centred; `passages`, of the same shape, those
    of the passages they stand in (recommended). `previous` gives the members of each theme of the last run: a theme
    that keeps most of them keeps its id. Advice that lies near no theme is in none. `encode` gives words and
    their languages vectors (words, dimension), centred like the rest: labels are then ordered by meaning.
    """
    from corpus.themes.graph import find_communities, in_context
    from corpus.themes.labels import theme_keywords
    from corpus.themes.lineage import name_themes

    order = sorted(range(len(points)), key=lambda row: points[row].advice_id)
    points = [points[row] for row in order]
    documents = [point.document_id for point in points]
    mixed = in_context(vectors[order], passages[order] if passages is not None else None, documents)
    communities = find_communities(mixed)
    members = [
        tuple(
            (points[row].advice_id, score) for row, score in zip(group.rows, group.similarities, strict=True)
        )
        for group in communities
    ]
    ids = name_themes([frozenset(name for name, _ in group) for group in members], previous)
    keywords = theme_keywords(points, mixed, [group.rows for group in communities], encode)
    return [
        Theme(theme_id, LABEL_SEPARATOR.join(words[:LABEL_WORDS]), words, group)
        for theme_id, words, group in zip(ids, keywords, members, strict=True)
    ]
