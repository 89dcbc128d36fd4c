"""The small form of `python -m bench.injection`: hostile strings through the doors of a reader, and in pages."""

from __future__ import annotations

import warnings
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from rich.console import Console

from bench.injection import attack, places
from bench.injection_pages import hostile_run
from bench.injection_shell import EVERY
from bench.payloads import payloads, tricks
from corpus.settings import Settings
from flows.cli.listing import show_themes
from flows.tables import markdown_text
from warehouse import ThemeRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = 7
FEW = 14  # one of each family


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with places(tmp_path_factory.mktemp("places")) as made:
        yield made


def test_hostile_pages_are_data_and_so_is_what_is_asked_of_them(place: Path, tmp_path: Path) -> None:
    chosen = payloads(FEW, SEED, place / "outside")
    assert len({payload.family for payload in chosen}) == FEW

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what hostile pages make libraries say
        published, failures = hostile_run(tmp_path / "pages", chosen[:3], place, Settings())
        outcome = attack(published, chosen, place, Settings(), share=4)

    assert failures == []
    assert outcome.failures == []
    assert set(outcome.counts) == set(EVERY)


def test_five_hundred_payloads_are_different_and_the_same_for_a_seed(tmp_path: Path) -> None:
    found = payloads(500, SEED, tmp_path)
    assert found == payloads(500, SEED, tmp_path)
    assert len({payload.text for payload in found}) == 500
    assert (
        len({payload.text for payload in found} & {text for texts in tricks().values() for text in texts})
        > 200
    )


@pytest.mark.parametrize("text", [*tricks()["markup"], *tricks()["control"]])
def test_a_picture_of_themes_is_xml_without_scripts_whatever_they_are_called(text: str) -> None:
    console = Console(record=True, width=100, file=StringIO(), force_terminal=True, highlight=False)
    theme = ThemeRow("thm_1", text, (text,), 1, 1, (text,), ("en",), text, text, 1, 1, (text,))
    show_themes([theme], console)
    drawn = etree.fromstring(console.export_svg(title="themes").encode("utf-8", "replace"))
    names = {etree.QName(element).localname for element in drawn.iter() if isinstance(element.tag, str)}
    assert names <= {"svg", "style", "defs", "clipPath", "rect", "text", "g", "circle"}


@pytest.mark.parametrize("text", tricks()["markup"])
def test_markdown_of_an_artifact_holds_no_markup_of_a_page(text: str) -> None:
    shown = markdown_text(text)
    assert "<" not in shown
    assert "\n" not in shown
    assert "](" not in shown
    assert "```" not in shown
