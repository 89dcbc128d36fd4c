"""English text to the terms a theme may be called by: words and pairs of words, with their forms folded."""

from __future__ import annotations

import importlib.resources
import re
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SHORTEST = 3

# what stands before a noun, and before a verb: no tagger is needed to tell "the fix" from "to fix"
BEFORE_NOUNS = frozenset(
    """a an the this that these those my your our his her its their each every any some no which whose another
    both all few many several more most less fewer of in on for with without by from about into between against
    under over per two three four five six seven eight nine ten first second last next new old own good bad""".split()
)
BEFORE_VERBS = frozenset(
    """to i you we they he she who must should shall can could will would may might cannot not never always don't
    do does did doesn't didn't let please have has had be been then""".split()
)


def stem(word: str) -> str:
    """Take a plural or verbal ending off an English word, so that its forms count as one."""
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= SHORTEST:
            word = word.removesuffix(ending) + rest
            break
    if len(word) > SHORTEST + 1 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > SHORTEST + 1 else word


@cache
def stop_words() -> frozenset[str]:
    """Return the words no theme is called by: function words, and what every CIO's page says."""
    text = importlib.resources.files("corpus.themes").joinpath("stopwords.txt").read_text("utf-8")
    return frozenset(text.split())


def tokens(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield each word in lower case, its stem ("" for one that names nothing), and whether it follows directly on
    the word before.
    """
    end = 0
    for match in WORD.finditer(text):
        word = match[0].lower().replace("’", "'").removesuffix("'s")
        yield word, _root(word, match[0]), bool(end) and text[end : match.start()] in {" ", "-", "\u2011"}
        end = match.end()


def _root(word: str, written: str) -> str:
    if word in stop_words() or word.endswith("ly") or "'" in word:
        return ""
    if len(word) < SHORTEST:
        return word if written.isupper() and len(word) > 1 else ""
    root = stem(word)
    return "" if root in stop_words() else root


def terms(text: str) -> dict[str, str]:
    """Return the stems of the words and pairs of words in English `text`, each with a form it is written in."""
    found: dict[str, str] = {}
    last_word, last_root = "", ""
    for word, root, follows in tokens(text):
        if root:
            found.setdefault(root, word)
            if last_root and follows and last_root != root:
                found.setdefault(f"{last_root} {root}", f"{last_word} {word}")
        last_word, last_root = word, root
    return found


def surfaces(bags: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return the form each stem is shown in: its commonest, the shortest of equals."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for bag in bags:
        for root, word in bag.items():
            forms[root][word] += 1
    return {root: min(words, key=lambda w: (-words[w], len(w), w)) for root, words in forms.items()}


def nounness(texts: Iterable[str]) -> dict[str, float]:
    """Return for each stem, 0 to 1, how much it stands where nouns stand."""
    nouns, verbs = Counter[str](), Counter[str]()
    for text in texts:
        before = ""
        for word, root, follows in tokens(text):
            if root and (not follows or before in BEFORE_VERBS):
                verbs[root] += 1
            elif root and before in BEFORE_NOUNS:
                nouns[root] += 1
            before = word
    return {root: (nouns[root] + 1) / (nouns[root] + verbs[root] + 2) for root in {*nouns, *verbs}}
