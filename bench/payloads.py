"""Strings that somebody might send through a door of this program to make it do what it should not.

A list of known tricks (`payloads.json`), and a seeded grammar that joins them to new ones. `{outside}` in a trick is a
folder with secrets that no door may open, list or write; whoever uses the payloads watches it.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Payload:
    """A text, and the kind of trick that it tries."""

    family: str
    text: str


_DEEP = 10_000
_LONG = {
    "control": ("a\u0301" * 500,),
    "path": ("x" * 300 + ".html",),
    "toml": ("pin = [" * 3000, "a." * 3000 + "b = 1"),
    "regex": ("(?i)(?s).*" * 50, "^" * 1000, "(" * 500 + "a" + ")" * 500, ".*" * 300 + "x", "(?:" * 1000),
    "size": (
        "budget " * 20_000,
        "'" * 100_000,
        "(" * _DEEP,
        "select " + "(" * _DEEP + "1" + ")" * _DEEP,
        "[" * _DEEP + "]" * _DEEP,
        '{"a":' * _DEEP + "1" + "}" * _DEEP,
        "select " + "not " * _DEEP + "true",
        "select 1" + "+1" * _DEEP,
        "from " + "(from " * 3000 + "runs" + ")" * 3000,
        "<div>" * _DEEP,
        "\U0001f600" * 10_000,
        "",
        " ",
        "\n",
    ),
}
_BEFORE = ("", "'", '"', "')", "';", "budget' ", "$$", "*/", "\\'", "’", "%27", "\0", "1;", "]", "\n", "＇")
_BETWEEN = (
    "",
    " ",
    " or ",
    " union all ",
    "; ",
    "/**/",
    "\n",
    " and ",
    "||",
    ",",
    "\t",
    "--\n",
    "\x1b[1m",
    "\u202e",
)
_AFTER = ("", " --", "/*", ";", "'", '"', " #", "$$", "\0", ")", "%", "*", "\\", "\u2028")


def tricks() -> dict[str, tuple[str, ...]]:
    """Return the known tricks by family: those of `payloads.json`, and the long ones."""
    told = json.loads(Path(__file__).with_name("payloads.json").read_text("utf-8"))
    return {name: (*told.get(name, ()), *_LONG.get(name, ())) for name in {**told, **_LONG}}


def payloads(count: int, seed: int, outside: Path) -> list[Payload]:
    """Return `count` different payloads: the tricks in seeded order, families in turn, then what the grammar makes."""
    chance = random.Random(seed)  # noqa: S311 - a seed is wanted
    families = {name: chance.sample(texts, len(texts)) for name, texts in tricks().items()}
    in_turn = [
        Payload(name, texts[place].replace("{outside}", str(outside)))
        for place in range(max(map(len, families.values())))
        for name, texts in families.items()
        if place < len(texts)
    ]
    found = {trick.text: trick for trick in reversed(in_turn)}
    found = {text: found[text] for text in list(reversed(found))[:count]}
    while len(found) < count:
        made = _made(chance, in_turn)
        found.setdefault(made.text, made)
    return list(found.values())


def _made(chance: random.Random, tricks: list[Payload]) -> Payload:
    """Join two tricks, break out before, hide what comes after, and perhaps write it in another way."""
    one, other = chance.choice(tricks), chance.choice(tricks)
    head, middle, tail = (chance.choice(pieces) for pieces in (_BEFORE, _BETWEEN, _AFTER))
    text = "".join((head, one.text[:2000], middle, other.text[:2000], tail))
    change = chance.choice(
        (str, str, str, str.upper, str.swapcase, _quoted_twice, _cut(chance), _noise(chance))
    )
    return Payload(f"{one.family}+{other.family}", change(text))


def _quoted_twice(text: str) -> str:
    return text.replace("'", "''")


def _cut(chance: random.Random):
    share = chance.random()
    return lambda text: text[: int(len(text) * share) + 1]


def _noise(chance: random.Random):
    """Put any character in any place, three times: what makes this a fuzzer."""

    def noisy(text: str) -> str:
        for _ in range(3):
            place = chance.randrange(len(text) + 1)
            code = chance.choice((chance.randrange(128), chance.randrange(0x3000), 0x2019, 0))
            text = text[:place] + chr(code) + text[place:]
        return text

    return noisy
