from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import duckdb
import pytest
from warehouse_pages import begin, raw, run_all

from corpus.errors import WarehouseError
from warehouse import Warehouse
from warehouse.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def refused(path: Path, words: str) -> None:
    """Expect that a store refuses the path, and that its folder is as it was."""
    before = {file: file.lstat().st_mode for file in path.parent.iterdir()}
    with pytest.raises(WarehouseError, match=words) as caught:
        Store.open(path)
    assert "\n" not in str(caught.value)
    assert {file: file.lstat().st_mode for file in path.parent.iterdir()} == before


def read_everything(path: Path) -> None:
    with Warehouse.open(path) as warehouse:
        for ask in (warehouse.runs, warehouse.themes, warehouse.advice, warehouse.quarantine):
            ask()


def test_a_pipe_a_link_to_one_and_a_socket_stay_what_they_are(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name in ("pipe", "link", "socket"):
            refused(tmp_path / name, "a device or a pipe")


def test_a_folder_and_an_empty_path_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")

    refused(tmp_path / "folder", "it is a folder")
    for path in ("", ".", "/"):
        with pytest.raises(WarehouseError, match="it is a folder"):
            Store.open(path)  # type: ignore[arg-type]  # as the command line would give it
    assert list((tmp_path / "folder").iterdir()) == []


@pytest.mark.parametrize("suffix", [".working", ".lock", ".partial"])
def test_a_pipe_where_the_writer_has_its_files_is_refused(tmp_path: Path, suffix: str) -> None:
    os.mkfifo(tmp_path / f"w.duckdb{suffix}")

    refused(tmp_path / "w.duckdb", "a device or a pipe")


@pytest.mark.parametrize("name", ["a\0b", "x" * 250, "\udcff.duckdb"])
def test_a_name_that_no_database_can_have_is_refused(tmp_path: Path, name: str) -> None:
    refused(tmp_path / name, "cannot (use|write)")


def test_a_page_is_refused_and_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html>my thesis, not a database</html>" * 1000)

    refused(page, "as a warehouse.*give another path")

    assert page.read_text().startswith("<html>")


@pytest.mark.parametrize(
    "made", ["create table t as select 1", "create table schema_migrations (version text)"]
)
def test_the_database_of_somebody_else_is_refused_and_left_alone(tmp_path: Path, made: str) -> None:
    with duckdb.connect(tmp_path / "other.duckdb") as connection:
        connection.execute(made)
    before = (tmp_path / "other.duckdb").read_bytes()

    refused(tmp_path / "other.duckdb", "of somebody else")

    assert (tmp_path / "other.duckdb").read_bytes() == before
    with pytest.raises(WarehouseError, match="not a warehouse of cio-advice"):
        Warehouse.open(tmp_path / "other.duckdb")


def test_a_link_to_a_warehouse_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.duckdb").symlink_to(tmp_path / "real" / "w.duckdb")

    with Store.open(tmp_path / "link.duckdb") as store:
        run_all(store, [raw("a", "One.\n")])
        store.publish()

    assert (tmp_path / "link.duckdb").is_symlink()
    with Warehouse.open(tmp_path / "link.duckdb") as warehouse:
        assert len(warehouse.runs()) == 1


@pytest.mark.parametrize("kept", [0.2, 0.6])
def test_a_truncated_published_file_is_told_in_one_line_by_readers_and_the_writer(
    full_file: Path, tmp_path: Path, kept: float
) -> None:
    path = tmp_path / "w.duckdb"
    whole = full_file.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])

    with pytest.raises(WarehouseError, match=r"w\.duckdb.*restore it") as caught:
        read_everything(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(WarehouseError, match=r"w\.duckdb"), Store.open(path) as store:
        begin(store)


def test_blocks_overwritten_in_a_published_file_are_told_in_one_line(full_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    whole = bytearray(full_file.read_bytes())
    for start in range(12_288 + 4096, len(whole), 4096):
        whole[start : start + 512] = b"\xa5" * len(whole[start : start + 512])
    path.write_bytes(whole)

    with pytest.raises(WarehouseError, match=r"w\.duckdb.*restore it") as caught:
        read_everything(path)
    assert "\n" not in str(caught.value)


def test_a_damaged_working_file_says_to_delete_it_and_an_empty_one_is_none(
    full_file: Path, tmp_path: Path
) -> None:
    path, working = tmp_path / "w.duckdb", tmp_path / "w.duckdb.working"
    path.write_bytes(full_file.read_bytes())
    working.write_bytes(full_file.read_bytes()[:20_000])

    with pytest.raises(
        WarehouseError, match=r"delete .*w\.duckdb\.working\* to begin again from .*w\.duckdb,"
    ):
        Store.open(path)

    working.write_bytes(b"")
    with Store.open(path) as store:
        assert len(store.check()) == 0
        assert store.documents_for_duplicates()
