"""Runs whose batches other processes make, one of them killed in each stage, beside a local run: the same tables.

    python -m bench.scale_out [--executors dask ray] [--copies 3] [--batch-pages 4] [--idle 20] [--shipped 12]

The pages are the four of tests/flows/flow_runs.py, `--copies` of each with a sentence of its own; two workers. The
worker that first makes a batch of a kind is killed (SIGKILL) 0.2 s later, before it may answer. Tables are compared by
the logical hash that `cio-advice verify` prints. A task's overhead is the median of `--idle` tasks whose result is
there already, by the clock: Prefect, executor, and one look into the exchange. Runs what is installed of the two.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.common import PAGES, ROOT, print_table
from corpus.exchange import Place, labels_of
from corpus.exchange import read as read_file
from corpus.exchange import write as write_file
from corpus.identity import sentence_id
from corpus.models import ParsedPage, RawPage
from corpus.parse import parse
from corpus.settings import Settings
from corpus.sources import open_sources
from flows.progress import Quiet
from flows.runner import execute_directly, run
from flows.scale_out.kinds import EMBED, JUDGE, PARSE
from flows.scale_out.worker import MOST_BYTES, make, read_result, request_bytes, request_name, result_name
from flows.session import Engines
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.scale_out.kinds import Kind
    from warehouse.logical import Contents

WORKERS = 2
_SECONDS_TO_LIVE = 0.2


def make_or_die(url: str, request: str, settings: str) -> str:
    """Make a batch; the first of its kind in this exchange ends its worker instead."""
    data = Place(url).get(request, MOST_BYTES)
    try:
        if data is None:  # nothing is to be made
            return make(url, request, settings)
        Path(url).with_name(f"died-{labels_of(data)['kind']}").touch(exist_ok=False)
    except FileExistsError:
        return make(url, request, settings)
    threading.Timer(_SECONDS_TO_LIVE, os.kill, (os.getpid(), signal.SIGKILL)).start()
    make(url, request, settings)
    time.sleep(60)  # it was faster than its end, which comes before it may answer
    raise AssertionError("still alive")


def main() -> None:
    """Print the tables; exit with 1 where one differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--executors", nargs="+", choices=("dask", "ray"), default=["dask", "ray"])
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--batch-pages", type=int, default=4)
    parser.add_argument("--idle", type=int, default=20)
    parser.add_argument("--shipped", type=int, default=12, help="shipped pages to measure the exchange with")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pages = write_copies(Path(folder) / "pages", arguments.copies)
        settings = Settings(
            warehouse=Path(folder) / "local.duckdb",
            batch_pages=arguments.batch_pages,
            batch_sentences=40,
            batch_passages=10,
            workers=WORKERS,
        )
        local, seconds, counts = run_here(pages, settings)
        rows: list[tuple[Any, ...]] = [("local", counts, 0, f"{seconds:.0f}", "", "", "")]
        same = True
        for executor in arguments.executors:
            if importlib.util.find_spec(f"prefect_{executor}") is None:
                print(f"LEFT OUT: prefect_{executor} is not installed", file=sys.stderr)
                continue
            row, equal = run_elsewhere(executor, pages, settings, local, arguments.idle)
            rows.append(row)
            same = same and equal
        print_table(
            f"{4 * arguments.copies} pages, {WORKERS} workers on {len(os.sched_getaffinity(0))} cores",
            ("executor", "pages", "workers killed", "s", "of it start", "ms a task", "same tables"),
            rows,
        )
        if arguments.shipped:
            print_exchange(settings, arguments.shipped)
    sys.exit(not same)


def write_copies(folder: Path, copies: int) -> Path:
    """Write the small pages of the tests, each copy with a sentence that no other has."""
    sys.path.insert(0, str(ROOT / "tests" / "flows"))
    from flow_runs import PAGES

    folder.mkdir(parents=True)
    for number in range(copies):
        for name, text in PAGES.items():
            own = f"Chapter {number} of the handbook asks {number + 2} questions about {name.partition('.')[0]}."
            body = text.replace("</p>", f" {own}</p>", 1) if name.endswith("html") else f"{text}\n{own}\n"
            (folder / f"{number:04d}-{name}").write_text(body, "utf-8")
    return folder


def run_here(pages: Path, settings: Settings) -> tuple[Contents, float, int]:
    """Run in this process. Returns what the warehouse says, the seconds, and how many pages were loaded."""
    began = time.perf_counter()
    run([str(pages)], settings, execute_directly, Quiet())
    return contents(settings), time.perf_counter() - began, len(list(pages.iterdir()))


