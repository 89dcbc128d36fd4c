"""Make of a sentence-transformers folder what `corpus.embed.exported` runs, and check that both agree.

The graph begins behind the table of word vectors and takes one text without padding, so it needs no mask. Pooling,
normalisation and whatever else the folder lists after the encoder are part of it.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import logging
import shutil
import tempfile
import tomllib
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.embed.engine import load_model, passage_prompt, query_prompt
from corpus.embed.exported import (
    GRAPH,
    RECIPE,
    RECORD,
    TOKENIZER,
    WORDS,
    ExportedEmbedder,
    Record,
    export_folder,
    read_record,
    source_digest,
    tools,
)
from corpus.embed.folder import file_states, refuse_code, sha256
from corpus.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

LEAST_AGREEMENT = 0.99
"""Cosine to the reference that each vector of the sample must reach."""
_EXAMPLE_TOKENS = 16


def export(name: str, model_folder: Path, models_dir: Path, report: Callable[[str], None]) -> Record:
    """Return the record of the export of `model_folder`, made where it is not there yet (half a minute).

    The folder appears by rename when it is complete; two at once wait for each other. A model that cannot be
    exported, or whose export does not agree, has a record that says so (`problem`). Raises ModelError where the
    reference cannot be loaded or the folder cannot be written.
    """
    refuse_code(model_folder)
    folder = export_folder(model_folder, models_dir)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.parent / ".lock"):
            found = read_record(model_folder, folder)
            if found is None:
                report(f"embedding model {name}: exporting to 8 bits (half a minute)")
                found = _make(name, model_folder, folder)
                report(f"embedding model {name}: {_outcome(found)}")
            return found
    except OSError as error:
        raise ModelError(f"{folder} cannot be written: {error.strerror or error}") from error


def _outcome(record: Record) -> str:
    return record.problem or f"exported, cosine to the reference at least {record.agreement:.4f}"


def _make(name: str, model_folder: Path, folder: Path) -> Record:
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        # the export's own kernels of attention are the plain ones: they fuse better than what PyTorch calls
        model = load_model(name, model_folder, "cpu", attn_implementation="eager")
        record = Record(RECIPE, source_digest(model_folder), file_states(model_folder), tools(), 0.0, "")
        record = _write(name, model, staged, record)
        if record.problem:
            for file in (GRAPH, WORDS, TOKENIZER):
                (staged / file).unlink(missing_ok=True)
        staged.chmod(
            0o755
        )  # a temporary folder is its maker's alone; other users of the machine may read this one
        (staged / RECORD).write_text(json.dumps(dataclasses.asdict(record), indent=2) + "\n", "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        staged.replace(folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return record


def _write(name: str, model: SentenceTransformer, staged: Path, record: Record) -> Record:
    """Write the files of the export; whatever the exporter cannot do with this model becomes its problem."""
    try:
        with _quiet():
            _write_graph(model, staged)
        _write_words(model, staged / WORDS)
        model.tokenizer.backend_tokenizer.save(str(staged / TOKENIZER), pretty=False)
        record = dataclasses.replace(
            record,
            dimension=int(model.get_embedding_dimension() or 0),
            max_tokens=int(model.max_seq_length or 0),
            passage_prompt=passage_prompt(model),
            query_prompt=query_prompt(model),
            graph_sha256=sha256(staged / GRAPH),
            tokenizer_sha256=sha256(staged / TOKENIZER),
        )
        agreement = _agreement(model, ExportedEmbedder(name, staged, record))
    except OSError:
        raise
    except Exception as error:  # the exporter and the quantizer raise whatever they meet
        return dataclasses.replace(record, problem=f"cannot be exported: {_first_line(error)}")
    problem = "" if agreement >= LEAST_AGREEMENT else f"export disagrees: cosine {agreement:.4f}, not used"
    return dataclasses.replace(record, agreement=agreement, problem=problem)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]


def _write_graph(model: SentenceTransformer, staged: Path) -> None:
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.optimizer import optimize_model

    whole, fused = staged / "whole.onnx", staged / "fused.onnx"
    width = _encoder(model).get_input_embeddings().embedding_dim
    tokens = torch.export.Dim("tokens", min=2, max=int(model.max_seq_length or 0))
    torch.onnx.export(
        _behind_the_words(model),
        (torch.zeros(1, _EXAMPLE_TOKENS, width),),
        str(whole),
        input_names=["words"],
        output_names=["vector"],
        dynamic_shapes={"words": {1: tokens}},
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    optimize_model(str(whole), model_type="bert").save_model_to_file(str(fused))
    quantize_dynamic(
        str(fused),
        str(staged / GRAPH),
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm"],
    )
    whole.unlink()
    fused.unlink()


def _encoder(model: SentenceTransformer) -> Any:
    module: Any = model[0]
    return module.auto_model


def _behind_the_words(model: SentenceTransformer) -> Any:
    import torch

    class BehindTheWords(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = _encoder(model)
            self.after = torch.nn.ModuleList(list(model)[1:])

        def forward(self, words: torch.Tensor) -> Any:
            tokens = self.encoder(inputs_embeds=words, attention_mask=None).last_hidden_state
            features = {
                "token_embeddings": tokens,
                "attention_mask": torch.ones(words.shape[:2], dtype=torch.int64),
            }
            for module in self.after:
                features = module(features)
            return features["sentence_embedding"]

    return BehindTheWords().eval()


def _write_words(model: SentenceTransformer, path: Path) -> None:
    """Write the table of word vectors, in half precision where that says the same."""
    table: NDArray[np.float32] = _encoder(model).get_input_embeddings().weight.detach().numpy()
    half = table.astype(np.float16)
    np.save(path, half if np.array_equal(half, table) else table, allow_pickle=False)


def sample() -> list[str]:
    """Return the fixed texts on which export and reference are compared: single sentences and whole passages."""
    text = files("corpus.embed").joinpath("prior.toml").read_text("utf-8")
    languages = tomllib.loads(text).values()
    return [
        piece
        for sentences in languages
        for piece in (sentences["questions"][0], sentences["passages"][0], " ".join(sentences["passages"]))
    ]


def _agreement(model: SentenceTransformer, exported: ExportedEmbedder) -> float:
    texts = sample()
    return min(
        _least_cosine(
            np.asarray(model.encode(texts, prompt=prompt, show_progress_bar=False), np.float32), vectors
        )
        for prompt, vectors in (
            (passage_prompt(model), exported.embed_passages(texts)),
            (query_prompt(model), exported.embed_queries(texts)),
        )
    )


def _least_cosine(reference: NDArray[np.float32], vectors: NDArray[np.float32]) -> float:
    lengths = np.linalg.norm(reference, axis=1) * np.linalg.norm(vectors, axis=1)
    return float(((reference * vectors).sum(axis=1) / np.where(lengths > 0, lengths, 1)).min())


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the exporter says of itself from the user's terminal."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
