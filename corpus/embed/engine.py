"""Models that sentence-transformers runs: the reference, and what a GPU is kept busy with."""

from __future__ import annotations

import importlib.metadata
import logging
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.embed.folder import file_hashes, refuse_code
from corpus.embed.long_texts import cut, embed_in_parts
from corpus.errors import ModelError
from corpus.identity import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

# torch is not named: another build of it moves a vector by 1e-6
LIBRARIES = ("sentence-transformers", "transformers", "tokenizers")
_CHUNK = {"cpu": 128, "cuda": 4096}
_BATCH = {"cpu": 32, "cuda": 256}


class SentenceTransformerEmbedder:
    """A sentence-transformers folder in single precision, on the GPU where there is one.

    Raises ModelError at once where the folder holds pickled weights only or asks for code of its own, and at
    the first use where it cannot be loaded.
    """

    def __init__(self, name: str, folder: Path) -> None:
        refuse_code(folder)
        self.name = name
        self._folder = folder

    @cached_property
    def fingerprint(self) -> str:
        """A digest of every file that the model is made of, and of its libraries' versions."""
        versions = [f"{library}=={importlib.metadata.version(library)}" for library in LIBRARIES]
        return digest(*versions, *file_hashes(self._folder))

    @property
    def backend(self) -> str:
        """What runs the model."""
        return "sentence-transformers"

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self.model.get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that the model reads at once."""
        return int(self.model.max_seq_length or 0)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (texts, dimension), in order, normalised if the folder says so.

        Texts of like length go together, so that little is spent on padding; `progress` receives how many
        more texts are done.
        """
        return self._embed(texts, passage_prompt(self.model), progress)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension), in order, for texts that are questions."""
        return self._embed(texts, query_prompt(self.model), None)

    def _embed(
        self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        tokenizer = self.model.tokenizer
        most = self.max_tokens - len(tokenizer(prompt, verbose=False)["input_ids"])
        chunk = _CHUNK[self.model.device.type]
        for start in range(0, len(order), chunk):
            rows = order[start : start + chunk]
            vectors[rows] = embed_in_parts(
                [texts[row] for row in rows],
                lambda text: cut(text, tokenizer.backend_tokenizer, most),
                lambda pieces: self._encode(pieces, prompt),
            )
            if progress:
                progress(len(rows))
        refuse_nonsense(vectors, self.name)
        return vectors

    def _encode(self, pieces: list[str], prompt: str) -> NDArray[np.float32]:
        batch = _BATCH[self.model.device.type]
        vectors = self.model.encode(pieces, prompt=prompt, batch_size=batch, show_progress_bar=False)
        return np.asarray(vectors, np.float32)

    @cached_property
    def model(self) -> SentenceTransformer:
        """The model itself, loaded at first use."""
        return load_model(self.name, self._folder)


def load_model(name: str, folder: Path, device: str | None = None, **options: object) -> SentenceTransformer:
    """Load a folder with sentence-transformers, offline and without code of its own; else raise ModelError."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's library is imported: before the next line
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # the library leaves it so
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(len(os.sched_getaffinity(0)))
    try:
        return SentenceTransformer(
            str(folder),
            device=device or ("cuda" if has_gpu() else "cpu"),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": torch.float32, **options},
        )
    except Exception as error:  # the libraries raise whatever they meet in a damaged folder
        raise ModelError(f"embedding model {name!r} in {folder} cannot be loaded: {error}") from error


def has_gpu() -> bool:
    """Say whether PyTorch finds a GPU; where there is no driver, PyTorch is not even imported."""
    if not Path("/proc/driver/nvidia/version").exists():
        return False
    import torch

    return torch.cuda.is_available()


def passage_prompt(model: SentenceTransformer) -> str:
    """Return what the folder says to put before a text that is to be found."""
    return next(filter(None, map(model.prompts.get, ("passage", "document", "corpus"))), "")


def query_prompt(model: SentenceTransformer) -> str:
    """Return what the folder says to put before a question."""
    return model.prompts.get("query") or ""


def refuse_nonsense(vectors: NDArray[np.float32], name: str) -> None:
    """Raise ModelError where a vector has a component that is not a number."""
    if not np.isfinite(vectors).all():
        raise ModelError(f"model {name!r} gave vectors that are not numbers: its weights are damaged")
