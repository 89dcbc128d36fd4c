"""What this machine has: model, engines, languages, warehouse; and the command that mends what is missing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from corpus.errors import CioAdviceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.settings import Settings

READ_LANGUAGES = ("it", "fr", "es", "pt", "de", "zh")


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok`; `limited`: works with less; `missing`: `ingest` cannot work without it."""

    part: str
    state: Literal["ok", "limited", "missing"]
    detail: str
    mend: str = ""

    def as_row(self) -> dict[str, str]:
        """Return the finding as a row to print."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Look at everything that a run and a query need; the models are loaded, so that a damaged one is found."""
    return [_model(settings), *_engines(settings), *_languages(settings), _advice(), _warehouse(settings)]


def _model(settings: Settings) -> Finding:
    from corpus.embed import load

    try:
        embedder = load(settings)
        return Finding(
            "embedding model",
            "ok",
            f"{embedder.name}, {embedder.dimension} dimensions, {embedder.backend}, {embedder.fingerprint}",
        )
    except CioAdviceError as error:
        return Finding("embedding model", "missing", str(error), "cio-advice setup --model")


def _engines(settings: Settings) -> Iterator[Finding]:
    from corpus.translate import describe

    for status in describe(settings):
        state: Literal["ok", "limited"] = "ok" if status.installed and not status.problems else "limited"
        detail = ", ".join(f"{code}: {route}" for code, route in sorted(status.languages.items()))
        problems = "; ".join(status.problems)
        yield Finding(f"engine {status.name}", state, problems or detail or "not installed", status.remedy)


def _languages(settings: Settings) -> Iterator[Finding]:
    from corpus.translate import Translator

    translator = Translator.open(settings)
    try:
        routes = translator.routes()
    finally:
        translator.close()
    for code in sorted({*READ_LANGUAGES, *routes}):
        if code in routes:
            yield Finding(f"{code} to en", "ok", routes[code])
        else:
            yield Finding(
                f"{code} to en",
                "limited",
                "stays untranslated, searchable all the same",
                "cio-advice setup --translate",
            )


def _advice() -> Finding:
    from corpus.advice import languages

    return Finding("advice cues", "ok", ", ".join(languages()))


def _warehouse(settings: Settings) -> Finding:
    from warehouse import Warehouse

    if not settings.warehouse.exists():
        return Finding(
            "warehouse", "limited", f"{settings.warehouse} is not there yet", "cio-advice ingest FOLDER"
        )
    try:
        with Warehouse.open(settings.warehouse, settings) as published:
            runs = published.runs(1)
    except CioAdviceError as error:
        return Finding("warehouse", "missing", str(error))
    return Finding("warehouse", "ok", f"{settings.warehouse}, last run {runs[0].run_id if runs else 'none'}")
