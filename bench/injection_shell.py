"""The doors of the shell, of settings and of files: what `bench.injection_doors` is for Python and SQL."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
from pathlib import Path

from bench.injection_doors import ANSWERED, API, REFUSED, Door, InjectionError, Reader, plainly
from corpus.errors import CioAdviceError
from corpus.settings import Settings
from flows.tables import CONTROL
from warehouse import Warehouse

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-en)?")


def _said(arguments: list[str]) -> tuple[int, str, str]:
    """Call the command line in this process and return its exit code and what it printed."""
    from flows.cli import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as ended:
            return int(ended.code or 0), out.getvalue(), err.getvalue()
    raise InjectionError("the command line did not end")


def _command(*arguments: str) -> Door:
    """A command of the shell; `{}` stands for the text, and `--` keeps it from being an option."""

    def door(reader: Reader, text: str) -> str:
        given = [text if argument == "{}" else argument for argument in arguments]
        if not {"models", "doctor"} & set(given[:1]):
            given[1:1] = ["--warehouse", str(reader.path)]
        return refuse_unruly(*_said(given), csv_or_json=list(arguments))

    return door


def refuse_unruly(code: int, out: str, err: str, csv_or_json: list[str]) -> str:
    """Return whether a command answered; raise InjectionError where its code or what it printed is wrong."""
    if code not in (0, 1, 2):
        raise InjectionError(f"exit code {code}")
    if "Traceback" in out + err or "nobody expected" in err:
        raise InjectionError(f"a stack trace: {err[-300:]}")
    if (
        code == 1
        and "why-not" not in csv_or_json
        and "doctor" not in csv_or_json
        and (out or err.count("\n") != 1)
    ):
        raise InjectionError(f"not one line: {err[:200]!r}")
    if "--csv" in csv_or_json:
        list(csv.reader(io.StringIO(out)))
    else:
        for said in (out, err):
            if found := CONTROL.search(said.replace("\n", "")):
                raise InjectionError(f"printed {found[0]!r}")
    if "--json" in csv_or_json and code == 0:
        json.loads(out)
    return ANSWERED if code == 0 else REFUSED


SHELL: dict[str, Door] = {
    "explain": _command("explain", "--", "{}"),
    "explain --json": _command("explain", "--json", "--", "{}"),
    "explain, bare": _command("explain", "{}"),
    "explain --lines": _command("explain", "x.html", "--lines", "{}"),
    "explain --kind": _command("explain", "x.html", "--kind", "{}"),
    "why-not": _command("why-not", "--", "{}"),
    "why-not --json": _command("why-not", "--json", "--", "{}"),
    "advice --theme": _command("advice", "--theme", "{}"),
    "advice --host": _command("advice", "--json", "--host", "{}"),
    "advice --target": _command("advice", "--target", "{}"),
    "dissent --theme": _command("dissent", "--theme", "{}"),
    "themes --min-hosts": _command("themes", "--min-hosts", "{}"),
    "runs -k": _command("runs", "-k", "{}"),
    "sql": _command("sql", "--timeout", "5", "--", "{}"),
    "sql --json": _command("sql", "--timeout", "5", "--json", "--", "{}"),
    "sql --csv": _command("sql", "--timeout", "5", "--csv", "--", "{}"),
    "a command": lambda _reader, text: refuse_unruly(*_said([text]), csv_or_json=[]),
}
SLOW: dict[str, Door] = {  # each loads the model, or all there is
    "search": _command("search", "--", "{}"),
    "search --json": _command("search", "--json", "--language", "{}", "budget"),
    "search, bare": _command("search", "{}"),
    "similar": _command("similar", "--", "{}"),
    "advice": _command("advice", "--json", "--", "{}"),
    "doctor": lambda reader, text: _doctor(reader, text),
}


def _doctor(reader: Reader, text: str) -> None:
    from flows.doctor import examine

    changed = {"embedding_model": text, "translation_engines": (text,), "translation_glossary": text}
    examine(reader.settings.with_changes(**changed))


def _environment(reader: Reader, text: str) -> None:
    for name in Settings.__dataclass_fields__:
        with contextlib.suppress(CioAdviceError):
            Settings.load(_file(reader, ""), {f"CIO_ADVICE_{name.upper()}": text})
    Settings.load(_file(reader, ""), {f"CIO_ADVICE_{text}": "1"})


def _file(reader: Reader, text: str) -> Path:
    file = reader.folder / "given.toml"
    file.write_text(text, "utf-8", "surrogatepass", newline="")
    return file


def _glossary(reader: Reader, text: str) -> None:
    from corpus.translate.glossary import Glossary

    escaped = json.dumps(plainly(text)).replace("\x7f", "\\u007f")
    for content in (text, f"keep = [{escaped}]", f"[it]\n{escaped} = {escaped}"):
        with contextlib.suppress(CioAdviceError):
            list(Glossary.load(_file(reader, content)).find("la spesa del CIO", "it"))


def _orders(reader: Reader, text: str) -> None:
    from corpus.themes import orders

    escaped = json.dumps(plainly(text)).replace("\x7f", "\\u007f")
    for content in (
        text,
        f"pin = [{escaped}]",
        f"[rename]\n{escaped} = {escaped}",
        f"[split]\na = [{escaped}, 'b']",
    ):
        with contextlib.suppress(CioAdviceError):
            orders.read(_file(reader, content))
    orders.read(Path(text))


def _sources(reader: Reader, text: str) -> None:
    """A name of a source, but for those that honestly name a place outside: reading it is what they ask for."""
    from corpus.sources import open_sources

    if text.startswith(("/", "~", "urls:", "http", "-")) or ".." in text:
        return
    for page in open_sources([text], reader.settings):
        raise InjectionError(f"it named the page {page}")


def _models(reader: Reader, text: str) -> None:
    """Install and remove what the text names: nothing outside of the folder of models may go or be looked into."""
    if not _LANGUAGE.fullmatch(text) and not os.path.lexists(_path(text)):
        settings = str(_file(reader, f"models_dir = '{reader.folder}'"))
        for action in (["install"], ["remove", "--yes"]):
            refuse_unruly(*_said(["models", *action, "--settings", settings, "--", text]), csv_or_json=[])


def _path(text: str) -> str:
    return "".join(c for c in text if c != "\0" and not "\ud800" <= c <= "\udfff")[:200]


def _memory(reader: Reader, text: str) -> None:
    Warehouse.open(reader.path, reader.settings.with_changes(memory_limit=text)).close()


FILES: dict[str, Door] = {
    "environment": _environment,
    "settings file": lambda reader, text: Settings.load(_file(reader, text), {}),
    "memory_limit": _memory,
    "warehouse": lambda reader, text: Warehouse.open(Path(text), reader.settings),
    "themes_file": _orders,
    "translation_glossary": _glossary,
    "source": _sources,
    "models": _models,
}
EVERY = {f"Python: {name}": door for name, door in API.items()}
EVERY |= {f"shell: {name}": door for name, door in SHELL.items()}
EVERY |= {f"settings: {name}": door for name, door in FILES.items()}
SELDOM = {f"shell: {name}": door for name, door in SLOW.items()}
