"""Hostile strings through every door of a reader: nothing opened, written, started or changed; each is only a text.

`python -m bench.injection [--payloads 500] [--seed 1] [--pages 60]`: payloads by a list and a seeded grammar, the doors
of Python, SQL, the shell, settings and files; of hostile pages, as many. Prints what was refused, answered, and failed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.common import print_table
from bench.injection_doors import ANSWERED, REFUSED, STATEMENT_SECONDS, Door, Reader
from bench.injection_shell import EVERY, SELDOM
from bench.injection_watch import FolderWatch, watch_programs
from bench.payloads import Payload, payloads
from corpus.errors import CioAdviceError
from corpus.settings import Settings
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECRET = "swordfish-of-the-outside"  # noqa: S105 - a mark to look for
_SETTINGS = "select name, value from duckdb_settings() order by name"
_TABLES = """
select database_name, table_name from duckdb_tables() union all
select database_name, view_name from duckdb_views() where not internal order by all
"""
_EVERY_SELDOM = 20
_EMBEDDED = 3_000
"""Characters that reach the model: all of a text are embedded, a minute for 50,000 on two cores."""
_MOST_BYTES = 8 * 2**30
"""A door that takes more fails, and does not take the machine with it."""


@dataclass
class Outcome:
    """What became of the payloads at the doors; `failures` are one line each, empty where all is well."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failures: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def attack(
    published: Path, chosen: list[Payload], place: Path, settings: Settings, share: int = 1
) -> Outcome:
    """Send payloads through every door to the warehouse `published`; `place` is what `places` made.

    With a `share` of n each payload goes through every n-th door, the next one through the others in turn.
    """
    outcome = Outcome()
    before = _state(published)
    programs = watch_programs()
    watch = FolderWatch(place / "outside", place / "here", place / "here" / ".tmp")
    with Warehouse.open(published, settings) as opened:
        reader = Reader(published, opened, place / "settings", settings)
        opened.search("budget", 1)  # the model is loaded now, and the macros are there
        opened.sql("from search('budget', 1)")
        opened.sql("from theme_of('budget')")
        held = [opened.sql(statement).rows() for statement in (_SETTINGS, _TABLES)]
        watch.happened()
        for number, payload in enumerate(chosen):
            doors = {name: EVERY[name] for name in list(EVERY)[number % share :: share]}
            doors |= SELDOM if share == 1 and number % _EVERY_SELDOM == 0 else {}
            started = len(programs)
            _through(doors, payload, reader, outcome, watch)
            if number % _EVERY_SELDOM == _EVERY_SELDOM - 1:
                print(
                    f"{number + 1} payloads, {len(outcome.failures)} failures",
                    *outcome.failures[-1:],
                    file=sys.stderr,
                )
            if number % _EVERY_SELDOM != 0 and programs[started:]:
                outcome.failures.append(f"{payload.text[:60]!r} started {programs[started:][:2]}")
        if [opened.sql(statement).rows() for statement in (_SETTINGS, _TABLES)] != held:
            outcome.failures.append("a setting, a table or a view of the reader has changed")
    watch.close()
    if _state(published) != before:
        outcome.failures.append("the published file, or its folder, has changed")
    return outcome


def _through(
    doors: Mapping[str, Door], payload: Payload, reader: Reader, outcome: Outcome, watch: FolderWatch
) -> None:
    for name, door in doors.items():
        started = time.perf_counter()
        try:
            is_embedded = any(word in name for word in ("search", "similar", "theme_of", "query"))
            said = door(reader, payload.text[:_EMBEDDED] if is_embedded else payload.text)
            outcome.counts[name][REFUSED if said == REFUSED else ANSWERED] += 1
            problem = "gave the secret away" if SECRET in str(said) else ""
        except CioAdviceError as error:
            outcome.counts[name][REFUSED] += 1
            problem = "gave the secret away" if SECRET in str(error) else ""
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever else there is: it would be a stack trace
            problem = f"{type(error).__name__}: {error}"
        seconds = time.perf_counter() - started
        outcome.seconds[name] = max(outcome.seconds[name], seconds)
        happened = (
            watch.happened()
            if not name.startswith(("settings", "shell: doctor"))
            else watch.happened() and []
        )
        for told in (problem, *happened):
            if told:
                outcome.counts[name]["failed"] += 1
                outcome.failures.append(f"{name}: {payload.family} {payload.text[:60]!r}: {told}"[:400])


def _state(published: Path) -> tuple[str, list[str]]:
    return hashlib.sha256(published.read_bytes()).hexdigest(), sorted(
        path.name for path in published.parent.iterdir()
    )


@contextmanager
def places(root: Path) -> Iterator[Path]:
    """Make a folder with secrets outside, one to work in with a folder as DuckDB spills to, and go there."""
    for name in ("outside", "here/.tmp", "settings"):
        (root / name).mkdir(parents=True)
    for folder in ("outside", "here/.tmp"):
        for ending in ("txt", "csv", "json", "parquet", "duckdb"):
            (root / folder / f"secret.{ending}").write_text(f'"{SECRET}"\n', "utf-8")
    back = Path.cwd()
    os.chdir(root / "here")
    try:
        yield root
    finally:
        os.chdir(back)


def main() -> int:
    """Print a row for each group of doors, and every failure; return 1 where there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payloads", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=60, help="hostile pages to ingest")
    given = parser.parse_args()
    from bench.injection_pages import hostile_run

    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    with tempfile.TemporaryDirectory() as folder, places(Path(folder) / "places") as place:
        chosen = payloads(given.payloads, given.seed, place / "outside")
        settings = Settings()
        published, page_failures = hostile_run(Path(folder) / "pages", chosen[: given.pages], place, settings)
        outcome = attack(published, chosen, place, settings)
        shutil.rmtree(place / "settings")
    _print(outcome, len(chosen), given.seed)
    print(f"\n{given.pages} hostile pages ingested: {len(page_failures)} failures")
    for failure in [*page_failures, *outcome.failures][:100]:
        print(failure, file=sys.stderr)
    return 1 if page_failures or outcome.failures else 0


def _print(outcome: Outcome, count: int, seed: int) -> None:
    rows = []
    for group in ("Python", "shell", "settings"):
        doors = [name for name in outcome.counts if name.startswith(group)]
        total = sum((outcome.counts[name] for name in doors), Counter())
        slowest = max(outcome.seconds[name] for name in doors)
        tried = total[REFUSED] + total[ANSWERED]
        rows.append((group, len(doors), tried, total[ANSWERED], total[REFUSED], total["failed"], slowest))
    print_table(
        f"{count} payloads (seed {seed}), a statement stopped after {STATEMENT_SECONDS:g} s",
        ("doors of", "doors", "tried", "answered", "refused", "failed", "slowest, s"),
        rows,
    )


if __name__ == "__main__":
    sys.exit(main())
