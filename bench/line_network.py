"""The network of the line classifier while it learns: torch in, the arrays of `corpus.boilerplate.tagger` out."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import nn

from corpus.boilerplate.tagger import CLIP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bench.train_lines import Page

ENSEMBLE = 5
SETTINGS: dict[str, Any] = {
    "channels": 64, "layers": 5, "dropout": 0.2, "epochs": 12, "batch": 16, "rate": 2e-3, "decay": 0.02,
    "written": 1, "public": 0.4, "public weight": 0.5, "article weight": 2.0, "longest": 400,
}  # fmt: skip
BUCKET = 8  # batches are cut from as many batches' worth of pages, sorted by length
IN_DOUBT, NOT_ARTICLE = -1, -2  # the truth of a unit that is not the number of a kind


class Lesson(NamedTuple):
    """A page as tensors: scaled features (n, F) and truth (n)."""

    values: torch.Tensor
    truth: torch.Tensor
    weight: float


class Network(nn.Module):
    """Projection, gated convolutions over ever farther neighbours, a look at the whole page, and scores of kinds."""

    def __init__(self, features: int, kinds: int) -> None:
        super().__init__()
        size = SETTINGS["channels"]
        self.project = nn.Linear(features, size)
        self.whole = nn.Linear(2 * size, size)
        self.near = nn.ModuleList(
            nn.Conv1d(size, 2 * size, 3, padding=2**layer, dilation=2**layer)
            for layer in range(SETTINGS["layers"])
        )
        self.output = nn.Linear(3 * size, kinds)
        self.dropout = nn.Dropout(SETTINGS["dropout"])

    def forward(self, values: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return scores, shape (pages, n, kinds), of pages padded to n units."""
        there = (torch.arange(values.shape[1])[None] < lengths[:, None]).float()[:, :, None]
        projected = torch.relu(self.project(self.dropout(values))) * there
        page = torch.cat([projected.sum(dim=1) / lengths[:, None], projected.amax(dim=1)], dim=-1)
        whole = torch.relu(self.whole(page))[:, None].expand_as(projected)
        states = projected
        for near in self.near:
            taken = near(self.dropout(states).transpose(1, 2)).transpose(1, 2)
            seen, gates = taken.chunk(2, dim=-1)
            states = (states + torch.tanh(seen) * torch.sigmoid(gates)) * there
        told = torch.cat([states, projected, whole], dim=-1)
        scores: torch.Tensor = self.output(self.dropout(told))
        return scores


def fitted(
    pages: Sequence[Page], centre: NDArray[np.float32], scale: NDArray[np.float32], kinds: int, seed: int
) -> Network:
    """Return a network that learnt from `pages`, repeatable for a seed."""
    torch.manual_seed(seed)
    draw = random.Random(seed)  # noqa: S311 - a repeatable draw, not a secret
    lessons = [_lesson(page, centre, scale) for page in pages]
    written = [lesson for lesson, page in zip(lessons, pages, strict=True) if page.group != "public"]
    public = [lesson for lesson, page in zip(lessons, pages, strict=True) if page.group == "public"]
    public = draw.sample(public, round(SETTINGS["public"] * len(public)))
    network = Network(len(centre), kinds)
    epochs = [_batches([*public, *written * SETTINGS["written"]], draw) for _ in range(SETTINGS["epochs"])]
    rate = SETTINGS["rate"]
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=SETTINGS["decay"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=sum(map(len, epochs)))
    network.train()
    for batch in (batch for epoch in epochs for batch in epoch):
        optimizer.zero_grad()
        _loss(network, batch).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return network.eval()


def _lesson(page: Page, centre: NDArray[np.float32], scale: NDArray[np.float32]) -> Lesson:
    values = np.clip((page.values - centre) / scale, -CLIP, CLIP).astype(np.float32)
    weight = float(SETTINGS["public weight"]) if page.group == "public" else 1.0
    longest = SETTINGS["longest"]
    return Lesson(torch.from_numpy(values[:longest]), torch.from_numpy(page.truth[:longest]), weight)


def _batches(lessons: list[Lesson], draw: random.Random) -> list[list[Lesson]]:
    """Return an epoch's batches: pages of like length together."""
    size = SETTINGS["batch"]
    drawn = draw.sample(lessons, len(lessons))
    batches = []
    for first in range(0, len(drawn), size * BUCKET):
        bucket = sorted(drawn[first : first + size * BUCKET], key=lambda lesson: len(lesson.truth))
        batches += [bucket[start : start + size] for start in range(0, len(bucket), size)]
    draw.shuffle(batches)
    return batches


def _loss(network: Network, batch: list[Lesson]) -> torch.Tensor:
    """Return the cross-entropy of a batch; a long page counts more than a short one, by the root of its length."""
    lengths = torch.tensor([len(lesson.truth) for lesson in batch])
    pad = nn.utils.rnn.pad_sequence
    shares = torch.log_softmax(
        network(pad([x.values for x in batch], batch_first=True), lengths).float(), dim=-1
    )
    truth = pad([lesson.truth for lesson in batch], batch_first=True, padding_value=IN_DOUBT)
    judged = (truth != IN_DOUBT).sum(dim=1).clamp(min=1)
    weight = torch.tensor([lesson.weight for lesson in batch]) / judged**0.5
    told, other = truth >= 0, truth == NOT_ARTICLE
    right = shares.gather(2, truth.clamp(min=0)[:, :, None])[:, :, 0]
    counted = torch.where(truth == 0, SETTINGS["article weight"], 1.0) * weight[:, None]
    lost = (right * counted)[told].sum()
    lost = lost + (torch.logsumexp(shares[:, :, 2:], dim=-1) * weight[:, None])[other].sum()
    return -lost / (2.5 * len(batch))


def weights_of(networks: Sequence[Network]) -> dict[str, NDArray[np.float32]]:
    """Return the arrays that `corpus.boilerplate.tagger.Tagger` describes, without centre and scale."""
    layers = range(SETTINGS["layers"])
    return {
        **{
            name: _stack(networks, f"{name}.weight").transpose(0, 2, 1)
            for name in ("project", "whole", "output")
        },
        **{f"{name}_bias": _stack(networks, f"{name}.bias") for name in ("project", "whole", "output")},
        "near": np.stack(
            [_stack(networks, f"near.{n}.weight").transpose(0, 3, 2, 1) for n in layers], axis=1
        ),
        "near_bias": np.stack([_stack(networks, f"near.{n}.bias") for n in layers], axis=1),
    }


def _stack(networks: Sequence[Network], name: str) -> NDArray[np.float32]:
    return np.stack([network.state_dict()[name].numpy() for network in networks])
