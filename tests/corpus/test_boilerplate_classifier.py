"""The line classifier: its features, its model, and what it may and may not decide."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.line_network import Network, weights_of
from corpus.boilerplate import classifier, judge_draft, tagger
from corpus.boilerplate.features import FEATURES, features
from corpus.boilerplate.tagger import CLIP
from corpus.errors import ModelError
from corpus.extract.text import line_blocks
from corpus.models import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from corpus.boilerplate.draft import Draft

PROSE = [
    "Three years ago our company stopped asking departments what they wanted from IT and began to watch them work.",
    "A week in the warehouse taught us more than two years of steering committees, and it cost a pair of boots.",
    "You should write down the decision, the price and the date, and then read it aloud to somebody who has to pay.",
    "Nobody on the board has asked for a slide about architecture since, because each project now carries one figure.",
]
PAGE = [
    "Harbour Letters", "Ports", "Tides", "Ropes and knots", "A title of some words", *PROSE, "So we left.",
    "Ada Marchetti has looked after computers for a grocer and a port.", "Votes of members 12", "Set in Plantin",
    "© 2020 Harbour Letters",
]  # fmt: skip


DATA = resources.files("corpus.boilerplate") / "data"


def test_the_model_names_its_data_and_licences_and_is_small() -> None:
    about = tagger.load(DATA, "lines", FEATURES).about
    assert "WCXB" in about["trained on"]
    assert "CC-BY-4.0" in about["licence of the data"]
    assert len((DATA / "lines.safetensors").read_bytes()) < 2_000_000


@pytest.mark.parametrize("harm", ["cut", "garbage", "other features", "no kinds"])
def test_a_damaged_model_is_refused(tmp_path: Path, harm: str) -> None:
    weights, told = (
        (DATA / "lines.safetensors").read_bytes(),
        json.loads((DATA / "lines.json").read_text("utf-8")),
    )
    if harm == "cut":
        weights = weights[: len(weights) // 2]
    elif harm == "garbage":
        weights = b"\x80\x04cposix\nsystem\n" + weights
    elif harm == "other features":
        told["features"] = told["features"][::-1]
    else:
        del told["kinds"]
    (tmp_path / "lines.safetensors").write_bytes(weights)
    (tmp_path / "lines.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(ModelError, match="lines"):
        tagger.load(tmp_path, "lines", FEATURES)


def test_the_numpy_network_computes_what_torch_computes() -> None:
    import torch

    torch.manual_seed(3)
    drawn = np.random.default_rng(3)
    networks = [Network(len(FEATURES), 14).eval() for _ in range(2)]
    scaled = {"centre": np.zeros(len(FEATURES), np.float32), "scale": np.ones(len(FEATURES), np.float32)}
    ours = tagger.Tagger(classifier.kinds(), weights_of(networks) | scaled, {})
    rows = drawn.uniform(-CLIP, CLIP, (37, len(FEATURES))).astype(np.float32)
    with torch.no_grad():
        scores = [network(torch.from_numpy(rows)[None], torch.tensor([37]))[0] for network in networks]
        theirs = torch.stack([torch.softmax(score, dim=-1) for score in scores]).mean(dim=0).numpy()
    np.testing.assert_allclose(ours.probabilities(rows), theirs, atol=1e-5)


LINES = st.one_of(
    st.text(max_size=60), st.sampled_from([*PAGE, "--", "6yThis", "12. März 2019", "图片", "a | b"])
)


@settings(max_examples=40, deadline=None)  # a busy machine is no failure
@given(st.lists(LINES, max_size=40))
def test_features_are_finite_numbers_whatever_the_page(lines: list[str]) -> None:
    draft = judge_draft(line_blocks("\n".join(lines)), "text")
    rows = features(draft)
    assert rows.shape == (len(draft.units), len(FEATURES))
    assert np.isfinite(rows).all()


def thought(draft: Draft, article: NDArray[np.float32], kind: Kind) -> NDArray[np.float32]:
    """Return probabilities: `article` for the article, the rest for `kind`."""
    probability = np.zeros((len(draft.units), len(classifier.kinds())), dtype=np.float32)
    probability[:, 0] = article
    probability[:, classifier.kinds().index(kind)] = 1 - article
    return probability


@settings(max_examples=40, deadline=None)  # a busy machine is no failure
@given(st.lists(LINES, min_size=1, max_size=40), st.integers(0, 2**32 - 1))
def test_no_probability_leaves_a_page_without_prose_that_had_some(lines: list[str], seed: int) -> None:
    draft = judge_draft(line_blocks("\n".join((*lines, *PROSE))), "text")
    had = bool(draft.prose_places())
    drawn = np.random.default_rng(seed).random(len(draft.units)).astype(np.float32)
    classifier.decide(draft, thought(draft, drawn / 5, Kind.RELATED))
    assert bool(draft.prose_places()) >= had


def test_only_what_is_surely_no_article_goes_and_under_its_kind() -> None:
    draft = judge_draft(line_blocks("\n".join(PAGE)), "text")
    article = np.where([unit.prose for unit in draft.units], 0.95, 0.05).astype(np.float32)
    article[[unit.text == "So we left." for unit in draft.units]] = 0.3
    classifier.decide(draft, thought(draft, article, Kind.PROMOTION))
    found = {unit.text: kind for unit, kind in zip(draft.units, draft.kinds, strict=True)}
    assert found["So we left."] is None
    assert found["Set in Plantin"] is Kind.PROMOTION
    assert all(found[line] is None for line in PROSE)


def test_a_rule_that_the_page_as_a_whole_speaks_against_is_taken_back_a_fallible_one_sooner() -> None:
    draft = judge_draft(line_blocks("\n".join(PAGE)), "text")
    before = list(draft.kinds)
    assert before[0] is Kind.NAVIGATION
    assert before[-1] is Kind.LEGAL
    classifier.decide(draft, thought(draft, np.full(len(draft.units), 0.6, np.float32), Kind.LEGAL))
    assert draft.kinds == [*before[:-1], None]
    classifier.decide(draft, thought(draft, np.full(len(draft.units), 0.95, np.float32), Kind.LEGAL))
    assert draft.kinds == [None] * len(before)


def test_the_line_that_most_probably_is_the_title_is_it_in_place_of_one_at_the_head() -> None:
    draft = judge_draft(line_blocks("\n".join(PAGE)), "text")
    assert draft.kinds[4] is Kind.TITLE
    probability = thought(draft, np.full(len(draft.units), 0.9, np.float32), Kind.LEGAL)
    probability[3] = 0
    probability[3, classifier.kinds().index(Kind.TITLE)] = 1
    classifier.decide(draft, probability)
    assert [place for place, kind in enumerate(draft.kinds) if kind is Kind.TITLE] == [3]


def test_a_short_page_is_left_to_the_rules() -> None:
    draft = judge_draft(line_blocks("\n".join(PROSE[:3])), "text")
    classifier.mark(draft)
    assert draft.rules == [""] * 3
