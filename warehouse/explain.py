"""Answer the question where something comes from, down to the lines of the raw page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from corpus.errors import WarehouseError
from warehouse.failures import plain
from warehouse.records import records
from warehouse.results import Explanation, Line, SentenceRow, VerdictCount
from warehouse.sqlfiles import query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

_QUARANTINED = """
select uri, code || ': ' || reason from quarantine
where ends_with(uri, $name) or ends_with(uri, $quoted)
order by uri = $name or uri = $quoted desc, uri, quarantined_at desc
"""
_REASON = "select code || ': ' || reason from quarantine where uri = ? order by quarantined_at desc limit 1"
_TEXT = "select coalesce(text, '') from pages where page_id = ?"
_UNQUOTED = "/~!$&'()*+,;=:@"
_UNQUOTED_ADDRESS = _UNQUOTED + "%?#[]"
_SHOWN = 10


def explain(connection: duckdb.DuckDBPyConnection, name: str) -> Explanation:
    """Return what `name` names: a passage, advice, document or page by id, or a page by the end of its uri.

    The end of a uri may be given as it stands there or as a file is called: `für.txt` for `f%C3%BCr.txt`; an
    address may be written with another scheme, a fragment and the like, where that leaves one page.
    Raises WarehouseError where it names nothing, or several pages.
    """
    if not name.strip():
        raise WarehouseError("nothing to explain: give an id, or a page's uri or its end")
    chosen = _found(connection, name) or _found_by_address(connection, name)
    if not chosen:
        return _quarantined(connection, name)
    if len(chosen) > 1:
        refuse(name, [str(row["uri"]) for row in chosen])
    return _explained(connection, chosen[0])


def _found(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    """Return what a name names: exactly it, if anything; of pages with one address, those that are no duplicates."""
    found = records(connection, query("find"), _forms(name))
    exact = [row for row in found if row["is_exact"]]
    same = [row for row in exact if row["uri"] == name] or exact
    return [row for row in same if row["duplicate_of"] is None] or same or found


def _found_by_address(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    pages = {str(row["uri"]) for row in find_pages(connection, name) if row["rank"] == ADDRESS}
    return [row for uri in sorted(pages) for row in _found(connection, uri)]


def _explained(connection: duckdb.DuckDBPyConnection, found: dict[str, Any]) -> Explanation:
    named = {"document": found["document_id"], "what": found["what"], "id": found["id"]}
    lines = lines_of(connection, found["text_page_id"], found["first_line"], found["last_line"])
    sentences = records(connection, query("sentences"), named)
    return Explanation(
        what=found["what"],
        name=found["id"],
        **{key: found[key] for key in ("uri", "url", "host", "title", "author", "published_on", "language")},
        page_id=found["page_id"],
        document_id=found["document_id"],
        duplicate_of=found["duplicate_of"],
        reason=_reason(connection, found["uri"]),
        lines=lines,
        sentences=tuple(SentenceRow(**row | {"flags": tuple(row["flags"])}) for row in sentences),
        verdicts=count_verdicts(lines),
    )


def lines_of(
    connection: duckdb.DuckDBPyConnection, page: str, first: int | None = None, last: int | None = None
) -> tuple[Line, ...]:
    """Return the lines of page `page` (an id) from `first` to `last`: the rows that page_lines has of them."""
    texts = connection.execute(_TEXT, [page]).fetchall()
    blocks = records(connection, query("lines"), {"page": page, "first_line": first, "last_line": last})
    return tuple(_cut(texts[0][0] if texts else "", blocks, first or 1, last))


def _cut(text: str, blocks: Iterable[dict[str, Any]], first: int, last: int | None) -> Iterator[Line]:
    """Cut a text into lines and these along its blocks, in one walk over both."""
    following = iter(blocks)
    block = next(following, None)
    start = 0
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        end = start + len(line)
        while number >= first and (last is None or number <= last) and block and block["span_start"] <= end:
            piece = text[max(block["span_start"], start) : min(block["span_end"], end)]
            if piece or (not line and block["span_end"] > start):
                yield Line(number, block["kind"], block["kept"], block["rule"], piece)
            if block["span_end"] > end + 1:
                break
            block = next(following, None)
        start = end + 1


def count_verdicts(lines: Iterable[Line]) -> tuple[VerdictCount, ...]:
    """Return how many lines each rule kept or dropped as each kind: what is kept first, then the most."""
    places: dict[tuple[str, bool, str], set[int]] = {}
    characters: dict[tuple[str, bool, str], int] = {}
    for line in lines:
        key = (line.kind, line.kept, line.rule)
        places.setdefault(key, set()).add(line.line_no)
        characters[key] = characters.get(key, 0) + len(line.text)
    counts = [VerdictCount(*key, len(numbers), characters[key]) for key, numbers in places.items()]
    return tuple(sorted(counts, key=lambda count: (not count.kept, -count.lines, count.kind, count.rule)))


def _quarantined(connection: duckdb.DuckDBPyConnection, name: str) -> Explanation:
    rows = [tuple(row.values()) for row in records(connection, _QUARANTINED, _forms(name))]
    uris = sorted({str(row[0]) for row in rows})
    if not rows:
        raise WarehouseError(
            f"nothing here is called {name!r}: expected an id, or a page's uri or its end; "
            "`cio-advice why-not` says whether any run saw it"
        )
    if len(uris) > 1 and rows[0][0] not in _forms(name).values():
        refuse(name, uris)
    nothing: dict[str, Any] = dict.fromkeys(("url", "host", "title", "author", "published_on", "language"))
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


EXACT, URL, ADDRESS, END = 1, 2, 3, 4
"""How a page was found: by id or uri, by its url, by its address written otherwise, by the end of its uri."""


def find_pages(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    """Return (rank, uri, page_id) of the pages that some run saw under this name; page_id where an id named it."""
    found = records(connection, query("why_not_find"), _forms(name))
    address = quote(_bytes(name.strip()), safe=_UNQUOTED_ADDRESS)
    return found or records(connection, query("why_not_like"), _forms(name) | {"address": address})


def _forms(name: str) -> dict[str, str]:
    """Return a name as it was given and as a uri writes it; bytes of another charset are escaped too."""
    return {"name": name, "quoted": quote(_bytes(name), safe=_UNQUOTED)}


def _bytes(name: str) -> bytes:
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no bytes of a file name are meant
        return plain(name).encode()


def refuse(name: str, uris: list[str]) -> None:
    """Raise WarehouseError that names the pages whose end `name` is."""
    more = f" and {len(uris) - _SHOWN} more" if len(uris) > _SHOWN else ""
    raise WarehouseError(
        f"{name!r} is the end of {len(uris)} pages, say more: {', '.join(uris[:_SHOWN])}{more}"
    )
