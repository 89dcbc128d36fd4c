from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from warehouse_pages import begin, load, raw, run_all

from corpus.errors import WarehouseError
from warehouse import Warehouse
from warehouse.publish import copy_whole
from warehouse.store import Store

READER = """
import sys
from pathlib import Path
from warehouse import Warehouse
path, stop = Path(sys.argv[1]), Path(sys.argv[2])
counts = []
while not stop.exists():
    with Warehouse.open(path) as warehouse:
        documents, pages = warehouse.sql(
            "select (select count(*) from documents), (select sum(loaded) from runs)"
        ).rows()[0]
        assert documents == pages, (documents, pages)
        counts.append(documents)
print(sorted(set(counts)), counts == sorted(counts))
"""
DISK_FULL = """
import resource, sys
from pathlib import Path
from corpus.errors import WarehouseError
from warehouse.store import Store
with Store.open(Path(sys.argv[1])) as store:
    store._connection.execute("checkpoint")
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        store.publish()
    except WarehouseError as error:
        print(error)
    print(store.classify([], "f"))
"""
LOAD_FOR_EVER = """
import itertools, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from warehouse_pages import begin, load, raw
from warehouse.store import Store
with Store.open(Path(sys.argv[1])) as store:
    run_id = begin(store)
    for number in itertools.count():
        pages = [raw(f"{number}/{page}", f"Batch {number} page {page} must hold.\\n" * 20) for page in range(20)]
        load(store, run_id, pages, str(number))
        print(number, flush=True)
"""
HERE = str(Path(__file__).parent)


@pytest.fixture
def documents(store: Store) -> Store:
    run_all(store, [raw("a", "One must do it.\n")])
    return store


def uris(path: Path) -> list[object]:
    with Warehouse.open(path) as warehouse:
        return [row[0] for row in warehouse.sql("select uri from documents order by uri").rows()]


def test_what_is_published_opens_in_any_duckdb_client_with_views_and_macros(full_store: Store) -> None:
    path = full_store.publish()

    with duckdb.connect(path, read_only=True) as connection:
        assert connection.execute("select count(*) from page_lines").fetchone() == (10,)
        assert connection.execute("select count(*) from advice_on('PROMISE')").fetchone() == (1,)
        assert connection.execute("select count(*) from page_at('pages/it.txt')").fetchone() == (3,)
        passage = connection.execute("select min(passage_id) from passages").fetchone()
        assert len(connection.execute("from similar_to(?, 10)", passage).fetchall()) == 3


def test_the_store_goes_on_after_it_published(documents: Store) -> None:
    documents.publish()
    load(documents, begin(documents), [raw("b", "Two.\n")])

    assert uris(documents.published) == ["a"]
    documents.publish()
    assert uris(documents.published) == ["a", "b"]


def test_an_open_reader_keeps_its_snapshot_and_a_new_one_sees_the_new(documents: Store) -> None:
    path = documents.publish()
    with Warehouse.open(path) as early:
        load(documents, begin(documents), [raw("b", "Two.\n")])
        documents.publish()

        assert early.sql("select count(*) from documents").rows() == [(1,)]
        assert uris(path) == ["a", "b"]
        assert early.sql("select count(*) from documents").rows() == [(1,)]


def test_readers_of_other_processes_see_whole_runs_through_many_publishes(
    documents: Store, tmp_path: Path
) -> None:
    path, stop = documents.publish(), tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", READER, str(path), str(stop)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for number in range(5):
        run_id = begin(documents)
        load(documents, run_id, [raw(f"n{number}", f"New {number}.\n")])
        documents.finish_run(run_id, "finished")
        documents.publish()
        time.sleep(0.2)
    stop.touch()

    answers = [reader.communicate(timeout=60)[0] for reader in readers]

    assert [reader.returncode for reader in readers] == [0, 0]
    assert all(answer.strip().endswith("True") for answer in answers)


def test_no_room_for_the_snapshot_leaves_the_published_file_and_the_store_as_they_were(
    documents: Store,
) -> None:
    path = documents.publish()
    before = path.read_bytes()
    load(documents, begin(documents), [raw("b", "Two.\n")])
    documents.close()

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DISK_FULL, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "cannot write" in done.stdout
    assert "it is as it was" in done.stdout
    assert done.stdout.endswith("[]\n")
    assert path.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "cio-advice.duckdb",
        "cio-advice.duckdb.lock",
        "cio-advice.duckdb.working",
    ]


def test_a_snapshot_that_a_killed_publish_left_half_written_is_replaced(documents: Store) -> None:
    documents.published.with_name("cio-advice.duckdb.partial").write_bytes(b"half")

    documents.publish()

    assert uris(documents.published) == ["a"]
    assert not documents.published.with_name("cio-advice.duckdb.partial").exists()


def test_copying_what_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="cannot write"):
        copy_whole(tmp_path / "missing", tmp_path / "target")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after_batches", [1, 4])
def test_a_killed_run_keeps_every_acknowledged_batch_and_no_part_of_another(
    published: Path, after_batches: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", LOAD_FOR_EVER, str(published), HERE], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(after_batches)]
    time.sleep(0.03 * after_batches)
    process.kill()
    acknowledged += [int(line) for line in process.stdout.read().split()]
    process.wait()
    process.stdout.close()

    with Store.open(published) as store:
        sql = "select split_part(uri, '/', 1)::int, count(*) from pages group by all order by all"
        pages = store._connection.execute(sql).fetchall()
        ledger = store._connection.execute("select batch_key::int from ledger order by all").fetchall()
        statuses = store._connection.execute("select status, loaded from runs").fetchall()
        run_id = begin(store)
        again = [raw("0/0", "Batch 0 page 0 must hold.\n" * 20)]
        assert load(store, run_id, again) == ["unchanged"]

    assert set(acknowledged) <= {batch for batch, _ in pages}
    assert {count for _, count in pages} == {20}
    assert [batch for (batch,) in ledger] == [batch for batch, _ in pages]
    assert statuses == [("abandoned", 20 * len(pages))]
