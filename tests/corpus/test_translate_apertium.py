"""Apertium's own tools where they are installed; the pipeline's misfortunes with small programs in their place."""

from __future__ import annotations

import gc
import os
import re
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ModelError, StepError
from corpus.translate import Translator
from corpus.translate.apertium import STEP_TRUST, ApertiumEngine
from corpus.translate.apertium_modes import Mode, read_modes
from corpus.translate.apertium_process import Pipeline
from corpus.translate.texts import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.models import Translation


ALL_KNOWN = round(STEP_TRUST**2, 3)


@pytest.fixture(scope="module")
def engine() -> ApertiumEngine:
    engine = ApertiumEngine.find()
    if engine is None or "it" not in engine.languages():
        pytest.skip("SKIPPED FOR WANT OF A TOOL: Apertium's Italian pairs (`cio-advice setup --translate`)")
    return engine


def translate(engine: ApertiumEngine, *texts: str) -> list[Translation]:
    return engine.translate([prepare(text) for text in texts], "it")


def english(engine: ApertiumEngine, text: str) -> str:
    row = translate(engine, text)[0]
    assert row.text_en is not None, row.reason
    return row.text_en


def test_italian_comes_out_in_english(engine: ApertiumEngine) -> None:
    text = english(engine, "Le aziende devono ridurre i costi dei sistemi informatici.").lower()
    assert "companies" in text or "enterprises" in text
    assert "costs" in text
    assert "systems" in text


@pytest.mark.parametrize(
    ("before", "text"),
    [
        # a word whose ambiguity the tagger was not trained on, after another such word
        ("Che cosa fai che nessuno sa?", "Sportello prima"),
        # a rule of the constraint grammar that decides otherwise after this
        (
            "Compiti dei responsabili Non l'chimico da sola.",
            (
                "0187 000 503 Leggete le condizioni d'uso, l'problema sui cookie del nuovo portale e le clausole sui "
                "diritti penna personale prima, non dopo."
            ),
        ),
    ],
)
def test_what_a_tool_would_remember_does_not_change_the_next_sentence(before: str, text: str) -> None:
    fresh, used = ApertiumEngine(), ApertiumEngine()
    if "it" not in fresh.languages():
        pytest.skip("SKIPPED FOR WANT OF A TOOL: Apertium's Italian pairs (`cio-advice setup --translate`)")
    try:
        alone, after = english(fresh, text), translate(used, before, text)[1].text_en
    finally:
        fresh.close()
        used.close()
    assert alone == after


def test_the_neighbours_of_a_sentence_do_not_change_its_english(engine: ApertiumEngine) -> None:
    texts = [
        "La casa è grande",
        "Il prezzo sale.",
        "“Che cosa (dici)?” [1]",
        "Una riga\ncon due righe",
        "casa",
    ]
    together = [row.text_en for row in translate(engine, *texts)]
    assert together == [translate(engine, text)[0].text_en for text in texts]
    assert together == [row.text_en for row in translate(engine, *texts[::-1])][::-1]


FRAMES = {
    "it": "Il responsabile compra {} per la sua azienda.",
    "es": "El director compra {} para su empresa.",
    "fr": "Le directeur achète {} pour son entreprise.",
    "pt": "O diretor compra {} para a sua empresa.",
}
SURVIVORS = {
    "numbers": ["1.000", "1.000.000", "3,5", "20%", "20 %", "3x", "10k", "5G", "1°", "50-100", "½", "x²", "n. 4"],
    "dates and times": ["12/03/2026", "2026-03-12", "12.03.2026", "10:30", "2024-2025", "24/7", "h 10.30"],
    "currencies": ["€ 3,5", "€ 1.200,50", "3.000 €", "$500", "£20"],
    "addresses": ["https://example.com/a_b?c=1&d=[x]#top", "www.example.com/it", "mario.rossi@azienda.it", "@mario",
                  "#cloud", "192.168.0.1", "+39 02 1234567", "/etc/passwd"],
    "code": ["`rm -rf /tmp/x`", "nome_di_variabile", "MAX_RETRIES", "camelCaseName", "node.js", "config.yaml",
             "v2.3.1", "{{name}}", "<b>", "$HOME", "C#", "C++", ".NET", "{x}", "^", "$", "\\", "*", "[1]"],
    "products": ["PowerPoint", "Office 365", "Red Hat", "Adobe", "Windows 11", "S/4HANA", "Kubernetes", "AT&T"],
    "terms of the trade": ["ERP", "CIO", "ITIL", "IT", "AI", "SaaS", "SD-WAN", "TCO", "KPI", "COBIT 2019", "big data",
                           "ISO/IEC 27001", "R&D"],
    "quotation marks": ["«SAP»", "“SAP”", '"SAP"', "‘SAP’", "« SAP »", "(SAP)", "SAP – ERP", "…", "→", "😀"],
}  # fmt: skip


