"""What a search is narrowed to, before anything is ranked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from corpus.errors import WarehouseError

if TYPE_CHECKING:
    import duckdb

_THEMES = """
select list(theme_id order by theme_id) from themes where theme_id = $theme or lower(label) = lower($theme)
"""


class FilterWords(TypedDict, total=False):
    """The filters as keyword arguments; `Filters` says what they mean."""

    language: str | None
    host: str | None
    author: str | None
    since: date | str | None
    until: date | str | None
    theme: str | None
    target: str | None
    advice_only: bool
    least_trust: float | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a passage must be to be found.

    `language`: a BCP 47 tag; `zh` lets `zh-Hans` and `zh-Hant` through. `host`: a host, or the uri of a page without
    one. `author`: a part of the author's name, whatever its case and accents. `since`, `until`: days of publication,
    both included; a page without a date is left out then. `theme`: a label or an id. `target`: with advice for this
    one (cio, it-staff, vendor, business, anybody). `advice_only`: with advice in it. `least_trust`: how far its
    English may be trusted, 0 to 1. Raises WarehouseError for what makes no sense.
    """

    language: str | None = None
    host: str | None = None
    author: str | None = None
    since: date | str | None = None
    until: date | str | None = None
    theme: str | None = None
    target: str | None = None
    advice_only: bool = False
    least_trust: float | None = None

    def parameters(self, connection: duckdb.DuckDBPyConnection) -> dict[str, object]:
        """Return the parameters that the search's SQL filters by."""
        names = {field.name: getattr(self, field.name) for field in fields(self)}
        names["source"] = names.pop("host")
        names["since"], names["until"] = _day("since", self.since), _day("until", self.until)
        theme = names.pop("theme")
        names["theme_ids"] = None if theme is None else _theme_ids(connection, theme)
        if self.least_trust is not None and not 0 <= self.least_trust <= 1:
            raise WarehouseError(f"least_trust is {self.least_trust}: expected a number from 0 to 1")
        return names


def _day(name: str, value: date | str | None) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WarehouseError(f"{name} is {value!r}: expected a day such as 2026-01-31") from None


def _theme_ids(connection: duckdb.DuckDBPyConnection, theme: str) -> list[str]:
    found = connection.execute(_THEMES, {"theme": theme}).fetchall()
    return list(found[0][0] or [])
