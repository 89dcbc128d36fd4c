"""The second level: parts of a theme whose advice lies closer together than the theme does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus.models import SubTheme
from corpus.themes.graph import gather, partition
from corpus.themes.labels import LABEL_SEPARATOR, LABEL_WORDS, theme_keywords
from corpus.themes.lineage import name_themes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from corpus.models import KnownTheme
    from corpus.themes import AdvicePoint
    from corpus.themes.graph import Community

    Vectors = NDArray[np.float32]
    Encode = Callable[[Sequence[str], Sequence[str]], Vectors]

PARTS_FROM = 8
SMALLEST_PART = 3


def find_parts(
    points: Sequence[AdvicePoint],
    vectors: Vectors,
    graph: csr_matrix,
    communities: Sequence[Community],
    known: Sequence[KnownTheme | None],
    encode: Encode | None,
) -> list[tuple[SubTheme, ...]]:
    """Return the parts of each community, biggest first; none where it is small or all of a piece.

    A part keeps the id and the label of the part of yesterday that it shares most advice with.
    """
    rows = [_rows_of_parts(vectors, graph, community) for community in communities]
    keywords = iter(theme_keywords(points, vectors, [part for parts in rows for part in parts], encode))
    found = []
    for parts, theme in zip(rows, known, strict=True):
        before = {part.sub_theme_id: part for part in theme.sub_themes} if theme else {}
        members = [tuple(points[row].advice_id for row in part) for part in parts]
        names = name_themes(
            [frozenset(m) for m in members], {n: frozenset(p.members) for n, p in before.items()}
        )
        found.append(
            tuple(_part(name, m, next(keywords), before) for name, m in zip(names, members, strict=True))
        )
    return found


def _part(
    name: str, members: tuple[str, ...], words: tuple[str, ...], before: dict[str, SubTheme]
) -> SubTheme:
    old = before.get(name)
    if old is not None:
        return SubTheme(name, old.label, old.keywords, members)
    return SubTheme(name, LABEL_SEPARATOR.join(words[:LABEL_WORDS]), words, members)


def _rows_of_parts(vectors: Vectors, graph: csr_matrix, community: Community) -> list[tuple[int, ...]]:
    rows = np.sort(np.asarray(community.rows))
    if len(rows) < PARTS_FROM:
        return []
    parts = gather(vectors[rows], partition(graph[rows][:, rows]))
    found = [tuple(int(rows[row]) for row in part.rows) for part in parts if len(part.rows) >= SMALLEST_PART]
    return found if len(found) > 1 else []
