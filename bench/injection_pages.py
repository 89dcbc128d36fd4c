"""Pages that carry hostile strings in every place that this program reads, among pages that do not."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.injection_watch import FolderWatch
from flows.progress import Quiet
from flows.runner import execute_directly, run
from flows.tables import CONTROL
from warehouse import Warehouse

if TYPE_CHECKING:
    from bench.payloads import Payload
    from corpus.settings import Settings
    from flows.report import RunReport

_BODY = (
    "The CIO must sell the project to the business before he builds it, because a project without a buyer dies in "
    "silence. Ask every vendor for an exit plan before you sign. Much was said about money in that year, and little of "
    "it was true, as the board found out in spring when the last of the invoices was settled out of court."
)
_OURS = "select * exclude (run_id, loaded_at) from pages where uri like '%/base/%' order by uri"
_SAID = """
select uri, title, author, documents.language, text from documents inner join passages using (document_id)
where uri like '%/base/%' order by all
"""
_NAMES = """
select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal order by all
"""
_URIS = "select uri from pages union all select uri from quarantine"
_MACROS = "select function_name from duckdb_functions() where database_name = 'warehouse' order by all"


def hostile_run(
    folder: Path, chosen: list[Payload], place: Path, settings: Settings
) -> tuple[Path, list[str]]:
    """Ingest base pages alone, then with hostile ones; return the second warehouse and what was wrong, a line each."""
    _write_base(folder / "pages" / "base")
    plain = _ingest(folder, "base.duckdb", settings)
    for number, payload in enumerate(chosen):
        _write_page(folder / "pages", number, payload.text)
    _write_records(folder / "pages", [payload.text for payload in chosen])
    watch = FolderWatch(place / "outside")
    report = _ingest(folder, "hostile.duckdb", settings)
    failures = [f"while pages were read: {happened}" for happened in watch.happened()]
    watch.close()
    one, other = Path(plain.warehouse), Path(report.warehouse)
    failures += [
        f"hostile pages changed what {question!r} gives"
        for question in (_OURS, _SAID, _NAMES, _MACROS)
        if _rows(one, question) != _rows(other, question)
    ]
    return other, failures + _markdown_failures(report) + _stored(other, chosen)


def _ingest(folder: Path, name: str, settings: Settings) -> RunReport:
    changed = settings.with_changes(warehouse=folder / name, workers=1)
    return run([str(folder / "pages")], changed, execute_directly, Quiet())


def _write_base(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"page{number}.txt").write_text(
            f"On budgets {number}\n\n{_BODY} It was year {number}.\n", "utf-8"
        )


def _write_page(folder: Path, number: int, text: str) -> None:
    """Write a page with the text as title, author, site, address and language, in a sidecar, a name and a sentence."""
    said = html.escape(text[:5000]).encode("utf-8", "replace").decode()
    linked = json.dumps(
        {"@type": "Article", "headline": text[:5000], "author": text[:5000], "datePublished": text[:90]}
    )
    page = (
        f'<html lang="{said}"><head><meta charset="utf-8"><title>{said}</title><meta name="author" content="{said}">'
        f'<meta property="og:site_name" content="{said}"><link rel="canonical" href="https://h{number}.example/{said}">'
        f'<script type="application/ld+json">{linked}</script></head><body><article><h1>{said}</h1>'
        f"<p>{_BODY} {number}</p><p>You must never say {said} to the board.</p></article></body></html>"
    )
    (folder / f"hostile{number}.html").write_text(page, "utf-8", "replace")
    sidecar = {"url": f"https://{text[:200]}/", "fetched_at": text[:200], "content_type": text[:200]}
    (folder / f"hostile{number}.html.meta.json").write_text(json.dumps(sidecar), "utf-8")
    name = "".join(c for c in text if c not in "/\0" and not "\ud800" <= c <= "\udfff")[:50].strip(". ")
    (folder / f"{number} {name}.txt").write_text(f"{name}\n\n{_BODY} File {number}.\n", "utf-8")


def _write_records(folder: Path, texts: list[str]) -> None:
    """Write JSON lines with the texts as address, body, time and key, and lines that are the texts themselves."""
    lines = [
        json.dumps(
            {"url": f"https://r.example/{number}?{text}", "text": _BODY + text, text: 1, "fetched_at": text}
        )
        for number, text in enumerate(texts)
    ]
    raw = [text.replace("\n", " ") for text in texts]
    (folder / "records.jsonl").write_text("\n".join([*lines, *raw]), "utf-8", "replace")


def _rows(warehouse: Path, question: str) -> list[tuple[Any, ...]]:
    with Warehouse.open(warehouse) as opened:
        return [tuple(map(str, row)) for row in opened.sql(question).rows()]


def _markdown_failures(report: RunReport) -> list[str]:
    """Find HTML, links and control characters in what Prefect's page shows."""
    markdown = report.markdown()
    live = [mark for mark in ("<", "](", "\x1b", "\x00") if mark in markdown]
    return [f"the artifact holds {mark!r}" for mark in live]


def _stored(warehouse: Path, chosen: list[Payload]) -> list[str]:
    """Say which pages are neither there nor in quarantine, and which of their names a terminal would obey."""
    with Warehouse.open(warehouse) as opened:
        [(seen,)] = opened.sql("select pages_seen from runs").rows()
        [(there,)] = opened.sql(
            "select (select count(*) from pages) + (select count(*) from quarantine)"
        ).rows()
        uris = [
            str(row[0])
            for row in opened.sql("select uri from pages union all select uri from quarantine").rows()
        ]
    missing = [f"{seen} pages seen, {there} there"] if seen != there else []
    expected = 3 + 4 * len(chosen)
    short = [f"{seen} pages seen, at least {expected // 2} expected"] if seen < expected // 2 else []
    return (
        missing + short + [f"a uri with control characters: {uri!r}" for uri in uris if CONTROL.search(uri)]
    )
