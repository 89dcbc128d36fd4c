"""From yesterday's themes and today's advice to today's themes, with a row for everything that happened to one.

    clustering = follow_themes(points, vectors, known, passages=passages, encode=encode, orders=orders)

A theme keeps its id while it lasts, and its label until it has twice the advice that it was named from. What a person
ordered (`corpus.themes.orders`) comes first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from corpus.theme_models import SubTheme, Theme, ThemeEvent
from corpus.themes import orders as themes_file
from corpus.themes.attention import look
from corpus.themes.graph import Community, gather, in_context
from corpus.themes.labels import LABEL_SEPARATOR, LABEL_WORDS, theme_keywords
from corpus.themes.lineage import new_id
from corpus.themes.parts import find_parts
from corpus.themes.steady import follow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from corpus.theme_models import KnownTheme
    from corpus.themes import AdvicePoint
    from corpus.themes.orders import ThemeOrders

    Vectors = NDArray[np.float32]
    Encode = Callable[[Sequence[str], Sequence[str]], Vectors]

GROWN = 2
BY_HAND = "the themes file says so"


@dataclass(frozen=True, slots=True)
class Clustering:
    """Today's themes, biggest first; what happened to them; the themes that orders name and that are not there."""

    themes: list[Theme]
    events: list[ThemeEvent]
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class _Known:
    """Yesterday's themes after a person's orders: ids by label, the label of each row, and what the orders did."""

    ids: list[str]
    labels: NDArray[np.intp]
    events: list[ThemeEvent]


def follow_themes(
    points: Sequence[AdvicePoint],
    vectors: Vectors,
    known: Sequence[KnownTheme],
    passages: Vectors | None = None,
    encode: Encode | None = None,
    orders: ThemeOrders = themes_file.NOTHING,
) -> Clustering:
    """Return today's themes and what became of yesterday's; the order of `points` and of `known` does not matter.

    `vectors` (points, dimension) are the sentences' vectors, language-centred; `passages`, of the same shape, those
    of the passages they stand in (recommended). Advice that lies near no theme is in none. `encode` gives words
    and their languages vectors (words, dimension), centred like the rest: labels are then ordered by meaning, and a
    person's parts of a theme find their advice.
    """
    order = sorted(range(len(points)), key=lambda row: points[row].advice_id)
    points = [points[row] for row in order]
    before = {theme.theme_id: theme for theme in known}
    documents = [point.document_id for point in points]
    mixed = in_context(vectors[order], passages[order] if passages is not None else None, documents)
    start = _ordered(points, mixed, before, orders, encode)
    seen = look(
        mixed, start.labels, [before[name].looked_from if name in before else 0 for name in start.ids]
    )
    kept = {n for n, name in enumerate(start.ids) if name in orders.kept or n not in seen.due}
    found = follow(seen.graph, seen.labels, len(start.ids), kept, seen.seen)
    communities = gather(mixed, found.labels, start.labels >= 0)
    ids = _names(points, communities, start.ids, {*before, *start.ids})
    known_ones = [before.get(ids[group.label]) for group in communities]
    wanted = [
        n
        for n, group in enumerate(communities)
        if _wants_words(ids[group.label], group, known_ones[n], orders)
    ]
    keywords = theme_keywords(points, mixed, [group.rows for group in communities], encode, wanted)
    parts = find_parts(points, mixed, seen.graph, communities, known_ones, encode, seen.due)
    themes, events = [], start.events
    for group, words, sub_themes in zip(communities, keywords, parts, strict=True):
        theme, renamed = _called(ids[group.label], group, words, points, before, orders, sub_themes)
        old = before.get(theme.theme_id)
        looked = old.looked_from if old and group.label not in seen.due else len(group.rows)
        themes.append(replace(theme, looked_from=looked))
        events += renamed
    events += _happened(found.splits, found.merges, ids, communities)
    events += _births_and_deaths(themes, events, before)
    return Clustering(themes, events, tuple(sorted(orders.named - orders.part_names.keys() - {*before, *ids.values()} - _done(orders, before))))  # noqa: E501 # fmt: skip


def _done(orders: ThemeOrders, before: Mapping[str, KnownTheme]) -> set[str]:
    """Return the themes that are gone because an order was carried out in an earlier run."""
    gone = {other for theme, group in orders.merge.items() if theme in before for other in group}
    return gone | {theme for theme, parts in orders.split.items() if any(themes_file.part_id(theme, part) in before for part in parts)}  # noqa: E501 # fmt: skip


