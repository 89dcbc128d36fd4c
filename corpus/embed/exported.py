"""A model exported to ONNX with weights of 8 bits: what makes the vectors where there is no GPU.

Starts in a fraction of the time of PyTorch and needs neither it nor sentence-transformers. Two things make it so:

- The table of word vectors, nine tenths of a multilingual model, stays out of the graph in a file of its own, of
  which only the rows of a text's tokens are read (numpy maps it).
- Each text runs alone, on one thread, several texts at once. The scale of 8-bit activations is that of the whole
  batch: in a batch a vector would depend on its neighbours. Alone it is the same to the last bit, and nothing is
  spent on padding.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.embed.engine import refuse_nonsense
from corpus.embed.folder import file_hashes, file_states, sha256
from corpus.embed.long_texts import cut, embed_in_parts
from corpus.errors import ModelError
from corpus.identity import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

RECIPE = 1
"""Raise it when `corpus.embed.export` makes another model of the same folder."""
RECORD, GRAPH, WORDS, TOKENIZER = "record.json", "encoder.onnx", "words.npy", "tokenizer.json"
_LIBRARIES = ("onnxruntime", "tokenizers")
_TOOLS = ("torch", "transformers", "onnx", "onnxscript", "onnxruntime")
_CHUNK = 64


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an export: of which files, how well it agrees, and what its folder says of its use.

    `source` digests the files it was made of, `states` are their names, sizes and times; `tools` made it. `agreement`
    is the least cosine to the reference on the sample, 0 where it could not be made; `problem` says why it is not to
    be used.
    """

    recipe: int
    source: str
    states: list[list[str | int]]
    tools: list[str]
    agreement: float
    problem: str
    dimension: int = 0
    max_tokens: int = 0
    passage_prompt: str = ""
    query_prompt: str = ""
    graph_sha256: str = ""
    tokenizer_sha256: str = ""


class ExportedEmbedder:
    """An export in a folder of its own; `export_folder` says where it stands, `corpus.embed.export` makes it."""

    def __init__(self, name: str, folder: Path, record: Record) -> None:
        self.name = name
        self._folder = folder
        self._record = record

    @property
    def backend(self) -> str:
        """What runs the model."""
        return "onnx int8"

    @property
    def agreement(self) -> float:
        """The least cosine to the reference's vectors, over the texts of the export's sample."""
        return self._record.agreement

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the files that the export was made of, of the recipe and of its libraries' versions."""
        versions = [f"{library}=={importlib.metadata.version(library)}" for library in _LIBRARIES]
        return digest(f"onnx int8 {RECIPE}", *versions, self._record.source)

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return self._record.dimension

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that the model reads at once."""
        return self._record.max_tokens

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (texts, dimension), in order; `progress` receives how many more texts are done."""
        return self._embed(texts, self._record.passage_prompt, progress)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension), in order, for texts that are questions."""
        return self._embed(texts, self._record.query_prompt, None)

    def _embed(
        self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        most = self.max_tokens - len(self._tokenizer.encode(prompt))
        threads = min(len(os.sched_getaffinity(0)), max(1, len(texts)))
        with ThreadPoolExecutor(threads) as pool:

            def encode(pieces: list[str]) -> NDArray[np.float32]:
                return np.stack(list(pool.map(lambda piece: self._run(prompt + piece), pieces)))

            for start in range(0, len(texts), _CHUNK):
                chunk = texts[start : start + _CHUNK]
                vectors[start : start + _CHUNK] = embed_in_parts(
                    chunk, lambda text: cut(text, self._tokenizer, most), encode
                )
                if progress:
                    progress(len(chunk))
        refuse_nonsense(vectors, self.name)
        return vectors

    def _run(self, text: str) -> NDArray[np.float32]:
        ids = self._tokenizer.encode(text).ids
        if len(ids) > self.max_tokens:  # one word of a thousand characters: the end mark stays
            ids = [*ids[: self.max_tokens - 1], ids[-1]]
        words = self._words[ids].astype(np.float32)[np.newaxis]
        (vectors,) = self._session.run(None, {self._session.get_inputs()[0].name: words})
        return np.asarray(vectors[0], np.float32)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        path = self._checked(TOKENIZER, self._record.tokenizer_sha256)
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _words(self) -> NDArray[Any]:
        try:
            table: NDArray[Any] = np.load(self._folder / WORDS, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ModelError(f"{self._folder / WORDS} cannot be read: {error}; {_remedy()}") from error
        return table

    @cached_property
    def _session(self) -> InferenceSession:
        return open_session(self._checked(GRAPH, self._record.graph_sha256))

    def _checked(self, name: str, expected: str) -> Path:
        path = self._folder / name
        try:
            found = sha256(path)
        except OSError as error:
            raise ModelError(f"{path} cannot be read: {error.strerror or error}; {_remedy()}") from error
        if found != expected:
            raise ModelError(f"{path} was changed since it was made; {_remedy()}")
        return path


def open_session(graph: Path) -> InferenceSession:
    """Return a session on one thread: texts run side by side, not one over several threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # an arena keeps room for every length it has seen, for every thread
    options.log_severity_level = 3
    # without it, products of 8 bits overflow on CPUs without VNNI: other, worse vectors (cosine 0.99)
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def export_folder(model_folder: Path, models_dir: Path) -> Path:
    """Return where the export of a model's folder stands, or would."""
    place = model_folder.resolve()
    return models_dir / "exported" / f"{place.name}-{digest(str(place))}"


def read_record(model_folder: Path, folder: Path) -> Record | None:
    """Return the record of a whole export of the files as they are now; None where it is to be made (again)."""
    try:
        record = Record(**json.loads((folder / RECORD).read_text("utf-8")))
        whole = bool(record.problem) or all((folder / name).is_file() for name in (GRAPH, WORDS, TOKENIZER))
        if record.recipe != RECIPE or not whole or (record.problem and record.tools != tools()):
            return None
        same = record.states == file_states(model_folder) or record.source == source_digest(model_folder)
    except (OSError, ValueError, TypeError):
        return None
    return record if same else None


def tools() -> list[str]:
    """Return the libraries that make an export, with their versions: what failed is tried again with others."""
    return [f"{name} {_version(name)}" for name in _TOOLS]


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def source_digest(model_folder: Path) -> str:
    """Return what names the content of a model's folder."""
    return digest(*file_hashes(model_folder))


def _remedy() -> str:
    return "delete that folder, and `cio-advice setup --model` makes it again"
