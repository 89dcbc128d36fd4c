"""Which language a text is in: langdetect, seeded, with its profiles in a fixed order, and scripts where they decide.

Never raises and never changes its mind. langdetect alone is certain of nonsense on short strings and calls
Traditional Chinese Korean, so confidence shrinks with length, and Han, kana and hangul speak for themselves.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from corpus.models import Detection

if TYPE_CHECKING:
    from collections.abc import Sequence

UNDETERMINED = Detection("und", 0.0)
_SEED = 0
_LEAST_LETTERS = 4
_SURE_LETTERS = 40
_VOTER_LETTERS = 40
_OWN_LETTERS = 60
_OWN_CONFIDENCE = 0.9999
_READ_CHARACTERS = 2_000
_SCRIPT_SHARE = 0.3
_MOST_JUDGED = 2_000


def detect(text: str) -> Detection:
    """Return the language of `text`; `und` where it has too few letters to tell.

    The confidence is langdetect's probability, scaled down below 40 letters.
    """
    letters = sum(character.isalpha() for character in text)
    by_script = _by_script(text, letters) if letters else None
    if letters < _LEAST_LETTERS and by_script is None:
        return UNDETERMINED
    code, probability = by_script or _by_langdetect(text)
    if code == "und":
        return UNDETERMINED
    weight = letters * (3 if by_script else 1)  # an ideograph says more than a letter
    return Detection(code, round(probability * min(1.0, weight / _SURE_LETTERS), 6))


def vote(texts: Sequence[str]) -> Detection:
    """Return the language of a document from its blocks: each votes with its letters; short ones do not vote.

    Where no block is long enough, all of them are read as one text.
    """
    votes: dict[str, float] = defaultdict(float)
    voters = 0.0
    for text in texts[:: _together(texts)]:
        letters = _letters(text)
        if letters >= _VOTER_LETTERS:
            found = detect(text)
            votes[found.code] += letters * found.confidence
            voters += letters
    if not votes:
        return detect("\n".join(texts))
    code = min(votes, key=lambda name: (-votes[name], name))
    return Detection(code, round(votes[code] / voters, 6)) if votes[code] > 0 else UNDETERMINED


def of_blocks(texts: Sequence[str], document: Detection) -> list[str]:
    """Return a language for each block: the document's, unless the block, or both neighbours, clearly differ."""
    width = _together(texts)
    groups = [texts[start : start + width] for start in range(0, len(texts), width)]
    own = [code for group in groups for code in [_own(" ".join(group), document.code)] * len(group)]
    before = _carried(own)
    after = _carried(own[::-1])[::-1]
    return [
        code or (left if left and left == right else document.code)
        for code, left, right in zip(own, before, after, strict=True)
    ]


def _together(texts: Sequence[str]) -> int:
    """Return how many neighbouring blocks are judged as one: one, but on pages of a great many."""
    return -(-len(texts) // _MOST_JUDGED) or 1


def _own(text: str, document: str) -> str | None:
    if _letters(text) < _OWN_LETTERS:
        return None
    found = detect(text)
    return found.code if found.code == document or found.confidence >= _OWN_CONFIDENCE else None


def _carried(codes: Sequence[str | None]) -> list[str | None]:
    carried: list[str | None] = []
    last: str | None = None
    for code in codes:
        last = code or last
        carried.append(last)
    return carried


def _letters(text: str) -> int:
    """Count letters, an ideograph for three."""
    return sum(3 if _is_han(c) else 1 for c in text if c.isalpha())


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def _by_script(text: str, letters: int) -> tuple[str, float] | None:
    kana = sum("\u3040" <= c <= "\u30ff" for c in text)
    hangul = sum("\uac00" <= c <= "\ud7af" or "\u1100" <= c <= "\u11ff" for c in text)
    han = sum(map(_is_han, text))
    if kana + han >= letters * _SCRIPT_SHARE and kana > han * 0.05:
        return "ja", 1.0
    if hangul >= letters * _SCRIPT_SHARE:
        return "ko", 1.0
    if han >= letters * _SCRIPT_SHARE:
        return "zh", 1.0
    return None


@lru_cache(maxsize=1_000)  # a block is asked about twice: for its page, and for itself
def _by_langdetect(text: str) -> tuple[str, float]:
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    detector.append(text[:_READ_CHARACTERS])
    try:
        best = detector.get_probabilities()
    except LangDetectException:
        return "und", 0.0
    if not best:
        return "und", 0.0
    return best[0].lang.partition("-")[0], min(1.0, float(best[0].prob))


@cache
def _factory() -> Any:
    from langdetect import detector_factory

    # langdetect keeps the seed on the class; reading its profiles by name makes their order the same everywhere.
    factory = detector_factory.DetectorFactory()
    folder = files("langdetect").joinpath("profiles")
    profiles = sorted(
        (entry for entry in folder.iterdir() if "." not in entry.name), key=lambda entry: entry.name
    )
    error = factory.load_json_profile([profile.read_text("utf-8") for profile in profiles])
    if error:
        raise RuntimeError(f"langdetect's profiles cannot be read: {error}")
    factory.set_seed(_SEED)
    return factory
