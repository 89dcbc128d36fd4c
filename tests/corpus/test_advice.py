"""What is advice and what is not, on original sentences of seven languages written for this test."""

from __future__ import annotations

import pytest

from corpus.advice import explain, judge, languages

ADVICE = [
    ("en", "You must sell the project before you build it.", "do"),
    ("en", "It is up to the CIO to explain what a delay costs.", "do"),
    ("en", "A short weekly email goes a long way.", "do"),
    ("en", "If the pilot fails, stop it at once.", "do"),
    ("en", "Write the exit clause down before you sign anything.", "do"),
    ("en", "Vendors ought to read our annual report before they call.", "do"),
    ("en", "It pays to rehearse the demonstration twice.", "do"),
    ("en", "Make sure the backup can be restored.", "do"),
    ("en", "Don't forget the people in the warehouse.", "do"),
    ("en", "Do not customise the ledger.", "dont"),
    ("en", "Never let a supplier write the tender.", "dont"),
    ("en", "CIOs should not hide behind acronyms.", "dont"),
    ("en", "Avoid long contracts.", "dont"),
    ("it", "Gli informatici devono raccontare quello che fanno.", "do"),
    ("it", "Bisogna provare il ripristino ogni mese.", "do"),
    ("it", "Conviene cominciare da un reparto solo.", "do"),
    ("it", "Chiedete ai colleghi che cosa li rallenta.", "do"),
    ("it", "I costi vanno mostrati a chi li genera.", "do"),
    ("it", "Scelga tre cifre e le spieghi al consiglio.", "do"),
    ("it", "Non firmate nulla senza una clausola di uscita.", "dont"),
    ("it", "Non comprare l’ennesimo strumento.", "dont"),
    ("it", "Evitate i contratti lunghi.", "dont"),
    ("fr", "Évitez les contrats longs.", "dont"),
    ("es", "Evite los contratos largos.", "dont"),
    ("pt", "Evite contratos longos.", "dont"),
    ("de", "Vermeiden Sie lange Verträge.", "dont"),
    ("fr", "Il faut tester les sauvegardes chaque mois.", "do"),
    ("fr", "Les fournisseurs devraient préparer leur visite.", "do"),
    ("fr", "Commencez par un petit pilote.", "do"),
    ("fr", "Mieux vaut un contrat court qu’une belle promesse.", "do"),
    ("fr", "Ne signez jamais sans clause de sortie.", "dont"),
    ("fr", "Vous ne devez pas parler de serveurs au comité.", "dont"),
    ("de", "Fragen Sie zuerst die Kollegen im Lager.", "do"),
    ("de", "IT-Leiter sollten die Kosten offen zeigen.", "do"),
    ("de", "Es lohnt sich, klein anzufangen.", "do"),
    ("de", "Erst testen, dann kaufen.", "do"),
    ("de", "Unterschreiben Sie keinen Vertrag ohne Ausstieg.", "dont"),
    ("de", "Man sollte das ERP nicht verbiegen.", "dont"),
    ("es", "Hay que explicar el coste de no hacer nada.", "do"),
    ("es", "Los directores deben hablar el idioma del negocio.", "do"),
    ("es", "Pregunte a los usuarios qué les frena.", "do"),
    ("es", "Conviene empezar con un piloto pequeño.", "do"),
    ("es", "No compre otra herramienta.", "dont"),
    ("pt", "É preciso testar as cópias de segurança.", "do"),
    ("pt", "Os gestores devem mostrar os custos a quem os gera.", "do"),
    ("pt", "Comece por um projeto pequeno.", "do"),
    ("pt", "Não assine contratos sem cláusula de saída.", "dont"),
    ("zh", "信息主管应该学会推销自己的方案。", "do"),
    ("zh", "最好先做一个小试点。", "do"),
    ("zh", "务必每个月演练一次恢复。", "do"),
    ("zh", "不要把所有系统都搬到云上。", "dont"),
    ("zh", "合同里切勿漏掉退出条款。", "dont"),
]

HEADINGS = [
    ("en", "Have confidence in yourself"),
    ("en", "3. Learn to promote sales"),
    ("en", "Respect the CIO"),
    ("it", "Partire dal problema"),
    ("fr", "Parler la langue du métier"),
    ("de", "Den Prozess ändern, nicht die Software"),
    ("es", "Empezar por lo pequeño"),
    ("pt", "Falar a língua do negócio"),
]

