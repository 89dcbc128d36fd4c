"""`explain` and `why-not` for people: lines, signs, colours, counts and exit codes."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from rich.cells import cell_len
from rich.color import Color
from rich.console import Console

from corpus.models import Kind
from flows.cli import main
from flows.cli.explanation import show
from flows.cli.kinds import BY_SETTING, style_of
from flows.tables import CONTROL
from warehouse import Warehouse
from warehouse.store import Store

sys.path.append(str(Path(__file__).parents[1] / "warehouse"))
from warehouse_pages import begin, complete, load, parse, raw

if TYPE_CHECKING:
    from collections.abc import Callable

ARTICLE = "The CIO must sell the project before he builds it. Much is said about money."
LONG = 10_000
KINDS = (Kind.COOKIE, Kind.COMMENT, Kind.FOOTER, Kind.TITLE, Kind.NAVIGATION)


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of every family of kinds, a long one, a hostile one, a wide one and one in quarantine."""
    long = "".join(f"| Menu {n}\n" if n % 2 else f"Line {n} is said.\n" for n in range(LONG))
    hostile = "You must \x1b[31mnever\x9b2J \u202epay\u202c [red]before[/red] you\ttest.\n"
    wide = "首席信息官必须在写第一行代码之前把项目卖给董事会。" * 20 + "\n"
    with Store.open(tmp_path_factory.mktemp("audit") / "audit.duckdb") as store:
        run = begin(store)
        pages = [
            raw("long.txt", long),
            raw("hostile.txt", hostile),
            raw("wide.txt", wide),
            raw("broken.bin", "\x01"),
        ]
        load(store, run, pages, unreadable=["broken.bin"])
        _load_kinds(store, run)
        complete(store, run)
        return store.publish()


def _load_kinds(store: Store, run: str) -> None:
    """Load a page whose lines are an article, a comment kept by setting, and one dropped line of several kinds."""
    lines = [ARTICLE, "A comment.", *(f"It is a {kind.value}." for kind in KINDS), ""]
    read = parse(raw("kinds.txt", "\n".join(lines) + "\n", "https://www.kinds.example/page/"))
    wanted = dataclasses.replace(read.blocks[1], kind=Kind.COMMENT, rule="comments:section", wanted=True)
    dropped = [
        dataclasses.replace(block, kind=kind, rule=f"family:{kind.value}")
        for block, kind in zip(read.blocks[2:], KINDS, strict=False)
    ]
    blocks = (read.blocks[0], wanted, *dropped, *read.blocks[2 + len(dropped) :])
    kept = read.passages[0]
    sentences = tuple(sentence for sentence in kept.sentences if sentence.block_no < 2)
    passage = dataclasses.replace(kept, sentences=sentences, text="\n".join(lines[:2]))
    passage = dataclasses.replace(passage, span=dataclasses.replace(kept.span, end=sentences[-1].span.end))
    read = dataclasses.replace(read, blocks=blocks, passages=(passage,))
    store.load_pages(run, "kinds", store.classify([read.page], "f"), [read], [], "f", 0.1)


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str], file: Path) -> Callable[..., Answer]:
    """Call the command line on that warehouse in this process."""

    def asked(*arguments: str) -> Answer:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--warehouse", str(file)])
        printed = capfd.readouterr()
        return Answer(int(ended.value.code or 0), printed.out, printed.err)

    return asked


def rows(out: str) -> list[tuple[int, str, str, str]]:
    """Return (line, sign, kind, rule) of the raw lines that were printed."""
    found = re.findall(r"^ *(\d+) ([-+ ]) (\w+) +(\w+:[\w-]+)  ", out, re.MULTILINE)
    return [(int(number), sign, kind, rule) for number, sign, kind, rule in found]


# explain


