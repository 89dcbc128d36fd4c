"""Neural translation with Argos packages, their CTranslate2 models driven in batches.

argostranslate itself translates one sentence a batch, at half the speed or less for equal output, turns `_` into a
space and wants a sentence splitter (FACTS); ours are sentences already, so its package, tokens and model are used
directly.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ModelError, SettingsError
from corpus.identity import code_fingerprint
from corpus.models import Translation
from corpus.translate.argos_model import Answer, Step
from corpus.translate.argos_packages import (
    ArgosPackage,
    is_package,
    package_folders,
    packages_dir,
    read_packages,
)
from corpus.translate.engine import untranslated
from corpus.translate.routes import routes_to_english
from corpus.translate.texts import Source, edges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.settings import Settings

ARGOS = "argos"
_OUTPUT_CODE = ("corpus.translate.argos", "corpus.translate.argos_model", "corpus.translate.texts")


class ArgosEngine:
    """The Argos packages of this installation, or those of another folder, which is its name then."""

    def __init__(self, folder: Path, threads: int = 1, name: str = ARGOS) -> None:
        self.name = name
        self._folder = folder
        self._threads = threads
        self._chains: dict[str, list[Step]] | None = None
        self._problems: list[str] = []

    @classmethod
    def find(cls, settings: Settings) -> ArgosEngine | None:
        """Return the engine if argostranslate and at least one package folder are there."""
        folder = packages_dir(settings)
        if importlib.util.find_spec("argostranslate") and package_folders(folder):
            return cls(folder, threads=settings.worker_count)
        return None

    @classmethod
    def at(cls, name: str, settings: Settings) -> ArgosEngine:
        """Return the engine of the folder `name`: one unpacked package, or a folder of them.

        Raises SettingsError where there is no package.
        """
        folder = Path(name).expanduser()
        if not (is_package(folder) or any(map(is_package, package_folders(folder)))):
            raise SettingsError(
                f"translation_engines names {name}: expected a folder with metadata.json, model/ and its tokens "
                "(an unpacked Argos package), or a folder of such folders"
            )
        return cls(folder, threads=settings.worker_count, name=name)

    def languages(self) -> dict[str, str]:
        """Map each language to its route, e.g. `argos 1.11.0 it-en@1.9 1f… code 3a…`; loads the models.

        A model that does not load serves no language: it must not promise what another engine could do.
        """
        return {language: self._identity(chain) for language, chain in self._load().items()}

    def problems(self) -> list[str]:
        """Return a sentence for each damaged package."""
        self._load()
        return list(self._problems)

    def close(self) -> None:
        """Free the models."""
        self._chains = None

    def translate(self, sources: Sequence[Source], language: str) -> list[Translation]:
        """Translate sentences; `score` is the geometric mean of the tokens' probabilities, times that of each pivot.

        Flags: `split:N` where the sentence was too long for the model, `pieces` where it was translated around
        what has to be kept and would have been lost. Raises ModelError for a language without a route or a model
        that fails.
        """
        chain = self._load().get(language)
        if chain is None:
            raise ModelError(f"no Argos package translates {language!r} into English")
        identity = self._identity(chain)
        cut = chain[0].pieces
        rows = _translate_all(chain, [[(True, piece) for piece in cut(source.text)] for source in sources])
        damaged = [
            n for n, (source, row) in enumerate(zip(sources, rows, strict=True)) if source.lost(row[0])
        ]
        around = _translate_all(chain, [_around(chain[0], sources[n]) for n in damaged])
        flags: dict[int, tuple[str, ...]] = dict.fromkeys(damaged, ("pieces",))
        for number, answer in zip(damaged, around, strict=True):
            rows[number] = answer
        return [
            _row(source.text, language, row, identity, flags.get(number, ()))
            for number, (source, row) in enumerate(zip(sources, rows, strict=True))
        ]

    def _identity(self, chain: list[Step]) -> str:
        version = importlib.metadata.version("argostranslate")
        names = "+".join(step.package.name for step in chain)
        hashes = "+".join(step.package.model_hash for step in chain)
        return f"argos {version} {names} {hashes} code {code_fingerprint(*_OUTPUT_CODE)[:8]}"

    def _load(self) -> dict[str, list[Step]]:
        if self._chains is None:
            packages, self._problems = read_packages(self._folder)
            steps: dict[tuple[str, str], Step] = {}
            for package in packages:
                if (package.source, package.target) not in steps:
                    self._load_step(package, steps)
            self._chains = {
                language: [steps[pair] for pair in pairwise(route)]
                for language, route in routes_to_english(steps).items()
            }
        return self._chains

    def _load_step(self, package: ArgosPackage, steps: dict[tuple[str, str], Step]) -> None:
        try:
            steps[package.source, package.target] = Step(package, self._threads)
        except ModelError as error:
            self._problems.append(str(error))


def _row(
    text: str, language: str, answer: tuple[str, float, int], identity: str, flags: tuple[str, ...]
) -> Translation:
    text_en, score, count = answer
    if not text_en.strip() and text.strip():
        return untranslated(text, language, "the Argos model gave no answer", identity)
    flags += (f"split:{count}",) if count > 1 and not flags else ()
    return Translation(text, language, text_en, "translated", identity, score=round(score, 3), flags=flags)


def _translate_all(
    chain: list[Step], cut: Sequence[Sequence[tuple[bool, str]]]
) -> list[tuple[str, float, int]]:
    """Translate all pieces of all texts at once and join them again: English, least score, number of pieces.

    `cut` holds the pieces of each text, each with whether it is to be translated.
    """
    pieces = [[(spoken, *edges(piece)) for spoken, piece in row] for row in cut]
    wanted = sorted({core for row in pieces for spoken, _, core, _ in row if spoken and _has_letters(core)})
    answers = dict(zip(wanted, _through(chain, wanted), strict=True))
    return [_joined(row, answers) for row in pieces]


def _joined(pieces: list[tuple[bool, str, str, str]], answers: dict[str, Answer]) -> tuple[str, float, int]:
    """Join translated pieces with the white space of the original, and a space where a word was cut from a word."""
    text, score, count, word_before = "", 1.0, 0, False
    for is_wanted, before, core, behind in pieces:
        spoken = is_wanted and core in answers
        core_en, trust = answers[core] if spoken else (core, 1.0)
        if spoken and not core_en:
            return "", 0.0, count
        if word_before and spoken and not before:
            text += " "
        text += before + core_en + behind
        score, count = min(score, trust), count + spoken
        word_before = spoken and not behind
    return text.strip(" "), score, count


def _has_letters(core: str) -> bool:
    return any(character.isalpha() for character in core)


def _through(chain: list[Step], texts: list[str]) -> list[Answer]:
    answers = {text: (text, 1.0) for text in texts}
    for step in chain:
        alive = [text for text in texts if answers[text][0]]
        later = step.translate([answers[text][0] for text in alive])
        for text, (text_en, trust) in zip(alive, later, strict=True):
            answers[text] = (text_en, answers[text][1] * trust)
    return [answers[text] for text in texts]


def _around(step: Step, source: Source) -> list[tuple[bool, str]]:
    """Cut a sentence before and behind everything that has to stay as it is."""
    pieces: list[tuple[bool, str]] = []
    for is_kept, text in source.pieces():
        pieces += [(False, text)] if is_kept else [(True, piece) for piece in step.pieces(text)]
    return pieces
