"""A linear model over a sentence's vector and features: whether it is advice, not to do something, and for whom.

Weights are a safetensors file, what they are made for and from a JSON file beside it; both are written by
`python -m bench.train_advice --write`. Loading them runs no code.
"""

from __future__ import annotations

import importlib.resources
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus import meaning
from corpus.advice.features import FEATURES
from corpus.advice.ngrams import SIZE
from corpus.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus.advice.features import Features

    Floats = NDArray[np.float32]

NAME = "advice"
CLIP = 4.0
ALIKE = 0.93
"""The least cosine of an embedding model's vectors to those that this one was trained on: its 8-bit export has .98."""


@dataclass(frozen=True, slots=True)
class AdviceModel:
    """Weights, by name, for D numbers of a vector, M of the small encoder and F features.

    `centre`, `scale` (F); `vectors` (D, 2 + T), `contexts` (M, 2 + T), `features` (F, 2 + T), `bias` (2 + T): columns
    for advice, do not, and each of `targets`; `words` (ngrams.SIZE, 2), for the first two. The prefilter has a column
    of its own: `prefilter meanings`, `prefilter contexts` (M), `prefilter features` (F), `prefilter words`
    (ngrams.SIZE), `prefilter bias` (1).
    `probe` (P, D) are the vectors of the sentences `probes` by the embedding model that it was trained with.
    """

    targets: tuple[str, ...]
    probes: tuple[str, ...]
    weights: dict[str, Floats]
    about: dict[str, Any]

    def fits(self, probe: Floats) -> bool:
        """Whether an embedding model that makes `probe` (P, D) of the probes is the one this was trained with."""
        own = self.weights["probe"]
        if probe.shape != own.shape:
            return False
        lengths = np.linalg.norm(probe, axis=1) * np.linalg.norm(own, axis=1)
        return bool(np.min((probe * own).sum(axis=1) / np.maximum(lengths, 1e-9)) >= ALIKE)

    def prefilter(self, features: Features) -> NDArray[np.bool_]:
        """Return which sentences may be advice, as far as can be told without their vectors: the others need none.

        It is the first stage of a cascade: its threshold was set so that next to nothing of what the vectors would have
        shown is missed.
        """
        weights = self.weights
        scores = (
            features.meanings @ weights["prefilter meanings"]
            + features.contexts @ weights["prefilter contexts"]
        )
        scores = scores + self._scaled(features.rows) @ weights["prefilter features"]
        return np.asarray(
            scores + features.words @ weights["prefilter words"] + weights["prefilter bias"] >= 0
        )

    def judge(self, vectors: Floats, features: Features) -> tuple[Floats, Floats, list[str]]:
        """Return P(advice), P(do not) and the likeliest target of each sentence.

        `vectors` (n, D) are language-centred unit vectors.
        """
        weights = self.weights
        scores = vectors @ weights["vectors"] + features.contexts @ weights["contexts"]
        scores = scores + self._scaled(features.rows) @ weights["features"] + weights["bias"]
        scores[:, :2] += features.words @ weights["words"]
        chances = 1 / (1 + np.exp(-scores[:, :2]))
        targets = [self.targets[column] for column in scores[:, 2:].argmax(axis=1)] if len(scores) else []
        return chances[:, 0], chances[:, 1], targets

    def _scaled(self, rows: Floats) -> Floats:
        moved = (rows - self.weights["centre"]) / self.weights["scale"]
        return np.asarray(np.clip(moved, -CLIP, CLIP), np.float32)


@cache
def load() -> AdviceModel:
    """Read the shipped model. Raises ModelError where its files are damaged or made for other features."""
    return read(importlib.resources.files(__package__).joinpath("data"))


def read(folder: Any) -> AdviceModel:
    """Read the model in a folder. Raises ModelError where its files are damaged or made for other features."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as parse

    try:
        told = json.loads((folder / f"{NAME}.json").read_text("utf-8"))
        tensors = parse((folder / f"{NAME}.safetensors").read_bytes())
        weights = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
        targets, probes = tuple(told["targets"]), tuple(told["probes"])
        made_for, about = told["features"], told["about"]
        shapes = _shapes(2 + len(targets), weights["probe"].shape[1])
        fits = all(weights[name].shape == shape for name, shape in shapes.items())
    except (OSError, ValueError, KeyError, IndexError, SafetensorError) as error:
        raise ModelError(f"the advice model is damaged: {error}") from error
    if made_for != list(FEATURES) or not fits:
        raise ModelError("the advice model is made for other features: train it again")
    return AdviceModel(targets, probes, weights, about)


def _shapes(columns: int, dimension: int) -> dict[str, tuple[int, ...]]:
    meanings = meaning.shipped().dimension
    return {
        "centre": (len(FEATURES),),
        "scale": (len(FEATURES),),
        "vectors": (dimension, columns),
        "contexts": (meanings, columns),
        "features": (len(FEATURES), columns),
        "words": (SIZE, 2),
        "bias": (columns,),
        "prefilter meanings": (meanings,),
        "prefilter contexts": (meanings,),
        "prefilter features": (len(FEATURES),),
        "prefilter words": (SIZE,),
        "prefilter bias": (1,),
    }


def centred(vectors: Floats, languages: Sequence[str], means: dict[str, Floats]) -> Floats:
    """Return raw vectors less the general mean of their language, as unit vectors; no mean: as they are."""
    zero = np.zeros(vectors.shape[1], np.float32)
    shifts = np.array([means.get(code, zero) for code in languages], np.float32)
    moved = vectors - shifts.reshape(vectors.shape)
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), np.float32)