def contents(settings: Settings) -> Contents:
    """Return what a warehouse says."""
    with Warehouse.open(settings.warehouse, settings) as opened:
        return opened.contents()


def run_elsewhere(
    executor: str, pages: Path, settings: Settings, local: Contents, idle: int
) -> tuple[tuple[Any, ...], bool]:
    """Run through Prefect and an executor, killing workers. Returns a row, and whether the tables are equal."""
    from flows.ingest import _execute  # before Prefect: it sets what Prefect reads at import
    from flows.scale_out import executors

    settings = settings.with_changes(
        warehouse=settings.warehouse.with_name(f"{executor}.duckdb"),
        executor=executor,
        exchange=str(settings.warehouse.with_name(executor) / "exchange"),
    )
    from prefect import flow

    executors.make = make_or_die  # the task's function: found by its name, on workers too

    @flow(name=f"scale-out-{executor}")
    def scaled() -> tuple[float, float, float]:
        began = time.perf_counter()
        with executors.submitting(settings) as submit:
            assert submit is not None
            submit_idle = functools.partial(idle_task, settings, submit)
            submit_idle()
            started = time.perf_counter() - began
            run([str(pages)], settings, _execute, Quiet(), submit)
            seconds = time.perf_counter() - began
            return seconds, started, statistics.median(submit_idle() for _ in range(idle)) if idle else 0.0

    seconds, started, task = scaled()
    died = len(list(Path(settings.exchange).parent.glob("died-*")))
    differences = local.differences(contents(settings))
    row = (
        executor,
        len(list(pages.iterdir())),
        died,
        f"{seconds:.0f}",
        f"{started:.0f}",
        f"{task * 1000:.0f}",
        "yes" if not differences else f"NO: {', '.join(differences)}",
    )
    return row, not differences


def idle_task(settings: Settings, submit: Any) -> float:
    """Send a batch whose result is there already. Returns its seconds by the clock."""
    place = Place(settings.exchange)
    name = request_name(b"idle")
    place.put(result_name(name), b"")
    began = time.perf_counter()
    submit(place.url, name, "{}").result()
    return time.perf_counter() - began


def print_exchange(settings: Settings, count: int) -> None:
    """Print what it costs to send work and results as files, beside the work itself, on shipped pages."""
    pages = [page for page in open_sources([str(PAGES)], settings) if isinstance(page, RawPage)][:count]
    parsed = [parse(page, settings) for page in pages]
    read = [page for page in parsed if isinstance(page, ParsedPage)]
    sentences = [
        (sentence_id(page.page.uri, s.sentence_no), s.text, s.language, s.heading, page.page.uri)
        for page in read
        for passage in page.passages
        for s in passage.sentences
    ]
    passages = [passage.text for page in read for passage in page.passages]
    with Engines(settings) as engines:
        rows = [
            _cost(kind, engines, items, len(pages))
            for kind, items in ((PARSE, pages), (JUDGE, sentences), (EMBED, passages))
        ]
    print_table(
        f"The exchange, a page of {len(pages)} shipped ones",
        (
            "kind",
            "items",
            "kB out",
            "kB back",
            "loader, CPU ms",
            "worker, CPU ms",
            "the work, ms by the clock",
        ),
        rows,
    )


def _cost(kind: Kind[Any, Any], engines: Engines, items: Sequence[Any], pages: int) -> tuple[Any, ...]:
    kind.make(engines, items[:1], lambda _done: None)  # what is loaded once
    began = time.perf_counter()
    made = kind.make(engines, items, lambda _done: None)
    work = time.perf_counter() - began
    loader = -time.process_time()
    out = request_bytes(kind, kind.fingerprint(engines), items)
    loader += time.process_time()
    worker = -time.process_time()
    read_file(kind.item, out, labels_of(out))
    labels = {"kind": kind.name, "request": request_name(out)}
    back = write_file(kind.sent, [kind.pack(one) for one in made], labels)
    worker += time.process_time()
    loader -= time.process_time()
    read_result(kind, request_name(out), items, back)
    loader += time.process_time()
    return (
        kind.name,
        *(f"{value / pages:.1f}" for value in (len(items), len(out) / 1000, len(back) / 1000)),
        *(f"{1000 * seconds / pages:.1f}" for seconds in (loader, worker, work)),
    )


if __name__ == "__main__":
    main()
