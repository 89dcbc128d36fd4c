"""What a stage of a run is: how it finds what is to do, and how it does one batch of it.

Every stage after the first asks the warehouse what is missing for the present engines and models, so that a
first run, a resumed run and a run after a change of model are one code path. `work` on a batch is a plain
function of the session: the orchestrator wraps it, and `--direct` calls it. The stages themselves are in
`flows.reading`, `flows.texts` and `flows.derived`, in the order of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.scale_out.kinds import Kind
    from flows.session import Session

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a stage's work: a key that names it in the ledger, and its items."""

    key: str
    items: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """The batches that are to do, made as they are asked for, and how many items they hold; None: nobody knows yet."""

    total: int | None
    batches: Iterable[Batch]


@dataclass(frozen=True, slots=True)
class Stage:
    """`plan` lists the batches that are to do; `work` does one and calls `advance(n)` as items are done.

    `ahead` tells what of a batch may be made elsewhere before its turn comes, where anything may.
    """

    name: str
    unit: str
    plan: Callable[[Session], Plan]
    work: Callable[[Session, Batch, Advance], None]
    ahead: Callable[[Session, Batch], tuple[Kind[Any, Any], Sequence[Any]]] | None = None


def cut(items: Sequence[Any], size: int) -> Plan:
    """Cut `items` into batches of `size`, keyed by their number."""
    starts = range(0, len(items), size)
    return Plan(
        len(items),
        [Batch(f"{number:06d}", items[start : start + size]) for number, start in enumerate(starts)],
    )
