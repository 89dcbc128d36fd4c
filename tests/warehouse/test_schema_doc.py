from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.schema_doc import BEGIN, END, main, schema_markdown
from warehouse.sqlfiles import sql_files

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_section_names_every_view_and_macro_and_draws_the_tables() -> None:
    text = schema_markdown()

    assert all(f"`{file.name}" in text for folder in ("views", "macros") for file in sql_files(folder))
    assert text.count("erDiagram") == 1
    assert "**`page_lines`**" not in text
    assert "| `rank` | integer | 1 is the most central |" in text


def test_a_readme_is_rewritten_between_its_marks_and_then_checks(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"# Before\n{BEGIN}\nold\n{END}\nafter\n")

    assert main([str(readme), "--check"]) == 1
    assert main([str(readme)]) == 0
    assert main([str(readme), "--check"]) == 0

    text = readme.read_text()
    assert text.startswith(f"# Before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text.split(BEGIN)[1].split("```")[0]


def test_a_readme_without_the_marks_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# Nothing\n")

    assert main([str(readme)]) == 1
    assert "no section between" in capsys.readouterr().err