def _ordered(
    points: Sequence[AdvicePoint],
    vectors: Vectors,
    before: Mapping[str, KnownTheme],
    orders: ThemeOrders,
    encode: Encode | None,
) -> _Known:
    """Carry out merges and splits that a person ordered, on yesterday's themes."""
    rows = {point.advice_id: row for row, point in enumerate(points)}
    groups = {name: [rows[a] for a in sorted(before[name].members) if a in rows] for name in sorted(before)}
    events: list[ThemeEvent] = []
    for theme, taken in sorted(orders.merge.items()):
        for gone in sorted(set(taken) & groups.keys()):
            members = groups.pop(gone)
            groups.setdefault(theme, []).extend(members)
            events.append(ThemeEvent("merge", gone, theme, len(members), BY_HAND))
    for theme, parts in sorted(orders.split.items()) if encode else ():
        members = groups.pop(theme, [])
        if members and encode:
            nearest_part = (vectors[members] @ encode(parts, ["en"] * len(parts)).T).argmax(axis=1)
            for place, part in enumerate(parts):
                name = themes_file.part_id(theme, part)
                chosen = [row for row, its in zip(members, nearest_part, strict=True) if its == place]
                groups.setdefault(name, []).extend(chosen)
                events.append(ThemeEvent("split", name, theme, len(chosen), BY_HAND))
    labels = np.full(len(points), -1, np.intp)
    for label, name in enumerate(groups):
        labels[groups[name]] = label
    return _Known(list(groups), labels, events)


def _names(
    points: Sequence[AdvicePoint], communities: Sequence[Community], known: Sequence[str], taken: set[str]
) -> dict[int, str]:
    """Return the theme id of every label: yesterday's, or one made of its members."""
    ids = dict(enumerate(known))
    for group in communities:
        if group.label not in ids:
            ids[group.label] = new_id([points[row].advice_id for row in group.rows], taken)
    return ids


def _wants_words(theme_id: str, group: Community, old: KnownTheme | None, orders: ThemeOrders) -> bool:
    """Whether a theme needs new words: it is new, has grown, or a person names it or no longer does."""
    if old is None or not old.label or theme_id in orders.rename or theme_id in orders.part_names:
        return True
    return not 0 < len(group.rows) < GROWN * old.named_from


def _called(
    theme_id: str,
    group: Community,
    words: tuple[str, ...],
    points: Sequence[AdvicePoint],
    before: Mapping[str, KnownTheme],
    orders: ThemeOrders,
    sub_themes: tuple[SubTheme, ...],
) -> tuple[Theme, list[ThemeEvent]]:
    """Give a theme its label: a person's, else the one it had, else a new one."""
    members = tuple(
        (points[row].advice_id, score) for row, score in zip(group.rows, group.similarities, strict=True)
    )
    old, size = before.get(theme_id), len(members)
    by_hand = orders.rename.get(theme_id) or orders.part_names.get(theme_id)
    label, named_from = LABEL_SEPARATOR.join(words[:LABEL_WORDS]), size
    reason = ""
    if by_hand:
        label, named_from, reason = by_hand, 0, BY_HAND
    elif old and old.label and old.named_from > 0 and size < GROWN * old.named_from:
        label, words, named_from = old.label, old.keywords, old.named_from
    elif old and old.label:
        reason = f"it was named from {old.named_from} pieces of advice and has {size}" if old.named_from else "the themes file names it no more"  # noqa: E501 # fmt: skip
    theme = Theme(theme_id, label, words, members, sub_themes, named_from)
    if reason and old and old.label and old.label != label:
        return theme, [
            ThemeEvent("rename", theme_id, None, size, f"{old.label!r} is {label!r} now: {reason}")
        ]
    return theme, []


def _happened(
    splits: Sequence[tuple[int, int, float]],
    merges: Sequence[tuple[int, int, float]],
    ids: Mapping[int, str],
    communities: Sequence[Community],
) -> list[ThemeEvent]:
    """Return the splits and merges of themes that were known, or are there now."""
    sizes = {group.label: len(group.rows) for group in communities}
    events = [
        ThemeEvent("split", ids[part], ids[whole], sizes[part], f"its advice hangs together with the rest {ratio:.2f} times as much as chance would have it")  # noqa: E501
        for part, whole, ratio in splits if part in sizes
    ]  # fmt: skip
    events += [
        ThemeEvent("merge", ids[gone], ids[into], sizes.get(into, 0), f"both hang together {ratio:.2f} times as much as chance would have it")  # noqa: E501
        for gone, into, ratio in merges if gone in ids and into in ids
    ]  # fmt: skip
    return events


def _births_and_deaths(
    themes: Sequence[Theme], events: Sequence[ThemeEvent], before: Mapping[str, KnownTheme]
) -> list[ThemeEvent]:
    explained = {event.theme_id for event in events if event.event in ("split", "merge")}
    split_up = {
        event.other_theme_id for event in events if event.event == "split" and event.reason == BY_HAND
    }
    now = {theme.theme_id for theme in themes}
    first = "its advice lies together, and near no theme that was there" if before else "the first themes"
    found = [
        ThemeEvent("birth", theme.theme_id, None, len(theme.members), first)
        for theme in themes
        if theme.theme_id not in before and theme.theme_id not in explained
    ]
    for name in sorted(before.keys() - now - explained):
        reason = BY_HAND if name in split_up else "too little of its advice is left, or lies together no more"
        found.append(ThemeEvent("death", name, None, len(before[name].members), reason))
    return found
