"""Which engine serves a language, and one call that translates a mixed batch through them."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.endure import Failure, endure
from corpus.errors import SettingsError
from corpus.identity import code_fingerprint
from corpus.language import primary
from corpus.models import Translation
from corpus.translate.apertium import ApertiumEngine
from corpus.translate.argos import ARGOS, ArgosEngine
from corpus.translate.checks import flags_of, trust_of
from corpus.translate.engine import ENGLISH, SETUP_COMMAND, UNDETERMINED, EngineStatus, untranslated
from corpus.translate.glossary import Glossary
from corpus.translate.routes import VARIANTS
from corpus.translate.texts import Source, prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    from corpus.settings import Settings
    from corpus.translate.engine import Engine

KNOWN_ENGINES = (ARGOS, ApertiumEngine.name)
ORIGINAL = "original"


def load_engines(settings: Settings) -> list[Engine]:
    """Return the installed engines in the order of `settings.translation_engines`; no model is loaded.

    Raises SettingsError for a name that no engine has.
    """
    engines = (_engine(name, settings) for name in settings.translation_engines)
    return [engine for engine in engines if engine is not None]


def describe(settings: Settings) -> list[EngineStatus]:
    """Say for each engine of the settings what is there, what is damaged and how to mend it (loads the models)."""
    return [_status(name, _engine(name, settings)) for name in settings.translation_engines]


def _engine(name: str, settings: Settings) -> Engine | None:
    if name == ARGOS:
        return ArgosEngine.find(settings)
    if name == ApertiumEngine.name:
        return ApertiumEngine.find()
    if os.sep in name:
        return ArgosEngine.at(name, settings)
    known = ", ".join((*KNOWN_ENGINES, "a path of a folder with an Argos package"))
    raise SettingsError(f"translation_engines names {name!r}; known engines: {known}. Mend the setting.")


def _status(name: str, engine: Engine | None) -> EngineStatus:
    if engine is None:
        return EngineStatus(name, False, "", {}, (), SETUP_COMMAND)
    try:
        languages, problems = engine.languages(), tuple(engine.problems())
        version = " ".join(next(iter(languages.values()), name).split()[:2])
        return EngineStatus(name, True, version, languages, problems, SETUP_COMMAND if problems else "")
    finally:
        engine.close()


class Translator:
    """Translates sentences of any language through the first engine that serves it. Usable in a `with`.

    Terms of the glossary reach the engines in English, and what they answer is compared with the original.
    """

    def __init__(self, engines: Sequence[Engine], glossary: Glossary | None = None) -> None:
        self._engines = tuple(engines)
        self._glossary = glossary or Glossary.load()
        self._served: list[tuple[Engine, dict[str, str]]] | None = None

    @classmethod
    def open(cls, settings: Settings) -> Translator:
        """Return a translator through the engines and the glossary of the settings. Raises SettingsError."""
        own = settings.translation_glossary
        return cls(load_engines(settings), Glossary.load(Path(own).expanduser() if own else None))

    def __enter__(self) -> Translator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what the engines hold."""
        for engine in self._engines:
            engine.close()

    def routes(self) -> dict[str, str]:
        """Map each language that can be translated now to the identity of what would translate it."""
        routes: dict[str, str] = {}
        for _, languages in self._by_engine():
            for language, identity in languages.items():
                for tag in (language, *VARIANTS.get(language, ())):
                    routes.setdefault(tag, languages.get(tag, identity))
        return routes

    def missing(self, languages: Iterable[str]) -> dict[str, str]:
        """Map those of `languages` that nobody serves to the reason, in words that say what mends it."""
        served = self.routes()
        return {
            code: no_route(code) for code in sorted(set(languages)) if code not in served and code != ENGLISH
        }

    def translate(self, sentences: Sequence[tuple[str, str]]) -> list[Translation]:
        """Translate (text, language) pairs; same order and length, each distinct pair is done once."""
        wanted: dict[str, dict[str, None]] = {}
        for text, language in sentences:
            wanted.setdefault(language, {})[text] = None
        done: dict[tuple[str, str], Translation] = {}
        for language, texts in wanted.items():
            done |= {
                (row.text, language): row for row in self._language(sorted(texts, key=_length), language)
            }
        return [done[pair] for pair in sentences]

    def _language(self, texts: list[str], language: str) -> list[Translation]:
        if language == ENGLISH:
            return [Translation(text, language, text, "translated", ORIGINAL, trust=1.0) for text in texts]
        reasons = dict.fromkeys(texts, no_route(language))
        rows: list[Translation] = []
        for engine, languages in self._by_engine():
            served = language if language in languages else primary(language)
            if served in languages and len(rows) < len(texts):
                left = sorted(reasons.keys() - {row.text for row in rows}, key=_length)
                for text, answer in self._endured(engine, languages[served], left, language, served):
                    if isinstance(answer, Failure):
                        reasons[text] = f"{engine.name} failed: {answer.reason}"
                    else:
                        rows.append(answer)
        done = {row.text for row in rows}
        return rows + [
            untranslated(text, language, reason) for text, reason in reasons.items() if text not in done
        ]

    def _endured(
        self, engine: Engine, identity: str, texts: list[str], language: str, served: str
    ) -> list[tuple[str, Translation | Failure]]:
        """Translate with one engine; what it fails on gets the reason: a text, or all where it is broken."""
        try:
            answers = endure(
                lambda part: self._through(engine, identity, list(part), language, served), texts
            )
        except Exception as error:  # engines raise whatever their libraries do
            answers = [Failure(str(error) or type(error).__name__)] * len(texts)
        return list(zip(texts, answers, strict=True))

    def _by_engine(self) -> list[tuple[Engine, dict[str, str]]]:
        if self._served is None:
            self._served = [(engine, self._identities(engine)) for engine in self._engines]
        return self._served

    def _identities(self, engine: Engine) -> dict[str, str]:
        """Return the languages of an engine, each with everything that shapes its English and what is said of it."""
        checks = checks_fingerprint()
        return {
            language: f"{identity} glossary {self._glossary.fingerprint(primary(language))} checks {checks}"
            for language, identity in engine.languages().items()
        }

    def _through(
        self, engine: Engine, identity: str, texts: list[str], language: str, served: str
    ) -> list[Translation]:
        """Translate with one engine; a text without words passes as it is, and what looks wrong is flagged."""
        sources = [prepare(text, self._glossary.find(text, primary(language))) for text in texts]
        spoken = [source for source in sources if source.has_words]
        answers = iter(engine.translate(spoken, served) if spoken else [])
        return [
            _checked(next(answers), text, source, language, identity)
            if source.has_words
            else _verbatim(text, source, language, identity)
            for text, source in zip(texts, sources, strict=True)
        ]


