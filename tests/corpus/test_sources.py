"""Files, folders and globs become pages, each once, in order; what cannot be read says why."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.models import RawPage, RejectedPage, Sourced
from corpus.sources import list_files, read, uri_of


def write(path: Path, content: str = "text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def page(path: Path) -> RawPage:
    found = read(path, 1_000)
    assert isinstance(found, RawPage)
    return found


def test_a_folder_gives_its_pages_in_order_and_counts_what_is_no_page(tmp_path: Path) -> None:
    for name in (
        "b.html",
        "a.txt",
        "sub/c.md",
        "sub/d.htm",
        "x.json",
        "y.png",
        ".hidden/e.txt",
        "a.txt.meta.json",
    ):
        write(tmp_path / name)
    listing = list_files([tmp_path])
    assert [file.name for file in listing.files] == ["a.txt", "b.html", "c.md", "d.htm"]
    assert listing.ignored == 2


def test_overlapping_sources_give_each_file_once(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    assert len(list_files([tmp_path, tmp_path / "a.txt", str(tmp_path / "*.txt")]).files) == 1


def test_a_named_file_is_read_whatever_its_extension(tmp_path: Path) -> None:
    assert len(list_files([write(tmp_path / "page.asp")]).files) == 1


@pytest.mark.parametrize("name", ["nowhere", "none-*.html"])
def test_a_source_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"does not exist|no file matches"):
        list_files([str(tmp_path / name)])


def test_a_symlink_loop_ends(tmp_path: Path) -> None:
    write(tmp_path / "a" / "p.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert len(list_files([tmp_path]).files) == 1


def test_a_sidecar_names_url_and_fetch_time(tmp_path: Path) -> None:
    file = write(tmp_path / "p.html")
    sidecar = {
        "url": "https://a.example/x",
        "fetched_at": "2023-04-05T06:07:08+02:00",
        "content_type": "text/html",
    }
    write(tmp_path / "p.html.meta.json", json.dumps(sidecar))
    found = page(file)
    assert found.url == Sourced("https://a.example/x", "sidecar")
    assert found.fetched_at == Sourced("2023-04-05T04:07:08+00:00", "sidecar")
    assert found.declared_type == "text/html"


def test_the_path_of_a_mirror_names_the_host(tmp_path: Path) -> None:
    found = page(write(tmp_path / "www.blog.example" / "2023" / "p q.html"))
    assert found.url == Sourced("http://www.blog.example/2023/p%20q.html", "path")
    assert found.fetched_at is not None
    assert found.fetched_at.source == "file-time"


def test_a_broken_sidecar_a_broken_link_and_a_pipe_are_rejected_with_a_reason(tmp_path: Path) -> None:
    write(tmp_path / "p.txt.meta.json", "{not json")
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe.txt")
    for file in (write(tmp_path / "p.txt"), tmp_path / "link.txt", tmp_path / "pipe.txt"):
        found = read(file, 1_000)
        assert isinstance(found, RejectedPage)
        assert found.code == "unreadable"


def test_a_file_over_the_limit_is_rejected_without_being_kept(tmp_path: Path) -> None:
    found = read(write(tmp_path / "p.txt", "x" * 2_000), 1_000)
    assert isinstance(found, RejectedPage)
    assert found.code == "too-large"
    assert "2,000 bytes" in found.reason


def test_a_file_name_with_a_line_end_or_bytes_that_are_no_characters_has_an_address(tmp_path: Path) -> None:
    assert uri_of(Path("/a\nb.txt")) == "file:///a%0Ab.txt"
    assert uri_of(Path(os.fsdecode(b"/\xff.txt"))) == "file:///%FF.txt"


@pytest.mark.parametrize(
    ("sidecar", "source"),
    [
        ('{"url": "http://[::1/x"}', None),
        ('{"url": "javascript:alert(1)"}', None),
        ('{"url": "http://a.example/\\ud800"}', None),
        ('{"fetched_at": "0001-01-01T00:00:00+14:00"}', None),
        ('{"fetched_at": 12, "url": ["http://a.example"]}', None),
    ],
)
def test_a_sidecar_that_makes_no_sense_is_no_fact(tmp_path: Path, sidecar: str, source: None) -> None:
    file = write(tmp_path / "p.txt")
    write(tmp_path / "p.txt.meta.json", sidecar)
    found = page(file)
    assert found.url is source
    assert found.fetched_at is not None
    assert found.fetched_at.source == "file-time"


def test_a_sidecar_nested_too_deeply_is_a_reason_and_not_a_crash(tmp_path: Path) -> None:
    file = write(tmp_path / "p.txt")
    write(tmp_path / "p.txt.meta.json", "[" * 100_000)
    found = read(file, 1_000)
    assert isinstance(found, RejectedPage)
    assert "sidecar" in found.reason
