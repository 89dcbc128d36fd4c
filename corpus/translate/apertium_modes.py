"""The translation directions of an Apertium installation, read from its mode files.

A mode file is a shell pipeline. It never sees a shell: it is parsed, must consist of Apertium's own
tools, and every tool gets `-z`, which makes it flush and forget at each NUL. Two do not forget everything, and are
run by `apertium_forgetting`: the translation of a sentence does not depend on the sentences before it.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ModelError
from corpus.translate.routes import language_code, routes_to_english

if TYPE_CHECKING:
    from collections.abc import Iterable

MODES_DIR = Path("/usr/share/apertium/modes")
"""Where Debian's packages put their modes."""

TOOLS = {
    "apertium-anaphora": "apertium-anaphora", "apertium-interchunk": "apertium", "apertium-postchunk": "apertium",
    "apertium-pretransfer": "apertium", "apertium-tagger": "apertium", "apertium-transfer": "apertium",
    "cg-proc": "cg3", "hfst-proc": "hfst", "lrx-proc": "apertium-lex-tools", "lsx-proc": "apertium-separable",
    "lt-proc": "lttoolbox", "rtx-proc": "apertium-recursive",
}  # fmt: skip
"""The tools that can flush at a NUL, and the Debian package of each: not every pair depends on all that it runs."""
_NAME = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")
_FORGET = (sys.executable, "-I", str(Path(__file__).with_name("apertium_forgetting.py")))
_FORGETTING = {
    "apertium-tagger": (*_FORGET, "news", "apertium-tagger", "-d"),
    "cg-proc": (*_FORGET, "always", "cg-proc"),
}


@dataclass(frozen=True, slots=True)
class Mode:
    """One direction, e.g. Italian to Spanish: its tools in a row, and a hash of all its data files."""

    name: str
    source: str
    target: str
    commands: tuple[tuple[str, ...], ...]
    data_hash: str


def read_modes(folder: Path) -> tuple[list[Mode], list[str]]:
    """Return the usable modes of `folder` by name, and a sentence for each that cannot be used.

    Variants (`spa-eng_US`, `spa-cat_valencia`) are left out: each has its plain mode beside it.
    """
    modes, problems = [], []
    for file in sorted(folder.glob("*.mode")):
        match = _NAME.fullmatch(file.stem)
        if match:
            try:
                modes.append(_read(file, *match.groups()))
            except (ModelError, OSError, ValueError) as error:
                problems.append(f"apertium mode {file.name} cannot be used: {error}")
    return modes, problems


def missing_tools(languages: Iterable[str], folder: Path | None = None) -> dict[str, str]:
    """Map the tools that are not there, of the modes that would bring `languages` into English, to their packages.

    Modes whose tools are missing count as if they worked; damaged ones name no tools.
    """
    files = {
        (language_code(match[1]), language_code(match[2])): file
        for file in sorted((folder or MODES_DIR).glob("*.mode"))
        if (match := _NAME.fullmatch(file.stem))
    }
    routes = routes_to_english(files)
    pairs = {pair for code in languages for pair in pairwise(routes.get(code, ()))}
    run = {program for pair in pairs for program in _programs(files[pair])}
    return {program: TOOLS[program] for program in sorted(run & TOOLS.keys()) if not shutil.which(program)}


def _programs(file: Path) -> set[str]:
    try:
        return {words[0] for words in _commands(file.read_text("utf-8"))}
    except (ModelError, OSError, ValueError):
        return set()


def _read(file: Path, source: str, target: str) -> Mode:
    text = file.read_text("utf-8")
    commands, data = [], []
    for words in _commands(text):
        program, *arguments = words
        if program not in TOOLS:
            raise ModelError(f"it runs {program!r}, which is no tool of Apertium; reinstall the pair")
        if not shutil.which(program):
            raise ModelError(f"it runs {program!r}, which is not installed (Debian package {TOOLS[program]})")
        commands.append((*_FORGETTING.get(program, (program,)), "-z", *arguments))
        data += [Path(argument) for argument in arguments if argument.startswith("/")]
    return Mode(file.stem, language_code(source), language_code(target), tuple(commands), _hash(text, data))


def _commands(text: str) -> list[list[str]]:
    """Split a mode file into the words of its tools; `$1` is how to mark unknown words, `$2` is not needed."""
    commands: list[list[str]] = [[]]
    for word in shlex.split(text):
        if word == "|":
            commands.append([])
        elif word != "$2":
            commands[-1].append("-g" if word == "$1" else word)
    if not all(commands):
        raise ModelError("it is not a pipeline of tools; reinstall the pair")
    return commands


def _hash(text: str, data: list[Path]) -> str:
    state = hashlib.sha256(text.encode())
    for file in data:
        with file.open("rb") as stream:
            state.update(hashlib.file_digest(stream, "sha256").digest())
    return state.hexdigest()[:12]
