"""What the README shows works as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import duckdb
import pytest

from flows.cli import main
from warehouse import Warehouse

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("statement", blocks("sql"))
def test_every_sql_statement_answers_in_the_library_and_in_plain_duckdb(
    statement: str, sample_warehouse: Path
) -> None:
    with Warehouse.open(sample_warehouse) as warehouse:
        rows = warehouse.sql(statement).rows()
    assert rows
    with duckdb.connect(str(sample_warehouse), read_only=True) as plain:
        assert len(plain.execute(statement).fetchall()) == len(rows)


def test_shared_themes_show_an_advice_sentence_of_each_source_with_its_original(
    sample_warehouse: Path,
) -> None:
    with Warehouse.open(sample_warehouse) as warehouse:
        rows = warehouse.sql(blocks("sql")[0]).rows()
    sources: dict[str, list[str]] = {}
    for theme, source, language, english, original in rows:
        sources.setdefault(theme, []).append(source)
        assert original
        assert english != original or language == "en"
    assert len(sources) >= 8
    assert all(len(set(named)) == len(named) >= 2 for named in sources.values())


def test_the_python_example_runs(sample_warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    exec(compile(code.replace("cio-advice.duckdb", str(sample_warehouse)), "README", "exec"), {})  # noqa: S102 - our own README
    hits = re.findall(r"^0\.\d\d \S+ \[\w+\] \S", capsys.readouterr().out, re.MULTILINE)
    assert len(hits) == 3


def commands() -> list[list[str]]:
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    found = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("cio-advice ")]
    # of the machine, not of a warehouse; and `rebuild` writes: test_verify.py runs it
    return [words for words in found if words[0] not in ("models", "setup", "rebuild")]


@pytest.mark.parametrize("words", commands(), ids=lambda words: words[0])
def test_every_command_of_the_readme_answers(
    words: list[str], sample_warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Warehouse.open(sample_warehouse) as warehouse:
        ids = {
            "psg_…": warehouse.sql("select min(passage_id) from passages").rows()[0][0],
            "adv_…": warehouse.sql("select min(advice_id) from advice").rows()[0][0],
        }
    with pytest.raises(SystemExit) as ended:
        main([ids.get(word, word) for word in words] + ["--warehouse", str(sample_warehouse)])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip()
