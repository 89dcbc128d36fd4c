from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import pytest

from corpus.errors import ModelError, SettingsError
from corpus.settings import Settings
from corpus.translate import Translator, describe, load_engines
from corpus.translate.argos import ArgosEngine
from corpus.translate.argos_install import install_package
from corpus.translate.argos_model import Step
from corpus.translate.argos_packages import packages_dir, read_packages
from corpus.translate.argos_record import write_record
from corpus.translate.texts import prepare

DATA = Path(__file__).parents[1] / "data"
KNOWN = {
    "Misurate il valore, non le ore.": "Measure value, not hours.",
    "La sicurezza comincia dalle persone.": "Security begins with people.",
    "Il CIO deve parlare con il consiglio di amministrazione.": "The CIO must speak with the board.",
    "Chiedete ai fornitori un piano di uscita.": "Ask vendors for an exit plan.",
}
SENTENCE, ENGLISH = next(iter(KNOWN.items()))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(
        models_dir=tmp_path_factory.mktemp("models"), translation_engines=("argos",), workers=1
    )
    for pair in ("it_en", "es_it"):
        install_package(DATA / f"translate-{pair}-1_0.argosmodel", settings)
    return settings


@pytest.fixture(scope="module")
def engine(settings: Settings) -> ArgosEngine:
    engine = ArgosEngine.find(settings)
    assert engine is not None
    return engine


def english(engine: ArgosEngine, *texts: str, language: str = "it") -> list[str | None]:
    return [row.text_en for row in engine.translate([prepare(text) for text in texts], language)]


def test_sentences_come_out_in_order_in_english(engine: ArgosEngine) -> None:
    rows = engine.translate([prepare(text) for text in KNOWN], "it")
    assert [row.text_en for row in rows] == list(KNOWN.values())
    assert [row.text for row in rows] == list(KNOWN)
    assert all(row.status == "translated" and row.score is not None and row.score > 0.9 for row in rows)


def test_the_neighbours_of_a_sentence_change_nothing_to_the_last_bit(settings: Settings) -> None:
    packages, _ = read_packages(packages_dir(settings))
    step = Step(next(package for package in packages if package.source == "it"), threads=2)
    words = " ".join(KNOWN).split()
    texts = [" ".join(words[first : first + count]) for count in range(1, 13) for first in range(10)]
    together = step.translate(texts)
    assert together == [step.translate([text])[0] for text in texts]
    assert together == step.translate(texts[::-1])[::-1]


def test_a_language_without_a_package_into_english_goes_through_another(engine: ArgosEngine) -> None:
    assert english(engine, "Mide el valor, no las horas.", language="es") == [ENGLISH]
    assert engine.languages()["es"].startswith("argos 1.")
    assert "es-it@1.0+it-en@1.0" in engine.languages()["es"]


def test_line_breaks_names_with_signs_and_addresses_survive(engine: ArgosEngine) -> None:
    text = f"\n{SENTENCE}\nmio_nome_lungo {SENTENCE} https://example.com/a_b?c=[1]\n\n{SENTENCE}"
    assert english(engine, text) == [text.replace(SENTENCE, ENGLISH)]


def test_a_sentence_too_long_for_the_model_is_cut_translated_and_joined(engine: ArgosEngine) -> None:
    row = engine.translate([prepare(f"{SENTENCE} " * 60)], "it")[0]
    assert row.text_en is not None
    assert row.text_en.count(ENGLISH) >= 2
    assert any(flag.startswith("split:") for flag in row.flags)


def test_the_identity_changes_with_the_model(settings: Settings, engine: ArgosEngine, tmp_path: Path) -> None:
    shutil.copytree(packages_dir(settings), tmp_path / "argos")
    with (tmp_path / "argos/translate-it_en/sentencepiece.model").open("ab") as file:
        file.write(b"\0")
    other = ArgosEngine(tmp_path / "argos")
    assert other.languages().get("it") != engine.languages()["it"]
    assert ArgosEngine(packages_dir(settings)).languages() == engine.languages()


@pytest.mark.parametrize("damage", ["metadata.json", "model/model.bin", "sentencepiece.model"])
def test_a_damaged_package_is_reported_and_does_not_break_the_others(
    settings: Settings, tmp_path: Path, damage: str
) -> None:
    shutil.copytree(packages_dir(settings), tmp_path / "argos")
    (tmp_path / "argos/translate-es_it" / damage).write_bytes(b"not what it should be")
    (tmp_path / "argos/empty").mkdir()
    status = describe(settings.with_changes(models_dir=tmp_path))[0]
    assert list(status.languages) == ["it"]
    assert len(status.problems) == 2
    assert any("translate-es_it" in problem for problem in status.problems)
    assert status.remedy == "cio-advice setup --translate"


def test_of_two_versions_of_a_pair_the_newer_is_used(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(packages_dir(settings) / "translate-it_en", tmp_path / "argos" / "a")
    shutil.copytree(packages_dir(settings) / "translate-it_en", tmp_path / "argos" / "b")
    metadata = json.loads((tmp_path / "argos/a/metadata.json").read_text("utf-8"))
    (tmp_path / "argos/a/metadata.json").write_text(json.dumps(metadata | {"package_version": "1.10"}))
    (tmp_path / "argos/b/metadata.json").write_text(json.dumps(metadata | {"package_version": "1.9"}))
    for name in ("a", "b"):
        write_record(tmp_path / "argos" / name)
    assert "it-en@1.10" in ArgosEngine(tmp_path / "argos").languages()["it"]


def test_nothing_is_written_outside_and_the_environment_stays(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    before = dict(os.environ)
    with Translator(load_engines(settings)) as translator:
        assert translator.translate([(SENTENCE, "it")])[0].text_en == ENGLISH
    assert dict(os.environ) == before
    assert not list(tmp_path.iterdir())


def test_closing_frees_the_models_and_the_next_call_loads_them_again(settings: Settings) -> None:
    engine = ArgosEngine(packages_dir(settings))
    engine.close()
    assert english(engine, SENTENCE) == [ENGLISH]
    engine.close()


def test_a_language_that_no_package_serves_is_an_error_of_the_call(engine: ArgosEngine) -> None:
    with pytest.raises(ModelError, match="'de'"):
        engine.translate([prepare("Guten Tag")], "de")


def test_without_packages_the_engine_is_absent(tmp_path: Path) -> None:
    assert ArgosEngine.find(Settings(models_dir=tmp_path)) is None


def test_a_folder_with_a_package_is_an_engine_of_its_own_by_its_path(
    settings: Settings, tmp_path: Path
) -> None:
    shutil.copytree(packages_dir(settings) / "translate-it_en", tmp_path / "mine")
    for place in (tmp_path, tmp_path / "mine"):
        elsewhere = settings.with_changes(models_dir=tmp_path / "none", translation_engines=(str(place),))
        with Translator.open(elsewhere) as translator:
            row = translator.translate([(SENTENCE, "it")])[0]
        assert row.text_en == ENGLISH
        assert describe(elsewhere)[0].name == str(place)


def test_a_path_without_a_package_is_a_mistake_of_the_settings(settings: Settings, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(SettingsError, match="metadata"):
            load_engines(settings.with_changes(translation_engines=(str(place),)))


def test_an_argos_package_translates_with_the_network_cut(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    with Translator.open(settings) as translator:
        assert translator.translate([(SENTENCE, "it")])[0].text_en == ENGLISH
