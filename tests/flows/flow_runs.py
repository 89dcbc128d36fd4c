"""Small pages, direct runs, and whether two warehouses hold the same."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.progress import Quiet
from flows.runner import execute_directly, run
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from corpus.settings import Settings
    from flows.report import RunReport
    from flows.stages import Batch, Stage

    Execute = Callable[[Stage, Batch, Callable[[], None]], None]

# The sentences are among those that the tiny Argos package knows by heart.
ITALIAN = {
    "Il CIO deve parlare con il consiglio di amministrazione.": "The CIO must speak with the board.",
    "Chiedete ai fornitori un piano di uscita.": "Ask vendors for an exit plan.",
    "Misurate il valore, non le ore.": "Measure value, not hours.",
    "Non promettete date che non controllate.": "Do not promise dates that you do not control.",
    "Provate il ripristino dei backup ogni mese.": "Test the restore of your backups every month.",
    "Ogni progetto ha bisogno di uno sponsor.": "Every project needs a sponsor.",
}
PAGES = {
    "board.txt": """Talk to the board

The CIO must speak with the board twice a year. Bring three figures and no acronyms, or stay away.
Nobody in that room has ever bought a firewall for its own sake, and nobody ever will.

You should sell the project before you build it, because a project without a buyer dies in silence.
""",
    "vendors.html": """<html><head><title>Ask for the exit</title></head><body><article><h1>Ask for the exit</h1>
<p>Ask every vendor for an exit plan before you sign. We signed in a hurry in 2019 and paid for it until
last spring, when the last of the invoices for a service nobody used was settled out of court.</p>
<p>Never go all-in with one supplier. It pays to keep a second one warm, even if the price is higher.</p>
</article></body></html>
""",
    "backup.txt": """Restore something today

A backup that was never restored is a rumour. Test the restore of your backups every month, with a clock.
The shipyard in the next town lost nine days of orders because its tapes had been empty since the autumn.
""",
    "consiglio.txt": "Parlare con il consiglio\n\n" + "\n".join(ITALIAN) + "\n",
}
WATCH = '''
"""Imported by every Python process at its start: writes down each attempt to leave this machine."""
import os
import sys

OURS = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "", None}


def watch(event, arguments):
    if event == "socket.getaddrinfo":
        place = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        place = arguments[1][0]
    else:
        return
    place = place.decode() if isinstance(place, bytes) else place
    if place not in OURS and "WATCHED" in os.environ:
        note(f"{event} {place}")


def note(line):
    with open(os.environ["WATCHED"], "a") as file:
        print(os.getpid(), line, file=file)


note("is watched")
sys.addaudithook(watch)
'''

FETCHED = 1_700_000_000
VOLATILE = (
    "run_id first_run_id loaded_at quarantined_at started_at finished_at seconds process settings message"
)
SAME_RUNS = ("schema_migrations", "runs", "run_stages", "ledger", "run_pages", "theme_events")


def write_pages(folder: Path, *names: str) -> Path:
    """Write the pages of those names, or all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or PAGES:
        (folder / name).write_text(PAGES[name], "utf-8")
        os.utime(folder / name, (FETCHED, FETCHED))  # the time of a file without a sidecar is its fetch time
    return folder


def ingest_directly(*sources: Path, settings: Settings, execute: Execute = execute_directly) -> RunReport:
    """Do what `cio-advice ingest SOURCES --direct` does."""
    return run([str(source) for source in sources], settings, execute, Quiet())


def contents(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return what a warehouse says by table, without when and by which run it came to say it."""
    excluded = ", ".join(f"'{name}'" for name in VOLATILE.split())
    with Warehouse.open(warehouse) as opened:
        tables = [row[0] for row in opened.sql("select table_name from duckdb_tables() order by all").rows()]
        return {
            str(table): opened.sql(
                f"select columns(lambda name: name not in ({excluded})) from {table} order by all"  # noqa: S608 - names of our own tables
            ).rows()
            for table in tables
            if table not in SAME_RUNS
        }


def assert_same_tables(found: Path, expected: Path, *, but: tuple[str, ...] = ()) -> None:
    """Hold two warehouses to the same rows; vectors to their fourth digit, because batches move the seventh."""
    left, right = contents(found), contents(expected)
    for name in but:
        del left[name], right[name]
    assert {name: len(rows) for name, rows in left.items()} == {
        name: len(rows) for name, rows in right.items()
    }
    assert len(left) >= 12
    for name, rows in left.items():
        for one, other in zip(rows, right[name], strict=True):
            assert (name, *_exact(one)) == (name, *_exact(other))
            assert np.allclose([*_numbers(one)], [*_numbers(other)], atol=1e-4), name


def _exact(row: tuple[Any, ...]) -> Iterator[Any]:
    return (value for value in row if not isinstance(value, float) and not _is_vector(value))


def _numbers(row: tuple[Any, ...]) -> Iterator[float]:
    for value in row:
        if isinstance(value, float):
            yield value
        elif _is_vector(value):
            yield from value


def _is_vector(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], float)
