"""What a line says, as numbers that are alike where lines say alike things, in whatever language.

A small network (`data/meaning.safetensors`, trained by `bench/train_meaning.py`; `data/meaning.json` names its data
and licences) that learnt to give a line the main directions of the vector that multilingual-e5-small gives it, at a
hundredth of the cost. It reads the first tokens of a line: their vectors from a table, two convolutions over
neighbours, and what four weighings, the mean and the maximum say of all of them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Floats = NDArray[np.float32]

MOST_TOKENS = 32
MOST_CHARACTERS = 140  # of a longer line the beginning is read
LINES_AT_ONCE = 128
FAR = -1e4


@dataclass(frozen=True, slots=True)
class Meaning:
    """A tokenizer and a network of D table columns, C channels, K weighings and `dimension` outputs.

    `weights`: `table` (tokens, D), `widen` (D, C), `widen_bias`; `near` (layers, 3, C, C): what a token takes from
    the one before it, itself and the one after it, `near_bias`; `weigh` (C, K), `weigh_bias`; `output`
    (K * C + 2 * C, dimension), `output_bias`.
    """

    tokenizer: Tokenizer
    weights: dict[str, Floats]

    @property
    def dimension(self) -> int:
        """Numbers for a line."""
        return len(self.weights["output_bias"])

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a row for each text, shape (texts, dimension), each number about as large as one."""
        distinct = list(dict.fromkeys(text[:MOST_CHARACTERS] for text in texts))
        tokens = token_ids(self.tokenizer, distinct)
        order = sorted(range(len(distinct)), key=lambda n: len(tokens[n]))
        found = np.zeros((len(distinct), self.dimension), np.float32)
        for start in range(0, len(order), LINES_AT_ONCE):
            chosen = order[start : start + LINES_AT_ONCE]
            found[chosen] = self._read([tokens[n] for n in chosen])
        places = {text: n for n, text in enumerate(distinct)}
        return np.round(found[[places[text[:MOST_CHARACTERS]] for text in texts]], 3)

    def _read(self, tokens: list[list[int]]) -> Floats:
        weights, longest = self.weights, max(map(len, tokens))
        ids = np.array([line + [0] * (longest - len(line)) for line in tokens])
        there = (np.arange(longest) < np.array([len(line) for line in tokens])[:, None])[:, :, None]
        states = (weights["table"][ids] @ weights["widen"] + weights["widen_bias"]) * there
        for near, bias in zip(weights["near"], weights["near_bias"], strict=True):
            taken = states @ near[1] + bias
            taken[:, 1:] += states[:, :-1] @ near[0]
            taken[:, :-1] += states[:, 1:] @ near[2]
            states = (states + np.maximum(0, taken)) * there
        scores = states @ weights["weigh"] + weights["weigh_bias"] + np.where(there, 0, FAR)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        weighed = np.einsum("btk,btc->bkc", shares, states).reshape(len(tokens), -1)
        highest = (states + np.where(there, 0, FAR)).max(axis=1)
        mean = states.sum(axis=1) / there.sum(axis=1)
        told = np.concatenate([weighed, highest, mean], axis=1)
        return np.asarray(told @ weights["output"] + weights["output_bias"], np.float32)


def tokenizer_of(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """Return a tokenizer that cuts words into the likeliest of `pieces`, the first of which stands for the unknown."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram(list(pieces), 0))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(prepend_scheme="always"),
        ]
    )
    return tokenizer


def token_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Return the first tokens of each text, at least one."""
    return [tokenizer.encode(text).ids[:MOST_TOKENS] or [0] for text in texts]


@cache
def shipped() -> Meaning:
    """Return the network that comes with the project. Raises ModelError where its files are damaged."""
    return load(resources.files(__package__) / "data", "meaning")


def load(folder: Traversable, name: str) -> Meaning:
    """Read `NAME.json` and `NAME.safetensors`. Raises ModelError where they are damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as read

    try:
        told = json.loads((folder / f"{name}.json").read_text("utf-8"))
        content = (folder / f"{name}.safetensors").read_bytes()
        if hashlib.sha256(content).hexdigest() != told["sha256"]:
            raise ValueError("its weights are not those that were written with it")
        stored = read(content)
        pieces = stored.pop("pieces").tobytes().decode("utf-8").split("\n")
        scores = stored.pop("scores").tolist()
        table = stored.pop("table").astype(np.float32) * np.array(told["steps"], np.float32)
        weights = {key: value.astype(np.float32) for key, value in stored.items()} | {"table": table}
        if not len(pieces) == len(scores) == len(table) or table.shape[1] != len(weights["widen"]):
            raise ValueError("its parts do not fit")
        return Meaning(tokenizer_of(list(zip(pieces, scores, strict=True))), weights)
    except (OSError, ValueError, KeyError, IndexError, SafetensorError) as error:
        raise ModelError(f"{name}: the line encoder is damaged: {error}") from error
