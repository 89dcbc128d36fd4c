"""What is to be done with each page of a batch, before any of them is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.identity import page_id
from corpus.models import Validator
from warehouse.sqlfiles import query
from warehouse.values import PageOutcome
from warehouse.writer.rows import time_of
from warehouse.writer.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from corpus.models import RawPage, Sourced
    from warehouse.values import Outcome


@dataclass(frozen=True, slots=True)
class _Known:
    """A row of `known_pages.sql`, without its key."""

    is_current: bool
    has_text: bool
    is_read_as_now: bool
    is_older: bool
    is_quarantined: bool
    holder: str | None
    sidecar_url: str | None
    sidecar_time: datetime | None


class Classify(Session):
    """The first half of the stage `pages`."""

    def classify(self, pages: Sequence[RawPage], parse_fingerprint: str) -> list[PageOutcome]:
        """Return for each page whether it is new, unchanged, a duplicate, or known to be unreadable.

        new: never read, read by another version of the code or with another sidecar, or an old version come
        back. unchanged: these
        bytes were the newest of this uri already, or are a known version that is older by its fetch time. duplicate: a
        current page of another uri, or an earlier one of this batch, has the same bytes.
        """
        known = self._known(pages, parse_fingerprint)
        first_of_uri: dict[tuple[str, str], PageOutcome] = {}
        first_of_bytes: dict[str, str] = {}
        outcomes = []
        for page in pages:
            key = (page.uri, page.sha256)
            if key in first_of_uri:
                outcome = _again(page, first_of_uri[key])
            else:
                outcome = _outcome(page, known[key], first_of_bytes.get(page.sha256))
                first_of_uri[key] = outcome
            if outcome.outcome == "new":
                first_of_bytes.setdefault(page.sha256, outcome.page_id)
            outcomes.append(outcome)
        return outcomes

    def validators(self, parse_fingerprint: str) -> dict[str, Validator]:
        """Return by uri what to ask a web server with, of pages that would not be read again if unchanged."""
        found = self._rows(query("validators"), {"code": _code(parse_fingerprint)})
        return {str(uri): Validator(*facts) for uri, *facts in found}

    def _known(self, pages: Sequence[RawPage], parse_fingerprint: str) -> dict[tuple[str, str], _Known]:
        parameters = {
            "uris": [page.uri for page in pages],
            "hashes": [page.sha256 for page in pages],
            "times": [_age(page) for page in pages],
            "parse_fingerprint": parse_fingerprint,
            "code": _code(parse_fingerprint),
        }
        rows = self._rows(query("known_pages"), parameters)
        return {(row[0], row[1]): _Known(*row[2:]) for row in rows}


def _code(parse_fingerprint: str) -> str:
    """Return what a fingerprint says of the code, without the limits of time and memory behind the colon."""
    return parse_fingerprint.partition(":")[0]


def _again(page: RawPage, first: PageOutcome) -> PageOutcome:
    """Return the outcome of a page that the batch has twice: the second time it is already there."""
    outcome: Outcome = "quarantined" if first.outcome == "quarantined" else "unchanged"
    return PageOutcome(page, first.page_id, outcome)


def _outcome(page: RawPage, known: _Known, earlier: str | None) -> PageOutcome:
    name = page_id(page.uri, page.sha256)
    if known.is_quarantined:
        return PageOutcome(page, name, "quarantined")
    is_as_read = known.is_read_as_now or not known.has_text
    if known.is_older or (known.is_current and is_as_read and not _has_other_sidecar(page, known)):
        return PageOutcome(page, name, "unchanged")
    holder = known.holder or earlier
    if holder is not None and holder != name:
        return PageOutcome(page, name, "duplicate", holder)
    return PageOutcome(page, name, "new")


def _has_other_sidecar(page: RawPage, known: _Known) -> bool:
    """Tell whether what lies beside the page says something else than when it was read, or is gone or new."""
    url = _from_sidecar(page.url)
    time = time_of(_from_sidecar(page.fetched_at))
    return (url and url.value) != known.sidecar_url or time != known.sidecar_time


def _age(page: RawPage) -> datetime | None:
    """Return when a page was fetched; None of a file whose own time is all there is: it is what is there now."""
    at = page.fetched_at
    return None if at and at.source == "file-time" and page.uri.startswith("file:") else time_of(at)


def _from_sidecar(fact: Sourced | None) -> Sourced | None:
    return fact if fact and fact.source == "sidecar" else None
