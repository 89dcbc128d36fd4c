"""On which side of a choice advice stands, in every language, and who contradicts whom because of it."""

from __future__ import annotations

import time

import numpy as np
import pytest

from corpus.theme_models import Theme
from corpus.themes import AdvicePoint
from corpus.themes.dissent import find_dissent
from corpus.themes.graph import unit
from corpus.themes.opposites import sides


@pytest.mark.parametrize(
    ("one", "language", "other", "its"),
    [
        ("Buy standard software.", "en", "Build your own software.", "en"),
        ("Centralisez les achats.", "fr", "Jede Abteilung kauft selbst.", "de"),
        ("Tenete il supporto in casa.", "it", "Lagern Sie den Helpdesk aus.", "de"),
        ("Firme contratos cortos.", "es", "Signez des contrats longs.", "fr"),
        ("Escolha um só fornecedor.", "pt", "要有多家供应商。", "zh"),
        ("当天就要打补丁。", "zh", "Wait two weeks before you patch.", "en"),
        ("Stellen Sie schrittweise um.", "de", "Cambie todo de una vez.", "es"),
    ],
)
def test_two_sides_of_a_choice_are_told_apart_across_languages(
    one: str, language: str, other: str, its: str
) -> None:
    found = sides([one, other], [language, its]).astype(int)
    assert (found[0] * found[1]).min() == -1


def test_who_names_both_sides_stands_on_the_first_and_who_names_none_on_neither() -> None:
    texts = ["Let them work from home, nobody must come to the office.", "They must come to the office, not work from home.", "Patch."]  # noqa: E501 # fmt: skip
    found = sides(texts, ["en"] * 3).astype(int)
    assert (found[0] == -found[1]).all()
    assert found[0].any()
    assert not found[2].any()
    assert not sides(["Buy standard software."], ["xx"]).any()


def test_sides_take_bounded_time_on_hostile_sentences() -> None:
    began = time.process_time()
    for language in ("en", "it", "fr", "de", "es", "pt", "zh"):
        sides(["the same let allow give keep " * 5_000, "a" * 100_000], [language] * 2)
    assert time.process_time() - began < 5  # a safety net for loops that do not end, not a speed


def test_two_dos_on_two_sides_are_paired_and_a_do_and_a_dont_on_two_sides_are_not() -> None:
    texts = ["Buy standard software for the shop.", "Build your own software for the shop."]
    texts += [f"Something else number {n}" for n in range(6)]
    points = [AdvicePoint(f"adv_{n}", text, text, "en", f"doc_{n}") for n, text in enumerate(texts)]
    vectors = np.eye(len(texts), 16, dtype=np.float32)
    vectors[1] = vectors[0]
    vectors = unit(vectors + 0.1)
    theme = Theme("thm", "t", (), tuple((point.advice_id, 0.5) for point in points))
    sources = [f"host{n}" for n in range(len(texts))]
    dos = ["do"] * len(texts)
    [pair] = find_dissent([theme], points, vectors, dos, sources)
    assert (pair.do_advice_id, pair.dont_advice_id) == ("adv_0", "adv_1")
    assert find_dissent([theme], points, vectors, ["do", "dont", *dos[2:]], sources) == []
