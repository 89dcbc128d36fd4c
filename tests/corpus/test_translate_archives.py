"""Hostile archives and folders: each is refused with a message, and nothing is left behind nor touched outside."""

from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from corpus.errors import ModelError
from corpus.settings import Settings
from corpus.translate.argos import ArgosEngine
from corpus.translate.argos_install import install_package, remove_package
from corpus.translate.argos_packages import packages_dir
from corpus.translate.argos_record import RECORD, write_record
from corpus.translate.argos_store import installed

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parents[1] / "data"
PACKAGE = DATA / "translate-it_en-1_0.argosmodel"
NAME = "translate-it_en"
Member = tuple[str | zipfile.ZipInfo, bytes]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models_dir=tmp_path / "models", workers=1)


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(PACKAGE) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}


def archive(target: Path, *extra: Member, drop: str = "", changed: dict[str, bytes] | None = None) -> Path:
    """Write the real package with members added, dropped or changed."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in (members() | (changed or {})).items():
            if not drop or drop not in name:
                new.writestr(name, content)
        for name, content in extra:
            new.writestr(name, content)
    return target


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{NAME}/{name}")
    info.external_attr = (mode | 0o777) << 16
    return info


def metadata(**changes: Any) -> dict[str, bytes]:
    told = json.loads(members()[f"{NAME}/metadata.json"]) | changes
    return {f"{NAME}/metadata.json": json.dumps(told).encode()}


def model(change: Callable[[bytearray], bytes]) -> dict[str, bytes]:
    name = f"{NAME}/model/model.bin"
    return {name: bytes(change(bytearray(members()[name])))}


def with_bytes(content: bytearray, place: int, new: bytes) -> bytes:
    content[place : place + len(new)] = new
    return bytes(content)


PATHS: dict[str, Member] = {
    "up": ("../escaped.txt", b"x"),
    "up from inside": (f"{NAME}/../../escaped.txt", b"x"),
    "up and back": (f"{NAME}/model/../../../{NAME}/x", b"x"),
    "absolute": ("/srv/escaped.txt", b"x"),
    "two slashes": ("//srv/escaped.txt", b"x"),
    "backslashes": (f"{NAME}\\..\\..\\escaped.txt", b"x"),
    "drive": ("C:/escaped.txt", b"x"),
    "stream": (f"{NAME}/metadata.json:evil", b"x"),
    "dot": (f"{NAME}/./metadata.json", b"x"),
    "hidden folder": (".hidden/metadata.json", b"x"),
    "hidden file": (f"{NAME}/.pth", b"x"),
    "no folder": ("loose.txt", b"x"),
    "second folder": ("translate-other/metadata.json", b"x"),
    "a file twice": (f"{NAME}/metadata.json", b"{}"),
    "another case": (f"{NAME}/METADATA.json", b"{}"),
    "a file as folder": (f"{NAME}/metadata.json/x", b"x"),
    "a long name": (f"{NAME}/{'a' * 300}", b"x"),
    "a space": (f"{NAME}/a b", b"x"),
    "a line break": (f"{NAME}/a\nb", b"x"),
    "an escape": (f"{NAME}/\x1b[2J", b"x"),
    "right to left": (f"{NAME}/\u202egnp.exe", b"x"),
    "a dash first": (f"{NAME}/-rf", b"x"),
    "a tilde": (f"{NAME}/~root", b"x"),
    "a record of its own": (f"{NAME}/{RECORD}", b"{}"),
    "a link": (special("link", stat.S_IFLNK), b"../../outside"),
    "a pipe": (special("pipe", stat.S_IFIFO), b""),
    "a device": (special("device", stat.S_IFCHR), b""),
    "a socket": (special("socket", stat.S_IFSOCK), b""),
}
CONTENTS: dict[str, dict[str, Any]] = {
    "no metadata": {"drop": "metadata.json"},
    "no model": {"drop": "model.bin"},
    "no tokens": {"drop": "sentencepiece.model"},
    "metadata that is no JSON": {"changed": {f"{NAME}/metadata.json": b"{"}},
    "metadata that is a list": {"changed": {f"{NAME}/metadata.json": b"[1]"}},
    "metadata of deep nesting": {"changed": {f"{NAME}/metadata.json": b"[" * 200_000}},
    "metadata that is huge": {"changed": {f"{NAME}/metadata.json": b" " * 1_500_000 + b"{}"}},
    "metadata in another charset": {"changed": {f"{NAME}/metadata.json": b"\xff\xfe{"}},
    "a language that is a path": {"changed": metadata(from_code="../../x")},
    "a language of 10,000 letters": {"changed": metadata(from_code="x" * 10_000)},
    "a language that is a number": {"changed": metadata(to_code=7)},
    "a version that is an escape": {"changed": metadata(package_version="1\x1b[2J")},
    "another type": {"changed": metadata(type="sbd")},
    "tokens that are noise": {"changed": {f"{NAME}/sentencepiece.model": os.urandom(5_000)}},
    "a model that is noise": {"changed": model(lambda _old: os.urandom(100_000))},
    "a model that is empty": {"changed": model(lambda _old: b"")},
    "half a model": {"changed": model(lambda old: bytes(old[: len(old) // 2]))},
    "a model of another version": {"changed": model(lambda old: with_bytes(old, 0, b"\xff\xff\xff\xff"))},
    "a model with a name of 64 kB": {"changed": model(lambda old: with_bytes(old, 4, b"\xff\xff"))},
    "a vocabulary of one word": {"changed": {f"{NAME}/model/shared_vocabulary.json": b'["a"]'}},
}


def below(folder: Path) -> dict[str, tuple[int, int]]:
    """Return every path below a folder with its size and time, to see that nothing was touched."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def refused(source: Path, settings: Settings, root: Path) -> str:
    packages_dir(settings).mkdir(parents=True, exist_ok=True)
    before = below(root)
    with pytest.raises(ModelError) as caught:
        install_package(source, settings)
    assert below(root) == before
    assert not list(packages_dir(settings).iterdir())
    return str(caught.value)


