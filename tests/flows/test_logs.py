"""What a run says while it works, and what it must not say."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from flow_runs import ingest_directly

from corpus.errors import RunError, SourceError
from flows.logs import about, log, note, written
from flows.notify import tell
from flows.runner import execute_directly
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from corpus.settings import Settings
    from flows.stages import Batch, Stage

CANARY = "The quokka should sign nothing before the zeppelin has landed"
PASSWORD, TOKEN, HOOK = "hunter2hunter2", "tok3n-of-the-source", "T0PS3CRET"
SECRETS = ("quokka", "zeppelin", PASSWORD, TOKEN, HOOK)


@pytest.fixture
def secretive(tmp_path: Path, settings: Settings) -> tuple[list[Path], Settings]:
    """A page with a canary, addresses with a password and a token, and a command with a secret."""
    page = tmp_path / "pages" / "page.txt"
    page.parent.mkdir()
    page.write_text(
        f"On signing\n\n{CANARY}. You should ask for a second opinion, and read all of it.\n", "utf-8"
    )
    addresses = (
        f"https://anna:{PASSWORD}@host.example/a",
        f"http://127.0.0.1:9/b?access_token={TOKEN}",  # a private address: refused, nobody is asked
    )
    chosen = settings.with_changes(on_failure_command=("notify", f"https://hooks.example/{HOOK}"))
    return [page, *addresses], chosen  # type: ignore[list-item]


def test_no_log_and_no_run_holds_page_text_or_a_secret(
    secretive: tuple[list[Path], Settings], capfd: pytest.CaptureFixture[str]
) -> None:
    sources, settings = secretive
    with written("json"):
        report = ingest_directly(*sources, settings=settings)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert report.pages["quarantined"] == 2
    with Warehouse.open(settings.warehouse) as opened:
        (run,) = opened.sql("select settings::varchar, sources::varchar, message from runs").rows()
    for said in (json.dumps(lines), *run, report.markdown()):
        assert [secret for secret in SECRETS if secret in said] == []
    assert "***@host.example" in run[1]

    batches = [line for line in lines if line["event"] == "batch"]
    assert {line["stage"] for line in batches} >= {"pages", "advice", "embed", "search"}
    assert {line["run_id"] for line in lines} == {report.run_id}
    assert all(line["items"] > 0 and line["seconds"] >= 0 and line["batch"] for line in batches)
    assert (lines[-1]["event"], lines[-1]["loaded"], lines[-1]["quarantined"]) == ("run finished", 1, 2)


def test_an_error_that_quotes_a_page_is_told_without_the_quotation(
    secretive: tuple[list[Path], Settings], capfd: pytest.CaptureFixture[str]
) -> None:
    sources, settings = secretive

    def failing(stage: Stage, batch: Batch, work: Callable[[], None]) -> None:
        if stage.name == "advice":
            raise ValueError(f"cannot parse {batch.items}")
        execute_directly(stage, batch, work)

    with written("text"), pytest.raises(ValueError, match="quokka"):
        ingest_directly(*sources, settings=settings, execute=failing)
    said = capfd.readouterr().err
    assert "ValueError in test_logs.py" in said
    assert [secret for secret in SECRETS if secret in said] == []


def test_prefect_is_not_told_what_an_error_quotes() -> None:
    from flows.ingest import _discreet

    with pytest.raises(RunError, match=r"ValueError in test_logs\.py:\d+") as unforeseen, _discreet():
        raise ValueError(f"cannot parse {CANARY}")
    with pytest.raises(RunError, match="no such host") as known, _discreet():
        raise SourceError(f"https://anna:{PASSWORD}@nowhere.example: no such host")
    for error in (unforeseen.value, known.value):
        assert [secret for secret in SECRETS if secret in str(error)] == []
        assert error.__suppress_context__


def test_a_line_for_people_and_one_for_machines(capfd: pytest.CaptureFixture[str]) -> None:
    def speak() -> None:
        with about(run_id="run_1", stage="pages", batch="000003"):
            note("batch", "batch done, 200 pages in 12.3 s", items=200, seconds=12.3)
            log.warning("look at %s", "https://a:b@host.example")

    with written("text"):
        speak()
    text = capfd.readouterr().err.splitlines()
    with written("json"):
        speak()
    first, second = (json.loads(line) for line in capfd.readouterr().err.splitlines())
    assert text[0].endswith(" pages 000003: batch done, 200 pages in 12.3 s")
    assert text[1].endswith(" warning: pages 000003: look at https://***@host.example")
    expected = {"level": "info", "event": "batch", "run_id": "run_1", "stage": "pages", "batch": "000003"}
    assert expected.items() <= first.items()
    assert (first["items"], first["seconds"]) == (200, 12.3)
    assert (second["level"], second["event"]) == ("warning", "message")


def test_without_a_log_only_warnings_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with written("none"), caplog.at_level(logging.WARNING):
        note("batch", "batch done")
        log.warning("the disk is slow")
    assert caplog.messages == ["the disk is slow"]


@pytest.mark.parametrize(
    ("code", "well"),
    [("import sys; open('told', 'w').write(sys.stdin.read())", True), ("raise SystemExit(3)", False), (None, False)],
)  # fmt: skip
def test_a_command_is_told_the_facts_and_its_own_failure_is_a_warning(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    code: str | None,
    well: bool,
) -> None:
    import sys

    monkeypatch.chdir(tmp_path)
    facts: dict[str, Any] = {"event": "run failed", "message": "no; $(touch here) `there`"}
    command = (sys.executable, "-c", code) if code else ("no-such-command-anywhere",)
    assert tell(command, facts) is well
    if well:
        assert json.loads((tmp_path / "told").read_text("utf-8")) == facts
    else:
        assert "on_failure_command" in caplog.text
    assert not (tmp_path / "here").exists()
