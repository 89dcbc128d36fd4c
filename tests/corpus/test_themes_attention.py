"""Of very much advice a run looks at what has changed only: less work, the same themes."""

from __future__ import annotations

import numpy as np
import pytest

from corpus.theme_models import KnownTheme
from corpus.themes import AdvicePoint
from corpus.themes import attention as attention_module
from corpus.themes.attention import look
from corpus.themes.graph import unit
from corpus.themes.history import Clustering, follow_themes
from corpus.themes.neighbours import lists_of, nearest

SUBJECTS, EACH, SIZE = 12, 60, 32


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> tuple[list[AdvicePoint], np.ndarray]:
    """Points of twelve subjects, with so low a limit that they count as very many."""
    monkeypatch.setattr("corpus.themes.neighbours.EXACT_UNTIL", 100)
    drawn = np.random.default_rng(4)
    centres = drawn.normal(size=(SUBJECTS, SIZE))
    vectors = np.concatenate([centre + drawn.normal(0, 0.45, (EACH, SIZE)) for centre in centres])
    points = [
        AdvicePoint(f"adv_{n % EACH:03}_{n // EACH:02}", f"thing {n // EACH}", None, "en", f"doc_{n}")
        for n in range(SUBJECTS * EACH)
    ]
    order = sorted(range(len(points)), key=lambda n: points[n].advice_id)
    return [points[n] for n in order], unit(vectors[order].astype(np.float32))


def known(found: Clustering) -> list[KnownTheme]:
    return [
        KnownTheme(t.theme_id, t.label, t.keywords, t.named_from, frozenset(a for a, _ in t.members), t.sub_themes, t.looked_from)  # noqa: E501
        for t in found.themes
    ]  # fmt: skip


def home(found: Clustering) -> dict[str, str]:
    return {name: theme.theme_id for theme in found.themes for name, _ in theme.members}


def test_a_day_that_adds_little_asks_for_few_neighbours_and_moves_nothing(
    crowd: tuple[list[AdvicePoint], np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    points, vectors = crowd
    before = SUBJECTS * (EACH - 1)
    first = follow_themes(points[:before], vectors[:before], [])
    asked: list[int] = []

    def counting(*given: object) -> object:
        asked.append(len(given[1]) if len(given) > 1 else len(vectors))  # type: ignore[arg-type]
        return nearest(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(attention_module, "nearest", counting)
    second = follow_themes(points, vectors, known(first))
    assert sum(asked) < len(points) / 4
    assert all(home(second)[name] == theme for name, theme in home(first).items())
    assert len(home(second)) >= 0.95 * len(points)
    assert second.events == []


def test_a_theme_that_has_grown_is_due_and_one_that_has_not_is_not(
    crowd: tuple[list[AdvicePoint], np.ndarray],
) -> None:
    points, vectors = crowd
    labels = np.array([int(point.advice_id[-2:]) for point in points], np.intp)
    sizes = [EACH] * SUBJECTS
    sizes[3] = EACH // 2
    assert look(vectors, labels, sizes).due == {3}
    assert look(vectors, labels, [0] * SUBJECTS).due == set(range(SUBJECTS))


def test_few_rows_are_asked_for_and_found_as_if_all_were(crowd: tuple[list[AdvicePoint], np.ndarray]) -> None:
    _, vectors = crowd
    rows = np.arange(0, len(vectors), 50)
    lists = lists_of(vectors)
    everything, some = nearest(vectors, None, lists), nearest(vectors, rows, lists)
    found = some[rows] > 0
    assert found.multiply(everything[rows] > 0).nnz == found.nnz


def test_lists_are_the_same_every_time(crowd: tuple[list[AdvicePoint], np.ndarray]) -> None:
    _, vectors = crowd
    assert (lists_of(vectors).order == lists_of(vectors).order).all()
