"""A model that may fail on some texts: they get no vector, and the reason is kept; the others get theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus.endure import Failure, endure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from corpus.embed import Embedder


class EnduringEmbedder:
    """Asks another model as `corpus.endure` says; a row of zeros, which no model gives, is a text without a vector.

    `failures` says why, by text, for all texts that have failed so far and were not embedded since.
    """

    def __init__(self, model: Embedder) -> None:
        self.model = model
        self.failures: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The model as the settings name it."""
        return self.model.name

    @property
    def backend(self) -> str:
        """What runs it."""
        return self.model.backend

    @property
    def fingerprint(self) -> str:
        """What the vectors depend on."""
        return self.model.fingerprint

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return self.model.dimension

    @property
    def max_tokens(self) -> int:
        """Tokens that the model reads at once."""
        return self.model.max_tokens

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (texts, dimension), in order. Raises what the model raises where it can embed nothing at all."""
        return self._embed(self.model.embed_passages, texts, progress)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension), in order, for texts that are questions."""
        return self._embed(lambda part, _progress: self.model.embed_queries(part), texts, None)

    def _embed(
        self,
        embed: Callable[[Sequence[str], Callable[[int], None]], NDArray[np.float32]],
        texts: Sequence[str],
        progress: Callable[[int], None] | None,
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        told = 0

        def count(done: int) -> None:
            """Tell of no text twice, whatever is tried again."""
            nonlocal told
            more = min(done, len(texts) - told)
            told += more
            if progress and more:
                progress(more)

        for place, answer in enumerate(endure(lambda part: list(embed(part, count)), texts)):
            if isinstance(answer, Failure):
                self.failures[texts[place]] = answer.reason
            else:
                self.failures.pop(texts[place], None)
                vectors[place] = answer
        count(len(texts))
        return vectors
