"""The questions of the search benches: who asks what, and which places of the shipped pages answer.

    python -m bench.question_set

checks every mark against the pages (a marked fragment stands exactly once in what a reader sees of its page) and prints
how many questions there are of each kind and language. How the set was made is written at the top of questions.toml.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.common import PAGES, ROOT, gold, print_table
from corpus.spans import collapsed, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

QUESTIONS = ROOT / "bench" / "questions.toml"
KINDS = ("cross", "fact", "meaning", "name", "quote")
_KEYS = {"language", "kind", "text", "right"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an analyst; `right` holds (file name, fragment) of every sentence that answers it."""

    language: str
    kind: str
    text: str
    right: tuple[tuple[str, str], ...]


def questions() -> list[Question]:
    """Return the questions in the order of the file; ValueError names the first that is not well formed."""
    languages = {entry["file"]: entry["language"] for entry in gold() if "language" in entry}
    entries = tomllib.loads(QUESTIONS.read_text("utf-8"))["question"]
    asked = [_question(entry, languages) for entry in entries]
    for text, times in Counter(question.text for question in asked).items():
        if times > 1:
            raise ValueError(f"{QUESTIONS.name}: asked {times} times, expected once: {text!r}")
    return asked


def _question(entry: dict[str, Any], languages: dict[str, str]) -> Question:
    if set(entry) != _KEYS:
        raise ValueError(f"{QUESTIONS.name}: keys {sorted(entry)}, expected {sorted(_KEYS)}: {entry}")
    right = tuple((file, fragment) for file, fragment in entry["right"])
    question = Question(entry["language"], entry["kind"], entry["text"], right)
    wrong = next(_faults(question, languages), None)
    if wrong:
        raise ValueError(f"{QUESTIONS.name}: {wrong}: {question.text!r}")
    return question


def _faults(question: Question, languages: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with a question, given the language of each readable page."""
    if question.language not in languages.values():
        yield f"no page is in language {question.language!r}"
    if question.kind not in KINDS:
        yield f"kind {question.kind!r}, expected one of {', '.join(KINDS)}"
    if not question.right or len(set(question.right)) < len(question.right):
        yield "the same answer twice, or none"
    for file, fragment in question.right:
        if file not in languages:
            yield f"no readable page {file!r}"
        if not fragment or fragment != collapsed(fragment):
            yield f"fragment with white space to collapse, or empty: {fragment!r}"
    if question.kind == "quote" and len(question.right) != 1:
        yield "a quotation stands in one place"
    if question.kind == "cross" and all(languages[file] == question.language for file, _ in question.right):
        yield "a cross question that only pages of its own language answer"


def answers(question: Question, passages: Iterable[tuple[str, str, str]]) -> set[str]:
    """Return the ids of the passages that answer a question, of rows (passage_id, uri, text).

    A passage answers when its text, white space collapsed, holds a marked fragment and the last part of its uri is
    the fragment's file. A question may have no such passage in a warehouse that folds copies or dropped a line.
    """
    marked: dict[str, list[str]] = {}
    for file, fragment in question.right:
        marked.setdefault(file, []).append(fragment)
    return {
        passage_id
        for passage_id, uri, text in passages
        if (fragments := marked.get(uri.rpartition("/")[2]))
        and any(fragment in collapsed(text) for fragment in fragments)
    }


def misplaced(asked: Iterable[Question]) -> list[tuple[str, str, int]]:
    """Return (file, fragment, times) of the marks that do not stand exactly once on their page.

    Of a quotation the whole text is looked for too, on the page that is marked.
    """
    charsets = {entry["file"]: entry.get("charset") or "utf-8" for entry in gold()}
    wanted = {mark for question in asked for mark in question.right}
    wanted |= {(question.right[0][0], question.text) for question in asked if question.kind == "quote"}
    pages = {file: _seen(file, charsets[file]) for file, _ in wanted}
    counted = [(file, fragment, pages[file].count(fragment)) for file, fragment in sorted(wanted)]
    return [mark for mark in counted if mark[2] != 1]


def _seen(file: str, charset: str) -> str:
    raw = (PAGES / file).read_bytes().decode(charset)
    return visible(raw, "html" if file.endswith((".html", ".htm")) else "text")


def main() -> None:
    """Print the marks that are not right and end with 1, or the table of languages and kinds."""
    asked = questions()
    wrong = misplaced(asked)
    for file, fragment, times in wrong:
        print(f"{file}: stands {times} times, expected once: {fragment!r}", file=sys.stderr)
    if wrong:
        sys.exit(1)
    counts = Counter((question.language, question.kind) for question in asked)
    rows = [(code, *(counts[code, kind] for kind in KINDS)) for code in sorted({q.language for q in asked})]
    marks = len({mark for question in asked for mark in question.right})
    print_table(f"{len(asked)} questions, {marks} marked places", ("language", *KINDS), rows)


if __name__ == "__main__":
    main()
