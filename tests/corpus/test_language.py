"""A language is known, the same every time, and never raises."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.language import detect, of_blocks, primary, vote
from corpus.language.opinions import opinion
from corpus.models import Detection

if TYPE_CHECKING:
    from pathlib import Path

SENTENCES = {
    "en": "The board does not want to hear about servers, it wants to know what the money buys.",
    "it": "Il consiglio non vuole sentir parlare di server, vuole sapere che cosa si compra con quei soldi.",
    "fr": "Le conseil ne veut pas entendre parler de serveurs, il veut savoir ce que l’argent achète.",
    "de": "Der Vorstand will nichts über Server hören, er will wissen, was man für das Geld bekommt.",
    "es": "El consejo no quiere oír hablar de servidores, quiere saber qué se compra con ese dinero.",
    "pt": "O conselho não quer ouvir falar de servidores, quer saber o que se compra com o dinheiro.",
    "zh": "董事会不想听服务器的事，他们想知道这笔钱买到了什么。",
    "ja": "取締役会はサーバーの話を聞きたくない。",
    "ko": "이사회는 서버에 대해 듣고 싶어하지 않습니다.",
}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_of_each_language_is_known(code: str) -> None:
    found = detect(SENTENCES[code])
    assert primary(found.code) == code
    assert found.confidence > 0.9


@pytest.mark.parametrize("text", ["", "   ", "12 34 56", "!?…", "OK", "\x00", "https"[:3]])
def test_where_nothing_can_be_said_the_language_is_und(text: str) -> None:
    assert detect(text) == Detection("und", 0.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("資訊長應該與供應商談判，不要只看價格，合約到期之前先想好退路。", "zh-Hant"),
        ("信息主管应该与供应商谈判，不要只看价格。", "zh-Hans"),
        ("人工人口", "zh"),
    ],
)
def test_chinese_knows_its_script(text: str, code: str) -> None:
    assert detect(text).code == code


def test_a_page_of_chinese_is_in_the_script_of_most_of_it() -> None:
    texts = ["信息主管应该与供应商谈判，不要只看价格，合同到期之前先想好退路。", "人工人口" * 8]
    assert vote(texts).code == "zh-Hans"
    assert of_blocks(texts, vote(texts)) == ["zh-Hans", "zh-Hans"]


TYPES = [
    ("en", "Win the budget"), ("it", "Vincere il budget"), ("de", "Sicherheit in der Cloud"),
    ("fr", "Gagner le budget"), ("es", "Ganar el presupuesto"), ("pt", "Ganhar o orçamento da empresa"),
    ("id", "Kami tidak mengerti anggaran ini"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), TYPES)
def test_headings_are_known_without_certainty(code: str, text: str) -> None:
    found = detect(text)
    assert found.code == code
    assert found.confidence < 0.99999


@pytest.mark.parametrize(
    "text", ["\ud800" * 50, "a\ud800b\0c" * 9, "\0" * 40, "é" * 1_000_000, "ﷺ" * 100, "😀" * 99]
)
def test_strange_texts_have_an_answer(text: str) -> None:
    assert 0 <= detect(text).confidence <= 1


def test_the_order_and_the_threads_that_ask_do_not_matter() -> None:
    texts = [piece for text in SENTENCES.values() for piece in (text, text[:30], text[5:50])]
    alone = [detect(text) for text in texts]
    opinion.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(detect, texts[::-1])) == alone[::-1]


def test_a_quotation_in_another_language_keeps_its_own() -> None:
    texts = [SENTENCES["it"], SENTENCES["it"] * 2, SENTENCES["en"], SENTENCES["it"]]
    assert of_blocks(texts, vote(texts)) == ["it", "it", "en", "it"]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_an_answer_and_the_same_twice(text: str) -> None:
    found = detect(text)
    assert found == detect(text)
    assert 0 <= found.confidence <= 1


def test_another_process_gives_the_same_answer() -> None:
    text = "cloud migration plan"
    code = f"from corpus.language import detect; print(repr(detect({text!r})))"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert other == repr(detect(text))


def test_short_lines_do_not_decide_for_a_document() -> None:
    assert vote(["Home", "Cloud", "Show Comments", SENTENCES["it"], "Login"]).code == "it"


def test_a_page_of_two_languages_keeps_both() -> None:
    texts = [SENTENCES["fr"], "Exemple", SENTENCES["fr"] * 2, SENTENCES["en"], "Example", SENTENCES["en"]]
    assert of_blocks(texts, vote(texts)) == ["fr", "fr", "fr", "en", "en", "en"]


def test_langdetect_on_arrays_says_what_langdetect_says_to_the_last_bit(pages_dir: Path) -> None:
    from langdetect.detector import Detector
    from langdetect.lang_detect_exception import LangDetectException

    from corpus.language.opinions import _factory

    texts = [path.read_bytes().decode("utf-8", "replace") for path in sorted(pages_dir.glob("*"))]
    samples = [text[start : start + 200] for text in texts for start in range(0, len(text), 5_000)]
    samples += [
        "",
        " ",
        "A",
        "ABC DEF",
        "Ab",
        "ß ı İ",
        "日本語の文章です",
        "한국어",
        "ÀÉÎ àéî",
        "x" * 3_000,
        "Mail a@b.cd",
    ]

    def said(detector: Detector, text: str) -> list[float] | None:
        detector.append(text)
        try:
            detector.get_probabilities()
        except LangDetectException:
            return None
        return list(detector.langprob)

    answers = [(said(_factory().create(), text), said(Detector(_factory()), text)) for text in samples]
    assert all(ours == theirs for ours, theirs in answers)
    assert sum(ours is not None for ours, _ in answers) > 80
