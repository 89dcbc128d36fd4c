"""`cio-advice models`, without a network."""

from __future__ import annotations

import json
import socket
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from flows.cli import main

PACKAGE = Path(__file__).parents[1] / "data" / "translate-it_en-1_0.argosmodel"


class Answer(NamedTuple):
    code: int
    out: str
    err: str


class Line:
    """The command line in this process, with a folder of models of its own and no network."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *arguments: str | Path) -> Answer:
        with pytest.raises(SystemExit) as ended:
            main(["models", *map(str, arguments)])
        return Answer(int(ended.value.code or 0), *self._capfd.readouterr())


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Line:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise OSError("the network is cut")

    monkeypatch.setenv("CIO_ADVICE_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return Line(capfd)


def test_a_package_comes_is_listed_and_goes(models: Line) -> None:
    assert "no Argos package" in models().err
    assert models("install", PACKAGE).code == 0
    row = json.loads(models("list", "--json").out)[0]
    assert (row["pair"], row["version"], row["state"]) == ("it-en", "1.0", "ok")
    assert json.loads(models("install", PACKAGE, "--json").out) == {
        "installed": [],
        "packages": [row["name"]],
    }
    assert models("remove", "it-en", "--yes").code == 0
    assert json.loads(models("--json").out) == []


def test_mistakes_are_told_in_one_line(models: Line, tmp_path: Path) -> None:
    answers = [
        models("install", tmp_path / "nothing.argosmodel"),
        models("install", tmp_path),
        models("install", "it"),
        models("remove", "it-en", "--yes"),
    ]
    said = ["no such file", "Argos package", "cannot be reached", "no Argos package is called"]
    for answer, words in zip(answers, said, strict=True):
        assert answer.code == 1
        assert answer.out == ""
        assert words in answer.err.splitlines()[-1]


def test_a_changed_package_is_shown_and_mended(models: Line, tmp_path: Path) -> None:
    models("install", PACKAGE)
    weights = tmp_path / "models" / "argos" / "translate-it_en" / "model" / "model.bin"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    assert "model/model.bin was changed" in json.loads(models("--json").out)[0]["state"]
    models("install", PACKAGE)
    assert json.loads(models("--json").out)[0]["state"] == "ok"


def test_an_empty_name_is_not_the_folder_one_stands_in(
    models: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(PACKAGE) as archive:
        archive.extractall(tmp_path)
    monkeypatch.chdir(next(tmp_path.glob("translate-it_en*")))
    answer = models("install", "")
    assert (answer.code, answer.out) == (1, "")
    assert "no such file" in answer.err
