"""Models that sentence-transformers reads: a folder with safetensors weights, and no code of its own."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import os
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import ModelError
from corpus.identity import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

# torch is not named: another build of it moves a vector by 1e-6
LIBRARIES = ("sentence-transformers", "transformers", "tokenizers")
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
READ_BY_THE_MODEL = (".json", ".txt", ".model", ".safetensors", ".jinja")
NOT_READ = ("installed.json",)
CHUNK = 128


class SentenceTransformerEmbedder:
    """A sentence-transformers folder, on the processor, in single precision.

    Raises ModelError at once where the folder holds pickled weights only or asks for code of its own, and at
    the first use where it cannot be loaded.
    """

    def __init__(self, name: str, folder: Path) -> None:
        _refuse_code(folder)
        self.name = name
        self._folder = folder

    @cached_property
    def fingerprint(self) -> str:
        """A digest of every file that the model is made of, and of its libraries' versions."""
        parts = [f"{library}=={importlib.metadata.version(library)}" for library in LIBRARIES]
        for path in sorted(self._folder.rglob("*")):
            if path.suffix in READ_BY_THE_MODEL and path.name not in NOT_READ and path.is_file():
                with path.open("rb") as file:
                    parts += [
                        str(path.relative_to(self._folder)),
                        hashlib.file_digest(file, "sha256").hexdigest(),
                    ]
        return digest(*parts)

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that the model reads."""
        return int(self._model.max_seq_length or 0)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (texts, dimension), in order, normalised if the folder says so.

        Texts of like length go together, so that little is spent on padding; `progress` receives how many
        more texts are done.
        """
        return self._embed(texts, self._passage_prompt, progress)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension), in order, for texts that are questions."""
        return self._embed(texts, self._model.prompts.get("query") or "", None)

    def token_count(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has as a passage, prompt and marks included."""
        if not texts:
            return []
        prompted = [self._passage_prompt + text for text in texts]
        tokens = self._model.tokenizer(prompted, truncation=False, verbose=False)["input_ids"]
        return [len(sequence) for sequence in tokens]

    @property
    def _passage_prompt(self) -> str:
        prompts = self._model.prompts
        return next(filter(None, map(prompts.get, ("passage", "document", "corpus"))), "")

    def _embed(
        self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        for start in range(0, len(order), CHUNK):
            rows = order[start : start + CHUNK]
            batch = [texts[row] for row in rows]
            vectors[rows] = self._model.encode(batch, prompt=prompt, batch_size=32, show_progress_bar=False)
            if progress:
                progress(len(rows))
        if not np.isfinite(vectors).all():
            raise ModelError(
                f"model {self.name!r} gave vectors that are not numbers: its weights are damaged"
            )
        return vectors

    @cached_property
    def _model(self) -> SentenceTransformer:
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
                str(self._folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True, "dtype": torch.float32},
            )
        except Exception as error:  # the libraries raise whatever they meet in a damaged folder
            raise ModelError(
                f"embedding model {self.name!r} in {self._folder} cannot be loaded: {error}"
            ) from error


def _refuse_code(folder: Path) -> None:
    for module in _modules(folder):
        if not str(module.get("type", "")).startswith("sentence_transformers."):
            raise ModelError(
                f"model folder {folder} asks for code of its own ({module.get('type')}): not loaded"
            )
        place = folder / str(module.get("path", ""))
        weights = [path.suffix for path in place.glob("*")]
        if ".safetensors" not in weights and any(suffix in PICKLES for suffix in weights):
            raise ModelError(
                f"{place} holds pickled weights, which can run code: convert them to safetensors"
            )


def _modules(folder: Path) -> list[dict[str, object]]:
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
    except FileNotFoundError:
        return [{"type": "sentence_transformers.models.Transformer", "path": ""}]
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / 'modules.json'} cannot be read: {error}") from error
    if not isinstance(modules, list) or not all(isinstance(module, dict) for module in modules):
        raise ModelError(f"{folder / 'modules.json'}: expected a list of modules")
    return modules