def no_route(language: str) -> str:
    """Return why nobody translates `language`, and what to do."""
    if language == UNDETERMINED:
        return "the language of the text could not be determined, so no engine can be chosen"
    return f"no installed engine translates {language!r} into English; `{SETUP_COMMAND}` looks for one"


def _length(text: str) -> tuple[int, str]:
    return len(text), text


def checks_fingerprint() -> str:
    """Name the code and the words by which translations are judged."""
    return code_fingerprint("corpus.translate.checks", "corpus.translate.texts")[:8]


def _verbatim(text: str, source: Source, language: str, identity: str) -> Translation:
    """Return the row of a text that is numbers, addresses or a term of the glossary, and nothing else."""
    flags = ("verbatim",)
    return Translation(text, language, source.text, "translated", identity, score=1.0, flags=flags, trust=1.0)


def _checked(row: Translation, text: str, source: Source, language: str, identity: str) -> Translation:
    """Return an engine's row as that of the original text, with the flags and the trust that it deserves."""
    if row.text_en is None:
        return dataclasses.replace(row, text=text, language=language, engine=identity)
    lost = source.lost(row.text_en)
    flags = row.flags + ((f"lost-tokens:{len(lost)}",) if lost else ())
    flags += flags_of(text, row.text_en, primary(language))
    return dataclasses.replace(
        row, text=text, language=language, engine=identity, flags=flags, trust=trust_of(row.score, flags)
    )