@pytest.mark.parametrize("kind", SURVIVORS)
@pytest.mark.parametrize("language", FRAMES)
def test_what_must_survive_survives(engine: ApertiumEngine, language: str, kind: str) -> None:
    if language not in engine.languages():
        pytest.skip(f"SKIPPED FOR WANT OF A TOOL: Apertium's pairs for {language}")
    texts = [FRAMES[language].format(piece) for piece in SURVIVORS[kind]]
    rows = Translator([engine]).translate([(text, language) for text in texts])
    found = dict(zip(SURVIVORS[kind], rows, strict=True))
    assert {piece: row.text_en for piece, row in found.items() if piece not in (row.text_en or "")} == {}
    assert {piece: row.flags for piece, row in found.items() if "lost" in str(row.flags)} == {}


MARKERS = (
    "•",
    "-",
    "–",
    "—",
    "*",
    "·",
    "1.",
    "12)",
    "a)",
    "(a)",
    "(3)",
    "iv.",
    "→",
    "✓",
    "1.2.3",
    "[1]",
    "#",
)


@pytest.mark.parametrize("marker", MARKERS)
def test_the_marker_of_a_list_stays_in_front(engine: ApertiumEngine, marker: str) -> None:
    row = Translator([engine]).translate([(f"{marker} Vendere il progetto.", "it")])[0]
    assert (row.text_en, row.flags) == (f"{marker} Sell the project.", ())


def test_line_breaks_stay(engine: ApertiumEngine) -> None:
    assert english(engine, "riga uno\n\nriga due").count("\n") == 2


def test_unknown_words_keep_their_form_lose_their_mark_and_count(engine: ApertiumEngine) -> None:
    row = translate(engine, "Il blablazzone costa molto.")[0]
    assert row.text_en is not None
    assert "blablazzone" in row.text_en
    assert "*" not in row.text_en
    assert row.flags == ("unknown-words:1 blablazzone",)
    assert row.score is not None
    assert 0.5 < row.score < ALL_KNOWN


def test_names_and_signs_are_no_unknown_words(engine: ApertiumEngine) -> None:
    rows = translate(
        engine, "Romi Mahajan", "Mahajan è stato direttore di Ascentium.", "Il CIO - e il TOGAF - costa."
    )
    assert [row.score for row in rows] == [ALL_KNOWN] * 3
    assert [row.flags for row in rows] == [(), (), ()]


def test_words_that_the_english_drops_leave_no_hole(engine: ApertiumEngine) -> None:
    text = english(engine, "Si percepisce sconcerto (e quindi, le aziende comprano).")
    assert text[0].isupper()
    assert not re.search(r"  | ,|^ ", text)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60), min_size=1, max_size=20))
def test_any_text_gets_an_answer_at_its_place(engine: ApertiumEngine, texts: list[str]) -> None:
    rows = translate(engine, *texts)
    assert [row.text for row in rows] == texts
    assert all(row.status == "translated" for row in rows)


def test_a_route_is_named_with_its_version_its_pairs_and_the_hash_of_its_data(engine: ApertiumEngine) -> None:
    form = r"apertium \S+ ita-spa\+spa-eng [0-9a-f]{12}\+[0-9a-f]{12} code [0-9a-f]{8}"
    assert re.fullmatch(form, engine.languages()["it"])


