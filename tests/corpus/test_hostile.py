"""Every hostile case of the bench ends loaded or quarantined with the reason that belongs to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bench.hostile import outcomes
from bench.hostile_sources import CASES
from corpus.settings import Settings
from corpus.workers import ParseWorkers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTINGS = Settings(workers=1, page_timeout_seconds=60)
NOT_LOADED: dict[str, dict[str, int]] = {}


@pytest.fixture(scope="module")
def workers() -> Iterator[ParseWorkers]:
    with ParseWorkers(SETTINGS) as started:
        yield started


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_hostile_case_ends_loaded_or_with_its_reason(name: str, workers: ParseWorkers, tmp_path: Path) -> None:
    if name == "unreadable-file" and os.geteuid() == 0:
        pytest.skip("root reads every file")

    counts = outcomes(name, tmp_path, workers, SETTINGS)

    assert {code: count for code, count in counts.items() if code != "loaded"} == NOT_LOADED.get(name, {})
    assert counts.total() > 0


def test_there_are_more_than_sixty_cases() -> None:
    assert len(CASES) > 60
