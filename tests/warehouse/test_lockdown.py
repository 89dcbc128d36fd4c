"""What SQL of a user, and SQL in a file of somebody else, cannot do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import duckdb
import pytest

from bench.hostile_warehouses import run
from corpus.errors import WarehouseError
from corpus.settings import Settings
from flows.cli.limits import memory_capped
from warehouse import Warehouse
from warehouse.store import Store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "statement",
    [
        "explain analyze copy (select 1) to '.tmp/written.csv'",
        "explain /* query */ analyze copy (select 1) to '.tmp/written.csv'",
        "explain(analyze)copy (select 1) to '.tmp/written.csv'",
        "explain analyze create table memory.main.mine as select 1",
        "explain set threads = 1",
        "explain pragma memory_limit = '1TB'",
    ],
)
def test_an_explanation_of_what_is_no_query_is_refused(
    statement: str, full_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".tmp").mkdir()  # as DuckDB leaves it where it has spilled
    monkeypatch.chdir(tmp_path)
    with Warehouse.open(full_file) as opened, pytest.raises(WarehouseError):
        opened.sql(statement)
    assert list((tmp_path / ".tmp").iterdir()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "explain select 1",
        "EXPLAIN ANALYZE from pages",
        "explain (select 1)",
        "explain (format json) from runs",
        "explain -- x\nselect 1",
    ],
)
def test_an_explanation_of_a_query_is_given(statement: str, full_file: Path) -> None:
    with Warehouse.open(full_file) as opened:
        assert len(opened.sql(statement)) >= 1


def test_the_folder_that_duckdb_spills_to_cannot_be_looked_into(
    full_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".tmp").mkdir()
    (tmp_path / ".tmp" / "secret.txt").write_text("swordfish", "utf-8")
    monkeypatch.chdir(tmp_path)
    with (
        Warehouse.open(full_file) as opened,
        pytest.raises(WarehouseError, match="disabled by configuration"),
    ):
        opened.sql("from read_text('.tmp/secret.txt')")


def test_a_statement_is_stopped_after_its_seconds(full_file: Path) -> None:
    with Warehouse.open(full_file) as opened:
        begun = time.monotonic()
        with pytest.raises(WarehouseError, match=r"longer than 0\.2 s"):
            opened.sql("select count(*) from range(1000000000) as a, range(1000000) as b", seconds=0.2)
        assert time.monotonic() - begun < 60
        assert opened.sql("select 1", seconds=60).rows() == [(1,)]


def test_an_answer_stops_at_the_memory_limit(full_file: Path) -> None:
    with Warehouse.open(full_file, Settings(memory_limit="64MB")) as opened:
        with pytest.raises(WarehouseError, match="the answer is larger than 61 MB"):
            opened.sql("select range as a, range as b from range(1000000000000)")
        assert len(opened.sql("select range from range(1000)")) == 1000


def test_one_text_is_held_to_the_cap_of_the_process(full_file: Path) -> None:
    with Warehouse.open(full_file, Settings(memory_limit="64MB")) as opened:
        with memory_capped(opened.memory_bytes), pytest.raises(WarehouseError, match="Out of Memory"):
            opened.sql("select length(repeat('x', 4000000000))")
        assert opened.sql("select 1").rows() == [(1,)]


VERSIONS_FROM_A_FILE = """
drop table schema_migrations;
create view schema_migrations as
select content::integer as version, 'x' as name, now()::timestamp as applied_at from read_text('{secret}')
"""
RUNS_FROM_A_FILE = """
drop table schema_migrations; drop table runs; drop table ledger; drop table run_pages;
create view runs as from read_text('{secret}')
"""


@pytest.mark.parametrize("opening", [Warehouse.open, Store.open])
@pytest.mark.parametrize("tampered", [VERSIONS_FROM_A_FILE, RUNS_FROM_A_FILE])
def test_no_view_of_a_strangers_file_reads_another_file_when_it_is_opened(
    opening: object, tampered: str, full_file: Path, tmp_path: Path
) -> None:
    secret, stranger = tmp_path / "secret.txt", tmp_path / "stranger.duckdb"
    secret.write_text("6", "utf-8")
    stranger.write_bytes(full_file.read_bytes())
    with duckdb.connect(stranger) as connection:
        connection.execute(tampered.replace("{secret}", str(secret)))

    with pytest.raises(WarehouseError):
        opening(stranger)  # type: ignore[operator] # either way to open a file


def test_a_view_of_a_strangers_file_reads_nothing_when_it_is_asked(full_file: Path, tmp_path: Path) -> None:
    secret, stranger = tmp_path / "secret.txt", tmp_path / "stranger.duckdb"
    secret.write_text("swordfish", "utf-8")
    stranger.write_bytes(full_file.read_bytes())
    with duckdb.connect(stranger) as connection:
        connection.execute(f"create or replace view shared_advice as from read_text('{secret}')")

    with Warehouse.open(stranger) as opened, pytest.raises(WarehouseError, match="disabled by configuration"):
        opened.sql("from shared_advice")
    with Store.open(stranger) as store, pytest.raises(duckdb.PermissionException):
        store._connection.execute("from read_text(?)", [str(secret)])


def test_hostile_and_damaged_files_end_in_an_answer_or_an_error(full_file: Path, tmp_path: Path) -> None:
    """The small form of `python -m bench.hostile_warehouses`."""
    counts, problems = run(full_file, 9, 1, tmp_path, every=4)
    assert problems == []
    assert sum(counts.values()) == 10
