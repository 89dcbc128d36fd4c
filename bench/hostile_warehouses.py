"""Warehouse files from a stranger, and files with flipped bytes: an answer or an error in one line, and nothing else.

`python -m bench.hostile_warehouses [--flips 200] [--seed 1] [--warehouse FILE]`: each file is asked by the reading
commands, and a run of the writer goes on from it (of the flipped ones from every tenth), in a process of its own: it
must end by itself with a documented exit code, leave the folder with secrets alone, and print no stack trace.
"""

from __future__ import annotations

import argparse
import faulthandler
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from bench.common import print_table
from bench.injection_watch import FolderWatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkServerContext

SECONDS = 120
SQL = ["sql", "--timeout", "5"]
SHORT = (
    ["runs"], ["themes"], ["advice", "-k", "3"], ["dissent"], ["explain", "board.txt"], ["why-not", "board.txt"],
    [*SQL, "select count(*) from page_lines"], [*SQL, "from shared_advice"], [*SQL, "from passages_with('budget', 3)"],
)  # fmt: skip
"""The reading commands that load no model."""


def asked(path: Path, page: Path, is_short: bool, said: Path) -> None:
    """Ask a file by every command in this process, which ends here; `said` gets the exit codes and what was printed."""
    from flows.cli import main

    handle = os.open(said, os.O_WRONLY | os.O_CREAT)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    faulthandler.enable()
    long = [] if is_short else [["search", "budget"], ["ingest", "--direct", str(page)]]
    for command in (*SHORT, *long):
        print("##", *command, flush=True)
        try:
            main([command[0], "--warehouse", str(path), *command[1:]])
        except SystemExit as ended:
            print("##", ended.code or 0, flush=True)


