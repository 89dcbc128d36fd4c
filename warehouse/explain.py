"""Answer the question where something comes from, down to the lines of the raw page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from corpus.errors import WarehouseError
from warehouse.failures import plain
from warehouse.records import records
from warehouse.results import Explanation, Line, SentenceRow
from warehouse.sqlfiles import query

if TYPE_CHECKING:
    import duckdb

_QUARANTINED = """
select uri, code || ': ' || reason from quarantine
where ends_with(uri, $name) or ends_with(uri, $quoted)
order by uri = $name or uri = $quoted desc, uri, quarantined_at desc
"""
_REASON = "select code || ': ' || reason from quarantine where uri = ? order by quarantined_at desc limit 1"
_UNQUOTED = "/~!$&'()*+,;=:@"
_SHOWN = 10


def explain(connection: duckdb.DuckDBPyConnection, name: str) -> Explanation:
    """Return what `name` names: a passage, advice, document or page by id, or a page by the end of its uri.

    The end of a uri may be given as it stands there or as a file is called: `für.txt` for `f%C3%BCr.txt`.
    Raises WarehouseError where it names nothing, or several pages.
    """
    if not name.strip():
        raise WarehouseError("nothing to explain: give an id, or a page's uri or its end")
    found = records(connection, query("find"), _forms(name))
    exact = [row for row in found if row["is_exact"]]
    chosen = exact or found
    if not chosen:
        return _quarantined(connection, name)
    if len(chosen) > 1:
        _refuse(name, [str(row["uri"]) for row in chosen])
    return _explained(connection, chosen[0])


def _explained(connection: duckdb.DuckDBPyConnection, found: dict[str, Any]) -> Explanation:
    place = {key: found[key] for key in ("uri", "first_line", "last_line")}
    named = {"document": found["document_id"], "what": found["what"], "id": found["id"]}
    lines = records(connection, query("lines"), place)
    sentences = records(connection, query("sentences"), named)
    return Explanation(
        what=found["what"],
        name=found["id"],
        **{key: found[key] for key in ("uri", "url", "host", "title", "author", "published_on", "language")},
        page_id=found["page_id"],
        document_id=found["document_id"],
        duplicate_of=found["duplicate_of"],
        reason=_reason(connection, found["uri"]),
        lines=tuple(Line(**line) for line in lines),
        sentences=tuple(SentenceRow(**row | {"flags": tuple(row["flags"])}) for row in sentences),
    )


def _quarantined(connection: duckdb.DuckDBPyConnection, name: str) -> Explanation:
    rows = [tuple(row.values()) for row in records(connection, _QUARANTINED, _forms(name))]
    uris = sorted({str(row[0]) for row in rows})
    if not rows:
        raise WarehouseError(f"nothing here is called {name!r}: expected an id, or a page's uri or its end")
    if len(uris) > 1 and rows[0][0] not in _forms(name).values():
        _refuse(name, uris)
    nothing = dict.fromkeys(("url", "host", "title", "author", "published_on", "language"))
    return Explanation(
        what="quarantined page",
        name=rows[0][0],
        uri=rows[0][0],
        **nothing,
        page_id=None,
        document_id=None,
        duplicate_of=None,
        reason=rows[0][1],
        lines=(),
        sentences=(),
    )


def _reason(connection: duckdb.DuckDBPyConnection, uri: str) -> str | None:
    """Return why the newest bytes of a page could not be read, where an older reading is shown."""
    rows = connection.execute(_REASON, [uri]).fetchall()
    return str(rows[0][0]) if rows else None


def _forms(name: str) -> dict[str, str]:
    """Return a name as it was given and as a uri writes it; bytes of another charset are escaped too."""
    try:
        written = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no bytes of a file name are meant
        written = plain(name).encode()
    return {"name": name, "quoted": quote(written, safe=_UNQUOTED)}


def _refuse(name: str, uris: list[str]) -> None:
    more = f" and {len(uris) - _SHOWN} more" if len(uris) > _SHOWN else ""
    raise WarehouseError(
        f"{name!r} is the end of {len(uris)} pages, say more: {', '.join(uris[:_SHOWN])}{more}"
    )
