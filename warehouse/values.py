"""The values that the writer takes and gives, beside those of `corpus.models`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from corpus.models import RawPage

Outcome = Literal["new", "unchanged", "duplicate", "quarantined"]
RunStatus = Literal["running", "finished", "failed", "abandoned"]
Role = Literal["passage", "query"]


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What is to be done with a page: only a `new` one is read.

    `page_id` names this version of the page; `duplicate_of` is the page with the same bytes.
    """

    page: RawPage
    page_id: str
    outcome: Outcome
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """An embedding model: `fingerprint` is what its vectors are stored under."""

    fingerprint: str
    name: str
    dimension: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class AdviceMatrix:
    """The advice of canonical documents: row i of `vectors` is `ids[i]`'s sentence, of `passages` its passage.

    Vectors are float32 and raw. `passages_en` are the passages in English, None where they are not wholly so;
    `titles_en` the titles of documents in English.
    """

    ids: list[str]
    sentences: list[str]
    sentences_en: list[str | None]
    languages: list[str]
    document_ids: list[str]
    hosts: list[str]
    passages_en: list[str | None]
    titles_en: list[str | None]
    polarities: list[str]
    vectors: NDArray[np.float32]
    passages: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """A law that does not hold: which, why it matters, how many rows say so, and the first of them."""

    name: str
    why: str
    count: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageSummary:
    """What one stage of a run did: `items` of `unit` in `seconds` by the clock, planning included; `rate` a second.

    Of a run that was killed, or one from before stages were timed, rows and seconds are sums over the ledger.
    """

    stage: str
    unit: str
    batches: int
    items: int
    seconds: float
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a run knows of itself at its end, beside the fate of its pages. Memory is in bytes.

    `engines` says what translates which language, None where the run did not come so far; `model` names the
    embedding model. `worker_memory` is that of the largest worker process that has ended.
    """

    stages: tuple[StageSummary, ...]
    engines: Mapping[str, str] | None
    model: str | None
    warnings: tuple[str, ...]
    peak_memory: int
    worker_memory: int


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run in figures. `pages_seen` = loaded + unchanged + duplicate + quarantined. Times are UTC.

    What an older run did not record is None or empty.
    """

    run_id: str
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None
    seconds: float | None
    pages_seen: int
    loaded: int
    unchanged: int
    duplicate: int
    quarantined: int
    pages_per_second: float | None
    message: str
    sources: tuple[str, ...]
    code_version: str
    engines: dict[str, str]
    model: str | None
    warnings: tuple[str, ...]
    peak_memory_bytes: int | None
    worker_memory_bytes: int | None
    stages: tuple[StageSummary, ...]
