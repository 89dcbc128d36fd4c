"""A writer's store and a published warehouse, as real DuckDB files."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from warehouse_pages import begin, complete, load, raw

from warehouse.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENGLISH = (
    "| Home | Blog\n"
    "# Sell your project\n"
    "The CIO must sell the project before he builds it. Much is said about money.\n"
    "\n"
    "| Share | Like\n"
    "You must never promise a date. The budget was cut twice.\n"
)
ITALIAN = "| Casa\nIl CIO deve vendere il progetto. Il tempo passa.\n| Contatti\n"
BUDGET = "Show costs to the business. You must show what a project costs.\n"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "cio-advice.duckdb"


@pytest.fixture
def store(published: Path) -> Iterator[Store]:
    with Store.open(published) as opened:
        yield opened


@pytest.fixture(scope="session")
def full_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pages, two languages, one quarantined page; Italian has an engine; every stage done; published."""
    with Store.open(tmp_path_factory.mktemp("full") / "full.duckdb") as store:
        run_id = begin(store)
        load(store, run_id, [raw("pages/a.txt", ENGLISH, "https://a.example/sell")], "0")
        load(store, run_id, [raw("pages/it.txt", ITALIAN, "https://it.example/vendere")], "1", language="it")
        broken = [raw("pages/b.txt", BUDGET, "https://b.example/costs"), raw("pages/broken.bin", "\x01\x02")]
        load(store, run_id, broken, "2", unreadable=["pages/broken.bin"])
        complete(store, run_id, {"it": "words-1"})
        return store.publish()


@pytest.fixture
def full_store(full_file: Path, published: Path) -> Iterator[Store]:
    """A store of its own that begins where `full_file` ends."""
    shutil.copyfile(full_file, published)
    with Store.open(published) as opened:
        yield opened
