"""Themes stay from day to day: real vectors of public sentences, five days in a row (bench/theme_days.py)."""

from __future__ import annotations

from bench import theme_days
from bench.common import floors


def test_old_advice_keeps_its_theme_over_five_days() -> None:
    figures = theme_days.measured(small=True)
    kept, worst, themes, agreement, late = figures["this project"]
    peer_kept, _, _, peer_agreement, _ = figures["Leiden anew, matched"]
    assert kept >= floors()["themes, 5 days: kept"]
    assert worst >= kept - 0.03
    assert kept > peer_kept
    assert agreement >= peer_agreement - 0.02
    assert late >= 1, "the subject that begins on the second day gets no theme"
    assert themes > late
