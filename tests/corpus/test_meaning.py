"""The line encoder: what it says is alike, that numpy computes what torch learnt, and that damage is refused."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.train_meaning import Student
from corpus import meaning
from corpus.boilerplate.features import MEANING
from corpus.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

DATA = resources.files("corpus.meaning") / "data"
# Sentences that say the same in two languages; none is a line that the encoder learnt.
PAIRS = [
    ("Take our weekly letter, free of charge", "Prendete la nostra lettera settimanale, gratis"),
    ("The tape robot dropped three cassettes", "Der Bandroboter hat drei Kassetten fallen lassen"),
    ("Request a demonstration of our platform", "Demandez une démonstration de notre plateforme"),
    ("She was a nurse before she directed computing", "Antes de dirigir la informática fue enfermera"),
    ("Copying this page needs our permission", "A reprodução desta página exige a nossa autorização"),
]  # fmt: skip


def test_lines_that_say_the_same_are_nearer_than_others() -> None:
    left, right = (meaning.shipped().encode([pair[side] for pair in PAIRS]) for side in (0, 1))
    left, right = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (left, right))
    alike = left @ right.T
    others = alike[~np.eye(len(PAIRS), dtype=bool)]
    assert np.diag(alike).mean() > others.mean() + 0.2


def test_the_numpy_network_computes_what_torch_computes() -> None:
    import torch

    from bench.train_meaning import arrays

    torch.manual_seed(3)
    words = np.random.default_rng(3).normal(size=(40, 384)).astype(np.float32)
    student = Student(words).eval()
    pieces = [("<unk>", 0.0), ("▁", -1.0), *((chr(ord("a") + n), -2.0 - n / 10) for n in range(26))]
    pieces += [(f"▁{chr(ord('a') + n)}", -3.0) for n in range(12)]
    ours = meaning.Meaning(meaning.tokenizer_of(pieces), arrays(student))
    texts = ["abc de", "k", "a b c d e f", "zzzz yy"]
    ids = meaning.token_ids(ours.tokenizer, texts)
    padded = torch.nn.utils.rnn.pad_sequence([torch.tensor(line) for line in ids], batch_first=True)
    with torch.no_grad():
        theirs = student(padded, torch.tensor([len(line) for line in ids])).numpy()
    np.testing.assert_allclose(ours.encode(texts), theirs, atol=2e-3)


@settings(max_examples=40, deadline=None)  # a busy machine is no failure
@given(st.lists(st.text(max_size=200), max_size=12))
def test_every_text_has_finite_numbers_and_stands_alone(texts: list[str]) -> None:
    rows = meaning.shipped().encode(texts)
    assert rows.shape == (len(texts), MEANING)
    assert np.isfinite(rows).all()
    for text, row in zip(texts, rows, strict=True):
        np.testing.assert_allclose(meaning.shipped().encode([text])[0], row, atol=2e-3)


@pytest.mark.parametrize("harm", ["cut", "garbage", "no steps", "other steps"])
def test_a_damaged_encoder_is_refused(tmp_path: Path, harm: str) -> None:
    weights = (DATA / "meaning.safetensors").read_bytes()
    told = json.loads((DATA / "meaning.json").read_text("utf-8"))
    if harm == "cut":
        weights = weights[: len(weights) // 2]
    elif harm == "garbage":
        weights = b"\x80\x04cposix\nsystem\n" + weights
    elif harm == "no steps":
        del told["steps"]
    else:
        told["steps"] = told["steps"][1:]
    (tmp_path / "meaning.safetensors").write_bytes(weights)
    (tmp_path / "meaning.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(ModelError, match="meaning"):
        meaning.load(tmp_path, "meaning")


def test_the_encoder_names_its_teacher_and_licences_and_is_small() -> None:
    about = json.loads((DATA / "meaning.json").read_text("utf-8"))["about"]
    assert "multilingual-e5-small: MIT" in about["licences"]
    assert len((DATA / "meaning.safetensors").read_bytes()) < 6_000_000
