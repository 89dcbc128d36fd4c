from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
import pytest
from warehouse_pages import begin, load, raw

from corpus.errors import WarehouseError
from warehouse.connect import is_alive, process_name
from warehouse.migrate import program_version
from warehouse.store import Store
from warehouse.values import RunFacts, StageSummary

if TYPE_CHECKING:
    from pathlib import Path

START_AND_DIE = """
import os, sys
from pathlib import Path
from warehouse.store import Store
store = Store.open(Path(sys.argv[1]))
store.start_run(["x"], {}, "0")
os._exit(1)
"""
DISK_FULL = """
import resource, sys
from pathlib import Path
from corpus.errors import WarehouseError
from warehouse.store import Store
with Store.open(Path(sys.argv[1])) as store:
    run_id = store.start_run(["x"], {}, "0")
    store.finish_run(run_id, "finished")
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, hard))
    try:
        store.publish()
    except WarehouseError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    if sys.argv[2] == "yes":
        store.fail_run(run_id, "no room")
"""
NO_ROOM_AT_ALL = """
import resource, sys
from pathlib import Path
from corpus.errors import WarehouseError
from warehouse.store import Store
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    Store.open(Path(sys.argv[1]))
except WarehouseError as error:
    print(error)
"""


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    return store._connection.execute(sql).fetchall()


def test_a_first_store_makes_the_working_file_and_nothing_published(published: Path) -> None:
    with Store.open(published) as store:
        assert store.working.exists()
        assert rows(store, "select max(version) from schema_migrations") == [(program_version(),)]
    assert not published.exists()


def test_a_second_writer_is_refused_with_the_name_of_the_first(store: Store, published: Path) -> None:
    with pytest.raises(WarehouseError, match="another run is writing this warehouse") as caught:
        Store.open(published)

    assert process_name() in str(caught.value)


