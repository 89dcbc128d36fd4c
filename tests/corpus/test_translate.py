from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SettingsError
from corpus.models import Translation
from corpus.settings import Settings
from corpus.translate import Translator, describe, load_engines
from corpus.translate.apertium import ApertiumEngine
from corpus.translate.argos_install import install_package
from corpus.translate.argos_packages import packages_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parents[1] / "data"
SENTENCE, ENGLISH = "Misurate il valore, non le ore.", "Measure value, not hours."


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(models_dir=tmp_path_factory.mktemp("models"), workers=1)
    install_package(DATA / "translate-it_en-1_0.argosmodel", settings)
    return settings


@pytest.fixture(scope="module")
def argos(settings: Settings) -> Iterator[Translator]:
    with Translator(load_engines(settings.with_changes(translation_engines=("argos",)))) as translator:
        yield translator


def test_a_mixed_batch_comes_back_in_its_order_each_row_with_its_reason(argos: Translator) -> None:
    batch = [
        ("Hallo", "de"),
        (SENTENCE, "it"),
        ("?!", "und"),
        ("2026 – 42", "it"),
        (SENTENCE, "it"),
        ("Done.", "en"),
    ]
    rows = argos.translate(batch)
    assert [(row.text, row.language) for row in rows] == batch
    assert [row.text_en for row in rows] == [None, ENGLISH, None, "2026 – 42", ENGLISH, "Done."]
    assert rows[0].status == "untranslated"
    assert "`cio-advice setup --translate`" in rows[0].reason
    assert "could not be determined" in rows[2].reason
    assert rows[3].flags == ("verbatim",)
    assert rows[1] is rows[4]


@given(st.lists(st.tuples(st.sampled_from([SENTENCE, "La sicurezza comincia dalle persone.", "7", ""]),
                          st.sampled_from(["it", "de", "und", "en"])), max_size=12))  # fmt: skip
def test_every_row_is_in_english_or_says_why_not(argos: Translator, batch: list[tuple[str, str]]) -> None:
    rows = argos.translate(batch)
    assert [(row.text, row.language) for row in rows] == batch
    for row in rows:
        assert (row.text_en is None) == (row.status == "untranslated") == bool(row.reason)
        assert row.status == "untranslated" or row.engine in {argos.routes().get(row.language), "original"}


STRANGE = [
    "", " \n ", "Il CIO\0 deve.", "Il CIO \u2813\u2811 deve.", "Il \ud800 CIO deve.", "Il C" + "\u0301" * 500 + "IO",
    "a" * 20_000, "[" * 999 + "]" * 999, "\\" * 999 + " casa", "^casa<n>$ *casa @casa #casa", "a\n" * 3_000, "😀" * 999,
    "Il \u202e CIO \u2028 deve",
]  # fmt: skip


@pytest.mark.parametrize("name", ["argos", "apertium"])
def test_strange_sentences_have_an_answer_and_leave_their_neighbours_alone(
    settings: Settings, name: str
) -> None:
    with Translator.open(settings.with_changes(translation_engines=(name,))) as translator:
        if "it" not in translator.routes():
            pytest.skip("SKIPPED FOR WANT OF A TOOL: Apertium (`cio-advice setup --translate`)")
        alone = translator.translate([(SENTENCE, "it")])[0]
        rows = translator.translate([(text, "it") for text in (*STRANGE, SENTENCE)])
    assert [row.text for row in rows] == [*STRANGE, SENTENCE]
    assert all((row.text_en is None) == bool(row.reason) for row in rows)
    assert rows[-1] == alone


def test_routes_and_missing_languages_are_two_sides_of_one_thing(argos: Translator) -> None:
    assert list(argos.routes()) == ["it"]
    assert list(argos.missing(["it", "de", "en", "de", "zh"])) == ["de", "zh"]


def test_the_first_engine_of_the_settings_that_serves_a_language_translates_it(settings: Settings) -> None:
    engines = load_engines(settings)
    if [engine.name for engine in engines] != ["argos", "apertium"]:
        pytest.skip("SKIPPED FOR WANT OF A TOOL: Apertium (`cio-advice setup --translate`)")
    with Translator(engines) as both, Translator(engines[::-1]) as reverse:
        assert both.routes()["it"].startswith("argos ")
        assert reverse.routes()["it"].startswith("apertium ")
        assert reverse.translate([(SENTENCE, "it")])[0].engine == reverse.routes()["it"]


def broken_apertium(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ApertiumEngine:
    (folder / "modes").mkdir()
    (folder / "lt-proc").write_text("#!/bin/sh\nexit 1\n")
    (folder / "lt-proc").chmod(0o755)
    (folder / "modes" / "ita-eng.mode").write_text("lt-proc")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return ApertiumEngine(folder / "modes")


def test_where_an_engine_fails_wholly_the_next_one_translates(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = broken_apertium(tmp_path, monkeypatch)
    second = load_engines(settings.with_changes(translation_engines=("argos",)))
    with Translator([first, *second]) as translator:
        assert translator.routes()["it"].startswith("apertium ")
        row = translator.translate([(SENTENCE, "it")])[0]
    assert row.text_en == ENGLISH
    assert row.engine.startswith("argos ")


def test_where_all_engines_fail_the_reason_names_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Translator([broken_apertium(tmp_path, monkeypatch)]) as translator:
        row = translator.translate([(SENTENCE, "it")])[0]
    assert row.text_en is None
    assert row.reason.startswith("apertium failed: ")


def test_what_got_lost_is_flagged(argos: Translator) -> None:
    row = argos.translate([("Misurate il valore, non le 4711 ore.", "it")])[0]
    assert isinstance(row, Translation)
    assert row.flags == ("numbers:1",)
    assert row.score is not None
    assert row.trust < row.score


def test_an_unknown_engine_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(SettingsError, match=r"'babelfish'.*argos, apertium"):
        load_engines(Settings(translation_engines=("argos", "babelfish")))


def test_without_any_engine_doctor_hears_what_to_do(tmp_path: Path) -> None:
    settings = Settings(models_dir=tmp_path, translation_engines=("argos",))
    status = describe(settings)[0]
    assert (status.name, status.installed, status.remedy) == ("argos", False, "cio-advice setup --translate")
    assert load_engines(settings) == []
    assert not packages_dir(settings).exists()


def test_finding_the_engines_loads_no_heavy_library() -> None:
    heavy = "{'torch', 'ctranslate2', 'argostranslate.settings', 'sentencepiece', 'numpy'}"
    code = (
        "import sys; from corpus.settings import Settings; from corpus.translate import load_engines; "
        f"load_engines(Settings()); loaded = {heavy} & set(sys.modules); sys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
