"""Quality does not fall: what the benches measure on the shipped pages is at or above its floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench import advice, boilerplate, extraction, search
from bench.common import floors
from corpus.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

FLOORS = floors()


def assert_floors(figures: dict[str, float]) -> None:
    low = {name: (value, FLOORS[name]) for name, value in figures.items() if value < FLOORS[name]}
    assert low == {}, f"below the floor (figure, floor): {low}"


def test_extraction_on_the_gold_pages() -> None:
    assert_floors({f"gold: {name}": value for name, value in extraction.on_gold().items()})


def test_advice_on_the_held_out_half() -> None:
    assert_floors({"advice, held out: f1": advice.held_out_f1()["all"]})


def test_boilerplate_on_the_held_out_languages() -> None:
    held_out = [dump for dump in boilerplate.gold_dumps() if dump.language in boilerplate.HELD_OUT]
    assert_floors(
        {"boilerplate, held out: removal f1": boilerplate.figures(held_out, boilerplate.by_rules)[2]}
    )


@pytest.mark.shared
def test_boilerplate_on_the_seeds(shared_dir: Path) -> None:
    figures = boilerplate.figures(list(boilerplate.seed_dumps()), boilerplate.by_rules)
    assert_floors({"boilerplate, seeds: article lines kept": figures[3]})


def test_search_on_the_shipped_pages(sample_warehouse: Path) -> None:
    ndcg, mrr, _ = search.search_figures(Settings(warehouse=sample_warehouse))
    assert_floors({"search: nDCG@10": ndcg, "search: MRR@10": mrr})
