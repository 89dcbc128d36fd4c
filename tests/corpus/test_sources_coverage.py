from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from corpus.sources import uri_of
from corpus.sources.coverage import Coverage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("source", "lost", "is_lost"),
    [
        ("folder", "folder/page.html", True),
        ("folder", "folder/deep/er/page.html", True),
        ("folder", "folder-of-others/page.html", False),
        ("folder", "folder/there.html", False),
        ("folder/there.html", "folder/page.html", False),
        ("folder/*.html", "folder/page.html", True),
        ("folder/*.html", "folder/page.txt", False),
        ("folder/*.html", "folder/deep/page.html", False),
        ("*", "folder/deep/page.html", True),
        ("**/page.*", "folder/deep/page.html", True),
        ("folder/**", "folder/deep/page.html", True),
        ("folder/../folder/*", "folder/page.html", True),
        ("folder", "folder/crawl.warc#12", True),
        ("folder", "folder/a name # with\nall é.html", True),
    ],
)
def test_a_page_is_lost_where_its_source_was_read_and_it_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, lost: str, is_lost: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "there.html").touch()
    name, mark, record = lost.partition("#") if "warc" in lost else (lost, "", "")
    assert Coverage([source]).has_lost(uri_of(tmp_path / name) + mark + record) is is_lost


def test_what_is_no_file_is_never_lost(tmp_path: Path) -> None:
    assert not Coverage([str(tmp_path), "/"]).has_lost("https://host.example/page")
