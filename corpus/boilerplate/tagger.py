"""A recurrent network over the lines of a page that was trained elsewhere: evaluated with numpy, no code loaded.

Each member of the ensemble projects a unit's features, reads the page downwards and upwards with gated recurrent units
(Cho et al. 2014) and gives every unit a probability for each kind; the members' mean counts. Weights are a safetensors
file, what they are made for and from a JSON file beside it; both are written by `bench.train_lines`.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Tagger:
    """An ensemble of M members for F features and K kinds, `kinds[0]` the article.

    `weights`: `centre`, `scale` (F); `project` (M, F, P), `project_bias` (M, P); of both directions (first down, then
    up) `input` (M, 2, P, 3H), `input_bias` (M, 2, 3H), `state` (M, 2, H, 3H), `state_bias` (M, 2, 3H), gates in the
    order reset, update, new; `output` (M, 2H + P, K), `output_bias` (M, K). `about` says what it was trained on, with
    licences, and how well it does.
    """

    kinds: tuple[Kind, ...]
    weights: dict[str, Floats]
    about: dict[str, Any]

    def probabilities(self, rows: Floats) -> Floats:
        """Return the probability of every kind, shape (n, K), of a page's units, shape (n, F)."""
        weights = self.weights
        scaled = np.clip((rows - weights["centre"]) / weights["scale"], -CLIP, CLIP)
        projected = np.maximum(0, scaled @ weights["project"] + weights["project_bias"][:, None])
        context = np.concatenate([*self._read(projected), projected], axis=2)
        scores = context @ weights["output"] + weights["output_bias"][:, None]
        powers = np.exp(scores - scores.max(axis=2, keepdims=True))
        shares = powers / powers.sum(axis=2, keepdims=True)
        return np.asarray(shares.mean(axis=0), dtype=np.float32)

    def _read(self, projected: Floats) -> tuple[Floats, Floats]:
        """Return the states below each unit's lines above, and above its lines below: (M, n, P) to two of (M, n, H)."""
        weights = self.weights
        both = np.stack([projected, projected[:, ::-1]], axis=1)
        given = both @ weights["input"] + weights["input_bias"][:, :, None]
        given = np.ascontiguousarray(given.transpose(2, 0, 1, 3))
        states = np.empty((*given.shape[:3], given.shape[3] // 3), dtype=np.float32)
        state = np.zeros((*given.shape[1:3], 1, states.shape[3]), dtype=np.float32)
        for place, gates in enumerate(given):
            state = _step(state, gates[:, :, None], weights["state"], weights["state_bias"][:, :, None])
            states[place] = state[:, :, 0]
        return states[:, :, 0].transpose(1, 0, 2), states[::-1, :, 1].transpose(1, 0, 2)


def _step(state: Floats, given: Floats, weight: Floats, bias: Floats) -> Floats:
    """Return the next state of a gated recurrent unit."""
    size = state.shape[-1]
    kept = state @ weight + bias
    gates = 1 / (1 + np.exp(-(given[..., : 2 * size] + kept[..., : 2 * size])))
    reset, update = gates[..., :size], gates[..., size:]
    new = np.tanh(given[..., 2 * size :] + reset * kept[..., 2 * size :])
    return np.asarray((1 - update) * new + update * state, dtype=np.float32)


def load(folder: Traversable, name: str, features: Sequence[str]) -> Tagger:
    """Read `NAME.json` and `NAME.safetensors`. Raises ModelError where they are damaged or made for other features."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as read

    try:
        told = json.loads((folder / f"{name}.json").read_text("utf-8"))
        weights = read((folder / f"{name}.safetensors").read_bytes())
        kinds = tuple(Kind(kind) for kind in told["kinds"])
        tagger = Tagger(kinds, {k: v.astype(np.float32) for k, v in weights.items()}, told["about"])
        made_for = told["features"]
        fits = weights["project"].shape[1] == len(features) and weights["output"].shape[2] == len(kinds)
    except (OSError, ValueError, KeyError, IndexError, SafetensorError) as error:
        raise ModelError(f"{name}: the line tagger is damaged: {error}") from error
    if made_for != list(features) or not fits:
        raise ModelError(f"{name}: the line tagger is made for other features: train it again")
    return tagger
