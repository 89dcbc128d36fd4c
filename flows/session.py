"""What the stages of one run share: settings, engines that start when first needed, and the writer's store."""

from __future__ import annotations

import logging
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
    from corpus.embed import Embedder
    from corpus.embed.prior import PriorVectors
    from corpus.settings import Settings
    from corpus.translate import Translator
    from flows.scale_out.kinds import Item, Kind, Made
    from flows.scale_out.sender import Sender
    from warehouse.store import Store
    from warehouse.values import ModelInfo

log = logging.getLogger("cio_advice")


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
    def embedder(self) -> Embedder:
        """The embedding model of the settings; its export is made first where there is none yet."""
        from corpus.embed import load, prepare

        prepare(self.settings, log.info)
        return load(self.settings)

    @cached_property
    def prior(self) -> PriorVectors:
        """What the shipped sentences look like to the model, kept beside it."""
        from corpus.embed.prior import prior_vectors

        return prior_vectors(self.embedder, self.settings.models_dir / "priors")

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
    """One run in progress. With a `sender`, batches are made elsewhere."""

    store: Store
    run_id: str
    warnings: list[str] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    sender: Sender | None = None

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
