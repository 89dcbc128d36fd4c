"""A few hundred of the mutations that `python -m bench.fuzz` makes by the hundred thousand."""

from __future__ import annotations

from bench.fuzz import fuzz
from corpus.settings import Settings

MUTATIONS = 600


def test_damaged_pages_are_read_or_rejected_with_a_reason_and_what_is_read_is_true() -> None:
    counts, wrong = fuzz(MUTATIONS, seed=20_261_123, settings=Settings())

    assert wrong == []
    assert counts.total() == MUTATIONS
    assert counts["loaded"] > MUTATIONS / 2
    assert counts["no-content"] > 0
