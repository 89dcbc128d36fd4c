"""Neural translation with Argos packages, their CTranslate2 models driven in batches.

argostranslate itself translates one sentence a batch, at an eighth of the speed for equal output, turns `_` into a
space and wants a sentence splitter (FACTS); ours are sentences already, so its package, tokens and model are used
directly.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.errors import ModelError
from corpus.identity import code_fingerprint
from corpus.models import Translation
from corpus.translate.argos_model import Answer, Step
from corpus.translate.argos_packages import ArgosPackage, package_folders, packages_dir, read_packages
from corpus.translate.engine import untranslated
from corpus.translate.routes import routes_to_english
from corpus.translate.texts import VERBATIM, edges, has_words, loops, verbatim_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from corpus.settings import Settings

_OUTPUT_CODE = ("corpus.translate.argos", "corpus.translate.argos_model", "corpus.translate.texts")


class ArgosEngine:
    """The Argos packages of this installation."""

    name = "argos"

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._folder = folder
        self._threads = threads
        self._chains: dict[str, list[Step]] | None = None
        self._problems: list[str] = []

    @classmethod
    def find(cls, settings: Settings) -> ArgosEngine | None:
        """Return the engine if argostranslate and at least one package folder are there."""
        folder = packages_dir(settings)
        if importlib.util.find_spec("argostranslate") and package_folders(folder):
            return cls(folder, threads=min(4, settings.worker_count))
        return None

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

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """Translate sentences; `score` is the geometric mean of the tokens' probabilities, times that of each pivot.

        Flags: `repetition` where the model ran in circles, `split:N` where the sentence was too long for it,
        `pieces` where it was translated around addresses and code that would have been lost. Raises ModelError
        for a language without a route or a model that fails.
        """
        chain = self._load().get(language)
        if chain is None:
            raise ModelError(f"no Argos package translates {language!r} into English")
        identity = self._identity(chain)
        rows = _translate_all(chain, sentences, lambda text: chain[0].pieces(text))
        damaged = [
            n for n, (text, row) in enumerate(zip(sentences, rows, strict=True)) if _lost(text, row[0])
        ]
        around = _translate_all(chain, [sentences[n] for n in damaged], lambda text: _around(chain[0], text))
        flags: dict[int, tuple[str, ...]] = dict.fromkeys(damaged, ("pieces",))
        for number, answer in zip(damaged, around, strict=True):
            rows[number] = answer
        return [
            self._row(text, language, row, identity, flags.get(number, ()))
            for number, (text, row) in enumerate(zip(sentences, rows, strict=True))
        ]

    def _row(
        self, text: str, language: str, answer: tuple[str, float, int], identity: str, flags: tuple[str, ...]
    ) -> Translation:
        text_en, score, count = answer
        if not text_en.strip() and text.strip():
            return untranslated(text, language, "the Argos model gave no answer", identity)
        flags += (f"split:{count}",) if count > 1 and not flags else ()
        flags += ("repetition",) if loops(text, text_en) else ()
        return Translation(
            text, language, text_en, "translated", identity, score=round(score, 3), flags=flags
        )

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


def _translate_all(
    chain: list[Step], texts: Sequence[str], cut: Callable[[str], list[str]]
) -> list[tuple[str, float, int]]:
    """Cut every text, translate all pieces at once, join them again: English, least score, number of pieces."""
    pieces = [[edges(piece) for piece in cut(text)] for text in texts]
    wanted = sorted({core for row in pieces for _, core, _ in row if _is_spoken(core)})
    answers = dict(zip(wanted, _through(chain, wanted), strict=True))
    return [_joined(row, answers) for row in pieces]


def _joined(pieces: list[tuple[str, str, str]], answers: dict[str, Answer]) -> tuple[str, float, int]:
    """Join translated pieces with the white space of the original, and a space where a word was cut from a word."""
    text, score, spoken, word_before = "", 1.0, 0, False
    for before, core, behind in pieces:
        core_en, trust = answers.get(core, (core, 1.0))
        if core in answers and not core_en:
            return "", 0.0, spoken
        if word_before and core in answers and not before:
            text += " "
        text += before + core_en + behind
        score, spoken = min(score, trust), spoken + (core in answers)
        word_before = core in answers and not behind
    return text.strip(" "), score, spoken


def _through(chain: list[Step], texts: list[str]) -> list[Answer]:
    answers = {text: (text, 1.0) for text in texts}
    for step in chain:
        alive = [text for text in texts if answers[text][0]]
        later = step.translate([answers[text][0] for text in alive])
        for text, (text_en, trust) in zip(alive, later, strict=True):
            answers[text] = (text_en, answers[text][1] * trust)
    return [answers[text] for text in texts]


def _is_spoken(core: str) -> bool:
    """Whether a piece is to be translated: not white space, and not an address that stands alone."""
    return bool(core) and not VERBATIM.fullmatch(core) and has_words(core)


def _around(step: Step, text: str) -> list[str]:
    """Cut `text` before and behind every token that has to stay as it is."""
    pieces, position = [], 0
    for match in VERBATIM.finditer(text):
        pieces += [*step.pieces(text[position : match.start()]), match.group()]
        position = match.end()
    return pieces + step.pieces(text[position:])


def _lost(text: str, text_en: str) -> bool:
    return any(token not in text_en for token in verbatim_tokens(text))
