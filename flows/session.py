"""What the stages of one run share: settings, engines that start when first needed, and the writer's store."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Self

from corpus.workers import ParseWorkers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from corpus.advice import Judge
    from corpus.embed.enduring import EnduringEmbedder
    from corpus.embed.prior import PriorVectors
    from corpus.settings import Settings
    from corpus.translate import Translator
    from flows.scale_out.kinds import Item, Kind, Made
    from flows.scale_out.sender import Sender
    from warehouse.store import Store
    from warehouse.values import ModelInfo, RunFacts, StageSummary

log = logging.getLogger("cio_advice")
_MAXRSS_BYTES = 1024 if sys.platform == "linux" else 1


@dataclass
class Engines:
    """What makes batches, each started when first needed. Close it, or use it in a `with`: it owns processes."""

    settings: Settings
    _closing: ExitStack = field(default_factory=ExitStack, kw_only=True)

    def __enter__(self) -> Self:
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


@dataclass
class Session(Engines):
    """One run in progress. With a `sender`, batches are made elsewhere.

    `routes` says what translates which language, as soon as that has been asked; `stages` what is done.
    """

    store: Store
    run_id: str
    warnings: list[str] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    stages: list[StageSummary] = field(default_factory=list)
    routes: dict[str, str] | None = None
    sender: Sender | None = None

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by the clock that each stage took, planning included."""
        return {stage.stage: stage.seconds for stage in self.stages}

    def facts(self) -> RunFacts:
        """Return what the run took and what it worked with, so far: nothing is loaded to know it."""
        import resource  # POSIX only, as the writer is

        from warehouse.values import RunFacts

        own, workers = (
            resource.getrusage(who).ru_maxrss * _MAXRSS_BYTES
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        model = self.embedder if "embedder" in self.__dict__ else None  # where a cached property keeps it
        return RunFacts(
            stages=tuple(self.stages),
            engines=self.routes,
            model=f"{model.name}, {model.backend}, {model.fingerprint}" if model else None,
            warnings=tuple(self.warnings),
            peak_memory=own,
            worker_memory=workers,
        )

    def make(
        self, kind: Kind[Item, Made], items: Sequence[Item], advance: Callable[[int], None]
    ) -> Sequence[Made]:
        """Return what the work `kind` makes of `items`, one for each, in order; `advance(n)` as items are done."""
        if self.sender is not None:
            return self.sender.make(self, kind, items, advance)
        return kind.make(self, items, advance)

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
