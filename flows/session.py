"""What the stages of one run share: settings, the writer's store, and engines that start when first needed."""

from __future__ import annotations

import logging
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from corpus.workers import ParseWorkers

if TYPE_CHECKING:
    from types import TracebackType

    from corpus.advice import Judge
    from corpus.embed.enduring import EnduringEmbedder
    from corpus.embed.prior import PriorVectors
    from corpus.settings import Settings
    from corpus.translate import Translator
    from warehouse.store import Store
    from warehouse.values import ModelInfo

log = logging.getLogger("cio_advice")


@dataclass
class Session:
    """One run in progress. Close it, or use it in a `with`: it owns worker processes and translation engines."""

    settings: Settings
    store: Store
    run_id: str
    warnings: list[str] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    _closing: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.__exit__(kind, error, trace)

    @cached_property
    def workers(self) -> ParseWorkers:
        """The pool that parses pages."""
        return self._closing.enter_context(ParseWorkers(self.settings))

    @cached_property
    def translator(self) -> Translator:
        """The translation engines that are installed, in the order of the settings."""
        from corpus.translate import Translator

        translator = Translator.open(self.settings)
        self._closing.callback(translator.close)
        return translator

    @cached_property
    def embedder(self) -> EnduringEmbedder:
        """The embedding model of the settings; its export is made first where there is none yet."""
        from corpus.embed import load, prepare
        from corpus.embed.enduring import EnduringEmbedder

        prepare(self.settings, log.info)
        return EnduringEmbedder(load(self.settings))

    @cached_property
    def prior(self) -> PriorVectors:
        """What the shipped sentences look like to the model, kept beside it."""
        from corpus.embed.prior import prior_vectors

        return prior_vectors(self.embedder.model, self.settings.models_dir / "priors")

    @cached_property
    def judge(self) -> Judge:
        """What tells advice from other sentences."""
        from corpus.advice import Judge

        return Judge(self.settings.advice_floor, self.embedder, self.prior.passages)

    @property
    def model_info(self) -> ModelInfo:
        """What the warehouse remembers of the model."""
        from warehouse.values import ModelInfo

        model = self.embedder
        return ModelInfo(model.fingerprint, model.name, model.dimension, model.max_tokens)

    def warn(self, message: str) -> None:
        """Remember a warning for the summary, once."""
        if message not in self.warnings:
            self.warnings.append(message)
            log.warning(message)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Wall-clock seconds so far."""
        return time.perf_counter() - self._started
