"""What a run did, for people, for scripts and for Prefect's page: one set of figures in three dresses."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.redaction import redacted
from flows.tables import markdown_text
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from corpus.settings import Settings
    from corpus.sources import Stream
    from flows.session import Session
    from warehouse import RunSummary, StageSummary

_LANGUAGES = """
    select documents.language, count(distinct document_id) as documents, count(*) as passages,
           count(*) filter (text_en is not null) as in_english
    from documents inner join passages using (document_id)
    group by documents.language order by documents desc, documents.language
"""
_ENGINES = """
    select engine, language, count(*) filter (status = 'translated') as translated,
           count(*) filter (status = 'translated' and trust < $floor) as doubtful,
           count(*) filter (status = 'untranslated') as untranslated, any_value(reason) as reason
    from translations group by engine, language order by language, engine
"""
_TOTALS = """
    select (select count(*) from documents) as documents, (select count(*) from passages) as passages,
           (select count(*) from advice) as advice, (select count(*) from themes) as themes,
           (select count(*) from quarantine) as quarantined
"""
_PAGES = """
    select pages_seen, loaded, unchanged, duplicate, quarantined from runs where run_id = $run_id
"""
_SHOWN = 20
_QUARANTINE = "select uri, code, reason from quarantine order by uri"


@dataclass(frozen=True, slots=True)
class RunReport:
    """The figures of one finished run; rows are dictionaries by column name."""

    run_id: str
    warehouse: str
    pages: dict[str, int]
    ignored_files: int
    ignored_records: int
    totals: dict[str, int]
    languages: list[dict[str, Any]]
    engines: list[dict[str, Any]]
    made: dict[str, int]
    seconds: dict[str, float]
    stages: list[dict[str, Any]]
    facts: dict[str, Any]
    quarantine: list[dict[str, Any]]
    warnings: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return dataclasses.asdict(self)

    @property
    def headline(self) -> str:
        """Say in one line what became of the pages."""
        counts = ", ".join(
            f"{self.pages[name]} {name}" for name in ("loaded", "unchanged", "duplicate", "quarantined")
        )
        nothing = " - no page was done again" if self.pages["unchanged"] and not self.pages["loaded"] else ""
        return f"{self.pages['pages_seen']} pages seen: {counts}{nothing}"

    def markdown(self) -> str:
        """Return the summary as Markdown, for Prefect's artifact; secrets in addresses are hidden."""
        parts = [
            f"**{self.headline}**",
            "\n".join(f"- {name.replace('_', ' ')}: {_cell(value)}" for name, value in self.facts.items()),
            _table(self.languages),
            _table(self.engines),
            _table(self.quarantine[:_SHOWN]),
            self._not_shown,
        ]
        parts.append(_table(self.stages))
        parts += [f"- {markdown_text(redacted(warning))}" for warning in self.warnings]
        return "\n\n".join(part for part in parts if part)

    @property
    def _not_shown(self) -> str:
        more = len(self.quarantine) - _SHOWN
        return f"{more} more pages in quarantine: cio-advice sql 'from quarantine'" if more > 0 else ""

    def show(self, console: Console) -> None:
        """Print the summary as tables."""
        from rich.text import Text

        from flows.tables import plain, table

        console.print(f"\n[bold]{self.headline}[/bold]  ({self.run_id})")
        console.print(", ".join(f"{value} {name}" for name, value in self.totals.items()))
        quarantine = [
            row | {"uri": row["uri"].rpartition("/")[2] or row["uri"]} for row in self.quarantine[:_SHOWN]
        ]
        for title, rows in (
            ("Languages", self.languages),
            ("Translation", self.engines),
            ("Quarantine", quarantine),
        ):
            if rows:
                console.print(table(title, rows))
        if self._not_shown:
            console.print(self._not_shown)
        times = "  ".join(f"{name} {value:.1f} s" for name, value in self.seconds.items() if value >= 0.05)
        console.print(f"Time: {times}")
        for warning in self.warnings:
            console.print(Text("warning:", style="yellow"), Text(plain(warning)))
        if self.ignored_files:
            console.print(
                f"{self.ignored_files} other files in the folders are no pages (by their extension)"
            )
        if self.ignored_records:
            console.print(f"{self.ignored_records} records of archives are no pages (by their type)")
        console.print(Text(f"Published: {plain(self.warehouse)}"), soft_wrap=True)


def report_on(settings: Settings, run_id: str, session: Session, stream: Stream) -> RunReport:
    """Read the figures of a run back from the published warehouse."""
    with Warehouse.open(settings.warehouse, settings) as published:
        (summary,) = published.runs(1)

        def rows(sql: str, **parameters: object) -> list[dict[str, Any]]:
            result = published.sql(sql, parameters)
            return [dict(zip(result.columns, row, strict=True)) for row in result.rows()]

        return RunReport(
            run_id=run_id,
            warehouse=str(settings.warehouse),
            pages=rows(_PAGES, run_id=run_id)[0],
            ignored_files=stream.ignored,
            ignored_records=stream.ignored_records,
            totals=rows(_TOTALS)[0],
            languages=rows(_LANGUAGES),
            engines=rows(_ENGINES, floor=settings.translation_trust_floor),
            made=dict(+session.made),
            seconds={name: round(value, 3) for name, value in session.seconds.items()},
            stages=[stage_row(stage) for stage in summary.stages],
            facts=facts_of(summary),
            quarantine=rows(_QUARANTINE),
            warnings=list(session.warnings),
        )


def stage_row(stage: StageSummary) -> dict[str, Any]:
    """Return a stage as a row of a table: its items, seconds by the clock, and items a second."""
    return {
        "stage": stage.stage,
        "items": stage.items,
        "unit": stage.unit,
        "batches": stage.batches,
        "seconds": stage.seconds,
        "a_second": stage.rate,
    }


def facts_of(run: RunSummary) -> dict[str, Any]:
    """Return what a run took and worked with, as far as it recorded that; memory in MB."""
    said = {
        "run": run.run_id,
        "status": run.status,
        "seconds": run.seconds,
        "pages_a_second": run.pages_per_second,
        "peak_memory_mb": _megabytes(run.peak_memory_bytes),
        "largest_worker_mb": _megabytes(run.worker_memory_bytes),
        "model": run.model,
        "engines": ", ".join(_engines(run)),
        "code": run.code_version,
    }
    return {name: value for name, value in said.items() if value not in (None, "")}


def _engines(run: RunSummary) -> Iterator[str]:
    """Say which languages each engine serves; the hashes of its code and glossary are left to `--json`."""
    for engine in sorted(set(run.engines.values())):
        languages = sorted(code for code, name in run.engines.items() if name == engine)
        yield f"{engine.partition(' code ')[0]} ({' '.join(languages)})"


def _megabytes(size: int | None) -> int | None:
    return None if size is None else round(size / 1e6)


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_cell(row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return "" if value is None else markdown_text(redacted(str(value)))
