"""The answer to "why is this page not among the results?": its steps, what was dropped, its copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.results import VerdictCount

StepName = Literal["seen", "read", "kept", "language", "english", "embedded", "advice", "canonical", "themes"]
StepState = Literal["passed", "partly", "stopped", "not reached"]


@dataclass(frozen=True, slots=True)
class DroppedPiece:
    """A piece that was taken off a page: its place, its size in characters as seen, and how it begins."""

    first_line: int
    last_line: int
    kind: str
    rule: str
    characters: int
    text: str


@dataclass(frozen=True, slots=True)
class Copy:
    """The page that stands for another one: of the same bytes (`exact`), or of nearly the same article (`near`)."""

    kind: Literal["exact", "near"]
    uri: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Step:
    """How page `uri` fared at one step of the pipeline: `message` for people, `code` for queries.

    `run_id` and `at` (UTC) name the run that decided, where one did; `rule` what decided; `count` of what the
    step is about: runs, attempts, lines, words, passages, pieces of advice or copies.
    """

    stage: StepName
    state: StepState
    code: str
    message: str
    uri: str
    run_id: str | None = None
    at: datetime | None = None
    rule: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Where and why a page left the pipeline, or that it did not.

    `code` is the answer in a word: `counted`, `never-seen`, or the code of the step that matters; `stopped_at` is
    the first step where the page stopped, other than being put into English. `is_counted`: advice of it, or of the
    page that stands for it, is in a theme. `copies` lead from the page to the one that stands for it; `others`
    have the same address; `sources` and `suggestions` are given where no run saw it.
    """

    name: str
    code: str
    message: str
    is_known: bool
    in_warehouse: bool
    is_counted: bool
    stopped_at: StepName | None
    uri: str | None = None
    url: str | None = None
    host: str | None = None
    page_id: str | None = None
    document_id: str | None = None
    steps: tuple[Step, ...] = ()
    copies: tuple[Copy, ...] = ()
    verdicts: tuple[VerdictCount, ...] = ()
    dropped: tuple[DroppedPiece, ...] = ()
    others: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