def test_a_language_without_a_chain_is_an_error_of_the_call(engine: ApertiumEngine) -> None:
    with pytest.raises(ModelError, match="'zh'"):
        engine.translate([prepare("你好")], "zh")


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


DIES_OF_A_BOMB = "exec sed -zu '/bomb/Q'"


def test_one_sentence_that_kills_the_pipeline_does_not_take_the_others_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = with_tool(tmp_path, monkeypatch, DIES_OF_A_BOMB)
    texts = [f"frase numero {number}" for number in range(20)]
    texts[7] = "una bomb nel mezzo"
    rows = translate(engine, *texts)
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
        translate(engine, "ciao", "mondo")
    assert time.monotonic() - start < 5
    time.sleep(2.2)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 1", "broke off"),
        ("head -c 3", "broke off"),
        ("exec sed -zu 's/.*/babble/'", "broke off"),
        ("cat >/dev/null", "no answer"),
        ("exec tr '\\000' x", "no answer"),
    ],
)
def test_a_pipeline_that_translates_nothing_fails_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    engine = with_tool(tmp_path, monkeypatch, script, patience=1)
    with pytest.raises(StepError, match=message):
        translate(engine, "ciao", "mondo")


def test_an_answer_that_comes_twice_is_never_taken_for_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the echo comes in time to be seen is chance; what is accepted must be right in both cases."""
    texts = [f"frase {number}" for number in range(30)]
    engine = with_tool(tmp_path, monkeypatch, "exec sed -zu p", patience=1)
    with suppress(StepError):
        rows = translate(engine, *texts)
        assert [row.text_en or row.text for row in rows] == texts


def mode_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Mode:
    with_tool(tmp_path, monkeypatch, script)
    return read_modes(tmp_path / "modes")[0][0]


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_tools_are_kept_from_batch_to_batch_and_end_with_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Pipeline(mode_of(tmp_path, monkeypatch, "exec cat"))
    streams = [f"{number}.[]" for number in range(500)]
    assert pipeline.pids == ()
    assert pipeline.ask(streams, 10) == streams
    first = pipeline.pids
    assert pipeline.ask(streams[::-1], 10) == streams[::-1]
    assert pipeline.pids == first
    pipeline.close()
    assert pipeline.pids == ()
    assert not any(map(is_there, first))
    assert pipeline.ask(streams[:1], 10) == streams[:1]
    pipeline.close()


def test_tools_that_died_or_served_long_enough_are_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Pipeline(mode_of(tmp_path, monkeypatch, "exec cat"), recycle_after=3)
    seen = set()
    for _ in range(3):
        assert pipeline.ask(["a.[]", "b.[]"], 10) == ["a.[]", "b.[]"]
        seen |= set(pipeline.pids)
    assert len(seen) == 2
    killed = pipeline.pids[0]
    os.kill(killed, signal.SIGKILL)
    time.sleep(0.1)
    assert pipeline.ask(["c.[]"], 10) == ["c.[]"]
    assert killed not in pipeline.pids
    pipeline.close()


def test_more_than_the_pipes_hold_goes_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = Pipeline(mode_of(tmp_path, monkeypatch, "exec cat"))
    streams = ["x" * 200_000 + ".[]"] * 20
    assert pipeline.ask(streams, 60) == streams
    pipeline.close()


def test_an_engine_that_nobody_closed_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Pipeline(mode_of(tmp_path, monkeypatch, "exec cat"))
    pipeline.ask(["a.[]"], 10)
    pids = pipeline.pids
    del pipeline
    gc.collect()
    assert not any(map(is_there, pids))


def test_a_sentence_has_the_same_english_after_thousands_of_others(engine: ApertiumEngine) -> None:
    text = "I reparti devono pagare il conto della nuvola."
    alone = english(ApertiumEngine(), text)
    others = [
        f"La frase numero {number} parla di costi e di «prezzi» ({number} %)." for number in range(2_000)
    ]
    assert translate(engine, *others, text)[-1].text_en == alone == english(engine, text)


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
