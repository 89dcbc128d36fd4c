"""A convolutional network over the lines of a page that was trained elsewhere: evaluated with numpy, no code loaded.

Each member of the ensemble projects a unit's features, then lets it look at ever farther neighbours through gated
convolutions (1, 2, 4, … units up and down, van den Oord et al. 2016) and at the mean and maximum of the whole page, and
gives every unit a probability for each kind; the members' mean counts. Weights are a safetensors file, what they are
made for and from a JSON file beside it; both are written by `bench.train_lines`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import ModelError
from corpus.models import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

CLIP = 4.0  # features are clipped at as many standard deviations
SCALING = ("centre", "scale")


@dataclass(frozen=True, slots=True)
class Tagger:
    """An ensemble of M members for F features, C channels, L layers and K kinds, `kinds[0]` the article.

    `weights`: `centre`, `scale` (F); `project` (M, F, C), `project_bias` (M, C); `near` (M, L, 3, C, 2C): what a unit
    takes from the one 2^layer above it, itself and the one as far below it, first the values, then their gates,
    `near_bias` (M, L, 2C); `whole` (M, 2C, C), `whole_bias` (M, C); `output` (M, 3C, K), `output_bias` (M, K). `about`
    says what it was trained on, with licences, and how well it does.
    """

    kinds: tuple[Kind, ...]
    weights: dict[str, Floats]
    about: dict[str, Any]

    def probabilities(self, rows: Floats) -> Floats:
        """Return the probability of every kind, shape (n, K), of a page's units, shape (n, F)."""
        scaled = np.clip((rows - self.weights["centre"]) / self.weights["scale"], -CLIP, CLIP)
        members = (
            {k: v[n] for k, v in self.weights.items() if k not in SCALING} for n in range(self.members)
        )
        shares = sum(_shares(scaled, member) for member in members)
        return np.asarray(shares / self.members, dtype=np.float32)

    @property
    def members(self) -> int:
        """How many networks decide."""
        return len(self.weights["project"])


def _shares(scaled: Floats, weights: dict[str, Floats]) -> Floats:
    """Return what one member thinks, shape (n, K)."""
    if not len(scaled):
        return np.zeros((0, len(weights["output_bias"])), dtype=np.float32)
    projected = np.maximum(0, scaled @ weights["project"] + weights["project_bias"])
    page = np.concatenate([projected.mean(axis=0), projected.max(axis=0)])
    whole = np.maximum(0, page @ weights["whole"] + weights["whole_bias"])
    states = projected
    for layer, (near, bias) in enumerate(zip(weights["near"], weights["near_bias"], strict=True)):
        states = states + _seen(states, near, bias, 2**layer)
    told = np.concatenate([states, projected, np.broadcast_to(whole, states.shape)], axis=1)
    scores = told @ weights["output"] + weights["output_bias"]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def _seen(states: Floats, near: Floats, bias: Floats, far: int) -> Floats:
    """Return what each unit learns of itself and of the units `far` above and below."""
    taken = states @ near[1] + bias
    taken[far:] += states[:-far] @ near[0]
    taken[:-far] += states[far:] @ near[2]
    values, gates = np.split(taken, 2, axis=1)
    return np.asarray(np.tanh(values) / (1 + np.exp(-gates)), dtype=np.float32)


def load(folder: Traversable, name: str, features: Sequence[str]) -> Tagger:
    """Read `NAME.json` and `NAME.safetensors`. Raises ModelError where they are damaged or made for other features."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as read

    try:
        told = json.loads((folder / f"{name}.json").read_text("utf-8"))
        content = (folder / f"{name}.safetensors").read_bytes()
        if hashlib.sha256(content).hexdigest() != told["sha256"]:
            raise ValueError("its weights are not those that were written with it")
        weights = read(content)
        kinds = tuple(Kind(kind) for kind in told["kinds"])
        tagger = Tagger(kinds, {k: v.astype(np.float32) for k, v in weights.items()}, told["about"])
        made_for = told["features"]
        fits = weights["project"].shape[1] == len(features) and weights["output"].shape[2] == len(kinds)
    except (OSError, ValueError, KeyError, IndexError, SafetensorError) as error:
        raise ModelError(f"{name}: the line tagger is damaged: {error}") from error
    if made_for != list(features) or not fits:
        raise ModelError(f"{name}: the line tagger is made for other features: train it again")
    return tagger
