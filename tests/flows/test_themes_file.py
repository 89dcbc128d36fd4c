"""What a person orders of the themes holds in real runs, and is done anew when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flow_runs import ingest_directly

from corpus.errors import SettingsError
from warehouse import Warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.settings import Settings


def themes(settings: Settings) -> dict[str, str]:
    with Warehouse.open(settings.warehouse, settings) as opened:
        return {theme.theme_id: theme.label for theme in opened.themes()}


def test_a_theme_renamed_in_the_file_stays_renamed_and_an_unknown_one_is_told(
    pages: Path, settings: Settings, tmp_path: Path
) -> None:
    ingest_directly(pages, settings=settings)
    theme = min(themes(settings))
    file = tmp_path / "themes.toml"
    file.write_text(f'[rename]\n{theme} = "Selling IT"\nthm_nowhere = "x"\n', "utf-8")
    ordered = settings.with_changes(themes_file=str(file))
    report = ingest_directly(pages, settings=ordered)
    assert themes(settings)[theme] == "Selling IT"
    assert any("thm_nowhere" in warning for warning in report.warnings)
    (pages / "more.txt").write_text(
        "More advice\n\nYou must sell the project before you build it. Never promise a date to the board.\n"
        * 3,
        "utf-8",
    )
    ingest_directly(pages, settings=ordered)
    assert themes(settings)[theme] == "Selling IT"
    with Warehouse.open(settings.warehouse, settings) as opened:
        events = opened.sql("select event, reason from theme_history where event = 'rename'").rows()
    assert len(events) == 1
    assert "Selling IT" in events[0][1]


def test_a_broken_file_stops_the_run_before_anything_is_published(
    pages: Path, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "themes.toml"
    file.write_text("pins = []", "utf-8")
    with pytest.raises(SettingsError, match="pins"):
        ingest_directly(pages, settings=settings.with_changes(themes_file=str(file)))
    assert not settings.warehouse.exists()
