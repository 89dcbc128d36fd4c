"""Do the flags of translations mean something: `python -m bench.translation_flags`.

The English of SIB-200 (human translations of the same sentences, CC-BY-SA-4.0) is damaged on purpose, one way at a
time, and given to `corpus.translate.checks` with the sentence in another language. Printed are, for each language, the
share of damages that the flag meant for them finds, and the share of undamaged human translations that it blames. The
flags were tuned on sentences of even number; the table is of the odd ones.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from typing import TYPE_CHECKING

from bench.common import print_table, shared
from corpus.translate.checks import flags_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LANGUAGES = ("it", "fr", "de", "es", "pt", "zh")
_NOT = re.compile(r"\b(?:not|never)\s|n['’]t\b", re.IGNORECASE)
_IS = re.compile(r"\b(?:is|are|was|were|can|will|should|must|may)\b(?!\s+not|n['’]t)")
_MOODS = {"must": "may", "should": "may", "may": "must", "might": "must", "can": "must", "could": "must"}
_MOOD = re.compile(rf"\b(?:{'|'.join(_MOODS)})\b(?!\s+not)")
_NUMBER = re.compile(r"\d+")
_DOUBLE, _QUOTES = re.compile('[«»“”„"「『]'), re.compile("[«»“”„\"「『'‘’]")


def pairs(odd: bool) -> Iterator[tuple[str, str, str, str]]:
    """Yield (language, sentence, its English, the same in Spanish or Portuguese)."""
    path = shared("data/topics_sib200.json")
    if path is None:
        return
    told = json.loads(path.read_text("utf-8"))
    texts = {code: {row["id"]: row["text"] for row in rows} for code, rows in told.items()}
    for language in LANGUAGES:
        other = texts["pt" if language == "es" else "es"]
        for number in sorted(texts[language]):
            if number % 2 == odd:
                yield language, texts[language][number], texts["en"][number], other[number]


def damages(text: str, english: str, other: str, draw: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield (name of the damage, the flag that it deserves, English) wherever a damage can be done."""
    if numbers := list(_NUMBER.finditer(english)):
        hit = draw.choice(numbers)
        wrong = str((int(hit.group()) + draw.randint(1, 8)) if hit.group().isascii() else 7)
        yield "number changed", "numbers", english[: hit.start()] + wrong + english[hit.end() :]
        yield "number dropped", "numbers", english[: hit.start()] + english[hit.end() :]
    if len(_NOT.findall(english)) == 1:
        yield "negation dropped", "negation", _NOT.sub(" ", english)
    elif found := _IS.search(english):
        yield "negation added", "negation", f"{english[: found.end()]} not{english[found.end() :]}"
    if found := _MOOD.search(english):
        changed = english[: found.start()] + _MOODS[found.group()] + english[found.end() :]
        yield "modality changed", "modality", changed
    if _DOUBLE.search(text) and _DOUBLE.search(english):
        yield "quotation marks dropped", "quotes", _QUOTES.sub("", english)
    words = english.split()
    yield "second half missing", "length", " ".join(words[: len(words) // 3])
    yield "said twice more", "length", " ".join([english] * 3)
    yield "runs in circles", "repetition", f"{english} {' '.join(words[-3:] * 6)}"
    yield "left as it is", "copied", text
    yield "in another language", "not-english", other


def figures(odd: bool = True, step: int = 1) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return (found, tried) by (language, damage, flag); `none` is the damage of the undamaged."""
    draw = random.Random(11)  # noqa: S311 - a repeatable draw, not a secret
    counted: dict[tuple[str, str, str], tuple[int, int]] = {}

    def count(key: tuple[str, str, str], hit: bool) -> None:
        found, tried = counted.get(key, (0, 0))
        counted[key] = found + hit, tried + 1

    for place, (language, text, english, other) in enumerate(pairs(odd)):
        if place % step:
            continue
        clean = names(flags_of(text, english, language))
        for flag in FLAGS:
            count((language, "none", flag), flag in clean)
        count((language, "none", "any"), bool(clean))
        for damage, flag, wrong in damages(text, english, other, draw):
            got = names(flags_of(text, wrong, language))
            count((language, damage, flag), flag in got or (flag in _FOREIGN and bool(got & _FOREIGN)))
    return counted


FLAGS = ("numbers", "negation", "modality", "length", "repetition", "quotes", "copied", "not-english")
_FOREIGN = {"copied", "not-english"}


def names(flags: tuple[str, ...]) -> set[str]:
    """Return the flags without what they say beyond their name."""
    return {flag.partition(":")[0] for flag in flags}


def share(
    counted: dict[tuple[str, str, str], tuple[int, int]], wanted: Callable[[tuple[str, str, str]], bool]
) -> float:
    """Return the share found of all that is `wanted`."""
    rows = [count for key, count in counted.items() if wanted(key)]
    return sum(found for found, _ in rows) / max(1, sum(tried for _, tried in rows))


def floor_figures(step: int = 1) -> dict[str, float]:
    """Return what is gated: the share of damages that flags find, and of human translations that they leave alone."""
    counted = figures(step=step)
    found = {
        f"translation flags: {flag} found": share(counted, lambda k, f=flag: k[2] == f and k[1] != "none")  # type: ignore[misc]
        for flag in ("numbers", "negation", "modality", "length")
    }
    return found | {
        "translation flags: human translations left alone": 1 - share(counted, lambda k: k[2] == "any")
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuned", action="store_true", help="the sentences that were tuned on")
    counted = figures(odd=not parser.parse_args().tuned)
    kinds = dict.fromkeys((damage, flag) for _, damage, flag in counted)
    for title, undamaged in (("Damages found", False), ("Human translations blamed", True)):
        rows = []
        for damage, flag in kinds:
            if (damage == "none") == undamaged:
                tried = sum(counted.get((code, damage, flag), (0, 0))[1] for code in LANGUAGES)
                shares = [
                    share(counted, lambda k, c=code, d=damage, f=flag: k == (c, d, f)) for code in LANGUAGES
                ]  # type: ignore[misc]
                every = share(counted, lambda k, d=damage, f=flag: k[1:] == (d, f))  # type: ignore[misc]
                rows.append((damage, flag, tried, *shares, every))
        print_table(title, ("damage", "flag", "sentences", *LANGUAGES, "all"), rows)


if __name__ == "__main__":
    main()
