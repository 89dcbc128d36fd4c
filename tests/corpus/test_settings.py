"""Settings come from a file and the environment, and nonsense is refused before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from corpus.errors import SettingsError
from corpus.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_the_environment_speaks_after_the_file(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('passage_words = 80\ntranslation_engines = ["apertium"]\n', "utf-8")
    settings = Settings.load(file, {"CIO_ADVICE_PASSAGE_WORDS": "90", "HOME": "/"})
    assert settings.passage_words == 90
    assert settings.translation_engines == ("apertium",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_pages", "0"),
        ("batch_pages", "-5"),
        ("workers", "-1"),
        ("workers", "2.9"),
        ("advice_floor", "nan"),
        ("advice_floor", "1.5"),
        ("passage_words", "0"),
        ("page_timeout_seconds", "0"),
        ("page_max_bytes", "many"),
        ("no_such_setting", "1"),
    ],
)
def test_a_value_that_no_run_can_use_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.load(None, {f"CIO_ADVICE_{name.upper()}": value})


@pytest.mark.parametrize("content", ["workers = true", "workers = 2.9", "warehouse = 3", "= broken"])
def test_a_file_with_a_value_of_the_wrong_kind_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "s.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(SettingsError):
        Settings.load(file, {})
