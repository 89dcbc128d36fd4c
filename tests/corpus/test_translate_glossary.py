"""Terms of the trade stand in English as the glossary says, and words that only look like them stay words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SettingsError
from corpus.settings import Settings
from corpus.translate import Translator, load_engines
from corpus.translate.argos_install import install_package
from corpus.translate.glossary import Glossary
from corpus.translate.texts import prepare

DATA = Path(__file__).parents[1] / "data"
SHIPPED = Glossary.load()


def prepared(text: str, language: str, glossary: Glossary = SHIPPED) -> tuple[str, list[str]]:
    source = prepare(text, glossary.find(text, language))
    return source.text, source.tokens


@pytest.mark.parametrize(
    ("language", "text", "expected", "tokens"),
    [
        ("it", "Il reparto IT compra un ERP.", "Il reparto IT compra un ERP.", ["IT", "ERP"]),
        ("es", "El área de TI decide.", "El área de IT decide.", ["IT"]),
        ("es", "Esto es para ti.", "Esto es para ti.", []),
        ("es", "ESTO ES PARA TI", "ESTO ES PARA TI", []),
        ("fr", "Le DSI signe, si nécessaire.", "Le CIO signe, si nécessaire.", ["CIO"]),
        ("it", "Il Responsabile dei sistemi informativi", "Il CIO", ["CIO"]),
        ("it", "il responsabile dei sistemi informativi", "il CIO", ["CIO"]),
        ("zh", "首席信息官必须谈判。", "CIO必须谈判。", ["CIO"]),
        ("de", "Die KI im ERP-System", "Die AI im ERP-System", ["AI", "ERP"]),
        ("it", "Il CIOCCOLATO e il PILOTA", "Il CIOCCOLATO e il PILOTA", []),
        ("it", "scrivi a IT@example.com", "scrivi a IT@example.com", ["IT@example.com"]),
    ],
)
def test_terms_are_found_as_they_are_written(
    language: str, text: str, expected: str, tokens: list[str]
) -> None:
    assert prepared(text, language) == (expected, tokens)


@given(st.text(max_size=200), st.sampled_from(["it", "zh", "de", "sv"]))
def test_any_text_is_prepared_and_what_is_kept_stands_where_it_says(text: str, language: str) -> None:
    source = prepare(text, SHIPPED.find(text, language))
    assert "".join(piece for _, piece in source.pieces()) == source.text
    assert source.kept == tuple(sorted(source.kept))


def test_an_own_glossary_comes_on_top_and_changes_the_identity_of_its_language_only(tmp_path: Path) -> None:
    file = tmp_path / "terms.toml"
    file.write_text('keep = ["Contoso"]\n[it]\n"IA" = "artificial intelligence"\n', "utf-8")
    own = Glossary.load(file)
    assert prepared("La IA di Contoso", "it", own) == (
        "La artificial intelligence di Contoso",
        ["artificial intelligence", "Contoso"],
    )
    file.write_text('[it]\n"IA" = "artificial intelligence"\n', "utf-8")
    assert Glossary.load(file).fingerprint("it") != SHIPPED.fingerprint("it")
    assert Glossary.load(file).fingerprint("fr") == SHIPPED.fingerprint("fr")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[it\n", "terms.toml"),
        (b"\xff\xfe", "terms.toml"),
        (b'keep = "IT"\n', "a list"),
        (b'IT = "IT"\n', "a table a language"),
        (b'[it]\n"" = "x"\n', "no term"),
        (b'[it]\n"x" = " "\n', "no term"),
        (b"[it]\n" + b'"' + b"x" * 300 + b'" = "y"\n', "no term"),
        (b"[it]\n" + b"\n".join(b'"t%d" = "y"' % n for n in range(6000)), "more than 5,000"),
        (b"#" * 1_000_001, "larger than"),
        (b"a = " + b"[" * 5000, "terms.toml"),
    ],
)
def test_what_is_no_glossary_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "terms.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=message):
        Glossary.load(file)
    with pytest.raises(SettingsError, match="nothing"):
        Glossary.load(tmp_path / "nothing.toml")


def test_a_glossary_that_never_ends_is_refused() -> None:
    with pytest.raises(SettingsError, match="larger than"):
        Glossary.load(Path("/dev/zero"))


def test_a_term_reaches_the_english_even_where_the_model_does_not_know_it(tmp_path: Path) -> None:
    settings = Settings(models_dir=tmp_path, workers=1, translation_engines=("argos",))
    install_package(DATA / "translate-it_en-1_0.argosmodel", settings)
    with Translator(load_engines(settings)) as translator:
        row = translator.translate([("Misurate il valore, non le ore di TOGAF.", "it")])[0]
        alone = translator.translate([("IA", "it")])[0]
    assert "TOGAF" in (row.text_en or "")
    assert row.text == "Misurate il valore, non le ore di TOGAF."
    assert (alone.text, alone.text_en, alone.flags, alone.trust) == ("IA", "AI", ("verbatim",), 1.0)
