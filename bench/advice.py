"""Which sentences are advice: the cue rules beside a list of modal words, on the gold of the shipped pages.

`python -m bench.advice [--floor 0.5] [--errors]`. Pages of each language, sorted by file name, are dealt in turn:
the first, third, … are those the cues were tuned on, the others were held out: while tuning, their totals were seen
but none of their sentences read. The writers are the same on both sides, so expect less on pages of strangers. A page
of two languages counts under its own, each line is judged in its line's. `--errors` lists mistakes on the tuning half
only, so that the other half stays held out.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentencex import segment

from bench.common import GOLD, PAGES, gold, print_table
from corpus.advice import Judgement, explain
from corpus.language import detect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TAG = re.compile(r"<[^>]+>")
HTML_HEADING = re.compile(r"<h[1-6][\s>]", re.IGNORECASE)
ENDING = re.compile(r"[.!?。！？…:;,]$")
MODALS = {
    "en": r"\b(?:must|should|need to|needs to|have to|has to|ought|do not|don't|never|avoid)\b",
    "it": r"\b(?:dev[eio]\w*|dovete|dovrebbe\w*|bisogna|occorre|conviene|evit\w+|mai)\b",
    "fr": r"\b(?:doit|doivent|devez|devrait|devraient|faut|convient|évite[rz]|jamais)\b",
    "de": r"\b(?:muss|müssen|sollte|sollten|darf|dürfen|niemals|vermeiden)\b",
    "es": r"\b(?:debe|deben|debería|deberían|hay que|tiene que|tienen que|conviene|evit\w+|nunca)\b",
    "pt": r"\b(?:deve|devem|deveria|deveriam|é preciso|tem de|têm de|convém|evit\w+|nunca)\b",
    "zh": r"应该|应当|必须|需要|不要|不能|最好|务必",
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence of the article of a shipped page; `held_out` says which half its page is in.

    `mark` is the advice that the gold has of it; empty where it is none.
    """

    file: str
    text: str
    language: str
    line_language: str
    heading: bool
    advice: bool
    held_out: bool
    mark: str = ""


def sentences() -> list[Labelled]:
    """Return every article sentence of the gold, labelled."""
    found: list[Labelled] = []
    turn: Counter[str] = Counter()
    for entry in sorted(gold(), key=lambda entry: str(entry["file"])):
        if "lines" in entry:
            found += _of_page(entry, held_out=bool(turn[entry["language"]] % 2))
            turn[entry["language"]] += 1
    return found


def _of_page(entry: dict[str, Any], *, held_out: bool) -> Iterator[Labelled]:
    advice = [" ".join(mark["sentence"].split()) for mark in entry["advice"]]
    main = entry["language"]
    for text, heading in _lines(entry):
        own = _line_language(text, main, entry.get("languages", [main]))
        for piece in segment(own, text):
            sentence = " ".join(piece.split())
            if len(sentence) > 1:
                mark = next((mark for mark in advice if _same(sentence, mark)), "")
                yield Labelled(entry["file"], sentence, main, own, heading, mark != "", held_out, mark)


def _line_language(text: str, main: str, spoken: list[str]) -> str:
    code = detect(text).code if len(spoken) > 1 else main
    return code if code in spoken else main


def _same(sentence: str, mark: str) -> bool:
    return mark in sentence or (len(sentence) > 15 and sentence in mark)


def _lines(entry: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    path = PAGES / entry["file"]
    lines = path.read_bytes().decode(entry.get("charset") or "utf-8", "replace").split("\n")
    markup = path.suffix in (".html", ".htm")
    for kind, first, last in entry["lines"]:
        for raw in lines[first - 1 : last] if kind in ("article", "mixed") else ():
            text = " ".join((html.unescape(TAG.sub("", raw)) if markup else raw).split())
            if text:
                yield text, is_heading(raw, text, markup=markup)


def is_heading(raw: str, text: str, *, markup: bool) -> bool:
    """Whether a raw line, of which `text` is seen, is a heading: by its tag, or by its looks."""
    if markup:
        return HTML_HEADING.search(raw) is not None
    return raw.startswith("#") or (len(text) < 80 and not ENDING.search(text))


def rules(sentence: Labelled) -> Judgement:
    """Return what the cue rules say."""
    return explain(sentence.text, sentence.line_language, sentence.heading)


def baseline(sentence: Labelled) -> bool:
    """Whether a modal word stands in the sentence and it does not ask."""
    modal = re.search(MODALS[sentence.line_language], sentence.text, re.IGNORECASE)
    return modal is not None and not sentence.text.endswith(("?", "？"))


def scores(labelled: list[Labelled], says: Callable[[Labelled], bool]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of `says`."""
    counts = Counter((says(sentence), sentence.advice) for sentence in labelled)
    right, wrong, missed = counts[True, True], counts[True, False], counts[False, True]
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def halves(floor: float) -> list[tuple[Any, ...]]:
    """Return rows of (half, language, sentences, advice, P, R, F1 of the rules, F1 of the baseline)."""
    rows: list[tuple[Any, ...]] = []
    everything = sentences()
    for name, held_out in (("held out", True), ("tuning", False)):
        half = [sentence for sentence in everything if sentence.held_out is held_out]
        for language in (*sorted({sentence.language for sentence in half}), "all"):
            part = [sentence for sentence in half if language in (sentence.language, "all")]
            ours = scores(part, lambda sentence: rules(sentence).score >= floor)
            advice = sum(sentence.advice for sentence in part)
            rows.append((name, language, len(part), advice, *ours, scores(part, baseline)[2]))
    return rows


def calibration() -> list[tuple[str, int, float]]:
    """Return rows of (range of scores, held-out sentences in it, share of them that is advice)."""
    bins: dict[int, list[bool]] = {}
    for sentence in sentences():
        if sentence.held_out:
            bins.setdefault(min(9, int(rules(sentence).score * 10)), []).append(sentence.advice)
    return [
        (f"{n / 10:.1f}–{n / 10 + 0.1:.1f}", len(bins[n]), sum(bins[n]) / len(bins[n])) for n in sorted(bins)
    ]


def held_out_f1(floor: float = 0.5) -> dict[str, float]:
    """Return the F1 of the rules on the held-out half by language, `all` included: what a quality gate reads."""
    return {row[1]: row[6] for row in halves(floor) if row[0] == "held out"}


def _print_errors(floor: float) -> None:
    for sentence in sentences():
        verdict = rules(sentence)
        if not sentence.held_out and (verdict.score >= floor) is not sentence.advice:
            kind = "missed" if sentence.advice else "wrong"
            print(f"{kind} {verdict.score:.2f} {sentence.file}: {sentence.text}")
            print("   ", *(f"{cue.name} {cue.weight:+.1f} {cue.text!r}" for cue in verdict.fired))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--floor", type=float, default=0.5)
    parser.add_argument("--errors", action="store_true", help="list the mistakes on the tuning half")
    arguments = parser.parse_args()
    if not GOLD.is_file():
        sys.exit(f"{GOLD} is not there: this bench needs the shipped pages and their gold (tests/data)")
    started = time.process_time()
    rows = halves(arguments.floor)
    header = ("half", "language", "sentences", "advice", "P", "R", "F1", "F1 modal words")
    print_table(f"Advice at a score of {arguments.floor} or more", header, rows)
    print_table("Share that is advice by score (held out)", ("score", "sentences", "share"), calibration())
    print(f"\n{time.process_time() - started:.1f} CPU s", file=sys.stderr)
    if arguments.errors:
        _print_errors(arguments.floor)


if __name__ == "__main__":
    main()
