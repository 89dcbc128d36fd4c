from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from warehouse_pages import begin, load, raw, run_all

from warehouse import Warehouse
from warehouse.sqlfiles import sql_files
from warehouse.store import Store
from warehouse.writer import session

if TYPE_CHECKING:
    from pathlib import Path


class Clock(datetime):
    """The clock of the machine, which somebody sets."""

    year_now = 2031

    @classmethod
    def now(cls, tz: object = None) -> Clock:  # type: ignore[override]
        return cls(cls.year_now, 1, 1, 12, tzinfo=tz)  # type: ignore[arg-type]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(session, "datetime", Clock)
    monkeypatch.setattr(Clock, "year_now", 2031)
    return Clock


def test_a_clock_set_back_does_not_make_an_old_run_the_newest(store: Store, clock: type[Clock]) -> None:
    store.load_duplicates(begin(store), [], "made of the old rows")
    clock.year_now = 2026
    newest = begin(store)
    store.load_duplicates(newest, [], "made of the new rows")

    assert store.last_fingerprint("duplicates") == "made of the new rows"
    store.finish_run(newest, "finished")
    store.publish()
    with Warehouse.open(store.published) as warehouse:
        found = warehouse.runs()
        assert [run.started_at.year for run in found] == [2026, 2031]
        assert found[0].run_id == newest


def test_the_checks_look_at_the_last_run_whatever_its_time(store: Store, clock: type[Clock]) -> None:
    run_all(store, [raw("a", "One must do it.\n")])
    clock.year_now = 2026
    run_id = begin(store)
    load(store, run_id, [raw("b", "Two.\n")])
    store._connection.execute("delete from run_pages where run_id = ?", [run_id])

    assert [failure.name for failure in store.check() if failure.name == "conservation"] == ["conservation"]


def test_a_run_over_which_the_clock_was_set_back_has_no_length(store: Store, clock: type[Clock]) -> None:
    run_id = begin(store)
    clock.year_now = 2030

    assert store.finish_run(run_id, "finished").seconds is None


def test_only_the_newest_run_is_called_unpublished(published: Path, clock: type[Clock]) -> None:
    with Store.open(published) as store:
        store.finish_run(begin(store), "finished")
        store.publish()
        clock.year_now = 2026
        newest = begin(store)
        store.finish_run(newest, "finished")
        store._lock.note("not published")  # as if killed here

    with Store.open(published) as store:
        rows = store._connection.execute("select run_id, status from runs order by run_no").fetchall()
    assert [status for _, status in rows] == ["finished", "failed"]
    assert rows[1][0] == newest


def test_a_run_killed_between_its_publication_and_the_note_of_it_stays_finished(published: Path) -> None:
    with Store.open(published) as store:
        store.finish_run(begin(store), "finished")
        store.publish()
        store._lock.note("not published")

    with Store.open(published) as store:
        assert store._connection.execute("select status from runs").fetchall() == [("finished",)]


def test_runs_of_before_are_numbered_in_the_order_of_their_times(store: Store) -> None:
    for name, time in (("run_b", "2026-01-02"), ("run_a", "2026-01-03"), ("run_c", "2026-01-01")):
        store._connection.execute(
            "insert into runs (run_id, started_at, status, sources, settings, code_version, process) "
            "values (?, ?, 'failed', '[]', '{}', '0', 'p')",
            [name, time],
        )
    [file] = [file for file in sql_files("migrations") if file.stem == "0009_run_order"]
    numbering = file.text.partition(";")[2].partition(";")[0]
    store._connection.execute(numbering)

    rows = store._connection.execute("select run_id from runs order by run_no").fetchall()
    assert [name for (name,) in rows] == ["run_c", "run_b", "run_a"]
