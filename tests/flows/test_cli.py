from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import pytest
from flow_runs import ingest_directly

from corpus.settings import Settings
from corpus.spans import visible
from flows.cli import cli, main
from flows.tables import CONTROL
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable

README = Path(__file__).parents[2] / "README.md"
WHAT_IT_DOES = {
    "advice": "advice sentences",
    "dissent": "contradicts",
    "doctor": "missing",
    "explain": "raw lines",
    "ingest": "into the warehouse and publish",
    "models": "List, install and remove",
    "rebuild": "from the raw pages",
    "runs": "newest first",
    "schedule": "one run at a time",
    "search": "by meaning",
    "setup": "Install the embedding model",
    "similar": "a text of your own",
    "sql": "read-only",
    "themes": "how many hosts",
    "verify": "a sample of its pages made again",
    "why-not": "left the pipeline",
}
READING = ("search", "similar", "themes", "advice", "explain", "sql", "runs", "why-not")
ARGUMENT = {
    "search": ["budget"],
    "similar": ["budget"],
    "explain": ["x.html"],
    "sql": ["select 1"],
    "why-not": ["x.html"],
}


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Call the command line in this process."""

    def asked(*arguments: str | Path) -> Answer:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capfd.readouterr()
        return Answer(int(ended.value.code or 0), printed.out, printed.err)

    return asked


@pytest.fixture
def ask_sample(ask: Callable[..., Answer], sample_warehouse: Path) -> Callable[..., Answer]:
    """Call it on the warehouse of the shipped pages."""
    return lambda *arguments: ask(*arguments, "--warehouse", sample_warehouse)


def assert_one_line(answer: Answer, code: int = 1) -> None:
    assert answer.code == code
    assert answer.out == ""
    assert answer.err.startswith("cio-advice: ")
    assert answer.err.count("\n") == 1
    assert answer.err.endswith("\n")
    assert "Traceback" not in answer.err


def first(sample: Warehouse, query: str) -> str:
    return str(sample.sql(query).rows()[0][0])


# What the commands say of themselves


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_says_what_it_does_and_takes_json(ask: Callable[..., Answer], name: str) -> None:
    answer = ask(name, "--help")
    assert answer.code == 0
    assert answer.err == ""
    assert WHAT_IT_DOES[name] in " ".join(answer.out.split())
    assert ("--json" in answer.out) == (name not in ("setup", "schedule"))


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert f"cio-advice {name}" in README.read_text("utf-8")


def test_help_names_every_command_and_the_exit_codes(ask: Callable[..., Answer]) -> None:
    answer = ask("--help")
    assert answer.code == 0
    assert all(f"\n  {name} " in answer.out for name in cli.commands)
    codes = answer.out.partition("Exit codes:")[2].split("\n")
    assert [line.split()[0] for line in codes if line.strip()] == ["0", "1", "2", "130"]


def test_every_option_is_explained() -> None:
    for command in cli.commands.values():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{command.name} {parameter.opts}"


# Exit codes


def test_an_answer_ends_with_0(ask_sample: Callable[..., Answer]) -> None:
    answer = ask_sample("sql", "select 1 as one")
    assert (answer.code, answer.err) == (0, "")


@pytest.mark.parametrize(
    "arguments", [["--no-such-option"], ["search"], ["runs", "-k", "0"], ["ingest"], ["nothing"]]
)
def test_wrong_usage_ends_with_2_and_says_how_it_is_used(
    ask: Callable[..., Answer], arguments: list[str]
) -> None:
    answer = ask(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert "Usage: cio-advice" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("name", READING)
def test_without_a_warehouse_one_line_says_what_to_do(
    ask: Callable[..., Answer], tmp_path: Path, name: str
) -> None:
    answer = ask(name, *ARGUMENT.get(name, []), "--warehouse", tmp_path / "none.duckdb")
    assert_one_line(answer)
    assert "none.duckdb" in answer.err
    assert "cio-advice ingest" in answer.err


@pytest.mark.parametrize("how", [[], ["--direct"]])
def test_a_source_that_is_not_there_is_named_in_one_line(
    ask: Callable[..., Answer], tmp_path: Path, how: list[str]
) -> None:
    answer = ask("ingest", tmp_path / "nowhere", *how, "--warehouse", tmp_path / "w.duckdb")
    assert_one_line(answer)
    assert "nowhere" in answer.err
    assert not [*tmp_path.glob("w.duckdb*")]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("colour = 1", "unknown setting 'colour'"),
        ("workers = 'many'", "workers = 'many': expected"),
        ("batch_pages = 0", "batch_pages = 0: expected 1 or more"),
        ("workers = = 1", "settings.toml: Invalid value"),
        ("\udcff", "settings.toml"),
    ],
)
def test_settings_that_cannot_be_used_are_named_in_one_line(
    ask: Callable[..., Answer], tmp_path: Path, toml: str, said: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(toml, "utf-8", "surrogateescape")
    answer = ask("runs", "--settings", file)
    assert_one_line(answer)
    assert said in answer.err


def test_a_settings_file_that_is_not_there_is_named_in_one_line(
    ask: Callable[..., Answer], tmp_path: Path
) -> None:
    assert_one_line(ask("runs", "--settings", tmp_path / "none.toml"))


def test_a_variable_that_is_no_setting_is_named_in_one_line(
    ask: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIO_ADVICE_COLOUR", "1")
    answer = ask("runs")
    assert_one_line(answer)
    assert "'colour'" in answer.err


def test_what_is_no_warehouse_is_refused_in_one_line(ask: Callable[..., Answer], tmp_path: Path) -> None:
    file = tmp_path / "notes.duckdb"
    file.write_text("buy milk", "utf-8")
    assert_one_line(ask("runs", "--warehouse", file))
    (tmp_path / "page.txt").write_text("text", "utf-8")
    assert_one_line(ask("ingest", tmp_path / "page.txt", "--direct", "--warehouse", file))
    assert file.read_text("utf-8") == "buy milk"


def test_the_warehouse_is_named_by_the_environment_too(
    ask: Callable[..., Answer], sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIO_ADVICE_WAREHOUSE", str(sample_warehouse))
    assert ask("runs").code == 0


# Answers for scripts


def test_search_answers_in_json_with_the_promised_keys(ask_sample: Callable[..., Answer]) -> None:
    answer = ask_sample("search", "how do I win money for an IT project", "-k", "4", "--json")
    hits = json.loads(answer.out)
    assert answer.err == ""
    assert len(hits) == 4
    promised = {"passage_id", "document_id", "uri", "language", "text", "text_en", "score"}
    assert all(promised <= hit.keys() for hit in hits)
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (["themes", "--min-hosts", "3"], {"theme_id", "label", "keywords", "sources", "languages", "example_en"}),
        (["advice", "-k", "3"], {"advice_id", "sentence", "sentence_en", "score", "polarity", "uri", "first_line"}),
        (["sql", "select theme, source from shared_advice"], {"theme", "source"}),
        (["runs"], {"run_id", "status", "loaded", "unchanged", "duplicate", "quarantined", "stages"}),
        (["doctor"], {"part", "state", "detail", "mend"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_lists_are_json_with_these_keys(
    ask_sample: Callable[..., Answer], arguments: list[str], keys: set[str]
) -> None:
    answer = ask_sample(*arguments, "--json")
    rows = json.loads(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert rows
    assert all(keys <= row.keys() for row in rows)


def test_one_run_is_shown_with_its_stages_rates_model_and_memory(ask_sample: Callable[..., Answer]) -> None:
    shown, answer = ask_sample("runs", "last"), ask_sample("runs", "last", "--json")
    assert (shown.code, answer.code) == (0, 0)
    run = json.loads(answer.out)
    assert [stage["stage"] for stage in run["stages"]][-3:] == ["duplicates", "themes", "search"]
    assert run["peak_memory_bytes"] > 100_000_000
    assert run["pages_per_second"] > 0
    for word in (run["run_id"], run["code_version"], "multilingual-e5-small", "peak memory mb", "a second"):
        assert word in shown.out
    assert "there is no run 'run_x'" in ask_sample("runs", "run_x").err


def test_no_answer_is_an_empty_list_or_a_line_that_says_so(ask_sample: Callable[..., Answer]) -> None:
    assert json.loads(ask_sample("themes", "--min-hosts", "500", "--json").out) == []
    assert ask_sample("themes", "--min-hosts", "500") == Answer(0, "", "no theme has so many hosts\n")
    assert ask_sample("advice", "--host", "nobody.example") == Answer(0, "", "no advice matches\n")
    assert ask_sample("sql", "select 1 where false") == Answer(0, "", "no rows\n")


def test_doctor_says_what_is_missing_and_how_to_mend_it(ask: Callable[..., Answer], tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f"models_dir = '{tmp_path}'\ntranslation_engines = ['argos']\n", "utf-8")
    answer = ask("doctor", "--settings", file, "--json")
    assert answer.code == 1
    findings = {row["part"]: row for row in json.loads(answer.out)}
    assert findings["embedding model"]["state"] == "missing"
    assert findings["embedding model"]["mend"] == "cio-advice setup --model"
    assert findings["it to en"]["mend"] == "cio-advice setup --translate"
    assert findings["warehouse"]["state"] == "limited"


# SQL


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("insert into runs select * from runs", "INSERT"),
        ("delete from passages", "DELETE"),
        ("drop table passages", "DROP"),
        ("create table t as select 1", "CREATE"),
        ("copy (select 1) to '{folder}/out.csv'", "COPY"),
        ("attach '{folder}/other.duckdb'", "ATTACH"),
        ("set enable_external_access = true", "SET"),
        ("select * from read_csv('/etc/hostname')", "disabled by configuration"),
        ("select * from '{folder}/x.parquet'", "x.parquet"),
        ("select 1; select 2", "expected one SQL statement, got 2"),
        ("select 1; drop table runs", "expected one SQL statement, got 2"),
        ("", "expected one SQL statement, got 0"),
        ("selec 1", "syntax error"),
        ("select nothing from passages", "nothing"),
        ("select error('\x1b[31mred')", "red"),
    ],
)
def test_sql_that_does_not_only_read_is_refused_in_one_line(
    ask_sample: Callable[..., Answer], tmp_path: Path, query: str, said: str
) -> None:
    answer = ask_sample("sql", query.replace("{folder}", str(tmp_path)))
    assert_one_line(answer)
    assert said in answer.err
    assert CONTROL.search(answer.err) is None
    assert not [*tmp_path.iterdir()]


def test_sql_comes_from_stdin_too(ask_sample: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (["sql"], ["sql", "-"]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"select 'caf\xc3\xa9 \xff' as name")))
        assert json.loads(ask_sample(*arguments, "--json").out) == [{"name": "café �"}]


def test_columns_of_the_same_name_are_all_there(ask_sample: Callable[..., Answer]) -> None:
    query = "select 1 as a, 2 as a, 3 as a_1"
    assert json.loads(ask_sample("sql", query, "--json").out) == [{"a": 1, "a_1": 2, "a_1_1": 3}]
    assert ask_sample("sql", query, "--csv").out.splitlines() == ["a,a,a_1", "1,2,3"]


def test_csv_is_read_back(ask_sample: Callable[..., Answer]) -> None:
    import csv

    answer = ask_sample("sql", "select 'a,\"b\"\nc' as text, null as nothing, 1.5 as number", "--csv")
    assert [*csv.reader(io.StringIO(answer.out))] == [["text", "nothing", "number"], ['a,"b"\nc', "", "1.5"]]


def test_search_is_a_table_in_sql(ask_sample: Callable[..., Answer]) -> None:
    answer = ask_sample("sql", "select passage_id, score from search('o''clock'' or 1=1 --', 3)", "--json")
    assert len(json.loads(answer.out)) == 3


# Hostile questions


def test_search_is_narrowed_and_spread_and_says_why(ask_sample: Callable[..., Answer]) -> None:
    days = ("--since", "2022-01-01", "--until", "2023-12-31")

    hits = json.loads(ask_sample("search", "cloud budget", "-k", "6", *days, "--json").out)
    spread = json.loads(ask_sample("search", "cloud budget", "-k", "6", *days, "--diverse", "--json").out)

    assert len(hits) == len(spread) == 6
    assert all("2022-01-01" <= hit["published_on"] <= "2023-12-31" for hit in hits + spread)
    assert len({hit["host"] for hit in spread}) >= len({hit["host"] for hit in hits})
    assert any("cloud" in hit["words"] and hit["word_score"] > 0 for hit in hits)
    assert "words" in ask_sample("search", "cloud budget").out
    nobody = ask_sample("similar", "cloud", "--author", "nobody", "--least-trust", "0.5")
    assert (nobody.code, nobody.out, nobody.err.strip()) == (0, "", "no passage matches")
    assert ask_sample("search", "cloud", "--since", "soon").code == 2


@pytest.mark.parametrize("how", ["search", "similar", "advice"])
def test_a_question_of_any_characters_is_answered(ask_sample: Callable[..., Answer], how: str) -> None:
    question = "'; drop table passages; -- \" % _ \\ {} $x :y ? \0 \x1b[2J \u202eevil\u202c \udcff [bold]"
    answer = ask_sample(how, question, "-k", "2", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert len(json.loads(answer.out)) == 2


@pytest.mark.parametrize(
    "question", ["budget " * 15_000, "a" * 100_000, "预算" * 20_000, "🙂", "%", "'", "\0"]
)
def test_a_question_of_any_length_is_answered(sample: Warehouse, question: str) -> None:
    assert len(sample.search(question, 3)) == 3


@pytest.mark.parametrize("question", ["", "  \n\t "])
def test_an_empty_question_is_refused_in_one_line(ask_sample: Callable[..., Answer], question: str) -> None:
    assert "empty" in ask_sample("search", question).err
    assert_one_line(ask_sample("search", question))


@pytest.mark.parametrize(
    "name", ["'; drop table pages --", "%", "\0", "\udcff", "a" * 100_000, "psg_0000000000000000"]
)
def test_a_name_that_nothing_has_is_refused_in_one_line(ask_sample: Callable[..., Answer], name: str) -> None:
    assert_one_line(ask_sample("explain", name))


def test_filters_are_data(ask_sample: Callable[..., Answer]) -> None:
    for option in ("--host", "--language", "--theme"):
        answer = ask_sample("advice", option, "' or 1=1 --\0\udcff", "--json")
        assert (answer.code, answer.out, answer.err) == (0, "[]\n", "")


# What pages say is data


@pytest.fixture(scope="module")
def hostile_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One page that tries to command the terminal, rich's markup and the reader's eye, in a folder that does too."""
    folder = tmp_path_factory.mktemp("hostile") / "a[b]c[/nonsense]"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(
        "<title>&#27;]0;owned&#7;The [bold]board[/bold] is asleep</title><article>"
        "<p>You should sell the \u202etcejorp\u202c before you build it, &#27;[31mand [red]never[/red] after.</p>"
        "<p>The CIO must speak \x1b[2J\x9b31mwith the board twice a year, and bring three figures, no acronyms.</p>",
        "utf-8",
    )
    (folder / "bad[red].txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(900))
    settings = Settings(warehouse=folder / "w.duckdb", workers=1)
    ingest_directly(folder, settings=settings)
    return settings.warehouse


@pytest.mark.parametrize("how", [[], ["--json"]])
@pytest.mark.parametrize(
    "arguments",
    [["search", "board"], ["advice"], ["themes"], ["explain", "page.html"], ["sql", "select sentence from advice"]],
    ids=lambda value: value[0],
)  # fmt: skip
def test_a_page_cannot_command_the_terminal(
    ask: Callable[..., Answer], hostile_warehouse: Path, arguments: list[str], how: list[str]
) -> None:
    answer = ask(*arguments, *how, "--warehouse", hostile_warehouse)
    assert answer.code == 0
    assert CONTROL.search(answer.out.replace("\n", "")) is None
    if arguments[0] != "themes":
        assert "[red]never[/red]" in " ".join(answer.out.split())


def test_what_commands_or_reorders_does_not_reach_the_passages(hostile_warehouse: Path) -> None:
    with Warehouse.open(hostile_warehouse) as opened:
        text = first(opened, "select string_agg(text, '') from passages")
    assert "the tcejorp before" in text
    assert CONTROL.search(text.replace("\n", "")) is None


def test_data_cannot_command_the_terminal(ask_sample: Callable[..., Answer]) -> None:
    query = "select chr(27) || '[2J' || chr(155) || '31m' || chr(8238) || 'text' as said"
    assert "[2J31mtext" in ask_sample("sql", query).out
    assert CONTROL.search(ask_sample("sql", query).out.replace("\n", "")) is None
    written = ask_sample("sql", query, "--json").out
    assert CONTROL.search(written.replace("\n", "")) is None
    assert json.loads(written) == [{"said": "\x1b[2J\x9b31m\u202etext"}]


def test_the_summary_of_a_run_prints_names_as_they_are(
    ask: Callable[..., Answer], hostile_warehouse: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "x[" / "y].duckdb"
    copy.parent.mkdir()
    shutil.copyfile(hostile_warehouse, copy)
    answer = ask("ingest", hostile_warehouse.parent, "--direct", "--warehouse", copy)
    assert (answer.code, answer.err) == (0, "")
    assert (
        "2 pages seen: 0 loaded, 1 unchanged, 0 duplicate, 1 quarantined - no page was done again"
        in answer.out
    )
    assert "x[/y].duckdb" in answer.out


def test_the_summary_shows_the_first_of_many_unreadable_pages(
    ask: Callable[..., Answer], tmp_path: Path
) -> None:
    for number in range(25):
        (tmp_path / f"{number:02d}.txt").touch()
    answer = ask("ingest", tmp_path, "--direct", "--warehouse", tmp_path / "w.duckdb")
    assert "25 quarantined" in answer.out
    assert ("19.txt" in answer.out, "20.txt" in answer.out) == (True, False)
    assert "5 more pages in quarantine: cio-advice sql 'from quarantine'" in answer.out


# Where things come from


def test_explain_shows_the_raw_lines_of_whatever_is_named(
    ask_sample: Callable[..., Answer], sample: Warehouse
) -> None:
    query = """
        select advice_id, advice.passage_id, advice.document_id, page_id, uri, sentences.first_line
        from advice
        inner join sentences using (sentence_id)
        inner join documents on documents.document_id = advice.document_id
        where uri like '%it_direzioneit_progetto%' order by sentence_no limit 1
    """
    advice, passage, document, page, uri, line_no = map(str, sample.sql(query).rows()[0])
    raw = Path(uri.removeprefix("file://")).read_text("utf-8").splitlines()
    for name in (advice, passage, document, page, uri, uri.rpartition("/")[2]):
        lines = json.loads(ask_sample("explain", name, "--json").out)["lines"]
        shown: dict[int, str] = {}
        for line in lines:  # several, where blocks share a line
            shown[line["line_no"]] = shown.get(line["line_no"], "") + line["text"]
        assert shown == {number: raw[number - 1] for number in shown}, name
        assert int(line_no) in {line["line_no"] for line in lines if line["kept"]}, name
        assert all(line["rule"] for line in lines), name


def test_explain_prints_lines_rules_and_english(ask_sample: Callable[..., Answer], sample: Warehouse) -> None:
    advice = first(sample, "select advice_id from advice where language = 'it' and sentence_en is not null")
    answer = ask_sample("explain", advice)
    assert answer.code == 0
    for heading in ("Raw lines", "rule", "in English", "language: it"):
        assert heading in answer.out


def test_explain_of_a_quarantined_page_says_why(ask_sample: Callable[..., Answer]) -> None:
    answer = ask_sample("explain", "bad_binary.html")
    assert answer.code == 0
    assert "reason: binary" in answer.out


def test_explain_of_an_end_that_several_pages_have_names_them(ask_sample: Callable[..., Answer]) -> None:
    answer = ask_sample("explain", ".html")
    assert_one_line(answer)
    assert "say more" in answer.err


def test_the_answers_for_people_are_the_answers_for_scripts(
    ask_sample: Callable[..., Answer], sample: Warehouse
) -> None:
    assert first(sample, "select min(advice_id) from advice where score = (select max(score) from advice)")
    shown = ask_sample("advice", "-k", "5").out
    rows: list[dict[str, Any]] = json.loads(ask_sample("advice", "-k", "5", "--json").out)
    assert all(row["advice_id"] in shown for row in rows)
    assert ask_sample("runs").out.count("finished") == 1


@pytest.mark.parametrize("table", ["passages", "sentences", "blocks", "advice"])
def test_everything_slices_back_to_the_characters_of_its_page(sample: Warehouse, table: str) -> None:
    """Of the whole warehouse, by the offsets a reader would use: in SQL."""
    text, page = ("sentence", "document_id") if table == "advice" else ("text", "document_id")
    joined = f"inner join documents using ({page})" if table != "blocks" else ""
    found = sample.sql(f"""
        select
            substring(pages.text, span_start + 1, span_end - span_start), {table}.{text}, media_type
        from {table} {joined} inner join pages using (page_id)
    """).rows()  # noqa: S608 - names of our own tables
    assert len(found) > 200
    for raw, said, media_type in found:
        assert visible(str(raw), media_type).split() == str(said).split()  # type: ignore[arg-type]
