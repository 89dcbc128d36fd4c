"""What looks wrong with a translation, told by comparing it with its original: flags, and the trust that is left.

Nothing here knows what a sentence means. Numbers, negations, words of obligation, lengths and copied words are counted
on both sides, and what differs more than human translations do is flagged (`bench/translation_flags.py`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.language import detect
from corpus.translate.checks.cues import Cues, cues_of
from corpus.translate.checks.numbers import changed_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

LENGTHS = 0.45, 2.2  # of the length that is expected
_LEAST_CHARACTERS = 40
_LEAST_WORDS = 5
_COPIED = 0.7
_ENGLISH = 0.12
_SURE = 0.9
_FUNCTION_WORDS = frozenset(
    "the of and to a in is that for it on with as are was be by this at from or an not have has we you they their "
    "its your our will can which but what if about when there more who he his she her i my these those do does how "
    "all one so than then them been had would should must may could no out up into over only also while".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_QUOTES = re.compile('[«»“”„"「『]')
_QUOTES_EN = re.compile("[«»“”„\"「『'‘’]")
_LOOP = re.compile(r"(?P<phrase>\b\w.{0,60}?)(?:[\s,.;:]*(?P=phrase)){3,}", re.IGNORECASE)

PENALTIES = {
    "numbers": 0.5, "negation": 0.5, "modality": 0.8, "length": 0.5, "repetition": 0.2, "copied": 0.2,
    "not-english": 0.2, "lost-tokens": 0.7, "quotes": 0.9,
}  # fmt: skip


def flags_of(text: str, text_en: str, language: str) -> tuple[str, ...]:
    """Return what looks wrong with the English of a sentence; `language` is a primary code (`it`, `zh`).

    `numbers:N` numbers lost or gained, `negation:lost` or `:gained`, `modality:must>may`, `length:0.3` of what is
    expected, `repetition`, `quotes:lost`, `copied`, `not-english`. Negation and modality are compared in the languages
    of `cues.toml`.
    """
    found = [f"numbers:{count}"] if (count := changed_numbers(text, text_en)) else []
    cues, english = cues_of(language), cues_of("en")
    if cues and english:
        found += [*_negation(text, text_en, cues, english), *_modality(text, text_en, cues, english)]
    found += _length(text, text_en, cues.length if cues else 1.0)
    found += ["repetition"] if loops(text, text_en) else []
    found += ["quotes:lost"] if _QUOTES.search(text) and not _QUOTES_EN.search(text_en) else []
    return (*found, *_foreign(text, text_en))


def trust_of(score: float | None, flags: Sequence[str]) -> float:
    """Return how far a translation may be trusted, 0..1: the engine's own score, less for every flag."""
    trust = 1.0 if score is None else score
    for name in {flag.partition(":")[0] for flag in flags}:
        trust *= PENALTIES.get(name, 1.0)
    return round(trust, 3)


def loops(text: str, text_en: str) -> bool:
    """Whether `text_en` says a phrase four times in a row, which `text` does not: a decoder that runs in circles."""
    return bool(_LOOP.search(text_en)) and not _LOOP.search(text)


def _negation(text: str, text_en: str, cues: Cues, english: Cues) -> list[str]:
    said, said_en = bool(cues.negation.search(text)), bool(english.negation.search(text_en))
    if said and not said_en and not (english.negative and english.negative.search(text_en)):
        return ["negation:lost"]
    return ["negation:gained"] if said_en and not said else []


def _modality(text: str, text_en: str, cues: Cues, english: Cues) -> list[str]:
    """Tell a mood that one side surely speaks in and the other by no word that could mean it."""
    said, said_en = cues.moods_of(text), english.moods_of(text_en)
    lost = [name for name in said if not english.like[name].search(text_en)]
    gained = [name for name in said_en if not cues.like[name].search(text)]
    if not lost and not gained:
        return []
    return [f"modality:{(lost or said or ['none'])[0]}>{(gained or said_en or ['none'])[0]}"]


def _length(text: str, text_en: str, expected: float) -> list[str]:
    ratio = len(text_en) / max(1.0, len(text) * expected)
    if len(text) * expected < _LEAST_CHARACTERS or LENGTHS[0] <= ratio <= LENGTHS[1]:
        return []
    return [f"length:{ratio:.1f}"]


def _foreign(text: str, text_en: str) -> list[str]:
    """Tell words that were copied, and a text that is in another language than English."""
    words = [word.lower() for word in _WORD.findall(text_en)]
    if len(words) < _LEAST_WORDS and not _is_dense(text_en):
        return []
    there = {word.lower() for word in _WORD.findall(text)}
    if words and sum(word in there for word in words) >= _COPIED * len(words):
        return ["copied"]
    if words and sum(word in _FUNCTION_WORDS for word in words) >= _ENGLISH * len(words):
        return []
    told = detect(text_en)
    return ["not-english"] if told.code not in ("en", "und") and told.confidence >= _SURE else []


def _is_dense(text_en: str) -> bool:
    """Whether a text without many words is long all the same: Chinese, Japanese, Thai."""
    return sum(ord(character) > 0x2E7F for character in text_en) >= _LEAST_WORDS
