"""Themes from day to day: what stays, what happens and why, and what a person ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import SettingsError
from corpus.theme_models import KnownTheme, Theme
from corpus.themes import AdvicePoint
from corpus.themes.dissent import find_dissent
from corpus.themes.graph import unit
from corpus.themes.history import Clustering, follow_themes
from corpus.themes.neighbours import nearest
from corpus.themes.orders import ThemeOrders, part_id, read

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 16
AXES = np.eye(SIZE, dtype=np.float32)
WORDS = ("sell", "patch", "hire", "cloud", "audit")


def day(*groups: tuple[int, int, int]) -> tuple[list[AdvicePoint], np.ndarray]:
    """Return points of groups (axis, first number, count), each near its axis."""
    points, vectors = [], []
    for axis, first, count in groups:
        for number in range(first, first + count):
            noise = np.random.default_rng(1000 * axis + number).normal(0, 0.12, SIZE)
            text = f"{WORDS[axis % len(WORDS)]} the {WORDS[axis % len(WORDS)]} thing number {number}"
            points.append(AdvicePoint(f"adv_{axis}_{number:03}", text, text, "en", f"doc_{axis}_{number}"))
            vectors.append(AXES[axis] + noise)
    return points, unit(np.asarray(vectors, np.float32))


def tomorrow(found: Clustering) -> list[KnownTheme]:
    return [KnownTheme.of(theme) for theme in found.themes]


def home(found: Clustering) -> dict[str, str]:
    return {name: theme.theme_id for theme in found.themes for name, _ in theme.members}


def labels(found: Clustering) -> dict[str, str]:
    return {theme.theme_id: theme.label for theme in found.themes}


def encode(words: object, languages: object) -> np.ndarray:
    """Words that name an axis lie on it."""
    return np.stack([AXES[int(word[-1])] if word[-1].isdigit() else AXES[-1] for word in words])  # type: ignore[attr-defined]


def test_the_first_themes_are_births_with_a_reason() -> None:
    found = follow_themes(*day((0, 0, 12), (1, 0, 12)), [])
    assert [(event.event, event.advice_count) for event in found.events] == [("birth", 12), ("birth", 12)]
    assert all(event.reason for event in found.events)


def test_nothing_new_changes_nothing_and_has_no_events() -> None:
    today = day((0, 0, 12), (1, 0, 12))
    first = follow_themes(*today, [])
    second = follow_themes(*today, tomorrow(first))
    assert home(second) == home(first)
    assert labels(second) == labels(first)
    assert second.events == []


def test_growing_themes_keep_ids_and_labels_and_a_new_subject_is_born() -> None:
    first = follow_themes(*day((0, 0, 12), (1, 0, 12)), [])
    second = follow_themes(*day((0, 0, 16), (1, 0, 14), (2, 0, 10)), tomorrow(first))
    assert all(home(second)[name] == theme for name, theme in home(first).items())
    assert labels(first).items() <= labels(second).items()
    assert [event.event for event in second.events] == ["birth"]


def test_a_theme_that_doubles_may_be_called_anew_and_says_so() -> None:
    known = [KnownTheme("thm_a", "an old name", ("old",), 4, frozenset(f"adv_0_{n:03}" for n in range(4)))]
    found = follow_themes(*day((0, 0, 12), (1, 0, 30), (2, 0, 30)), known)
    [renamed] = [event for event in found.events if event.event == "rename"]
    assert "an old name" in renamed.reason
    assert labels(found)["thm_a"] != "an old name"


def test_a_theme_whose_advice_is_gone_dies_with_a_reason_and_its_id_is_not_given_again() -> None:
    first = follow_themes(*day((0, 0, 12), (1, 0, 12)), [])
    second = follow_themes(*day((0, 0, 12), (3, 0, 12)), tomorrow(first))
    assert {event.event for event in second.events} == {"death", "birth"}
    [death] = [event for event in second.events if event.event == "death"]
    assert death.theme_id not in labels(second)
    assert death.advice_count == 12


def test_a_theme_of_two_subjects_splits_and_the_split_names_whence_it_came() -> None:
    points, vectors = day((0, 0, 20), (1, 0, 20), (2, 0, 20))
    lumped = frozenset(p.advice_id for p in points if p.advice_id[4] in "01")
    other = frozenset(p.advice_id for p in points if p.advice_id[4] == "2")
    known = [KnownTheme("thm_lump", "both", (), 40, lumped), KnownTheme("thm_rest", "rest", (), 20, other)]
    found = follow_themes(points, vectors, known)
    [split] = [event for event in found.events if event.event == "split"]
    assert split.other_theme_id == "thm_lump"
    assert len(found.themes) == 3
    kept = follow_themes(points, vectors, known, orders=ThemeOrders(pin=frozenset({"thm_lump"})))
    assert len(kept.themes) == 2


def test_two_halves_of_one_subject_merge() -> None:
    points, vectors = day((0, 0, 20), (1, 0, 20), (2, 0, 20))
    halves = [frozenset(f"adv_0_{n:03}" for n in range(start, 20, 2)) for start in (0, 1)]
    known = [KnownTheme(f"thm_{n}", f"half {n}", (), 10, half) for n, half in enumerate(halves)]
    found = follow_themes(points, vectors, known)
    [merge] = [event for event in found.events if event.event == "merge"]
    assert {merge.theme_id, merge.other_theme_id} == {"thm_0", "thm_1"}
    assert len({home(found)[f"adv_0_{n:03}"] for n in range(20)}) == 1


def test_parts_keep_their_ids_and_lie_inside_their_theme() -> None:
    points, vectors = day((0, 0, 12), (1, 0, 12))
    closer = unit(vectors + 1.2 * AXES[5])
    known = [KnownTheme("thm_all", "all", (), 24, frozenset(p.advice_id for p in points))]
    orders = ThemeOrders(pin=frozenset({"thm_all"}))
    first = follow_themes(points, closer, known, orders=orders)
    [theme] = first.themes
    assert len(theme.sub_themes) == 2
    assert {a for part in theme.sub_themes for a in part.members} <= {a for a, _ in theme.members}
    again = follow_themes(points, closer, tomorrow(first), orders=orders)
    assert [p.sub_theme_id for p in again.themes[0].sub_themes] == [p.sub_theme_id for p in theme.sub_themes]


# What a person ordered


def test_a_renamed_theme_stays_renamed_after_twenty_runs_and_gets_its_own_name_back_when_no_longer_ordered() -> (
    None
):
    found = follow_themes(*day((0, 0, 12), (1, 0, 12)), [])
    theme = found.themes[0].theme_id
    orders = ThemeOrders(rename={theme: "Selling IT"})
    for run in range(20):
        found = follow_themes(
            *day((0, 0, 12 + 3 * run), (1, 0, 12 + 2 * run)), tomorrow(found), orders=orders
        )
        assert labels(found)[theme] == "Selling IT"
    assert follow_themes(*day((0, 0, 69), (1, 0, 50)), tomorrow(found)).events[0].event == "rename"


def test_a_merge_holds_in_every_later_run() -> None:
    found = follow_themes(*day((0, 0, 12), (1, 0, 12)), [])
    one, other = (theme.theme_id for theme in found.themes)
    orders = ThemeOrders(merge={one: (other,)})
    for run in range(3):
        found = follow_themes(*day((0, 0, 12 + run), (1, 0, 12 + run)), tomorrow(found), orders=orders)
        assert set(labels(found)) == {one}
        assert found.unknown == ()
        assert [event.event for event in found.events if event.event == "merge"] == ["merge"] * (run == 0)
        assert "death" not in {event.event for event in found.events}


def test_a_split_gives_named_parts_that_hold_in_every_later_run() -> None:
    points, vectors = day((0, 0, 12), (1, 0, 12))
    known = [KnownTheme("thm_x", "x", (), 24, frozenset(p.advice_id for p in points))]
    orders = ThemeOrders(split={"thm_x": ("part 0", "part 1")})
    found = follow_themes(points, vectors, known, encode=encode, orders=orders)
    assert labels(found) == {part_id("thm_x", "part 0"): "part 0", part_id("thm_x", "part 1"): "part 1"}
    later = follow_themes(*day((0, 0, 14), (1, 0, 14)), tomorrow(found), encode=encode, orders=orders)
    assert labels(later) == labels(found)
    assert later.unknown == ()


def test_orders_about_themes_that_are_not_there_are_told() -> None:
    found = follow_themes(*day((0, 0, 12)), [], orders=ThemeOrders(rename={"thm_nowhere": "x"}))
    assert found.unknown == ("thm_nowhere",)


def test_a_file_of_orders_is_read(tmp_path: Path) -> None:
    file = tmp_path / "themes.toml"
    file.write_text('pin = ["a"]\n[rename]\nb = "B"\n[merge]\nc = ["d"]\n[split]\ne = ["f", "g"]\n', "utf-8")
    orders = read(file)
    assert (orders.pin, orders.rename, orders.merge, orders.split) == ({"a"}, {"b": "B"}, {"c": ("d",)}, {"e": ("f", "g")})  # noqa: E501 # fmt: skip
    assert orders.named == {"a", "b", "c", "d", "e"}
    assert read(None).named == set()
    assert orders.fingerprint != read(None).fingerprint


@pytest.mark.parametrize(
    "text",
    [
        "pins = []",
        "pin = 1",
        "[rename]\na = 1",
        "merge = 2",
        "[merge]\na = ['']",
        "[split]\na = ['only']",
        "[merge]\na = ['b']\nc = ['b']",
        "pin = ['b']\n[merge]\na = ['b']",
        "pin = ['a']\n[split]\na = ['b', 'c']",
        "= broken",
    ],
)
def test_a_file_that_says_what_it_may_not_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "themes.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"themes\.toml"):
        read(file)


def test_a_missing_file_of_orders_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        read(tmp_path / "nowhere.toml")


# Properties


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_points_and_of_known_themes_does_not_matter(source: object) -> None:
    first = follow_themes(*day((0, 0, 12), (1, 0, 12), (2, 0, 5)), [])
    points, vectors = day((0, 0, 15), (1, 0, 13), (2, 0, 9), (3, 0, 6))
    order, known = list(range(len(points))), tomorrow(first)
    expected = follow_themes(points, vectors, known)
    source.shuffle(order)  # type: ignore[attr-defined]  # Hypothesis hands over a random.Random
    source.shuffle(known)  # type: ignore[attr-defined]
    assert follow_themes([points[i] for i in order], vectors[order], known) == expected


def test_lists_find_nearly_all_that_the_exact_search_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = np.random.default_rng(2)
    centres = drawn.normal(size=(80, 64)).astype(np.float32)
    vectors = unit(
        centres[drawn.integers(80, size=3000)] + drawn.normal(0, 0.6, (3000, 64)).astype(np.float32)
    )
    exact = nearest(vectors)
    monkeypatch.setattr("corpus.themes.neighbours.EXACT_UNTIL", 10)
    listed = nearest(vectors)
    shared = exact.multiply(listed > 0).nnz / exact.nnz
    assert shared > 0.9
    assert (listed != nearest(vectors)).nnz == 0


# Dissent


def test_a_do_and_a_dont_about_the_same_thing_are_paired_across_sources() -> None:
    points, vectors = day((0, 0, 6), (1, 0, 6), (2, 0, 6))
    vectors[0] = vectors[1] = AXES[0]
    vectors = unit(0.6 * vectors + 0.4 * AXES[5])
    polarities = ["do", "dont"] + ["do"] * (len(points) - 2)
    theme = Theme("thm_a", "a", ("a",), tuple((point.advice_id, 0.5) for point in points))
    sources = [f"host{n}" for n in range(len(points))]
    [pair] = find_dissent([theme], points, vectors, polarities, sources)
    assert (pair.do_advice_id, pair.dont_advice_id) == ("adv_0_000", "adv_0_001")
    assert 0.5 <= pair.score <= 1
    same = ["host"] * len(points)
    assert find_dissent([theme], points, vectors, polarities, same) == []
    assert find_dissent([theme], points, vectors, ["do"] * len(points), sources) == []
