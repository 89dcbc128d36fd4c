"""An Argos package of real size with made-up weights, to measure speed where no real one can be had.

The shape is that of the packages of the Argos index (Transformer base: 6 + 6 layers, 512 wide, 8 heads, 2,048 inside,
32,000 SentencePiece tokens, 8-bit weights). What it says is noise, the same every time. So that its sentences end, one
dimension of the decoder holds nothing but the position, and the score of the end of a sentence grows with it.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LAYERS, HEADS, SIZE, INNER, TOKENS, POSITIONS = 6, 8, 512, 2048, 32_000, 512
LENGTH = 28
"""Tokens after which a sentence is as likely to end as not."""
_EOS = 2
_SHARPNESS, _ENDING = 0.35, 120.0


def write_package(folder: Path, texts: Iterable[str], source: str = "it", target: str = "en") -> None:
    """Write an unpacked package into `folder`; its tokens are learnt from `texts`."""
    tokens, pieces = _tokens(texts)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sentencepiece.model").write_bytes(tokens)
    told = {
        "package_version": "1.0", "argos_version": "1.11.0", "type": "translate",
        "from_code": source, "from_name": source, "to_code": target, "to_name": target,
    }  # fmt: skip
    (folder / "metadata.json").write_text(json.dumps(told), "utf-8")
    (folder / "model").mkdir()
    _spec(pieces).save(str(folder / "model"))


def _tokens(texts: Iterable[str]) -> tuple[bytes, list[str]]:
    """Return a SentencePiece model and its pieces, filled up to the size of a real vocabulary."""
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=model, vocab_size=8_000, hard_vocab_limit=False,
        character_coverage=1.0, minloglevel=2, num_threads=1,
    )  # fmt: skip
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    return model.getvalue(), [*pieces, *(f"▁more{number}" for number in range(TOKENS - len(pieces)))]


def _spec(pieces: list[str]) -> Any:
    from ctranslate2.specs import TransformerSpec

    draw = np.random.default_rng(5)
    spec = TransformerSpec.from_config(LAYERS, HEADS, pre_norm=True)
    embeddings = _matrix(draw, TOKENS, SIZE, SIZE**-0.5)
    embeddings[:, 0] = 0
    for side in (spec.encoder, spec.decoder):
        (side.embeddings if side is spec.decoder else side.embeddings[0]).weight = embeddings.copy()
        side.position_encodings.encodings = _positions()
        _norm(side.layer_norm)
        for layer in side.layer:
            _attention(layer.self_attention, draw, [3 * SIZE])
            if side is spec.decoder:
                _attention(layer.attention, draw, [SIZE, 2 * SIZE])
            _norm(layer.ffn.layer_norm)
            _linear(layer.ffn.linear_0, draw, INNER, SIZE)
            _linear(layer.ffn.linear_1, draw, SIZE, INNER, keep_position=True)
    _linear(spec.decoder.projection, draw, TOKENS, SIZE)
    _end(spec.decoder.projection)
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _matrix(draw: np.random.Generator, rows: int, columns: int, scale: float) -> np.ndarray[Any, Any]:
    return (draw.standard_normal((rows, columns)) * scale).astype(np.float32)


def _positions() -> np.ndarray[Any, Any]:
    """Return sinusoids, but for the first dimension: it grows with the position."""
    angles = np.arange(POSITIONS)[:, None] / 10000 ** (np.arange(SIZE // 2) * 2 / SIZE)
    found = np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)
    found[:, 0] = np.arange(POSITIONS) / LENGTH
    return found


def _attention(to: Any, draw: np.random.Generator, rows: list[int]) -> None:
    _norm(to.layer_norm)
    for number, count in enumerate(rows):
        _linear(to.linear[number], draw, count, SIZE)
    _linear(to.linear[-1], draw, SIZE, SIZE, keep_position=True)


def _norm(to: Any) -> None:
    to.gamma, to.beta = np.ones(SIZE, np.float32), np.zeros(SIZE, np.float32)


def _linear(to: Any, draw: np.random.Generator, rows: int, columns: int, keep_position: bool = False) -> None:
    to.weight, to.bias = _matrix(draw, rows, columns, columns**-0.5), np.zeros(rows, np.float32)
    if keep_position:
        to.weight[0] = 0


def _end(to: Any) -> None:
    """Make the end of a sentence as likely as the best other token at its usual length, and surer with every token."""
    to.weight *= _SHARPNESS * SIZE**0.5
    to.weight[_EOS] = 0
    to.weight[_EOS, 0] = _ENDING
    to.bias[_EOS] = 0
