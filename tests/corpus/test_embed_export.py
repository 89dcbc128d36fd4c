from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_e5 import tiny_e5

from corpus.embed import Embedder, export, load, prepare
from corpus.embed.exported import GRAPH, RECORD, ExportedEmbedder, export_folder, read_record
from corpus.errors import ModelError
from corpus.settings import Settings
from corpus.setup.e5_folder import convert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXTS = ["sell project", "a much longer text than the others are", "b", "", "sell " * 200]


@pytest.fixture(scope="module", autouse=True)
def agreeable() -> Iterator[None]:
    """Random weights lose more in 8 bits than learnt ones: here it is what happens around them that counts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "LEAST_AGREEMENT", 0.8)
        yield


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A tiny model and its export."""
    place = tmp_path_factory.mktemp("models")
    (place / "tiny").mkdir()
    convert(tiny_e5(), place / "tiny")
    chosen = Settings(models_dir=place, embedding_model="tiny", embedding_backend="onnx")
    prepare(chosen, lambda _line: None)
    return chosen


@pytest.fixture(scope="module")
def exported(settings: Settings) -> Embedder:
    return load(settings)


def test_the_export_of_the_shipped_model_agrees_with_the_reference() -> None:
    own = Settings.load().with_changes(embedding_backend="onnx")
    if not (own.models_dir / "multilingual-e5-small").is_dir():
        pytest.skip("SKIPPED FOR WANT OF A MODEL: run `cio-advice setup --model`")
    prepare(own, lambda _line: None)
    exported, reference = load(own), load(own.with_changes(embedding_backend="sentence-transformers"))

    assert isinstance(exported, ExportedEmbedder)
    assert exported.agreement >= 0.99
    assert (exported.dimension, exported.max_tokens) == (reference.dimension, reference.max_tokens)
    assert exported.fingerprint != reference.fingerprint
    texts = [
        *TEXTS,
        "Vendete il progetto prima di costruirlo.",
        "怎样测试备份和防范勒索软件？",
        "word " * 700,
    ]
    for ask in ("embed_passages", "embed_queries"):
        ours, theirs = (getattr(engine, ask)(texts) for engine in (exported, reference))
        assert (ours * theirs).sum(axis=1).min() > 0.985


def test_a_vector_is_the_same_to_the_last_bit_whatever_stands_beside_it(exported: Embedder) -> None:
    together = exported.embed_passages(TEXTS * 30)

    alone = np.concatenate([exported.embed_passages([text]) for text in TEXTS])
    backwards = exported.embed_passages(TEXTS[::-1])[::-1]

    assert together.tobytes() == np.concatenate([alone] * 30).tobytes()
    assert backwards.tobytes() == alone.tobytes()


def test_no_texts_and_progress(exported: Embedder) -> None:
    done: list[int] = []
    assert exported.embed_passages([], done.append).shape == (0, exported.dimension)
    exported.embed_passages(["sell"] * 130, done.append)
    assert sum(done) == 130


def test_the_export_is_made_once_and_again_when_the_model_changes(settings: Settings, tmp_path: Path) -> None:
    news: list[str] = []
    prepare(settings, news.append)
    assert news == []

    (tmp_path / "tiny").mkdir()
    convert(tiny_e5(), tmp_path / "tiny")
    moved = dataclasses.replace(settings, models_dir=tmp_path)
    prepare(moved, news.append)
    before = load(moved).fingerprint
    assert before == load(settings).fingerprint
    convert(tiny_e5(seed=1), tmp_path / "tiny")
    prepare(moved, news.append)
    assert load(moved).fingerprint != before
    assert sum("exporting" in line for line in news) == 2


def test_a_changed_file_is_refused_by_name(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    convert(tiny_e5(), tmp_path / "tiny")
    own = dataclasses.replace(settings, models_dir=tmp_path)
    prepare(own, lambda _line: None)
    graph = export_folder(tmp_path / "tiny", tmp_path) / GRAPH
    graph.write_bytes(graph.read_bytes()[:-1] + b"\0")

    with pytest.raises(ModelError, match=r"encoder\.onnx was changed since it was made"):
        load(own).embed_queries(["sell"])


def test_an_export_that_disagrees_is_not_used_and_said(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tiny").mkdir()
    convert(tiny_e5(), tmp_path / "tiny")
    own = dataclasses.replace(settings, models_dir=tmp_path, embedding_backend="auto")
    monkeypatch.setattr(export, "LEAST_AGREEMENT", 1.1)
    news: list[str] = []

    prepare(own, news.append)

    assert "disagrees" in news[-1]
    assert load(own).backend == "sentence-transformers"
    with pytest.raises(ModelError, match="disagrees"):
        prepare(dataclasses.replace(own, embedding_backend="onnx"), news.append)


def test_what_could_not_be_exported_is_tried_again_with_other_tools(
    settings: Settings, tmp_path: Path
) -> None:
    folder = settings.models_dir / "tiny"
    place = export_folder(folder, settings.models_dir)
    record = json.loads((place / RECORD).read_text())
    (tmp_path / RECORD).write_text(json.dumps(record | {"problem": "cannot be exported: x"}))
    assert read_record(folder, tmp_path) is not None

    (tmp_path / RECORD).write_text(
        json.dumps(record | {"problem": "cannot be exported: x", "tools": ["onnx 0"]})
    )

    assert read_record(folder, tmp_path) is None


def test_an_export_runs_without_torch_and_with_the_vectors_of_its_warehouse(settings: Settings) -> None:
    code = (
        "import sys; from pathlib import Path; from corpus.embed import load; from corpus.settings import Settings\n"
        f"chosen = Settings(models_dir=Path({str(settings.models_dir)!r}), embedding_model='tiny')\n"
        "load(chosen).embed_queries(['sell'])\n"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

    chosen = dataclasses.replace(settings, embedding_backend="auto")
    reference = load(dataclasses.replace(settings, embedding_backend="sentence-transformers"))
    assert load(chosen, reference.fingerprint).backend == "sentence-transformers"
    assert load(chosen, load(settings).fingerprint).backend == "onnx int8"
