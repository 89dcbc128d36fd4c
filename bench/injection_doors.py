"""The doors through which a text of somebody else comes to a reader of a warehouse: Python and SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.settings import Settings
    from warehouse import Warehouse

REFUSED, ANSWERED = "refused", "answered"
STATEMENT_SECONDS = 5.0


@dataclass(frozen=True)
class Reader:
    """What the doors open: a published file, held open by `warehouse`, and a folder to write files of settings in."""

    path: Path
    warehouse: Warehouse
    folder: Path
    settings: Settings


Door = Callable[[Reader, str], object]


class InjectionError(AssertionError):
    """A payload was more than data."""


def plainly(text: str) -> str:
    """Return a text as the warehouse takes it: a lone surrogate becomes its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _only(name: str, hits: Any, wanted: str, field: str) -> None:
    wrong = [getattr(hit, field) for hit in hits if wanted not in str(getattr(hit, field))]
    if wrong:
        raise InjectionError(f"{name} let {wrong[:2]} through")


def _filtered(name: str, field: str) -> Door:
    def door(reader: Reader, text: str) -> None:
        _only(name, reader.warehouse.search("budget", 5, **{name: text}), text, field)

    return door


def _advised(name: str, field: str) -> Door:
    def door(reader: Reader, text: str) -> None:
        _only(name, reader.warehouse.advice(**{name: text}), text, field)

    return door


def _macro(call: str) -> Door:
    return lambda reader, text: reader.warehouse.sql(
        f"from {call}", [text]
    ).rows()  # the call is one of ours, below


def _quoted(call: str) -> Door:
    """The text in quotation marks, as a careful person would write it into a statement."""

    def door(reader: Reader, text: str) -> None:
        literal = "'" + plainly(text).replace("'", "''") + "'"
        reader.warehouse.sql(f"from {call.replace('?', literal)}").rows()

    return door


def _echo(reader: Reader, text: str) -> None:
    for statement, given in (("select ?", [text]), ("select $said", {"said": text})):
        try:
            [(said,)] = reader.warehouse.sql(statement, given).rows()
        except UnicodeEncodeError:  # Python itself can make no UTF-8 of a lone surrogate
            return
        if said != text:
            raise InjectionError(f"{text[:40]!r} came back as {str(said)[:40]!r}")


def _statement(reader: Reader, text: str) -> None:
    reader.warehouse.sql(text, seconds=STATEMENT_SECONDS)


def _named_parameter(reader: Reader, text: str) -> None:
    reader.warehouse.sql("select $said", {text: 1})


def _theme(reader: Reader, text: str) -> None:
    if reader.warehouse.dissent(theme=text) or reader.warehouse.advice(theme=text):
        raise InjectionError("a theme of that name was found")


def _name(reader: Reader, text: str) -> None:
    found = reader.warehouse.explain(text)
    if not found.uri.endswith(text.strip()) and text.strip() not in (found.name, found.url):
        raise InjectionError(f"{text[:40]!r} named {found.uri}")


API: dict[str, Door] = {
    "search": lambda reader, text: reader.warehouse.search(text, 3),
    "search, spread": lambda reader, text: reader.warehouse.search(text, 3, diverse=True),
    "search_many": lambda reader, text: reader.warehouse.search_many([text, "budget"], 2).rows(),
    "similar": lambda reader, text: reader.warehouse.similar(text, 3),
    "similar_many": lambda reader, text: reader.warehouse.similar_many([text], 2).rows(),
    "filter language": _filtered("language", "language"),
    "filter host": _filtered("host", "host"),
    "filter theme": _filtered("theme", "theme"),
    "filter target": lambda reader, text: reader.warehouse.search("budget", 5, target=text),
    "filter author": lambda reader, text: reader.warehouse.search("budget", 5, author=text),
    "filter days": lambda reader, text: reader.warehouse.search("budget", 5, since=text, until=text),
    "advice, query": lambda reader, text: reader.warehouse.advice(query=text, limit=3),
    "advice, language": _advised("language", "language"),
    "advice, host": _advised("host", "source"),
    "advice, target": _advised("target", "target"),
    "theme": _theme,
    "explain": _name,
    "why_not": lambda reader, text: reader.warehouse.why_not(text),
    "parameter": _echo,
    "parameter name": _named_parameter,
    "statement": _statement,
}  # fmt: skip
_MACROS = (
    "search(?, 3)", "search('budget', 3, host := ?)", "search('budget', 3, author := ?)",
    "search('budget', 3, theme := ?)", "theme_of(?) limit 2",
    "similar_to(?, 3)", "passages_with(?, 3)", "advice_on(?)", "advice_for(?)", "explain_passage(?)", "page_at(?)",
)  # fmt: skip
API |= {f"macro {call}": _macro(call) for call in _MACROS}
API |= {
    f"macro {call}, in quotes": _quoted(call)
    for call in ("search(?, 2)", "passages_with(?, 3)", "advice_on(?)")
}
