"""Apertium's own tools where they are installed; the pipeline's misfortunes with small programs in their place."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ModelError, StepError
from corpus.translate.apertium import ApertiumEngine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def engine() -> ApertiumEngine:
    engine = ApertiumEngine.find()
    if engine is None or "it" not in engine.languages():
        pytest.skip("SKIPPED FOR WANT OF A TOOL: Apertium's Italian pairs (`cio-advice setup --translate`)")
    return engine


def english(engine: ApertiumEngine, text: str) -> str:
    row = engine.translate([text], "it")[0]
    assert row.text_en is not None, row.reason
    return row.text_en


def test_italian_comes_out_in_english(engine: ApertiumEngine) -> None:
    text = english(engine, "Le aziende devono ridurre i costi dei sistemi informatici.").lower()
    assert "companies" in text or "enterprises" in text
    assert "costs" in text
    assert "systems" in text


def test_the_neighbours_of_a_sentence_do_not_change_its_english(engine: ApertiumEngine) -> None:
    texts = [
        "La casa è grande",
        "Il prezzo sale.",
        "“Che cosa (dici)?” [1]",
        "Una riga\ncon due righe",
        "casa",
    ]
    together = [row.text_en for row in engine.translate(texts, "it")]
    assert together == [engine.translate([text], "it")[0].text_en for text in texts]
    assert together == [row.text_en for row in engine.translate(texts[::-1], "it")][::-1]


def test_addresses_code_signs_and_numbers_survive(engine: ApertiumEngine) -> None:
    tokens = [
        "https://example.com/a_b?c=1&d=[x]#top", "mario.rossi@azienda.it", "`rm -rf x`", "nome_di_variabile", "C#",
        "20%", "3,5", "1.000.000", "12/03/2026", "10:30", "@mario", "#cloud", "*", "[1]", "{x}", "<b>", "^", "$", "\\",
        "😀", "€", "AT&T", "24/7",
    ]  # fmt: skip
    texts = [f"Il prezzo {token} della casa." for token in tokens]
    rows = engine.translate(texts, "it")
    assert [token for token, row in zip(tokens, rows, strict=True) if token not in (row.text_en or "")] == []
    assert english(engine, "riga uno\n\nriga due").count("\n") == 2


def test_unknown_words_keep_their_form_lose_their_mark_and_count(engine: ApertiumEngine) -> None:
    row = engine.translate(["Il blablazzone costa molto."], "it")[0]
    assert row.text_en is not None
    assert "blablazzone" in row.text_en
    assert "*" not in row.text_en
    assert row.flags == ("unknown-words:1",)
    assert row.score is not None
    assert 0.5 < row.score < 1


def test_words_that_the_english_drops_leave_no_hole(engine: ApertiumEngine) -> None:
    text = english(engine, "Si percepisce sconcerto (e quindi, le aziende comprano).")
    assert text[0].isupper()
    assert not re.search(r"  | ,|^ ", text)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60), min_size=1, max_size=20))
def test_any_text_gets_an_answer_at_its_place(engine: ApertiumEngine, texts: list[str]) -> None:
    rows = engine.translate(texts, "it")
    assert [row.text for row in rows] == texts
    assert all(row.status == "translated" for row in rows)


def test_a_route_is_named_with_its_version_its_pairs_and_the_hash_of_its_data(engine: ApertiumEngine) -> None:
    form = r"apertium \S+ ita-spa\+spa-eng [0-9a-f]{12}\+[0-9a-f]{12} code [0-9a-f]{8}"
    assert re.fullmatch(form, engine.languages()["it"])


def test_a_language_without_a_chain_is_an_error_of_the_call(engine: ApertiumEngine) -> None:
    with pytest.raises(ModelError, match="'zh'"):
        engine.translate(["你好"], "zh")


def with_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, patience: float = 10
) -> ApertiumEngine:
    """Return an engine whose only pair, ita-eng, is `script` in the place of `lt-proc`."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "modes").mkdir()
    tool = tmp_path / "bin" / "lt-proc"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    data = tmp_path / "pair.bin"
    data.write_bytes(b"data")
    (tmp_path / "modes" / "ita-eng.mode").write_text(f"lt-proc $1 '{data}'\n")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return ApertiumEngine(tmp_path / "modes", patience)


DIES_OF_A_BOMB = 'cat > "$0.$$"; if grep -q bomb "$0.$$"; then head -c 9 "$0.$$"; kill -9 $$; fi; cat "$0.$$"'


def test_one_sentence_that_kills_the_pipeline_does_not_take_the_others_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = with_tool(tmp_path, monkeypatch, DIES_OF_A_BOMB)
    texts = [f"frase numero {number}" for number in range(20)]
    texts[7] = "una bomb nel mezzo"
    rows = engine.translate(texts, "it")
    assert [row.text for row in rows] == texts
    assert [row.text for row in rows if row.status == "untranslated"] == [texts[7]]
    assert rows[7].text_en is None
    assert "broke off" in rows[7].reason


def test_a_pipeline_that_hangs_is_ended_with_all_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "still-there"
    engine = with_tool(tmp_path, monkeypatch, f"(sleep 2; touch '{mark}') & sleep 60", patience=0.3)
    start = time.monotonic()
    with pytest.raises(StepError, match="no answer"):
        engine.translate(["ciao", "mondo"], "it")
    assert time.monotonic() - start < 5
    time.sleep(2.2)
    assert not mark.exists()


@pytest.mark.parametrize("script", ["exit 1", "cat >/dev/null", "head -c 3", "cat; printf more"])
def test_a_pipeline_that_translates_nothing_fails_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    engine = with_tool(tmp_path, monkeypatch, script)
    with pytest.raises(StepError, match="broke off"):
        engine.translate(["ciao", "mondo"], "it")


@pytest.mark.parametrize(
    "mode",
    ["rm -rf '/nowhere'", "lt-proc $1 '/nowhere/at/all.bin'", "lt-proc $1 | | lt-proc", "", "lt-proc 'open"],
)
def test_a_damaged_mode_is_reported_and_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    engine = with_tool(tmp_path, monkeypatch, "cat")
    (tmp_path / "modes" / "fra-eng.mode").write_text(mode)
    assert list(engine.languages()) == ["it"]
    assert len(engine.problems()) == 1
    assert "fra-eng.mode" in engine.problems()[0]


def test_the_identity_changes_with_the_data_of_the_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = with_tool(tmp_path, monkeypatch, "cat")
    before = engine.languages()["it"]
    (tmp_path / "pair.bin").write_bytes(b"other")
    assert ApertiumEngine(tmp_path / "modes").languages()["it"] != before


def test_without_modes_the_engine_is_absent(tmp_path: Path) -> None:
    assert ApertiumEngine.find(tmp_path) is None
