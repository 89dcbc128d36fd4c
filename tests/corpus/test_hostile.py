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
SLOW = frozenset(  # over five seconds each on a small machine: in the bench only
    "many-lines long-line-html many-paragraphs long-line-text many-same-lines many-links long-word mojibake-megabytes "
    "many-entities wide-table gzip-bomb-jsonl zip-bomb-warc many-breaks zstd-bomb-jsonl gzip-truncated".split()
)
NOT_LOADED: dict[str, dict[str, int]] = {
    "all-zeros": {"binary": 1},
    "control-characters": {"binary": 1},
    "empty": {"empty": 1},
    "empty-containers": {"empty": 5},
    "endless-json-line": {"too-large": 1},
    "frames": {"no-content": 1},
    "gzip-damaged": {"damaged": 1},
    "gzip-that-is-none": {"damaged": 1},
    "json-bad-lines": {"bad-record": 6, "empty": 2},
    "json-truncated": {"bad-record": 1},
    "lying-sidecars": {"unreadable": 4},
    "nested-gzip": {"binary": 1},
    "noise": {"binary": 1},
    "one-byte": {"no-content": 1},
    "only-digits": {"no-content": 1},
    "only-entities": {"no-content": 1},
    "only-newlines": {"empty": 1},
    "pdf-as-text": {"binary": 1},
    "png-as-html": {"binary": 1},
    "special-files": {"unreadable": 2},
    "symlink-loop": {"unreadable": 1},
    "too-large-page": {"too-large": 1},
    "unclosed-title": {"no-content": 1},
    "warc-as-gzip-of-html": {"bad-record": 1},
    "warc-bad-length": {"bad-record": 1},
    "warc-chunk-lies": {"damaged": 1},
    "warc-http-error": {"http-error": 1},
    "warc-noise": {"bad-record": 1},
    "warc-truncated": {"bad-record": 1},
    "white-space": {"empty": 1},
    "zip-as-html": {"binary": 1},
    "zstd-that-is-none": {"damaged": 1},
}


@pytest.fixture(scope="module")
def workers() -> Iterator[ParseWorkers]:
    with ParseWorkers(SETTINGS) as started:
        yield started


@pytest.mark.parametrize("name", sorted(set(CASES) - SLOW))
def test_a_hostile_case_ends_loaded_or_with_its_reason(
    name: str, workers: ParseWorkers, tmp_path: Path
) -> None:
    if name == "unreadable-file" and os.geteuid() == 0:
        pytest.skip("root reads every file")

    counts = outcomes(name, tmp_path, workers, SETTINGS)

    assert {code: count for code, count in counts.items() if code != "loaded"} == NOT_LOADED.get(name, {})
    assert counts.total() > 0


def test_there_are_more_than_sixty_cases() -> None:
    assert len(CASES) > 60