@pytest.mark.parametrize("case", PATHS)
def test_a_member_with_a_hostile_name_or_kind_is_refused(
    settings: Settings, tmp_path: Path, case: str
) -> None:
    with pytest.warns() if case == "a file twice" else _quietly():
        source = archive(tmp_path / "hostile.argosmodel", PATHS[case])
    assert "hostile" in refused(source, settings, tmp_path)


def _quietly() -> Any:
    import contextlib

    return contextlib.nullcontext()


@pytest.mark.parametrize("case", CONTENTS)
def test_what_is_no_package_inside_is_refused(settings: Settings, tmp_path: Path, case: str) -> None:
    assert NAME in refused(archive(tmp_path / "hostile.argosmodel", **CONTENTS[case]), settings, tmp_path)


def encrypted(source: Path) -> bytes:
    content = bytearray(source.read_bytes())
    for magic, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = content.find(magic)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(magic, start + 4)
    return bytes(content)


def lying_sizes(source: Path) -> bytes:
    content = bytearray(source.read_bytes())
    start = content.find(b"PK\x01\x02")
    while start >= 0:
        content[start + 24 : start + 28] = struct.pack("<I", 10)
        start = content.find(b"PK\x01\x02", start + 4)
    return bytes(content)


def unknown_compression(source: Path) -> bytes:
    content = bytearray(source.read_bytes())
    start = content.find(b"PK\x01\x02")
    while start >= 0:
        content[start + 10 : start + 12] = struct.pack("<H", 99)
        start = content.find(b"PK\x01\x02", start + 4)
    return bytes(content)


def wrong_sum(source: Path) -> bytes:
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