def cases(published: Path, outside: Path, flips: int, seed: int) -> dict[str, Callable[[Path], None]]:
    """Return by name what makes a hostile file at a path."""
    made: dict[str, Callable[[Path], None]] = {
        name: _with_sql(published, sql.replace("{outside}", str(outside)))
        for name, sql in _tampering().items()
    }
    content = published.read_bytes()
    made |= {
        "empty": lambda path: path.write_bytes(b""),
        "cut in the middle": lambda path: path.write_bytes(content[: len(content) // 2]),
        "cut in the header": lambda path: path.write_bytes(content[:5000]),
        "only zeros": lambda path: path.write_bytes(bytes(1 << 20)),
        "a SQLite file": lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(4080)),
        "a Parquet file": lambda path: path.write_bytes(b"PAR1" + bytes(4080) + b"PAR1"),
        "another database": lambda path: duckdb.connect(path).execute("create table x as select 1").close(),
        "a link to a secret": lambda path: path.symlink_to(outside / "secret.txt"),
        "a link to itself": lambda path: path.symlink_to(path),
        "a log of another file beside it": lambda path: _with_log(published, path),
        "sparse, a terabyte": _sparse,
    }
    chance = random.Random(seed)  # noqa: S311 - a seed is wanted
    made |= {f"flip {number}": _flipped(content, chance) for number in range(flips)}
    return made


def _tampering() -> dict[str, str]:
    """Return the SQL of each case of `hostile_warehouses.sql` by its name."""
    _, *parts = Path(__file__).with_suffix(".sql").read_text("utf-8").split("-- case: ")
    return {name: sql for name, _, sql in (part.partition("\n") for part in parts)}


def _with_sql(published: Path, sql: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        shutil.copyfile(published, path)
        with duckdb.connect(path) as connection:
            connection.execute(sql)

    return make


def _with_log(published: Path, path: Path) -> None:
    shutil.copyfile(published, path)
    path.with_name(path.name + ".wal").write_bytes(bytes(range(256)) * 16)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def _flipped(content: bytes, chance: random.Random) -> Callable[[Path], None]:
    """Turn a byte into another, at a place and by a value that the seed chose; every fourth time in the headers."""
    places = [
        chance.randrange(12_288 if chance.random() < 0.25 else len(content))
        for _ in range(chance.choice((1, 1, 8)))
    ]
    values = [chance.randrange(1, 256) for _ in places]

    def make(path: Path) -> None:
        damaged = bytearray(content)
        for place, value in zip(places, values, strict=True):
            damaged[place] ^= value
        path.write_bytes(damaged)

    return make


def ask(path: Path, page: Path, is_short: bool = False) -> tuple[str, list[str]]:
    """Ask a file by every command in one process; return how it went in a word, and what was wrong.

    `is_short` leaves out the two that load the model: a search, and a run that goes on from the file.
    """
    said = path.with_suffix(".said")
    process = _server().Process(target=asked, args=(path, page, is_short, said))
    process.start()
    process.join(SECONDS)
    told = said.read_text("utf-8", "replace") if said.exists() else ""
    commands = [line for line in told.splitlines() if line.startswith("## ")]
    if process.exitcode is None:
        process.kill()
        return "late", [f"no end after {SECONDS} s: {commands[-1]}"]
    if process.exitcode < 0:
        return "killed", [
            f"died of {signal.Signals(-process.exitcode).name} in {commands[-1] if commands else '?'}"
        ]
    if "Traceback" in told:
        return "trace", [f"{commands[-1]}: {told.strip().splitlines()[-1][:300]}"]
    codes = {line.removeprefix("## ") for line in commands if line.removeprefix("## ").isdigit()}
    if not told.rstrip().rpartition("\n")[2].removeprefix("## ").isdigit():
        return "ended", [f"ended with {process.exitcode} in {commands[-1] if commands else '?'}"]
    if wrong := sorted(codes - {"0", "1"}):
        return "code", [f"exit codes {wrong}"]
    if "nobody expected" in told:
        return "refused in part as unexpected", []
    return ("answered" if codes == {"0"} else "refused" if "0" not in codes else "answered in part"), []


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["flows.cli", "flows.runner", "corpus.embed.exported", "corpus.language", "rich.table"]
    )
    return context


def _is_short(name: str) -> bool:
    """Tell whether a case is one of many: every tenth flip is asked by all commands, as every other case is."""
    kind, _, number = name.partition(" ")
    return kind == "flip" and int(number) % 10 != 0


def run(published: Path, flips: int, seed: int, root: Path, every: int = 1) -> tuple[Counter[str], list[str]]:
    """Make every hostile file, ask it, and return how many went how, and what was wrong, a line each.

    With `every` n only each n-th file is made, and none asked by the commands that load the model.
    """
    outside, page = root / "outside", root / "page.txt"
    outside.mkdir(parents=True)
    (outside / "secret.txt").write_text("swordfish\n", "utf-8")
    page.write_text("Budgets\n\nThe CIO must sell the project before he builds it. " * 3, "utf-8")
    counts: Counter[str] = Counter()
    problems: list[str] = []
    for name, make in list(cases(published, outside, flips, seed).items())[seed % every :: every]:
        folder = root / "files" / name.replace("/", " ")
        folder.mkdir(parents=True)
        make(folder / "w.duckdb")
        watch = FolderWatch(outside)
        started = time.monotonic()
        how, wrong = ask(folder / "w.duckdb", page, is_short=every > 1 or _is_short(name))
        happened = [event for event in watch.happened() if name != "a link to a secret"]
        watch.close()
        counts[how if not happened else "reached outside"] += 1
        problems += [f"{name}: {problem}" for problem in (*wrong, *happened)]
        print(
            f"{name}: {how}, {time.monotonic() - started:.1f} s",
            *wrong,
            *happened,
            file=sys.stderr,
            flush=True,
        )
        shutil.rmtree(folder)
    return counts, problems


def main() -> int:
    """Print how many files were answered, refused, or worse; return 1 where there is worse."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--warehouse", type=Path, help="the good file to damage; default: made from three pages"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        published = given.warehouse or small_warehouse(Path(folder) / "good")
        counts, problems = run(published, given.flips, given.seed, Path(folder) / "root")
    print_table(
        f"{sum(counts.values())} hostile warehouse files (seed {given.seed}), nine or eleven commands each",
        ("how it ended", "files"),
        sorted(counts.items()),
    )
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def small_warehouse(folder: Path) -> Path:
    """Ingest three small pages with advice and return what is published."""
    from corpus.settings import Settings
    from flows.progress import Quiet
    from flows.runner import execute_directly, run

    folder.mkdir(parents=True)
    for number, topic in enumerate(("budget", "vendor", "board")):
        text = (
            f"On the {topic}\n\nThe CIO must speak of the {topic} first. You should never promise a {topic}. "
        )
        (folder / f"{topic}.txt").write_text(text + f"Much was said of it in year {number}.\n", "utf-8")
    settings = Settings(warehouse=folder / "good.duckdb", workers=1)
    return Path(run([str(folder)], settings, execute_directly, Quiet()).warehouse)


if __name__ == "__main__":
    sys.exit(main())
