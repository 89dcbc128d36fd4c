"""Texts to vectors: the door to the embedding models, and the protocol they keep.

    embedder = load(settings)
    vectors = embedder.embed_passages(["The CIO must sell."])

Nothing is fetched from a network here; what is missing is brought by `cio-advice setup --model`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from corpus.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from corpus.settings import Settings

__all__ = ["Embedder", "load"]

HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    @property
    def name(self) -> str:
        """The model as the settings name it."""

    @property
    def fingerprint(self) -> str:
        """What the vectors depend on: weights, configuration, and the libraries that read them."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that the model reads, its prompt and marks included; the rest is cut off."""

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (texts, dimension), in order; `progress` receives how many more texts are done."""

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension), in order, for texts that are questions."""

    def token_count(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has as a passage, before anything is cut off."""


def load(settings: Settings) -> Embedder:
    """Return the model that `settings.embedding_model` names; its weights are read at the first use.

    The name is a folder in `settings.models_dir`, a folder anywhere, or a model of the Hugging Face hub that
    is already in the local cache. Raises ModelError where there is none, or where it would run foreign code.
    """
    from corpus.embed.engine import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(settings.embedding_model, find_folder(settings))


def find_folder(settings: Settings) -> Path:
    """Return the folder of the model that the settings name. Raises ModelError where there is none."""
    name = settings.embedding_model
    for folder in (settings.models_dir / name, Path(name).expanduser()):
        if any((folder / file).is_file() for file in ("modules.json", "config.json")):
            return folder
    cached = _cached(name) if HUB_NAME.fullmatch(name) else None
    if cached is None:
        raise ModelError(
            f"no embedding model {name!r}: neither a folder (here or in {settings.models_dir}) nor in the"
            " hub's cache; `cio-advice setup --model` installs the default one (multilingual-e5-small)"
        )
    return cached


def _cached(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None
