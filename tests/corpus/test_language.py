"""A language is known, the same every time, and never raises."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.language import detect, of_blocks, vote
from corpus.models import Detection

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
    assert found.code == code
    assert found.confidence > 0.9 or code in ("ja", "ko")


@pytest.mark.parametrize("text", ["", "   ", "12 34 56", "!?…", "OK", "\x00", "https"[:3]])
def test_where_nothing_can_be_said_the_language_is_und(text: str) -> None:
    assert detect(text) == Detection("und", 0.0)


def test_traditional_chinese_is_chinese() -> None:
    assert detect("資訊長應該與供應商談判，不要只看價格，合約到期之前先想好退路。").code == "zh"


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
