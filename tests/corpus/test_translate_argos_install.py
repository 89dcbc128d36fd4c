from __future__ import annotations

import errno
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest

from corpus.errors import ModelError
from corpus.settings import Settings
from corpus.translate.argos_install import install_package, remove_package
from corpus.translate.argos_packages import packages_dir

PACKAGE = Path(__file__).parents[1] / "data" / "translate-it_en-1_0.argosmodel"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models_dir=tmp_path / "models")


def repacked(target: Path, extra: list[tuple[str | zipfile.ZipInfo, bytes]], drop: str = "") -> Path:
    with zipfile.ZipFile(PACKAGE) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if not drop or drop not in member.filename:
                new.writestr(member.filename, old.read(member))
        for name, content in extra:
            new.writestr(name, content)
    return target


def everything_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_package_is_installed_once_and_again_without_change(settings: Settings) -> None:
    package = install_package(PACKAGE, settings)
    before = everything_below(settings.models_dir)
    assert package.name == "it-en@1.0"
    assert (
        install_package(PACKAGE, settings) == package
        or install_package(PACKAGE, settings).folder == package.folder
    )
    assert everything_below(settings.models_dir) == before
    assert [path.name for path in packages_dir(settings).iterdir()] == ["translate-it_en"]


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("translate-it_en/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    "member",
    [
        "../escaped.txt",
        "translate-it_en/../../escaped.txt",
        "/srv/escaped.txt",
        "translate-it_en/..\\escaped.txt",
        "C:/escaped.txt",
        "translate-other/metadata.json",
        "loose.txt",
        ".hidden/metadata.json",
        "translate-it_en/METADATA.json",
        link(),
    ],
    ids=str,
)
def test_a_member_that_leads_out_of_its_folder_is_refused(
    settings: Settings, tmp_path: Path, member: str | zipfile.ZipInfo
) -> None:
    file = repacked(tmp_path / "hostile.argosmodel", [(member, b"../../outside")])
    before = everything_below(tmp_path)
    with pytest.raises(ModelError, match="hostile"):
        install_package(file, settings)
    assert everything_below(tmp_path) - before == {"models", "models/argos"}


def test_an_archive_that_grows_a_hundredfold_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = repacked(tmp_path / "bomb.argosmodel", [("translate-it_en/zeros", bytes(200_000_000))])
    with pytest.raises(ModelError, match="times its size"):
        install_package(file, settings)
    assert not list(packages_dir(settings).iterdir())


def test_a_member_larger_than_it_says_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = repacked(tmp_path / "liar.argosmodel", [("translate-it_en/notes.txt", b"a" * 5_000)])
    content = file.read_bytes()
    said = (5_000).to_bytes(4, "little")
    assert content.count(said) == 2
    file.write_bytes(content.replace(said, (10).to_bytes(4, "little")))
    with pytest.raises(ModelError, match="liar"):
        install_package(file, settings)
    assert not list(packages_dir(settings).iterdir())


@pytest.mark.parametrize("missing", ["metadata.json", "model.bin", "sentencepiece.model"])
def test_an_archive_that_is_no_whole_package_leaves_nothing_behind(
    settings: Settings, tmp_path: Path, missing: str
) -> None:
    with pytest.raises(ModelError):
        install_package(repacked(tmp_path / "part.argosmodel", [], drop=missing), settings)
    assert not list(packages_dir(settings).iterdir())


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", PACKAGE.read_bytes()[:100_000]])
def test_what_is_no_archive_is_refused(settings: Settings, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "half.argosmodel"
    file.write_bytes(content)
    with pytest.raises(ModelError, match="half"):
        install_package(file, settings)
    assert not list(packages_dir(settings).iterdir())


def test_a_different_model_never_replaces_a_package(settings: Settings, tmp_path: Path) -> None:
    package = install_package(PACKAGE, settings)
    other = repacked(tmp_path / "other.argosmodel", [], drop="sentencepiece")
    with (
        zipfile.ZipFile(PACKAGE.with_name("translate-es_it-1_0.argosmodel")) as source,
        zipfile.ZipFile(other, "a") as to,
    ):
        to.writestr("translate-it_en/sentencepiece.model", source.read("translate-es_it/sentencepiece.model"))
    with pytest.raises(ModelError, match="different model"):
        install_package(other, settings)
    assert install_package(PACKAGE, settings).model_hash == package.model_hash


def test_where_nothing_can_be_written_nothing_happens_and_the_message_says_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_package(PACKAGE, settings)
    before = everything_below(tmp_path)

    def read_only(**_where: object) -> str:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "mkdtemp", read_only)
    with pytest.raises(ModelError, match=r"argos, cannot be written \(Read-only file system\): .*models_dir"):
        install_package(PACKAGE, settings)
    with pytest.raises(ModelError, match="cannot be written"):
        remove_package("it-en", settings)
    assert everything_below(tmp_path) == before


def test_a_file_where_the_folder_of_packages_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("no folder")
    with pytest.raises(ModelError, match=r"models.argos, cannot be written"):
        install_package(PACKAGE, Settings(models_dir=tmp_path / "models"))
