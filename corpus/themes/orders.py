"""What a person wants of the themes, from a small TOML file (setting `themes_file`), respected by every run.

pin = ["thm_12ab…"]                       # no run splits it, merges it or lets it end

[rename]
"thm_12ab…" = "Selling IT to the business"

[merge]                                   # the others become part of the first
"thm_12ab…" = ["thm_77…", "thm_81…"]

[split]                                   # its advice goes to the nearest of these parts, and stays there
"thm_90cd…" = ["negotiating licences", "choosing a supplier"]
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.errors import SettingsError
from corpus.identity import digest
from corpus.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PARTS = ("pin", "rename", "merge", "split")


@dataclass(frozen=True)
class ThemeOrders:
    """Names by theme id, themes that another takes in, and the names of the parts of a theme that is to split."""

    pin: frozenset[str] = frozenset()
    rename: Mapping[str, str] = field(default_factory=dict)
    merge: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def named(self) -> set[str]:
        """The ids of all themes that are spoken of."""
        taken = {gone for group in self.merge.values() for gone in group}
        return {*self.pin, *self.rename, *self.merge, *self.split, *taken}

    @property
    def kept(self) -> set[str]:
        """The ids of themes that no run splits or merges by itself: what a person shaped stays so."""
        return {*self.pin, *self.merge, *self.part_names}

    @property
    def part_names(self) -> dict[str, str]:
        """The name of every part by its id."""
        return {part_id(theme, part): part for theme, parts in self.split.items() for part in parts}

    @property
    def fingerprint(self) -> str:
        """Names these orders: others make the themes anew."""
        told = [sorted(self.pin), *(sorted(part.items()) for part in (self.rename, self.merge, self.split))]
        return digest(repr(told))


NOTHING = ThemeOrders()


def part_id(theme_id: str, name: str) -> str:
    """Name a part of a theme that a person split: the same in every run."""
    return f"thm_{digest(theme_id, name)}"


def read(file: Path | None) -> ThemeOrders:
    """Read a file of orders; None: there are none.

    Raises SettingsError where the file cannot be read, or says what it may not: the message names the line's key.
    """
    if file is None:
        return NOTHING
    try:
        told = read_toml(file)
    except (OSError, ValueError, RecursionError) as error:  # not UTF-8, not TOML, too deep, no path
        raise SettingsError(f"themes file {file}: {error}") from error
    if unknown := sorted(set(told) - set(_PARTS)):
        raise SettingsError(f"themes file {file}: {unknown[0]!r}: expected {', '.join(_PARTS)}")
    orders = ThemeOrders(
        frozenset(_texts(file, "pin", told.get("pin", []))),
        {key: _text(file, key, name) for key, name in _table(file, "rename", told).items()},
        {key: _texts(file, key, gone) for key, gone in _table(file, "merge", told).items()},
        {key: _texts(file, key, parts) for key, parts in _table(file, "split", told).items()},
    )
    _refuse_contradictions(file, orders)
    return orders


def _refuse_contradictions(file: Path, orders: ThemeOrders) -> None:
    taken = [gone for group in orders.merge.values() for gone in group]
    for theme in taken:
        if taken.count(theme) > 1 or theme in {*orders.merge, *orders.split, *orders.pin}:
            raise SettingsError(f"themes file {file}: {theme} is merged into another and spoken of once more")
    for theme, parts in orders.split.items():
        if len(set(parts)) < 2:
            raise SettingsError(
                f"themes file {file}: {theme} is to split: expected two names of parts or more"
            )
        if theme in {*orders.merge, *orders.pin}:
            raise SettingsError(f"themes file {file}: {theme} is to split, and to stay")


def _table(file: Path, name: str, told: Mapping[str, object]) -> dict[str, object]:
    value = told.get(name, {})
    if not isinstance(value, dict):
        raise SettingsError(f"themes file {file}: [{name}] = {value!r}: expected a table by theme id")
    return value


def _text(file: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"themes file {file}: {key} = {value!r}: expected a name")
    return value.strip()


def _texts(file: Path, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SettingsError(f"themes file {file}: {key} = {value!r}: expected a list")
    return tuple(_text(file, key, item) for item in value)