def test_a_second_writer_in_another_process_is_refused(store: Store, published: Path) -> None:
    code = "import sys; from pathlib import Path; from warehouse.store import Store; Store.open(Path(sys.argv[1]))"

    done = subprocess.run(
        [sys.executable, "-c", code, str(published)], capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "another run is writing this warehouse" in done.stderr


def test_a_closed_store_lets_the_next_one_in_with_what_was_written(published: Path) -> None:
    with Store.open(published) as store:
        load(store, begin(store), [raw("a", "One.\n")])

    with Store.open(published) as store:
        assert rows(store, "select uri from pages") == [("a",)]


def test_a_missing_working_file_is_made_from_the_published_one(published: Path) -> None:
    with Store.open(published) as store:
        load(store, begin(store), [raw("a", "One.\n")])
        working = store.publish().with_name("cio-advice.duckdb.working")
    working.unlink()

    with Store.open(published) as store:
        assert rows(store, "select uri from pages") == [("a",)]


def test_the_folder_of_the_warehouse_is_made(tmp_path: Path) -> None:
    with Store.open(tmp_path / "new" / "folder" / "w.duckdb") as store:
        assert store.working.exists()


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(WarehouseError, match="cannot write in"):
        Store.open(tmp_path / "file" / "w.duckdb")


def test_a_file_that_is_no_database_is_refused_and_left_alone(published: Path) -> None:
    published.write_text("my thesis, not a database " * 1000)

    with pytest.raises(WarehouseError, match="cannot open"):
        Store.open(published)

    assert published.read_text().startswith("my thesis")


def test_a_newer_schema_is_refused_and_left_alone(published: Path) -> None:
    with Store.open(published) as store:
        store._connection.execute(
            "insert into schema_migrations values (99, 'future', current_localtimestamp())"
        )

    with pytest.raises(WarehouseError, match=r"schema version 99.*update cio-advice"):
        Store.open(published)

    with duckdb.connect(str(published) + ".working") as connection:
        assert connection.execute("select max(version) from schema_migrations").fetchone() == (99,)


def test_a_refused_store_gives_its_lock_back(published: Path) -> None:
    working = published.with_name("cio-advice.duckdb.working")
    working.write_text("not a database")
    with pytest.raises(WarehouseError, match=r"delete .*\.working\* and ingest again"):
        Store.open(published)
    working.unlink()

    with Store.open(published) as store:
        assert rows(store, "select count(*) from runs") == [(0,)]


def test_a_run_is_finished_with_its_counts(store: Store) -> None:
    run_id = begin(store)
    load(
        store,
        run_id,
        [raw("a", "One.\n"), raw("b", "One.\n"), raw("c", "\x01"), raw("a", "One.\n")],
        unreadable=["c"],
    )

    summary = store.finish_run(run_id, "finished", "well")

    assert (summary.run_id, summary.status, summary.message) == (run_id, "finished", "well")
    assert (summary.loaded, summary.duplicate, summary.quarantined, summary.unchanged) == (1, 1, 1, 1)
    assert summary.pages_seen == 4
    assert summary.sources == ("pages",)
    assert isinstance(summary.finished_at, datetime)
    assert [(stage.stage, stage.batches, stage.items) for stage in summary.stages] == [("pages", 1, 4)]


def test_a_run_says_what_it_took_and_a_later_word_corrects_it(store: Store) -> None:
    run_id = begin(store)
    load(store, run_id, [raw("a", "One.\n")])
    stages = (StageSummary("pages", "pages", 1, 10, 4.0), StageSummary("embed", "texts", 0, 0, 0.5))
    facts = RunFacts(stages, {"it": "apertium"}, "e5, onnx, f1", ("the disk is slow",), 7_000_000, 3_000_000)

    store.describe_run(run_id, replace(facts, warnings=(), stages=stages[:1]))
    store.describe_run(run_id, facts)
    summary = store.finish_run(run_id, "finished")

    found = [(stage.stage, stage.items, stage.seconds, stage.rate) for stage in summary.stages]
    assert found == [("pages", 10, 4.0, 2.5), ("embed", 0, 0.5, None)]
    assert (summary.engines, summary.model) == ({"it": "apertium"}, "e5, onnx, f1")
    assert summary.warnings == ("the disk is slow",)
    assert (summary.peak_memory_bytes, summary.worker_memory_bytes) == (7_000_000, 3_000_000)


def test_finishing_a_run_that_was_never_started_is_an_error(store: Store) -> None:
    with pytest.raises(WarehouseError, match="there is no run run_x"):
        store.finish_run("run_x", "finished")


def test_a_run_of_a_dead_process_is_abandoned_by_the_next_store(published: Path) -> None:
    subprocess.run([sys.executable, "-c", START_AND_DIE, str(published)], check=False)

    with Store.open(published) as store:
        assert rows(store, "select status, message from runs") == [
            ("abandoned", "the process ended without saying how")
        ]


def test_a_run_of_this_process_goes_on_in_the_next_store(published: Path) -> None:
    with Store.open(published) as store:
        begin(store)

    with Store.open(published) as store:
        assert rows(store, "select status from runs") == [("running",)]


def test_a_process_is_known_by_its_start_and_not_by_its_number_alone() -> None:
    host, pid, start = process_name().rsplit("/", 2)

    assert is_alive(process_name())
    assert not is_alive(f"{host}/{pid}/{int(start) + 1}")
    assert not is_alive(f"elsewhere/{pid}/{start}")
    assert not is_alive("nonsense")


def test_names_that_are_not_utf_8_are_recorded_readably(store: Store) -> None:
    run_id = store.start_run(["n\udcff.txt"], {"warehouse": "n\udcff"}, "0")

    summary = store.finish_run(run_id, "failed", "no \udcff")

    assert (summary.sources, summary.message) == (("n\\udcff.txt",), "no \\udcff")


@pytest.mark.parametrize("told", ["yes", "no"])
def test_a_run_that_could_not_be_published_on_a_full_disk_failed(published: Path, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DISK_FULL, str(published), told],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "cannot" in done.stdout
    assert not published.exists()
    with Store.open(published) as store:
        assert rows(store, "select status from runs") == [("failed",)]


def test_a_lock_that_cannot_be_written_is_a_clear_error(published: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", NO_ROOM_AT_ALL, str(published)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "cannot write" in done.stdout
