"""Which theme of today is which theme of yesterday: matching by shared members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.identity import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SAME_THEME = 0.3


def name_themes(groups: Sequence[frozenset[str]], previous: Mapping[str, frozenset[str]]) -> list[str]:
    """Return an id for each group of advice ids: a previous theme's, or a new one.

    A pair is matched by Jaccard index, best pair first, each theme once, from `SAME_THEME` on. Only advice that was
    in some theme before and is in some now counts, so that a theme which doubled overnight keeps its name. A new id
    is `thm_` and a digest of the members.
    """
    known = _union(previous.values()) & _union(groups)
    pairs = sorted(
        (-_jaccard(group & known, members & known), name, place)
        for place, group in enumerate(groups)
        for name, members in previous.items()
    )
    names: dict[int, str] = {}
    for likeness, name, place in pairs:
        if -likeness >= SAME_THEME and place not in names and name not in names.values():
            names[place] = name
    taken = {*previous, *names.values()}
    return [names.get(place) or new_id(group, taken) for place, group in enumerate(groups)]


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(name for members in sets for name in members)


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def new_id(group: Iterable[str], taken: set[str]) -> str:
    """Name a group by its members; a name that another theme already bears gets a further digit in its digest."""
    members, turn = sorted(group), 0
    while (name := f"thm_{digest(*members, *['again'] * turn)}") in taken:
        turn += 1
    taken.add(name)
    return name
