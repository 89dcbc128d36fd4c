"""One frozen object with every setting, from a TOML file and the environment, passed explicitly."""

from __future__ import annotations

import dataclasses
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import SettingsError
from corpus.models import Kind
from corpus.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "CIO_ADVICE_"
SETTINGS_FILE = "cio-advice.toml"
_EXPECTED = {
    Path: "a path",
    tuple: "a list of names",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
}
_LEAST = {
    "page_max_bytes": 1,
    "page_timeout_seconds": 1,
    "workers": 0,
    "batch_pages": 1,
    "batch_sentences": 1,
    "batch_passages": 1,
    "passage_words": 10,
    "batches_ahead": 1,
    "fetch_delay_seconds": 0,
    "fetch_timeout_seconds": 1,
    "fetch_hosts_at_once": 1,
}
_ONE_OF = {
    "embedding_backend": ("auto", "onnx", "sentence-transformers"),
    "log_format": ("none", "text", "json"),
    "executor": ("local", "dask", "ray"),
}
_NOT_TO_KEEP = frozenset((Kind.ARTICLE, Kind.MARKUP, Kind.BLANK))


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default; see the README's table.

    `models_dir` holds what set-up brings: the embedding model and the Argos packages. It lives with the
    virtual environment, so that deleting the environment deletes everything set-up made.
    """

    warehouse: Path = Path("cio-advice.duckdb")
    models_dir: Path = Path(sys.prefix) / "share" / "cio-advice"
    embedding_model: str = "multilingual-e5-small"
    embedding_backend: str = "auto"
    memory_limit: str = "4GB"
    translation_engines: tuple[str, ...] = ("argos", "apertium")
    translation_glossary: str = ""
    translation_trust_floor: float = 0.5
    page_max_bytes: int = 20_000_000
    page_timeout_seconds: int = 60
    workers: int = 0
    batch_pages: int = 500
    batch_sentences: int = 2_000
    batch_passages: int = 500
    passage_words: int = 120
    advice_floor: float = 0.5
    themes_file: str = ""
    executor: str = "local"
    executor_address: str = ""
    exchange: str = ""
    batches_ahead: int = 8
    keep_kinds: tuple[str, ...] = ()
    record_url_keys: tuple[str, ...] = ("url", "uri", "link")
    record_html_keys: tuple[str, ...] = ("html", "raw_html", "content")
    record_text_keys: tuple[str, ...] = ("text", "body")
    record_time_keys: tuple[str, ...] = ("fetched_at", "timestamp", "date_crawled")
    fetch_user_agent: str = "cio-advice/0.1"
    fetch_delay_seconds: float = 1.0
    fetch_timeout_seconds: int = 30
    fetch_hosts_at_once: int = 8
    fetch_private: bool = False
    log_format: str = "none"
    on_failure_command: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that no run can use."""
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise SettingsError(f"setting {name} = {getattr(self, name)}: expected {least} or more")
        for name in ("advice_floor", "translation_trust_floor"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingsError(f"setting {name} = {getattr(self, name)}: expected a number from 0 to 1")
        for name, known in _ONE_OF.items():
            if getattr(self, name) not in known:
                raise SettingsError(f"setting {name} = {getattr(self, name)!r}: expected {', '.join(known)}")
        choices = [kind.value for kind in Kind if kind not in _NOT_TO_KEEP]
        if unknown := sorted(set(self.keep_kinds) - set(choices)):
            raise SettingsError(
                f"setting keep_kinds names {', '.join(unknown)}; there are {', '.join(choices)}"
            )

    @property
    def worker_count(self) -> int:
        """Processes that parse pages: `workers`, or one per core where it is 0."""
        return self.workers or len(os.sched_getaffinity(0))

    @classmethod
    def load(cls, file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
        """Read `file` (default: `cio-advice.toml` here, if there), then `CIO_ADVICE_*` on top.

        Raises SettingsError for an unreadable file, an unknown name or a value of the wrong type.
        """
        environment = os.environ if environment is None else environment
        values = _from_file(file)
        for name, text in environment.items():
            if name.startswith(PREFIX):
                values[name.removeprefix(PREFIX).lower()] = text
        return cls.of(values)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Settings:
        """Make settings of plain values by name, as TOML or JSON hold them. Raises SettingsError."""
        return cls(**{name: _convert(name, value) for name, value in values.items()})

    def with_changes(self, **changes: Any) -> Settings:
        """Return a copy with the settings in `changes` that are not None."""
        return dataclasses.replace(self, **{k: v for k, v in changes.items() if v is not None})


def _from_file(file: Path | None) -> dict[str, Any]:
    path = file or Path(SETTINGS_FILE)
    if file is None and not path.exists():
        return {}
    try:
        return read_toml(path)
    except (OSError, ValueError, RecursionError) as error:  # not UTF-8, not TOML, too deep
        raise SettingsError(f"settings file {path}: {error}") from error


def _convert(name: str, value: Any) -> Any:
    defaults: dict[str, Any] = {field.name: field.default for field in dataclasses.fields(Settings)}
    if name not in defaults:
        raise SettingsError(f"unknown setting {name!r}; known: {', '.join(sorted(defaults))}")
    default = defaults[name]
    try:
        return _typed(value, default)
    except (TypeError, ValueError) as error:
        expected = next(words for kind, words in _EXPECTED.items() if isinstance(default, kind))
        raise SettingsError(f"setting {name} = {value!r}: expected {expected}") from error


def _typed(value: Any, default: Any) -> Any:
    if isinstance(default, Path):
        return Path(value).expanduser()
    if isinstance(default, tuple):
        items = value.split(",") if isinstance(value, str) else value
        return tuple(str(item).strip() for item in items if str(item).strip())
    if isinstance(default, bool):
        return _truth(value)
    if isinstance(value, bool) or (isinstance(default, int) and isinstance(value, float)):
        raise TypeError(value)
    return type(default)(value)


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).strip().lower() in ("true", "yes", "on", "1"):
        return True
    if str(value).strip().lower() in ("false", "no", "off", "0"):
        return False
    raise ValueError(value)
