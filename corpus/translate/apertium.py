"""Rule-based translation by Apertium's language pairs, in chains where no pair goes straight into English.

Each pair runs in one pipeline, kept from its first batch until `close` (`apertium_process`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.errors import ModelError, StepError
from corpus.identity import code_fingerprint
from corpus.models import Translation
from corpus.translate.apertium_modes import MODES_DIR, Mode, read_modes
from corpus.translate.apertium_process import Pipeline
from corpus.translate.apertium_stream import decode, encode, unmark
from corpus.translate.engine import untranslated
from corpus.translate.routes import routes_to_english
from corpus.translate.texts import Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BATCH = 500
STEP_TRUST = 0.9
"""What is left of the trust after each pair. A further pair costs 4 % (Italian) to 18 % (French) of the chrF2 that
Spanish has with one (`bench/translation.py`); and one pair alone is no human either.
"""
_SHOWN = 8
_WORD = re.compile(r"\w+")
_SPACES = re.compile(r" {2,}")
_SINGLE_QUOTED = re.compile(r"‘([^‘’'\n]*)'(?!\w)")  # the tools make every ’ an apostrophe
_SPACED_STOP = re.compile(r" ([,;:.!?)])(?!\w)")
_OUTPUT_CODE = tuple(
    f"corpus.translate.{name}" for name in ("apertium", "apertium_stream", "apertium_forgetting", "texts")
)


class ApertiumEngine:
    """Apertium as installed by the system's packages."""

    name = "apertium"

    def __init__(self, modes_dir: Path = MODES_DIR, patience_seconds: float = 20.0) -> None:
        self._modes_dir = modes_dir
        self._patience = patience_seconds
        self._chains: dict[str, list[Mode]] | None = None
        self._pipelines: dict[str, Pipeline] = {}
        self._problems: list[str] = []
        self._version = ""

    @classmethod
    def find(cls, modes_dir: Path = MODES_DIR) -> ApertiumEngine | None:
        """Return the engine if its tools and at least one direction are installed."""
        if shutil.which("lt-proc") and any(modes_dir.glob("*.mode")):
            return cls(modes_dir)
        return None

    def languages(self) -> dict[str, str]:
        """Map each language to its route, e.g. `apertium 3.8.3 ita-spa+spa-eng 1f…+9c… code 3a…`."""
        return {language: self._identity(chain) for language, chain in self._load().items()}

    def problems(self) -> list[str]:
        """Return a sentence for each direction that is installed but damaged."""
        self._load()
        return list(self._problems)

    def close(self) -> None:
        """End the pipelines and forget what was read of the installation."""
        for pipeline in self._pipelines.values():
            pipeline.close()
        self._pipelines, self._chains = {}, None

    def translate(self, sources: Sequence[Source], language: str) -> list[Translation]:
        """Translate sentences; `score` is the share of words that every step of the chain knew, less for every step.

        Flags: `unknown-words:N a, b`, words left as they were and no names, and `pieces` where what has to be kept
        would have been lost but for hiding it from the engine. Raises ModelError for a language without a route and
        StepError if the pipeline translates nothing at all.
        """
        chain = self._load().get(language)
        if chain is None:
            raise ModelError(f"apertium has no chain of pairs from {language!r} into English")
        identity = self._identity(chain)
        rows: list[Translation] = []
        for start in range(0, len(sources), BATCH):
            rows += self._batch(sources[start : start + BATCH], language, chain, identity)
        return rows

    def _batch(
        self, sources: Sequence[Source], language: str, chain: list[Mode], identity: str
    ) -> list[Translation]:
        answers = self._through(chain, {n: encode(source) for n, source in enumerate(sources)})
        damaged = [n for n, (stream, _) in answers.items() if sources[n].lost(decode(stream))]
        answers |= self._through(chain, {n: encode(sources[n], around=True) for n in damaged})
        flags: dict[int, tuple[str, ...]] = dict.fromkeys(damaged, ("pieces",))
        rows = [
            _row(source, language, answers.get(number), identity, flags.get(number, ()))
            for number, source in enumerate(sources)
        ]
        trust = STEP_TRUST ** len(chain)
        return [replace(row, score=row.score and round(row.score * trust, 3)) for row in rows]

    def _through(self, chain: list[Mode], streams: dict[int, str]) -> dict[int, tuple[str, Counter[str]]]:
        """Return the streams that come out at the end of a chain, each with the words that any step did not know."""
        unknown: dict[int, Counter[str]] = {number: Counter() for number in streams}
        for mode in chain:
            streams = self._survivors(mode, streams)
            for number, answer in streams.items():
                streams[number], marked = unmark(answer, is_last=mode is chain[-1])
                unknown[number] |= marked
        return {number: (stream, unknown[number]) for number, stream in streams.items()}

    def _identity(self, chain: list[Mode]) -> str:
        names, hashes = "+".join(mode.name for mode in chain), "+".join(mode.data_hash for mode in chain)
        return f"apertium {self._version} {names} {hashes} code {code_fingerprint(*_OUTPUT_CODE)[:8]}"

    def _survivors(self, mode: Mode, streams: dict[int, str]) -> dict[int, str]:
        """Run the batch; if it breaks off, halve it until the sentences that break the pipeline stand alone."""
        if not streams:
            return {}
        words = sum(map(len, streams.values())) // 5
        try:
            answers = self._pipeline(mode).ask(list(streams.values()), self._patience + words / 100)
        except StepError:
            self._probe(mode)
            if len(streams) == 1:
                return {}
            items = list(streams.items())
            first, second = dict(items[: len(items) // 2]), dict(items[len(items) // 2 :])
            return self._survivors(mode, first) | self._survivors(mode, second)
        return dict(zip(streams, answers, strict=True))

    def _probe(self, mode: Mode) -> None:
        """Raise StepError if `mode` cannot even translate a word: then no sentence is to blame."""
        self._pipeline(mode).ask([encode(Source("a"))], self._patience)

    def _pipeline(self, mode: Mode) -> Pipeline:
        return self._pipelines.setdefault(mode.name, Pipeline(mode))

    def _load(self) -> dict[str, list[Mode]]:
        if self._chains is None:
            modes, self._problems = read_modes(self._modes_dir)
            best = {(mode.source, mode.target): mode for mode in reversed(modes)}
            self._chains = {
                language: [best[pair] for pair in pairwise(route)]
                for language, route in routes_to_english(best).items()
            }
            self._version = _version()
        return self._chains


def _version() -> str:
    """Return what `apertium -V` says, or `unknown`."""
    try:
        done = subprocess.run(["apertium", "-V"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    found = re.search(rb"\d[\d.]*", done.stdout)
    return found.group().decode() if found else "unknown"


def _row(
    source: Source,
    language: str,
    answer: tuple[str, Counter[str]] | None,
    identity: str,
    flags: tuple[str, ...],
) -> Translation:
    if answer is None:
        return untranslated(source.text, language, "apertium broke off at this sentence", identity)
    stream, unknown = answer
    text_en = _tidy(source.text, decode(stream))
    named = _names(source)
    words = {word: times for word, times in unknown.items() if word not in named and _WORD.search(word)}
    count = sum(words.values())
    score = max(0.0, 1 - count / max(1, len(_WORD.findall(text_en))))
    flags = ((f"unknown-words:{count} {', '.join(sorted(words)[:_SHOWN])}",) if count else ()) + flags
    return Translation(
        source.text, language, text_en, "translated", identity, score=round(score, 3), flags=flags
    )


def _names(source: Source) -> set[str]:
    """Return, in small letters, the words that nobody needs to know: what is kept, and words with a capital."""
    capitals = [word for word in _WORD.findall(source.text) if word[0].isupper()]
    return {word.lower() for word in (*_WORD.findall(" ".join(source.tokens)), *capitals)}


def _tidy(text: str, text_en: str) -> str:
    """Drop the spaces that dropped words leave, and begin with a capital where the original does."""
    tidy = text_en if "  " in text else _SPACES.sub(" ", text_en)
    tidy = tidy if _SPACED_STOP.search(text) else _SPACED_STOP.sub(r"\1", tidy)
    tidy = _SINGLE_QUOTED.sub(r"‘\1’", tidy).strip(" ")
    return tidy[:1].upper() + tidy[1:] if text.lstrip()[:1].isupper() else tidy
