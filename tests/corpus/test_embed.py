from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_e5 import tiny_e5

from corpus.embed import Embedder, load
from corpus.embed.prior import prior_vectors
from corpus.errors import ModelError
from corpus.settings import Settings
from corpus.setup.e5_folder import convert

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("models")
    (place / "tiny").mkdir()
    convert(tiny_e5(), place / "tiny")
    return place


@pytest.fixture(scope="module")
def tiny(models: Path) -> Embedder:
    return load(Settings(models_dir=models, embedding_model="tiny"))


def test_vectors_come_in_order_one_a_text_and_of_length_one(tiny: Embedder) -> None:
    texts = ["sell project", "a much longer text than the others are", "b", ""]
    vectors = tiny.embed_passages(texts)
    assert vectors.shape == (4, tiny.dimension) == (4, 32)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for row, text in enumerate(texts):
        assert np.allclose(tiny.embed_passages([text])[0], vectors[row], atol=1e-5)


def test_the_same_texts_give_the_same_bytes(tiny: Embedder) -> None:
    texts = [f"sell {'abc' * n}" for n in range(20)]
    assert tiny.embed_passages(texts).tobytes() == tiny.embed_passages(texts).tobytes()


def test_passages_and_queries_have_their_own_prompts(tiny: Embedder) -> None:
    assert not np.allclose(tiny.embed_passages(["sell"]), tiny.embed_queries(["sell"]), atol=1e-3)


def test_a_model_without_prompts_treats_both_alike(models: Path) -> None:
    shutil.copytree(models / "tiny", models / "bare", dirs_exist_ok=True)
    (models / "bare" / "config_sentence_transformers.json").unlink()
    bare = load(Settings(models_dir=models, embedding_model="bare"))
    assert np.allclose(bare.embed_passages(["sell"]), bare.embed_queries(["sell"]))


def test_no_texts_give_no_vectors(tiny: Embedder) -> None:
    assert tiny.embed_passages([]).shape == (0, 32)


def test_progress_counts_every_text_once(tiny: Embedder) -> None:
    done: list[int] = []
    tiny.embed_passages(["sell"] * 300, done.append)
    assert sum(done) == 300
    assert len(done) > 1


def test_of_a_text_longer_than_the_model_reads_every_part_counts(tiny: Embedder) -> None:
    head = "sell " * 200
    one, other = tiny.embed_passages([head + "abc " * 100, head + "xyz " * 100])
    assert not np.allclose(one, other, atol=1e-3)
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-4)


def test_the_fingerprint_follows_the_weights_and_not_the_place(
    models: Path, tmp_path: Path, tiny: Embedder
) -> None:
    shutil.copytree(models / "tiny", tmp_path / "moved")
    (tmp_path / "other").mkdir()
    convert(tiny_e5(seed=1), tmp_path / "other")
    moved, other = (load(Settings(embedding_model=str(tmp_path / name))) for name in ("moved", "other"))
    assert moved.fingerprint == tiny.fingerprint
    assert other.fingerprint != tiny.fingerprint


@pytest.mark.parametrize("name", ["no-such-model", "", "nobody/no-such-model", "../nowhere"])
def test_a_missing_model_names_the_command_that_brings_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="cio-advice setup --model"):
        load(Settings(models_dir=tmp_path, embedding_model=name))


def test_pickled_weights_are_refused(models: Path, tmp_path: Path) -> None:
    shutil.copytree(models / "tiny", tmp_path / "pickled")
    (tmp_path / "pickled" / "model.safetensors").rename(tmp_path / "pickled" / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickled"):
        load(Settings(models_dir=tmp_path, embedding_model="pickled"))


def test_a_model_that_asks_for_code_of_its_own_is_refused(models: Path, tmp_path: Path) -> None:
    shutil.copytree(models / "tiny", tmp_path / "coded")
    modules = [{"idx": 0, "name": "0", "path": "", "type": "modeling_evil.Evil"}]
    (tmp_path / "coded" / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelError, match="code of its own"):
        load(Settings(models_dir=tmp_path, embedding_model="coded"))


def test_damaged_weights_are_a_model_error(models: Path, tmp_path: Path) -> None:
    shutil.copytree(models / "tiny", tmp_path / "damaged")
    (tmp_path / "damaged" / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(ModelError, match="damaged"):
        load(Settings(models_dir=tmp_path, embedding_model="damaged")).embed_passages(["sell"])


def test_the_prior_is_embedded_once_and_mended_when_damaged(tiny: Embedder, tmp_path: Path) -> None:
    first = prior_vectors(tiny, tmp_path)
    [file] = tmp_path.iterdir()
    again = prior_vectors(tiny, tmp_path)
    assert set(first.passages) == set(again.queries) == {"en", "it", "fr", "de", "es", "pt", "zh"}
    assert all(np.array_equal(first.queries[code], again.queries[code]) for code in first.queries)
    file.write_bytes(b"nonsense")
    assert np.array_equal(prior_vectors(tiny, tmp_path).passages["it"], first.passages["it"])


def test_the_shipped_model_finds_translations() -> None:
    settings = Settings.load()
    if not (settings.models_dir / "multilingual-e5-small").is_dir():
        pytest.skip("SKIPPED FOR WANT OF A MODEL: run `cio-advice setup --model`")
    english = ["Sell the project before you build it.", "Patch every server.", "Train your own people."]
    italian = [
        "Formate le vostre persone.",
        "Vendete il progetto prima di costruirlo.",
        "Aggiornate ogni server.",
    ]
    embedder = load(settings)
    likeness = embedder.embed_passages(english) @ embedder.embed_passages(italian).T
    assert likeness.argmax(axis=1).tolist() == [1, 2, 0]