NOT_ADVICE = [
    ("en", "In 2009 we had to rebuild the whole network."),
    ("en", "There must be a reason."),
    ("en", "As you should know, the budget was cut."),
    ("en", "Should a CIO sell?"),
    ("en", "Why would you do this to a colleague?"),
    ("en", "Subscribe now to our newsletter!"),
    ("en", "Start building with 50+ products and a free trial"),
    ("en", "Please give me a call when you have the opportunity."),
    ("en", "Please check your email address."),
    ("en", "I must admit that I was wrong."),
    ("en", "Plans change, and test results show it."),
    ("en", "The vendor insisted that we must sign that week."),
    ("en", "We should have tested the backup."),
    ("it", "Quell’anno dovevamo chiudere il bilancio in tre giorni."),
    ("it", "Bisogna ammettere che fu un errore."),
    ("it", "Perché un CIO dovrebbe vendere?"),
    ("it", "Iscrivetevi alla newsletter!"),
    ("it", "Le riunioni erano state spostate."),
    ("fr", "Il fallait tout refaire en une nuit."),
    ("fr", "Il faut bien avouer que nous avions tort."),
    ("fr", "Faut-il tout migrer ?"),
    ("fr", "Abonnez-vous à notre lettre d’information"),
    ("de", "Wir mussten das Projekt einstellen."),
    ("de", "Muss ein CIO verkaufen können?"),
    ("de", "Abonnieren Sie unseren Newsletter"),
    ("de", "Der Server stand im Keller."),
    ("es", "Tuvimos que apagar el servidor aquella noche."),
    ("es", "¿Debe vender un CIO?"),
    ("es", "Suscríbase a nuestro boletín"),
    ("pt", "Tivemos de desligar tudo naquela noite."),
    ("pt", "Deve um diretor vender?"),
    ("pt", "Inscreva-se na nossa newsletter"),
    ("zh", "当时我们不得不关掉整个机房。"),
    ("zh", "信息主管应该推销吗？"),
    ("zh", "立即注册，免费试用"),
    ("zh", "这是一个重要的问题。"),
]


@pytest.mark.parametrize(("language", "text", "polarity"), ADVICE)
def test_advice_is_found_with_its_polarity(language: str, text: str, polarity: str) -> None:
    verdict = explain(text, language)
    assert verdict.score >= 0.5, verdict.fired
    assert verdict.polarity == polarity, verdict.fired


@pytest.mark.parametrize(("language", "text"), HEADINGS)
def test_a_heading_that_commands_is_advice(language: str, text: str) -> None:
    assert explain(text, language, True).score >= 0.5


@pytest.mark.parametrize(("language", "text"), NOT_ADVICE)
def test_what_only_looks_like_advice_is_not(language: str, text: str) -> None:
    verdict = explain(text, language)
    assert verdict.score < 0.5, verdict.fired


def test_advice_in_somebody_elses_mouth_weighs_less() -> None:
    plain = explain("Choose one partner and stay with him.", "en").score
    assert explain("“Choose one partner and stay with him,” he laughed.", "en").score < plain


def test_judge_returns_the_advice_only_and_keeps_the_order() -> None:
    sentences = [
        ("s1", "The server stood in the cellar.", "en", False),
        ("s2", "Non firmate nulla.", "it", False),
        ("s3", "You should ask first.", "en", False),
    ]
    found = judge(sentences, 0.5)
    assert [(advice.sentence_id, advice.polarity) for advice in found] == [("s2", "dont"), ("s3", "do")]
    assert judge(sentences, 1.0) == []


def test_a_sentence_without_any_cue_is_not_advice_even_at_a_floor_of_zero() -> None:
    assert judge([("s1", "The server stood in the cellar.", "en", False)], 0.0) == []


def test_a_language_without_a_cue_file_has_no_advice() -> None:
    assert "xx" not in languages()
    assert judge([("s1", "You must ask.", "xx", False), ("s2", "You must ask.", "und", True)], 0.0) == []


def test_explain_names_every_cue_for_and_against() -> None:
    verdict = explain("Please give me a call and subscribe now.", "en")
    weights = {fired.name: fired.weight for fired in verdict.fired}
    assert weights["imperative:verb"] > 0
    assert weights["against:message"] < 0
    assert weights["against:promotion"] < 0