WHOLE: dict[str, Callable[[Path], bytes]] = {
    "empty": lambda _source: b"",
    "a web page": lambda _source: b"<html>not found</html>",
    "cut short": lambda source: source.read_bytes()[:100_000],
    "without its directory": lambda source: source.read_bytes()[:-30],
    "encrypted": encrypted,
    "larger than it says": lying_sizes,
    "compressed in no known way": unknown_compression,
    "with a wrong check sum": wrong_sum,
    "an empty archive": lambda _source: b"PK\x05\x06" + bytes(18),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_broken_archive_is_refused(settings: Settings, tmp_path: Path, case: str) -> None:
    source = tmp_path / "hostile.argosmodel"
    source.write_bytes(WHOLE[case](PACKAGE))
    assert "hostile" in refused(source, settings, tmp_path)


def shifted(content: bytes, by: int) -> bytes:
    """Put bytes in front of an archive and say so in its index, so that it is whole all the same."""
    return b"#!/bin/sh\n".ljust(by, b"#") + content


def overlapping(source: Path) -> bytes:
    """Let all files of an archive lie at the place of its first."""
    content = bytearray(source.read_bytes())
    start = content.find(b"PK\x01\x02")
    while start >= 0:
        content[start + 42 : start + 46] = bytes(4)
        start = content.find(b"PK\x01\x02", start + 4)
    return bytes(content)


def of_two_disks(source: Path) -> bytes:
    content = bytearray(source.read_bytes())
    content[content.rfind(b"PK\x05\x06") + 4] = 1
    return bytes(content)


def with_a_huge_index(source: Path) -> bytes:
    content = bytearray(source.read_bytes())
    at = content.rfind(b"PK\x05\x06")
    content[at + 12 : at + 16] = struct.pack("<I", 2_000_000_000)
    return bytes(content)


INDEXES: dict[str, Callable[[Path], bytes]] = {
    "a program in front": lambda source: shifted(source.read_bytes(), 100),
    "overlapping files": overlapping,
    "two disks": of_two_disks,
    "a huge index": with_a_huge_index,
    "its end twice": lambda source: source.read_bytes() + source.read_bytes()[-22:],
}


@pytest.mark.parametrize("case", INDEXES)
def test_an_archive_whose_index_lies_is_refused(settings: Settings, tmp_path: Path, case: str) -> None:
    source = tmp_path / "hostile.argosmodel"
    source.write_bytes(INDEXES[case](PACKAGE))
    assert "hostile" in refused(source, settings, tmp_path)


def test_bombs_are_refused_by_what_they_say(settings: Settings, tmp_path: Path) -> None:
    flat = archive(tmp_path / "flat.argosmodel", (f"{NAME}/zeros", bytes(150_000_000)))
    many = archive(tmp_path / "many.argosmodel", *((f"{NAME}/f{n}", b"") for n in range(2_500)))
    assert "times its size" in refused(flat, settings, tmp_path)
    assert "more than a package has" in refused(many, settings, tmp_path)


def unpacked(target: Path) -> Path:
    for name, content in members().items():
        path = target / Path(name).relative_to(NAME)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return target


def test_a_folder_is_installed_like_its_archive(settings: Settings, tmp_path: Path) -> None:
    package = install_package(unpacked(tmp_path / "from" / NAME), settings)
    assert package.model_hash == install_package(PACKAGE, settings).model_hash
    assert [row.state for row in installed(settings)] == ["ok"]


@pytest.mark.parametrize("harm", ["link", "linked folder", "pipe", "sparse", "spaced name", "empty"])
def test_a_hostile_folder_is_refused(settings: Settings, tmp_path: Path, harm: str) -> None:
    source = unpacked(tmp_path / "from" / ("two words" if harm == "spaced name" else NAME))
    if harm == "link":
        (source / "secret").symlink_to("/etc/hostname")
    elif harm == "linked folder":
        (source / "more").symlink_to("/etc")
    elif harm == "pipe":
        os.mkfifo(source / "pipe")
    elif harm == "sparse":
        with (source / "huge").open("wb") as file:
            file.truncate(3_000_000_000)
    elif harm == "empty":
        shutil.rmtree(source)
        source.mkdir()
    packages_dir(settings).mkdir(parents=True)
    with pytest.raises(ModelError):
        install_package(source, settings)
    assert not list(packages_dir(settings).iterdir())


TAMPERED: dict[str, Callable[[Path], object]] = {
    "a byte of the weights": lambda folder: flip(folder / "model/model.bin", 0.5),
    "the first byte of the weights": lambda folder: flip(folder / "model/model.bin", 0),
    "the last byte of the weights": lambda folder: flip(folder / "model/model.bin", 1),
    "a byte of the tokens": lambda folder: flip(folder / "sentencepiece.model", 0.5),
    "a byte of the metadata": lambda folder: flip(folder / "metadata.json", 0.5),
    "zeros behind the weights": lambda folder: os.truncate(folder / "model/model.bin", 1_000_000),
    "a file more": lambda folder: (folder / "extra.py").write_text("import os"),
    "a file less": lambda folder: (folder / "model/model.bin").unlink(),
    "a link to the same bytes": lambda folder: linked(folder / "model/model.bin"),
    "no record": lambda folder: (folder / RECORD).unlink(),
    "a record that is noise": lambda folder: (folder / RECORD).write_bytes(b"\xff"),
    "an empty record": lambda folder: (folder / RECORD).write_text("{}"),
    "a record of other hashes": lambda folder: (folder / RECORD).write_text('{"metadata.json": "0 0"}'),
}


def flip(file: Path, share: float) -> None:
    content = bytearray(file.read_bytes())
    content[round(share * (len(content) - 1))] ^= 1
    file.write_bytes(content)


def linked(file: Path) -> None:
    other = file.with_name("other")
    file.rename(other)
    file.symlink_to(other)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two installed packages, to be copied."""
    settings = Settings(models_dir=tmp_path_factory.mktemp("models"), workers=1)
    for pair in ("it_en", "es_it"):
        install_package(DATA / f"translate-{pair}-1_0.argosmodel", settings)
    return settings.models_dir


@pytest.mark.parametrize("case", TAMPERED)
def test_a_package_that_was_changed_since_is_refused_and_the_others_serve(
    settings: Settings, both: Path, case: str
) -> None:
    shutil.copytree(both, settings.models_dir)
    TAMPERED[case](packages_dir(settings) / "translate-es_it")
    engine = ArgosEngine(packages_dir(settings))
    assert list(engine.languages()) == ["it"]
    assert "translate-es_it" in engine.problems()[0]
    assert "cio-advice models install" in engine.problems()[0]
    assert [row.state == "ok" for row in installed(settings)] == [False, True]


def test_what_was_changed_is_mended_by_the_same_package_and_by_no_other(
    settings: Settings, both: Path
) -> None:
    shutil.copytree(both, settings.models_dir)
    folder = packages_dir(settings) / NAME
    flip(folder / "model/model.bin", 0.5)
    other = archive(settings.models_dir / "other.argosmodel", changed=metadata(package_version="1.1"))
    with pytest.raises(ModelError, match="different model"):
        install_package(other, settings)
    assert "it" not in ArgosEngine(packages_dir(settings)).languages()
    install_package(PACKAGE, settings)
    assert "it" in ArgosEngine(packages_dir(settings)).languages()


def test_a_folder_put_there_by_hand_is_adopted_when_asked(settings: Settings) -> None:
    folder = unpacked(packages_dir(settings) / NAME)
    assert ArgosEngine(packages_dir(settings)).languages() == {}
    install_package(folder, settings)
    assert list(ArgosEngine(packages_dir(settings)).languages()) == ["it"]


def test_a_removed_package_is_gone_and_a_link_takes_nothing_along(
    settings: Settings, both: Path, tmp_path: Path
) -> None:
    shutil.copytree(both, settings.models_dir)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("x")
    (packages_dir(settings) / "linked").symlink_to(tmp_path / "precious")
    assert remove_package("it-en", settings) == [NAME]
    assert remove_package("linked", settings) == ["linked"]
    assert (tmp_path / "precious" / "file").exists()
    for name in ("../precious", "it-en", "", ".", "/"):
        with pytest.raises(ModelError, match="no Argos package"):
            remove_package(name, settings)
    assert [path.name for path in packages_dir(settings).iterdir()] == ["translate-es_it"]


def test_two_at_once_and_what_a_killed_one_left_end_in_one_package(settings: Settings) -> None:
    (packages_dir(settings) / ".staging-dead").mkdir(parents=True)
    code = (
        "import sys; from pathlib import Path; from corpus.settings import Settings; "
        "from corpus.translate.argos_install import install_package; "
        "install_package(Path(sys.argv[1]), Settings(models_dir=Path(sys.argv[2])))"
    )
    command = [sys.executable, "-c", code, str(PACKAGE), str(settings.models_dir)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(process.communicate()[1], process.returncode)[1] for process in running] == [0, 0]
    assert [path.name for path in packages_dir(settings).iterdir()] == [NAME]


def test_a_full_disk_leaves_nothing_behind(settings: Settings) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path; from corpus.settings import Settings; "
        "from corpus.errors import ModelError; from corpus.translate.argos_install import install_package; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: install_package(Path(sys.argv[1]), Settings(models_dir=Path(sys.argv[2])))\n"
        "except ModelError as error: print(error); sys.exit(3)"
    )
    command = [sys.executable, "-c", code, str(PACKAGE), str(settings.models_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "too large" in done.stdout
    assert not list(packages_dir(settings).iterdir())


def test_a_record_is_whole_or_not_there(settings: Settings, both: Path) -> None:
    shutil.copytree(both, settings.models_dir)
    folder = packages_dir(settings) / NAME
    write_record(folder)
    assert sorted(json.loads((folder / RECORD).read_text("utf-8"))) == sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != RECORD
    )
