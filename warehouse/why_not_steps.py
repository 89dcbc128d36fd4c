"""Why not: what is known of a page, whether a run saw it and whether its newest bytes were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warehouse.why_not_results import Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from warehouse.results import VerdictCount
    from warehouse.why_not_results import DroppedPiece, StepName, StepState

    Row = Mapping[str, Any]

_REMEDIES = {
    "http-error": "the next run that is given the address asks again",
    "unreachable": "the next run that is given the address asks again",
    "timeout": "the setting page_timeout_seconds allows more",
    "too-large": "the setting page_max_bytes allows more",
    "private-address": "the setting fetch_private allows it",
    "robots": "its host does not want it fetched: give it as a file, if you may have it",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the warehouse knows of one uri: rows of the queries why_not_*. `counts` only where it holds the text."""

    uri: str
    page: Row | None
    old_version: Row | None
    seen: Sequence[Row]
    quarantine: Sequence[Row]
    counts: Row | None
    verdicts: tuple[VerdictCount, ...]
    dropped: tuple[DroppedPiece, ...]
    ledger: Mapping[str, tuple[str, datetime]]

    def step(
        self, stage: StepName, state: StepState, code: str, message: str, ledger: str = "", **evidence: Any
    ) -> Step:
        """Return a step of this page; `ledger` names the stage whose last run decided."""
        run_id, at = self.ledger.get(ledger, (None, None))
        return Step(stage, state, code, message, self.uri, **{"run_id": run_id, "at": at} | evidence)


def own_steps(facts: Facts) -> list[Step]:
    """Return what the runs saw of the uri itself, and whether its newest bytes were read."""
    return [_seen(facts), _read(facts)]


def _seen(facts: Facts) -> Step:
    if not facts.seen:
        return facts.step("seen", "passed", "seen", "Seen, but the runs of that time are not kept", count=0)
    last, first = facts.seen[0], facts.seen[-1]
    message = (
        f"Seen by {number(len(facts.seen), 'run')}, last on {day(last['started_at'])} ({last['outcome']})"
    )
    if len(facts.seen) > 1:
        message += f", first on {day(first['started_at'])}"
    if facts.page is not None and facts.page["gone_at"] is not None:
        message += f"; gone from its source since {day(facts.page['gone_at'])}, kept as it was"
    where = {"run_id": last["run_id"], "at": last["started_at"]}
    return facts.step("seen", "passed", "seen", message, count=len(facts.seen), **where)


def _read(facts: Facts) -> Step:
    page = facts.page
    if page is None:
        return _quarantined(facts, "stopped")
    run = {"run_id": page["run_id"], "at": page["loaded_at"]}
    if facts.old_version is not None:
        old = facts.old_version
        message = (
            f"This older version, loaded on {day(old['loaded_at'])}, was superseded by {page['page_id']} on "
            f"{day(page['loaded_at'])}; what follows is said of the newer one"
        )
        return facts.step("read", "stopped", "superseded", message, **run)
    if page["same_bytes_uri"] is not None:
        message = f"It has the same bytes as {page['same_bytes_uri']}, which stands for it"
        return facts.step("read", "stopped", "exact-duplicate", message, **run)
    if facts.quarantine:
        return _quarantined(facts, "partly")
    older = page["version_count"] - 1
    message = f"Read on {day(page['loaded_at'])}" + (
        f"; it replaced {number(older, 'older version')}" if older else ""
    )
    return facts.step("read", "passed", "read", message, count=page["version_count"], **run)


def _quarantined(facts: Facts, state: StepState) -> Step:
    """Return the step of a page in quarantine; `partly` where an older reading of it stands."""
    if not facts.quarantine:
        message = "A run saw it, but neither the page nor a reason is kept: the warehouse is not whole"
        return facts.step("read", "stopped", "lost", message)
    newest = facts.quarantine[0]
    code, reason = newest["code"], str(newest["reason"]).rstrip(".")
    remedy = f"; {_REMEDIES[code]}" if code in _REMEDIES and _REMEDIES[code] not in reason else ""
    where = {"run_id": newest["run_id"], "at": newest["quarantined_at"]}
    count = len(facts.quarantine)
    if state == "partly" and facts.page is not None:
        message = (
            f"Its newest bytes are in quarantine ({code}: {reason}{remedy}); "
            f"the reading of {day(facts.page['loaded_at'])} stands"
        )
        return facts.step("read", state, "older-reading", message, rule=code, count=count, **where)
    message = f"In quarantine since the stage {newest['stage']} ({code}): {reason}{remedy}"
    return facts.step("read", state, code, message, rule=code, count=count, **where)


def number(count: int, thing: str) -> str:
    """Return a count with its thing, in the plural where that is meant."""
    plural = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{count:,} {thing if count == 1 else plural}"


def pieces(count: int) -> str:
    """Return a count of advice."""
    return f"{count:,} {'piece' if count == 1 else 'pieces'} of advice"


def day(time: datetime) -> str:
    """Return a time to the minute."""
    return f"{time:%Y-%m-%d %H:%M}"
