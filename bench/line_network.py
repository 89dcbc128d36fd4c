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

ENSEMBLE = 3
SETTINGS: dict[str, Any] = {
    "projection": 64, "hidden": 96, "dropout": 0.3, "epochs": 14, "batch": 16, "rate": 2e-3, "decay": 0.02,
    "written": 1, "public": 0.15, "public weight": 0.5, "article weight": 2.0, "longest": 400,
}  # fmt: skip
BUCKET = 8  # batches are cut from as many batches' worth of pages, sorted by length
IN_DOUBT, NOT_ARTICLE = -1, -2  # the truth of a unit that is not the number of a kind


class Lesson(NamedTuple):
    """A page as tensors: scaled features (n, F) and truth (n)."""

    values: torch.Tensor
    truth: torch.Tensor
    weight: float


class Network(nn.Module):
    """Projection, bidirectional gated recurrent units, and scores of kinds from both."""

    def __init__(self, features: int, kinds: int) -> None:
        super().__init__()
        size, hidden = SETTINGS["projection"], SETTINGS["hidden"]
        self.project = nn.Linear(features, size)
        self.read = nn.GRU(size, hidden, bidirectional=True, batch_first=True)
        self.output = nn.Linear(2 * hidden + size, kinds)
        self.dropout = nn.Dropout(SETTINGS["dropout"])

    def forward(self, values: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return scores, shape (pages, n, kinds), of pages padded to n units."""
        projected = self.dropout(torch.relu(self.project(self.dropout(values))))
        packed = nn.utils.rnn.pack_padded_sequence(projected, lengths, batch_first=True, enforce_sorted=False)
        states, _ = nn.utils.rnn.pad_packed_sequence(self.read(packed)[0], batch_first=True)
        scores: torch.Tensor = self.output(self.dropout(torch.cat([states, projected], dim=-1)))
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
    scores = network(
        nn.utils.rnn.pad_sequence([lesson.values for lesson in batch], batch_first=True), lengths
    )
    total = torch.zeros(())
    for shares, lesson in zip(torch.log_softmax(scores, dim=-1), batch, strict=True):
        told, other = lesson.truth >= 0, lesson.truth == NOT_ARTICLE
        shares = shares[: len(lesson.truth)]
        right = shares[told].gather(1, lesson.truth[told][:, None])[:, 0]
        lost = (right * torch.where(lesson.truth[told] == 0, SETTINGS["article weight"], 1.0)).sum()
        lost = lost + torch.logsumexp(shares[other][:, 2:], dim=-1).sum()
        total = total - lesson.weight * lost / (lesson.truth != IN_DOUBT).sum().clamp(min=1) ** 0.5
    return total / (2.5 * len(batch))


def weights_of(networks: Sequence[Network]) -> dict[str, NDArray[np.float32]]:
    """Return the arrays that `corpus.boilerplate.tagger.Tagger` describes, without centre and scale."""
    return {
        "project": _stack(networks, "project.weight").transpose(0, 2, 1),
        "project_bias": _stack(networks, "project.bias"),
        "input": _both(networks, "read.weight_ih_l0").transpose(0, 1, 3, 2),
        "input_bias": _both(networks, "read.bias_ih_l0"),
        "state": _both(networks, "read.weight_hh_l0").transpose(0, 1, 3, 2),
        "state_bias": _both(networks, "read.bias_hh_l0"),
        "output": _stack(networks, "output.weight").transpose(0, 2, 1),
        "output_bias": _stack(networks, "output.bias"),
    }


def _stack(networks: Sequence[Network], name: str) -> NDArray[np.float32]:
    return np.stack([network.state_dict()[name].numpy() for network in networks])


def _both(networks: Sequence[Network], name: str) -> NDArray[np.float32]:
    return np.stack([_stack(networks, name), _stack(networks, f"{name}_reverse")], axis=1)
