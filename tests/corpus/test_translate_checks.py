"""What looks wrong with a translation is said, and what is right is left in peace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.translate.checks import flags_of, trust_of
from corpus.translate.checks.flags import loops
from corpus.translate.checks.numbers import changed_numbers

RIGHT = [
    ("it", "Il CIO non deve comprare una piattaforma prima di capire il problema.",
     "The CIO must not buy a platform before understanding the problem."),
    ("fr", "Vous pouvez négocier 3,5 millions d’euros en 2026.", "You can negotiate 3.5 million euros in 2026."),
    ("de", "Man sollte nie ohne Plan anfangen.", "One should never start without a plan."),
    ("es", "Hay que medir el valor, no las horas; 1.000 personas lo dicen.",
     "You have to measure value, not hours; 1,000 people say so."),
    ("pt", "Talvez o conselho queira 12 perguntas.", "Perhaps the board wants twelve questions."),
    ("zh", "首席信息官必须与供应商谈判，不要只看价格。",
     "The CIO must negotiate with suppliers and not look only at the price."),
]  # fmt: skip
WRONG = [
    ("it", "Il CIO non deve comprare.", "The CIO must buy.", "negation:lost"),
    ("it", "Il CIO deve comprare.", "The CIO must not buy.", "negation:gained"),
    ("it", "Il CIO deve comprare.", "The CIO may buy.", "modality:must>may"),
    ("de", "Der CIO könnte kaufen.", "The CIO must buy.", "modality:may>must"),
    ("fr", "Le budget est de 250 euros.", "The budget is 350 euros.", "numbers:1"),
    ("fr", "Le budget est de 250 euros en 2026.", "The budget is in euros.", "numbers:2"),
    ("es", "Los proveedores venden horas y los clientes compran resultados que nadie mide.", "Vendors.", "length:0.1"),
    ("it", "Dicono che è “troppo caro” per noi.", "They say that it is too expensive for us.", "quotes:lost"),
    ("es", "El consejo decide el presupuesto de cada proyecto.",
     "The board of the board of the board of the board of the board.", "repetition"),
    ("it", "Le aziende comprano servizi senza contratto.", "Le aziende comprano servizi senza contratto.", "copied"),
    ("it", "Le aziende comprano servizi e non risultati, e pagano ogni mese le ore dei consulenti.",
     "Las empresas compran servicios y no resultados, y pagan cada mes las horas de los consultores.", "not-english"),
    ("zh", "公司购买服务而不是结果，每个月都要支付工时。", "公司购买服务而不是结果，每个月都要支付工时。", "copied"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "text_en"), RIGHT)
def test_a_right_translation_is_not_blamed(language: str, text: str, text_en: str) -> None:
    assert flags_of(text, text_en, language) == ()


@pytest.mark.parametrize(("language", "text", "text_en", "flag"), WRONG)
def test_a_wrong_translation_is_flagged_and_trusted_less(
    language: str, text: str, text_en: str, flag: str
) -> None:
    flags = flags_of(text, text_en, language)
    assert flag in flags
    assert trust_of(0.9, flags) < 0.9


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["it", "zh", "sv", "und"]))
def test_any_two_texts_can_be_compared(text: str, text_en: str, language: str) -> None:
    flags = flags_of(text, text_en, language)
    assert 0 <= trust_of(1.0, flags) <= 1
    assert flags == flags_of(text, text_en, language)


@pytest.mark.parametrize(
    ("text", "text_en"),
    [
        ("1.000.000 di euro nel 2026", "1,000,000 euro in 2026"),
        ("il 20% costa 3,5 milioni", "20% costs 3.5 million"),
        ("alle 14.30", "at 14:30"),
        ("12 domande", "twelve questions"),
        ("9月", "September"),
        ("30万", "300,000"),
    ],
)
def test_numbers_are_the_same_however_they_are_written(text: str, text_en: str) -> None:
    assert changed_numbers(text, text_en) == 0


def test_thousands_and_decimals_are_not_mistaken_for_each_other() -> None:
    assert changed_numbers("3,5 milioni", "35 million") == 1
    assert changed_numbers("1.250 euro", "1.25 euro") == 1


def test_a_decoder_that_runs_in_circles_is_noticed() -> None:
    assert loops("Il cloud costa.", "The cloud costs costs costs costs costs.")
    assert loops("Bene.", "of the board, of the board, of the board, of the board")
    assert not loops("Il cloud costa.", "The cloud costs more and more.")
    assert not loops("no no no no no", "no no no no no")


def test_the_trust_is_the_score_less_for_every_kind_of_flag_once() -> None:
    assert trust_of(None, ()) == 1.0
    assert trust_of(0.8, ("unknown-words:2",)) == 0.8
    assert trust_of(0.8, ("numbers:1", "numbers:2")) == trust_of(0.8, ("numbers:3",)) == 0.4
