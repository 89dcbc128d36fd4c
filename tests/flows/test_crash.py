from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from bench.crash import campaign
from bench.readers import measure
from bench.trouble import outcomes

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.settings import Settings

KILLS = 48  # beside the 52 named steps: 100


def test_after_a_hundred_kills_a_plain_run_ends_as_one_never_killed(tmp_path: Path, tiny: Settings) -> None:
    found = campaign(tmp_path, KILLS, 1, tiny, in_a_row=13)

    assert [problem for _, tally in found for problem in tally.problems] == []
    assert sum(tally.killed for _, tally in found) == 100
    assert sum(tally.recoveries["equal"] for _, tally in found) >= 10


def test_what_a_full_a_read_only_and_a_failing_disk_do_to_a_run_is_told_and_made_good(
    tmp_path: Path, tiny: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    found = list(outcomes(tmp_path, tiny, sizes=2, calls=("read",), places=("pages", "search")))

    left_out = capsys.readouterr().err
    if left_out:
        print(f"NOT TESTED: {left_out}", file=sys.stderr)
    assert [outcome for outcome in found if not outcome.is_good] == []
    told = " ".join(outcome.told for outcome in found)
    assert ("No space left on device" in told and "read-only" in told) or "unshare" in left_out
    assert "the disk is failing" in told or "system calls" in left_out
    assert "another run is writing this warehouse" in told


def test_readers_see_one_whole_run_each_through_publications(tmp_path: Path, tiny: Settings) -> None:
    found = measure(tmp_path, tiny, readers=2, publishes=3, seed=1)

    assert found["problems"] == []
    assert found["runs"][0] == 1
    assert len(found["stayed"]) == 1
    assert found["held"] >= 1, "the reader that stayed keeps its file"
    assert found["left"] == ["w.duckdb", "w.duckdb.lock", "w.duckdb.working"]
