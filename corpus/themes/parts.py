"""The second level: parts of a theme whose advice lies closer together than the theme does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus.theme_models import SubTheme
from corpus.themes.graph import gather, partition
from corpus.themes.labels import LABEL_SEPARATOR, LABEL_WORDS, theme_keywords
from corpus.themes.lineage import name_themes
from corpus.themes.steady import join

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from corpus.theme_models import KnownTheme
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
    due: Collection[int],
) -> list[tuple[SubTheme, ...]]:
    """Return the parts of each community, biggest first; none where it is small or all of a piece.

    A part keeps the id and the label of the part of yesterday that it shares most advice with. A known community whose
    label is not `due` keeps its parts, and its new advice joins them.
    """
    places = {point.advice_id: row for row, point in enumerate(points)}
    parts: list[list[tuple[int, ...]]] = []
    names: list[list[str]] = []
    for community, theme in zip(communities, known, strict=True):
        before = {part.sub_theme_id: frozenset(part.members) for part in theme.sub_themes} if theme else {}
        kept = [[places[a] for a in before[name] if a in places] for name in sorted(before)]
        carried = kept if theme and community.label not in due else None
        rows = _rows_of_parts(vectors, graph, community, carried)
        parts.append(rows)
        names.append(name_themes([frozenset(points[row].advice_id for row in part) for part in rows], before))
    old = [{part.sub_theme_id: part for part in theme.sub_themes} if theme else {} for theme in known]
    new = [n not in o for group, o in zip(names, old, strict=True) for n in group]
    flat = [part for group in parts for part in group]
    words = iter(theme_keywords(points, vectors, flat, encode, [n for n, is_new in enumerate(new) if is_new]))
    return [
        tuple(
            _part(name, tuple(points[row].advice_id for row in part), next(words), before)
            for name, part in zip(group_names, group, strict=True)
        )
        for group_names, group, before in zip(names, parts, old, strict=True)
    ]


def _part(
    name: str, members: tuple[str, ...], words: tuple[str, ...], before: Mapping[str, SubTheme]
) -> SubTheme:
    old = before.get(name)
    if old is not None:
        return SubTheme(name, old.label, old.keywords, members)
    return SubTheme(name, LABEL_SEPARATOR.join(words[:LABEL_WORDS]), words, members)


def _rows_of_parts(
    vectors: Vectors, graph: csr_matrix, community: Community, carried: Sequence[Sequence[int]] | None
) -> list[tuple[int, ...]]:
    rows = np.sort(np.asarray(community.rows))
    if len(rows) < PARTS_FROM or carried == []:
        return []
    inside = graph[rows][:, rows]
    if carried is None:
        labels = partition(inside)
    else:
        labels = np.full(len(rows), -1, np.intp)
        for place, members in enumerate(carried):
            labels[np.isin(rows, members)] = place
        labels = join(inside, labels)
    parts = gather(vectors[rows], labels)
    found = [tuple(int(rows[row]) for row in part.rows) for part in parts if len(part.rows) >= SMALLEST_PART]
    return found if len(found) > 1 else []
