"""Answer the question where and why a page left the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus.errors import WarehouseError
from warehouse.explain import END, EXACT, count_verdicts, find_pages, lines_of, refuse
from warehouse.records import records
from warehouse.sqlfiles import query
from warehouse.why_not_results import Copy, DroppedPiece, WhyNot
from warehouse.why_not_steps import Facts, own_steps
from warehouse.why_not_text import counted, steps_of_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from warehouse.why_not_results import Step

_VERSION = "select page_id, uri, run_id, loaded_at from pages where page_id = ? and not is_current"
_QUARANTINE = (
    "select code, reason, stage, run_id, quarantined_at from quarantine where uri = ? order by 5 desc, 1, 2"
)
_LEDGER = """
select stage, max_by(run_id, entry_no) as run_id, max_by(finished_at, entry_no) as at from ledger group by stage
"""
_SOURCES = """
select unnest(sources::varchar[]) as source, max(run_no) as newest from runs
group by source order by newest desc, source
"""
_LONGEST_NAME = 500
_SUGGESTED = 3
_NAMED = 5
_SIDE = ("english",)
"""Steps that a page may not pass and still count: advice is found in the original."""


def why_not(connection: duckdb.DuckDBPyConnection, name: str) -> WhyNot:
    """Return how far the page that `name` names came: a uri, the end of one, an address, or an id.

    Raises WarehouseError for an empty name, or one that is the end of several uris.
    """
    if not name.strip():
        raise WarehouseError("nothing to look for: give an address, a page's uri or its end, or an id")
    found = find_pages(connection, name)
    if not found:
        return _never_seen(connection, name)
    uris = sorted({str(row["uri"]) for row in found})
    if len(uris) > 1 and found[0]["rank"] == END:
        refuse(name, uris)
    uri = _likeliest(connection, uris)
    version = found[0]["page_id"] if found[0]["rank"] == EXACT else None
    return _answer(connection, name, uri, version, tuple(other for other in uris if other != uri))


def _likeliest(connection: duckdb.DuckDBPyConnection, uris: Sequence[str]) -> str:
    """Return the page of those with one address that holds the text, if any does."""
    if len(uris) == 1:
        return uris[0]
    pages = [page for uri in uris if (page := _page(connection, uri))]
    holders = [page["uri"] for page in pages if page["same_bytes_uri"] is None]
    return str([*holders, *(page["uri"] for page in pages), *uris][0])


def _answer(
    connection: duckdb.DuckDBPyConnection, name: str, uri: str, version: str | None, others: tuple[str, ...]
) -> WhyNot:
    facts = _facts(connection, uri, version)
    steps = own_steps(facts)
    page = facts.page
    text, copies = _text(connection, facts)
    steps += steps_of_text(text, is_read=page is not None)
    if text.page and text.page["canonical_uri"]:
        copies.append(Copy("near", text.page["canonical_uri"], text.page["similarity"]))
    stopped = next((step for step in steps if step.state == "stopped" and step.stage not in _SIDE), None)
    code, message = _verdict(steps, text, stopped)
    place: dict[str, Any] = {key: page and page[key] for key in ("url", "host", "page_id", "document_id")}
    return WhyNot(
        name=name,
        code=code,
        message=message,
        is_known=True,
        in_warehouse=page is not None,
        is_counted=page is not None and _is_counted(connection, text),
        stopped_at=stopped.stage if stopped else None,
        uri=uri,
        **place,
        steps=tuple(steps),
        copies=tuple(copies),
        verdicts=text.verdicts,
        dropped=text.dropped,
        others=others,
    )


def _text(connection: duckdb.DuckDBPyConnection, facts: Facts) -> tuple[Facts, list[Copy]]:
    """Follow the pages with the same bytes to the one that holds the text, and say which they were."""
    copies: list[Copy] = []
    while facts.page and (holder := facts.page["same_bytes_uri"]) not in (None, facts.uri):
        copies.append(Copy("exact", holder, 1.0))
        facts = _facts(connection, holder, None)
    return facts, copies


def _is_counted(connection: duckdb.DuckDBPyConnection, text: Facts) -> bool:
    if text.page and text.page["canonical_uri"]:
        text = _facts(connection, text.page["canonical_uri"], None)
    return bool(text.counts and text.counts["members"])


def _verdict(steps: Sequence[Step], text: Facts, stopped: Step | None) -> tuple[str, str]:
    """Return the answer in a word and in a sentence: what stopped the page, else what of it did."""
    partly = next((step for step in steps if step.stage == "read" and step.state == "partly"), None)
    rest = counted(text) if stopped is None else f"{stopped.message}."
    if stopped and stopped.stage == "read" and text.page and text.counts and text.counts["members"]:
        rest = f"{rest} {counted(text)}"
    if partly:
        return partly.code, f"{partly.message}. {rest}"
    return (stopped.code if stopped else "counted"), rest


def _facts(connection: duckdb.DuckDBPyConnection, uri: str, version: str | None) -> Facts:
    page = _page(connection, uri)
    old = records(connection, _VERSION, [version]) if version else []
    held = page if page and page["same_bytes_uri"] is None and page["document_id"] else None
    counts = records(connection, query("why_not_counts"), {"document": held["document_id"]}) if held else []
    dropped = records(connection, query("why_not_dropped"), {"page": held["page_id"]}) if held else []
    return Facts(
        uri=uri,
        page=page,
        old_version=old[0] if old else None,
        seen=records(connection, query("why_not_seen"), {"uri": uri}),
        quarantine=records(connection, _QUARANTINE, [uri]),
        counts=counts[0] if counts else None,
        verdicts=count_verdicts(lines_of(connection, held["page_id"])) if held else (),
        dropped=tuple(DroppedPiece(**piece) for piece in dropped),
        ledger={row["stage"]: (row["run_id"], row["at"]) for row in records(connection, _LEDGER)},
    )


def _page(connection: duckdb.DuckDBPyConnection, uri: str) -> dict[str, Any] | None:
    found = records(connection, query("why_not_page"), {"uri": uri})
    return found[0] if found else None


def _never_seen(connection: duckdb.DuckDBPyConnection, name: str) -> WhyNot:
    near = records(connection, query("why_not_near"), {"name": name[-_LONGEST_NAME:]})
    suggestions = tuple(str(row["name"]) for row in near)
    sources = tuple(str(row["source"]) for row in records(connection, _SOURCES))
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    hint = f"did you mean {' or '.join(suggestions[:_SUGGESTED])}? " if suggestions else ""
    more = f" and {len(sources) - _NAMED} more" if len(sources) > _NAMED else ""
    return WhyNot(
        name=name,
        code="never-seen",
        message=f"no run has seen {shown!r}; {hint}the runs read: "
        f"{', '.join(sources[:_NAMED]) or 'nothing'}{more}",
        is_known=False,
        in_warehouse=False,
        is_counted=False,
        stopped_at="seen",
        suggestions=suggestions,
        sources=sources,
    )
