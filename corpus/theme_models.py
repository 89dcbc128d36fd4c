"""The values of themes that travel between rooms: as those of `corpus.models`, frozen and slotted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class SubTheme:
    """A part of a theme that lies closer together than the whole: ids of its advice, most central first."""

    sub_theme_id: str
    label: str
    keywords: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """A cluster of advice: `members` are (advice_id, similarity to the centre), best first.

    `named_from` is how many members it had when it got its label; 0 where a person named it. `looked_from` is how many
    it had when a run last looked whether it splits or merges.
    """

    theme_id: str
    label: str
    keywords: tuple[str, ...]
    members: tuple[tuple[str, float], ...] = field(default=())
    sub_themes: tuple[SubTheme, ...] = ()
    named_from: int = 0
    looked_from: int = 0


@dataclass(frozen=True, slots=True)
class KnownTheme:
    """A theme as the last run left it: what it is called, and the ids of its advice and of that of its parts."""

    theme_id: str
    label: str
    keywords: tuple[str, ...]
    named_from: int
    members: frozenset[str]
    sub_themes: tuple[SubTheme, ...] = ()
    looked_from: int = 0

    @classmethod
    def of(cls, theme: Theme) -> KnownTheme:
        """Return a theme of today as tomorrow's run knows it."""
        return cls(
            theme.theme_id,
            theme.label,
            theme.keywords,
            theme.named_from,
            frozenset(advice for advice, _ in theme.members),
            theme.sub_themes,
            theme.looked_from,
        )


@dataclass(frozen=True, slots=True)
class ThemeEvent:
    """What became of a theme in a run, and why; `other_theme_id` is whence it came or where it went."""

    event: Literal["birth", "death", "split", "merge", "rename"]
    theme_id: str
    other_theme_id: str | None
    advice_count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Dissent:
    """Two pieces of advice of one theme that contradict each other: `score` in 0..1 says how surely."""

    theme_id: str
    do_advice_id: str
    dont_advice_id: str
    score: float
