"""What every translation engine promises, and what `doctor` hears about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from corpus.models import Translation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus.translate.texts import Source

ENGLISH = "en"
UNDETERMINED = "und"
SETUP_COMMAND = "cio-advice setup --translate"


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """One engine as `doctor` shows it.

    `languages` maps a source language to the identity of its route into English; `problems` are sentences
    about what is damaged; `remedy` is the command that mends what is missing, empty where nothing is.
    """

    name: str
    installed: bool
    version: str
    languages: Mapping[str, str]
    problems: tuple[str, ...]
    remedy: str


class Engine(Protocol):
    """Translates sentences into English, without network and without remembering earlier sentences."""

    @property
    def name(self) -> str:
        """`argos` or `apertium`: the word used in the settings."""

    def languages(self) -> dict[str, str]:
        """Map each source language (ISO 639-1) to the identity of its route into English.

        The identity names everything that shapes the English: engine, pivots, hash of the models, code. A
        translation made under another identity is out of date.
        """

    def translate(self, sources: Sequence[Source], language: str) -> list[Translation]:
        """Translate sentences, same order and length; one that fails is `untranslated`, with its reason.

        `score` of a row is the engine's own trust, 0..1, `flags` what only the engine can know. Raises ModelError
        or StepError only if the engine as a whole cannot serve the language.
        """

    def problems(self) -> list[str]:
        """Return one sentence for each thing that is installed but cannot be used."""

    def close(self) -> None:
        """Free models and processes; the engine may be used again and loads them again."""


def untranslated(text: str, language: str, reason: str, engine: str = "") -> Translation:
    """Return the row of a text that stays as it is."""
    return Translation(text, language, None, "untranslated", engine, reason)
