"""The line classifier: its features, its model, and what it may and may not decide."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import trees
from corpus.boilerplate import classifier, judge_draft
from corpus.boilerplate.features import FEATURES, features, without_letters
from corpus.boilerplate.kinds import infer
from corpus.boilerplate.looks import WEAK
from corpus.boilerplate.stems import stems_of
from corpus.extract.text import line_blocks
from corpus.models import Kind

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


def test_the_model_names_its_data_and_licence_and_is_small() -> None:
    file = resources.files("corpus.boilerplate") / "data" / "lines.json"
    model = trees.load(file, FEATURES)
    assert "WCXB" in model.about["trained on"]
    assert model.about["licence of the data"] == "CC-BY-4.0"
    assert len(file.read_bytes()) < 1_000_000


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
    assert without_letters(rows).shape == rows.shape


@settings(max_examples=40, deadline=None)  # a busy machine is no failure
@given(st.lists(LINES, min_size=1, max_size=40), st.integers(0, 2**32 - 1))
def test_no_probability_leaves_a_page_without_prose_or_moves_a_sure_rule(lines: list[str], seed: int) -> None:
    draft = judge_draft(line_blocks("\n".join((*lines, *PROSE))), "text")
    before = list(zip(draft.kinds, draft.rules, strict=True))
    classifier.decide(draft, np.random.default_rng(seed).random(len(draft.units)).astype(np.float32))
    assert draft.prose_places() or not any(
        u.prose and k is None for u, (k, _) in zip(draft.units, before, strict=True)
    )
    sure = [n for n, (kind, rule) in enumerate(before) if kind is not None and not rule.endswith(WEAK)]
    assert [(draft.kinds[n], draft.rules[n]) for n in sure] == [before[n] for n in sure]


def test_it_decides_above_inside_and_below_by_different_measures() -> None:
    draft = judge_draft(line_blocks("\n".join(PAGE)), "text")
    probability = np.where([unit.prose for unit in draft.units], 0.05, 0.95).astype(np.float32)
    probability[[unit.text in ("So we left.", "Set in Plantin") for unit in draft.units]] = 0.66
    classifier.decide(draft, probability)
    rules = {unit.text: rule for unit, rule in zip(draft.units, draft.rules, strict=True)}
    assert rules["So we left."] == ""
    assert rules["Set in Plantin"] == "classifier:tail"
    assert all(rules[line] == "" for line in PROSE)


def test_a_short_page_is_left_to_the_rules() -> None:
    draft = judge_draft(line_blocks("\n".join(PROSE[:3])), "text")
    classifier.mark(draft)
    assert draft.rules == [""] * 3


@pytest.mark.parametrize(
    ("line", "part", "kind"),
    [
        ("Get every new letter in your mailbox", "tail", Kind.NEWSLETTER),
        ("12 March 2019", "head", Kind.BYLINE),
        ("Ports and tides", "head", Kind.NAVIGATION),
        ("Some words nobody knows", "inside", Kind.OTHER),
    ],
)
def test_a_line_that_only_the_classifier_drops_gets_a_kind_by_words_and_place(
    line: str, part: str, kind: Kind
) -> None:
    lines = ["A title of some words", line, *PROSE] if kind is Kind.BYLINE else [line, *PROSE]
    draft = judge_draft(line_blocks("\n".join(lines)), "text")
    if kind is Kind.BYLINE:
        draft.kinds[0], draft.kinds[1] = Kind.TITLE, None
    place = lines.index(line)
    words = stems_of(draft.units).count(draft.units[place])
    assert infer(draft, place, part, words) is kind
