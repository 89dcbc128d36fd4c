"""Is the warehouse what its pages make of it? The laws, a hash of what it says, and a sample made anew and compared.

The sample goes through the stages of a run into a warehouse of its own. A page whose file still has the bytes that
were read is read from there, another from the characters that the warehouse keeps.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import numpy as np

from corpus import parse
from corpus.identity import page_id
from corpus.models import ParsedPage, RawPage, Rereading
from corpus.sources import read
from flows.session import Session
from flows.texts import AFTER_READING
from warehouse import Warehouse
from warehouse.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus.settings import Settings
    from flows.progress import Progress
    from flows.stages import Stage
    from warehouse.logical import Contents
    from warehouse.values import CheckFailure
    from warehouse.verification import Reading

_FILE = "file://"
_SAME = 1e-3
"""How far components of a vector may differ: the reference backend's move a little with their batch."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what its page makes of it now: `was` or `made` is None where there is none."""

    table_name: str
    key: str
    was: str | None
    made: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found. `compared` counts rows by table, `outdated` those that other code or models made."""

    contents: Contents
    failed_checks: tuple[CheckFailure, ...]
    from_bytes: int
    from_characters: int
    compared: Mapping[str, int]
    outdated: Mapping[str, int]
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether no law is broken and no row differs."""
        return not self.failed_checks and not self.differences


def verify(settings: Settings, progress: Progress, sample: int = 10, seed: int = 0) -> Verdict:
    """Check the published warehouse; make `sample` pages (0: none), chosen by `seed`, again and compare every row.

    Changes nothing. Raises WarehouseError where there is no warehouse, ModelError where the model is not installed.
    """
    with Warehouse.open(settings.warehouse, settings) as published:
        contents, failed = published.contents(), tuple(published.failed_checks())
        stored = published.sample(sample, seed) if sample else []
        names = [page_id(page.page.uri, page.page.sha256) for page in stored]
        was = published.readings(names)
    if not stored:
        return Verdict(contents, failed, 0, 0, {}, {}, ())
    with tempfile.TemporaryDirectory(prefix="cio-advice-verify-") as folder:
        scratch = settings.with_changes(warehouse=Path(folder) / "sample.duckdb")
        current, from_bytes = _make(stored, scratch, progress)
        with Warehouse.open(scratch.warehouse, scratch) as again:
            made = again.readings(names)
    compared, outdated, differences = _compare(was, made, current)
    return Verdict(
        contents, failed, from_bytes, len(stored) - from_bytes, compared, outdated, tuple(differences)
    )


def _make(stored: Sequence[Rereading], settings: Settings, progress: Progress) -> tuple[set[str], int]:
    """Bring the pages through the stages into the warehouse of `settings`.

    Returns the identities of what is current, and how many pages still had their bytes.
    """
    with Store.open(settings.warehouse, settings.memory_limit) as store:
        fingerprint = parse.fingerprint(settings)
        run_id = store.start_run([], {}, fingerprint)
        with Session(settings, store, run_id) as session:
            raw = [_raw(page, settings) for page in stored]
            _load(session, [_decoded_anew(*pair, settings) for pair in zip(stored, raw, strict=True)])
            for stage in AFTER_READING:
                _do(session, stage, progress)
            current = {
                fingerprint.partition(":")[0],
                session.judge.fingerprint,
                session.embedder.fingerprint,
                *session.translator.routes().values(),
            }
        store.finish_run(run_id, "finished")
        store.publish()
    return current, sum(page is not None for page in raw)


def _raw(page: Rereading, settings: Settings) -> RawPage | None:
    """Return the page with its bytes, where its file still has them."""
    uri = page.page.uri
    if not uri.startswith(_FILE) or "#" in uri:
        return None
    path = Path(unquote_to_bytes(uri.removeprefix(_FILE)).decode("utf-8", "surrogateescape"))
    found = read(path, settings.page_max_bytes)
    return found if isinstance(found, RawPage) and found.sha256 == page.page.sha256 else None


def _decoded_anew(stored: Rereading, raw: RawPage | None, settings: Settings) -> Rereading:
    if raw is None:
        return stored
    from corpus.decode import decode

    return Rereading(stored.page, decode(raw, settings.page_max_bytes), stored.repeated)


def _load(session: Session, pages: Sequence[Rereading]) -> None:
    outcomes = session.workers.reread(list(pages), lambda: None)
    fingerprint = parse.fingerprint(session.settings)
    session.store.load_pages(
        session.run_id,
        "000000",
        session.store.classify([page.page for page in pages], fingerprint),
        [page for page in outcomes if isinstance(page, ParsedPage)],
        [page for page in outcomes if not isinstance(page, ParsedPage)],
        fingerprint,
        0.0,
    )


def _do(session: Session, stage: Stage, progress: Progress) -> None:
    plan = stage.plan(session)
    if plan.total:
        with progress.stage(stage.name, stage.unit, plan.total) as advance:
            for batch in plan.batches:
                stage.work(session, batch, advance)


def _compare(
    was: Sequence[Reading], made: Sequence[Reading], current: set[str]
) -> tuple[dict[str, int], dict[str, int], list[Difference]]:
    """Compare rows by table and key. Rows that something else made than what is current are counted apart."""
    old, new = ({(row.table_name, row.key): row for row in rows} for rows in (was, made))
    outdated = Counter(row.table_name for row in was if row.made_by and row.made_by not in current)
    stale = {key for key, row in old.items() if row.made_by and row.made_by not in current}
    differences = [
        Difference(*key, old[key].row if key in old else None, new[key].row if key in new else None)
        for key in sorted({*old, *new} - stale)
        if not _same(old.get(key), new.get(key)) and (key in old or not outdated[key[0]])
    ]
    compared = Counter(table for table, key in old if (table, key) not in stale)
    return dict(sorted(compared.items())), dict(sorted(outdated.items())), differences


def _same(one: Reading | None, other: Reading | None) -> bool:
    if one is None or other is None:
        return False
    if one.vector is None or other.vector is None:
        return (one.row, one.vector) == (other.row, other.vector)
    return np.allclose(one.vector, other.vector, atol=_SAME)
