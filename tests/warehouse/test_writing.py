from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from warehouse.connect import process_name
from warehouse.place import lock_of
from warehouse.store import Store
from warehouse.writing import writer_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_is_seen_while_it_writes_and_not_after(tmp_path: Path) -> None:
    published = tmp_path / "w.duckdb"
    assert writer_of(published) is None
    with Store.open(published):
        found = writer_of(published)
        assert found is not None
        assert found.process == process_name()
    assert lock_of(published).exists()
    assert writer_of(published) is None


def test_asking_takes_no_lock(tmp_path: Path) -> None:
    published = tmp_path / "w.duckdb"
    with Store.open(published):
        pass
    handle = os.open(lock_of(published), os.O_RDWR)
    try:
        writer_of(published)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert writer_of(published) is not None  # this process wrote its name, lives, and holds it
    finally:
        os.close(handle)
