from __future__ import annotations

import contextlib
import functools
import http.server
import json
import re
import shutil
import subprocess
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
from corpus.translate.apertium import ApertiumEngine
from corpus.translate.apertium_modes import TOOLS, missing_tools
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
    need_apt()
    packages = debian.apertium_packages(("it", "zh"))
    assert packages == {"it": ("apertium", "apertium-spa-ita", "apertium-eng-spa")}


def need_apt() -> None:
    if not (debian.has_apt() and shutil.which("dpkg-query") and debian.known_pairs(debian.listing())):
        pytest.skip("SKIPPED FOR WANT OF A TOOL: apt with Debian's package lists")


def test_debian_has_the_package_of_every_tool() -> None:
    need_apt()
    names = sorted(set(TOOLS.values()))
    shown = subprocess.run(["apt-cache", "show", *names], capture_output=True, check=True, text=True).stdout
    assert set(re.findall(r"^Package: (\S+)", shown, re.MULTILINE)) == set(names)


def test_the_tools_that_are_here_came_with_the_packages_that_are_named() -> None:
    need_apt()
    here = {tool: path for tool in TOOLS if (path := shutil.which(tool, path="/usr/bin"))}
    if not here:
        pytest.skip("SKIPPED FOR WANT OF A TOOL: Apertium")
    owners = {
        tool: subprocess.run(["dpkg-query", "-S", path], capture_output=True, check=True, text=True).stdout
        for tool, path in here.items()
    }
    assert {tool: owner.split(":")[0] for tool, owner in owners.items()} == {
        tool: TOOLS[tool] for tool in here
    }


APT = """#!/bin/sh
for word; do case "$word" in
  install) installing=yes ;;
  -*) ;;
  *) [ -z "$installing" ] || echo "$word installed" >> "$STATE"
esac; done
printf '%s\\n' "$*" >> "$STATE.calls"
grep -q '^apertium-spa-ita ' "$STATE" && printf "lt-proc -w | cg-proc -w | lt-proc \\$1\\n" > "$MODES/ita-spa.mode"
grep -q '^apertium-eng-spa ' "$STATE" && printf "lt-proc \\$1\\n" > "$MODES/spa-eng.mode"
grep -q '^cg3 ' "$STATE" && cp "$BIN/lt-proc" "$BIN/cg-proc"
exit 0
"""


@pytest.fixture
def debian_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a machine whose apt installs pairs that run a tool on which, as in Debian, no pair depends."""
    tools, modes, state = tmp_path / "bin", tmp_path / "modes", tmp_path / "state"
    tools.mkdir()
    modes.mkdir()
    state.touch()
    scripts = {
        "apt-get": APT,
        "apt-cache": f"#!/bin/sh\ncat <<'END'\n{LISTING}END\n",
        "dpkg-query": '#!/bin/sh\ncat "$STATE"\n',
        "sudo": '#!/bin/sh\nshift\nexec "$@"\n',
        "lt-proc": "#!/bin/sh\nexec cat\n",
    }
    for name, script in scripts.items():
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    for name in ("sh", "env", "cat", "cp", "grep", "true"):
        (tools / name).symlink_to(shutil.which(name) or name)
    for name, value in {"PATH": tools, "BIN": tools, "MODES": modes, "STATE": state}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr("corpus.translate.apertium_modes.MODES_DIR", modes)
    monkeypatch.setattr(ApertiumEngine, "find", classmethod(lambda cls: cls(modes)))
    return state


APERTIUM = Settings(translation_engines=("apertium",))


def test_set_up_brings_the_tools_that_the_pairs_run(debian_machine: Path) -> None:
    lines: list[str] = []
    report = install_engines(APERTIUM, ("it", "es"), lines.append)
    pairs = ("apertium", "apertium-spa-ita", "apertium-eng-spa")
    assert report.installed == (*pairs, "cg3")
    assert sorted(report.served) == ["es", "it"]
    assert report.problems == ()
    assert lines == [f"installing {' '.join(pairs)}", "installing cg3", report.line]
    assert report.line.endswith("installed apertium, apertium-spa-ita, apertium-eng-spa, cg3")


def test_set_up_says_installed_of_nothing_that_was_there(debian_machine: Path) -> None:
    install_engines(APERTIUM, ("it",))
    calls = debian_machine.with_suffix(".calls").read_text()
    again = install_engines(APERTIUM, ("it", "zh"))
    assert again.installed == ()
    assert "installed" not in again.line
    assert again.problems == ("Debian has no Apertium pair for zh",)
    assert debian_machine.with_suffix(".calls").read_text() == calls


def test_a_machine_that_lacks_only_a_tool_gets_only_that(debian_machine: Path) -> None:
    install_engines(APERTIUM, ("it",))
    debian_machine.write_text(debian_machine.read_text().replace("cg3 installed\n", ""))
    (debian_machine.parent / "bin" / "cg-proc").unlink()
    assert missing_tools(("it",)) == {"cg-proc": "cg3"}
    assert missing_tools(("es",)) == {}
    report = install_engines(APERTIUM, ("it",))
    assert report.installed == ("cg3",)
    assert list(report.served) == ["it"]


def test_a_pair_that_is_there_and_damaged_is_named(debian_machine: Path) -> None:
    install_engines(APERTIUM, ("it",))
    damaged = debian_machine.parent / "modes" / "ita-spa.mode"
    damaged.write_text("rm -rf /nowhere\n")
    report = install_engines(APERTIUM, ("it",))
    assert report.missing == ("it",)
    assert report.installed == ()
    assert "ita-spa.mode cannot be used: it runs 'rm'" in report.line
