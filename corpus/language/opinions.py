"""Two opinions on the language of a text that its script does not tell: langdetect's and ELD's.

langdetect (Shuyo 2010) comes first by name: seeded, its profiles in a fixed order. It is certain of nonsense on short
texts, where ELD (Nito-ELD, by its C port `eldc`) is right more often; ELD does not know all of its languages. The two
are weighed (`bench/language.py` says with what success).
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from corpus.language.scripts import count_letters

_SEED = 0
_READ_CHARACTERS = 2_000
# Chosen on the even half of language_samples.tsv. ELD's scores are a likeness, 0..1; langdetect's probability settles
# what ELD leaves open. A language that ELD does not know stands a little below ELD's best, and so wins where langdetect
# is sure of it and ELD is not of anything.
_LANGDETECT_WEIGHT = 0.02
_UNKNOWN_TO_ELD = frozenset(("af", "cy", "id", "mk", "ne", "so", "sw"))
_BELOW_BEST, _FAR_BELOW = 0.05, 0.5
_HINDI_FIRST = 0.05
"""Of the languages written in Devanagari Hindi has by far the most speakers."""
_ONE_CODE = {"ms": "id", "nb": "no", "nn": "no"}  # Malay and Indonesian: langdetect knows only the one


class Opinion(NamedTuple):
    """The language that both opinions together speak for, and how they got there.

    `margin` is its distance to the next language, `said` langdetect's probability of it, 0..1.
    """

    code: str
    agree: bool
    margin: float
    said: float


@lru_cache(maxsize=1_000)  # a block is asked about twice: for its page, and for itself
def opinion(text: str) -> Opinion | None:
    """Return the language of `text`, a primary code, or None where neither opinion has one."""
    first, second = by_langdetect(text), by_eld(text)
    best = max(second.values(), default=0.0)
    scores = {
        code: second.get(code, best - (_BELOW_BEST if code in _UNKNOWN_TO_ELD else _FAR_BELOW))
        + _LANGDETECT_WEIGHT * first.get(code, 0.0)
        for code in first | second
    }
    if not scores:
        return None
    if "hi" in scores and any("\u0900" <= character <= "\u097f" for character in text):
        scores["hi"] += _HINDI_FIRST
    code, *others = sorted(scores, key=lambda name: (-scores[name], name))
    margin = scores[code] - (scores[others[0]] if others else 0.0)
    return Opinion(code, max(first, key=first.__getitem__, default="") == code, margin, first.get(code, 0.0))


def by_langdetect(text: str) -> dict[str, float]:
    """Return langdetect's probabilities by primary code."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    detector.append(text[:_READ_CHARACTERS])
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return {}
    return {guess.lang.partition("-")[0]: min(1.0, float(guess.prob)) for guess in reversed(found)}


def by_eld(text: str) -> dict[str, float]:
    """Return ELD's scores, 0..1, of the languages that `text` is most like."""
    clean = text[:_READ_CHARACTERS].encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    scores: dict[str, float] = {}
    for code, score in _eld().detect_details(clean).scores.items():
        name = _ONE_CODE.get(code, code)
        scores[name] = max(float(score), scores.get(name, 0.0))
    scores.pop("und", None)
    return scores if count_letters(clean) else {}


@cache
def _eld() -> Any:
    import eldc

    eldc.init()
    detector = eldc.instance()
    detector.set_scores(20)
    return detector


@cache
def _factory() -> Any:
    from corpus.language.arrays import ArrayFactory

    # langdetect keeps the seed on the class; reading its profiles by name makes their order the same everywhere.
    factory = ArrayFactory()
    folder = files("langdetect").joinpath("profiles")
    profiles = sorted(
        (entry for entry in folder.iterdir() if "." not in entry.name), key=lambda entry: entry.name
    )
    error = factory.load_json_profile([profile.read_text("utf-8") for profile in profiles])
    if error:
        raise RuntimeError(f"langdetect's profiles cannot be read: {error}")
    factory.set_seed(_SEED)
    return factory