def test_every_line_has_its_number_sign_kind_and_rule(ask: Callable[..., Answer]) -> None:
    answer = ask("explain", "kinds.txt")

    assert (answer.code, answer.err) == (0, "")
    assert rows(answer.out) == [
        (1, " ", "article", "main:text"),
        (2, "+", "comment", "comments:section"),
        (3, "-", "cookie", "family:cookie"),
        (4, "-", "comment", "family:comment"),
        (5, "-", "footer", "family:footer"),
        (6, "-", "title", "family:title"),
        (7, "-", "navigation", "family:navigation"),
    ]
    assert "\x1b" not in answer.out


def test_the_counts_at_the_end_are_by_kind_and_rule(ask: Callable[..., Answer]) -> None:
    counts = ask("explain", "kinds.txt").out.partition("Lines kept and dropped\n")[2].splitlines()

    assert [line.split() for line in counts] == [
        ["1", "kept", "article", "main:text", "1"],
        ["1", "+", "kept", "comment", "comments:section", "1"],
        ["1", "-", "dropped", "blank", "blank:line", "1"],
        ["1", "-", "dropped", "comment", "family:comment", "1"],
        ["1", "-", "dropped", "cookie", "family:cookie", "1"],
        ["1", "-", "dropped", "footer", "family:footer", "1"],
        ["1", "-", "dropped", "navigation", "family:navigation", "1"],
        ["1", "-", "dropped", "title", "family:title", "1"],
    ]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--kept"], [1, 2]),
        (["--dropped"], [3, 4, 5, 6, 7]),
        (["--kind", "comment"], [2, 4]),
        (["--kind", "comment", "--kind", "title", "--dropped"], [4, 6]),
        (["--lines", "2-3"], [2, 3]),
        (["--lines", "6-"], [6, 7]),
        (["--lines", "-2"], [1, 2]),
        (["--lines", "5"], [5]),
        (["--kind", "share"], []),
    ],
)
def test_lines_are_chosen_and_the_counts_stay_of_the_whole_page(
    ask: Callable[..., Answer], options: list[str], numbers: list[int]
) -> None:
    answer = ask("explain", "kinds.txt", *options)
    told = json.loads(ask("explain", "kinds.txt", *options, "--json").out)

    assert [row[0] for row in rows(answer.out)] == numbers
    assert [line["line_no"] for line in told["lines"] if line["text"]] == numbers
    assert f"Lines kept and dropped ({len(told['lines'])} of 8 shown)" in answer.out
    assert sum(verdict["lines"] for verdict in told["verdicts"]) == 8


@pytest.mark.parametrize("between", ["x", "-", "3-2", "1-2-3", "١", ""])
def test_lines_that_are_no_range_are_wrong_usage(ask: Callable[..., Answer], between: str) -> None:
    answer = ask("explain", "kinds.txt", "--lines", between)
    assert (answer.code, answer.out) == (2, "")
    assert "--lines" in answer.err


def test_json_has_every_line_in_full(ask: Callable[..., Answer]) -> None:
    told = json.loads(ask("explain", "wide.txt", "--json").out)
    assert len(told["lines"]) == 1
    assert told["lines"][0]["text"].count("。") == 20


def test_ten_thousand_lines_are_all_there(ask: Callable[..., Answer]) -> None:
    found = rows(ask("explain", "long.txt").out)
    assert [number for number, *_ in found] == [*range(1, LONG + 1)]


def test_a_page_cannot_command_the_terminal(ask: Callable[..., Answer]) -> None:
    for command in (["explain"], ["why-not"], ["explain", "--json"], ["why-not", "--json"]):
        answer = ask(command[0], "hostile.txt", *command[1:])
        assert answer.code == 0
        assert CONTROL.search(answer.out.replace("\n", "")) is None
    assert "[red]before[/red]" in ask("explain", "hostile.txt").out


def draw(file: Path, name: str, **options: object) -> str:
    out = io.StringIO()
    console = Console(file=out, highlight=False, **options)  # type: ignore[arg-type] # options of a test
    with Warehouse.open(file) as opened:
        explanation = opened.explain(name)
    show(explanation, explanation.lines, console)
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 60, 110])
def test_no_line_is_wider_than_the_terminal(file: Path, width: int) -> None:
    drawn = draw(file, "wide.txt", width=width).partition("Raw lines")[2].partition("Sentences")[0]
    assert max(cell_len(line) for line in drawn.splitlines()) <= width
    assert drawn.count("。") == 20


