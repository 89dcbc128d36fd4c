"""The advice model: reads without running code, refuses what is not its own, and falls back to the rules loudly."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus.advice import MEANING, Judge, explain, judge
from corpus.advice import model as advice_model
from corpus.advice.conditions import condition
from corpus.advice.features import FEATURES, contexts, rule_features
from corpus.advice.scoring import NOTHING
from corpus.advice.targets import named_target
from corpus.embed import load
from corpus.embed.prior import prior_vectors
from corpus.errors import ModelError
from corpus.settings import Settings

DATA = Path(advice_model.__file__).with_name("data")
SENTENCES = [
    ("s1", "When you report to the board, never show the architecture diagram.", "en", False),
    ("s2", "The server was bought in 2012.", "en", False),
    ("s3", "Un responsable informatique doit vendre son projet avant de le construire.", "fr", False),
]


class Other:
    """An embedding model that the advice model was not trained with."""

    name, fingerprint, dimension = "other", "other-1", 384

    def embed_passages(self, texts: list[str], progress: object = None) -> np.ndarray:
        return np.random.default_rng(1).normal(size=(len(texts), 384)).astype(np.float32)


@pytest.fixture(scope="module")
def real() -> Judge:
    settings = Settings()
    try:
        embedder = load(settings)
    except ModelError as error:
        pytest.skip(f"NOT TESTED: {error}")
    return Judge(0.5, embedder, prior_vectors(embedder, settings.models_dir / "priors").passages)


def test_the_shipped_model_is_made_for_the_features_that_there_are() -> None:
    shipped = advice_model.load()
    assert shipped.targets == ("cio", "it-staff", "vendor", "business", "anybody")
    assert shipped.weights["features"].shape == (len(FEATURES), 2 + len(shipped.targets))


@pytest.mark.parametrize("damage", ["text", "weights", "features"])
def test_a_damaged_model_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    for name in ("advice.json", "advice.safetensors"):
        shutil.copyfile(DATA / name, tmp_path / name)
    if damage == "text":
        (tmp_path / "advice.json").write_text("{")
    elif damage == "weights":
        (tmp_path / "advice.safetensors").write_bytes(b"\x00" * 40)
    else:
        told = json.loads((DATA / "advice.json").read_text("utf-8"))
        (tmp_path / "advice.json").write_text(json.dumps(told | {"features": ["length"]}))
    with pytest.raises(ModelError, match="advice model"):
        advice_model.read(tmp_path)


def test_another_embedding_model_leaves_the_rules_alone_and_says_so() -> None:
    deciding = Judge(0.5, Other(), {})  # type: ignore[arg-type]
    found, vectors = deciding(SENTENCES, ["d"] * 3)
    assert found == judge(SENTENCES, 0.5)
    assert vectors is None
    assert "other" in deciding.reason
    assert [advice.target for advice in found] == [None, "cio"]  # only the second names somebody


def test_the_real_model_finds_advice_and_says_for_whom_and_when(real: Judge) -> None:
    assert real.reason == ""
    steps: list[int] = []
    found, vectors = real(SENTENCES, ["a", "a", "b"], steps.append)
    assert [advice.sentence_id for advice in found] == ["s1", "s3"]
    assert [advice.polarity for advice in found] == ["dont", "do"]
    assert found[0].condition == "When you report to the board"
    assert all(advice.target in advice_model.load().targets for advice in found)
    assert vectors is not None
    assert vectors.shape == (2, 384)
    assert sum(steps) == 3


def test_of_a_sentence_that_the_model_failed_on_the_rules_decide(real: Judge) -> None:
    class Failing:
        """Gives no vector for the first sentence."""

        def __getattr__(self, name: str) -> object:
            return getattr(real._embedder, name)

        def embed_passages(self, texts: list[str], progress: object = None) -> np.ndarray:
            vectors = real._embedder.embed_passages(texts)  # type: ignore[union-attr]
            vectors[[text == SENTENCES[0][1] for text in texts]] = 0
            return vectors

    found, vectors = Judge(0.5, Failing(), real._means)(SENTENCES, ["a", "a", "b"])  # type: ignore[arg-type]
    by_rules = judge(SENTENCES[:1], 0.5)
    assert [advice.sentence_id for advice in found] == ["s1", "s3"]
    assert (found[0].score, found[0].polarity) == (by_rules[0].score, by_rules[0].polarity)
    assert vectors is not None
    assert vectors.any(axis=1).tolist() == [False, True]


class Watched:
    """The real embedding model, which notes what it is asked for."""

    def __init__(self, real: Judge) -> None:
        self._embedder = real._embedder
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._embedder, name)

    def embed_passages(self, texts: list[str], progress: object = None) -> np.ndarray:
        self.asked.extend(texts)
        return self._embedder.embed_passages(texts)  # type: ignore[union-attr]


def watched(real: Judge) -> tuple[Judge, list[str]]:
    """Return a judge, and the list of what it asks for."""
    embedder = Watched(real)
    deciding = Judge(0.5, embedder, real._means)  # type: ignore[arg-type]
    assert deciding.reason == ""
    embedder.asked.clear()
    return deciding, embedder.asked


def test_only_what_may_be_advice_gets_a_vector(real: Judge) -> None:
    told = [
        "In 2019 the hospital ran four hundred servers in two cellars.",
        "My predecessor had bought them from a cousin of the director.",
        "The first winter, the pumps failed twice.",
        "Nobody on the board asked what had happened.",
        "Write down what each failure cost, and read the sum aloud to the board.",
        "The second winter was warmer, and the cellar stayed dry.",
    ]
    deciding, asked = watched(real)
    steps: list[int] = []
    sentences = [(str(n), text, "en", False) for n, text in enumerate(told)]
    found, vectors = deciding(sentences, ["d"] * 6, steps.append)
    assert [advice.sentence_id for advice in found] == ["4"]
    assert told[4] in asked
    assert len(asked) <= 3
    assert vectors is not None
    assert vectors.shape == (1, 384)
    assert steps[0] == len(told) - len(asked)


def test_where_nothing_may_be_advice_nothing_is_asked_for(real: Judge) -> None:
    deciding, asked = watched(real)
    found, vectors = deciding([("n", "The server was bought in 2012.", "en", False)], ["d"])
    assert (found, asked) == ([], [])
    assert vectors is not None
    assert vectors.shape == (0, 384)


def test_a_document_is_judged_the_same_whatever_comes_with_it(real: Judge) -> None:
    alone, _ = real(SENTENCES[:2], ["a", "a"])
    beside, _ = real(SENTENCES, ["a", "a", "b"])
    assert beside[: len(alone)] == alone


def test_the_fingerprint_of_the_real_model_is_not_that_of_the_rules(real: Judge) -> None:
    assert real.fingerprint != Judge(0.5, None).fingerprint


def test_what_no_rule_found_says_so() -> None:
    assert MEANING.startswith("model:")


def test_features_see_the_neighbours_of_the_same_document_only() -> None:
    texts = ["You must sell it.", "It rained.", "You must patch it."]
    verdicts = [explain(text, "en") for text in texts]
    rows = rule_features([(text, False) for text in texts], verdicts, ["a", "a", "b"], ["en"] * 3)
    before, after, around = (FEATURES.index(name) for name in ("before", "after", "around"))
    assert rows[1, before] == pytest.approx(verdicts[0].score)
    assert rows[1, after] == 0
    assert rows[1, around] == pytest.approx(verdicts[0].score)
    assert rows[2, around] == 0


def test_no_sentences_have_features_and_contexts_all_the_same() -> None:
    assert rule_features([], [], [], []).shape == (0, len(FEATURES))
    assert contexts(np.zeros((0, 4), np.float32), []).shape == (0, 4)
    assert rule_features([("", False)], [NOTHING], ["d"], ["en"]).shape == (1, len(FEATURES))


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Before you buy another rack, ask for the cloud price.", "Before you buy another rack"),
        ("en", "Be plain when reporting to people without IT.", "when reporting to people without IT"),
        ("it", "Se il vostro carico è piatto, tenetevelo in casa.", "Se il vostro carico è piatto"),
        ("fr", "Si une seule réponse manque, laissez l’application où elle est.", "Si une seule réponse manque"),
        ("de", "Lies sie auch, wenn sie stimmt.", "wenn sie stimmt"),
        ("es", "Si un profano no lo entiende, la diapositiva se tira.", "Si un profano no lo entiende"),
        ("pt", "Antes de pagar, olhe o extrato.", "Antes de pagar"),
        ("zh", "如果第二页写不满，那就先不迁。", "如果第二页写不满"),
        ("en", "Patch every server.", None),
        ("it", "Lasciate che se ne prendano il merito.", None),
        ("xx", "If it fails, stop.", None),
    ],
)  # fmt: skip
def test_the_condition_of_a_piece_of_advice(language: str, text: str, words: str | None) -> None:
    span = condition(text, language)
    assert (text[span[0] : span[1]] if span else None) == words


@pytest.mark.parametrize(
    ("language", "text", "target"),
    [
        ("en", "Vendors should read the annual report first.", "vendor"),
        ("en", "Before you call a CIO, read the annual report.", "vendor"),
        ("en", "Every company must have a plan for the day its data centre burns.", "business"),
        ("en", "The CIO must sell the project.", "cio"),
        ("it", "Il fornitore deve leggere la relazione annuale.", "vendor"),
        ("it", "Responsabili IT, prendete a prestito il vostro migliore commerciale.", "cio"),
        ("fr", "Un DSI doit vendre son projet.", "cio"),
        ("de", "Anbieter müssen ihre Preise nennen.", "vendor"),
        ("es", "Las empresas deben probar sus copias.", "business"),
        ("pt", "Os fornecedores devem dizer o preço.", "vendor"),
        ("zh", "供应商应该先说清楚价格。", "vendor"),
        ("en", "Patch every server before the vendor calls.", None),
        ("xx", "Vendors should ask.", None),
    ],
)
def test_whom_a_sentence_names(language: str, text: str, target: str | None) -> None:
    assert named_target(text, language, explain(text, language)) == target


@pytest.mark.parametrize("language", ["en", "it", "fr", "de", "es", "pt", "zh"])
def test_conditions_take_bounded_time_on_hostile_sentences(language: str) -> None:
    import time

    began = time.process_time()
    for piece in ("if ", "se ", "wenn a ", "si ", "如果", "before ", "quando le "):
        condition(piece * 20_000, language)
    assert time.process_time() - began < 5  # a safety net for loops that do not end, not a speed
