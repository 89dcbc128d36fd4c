from __future__ import annotations

from typing import TYPE_CHECKING

from bench import faults
from corpus import endure
from flows import runner

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from corpus.settings import Settings

PAGES = 60


def test_every_page_and_passage_survives_engines_that_fail(
    tmp_path: Path, tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endure, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(runner, "RETRY_SECONDS", (0, 0))
    found = faults.measure(tmp_path, tiny, PAGES, seed=1)

    assert faults.problems(found, PAGES) == []
    calm, struck, again, over = found["rows"]
    assert struck["with_reason"] > 0
    assert struck["sentences_with_reason"] > 0
    assert again["with_reason"] == struck["with_reason"]
    assert over["with_reason"] == over["sentences_with_reason"] == calm["with_reason"] == 0
    assert found["faults"].passed > 0
