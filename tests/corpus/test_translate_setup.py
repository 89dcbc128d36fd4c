from __future__ import annotations

import contextlib
import functools
import http.server
import json
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.errors import StepError
from corpus.settings import Settings
from corpus.setup import debian
from corpus.setup.argos_index import within
from corpus.setup.engines import install_engines
from corpus.translate.argos_install import install_package
from corpus.translate.argos_packages import packages_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parents[1] / "data"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models_dir=tmp_path / "models", translation_engines=("argos",), workers=1)


def entry(source: str, target: str, *links: str) -> dict[str, object]:
    return {
        "from_code": source,
        "to_code": target,
        "package_version": "1.0",
        "type": "translate",
        "links": links,
    }


def test_packages_come_from_the_index_with_their_pivots(settings: Settings, tmp_path: Path) -> None:
    with served(tmp_path) as address:
        links = {pair: f"{address}/translate-{pair}-1_0.argosmodel" for pair in ("it_en", "es_it")}
        for pair in links:
            (tmp_path / f"translate-{pair}-1_0.argosmodel").symlink_to(
                DATA / f"translate-{pair}-1_0.argosmodel"
            )
        index = [
            entry("it", "en", "file:///etc/passwd", f"{address}/gone.argosmodel", links["it_en"]),
            entry("es", "it", links["es_it"]),
            entry("de", "nl", links["es_it"]),
        ]
        (tmp_path / "index.json").write_text(json.dumps(index))
        lines: list[str] = []
        report = install_engines(settings, ("es", "de"), lines.append, index=f"{address}/index.json")
    assert set(report.installed) == {"Argos es-it", "Argos it-en"}
    assert list(report.served) == ["es"]
    assert report.missing == ("de",)
    assert lines[-1] == report.line
    assert "es by argos" in report.line
    assert "de stay in the original" in report.line
    assert "`cio-advice setup --translate`" in report.line
    assert sorted(path.name for path in packages_dir(settings).iterdir()) == [
        "translate-es_it",
        "translate-it_en",
    ]


@pytest.mark.parametrize("content", ["<html>", "{}", '[{"links": 3}, 5]', "[]"])
def test_an_index_that_makes_no_sense_installs_nothing(
    settings: Settings, tmp_path: Path, content: str
) -> None:
    (tmp_path / "index.json").write_text(content)
    with served(tmp_path) as address:
        report = install_engines(settings, ("it",), index=f"{address}/index.json")
    assert report.installed == ()
    assert report.missing == ("it",)


def test_a_hostile_package_in_the_index_is_refused_and_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "evil.argosmodel").write_bytes(b"PK not really")
    with served(tmp_path) as address:
        (tmp_path / "index.json").write_text(json.dumps([entry("it", "en", f"{address}/evil.argosmodel")]))
        report = install_engines(settings, ("it",), index=f"{address}/index.json")
    assert report.missing == ("it",)
    assert "evil.argosmodel" in report.line
    assert not list(packages_dir(settings).iterdir())


def test_without_network_set_up_ends_soon_and_says_what_mends_it(settings: Settings) -> None:
    start = time.monotonic()
    report = install_engines(settings, ("it",), index="https://nowhere.invalid/index.json")
    assert time.monotonic() - start < 8
    assert "cannot be reached" in report.line
    assert "`cio-advice setup --translate`" in report.line
    assert "\n" not in report.line


def test_where_everything_is_there_nothing_is_asked(settings: Settings) -> None:
    install_package(DATA / "translate-it_en-1_0.argosmodel", settings)
    start = time.monotonic()
    report = install_engines(settings, ("it",), index="https://nowhere.invalid/index.json")
    assert time.monotonic() - start < 1
    assert (report.installed, report.problems, report.missing) == ((), (), ())
    assert report.line == "translation into English: it by argos"


def test_work_that_hangs_is_left_behind() -> None:
    release = threading.Event()
    with pytest.raises(StepError, match="no answer"):
        within(0.1, lambda: release.wait(5), "nothing came")
    release.set()


LISTING = """apertium-es-it - Transitional dummy package for apertium-spa-ita
apertium-spa-ita - Apertium translation data for the Spanish-Italian pair
apertium-eng-spa - Apertium translation data for the English-Spanish pair
apertium-lex-tools - Constraint-based lexical selection module
apertium-eu-en - Apertium translation data for the Basque-English pair
"""


def test_pairs_are_read_from_what_apt_knows_without_dummies() -> None:
    assert debian.known_pairs(LISTING) == {
        ("es", "it"): "apertium-spa-ita",
        ("en", "es"): "apertium-eng-spa",
        ("eu", "en"): "apertium-eu-en",
    }


def test_a_language_needs_the_packages_of_its_whole_chain() -> None:
    if not debian.has_apt() or not debian.known_pairs(debian.listing()):
        pytest.skip("SKIPPED FOR WANT OF A TOOL: apt with Debian's package lists")
    packages = debian.apertium_packages(("it", "zh"))
    assert packages == {"it": ("apertium", "apertium-spa-ita", "apertium-eng-spa")}
