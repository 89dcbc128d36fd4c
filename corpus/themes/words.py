"""English text to the terms a theme may be called by: words and pairs of words, with their forms folded."""

from __future__ import annotations

import importlib.resources
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from corpus.language import primary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Token(NamedTuple):
    """A word in lower case and its stem, which is "" where it names nothing.

    `follows`: nothing but a space or a hyphen stands before it. `capital`: it begins with one; an acronym does not.
    """

    word: str
    root: str
    follows: bool
    capital: bool


WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
JOINTS = (" ", "-", "\u2011")
SHORTEST = 3
ALIKE = 5
WITHOUT_SPACES = ("zh", "ja")
CAPITAL_NOUNS = ("de", "lb")
# what Chinese and Japanese put between words rather than into the names of things
GRAMMAR = frozenset(
    "人用看的了是在不有一我你他她它们們这這那哪就都要也和把被给給与與及或但而却卻才还還再又很太最更很个個些几幾么麼什谁誰自己着著过過"
    "得地之以于於为為从從向到上下里裡中内內外前后後来來去说說没沒能会會可应應该該必须須让讓请請每只先多少两二三四五六七八九十"
    "のはをがにでともへやかなたてるれらりすしいうえおくきけこそさ"
)

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


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of English `text` in order."""
    end = 0
    for match in WORD.finditer(text):
        word = match[0].lower().replace("’", "'").removesuffix("'s")
        follows = bool(end) and text[end : match.start()] in JOINTS
        yield Token(word, _root(word, match[0]), follows, match[0][0].isupper() and not match[0].isupper())
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
    last = Token("", "", False, False)
    for token in tokens(text):
        if token.root:
            found.setdefault(token.root, token.word)
            if last.root and token.follows and last.root != token.root:
                found.setdefault(f"{last.root} {token.root}", f"{last.word} {token.word}")
        last = token
    return found


def own_terms(text: str, language: str) -> list[str]:
    """Return the words of `text`, in a language other than English, that may name something.

    Where the script has no spaces, pairs of characters stand for words; where nouns have a capital, only they count.
    """
    words = [match[0] for match in WORD.finditer(text)]
    if primary(language) in WITHOUT_SPACES:
        pairs = (run[i : i + 2] for run in words for i in range(len(run) - 1))
        return [pair for pair in dict.fromkeys(pairs) if not GRAMMAR.intersection(pair)]
    if language in CAPITAL_NOUNS:
        words = [word for word in words[1:] if word[0].isupper()]
        return [word for word in dict.fromkeys(words) if len(word) > SHORTEST]
    return [word for word in dict.fromkeys(word.lower() for word in words) if len(word) > SHORTEST]


def beginnings(text: str) -> set[str]:
    """Return the first five letters of each longer word, without accents: what related languages may share."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return {word[:ALIKE] for word in WORD.findall(plain) if len(word) >= ALIKE}


def surfaces(bags: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return the form each stem is shown in: its commonest, the shortest of equals."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for bag in bags:
        for root, word in bag.items():
            forms[root][word] += 1
    return {root: min(words, key=lambda w: (-words[w], len(w), w)) for root, words in forms.items()}


def nounness(texts: Iterable[str]) -> dict[str, float]:
    """Return for each stem in English `texts`, 0 to 1, how much it stands where nouns stand."""
    nouns, verbs = Counter[str](), Counter[str]()
    for text in texts:
        before = ""
        for token in tokens(text):
            if token.root and (not token.follows or before in BEFORE_VERBS):
                verbs[token.root] += 1
            elif token.root and before in BEFORE_NOUNS:
                nouns[token.root] += 1
            before = token.word
    return {root: (nouns[root] + 1) / (nouns[root] + verbs[root] + 2) for root in {*nouns, *verbs}}


def names(texts: Iterable[str]) -> set[str]:
    """Return the stems that are mostly written with a capital inside a sentence: people, firms, towns."""
    capital, small = Counter[str](), Counter[str]()
    for text in texts:
        for token in tokens(text):
            if token.capital and token.follows:
                capital[token.root] += 1
            elif not token.capital:
                small[token.root] += 1
    return {root for root, count in capital.items() if count > small[root]}