def test_a_terminal_gets_a_colour_for_each_family_and_a_legend(file: Path) -> None:
    drawn = draw(file, "kinds.txt", width=110, force_terminal=True, color_system="256", no_color=False)

    for kind in KINDS:
        number = style_of(kind.value, kept=False).removeprefix("color(").removesuffix(")")
        assert re.search(rf"\x1b\[38;5;{number}m *\d - {kind.value}", drawn)
    assert re.search(r"\x1b\[38;5;28m *2 \+ comment", drawn)
    assert re.search(r"^ *1   article", drawn, re.MULTILINE)
    assert "widgets: cookie" in drawn
    assert "kept by the setting keep_kinds" in drawn


def test_no_color_leaves_the_signs(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    drawn = draw(file, "kinds.txt", width=110, force_terminal=True, color_system="256")
    assert "38;5" not in drawn
    assert re.search(r"3 - cookie", drawn)


def _contrast(style: str, ground: float) -> float:
    """Return the contrast of WCAG 2 between a colour and a ground of this luminance."""
    parts = [part / 255 for part in Color.parse(style).get_truecolor()]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return (max(light, ground) + 0.05) / (min(light, ground) + 0.05)


@pytest.mark.parametrize("kind", [kind.value for kind in Kind if kind is not Kind.ARTICLE])
def test_colours_are_readable_on_dark_and_on_light(kind: str) -> None:
    for style in (style_of(kind, kept=False), BY_SETTING):
        assert _contrast(style, 0.0) > 4
        assert _contrast(style, 1.0) > 4


# why-not


def test_why_not_answers_with_0_where_the_page_is_known(ask: Callable[..., Answer]) -> None:
    answer = ask("why-not", "http://KINDS.example/page#x")
    said = " ".join(answer.out.split())

    assert (answer.code, answer.err) == (0, "")
    assert said.startswith("counted: kinds.txt is in the warehouse and counted, as doc_")
    assert "2 lines kept, of them 1 comment by the setting keep_kinds; 5 dropped" in said
    assert "Largest pieces dropped line 7, 19 characters, navigation (family:navigation)" in said
    assert "cio-advice explain kinds.txt" in said


def test_why_not_of_a_quarantined_page_names_stage_code_and_run(ask: Callable[..., Answer]) -> None:
    said = " ".join(ask("why-not", "broken.bin").out.split())

    assert said.startswith("binary: In quarantine since the stage pages (binary): the page is not text.")
    assert re.search(r"read stopped .* run_\w+ \d{4}-\d\d-\d\d \d\d:\d\d UTC", said)
    assert "themes not reached" in said


def test_why_not_ends_with_1_and_one_line_where_no_run_saw_the_page(ask: Callable[..., Answer]) -> None:
    answer = ask("why-not", "https://kinds.example/pag")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err == (
        "cio-advice: no run has seen 'https://kinds.example/pag'; "
        "did you mean https://www.kinds.example/page/? the runs read: pages\n"
    )


def test_why_not_in_json_has_the_same_exit_codes(ask: Callable[..., Answer]) -> None:
    known, unknown = ask("why-not", "kinds.txt", "--json"), ask("why-not", "nowhere", "--json")

    assert (known.code, unknown.code) == (0, 1)
    told = json.loads(known.out)
    assert [step["stage"] for step in told["steps"]][:3] == ["seen", "read", "kept"]
    assert told["is_counted"] is True
    assert json.loads(unknown.out)["code"] == "never-seen"


@pytest.mark.parametrize("name", [".txt", " ", "'; drop table pages --", "\0", "\udcff", "a" * 100_000])
def test_why_not_refuses_what_names_nothing_or_several_in_one_line(
    ask: Callable[..., Answer], name: str
) -> None:
    answer = ask("why-not", name)

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("cio-advice: ")
    assert answer.err.count("\n") == 1
    assert CONTROL.search(answer.err.rstrip("\n")) is None
